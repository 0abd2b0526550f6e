"""Find room for the name of each district on a map: within it, over its border, or outside."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .spots import MARK_SHARE, Box, Spot
from .typesetting import measure

SIZES = (11.0, 10.0, 9.0, 8.0, 7.0, 6.5)
LEADER_SIZE = 8.0
_SMALL = 3  # from here on the sizes of names that may reach over a border
# How a name finds its place, tried in turn: the share of it that may lie over the border, or the
# longest line from outside the map, in points.
_ATTEMPTS = ((0.0, 0), (0.15, 0), (0.3, 0), (0.0, 40), (0.4, 0), (0.0, 200))
_DIRECTIONS = 48
_GRID = 20  # places tried in each direction


def place_names(spots: Sequence[Spot], shapes: np.ndarray, box: Box) -> tuple[Spot, ...]:
    """Return the spots with room for name and marks; no name touches another.

    Where nothing is free, a name stands small in the middle of its district.

    Parameters
    ----------
    spots
        Without places for their names.
    shapes
        The shape of each, in points.
    box
        What no name may leave.
    """
    bare = [
        replace(spot, middle=_heart(shape), size=SIZES[-1])
        for spot, shape in zip(spots, shapes, strict=True)
    ]
    whole = shapely.union_all(shapes).buffer(2)
    shapely.prepare(whole)
    placed: dict[int, Spot] = {}
    taken: list[BaseGeometry] = []
    for reach, longest in _ATTEMPTS:
        for number in [number for number in range(len(bare)) if number not in placed]:
            found = (
                _outside(bare[number], whole, box, (longest, taken))
                if longest
                else _inside(shapes[number], bare[number], reach, taken)
            )
            if found is not None:
                placed[number] = found
    return tuple(placed.get(number, spot) for number, spot in enumerate(bare))


def _heart(shape: BaseGeometry) -> tuple[float, float]:
    main = max(shapely.get_parts(shape), key=shapely.area)
    point = shapely.get_point(shapely.maximum_inscribed_circle(main, tolerance=0.5), 0)
    return float(point.x), float(point.y)


def _block(
    label: str, size: float, x: float | np.ndarray, y: float | np.ndarray
) -> BaseGeometry | np.ndarray:
    """Return the room of a name with its marks below, for one middle or an array of them."""
    half_width, half_height = measure(label) * size / 2, size * (1 + MARK_SHARE) / 2
    return shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)


def _inside(
    shape: BaseGeometry, spot: Spot, outside: float, taken: list[BaseGeometry]
) -> Spot | None:
    """Return a spot with its name where the shape has most room for it, as large as can be.

    No more than a share of the name may lie `outside`, and it may not touch what is `taken`.
    """
    main = max(shapely.get_parts(shape), key=shapely.area)
    left, top, right, bottom = main.bounds
    grid = np.meshgrid(np.linspace(left, right, _GRID), np.linspace(top, bottom, _GRID))
    x, y = (np.append(axis.ravel(), own) for axis, own in zip(grid, spot.middle, strict=True))
    shapely.prepare(main)
    for size in SIZES if not outside else SIZES[_SMALL:]:
        blocks = _block(spot.label, size, x, y)
        share, room = _share_within(main, blocks, outside)
        fits = share >= 1 - outside
        if taken and fits.any():
            fits[fits] = ~shapely.intersects(shapely.union_all(taken), blocks[fits])
        if fits.any():
            best = int(np.where(fits, share + room, -1.0).argmax())
            taken.append(blocks[best].buffer(0.3))
            return replace(spot, middle=(float(x[best]), float(y[best])), size=size)
    return None


def _share_within(
    shape: BaseGeometry, blocks: np.ndarray, outside: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return how much of each block lies in a shape, and how far those wholly within are from its edge."""
    if outside:
        return shapely.area(shapely.intersection(shape, blocks)) / shapely.area(blocks), np.zeros(
            len(blocks)
        )
    within = shapely.covers(shape, blocks)
    return within.astype(float), shapely.distance(shape.boundary, blocks)


def _outside(
    spot: Spot, whole: BaseGeometry, box: Box, limits: tuple[int, list[BaseGeometry]]
) -> Spot | None:
    """Return a spot with its name outside the map and a line to it, clear of what is taken."""
    longest, taken = limits
    room = shapely.box(box.left, box.top, box.right, box.bottom)
    half = LEADER_SIZE * (1 + MARK_SHARE) / 2
    for x, y in _around(spot.middle, longest):
        block = _block(spot.label, LEADER_SIZE, x, y)
        if not room.covers(block) or whole.intersects(block):
            continue
        end = x, y + math.copysign(half, spot.middle[1] - y)
        both = shapely.union(block, shapely.LineString([spot.middle, end]))
        if not shapely.intersects(taken, both).any():
            taken.append(both.buffer(1))
            return replace(spot, middle=(x, y), size=LEADER_SIZE, leader=(spot.middle, end))
    return None


def _around(point: tuple[float, float], longest: int) -> Iterator[tuple[float, float]]:
    """Yield points round a point, the near ones first."""
    for radius in range(10, longest, 4):
        for step in range(_DIRECTIONS):
            angle = step * math.tau / _DIRECTIONS
            yield point[0] + radius * math.sin(angle), point[1] + radius * math.cos(angle)
