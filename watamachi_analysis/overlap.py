"""Count, by district and issue, who spoke of what and who acts, and say it in words."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .levels import add_rates, compare
from .privacy import ALL_ISSUES, VOICE_COUNTS, Thresholds

STATES = {
    "overlap": ("重なり", "困りごとも活動もある"),
    "gap": ("空白", "困りごとの声があり、活動がまだ見えない"),
    "resource": ("資源", "活動があり、困りごとの声は出ていない"),
    "no_voice": ("声なし", "集まりはあったが、この話は出ていない"),
    "too_little": ("まだ言えない", "記録が少なく、まだ言えない"),
    "no_record": ("記録なし", "集まりの記録がない（声がないのではない）"),
    "hidden": ("非表示", "人数が少ないため表示しない"),
}
NEED_KINDS = ("need", "request")
EXPOSURE = ["gatherings", "participants", "statements"]
REQUESTS = ["requests", "request_gatherings"]
COUNTS = [
    *VOICE_COUNTS, *VOICE_COUNTS.values(), *REQUESTS, "activities_listed", "measures",
]  # fmt: skip


@dataclass(frozen=True)
class SurveyTables:
    """The tables that counting needs.

    Attributes
    ----------
    districts
        `district`, `name`.
    gatherings
        `gathering_id`, `district`, `participants`.
    statements
        `statement_id`, `gathering_id`, `district`: where it was said, or what it speaks of
        where that is not known; missing where nothing tells.
    mentions
        As `tag` returns them, `text_id` being the `statement_id`.
    activity_issues, measure_issues
        One row per activity (measure), district and issue: `activity_id` (`measure_id`),
        `district`, `issue`.
    issues
        The ids of the issues, in order.
    """

    districts: pd.DataFrame
    gatherings: pd.DataFrame
    statements: pd.DataFrame
    mentions: pd.DataFrame
    activity_issues: pd.DataFrame
    measure_issues: pd.DataFrame
    issues: tuple[str, ...]


def count_exposure(tables: SurveyTables) -> pd.DataFrame:
    """Return what each district could have said: gatherings, participants, statements.

    Returns
    -------
    pandas.DataFrame
        Indexed by `district`, all districts, 0 where there was nothing. A gathering of no one
        district counts where some of its statements speak of one; its participants do not.
    """
    held = tables.gatherings.dropna(subset=["district"])
    said = tables.statements.dropna(subset=["district"])
    pairs = ["gathering_id", "district"]
    heard = pd.concat([held[pairs], said[pairs]]).drop_duplicates()
    exposure = pd.DataFrame(
        {
            "gatherings": heard.groupby("district")["gathering_id"].nunique(),
            "participants": held.groupby("district")["participants"].sum(min_count=1),
            "statements": said.groupby("district")["statement_id"].nunique(),
        }
    )
    index = pd.Index(tables.districts["district"], name="district")
    return exposure.reindex(index).fillna(0).astype("Int64")


def count(tables: SurveyTables, thresholds: Thresholds | None = None) -> pd.DataFrame:
    """Count voices, activities and measures of every district × issue.

    Parameters
    ----------
    tables
        The tables of one survey.
    thresholds
        How many gatherings a district needs before anything is said of it.

    Returns
    -------
    pandas.DataFrame
        One row per `district` (with its `name`) and `issue`, the issue `all` standing for any:
        `gatherings`, `participants`, `statements` (what the district could have said),
        `needs` (statements) and `need_gatherings` (gatherings they come from), those of them
        that are `requests` with `request_gatherings`, `wishes`, `activities_said`,
        `activities_listed`, `measures`, and what `judge` adds. Nothing is hidden yet: see
        `protect`.
    """
    said = _voices(tables)
    grid = pd.MultiIndex.from_product(
        [tables.districts["district"], [ALL_ISSUES, *tables.issues]], names=["district", "issue"]
    )
    parts = [
        _count_voices(said, NEED_KINDS, ["needs", VOICE_COUNTS["needs"]]),
        _count_voices(said, ("request",), REQUESTS),
        _count_voices(said, ("wish",), ["wishes", VOICE_COUNTS["wishes"]]),
        _count_voices(said, ("activity",), ["activities_said", VOICE_COUNTS["activities_said"]]),
        _count_ids(tables.activity_issues, "activity_id", "activities_listed"),
        _count_ids(tables.measure_issues, "measure_id", "measures"),
    ]
    counts = pd.concat([part.reindex(grid) for part in parts], axis=1).fillna(0).astype("Int64")
    table = counts.reset_index().merge(count_exposure(tables).reset_index(), on="district")
    table = table.merge(tables.districts[["district", "name"]], on="district")
    ordered = table[["district", "name", "issue", *EXPOSURE, *COUNTS]]
    return judge(ordered, thresholds or Thresholds())


def _voices(tables: SurveyTables) -> pd.DataFrame:
    """Return statement, gathering, district, issue and kind; each issue once more as `all`."""
    said = tables.statements[["statement_id", "gathering_id", "district"]].dropna()
    mentions = tables.mentions.rename(columns={"text_id": "statement_id"})
    named = mentions.dropna(subset=["issue"])[["statement_id", "issue", "kind"]]
    return said.merge(_with_all(named), on="statement_id")


def _with_all(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.assign(issue=ALL_ISSUES)], ignore_index=True)


def _count_voices(said: pd.DataFrame, kinds: tuple[str, ...], names: list[str]) -> pd.DataFrame:
    of_kind = said[said["kind"].isin(kinds)].groupby(["district", "issue"])
    return of_kind[["statement_id", "gathering_id"]].nunique().set_axis(names, axis=1)


def _count_ids(table: pd.DataFrame, key: str, name: str) -> pd.DataFrame:
    return _with_all(table).groupby(["district", "issue"])[key].nunique().rename(name).to_frame()


def judge(
    table: pd.DataFrame,
    thresholds: Thresholds,
    groups: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Add what can be said of each district × issue, and the sentence that says it in words.

    Parameters
    ----------
    table
        As `count` or `protect` returns it; a missing count is a hidden one.
    thresholds
        Fewer gatherings than `gatherings` are too little to tell.
    groups
        Group → its issues, where rows of groups stand below those of the issues.

    Returns
    -------
    pandas.DataFrame
        The same rows with `state`, one of `STATES`; `rate`, the shrunk share of gatherings in
        which a need came up; `p_high` and `p_low`, the chances that it is above and below the
        prefecture's, summing to 1; `level`, `high` or `low` where such a chance is `CONFIDENT`,
        else empty; and `sentence`. Rate and chances are missing where nothing can be said or the
        count is hidden, and are told from the counts in `table` alone: see `infer_rates`.
    """
    needs = table["needs"]
    acts = table["activities_listed"].gt(0) | table["activities_said"].fillna(0).gt(0)
    state = pd.Series("no_voice", index=table.index)
    state = state.mask(acts, "resource")
    state = state.mask(needs.gt(0).fillna(False), acts.map({True: "overlap", False: "gap"}))
    state = state.mask(needs.isna(), "hidden")
    state = state.mask(table["gatherings"].lt(thresholds.gatherings), "too_little")
    state = state.mask(table["gatherings"].eq(0), "no_record")
    unions = {ALL_ISSUES: set(table["issue"]) - {ALL_ISSUES, *(groups or {})}, **(groups or {})}
    for union, members in unions.items():
        state = _with_gaps(table, state, union, members)
    judged = add_rates(table.assign(state=state))
    # No measure of any issue: no plan was read, and that is not zero measures.
    read = judged["measures"].groupby(judged["district"]).transform("max").gt(0)
    rows = judged.assign(plan_read=read).to_dict("records")
    sentences = [_sentence(row) for row in rows]
    return judged.assign(sentence=pd.Series(sentences, index=judged.index, dtype="str"))


