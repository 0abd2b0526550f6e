"""A table that a person made becomes an Excel file in which text stays text."""

import math
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

import watamachi_analysis as wm
from watamachi_analysis.table_file import SHEET

DANGEROUS = ['=HYPERLINK("http://x","見る")', "+1", "-1", "@SUM(A1)", "=1+1"]


def sheet_of(path):
    return openpyxl.load_workbook(path)[SHEET]


def rows_of(path):
    return [list(row) for row in sheet_of(path).iter_rows(values_only=True)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_person_wrote_is_never_a_formula(tmp_path, text):
    wm.save_table(pd.DataFrame({text: [text]}), tmp_path / "a.xlsx")
    cells = [cell for row in sheet_of(tmp_path / "a.xlsx").iter_rows() for cell in row]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s")] * 2


def test_each_kind_of_value_stands_as_a_reader_expects(tmp_path):
    table = pd.DataFrame(
        {
            "回": pd.array([3, None], dtype="Int64"),
            "率": [0.25, math.inf],
            "日": pd.to_datetime(["2026-11-03", None]),
            "課題": [("移動", "居場所"), np.array(["食"])],
            "物": pd.array([np.int64(2), date(2026, 5, 1)], dtype=object),
        }
    )
    wm.save_table(table, tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [
        list(table),
        [3, 0.25, "2026-11-03", "移動、居場所", 2],
        [None, "inf", None, "食", "2026-05-01"],
    ]


def test_it_can_be_filtered_and_printed(tmp_path):
    table = pd.DataFrame({"ひとこと": ["バスが減って通院が遠い" * 9], "件": [1]})
    wm.save_table(table, tmp_path / "新しい" / "所沢市の声.xlsx")
    sheet = sheet_of(tmp_path / "新しい" / "所沢市の声.xlsx")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.oddHeader.center.text == "所沢市の声"
    assert sheet.column_dimensions["A"].width > 4 * sheet.column_dimensions["B"].width


@pytest.mark.parametrize("columns", [[], ["地区", "件"]])
def test_an_empty_table_has_its_headings(tmp_path, columns):
    wm.save_table(pd.DataFrame(columns=columns), tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx")[: len(columns)] == [columns][: len(columns)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_any_text_comes_back_as_far_as_excel_can_hold_it(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("any") / "a.xlsx"
    wm.save_table(pd.DataFrame({"文": texts}), path)
    for written, (read,) in zip(texts, rows_of(path)[1:], strict=True):
        try:
            openpyxl.Workbook().active.cell(1, 1).value = written
            written.encode("utf-8")
        except (IllegalCharacterError, UnicodeEncodeError):
            continue
        plain = "".join(c for c in written if c not in "\ufffe\uffff")
        assert (read or "").replace("\r\n", "\n").replace("\r", "\n") == plain.replace(
            "\r\n", "\n"
        ).replace("\r", "\n")


def test_the_same_table_gives_the_same_bytes(tmp_path):
    table = pd.DataFrame({"地区": ["所沢市"], "件": [3]})
    for name in ("a.xlsx", "b.xlsx"):
        wm.save_table(table, tmp_path / name, title="声")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_cannot_be_written_is_told_in_words(tmp_path):
    table = pd.DataFrame({"件": [3]})
    (tmp_path / "a.xlsx").mkdir()
    for name, said in (("a.xlsx", "書き込めません"), ("a.csv", r"\.xlsx にしてください")):
        with pytest.raises(wm.InputError, match=said):
            wm.save_table(table, tmp_path / name)
