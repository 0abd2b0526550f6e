"""Turn the features of boundary files into one clean shape per district."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from .bundled import resource_table
from .codes import city_of_ward, designated_cities, parse_code, prefecture_names
from .errors import InputError, Problem
from .names import match_names
from .shapes import JGD2011, Features

TOLERANCE_DEGREES = 0.0015
EQUAL_AREA = "EPSG:6933"
DECIMALS = 5
SOURCE = "「国土数値情報（行政区域データ）」（国土交通省）"
CREDIT = f"{SOURCE}を加工して作成"
OUTLINE_COLUMNS = ["name", "county", "area", "parent", "area_km2", "label_lat", "label_lng"]
_MANY = 5  # names shown in a message


@dataclass(frozen=True)
class Outline:
    """One shape per district.

    Attributes
    ----------
    shapes
        Indexed by `district`, in code order: `name`, `county`, `area` and `parent` (the city of
        a ward) as the file says them ('' where it does not), `area_km2` measured before
        anything is simplified, `label_lat`, `label_lng` and `geometry`, in degrees (JGD2011).
    notes
        What was assumed, repaired and left out.
    """

    shapes: gpd.GeoDataFrame
    notes: tuple[Problem, ...]


def outline_districts(
    features: Features, prefecture: str, municipalities: pd.DataFrame | None, *, tolerance: float
) -> Outline:
    """Return one shape per municipality and ward of a prefecture.

    Parameters
    ----------
    features
        As `read_features` returns them, with a code column such as `N03_007`, from files that
        have a code for a name, or with a column of names.
    prefecture
        Its code, two digits; what lies in others is left out.
    municipalities
        As `load_districts` returns them, for shapes that have a name only; None if unknown.
    tolerance
        How far a border may move, in degrees; 0 keeps every point. The borders are simplified
        as a coverage, so that none tears.

    Raises
    ------
    InputError
        If there is no code, a check digit is wrong, nothing lies in the prefecture, or two
        files hold one district.
    """
    table, coded = _code(features, municipalities)
    table, other = _in_prefecture(table, prefecture)
    _refuse_two_files(table)
    table, repaired = _repair(table)
    shapes = _dissolve(table, tolerance)
    return Outline(shapes, (*features.notes, *coded, *other, *repaired, *_check_borders(shapes)))


def _code(
    features: Features, municipalities: pd.DataFrame | None
) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Return the features with `district`; those without a code are left out and reported.

    Raises
    ------
    InputError
        If there is no column of codes, or something else in it.
    """
    table = features.table[features.table.geometry.notna()]
    column = next((name for name in _columns("code") if name in table.columns), None)
    if column is None:
        written = table["file"].map(lambda name: PurePath(name).stem)
    else:
        written = table[column].where(table[column].notna(), "").astype(str).str.strip()
    codes = written.map(_code_or_none)
    wrong = sorted(set(written[codes.isna() & written.ne("")]))
    file = _files(table)
    if column is None and codes.isna().any():
        named = codes_by_name(features, municipalities)
        if named is not None:
            return table.assign(district=named), ()
        found = "行政区域のコード（N03_007 など）の列がありません"
        mend = "国土数値情報の行政区域データ（N03）を入れてください"
        raise InputError(Problem(file, "", found, mend))
    if wrong:
        found = f"市区町村コードではない値があります（{_some(wrong)}）"
        raise InputError(
            Problem(file, str(column), found, "5けたか、検査数字の合う6けたにしてください")
        )
    missing = int(codes.isna().sum())
    found = f"コードのない形が{missing}個あり、使いませんでした"
    notes = [Problem(file, str(column), found, "そのままで使えます", "info")] if missing else []
    return table.assign(district=codes)[codes.notna()], tuple(notes)


def codes_by_name(features: Features, municipalities: pd.DataFrame | None) -> list[str] | None:
    """Return the code of each shape by its name; None unless each name is one municipality's.

    Parameters
    ----------
    features
        As `read_features` returns them.
    municipalities
        As `load_districts` returns them; None if they are not known.
    """
    if municipalities is None:
        return None
    table = features.table[features.table.geometry.notna()]
    names = [find_name(row) for row in table.drop(columns="geometry").to_dict("records")]
    known = match_names(names, municipalities)
    codes = [known[name][0] for name in names if len(known[name]) == 1]
    return codes if names and len(codes) == len(names) else None


def has_code(columns: Sequence[str], stem: str) -> bool:
    """Tell whether a file of some columns and name gives each feature a municipality's code."""
    return not set(_columns("code")).isdisjoint(columns) or _code_or_none(stem) is not None


def _code_or_none(text: str) -> str | None:
    try:
        return parse_code(text) or None
    except ValueError:
        return None


def _columns(field: str) -> list[str]:
    known = resource_table("districts/columns.csv")
    return known.loc[known["field"] == field, "heading"].tolist()


def _files(table: pd.DataFrame) -> str:
    return _some(table["file"].drop_duplicates().tolist())


