"""Fold the lines of a plan under its headings, and say which of them tell what will be done."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import pandas as pd

from .headings import Marker, find_marker
from .mending import close_title
from .plan_items import Spot, find_notes, find_office, is_indicator, list_spots, take_rows
from .roles import name_role

SMALLER = 0.6  # points by which notes and tables are set smaller than running text
# What a heading or a label that says how things are has in it, and one that says what is done.
_CONTEXT = re.compile(
    "現状|げんじょう|現況|課題|背景|経緯|方向性$|めざす|目指す|体系|コラム|事例|用語|声|意見|関連|SDGs|特徴|資料|参考"
)
_CONTEXT_TITLE = re.compile(
    "(?:^|[\\W\\d_])(?:現状|現況|課題|これまで|背景|経緯)[^のをが]{0,8}$|(?:の|な)(?:現状|現況|課題|声|意見)$|^コラム|体系図?$"
)
_INDICATORS = re.compile("指標|目標値|数値目標|目安")
_ACTS = re.compile(
    "取り?組|とりく|施策|事業|展開|推進内容|今後|計画の内容|各論|地区別計画|全体計画"
)
# What the title of a chapter without measures has in it.
_FRAME = re.compile(
    "策定|趣旨|概要|あらまし|現状|現況|状況|取り巻く|すがた|の姿|考え方|かんがえ|理念|骨格|骨組|体系|たいけい|構想|推進体制|"
    "推進に|の推進$|進行|進め|実現に|資料|参考|はじめに|序章|総論|評価"
)
_NOT_WITHIN = {"heading", "label", "role", "page", "toc", "cover"}
_ENDS = " \u3000。"


@dataclass(frozen=True)
class Heading:
    """A heading of a plan and those above it, from the chapter down."""

    number: int
    title: str
    page: int | None
    place: str
    marker: Marker
    above: "tuple[Heading, ...]" = ()

    @property
    def chain(self) -> "tuple[Heading, ...]":
        """Return the headings from the chapter down to this one."""
        return (*self.above, self)

    @property
    def is_context(self) -> bool:
        """Tell whether it says how things are, such as 現状と課題, and not what will be done."""
        return bool(_CONTEXT_TITLE.search(self.title.strip(_ENDS)))


@dataclass(frozen=True)
class Block:
    """Lines that stand together: below one heading, and one label or role of it."""

    heading: Heading | None
    label: str
    role: str
    lines: tuple[Spot, ...]
    body_size: float = 0.0

    @cached_property
    def rows(self) -> list[Spot]:
        """Return the rows of tables."""
        return [line for line in self.lines if line.mark == "table"]

    @cached_property
    def holds_table(self) -> bool:
        """Tell whether a table of measures stands here."""
        return any(True for _ in take_rows(self.rows))

    @cached_property
    def running(self) -> list[Spot]:
        """Return the lines of running text: no notes, tables or indicators."""
        lines = [line for line in self.lines if line.mark != "table"]
        notes = find_notes(lines)
        return [
            line
            for line in lines
            if not self._is_small(line)
            and line.number not in notes
            and not is_indicator(line.text)
            and not find_office([line.text])
        ]

    def _is_small(self, line: Spot) -> bool:
        return 0 < line.size < self.body_size - SMALLER

    @cached_property
    def tells(self) -> str:
        """Return what its label says of the lines: `acts`, `indicators`, `context` or nothing."""
        if _INDICATORS.search(self.label):
            return "indicators"
        if not self.label:
            return ""
        return "acts" if _ACTS.search(self.label) and not _CONTEXT.search(self.label) else "context"


def fold_lines(outline: pd.DataFrame) -> list[Block]:
    """Return the lines of a plan in blocks, each below its heading, in their order.

    Parameters
    ----------
    outline
        As `read_outline` returns it, with `place`.

    Returns
    -------
    list of Block
        Every line that is no heading, label, role or running head stands in one. A heading
        without lines of its own has an empty block, so that none is lost.

    Examples
    --------
    >>> rows = [("heading", 1, "第1章 施策"), ("label", None, "■現状と課題"), ("body", None, "減る。")]
    >>> table = pd.DataFrame(rows, columns=["mark", "level", "text"]).assign(page=1, place="", size=None)
    >>> [(block.heading.title, block.label, len(block.lines)) for block in fold_lines(table)]
    [('第1章 施策', '', 0), ('第1章 施策', '■現状と課題', 1)]
    """
    heads = dict(_headings(outline))
    spots = list_spots(outline)
    size = _body_size(spots)
    levels = list(outline["level"])
    begins = [
        line.number
        for line, level in zip(spots, levels, strict=True)
        if line.mark in {"label", "role"} or (line.mark == "heading" and level != 0)
    ]
    heading: Heading | None = None
    blocks = []
    for start, end in pairwise([0, *begins, len(spots)]):
        if start == end:
            continue
        first = spots[start]
        heading = heads.get(start, heading)
        kept = tuple(line for line in spots[start:end] if line.mark not in _NOT_WITHIN)
        label = first.text.strip(_ENDS) if first.mark == "label" else ""
        role = name_role(first.text) if first.mark == "role" else ""
        blocks.append(Block(heading, label, role, kept, size))
    return blocks


def _body_size(spots: Sequence[Spot]) -> float:
    """Return the size of running text; 0 where sizes are not told."""
    sizes: Counter[float] = Counter()
    for line in spots:
        if line.mark == "body" and line.size:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _headings(outline: pd.DataFrame) -> Iterator[tuple[int, Heading]]:
    """Yield the position and the heading of each line that begins one."""
    path: list[Heading] = []
    titles = _whole_titles(outline)
    rows = zip(outline["level"], outline["page"], outline["place"], strict=True)
    for number, (level, page, place) in enumerate(rows):
        if number not in titles:
            continue
        del path[int(level) - 1 :]
        title = titles[number]
        at = None if pd.isna(page) else int(page)
        heading = Heading(number, title, at, place, find_marker(title), tuple(path))
        path.append(heading)
        yield number, heading


def _whole_titles(outline: pd.DataFrame) -> dict[int, str]:
    """Return the titles of headings by their position, those over several lines put together."""
    titles: dict[int, str] = {}
    last = 0
    rows = zip(outline["text"], outline["level"], strict=True)
    for number, (text, level) in enumerate(rows):
        if pd.isna(level):
            continue
        last = last if level == 0 and titles else number
        titles[last] = titles.get(last, "") + text.strip()
    return {number: close_title(title).rstrip("。") for number, title in titles.items()}


def holds_measures(headings: Sequence[Heading]) -> set[int]:
    """Return the numbers of the chapters of a plan that may hold measures.

    Those below which a 基本目標 or 施策 (or 柱, 基本方針 …) stands and whose title does not say that they
    explain (策定にあたって, 現状, 基本的な考え方, 推進体制, 資料編); where there is none, those whose
    title says 施策 or 取組; and where there is none either, all that do not explain.

    Parameters
    ----------
    headings
        All of the plan.
    """
    open_ones = {
        head.number for head in headings if not head.above and not _FRAME.search(head.title)
    }
    with_goals = {
        head.above[0].number
        for head in headings
        if head.above and head.marker.family in {"goal", "measure"}
    }
    named = {
        head.number for head in headings if not head.above and _ACTS.search(head.title)
    } & open_ones
    return (with_goals & open_ones) or named or open_ones
