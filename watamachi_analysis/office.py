"""Open Excel and Word files as rows of text, merged cells filled, damage told from content."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import docx
import docx.document
import openpyxl
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from .errors import InputError, Problem, file_problem
from .rows import Row, Sheet, Source

MEGABYTE = 1_000_000
MAX_UNPACKED_BYTES = 400 * MEGABYTE
CONTENT_TYPES = "[Content_Types].xml"  # stands in every Excel and Word file
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
# Word writes a text box twice; the second time is for old versions.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_TEXT = {
    _FALLBACK, *(qn(f"w:{name}") for name in ("del", "moveFrom", "txbxContent", "rt", "pPr", "rPr"))
}  # fmt: skip
_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# What the readers of Excel and Word raise on a file that is broken inside.
DAMAGE = (
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    PackageNotFoundError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def check_package(path: Path, kind: str) -> None:
    """Refuse a Word or Excel file that is locked, broken, or would unpack to a bomb.

    Raises
    ------
    InputError
        Saying which of these it is.
    """
    try:
        with path.open("rb") as file:
            signature = file.read(8)
    except OSError as error:
        mend = "ほかで開いていないか、読む権限があるか確かめてください"
        raise InputError(file_problem(path, "開けません", mend)) from error
    if signature == OLE_SIGNATURE:
        raise InputError(
            file_problem(
                path,
                "パスワードがかかっているか、古い形式です",
                f"パスワードを外して {path.suffix} で保存し直してください",
            )
        )
    try:
        with zipfile.ZipFile(path) as package:
            size = sum(item.file_size for item in package.infolist())
            is_locked = any(item.flag_bits & 1 for item in package.infolist())
            is_office = kind == "zip" or CONTENT_TYPES in package.namelist()
    except DAMAGE as error:
        raise InputError(
            file_problem(
                path,
                f"壊れているか、{kind} のファイルではありません",
                f"{kind} で開いて保存し直してください",
            )
        ) from error
    if is_locked:
        mend = f"パスワードを外して {path.suffix} で保存し直してください"
        raise InputError(file_problem(path, "パスワードがかかっています", mend))
    if not is_office:
        found = f"{kind} ではない zip です"
        raise InputError(file_problem(path, found, "展開して、中の表を入れてください"))
    if size > MAX_UNPACKED_BYTES:
        found = f"中身が大きすぎます（{size / MEGABYTE:.0f} MB）"
        raise InputError(file_problem(path, found, "画像などを除いて小さくしてください"))


def read_workbook(path: Path) -> Source:
    """Read every worksheet of an Excel file, and report formulas that were never calculated.

    Raises
    ------
    InputError
        If it is locked, broken or far too large.
    """
    check_package(path, "Excel")
    formulas = _open_workbook(path, values=False)
    has_formula = any(
        cell.data_type == "f"
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
    )
    book = _open_workbook(path, values=True) if has_formula else formulas
    problems: list[Problem] = []
    sheets = []
    for sheet in book.worksheets:
        rows, faults = _grid_rows(sheet, formulas[sheet.title])
        sheets.append(
            Sheet(path.name, sheet.title if len(book.worksheets) > 1 else "", rows, is_grid=True)
        )
        problems += [
            Problem(
                path.name,
                f"{sheet.title} {cell}",
                found,
                "Excel で開いて、直して保存してください",
            )
            for cell, found in faults.items()
        ]
    return Source(path.name, tuple(sheets), tuple(problems))


def _open_workbook(path: Path, *, values: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            # Drop-downs and colours that openpyxl cannot keep do not matter for reading.
            warnings.simplefilter("ignore", UserWarning)
            with path.open("rb") as file:  # closed even where openpyxl gives up
                return openpyxl.load_workbook(file, data_only=values)
    except DAMAGE as error:
        mend = "Excel で開いて保存し直してください"
        raise InputError(file_problem(path, "壊れていて読めません", mend)) from error


def _grid_rows(sheet: Worksheet, formulas: Worksheet) -> tuple[tuple[Row, ...], dict[str, str]]:
    """Return the rows of a worksheet, merged cells filled, and its cells without a value."""
    anchors = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row, column in area.cells
        if (row, column) != (area.min_row, area.min_col)
    }
    rows: list[Row] = []
    faults: dict[str, str] = {}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts: list[str] = []
        for column, cell in enumerate(cells, 1):
            anchor = anchors.get((number, column))
            own = sheet.cell(*anchor) if anchor else cell
            texts.append("" if own.data_type == "e" else _cell_text(own.value))
            if not anchor and cell.data_type == "e":
                faults[cell.coordinate] = f"数式の誤り（{cell.value}）です"
            elif cell.value is None and formulas.cell(number, column).data_type == "f":
                faults[cell.coordinate] = "計算されていない数式です"
        inherited = frozenset(i for i in range(len(cells)) if (number, i + 1) in anchors)
        rows.append(Row(f"{number}行目", tuple(texts), inherited))
    return tuple(rows), faults


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (
            value.isoformat(sep=" ")
            if value.time().isoformat() != "00:00:00"
            else value.date().isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_word(path: Path) -> Source:
    """Read the paragraphs and table rows of a Word file, in their order, as one sheet.

    Raises
    ------
    InputError
        If it is locked, broken or far too large.
    """
    check_package(path, "Word")
    try:
        document = docx.Document(str(path))
    except DAMAGE as error:
        raise InputError(
            file_problem(path, "壊れていて読めません", "Word で開いて保存し直してください")
        ) from error
    rows = tuple(_word_rows(document))
    return Source(path.name, (Sheet(path.name, "", rows, is_grid=False),))


def _word_rows(document: docx.document.Document) -> Iterator[Row]:
    tables = paragraphs = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            yield from _word_table(block, tables)
        else:
            paragraphs += 1
            style = (block.style.name or "") if block.style else ""
            own = [(_text_of(block._p), style), *((text, "") for text in _boxed(block._p))]
            for text, name in own:
                for line in text.splitlines():
                    yield Row(f"{paragraphs}段落目", (line,), style=name)


def _text_of(element: BaseOxmlElement) -> str:
    """Return the text of a paragraph as it stands once all changes in it are accepted.

    What was put in counts, what was taken out does not; readings above words and text boxes
    are left out.
    """
    pieces: list[str] = []
    for child in element:
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag in _BREAKS:
            pieces.append(_BREAKS[child.tag])
        elif child.tag not in _NOT_TEXT:
            pieces.append(_text_of(child))
    return "".join(pieces)


def _boxed(element: BaseOxmlElement) -> Iterator[str]:
    """Yield the paragraphs of the text boxes that hang on a paragraph, each box once."""
    for child in element:
        if child.tag == qn("w:txbxContent"):
            yield from (_text_of(inner) for inner in child.iter(qn("w:p")))
        elif child.tag != _FALLBACK:
            yield from _boxed(child)


def _word_table(table: Table, number: int) -> Iterator[Row]:
    """Yield the rows of a Word table; a merged cell is inherited everywhere but at its start."""
    seen: set[object] = set()
    for place, row in enumerate(table.rows, 1):
        own: set[object] = set()
        inherited: set[int] = set()
        texts: list[str] = []
        for position, cell in enumerate(row.cells):
            if cell._tc in seen:
                inherited.add(position)
            said = "\n".join(_text_of(paragraph._p) for paragraph in cell.paragraphs)
            texts.append("" if cell._tc in own else said)
            own.add(cell._tc)
        seen |= own
        if len(own) == 1:  # one cell over the whole width
            texts, inherited = texts[:1], inherited & {0}
        style = f"table {number}"
        yield Row(f"表{number}の{place}行目", tuple(texts), frozenset(inherited), style)
