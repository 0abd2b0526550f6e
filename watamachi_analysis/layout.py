"""Lay the districts out on a sheet: where each shape, its name and its marks go, in points."""

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

STEP, SIDE, PER_ROW = 56, 52, 12  # the tile grid, as on the page
NAME_SIZES = (11.0, 10.0, 9.0, 8.0, 7.0, 6.5)
LEADER_SIZE = 8.0
LONGEST = 5  # letters of a name on a tile or a map
MARK_SHARE = 0.75  # a name with its marks below is so much higher than the name alone
_SMALL = 3  # from here on the sizes of names that may reach over a border
# How a name finds its place, tried in turn: the share of it that may lie over the border, or the
# longest line from outside the map, in points.
_ATTEMPTS = ((0.0, 0), (0.15, 0), (0.3, 0), (0.0, 40), (0.4, 0), (0.0, 200))
_OUTER = 20.0  # free space round the map, for names that find no room in it
_DIRECTIONS = 48
_GRID = 20  # places tried in each direction


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
    middle: tuple[float, float]
    size: float
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


def lay_out(districts: pd.DataFrame, box: Box) -> Layout:
    """Return where each district goes within a box: its shape, or a tile where it has none.

    Parameters
    ----------
    districts
        As `load_districts` returns them.
    box
        The room there is.

    Examples
    --------
    >>> table = pd.DataFrame({"district": ["1"], "short": ["所沢"], "area": "", "row": 0, "col": 0})
    >>> spot = lay_out(table, Box(0, 0, 56, 56)).spots[0]
    >>> spot.label, spot.box
    ('所沢', Box(left=2.0, top=2.0, width=52.0, height=52.0))
    """
    if not isinstance(districts, gpd.GeoDataFrame):
        return _lay_tiles(districts, box)
    drawn = districts[districts.geometry.notna() & ~districts.geometry.is_empty]
    bare = pd.DataFrame(districts[~districts["district"].isin(drawn["district"])])
    if bare.empty:
        return Layout(_lay_map(drawn, box))
    strip = Box(box.left, box.bottom - box.height * 0.12, box.width, box.height * 0.12)
    unplaced = bare.assign(row=None, col=None, area="")
    tiles = _lay_tiles(unplaced, strip).spots
    above = replace(box, height=box.height * 0.86)
    spots = (
        {spot.district: spot for spot in (*_lay_map(drawn, above), *tiles)} if len(drawn) else {}
    )
    return Layout(tuple(spots[code] for code in districts["district"]))


