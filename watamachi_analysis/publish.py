"""Take from an analysis only what one audience may see: the tables that every output is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from .analysis import Analysis
from .codebook import Codebook, load_codebook
from .exposure import protect_exposure
from .issue_groups import by_group, count_groups, members_of
from .overlap import NEED_KINDS, blank_unrecorded, judge
from .privacy import ALL_ISSUES, AUDIENCES, VOICE_COUNTS
from .schemes import Scheme, link_areas
from .settings import Settings
from .suppression import Released, protect, protect_groups

FEWEST_WITH_WORD = 2  # statements
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
    codebook
        What the survey was read with, the words that it adds included; without the statements
        that an adviser corrected.
    scheme, districts
        The areas, and which municipality lies in which.
    exposure, overlap, groups
        Per district, per district × issue, and per district × group of issues; hidden counts
        are missing, and so are the voices of districts without a record.
    gatherings
        `gathering_id`, `kind`, `date`, `district`.
    statements
        The masked statements that may be quoted: `statement_id`, `district`, `text`; for the
        adviser also the `gathering_id`.
    mentions
        The mentions of those statements.
    activities, measures, earlier_measures, indicators
        Lists and official figures: public by nature.
    activity_issues, measure_issues
        What they are about.
    reported
        The voices that municipal plans report, masked; none for the public, who gets counts only.
    matches
        The measures nearest to the statements that may be quoted.
    means
        Which means the words of voices point to, where their count is shown.
    totals
        `gatherings`, `participants`, `statements`, `districts` of the whole survey; None where
        a total is small or would give a district away.
    sources
        Where the official figures come from.
    """

    audience: str
    settings: Settings
    built: date
    codebook: Codebook
    scheme: Scheme
    districts: pd.DataFrame
    exposure: pd.DataFrame
    overlap: pd.DataFrame
    groups: pd.DataFrame
    gatherings: pd.DataFrame
    statements: pd.DataFrame
    mentions: pd.DataFrame
    activities: pd.DataFrame
    measures: pd.DataFrame
    earlier_measures: pd.DataFrame
    indicators: pd.DataFrame
    activity_issues: pd.DataFrame
    measure_issues: pd.DataFrame
    reported: pd.DataFrame
    matches: pd.DataFrame
    means: pd.DataFrame
    totals: Mapping[str, int | None]

    @property
    def issues(self) -> pd.DataFrame:
        """Return the codebook's issues: label, group, definition, sensitive."""
        return self.codebook.issues

    @property
    def audience_label(self) -> str:
        """Return for whom this is, in Japanese."""
        return AUDIENCES[self.audience]


def publish(
    analysis: Analysis, audience: str = "member", *, before: Sequence[Publication] = ()
) -> Publication:
    """Return what one audience may see of an analysis.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    audience
        `adviser` sees every masked statement and every count; `member` counts from the
        thresholds up and the statements whose speakers said 公開可 and whose count is shown;
        `public` counts from the thresholds up, and no statement.
    before
        What was given out of the same survey, on an older day or by another scheme (市町村 and
        支部): what can be told by subtracting one from the other is hidden too. Of the adviser's
        own nothing is taken, as it is not given out.

    Raises
    ------
    ValueError
        If the audience is unknown.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"見る人「{audience}」は知りません（{'・'.join(AUDIENCES)} のどれか）")
    survey = analysis.survey
    counts, exposure, totals = _counts(analysis, audience, before)
    is_group = counts["issue"].isin(members_of(survey.codebook.issues))
    overlap, groups = counts[~is_group], counts[is_group].reset_index(drop=True)
    statements = _quotable(analysis, counts, audience)
    mentions = analysis.mentions[analysis.mentions["text_id"].isin(statements["statement_id"])]
    return Publication(
        audience=audience,
        settings=survey.settings,
        built=analysis.built,
        codebook=replace(survey.codebook, examples=load_codebook().examples),
        scheme=survey.scheme,
        districts=survey.districts,
        exposure=exposure,
        overlap=overlap,
        groups=groups,
        gatherings=survey.gatherings[["gathering_id", "kind", "date", "district"]],
        statements=statements,
        mentions=mentions.reset_index(drop=True),
        activities=survey.activities,
        measures=survey.measures,
        earlier_measures=survey.earlier_measures,
        indicators=survey.indicators,
        activity_issues=analysis.tables.activity_issues,
        measure_issues=analysis.tables.measure_issues,
        reported=analysis.reported if audience != "public" else analysis.reported.iloc[:0],
        matches=analysis.matches[analysis.matches["statement_id"].isin(statements["statement_id"])],
        means=_where_shown(analysis.means, overlap, audience),
        totals=totals,
    )


def publish_in_turn(analyses: Sequence[Analysis], audience: str) -> list[Publication]:
    """Return what one audience was given of each analysis, in the order they were given out.

    Parameters
    ----------
    analyses
        The first was given out first.
    audience
        See `publish`. Each was made with those before it in mind.
    """
    shown: list[Publication] = []
    for analysis in analyses:
        shown.append(publish(analysis, audience, before=shown))
    return shown


def _counts(
    analysis: Analysis, audience: str, before: Sequence[Publication]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int | None]]:
    """Return overlap with the groups below it, exposure and totals as one audience sees them."""
    survey, overlap, exposure = analysis.survey, analysis.overlap, analysis.exposure
    totals = _totals(analysis)
    said: dict[str, int | None] = {**totals}
    limits, sensitive = survey.settings.thresholds, _sensitive(survey.codebook)
    members = members_of(survey.codebook.issues)
    groups = count_groups(analysis.tables, members, limits)
    if audience != "adviser":
        released = [_released(out, survey.scheme) for out in before if out.audience != "adviser"]
        overlap = protect(overlap, limits, sensitive, released)
        groups = protect_groups(groups, overlap, members, limits, released)
        exposure, said = protect_exposure(exposure, totals, limits, released)
    counts = judge(pd.concat([overlap, groups], ignore_index=True), limits, members)
    for name in ("participants", "statements"):
        counts[name] = counts["district"].map(exposure[name]).astype("Int64")
    return blank_unrecorded(counts), exposure, said


def _where_shown(means: pd.DataFrame, overlap: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return hints of those districts and issues whose count of needs is shown.

    A word of one person alone goes to the adviser only.
    """
    shown = overlap.loc[overlap["needs"].gt(0).fillna(False), ["district", "issue"]]
    least = 1 if audience == "adviser" else FEWEST_WITH_WORD
    return means[means["statements"].ge(least)].merge(shown, on=["district", "issue"])


