"""A sheet says what is known of a district, and shrinks where nothing is."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.baseline import SECTIONS, describe_district, gather_basis
from watamachi_analysis.baseline_figures import say_features, table_figures
from watamachi_analysis.blocks import (
    Bullets,
    Column,
    Document,
    Pair,
    Paragraph,
    Row,
    Table,
    with_refs,
)
from watamachi_analysis.board import count_issues, describe_board, list_findings
from watamachi_analysis.board_slides import draw_board_slides
from watamachi_analysis.sheet_page import split_numbers
from watamachi_analysis.standing import compare_figures
from watamachi_analysis.templates import new_survey

A, B, C = "11201", "11202", "11203"
TOWN, BARE = "11208", "11101"


def figures(*rows):
    """Rows of district, indicator, value, day; persons, of one source."""
    table = pd.DataFrame(rows, columns=["district", "indicator", "value", "as_of"])
    table["as_of"] = pd.to_datetime(table["as_of"])
    status = table["value"].map(lambda value: "value" if pd.notna(value) else "unknown")
    return table.assign(unit="人", status=status, source="国勢調査", district_name="")


# Figures


def test_a_count_is_compared_as_a_rate_of_what_it_is_a_part_of():
    table = figures(
        (A, "総人口", 1000, "2020-10-01"), (A, "外国人人口", 50, "2020-10-01"),
        (B, "総人口", 3000, "2020-10-01"), (B, "外国人人口", 30, "2020-10-01"),
    )  # fmt: skip
    found = compare_figures(table).set_index(["district", "indicator"])
    row = found.loc[(A, "外国人人口")]
    assert (row["rate"], row["prefecture"], row["difference"]) == (5.0, 2.0, 3.0)
    assert (row["rank"], row["of"]) == (1, 2)


def test_figures_of_another_day_are_not_ranked_together():
    table = figures(
        (A, "総人口", 5, "2020-10-01"),
        (B, "総人口", 9, "2020-10-01"),
        (C, "総人口", 7, "2015-10-01"),
    )
    found = compare_figures(table).set_index("district")
    assert found["rank"].tolist() == [2, 1, 1]
    assert found["of"].tolist() == [2, 2, 1]
    assert found.loc[A, "prefecture"] == 14


def test_of_mixed_years_the_latest_stands_and_the_one_before_is_told():
    table = figures(
        (A, "総人口", 100, "2015-10-01"),
        (A, "総人口", 90, "2020-10-01"),
        (B, "総人口", 9, "2020-10-01"),
    )
    standing = compare_figures(table)
    row = standing.set_index("district").loc[A]
    assert (row["value"], row["earlier_value"]) == (90, 100)
    shown = table_figures(standing, A, {A: "川越市"}, {"国勢調査": "figures-1"})
    assert [column.label for column in shown.columns][2] == "前の時点から"
    assert shown.rows[0].cells[2] == "-10人（2015-10-01）"


def test_a_part_and_a_whole_of_years_far_apart_give_no_rate():
    table = figures((A, "総人口", 1000, "2010-10-01"), (A, "外国人人口", 50, "2020-10-01"))
    assert compare_figures(table).set_index("indicator").loc["外国人人口"].isna()["rate"]


def test_zero_none_hidden_and_unknown_are_written_apart():
    table = figures(
        (A, "総人口", 0, "2020-10-01"),
        (A, "世帯数", None, "2020-10-01"),
        (A, "外国人人口", None, "2020-10-01"),
    )
    table.loc[2, "status"] = "suppressed"
    shown = table_figures(compare_figures(table), A, {A: "川越市"}, {"国勢調査": "f"})
    assert [row.cells[1] for row in shown.rows] == ["0人", "…", "X"]


def test_without_figures_there_is_no_table_and_no_feature():
    empty = compare_figures(figures())
    assert table_figures(empty, A, {A: "川越市"}, {}) is None
    assert say_features(empty, A, {A: "川越市"}) == []


def test_what_is_as_everywhere_is_called_so_and_few_peers_are_not_ranked():
    rows = [(f"112{n:02d}", "総人口", 1000, "2020-10-01") for n in range(1, 13)]
    rows += [(f"112{n:02d}", "外国人人口", 20 + (n == 1) * 200, "2020-10-01") for n in range(1, 13)]
    standing = compare_figures(figures(*rows))
    assert "より" in say_features(standing, "11201", {"11201": "あ"})[1]
    assert "高いほうから1番目" in say_features(standing, "11201", {"11201": "あ"})[1]
    assert "同じくらい" in say_features(standing, "11202", {"11202": "い"})[1]
    few = compare_figures(figures(*rows[:2], *rows[12:14]))
    assert len(say_features(few, "11201", {"11201": "あ"})) == 1


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_the_shares_of_a_count_add_up_to_the_prefecture(values):
    table = figures(
        *[(f"112{n:02d}", "総人口", value, "2020-10-01") for n, value in enumerate(values, 1)]
    )
    found = compare_figures(table)
    if sum(values):
        assert found["difference"].sum() == pytest.approx(100)
    assert found["rank"].min() == 1


# Sheets


@pytest.fixture(scope="module")
def basis(analysis):
    return gather_basis(wm.publish(analysis, "member"))


def words_of(document: Document) -> str:
    lines = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                lines.append(block.text)
            if isinstance(block, Bullets):
                lines += block.items
            if isinstance(block, Pair):
                lines += [*block.left[1], *block.right[1]]
            if isinstance(block, Table):
                lines += [cell for row in block.rows for cell in row.cells]
    return "\n".join(lines)


def test_every_district_has_every_part_that_has_something_to_say(basis):
    for code in basis.shown.districts["district"]:
        keys = [section.key for section in describe_district(basis, code).sections]
        assert set(keys) >= {
            "場所",
            "特徴",
            "活動",
            "声",
            "強みと課題",
            "計画",
            "次に聞くこと",
            "出典",
        }
        assert keys == [key for key in SECTIONS if key in keys]


def test_every_source_that_is_pointed_to_is_listed(basis):
    for code in basis.shown.districts["district"]:
        document = describe_district(basis, code)
        refs = {
            ref
            for section in document.sections
            for block in section.blocks
            for ref in [getattr(block, "ref", ""), *(row.ref for row in getattr(block, "rows", ()))]
        } - {""}
        assert refs <= set(document.numbers)


def test_wishes_stand_beside_needs_and_first(basis):
    pair = next(
        b for s in describe_district(basis, TOWN).sections for b in s.blocks if isinstance(b, Pair)
    )
    assert pair.left[0] == "強みと、やってみたいこと"
    assert pair.right[0] == "気になっていること"


def test_what_changed_stands_in_the_sheet_where_there_is_a_last_round(basis):
    told = "「移動・買い物」前回は5回のうち2回、今回は6回のうち5回で困りごとが話に出ました。増えた見込み92%。"
    document = describe_district(replace(basis, changes={TOWN: [told]}), TOWN)
    assert told in words_of(document)
    assert document.part("変化").title == "前回とくらべて"
    assert describe_district(basis, TOWN).part("変化") is None


def test_a_sheet_says_the_same_of_the_same(basis):
    assert describe_district(basis, TOWN) == describe_district(basis, TOWN)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A survey folder as `watamachi new` makes it, with nothing written in."""
    folder = tmp_path_factory.mktemp("empty") / "survey"
    new_survey(folder)
    return wm.analyse(wm.load_survey(folder), built=date(2026, 11, 23))


