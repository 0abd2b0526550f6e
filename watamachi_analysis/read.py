"""Read any file into rows of text: the only room that opens what people give us."""

import csv
import io
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import docx.document
import docx.table
import geopandas as gpd
import openpyxl
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet
from pyogrio.errors import DataSourceError

from .errors import InputError, Problem
from .rows import Row, Sheet, Source

MEGABYTE = 1_000_000
MAX_TEXT_BYTES = 20 * MEGABYTE
MAX_UNPACKED_BYTES = 400 * MEGABYTE
OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
OLD_FORMATS = {".xls": ".xlsx", ".doc": ".docx", ".jtd": ".docx", ".ods": ".xlsx", ".odt": ".docx"}


def read_source(path: Path, *, name: str | None = None) -> Source:
    """Read a table, Word document or text file into rows of text.

    Parameters
    ----------
    path
        A `.xlsx`, `.docx`, `.csv`, `.tsv`, `.txt` or `.md` file.
    name
        What to call the file in problems; its own name by default.

    Returns
    -------
    Source
        Its sheets. A Word document or text file is one sheet, a row a paragraph,
        table row or line.

    Raises
    ------
    InputError
        If nothing of the file can be read; the message says how to mend it.
    """
    file = name or path.name
    try:
        source = _reader_for(path)(path)
    except InputError as error:
        raise InputError(replace(error.problem, file=file)) from error
    source = Source(
        file,
        tuple(replace(sheet, file=file) for sheet in source.sheets),
        tuple(replace(problem, file=file) for problem in source.problems),
    )
    if not any(not row.is_blank for sheet in source.sheets for row in sheet.rows):
        found = Problem(
            file, "", "文字がありません", "書き込んで保存し直すか、フォルダから外してください"
        )
        raise InputError(source.problems[0] if source.problems else found)
    return source


def _reader_for(path: Path) -> Callable[[Path], Source]:
    suffix = path.suffix.lower()
    if suffix in OLD_FORMATS:
        found, mend = (
            f"{suffix} の形式は読めません",
            f"{OLD_FORMATS[suffix]} で保存し直してください",
        )
        raise InputError(_problem(path, found, mend))
    if suffix == ".pdf":
        raise InputError(
            _problem(path, "PDF はまだ読めません", "表を Excel か CSV に書き写してください")
        )
    if suffix not in READERS:
        found = f"「{suffix}」のファイルは読めません" if suffix else "拡張子がありません"
        raise InputError(
            _problem(path, found, f"{'・'.join(READERS)} のどれかで保存し直してください")
        )
    if _size(path) == 0:
        raise InputError(
            _problem(path, "中身が空です", "書き込んで保存し直すか、フォルダから外してください")
        )
    return READERS[suffix]


def read_toml(path: Path) -> dict[str, Any]:
    """Read a settings file.

    Raises
    ------
    InputError
        If it is not valid TOML.
    """
    try:
        return tomllib.loads(_decode(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            _problem(
                path, f"設定の書き方に誤りがあります（{error}）", "見本と見比べて直してください"
            )
        ) from error


def read_boundaries(path: Path) -> gpd.GeoDataFrame:
    """Read the shapes of a boundary file: GeoJSON, shapefile, GeoPackage, or a zip of one.

    Raises
    ------
    InputError
        If it is broken, or no boundary file.
    """
    source = str(path)
    if path.suffix.lower() == ".zip":
        _check_package(path, "zip")
        with zipfile.ZipFile(path) as package:
            names = [n for n in package.namelist() if n.lower().endswith((".geojson", ".shp"))]
        if not names:
            raise InputError(
                _problem(
                    path,
                    "境界データ（.geojson か .shp）が入っていません",
                    "公開元から取り直してください",
                )
            )
        source = (
            f"/vsizip/{path}/{min(names, key=lambda name: (not name.endswith('.geojson'), name))}"
        )
    elif _size(path) == 0:
        raise InputError(_problem(path, "中身が空です", "公開元から取り直してください"))
    try:
        return gpd.read_file(source)
    except (DataSourceError, ValueError) as error:
        raise InputError(
            _problem(path, "境界データとして読めません", "公開元から取り直してください")
        ) from error


def _problem(path: Path, found: str, mend: str) -> Problem:
    return Problem(path.name, "", found, mend)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise InputError(
            _problem(path, "ファイルが見つかりません", "場所と名前を確かめてください")
        ) from error


def _bytes(path: Path) -> bytes:
    size = _size(path)
    if size > MAX_TEXT_BYTES:
        limit = MAX_TEXT_BYTES // MEGABYTE
        found = f"大きすぎます（{size / MEGABYTE:.0f} MB）"
        raise InputError(_problem(path, found, f"{limit} MB までに分けてください"))
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            _problem(path, "開けません", "ほかで開いていないか、読む権限があるか確かめてください")
        ) from error


