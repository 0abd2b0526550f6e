"""Run all stages over a survey: the one place that knows their order."""

import warnings
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from .codebook import Codebook
from .errors import Problem, TooLittleText
from .means import find_means
from .measure_matching import match_measures
from .names import names_of
from .overlap import SurveyTables, count, count_exposure
from .placing import doubt_places, find_places, list_doubtful, place_statements, settle
from .privacy import mask
from .progress import Progress, no_progress
from .review import add_examples, apply_corrections
from .roles import OF_OTHERS
from .schemes import Scheme
from .survey import Survey
from .tagging import tag
from .themes import group


@dataclass(frozen=True)
class Analysis:
    """A survey with the result of every stage; its statements are masked.

    Attributes
    ----------
    survey
        The survey; the text of `survey.statements` is masked, and each has its `district`.
    masked
        What was masked: `text_id`, `start`, `end`, `kind` (no surface: it is gone).
    rules
        As `tag` returns them, `text_id` being the `statement_id`; corrections are learned from
        for all statements but those that were corrected.
    mentions
        The same with the adviser's corrections in place.
    doubtful
        The names of places that mean no one district, as `list_doubtful` returns them, those
        that an adviser settled included.
    places
        As `find_places` returns them, settled.
    tables
        The tables that counting needs.
    reported
        The voices that plans report, masked: `statement_id`, `district` (of the plan), `text`,
        `voices`, `kind`, `issues` (ids joined by |), `plan`, `place`.
    matches
        The measures of its municipality nearest to each statement, as `match_measures` returns
        them.
    means
        Which means the words of voices point to, as `find_means` returns them.
    exposure, overlap
        As `count_exposure` and `count` return them; nothing is hidden yet.
    built
        The day that stands on the outputs.
    seed
        Passed on to `group`.
    """

    survey: Survey
    masked: pd.DataFrame
    rules: pd.DataFrame
    mentions: pd.DataFrame
    doubtful: pd.DataFrame
    places: pd.DataFrame
    tables: SurveyTables
    reported: pd.DataFrame
    matches: pd.DataFrame
    means: pd.DataFrame
    exposure: pd.DataFrame
    overlap: pd.DataFrame
    built: date
    seed: int = 0

    @cached_property
    def themes(self) -> pd.DataFrame:
        """Return the statements in themes, as `group` does; found when they are first asked for.

        No map and no report rests on them, and to find them takes a third as long as all else.
        """
        texts = self.survey.statements.set_index("statement_id")["text"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TooLittleText)  # the missing themes say it themselves
            return group(texts, seed=self.seed, codebook=self.survey.codebook)


def analyse(
    survey: Survey, *, seed: int = 0, built: date | None = None, progress: Progress = no_progress
) -> Analysis:
    """Run the stages over a survey: mask, locate, tag, count; themes are found when asked for.

    Parameters
    ----------
    survey
        As `load_survey` returns it.
    seed
        Passed on to `group`.
    built
        The day to print on the outputs; today by default.
    progress
        Called with the stage and how far it is, 0 to 1.

    Returns
    -------
    Analysis
        Same survey, seed and day, same analysis.
    """
    progress("名前や連絡先を伏せています", 0.0)
    said = survey.statements
    texts, spans = mask(said.set_index("statement_id")["text"])
    masked = said.assign(text=texts.to_numpy())
    progress("地名を読み取っています", 0.1)
    found = _find_places(survey, masked)
    places = settle(found, survey.settled, survey.scheme)
    placed = masked.assign(district=place_statements(masked, survey.gatherings, places))
    survey = replace(survey, statements=placed)
    progress("課題を読み取っています", 0.2)
    book = survey.codebook
    hints = said.set_index("statement_id")["kind_hint"]
    rules = _read(texts, hints, survey.corrections, book)
    mentions = apply_corrections(rules, survey.corrections, texts)
    progress("地区ごとに数えています", 0.7)
    counted = _survey_tables(survey, mentions)
    progress("計画に載った声を読んでいます", 0.85)
    reported = _read_reports(survey, book)
    progress("計画の施策と声をつき合わせています", 0.9)
    matches = match_measures(
        placed, _by_area(survey.measures, survey.scheme), codebook=book, mentions=mentions
    )
    overlap = count(counted, survey.settings.thresholds)
    progress("できました", 1.0)
    return Analysis(
        survey=survey,
        masked=spans.drop(columns="surface"),
        rules=rules,
        mentions=mentions,
        doubtful=list_doubtful(found, names_of(survey.municipalities)),
        places=places,
        tables=counted,
        reported=reported,
        matches=matches,
        means=find_means(placed, mentions),
        exposure=count_exposure(counted),
        overlap=overlap,
        built=built or date.today(),
        seed=seed,
    )


