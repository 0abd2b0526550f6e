"""Add what charts show to tables that are already protected: shares with intervals, kinds."""

import math

import pandas as pd

from .codebook import KINDS

NORMAL_95 = 1.959964  # half of a two-sided 95 % interval of the normal distribution
KIND_ORDER = ["need", "request", "wish", "activity", "resource", "question", "mitigated", "other"]


def add_intervals(overlap: pd.DataFrame) -> pd.DataFrame:
    """Add the share of gatherings in which needs came up, and how far it may be off.

    The interval is Wilson's score interval, 95 %, which Brown, Cai and DasGupta (2001),
    "Interval estimation for a binomial proportion", advise for few trials: it is never outside
    0 to 1, and 0 of 2 gatherings does not look certain. Gatherings are no random sample, so it
    tells how little few gatherings say, not how a whole district thinks.

    Parameters
    ----------
    overlap
        As `count`, `protect` or `publish` gives it: `gatherings` and `need_gatherings` (missing
        where hidden or without a record). Columns `low` and `high` that it has already stay.

    Returns
    -------
    pandas.DataFrame
        The same rows with `share`, `low` and `high` (0 to 1). All three are missing where no
        gathering was held or the count is hidden.

    Examples
    --------
    >>> rows = pd.DataFrame({"gatherings": [4, 0], "need_gatherings": [1, None]}, dtype="Int64")
    >>> add_intervals(rows)[["share", "low", "high"]].round(2).iloc[0].tolist()
    [0.25, 0.05, 0.7]
    """
    held = overlap["gatherings"].astype("Float64")
    known = held.gt(0) & overlap["need_gatherings"].notna()
    share = (overlap["need_gatherings"].astype("Float64") / held.where(held.gt(0))).where(known)
    bounds = [_wilson(p, n) for p, n in zip(share, held, strict=True)]
    table = overlap.assign(share=share)
    for place, name in enumerate(("low", "high")):
        own = pd.array([bound[place] for bound in bounds], dtype="Float64")
        given = table[name].astype("Float64") if name in table else pd.Series(own, table.index)
        table[name] = given.where(known)
    return table


def _wilson(share: float, trials: float) -> tuple[float | None, float | None]:
    """Return Wilson's score interval of a share; nothing where the share is missing."""
    if pd.isna(share):
        return None, None
    spread = NORMAL_95**2 / trials
    middle = share + spread / 2
    half = NORMAL_95 * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return max(low, 0.0), min(high, 1.0)


def first_kinds(mentions: pd.DataFrame) -> pd.Series:
    """Return the one kind that each statement is listed under: a need before all others.

    Parameters
    ----------
    mentions
        `text_id` and `kind`.

    Returns
    -------
    pandas.Series
        `kind`, indexed by `text_id`.

    Examples
    --------
    >>> rows = [("s1", "wish"), ("s1", "need"), ("s2", "other")]
    >>> first_kinds(pd.DataFrame(rows, columns=["text_id", "kind"])).tolist()
    ['need', 'other']
    """
    place = {kind: number for number, kind in enumerate(KIND_ORDER)}
    first = mentions["kind"].map(place).groupby(mentions["text_id"]).min()
    return first.map(dict(enumerate(KIND_ORDER))).rename("kind")


def count_kinds(mentions: pd.DataFrame) -> pd.DataFrame:
    """Count the statements of each kind, each statement once.

    Parameters
    ----------
    mentions
        The mentions that the audience may see: `text_id` and `kind`.

    Returns
    -------
    pandas.DataFrame
        All kinds in order: `kind`, `label`, `statements`.

    Examples
    --------
    >>> rows = [("s1", "wish"), ("s1", "need"), ("s2", "wish")]
    >>> table = count_kinds(pd.DataFrame(rows, columns=["text_id", "kind"]))
    >>> table[table["statements"].gt(0)].to_numpy().tolist()
    [['need', '困りごと', 1], ['wish', 'やってみたい', 1]]
    """
    counts = first_kinds(mentions).value_counts().reindex(KIND_ORDER, fill_value=0)
    table = pd.DataFrame({"kind": KIND_ORDER, "label": [KINDS[kind] for kind in KIND_ORDER]})
    return table.assign(statements=counts.to_numpy()).astype({"statements": "Int64"})
