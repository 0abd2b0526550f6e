"""One survey is one folder: everything in it is read, and no file stops another."""

import io
import re
import shutil

import openpyxl
import pytest
from conftest import SAMPLE

import watamachi_analysis as wm
from watamachi_analysis.tables import check

HEAD = "開催日,地区,発言\n"
GOOD = HEAD + "2026-05-10,所沢市,坂がきつい\n,,店が遠い\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
HTML = "<html><table><tr><td>発言</td></tr></table></html>"
# where: what was found。how to mend it。 — and all of it on one line
LINE = re.compile(r"^\S+( \S.*?)?: ([^。\n]+。){2,}$")


def excel(*rows):
    book = openpyxl.Workbook()
    book.active.title = "記入"
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def make(folder, files, settings=None):
    """Write a survey folder: path in it → text or bytes."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if settings is not None:
        (folder / "watamachi.toml").write_text(settings, encoding="utf-8")
    return folder


def lines_about(survey, file=""):
    return [str(problem) for problem in survey.problems if problem.file.startswith(file)]


def refusal(folder):
    with pytest.raises(wm.InputError) as caught:
        wm.load_survey(folder)
    return str(caught.value)


# ---- bad input ----------------------------------------------------------------------------------

BAD_FILES = {
    "password": ("悪い.xlsx", OLE, "パスワード"),
    "password Word": ("悪い.docx", OLE, "パスワード"),
    "xls": ("悪い.xls", OLE, ".xlsx で保存し直して"),
    "doc": ("悪い.doc", OLE, ".docx で保存し直して"),
    "jtd": ("悪い.jtd", b"\x00", ".docx で保存し直して"),
    "empty": ("悪い.csv", b"", "中身が空です"),
    "blank": ("悪い.csv", "\n,,\n", "文字がありません"),
    "random xlsx": ("悪い.xlsx", b"\x01\x02\x03" * 99, "壊れているか、Excel のファイルではありません"),
    "HTML as xlsx": ("悪い.xlsx", HTML, "中身はウェブページ（HTML）です"),
    "workbook as Word": ("悪い.docx", excel(["発言"]), "Word で開いて保存し直して"),
    "photo": ("悪い.jpg", b"\xff\xd8\xff", "「.jpg」のファイルは読めません"),
    "no suffix": ("悪い", b"memo", "拡張子がありません"),
    "PDF": ("悪い.pdf", b"%PDF-1.7", "PDF は、ここでは読めません"),
    "no encoding": ("悪い.txt", b"\xff\xff\xfd\x80\x81", "文字コードが分かりません"),
    "50 MB": ("悪い.txt", "・坂がきつい\n".encode() * 2_632_000, "大きすぎます（50 MB）"),
    "open quote": ("悪い.csv", HEAD + '2026-05-10,所沢市,"坂\n,,道\n,,店\n', "2行目"),
    "NUL": ("悪い.csv", HEAD + "2026-05-10,飯能市,坂\0道\n", ""),
    "missing column": (
        "悪い.csv",
        "開催日,地区\n2026-05-10,所沢市\n",
        " 1行目: 「発言」の列の見出しが見つかりません",
    ),
}  # fmt: skip
BAD_ROWS = {
    "unknown district": (
        "悪い.csv",
        HEAD + "2026-05-10,北海市,坂\n",
        " 2行目: 地区「北海市」が見つかりません。"
        "市町村（さいたま市は区）の正式な名前に直してください。",
    ),
    "city without ward": (
        "悪い.csv",
        HEAD + "2026-05-10,さいたま市,坂\n",
        " 2行目: 地区「さいたま市」は一つに決まりません。どれかに直してください（さいたま市西区・"
        "さいたま市北区・さいたま市大宮区・さいたま市見沼区・さいたま市中央区・さいたま市桜区・"
        "さいたま市浦和区・さいたま市南区・さいたま市緑区・さいたま市岩槻区）。",
    ),
    "no district": (
        "悪い.csv",
        "開催日,発言\n2026-05-10,坂\n",
        " 2行目: 地区が書かれていません。市町村（さいたま市は区）の正式な名前を書いてください。",
    ),
    "30 February": (
        "悪い.csv",
        HEAD + "2026-02-30,飯能市,坂\n",
        " 2行目: 日付「2026-02-30」が分かりません。"
        "2026-05-10 や 令和8年5月10日 のように書いてください。",
    ),
    "month 13": (
        "悪い.txt",
        "日時：令和8年13月1日\n地区：飯能市\n・坂\n",
        " 3行目: 日付「令和8年13月1日」が分かりません。"
        "2026-05-10 や 令和8年5月10日 のように書いてください。",
    ),
    "number twice": (
        "悪い.csv",
        "番号,開催日,地区,発言\n1,2026-05-10,飯能市,坂\n1,,,道\n",
        " 3行目: 番号「1」が二度出てきます。"
        "同じ発言なら一行にし、別の発言なら番号を変えてください。",
    ),
    "no text": (
        "悪い.csv",
        HEAD + "2026-05-10,飯能市,坂\n,飯能市,\n",
        " 3行目: 発言が書かれていません。発言を書くか、行を消してください。",
    ),
    "formula": (
        "悪い.xlsx",
        excel(["開催日", "地区", "参加人数", "発言"], ["2026-05-10", "飯能市", "=5+7", "坂"]),
        " 記入 C2: 計算されていない数式です。Excel で開いて、直して保存してください。",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_read_gets_one_line_and_stops_no_other(tmp_path, kind):
    name, content, words = BAD_FILES[kind]
    files = {f"gatherings/{name}": content, "gatherings/良い.csv": GOOD}
    survey = wm.load_survey(make(tmp_path, files))
    lines = lines_about(survey)
    assert len(lines) == 1
    assert lines[0].startswith(f"gatherings/{name}")
    assert words in lines[0]
    assert LINE.match(lines[0])
    assert survey.statements["text"].tolist() == ["坂がきつい", "店が遠い"]
    assert survey.files["file"].tolist() == sorted(files)


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_row_that_cannot_be_used_gets_one_line_and_stops_no_other(tmp_path, kind):
    name, content, rest = BAD_ROWS[kind]
    files = {f"gatherings/{name}": content, "gatherings/良い.csv": GOOD}
    survey = wm.load_survey(make(tmp_path, files))
    assert lines_about(survey) == [f"gatherings/{name}{rest}"]
    assert LINE.match(lines_about(survey)[0])
    assert survey.statements["text"].tolist()[-2:] == ["坂がきつい", "店が遠い"]
    assert survey.gatherings["district"].tolist()[-1] == "11208"


@pytest.mark.parametrize("table", ["plans", "activities", "indicators"])
@pytest.mark.parametrize(
    "kind", ["password", "xls", "empty", "random xlsx", "photo", "no encoding"]
)
def test_a_bad_file_in_any_folder_stops_no_other(tmp_path, table, kind):
    name, content, words = BAD_FILES[kind]
    files = {f"{table}/{name}": content, "gatherings/良い.csv": GOOD}
    survey = wm.load_survey(make(tmp_path, files))
    assert len(lines_about(survey)) == 1
    assert words in lines_about(survey, f"{table}/{name}")[0]
    assert len(survey.statements) == 2


def test_a_word_document_renamed_to_a_workbook_stops_no_other(tmp_path):
    folder = make(tmp_path, {"gatherings/良い.csv": GOOD})
    document = min(SAMPLE.rglob("*.docx"))
    shutil.copy(document, folder / "gatherings" / "悪い.xlsx")
    survey = wm.load_survey(folder)
    assert len(lines_about(survey, "gatherings/悪い.xlsx")) == 1
    assert len(survey.statements) == 2


def test_a_statement_of_nothing_but_a_count_stops_no_other(tmp_path):
    files = {"gatherings/a.csv": HEAD + "2026-05-10,飯能市,×3\n", "gatherings/良い.csv": GOOD}
    survey = wm.load_survey(make(tmp_path, files))
    assert survey.statements["text"].tolist() == ["坂がきつい", "店が遠い"]


def test_the_same_file_twice_is_counted_once_and_the_second_is_named(tmp_path):
    one = HEAD + "2026-05-10,所沢市,坂がきつい\n"
    survey = wm.load_survey(make(tmp_path, {"gatherings/a.csv": one, "gatherings/b.csv": one}))
    assert survey.statements[["text", "file"]].values.tolist() == [
        ["坂がきつい", "gatherings/a.csv"]
    ]
    assert len(survey.gatherings) == 1
    assert lines_about(survey) == [
        "gatherings/b.csv 2行目: 同じ発言が別のファイルにもあります。"
        "どちらかのファイルを外してください。"
    ]


@pytest.mark.parametrize(
    ("table", "content", "found"),
    [
        ("plans", "市町村,取組\n所沢市,サロン\n", "1件の施策が plans/写し/計画.csv と同じです"),
        ("activities", "名称,地区\nサロン,所沢市\n", "同じ活動が別のファイルにもあります"),
        ("indicators", "地区,指標,値\n所沢市,人口,5\n", "同じ数字が別のファイルにもあります"),
    ],
)
def test_the_same_list_twice_is_counted_once(tmp_path, table, content, found):
    files = {f"{table}/計画.csv": content, f"{table}/写し/計画.csv": content}
    survey = wm.load_survey(make(tmp_path, files))
    name = {"plans": "measures"}.get(table, table)
    assert len(getattr(survey, name)) == 1
    assert [line.split(": ")[1].split("。")[0] for line in lines_about(survey)] == [found]


def test_one_figure_under_the_code_and_under_the_name_of_a_district_is_counted_once(tmp_path):
    files = {
        "indicators/a.csv": "地区コード,指標,値,時点\n11208,人口,5,2020-10-01\n",
        "indicators/b.csv": "地区,指標,値,時点\n所沢市,人口,5,2020-10-01\n",
    }
    survey = wm.load_survey(make(tmp_path, files))
    assert survey.indicators["district"].tolist() == ["11208"]
    assert len(lines_about(survey, "indicators/b.csv")) == 1


def test_one_gathering_written_down_in_two_files_is_one(tmp_path):
    files = {"gatherings/a.csv": GOOD, "gatherings/b.csv": HEAD + "2026-05-10,所沢市,道\n"}
    survey = wm.load_survey(make(tmp_path, files))
    assert len(survey.gatherings) == 1
    assert survey.statements["text"].tolist() == ["坂がきつい", "店が遠い", "道"]
    assert lines_about(survey) == []


def test_the_same_words_in_another_gathering_of_another_file_are_counted(tmp_path):
    files = {"gatherings/a.csv": GOOD, "gatherings/b.csv": GOOD.replace("2026-05-10", "2026-06-14")}
    survey = wm.load_survey(make(tmp_path, files))
    assert survey.statements["text"].tolist() == ["坂がきつい", "店が遠い"] * 2
    assert lines_about(survey) == []


def test_only_a_plan_or_a_figure_may_be_a_whole_citys(tmp_path):
    files = {
        "plans/計画.csv": "市町村,取組\nさいたま市,サロン\n",
        "indicators/数.csv": "地区,指標,値\nさいたま市,人口,5\n",
        "activities/一覧.csv": "名称,地区\n食堂,さいたま市\n",
    }
    survey = wm.load_survey(make(tmp_path, files))
    assert survey.measures["district"].tolist() == ["11100"]
    assert survey.indicators["district"].tolist() == ["11100"]
    assert survey.activities["district"].isna().tolist() == [True]
    assert [line.split("。")[0] for line in lines_about(survey)] == [
        "activities/一覧.csv 2行目: 地区「さいたま市」は一つに決まりません"
    ]


def test_a_broken_boundary_file_is_reported_and_the_districts_stay(tmp_path):
    files = {"gatherings/a.csv": GOOD, "boundaries/N03.geojson": "{"}
    survey = wm.load_survey(make(tmp_path, files))
    assert lines_about(survey) == [
        "boundaries/N03.geojson: 境界データとして読めません。公開元から取り直してください。"
    ]
    assert len(survey.districts) == 72


# ---- the folder ---------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_says_how_to_make_one(tmp_path):
    assert refusal(tmp_path / "ない").endswith(
        "フォルダが見つかりません。場所と名前を確かめるか、watamachi new で作ってください。"
    )


def test_a_file_given_for_a_folder_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    assert "フォルダが見つかりません" in refusal(tmp_path / "a.csv")


@pytest.mark.parametrize("files", [{}, {"メモ.txt": "・坂"}, {"boundaries/a.geojson": "{}"}])
def test_a_folder_without_input_says_where_to_put_it(tmp_path, files):
    assert refusal(make(tmp_path, files)).endswith(
        "記録や計画のファイルがありません。"
        "gatherings・plans・activities・indicators のフォルダに入れてください。"
    )


def test_lock_files_and_hidden_files_are_no_input_and_folders_within_are(tmp_path):
    files = {
        "gatherings/~$良い.xlsx": OLE,
        "gatherings/.DS_Store": b"\x00",
        "gatherings/五月/良い.csv": GOOD,
    }
    survey = wm.load_survey(make(tmp_path, files))
    assert survey.files["file"].tolist() == ["gatherings/五月/良い.csv"]
    assert survey.statements["file"].unique().tolist() == ["gatherings/五月/良い.csv"]
    assert lines_about(survey) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_the_encoding_of_a_file_changes_nothing(tmp_path, encoding):
    plain = wm.load_survey(make(tmp_path / "a", {"gatherings/a.csv": GOOD}))
    other = wm.load_survey(make(tmp_path / "b", {"gatherings/a.csv": GOOD.encode(encoding)}))
    assert other.statements.equals(plain.statements)
    assert lines_about(other) == []


def test_progress_names_each_file_and_grows(tmp_path):
    steps = []
    files = {"gatherings/a.csv": GOOD, "activities/b.csv": "名称,地区\nサロン,所沢市\n"}
    wm.load_survey(make(tmp_path, files), progress=lambda name, part: steps.append((name, part)))
    assert steps == [("a.csv", 0.0), ("b.csv", 0.5)]


# ---- settings -----------------------------------------------------------------------------------


def test_a_folder_without_settings_has_its_own_name_and_the_least_thresholds(tmp_path):
    survey = wm.load_survey(make(tmp_path / "所沢の調査", {"gatherings/a.csv": GOOD}))
    assert survey.settings == wm.Settings(name="所沢の調査", sample=False)
    assert survey.settings.thresholds == wm.Thresholds(3, 2, 5, 10)


def test_settings_give_name_sample_mark_and_raised_thresholds(tmp_path):
    text = 'name = "所沢"\nsample = true\n[thresholds]\nstatements = 4\npeople = 20\n'
    survey = wm.load_survey(make(tmp_path, {"gatherings/a.csv": GOOD}, text))
    assert (survey.settings.name, survey.settings.sample) == ("所沢", True)
    assert survey.settings.thresholds == wm.Thresholds(4, 2, 5, 20)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'nmae = "所沢"',
            "watamachi.toml: 知らない設定があります（nmae）。"
            "使えるのは name・plan_voices・prefecture・sample・scheme・thresholds です。",
        ),
        (
            "[thresholds]\nstatements = 2",
            "watamachi.toml thresholds: しきい値 statements は 3 以上の整数です（2）。"
            "見本の設定に合わせてください。",
        ),
        (
            "[thresholds]\npeople = 10.5",
            "watamachi.toml thresholds: しきい値 people は 10 以上の整数です（10.5）。"
            "見本の設定に合わせてください。",
        ),
        (
            "[thresholds]\nstatement = 5",
            "watamachi.toml thresholds: "
            "しきい値「statement」は知りません（statements・gatherings・sensitive・people）。"
            "見本の設定に合わせてください。",
        ),
        (
            'scheme = "学区"',
            "watamachi.toml scheme: 地区の種類「学区」が分かりません"
            "（使えるもの: municipality・city）。直すか、districts.xlsx に地区の一覧を書いてください。",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_the_way_out(tmp_path, text, line):
    assert refusal(make(tmp_path, {"gatherings/a.csv": GOOD}, text)) == line


@pytest.mark.parametrize("name", ["statements", "gatherings", "sensitive", "people"])
@pytest.mark.parametrize("value", ["0", "-1", "1", "true", '"多め"'])
def test_no_threshold_can_be_lowered(tmp_path, name, value):
    text = f"[thresholds]\n{name} = {value}\n"
    line = refusal(make(tmp_path, {"gatherings/a.csv": GOOD}, text))
    assert line.startswith(f"watamachi.toml thresholds: しきい値 {name} は ")


def test_broken_settings_are_refused_in_one_line(tmp_path):
    line = refusal(make(tmp_path, {"gatherings/a.csv": GOOD}, "name = \n"))
    assert line.startswith("watamachi.toml: 設定の書き方に誤りがあります（")
    assert line.endswith("）。見本と見比べて直してください。")


@pytest.mark.parametrize("text", ["thresholds = 5", "thresholds = [3]", 'sample = "false"'])
def test_a_setting_of_the_wrong_kind_is_refused(tmp_path, text):
    line = refusal(make(tmp_path, {"gatherings/a.csv": GOOD}, text))
    assert line.startswith("watamachi.toml")


# ---- the sample ---------------------------------------------------------------------------------


def test_every_row_of_every_sample_file_is_used_read_or_reported(survey):
    files = survey.files
    accounted = files["used"] + files["read"] + files["reported"]
    assert files.loc[files["rows"] != accounted, "file"].tolist() == []
    assert files.loc[files["rows"] == 0, "file"].tolist() == []


def test_every_sample_file_gave_records_and_none_needs_mending(survey):
    assert survey.files.loc[survey.files["records"] == 0, "file"].tolist() == []
    assert [str(problem) for problem in survey.problems.errors] == []


def test_every_file_of_the_sample_folder_is_in_the_list(survey):
    folders = ["gatherings", "plans", "activities", "indicators"]
    found = [path for name in folders for path in (SAMPLE / name).rglob("*.*")]
    assert sorted(survey.files["file"]) == sorted(
        path.relative_to(SAMPLE).as_posix() for path in found
    )


def test_every_sample_gathering_has_a_day_a_district_and_people(survey):
    columns = ["date", "district", "participants"]
    assert survey.gatherings[columns].isna().sum().tolist() == [0, 0, 0]


def test_every_sample_statement_belongs_to_a_gathering(survey):
    assert set(survey.statements["gathering_id"]) == set(survey.gatherings["gathering_id"])


@pytest.mark.parametrize(
    "table", ["districts", "gatherings", "statements", "measures", "activities", "indicators"]
)
def test_every_sample_table_keeps_its_contract(survey, table):
    given = getattr(survey, table)
    assert check(given, table).equals(given)
    assert len(given) > 0


def test_the_sample_says_that_it_is_one(survey):
    assert survey.settings.sample


def test_a_survey_is_read_the_same_twice(survey):
    again = wm.load_survey(SAMPLE)
    assert again.statements.equals(survey.statements)
    assert again.gatherings.equals(survey.gatherings)
