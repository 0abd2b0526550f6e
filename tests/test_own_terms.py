"""A survey's own words stand over the built-in ones; a broken row loses no good one."""

import openpyxl
import pandas as pd
import pytest

import watamachi_analysis as wm
from watamachi_analysis.own_terms import CODEBOOK_FILE, HEADS

NOTE = "日時：令和8年5月10日\n地区：所沢市\n\n・ゆるりの間が閉まった\n・バスが減った\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "メモ.txt").write_text(NOTE, encoding="utf-8")
    return tmp_path


def write(folder, *rows, heads=HEADS):
    book = openpyxl.Workbook()
    book.active.append(["わたしたちの用語"])
    book.active.append(list(heads))
    for row in rows:
        book.active.append(list(row))
    book.save(folder / CODEBOOK_FILE)


def issues(folder):
    analysis = wm.analyse(wm.load_survey(folder))
    said = analysis.survey.statements.set_index("statement_id")["text"]
    named = analysis.mentions.dropna(subset=["issue"])
    return set(zip(named["text_id"].map(said).str[:2], named["issue"], strict=True))


def test_a_word_of_ones_own_is_found(folder):
    assert ("ゆる", "multicultural") not in issues(folder)
    write(folder, ("多文化共生・外国人", "ゆるりの間", "強い"))
    assert ("ゆる", "multicultural") in issues(folder)


def test_a_built_in_word_can_be_switched_off_for_a_survey_only(folder):
    text = pd.Series(["徘徊"])
    before = set(wm.tag(text)["issue"].dropna())
    write(folder, ("介護・認知症", "徘徊", "使わない"))
    book = wm.load_survey(folder).codebook
    assert "caregiving_dementia" in before
    assert "caregiving_dementia" not in set(wm.tag(text, book)["issue"].dropna())
    assert set(wm.tag(text)["issue"].dropna()) == before


def test_a_word_may_ask_for_company(folder):
    write(folder, ("多文化共生・外国人", "ゆるりの間", "強い", "お茶"))
    assert ("ゆる", "multicultural") not in issues(folder)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("宇宙", "ロケット", "強い"), "課題「宇宙」が分かりません"),
        (("移動・買い物", "", "強い"), "ことばが書かれていません"),
        (("移動・買い物", "ロバ", "とても"), "強さ「とても」が分かりません"),
    ],
)
def test_a_broken_row_is_reported_with_its_place_and_the_good_ones_are_used(folder, row, words):
    write(folder, row, ("居場所・拠点・集まる場", "ゆるりの間", "強い"))
    survey = wm.load_survey(folder)
    assert [words in str(problem) for problem in survey.problems] == [True]
    assert survey.problems.items[0].place.endswith("3行目")
    assert ("ゆる", "places") in issues(folder)


def test_a_book_without_headings_is_reported_and_stops_nothing(folder):
    write(folder, ("a", "b"), heads=("x", "y"))
    survey = wm.load_survey(folder)
    assert len(survey.problems.errors) == 1
    assert len(survey.statements) == 2
