"""Read the text of a plan as lines with their pages: a PDF, a Word document or plain text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .cache import remember
from .errors import InputError, Problem
from .page_layout import PageLine, read_lines
from .pdf import Leaf, fingerprint, read_leaves
from .progress import Progress, no_progress
from .read import read_source
from .rows import Row, Source

LINE_COLUMNS = ["page", "size", "left", "text", "cells", "place"]
PAGE_COLUMNS = ["page", "letters", "odd", "state"]
READING = "1"  # of what the cache holds; goes up where pages are read otherwise
FEW_LETTERS = 20  # beside a picture: a page number, a caption
PICTURE = 0.3  # of a page
ODD = 0.03  # of the kanji of a page: more are no Japanese
FEWEST_ODD = 5
LONG_LINE = 300  # characters; a text that has such lines breaks none but at chapters
_SENTENCES = re.compile("[^。]*。|[^。]+$")
_HEADING_STYLE = re.compile("(?:heading|見出し) ?([1-9])$", re.IGNORECASE)
BODY_SIZE = 10.5


@dataclass(frozen=True)
class PlanText:
    """The text of one plan.

    Attributes
    ----------
    file
        Its name.
    lines
        In reading order: `page` (of the file, from 1; missing where a file has none), `size` and
        `left` (points; missing where the file tells none), `text`, `cells` (of a table's row,
        else empty), `place` (as a person finds it).
    pages
        One row per page of a PDF: `page`, `letters`, `odd` (kanji that are no Japanese), `state`:
        `text`, `no_text` (a picture, as of a scan), `blank`, `garbled` or `broken`.
    problems
        What should be looked at.
    """

    file: str
    lines: pd.DataFrame
    pages: pd.DataFrame
    problems: tuple[Problem, ...]


def is_table(source: Source) -> bool:
    """Tell whether a file holds a plan as a table, not as text."""
    return any(sheet.is_grid and sheet.filled_rows for sheet in source.sheets)


def read_plan_text(
    path: Path, *, name: str | None = None, progress: Progress = no_progress
) -> PlanText:
    """Read the text of a plan.

    A PDF that was read once on this machine comes back from the cache.

    Parameters
    ----------
    path
        A `.pdf`, `.docx`, `.txt` or `.md` file.
    name
        What to call the file in problems; its own name by default.
    progress
        Called with the page and how far it is, 0 to 1.

    Raises
    ------
    InputError
        If nothing of it can be read, or it is a table.
    """
    file = name or path.name
    if path.suffix.lower() == ".pdf":
        return _read_pdf(path, file, progress)
    source = read_source(path, name=file)
    if is_table(source):
        mend = "表の計画は、調査フォルダの plans に入れてください"
        raise InputError(Problem(file, "", "見出しのある文章ではなく表です", mend))
    return take_text(source)


def take_text(source: Source) -> PlanText:
    """Return the text of a plan that was read as rows of text."""
    lines = pd.DataFrame(_source_lines(source), columns=LINE_COLUMNS)
    empty = pd.DataFrame(columns=PAGE_COLUMNS)
    return PlanText(source.file, _typed(lines), empty, source.problems)


def _source_lines(source: Source) -> Iterator[tuple[object, ...]]:
    rows = [(sheet, row) for sheet in source.sheets for row in sheet.rows]
    is_unbroken = any(len(_text_of(row)) > LONG_LINE and not _is_table(row) for _, row in rows)
    for sheet, row in rows:
        text = _text_of(row)
        cells = tuple(cell.strip() for cell in row.cells) if _is_table(row) else ()
        pieces = _SENTENCES.findall(text) if is_unbroken and not cells else [text]
        for piece in pieces:
            if piece.strip():
                yield None, _size_of(row), None, piece, cells, sheet.place(row)


def _is_table(row: Row) -> bool:
    return row.style.startswith("table") and len(row.cells) > 1


def _text_of(row: Row) -> str:
    return "　".join(cell.strip("\n") for cell in row.cells if cell.strip())


def _size_of(row: Row) -> float | None:
    """Return a size for a heading that Word marks as one, the larger the higher."""
    style = _HEADING_STYLE.match(row.style)
    return BODY_SIZE + 10 - int(style[1]) if style else None


def _typed(lines: pd.DataFrame) -> pd.DataFrame:
    types = {"page": "Int64", "size": "float64", "left": "float64", "text": "str", "place": "str"}
    return lines.astype(types)


def _read_pdf(path: Path, file: str, progress: Progress) -> PlanText:
    key = f"plan-{READING}-{fingerprint(path)}"
    kept = remember(key, lambda: _compute(path, progress))
    rows = [
        (page, size, left, text, tuple(cells), f"PDFの{page}ページ目")
        for page, size, left, text, cells in kept["lines"]
    ]
    pages = pd.DataFrame(kept["pages"], columns=PAGE_COLUMNS)
    lines = _typed(pd.DataFrame(rows, columns=LINE_COLUMNS))
    return PlanText(file, lines, pages, tuple(_doubts(file, pages)))


def _compute(path: Path, progress: Progress) -> dict[str, Any]:
    lines: list[PageLine] = []
    pages: list[tuple[int, int, int, str]] = []
    for leaf in read_leaves(path, progress=progress):
        own = read_lines(leaf)
        lines += own
        letters = "".join("".join(line.text.split()) for line in own)
        odd = sum(is_odd(letter) for letter in letters)
        pages.append((leaf.number, len(letters), odd, _state(leaf, letters, odd)))
    return {
        "lines": [(line.page, line.size, line.left, line.text, line.cells) for line in lines],
        "pages": pages,
    }


def _state(leaf: Leaf, letters: str, odd: int) -> str:
    if leaf.is_broken:
        return "broken"
    if len(letters) <= FEW_LETTERS and leaf.picture >= PICTURE:
        return "no_text"
    if not letters:
        return "blank"
    kanji = sum("一" <= letter <= "龥" for letter in letters) + odd
    return "garbled" if odd >= max(FEWEST_ODD, ODD * kanji) else "text"


def is_odd(letter: str) -> bool:
    """Tell whether a letter hardly stands in a municipal plan: a rare kanji, or no letter at all.

    Kanji of the first level of JIS X 0208 are ordinary; a wrong table of a PDF's letters gives
    others.

    Examples
    --------
    >>> [is_odd(letter) for letter in "課誯あA"]
    [False, True, False, False]
    """
    if letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff":
        return True
    if not "\u3400" <= letter <= "\u9fff":
        return False
    try:
        code = int.from_bytes(letter.encode("cp932"))
    except UnicodeEncodeError:
        return True
    return not 0x889F <= code <= 0x9872


def _doubts(file: str, pages: pd.DataFrame) -> Iterator[Problem]:
    """Yield a note for the pages of each kind that could not be read."""
    told = {
        "no_text": (
            "文字のないページ（画像）です",
            "文字のある PDF を公開元で探すか、表に書き写してください",
        ),
        "garbled": (
            "文字が化けているページです",
            "元の PDF を見て確かめてください。ここからは施策を読みません",
        ),
        "broken": ("壊れているページです", "公開元からファイルを取り直してください"),
    }
    for state, (found, mend) in told.items():
        numbers = pages.loc[pages["state"].eq(state), "page"].tolist()
        if numbers:
            yield Problem(file, f"{name_pages(numbers)}ページ目", found, mend, "notice")


def name_pages(numbers: Iterable[int]) -> str:
    """Return page numbers in short, runs as from–to.

    Examples
    --------
    >>> name_pages([3, 12, 13, 14])
    '3、12–14'
    """
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(f"{a}–{b}" if a < b else str(a) for a, b in spans)
