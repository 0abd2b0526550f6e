"""Cross issues with any attribute of statements, and with one another.

Whatever is counted here is counted in statements; those of one gathering are taken for as
independent as any others, so a verdict is a reason to read them, not a finding.
"""

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from .keywords import hold_false_calls, require_column
from .shares import add_intervals

TOGETHER, BY_CHANCE = "偶然より多い", "偶然より多いとは言えない"
CROSS_COLUMNS = ["issue", "group", "statements", "of", "share", "low", "high"]
PAIR_COLUMNS = ["issue", "other", "statements", "expected", "lift", "p", "verdict"]


def cross_issues(mentions: pd.DataFrame, statements: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Count the statements that name each issue, by any attribute of statements.

    Parameters
    ----------
    mentions
        `text_id` and `issue`; an issue counts once a statement.
    statements
        `statement_id` and the attribute.
    attribute
        The column to cross with, such as `district`.

    Returns
    -------
    pandas.DataFrame
        One row per issue and value of the attribute, empty cells too; the issue of most
        statements first, missing values last: `issue`, `group` (the value), `statements`, `of`
        (statements of the group), and `share` with `low` and `high`, as `add_intervals` gives
        them (Wilson's interval, 95 %; missing where a group has no statement).

    Raises
    ------
    ValueError
        If there is no such column.

    Examples
    --------
    >>> said = pd.DataFrame({"statement_id": ["s1", "s2", "s3"], "kind": ["cafe", "cafe", "survey"]})
    >>> named = pd.DataFrame({"text_id": ["s1", "s1", "s2"], "issue": ["food", "food", None]})
    >>> cross_issues(named, said, "kind")[CROSS_COLUMNS[:5]].to_numpy().tolist()
    [['food', 'cafe', 1, 2, 0.5], ['food', 'survey', 0, 1, 0.0]]
    """
    require_column(statements, attribute)
    group_codes, groups = pd.factorize(statements[attribute], sort=True, use_na_sentinel=False)
    group_of = pd.Series(group_codes, index=statements["statement_id"])
    named = _named(mentions)
    named = named[named["text_id"].isin(group_of.index)]
    issues = named["issue"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    cells = (
        issues.index.get_indexer(pd.Index(named["issue"])),
        group_of.loc[named["text_id"]].to_numpy(dtype=np.int64),
    )
    counts = np.zeros((len(issues), len(groups)), dtype=np.int64)
    np.add.at(counts, cells, 1)
    table = pd.DataFrame(
        {
            "issue": np.repeat(issues.index.astype("str"), len(groups)),
            "group": np.tile(groups, len(issues)),
            "statements": counts.ravel(),
            "of": np.tile(np.bincount(group_codes, minlength=len(groups)), len(issues)),
        }
    )
    return _add_shares(table)[CROSS_COLUMNS]


def _named(mentions: pd.DataFrame) -> pd.DataFrame:
    """Return each statement and issue once."""
    named = mentions.dropna(subset=["issue"])[["text_id", "issue"]]
    return named.drop_duplicates(ignore_index=True)


def _add_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Add shares of statements; the interval is the same as that of gatherings."""
    trials = {"of": "gatherings", "statements": "need_gatherings"}
    with_shares = add_intervals(table[list(trials)].rename(columns=trials))
    return table.join(with_shares[["share", "low", "high"]])


def count_cooccurrence(mentions: pd.DataFrame) -> pd.DataFrame:
    """Count which issues are named together in one statement, and whether more than by chance.

    Lift is how many times as often as expected (Brin et al. 1997, SIGMOD, "interest"); p is that
    of Fisher's exact test, one-sided; verdicts hold the false discovery rate at 5 % over all
    pairs of issues, those never named together too (Benjamini and Hochberg 1995).

    Parameters
    ----------
    mentions
        `text_id` and `issue` of all statements, with a row for those that name none. (`tag`
        gives a statement three issues at most, which makes pairs a little rarer.)

    Returns
    -------
    pandas.DataFrame
        One row per pair that was named together, the most often first: `issue`, `other`,
        `statements`, `expected` (statements, if issues had nothing to do with each other),
        `lift`, `p` (of this pair alone) and `verdict`.

    Examples
    --------
    >>> named = pd.DataFrame({"text_id": ["s1", "s1", "s2", "s2", "s3", "s4"],
    ...                       "issue": ["food", "money", "food", "money", "care", None]})
    >>> count_cooccurrence(named)[PAIR_COLUMNS[:5]].to_numpy().tolist()
    [['food', 'money', 2, 1.0, 2.0]]
    """
    named = _named(mentions)
    total = mentions["text_id"].nunique()
    rows, texts = pd.factorize(named["text_id"])
    columns, issues = pd.factorize(named["issue"].astype("str"), sort=True)
    names = np.zeros((len(texts), len(issues)))
    names[rows, columns] = 1
    both = (names.T @ names).astype(np.int64)
    first, second = np.triu_indices(len(issues), 1)
    own = np.diag(both)
    together, one, other = both[first, second], own[first], own[second]
    expected = one * other / max(total, 1)
    p = np.asarray(hypergeom.sf(together - 1, total, one, other), dtype=np.float64)
    verdict = np.where(hold_false_calls(p), TOGETHER, BY_CHANCE)
    found = {"statements": together, "expected": expected, "lift": together / expected, "p": p}
    pairs = {"issue": issues.take(first), "other": issues.take(second), **found}
    table = pd.DataFrame(pairs).assign(verdict=pd.array(verdict, dtype="str"))
    table = table[table["statements"].gt(0)]
    order = ["statements", "lift", "issue", "other"]
    return table.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
