"""Words that the codebook lacks are proposed, taken up with one mark, and never lost."""

import openpyxl
import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.own_terms import CODEBOOK_FILE, PROPOSALS, TAKE
from watamachi_analysis.proposals import PROPOSAL_HEADS, propose_terms
from watamachi_analysis.review import CORRECTION_COLUMNS, REVIEW_FILE, SHEET

NOTE = """日時：令和8年5月10日
地区：所沢市
参加者：8人

・ヤギのえさが気に入った
・ヤギのえさを運んだ
・ヤギのえさは重い
・バスが減って病院に行けない
・雪かきが大変
"""
NONE = pd.DataFrame(columns=CORRECTION_COLUMNS, dtype=object)
SAID = pd.Series({f"s-{n}": "ヤギのえさ" if n < 3 else "田の話" for n in range(8)})
RULES = pd.DataFrame({"text_id": [f"s-{n}" for n in range(3, 8)], "issue": "food_agriculture"})


def propose(corrections=NONE, texts=SAID, rules=RULES):
    return propose_terms(texts, rules, corrections, wm.load_codebook())


def test_words_of_untagged_statements_are_proposed_without_an_issue():
    found = propose()
    assert found["ことば"].tolist() == ["えさ", "ヤギ"]
    assert set(found["課題"]) == {""}
    assert found["発言の数"].tolist() == [3, 3]
    assert all("ヤギ" in example for example in found["例"])


def test_words_of_a_corrected_statement_are_proposed_for_the_issue_it_was_given():
    corrected = pd.DataFrame([("s-0", ("environment",), ("need",))], columns=CORRECTION_COLUMNS)
    found = propose(corrected)
    named = found[found["課題"].ne("")]
    assert set(named["課題"]) == {"ごみ・環境・緑"}
    assert {"ヤギ", "えさ"} <= set(named["ことば"])


def test_words_that_the_codebook_knows_for_the_issue_are_not_proposed():
    texts = pd.Series({"s-0": "孤独死", "s-1": "田の話", "s-2": "田の話"})
    corrected = pd.DataFrame(
        [("s-0", ("elderly_isolation",), ("need",))], columns=CORRECTION_COLUMNS
    )
    found = propose(corrected, texts, RULES.assign(text_id="s-1"))
    assert "孤独死" not in set(found["ことば"])


def test_a_survey_without_statements_gets_no_proposals():
    found = propose(texts=SAID.head(0), rules=RULES.head(0))
    assert found.empty
    assert found.columns.tolist() == list(PROPOSAL_HEADS)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "メモ.txt").write_text(NOTE, encoding="utf-8")
    review(tmp_path)
    return tmp_path


def review(folder):
    return wm.write_review_book(wm.analyse(wm.load_survey(folder)), folder)


def take(folder, word, issue="ごみ・環境・緑"):
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    rows = list(book[PROPOSALS].iter_rows())
    places = {cell.value: i for i, cell in enumerate(rows[0])}
    row = next(row for row in rows[1:] if row[places["ことば"]].value == word)
    row[places[TAKE]].value = "○"
    row[places["課題"]].value = issue
    book.save(folder / REVIEW_FILE)


def issues(folder):
    return set(wm.analyse(wm.load_survey(folder)).mentions["issue"].dropna())


def test_the_review_book_shows_the_proposals(folder):
    book = openpyxl.load_workbook(folder / REVIEW_FILE)
    words = [row[2] for row in book[PROPOSALS].iter_rows(min_row=2, values_only=True)]
    assert "ヤギ" in words
    assert book.sheetnames[0] == SHEET


def test_a_word_that_is_taken_up_counts_at_the_next_build(folder):
    assert "environment" not in issues(folder)
    take(folder, "ヤギ")
    assert "environment" in issues(folder)


def test_a_word_that_was_taken_up_moves_into_the_codebook_at_the_next_review(folder):
    take(folder, "ヤギ")
    kept = review(folder)
    assert kept is not None
    rows = list(openpyxl.load_workbook(folder / CODEBOOK_FILE).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("ごみ・環境・緑", "ヤギ", "強い")
    assert "environment" in issues(folder)


def test_a_codebook_of_ones_own_is_added_to_and_kept_as_it_was(folder):
    own = openpyxl.Workbook()
    own.active.append(["課題", "ことば", "強さ"])
    own.active.append(["ごみ・環境・緑", "ロバ", "弱い"])
    own.save(folder / CODEBOOK_FILE)
    take(folder, "ヤギ")
    review(folder)
    assert (folder / "codebook_前の版1.xlsx").exists()
    rows = list(openpyxl.load_workbook(folder / CODEBOOK_FILE).active.iter_rows(values_only=True))
    assert [row[1:3] for row in rows[1:]] == [("ロバ", "弱い"), ("ヤギ", "強い")]


def test_a_word_taken_up_without_an_issue_is_reported_with_its_row(folder):
    take(folder, "ヤギ", issue="")
    problems = wm.load_survey(folder).problems
    assert [problem.file for problem in problems.errors] == [REVIEW_FILE]
    assert "行目" in problems.errors[0].place
