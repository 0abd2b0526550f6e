"""Know the districts: names, tiles, boundaries, and which district a text speaks of."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
CREDIT = "「国土数値情報（行政区域データ）」（国土交通省）を加工して作成"

# Ward names that other cities of Japan use too: alone they do not say which city.
_SHARED_WARDS = {"北区", "西区", "南区", "緑区", "中央区"}
_HONORIFICS = ("さん", "様", "さま", "氏", "くん", "君", "先生", "ちゃん", "殿")
_SMALL_KE = str.maketrans(dict.fromkeys("ヶヵケカガが", "ケ"))


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
    return {name: index.get(_simple_name(name), ()) for name in names}


def _simple_name(name: str) -> str:
    simple = re.sub(r"\s", "", fold(name).text).removeprefix("埼玉県")
    return simple.translate(_SMALL_KE)


def _name_index(districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    index: defaultdict[str, set[str]] = defaultdict(set)
    for row in districts.itertuples(index=False):
        code, name, area = str(row.district), str(row.name), str(row.area)
        own = name.removeprefix(area)
        forms = {name, own, f"{row.county}{name}", str(row.kana), code, code + _check_digit(code)}
        forms |= {own[:-1], re.sub("(?:シ|マチ|ムラ|チョウ|ソン|ク)$", "", str(row.kana))} - {""}
        for form in forms:
            index[_simple_name(form)].add(code)
        if area:
            index[_simple_name(area)].add(code)
            index[str(row.parent)].add(code)
            index[str(row.parent) + _check_digit(str(row.parent))].add(code)
    for former in resource_table("districts/former_names.csv").itertuples(index=False):
        index[_simple_name(str(former.name))] |= set(str(former.districts).split("|"))
    return {name: tuple(sorted(codes)) for name, codes in index.items()}


def _check_digit(code: str) -> str:
    """Return the sixth digit of a local government code (総務省 全国地方公共団体コード)."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def locate(texts: pd.Series, districts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the districts that texts speak of.

    A full name (所沢市, 岩槻区, 旧大利根町) is `sure`. A bare stem (所沢), a ward name that other
    cities share (緑区), and a former city that became several wards (大宮市) are `ambiguous`,
    with a row per candidate. A name followed by さん is a person and gives nothing.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.
    districts
        As `load_districts` returns them; the bundled ones by default.

    Returns
    -------
    pandas.DataFrame
        `text_id`, `district`, `start`, `end`, `surface`, `certainty`; the span points into
        the text as given.

    Examples
    --------
    >>> places = locate(pd.Series({1: "鶴ケ島市から所沢へ通う"}))
    >>> print(places.to_string(index=False))
     text_id district  start  end surface certainty
           1    11241      0    4    鶴ケ島市      sure
           1    11208      6    8      所沢 ambiguous
    """
    surfaces = _surfaces(districts if districts is not None else load_districts())
    pattern = re.compile("|".join(map(re.escape, sorted(surfaces, key=lambda s: (-len(s), s)))))
    rows = [
        (text_id, *found)
        for text_id, text in texts.items()
        for found in _places(str(text), pattern, surfaces)
    ]
    columns = ["text_id", "district", "start", "end", "surface", "certainty"]
    return pd.DataFrame(rows, columns=columns)


def _surfaces(districts: pd.DataFrame) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Return each way of naming a district in running text: its candidates, and whether it is sure."""
    surfaces: dict[str, tuple[tuple[str, ...], bool]] = {}
    for row in districts.itertuples(index=False):
        own = str(row.name).removeprefix(str(row.area))
        if len(own) > 2:
            surfaces[_simple_name(own[:-1])] = ((str(row.district),), False)
    for row in districts.itertuples(index=False):
        own = str(row.name).removeprefix(str(row.area))
        surfaces[_simple_name(own)] = ((str(row.district),), own not in _SHARED_WARDS)
        surfaces[_simple_name(str(row.name))] = ((str(row.district),), True)
    for former in resource_table("districts/former_names.csv").itertuples(index=False):
        codes = tuple(str(former.districts).split("|"))
        surfaces[_simple_name(str(former.name))] = (codes, len(codes) == 1)
    return surfaces


def _places(
    text: str, pattern: re.Pattern[str], surfaces: dict[str, tuple[tuple[str, ...], bool]]
) -> Iterator[tuple[str, int, int, str, str]]:
    folded = fold(text)
    plain = folded.text.translate(_SMALL_KE)
    for match in pattern.finditer(plain):
        after, before = folded.text[match.end() :], folded.text[: match.start()]
        codes, sure = surfaces[match[0]]
        if after.startswith(_HONORIFICS) or _is_elsewhere(match[0], before):
            continue
        start, end = folded.span(match.start(), match.end())
        for code in codes:
            yield code, start, end, text[start:end], "sure" if sure else "ambiguous"


def _is_elsewhere(name: str, before: str) -> bool:
    """Tell whether the words before a name put it into another city or prefecture."""
    if before.endswith(("都", "道", "府", "県")):
        return not before.endswith("埼玉県")
    return name.endswith("区") and before.endswith("市") and not before.endswith("さいたま市")
