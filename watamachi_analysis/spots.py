"""Hold where each district goes on a sheet, in points from its upper left corner."""

from dataclasses import dataclass

import numpy as np

MARK_SHARE = 0.75  # a name with its marks below is so much higher than the name alone


@dataclass(frozen=True)
class Box:
    """A rectangle in points; `top` is counted downward from the upper edge of the sheet."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Return the point in the middle."""
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass(frozen=True)
class Spot:
    """Where a district goes.

    Attributes
    ----------
    district
        Its code.
    box
        What it fills: the tile itself, or what surrounds the shape.
    rings
        The outlines of its shape, points × 2; none for a tile.
    label
        Its name, shortened to fit.
    middle, size
        Where the middle of name and marks is, and the height of a letter.
    leader
        The line from a name that stands outside to its district, or None.
    """

    district: str
    box: Box
    rings: tuple[np.ndarray, ...]
    label: str
    middle: tuple[float, float] = (0.0, 0.0)
    size: float = 0.0
    leader: tuple[tuple[float, float], tuple[float, float]] | None = None

    @property
    def name_middle(self) -> tuple[float, float]:
        """Return where the middle of the name is: above that of name and marks."""
        return self.middle[0], self.middle[1] - self.size * MARK_SHARE / 2

    @property
    def marks_middle(self) -> tuple[float, float]:
        """Return where the middle of the marks is."""
        return self.middle[0], self.middle[1] + self.size * 0.62


@dataclass(frozen=True)
class CityLine:
    """The line round the tiles of one city, and where its name stands."""

    name: str
    edges: tuple[tuple[tuple[float, float], tuple[float, float]], ...]
    plate: Box


@dataclass(frozen=True)
class Layout:
    """All districts on a sheet, and the lines round the wards of a city."""

    spots: tuple[Spot, ...]
    cities: tuple[CityLine, ...] = ()
