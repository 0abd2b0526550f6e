"""Count, by district and issue, who spoke of what and who acts, and say it in words."""

from dataclasses import dataclass

import pandas as pd

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
COUNTS = [*VOICE_COUNTS, *VOICE_COUNTS.values(), "activities_listed", "measures"]


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
        `statement_id`, `gathering_id`.
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
        Indexed by `district`, all districts, 0 where there was nothing.
    """
    held = tables.gatherings.dropna(subset=["district"])
    said = tables.statements.merge(held[["gathering_id", "district"]], on="gathering_id")
    exposure = pd.DataFrame(
        {
            "gatherings": held.groupby("district")["gathering_id"].nunique(),
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
        One row per `district` and `issue`, the issue `all` standing for any of them:
        `gatherings`, `participants`, `statements` (what the district could have said),
        `needs` (statements), `need_gatherings` (gatherings they come from), `wishes`,
        `activities_said`, `activities_listed`, `measures`, and `state` with `sentence`.
        Nothing is hidden yet: see `protect`.
    """
    said = _voices(tables)
    grid = pd.MultiIndex.from_product(
        [tables.districts["district"], [ALL_ISSUES, *tables.issues]], names=["district", "issue"]
    )
    parts = [
        _count_voices(said, NEED_KINDS, "needs"),
        _count_voices(said, ("wish",), "wishes"),
        _count_voices(said, ("activity",), "activities_said"),
        _count_ids(tables.activity_issues, "activity_id", "activities_listed"),
        _count_ids(tables.measure_issues, "measure_id", "measures"),
    ]
    counts = pd.concat([part.reindex(grid) for part in parts], axis=1).fillna(0).astype("Int64")
    table = counts.reset_index().merge(count_exposure(tables).reset_index(), on="district")
    ordered = table[["district", "issue", *EXPOSURE, *COUNTS]]
    return judge(ordered, thresholds or Thresholds())


def _voices(tables: SurveyTables) -> pd.DataFrame:
    """Return statement, gathering, district, issue and kind; each issue once more as `all`."""
    held = tables.gatherings[["gathering_id", "district"]].dropna()
    said = tables.statements[["statement_id", "gathering_id"]].merge(held, on="gathering_id")
    mentions = tables.mentions.rename(columns={"text_id": "statement_id"})
    named = mentions.dropna(subset=["issue"])[["statement_id", "issue", "kind"]]
    return said.merge(_with_all(named), on="statement_id")


def _with_all(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.assign(issue=ALL_ISSUES)], ignore_index=True)


def _count_voices(said: pd.DataFrame, kinds: tuple[str, ...], name: str) -> pd.DataFrame:
    of_kind = said[said["kind"].isin(kinds)].groupby(["district", "issue"])
    return pd.DataFrame(
        {
            name: of_kind["statement_id"].nunique(),
            VOICE_COUNTS[name]: of_kind["gathering_id"].nunique(),
        }
    )


def _count_ids(table: pd.DataFrame, key: str, name: str) -> pd.DataFrame:
    return _with_all(table).groupby(["district", "issue"])[key].nunique().rename(name).to_frame()


def judge(table: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """Add the one state of each district × issue, and the sentence that says it in words.

    Parameters
    ----------
    table
        As `count` or `protect` returns it; a missing count is a hidden one.
    thresholds
        Fewer gatherings than `gatherings` are too little to tell.
    """
    needs = table["needs"]
    acts = table["activities_listed"].gt(0) | table["activities_said"].fillna(0).gt(0)
    state = pd.Series("no_voice", index=table.index)
    state = state.mask(acts, "resource")
    state = state.mask(needs.gt(0).fillna(False), acts.map({True: "overlap", False: "gap"}))
    state = state.mask(needs.isna(), "hidden")
    state = state.mask(table["gatherings"].lt(thresholds.gatherings), "too_little")
    state = state.mask(table["gatherings"].eq(0), "no_record")
    judged = table.assign(state=state)
    return judged.assign(sentence=[_sentence(row) for row in judged.itertuples(index=False)])


def _sentence(row: object) -> str:
    """Say one district × issue in words, with its denominators."""
    get = row._asdict()  # type: ignore[attr-defined]
    held = f"{get['gatherings']}回"
    if get["state"] == "no_record":
        said = "集まりの記録がありません（声がないのではありません）。"
    elif get["state"] == "too_little":
        said = f"集まりが{held}だけなので、まだ言えません。"
    elif get["state"] == "hidden":
        said = f"困りごと: {held}の集まりで出ましたが、少ないため数は表示しません。"
    elif get["needs"] == 0:
        said = f"困りごと: {held}の集まりで、この話は出ていません。"
    else:
        said = f"困りごと: {held}の集まりのうち{get['need_gatherings']}回で出ました（{get['needs']}件）。"
    wishes = (
        f"やってみたい: {get['wishes']}件。" if not pd.isna(get["wishes"]) and get["wishes"] else ""
    )
    return (
        f"{said}{wishes}活動: 一覧に{get['activities_listed']}件。計画: 施策{get['measures']}件。"
    )


def find_sentence(rows: pd.DataFrame) -> str:
    """Return the finding of one issue over all districts, naming what cannot be said.

    Parameters
    ----------
    rows
        The rows of one issue, with `state`.

    Examples
    --------
    >>> find_sentence(pd.DataFrame({"state": ["gap", "overlap", "no_record"]}))
    '困りごとの声がある2地区のうち、1地区では活動がまだ見えません。（ほかに記録なし1地区）'
    """
    states = rows["state"].value_counts()
    numbers = {state: int(states.get(state, 0)) for state in STATES}
    voiced = numbers["overlap"] + numbers["gap"]
    heard = voiced + numbers["resource"] + numbers["no_voice"] + numbers["hidden"]
    if numbers["gap"]:
        finding = (
            f"困りごとの声がある{voiced}地区のうち、{numbers['gap']}地区では活動がまだ見えません。"
        )
    elif voiced:
        finding = f"困りごとの声がある{voiced}地区のすべてに、活動があります。"
    elif heard:
        finding = f"集まりを重ねた{heard}地区で、数を示せるほどの困りごとの声は出ていません。"
    else:
        finding = "まだ言えることがありません。集まりの記録が増えると見えてきます。"
    rest = [
        f"{STATES[state][0]}{numbers[state]}地区"
        for state in ("too_little", "hidden", "no_record")
        if numbers[state]
    ]
    return finding + (f"（ほかに{'・'.join(rest)}）" if rest else "")
