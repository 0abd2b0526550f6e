"""Find the headings of a municipal plan and how deep each stands, learned from the plan itself."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from .headings import STRONG, Marker, find_marker, reads_as_heading

LARGER = 0.4  # points by which a heading stands out from running text
FEWEST_PAGES = 3  # on so many pages a line at the edge is a running head
SHORTEST_BROKEN = 10  # characters; a shorter heading is not broken over two lines
LONGEST_MARKED = 200  # characters; what marks a line stands at its start, or it is short
EDGE = 2  # lines from the top or the foot of a page
_SPACES = re.compile(r"[\s\u3000]+")
_LEADERS = re.compile(r"[.．…‥・·\s\u3000]{3,}[0-9０-９]+$")
_NUMBER = re.compile("[0-9０-９]+")
_PAGE_NOTE = re.compile("[(（][^()（）]*(?:頁|ページ)[)）]$")  # （詳細版9頁）
_SECOND = re.compile(r"\S.*[\s\u3000][(（][0-9０-９]+[)）]")
_LOOSE_NUMBER = re.compile(r"[\s\u3000]*[0-9０-９]+[@A-Z①-⑳]?[.．、\s\u3000]+\D")
_SENTENCE = re.compile("(?:ます|です|した|せん|ください|いる|ある)。$")
_TWICE = re.compile("([一-龥々]{2,12}?)\\1{1,3}")
_DIGITS_TWICE = re.compile("([0-9０-９]{2,12}?)\\1{1,3}")


@dataclass(frozen=True)
class Line:
    """One line of a plan with what its marker says; `size` is 0 where the plan tells none."""

    page: int
    size: float
    text: str
    marker: Marker
    key: str  # the text without spaces


def read_outline(lines: pd.DataFrame) -> pd.DataFrame:
    """Return what each line of a plan is, and the level of each heading.

    A line of the table of contents outranks every pattern; then what stands out by its size, or,
    where a plan tells no sizes, by its marker. Levels are learned: a marker that comes up below
    another is one level deeper, wherever it comes again.

    Parameters
    ----------
    lines
        In reading order: `page`, `size` (points; missing where the file tells none) and `text`.

    Returns
    -------
    pandas.DataFrame
        The same rows with `mark` (`cover`, `toc`, `page`, `heading`, `role`, `label`, `speaker`,
        `bullet`, `body`) and `level`: 1 for a chapter, 0 for the rest of the heading above,
        missing where there is no heading.

    Examples
    --------
    >>> said = ["第1章 はじめに", "1 背景", "人が減っています。", "2 位置づけ", "第2章 施策"]
    >>> read_outline(pd.DataFrame({"page": 1, "size": None, "text": said}))["level"].tolist()
    [1, 2, <NA>, 2, 1]
    """
    columns = (lines[name] for name in ("page", "size", "text"))
    read = _mend_circles([_line(*row) for row in zip(*columns, strict=True)])
    contents = {key for line in read if line.marker.family == "toc" for key in _titles(line)}
    running = _find_running(read)
    body = _body_size(read)
    read = [_number(line, contents, body) for line in read]
    marks, levels = _mark(read, running, contents, body)
    return lines.assign(mark=marks, level=pd.array(levels, dtype="Int64"))


def undouble(text: str) -> str:
    """Return a line without the repeats of a type made bold by printing it over and over.

    Examples
    --------
    >>> undouble("平成平成平成平成28282828年度"), undouble("2020年")
    ('平成28年度', '2020年')
    """
    once = _TWICE.sub(r"\1", text)
    return text if once == text else _DIGITS_TWICE.sub(r"\1", once)


def _line(page: int, size: float | None, text: str) -> Line:
    text = undouble(text)
    key = _PAGE_NOTE.sub("", _SPACES.sub("", text))
    marker = find_marker(text[:LONGEST_MARKED])
    return Line(page, 0.0 if pd.isna(size) else float(size or 0), text, marker, key)


def _mend_circles(lines: Sequence[Line]) -> list[Line]:
    """Take @ and A at the start of lines for ① and ②, in a plan where @ stands for ①."""
    is_broken = any(
        line.marker.family == "circled_broken" and line.key.startswith("@") for line in lines
    )
    circle = Marker("circled", "round") if is_broken else Marker("body", "", is_numbered=False)
    return [
        replace(line, marker=circle) if line.marker.family == "circled_broken" else line
        for line in lines
    ]


def _number(line: Line, contents: set[str], body: float) -> Line:
    """Take 「1 人口の動き」 for numbered where it stands out; within text it may count people."""
    stands_out = line.key in contents or line.size > body + LARGER > LARGER
    is_open = stands_out and line.marker.family == "body" and _LOOSE_NUMBER.match(line.text)
    return replace(line, marker=Marker("num_flat", "")) if is_open else line


def _titles(line: Line) -> Iterator[str]:
    words = _LEADERS.sub("", line.text[:LONGEST_MARKED])
    title = _PAGE_NOTE.sub("", _SPACES.sub("", words))
    yield title
    yield title.rstrip("。")


def _body_size(lines: Sequence[Line]) -> float:
    """Return the size in which most characters are set; 0 where sizes are not told."""
    sizes: Counter[float] = Counter()
    for line in lines:
        if line.marker.family not in {"toc", "page"}:
            sizes[line.size] += len(line.key)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _find_running(lines: Sequence[Line]) -> set[int]:
    """Return the numbers of the lines that are running heads, tabs or page numbers."""
    running = {n for n, line in enumerate(lines) if line.marker.family == "page"}
    chapters: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.marker.family == "chapter":
            chapters.setdefault(line.key, []).append(number)
    for numbers in chapters.values():  # the largest is the heading, of equals the first
        running |= set(numbers) - {max(numbers, key=lambda n: (lines[n].size, -n))}
    return running | _find_edges(lines)


def _find_edges(lines: Sequence[Line]) -> set[int]:
    """Return the numbers of the lines at the top and the foot of pages that come again."""
    pages: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        pages.setdefault(line.page, []).append(number)
    alike: dict[str, list[int]] = {}
    for own in pages.values():
        for number in dict.fromkeys([*own[:EDGE], *own[-EDGE:]]):
            if not lines[number].marker.may_head and lines[number].marker.family != "toc":
                alike.setdefault(_NUMBER.sub("#", lines[number].key), []).append(number)
    return {n for own in alike.values() if len(own) >= FEWEST_PAGES for n in own}


def _mark(
    lines: Sequence[Line], running: set[int], contents: set[str], body: float
) -> tuple[list[str], list[int | None]]:
    marks: list[str] = []
    levels: list[int | None] = []
    tree = _Tree()
    begins = _first_heading(lines, running)
    reads_aloud = _reads_aloud(lines)
    sizes = {line.size for n, line in enumerate(lines) if n >= begins and line.marker.may_head}
    listed = _find_lists(lines, contents, body)
    previous: Line | None = None  # the heading right above, which may go on
    for number, line in enumerate(lines):
        mark, level = _plain_mark(line), None
        if number in running:
            mark = "page"
        elif line.marker.family == "toc":
            mark = "toc"
        elif number < begins:
            mark = "cover"
        elif previous and _goes_on(previous, line, body):
            mark, level = "heading", 0
        elif number not in listed and _is_heading(
            line, contents, body, sizes, reads_aloud=reads_aloud
        ):
            mark, level = "heading", tree.place(line)
        if mark != "page":
            previous = line if mark == "heading" else None
        marks.append(mark)
        levels.append(level)
    return marks, levels


def _reads_aloud(lines: Sequence[Line]) -> bool:
    """Tell whether this is an edition for screen readers: a full stop ends its chapters too."""
    ends = [line.key.endswith("。") for line in lines if line.marker.family == "chapter"]
    return sum(ends) * 2 > len(ends)


def _first_heading(lines: Sequence[Line], running: set[int]) -> int:
    """Return the number of the first line behind cover and table of contents."""
    listed = [number for number, line in enumerate(lines) if line.marker.family == "toc"]
    if listed:
        return listed[-1] + 1
    chapters = (n for n, line in enumerate(lines) if line.marker.family == "chapter")
    return next((n for n in chapters if n not in running), 0)


def _plain_mark(line: Line) -> str:
    family = line.marker.family
    return family if family in {"role", "label", "bullet", "speaker"} else "body"


def _is_heading(
    line: Line, contents: set[str], body: float, sizes: set[float], *, reads_aloud: bool
) -> bool:
    key = line.key.rstrip("。")
    if line.size < body or (line.marker.family == "paren" and _SECOND.match(line.text)):
        return False
    if key in contents and len(key) > 2:
        return True
    family = line.marker.family
    if family in {"role", "label", "speaker", "bullet", "page"}:
        return False
    is_open = family in STRONG or (reads_aloud and not _SENTENCE.search(line.text))
    text = line.text.rstrip("。") if line.text.count("。") == 1 and is_open else line.text
    if body:
        larger = line.size > body + LARGER and (line.marker.may_head or line.size in sizes)
        return larger and reads_as_heading(text, commas=2)
    return line.marker.may_head and reads_as_heading(text)


def _goes_on(above: Line, line: Line, body: float) -> bool:
    """Tell whether a line is the rest of the heading above it: the same large type, no marker."""
    same = body and line.size == above.size > body + LARGER
    return bool(same) and not line.marker.may_head and len(above.key) >= SHORTEST_BROKEN


def _find_lists(lines: Sequence[Line], contents: set[str], body: float) -> set[int]:
    """Return the numbered lines that follow one another with nothing between: a list, no headings."""
    found: set[int] = set()
    for number, (line, after) in enumerate(pairwise(lines)):
        alike = line.marker == after.marker and line.marker.may_head
        plain = line.marker.family not in STRONG and max(line.size, after.size) <= body
        if alike and plain and not {line.key, after.key} & contents:
            found |= {number, number + 1}
    return found | (set() if body else _find_drawn(lines, contents))


def _find_drawn(lines: Sequence[Line], contents: set[str]) -> set[int]:
    """Return the titles that stand in a plan once more further on: those of a drawn 体系図.

    Where sizes are told, the small type of a drawing says so.
    """
    last = {line.key: number for number, line in enumerate(lines)}
    return {
        number
        for number, line in enumerate(lines)
        if line.key in contents and line.marker.family != "chapter" and last[line.key] > number
    }


class _Tree:
    """The headings above the present one, and which marker was once seen above which."""

    def __init__(self) -> None:
        self.path: list[tuple[Marker, float]] = []
        self.above: dict[Marker, set[Marker]] = {}

    def place(self, line: Line) -> int:
        """Return the level of the next heading."""
        own = line.marker
        if own.family == "chapter":
            self.path = []
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
