"""Each row here is something that once went wrong on the way from file to table."""

from pathlib import Path

import openpyxl
import pytest

import watamachi_analysis as wm
from watamachi_analysis.gatherings import parse_gatherings
from watamachi_analysis.read import read_source
from watamachi_analysis.records import read_figure


def note(folder: Path, text: str):
    path = folder / "メモ.txt"
    path.write_text(text, encoding="utf-8")
    return parse_gatherings(read_source(path))


def book(folder: Path, *rows):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(folder / "記録.xlsx")
    return parse_gatherings(read_source(folder / "記録.xlsx"))


LABELS = "日時：2026-05-10\n地区：所沢市\n"


def test_a_bullet_that_reads_like_a_label_is_a_statement(tmp_path):
    parsed = note(tmp_path, f"{LABELS}・坂がきつい\n・場所：公民館が遠い\n・店がない\n")
    assert parsed.statements["text"].tolist() == ["坂がきつい", "場所：公民館が遠い", "店がない"]
    assert len(parsed.gatherings) == 1


@pytest.mark.parametrize("bullet", ["(1)", "（２）", "①", "⑳"])
def test_a_numbered_line_is_a_statement(tmp_path, bullet):
    parsed = note(tmp_path, f"{LABELS}{bullet}坂がきつい\n")
    assert parsed.statements["text"].tolist() == ["坂がきつい"]


def test_an_indented_line_below_a_heading_does_not_join_the_statement_above_it(tmp_path):
    parsed = note(tmp_path, f"{LABELS}・坂がきつい\n【困りごと】\n　　五月の会より\n・店がない\n")
    assert parsed.statements["text"].tolist() == ["坂がきつい", "店がない"]
    assert parsed.tally.reported == 1


def test_label_and_value_in_two_cells_above_a_table_describe_its_gathering(tmp_path):
    rows = [["日時", "令和8年5月10日"], ["地区", "所沢市"], ["種別", "発言"], ["要望", "ベンチ"]]
    parsed = book(tmp_path, *rows)
    assert parsed.gatherings["district_name"].tolist() == ["所沢市"]
    assert parsed.problems == ()


def test_numbers_that_begin_anew_in_each_gathering_are_no_repeats(tmp_path):
    head = ["番号", "開催日", "地区", "発言"]
    first, second = ["2026-05-10", "所沢市"], ["2026-06-10", "所沢市"]
    parsed = book(tmp_path, head, [1, *first, "坂"], [2, "", "", "店"], [1, *second, "道"])
    assert parsed.problems == ()


def test_an_error_value_of_excel_is_reported_and_is_no_statement(tmp_path):
    parsed = book(tmp_path, ["開催日", "地区", "発言"], ["2026-05-10", "所沢市", "#REF!"])
    assert parsed.statements.empty
    assert "数式の誤り（#REF!）です" in str(parsed.problems[0])


@pytest.mark.parametrize(
    ("written", "status", "figure"),
    [
        ("12", "秘匿", (None, "suppressed")),
        ("12", "値", (12.0, "value")),
        ("1.2万", "", (12_000.0, "value")),
        ("5～10", "", (None, "unknown")),
    ],
)
def test_a_figure_says_what_it_means(written, status, figure):
    assert read_figure(written, status) == figure


def test_another_prefecture_without_boundaries_says_what_to_put_where(tmp_path):
    (tmp_path / "watamachi.toml").write_text('prefecture = "33"', encoding="utf-8")
    with pytest.raises(wm.InputError, match=r"岡山県（33）の行政区域データ.*boundaries のフォルダ"):
        wm.load_survey(tmp_path)
