"""Lay a table out as a sheet of an Excel book that a person can sort, filter and print."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .packages import repack
from .review_book import LINE, count_lines

NARROW = 14  # letters; the width of a column of numbers
MARKS = {"X", "–"}  # stand where a number would, so they stand to the right

_HEADER_FILL = PatternFill("solid", fgColor="E9E2D3")
_A4 = 9  # Excel's number for the paper
_TALLEST = 400.0  # points; Excel shows no taller row
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A gap before the text of the next column.
_NUMBER = Alignment(horizontal="right", vertical="top", indent=1)
_TWO_LETTERS = re.compile(r"[ -~]{2}")  # as wide as one kana


def new_book() -> Workbook:
    """Return a book without a sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def add_sheet(
    book: Workbook,
    table: pd.DataFrame,
    *,
    names: tuple[str, str],
    widths: Mapping[str, int],
    sides: Mapping[str, str] | None = None,
) -> Worksheet:
    """Write a table below its headings: frozen, with filters, on A4 in landscape.

    Text is never a formula. Rows are as tall as their text.

    Parameters
    ----------
    book
        The sheet is added to it, as its last.
    table
        Headings and rows; missing values are empty cells.
    names
        Of the sheet, and what stands over it in print.
    widths
        Column → width in letters; a column without is as narrow as a number.
    sides
        Column → `right` or `center`, where its text does not stand to the left.

    Returns
    -------
    openpyxl.worksheet.worksheet.Worksheet
        The sheet.
    """
    sheet: Worksheet = book.create_sheet(names[0])
    columns = [str(column) for column in table.columns]
    letters = [widths.get(column, NARROW) for column in columns]
    _head(sheet, columns, letters)
    where = [(sides or {}).get(column) for column in columns]
    for row, values in enumerate(table.to_numpy(dtype=object).tolist(), 2):
        for column, (value, side) in enumerate(zip(values, where, strict=True), 1):
            _write(sheet, (row, column), value, side)
        # Excel fits rows when it opens a book; other programs show the first line only.
        lines = max(_count_lines(str(value), n) for value, n in zip(values, letters, strict=True))
        if lines > 1:
            sheet.row_dimensions[row].height = min(LINE * lines, _TALLEST)
    _print_on_a4(sheet, names[1], len(columns), len(table))
    return sheet


def _head(sheet: Worksheet, columns: Sequence[str], letters: Sequence[int]) -> None:
    for number, (name, width) in enumerate(zip(columns, letters, strict=True), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        head = _write(sheet, (1, number), name, None)
        head.font, head.fill = Font(bold=True), _HEADER_FILL
    sheet.row_dimensions[1].height = 34  # two lines of headings


def _write(
    sheet: Worksheet, at: tuple[int, int], value: object, side: str | None
) -> Cell | MergedCell:
    cell = sheet.cell(*at)
    if isinstance(value, str):
        cell.value = _NOT_TEXT.sub("", value)
        cell.data_type = "s"  # what a person wrote is never a formula
        plain = Alignment(horizontal=side, vertical="top", wrap_text=True)
        cell.alignment = _NUMBER if value in MARKS else plain
    elif isinstance(value, int | float) and not pd.isna(value):
        cell.value = value
        cell.alignment = _NUMBER
    return cell


def _count_lines(text: str, width: int) -> int:
    return count_lines(_TWO_LETTERS.sub("＿", text), width)


def _print_on_a4(sheet: Worksheet, over: str, columns: int, rows: int) -> None:
    """Freeze the headings, offer filters, and fit the sheet on paper with title and page number."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{rows + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    for part, words in (("oddHeader", over.replace("&", "＆")), ("oddFooter", "&P / &N")):
        getattr(sheet.HeaderFooter, part).center.text = words


def pack_book(book: Workbook, stamp: datetime) -> bytes:
    """Return a book as bytes in which the hour of writing leaves no trace.

    Parameters
    ----------
    book
        What to write.
    stamp
        What it is to say of when it was made.
    """
    book.properties.creator = "watamachi-analysis"
    book.properties.created = book.properties.modified = stamp
    buffer = io.BytesIO()
    book.save(buffer)
    return repack(buffer.getvalue(), stamp)
