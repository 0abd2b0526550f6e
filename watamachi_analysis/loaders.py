"""Load one file as checked tables: notes, a plan, a list of activities, official figures."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .codes import HOME
from .districts import load_districts
from .errors import InputWarning, Problem
from .gatherings import parse_gatherings
from .outline import read_outline
from .plan_reading import NOT_MENDED, ParsedPlan, parse_plan
from .plan_review import PlanCorrections
from .plan_text import is_table, read_plan_text, take_text
from .plans import ParsedMeasures, parse_measures
from .progress import Progress, no_progress
from .read import read_source
from .records import parse_activities, parse_indicators
from .row_districts import add_district
from .tables import check
from .venues import plain_atlas


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
