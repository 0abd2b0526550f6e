"""Write what the word tools find in the statements that an audience may read as one Excel book."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl.styles import Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from .book_sheets import add_sheet, check_name, new_book, pack_book, write_book
from .errors import InputError, file_problem
from .progress import Progress, no_progress, part_of
from .publish import SAMPLE_MARK, Publication
from .word_guide import CONTEXT, HEADS, ID, TEXTS
from .word_tables import word_tables

_SIDES = {CONTEXT: {"前のことば": "right", "ことば": "center"}}  # the word in the middle


def save_word_book(
    shown: Publication,
    path: Path | str,
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
    wanted, target = list(dict.fromkeys(word.strip() for word in words)), Path(path)
    _check(target, wanted)
    tables = word_tables(shown, wanted, progress=part_of(progress, 0.0, 0.8))
    progress("表に書いています", 0.8)
    book = new_book()
    rows = {str(key): number for number, key in enumerate(tables[TEXTS][ID], 2) if key}
    for name, table in tables.items():
        names = name, f"{_title(shown)}　{name}"
        sheet = add_sheet(book, table, names=names, widths=HEADS[name], sides=_SIDES.get(name))
        _link_texts(sheet, list(table.columns), rows)
    write_book(pack_book(book, datetime.combine(shown.built, datetime.min.time())), target)
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
    check_name(path)


def _title(shown: Publication) -> str:
    mark = f"　{SAMPLE_MARK}" if shown.settings.sample else ""
    return f"{shown.settings.name}{mark}　{shown.audience_label}"


def _link_texts(sheet: Worksheet, columns: Sequence[str], rows: Mapping[str, int]) -> None:
    """Let the number of a single statement lead to its text."""
    if ID not in columns or sheet.title == TEXTS:
        return
    for cell in next(sheet.iter_cols(columns.index(ID) + 1, columns.index(ID) + 1, min_row=2)):
        if (row := rows.get(str(cell.value))) is not None:
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{TEXTS}'!A{row}")
            type_ = {"name": cell.font.name, "size": cell.font.size}  # as all around it
            cell.font = Font(color="1A6FA8", underline="single", **type_)
