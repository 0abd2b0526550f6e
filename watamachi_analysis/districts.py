"""Know the districts: names, tiles, boundaries, and what each written name means."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from .bundled import resource_table
from .errors import InputError, Problem
from .read import read_boundaries
from .text import fold

SCHEMES = ("municipality",)
TOLERANCE_DEGREES = 0.0015
DECIMALS = 5
JGD2011 = "EPSG:6668"
EQUAL_AREA = "EPSG:6933"
SOURCE = "「国土数値情報（行政区域データ）」（国土交通省）"
CREDIT = f"{SOURCE}を加工して作成"

# Small ke in all its spellings, and old forms of characters: one character each, so places stay.
SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("ヶヵケカガが", "ケ"),
        **dict(zip("澤嶋嶌澁濱邊淺", "沢島島渋浜辺浅", strict=True)),
    }
)


def load_districts(path: Path | str | None = None, scheme: str = "municipality") -> pd.DataFrame:
    """Return the 72 districts of Saitama: 62 municipalities and the ten wards of さいたま市.

    Parameters
    ----------
    path
        An official N03 boundary file (GeoJSON, shapefile or zip), or None.
    scheme
        The kind of district; `municipality` only.

    Returns
    -------
    pandas.DataFrame
        One row per `district` (5-digit code), in code order: `name`, `kana`, `short` (the
        tile's label), `area` and `parent` (the city of a ward), `population` and `households`
        (census 2020-10-01), `row`, `col` (tile), `lat`, `lng` (its office, degrees), and with
        boundaries a GeoDataFrame whose `geometry` is in degrees (JGD2011), simplified as a
        coverage so that no border tears; `area_km2` is measured before that, and `label_lat`,
        `label_lng` is where a name fits best.

    Raises
    ------
    InputError
        If the boundary file is no N03 file, or lacks some of the districts.
    ValueError
        If the scheme is unknown.

    Examples
    --------
    >>> districts = load_districts()
    >>> len(districts), districts.loc[districts["name"] == "所沢市", "district"].item()
    (72, '11208')
    """
    if scheme not in SCHEMES:
        raise ValueError(f"地区の種類「{scheme}」は使えません（使えるもの: {'・'.join(SCHEMES)}）")
    table = _bundled()
    if path is None:
        return table
    shapes = _dissolve(read_boundaries(Path(path)), Path(path).name)
    missing = table.loc[~table["district"].isin(shapes.index), "name"]
    if len(missing):
        found = f"境界データに{len(missing)}地区がありません（{'・'.join(missing[:5])}など）"
        raise InputError(
            Problem(Path(path).name, "", found, "埼玉県（11）の行政区域データを入れてください")
        )
    merged = table.join(shapes, on="district")
    drawn: pd.DataFrame = gpd.GeoDataFrame(merged, geometry="geometry", crs=shapes.crs)
    return drawn


@cache
def _bundled_once() -> pd.DataFrame:
    known = resource_table("districts/municipalities.csv").set_index("district")
    tiles = resource_table("districts/tiles.csv").set_index("district")
    units = known.loc[known["type"] != "designated_city"].join(tiles[["short", "row", "col"]])
    area = units["parent_code5"].map(known["name"]).fillna("")
    numbers = {
        name: pd.to_numeric(units[name]).astype("Int64")
        for name in ("population", "households", "row", "col")
    }
    table = pd.DataFrame(
        {
            "name": units["name"],
            "kana": units["kana"],
            "short": units["short"],
            "county": units["county"],
            "area": area,
            "parent": units["parent_code5"],
            **numbers,
            "lat": pd.to_numeric(units["office_lat"]),
            "lng": pd.to_numeric(units["office_lng"]),
        }
    )
    return table.sort_index().rename_axis("district").reset_index()


def _bundled() -> pd.DataFrame:
    return _bundled_once().copy()


def _dissolve(shapes: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame:
    """Return one simplified shape per code; the columns besides the code moved between years.

    Raises
    ------
    InputError
        If the shapes carry no code.
    """
    if "N03_007" not in shapes.columns:
        found = "行政区域のコード（N03_007）がありません"
        raise InputError(
            Problem(file, "", found, "国土数値情報の行政区域データ（N03）を入れてください")
        )
    if shapes.crs is None:
        shapes = shapes.set_crs(JGD2011)
    known = shapes.loc[shapes["N03_007"].notna(), ["N03_007", "geometry"]]
    whole = known.dissolve("N03_007").rename_axis("district").to_crs(JGD2011)
    whole["area_km2"] = whole.geometry.to_crs(EQUAL_AREA).area / 1e6
    whole["geometry"] = whole.geometry.simplify_coverage(TOLERANCE_DEGREES)
    labels = whole.geometry.map(_label_point)
    whole["label_lat"], whole["label_lng"] = labels.map(lambda p: p.y), labels.map(lambda p: p.x)
    return whole


def _label_point(shape: BaseGeometry) -> Point:
    """Return the middle of the widest place of a district's main land."""
    main = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(main, tolerance=0.001)
    return shapely.get_point(circle, 0)


def round_shapes(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the districts with coordinates of about one metre, for files that are only drawn.

    A border keeps the same points on both sides, so it does not tear.
    """
    rounded = shapely.transform(districts.geometry.values, lambda xy: xy.round(DECIMALS))
    return districts.set_geometry(gpd.GeoSeries(rounded, index=districts.index, crs=districts.crs))


def match_names(names: Iterable[str], districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the districts that each written name can mean: one, several, or none.

    Parameters
    ----------
    names
        Names or codes as people write them: 所沢, 埼玉県所沢市, 鶴ケ島市, 浦和区, 11208, 112089.
    districts
        As `load_districts` returns them.

    Examples
    --------
    >>> match_names(["鶴が島市", "浦和区", "大宮市", "横浜市"], load_districts())
    ... # doctest: +NORMALIZE_WHITESPACE
    {'鶴が島市': ('11241',), '浦和区': ('11107',),
     '大宮市': ('11101', '11102', '11103', '11104'), '横浜市': ()}
    """
    index = _name_index(districts)
    return {name: index.get(simplify_name(name), ()) for name in names}


def simplify_name(name: str) -> str:
    """Return a name in the one spelling that names are compared in.

    Examples
    --------
    >>> simplify_name("埼玉県 鶴が島市")
    '鶴ケ島市'
    """
    simple = re.sub(r"\s", "", fold(name).text).removeprefix("埼玉県")
    return simple.translate(SPELLINGS)


def _name_index(districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    index: defaultdict[str, set[str]] = defaultdict(set)
    for row in districts.itertuples(index=False):
        code, name, area = str(row.district), str(row.name), str(row.area)
        own = name.removeprefix(area)
        forms = {name, own, f"{row.county}{name}", str(row.kana), code, code + _check_digit(code)}
        forms |= {own[:-1], re.sub("(?:シ|マチ|ムラ|チョウ|ソン|ク)$", "", str(row.kana))} - {""}
        for form in forms:
            index[simplify_name(form)].add(code)
        if area:
            index[simplify_name(area)].add(code)
            index[str(row.parent)].add(code)
            index[str(row.parent) + _check_digit(str(row.parent))].add(code)
    for former in resource_table("districts/former_names.csv").itertuples(index=False):
        index[simplify_name(str(former.name))] |= set(str(former.districts).split("|"))
    return {name: tuple(sorted(codes)) for name, codes in index.items()}


def _check_digit(code: str) -> str:
    """Return the sixth digit of a local government code (総務省 全国地方公共団体コード)."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)
