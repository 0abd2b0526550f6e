"""A new survey starts from a folder whose templates can be filled in and read back."""

from datetime import date

import openpyxl
import pytest
from typer.testing import CliRunner

import watamachi_analysis as wm
from watamachi_analysis import templates
from watamachi_analysis.cells import match_heading
from watamachi_analysis.cli import app
from watamachi_analysis.templates import new_survey

NOTES = "gatherings/カフェの記録.xlsx"
LISTS = "activities/活動・資源の一覧.xlsx"
PLANS = "plans/地域福祉計画の施策.xlsx"
FIGURES = "indicators/公的な数字.xlsx"
AREAS = "districts.xlsx"
BOOKS = {
    NOTES: ("gathering", templates.NOTE_COLUMNS),
    LISTS: ("activity", templates.ACTIVITY_COLUMNS),
    PLANS: ("measure", templates.PLAN_COLUMNS),
    FIGURES: ("indicator", templates.INDICATOR_COLUMNS),
    AREAS: ("area", templates.AREA_COLUMNS),
}
HEADINGS = [(table, name) for table, columns in BOOKS.values() for name in columns]


@pytest.fixture
def folder(tmp_path):
    new_survey(tmp_path / "調査")
    return tmp_path / "調査"


def fill(path, *rows):
    """Fill the rows below the headings of a template, each as heading → value, and save it."""
    book = openpyxl.load_workbook(path)
    sheet = book["記入"]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for number, row in enumerate(rows, 3):
        for heading, value in row.items():
            sheet.cell(number, columns[heading], value)
    book.save(path)


def choices(path, heading):
    """Return what the drop-down of a column offers, and the rows it covers."""
    book = openpyxl.load_workbook(path)
    sheet = book["記入"]
    letter = next(cell.column_letter for cell in sheet[2] if cell.value == heading)
    rule = next(
        rule for rule in sheet.data_validations.dataValidation if str(rule.sqref)[:1] == letter
    )
    if rule.formula1.startswith('"'):
        return rule.formula1.strip('"').split(","), str(rule.sqref)
    title, area = rule.formula1.split("!")
    cells = book[title][area.replace("$", "")]
    return [cell.value for (cell,) in cells], str(rule.sqref)


def lines_about(survey):
    return [str(problem) for problem in survey.problems]


# ---- the folder ---------------------------------------------------------------------------------


def test_a_new_survey_has_settings_a_guide_five_templates_and_a_place_for_boundaries(tmp_path):
    root = tmp_path / "調査"
    written = new_survey(root)
    assert [path.relative_to(root).as_posix() for path in written] == [
        "watamachi.toml",
        "はじめに.txt",
        NOTES,
        LISTS,
        PLANS,
        FIGURES,
        AREAS,
    ]
    assert sorted(path for path in root.rglob("*") if path.is_file()) == sorted(written)
    assert (root / "boundaries").is_dir()


def test_an_empty_folder_may_be_given(tmp_path):
    (tmp_path / "調査").mkdir()
    assert len(new_survey(tmp_path / "調査")) == 7