def _read_reports(survey: Survey, book: Codebook) -> pd.DataFrame:
    """Return the voices that plans report, masked, with what they are about.

    They are the municipality's own reports: they are shown as such, and not counted.
    """
    said = survey.plan_statements.merge(
        survey.plan_gatherings[["gathering_id", "district", "name"]], on="gathering_id"
    )
    texts, _ = mask(said.set_index("statement_id")["text"])
    mentions = tag(texts, book, hints=said.set_index("statement_id")["kind_hint"])
    about = mentions.dropna(subset=["issue"]).drop_duplicates(["text_id", "issue"])
    issues = about.groupby("text_id")["issue"].agg("|".join)
    kinds = mentions.drop_duplicates("text_id").set_index("text_id")["kind"]
    return pd.DataFrame(
        {
            "statement_id": said["statement_id"],
            "district": said["district"],
            "text": texts.to_numpy(),
            "voices": said["voices"],
            "kind": said["statement_id"].map(kinds),
            "issues": said["statement_id"].map(issues).fillna(""),
            "plan": said["name"],
            "place": said["place"],
        }
    )


def find_doubtful_places(survey: Survey) -> list[Problem]:
    """Return a note for each name of a place that means no one district and is not settled yet.

    Parameters
    ----------
    survey
        As `load_survey` returns it.
    """
    texts, _ = mask(survey.statements.set_index("statement_id")["text"])
    masked = survey.statements.assign(text=texts.to_numpy())
    open_ones = settle(_find_places(survey, masked), survey.settled, survey.scheme)
    return doubt_places(list_doubtful(open_ones, names_of(survey.municipalities)), masked)


def _find_places(survey: Survey, masked: pd.DataFrame) -> pd.DataFrame:
    return find_places(
        masked, survey.gatherings, survey.scheme, survey.municipalities, survey.small_areas
    )


def _read(
    texts: pd.Series, hints: pd.Series, corrections: pd.DataFrame, book: Codebook
) -> pd.DataFrame:
    """Tag the statements; what an adviser corrected teaches how to read the others.

    A corrected statement itself is read as if nobody had corrected it: how often the rules
    agree with the adviser is an honest count.
    """
    known = texts.index.isin(corrections["statement_id"])
    rules = tag(texts[known], book, hints=hints[known])
    others = tag(texts[~known], add_examples(book, texts, corrections), hints=hints[~known])
    order = {key: number for number, key in enumerate(texts.index)}
    both = pd.concat([rules, others], ignore_index=True)
    return both.sort_values("text_id", key=lambda ids: ids.map(order), kind="stable").reset_index(
        drop=True
    )


def _survey_tables(survey: Survey, mentions: pd.DataFrame) -> SurveyTables:
    return SurveyTables(
        districts=survey.districts,
        gatherings=survey.gatherings,
        statements=survey.statements,
        mentions=mentions,
        activity_issues=_issues_of_activities(survey.activities, survey.codebook),
        measure_issues=_issues_of_measures(survey.measures, survey.scheme, survey.codebook),
        issues=tuple(survey.codebook.issues.index),
    )


def _issues_of_activities(activities: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Return activity × district × issue: the issues its list names, else those its words show."""
    named = activities["issue_labels"].fillna("").map(book.issues_of)
    words = (
        activities["name"]
        + "。"
        + activities["category"].fillna("")
        + "。"
        + activities["note"].fillna("")
    )
    tagged = _issues_in(words.set_axis(activities["activity_id"]), book)
    issues = [
        own or tagged.get(key, [])
        for own, key in zip(named, activities["activity_id"], strict=True)
    ]
    table = activities[["activity_id", "district"]].assign(
        issue=pd.Series(issues, index=activities.index, dtype=object)
    )
    return table.explode("issue").dropna().reset_index(drop=True)


def _issues_of_measures(measures: pd.DataFrame, scheme: Scheme, book: Codebook) -> pd.DataFrame:
    """Return measure × district × issue; a plan stands for each area that holds some of its town.

    What a plan asks of others (自助, 地域の役割, 社協) is no measure of the municipality.
    """
    spread = _by_area(measures, scheme)
    words = (
        spread["policy"].fillna("") + "。" + spread["initiative"] + "。" + spread["text"].fillna("")
    )
    once = words.set_axis(spread["measure_id"])
    tagged = _issues_in(once[~once.index.duplicated()], book)
    table = spread[["measure_id", "district"]].assign(
        issue=spread["measure_id"].map(lambda key: tagged.get(key, [])).astype(object)
    )
    return table.explode("issue").dropna().reset_index(drop=True)


def _by_area(measures: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Return the municipalities' own measures, a row for each area that holds some of their town."""
    own = measures[~measures["role"].isin(OF_OTHERS)]
    areas = set(scheme.districts["district"])
    places = [(unit,) if unit in areas else scheme.areas_of(str(unit)) for unit in own["district"]]
    spread = own.assign(district=pd.Series(places, index=own.index, dtype=object))
    return spread.explode("district").dropna(subset=["district"]).reset_index(drop=True)


def _issues_in(texts: pd.Series, book: Codebook) -> dict[str, list[str]]:
    mentions = tag(texts, book).dropna(subset=["issue"])
    issues = (
        mentions.drop_duplicates(["text_id", "issue"])
        .groupby("text_id", sort=False)["issue"]
        .agg(list)
    )
    return {str(key): list(value) for key, value in issues.items()}
