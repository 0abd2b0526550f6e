"""Write a table that a person made as an Excel file: text stays text, and it prints on A4."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from .book_sheets import add_sheet, new_book, pack_book, write_book
from .packages import ZIP_DATE
from .typesetting import measure

SHEET = "表"
_WIDEST, _NARROWEST, _GAP = 60, 8, 3  # letters; two of them are as wide as a kana


def save_table(table: pd.DataFrame, path: Path | str, *, title: str = "") -> None:
    """Write one table as an Excel file whose headings stay in sight, with filters, for A4.

    Unlike with `DataFrame.to_excel`, what a person wrote is never a formula, columns are as wide
    as what stands in them, and the same table gives the same bytes. The index is not written.

    Parameters
    ----------
    table
        Any table; dates become text such as 2026-11-03, several values in a cell stand with 、.
    path
        The `.xlsx` file to write; its folder is made if there is none.
    title
        What stands over it in print; the name of the file if ''.

    Raises
    ------
    InputError
        If the name is not that of an Excel file, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"地区": ["所沢市"], "ひとこと": ["=バスが少ない"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_table(table, Path(folder) / "声.xlsx")
    ...     pd.read_excel(Path(folder) / "声.xlsx").iloc[0].tolist()
    ['所沢市', '=バスが少ない']
    """
    target = Path(path)
    columns = [str(column) for column in table.columns]
    cells = [[_as_cell(value) for value in row] for row in table.to_numpy(dtype=object).tolist()]
    plain = pd.DataFrame(cells, columns=columns, dtype=object)
    widths = {
        column: _width([column, *(row[number] for row in cells)])
        for number, column in enumerate(columns)
    }
    book = new_book()
    add_sheet(book, plain, names=(SHEET, title or target.stem), widths=widths)
    write_book(pack_book(book, datetime(*ZIP_DATE)), target)


def _as_cell(value: object) -> object:
    """Return what stands in a cell: a number, text, or nothing."""
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return "、".join(str(one) for one in value)
    if isinstance(value, np.generic):
        return _as_cell(value.item())
    if isinstance(value, str | bool):
        return value
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, date):  # a Timestamp is one
        return f"{value:%Y-%m-%d}"
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return value if is_number else str(value)


def _width(values: Iterable[object]) -> int:
    lines = [line for value in values if value is not None for line in str(value).split("\n")]
    longest = max((2 * measure(line) for line in lines), default=0)
    return max(_NARROWEST, min(_WIDEST, math.ceil(longest) + _GAP))
