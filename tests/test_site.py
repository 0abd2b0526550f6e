"""What is written to the folder: the same numbers everywhere, nothing hidden in any file."""

import csv
import hashlib
import io
import json
import re
from datetime import date

import openpyxl
import pytest

import watamachi_analysis as wm
from watamachi_analysis.reports import MANIFEST

AUDIENCES = ("adviser", "member", "public")


@pytest.fixture(scope="module")
def folders(tmp_path_factory, analysis):
    made = {}
    for audience in AUDIENCES:
        made[audience] = tmp_path_factory.mktemp(audience)
        wm.write_maps(analysis, made[audience], audience=audience)
    return made


def read_page(folder):
    text = (folder / "overlap.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def read_sheet(folder, name):
    book = openpyxl.load_workbook(folder / "overlap.xlsx")
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_workbook_gives_a_chance_only_where_something_can_be_said(folders, audience):
    marks = {"記録なし": "–", "非表示": "X", "まだ言えない": None}
    rows = read_sheet(folders[audience], "地区と課題")
    for row in rows:
        chance = row["県平均より高い見込み（%）"]
        assert chance == marks[row["状態"]] if row["状態"] in marks else 1 <= chance <= 99
        if "高い見込み" in row["ひとこと"]:
            assert chance >= 80 and f"県平均より高い見込み {chance}%" in row["ひとこと"]
    assert any("高い見込み" in row["ひとこと"] for row in rows)


def test_the_page_of_a_district_says_what_is_high_and_low(folders, analysis):
    shown = wm.publish(analysis, "adviser").overlap
    high = shown[shown["level"].eq("high") & shown["issue"].ne("all")].iloc[0]
    (page,) = (folders["adviser"] / "districts").glob(f"{high['district']}_*.html")
    percent = round(high["p_high"] * 100)
    assert f"県平均より高い見込み {percent}%" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_page_workbook_and_geojson_give_the_same_needs_and_states(folders, audience):
    page = read_page(folders[audience])
    single = page["issues"][1:]  # groups of issues stand on the page alone
    labels = {issue["id"]: issue["label"] for issue in single if "members" not in issue}
    states = [state["label"] for state in page["states"]]
    shown = {
        (district["id"], labels[issue]): (states[cell[0]], cell[1])
        for issue, cells in page["cells"].items()
        if issue in labels
        for district, cell in zip(page["districts"], cells, strict=True)
    }
    sheet = {
        (row["コード"], row["課題"]): (
            row["状態"],
            row["困りごとの声（件）"] if isinstance(row["困りごとの声（件）"], int) else None,
        )
        for row in read_sheet(folders[audience], "地区と課題")
    }
    assert sheet == shown
    features = json.loads((folders[audience] / "overlap.geojson").read_text("utf-8"))["features"]
    names = {state["id"]: state["label"] for state in page["states"]}
    for feature in features:
        facts = feature["properties"]
        for issue, label in labels.items():
            if issue != "all":
                state, needs = shown[facts["district"], label]
                assert names[facts[f"{issue}_state"]] == state
                assert facts[f"{issue}_needs"] == needs


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_panel_quotes_what_the_audience_may_read_and_nothing_else(folders, analysis, audience):
    shown = wm.publish(analysis, audience)
    texts = {f"「{text}」" for text in shown.statements["text"]}
    quoted = {
        line
        for places in read_page(folders[audience])["told"].values()
        for heads in places.values()
        for line in heads.get("集まりの声から", [])
        if not line.startswith("ほか")
    }
    assert quoted <= texts
    assert bool(quoted) == (audience != "public")


@pytest.mark.parametrize("audience", ["member", "public"])
def test_no_small_count_of_voices_leaves_in_any_file(folders, audience):
    sensitive = set(wm.load_codebook().issues.query("sensitive").index)
    page = read_page(folders[audience])
    for issue, cells in page["cells"].items():
        least = 5 if issue in sensitive else 3
        voices = [value for cell in cells for value in (cell[1], cell[3], cell[4])]
        assert not [v for v in voices if v is not None and 0 < v < least]
    geo = json.loads((folders[audience] / "overlap.geojson").read_text(encoding="utf-8"))
    for feature in geo["features"]:
        for key, value in feature["properties"].items():
            if key.endswith("_needs"):
                least = 5 if key.removesuffix("_needs") in sensitive else 3
                assert value is None or value == 0 or value >= least


def every_text(folder):
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            cells = (
                c for s in book.worksheets for row in s.iter_rows(values_only=True) for c in row
            )
            yield path.name, "\n".join(str(cell) for cell in cells if cell is not None)
        elif path.is_file():
            yield path.name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_name_phone_or_mail_of_the_notes_is_in_any_file(folders, audience, survey):
    _, spans = wm.mask(survey.statements.set_index("statement_id")["text"])
    contacts = set(spans.loc[spans["kind"].isin(["phone", "mail"]), "surface"])
    people = {f"{name}さん" for name in spans.loc[spans["kind"] == "name", "surface"]}
    assert len(contacts) >= 8 and len(people) >= 20
    for name, text in every_text(folders[audience]):
        assert [word for word in contacts | people if word in text] == [], name


def test_the_public_folder_holds_no_statement(folders, analysis):
    long_ones = [text for text in analysis.survey.statements["text"] if len(text) > 20]
    for name, text in every_text(folders["public"]):
        assert [said for said in long_ones if said in text] == [], name
    assert not (folders["public"] / "mentions.csv").exists()
    assert not (folders["public"] / "districts").exists()


def test_members_read_only_what_may_be_published(folders, analysis):
    said = analysis.survey.statements
    closed = said.loc[~said["publishable"].fillna(False).astype(bool), "text"]
    for name, text in every_text(folders["member"]):
        assert [s for s in closed if len(s) > 15 and s in text] == [], name


def test_every_output_of_a_sample_says_so(folders):
    for audience in AUDIENCES:
        for name, text in every_text(folders[audience]):
            if name not in {MANIFEST, "overlap.geojson"}:
                assert "見本" in text, name


def test_the_same_survey_gives_the_same_bytes(tmp_path, analysis):
    digests = []
    for name in ("one", "two"):
        wm.write_maps(analysis, tmp_path / name)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        digests.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in files])
    assert digests[0] == digests[1]


