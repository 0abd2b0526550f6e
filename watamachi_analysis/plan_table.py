"""Lay municipal plans beside what was said and done: the 計画対照表, a row an issue."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from .headings import find_marker
from .means import MEANS, WISHED
from .privacy import ALL_ISSUES
from .publish import Publication

PLAN_STATES = {
    "both": "計画にも声にもある",
    "voices_only": "声だけ",
    "plan_only": "計画だけ",
    "neither": "どちらにもない",
    "hidden": "非表示（声の人数が少ない）",
    "no_record": "集まりの記録がない",
}
PLAN_COLUMNS = [
    "district", "issue", "measures", "measure_lines", "needs", "wishes", "activities_said",
    "activities_listed", "state", "sentence", "means",
]  # fmt: skip
NO_WISH = "（必要がないという意味ではありません）"


def compare_plans(shown: Publication) -> pd.DataFrame:
    """Return, for each district whose plan was read, plan and voices of every issue.

    Parameters
    ----------
    shown
        The tables of one audience: hidden counts stay hidden, and a state never tells them.

    Returns
    -------
    pandas.DataFrame
        One row per district with a plan × issue: `measures` (how many), `measure_lines` (each with
        its goal and page, one a line), the counts of voices as shown, `activities_listed`, `state` (a key
        of `PLAN_STATES`), `sentence` (what is lacking, with its numbers), `means` (which of
        事業・組合員活動・市民運動 the words of the voices point to; a hint).
    """
    with_plan = _districts_with_plans(shown)
    rows = shown.overlap[
        shown.overlap["district"].isin(with_plan) & shown.overlap["issue"].ne(ALL_ISSUES)
    ]
    lines = _measure_lines(shown)
    hints = _hints(shown)
    table = [
        {
            **{name: row[name] for name in PLAN_COLUMNS if name in row},
            "measure_lines": lines.get((row["district"], row["issue"]), ""),
            "state": judge_plan(row),
            "sentence": say_lack(row),
            "means": hints.get((row["district"], row["issue"]), ""),
        }
        for row in rows.to_dict("records")
    ]
    return pd.DataFrame(table, columns=PLAN_COLUMNS)


def _districts_with_plans(shown: Publication) -> set[str]:
    units = set(shown.measures["district"].dropna())
    return {
        district
        for district in shown.districts["district"]
        if units & {district, *shown.scheme.units_of(district)}
    }


def _measure_lines(shown: Publication) -> dict[tuple[str, str], str]:
    measures = shown.measures.set_index("measure_id")
    columns = (measures[name] for name in ("goal", "initiative", "page"))
    lines = {
        key: f"{_short(goal)}{initiative}{'' if pd.isna(page) else f'（{page}頁）'}"
        for key, (goal, initiative, page) in zip(
            measures.index, zip(*columns, strict=True), strict=True
        )
    }
    joined: dict[tuple[str, str], list[str]] = {}
    for row in shown.measure_issues.to_dict("records"):
        if row["measure_id"] in lines:
            place = (row["district"], row["issue"])
            joined.setdefault(place, []).append(lines[row["measure_id"]])
    return {key: "\n".join(own) for key, own in joined.items()}


def _short(goal: object) -> str:
    """Return the number of a goal, such as 基本目標3, as far as it has one."""
    words = str(goal).split()
    return f"{words[0]} " if len(words) > 1 and find_marker(str(goal)).family == "goal" else ""


def _hints(shown: Publication) -> dict[tuple[str, str], str]:
    words: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in shown.means.to_dict("records"):
        own = words.setdefault((row["district"], row["issue"]), {})
        own.setdefault(row["means"], []).append(row["word"])
    return {
        key: "、".join(f"{MEANS[name]}（{'・'.join(found)}）" for name, found in own.items())
        for key, own in words.items()
    }


def judge_plan(row: Mapping[Hashable, Any]) -> str:
    """Return how a plan and voices meet in one district and issue: a key of `PLAN_STATES`.

    Parameters
    ----------
    row
        A row of an audience's overlap.

    Examples
    --------
    >>> judge_plan({"state": "gap", "needs": 4, "wishes": 0, "measures": 0})
    'voices_only'
    """
    if row["state"] == "no_record":
        return "no_record"
    voices = [row["needs"], row["wishes"]]
    is_said = any(not pd.isna(count) and count > 0 for count in voices)
    if not is_said and any(pd.isna(count) for count in voices):
        return "hidden"
    if is_said:
        return "both" if row["measures"] else "voices_only"
    return "plan_only" if row["measures"] else "neither"


def say_lack(row: Mapping[Hashable, Any]) -> str:
    """Return in one sentence, with its numbers, what is lacking or should be looked at.

    Parameters
    ----------
    row
        A row of an audience's overlap.

    Examples
    --------
    >>> say_lack({"state": "gap", "needs": 4, "wishes": 0, "measures": 0, "activities_listed": 0})
    '困りごとの声が4件ありますが、計画に施策が見つかりません。活動もまだ見えません。'
    """
    state = judge_plan(row)
    planned = f"計画に施策が{row['measures']}件あります"
    done = row["activities_listed"]
    if state == "no_record":
        heard = "集まりの記録がなく、声はまだ分かりません。"
        return f"{planned}。{heard}" if row["measures"] else f"計画に施策が見つかりません。{heard}"
    if state == "hidden":
        return f"声はありますが、人数が少ないため示しません。{planned if row['measures'] else '計画に施策が見つかりません'}。"
    if state == "plan_only":
        return f"{planned}が、集まりでは声が出ていません{NO_WISH}。"
    if state == "neither":
        return f"計画にも集まりの声にも出ていません{NO_WISH}。"
    said = _voices(row)
    if state == "voices_only":
        also = f"活動は一覧に{done}件。" if done else "活動もまだ見えません。"
        return f"{said}ありますが、計画に施策が見つかりません。{also}"
    if not done:
        return f"{said}あり、{planned}が、活動がまだ見えません。"
    return f"{said}あり、{planned}。活動は一覧に{done}件。声の中身に施策が届いているかを確かめてください。"


def _voices(row: Mapping[Hashable, Any]) -> str:
    parts = [
        f"{words}{row[name]}件"
        for name, words in (("needs", "困りごとの声が"), ("wishes", "やってみたい声が"))
        if not pd.isna(row[name]) and row[name] > 0
    ]
    return "、".join(parts)


def list_unplanned(shown: Publication) -> pd.DataFrame:
    """Return the voices that no measure of their municipality answers, the rarest issues first.

    Parameters
    ----------
    shown
        The tables of one audience; only what it may read is listed.

    Returns
    -------
    pandas.DataFrame
        One row per statement that asks for something: `district`, `issue`, `text`, `measure_id`
        (the nearest measure, too unlike to answer it), `shared` (the words both have).
    """
    nearest = shown.matches[shown.matches["rank"].eq(1) & shown.matches["certainty"].eq("none")]
    asked = shown.mentions[shown.mentions["kind"].isin(WISHED)].dropna(subset=["issue"])
    asked = asked.drop_duplicates(["text_id", "issue"])
    first = asked.drop_duplicates("text_id").set_index("text_id")["issue"]
    table = shown.statements.merge(nearest, on="statement_id")
    table = table.assign(issue=table["statement_id"].map(first)).dropna(subset=["issue"])
    table = table.assign(others=table["issue"].map(asked["issue"].value_counts()))
    table = table.sort_values(["others", "district", "issue"], kind="stable")
    return table[["district", "issue", "text", "measure_id", "shared"]].reset_index(drop=True)
