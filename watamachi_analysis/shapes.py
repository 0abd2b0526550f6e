"""Read the features of boundary files of any kind, in degrees; refuse what is no map."""

import re
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRS

from .archives import AGAIN, IN_ZIP, choose_member, list_members, unpack
from .errors import InputError, Problem, file_problem
from .office import MEGABYTE, check_package

SUFFIXES = (".zip", ".geojson", ".topojson", ".json", ".gpkg", ".shp", ".dbf")
_TEXT_SUFFIXES = (".geojson", ".topojson", ".json")
MAX_BYTES = 400 * MEGABYTE
JGD2011 = "EPSG:6668"
JAPAN = (122.0, 20.0, 154.0, 46.0)  # degrees: west, south, east, north
_NAMED = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]+)"')


@dataclass(frozen=True)
class Features:
    """What boundary files hold.

    Attributes
    ----------
    table
        One row per feature: the columns of the file, `file` (its name) and `geometry` in
        degrees (JGD2011); the geometry is missing where a table has no shapes.
    notes
        What was assumed.
    """

    table: gpd.GeoDataFrame
    notes: tuple[Problem, ...] = ()


def find_boundary_files(path: Path) -> list[Path]:
    """Return the boundary files of a folder in order, or the file itself.

    Of one name in several formats, as a published zip holds them, one is enough.
    """
    if not path.is_dir():
        return [path]
    found = [p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file()]
    shown = [p for p in found if not p.name.startswith(("~$", "."))]
    shown.sort(key=lambda p: (str(p.with_suffix("")), SUFFIXES.index(p.suffix.lower())))
    return list({p.with_suffix(""): p for p in reversed(shown)}.values())[::-1]


def fingerprint(paths: Sequence[Path]) -> str:
    """Return a hash of the names and the content of files, and of what belongs to a shapefile.

    Raises
    ------
    InputError
        If a file is missing.
    """
    digest = sha256()
    for path in paths:
        parts = path.parent.glob(f"{path.stem}.*") if path.suffix.lower() == ".shp" else [path]
        for part in sorted(parts):
            digest.update(part.name.encode())
            digest.update(_content(part))
    return digest.hexdigest()


def list_columns(path: Path) -> list[str]:
    """Return the names of the columns of a boundary file without reading its shapes.

    Raises
    ------
    InputError
        If it is no boundary file.
    """
    source, _ = _open(path)
    try:
        return [str(name) for name in pyogrio.read_info(source, encoding="utf-8")["fields"]]
    except (CRSError, DataLayerError, DataSourceError, ValueError) as error:
        raise InputError(file_problem(path, "境界データとして読めません", AGAIN)) from error


def read_features(paths: Sequence[Path]) -> Features:
    """Read boundary files: GeoJSON, TopoJSON, shapefile, GeoPackage, or a zip of one.

    Parameters
    ----------
    paths
        Files that belong together. The attributes of a shapefile (`.dbf`) alone give rows
        without shapes.

    Raises
    ------
    InputError
        If a file is broken, no map, in an unknown coordinate system, or not in Japan.
    """
    read = [_read_file(file) for file in paths]
    table = pd.concat([features.table for features in read], ignore_index=True)
    notes = _say_once([note for features in read for note in features.notes])
    return Features(gpd.GeoDataFrame(table, geometry="geometry", crs=JGD2011), notes)


def _say_once(notes: list[Problem]) -> tuple[Problem, ...]:
    """Return one note for all files of which the same is to be said."""
    files: dict[str, list[Problem]] = {}
    for note in notes:
        files.setdefault(note.found, []).append(note)
    return tuple(
        replace(own[0], file=f"{own[0].file} など{len(own)}ファイル") if len(own) > 1 else own[0]
        for own in files.values()
    )


def _read_file(path: Path) -> Features:
    source, content = _open(path)
    table = _read_table(path, source)
    if "geometry" not in table.columns:
        table = gpd.GeoDataFrame(table.assign(geometry=None), geometry="geometry")
    named, notes = _name_crs(path, table, content)
    table = _in_degrees(path, named).assign(file=path.name)
    if table.geometry.isna().all():
        return Features(table)
    return Features(table, notes)


def _open(path: Path) -> tuple[str, bytes]:
    """Return what GDAL is to open, and the text of a file whose text says more than GDAL does."""
    if path.suffix.lower() == ".zip":
        return _open_zip(path)
    content = _content(path)
    _refuse_pages(path, content)
    return str(path), content if path.suffix.lower() in _TEXT_SUFFIXES else b""


