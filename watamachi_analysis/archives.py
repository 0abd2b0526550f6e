"""Look into a zip of boundaries before anything is taken from it."""

import re
import zipfile
from pathlib import Path

from .errors import InputError, file_problem
from .office import DAMAGE, check_package

IN_ZIP = (".geojson", ".shp", ".gpkg", ".topojson", ".json")  # the first kind found is read
_OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)")
AGAIN = "公開元から取り直してください"


def check_boundary_zip(path: Path, prefecture: str) -> None:
    """Refuse a zip that is damaged anywhere, reaches out of its folder, or is of other places.

    Parameters
    ----------
    path
        A zip of boundaries, whatever its own name.
    prefecture
        The two digits that the name of its shapes carries: N03-20250101_11.geojson.

    Raises
    ------
    InputError
        Saying which of these it is.
    """
    check_package(path, "zip")
    with zipfile.ZipFile(path) as package:
        names = list_members(path, package)
        try:
            damaged = package.testzip()
        except DAMAGE as error:
            raise InputError(file_problem(path, "zip の中身が壊れています", AGAIN)) from error
    if damaged is not None:
        raise InputError(file_problem(path, f"zip の中身が壊れています（{damaged}）", AGAIN))
    shapes = [Path(name).stem for name in names if name.lower().endswith((".geojson", ".shp"))]
    if not any(re.search(rf"_{prefecture}(?!\d)", stem) for stem in shapes):
        found = f"都道府県 {prefecture} の境界データ（.geojson か .shp）が入っていません"
        raise InputError(file_problem(path, found, AGAIN))


def list_members(path: Path, package: zipfile.ZipFile) -> list[str]:
    """Return the names in a zip.

    Raises
    ------
    InputError
        If one of them would lie outside the folder that the zip is unpacked into.
    """
    names = package.namelist()
    if any(_OUTSIDE.match(name) for name in names):
        found = "zip の中に、フォルダの外に出るファイルが入っています"
        raise InputError(file_problem(path, found, AGAIN))
    return names


def unpack(path: Path, package: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of one file of a zip.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        return package.read(name)
    except DAMAGE as error:
        raise InputError(file_problem(path, "zip の中身が壊れています", AGAIN)) from error


def choose_member(names: list[str]) -> str | None:
    """Return the one of some names that boundaries are read from; None where there are none."""
    for suffix in IN_ZIP:
        own = sorted(name for name in names if name.lower().endswith(suffix))
        if own:
            return own[0]
    return None
