"""Read any file into rows of text: which reader, which encoding, and what is refused."""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .errors import InputError, Problem, file_problem
from .office import MEGABYTE, read_word, read_workbook
from .rows import Row, Sheet, Source

MAX_TEXT_BYTES = 20 * MEGABYTE
ZIP_SIGNATURE = b"PK\x03\x04"
PACKAGES = {".xlsx", ".xlsm", ".docx"}
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)", re.IGNORECASE
)
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
        raise InputError(file_problem(path, found, mend))
    if suffix == ".pdf":
        raise InputError(
            file_problem(
                path,
                "PDF は、ここでは読めません（plans の計画だけ）",
                "表を Excel か CSV に書き写してください",
            )
        )
    if suffix not in READERS:
        found = f"「{suffix}」のファイルは読めません" if suffix else "拡張子がありません"
        raise InputError(
            file_problem(path, found, f"{'・'.join(READERS)} のどれかで保存し直してください")
        )
    size = _size(path)
    if not path.is_file():
        raise InputError(file_problem(path, "ファイルではありません", "フォルダから外してください"))
    if size == 0:
        raise InputError(
            file_problem(path, "中身が空です", "書き込んで保存し直すか、フォルダから外してください")
        )
    _refuse_disguise(path, suffix)
    return READERS[suffix]


def _refuse_disguise(path: Path, suffix: str) -> None:
    """Refuse a web page or a zip that was saved under the name of a table.

    Raises
    ------
    InputError
        Saying which of these it is.
    """
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return  # its reader says why
    if suffix not in {".txt", ".md"} and _WEB_PAGE.match(head):
        found, mend = "中身はウェブページ（HTML）です", "公開元からファイルを取り直してください"
        raise InputError(file_problem(path, found, mend))
    if head.startswith(ZIP_SIGNATURE) and suffix not in PACKAGES:
        found, mend = "中身は zip か Excel・Word です", "展開するか、正しい拡張子にしてください"
        raise InputError(file_problem(path, found, mend))


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
            file_problem(
                path, f"設定の書き方に誤りがあります（{error}）", "見本と見比べて直してください"
            )
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise InputError(
            file_problem(path, "ファイルが見つかりません", "場所と名前を確かめてください")
        ) from error


def _bytes(path: Path) -> bytes:
    size = _size(path)
    if size > MAX_TEXT_BYTES:
        limit = MAX_TEXT_BYTES // MEGABYTE
        found = f"大きすぎます（{size / MEGABYTE:.0f} MB）"
        raise InputError(file_problem(path, found, f"{limit} MB までに分けてください"))
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            file_problem(
                path, "開けません", "ほかで開いていないか、読む権限があるか確かめてください"
            )
        ) from error


def _decode(path: Path) -> str:
    data = _bytes(path)
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "cp932"]
    if _is_unmarked_utf16(data):
        encodings.append("utf-16-le")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(file_problem(path, "文字コードが分かりません", "UTF-8 で保存し直してください"))


def _is_unmarked_utf16(data: bytes) -> bool:
    """Tell whether bytes are "text with tabs" as some systems save it, without a mark."""
    if b"\t\0" not in data or b"\n\0" not in data:
        return False
    try:
        text = data.decode("utf-16-le")
    except UnicodeDecodeError:
        return False
    return "\t" in text and all(letter.isprintable() or letter.isspace() for letter in text)


def _read_csv(path: Path) -> Source:
    text = _decode(path)
    head = text[:4096]
    has_tabs = path.suffix.lower() == ".tsv" or head.count("\t") > head.count(",")
    delimiter = "\t" if has_tabs else ","
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        for number, cells in enumerate(_csv_rows(text, delimiter, strict=False), 1):
            rows.append(Row(f"{number}行目", tuple(cells)))
    except csv.Error as error:
        found = f"{len(rows) + 1}行目で表の区切りが壊れています（{error}）"
        mend = "Excel で開いて CSV UTF-8 で保存し直してください"
        raise InputError(file_problem(path, found, mend)) from error
    if _ends_inside_quotes(text, delimiter):
        open_row = rows.pop()
        found = '「"」が閉じられていないため、ここから下を読めません'
        mend = '「"」を消すか閉じてください'
        problems.append(Problem(path.name, open_row.place, found, mend))
    return Source(path.name, (Sheet(path.name, "", tuple(rows), is_grid=True),), tuple(problems))


def _csv_rows(text: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    """Tell whether the last cell swallowed the rest of the file."""
    try:
        for _ in _csv_rows(text, delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _read_text(path: Path) -> Source:
    text = _decode(path)
    rows = tuple(Row(f"{number}行目", (line,)) for number, line in enumerate(text.splitlines(), 1))
    return Source(path.name, (Sheet(path.name, "", rows, is_grid=False),))


READERS: dict[str, Callable[[Path], Source]] = {
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".docx": read_word,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_text,
    ".md": _read_text,
}