def shorten(name: str) -> str:
    """Return a name that fits a tile.

    Examples
    --------
    >>> shorten("さいたま"), shorten("とても長い名前の地区")
    ('さいたま', 'とても長…')
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def measure(text: str) -> float:
    """Return how wide a text is, in heights of a letter.

    Examples
    --------
    >>> measure("所沢"), round(measure("ab"), 2)
    (2.0, 1.2)
    """
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.6 for c in text)


# ---- map ----


def _lay_map(districts: gpd.GeoDataFrame, box: Box) -> tuple[Spot, ...]:
    shapes = _project(districts.geometry.to_numpy(), box)
    bounds = shapely.bounds(shapes)
    spots: dict[str, Spot] = {}
    taken: list[BaseGeometry] = []
    bare = {
        code: Spot(
            district=code,
            box=Box(left, top, right - left, bottom - top),
            rings=tuple(_rings(shape)),
            label=shorten(name),
            middle=_heart(shape),
            size=NAME_SIZES[-1],
        )
        for code, name, shape, (left, top, right, bottom) in zip(
            districts["district"], districts["short"], shapes, bounds, strict=True
        )
    }
    shape_of = dict(zip(bare, shapes, strict=True))
    whole = shapely.union_all(shapes).buffer(2)
    shapely.prepare(whole)
    for reach, longest in _ATTEMPTS:
        for code in [code for code in bare if code not in spots]:
            found = (
                _outside(bare[code], whole, box, (longest, taken))
                if longest
                else _inside(shape_of[code], bare[code], reach, taken)
            )
            if found is not None:
                spots[code] = found
    return tuple(spots.get(code, spot) for code, spot in bare.items())


def _project(shapes: np.ndarray, box: Box) -> np.ndarray:
    """Return shapes in degrees as shapes in points that fill the box."""
    west, south, east, north = shapely.total_bounds(shapes)
    squeeze = math.cos(math.radians((south + north) / 2))
    outer = min(_OUTER, box.height / 8)
    width, height = box.width - 2 * outer, box.height - 2 * outer
    scale = min(width / ((east - west) * squeeze), height / (north - south))
    x, y = box.middle
    middle = np.array([(west + east) / 2, (south + north) / 2])
    factor = np.array([squeeze * scale, -scale])
    placed = shapely.transform(
        shapes, lambda xy: ((xy - middle) * factor + np.array([x, y])).round(2)
    )
    return np.asarray(placed)


def _rings(shape: BaseGeometry) -> Iterator[np.ndarray]:
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon):
            yield from (shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors))


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
    for size in NAME_SIZES if not outside else NAME_SIZES[_SMALL:]:
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


# ---- tiles ----


def _lay_tiles(districts: pd.DataFrame, box: Box) -> Layout:
    cells = dict(_cells(districts))
    columns, rows = [value for value, _ in cells.values()], [value for _, value in cells.values()]
    wide, high = max(columns, default=0) - min(columns, default=0) + 1, max(rows, default=0) + 1
    scale = min(box.width / (wide * STEP), box.height / (high * STEP), 1.25)
    step, side = STEP * scale, SIDE * scale
    left = box.middle[0] - (wide / 2 + min(columns, default=0)) * step
    top = box.middle[1] - high * step / 2
    gap = (step - side) / 2
    spots = []
    for code, short in zip(districts["district"], districts["short"], strict=True):
        column, row = cells[code]
        tile = Box(left + column * step + gap, top + row * step + gap, side, side)
        label = shorten(short)
        size = min(side * 0.33, (side - 4 * scale) / max(measure(label), 1))
        x, y = tile.middle
        spots.append(Spot(code, tile, (), label, (x, y + side * 0.03), size))
    corner = Box(left, top, step, step)
    return Layout(tuple(spots), tuple(_city_lines(districts, cells, corner)))


def _cells(districts: pd.DataFrame) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield column and row of each district; those without a tile go below the others."""
    known = districts["row"].notna() & districts["col"].notna()
    below = float(districts.loc[known, "row"].max()) + 1.4 if known.any() else 0.0
    loose = 0
    for code, row, column, placed in zip(
        districts["district"], districts["row"], districts["col"], known, strict=True
    ):
        if placed:
            yield code, (float(column), float(row))
        else:
            yield code, (float(loose % PER_ROW), below + loose // PER_ROW)
            loose += 1


def _city_lines(
    districts: pd.DataFrame, cells: dict[str, tuple[float, float]], corner: Box
) -> Iterator[CityLine]:
    """Yield the line round the tiles of each city: ward names such as 西 say little alone."""
    step = corner.width
    wards = districts[districts["area"].ne("") & districts["row"].notna()]
    for name, rows in wards.groupby("area", sort=False):
        inside = {cells[code] for code in rows["district"]}
        edges = tuple(
            (
                (corner.left + x * step, corner.top + y * step),
                (corner.left + u * step, corner.top + v * step),
            )
            for x, y, u, v in _edges(inside)
        )
        first = min(inside, key=lambda cell: (cell[1], cell[0]))
        width, height = (measure(str(name)) * 12.5 + 8) * step / STEP, 16 * step / STEP
        middle, top = corner.left + (first[0] + 0.5) * step, corner.top + first[1] * step
        plate = Box(middle - width / 2, top - height * 0.4, width, height)
        yield CityLine(str(name), edges, plate)


def _edges(cells: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float, float, float]]:
    inside = set(cells)
    for x, y in sorted(inside):
        sides = {
            (x - 1, y): (x, y, x, y + 1),
            (x + 1, y): (x + 1, y, x + 1, y + 1),
            (x, y - 1): (x, y, x + 1, y),
            (x, y + 1): (x, y + 1, x + 1, y + 1),
        }
        yield from (edge for neighbour, edge in sides.items() if neighbour not in inside)
