"""Load the boundaries of a survey folder, and the scheme that it is read by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from .area_shapes import Ground, scheme_of_shapes
from .areas import AREAS_FILE, parse_areas
from .boundaries import codes_by_name, has_code
from .districts import SCHEMES, find_districts
from .errors import InputError, Problem
from .read import read_source
from .rows import Tally
from .schemes import Scheme, by_municipality
from .settings import SETTINGS_FILE, Settings
from .shapes import find_boundary_files, list_columns, read_features
from .small_areas import KEY, SMALL_AREA_COLUMNS, list_small_areas
from .venues import Atlas, read_postal_codes

FOLDER = "boundaries"


@dataclass(frozen=True)
class Geography:
    """Where a survey's places lie.

    Attributes
    ----------
    ground
        Municipalities and small areas, with shapes where the survey has boundaries.
    scheme
        The areas that it is read by.
    problems
        What could not be used, and what was assumed.
    tallies
        Of the files read row by row.
    district_files
        The boundary files of municipalities that were used.
    postal
        Postal code → municipalities, where the survey has the table of 日本郵便.
    """

    ground: Ground
    scheme: Scheme
    problems: tuple[Problem, ...]
    tallies: tuple[Tally, ...]
    district_files: tuple[Path, ...]
    postal: Mapping[str, tuple[str, ...]]


@dataclass
class _Files:
    """The boundary files of a folder, by what they hold."""

    districts: list[Path] = field(default_factory=list)
    small_areas: list[Path] = field(default_factory=list)
    areas: dict[str, Path] = field(default_factory=dict)


def district_files(root: Path) -> list[Path]:
    """Return the boundary files of municipalities in a survey folder; those it cannot read too."""
    folder = root / FOLDER
    paths = find_boundary_files(folder) if folder.is_dir() else []
    sorted_ = _sort_files(paths, [])
    others = {*sorted_.small_areas, *sorted_.areas.values()}
    return [path for path in paths if path not in others]


def load_geography(root: Path, settings: Settings) -> Geography:
    """Return the districts of a survey by its scheme, with boundaries where usable ones are there.

    Parameters
    ----------
    root
        The survey folder: boundary files of any kind in `boundaries/`, and areas of the
        survey's own in `districts.xlsx`.
    settings
        Its scheme and prefecture.

    Raises
    ------
    InputError
        If the scheme asked for is nowhere, or cannot be used; or if nothing is known of the
        districts of another prefecture.
    """
    problems: list[Problem] = []
    folder = root / FOLDER
    files = _sort_files(find_boundary_files(folder) if folder.is_dir() else (), problems)
    ground = Ground(
        _municipalities(files.districts, settings.prefecture, problems),
        _small_areas(files.small_areas, settings.prefecture, problems),
    )
    scheme, tallies = _find_scheme(root, settings, ground, files, problems)
    problems += _unused(files, settings.scheme)
    drawn = isinstance(ground.municipalities, gpd.GeoDataFrame)
    used = tuple(files.districts) if drawn else ()
    postal = _postal_codes(folder, problems)
    return Geography(ground, scheme, tuple(problems), tallies, used, postal)


def draw_atlas(geography: Geography, prefecture: str) -> Atlas:
    """Return what tells where the places of a survey lie.

    Parameters
    ----------
    geography
        As `load_geography` returns it.
    prefecture
        Its code, two digits.
    """
    exact = None
    if geography.district_files:
        exact, _ = find_districts(geography.district_files, prefecture=prefecture, tolerance=0.0)
    ground = geography.ground
    return Atlas(
        geography.scheme, ground.municipalities, ground.small_areas, exact, geography.postal
    )


def _postal_codes(folder: Path, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if "ken_all" in path.name.lower() and path.suffix.lower() == ".csv":
            try:
                found |= read_postal_codes(read_source(path))
            except InputError as error:
                problems.append(_placed(error.problem))
    return found


def _sort_files(paths: Sequence[Path], problems: list[Problem]) -> _Files:
    files = _Files()
    for path in paths:
        try:
            columns = list_columns(path)
        except InputError as error:
            problems.append(_placed(error.problem))
            continue
        if KEY in columns:
            files.small_areas.append(path)
        elif has_code(columns, path.stem) or _names_municipalities(path, problems):
            files.districts.append(path)
        else:
            files.areas[path.stem] = path
    return files


def _names_municipalities(path: Path, problems: list[Problem]) -> bool:
    """Tell whether each shape of a file has the name of a municipality of the home prefecture."""
    try:
        features = read_features([path])
    except InputError as error:
        problems.append(_placed(error.problem))
        return False
    known, _ = find_districts()
    return codes_by_name(features, known) is not None


def _unused(files: _Files, scheme: str) -> list[Problem]:
    """Return a note for each file of areas that the survey is not read by."""
    return [
        Problem(
            f"{FOLDER}/{path.name}",
            "",
            "市区町村の境界ではないので、使いませんでした",
            f'この分け方で読むなら、設定を scheme = "{name}" にしてください',
            "info",
        )
        for name, path in files.areas.items()
        if name != scheme
    ]


def _placed(problem: Problem) -> Problem:
    return replace(problem, file=f"{FOLDER}/{problem.file}")


def _municipalities(
    files: Sequence[Path], prefecture: str, problems: list[Problem]
) -> pd.DataFrame:
    try:
        table, notes = find_districts(files, prefecture=prefecture)
    except InputError as error:
        if not files:
            raise
        problems.append(_placed(error.problem))
        table, notes = find_districts(prefecture=prefecture)
    problems += map(_placed, notes)
    return table


def _small_areas(files: Sequence[Path], prefecture: str, problems: list[Problem]) -> pd.DataFrame:
    if not files:
        return pd.DataFrame(columns=SMALL_AREA_COLUMNS)
    try:
        table, notes = list_small_areas(read_features(files), prefecture)
    except InputError as error:
        problems.append(_placed(error.problem))
        return pd.DataFrame(columns=SMALL_AREA_COLUMNS)
    problems += map(_placed, notes)
    return table


def _find_scheme(
    root: Path, settings: Settings, ground: Ground, files: _Files, problems: list[Problem]
) -> tuple[Scheme, tuple[Tally, ...]]:
    name = settings.scheme
    if name in SCHEMES:
        return by_municipality(ground.municipalities, name), ()
    if name in files.areas:
        features = read_features([files.areas[name]])
        problems += map(_placed, features.notes)
        return scheme_of_shapes(features, name, ground), ()
    if (root / AREAS_FILE).exists():
        parsed = parse_areas(read_source(root / AREAS_FILE), name, ground)
        problems += parsed.problems
        return parsed.scheme, (parsed.tally,)
    known = [*SCHEMES, *files.areas]
    found = f"地区の種類「{name}」が分かりません（使えるもの: {'・'.join(known)}）"
    mend = f"直すか、{AREAS_FILE} に地区の一覧を書いてください"
    raise InputError(Problem(SETTINGS_FILE, "scheme", found, mend))
