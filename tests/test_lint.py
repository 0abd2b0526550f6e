"""A doubtful word of a survey's own codebook is named with its row and column."""

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import watamachi_analysis as wm
from watamachi_analysis.cli import app
from watamachi_analysis.lint import lint_terms
from watamachi_analysis.own_terms import HEADS, OwnTerm, add_terms

TEXTS = pd.Series(
    [f"{n}月にロバの散歩を見た" for n in range(1, 9)] + ["畑の話", "川の話", "山の話"]
)


def lint(*terms, texts=TEXTS):
    book = add_terms(wm.load_codebook(), terms)
    return [problem for problem in lint_terms(terms, book, texts) if problem.place]


def test_a_word_that_fits_is_not_doubted():
    assert lint(OwnTerm("places", "川の話", "strong", place="3行目")) == []


@pytest.mark.parametrize("word", ["・・", "！", "　"])
def test_a_word_without_a_letter_can_never_match(word):
    (problem,) = lint(OwnTerm("places", word, "strong", place="4行目"), texts=TEXTS.head(0))
    assert problem.level == "error"
    assert problem.place == "4行目「ことば」"


def test_a_word_that_excludes_itself_can_never_match():
    own = OwnTerm("places", "川の話", "strong", without="海、川", place="5行目")
    (problem,) = lint(own)
    assert (problem.level, problem.place) == ("error", "5行目「いっしょなら外すことば」")


def test_a_word_under_two_issues_is_named_with_the_other_issue():
    (problem,) = lint(OwnTerm("places", "孤独死", "strong", place="6行目"), texts=TEXTS.head(0))
    assert "高齢者の孤立・見守り" in problem.found
    assert problem.level == "notice"


def test_a_word_in_most_statements_is_named_with_its_count():
    (problem,) = lint(OwnTerm("environment", "ロバ", "strong", place="7行目"))
    assert "発言11件のうち8件" in problem.found


def test_a_word_in_no_statement_is_named():
    (problem,) = lint(OwnTerm("environment", "らくだ", "strong", place="8行目"))
    assert "一度も出てきません" in problem.found


def test_words_that_are_switched_off_are_not_looked_for():
    assert lint(OwnTerm("environment", "らくだ", "off", place="8行目")) == []


def test_issues_that_never_part_are_named_together():
    book = add_terms(
        wm.load_codebook(),
        [OwnTerm("environment", "ロバ", "strong"), OwnTerm("multicultural", "ロバ", "strong")],
    )
    (problem,) = lint_terms([], book, TEXTS)
    assert book.labels["environment"] in problem.found
    assert book.labels["multicultural"] in problem.found
    assert "8件" in problem.found


def test_the_built_in_codebook_alone_is_not_doubted_on_the_sample(survey):
    texts = survey.statements["text"]
    assert lint_terms([], wm.load_codebook(), texts) == []


def test_check_prints_file_row_and_column(tmp_path):
    (tmp_path / "gatherings").mkdir()
    note = "日時：令和8年5月10日\n地区：所沢市\n\n・川の話\n・バスが減った\n"
    (tmp_path / "gatherings" / "メモ.txt").write_text(note, encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(list(HEADS))
    book.active.append(["移動・買い物", "らくだ", "強い"])
    book.active.append(["移動・買い物", "バス", "強い", "", "バス"])
    book.save(tmp_path / "codebook.xlsx")
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "codebook.xlsx 2行目「ことば」: 「らくだ」は一度も出てきません" in result.output
    assert "3行目「いっしょなら外すことば」" in result.output
