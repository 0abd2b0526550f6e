"""Take issues together: those of a group and how often any came up, and those of one thing."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from .overlap import SurveyTables, count
from .privacy import Thresholds


def members_of(issues: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return each group of several issues, and these, in order.

    Parameters
    ----------
    issues
        Indexed by issue: `group`, the label of a group.

    Examples
    --------
    >>> labels = pd.DataFrame({"group": ["健康", "健康", "環境"]}, index=["a", "b", "c"])
    >>> members_of(labels)
    {'group:健康': ('a', 'b')}
    """
    named: dict[str, list[str]] = {}
    for issue, group in issues["group"].items():
        named.setdefault(f"group:{group}", []).append(str(issue))
    return {group: tuple(own) for group, own in named.items() if len(own) > 1}


def by_group(table: pd.DataFrame, members: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Return the rows about an issue of a group, with the group in its place.

    Parameters
    ----------
    table
        With an `issue`; rows about none, or about one of no group, fall out.
    members
        Group → its issues, as `members_of` returns it.

    Examples
    --------
    >>> rows = pd.DataFrame({"issue": ["a", "c", None]})
    >>> by_group(rows, {"group:健康": ("a", "b")})["issue"].tolist()
    ['group:健康']
    """
    group_of = {issue: group for group, issues in members.items() for issue in issues}
    return table.assign(issue=table["issue"].map(group_of)).dropna(subset=["issue"])


def count_groups(
    tables: SurveyTables,
    groups: Mapping[str, Collection[str]],
    thresholds: Thresholds | None = None,
) -> pd.DataFrame:
    """Count voices, activities and measures of every district × group of issues.

    What is about two issues of a group counts once.

    Parameters
    ----------
    tables, thresholds
        As `count` takes them.
    groups
        Group → its issues.

    Returns
    -------
    pandas.DataFrame
        As `count` returns it, `issue` being the group. A group is no gap yet where only some of
        its issues are: judge it together with them.
    """
    grouped = replace(
        tables,
        mentions=by_group(tables.mentions, groups),
        activity_issues=by_group(tables.activity_issues, groups),
        measure_issues=by_group(tables.measure_issues, groups),
        issues=tuple(groups),
    )
    counted = count(grouped, thresholds)
    return counted[counted["issue"].isin(groups)].reset_index(drop=True)


def join_issues(about: pd.DataFrame, key: str, issues: pd.DataFrame) -> pd.Series:
    """Return what each thing is about: the labels of its issues, each once, joined by 、.

    Parameters
    ----------
    about
        `issue` and the key of the thing, a row a pair.
    key
        The column of the key; what is returned is indexed by it.
    issues
        Indexed by issue: `label`.

    Examples
    --------
    >>> about = pd.DataFrame({"activity_id": ["x", "x", "x"], "issue": ["a", "b", "a"]})
    >>> labels = pd.DataFrame({"label": ["移動", "居場所"]}, index=["a", "b"])
    >>> join_issues(about, "activity_id", labels)["x"]
    '移動、居場所'
    """
    return join_labels(about, key, "issue", issues["label"].to_dict())


def join_labels(about: pd.DataFrame, key: str, what: str, labels: Mapping[Any, str]) -> pd.Series:
    """Return the labels of what is said of each thing, each once, joined by 、.

    Parameters
    ----------
    about, key
        As in `join_issues`.
    what
        The column with what is said of it.
    labels
        What is said → label.
    """
    pairs = about.dropna(subset=[what]).drop_duplicates([key, what])
    return pairs[what].map(labels).groupby(pairs[key]).agg("、".join)
