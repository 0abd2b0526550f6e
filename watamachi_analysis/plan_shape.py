"""Learn from a whole plan which of its headings are measures and which stand over them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .headings import Marker
from .plan_items import is_list, says_what_is_done
from .sections import Block, Heading, holds_measures

NEARLY_ALL = 0.7  # of the headings with one marker
Kind = tuple[int, Marker]  # chapter and marker


@dataclass(frozen=True)
class Shape:
    """What the headings of a plan are, by their numbers and, of a chapter, by their markers.

    Attributes
    ----------
    chapters
        Those that hold measures.
    parents
        Headings over others.
    over
        Headings that only stand over measures: those of lists, tables and roles.
    tables
        Headings below which a table is the measures; lists beside it only detail them.
    goals
        Chapter → how far down its goals stand.
    deep
        Chapters with headings below headings.
    """

    chapters: frozenset[int]
    parents: frozenset[int]
    over: frozenset[int]
    tables: frozenset[int]
    goals: dict[int, int]
    deep: frozenset[int]

    def is_measure(self, block: Block) -> bool:
        """Tell whether a block is the text of a heading that is itself a measure."""
        heading = block.heading
        if heading is None or block.label or block.role or is_list(block.running):
            return False
        is_over = heading.number in self.parents | self.over or not heading.above
        return not (is_over or heading.is_context or self._stands_apart(heading))

    def _stands_apart(self, heading: Heading) -> bool:
        """Tell whether a heading stands beside the goals of its chapter, not below one."""
        chapter, *inner = heading.chain
        if chapter.number in self.goals:
            return not any(head.marker.family == "goal" for head in inner)
        return len(inner) == 1 and chapter.number in self.deep


def learn_shape(blocks: Sequence[Block]) -> Shape:
    """Return what the headings of a plan are.

    Parameters
    ----------
    blocks
        As `fold_lines` returns them.
    """
    headings = list({b.heading.number: b.heading for b in blocks if b.heading}.values())
    parents = frozenset(head.above[-1].number for head in headings if head.above)
    tables = frozenset(_numbers(blocks, lambda block: block.holds_table))
    return Shape(
        chapters=frozenset(holds_measures(headings)),
        parents=parents,
        over=frozenset(_find_over(blocks, headings, parents)) | tables,
        tables=tables,
        goals={
            head.above[0].number: len(head.above)
            for head in headings
            if head.above and head.marker.family == "goal"
        },
        deep=frozenset(head.above[0].number for head in headings if len(head.above) > 1),
    )


def _find_over(
    blocks: Sequence[Block], headings: Sequence[Heading], parents: frozenset[int]
) -> set[int]:
    """Return the headings below which lists or roles are the measures."""
    leaves = [
        head
        for head in headings
        if head.above and head.number not in parents and not head.is_context
    ]
    above_others = {_kind(head.above[-1]) for head in headings if len(head.above) > 1}
    with_roles = _numbers(blocks, lambda block: bool(block.role))
    shared = _mostly(leaves, with_roles)
    of_roles = {
        head.number
        for head in leaves
        if head.number in with_roles and _kind(head) in above_others | shared
    }
    # A heading with a text of its own is itself the measure, and a list only details it.
    with_text = _numbers(blocks, _has_text)
    of_lists = {
        head.number
        for head in leaves
        if head.number not in with_text or _kind(head) in above_others
    } & _numbers(blocks, lambda block: block.tells == "acts" and says_what_is_done(block.lines))
    return of_lists | of_roles


def _mostly(leaves: Sequence[Heading], with_roles: set[int]) -> set[Kind]:
    """Return the kinds of headings that nearly all share out roles."""
    times = Counter(_kind(head) for head in leaves)
    shared = Counter(_kind(head) for head in leaves if head.number in with_roles)
    return {
        kind
        for kind, found in shared.items()
        if times[kind] > 1 and found > NEARLY_ALL * times[kind]
    }


def _has_text(block: Block) -> bool:
    """Tell whether sentences stand right below a heading, before any label."""
    lines = block.running
    return bool(lines) and not (block.label or block.role or is_list(lines))


def _numbers(blocks: Sequence[Block], holds: Callable[[Block], bool]) -> set[int]:
    return {block.heading.number for block in blocks if block.heading and holds(block)}


def _kind(heading: Heading) -> Kind:
    return heading.chain[0].number, heading.marker
