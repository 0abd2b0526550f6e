"""Know the districts of a prefecture: their names, figures, tiles and boundaries."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .boundaries import OUTLINE_COLUMNS, TOLERANCE_DEGREES, Outline, outline_districts
from .bundled import resource_table
from .cache import remember
from .codes import HOME, prefecture_names
from .errors import InputError, InputWarning, Problem, file_problem
from .names import match_names
from .shapes import JGD2011, find_boundary_files, fingerprint, read_features

SCHEMES = {"municipality": "市町村と行政区", "city": "市町村（政令指定都市は一つ）"}
OUTLINE_VERSION = 2  # of what is kept of boundary files; a change makes them be read again


def load_districts(
    path: Path | str | None = None,
    scheme: str = "municipality",
    *,
    prefecture: str = HOME,
    tolerance: float = TOLERANCE_DEGREES,
) -> pd.DataFrame:
    """Return the districts of a prefecture: municipalities, and the wards of designated cities.

    Parameters
    ----------
    path
        Boundaries with a code a feature, such as an official N03 file (GeoJSON, shapefile,
        zip), or a folder of such files; None for names and tiles alone.
    scheme
        `municipality`: a designated city (さいたま市) as its wards; `city`: as one.
    prefecture
        Its code, two digits. For others than Saitama (11) boundaries must be given.
    tolerance
        How far a border may be moved to make it simpler, in degrees; 0 keeps every point.

    Returns
    -------
    pandas.DataFrame
        One row per `district` (5-digit code), in code order: `name`, `kana`, `short` (the
        tile's label), `county`, `area` and `parent` (the city of a ward), `population` and
        `households` (census 2020-10-01), `row`, `col` (tile), `lat`, `lng` (its office,
        degrees), and with boundaries a GeoDataFrame whose `geometry` is in degrees (JGD2011),
        simplified as a coverage so that no border tears; `area_km2` is measured before that,
        and `label_lat`, `label_lng` is where a name fits best. What is not known outside
        Saitama is blank.

    Raises
    ------
    InputError
        If the boundaries cannot be used, or lack some of the districts.
    ValueError
        If the scheme or the prefecture is unknown.

    Warns
    -----
    InputWarning
        For what should be looked at in the boundaries.

    Examples
    --------
    >>> districts = load_districts()
    >>> len(districts), districts.loc[districts["name"] == "所沢市", "district"].item()
    (72, '11208')
    >>> len(load_districts(scheme="city"))
    63
    """
    files = [] if path is None else find_boundary_files(Path(path))
    if path is not None and not files:
        mend = "国土数値情報の行政区域データ（N03）などを入れてください"
        raise InputError(file_problem(Path(path), "境界データのファイルがありません", mend))
    table, notes = find_districts(files, scheme, prefecture=prefecture, tolerance=tolerance)
    for note in notes:
        if note.level != "info":
            warnings.warn(str(note), InputWarning, stacklevel=2)
    return table


def find_districts(
    files: Sequence[Path] = (),
    scheme: str = "municipality",
    *,
    prefecture: str = HOME,
    tolerance: float = TOLERANCE_DEGREES,
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Return the districts as `load_districts` does, with what is to be said of the boundaries.

    Parameters
    ----------
    files
        Boundary files that belong together; none for names and tiles alone.
    scheme, prefecture, tolerance
        As for `load_districts`.

    Raises
    ------
    InputError
        If the boundaries cannot be used, or lack some of the districts.
    ValueError
        If the scheme or the prefecture is unknown.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"地区の種類「{scheme}」は使えません（使えるもの: {'・'.join(SCHEMES)}）")
    if prefecture not in prefecture_names():
        raise ValueError(f"都道府県コード「{prefecture}」はありません（01〜47）")
    notes: tuple[Problem, ...] = ()
    if files:
        outline = _load_outline(files, prefecture, tolerance)
        table, doubts = _with_shapes(outline, files[0].name, prefecture)
        notes = (*outline.notes, *doubts)
    else:
        table = _bundled(prefecture)
    return (merge_wards(table) if scheme == "city" else table), notes


def _load_outline(files: Sequence[Path], prefecture: str, tolerance: float) -> Outline:
    """Return the shapes of boundary files; those read before come from this machine's cache."""

    def compute() -> dict[str, Any]:
        known = _bundled(prefecture) if prefecture == HOME else None
        outline = outline_districts(read_features(files), prefecture, known, tolerance=tolerance)
        rows = outline.shapes[OUTLINE_COLUMNS].assign(
            wkb=outline.shapes.to_wkb(hex=True)["geometry"]
        )
        notes = [asdict(note) for note in outline.notes]
        return {"rows": rows.reset_index().to_dict("records"), "notes": notes}

    content = fingerprint(files)
    kept = remember(f"outline{OUTLINE_VERSION}-{prefecture}-{tolerance}-{content}", compute)
    rows = pd.DataFrame(kept["rows"]).set_index("district")
    shapes = gpd.GeoDataFrame(
        rows[OUTLINE_COLUMNS], geometry=shapely.from_wkb(rows["wkb"].to_numpy()), crs=JGD2011
    )
    return Outline(shapes, tuple(Problem(**note) for note in kept["notes"]))


def _with_shapes(
    outline: Outline, file: str, prefecture: str
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Return the districts with their shapes, and report names that are not the known ones.

    Raises
    ------
    InputError
        If a district of the home prefecture has no shape.
    """
    shapes = outline.shapes
    if prefecture != HOME:
        table = _unbundled(shapes)
        return gpd.GeoDataFrame(table, geometry=shapes.geometry.to_numpy(), crs=JGD2011), ()
    table = _bundled(prefecture)
    missing = table.loc[~table["district"].isin(shapes.index), "name"]
    if len(missing):
        found = f"境界データに{len(missing)}地区がありません（{'・'.join(missing[:5])}など）"
        mend = f"{prefecture_names()[prefecture]}（{prefecture}）の行政区域データを入れてください"
        raise InputError(Problem(file, "", found, mend))
    own = ["area_km2", "label_lat", "label_lng", "geometry"]
    merged: pd.DataFrame = gpd.GeoDataFrame(
        table.join(shapes[own], on="district"), geometry="geometry", crs=shapes.crs
    )
    return merged, _doubt_names(table, shapes["name"], file)


def _doubt_names(table: pd.DataFrame, written: pd.Series, file: str) -> tuple[Problem, ...]:
    """Report each code that stands beside another district's name: it may be the wrong column."""
    names = table["district"].map(written).fillna("")
    known = match_names(names, table)
    meant = [code in known[name] for code, name in zip(table["district"], names, strict=True)]
    wrong = names.ne("") & ~pd.Series(meant, index=table.index)
    return tuple(
        Problem(
            file,
            str(row.district),
            f"コード{row.district}は{row.known}のはずですが「{row.written}」とあります",
            "コードの列と名前の列を確かめてください",
            "notice",
        )
        for row in table.assign(known=table["name"], written=names)[wrong].itertuples()
    )


def _unbundled(shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the districts of a prefecture that the package knows by its boundaries alone."""
    unknown = pd.array([pd.NA] * len(shapes), dtype="Int64")
    bare = [
        name.removeprefix(area) for name, area in zip(shapes["name"], shapes["area"], strict=True)
    ]
    table = pd.DataFrame(
        {
            "district": shapes.index,
            "name": shapes["name"].to_numpy(),
            "kana": "",
            "short": [re.sub("[市町村区]$", "", name)[:4] for name in bare],
            "county": shapes["county"].to_numpy(),
            "area": shapes["area"].to_numpy(),
            "parent": shapes["parent"].to_numpy(),
            **dict.fromkeys(("population", "households", "row", "col"), unknown),
            **dict.fromkeys(("lat", "lng"), np.nan),
        }
    )
    own = ["area_km2", "label_lat", "label_lng"]
    return table.assign(**{name: shapes[name].to_numpy() for name in own})


def merge_wards(districts: pd.DataFrame) -> pd.DataFrame:
    """Return the districts with each designated city as one.

    Parameters
    ----------
    districts
        As `load_districts` returns them: with the wards.
    """
    wards = districts[districts["parent"].ne("")]
    merged = [_merge(rows) for _, rows in wards.groupby("parent", sort=True)]
    rest = districts[districts["parent"].eq("")]
    table = pd.concat([rest, *merged]).sort_values("district").reset_index(drop=True)
    return table


def _merge(wards: pd.DataFrame) -> pd.DataFrame:
    """Return a city as one row, on the tile nearest to the middle of its wards' tiles."""
    tiles = wards[["row", "col"]].astype("Float64")
    off = ((tiles - tiles.mean()) ** 2).sum(axis=1)
    middle = wards.iloc[[int(off.to_numpy().argmin())]]
    name, code = str(wards["area"].iloc[0]), str(wards["parent"].iloc[0])
    kana = {str(kana).split("シ", 1)[0] for kana in wards["kana"]} - {""}
    known = resource_table("districts/municipalities.csv").set_index("district")
    own = {"kana": known["kana"].get(code, f"{kana.pop()}シ" if len(kana) == 1 else "")}
    city = middle.assign(
        district=code, name=name, short=name.removesuffix("市"), area="", parent="", **own
    )
    for column in ("population", "households", "area_km2"):
        if column in wards.columns:
            city[column] = wards[column].sum(min_count=1)
    if isinstance(wards, gpd.GeoDataFrame):
        whole = wards.geometry.union_all()
        shape = gpd.GeoSeries([whole], index=city.index, crs=wards.crs)
        city = gpd.GeoDataFrame(city, geometry=shape)
    return city


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


def _bundled(prefecture: str) -> pd.DataFrame:
    if prefecture != HOME:
        name = prefecture_names()[prefecture]
        found = f"{name}の地区は、境界データがないと分かりません"
        mend = (
            f"{name}（{prefecture}）の行政区域データ（N03）を boundaries のフォルダに入れてください"
        )
        raise InputError(Problem("boundaries", "", found, mend))
    return _bundled_once().copy()