def _content(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    InputError
        If it is missing, empty or far too large.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b" "
    except OSError as error:
        mend = "場所と名前を確かめてください"
        raise InputError(file_problem(path, "ファイルが見つかりません", mend)) from error
    if not content:
        raise InputError(file_problem(path, "中身が空です", AGAIN))
    if size > MAX_BYTES:
        found = f"大きすぎます（{size / MEGABYTE:.0f} MB）"
        raise InputError(file_problem(path, found, "県ごとのファイルを入れてください"))
    return content


def _refuse_pages(path: Path, content: bytes) -> None:
    """Refuse text that begins as a web page: GDAL would follow what some of them point to.

    Raises
    ------
    InputError
        If it does.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        found = "境界データとして読めません（地図ではなく、説明のページなどです）"
        raise InputError(file_problem(path, found, AGAIN))


def _open_zip(path: Path) -> tuple[str, bytes]:
    _content(path)
    check_package(path, "zip")
    with zipfile.ZipFile(path) as package:
        names = list_members(path, package)
        inside = choose_member(names)
        if inside is None:
            found = f"境界データ（{'・'.join(IN_ZIP)}）が入っていません"
            raise InputError(file_problem(path, found, AGAIN))
        content = b""
        if inside.lower().endswith(_TEXT_SUFFIXES):
            content = unpack(path, package, inside)
            _refuse_pages(path, content)
    return f"/vsizip/{{{path}}}/{inside}", content


def _read_table(path: Path, source: str) -> gpd.GeoDataFrame:
    """Return the features; text in UTF-8, or else in cp932: the file kind does not say which.

    Raises
    ------
    InputError
        If GDAL cannot read it.
    """
    encodings: tuple[str | None, ...] = (None,)
    if source.lower().endswith((".shp", ".dbf")):
        encodings = ("utf-8", "cp932")
    for encoding in encodings:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # not a number: refused below
                return pyogrio.read_dataframe(source, encoding=encoding)
        except UnicodeDecodeError:
            continue
        except shapely.errors.GEOSException as error:
            found = "形が閉じていないか、座標に数でないものがあります"
            raise InputError(file_problem(path, found, AGAIN)) from error
        except (CRSError, DataLayerError, DataSourceError, ValueError) as error:
            raise InputError(file_problem(path, "境界データとして読めません", AGAIN)) from error
    raise InputError(file_problem(path, "文字コードが分かりません", AGAIN))


def _name_crs(
    path: Path, table: gpd.GeoDataFrame, content: bytes
) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Return the table in the coordinate system that the file names; JGD2011 where it names none.

    GDAL takes GeoJSON without a name, or with one it does not know, for WGS 84.

    Raises
    ------
    InputError
        If the name is unknown.
    """
    named = _NAMED.search(content)
    try:
        crs = CRS.from_user_input(named[1].decode()) if named else table.crs
    except (UnknownCRS, UnicodeDecodeError) as error:
        found = "座標系が分かりません"
        mend = "緯度・経度（JGD2011）で書き出してください"
        raise InputError(file_problem(path, found, mend)) from error
    if crs is not None and (named or not content):
        return table.set_crs(crs, allow_override=True), ()
    assumed = "座標系が書かれていないので、緯度・経度（JGD2011）として読みました"
    note = replace(file_problem(path, assumed, "そのままで使えます"), level="info")
    return table.set_crs(JGD2011, allow_override=True), (note,)


def _in_degrees(path: Path, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table in degrees, once every point is a number and lies in Japan.

    Raises
    ------
    InputError
        If one is none, or lies elsewhere.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        points = shapely.get_coordinates(table.geometry.values)
    if not pd.notna(points).all():
        raise InputError(file_problem(path, "座標に数でないものがあります", AGAIN))
    moved = table.to_crs(JGD2011)
    west, south, east, north = JAPAN
    bounds = moved.total_bounds
    if moved.geometry.notna().any() and not (
        west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north
    ):
        swapped = west <= bounds[1] <= bounds[3] <= east and south <= bounds[0] <= north
        found = "緯度と経度が入れかわっています" if swapped else "日本の緯度・経度ではありません"
        raise InputError(file_problem(path, found, "経度、緯度の順に書き出してください"))
    return moved
