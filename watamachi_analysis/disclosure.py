"""Tell which shown numbers give a hidden one away, and hide until none does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from .bounds import Place, raises_a_floor


@dataclass(frozen=True)
class Union:
    """Parts under a total that is shown too: a statement may be in two parts, and is in one.

    Attributes
    ----------
    parts
        Positions of the cells, such as the issues of a district.
    total
        Position of the cell that counts what is in any of them.
    """

    parts: tuple[int, ...]
    total: int

    def tells(self, _: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether the total and the other parts give one part away."""
        return not hidden[self.total] and sum(hidden[part] for part in self.parts) == 1


@dataclass(frozen=True)
class Sum:
    """Cells that add up to a number which is known, or may become so.

    Attributes
    ----------
    parts
        Positions of the cells, such as the districts of an issue.
    most
        The most that each can be, such as the statements of the district.
    least
        What a count needs to be shown.
    places
        Where cells stand among others, which tells what they can be at least and at most.
    """

    parts: tuple[int, ...]
    most: tuple[float, ...]
    least: int
    places: Mapping[int, Place[int]] = field(default_factory=dict)

    def tells(self, values: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether what the shown cells leave of the sum gives hidden cells away."""
        spans = [
            (values[part], *_span(self.places.get(part, Place[int]()), most, values, hidden))
            for part, most in zip(self.parts, self.most, strict=True)
            if hidden[part]
        ]
        left = [(value, low, high) for value, low, high in spans if low < high]
        rest = sum(value for value, _, _ in left)
        most = sum(high for _, _, high in left)
        return _leaves_too_little(rest, [low for _, low, _ in left], self.least) or 0 < most <= rest


@dataclass(frozen=True)
class Link:
    """Cells that hold the same voices as numbers which are out already, and what came since.

    Attributes
    ----------
    parts
        Positions of the cells.
    then
        The numbers that are out; None where one was hidden.
    most, most_then
        The most that each of them can be.
    floor_then
        The least that each of those that are out can be, where one was hidden.
    said_then
        The statements behind each of those that are out.
    least
        What a count needs to be shown.
    places
        Where cells stand among others, which tells what they can be at least and at most.
    """

    parts: tuple[int, ...]
    then: tuple[int | None, ...]
    most: tuple[float, ...]
    most_then: tuple[float, ...]
    floor_then: tuple[float, ...]
    said_then: tuple[float, ...]
    least: int
    places: Mapping[int, Place[int]] = field(default_factory=dict)

    def tells(self, values: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether the cells and the numbers, taken from one another, leave too little."""
        ours = [
            _span(self.places.get(part, Place[int]()), most, values, hidden)
            if hidden[part]
            else (values[part], values[part])
            for part, most in zip(self.parts, self.most, strict=True)
        ]
        theirs = [
            (low, most) if value is None else (value, value)
            for value, low, most in zip(self.then, self.floor_then, self.most_then, strict=True)
        ]
        unknown, withheld = (
            [(low, high) for low, high in side if low < high] for side in (ours, theirs)
        )
        rest = abs(_known(ours) - _known(theirs))
        if not unknown and not withheld:
            return 0 < rest < self.least
        if unknown and withheld:
            return False
        left = [*unknown, *withheld]
        if raises_a_floor(rest - (self._since() if withheld else 0), left):
            return True
        is_one_place = len(self.parts) == len(self.then) == 1
        return not is_one_place and _leaves_too_little(rest, [low for low, _ in left], self.least)

    def _since(self) -> float:
        """Return how much the numbers can have grown since the others came out."""
        known = sum(self.said_then)
        return max(0.0, sum(self.most) - known) if known < inf else 0.0


@dataclass(frozen=True)
class Growth:
    """Cells whose sum is known now, each of which was known before.

    Attributes
    ----------
    then
        Position of a cell → the number that is out; None where it was hidden.
    least
        What a count needs to be shown.
    """

    then: Mapping[int, int | None]
    least: int

    @property
    def parts(self) -> tuple[int, ...]:
        """Return the positions of the cells."""
        return tuple(self.then)

    def tells(self, values: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether the hidden cells together have changed by a small number."""
        left = [part for part in self.then if hidden[part]]
        known = [value for part in left if (value := self.then[part]) is not None]
        change = abs(sum(values[part] for part in left) - sum(known))
        return len(known) == len(left) and 0 < change < self.least


@dataclass(frozen=True)
class Lone:
    """Groups of one district under its total, none of which may be the only one to hide something.

    Attributes
    ----------
    groups
        Positions of the cells.
    open
        Those that hold a hidden part, which is not told by the shown ones.
    """

    groups: tuple[int, ...]
    open: tuple[int, ...]

    @property
    def parts(self) -> tuple[int, ...]:
        """Return what can be hidden beside: one more that is open, else all."""
        return self.open if len(self.open) > 1 else self.groups

    def tells(self, _: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether the total and the other groups give one group away."""
        return sum(hidden[group] for group in self.open) == 1


Rule = Union | Sum | Link | Growth | Lone


def _leaves_too_little(rest: float, floors: Sequence[float], least: int) -> bool:
    """Tell whether hidden cells, of which the least is known, can be told from their sum.

    One can, so can those that hold no more than they must; and a sum below what a count needs
    is one itself.
    """
    return len(floors) == 1 or (len(floors) > 1 and (rest < least or rest <= sum(floors)))


def _span(
    place: Place[int], most: float, values: Sequence[int], hidden: Sequence[bool]
) -> tuple[float, float]:
    return place.span(lambda number: None if hidden[number] else values[number], most)


def _known(spans: Sequence[tuple[float, float]]) -> float:
    return sum(low for low, high in spans if low == high)


def hide_until_safe(
    values: Sequence[int],
    small: Sequence[bool],
    rules: Sequence[Rule],
    rank: Sequence[tuple[bool, int]],
) -> list[bool]:
    """Hide the shown cell of lowest rank in a rule that tells something, until none does.

    Where a rule has no cell left to hide it stays: the sum it speaks of must not be published.

    Parameters
    ----------
    values
        The true numbers, 0 or more; 0 is always shown.
    small
        Which are hidden anyway.
    rules
        What can be worked out from what.
    rank
        The lowest is hidden first; of equals the first.

    Returns
    -------
    list of bool
        Which numbers are hidden.

    Examples
    --------
    >>> hide_until_safe([2, 4, 9, 0], [True, False, False, False], [Sum((0, 1, 2), (9, 9, 9), 3)], [(True, 2), (True, 4), (True, 9), (True, 0)])
    [True, True, False, False]
    """
    hidden = list(small)
    is_safe = False
    while not is_safe:
        is_safe = True
        for rule in rules:
            while rule.tells(values, hidden):
                choices = [n for n in rule.parts if not hidden[n] and values[n] > 0]
                if not choices and isinstance(rule, Union):
                    choices = [rule.total]
                if not choices:
                    break
                hidden[min(choices, key=lambda n: (rank[n], n))] = True
                is_safe = False
    return hidden