def test_a_smaller_audience_leaves_nothing_of_a_larger_one_behind(tmp_path, analysis):
    (tmp_path / "mine.txt").write_text("わたしのメモ", encoding="utf-8")
    wm.write_maps(analysis, tmp_path, audience="adviser")
    wm.write_maps(analysis, tmp_path, audience="public")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "index.html", "overlap.html", "overlap.xlsx", "overlap.geojson", MANIFEST, "mine.txt"
    }  # fmt: skip


def test_a_run_that_fails_leaves_the_last_good_output(tmp_path, analysis):
    wm.write_maps(analysis, tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def stop(name, _share):
        if name == "overlap.html":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wm.write_maps(analysis, tmp_path, progress=stop)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_mentions_are_safe_to_open_in_a_spreadsheet(tmp_path):
    folder = tmp_path / "survey" / "gatherings"
    folder.mkdir(parents=True)
    note = '日時：2026-05-10\n地区：小川町\n\n・=HYPERLINK("http://x")でバスが減った\n'
    (folder / "メモ.txt").write_text(note, encoding="utf-8")
    analysis = wm.analyse(wm.load_survey(folder.parent), built=date(2026, 11, 23))
    wm.write_maps(analysis, tmp_path / "maps", audience="adviser")
    text = (tmp_path / "maps" / "mentions.csv").read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith("=")]


def test_a_district_page_marks_the_words_that_proved_the_issue(folders):
    page = (folders["adviser"] / "districts" / "11209_飯能市.html").read_text(encoding="utf-8")
    assert "<mark>" in page
    assert "script" not in page.replace("script-src", "")
