"""Load one survey folder: every file it holds, as checked tables with all problems."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from . import gatherings, plans, records
from .area_figures import move_figures
from .codebook import Codebook, load_codebook
from .errors import InputError, Problem, Problems
from .geography import Geography, draw_atlas, load_geography
from .inputs import file_row, read_inputs
from .own_terms import CODEBOOK_FILE, OwnTerm, add_terms, read_own_terms, read_taken
from .place_review import read_settled
from .placing import SETTLED_COLUMNS
from .plan_copies import split_by_age, without_second_copies
from .plan_reading import ParsedPlan
from .progress import Progress, no_progress
from .review import REVIEW_FILE, no_corrections, read_corrections
from .row_districts import add_district
from .schemes import Scheme
from .settings import Settings, read_settings
from .tables import check
from .venues import Atlas, doubt_positions, learn_venues


@dataclass(frozen=True)
class Survey:
    """Every input of one survey folder, as checked tables.

    Attributes
    ----------
    settings
        Name, sample mark, scheme, thresholds.
    scheme
        The areas that the survey is read by, and which municipality lies in which.
    municipalities, small_areas
        What the areas are made of; no small areas where the survey has none.
    districts, gatherings, statements, measures, activities, indicators
        See `tables` for their columns and keys; the districts are those of the scheme. The
        measures are those of each municipality's latest plan.
    plan_gatherings, plan_statements
        The voices that plans report, as gatherings and statements of their own: they are not in
        the others unless the settings say so.
    earlier_measures
        Those of its plans before that.
    codebook
        The built-in codebook with the survey's own words over it.
    own_terms
        Those words as they stand in `codebook.xlsx`.
    corrections
        What an adviser changed in `review.xlsx`: `statement_id`, `issues`, `kinds`.
    settled
        Which district doubtful names mean, as an adviser said there: `statement_id`, `surface`,
        `district`.
    files
        One row per file: `file`, `table`, `rows`, `used`, `read`, `reported`, `records`, where
        rows = used + read + reported.
    problems
        What could not be read or should be looked at.
    """

    settings: Settings
    scheme: Scheme
    municipalities: pd.DataFrame
    small_areas: pd.DataFrame
    districts: pd.DataFrame
    gatherings: pd.DataFrame
    statements: pd.DataFrame
    plan_gatherings: pd.DataFrame
    plan_statements: pd.DataFrame
    measures: pd.DataFrame
    earlier_measures: pd.DataFrame
    activities: pd.DataFrame
    indicators: pd.DataFrame
    codebook: Codebook
    own_terms: tuple[OwnTerm, ...]
    corrections: pd.DataFrame
    settled: pd.DataFrame
    files: pd.DataFrame
    problems: Problems


def load_survey(folder: Path | str, *, progress: Progress = no_progress) -> Survey:
    """Read every input of one survey folder.

    Parameters
    ----------
    folder
        A folder as `watamachi new` makes it.
    progress
        Called with what is being read and how far it is, 0 to 1.

    Returns
    -------
    Survey
        What could be read. What could not stands in `problems`; no file stops another.

    Raises
    ------
    InputError
        If the folder does not exist, holds no input, or its settings cannot be used.
    """
    root = find_folder(folder)
    settings = read_settings(root)
    problems: list[Problem] = []
    geography = load_geography(root, settings)
    problems += geography.problems
    parsed = read_inputs(root, settings, geography.ground.municipalities, progress)
    problems += parsed.problems
    files = [*(file_row("districts", tally) for tally in geography.tallies), *parsed.files]
    own_terms = _own_terms(root, problems)
    book = add_terms(load_codebook(), own_terms)
    corrections = _corrections(root, book, parsed.results["gatherings"], problems)
    settled, unclear = read_settled(root / REVIEW_FILE, geography.ground.municipalities)
    problems += unclear
    survey = _survey(settings, geography, parsed.results, files, problems)
    return replace(
        survey, codebook=book, own_terms=own_terms, corrections=corrections, settled=settled
    )


def find_folder(folder: Path | str) -> Path:
    """Return a survey folder.

    Raises
    ------
    InputError
        If it does not exist.
    """
    root = Path(folder)
    if not root.is_dir():
        found = "フォルダが見つかりません"
        mend = "場所と名前を確かめるか、watamachi new で作ってください"
        raise InputError(Problem(str(root), "", found, mend))
    return root


def _own_terms(root: Path, problems: list[Problem]) -> tuple[OwnTerm, ...]:
    """Return the survey's own words: its codebook, and what was taken up from the proposals."""
    terms: list[OwnTerm] = []
    for name, read in ((CODEBOOK_FILE, read_own_terms), (REVIEW_FILE, read_taken)):
        if (root / name).exists():
            own, found = read(root / name, load_codebook())
            terms += own
            problems += found
    return tuple(terms)