def blank_unrecorded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with no count of voices where no gathering is recorded: none is not zero.

    Parameters
    ----------
    table
        As `judge` returns it.
    """
    voices = [*VOICE_COUNTS, *VOICE_COUNTS.values(), *REQUESTS]
    silent = table["state"].eq("no_record")
    return table.assign(**{name: table[name].mask(silent) for name in voices})


def _with_gaps(
    table: pd.DataFrame, state: pd.Series, union: str, members: Collection[str]
) -> pd.Series:
    """Let a union of issues be a gap where any of them is one: a sum would cover it up."""
    having = table.loc[table["issue"].isin(members) & state.eq("gap"), "district"]
    is_union = table["issue"].eq(union) & table["district"].isin(having)
    return state.mask(is_union & state.eq("overlap"), "gap")


def _sentence(row: Mapping[Hashable, Any]) -> str:
    """Say one district × issue in words, with its denominators."""
    held = f"{row['gatherings']}回"
    if row["state"] == "no_record":
        said = "集まりの記録がありません（声がないのではありません）。"
    elif row["state"] == "too_little":
        said = f"集まりが{held}だけなので、まだ言えません。"
    elif row["state"] == "hidden":
        said = f"困りごと: {held}の集まりのどこかで出ましたが、少ないため数は表示しません。"
    else:
        said = _sentence_of_needs(row)
    if row["state"] == "gap" and row["activities_listed"]:  # of all issues, or of a group
        said += "活動がまだ見えない課題があります。"
    wishes, acts = row["wishes"], row["activities_said"]
    wished = f"やってみたい: {wishes}件。" if wishes is not pd.NA and wishes else ""
    told = f"・声に{acts}件" if acts is not pd.NA and acts else ""
    plan = f"施策{row['measures']}件" if row["plan_read"] else "読み込んだ施策なし"
    return f"{said}{wished}活動: 一覧に{row['activities_listed']}件{told}。計画: {plan}。"


def _sentence_of_needs(row: Mapping[Hashable, Any]) -> str:
    """Say how often needs came up, and how that stands to the prefecture where it can be told."""
    held, heard = row["gatherings"], row["need_gatherings"]
    notes = [f"{row['needs']}件"] if heard else []
    if compared := compare(row):
        notes.append(compared)
    came = f"のうち{heard}回で出ました" if heard else "で、この話は出ていません"
    noted = f"（{'、'.join(notes)}）" if notes else ""
    # Where it came up every time, a reader would take it for high.
    open_ = heard == held and not row["level"] and row["issue"] != ALL_ISSUES
    doubt = "県平均と比べて高いとも低いとも言えません。" if open_ else ""
    return f"困りごと: {held}回の集まり{came}{noted}。{doubt}"
