"""Tell which shown numbers give a hidden one away, and hide until none does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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
    least
        What a count needs to be shown.
    """

    parts: tuple[int, ...]
    least: int

    def tells(self, values: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether what the shown cells leave of the sum gives hidden cells away."""
        left = [values[part] for part in self.parts if hidden[part]]
        return _leaves_too_little(sum(left), len(left), self.least)


@dataclass(frozen=True)
class Link:
    """Cells that hold the same voices as numbers which are out already, and what came since.

    Attributes
    ----------
    parts
        Positions of the cells.
    then
        The numbers that are out; None where one was hidden.
    least
        What a count needs to be shown.
    """

    parts: tuple[int, ...]
    then: tuple[int | None, ...]
    least: int

    def tells(self, values: Sequence[int], hidden: Sequence[bool]) -> bool:
        """Tell whether the cells and the numbers, taken from one another, leave too little."""
        ours = [values[part] for part in self.parts if not hidden[part]]
        theirs = [value for value in self.then if value is not None]
        unknown, withheld = len(self.parts) - len(ours), len(self.then) - len(theirs)
        rest = abs(sum(ours) - sum(theirs))
        if not unknown and not withheld:
            return 0 < rest < self.least
        if (unknown and withheld) or len(self.parts) == len(self.then) == 1:
            return False
        return _leaves_too_little(rest, unknown + withheld, self.least)


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


Rule = Union | Sum | Link | Growth


def _leaves_too_little(rest: int, hidden: int, least: int) -> bool:
    """Tell whether hidden cells, each 1 or more, can be told from what they add up to.

    One can, so can those that hold one each; and a sum below what a count needs is one itself.
    """
    return hidden == 1 or (hidden > 1 and (rest < least or rest <= hidden))


def hide_until_safe(
    values: Sequence[int], small: Sequence[bool], rules: Sequence[Rule], rank: Sequence[object]
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
        What is hidden first, of any kind that can be compared.

    Returns
    -------
    list of bool
        Which numbers are hidden.

    Examples
    --------
    >>> hide_until_safe([2, 4, 9, 0], [True, False, False, False], [Sum((0, 1, 2, 3), 3)], [0] * 4)
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
                hidden[min(choices, key=lambda n: (rank[n], n))] = True  # type: ignore[arg-type,return-value]
                is_safe = False
    return hidden
