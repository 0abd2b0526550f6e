"""Lay tables out as sheets of an Excel book that a person can sort, filter and print; write it."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .errors import InputError, file_problem
from .packages import repack
from .review_book import LINE, count_lines
from .typesetting import measure

NARROW = 14  # letters; the least width of a column of numbers
MARKS = {"X", "–"}  # stand where a number would, so they stand to the right

_HEADER_FILL = PatternFill("solid", fgColor="E9E2D3")
_A4 = 9  # Excel's number for the paper
_ONE_LINE = 22  # letters; longer headings take two lines
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
        Column → width in letters; a column without is as narrow as its heading allows.
    sides
        Column → `right` or `center`, where its text does not stand to the left.

    Returns
    -------
    openpyxl.worksheet.worksheet.Worksheet
        The sheet.
    """
    sheet: Worksheet = book.create_sheet(names[0])
    columns = [str(column) for column in table.columns]
    letters = [widths.get(column) or _fit(column) for column in columns]
    _head(sheet, table, letters)
    where = [(sides or {}).get(column) for column in columns]
    for row, values in enumerate(table.to_numpy(dtype=object).tolist(), 2):
        for column, (value, side) in enumerate(zip(values, where, strict=True), 1):
            _write(sheet, (row, column), value, side)
        # Excel fits rows when it opens a book; other programs show the first line only.
        lines = max(_count_lines(str(value), n) for value, n in zip(values, letters, strict=True))
        if lines > 1:
            sheet.row_dimensions[row].height = min(LINE * lines, _TALLEST)
    _print_on_a4(sheet, names[1], max(len(columns), 1), len(table))
    return sheet


def _head(sheet: Worksheet, table: pd.DataFrame, letters: Sequence[int]) -> None:
    """Write the headings; one of numbers stands to the right, as these do."""
    for number, (name, width) in enumerate(zip(table.columns, letters, strict=True), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        head = _write(sheet, (1, number), str(name), None)
        head.font, head.fill = Font(bold=True), _HEADER_FILL
        own = table.iloc[:, number - 1].dropna()
        if len(own) and all(_stands_right(value) for value in own):
            head.alignment = Alignment(horizontal="right", vertical="top", wrap_text=True, indent=1)
    sheet.row_dimensions[1].height = 34  # two lines of headings


def _write(
    sheet: Worksheet, at: tuple[int, int], value: object, side: str | None
) -> Cell | MergedCell:
    cell = sheet.cell(*at)
    if isinstance(value, str):
        cell.value = _NOT_TEXT.sub("", value)
        cell.data_type = "s"  # what a person wrote is never a formula
        plain = Alignment(horizontal=side, vertical="top", wrap_text=True)
        cell.alignment = _NUMBER if _stands_right(value) else plain
    elif isinstance(value, int | float) and not pd.isna(value):
        cell.value = value
        cell.alignment = _NUMBER
    return cell


def _fit(heading: str) -> int:
    """Return the width in which a heading is not broken within its brackets."""
    whole = ceil(2 * measure(heading)) + 1
    return max(NARROW, whole if whole <= _ONE_LINE else whole // 2 + 3)


def _stands_right(value: object) -> bool:
    return value in MARKS if isinstance(value, str) else isinstance(value, int | float)


def _count_lines(text: str, width: int) -> int:
    return count_lines(_TWO_LETTERS.sub("＿", text), width)


def _print_on_a4(sheet: Worksheet, over: str, columns: int, rows: int) -> None:
    """Freeze the headings, offer filters, and fit the sheet on paper with title and page number."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.print_area = f"A1:{get_column_letter(columns)}{rows + 1}"
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


def check_name(path: Path) -> None:
    """Refuse a name that Excel would not know.

    Raises
    ------
    InputError
        If it does not end in `.xlsx`.
    """
    if path.suffix.lower() != ".xlsx":
        found = "Excel のファイルの名前ではありません"
        raise InputError(file_problem(path, found, "名前の終わりを .xlsx にしてください"))


def write_book(package: bytes, path: Path) -> None:
    """Write a book as a file, and the folder that it lies in.

    Parameters
    ----------
    package
        As `pack_book` returns it.
    path
        The `.xlsx` file.

    Raises
    ------
    InputError
        If the name is not that of an Excel file, or it cannot be written.
    """
    check_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(package)
    except (PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        mend = "Excel などで開いていたら閉じるか、別の名前にしてください"
        raise InputError(file_problem(path, "書き込めません", mend)) from error
