"""Load one file as checked tables, and give its rows the district that their words mean."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .districts import load_districts, match_names
from .errors import InputWarning, Problem
from .gatherings import parse_gatherings
from .plans import parse_measures
from .read import read_source
from .records import parse_activities, parse_indicators
from .tables import check

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
    gatherings = add_district(parsed.gatherings, "gatherings", load_districts(), problems)
    _warn(problems)
    return gatherings, check(parsed.statements, "statements")


def load_plan(path: Path | str) -> pd.DataFrame:
    """Load the measures of a municipal welfare plan from a table (`.csv`, `.xlsx`).

    Returns
    -------
    pandas.DataFrame
        Keyed by `measure_id`: plan, period, path (`goal`, `policy`, `initiative`), text, page.

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
    parsed = parse_measures(read_source(Path(path)))
    return _finish(parsed.measures, parsed.problems, "measures")


def load_activities(path: Path | str, *, prefecture: str = "11") -> pd.DataFrame:
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


def load_indicators(path: Path | str, *, prefecture: str = "11") -> pd.DataFrame:
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
    loaded = add_district(table, name, load_districts(), problems)
    _warn(problems)
    return loaded


def _warn(problems: Sequence[Problem]) -> None:
    for problem in problems:
        warnings.warn(str(problem), InputWarning, stacklevel=4)


def add_district(
    table: pd.DataFrame, name: str, districts: pd.DataFrame, problems: list[Problem]
) -> pd.DataFrame:
    """Return the table, checked, with the `district` that each `district_name` means.

    Parameters
    ----------
    table
        Rows with `district_name`, `file` and `place`.
    name
        Which table it is: a key of `tables.SCHEMAS`.
    districts
        As `load_districts` returns them.
    problems
        Names that mean no district, or several, are added here.
    """
    names = table["district_name"].fillna("").astype(str).str.strip()
    known = match_names(names.unique(), districts)
    cities = _cities(districts) if name in _WHOLE_CITY else {}
    codes = {
        written: cities.get(written) or (candidates[0] if len(candidates) == 1 else None)
        for written, candidates in known.items()
    }
    for file, place, written in zip(table["file"], table["place"], names, strict=True):
        if codes[written] is None:
            found, mend = _unknown(written, known[written], districts)
            problems.append(Problem(file, place, found, mend))
    return check(table.assign(district=names.map(codes)), name)


def _cities(districts: pd.DataFrame) -> dict[str, str]:
    """Return name and code of each city whose wards are the districts → its code."""
    wards = districts[districts["parent"] != ""]
    by_name = dict(zip(wards["area"], wards["parent"], strict=True))
    return by_name | {code: code for code in by_name.values()}


def _unknown(written: str, candidates: tuple[str, ...], districts: pd.DataFrame) -> tuple[str, str]:
    """Return what was found and how to mend it, for a name that means no one district."""
    mend = "市町村（さいたま市は区）の正式な名前に直してください"
    if not written:
        return "地区が書かれていません", mend.replace("に直して", "を書いて")
    if candidates:
        names = districts.set_index("district")["name"]
        likely = "・".join(names[code] for code in candidates if code in names.index)
        return f"地区「{written}」は一つに決まりません", f"どれかに直してください（{likely}）"
    return f"地区「{written}」が見つかりません", mend
