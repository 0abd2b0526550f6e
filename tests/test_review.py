"""The adviser's corrections: written down in Excel, read back at every build, never lost."""

import shutil
import subprocess

import openpyxl
import pytest

import watamachi_analysis as wm
from watamachi_analysis.review import (
    BEFORE,
    REVIEW_FILE,
    SHEET,
    agreement,
    apply_corrections,
    read_corrections,
)
from watamachi_analysis.review_book import GUIDE

NOTE = """日時：令和8年5月10日
地区：所沢市
参加者：8人

・バスが減って病院に行けない
・きょうはいい天気
・子ども食堂を月2回やっている
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "メモ.txt").write_text(NOTE, encoding="utf-8")
    wm.write_review_book(wm.analyse(wm.load_survey(tmp_path)), tmp_path)
    return tmp_path


def edit(folder, changes, *, sheet=SHEET):
    """Change cells of the row whose statement begins with a text, as a person would."""
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    rows = list(book[sheet].iter_rows())
    places = {cell.value: i for i, cell in enumerate(rows[0])}
    for start, cells in changes.items():
        row = next(row for row in rows[1:] if row[places["発言"]].value.startswith(start))
        for name, value in cells.items():
            row[places[name]].value = value
    book.save(folder / REVIEW_FILE)


def tags(folder, start):
    analysis = wm.analyse(wm.load_survey(folder))
    said = analysis.survey.statements
    key = said.loc[said["text"].str.startswith(start), "statement_id"].item()
    own = analysis.mentions[analysis.mentions["text_id"] == key]
    return set(own["issue"].dropna()), set(own["kind"]), set(own["origin"])


def corrections(folder):
    return read_corrections(folder / REVIEW_FILE, wm.load_codebook())


def test_a_book_nobody_touched_corrects_nothing(folder):
    assert corrections(folder).table.empty
    assert corrections(folder).problems == ()


def test_a_correction_beats_the_rules_at_the_next_build(folder):
    assert tags(folder, "きょう")[0] == set()
    edit(folder, {"きょう": {"課題1": "居場所・拠点・集まる場", "種別1": "やってみたい"}})
    assert tags(folder, "きょう") == ({"places"}, {"wish"}, {"correction"})


def test_an_issue_taken_away_is_taken_away(folder):
    assert tags(folder, "子ども食堂")[0] == {"child_place_poverty"}
    edit(folder, {"子ども食堂": {"課題1": None}})
    assert tags(folder, "子ども食堂")[0] == set()


def test_a_correction_survives_other_rows_and_files(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    lines = NOTE.splitlines()
    moved = [*lines[:4], lines[6], "・あたらしい声", lines[5], lines[4]]
    (folder / "gatherings" / "メモ.txt").write_text("\n".join(moved), encoding="utf-8")
    (folder / "gatherings" / "別.txt").write_text(NOTE.replace("所沢", "飯能"), encoding="utf-8")
    said = wm.load_survey(folder).statements
    assert len(said) == 7
    analysis = wm.analyse(wm.load_survey(folder))
    corrected = analysis.mentions[analysis.mentions["origin"] == "correction"]
    assert corrected["issue"].tolist() == ["disaster"]


def test_a_correction_of_a_statement_that_is_gone_is_reported(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    (folder / "gatherings" / "メモ.txt").write_text(NOTE.replace("きょう", "きのう"), "utf-8")
    lines = [str(problem) for problem in wm.load_survey(folder).problems]
    assert len(lines) == 1
    assert "記録のなかに見つかりません" in lines[0]


def test_writing_the_book_again_keeps_the_old_one_and_the_corrections(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    kept = wm.write_review_book(wm.analyse(wm.load_survey(folder)), folder)
    assert kept is not None and kept.exists()
    assert tags(folder, "きょう")[0] == {"disaster"}
    again = wm.write_review_book(wm.analyse(wm.load_survey(folder)), folder)
    assert again != kept


def test_an_unknown_issue_is_reported_with_its_cell_and_the_rest_is_used(folder):
    edit(folder, {"きょう": {"課題1": "宇宙", "課題2": "防災・災害時要配慮者"}})
    found = corrections(folder)
    assert found.table["issues"].tolist() == [("disaster",)]
    assert "課題1「宇宙」が分かりません" in str(found.problems[0])
    assert "行目" in found.problems[0].place


def test_a_book_without_the_ids_is_refused_and_loses_nothing_else(folder):
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    book[SHEET].delete_cols(1)
    book.save(folder / REVIEW_FILE)
    survey = wm.load_survey(folder)
    assert len(survey.statements) == 3
    assert "「発言ID」の列がありません" in str(survey.problems.errors[0])


def test_columns_and_sheets_in_another_order_do_not_matter(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    book.move_sheet(SHEET, 2)
    book[SHEET].insert_cols(1)
    book[SHEET].insert_rows(1)
    book.save(folder / REVIEW_FILE)
    assert corrections(folder).table["issues"].tolist() == [("disaster",)]


@pytest.mark.parametrize("gone", [["課題1"], ["課題2", "課題3"], ["種別1", "種別2", "種別3"]])
def test_a_column_taken_out_changes_no_tag_and_is_named(folder, gone):
    edit(folder, {"きょう": {"課題3": "防災・災害時要配慮者", "種別3": "質問"}})
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    for name in gone:
        heads = [cell.value for cell in book[SHEET][1]]
        book[SHEET].delete_cols(heads.index(name) + 1)
    book.save(folder / REVIEW_FILE)
    found = corrections(folder)
    issues, kinds, _ = tags(folder, "バス")
    assert "mobility_shopping" in issues and kinds == {"need"}
    assert len(found.table) == 1
    assert gone[0] in str(found.problems[0]) and found.problems[0].level == "notice"


def test_cells_merged_down_hold_for_every_row_they_cover(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    sheet = book[SHEET]
    column = [cell.value for cell in sheet[1]].index("課題1") + 1
    first = next(row[0].row for row in sheet.iter_rows(2) if row[2].value.startswith("きょう"))
    sheet.merge_cells(start_row=first, end_row=first + 1, start_column=column, end_column=column)
    book.save(folder / REVIEW_FILE)
    found = corrections(folder)
    assert [issues[0] for issues in found.table["issues"]] == ["disaster", "disaster"]


def test_a_book_saved_by_google_sheets_is_read_alike(folder):
    """Google Sheets writes inline strings, keeps no widths and adds a thousand empty rows."""
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    plain = openpyxl.Workbook(write_only=True)
    for sheet in book:
        copy = plain.create_sheet(sheet.title)
        width = sheet.max_column
        for row in sheet.iter_rows(values_only=True):
            copy.append([None if value == "" else value for value in row])
        for _ in range(1000):
            copy.append([None] * width)
    plain.save(folder / REVIEW_FILE)
    assert corrections(folder).table["issues"].tolist() == [("disaster",)]


def test_without_the_hidden_sheet_every_row_counts_as_corrected_and_it_is_said(folder):
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    del book[BEFORE]
    book.save(folder / REVIEW_FILE)
    found = corrections(folder)
    assert len(found.table) == 3
    assert "シートがありません" in str(found.problems[0])


def test_a_file_that_is_no_workbook_gives_one_line(folder):
    (folder / REVIEW_FILE).write_bytes(b"broken")
    assert len(wm.load_survey(folder).problems.errors) == 1


def test_the_least_certain_rows_come_first(folder):
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    first = [cell.value for cell in next(book[SHEET].iter_rows(min_row=2))]
    assert first[2] == "きょうはいい天気"


def test_agreement_counts_what_the_rules_had_found_too(folder):
    edit(folder, {"バス": {"課題3": "住まい・空き家"}})
    analysis = wm.analyse(wm.load_survey(folder))
    found, asked = agreement(analysis.rules, analysis.survey.corrections)
    assert (found, asked) == (asked - 1, asked)


def test_corrections_leave_the_other_mentions_as_they_are(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    analysis = wm.analyse(wm.load_survey(folder))
    texts = analysis.survey.statements.set_index("statement_id")["text"]
    after = apply_corrections(analysis.rules, analysis.survey.corrections, texts)
    assert after.columns.tolist() == analysis.rules.columns.tolist()
    assert after.dtypes.tolist() == analysis.rules.dtypes.tolist()
    assert set(after["text_id"]) == set(analysis.rules["text_id"])


def test_every_corrected_issue_shows_words_that_stand_in_the_statement(folder):
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}, "バス": {"課題3": "ごみ・環境・緑"}})
    analysis = wm.analyse(wm.load_survey(folder))
    texts = analysis.survey.statements.set_index("statement_id")["text"]
    named = analysis.mentions.dropna(subset=["issue"])
    shown = [texts[row.text_id][row.start : row.end] for row in named.itertuples()]
    assert "correction" in set(named["origin"])
    assert shown == named["term"].tolist() and all(shown)


def test_the_book_says_what_each_issue_is_and_how_to_decide_between_two(folder):
    sheet = openpyxl.load_workbook(folder / REVIEW_FILE)[GUIDE]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 24
    assert all(all(row[:4]) for row in rows)
    assert any("と迷うとき" in (row[4] or "") for row in rows)


def test_what_people_wrote_is_no_formula_in_the_book(tmp_path):
    (tmp_path / "gatherings").mkdir()
    note = "日時：2026-05-10\n地区：小川町\n\n・=1+1でバスが減った\n"
    (tmp_path / "gatherings" / "メモ.txt").write_text(note, encoding="utf-8")
    wm.write_review_book(wm.analyse(wm.load_survey(tmp_path)), tmp_path)
    cells = openpyxl.load_workbook(tmp_path / REVIEW_FILE)[SHEET]["C2"]
    assert (cells.value, cells.data_type) == ("=1+1でバスが減った", "s")


def test_a_book_saved_by_libreoffice_is_read_alike(folder, tmp_path):
    office = shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not on this machine")
    edit(folder, {"きょう": {"課題1": "防災・災害時要配慮者"}})
    out = tmp_path / "saved"
    call = [office, "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*call, str(folder / REVIEW_FILE)], check=True, capture_output=True)
    shutil.copy(out / REVIEW_FILE, folder / REVIEW_FILE)
    assert corrections(folder).table["issues"].tolist() == [("disaster",)]