def test_an_empty_survey_has_sheets_a_paper_and_slides(empty, tmp_path):
    written = wm.write_reports(empty, tmp_path).written
    assert len(written) == 2 * 72 + 3
    basis = gather_basis(wm.publish(empty, "member"))
    text = words_of(describe_district(basis, TOWN))
    for said in (
        "公的な数字がまだありません",
        "一覧に載っている活動がありません",
        "まだ集まりの記録がありません",
        "計画はまだ読んでいません",
    ):
        assert said in text
    board = words_of(describe_board(basis))
    assert "集まりの記録は、まだありません" in board
    assert "0人" not in board
    assert "地区のどこにも、まだ集まりの記録がありません。" in list_findings(basis, [], [])[-1]


# The board


def test_the_findings_are_three_to_five_and_each_has_a_number(basis):
    found = list_findings(basis, count_issues(basis.shown), [])
    assert 3 <= len(found) <= 5
    assert all(any(c.isdecimal() for c in line) for line in found)
    assert sum("確か" in line for line in found) >= 1


def test_a_change_since_the_last_round_is_among_the_findings(basis):
    told = "つながりは、前回より多くの集まりで話に出ました（見込み90%）。"
    assert told in list_findings(basis, count_issues(basis.shown), [told])


def test_where_no_need_may_be_shown_the_board_is_told_so_and_no_issue_is_named(basis):
    wishes = basis.shown.overlap.assign(needs=0, need_gatherings=0, wishes=3)
    shown = replace(basis.shown, overlap=wishes)
    rows = count_issues(shown)
    said = list_findings(replace(basis, shown=shown), rows, [])
    assert rows and "困りごとの声は、まだ課題ごとに数を示せません。" in said


def test_hidden_counts_take_no_part_in_the_paper(basis):
    hidden = basis.shown.overlap.assign(needs=pd.NA, wishes=pd.NA, level="", state="hidden")
    rows = count_issues(replace(basis.shown, overlap=hidden))
    assert rows == []


@pytest.mark.parametrize("ask", ["報告", "協議", "審議"])
def test_what_is_asked_is_ticked(basis, ask):
    assert f"■{ask}" in describe_board(basis, ask=ask).subtitle


def test_what_cannot_be_asked_is_refused(basis):
    with pytest.raises(ValueError, match="「相談」は知りません"):
        describe_board(basis, ask="相談")


def test_the_slides_are_six_to_eight_and_the_same_each_time(basis, empty):
    import io

    from pptx import Presentation

    bare = gather_basis(wm.publish(empty, "public"))
    for own in (basis, bare):
        deck = draw_board_slides(own)
        assert 6 <= len(Presentation(io.BytesIO(deck)).slides) <= 8
        assert deck == draw_board_slides(own)


# Numbers and sources


@given(st.text(alphabet="0123456789年月日-回件人,.のうち（）%", max_size=30))
def test_splitting_numbers_loses_nothing(text):
    assert "".join(part for part, _ in split_numbers(text)) == text


def test_dates_are_no_numbers_and_counts_are():
    parts = split_numbers("2026年4月に5回、72人（2020-10-01）")
    assert [part for part, is_number in parts if is_number] == ["5回", "72人"]


def test_a_table_with_sources_of_its_own_gets_a_column_for_them():
    table = Table("表", (Column("値"),), (Row(("1",), "a"), Row(("2",), "b")), has_refs=True)
    shown = with_refs(table, {"a": 1, "b": 2})
    assert [row.cells for row in shown.rows] == [("1", "[1]"), ("2", "[2]")]