def _corrections(
    root: Path, book: Codebook, notes: list[Any], problems: list[Problem]
) -> pd.DataFrame:
    """Return the adviser's corrections, and report those whose statement is not there any more."""
    path = root / REVIEW_FILE
    if not path.exists():
        return no_corrections().table
    corrections = read_corrections(path, book)
    problems += corrections.problems
    known = {key for parsed in notes for key in parsed.statements["statement_id"]}
    table = corrections.table
    for key in table.loc[~table["statement_id"].isin(known), "statement_id"]:
        found = f"直した発言（{key}）が記録のなかに見つかりません"
        mend = "記録を書き換えたなら、review でもう一度直してください"
        problems.append(Problem(REVIEW_FILE, "", found, mend, "notice"))
    return table


def _survey(
    settings: Settings,
    geography: Geography,
    parsed: Mapping[str, list[Any]],
    files: list[dict[str, object]],
    problems: list[Problem],
) -> Survey:
    held = _join(parsed["gatherings"], "gatherings", gatherings.GATHERING_COLUMNS)
    said = _join(parsed["gatherings"], "statements", gatherings.STATEMENT_COLUMNS)
    written_plans = [one for one in parsed["plans"] if isinstance(one, ParsedPlan)]
    reports = _join(written_plans, "gatherings", gatherings.GATHERING_COLUMNS)
    reported = _join(written_plans, "statements", gatherings.STATEMENT_COLUMNS)
    measures = _join(parsed["plans"], "measures", plans.MEASURE_COLUMNS)
    activities = _join(parsed["activities"], "records", records.ACTIVITY_COLUMNS)
    indicators = _join(parsed["indicators"], "records", records.INDICATOR_COLUMNS)
    held = held.drop_duplicates("gathering_id", ignore_index=True)
    said = _without_repeats(said, ["statement_id"], "同じ発言が別のファイルにもあります", problems)
    measures = without_second_copies(measures, problems)
    activities = _without_repeats(
        activities, ["activity_id"], "同じ活動が別のファイルにもあります", problems
    )
    written = ["district_name", "indicator", "as_of"]
    twice = "同じ数字が別のファイルにもあります"
    indicators = _without_repeats(indicators, written, twice, problems)
    scheme, municipalities = geography.scheme, geography.ground.municipalities
    atlas = draw_atlas(geography, settings.prefecture)
    held, activities = _place_venues(held, activities, atlas, problems)
    measures, indicators = (
        add_district(table, name, atlas, problems)
        for table, name in ((measures, "measures"), (indicators, "indicators"))
    )
    units = dict(zip(measures["district_name"], measures["district"], strict=True))
    reports = check(reports.assign(district=reports["district_name"].map(units)), "gatherings")
    if settings.plan_voices:
        held = check(pd.concat([held, reports], ignore_index=True), "gatherings")
        said = pd.concat([said, reported], ignore_index=True)
    measures, earlier = split_by_age(measures)
    unplaced = indicators["district"].isna()
    placed = _without_repeats(indicators[~unplaced], ["district", *written[1:]], twice, problems)
    indicators = pd.concat([placed, indicators[unplaced]], ignore_index=True)
    if settings.scheme != "municipality":
        indicators = check(move_figures(indicators, scheme, municipalities), "indicators")
    return Survey(
        settings=settings,
        scheme=scheme,
        municipalities=municipalities,
        small_areas=geography.ground.small_areas,
        districts=check(scheme.districts, "districts"),
        gatherings=held,
        statements=check(said, "statements"),
        plan_gatherings=reports,
        plan_statements=check(reported, "statements"),
        measures=measures,
        earlier_measures=earlier,
        activities=activities,
        indicators=indicators,
        codebook=load_codebook(),
        own_terms=(),
        corrections=no_corrections().table,
        settled=pd.DataFrame(columns=SETTLED_COLUMNS, dtype=object),
        files=pd.DataFrame(files),
        problems=Problems.of(problems),
    )


def _place_venues(
    held: pd.DataFrame, activities: pd.DataFrame, atlas: Atlas, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return gatherings and activities with their districts; each may name the other's venues."""
    whole = learn_venues([held, activities], atlas)
    held = add_district(held, "gatherings", whole, problems)
    activities = add_district(activities, "activities", whole, problems)
    problems += doubt_positions(activities, atlas)
    return held, activities


def _join(results: list[Any], table: str, columns: list[str]) -> pd.DataFrame:
    """Put the tables of all files together, each row with its file's path in the folder."""
    frames = [getattr(result, table).astype(object) for result in results]
    filled = [frame for frame in frames if len(frame)]
    return (
        pd.concat(filled, ignore_index=True)
        if filled
        else pd.DataFrame(columns=columns, dtype=object)
    )


def _without_repeats(
    table: pd.DataFrame, key: list[str], found: str, problems: list[Problem]
) -> pd.DataFrame:
    """Keep the first of rows with one key, and report the others: nobody is counted twice."""
    repeated = table[table.duplicated(key)]
    problems += [
        Problem(str(row.file), str(row.place), found, "どちらかのファイルを外してください")
        for row in repeated.itertuples(index=False)
    ]
    return table.drop_duplicates(key, ignore_index=True)
