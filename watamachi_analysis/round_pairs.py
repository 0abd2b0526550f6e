"""Lay the counts of two rounds side by side, and tell what of them can be compared."""

import numpy as np
import pandas as pd

from .privacy import ALL_ISSUES, VOICE_COUNTS
from .publish import Publication
from .round_changes import Heard

_SIDES = ("then", "now")
_NUMBERS = ["then_gatherings", "then_held", "now_gatherings", "now_held"]


def pair_rounds(then: Publication, now: Publication, voices: str) -> pd.DataFrame:
    """Return both rounds of every district × issue side by side; where none was held, none heard.

    Parameters
    ----------
    then, now
        The publications.
    voices
        A key of `VOICE_COUNTS`.

    Returns
    -------
    pandas.DataFrame
        `district`, `name`, `issue`, `voices`; of each round (`then_`, `now_`) `held`,
        `gatherings` in which it came up, statements `said` of it, missing where they are hidden,
        and whether it `came` up; `lacks`, whose codebook has no such issue; `odd`.
    """
    sides = {"then": _counts(then, voices, "then"), "now": _counts(now, voices, "now")}
    issues = dict.fromkeys(issue for side in ("now", "then") for _, issue in sides[side].index)
    grid = pd.MultiIndex.from_product(
        [now.districts["district"], list(issues)], names=["district", "issue"]
    )
    both = pd.concat([side.reindex(grid) for side in sides.values()], axis=1).reset_index()
    no_then, no_now = both["then_held"].isna(), both["now_held"].isna()
    names = now.districts.set_index("district")["name"]
    return both.assign(
        voices=voices,
        name=both["district"].map(names),
        lacks=np.select([no_then, no_now], ["then", "now"], ""),
        then_came=both["then_gatherings"].ne(0).fillna(True),  # what is hidden is not 0
        now_came=both["now_gatherings"].ne(0).fillna(True),
        odd=False,
    )


def _counts(shown: Publication, voices: str, side: str) -> pd.DataFrame:
    rows = shown.overlap[shown.overlap["issue"].ne(ALL_ISSUES)].set_index(["district", "issue"])
    nothing = rows["gatherings"].eq(0)
    counts = {
        f"{side}_held": rows["gatherings"],
        f"{side}_gatherings": rows[VOICE_COUNTS[voices]].mask(nothing, 0),
        f"{side}_said": rows[voices].mask(nothing, 0),
    }
    return pd.DataFrame(counts).astype("Int64")


def take_new(pairs: pd.DataFrame, now: Publication) -> pd.DataFrame:
    """Return the pairs with what is new in `now`; `odd` where the last round was read anew.

    What is new keeps to the thresholds too: it is hidden where it comes from few voices.

    Parameters
    ----------
    pairs
        As `pair_rounds` returns them.
    now
        The publication that holds both rounds.

    Returns
    -------
    pandas.DataFrame
        The same rows; `now_came` is missing where it cannot be told.
    """
    held = pairs["now_held"] - pairs["then_held"]
    heard = pairs["now_gatherings"] - pairs["then_gatherings"]
    said = pairs["now_said"] - pairs["then_said"]
    fewer = held.lt(0) | said.lt(0) | (pairs["then_came"] & ~pairs["now_came"])
    odd = (fewer | heard.lt(0) | heard.gt(held) | (said.gt(0) & heard.eq(0))).fillna(False)
    limits = now.settings.thresholds
    is_sensitive = pairs["issue"].map(now.issues["sensitive"]).eq(True)
    least = is_sensitive.map({True: limits.sensitive, False: limits.statements})
    small = heard.gt(0) & (said.lt(least) | heard.lt(limits.gatherings))
    small &= now.audience != "adviser"
    came = heard.gt(0).astype("boolean").mask(heard.isna() & ~pairs["then_came"], True)
    return pairs.assign(
        now_held=held.mask(odd), now_gatherings=heard.mask(small | odd), now_came=came, odd=odd
    )


