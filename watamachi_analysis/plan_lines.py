"""Take the lines of a plan with what marks each: the marker it begins with, its size, its words."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from .headings import Marker, find_marker
from .mending import mend_line

LONGEST_MARKED = 200  # characters; what marks a line stands at its start, or it is short
_SPACES = re.compile(r"[\s\u3000]+")
_PAGE_NOTE = re.compile("[(（][^()（）]*(?:頁|ページ)[)）]$")  # （詳細版9頁）
_LOOSE_NUMBER = re.compile(r"[\s\u3000]*[0-9０-９]+[@A-Z①-⑳]?[.．、\s\u3000]+\D")
_LOST = re.compile(
    r"(?P<number>[\s\u3000]*[0-9０-９]*)(?P<letter>[@A-HJ-Z])(?=[\s\u3000]?[ぁ-ヿ一-龥])"
)
PLAIN = Marker("body", "", is_numbered=False)
ROW = Marker("table", "", is_numbered=False)


@dataclass(frozen=True)
class Line:
    """One line of a plan with what its marker says; `size` is 0 where the plan tells none."""

    page: int
    size: float
    text: str
    marker: Marker
    key: str  # the text without spaces


def take_lines(table: pd.DataFrame) -> list[Line]:
    """Return the lines of a plan, mended, each with its marker.

    Parameters
    ----------
    table
        `page`, `size`, `text`, and where they are known, `cells`.
    """
    columns = (table[name] for name in ("page", "size", "text"))
    lines = _mend_circles([_line(*row) for row in zip(*columns, strict=True)])
    if "cells" not in table:
        return lines
    return [
        replace(line, marker=ROW) if cells else line
        for line, cells in zip(lines, table["cells"], strict=True)
    ]


def bare_title(text: str) -> str:
    """Return a title without its spaces and without a note of the page of another edition.

    Examples
    --------
    >>> bare_title("1 計画の背景（詳細版2頁）")
    '1計画の背景'
    """
    return _PAGE_NOTE.sub("", _SPACES.sub("", text))


def number_loosely(line: Line, *, stands_out: bool) -> Line:
    """Take 「1 人口の動き」 for numbered where it stands out; within text it may count people."""
    is_open = stands_out and line.marker.family == "body" and _LOOSE_NUMBER.match(line.text)
    return replace(line, marker=Marker("num_flat", "")) if is_open else line


def measure_body(lines: Sequence[Line]) -> float:
    """Return the size in which most characters are set; 0 where sizes are not told."""
    sizes: Counter[float] = Counter()
    for line in lines:
        if line.marker.family not in {"toc", "page", "table"}:
            sizes[line.size] += len(line.key)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _line(page: int | None, size: float | None, text: str) -> Line:
    text = mend_line(text)
    marker = find_marker(text[:LONGEST_MARKED])
    points = 0.0 if pd.isna(size) else float(size or 0)
    return Line(1 if pd.isna(page) else int(page or 1), points, text, marker, bare_title(text))


def _mend_circles(lines: Sequence[Line]) -> list[Line]:
    """Take @ and A for ① and ②, T and U for Ⅰ and Ⅱ, in a plan where @ at the start stands for ①."""
    losses = (_LOST.match(line.text) for line in lines)
    is_broken = any(lost and lost["letter"] == "@" for lost in losses)
    return [
        _mend_circle(line)
        if is_broken
        else replace(line, marker=PLAIN)
        if line.marker.family == "circled_broken"
        else line
        for line in lines
    ]


def _mend_circle(line: Line) -> Line:
    found = _LOST.match(line.text)
    if not found:
        return line
    number, letter = found["number"], found["letter"]
    if letter >= "T" and number.strip():
        return line
    whole = (
        chr(ord("Ⅰ") + ord(letter) - ord("T"))
        if letter >= "T"
        else chr(ord("①") + ord(letter) - ord("@"))
    )
    text = number + whole + line.text[found.end() :]
    family = line.marker.family
    marker = Marker("circled", "round") if family == "circled_broken" else line.marker
    return replace(line, text=text, marker=marker, key=_SPACES.sub("", text))
