"""Read the small areas (町丁字) of the census: their names, people, and where they lie."""

import geopandas as gpd
import pandas as pd

from .errors import Problem
from .shapes import Features

SMALL_AREA_COLUMNS = [
    "small_area", "municipality", "name", "population", "households", "area_km2", "lat", "lng",
]  # fmt: skip
KEY = "KEY_CODE"
_HOLE, _WATER = "D1", "8154"  # KIGO_D of another prefecture's land inside; HCODE of a water area
_NUMBERS = {"JINKO": "population", "SETAI": "households", "AREA": "area_km2"}


def has_small_areas(features: Features) -> bool:
    """Tell whether features are small areas of the census (e-Stat)."""
    return KEY in features.table.columns


def list_small_areas(
    features: Features, prefecture: str
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Return one row per small area of a prefecture.

    Parameters
    ----------
    features
        As `read_features` returns them for e-Stat's `r2ka*.shp`, or its `.dbf` alone.
    prefecture
        Its code, two digits.

    Returns
    -------
    small_areas : pandas.DataFrame
        In code order: `small_area` (9 or 11 digits), `municipality` (5 digits), `name` ('' where
        the census has none), `population`, `households`, `area_km2`, `lat`, `lng` (a point of
        its most populous part, degrees); a GeoDataFrame where the file has shapes.
    notes : tuple of Problem
        What was put together and what was left out: every row is accounted for.
    """
    table = features.table
    hole = table["KIGO_D"].eq(_HOLE) | table["PREF"].ne(prefecture)
    water = ~hole & table["HCODE"].astype(str).eq(_WATER)
    kept = table[~hole & ~water]
    areas = _put_together(kept)
    notes = _notes(
        table, {"ほかの都道府県の土地": int(hole.sum()), "水面": int(water.sum())}, len(areas)
    )
    return areas, (*features.notes, *notes)


def _put_together(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one row per code: one area may lie in several pieces, its people all in one."""
    numbers = (
        table[list(_NUMBERS)]
        .apply(pd.to_numeric, errors="coerce")
        .set_axis(list(_NUMBERS.values()), axis=1)
    )
    whole = pd.DataFrame(
        {
            "small_area": table[KEY].astype(str),
            "municipality": table["PREF"].astype(str) + table["CITY"].astype(str),
            "name": table["S_NAME"].where(table["S_NAME"].notna(), "").astype(str).str.strip(),
            **numbers.assign(area_km2=numbers["area_km2"] / 1e6),
            "lat": pd.to_numeric(table["Y_CODE"]),
            "lng": pd.to_numeric(table["X_CODE"]),
        }
    ).sort_values(["small_area", "population", "area_km2"], ascending=[True, False, False])
    grouped = whole.groupby("small_area", sort=True)
    sums = grouped[["population", "households", "area_km2"]].sum()
    areas = grouped[["municipality", "name", "lat", "lng"]].first().join(sums)
    areas = areas.astype({"population": "Int64", "households": "Int64"}).reset_index()
    areas = areas[SMALL_AREA_COLUMNS]
    if table.geometry.isna().all():
        return areas
    shapes = table.dissolve(table[KEY].astype(str)).geometry
    drawn: pd.DataFrame = gpd.GeoDataFrame(
        areas, geometry=areas["small_area"].map(shapes), crs=table.crs
    )
    return drawn


def _notes(table: pd.DataFrame, left: dict[str, int], areas: int) -> tuple[Problem, ...]:
    file = "・".join(dict.fromkeys(table["file"]))
    out = "、".join(f"{what}{number}個" for what, number in left.items() if number)
    together = len(table) - sum(left.values()) - areas
    said = [
        f"町丁字{areas}（形{len(table)}個のうち、同じ町丁字の飛び地など{together}個はまとめました）"
    ]
    said += [f"使わなかった形: {out}"] if out else []
    return (Problem(file, "", "。".join(said), "そのままで使えます", "info"),)
