"""Give areas their people and shapes, and read a scheme that comes as shapes."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from .boundaries import EQUAL_AREA, TOLERANCE_DEGREES, find_containing, find_label_point, find_name
from .errors import InputError, Problem
from .schemes import PART_COLUMNS, Scheme, add_cities, move
from .shapes import Features

_SLIVER = 0.01  # of a municipality: less is how two files draw one border


@dataclass(frozen=True)
class Ground:
    """What areas are put together from.

    Attributes
    ----------
    municipalities
        As `load_districts` returns them, with wards.
    small_areas
        As `list_small_areas` returns them; empty where the survey has none.
    """

    municipalities: pd.DataFrame
    small_areas: pd.DataFrame


def add_people(
    areas: pd.DataFrame, parts: pd.DataFrame, municipalities: pd.DataFrame
) -> pd.DataFrame:
    """Return the areas with the people and households that live in them, as far as known.

    Parameters
    ----------
    areas
        One row per `district`, with `row` and `col`.
    parts
        As `Scheme` has them; split municipalities count by their weights, rounded.
    municipalities
        Whose figures they are.
    """
    figures = ["population", "households"]
    moved = move(municipalities[["district", *figures]], Scheme("", areas, parts), figures)
    known = moved.set_index("district").reindex(areas["district"]).reset_index(drop=True)
    people = known[figures].astype("Float64").round().astype("Int64")
    last = [*figures, "row", "col", "lat", "lng"]
    table = areas.assign(**people, lat=np.nan, lng=np.nan)
    return table[[*(name for name in areas.columns if name not in last), *last]]


def add_shapes(areas: pd.DataFrame, parts: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Return the areas with their shapes; as they are where not every part has one.

    Parameters
    ----------
    areas
        One row per `district`.
    parts
        As `Scheme` has them.
    ground
        Whose shapes are put together: municipalities, or small areas if one is split.
    """
    is_small = parts["unit"].str.len() > 5
    split = parts["weight"].lt(1.0) & parts["unit"].isin(ground.municipalities["district"])
    pieces = ground.small_areas if is_small.any() else ground.municipalities
    if not isinstance(pieces, gpd.GeoDataFrame) or (split.any() and not is_small.any()):
        return areas
    lies_in = parts[parts["weight"].eq(1.0)].set_index("unit")["district"]
    if is_small.any():
        own = pieces["small_area"].map(lies_in)
        area = own.where(own.notna(), pieces["municipality"].map(lies_in))
    else:
        area = pieces["district"].map(lies_in)
    shapes = gpd.GeoDataFrame({"district": area}, geometry=pieces.geometry).dissolve("district")
    if not set(areas["district"]) <= set(shapes.index):
        return areas
    tolerance = TOLERANCE_DEGREES if is_small.any() else 0.0  # municipalities are simple already
    drawn: pd.DataFrame = draw_areas(areas, shapes.geometry, tolerance)
    return drawn


def draw_areas(areas: pd.DataFrame, shapes: gpd.GeoSeries, tolerance: float) -> gpd.GeoDataFrame:
    """Return the areas with shapes, simplified together, and where their names fit best.

    Parameters
    ----------
    areas
        One row per `district`.
    shapes
        Indexed by district, in degrees.
    tolerance
        As for `load_districts`.
    """
    own = shapes.reindex(areas["district"])
    size = own.to_crs(EQUAL_AREA).area.to_numpy() / 1e6
    drawn = own.simplify_coverage(tolerance) if tolerance else own
    labels = drawn.map(find_label_point)
    return gpd.GeoDataFrame(
        areas.assign(
            area_km2=size,
            label_lat=[point.y for point in labels],
            label_lng=[point.x for point in labels],
        ),
        geometry=drawn.to_numpy(),
        crs=shapes.crs,
    )