def mark_pairs(pairs: pd.DataFrame, least: int) -> pd.DataFrame:
    """Add what stands against comparing: `incomparable`, `no_record`, `hidden`, `few` or nothing.

    Parameters
    ----------
    pairs
        As `pair_rounds` or `take_new` returns them.
    least
        Fewer gatherings in a round are `few`.

    Returns
    -------
    pandas.DataFrame
        The same rows with their `mark`.
    """
    held, heard = (pairs[[f"{side}_{name}" for side in _SIDES]] for name in ("held", "gatherings"))
    marks = {
        "incomparable": pairs["lacks"].ne("") | pairs["odd"],
        "no_record": held.eq(0).fillna(False).any(axis=1),
        "hidden": heard.isna().any(axis=1),
        "few": held.lt(least).fillna(False).any(axis=1),
    }
    return pairs.assign(mark=np.select(list(marks.values()), list(marks), ""))


def lay_out(pairs: pd.DataFrame, *, few: bool) -> Heard:
    """Return the records, issues × districts; a hidden number tells that it is not 0.

    Parameters
    ----------
    pairs
        The issues of each district in one order.
    few
        Whether what is missing was hidden because it is small.
    """
    shape = pairs["district"].nunique(), -1
    held = [pairs[f"{side}_held"].fillna(0).astype(int) for side in _SIDES]
    heard = [pairs[f"{side}_gatherings"].astype("Float64") for side in _SIDES]
    heard = [said.mask(times.eq(0), 0) for said, times in zip(heard, held, strict=True)]
    told = [said.to_numpy(dtype=float, na_value=np.nan).reshape(shape).T for said in heard]
    times = [number.to_numpy().reshape(shape).T for number in held]
    return Heard(told[0], times[0], told[1], times[1], few)


def lay_out_whole(pairs: pd.DataFrame) -> tuple[Heard, Heard]:
    """Return two readings of what the districts with a record in both rounds tell together.

    Of an issue with a hidden number among them, it is told of each only whether it came up: zeros
    are never hidden and small numbers always are, so that the numbers shown are no fair part.

    Parameters
    ----------
    pairs
        As `mark_pairs` returns them.

    Returns
    -------
    low, high : Heard
        Where it cannot be told whether an issue came up again: as if not, and as if so.
    """
    compared = _is_compared(pairs)
    whole = ~pairs["mark"].eq("hidden").groupby(pairs["issue"]).transform("any")
    held = {f"{side}_held": pairs[f"{side}_held"].where(compared, 0) for side in _SIDES}
    readings = []
    for reading in (False, True):
        told = {}
        for side in _SIDES:
            came = pairs[f"{side}_came"].fillna(reading).astype(bool)
            some = pd.Series(0, index=pairs.index, dtype="Int64").mask(came)
            told[f"{side}_gatherings"] = pairs[f"{side}_gatherings"].where(whole, some)
        readings.append(lay_out(pairs.assign(**held, **told), few=False))
    return readings[0], readings[1]


def sum_up(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return one row an issue over the districts with a record in both rounds.

    Parameters
    ----------
    pairs
        As `mark_pairs` returns them.

    Returns
    -------
    pandas.DataFrame
        `issue`, `voices`, `lacks`; the sums of gatherings, missing where a number is hidden;
        `districts`, how many are compared, and in how many it came up: `then_districts`,
        `now_districts` (surely) and `blind` (perhaps again).
    """
    compared, came = _is_compared(pairs), pairs["now_came"]
    own = pairs.assign(
        **{name: pairs[name].where(compared, 0) for name in _NUMBERS},
        districts=compared,
        then_districts=compared & pairs["then_came"],
        now_districts=compared & came.fillna(False).astype(bool),
        blind=compared & came.isna(),
    )
    by_issue = own.groupby("issue", sort=False)
    sums = {name: by_issue[name].agg(lambda values: values.sum(skipna=False)) for name in _NUMBERS}
    numbers = by_issue[["districts", "then_districts", "now_districts", "blind"]].sum()
    table = pd.concat([pd.DataFrame(sums), numbers], axis=1).astype("Int64")
    return table.assign(lacks=by_issue["lacks"].first(), voices=own["voices"].iloc[0]).reset_index()


def _is_compared(pairs: pd.DataFrame) -> pd.Series:
    return ~pairs["mark"].isin(["incomparable", "no_record"])