def _released(out: Publication, scheme: Scheme) -> Released:
    counts = pd.concat([out.overlap, out.groups], ignore_index=True)
    return Released(counts, out.exposure, out.totals, link_areas(scheme, out.scheme))


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
    said = analysis.survey.statements
    if audience != "adviser":
        said = said.dropna(subset=["district"])
    if audience == "public":
        said = said.iloc[:0]
    elif audience == "member":
        open_ones = said[said["publishable"].fillna(False).astype(bool)]
        kept = open_ones[
            ~open_ones["statement_id"].isin(_behind_hidden(analysis, open_ones, overlap))
        ]
        said = kept[~kept["statement_id"].isin(_one_too_many(analysis, kept, overlap))]
    own = ["gathering_id"] if audience == "adviser" else []  # others are not told who sat together
    columns = ["statement_id", "district", "text", *own]
    return said.sort_values("district", kind="stable")[columns].reset_index(drop=True)


def _behind_hidden(analysis: Analysis, said: pd.DataFrame, overlap: pd.DataFrame) -> set[str]:
    """Return the statements that stand behind a count which is not shown to this audience."""
    mentions = _mentions_of(analysis, said)
    grouped = by_group(mentions, members_of(analysis.survey.codebook.issues))
    mentions = pd.concat([mentions, grouped.assign(about=grouped["issue"])])
    counts = overlap.set_index(["district", "issue"])
    hidden = [
        counts.at[(district, about), name] is pd.NA
        for district, about, name in zip(
            mentions["district"], mentions["about"], mentions["column"], strict=True
        )
    ]
    return set(mentions.loc[hidden, "statement_id"])


def _mentions_of(analysis: Analysis, said: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions of statements, and which count each of them stands behind."""
    mentions = analysis.mentions.merge(said, left_on="text_id", right_on="statement_id")
    column = mentions["kind"].map(_COUNT_OF_KIND).fillna("needs")
    return mentions.assign(column=column, about=mentions["issue"].fillna(ALL_ISSUES))


def _one_too_many(analysis: Analysis, said: pd.DataFrame, overlap: pd.DataFrame) -> set[str]:
    """Return the last statements of districts where those quoted leave too few unquoted.

    None that is quoted stands behind a hidden count, so a hidden count is no more than the
    statements left, and no more than the voices of its kind left: these must be as many as the
    count would need to be shown.
    """
    limits, sensitive = analysis.survey.settings.thresholds, _sensitive(analysis.survey.codebook)
    mentions = _mentions_of(analysis, said)
    told = mentions[mentions["kind"].isin(_COUNT_OF_KIND) & mentions["issue"].notna()]
    gone: set[str] = set()
    for district, here in said.groupby("district", sort=False)["statement_id"]:
        rows = overlap[overlap["district"] == district].set_index("issue")
        if rows.at[ALL_ISSUES, "statements"] is pd.NA:
            gone |= set(here)
        for voices in VOICE_COUNTS:
            hidden = set(rows.index[rows[voices].isna()])
            if hidden:
                least = limits.sensitive if hidden & sensitive else limits.statements
                behind = here[here.isin(told.loc[told["column"] == voices, "text_id"])]
                gone |= _beyond(here, rows.at[ALL_ISSUES, "statements"], least)
                gone |= _beyond(behind, rows.at[ALL_ISSUES, voices], least)
    return gone


def _beyond(ids: pd.Series, whole: object, least: int) -> set[str]:
    """Return the last of the ids that bring a whole too near to what is quoted of it."""
    allowed = 0 if whole is pd.NA else max(0, int(whole) - least)  # type: ignore[call-overload]
    return set(ids.iloc[allowed:])
