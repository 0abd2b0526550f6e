"""A plan tells whose it is and for which years; what an adviser mends of it sticks."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.periods import find_period, parse_period
from watamachi_analysis.plan_check import check_plan
from watamachi_analysis.plan_facts import find_printed
from watamachi_analysis.plan_reading import parse_plan
from watamachi_analysis.plan_review import HEADINGS, LEFT, MEASURES, PLAN_REVIEW_FILE
from watamachi_analysis.plan_text import read_plan_text

TOWNS = ["所沢市", "川越市", "さいたま市", "さいたま市南区", "小川町"]
PLAN = """所沢市地域福祉計画
令和6年度～令和11年度
第1章 はじめに
1 計画の期間
令和6年度から令和11年度までの6年間とします。
第2章 施策の展開
基本目標1 支える
(1) 見守り
【現状と課題】
減っています。
① 声かけ
毎月たずねます。
② 旗
旗を出します。
【主な取組】
・旗を配ります。
市民の役割
・旗を掲げます。
第3章 推進
会議を開きます。
"""


def write_plan(folder, text=PLAN, name="計画.txt"):
    (folder / "plans").mkdir(exist_ok=True)
    path = folder / "plans" / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder, text=PLAN, name="計画.txt"):
    return parse_plan(read_plan_text(write_plan(folder, text, name)), TOWNS)


def told(parsed):
    return [str(problem) for problem in parsed.problems]


# ---- facts ---------------------------------------------------------------------------------------


def test_a_plan_gives_measures_with_name_years_and_roles(tmp_path):
    parsed = read(tmp_path)
    columns = ["district_name", "plan", "start", "end", "initiative", "role", "text"]
    plan = ["所沢市", "所沢市地域福祉計画", 2024, 2029]
    assert parsed.measures[columns].values.tolist() == [
        [*plan, "① 声かけ", "", "毎月たずねます。"],
        [*plan, "② 旗", "", "旗を出します。"],
        [*plan, "・旗を掲げます。", "市民", "旗を掲げます。"],
    ]
    assert told(parsed) == []


@pytest.mark.parametrize("name", ["計画.txt", "素案.txt"])
def test_every_line_of_a_plan_is_read_or_used(tmp_path, name):
    tally = read(tmp_path, name=name).tally
    assert tally.rows == tally.used + tally.read + tally.reported == len(PLAN.splitlines())


def test_what_is_no_measure_is_kept_with_its_heading(tmp_path):
    left = read(tmp_path).left
    assert left[["heading", "label", "text"]].values.tolist() == [
        ["1 計画の期間", "", "令和6年度から令和11年度までの6年間とします。"],
        ["(1) 見守り", "【現状と課題】", "減っています。"],
        ["② 旗", "【主な取組】", "・旗を配ります。"],
        ["第3章 推進", "", "会議を開きます。"],
    ]


def test_the_name_of_the_file_says_best_whose_a_plan_is(tmp_path):
    parsed = read(tmp_path, PLAN.replace("所沢市地域", "地域"), "川越市_計画.txt")
    assert parsed.measures["district_name"].unique().tolist() == ["川越市"]


def test_a_plan_of_two_municipalities_counts_for_both_and_says_so(tmp_path):
    parsed = read(tmp_path, name="所沢市と川越市.txt")
    assert parsed.measures["district_name"].value_counts().to_dict() == {"所沢市": 3, "川越市": 3}
    assert parsed.measures["measure_id"].is_unique
    assert told(parsed) == [
        "所沢市と川越市.txt: 所沢市と川越市の計画として読みました。"
        "一つの市町村の計画なら、ファイルの名前にその名前だけを入れてください。"
    ]


def test_a_ward_is_not_taken_for_its_city(tmp_path):
    parsed = read(tmp_path, name="さいたま市南区.txt")
    assert parsed.measures["district_name"].unique().tolist() == ["さいたま市南区"]


def test_a_plan_of_nobody_known_is_told_and_counted_as_such(tmp_path):
    parsed = read(tmp_path, PLAN.replace("所沢市", "何市"))
    assert parsed.measures.empty
    assert parsed.tally.reported == parsed.tally.rows
    assert "どの市町村の計画か分かりません。ファイルの名前に" in told(parsed)[0]


def test_a_plan_without_years_says_so_and_is_read(tmp_path):
    text = PLAN.replace("令和6年度～令和11年度\n", "").replace(
        "令和6年度から令和11年度までの6年間", "当面の間"
    )
    parsed = read(tmp_path, text)
    assert parsed.measures["start"].isna().all() and len(parsed.measures) == 3
    assert "計画の期間が見つかりません" in told(parsed)[0]


def test_a_measure_without_a_whole_sentence_is_doubtful(tmp_path):
    parsed = read(tmp_path, PLAN.replace("毎月たずねます。", "毎月、声の"))
    assert parsed.measures["certainty"].tolist() == ["doubtful", "sure", "sure"]


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("令和6年度〜令和11年度", (2024, 2029)),
        ("令和6年度～11年度", (2024, 2029)),
        ("２０２５年度～２０３０年度", (2025, 2030)),
        ("令和8年度（2026年度）～令和17年度（2035年度）", (2026, 2035)),
        ("平成30年度～平成34年度", (2018, 2022)),
        ("令和元年度から5年間", (2019, 2023)),
        ("R6-R11年度", (2024, 2029)),
        ("当面", (None, None)),
        ("", (None, None)),
        ("1年度～9999年度", (None, None)),
    ],
)
def test_the_years_of_a_plan_are_read(words, years):
    assert parse_period(words) == years


@given(st.text(max_size=60))
def test_any_words_have_years_in_order_or_none(words):
    first, last = parse_period(words)
    assert (first is None and last is None) or first <= last
    assert isinstance(find_period([words]), str)


def test_pages_bear_the_number_that_is_printed_on_them():
    lines = [(n, "page", f"- {n - 4} -") for n in range(5, 9)] + [(9, "page", "平成30年の表 12")]
    outline = pd.DataFrame([(4, "cover", "表紙"), *lines], columns=["page", "mark", "text"])
    assert find_printed(outline) == {5: 1, 6: 2, 7: 3, 8: 4, 9: 5}
    assert find_printed(outline.iloc[:2]) == {4: 4, 5: 5}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20), max_size=12))
def test_any_text_keeps_its_balance(tmp_path_factory, lines):
    path = write_plan(tmp_path_factory.mktemp("plan"), "所沢市の計画\n" + "\n".join(lines))
    tally = parse_plan(read_plan_text(path), TOWNS).tally
    assert tally.rows == tally.used + tally.read + tally.reported


# ---- two copies, two plans -----------------------------------------------------------------------


def load(folder, **plans):
    for name, text in plans.items():
        write_plan(folder, text, f"{name}.txt")
    return wm.load_survey(folder)


def test_a_plan_as_text_and_as_a_table_counts_once_with_one_line(tmp_path):
    table = "市町村,計画期間,取組,内容\n所沢市,令和6年度～令和11年度,声かけ,毎月たずねます。\n,,旗,旗を出します。\n"
    write_plan(tmp_path, table, "a表.csv")
    survey = load(tmp_path, 計画=PLAN)
    assert survey.measures["file"].value_counts().to_dict() == {
        "plans/a表.csv": 2,
        "plans/計画.txt": 1,
    }
    assert [str(problem) for problem in survey.problems] == [
        "plans/計画.txt: 2件の施策が plans/a表.csv と同じです。二重には数えません。"
        "同じ計画なら、どちらかのファイルを外してください。"
    ]


def test_an_earlier_plan_of_a_municipality_is_set_apart(tmp_path):
    old = PLAN.replace("令和6年度", "令和元年度").replace("令和11年度", "令和5年度")
    survey = load(tmp_path, 新=PLAN, 旧=old)
    assert survey.measures["start"].unique().tolist() == [2024]
    assert survey.earlier_measures["start"].unique().tolist() == [2019]
    assert survey.problems.items == ()


# ---- mending -------------------------------------------------------------------------------------


def change(book, sheet, column, row_with, value):
    workbook = openpyxl.load_workbook(book)
    rows = workbook[sheet]
    heads = [cell.value for cell in rows[1]]
    (row,) = [r for r in rows.iter_rows(min_row=2) if row_with in [cell.value for cell in r]]
    row[heads.index(column)].value = value
    workbook.save(book)


def initiatives(folder):
    return wm.load_survey(folder).measures["initiative"].tolist()


@pytest.fixture
def mended(tmp_path):
    checked = check_plan(write_plan(tmp_path))
    assert checked.book == tmp_path / PLAN_REVIEW_FILE
    return checked.book


def test_the_book_of_an_untouched_plan_changes_nothing(mended):
    assert initiatives(mended.parent) == ["① 声かけ", "② 旗", "・旗を掲げます。"]


def test_a_title_and_a_level_that_were_mended_stick(mended):
    change(mended, HEADINGS, "見出し", "① 声かけ", "① 声かけ運動")
    change(mended, HEADINGS, "段", "② 旗", "")
    assert initiatives(mended.parent) == ["① 声かけ運動", "・旗を掲げます。"]
    assert initiatives(mended.parent) == initiatives(mended.parent)


def test_a_measure_that_was_mended_or_is_none_sticks(mended):
    change(mended, MEASURES, "内容", "毎月たずねます。", "毎週たずねます。")
    change(mended, MEASURES, "扱い", "旗を出します。", "使わない")
    measures = wm.load_survey(mended.parent).measures
    assert measures["text"].tolist() == ["毎週たずねます。", "旗を掲げます。"]


def test_what_was_left_becomes_a_measure_where_an_adviser_says_so(mended):
    change(mended, LEFT, "扱い", "・旗を配ります。", "施策にする")
    measures = wm.load_survey(mended.parent).measures
    assert measures.iloc[-1][["policy", "initiative", "text"]].tolist() == [
        "(1) 見守り", "② 旗", "・旗を配ります。",
    ]  # fmt: skip


def test_mending_goes_on_in_a_new_book_and_the_old_one_is_kept(mended):
    change(mended, MEASURES, "内容", "毎月たずねます。", "毎週たずねます。")
    checked = check_plan(mended.parent / "plans" / "計画.txt")
    assert checked.kept.exists()
    assert wm.load_survey(mended.parent).measures["text"].tolist()[0] == "毎週たずねます。"


def test_a_book_that_nobody_touched_leaves_no_old_one_behind(mended):
    assert check_plan(mended.parent / "plans" / "計画.txt").kept is None


def test_the_book_keeps_what_was_mended_of_other_plans(mended):
    change(mended, MEASURES, "内容", "毎月たずねます。", "毎週たずねます。")
    check_plan(write_plan(mended.parent, PLAN.replace("所沢市", "川越市"), "川越市.txt"))
    texts = wm.load_survey(mended.parent).measures.groupby("district_name")["text"].first()
    assert texts.to_dict() == {"川越市": "毎月たずねます。", "所沢市": "毎週たずねます。"}


def test_a_level_that_is_no_number_is_told_and_the_rest_holds(mended):
    change(mended, HEADINGS, "段", "② 旗", "深い")
    survey = wm.load_survey(mended.parent)
    assert len(survey.measures) == 3
    assert "段「深い」が分かりません。1 から 8 の数にするか、空けてください。" in str(
        survey.problems.items[0]
    )


def test_a_book_that_is_broken_is_told_and_the_plan_is_read(mended):
    mended.write_bytes(b"PK\x03\x04broken")
    survey = wm.load_survey(mended.parent)
    assert len(survey.measures) == 3
    assert "壊れているか、Excel のファイルではありません" in str(survey.problems.items[0])


def test_a_formula_in_a_plan_stays_words_in_the_book(tmp_path):
    text = PLAN.replace("毎月たずねます。", "=HYPERLINK(A1)をたずねます。")
    book = check_plan(write_plan(tmp_path, text)).book
    cells = [cell for row in openpyxl.load_workbook(book)[MEASURES].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_book_stands_beside_a_plan_that_is_in_no_survey(tmp_path):
    path = tmp_path / "所沢市.txt"
    Path(path).write_text(PLAN, encoding="utf-8")
    assert check_plan(path).book == tmp_path / PLAN_REVIEW_FILE
