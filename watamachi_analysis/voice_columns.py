"""Part lines on which the columns of a plan stand side by side into single voices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from unicodedata import east_asian_width

from .plan_items import Spot, join_lines
from .voice_marks import has_bullet, is_finished

_GAP = re.compile("[ \u3000]*\u3000[ \u3000]*| {2,}|[ \u3000]+(?=[・●○◯◇☆★■□◆][^ \u3000])")
_SPACE = re.compile("[ \u3000]+")
MOST_COLUMNS = 6
SLACK = 4  # half-width letters by which a column may lie off


@dataclass
class Cell:
    """What one column says, over all its lines."""

    column: int
    lines: list[Spot]
    text: str


def begins_columns(text: str) -> bool:
    """Tell whether two items stand side by side on a line.

    Examples
    --------
    >>> begins_columns("・道が狭い　・店が遠い"), begins_columns("・道が狭い　店が遠い")
    (True, False)
    """
    parts = _GAP.split(text.strip(), maxsplit=MOST_COLUMNS)
    return len(parts) > 1 and all(map(has_bullet, parts))


def unfold_columns(lines: Sequence[Spot]) -> list[Cell]:
    """Return the items of lines with columns side by side, in the order in which they begin.

    Parameters
    ----------
    lines
        From the first on which several columns stand.

    Examples
    --------
    >>> said = ["・道が狭くて　　・店が", "危ない。　　　　遠い。"]
    >>> spots = [Spot(number, 1, "", text) for number, text in enumerate(said)]
    >>> [(cell.column, cell.text) for cell in unfold_columns(spots)]
    [(0, '・道が狭くて危ない。'), (1, '・店が遠い。')]
    """
    cells: list[Cell] = []
    last: dict[int, Cell] = {}
    starts: list[int] = []  # where columns begin, in half-width letters
    has_marks = any(has_bullet(line.text) for line in lines)
    for line in lines:
        parts = _part(line.text, last)
        if len(parts) > 1:
            starts = [at for at, _ in parts]
        for place, (at, text) in enumerate(parts):
            column = place if len(parts) > 1 else _column(at, text, starts, last)
            known = last.get(column)
            begins = has_bullet(text) if has_marks else known is None or is_finished(known.text)
            if begins or known is None:
                last[column] = Cell(column, [line], text)
                cells.append(last[column])
            else:
                known.lines.append(line)
                known.text = join_lines([known.text, text])
    return cells


def _part(text: str, last: dict[int, Cell]) -> list[tuple[int, str]]:
    """Return the parts of a line, each with the place where it begins."""
    found = _GAP.finditer(text.rstrip())
    gaps = [gap.span() for gap in islice(found, MOST_COLUMNS - 1)]
    is_open = len(last) > 1 and not any(is_finished(cell.text) for cell in last.values())
    if not gaps and is_open and not has_bullet(text):
        gaps = [gap.span() for gap in islice(_SPACE.finditer(text.rstrip()), MOST_COLUMNS - 1)]
    parts, end = [], 0
    for start, after in [*gaps, (len(text), len(text))]:
        if text[end:start].strip():
            parts.append((_measure(text[:end]), text[end:start].strip()))
        end = after
    return parts


def _column(at: int, text: str, starts: Sequence[int], last: dict[int, Cell]) -> int:
    """Return the column of what stands alone on a line: by its place, else where a voice is open."""
    aligned = [column for column, start in enumerate(starts) if column and at >= start - SLACK]
    if aligned or has_bullet(text):
        return aligned[-1] if aligned else 0
    return next((column for column in sorted(last) if not is_finished(last[column].text)), 0)


def _measure(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)