def _some(names: Sequence[str]) -> str:
    return "・".join(names[:_MANY]) + ("など" if len(names) > _MANY else "")


def _in_prefecture(
    table: gpd.GeoDataFrame, prefecture: str
) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    inside = table["district"].str.startswith(prefecture)
    name = prefecture_names()[prefecture]
    if not inside.any():
        codes = sorted({code[:2] for code in table["district"]})
        others = _some([prefecture_names()[code] for code in codes]) or "なし"
        found = f"{name}（{prefecture}）の地区がありません（入っているもの: {others}）"
        mend = f"{name}の行政区域データを入れてください"
        raise InputError(Problem(_files(table), "", found, mend))
    left = table.loc[~inside, "district"].nunique()
    found = f"ほかの都道府県の{left}地区は使いませんでした"
    notes = (Problem(_files(table), "", found, "そのままで使えます", "info"),) if left else ()
    return table[inside], notes


def _refuse_two_files(table: pd.DataFrame) -> None:
    files = table.groupby("district")["file"].unique()
    twice = files[files.map(len) > 1]
    if len(twice):
        code, names = twice.index[0], "」「".join(twice.iloc[0])
        found = f"同じ地区（{code}など{len(twice)}地区）が「{names}」の両方にあります"
        raise InputError(Problem(twice.iloc[0][0], "", found, "新しい方だけを残してください"))


def _repair(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Return the features with borders that do not cross themselves."""
    broken = ~table.geometry.is_valid
    if not broken.any():
        return table, ()
    mended = shapely.make_valid(table.geometry.values, method="structure", keep_collapsed=False)
    codes = sorted(set(table.loc[broken, "district"]))
    found = f"境界が自分と交わる形を直しました（{_some(codes)}）"
    note = Problem(_files(table), "", found, "地図で形を確かめてください", "notice")
    return table.set_geometry(gpd.GeoSeries(mended, index=table.index, crs=table.crs)), (note,)


def _dissolve(table: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    names = pd.DataFrame([_name(row) for row in table.to_dict("records")], index=table.index)
    known = table[["district", "geometry"]].join(names)
    whole = known.dissolve("district", aggfunc="first").to_crs(JGD2011)
    whole["area_km2"] = whole.geometry.to_crs(EQUAL_AREA).area / 1e6
    if tolerance:
        whole["geometry"] = whole.geometry.simplify_coverage(tolerance)
    labels = whole.geometry.map(find_label_point)
    whole["label_lat"], whole["label_lng"] = labels.map(lambda p: p.y), labels.map(lambda p: p.x)
    return whole[[*OUTLINE_COLUMNS, "geometry"]]


def _name(row: Mapping[Hashable, object]) -> dict[str, str]:
    """Return name, county, city and city code of a feature; the columns moved between editions."""
    told = [row.get(f"N03_00{number}") for number in (3, 4, 5)]
    parts = [str(part) for part in told if isinstance(part, str) and part]
    if not parts:  # one name, such as 埼玉県さいたま市西区
        bare = find_name(row).removeprefix(prefecture_names()[str(row["district"])[:2]])
        city = next((city for city in designated_cities() if bare.startswith(city)), "")
        parts = [part for part in (city, bare.removeprefix(city)) if part]
    county = parts[0] if parts and parts[0].endswith(("郡", "支庁", "振興局", "総合振興局")) else ""
    own = parts[1:] if county else parts
    is_ward = len(own) == 2 and own[0].endswith("市")
    area = own[0] if is_ward else ""
    parent = city_of_ward(str(row["district"])) if is_ward else ""
    return {"name": "".join(own), "county": county, "area": area, "parent": parent}


def find_name(row: Mapping[Hashable, object]) -> str:
    """Return the name of a feature that has one column for it; '' where it has none."""
    told = (row.get(column) for column in _columns("name"))
    return next((name.strip() for name in told if isinstance(name, str) and name.strip()), "")


def _check_borders(shapes: gpd.GeoDataFrame) -> tuple[Problem, ...]:
    if shapely.coverage_is_valid(shapes.geometry.values):
        return ()
    found = "となりどうしの境目が、ぴったり合っていません"
    return (
        Problem("境界データ", "", found, "公開元のデータを簡略化せずに入れてください", "notice"),
    )


def find_label_point(shape: BaseGeometry) -> Point:
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


def find_containing(lat: pd.Series, lng: pd.Series, districts: gpd.GeoDataFrame) -> pd.Series:
    """Return the district in which each point lies; missing where it lies in none.

    Parameters
    ----------
    lat, lng
        Degrees (JGD2011), on one index.
    districts
        With `district` and `geometry`, best with every point of the borders.
    """
    points = gpd.GeoSeries.from_xy(lng, lat, crs=JGD2011).set_axis(lat.index)
    known = points[lat.notna() & lng.notna()]
    pairs = districts.sindex.query(known.values, predicate="intersects")
    found = pd.Series(districts["district"].to_numpy()[pairs[1]], index=known.index[pairs[0]])
    return found[~found.index.duplicated()].reindex(lat.index)
