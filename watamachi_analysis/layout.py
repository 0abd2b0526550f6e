"""Lay the districts out on a sheet: where each shape, its name and its marks go, in points."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from .labels import place_names
from .spots import Box, CityLine, Layout, Spot
from .typesetting import measure, shorten

STEP, SIDE, LEAST_PER_ROW, WIDE = 56, 52, 12, 1.6  # the tile grid, as on the page
_OUTER = 20.0  # free space round the map, for names that find no room in it


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
    shaped = _lay_map(drawn, above) if len(drawn) else ()
    spots = {spot.district: spot for spot in (*shaped, *tiles)}
    return Layout(tuple(spots[code] for code in districts["district"]))


# ---- map ----


def _lay_map(districts: gpd.GeoDataFrame, box: Box) -> tuple[Spot, ...]:
    shapes = _project(districts.geometry.to_numpy(), box)
    spots = [
        Spot(
            district=code,
            box=Box(left, top, right - left, bottom - top),
            rings=tuple(_rings(shape)),
            label=shorten(name),
        )
        for code, name, shape, (left, top, right, bottom) in zip(
            districts["district"], districts["short"], shapes, shapely.bounds(shapes), strict=True
        )
    ]
    return place_names(spots, shapes, box)


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
    per_row = max(LEAST_PER_ROW, math.ceil(math.sqrt(WIDE * (~known).sum())))
    loose = 0
    for code, row, column, placed in zip(
        districts["district"], districts["row"], districts["col"], known, strict=True
    ):
        if placed:
            yield code, (float(column), float(row))
        else:
            yield code, (float(loose % per_row), below + loose // per_row)
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
