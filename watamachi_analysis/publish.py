"""Take from an analysis only what one audience may see: the tables that every output is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from .analysis import Analysis
from .codebook import Codebook
from .overlap import NEED_KINDS, blank_unrecorded, judge
from .privacy import AUDIENCES, protect, protect_people
from .schemes import Scheme
from .settings import Settings

SAMPLE_MARK = "見本（架空データ）"

# Which count must be shown before a statement of a kind may be quoted.
_COUNT_OF_KIND = {
    **dict.fromkeys(NEED_KINDS, "needs"),
    "wish": "wishes",
    "activity": "activities_said",
}


@dataclass(frozen=True)
class Publication:
    """The tables of one audience; nothing that it may not see is in them.

    Attributes
    ----------
    audience
        `adviser`, `member` or `public`.
    settings, built
        The survey's settings and the day on the outputs.
    issues
        The codebook's issues: label, group, definition, sensitive.
    scheme, districts
        The areas, and which municipality lies in which.
    exposure, overlap
        Per district, and per district × issue; hidden counts are missing, and so are the
        voices of districts without a record.
    gatherings
        `gathering_id`, `kind`, `date`, `district`.
    statements
        The masked statements that may be quoted: `statement_id`, `district`, `text`.
    mentions
        The mentions of those statements.
    activities, measures, indicators
        Lists and official figures: public by nature.
    activity_issues, measure_issues
        What they are about.
    totals
        `gatherings`, `participants`, `statements`, `districts` of the whole survey.
    sources
        Where the official figures come from.
    """

    audience: str
    settings: Settings
    built: date
    issues: pd.DataFrame
    scheme: Scheme
    districts: pd.DataFrame
    exposure: pd.DataFrame
    overlap: pd.DataFrame
    gatherings: pd.DataFrame
    statements: pd.DataFrame
    mentions: pd.DataFrame
    activities: pd.DataFrame
    measures: pd.DataFrame
    indicators: pd.DataFrame
    activity_issues: pd.DataFrame
    measure_issues: pd.DataFrame
    totals: Mapping[str, int]

    @property
    def audience_label(self) -> str:
        """Return for whom this is, in Japanese."""
        return AUDIENCES[self.audience]


def publish(analysis: Analysis, audience: str = "member") -> Publication:
    """Return what one audience may see of an analysis.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    audience
        `adviser` sees every masked statement and every count; `member` counts from the
        thresholds up and the statements whose speakers said 公開可 and whose count is shown;
        `public` counts from the thresholds up, and no statement.

    Raises
    ------
    ValueError
        If the audience is unknown.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"見る人「{audience}」は知りません（{'・'.join(AUDIENCES)} のどれか）")
    survey, book = analysis.survey, analysis.survey.codebook
    overlap, exposure = analysis.overlap, analysis.exposure
    if audience != "adviser":
        limits = survey.settings.thresholds
        overlap = judge(protect(overlap, limits, _sensitive(book)), limits)
        exposure = exposure.assign(participants=protect_people(exposure["participants"], limits))
        shown = exposure["participants"]
        overlap = overlap.assign(participants=overlap["district"].map(shown).astype("Int64"))
    overlap = blank_unrecorded(overlap)
    statements = _quotable(analysis, overlap, audience)
    mentions = analysis.mentions[analysis.mentions["text_id"].isin(statements["statement_id"])]
    return Publication(
        audience=audience,
        settings=survey.settings,
        built=analysis.built,
        issues=book.issues,
        scheme=survey.scheme,
        districts=survey.districts,
        exposure=exposure,
        overlap=overlap,
        gatherings=survey.gatherings[["gathering_id", "kind", "date", "district"]],
        statements=statements,
        mentions=mentions.reset_index(drop=True),
        activities=survey.activities,
        measures=survey.measures,
        indicators=survey.indicators,
        activity_issues=analysis.tables.activity_issues,
        measure_issues=analysis.tables.measure_issues,
        totals=_totals(analysis),
    )


def _sensitive(book: Codebook) -> set[str]:
    return set(book.issues.index[book.issues["sensitive"]])


def _totals(analysis: Analysis) -> dict[str, int]:
    survey = analysis.survey
    return {
        "gatherings": len(survey.gatherings),
        "participants": int(survey.gatherings["participants"].fillna(0).sum()),
        "statements": len(survey.statements),
        "districts": int(analysis.exposure["gatherings"].gt(0).sum()),
    }


def _quotable(analysis: Analysis, overlap: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return the statements that an audience may read, in the order of the districts."""
    survey = analysis.survey
    said = survey.statements
    if audience != "adviser":
        said = said.dropna(subset=["district"])
    if audience == "public":
        said = said.iloc[:0]
    elif audience == "member":
        open_ones = said[said["publishable"].fillna(False).astype(bool)]
        said = open_ones[
            ~open_ones["statement_id"].isin(_behind_hidden(analysis, open_ones, overlap))
        ]
    columns = ["statement_id", "district", "text"]
    return said.sort_values("district", kind="stable")[columns].reset_index(drop=True)


def _behind_hidden(analysis: Analysis, said: pd.DataFrame, overlap: pd.DataFrame) -> set[str]:
    """Return the statements that stand behind a count which is not shown to this audience."""
    mentions = analysis.mentions.merge(said, left_on="text_id", right_on="statement_id")
    counts = overlap.set_index(["district", "issue"])
    column = mentions["kind"].map(_COUNT_OF_KIND).fillna("needs")
    issue = mentions["issue"].fillna("all")
    hidden = [
        counts.at[(district, about), name] is pd.NA
        for district, about, name in zip(mentions["district"], issue, column, strict=True)
    ]
    return set(mentions.loc[hidden, "statement_id"])
