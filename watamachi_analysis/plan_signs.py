"""Gather what tells, in one plan, which of its lines are headings, labels or running heads."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .headings import STRONG, Marker, reads_as_heading
from .plan_lines import Line

LARGER = 0.4  # points by which a heading stands out from running text
FEWEST_PAGES = 3  # on so many pages a line at the edge is a running head
SHORTEST_BROKEN = 10  # characters; a shorter heading is not broken over two lines
LONGEST_ROLE = 30  # characters
MOST_OF = 0.8  # of the lines with one marker
LOW = {"circled", "paren", "kana"}  # families that mark the lowest headings
NEARLY_AS_LARGE = 0.75
WITHIN_CONTENTS = 40  # lines between two of one table of contents
EDGE = 2  # lines from the top or the foot of a page
_NUMBER = re.compile("[0-9０-９]+")
_SECOND = re.compile(r"\S.*[\s\u3000][(（][0-9０-９]+[)）]")
_SENTENCE = re.compile("(?:ます|です|した|せん|ください|いる|ある)。$")
# A small heading that says what follows, though no bracket or mark says so.
_LABEL = re.compile(
    "[■◆●□]?(?:現状と課題|げんじょうと課題|現況と課題|現状|課題|(?:主な|おもな|具体的な)?(?:取り?組み?|とりくみ)|主要施策|施策の(?:展開|内容)|"
    "(?:成果|評価|数値)?指標|数値目標|目標値)。?$|[^。]{0,2}コラム[^。]{0,28}$"
)
_BOXED = re.compile("[■◆▼◇□][^。]{2,20}$")  # such a mark begins no item of a list
_MARKED = re.compile("[■◆●○□◇◎▼▽★☆][^。]{2,15}$")


@dataclass(frozen=True)
class Signs:
    """What tells the headings of one plan; numbers are positions of its lines.

    Attributes
    ----------
    lines
        All of the plan.
    contents
        Title → level by the table of contents, 0 where it tells none.
    body
        The size of running text; 0 where sizes are not told.
    running
        Running heads, tabs and page numbers.
    begins
        The first line behind cover and table of contents.
    sizes
        Those in which marked lines are set.
    lists
        Numbered lines of lists and drawings: no headings.
    standing
        Headings in the size of running text.
    repeated
        Short marked lines that come again: labels.
    reads_aloud
        Whether this is an edition for screen readers: a full stop ends its headings too.
    """

    lines: Sequence[Line]
    contents: Mapping[str, int]
    body: float
    running: set[int]
    begins: int
    sizes: set[float]
    lists: set[int]
    standing: set[int]
    repeated: set[str]
    reads_aloud: bool

    def name(self, number: int) -> str:
        """Return what a line is, where it is no heading."""
        line = self.lines[number]
        family = line.marker.family
        if number in self.running:
            return "page"
        if family == "toc":
            return "toc"
        if number < self.begins:
            return "cover"
        if family == "role" and (len(line.key) > LONGEST_ROLE or _SENTENCE.search(line.text)):
            return "body"
        is_label = _LABEL.match(line.key) or _BOXED.match(line.key) or line.key in self.repeated
        if family in {"body", "bullet"} and is_label:
            return "label"
        return family if family in {"role", "label", "bullet", "speaker", "table"} else "body"

    def is_heading(self, number: int) -> bool:
        """Tell whether a line behind the table of contents begins a heading."""
        line = self.lines[number]
        if line.marker.family == "table" or number in self.lists - self.standing:
            return False
        if line.size < self.body or (line.marker.family == "paren" and _SECOND.match(line.text)):
            return False
        key = line.key.rstrip("。")
        is_listed = key in self.contents and len(key) > 2
        return is_listed or number in self.standing or self._reads_as_one(line)

    def _reads_as_one(self, line: Line) -> bool:
        family = line.marker.family
        if family in {"role", "label", "speaker", "bullet", "page"}:
            return False
        is_open = family in STRONG or (self.reads_aloud and not _SENTENCE.search(line.text))
        text = line.text.rstrip("。") if line.text.count("。") == 1 and is_open else line.text
        if not self.body:
            return line.marker.may_head and reads_as_heading(text)
        larger = line.size > self.body + LARGER
        known = line.marker.may_head or line.size in self.sizes
        return larger and known and reads_as_heading(text, commas=2)

    def goes_on(self, above: Line, number: int) -> bool:
        """Tell whether a line is the rest of the heading above: the same large type, no marker."""
        line = self.lines[number]
        same = self.body > 0 and line.size == above.size > self.body + LARGER
        return same and not line.marker.may_head and len(above.key) >= SHORTEST_BROKEN

    def is_vision(self, above: str, number: int) -> bool:
        """Tell whether a line is the vision of a plan, set large below 基本理念, and no heading."""
        line = self.lines[number]
        is_below = above.rstrip("。").endswith(("理念", "将来像", "スローガン", "合言葉"))
        return is_below and line.marker.family == "body" and line.key not in self.contents


def gather_signs(lines: Sequence[Line], contents: Mapping[str, int], body: float) -> Signs:
    """Return what tells the headings of a plan.

    Parameters
    ----------
    lines
        All of the plan, in reading order.
    contents
        As `read_contents` returns it.
    body
        The size of running text.
    """
    running = _find_running(lines, body)
    begins = _first_heading(lines, running)
    ends = [line.key.endswith("。") for line in lines if line.marker.family == "chapter"]
    return Signs(
        lines=lines,
        contents=contents,
        body=body,
        running=running,
        begins=begins,
        sizes={line.size for line in lines[begins:] if line.marker.may_head},
        lists=_find_lists(lines, contents, body),
        standing=_find_standing(lines, body),
        repeated=_find_repeated(lines),
        reads_aloud=sum(ends) * 2 > len(ends),
    )


def _find_running(lines: Sequence[Line], body: float) -> set[int]:
    """Return the numbers of the lines that are running heads, tabs or page numbers."""
    running = {n for n, line in enumerate(lines) if line.marker.family == "page"}
    chapters: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.marker.family == "chapter":
            chapters.setdefault(line.key, []).append(number)
    for numbers in chapters.values():
        largest = max(lines[n].size for n in numbers)
        heads = [n for n in numbers if lines[n].size >= NEARLY_AS_LARGE * largest]
        # Two plans bound in one have chapters of one name, each set large; a running head is not.
        running |= set(numbers) - set(heads if largest > body + LARGER > LARGER else heads[:1])
    return running | _find_edges(lines)


def _find_edges(lines: Sequence[Line]) -> set[int]:
    """Return the numbers of the lines at the top and the foot of pages that come again."""
    pages: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        pages.setdefault(line.page, []).append(number)
    alike: dict[str, list[int]] = {}
    for own in pages.values():
        for number in dict.fromkeys([*own[:EDGE], *own[-EDGE:]]):
            if _may_run(lines[number]):
                alike.setdefault(_NUMBER.sub("#", lines[number].key), []).append(number)
    return {n for own in alike.values() if len(own) >= FEWEST_PAGES for n in own}


def _may_run(line: Line) -> bool:
    """Tell whether a line can be a running head: no heading, label, role or row of a table."""
    is_label = _LABEL.match(line.key) or _MARKED.match(line.key)
    return not (
        is_label or line.marker.may_head or line.marker.family in {"toc", "label", "role", "table"}
    )


def _first_heading(lines: Sequence[Line], running: set[int]) -> int:
    """Return the number of the first line behind cover and table of contents."""
    listed = [number for number, line in enumerate(lines) if line.marker.family == "toc"]
    for number, after in pairwise([*listed, len(lines) + WITHIN_CONTENTS]):
        if after - number >= WITHIN_CONTENTS:  # a later part may have a table of its own
            return number + 1
    chapters = (n for n, line in enumerate(lines) if line.marker.family == "chapter")
    return next((n for n in chapters if n not in running), 0)


def _find_repeated(lines: Sequence[Line]) -> set[str]:
    """Return the short lines with a mark that come again: ○地区の特徴 in every district."""
    times = Counter(line.key for line in lines if _MARKED.match(line.key))
    return {key for key, found in times.items() if found > 1}


def _find_lists(lines: Sequence[Line], contents: Mapping[str, int], body: float) -> set[int]:
    """Return the numbered lines that follow one another with nothing between: a list, no headings."""
    found: set[int] = set()
    for number, (line, after) in enumerate(pairwise(lines)):
        alike = line.marker == after.marker and line.marker.may_head
        plain = line.marker.family not in STRONG and max(line.size, after.size) <= body
        if alike and plain and not {line.key, after.key} & contents.keys():
            found |= {number, number + 1}
    return found | (set() if body else _find_drawn(lines, contents))


def _find_standing(lines: Sequence[Line], body: float) -> set[int]:
    """Return the numbers of lines that head in the size of running text, each over its sentences.

    Of one marker nearly all must do so: then it marks headings here, and no list.
    """
    alike: dict[Marker, list[int]] = {}
    for number, line in enumerate(lines):
        if body and line.marker.family in LOW and abs(line.size - body) <= LARGER:
            alike.setdefault(line.marker, []).append(number)
    return {
        number
        for numbers in alike.values()
        if len(numbers) >= FEWEST_PAGES
        and sum(_stands_over(lines, n) for n in numbers) >= MOST_OF * len(numbers)
        for number in numbers
        if _stands_over(lines, number)
    }


def _stands_over(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line reads as a heading and the next one begins a sentence."""
    after = lines[number + 1] if number + 1 < len(lines) else None
    is_text = (
        after is not None and after.marker.family == "body" and len(after.key) > SHORTEST_BROKEN
    )
    return is_text and reads_as_heading(lines[number].text)


def _find_drawn(lines: Sequence[Line], contents: Mapping[str, int]) -> set[int]:
    """Return the titles that stand in a plan once more further on: those of a drawn 体系図.

    Where sizes are told, the small type of a drawing says so.
    """
    last = {line.key: number for number, line in enumerate(lines)}
    return {
        number
        for number, line in enumerate(lines)
        if line.key in contents and line.marker.family != "chapter" and last[line.key] > number
    }