def _decode(path: Path) -> str:
    data = _bytes(path)
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(_problem(path, "文字コードが分かりません", "UTF-8 で保存し直してください"))


def _read_csv(path: Path) -> Source:
    text = _decode(path)
    head = text[:4096]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    rows: list[Row] = []
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
        ):
            rows.append(Row(f"{number}行目", tuple(cells)))
    except csv.Error as error:
        found = f"{len(rows) + 1}行目で表の区切りが壊れています（{error}）"
        raise InputError(
            _problem(path, found, "Excel で開いて CSV UTF-8 で保存し直してください")
        ) from error
    return Source(path.name, (Sheet(path.name, "", tuple(rows), is_grid=True),))


def _read_text(path: Path) -> Source:
    lines = _decode(path).splitlines()
    rows = tuple(Row(f"{number}行目", (line,)) for number, line in enumerate(lines, 1))
    return Source(path.name, (Sheet(path.name, "", rows, is_grid=False),))


def _check_package(path: Path, kind: str) -> None:
    """Refuse a Word or Excel file that is locked, broken, or would unpack to a bomb.

    Raises
    ------
    InputError
        Saying which of these it is.
    """
    with path.open("rb") as file:
        signature = file.read(8)
    if signature == OLE_SIGNATURE:
        raise InputError(
            _problem(
                path,
                "パスワードがかかっているか、古い形式です",
                f"パスワードを外して {path.suffix} で保存し直してください",
            )
        )
    try:
        with zipfile.ZipFile(path) as package:
            size = sum(item.file_size for item in package.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(
            _problem(
                path,
                f"壊れているか、{kind} のファイルではありません",
                f"{kind} で開いて保存し直してください",
            )
        ) from error
    if size > MAX_UNPACKED_BYTES:
        found = f"中身が大きすぎます（{size / MEGABYTE:.0f} MB）"
        raise InputError(_problem(path, found, "画像などを除いて小さくしてください"))


def _read_workbook(path: Path) -> Source:
    _check_package(path, "Excel")
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
        rows, uncalculated = _grid_rows(sheet, formulas[sheet.title])
        sheets.append(
            Sheet(path.name, sheet.title if len(book.worksheets) > 1 else "", rows, is_grid=True)
        )
        problems += [
            Problem(
                path.name,
                f"{sheet.title} {cell}",
                "計算されていない数式です",
                "Excel で開いて保存し直してください",
            )
            for cell in uncalculated
        ]
    return Source(path.name, tuple(sheets), tuple(problems))


def _open_workbook(path: Path, *, values: bool) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(path, data_only=values)
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        zipfile.BadZipFile,
        SyntaxError,
    ) as error:
        raise InputError(
            _problem(path, "壊れていて読めません", "Excel で開いて保存し直してください")
        ) from error


def _grid_rows(sheet: Worksheet, formulas: Worksheet) -> tuple[tuple[Row, ...], list[str]]:
    """Return the rows of a worksheet, merged cells filled, and its uncalculated formulas."""
    anchors = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row, column in area.cells
        if (row, column) != (area.min_row, area.min_col)
    }
    rows: list[Row] = []
    uncalculated: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts: list[str] = []
        for column, cell in enumerate(cells, 1):
            anchor = anchors.get((number, column))
            value = sheet.cell(*anchor).value if anchor else cell.value
            texts.append(_cell_text(value))
            if value is None and not anchor and formulas.cell(number, column).data_type == "f":
                uncalculated.append(cell.coordinate)
        inherited = frozenset(i for i in range(len(cells)) if (number, i + 1) in anchors)
        rows.append(Row(f"{number}行目", tuple(texts), inherited))
    return tuple(rows), uncalculated


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


def _read_word(path: Path) -> Source:
    _check_package(path, "Word")
    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:
        raise InputError(
            _problem(path, "壊れていて読めません", "Word で開いて保存し直してください")
        ) from error
    rows = tuple(_word_rows(document))
    return Source(path.name, (Sheet(path.name, "", rows, is_grid=False),))


def _word_rows(document: docx.document.Document) -> Iterator[Row]:
    tables = paragraphs = 0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            tables += 1
            for number, row in enumerate(block.rows, 1):
                cells = dict.fromkeys(cell._tc for cell in row.cells)  # a merged cell comes once
                texts = tuple(
                    "\n".join(p.text for p in docx.table._Cell(tc, block).paragraphs)
                    for tc in cells
                )
                yield Row(f"表{tables}の{number}行目", texts, style=f"table {tables}")
        else:
            paragraphs += 1
            style = (block.style.name or "") if block.style else ""
            yield Row(f"{paragraphs}段落目", (block.text,), style=style)


READERS: dict[str, Callable[[Path], Source]] = {
    ".xlsx": _read_workbook,
    ".xlsm": _read_workbook,
    ".docx": _read_word,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_text,
    ".md": _read_text,
}