def test_nothing_of_anybodys_is_overwritten(tmp_path):
    (tmp_path / "メモ.txt").write_text("大事", encoding="utf-8")
    with pytest.raises(wm.InputError, match="同じ名前のフォルダかファイルが、もうあります"):
        new_survey(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["メモ.txt"]
    assert (tmp_path / "メモ.txt").read_text(encoding="utf-8") == "大事"


def test_a_file_of_that_name_is_left_alone(tmp_path):
    (tmp_path / "調査").write_text("大事", encoding="utf-8")
    with pytest.raises(wm.InputError, match="別の名前にするか、空のフォルダを指定してください"):
        new_survey(tmp_path / "調査")
    assert (tmp_path / "調査").read_text(encoding="utf-8") == "大事"


def test_a_second_new_survey_does_not_touch_the_first(folder):
    fill(folder / NOTES, {"発言": "坂がきつい"})
    before = (folder / NOTES).read_bytes()
    with pytest.raises(wm.InputError):
        new_survey(folder)
    assert (folder / NOTES).read_bytes() == before


def test_the_settings_of_a_new_survey_are_the_least_thresholds_and_no_sample(folder):
    settings = wm.load_survey(folder).settings
    assert settings.thresholds == wm.Thresholds(3, 2, 5, 10)
    assert (settings.sample, settings.scheme) == (False, "municipality")


def test_the_guide_opens_in_the_windows_editor(folder):
    guide = (folder / "はじめに.txt").read_bytes()
    assert guide.decode("utf-8").splitlines()[0] == "この調査フォルダの使い方"
    assert guide.count(b"\n") == guide.count(b"\r\n") > 10


# ---- the templates ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOOKS)
def test_a_template_opens_on_its_headings(folder, name):
    book = openpyxl.load_workbook(folder / name)
    sheet = book["記入"]
    assert book.active.title == "記入"
    assert [cell.value for cell in sheet[2]] == list(BOOKS[name][1])
    assert sheet.freeze_panes == "A3"
    assert sheet["A1"].value


@pytest.mark.parametrize(("table", "heading"), HEADINGS)
def test_every_heading_of_a_template_is_known_to_its_reader(table, heading):
    assert match_heading(heading, table) is not None


@pytest.mark.parametrize(
    ("heading", "offered"),
    [
        ("場の種類", ["説明会", "わたまちカフェ", "わたまちミーティング", "アンケート"]),
        ("公開可否", ["可", "不可"]),
        ("種別", ["困りごと", "要望", "取組", "やってみたい", "ある物・人", "質問", "その他"]),
    ],
)
def test_a_column_of_the_notes_offers_its_choices(folder, heading, offered):
    found, rows = choices(folder / NOTES, heading)
    assert sorted(found) == sorted(offered)
    assert rows.endswith("502")


@pytest.mark.parametrize("name", [NOTES, LISTS])
def test_the_district_is_picked_from_all_72(folder, name):
    names, _ = choices(folder / name, "地区")
    assert names == wm.load_districts()["name"].tolist()
    assert len(names) == 72


def test_a_choice_may_be_overridden_by_hand(folder):
    rules = openpyxl.load_workbook(folder / NOTES)["記入"].data_validations.dataValidation
    assert [bool(rule.showErrorMessage) for rule in rules] == [False] * 4


def test_the_rules_of_writing_are_in_the_workbook(folder):
    rules = openpyxl.load_workbook(folder / NOTES)["書き方"]
    assert rules["A1"].value == "わたまちカフェの記録の書き方"
    assert "・名前を出さない" in [cell.value for cell in rules["A"]]


# ---- filled in ----------------------------------------------------------------------------------

FILLED = {
    NOTES: [
        {
            "開催日": date(2026, 5, 10), "集まりの名前": "五月のカフェ", "地区": "所沢市",
            "場の種類": "わたまちカフェ", "参加人数": 12, "種別": "困りごと", "発言": "坂がきつい",
            "同じ意見の人数": 3, "公開可否": "可", "記録者": "支部委員",
        },
        {"発言": "朝市を開きたい", "種別": "やってみたい"},
    ],
    LISTS: [{"名称": "縁側サロン", "地区": "所沢市", "区分": "民", "最終確認日": date(2026, 5, 1)}],
    PLANS: [{"計画名": "第4期計画", "市町村": "所沢市", "基本目標": "1", "取組": "サロン", "頁": 32}],
    FIGURES: [{"地区コード": 11208, "地区": "所沢市", "指標": "人口", "値": 342464, "時点": "R2.10.1"}],
}  # fmt: skip


@pytest.fixture
def filled(folder):
    for name, rows in FILLED.items():
        fill(folder / name, *rows)
    return wm.load_survey(folder)


@pytest.mark.parametrize("name", FILLED)
def test_a_filled_template_reads_back_without_problems(filled, name):
    assert [str(problem) for problem in filled.problems if problem.file == name] == []
    files = filled.files.set_index("file")
    assert files.loc[name, "records"] == len(FILLED[name])
    assert files.loc[name, "rows"] == files.loc[name, ["used", "read", "reported"]].sum()


def test_what_was_filled_in_is_what_is_read(filled):
    gathering = filled.gatherings.iloc[0]
    assert gathering[["name", "kind", "district", "participants"]].tolist() == [
        "五月のカフェ",
        "cafe",
        "11208",
        12,
    ]
    assert str(gathering["date"].date()) == "2026-05-10"
    columns = ["text", "kind_hint", "voices"]
    assert filled.statements[columns].values.tolist() == [
        ["坂がきつい", "need", 3],
        ["朝市を開きたい", "wish", 1],
    ]
    assert filled.statements["publishable"].tolist()[0] is True
    assert filled.activities[["name", "district", "sector"]].values.tolist() == [
        ["縁側サロン", "11208", "民"]
    ]
    assert filled.measures[["plan", "district", "page"]].values.tolist() == [
        ["第4期計画", "11208", 32]
    ]
    assert filled.indicators[["district", "value"]].values.tolist() == [["11208", 342464.0]]


@pytest.mark.parametrize(
    "label", ["困りごと", "要望", "取組", "やってみたい", "ある物・人", "質問", "その他"]
)
def test_every_kind_that_can_be_picked_is_understood(folder, label):
    fill(folder / NOTES, {"開催日": "R8.5.10", "地区": "所沢市", "発言": "坂", "種別": label})
    _, statements = wm.load_statements(folder / NOTES)
    assert statements["kind_hint"].notna().tolist() == [True]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("説明会", "briefing"),
        ("わたまちカフェ", "cafe"),
        ("わたまちミーティング", "meeting"),
        ("アンケート", "survey"),
    ],
)
def test_every_kind_of_gathering_that_can_be_picked_is_understood(folder, label, kind):
    fill(folder / NOTES, {"開催日": "R8.5.10", "地区": "所沢市", "発言": "坂", "場の種類": label})
    gatherings, _ = wm.load_statements(folder / NOTES)
    assert gatherings["kind"].tolist() == [kind]


