"""Write the Excel book in which an adviser mends what was read of plans."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .plan_review import BEFORE, FILE, HEADINGS, HEADS, LEFT, MEASURES, TAKE, UNUSED, USE
from .read import read_source
from .review_book import fill_sheet, keep_old

GUIDE = "書き方"
_GUIDE_ROWS = (
    (
        "見出し",
        "「段」は 1 が章、2 が節や基本目標、3 がその下です。違っていたら数を直します。見出しでなければ空けます。",
    ),
    (
        "見出し",
        "段の空いている行は、見出しかもしれない行です。見出しなら段を書きます。題の誤字も直せます。",
    ),
    (
        "施策",
        "一行が一つの施策です。どの欄も直せます。施策でない行は「扱い」を「使わない」にします。",
    ),
    ("施策", "「確かさ」が「確かめる」の行は、元の計画と見比べてください。"),
    ("読まなかった文", "施策として読まなかった文です。施策なら「扱い」を「施策にする」にします。"),
    (
        "保存",
        "直して保存すると、次の watamachi build と watamachi plan で使われます。行の順は変えてもかまいません。",
    ),
)


def write_plan_review(
    path: Path,
    shown: Mapping[str, pd.DataFrame],
    before: Mapping[str, pd.DataFrame],
    *,
    keep: bool = True,
) -> Path | None:
    """Write the review book of plans; what it holds of other plans stays in it.

    Parameters
    ----------
    path
        Where to write.
    shown
        Sheet → rows of one plan, corrections included.
    before
        Sheet → the same rows as they were read.
    keep
        Whether a book that stands there holds anything of a person.

    Returns
    -------
    Path or None
        Where the old book was put; None if there was none.
    """
    files = {name for table in shown.values() for name in table[FILE]}
    others = _read_others(path, files)
    kept = keep_old(path) if keep else None
    book = Workbook()
    guide = book.worksheets[0]
    guide.title = GUIDE
    fill_sheet(
        guide,
        pd.DataFrame(_GUIDE_ROWS, columns=["シート", "すること"]),
        {"シート": 20, "すること": 100},
    )
    for name, heads in HEADS.items():
        table = pd.concat([others.get(name, shown[name].iloc[:0]), shown[name]], ignore_index=True)
        sheet = book.create_sheet(name)
        fill_sheet(sheet, table, heads)
        sheet.freeze_panes = "E2" if name == HEADINGS else "C2"
        if name == HEADINGS:
            _show_levels(sheet, list(heads))
        _offer(sheet, list(heads), name, len(table))
    for name, old in before.items():
        hidden = book.create_sheet(BEFORE[name])
        fill_sheet(hidden, pd.concat([others.get(BEFORE[name], old.iloc[:0]), old]), HEADS[name])
        hidden.sheet_state = "hidden"
    book.active = 1
    book.save(path)
    return kept


def _read_others(path: Path, files: set[str]) -> dict[str, pd.DataFrame]:
    """Return sheet → rows of a book that are of other plans."""
    if not path.exists():
        return {}
    tables = {}
    for sheet in read_source(path).sheets:
        if not sheet.rows or FILE not in sheet.rows[0].cells:
            continue
        head, *rows = sheet.rows
        table = pd.DataFrame([row.cells for row in rows], columns=list(head.cells), dtype=object)
        tables[sheet.name] = table[~table[FILE].isin(files)]
    return tables


def _show_levels(sheet: Worksheet, heads: Sequence[str]) -> None:
    """Set headings in by their level, as a tree; lines that are none stand in grey."""
    level, title = heads.index("段"), heads.index("見出し")
    for row in sheet.iter_rows(min_row=2):
        written = str(row[level].value or "")
        depth = int(written) - 1 if written.isdigit() else 0
        row[title].alignment = Alignment(
            horizontal="left", vertical="top", wrap_text=True, indent=2 * depth
        )
        row[title].font = Font(bold=written == "1", color=None if written else "8A8375")


def _offer(sheet: Worksheet, heads: Sequence[str], name: str, rows: int) -> None:
    """Let what may be done with a row be picked from a list."""
    choices = {MEASURES: f'"{UNUSED}"', LEFT: f'"{TAKE}"', HEADINGS: '"1,2,3,4,5,6"'}
    column = get_column_letter(heads.index("段" if name == HEADINGS else USE) + 1)
    rule = DataValidation("list", formula1=choices[name], allow_blank=True)
    rule.add(f"{column}2:{column}{max(rows, 1) + 1}")
    sheet.add_data_validation(rule)