def scheme_of_shapes(features: Features, name: str, ground: Ground) -> Scheme:
    """Return the scheme whose areas are named shapes, such as school areas.

    A municipality lies in an area by the people of its small areas whose middle does, or, where
    the survey has none, by the land that both share.

    Parameters
    ----------
    features
        As `read_features` returns them, with a column of names.
    name
        Of the scheme.
    ground
        What the areas are laid over.

    Raises
    ------
    InputError
        If a shape has no name, or there is nothing to lay the shapes over.
    """
    table = features.table[features.table.geometry.notna()]
    names = [find_name(row) for row in table.to_dict("records")]
    file = str(table["file"].iloc[0]) if len(table) else name
    if not names or not all(names):
        mend = "「名称」か「name」の列に地区の名前を入れてください"
        raise InputError(Problem(file, "", "名前のない地区があります", mend))
    shapes = table.assign(area=names).dissolve("area", sort=False).geometry
    codes = {area: f"A{number:02d}" for number, area in enumerate(shapes.index, 1)}
    shapes = shapes.set_axis([codes[area] for area in shapes.index]).rename_axis("district")
    parts = add_cities(_parts_of_shapes(shapes, ground, file), ground.municipalities)
    areas = pd.DataFrame(
        {
            "district": list(codes.values()),
            "name": list(codes),
            "kana": "",
            "short": [area[:4] for area in codes],
            **dict.fromkeys(("county", "area", "parent"), ""),
            **dict.fromkeys(("row", "col"), pd.array([pd.NA] * len(codes), dtype="Int64")),
        }
    )
    people = add_people(areas, parts, ground.municipalities)
    return Scheme(name, draw_areas(people, shapes, TOLERANCE_DEGREES), parts)


def _parts_of_shapes(shapes: gpd.GeoSeries, ground: Ground, file: str) -> pd.DataFrame:
    laid = gpd.GeoDataFrame({"district": shapes.index}, geometry=shapes.to_numpy(), crs=shapes.crs)
    if len(ground.small_areas):
        return _by_people(laid, ground.small_areas)
    if isinstance(ground.municipalities, gpd.GeoDataFrame):
        return _by_land(laid, ground.municipalities)
    mend = "市町村の境界データ（N03）か国勢調査の小地域（r2ka）も boundaries に入れてください"
    raise InputError(Problem(file, "", "市区町村とのつながりが分かりません", mend))


def _by_people(areas: gpd.GeoDataFrame, small_areas: pd.DataFrame) -> pd.DataFrame:
    small = pd.DataFrame(small_areas[["small_area", "municipality", "population", "lat", "lng"]])
    small["district"] = find_containing(small["lat"], small["lng"], areas)
    units = small.rename(columns={"small_area": "unit"}).assign(weight=1.0, basis="whole")
    people = small.assign(people=small["population"].astype(float))
    sums = people.groupby(["municipality", "district"], dropna=False)["people"].sum().reset_index()
    total = sums.groupby("municipality")["people"].transform("sum")
    towns = sums.assign(unit=sums["municipality"], weight=sums["people"] / total)
    return pd.concat([units[PART_COLUMNS], _with_basis(towns, "population")], ignore_index=True)


def _by_land(areas: gpd.GeoDataFrame, municipalities: gpd.GeoDataFrame) -> pd.DataFrame:
    towns = municipalities[["district", "geometry"]].rename(columns={"district": "unit"})
    towns = towns.to_crs(EQUAL_AREA)
    shared = gpd.overlay(towns, areas.to_crs(EQUAL_AREA), how="intersection", keep_geom_type=True)
    whole = towns.set_index("unit").area
    land = pd.DataFrame(shared[["unit", "district"]]).assign(land=shared.area)
    land["weight"] = land["land"] / land["unit"].map(whole)
    land = land[land["weight"] > _SLIVER]
    covered = land.groupby("unit")["weight"].sum().reindex(whole.index, fill_value=0.0)
    full = covered > 1 - _SLIVER
    land["weight"] = land["weight"] / land["unit"].map(covered.where(full, 1.0))
    outside = (1 - covered)[~full].rename("weight").rename_axis("unit").reset_index()
    every = pd.concat([land, outside.assign(district=None)], ignore_index=True)
    return _with_basis(every.assign(municipality=every["unit"]), "area")


def _with_basis(towns: pd.DataFrame, basis: str) -> pd.DataFrame:
    whole = towns["weight"].gt(1 - 1e-9)
    told = towns.assign(basis=whole.map({True: "whole", False: basis}))
    told["weight"] = told["weight"].where(~whole, 1.0)
    return told.sort_values(["unit", "district"])[PART_COLUMNS].astype({"district": object})
