"""Find where in a plan residents are heard: below which headings, in which area, on which subject."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from .headings import STRONG, find_marker
from .plan_items import Spot
from .voice_heads import Head, list_heads
from .voice_marks import find_explained
from .voice_words import LONGEST_HEAD, name_column, name_kind, voice_pattern

LONGEST_TELLING = 120  # characters of the end of a paragraph that says that voices follow
LINES_TELLING = 4
NARROWEST = 20  # characters of a full line
OPEN, CLOSED, MIXED = "open", "closed", "mixed"
_AND = re.compile("と|及び|並びに|、")  # 現状と住民の声
_PLANS = STRONG - {"chapter", "section"}
_PLANNED = re.compile("施策|取り?組|事業|推進")


@dataclass(frozen=True)
class Ground:
    """What the headings above say of some lines; `root` is the number of the one that opens them."""

    theme: str = ""
    kind: str = ""
    area: str = ""
    verdict: str = ""
    root: int = -1
    is_bare: bool = False  # below a bare 意見, where each paragraph is one


@dataclass(frozen=True)
class Passage:
    """Lines that stand together below the same headings."""

    ground: Ground
    lines: tuple[Spot, ...]
    width: int = 0  # characters of a full line of the plan
    codes: frozenset[str] = frozenset()  # of districts, which a note of the plan explains

    @property
    def is_open(self) -> bool:
        """Tell whether residents are heard here."""
        return self.ground.verdict == OPEN


def find_passages(outline: pd.DataFrame) -> list[Passage]:
    """Return the lines of a plan in passages, each with what the headings above say of it.

    Parameters
    ----------
    outline
        As `read_outline` returns it, with `place`.

    Examples
    --------
    >>> rows = [("heading", 1, "第2章 住民の声"), ("body", None, "・店が遠い。")]
    >>> table = pd.DataFrame(rows, columns=["mark", "level", "text"]).assign(page=1, place="", size=None)
    >>> [(found.is_open, len(found.lines)) for found in find_passages(table)]
    [(True, 1)]
    """
    passages: list[Passage] = []
    width, codes = _measure_width(outline["text"]), find_explained(outline["text"])
    above: list[Head] = []
    lines: list[Spot] = []
    for spot, head in list_heads(outline):
        if head is None:
            lines.append(spot)
            continue
        if lines:
            passages.append(Passage(_survey(above), tuple(lines), width, codes))
            if above and _tells_of_voices(lines):
                above[-1] = replace(above[-1], is_told=True)
            lines = []
        above = [*_keep(above, head), head]
    passages.append(Passage(_survey(above), tuple(lines), width, codes))
    return [passage for passage in passages if passage.lines]


def _tells_of_voices(lines: Sequence[Spot]) -> bool:
    """Tell whether lines end by saying that voices follow, below the next heads."""
    said = "".join(line.text.strip() for line in lines[-LINES_TELLING:])
    return bool(voice_pattern("told").search(said[-LONGEST_TELLING:]))


def _measure_width(texts: Iterable[str]) -> int:
    """Return the length of a full line: the longest ones but two, which may be freaks."""
    longest = sorted((len(text.strip()) for text in texts), reverse=True)[:3]
    return max(NARROWEST, min(longest, default=0))


def _keep(above: Sequence[Head], own: Head) -> list[Head]:
    """Return the heads that still stand over the lines when another one comes."""
    kept = list(above)
    while kept and _ends(kept[-1], own):
        kept.pop()
    return kept


def _ends(last: Head, own: Head) -> bool:
    sizes_differ = last.size > 0 and own.size > 0 and last.size != own.size
    if last.level and own.level:
        return last.level >= own.level
    if last.level:
        return sizes_differ and last.size < own.size
    if own.level:
        return not sizes_differ or last.size < own.size
    # Below 【みなさんの声】 a 【困りごと】 only parts the voices.
    if (
        _judge(last, is_planned=False) == OPEN
        and name_kind(own.words)
        and not _judge(own, is_planned=False)
    ):
        return False
    return last.size < own.size if sizes_differ else last.rank >= own.rank


def _survey(above: Sequence[Head]) -> Ground:
    """Return what some heads say together of the lines below them."""
    verdict, root = "", -1
    for place in reversed(range(len(above))):
        is_planned = any(map(_plans, above[:place]))
        verdict = _judge(above[place], is_planned=is_planned)
        if verdict:
            root = place
            break
    below = above[root:] if verdict == OPEN else []
    subjects = [head for head in above if head.is_subject]
    kinds = [kind for head in below if (kind := name_kind(head.words))]
    areas = [head.area for head in above if head.area]
    return Ground(
        theme=subjects[-1].title if subjects else "",
        kind=kinds[-1] if kinds else "",
        area=areas[-1] if areas else "",
        verdict=verdict,
        root=above[root].number if verdict else -1,
        is_bare=verdict == OPEN and name_column(above[root].title) == "text",
    )


def _plans(head: Head) -> bool:
    """Tell whether a head stands over what will be done."""
    return find_marker(head.title).family in _PLANS or bool(_PLANNED.search(head.words))


def _judge(head: Head, *, is_planned: bool) -> str:
    """Tell what a head says of the lines below it; '' where it says nothing of itself.

    Below a goal or a measure only what ends in 声 or 意見 is heard; the rest is planned for them.
    """
    words = head.title[:LONGEST_HEAD]
    if head.is_dated and not head.level:
        return ""  # one of the meetings that the head above tells of
    if find_marker(head.title).family in _PLANS or voice_pattern("official").search(words):
        return CLOSED
    if head.is_of_voices and not _AND.search(words):
        return OPEN
    if voice_pattern("planned").search(words):
        return CLOSED
    is_closed = bool(voice_pattern("closed").search(words))
    if is_planned:
        return CLOSED if is_closed else ""
    if head.is_told:
        return OPEN
    if voice_pattern("heard").search(words) or voice_pattern("event").search(words):
        return MIXED if is_closed else OPEN
    return CLOSED if is_closed else ""


def open_by_words(passage: Passage, number: int) -> Passage:
    """Return the lines of a passage behind one that says that voices follow."""
    ground = replace(passage.ground, verdict=OPEN, root=number)
    lines = tuple(line for line in passage.lines if line.number > number)
    return replace(passage, ground=ground, lines=lines)
