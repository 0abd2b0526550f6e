"""Say what a hidden count can be at least and at most, by what is shown beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")


def raises_a_floor(rest: float, spans: Sequence[tuple[float, float]]) -> bool:
    """Tell whether one of some hidden cells must be more than was known, from what they add up to.

    What bounds it above elsewhere may then tell it, so that much is too much already.

    Parameters
    ----------
    rest
        The least that they add up to.
    spans
        The least and the most that each was known to be.

    Examples
    --------
    >>> raises_a_floor(10, [(1, 7), (1, 8)]), raises_a_floor(10, [(1, 20), (1, 20)])
    (True, False)
    """
    highs = [high for _, high in spans]
    return any(
        rest - sum(highs[:n]) - sum(highs[n + 1 :]) > low for n, (low, _) in enumerate(spans)
    )


@dataclass(frozen=True)
class Place(Generic[Key]):
    """Where a cell stands among those that count some of the same voices.

    Attributes
    ----------
    below
        The cells of which it counts any; empty where it counts one thing.
    total
        The cell that counts it and others; None where there is none.
    beside
        The cells that hold, with it, all of the total.
    """

    below: tuple[Key, ...] = ()
    total: Key | None = None
    beside: tuple[Key, ...] = ()

    def span(self, shown: Callable[[Key], int | None], most: float) -> tuple[float, float]:
        """Return the least and the most that the cell can be where it is hidden.

        Parameters
        ----------
        shown
            A cell → its number as it is shown; None where it is hidden.
        most
            The most that it can be, such as the statements of its district.

        Examples
        --------
        >>> Place(below=(0, 1)).span([6, 0].__getitem__, 9)
        (6, 6)
        >>> Place(total=0, beside=(1,)).span([7, 3].__getitem__, 9)
        (4, 7)
        """
        parts = [shown(part) for part in self.below]
        total = None if self.total is None else shown(self.total)
        low = max([1.0, *(part for part in parts if part is not None)])
        high = min(most, _at_most(parts, most)) if parts else most
        if total is not None:
            low = max(low, total - _at_most([shown(part) for part in self.beside], most))
            high = min(high, total)
        return low, max(low, high)


def _at_most(shown: Sequence[int | None], most: float) -> float:
    """Return the most that cells can be together, a hidden one no more than `most`."""
    return sum(most if number is None else number for number in shown)
