"""Read the table of contents of a plan: its titles, and the level that the indent of each tells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from .headings import Marker, find_marker
from .plan_lines import LONGEST_MARKED, Line, bare_title

HALF_CHARACTER = 0.9  # of a space, or points: less is no indent
NAMES = {"目次", "もくじ", "CONTENTS", "CONTENTS目次", "目次CONTENTS"}
_LEADERS = re.compile(r"[.．…‥・·\s\u3000]{3,}[0-9０-９]+$")
_PAGE_BEHIND = re.compile(r"(?<=\D)[0-9０-９]{1,3}$")


def mark_contents(lines: Sequence[Line]) -> list[Line]:
    """Take the lines below 目次 for its own, until its first chapter comes again.

    Where leaders (・・・ 3) mark its lines, they tell it themselves.
    """
    starts = [n for n, line in enumerate(lines) if line.key.rstrip("。") in NAMES]
    if not starts:
        return list(lines)
    start = starts[0]
    first = next((line for line in lines[start:] if line.marker.family == "chapter"), None)
    again = [
        n
        for n, line in enumerate(lines)
        if first and n > start and line.key == _PAGE_BEHIND.sub("", first.key) and line is not first
    ]
    if not again or any(line.marker.family == "toc" for line in lines):
        return list(lines)
    listed = Marker("toc", "", is_numbered=False)
    return [
        replace(line, marker=listed) if start <= n < again[0] else line
        for n, line in enumerate(lines)
    ]


def read_contents(lines: Sequence[Line], indents: Sequence[float]) -> Mapping[str, int]:
    """Return the titles of the table of contents with the level that their indent tells, or 0.

    An indent tells a level where chapters stand furthest left and nothing else does.
    """
    listed = [
        (line, indent)
        for line, indent in zip(lines, indents, strict=True)
        if line.marker.family == "toc"
    ]
    steps = _steps(sorted(indent for _, indent in listed))
    furthest = {_is_chapter(line) for line, indent in listed if steps[indent] == 1}
    tells = furthest == {True} and max(steps.values(), default=0) > 1
    return {
        title: steps[indent] if tells else 0 for line, indent in listed for title in _titles(line)
    }


def _steps(indents: Sequence[float]) -> dict[float, int]:
    """Return which step from the left each indent is; less than half a character is none."""
    steps: dict[float, int] = {}
    last = 0.0
    for indent in indents:
        if not steps or indent - last > HALF_CHARACTER:
            steps[indent] = max(steps.values(), default=0) + 1
        steps[indent] = max(steps.values())
        last = indent
    return steps


def _is_chapter(line: Line) -> bool:
    """Tell whether a line of the table of contents names a chapter."""
    marker = find_marker(next(_titles(line)))
    return marker.family in {"chapter", "roman"} or not marker.may_head


def _titles(line: Line) -> Iterator[str]:
    title = bare_title(_LEADERS.sub("", line.text[:LONGEST_MARKED]))
    yield title
    yield title.rstrip("。")


def find_indents(lines: pd.DataFrame) -> list[float]:
    """Return how far each line is set in: in points where the file tells, else in spaces."""
    if "left" in lines and lines["left"].notna().any():
        return [float(left) for left in lines["left"].fillna(0.0)]
    return [float(len(text) - len(text.lstrip(" \u3000"))) for text in lines["text"]]
