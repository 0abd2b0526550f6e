"""Load one file as checked tables, and give its rows the district that their words mean."""

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from .areas import AREAS_FILE
from .codes import HOME
from .districts import SCHEMES, load_districts
from .errors import InputWarning, Problem
from .gatherings import parse_gatherings
from .names import match_names, names_of
from .outline import read_outline
from .plan_reading import NOT_MENDED, ParsedPlan, parse_plan
from .plan_review import PlanCorrections
from .plan_text import is_table, read_plan_text, take_text
from .plans import ParsedMeasures, parse_measures
from .progress import Progress, no_progress
from .read import read_source
from .records import parse_activities, parse_indicators
from .schemes import Scheme, match_areas, match_units
from .tables import check
from .venues import Atlas, find_venue, plain_atlas

# Plans and figures may be a whole city's; a gathering or an activity is in one of its wards.
_WHOLE_CITY = {"measures", "indicators"}


def load_statements(path: Path | str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Load café notes: the gatherings and the statements written down there.

    Parameters
    ----------
    path
        A `.xlsx`, `.docx`, `.csv`, `.txt` or `.md` file.

    Returns
    -------
    gatherings, statements : pandas.DataFrame
        Keyed by `gathering_id` and `statement_id`; see `tables` for the columns.

    Raises
    ------
    InputError
        If the file cannot be read at all.

    Warns
    -----
    InputWarning
        For each row that could not be used or should be looked at.

    Examples
    --------
    >>> gatherings, statements = load_statements("data/sample/gatherings/秩父のカフェ_聞き書き.md")
    >>> len(gatherings), gatherings["district"].unique().tolist()
    (2, ['11207'])
    """
    parsed = parse_gatherings(read_source(Path(path)))
    problems = list(parsed.problems)
    gatherings = _place(parsed.gatherings, "gatherings", problems)
    _warn(problems)
    return gatherings, check(parsed.statements, "statements")


def load_plan(path: Path | str) -> pd.DataFrame:
    """Load the measures of a municipal welfare plan.

    Parameters
    ----------
    path
        The plan itself (`.pdf`, `.docx`, `.txt`, `.md`), or a table of it (`.csv`, `.xlsx`).

    Returns
    -------
    pandas.DataFrame
        Keyed by `measure_id`: plan, period (with its years), path (`goal`, `policy`,
        `initiative`), role, text, indicators, page.

    Raises
    ------
    InputError
        If the file cannot be read at all.

    Warns
    -----
    InputWarning
        For each row that could not be used or should be looked at.

    Examples
    --------
    >>> measures = load_plan("data/sample/plans/秩父市_地域福祉計画_見本.csv")
    >>> measures["district"].unique().tolist()
    ['11207']
    """
    parsed = read_plan(Path(path), name=Path(path).name, municipalities=load_districts())
    return _finish(parsed.measures, parsed.problems, "measures")


def read_plan(
    path: Path,
    *,
    name: str,
    municipalities: pd.DataFrame,
    corrections: PlanCorrections = NOT_MENDED,
    progress: Progress = no_progress,
) -> ParsedMeasures | ParsedPlan:
    """Read a plan, as text or as a table, as measures with problems and a tally.

    Parameters
    ----------
    path
        The file.
    name
        What to call it in problems.
    municipalities
        As `load_districts` returns them: a plan is of one of these, or of a whole city.
    corrections
        What an adviser mended of plans.
    progress
        Called with the page and how far it is, 0 to 1.

    Raises
    ------
    InputError
        If nothing of it can be read.
    """
    names = [*municipalities["name"], *municipalities["area"]]
    if path.suffix.lower() == ".pdf":
        text = read_plan_text(path, name=name, progress=progress)
        return parse_plan(text, names, corrections)
    source = read_source(path, name=name)
    if is_table(source):
        return parse_measures(source)
    return parse_plan(take_text(source), names, corrections)


def load_outline(path: Path | str, *, progress: Progress = no_progress) -> pd.DataFrame:
    """Load the lines of a written plan with what each is: its headings and their levels.

    Parameters
    ----------
    path
        A `.pdf`, `.docx`, `.txt` or `.md` file.
    progress
        Called with the page and how far it is, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        One row per line that says something: `page`, `place`, `text`, and `mark` and `level` as
        `read_outline` gives them.

    Raises
    ------
    InputError
        If the file cannot be read at all, or is a table.
    """
    text = read_plan_text(Path(path), progress=progress)
    return read_outline(text.lines).drop(columns=["size", "left", "cells"])


def load_activities(path: Path | str, *, prefecture: str = HOME) -> pd.DataFrame:
    """Load a list of services, groups and places, keyed by `activity_id`.

    Our own tables and the lists of official open data are recognised by their headings.

    Parameters
    ----------
    path
        A `.csv`, `.tsv` or `.xlsx` file.
    prefecture
        Two digits; of an official list only what is there becomes rows.

    Raises
    ------
    InputError
        If the file cannot be read at all.

    Warns
    -----
    InputWarning
        For each row that could not be used or should be looked at.

    Examples
    --------
    >>> activities = load_activities("data/sample/activities/活動・資源一覧_東部.csv")
    >>> activities["activity_id"].is_unique
    True
    """
    parsed = parse_activities(read_source(Path(path)), prefecture=prefecture)
    return _finish(parsed.records, parsed.problems, "activities")


def load_indicators(path: Path | str, *, prefecture: str = HOME) -> pd.DataFrame:
    """Load official figures, one a row, with unit, as-of date, source and status.

    Our own tables, SSDSE-A, and population by age in the official layouts are recognised by
    their headings.

    Parameters
    ----------
    path
        A `.csv`, `.tsv` or `.xlsx` file.
    prefecture
        Two digits; of an official table only this prefecture becomes rows.

    Raises
    ------
    InputError
        If the file cannot be read at all.

    Warns
    -----
    InputWarning
        For each row that could not be used or should be looked at.

    Examples
    --------
    >>> figures = load_indicators("data/sample/indicators/公的統計_埼玉県_施設.csv")
    >>> sorted(figures["status"].unique())
    ['unknown', 'value']
    """
    parsed = parse_indicators(read_source(Path(path)), prefecture=prefecture)
    return _finish(parsed.records, parsed.problems, "indicators")


def _finish(table: pd.DataFrame, found: Sequence[Problem], name: str) -> pd.DataFrame:
    problems = list(found)
    loaded = _place(table, name, problems)
    _warn(problems)
    return loaded


def _place(table: pd.DataFrame, name: str, problems: list[Problem]) -> pd.DataFrame:
    return add_district(table, name, plain_atlas(load_districts()), problems)


def _warn(problems: Sequence[Problem]) -> None:
    for problem in problems:
        warnings.warn(str(problem), InputWarning, stacklevel=4)


def add_district(
    table: pd.DataFrame, name: str, atlas: Atlas, problems: list[Problem]
) -> pd.DataFrame:
    """Return the table, checked, with the `district` that each `district_name` or venue means.

    Parameters
    ----------
    table
        Rows with `district_name`, `file` and `place`, and some with `venue`.
    name
        Which table it is: a key of `tables.SCHEMAS`. Plans and figures keep the municipality,
        ward or whole city that they are of; others get the area that it lies in.
    atlas
        What tells where places lie.
    problems
        Names that mean no district, or several, and that no venue makes clear, are added here.
    """
    names = table["district_name"].fillna("").astype(str).str.strip()
    match = match_units if name in _WHOLE_CITY else match_areas
    known = match(names.unique(), atlas.scheme, atlas.municipalities)
    codes: list[str | None] = []
    by_venue: dict[str, list[Problem]] = {}
    for row, key in zip(table.to_dict("records"), names, strict=True):
        candidates = known[key]
        if len(candidates) != 1:
            found = _find_by_venue(row, key, candidates, atlas)
            said = by_venue.setdefault(found.problem.file, []) if found.areas else problems
            said.append(found.problem)
            candidates = found.areas
        codes.append(candidates[0] if candidates else None)
    problems += [_one_note(notes) for notes in by_venue.values()]
    return check(table.assign(district=pd.Series(codes, index=table.index, dtype=object)), name)


def _one_note(notes: Sequence[Problem]) -> Problem:
    """Return one note for all rows of a file whose district their venues told."""
    first, more = notes[0], len(notes) - 1
    return (
        replace(first, found=f"{first.found}（ほか{more}行も、会場から読みました）")
        if more
        else first
    )


@dataclass(frozen=True)
class _Told:
    """The one area that a venue tells, or none, and what is to be said of it."""

    areas: tuple[str, ...]
    problem: Problem


def _find_by_venue(
    row: Mapping[Hashable, object], name: str, candidates: tuple[str, ...], atlas: Atlas
) -> _Told:
    """Return the area that a row's venue tells, where its district's name tells none or several."""
    file, place = str(row["file"]), str(row["place"])
    venue = row.get("venue")
    written = venue if isinstance(venue, str) else ""
    told = find_venue(written, atlas, lat=row.get("lat"), lng=row.get("lng"))
    fitting = tuple(area for area in told.areas if not name or area in candidates)
    if len(fitting) == 1 and (candidates or not name):
        area = names_of(atlas.scheme.districts)[fitting[0]]
        found = f"地区を{told.by}から「{area}」と読みました"
        mend = "違うときは地区の列に書いてください"
        return _Told(fitting, Problem(file, place, found, mend, "info"))
    found, mend = _unknown(name, candidates, atlas.scheme, atlas.municipalities)
    return _Told((), Problem(file, place, found, mend))


def _unknown(
    written: str, candidates: tuple[str, ...], scheme: Scheme, municipalities: pd.DataFrame
) -> tuple[str, str]:
    """Return what was found and how to mend it, for a name that means no one district."""
    cities = "・".join(sorted(set(municipalities["area"]) - {""}))
    towns = f"市町村（{cities}は区）" if cities else "市町村"
    what = towns if scheme.name == SCHEMES["municipality"] else f"{scheme.name}か市町村"
    mend = f"{what}の正式な名前に直してください"
    if not written:
        return "地区が書かれていません", mend.replace("に直して", "を書いて")
    if candidates:
        tables = (municipalities, scheme.districts)
        names = pd.concat([table.set_index("district")["name"] for table in tables])
        likely = "・".join(names[~names.index.duplicated()].reindex(list(candidates)).dropna())
        return f"地区「{written}」は一つに決まりません", f"どれかに直してください（{likely}）"
    if match_names([written], municipalities)[written]:
        found = f"地区「{written}」は、どの{scheme.name}にも入っていません"
        return found, f"{AREAS_FILE} に行を足してください"
    return f"地区「{written}」が見つかりません", mend
