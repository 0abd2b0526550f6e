"""Write what the word tools find in the statements that an audience may read as one Excel book."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .errors import InputError, file_problem
from .packages import repack
from .progress import Progress, no_progress, part_of
from .publish import SAMPLE_MARK, Publication
from .review_book import LINE, count_lines
from .word_guide import HEADS, ID, TEXTS
from .word_tables import word_tables

_HEADER_FILL = PatternFill("solid", fgColor="E9E2D3")
_LINK_FONT = Font(color="1A6FA8", underline="single")
_A4 = 9  # Excel's number for the paper
_TALLEST = 400.0  # points; Excel shows no taller row
_SIDES = {"前のことば": "right", "ことば": "center"}
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def save_word_book(
    shown: Publication,
    path: Path,
    words: Sequence[str],
    *,
    progress: Progress = no_progress,
) -> None:
    """Write 文脈, 特徴のあることば, いっしょに出る課題, 課題×地区, 課題×集まりの種類, 原文 and 説明.

    Only statements that the audience may read are shown and counted. Same tables, same bytes.

    Parameters
    ----------
    shown
        The tables of one audience.
    path
        The `.xlsx` file to write; its folder is made if there is none.
    words
        What to show in its context, one or more.
    progress
        Told how far it is.

    Raises
    ------
    InputError
        If there is no word, the name is not that of an Excel file, or it cannot be written.
    """
    wanted = list(dict.fromkeys(word.strip() for word in words))
    _check(path, wanted)
    tables = word_tables(shown, wanted, progress=part_of(progress, 0.0, 0.8))
    progress("表に書いています", 0.8)
    book = Workbook()
    book.remove(book.worksheets[0])
    rows = {str(key): number for number, key in enumerate(tables[TEXTS][ID], 2) if key}
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        _fill_sheet(sheet, table, HEADS[name])
        _print_on_a4(sheet, _title(shown), len(table.columns), len(table))
        _link_texts(sheet, list(table.columns), rows)
    _save(book, path, datetime.combine(shown.built, datetime.min.time()))
    progress("できました", 1.0)


def _check(path: Path, words: Sequence[str]) -> None:
    """Refuse what cannot be looked for, or written.

    Raises
    ------
    InputError
        If so.
    """
    if not words or "" in words:
        mend = "探したいことばを1文字以上入れてください"
        raise InputError(file_problem(path, "探すことばがありません", mend))
    if path.suffix.lower() != ".xlsx":
        found = "Excel のファイルの名前ではありません"
        raise InputError(file_problem(path, found, "名前の終わりを .xlsx にしてください"))


def _title(shown: Publication) -> str:
    mark = f"　{SAMPLE_MARK}" if shown.settings.sample else ""
    return f"{shown.settings.name}{mark}　{shown.audience_label}"


def _fill_sheet(sheet: Worksheet, table: pd.DataFrame, widths: Mapping[str, int]) -> None:
    """Write a table below its headings; text is never a formula."""
    columns = [str(column) for column in table.columns]
    for number, name in enumerate(columns, 1):
        head = sheet.cell(1, number, name)
        head.font, head.fill = Font(bold=True), _HEADER_FILL
        head.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = widths[name]
    sheet.row_dimensions[1].height = 2 * LINE
    for row, values in enumerate(table.to_numpy(dtype=object).tolist(), 2):
        lines = 1
        for number, (name, value) in enumerate(zip(columns, values, strict=True), 1):
            lines = max(lines, _write(sheet, (row, number), value, (name, widths[name])))
        # Excel fits rows when it opens a book; other programs show the first line only.
        sheet.row_dimensions[row].height = min(LINE * lines, _TALLEST)


def _write(sheet: Worksheet, at: tuple[int, int], value: object, column: tuple[str, int]) -> int:
    """Write one cell and return how many lines it takes."""
    cell, (name, width) = sheet.cell(*at), column
    cell.alignment = Alignment(horizontal=_SIDES.get(name), vertical="top", wrap_text=True)
    if not isinstance(value, str):
        cell.value = None if pd.isna(value) else value  # type: ignore[call-overload, assignment]
        return 1
    cell.value = _NOT_TEXT.sub("", value)
    cell.data_type = "s"  # what a person wrote is never a formula
    if name == ID:
        return count_lines(value[::2], width)  # its letters are narrow
    return count_lines(value, width)


def _print_on_a4(sheet: Worksheet, title: str, columns: int, rows: int) -> None:
    """Freeze the headings, offer filters, and fit the sheet on paper with title and page number."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{rows + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    head = f"{title.replace('&', '＆')}　{sheet.title}"
    for part, words in (("oddHeader", head), ("oddFooter", "&P / &N")):
        getattr(sheet.HeaderFooter, part).center.text = words


def _link_texts(sheet: Worksheet, columns: Sequence[str], rows: Mapping[str, int]) -> None:
    """Let the number of a single statement lead to its text."""
    if ID not in columns or sheet.title == TEXTS:
        return
    for cell in next(sheet.iter_cols(columns.index(ID) + 1, columns.index(ID) + 1, min_row=2)):
        if (row := rows.get(str(cell.value))) is not None:
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{TEXTS}'!A{row}")
            cell.font = _LINK_FONT


def _save(book: Workbook, path: Path, stamp: datetime) -> None:
    """Write a book so that the hour of writing leaves no trace.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    book.properties.creator = "watamachi-analysis"
    book.properties.created = book.properties.modified = stamp
    buffer = io.BytesIO()
    book.save(buffer)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(repack(buffer.getvalue(), stamp))
    except (PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        mend = "Excel などで開いていたら閉じるか、別の名前にしてください"
        raise InputError(file_problem(path, "書き込めません", mend)) from error
