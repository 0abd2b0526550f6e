"""Find the headings of a municipal plan and how deep each stands, learned from the plan itself."""

import pandas as pd

from .contents import find_indents, mark_contents, read_contents
from .headings import Marker
from .plan_lines import Line, measure_body, number_loosely, take_lines
from .plan_signs import LARGER, Signs, gather_signs


def read_outline(lines: pd.DataFrame) -> pd.DataFrame:
    """Return what each line of a plan is, and the level of each heading.

    A line of the table of contents outranks every pattern; then what stands out by its size, or,
    where a plan tells no sizes, by its marker. Levels are learned: a marker that comes up below
    another is one level deeper, wherever it comes again.

    Parameters
    ----------
    lines
        In reading order: `page`, `size` (points; missing where the file tells none), `text`, and,
        where they are known, `left` (points) and `cells` (of a table's row; it heads nothing).

    Returns
    -------
    pandas.DataFrame
        The same rows, their text mended, with `mark` (`cover`, `toc`, `page`, `heading`, `role`, `label`, `speaker`,
        `bullet`, `table`, `body`) and `level`: 1 for a chapter, 0 for the rest of the heading above,
        missing where there is no heading.

    Examples
    --------
    >>> said = ["第1章 はじめに", "1 背景", "人が減っています。", "2 位置づけ", "第2章 施策"]
    >>> read_outline(pd.DataFrame({"page": 1, "size": None, "text": said}))["level"].tolist()
    [1, 2, <NA>, 2, 1]
    """
    read = mark_contents(take_lines(lines))
    contents = read_contents(read, find_indents(lines))
    body = measure_body(read)
    read = [
        number_loosely(line, stands_out=line.key in contents or line.size > body + LARGER > LARGER)
        for line in read
    ]
    marks, levels = _mark(gather_signs(read, contents, body))
    mended = pd.Series([line.text for line in read], index=lines.index, dtype="str")
    return lines.assign(text=mended, mark=marks, level=pd.array(levels, dtype="Int64"))


def _mark(signs: Signs) -> tuple[list[str], list[int | None]]:
    marks: list[str] = []
    levels: list[int | None] = []
    tree = _Tree()
    previous: Line | None = None  # the heading right above, which may go on
    above = ""  # the last heading, until its vision is read
    for number, line in enumerate(signs.lines):
        mark, level = signs.name(number), None
        if mark in {"page", "toc", "cover"}:
            pass
        elif previous and signs.goes_on(previous, number):
            mark, level = "heading", 0
        elif signs.is_vision(above, number):
            above = ""
        elif signs.is_heading(number):
            mark, above = "heading", line.key
            level = tree.place(line, signs.contents.get(line.key.rstrip("。"), 0))
        if mark != "page":
            previous = line if mark == "heading" else None
        marks.append(mark)
        levels.append(level)
    return marks, levels


class _Tree:
    """The headings above the present one, and which marker was once seen above which."""

    def __init__(self) -> None:
        self.path: list[tuple[Marker, float]] = []
        self.above: dict[Marker, set[Marker]] = {}

    def place(self, line: Line, listed: int = 0) -> int:
        """Return the level of the next heading; `listed` is what the table of contents tells."""
        own = line.marker
        if own.family == "chapter":
            self.path = []
        elif 0 < listed <= len(self.path) + 1:
            self.path = [*self.path[: listed - 1], (own, line.size)]
            return listed
        alike = [marker == own and abs(size - line.size) <= LARGER for marker, size in self.path]
        if True in alike:
            self.path = self.path[: alike.index(True)]
        while self.path and self._ends(self.path[-1], own, line.size):
            self.path.pop()
        self.above.setdefault(own, set()).update(marker for marker, _ in self.path)
        self.path.append((own, line.size))
        return len(self.path)

    def _ends(self, last: tuple[Marker, float], own: Marker, size: float) -> bool:
        """Tell whether the last heading cannot be above one of this marker and size."""
        marker, above = last
        was_below = own in self.above.get(marker, set())
        # Of two headings in one size, one without a number is beside the other, not above it.
        is_beside = size > 0 and not (own.is_numbered and marker.is_numbered)
        return size > above or (size == above and (was_below or is_beside))
