"""Call a district's rate high or low, but only where its record can carry it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .certainty import infer_rates

CONFIDENT = 0.8  # the chance from which a rate is called high, or low
SURE = f"{CONFIDENT:.0%}".replace("%", "％")  # the same in words
LEVELS = {"high": "高い", "low": "低い"}


def pivot_records(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return issues × districts: gatherings in which a need came up, and gatherings held.

    Parameters
    ----------
    table
        As `count` or `protect` returns it; a missing count is a hidden one.
    """
    heard, held = (
        table.pivot(index="issue", columns="district", values=name).astype("float64")
        for name in ("need_gatherings", "gatherings")
    )
    return heard.where(held.gt(0), 0.0), held.fillna(0.0)


def add_rates(table: pd.DataFrame) -> pd.DataFrame:
    """Add `rate`, `p_high`, `p_low` and `level`: see `judge`.

    Parameters
    ----------
    table
        One row per `district` and `issue`: `gatherings`, `need_gatherings` (missing where they
        are hidden) and `state`.
    """
    heard, held = pivot_records(table)
    rates = infer_rates(heard.to_numpy(), held.to_numpy())
    rows = (
        heard.index.get_indexer(pd.Index(table["issue"])),
        heard.columns.get_indexer(pd.Index(table["district"])),
    )
    told = ~table["state"].isin(["no_record", "too_little", "hidden"])
    rate, p_high = (
        pd.Series(values[rows], index=table.index, dtype="Float64").where(told)
        for values in (rates.rate, rates.p_high)
    )
    level = pd.Series("", index=table.index, dtype="str")
    level = level.mask(p_high.ge(CONFIDENT).fillna(False), "high")
    level = level.mask(p_high.le(1 - CONFIDENT).fillna(False), "low")
    return table.assign(rate=rate, p_high=p_high, p_low=1 - p_high, level=level)


def whole_percent(chance: float) -> int:
    """Return a chance as whole per cent, 1 to 99: a record of some gatherings proves nothing.

    Examples
    --------
    >>> [whole_percent(chance) for chance in (0.914, 0.999)]
    [91, 99]
    """
    return min(max(round(chance * 100), 1), 99)


def compare(row: Mapping[Any, Any]) -> str:
    """Say how one row of `judge` stands to the prefecture; empty where it cannot be told.

    Examples
    --------
    >>> compare({"level": "high", "p_high": 0.914, "p_low": 0.086})
    '県平均より高い見込み 91%'
    """
    if not row["level"]:
        return ""
    chance = whole_percent(row[f"p_{row['level']}"])
    return f"県平均より{LEVELS[row['level']]}見込み {chance}%"