# ---- not filled in ------------------------------------------------------------------------------


def test_a_check_of_the_empty_templates_says_that_nothing_was_written(folder):
    survey = wm.load_survey(folder)
    assert [line.split("。")[0] for line in lines_about(survey) if line.startswith(NOTES)] == [
        f"{NOTES} 記入: 発言が一つも書かれていません"
    ]
    assert survey.files.set_index("file")["records"].to_dict() == dict.fromkeys(
        [name for name in BOOKS if name != AREAS], 0
    )


def test_empty_templates_are_nothing_to_mend(folder):
    survey = wm.load_survey(folder)
    assert [str(problem) for problem in survey.problems.errors] == []
    assert survey.files["reported"].tolist() == [0, 0, 0, 0]


def test_the_command_checks_a_new_folder_and_says_what_is_missing(folder):
    result = CliRunner().invoke(app, ["check", str(folder)])
    assert "発言が一つも書かれていません" in result.output
    assert result.exit_code == 0


def test_the_command_says_where_to_put_files_when_the_templates_are_gone(tmp_path):
    (tmp_path / "gatherings").mkdir()
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert "記録や計画のファイルがありません" in result.output
    assert result.exit_code != 0


def test_the_template_of_own_areas_is_read_back_as_it_is_filled_in(folder):
    book = openpyxl.load_workbook(folder / AREAS)
    book.worksheets[0].append(["支部", "西支部", "所沢市、狭山市"])
    book.worksheets[0].append(["支部", "東支部", "越谷市"])
    book.save(folder / AREAS)
    settings = (folder / "watamachi.toml").read_text(encoding="utf-8")
    changed = settings.replace('scheme = "municipality"', 'scheme = "支部"')
    (folder / "watamachi.toml").write_text(changed, encoding="utf-8")
    assert wm.load_survey(folder).districts["name"].tolist() == ["西支部", "東支部"]
