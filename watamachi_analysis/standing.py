"""Say how the official figures of a district stand to those of the prefecture."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from .bundled import resource_table
from .codes import is_ward
from .figures import MARKS

KNOWN = ("value", "estimate")
# In some towns one person in seven gave no age: shares of an age are of those whose age is known.
AGE_KNOWN, AGES = "年齢の分かる人口", ("0–14歳人口", "15–64歳人口", "65歳以上人口")
OLD_SHARE = "65歳以上の割合"
COUNTED = {
    "人",
    "世帯",
    "件",
    "館",
    "か所",
    "所",
    "校",
    "園",
    "戸",
}  # sums over districts make sense
_FARTHEST = pd.Timedelta(days=3 * 366)  # between a figure and what it is a part of
_COLUMNS = [
    "district", "indicator", "unit", "as_of", "value", "status", "source", "earlier_as_of",
    "earlier_value", "rate", "label", "rate_unit", "prefecture", "difference", "rank", "of",
]  # fmt: skip


def compare_figures(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return each district's latest figures beside the prefecture's, and their rank.

    A count is compared as a rate, such as the 外国人人口 as per cent of the 総人口 (see
    `resources/official/bases.csv`); the rate of the prefecture is the sum of the counts by the
    sum of what they are a part of, over all that have both. A count without such a basis is
    compared as its share of the prefecture; a figure and what it is a part of may be three years
    apart at most. Only figures of one day are compared: where the days
    are mixed, `of` tells how many have one of that day. Wards are not ranked among
    municipalities.

    Parameters
    ----------
    indicators
        As `load_survey` returns them.

    Returns
    -------
    pandas.DataFrame
        One row per `district` and `indicator`, in the order given: `unit`, `as_of`, `value`,
        `status`, `source` of the latest figure; `earlier_as_of` and `earlier_value` of the one
        before it, where known; `rate` with its `label` and `rate_unit`; `prefecture` (the same
        rate of the prefecture, or its total), `difference` (points, or the share in per cent
        where only a total is known), `rank` from the highest, and `of` how many.

    Examples
    --------
    >>> rows = {"indicator": "総人口", "unit": "人", "as_of": pd.Timestamp("2020-10-01"),
    ...         "status": "value", "source": ""}
    >>> table = pd.DataFrame([{"district": "11201", "value": 300.0, **rows},
    ...                       {"district": "11202", "value": 100.0, **rows}])
    >>> compare_figures(table)[["value", "prefecture", "difference", "rank", "of"]].values.tolist()
    [[300.0, 400.0, 75.0, 1, 2], [100.0, 400.0, 25.0, 2, 2]]
    """
    known = indicators.dropna(subset=["district"]).sort_values("as_of", kind="stable")
    latest = known.groupby(["district", "indicator"], sort=False).tail(1)
    rows = latest.loc[[key for key in indicators.index if key in latest.index]]
    if rows.empty:
        return pd.DataFrame(columns=_COLUMNS)
    rows = _add_earlier(rows, known)
    table = pd.concat([_compare(rows, name) for name in dict.fromkeys(rows["indicator"])])
    return table.loc[rows.index, _COLUMNS].reset_index(drop=True)


def _add_earlier(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the figure before the latest, where one is known."""
    before = known[~known.index.isin(rows.index) & known["status"].isin(KNOWN)]
    before = before.groupby(["district", "indicator"], sort=False).tail(1)
    earlier = before.set_index(["district", "indicator"])[["as_of", "value"]].add_prefix("earlier_")
    return rows.join(earlier, on=["district", "indicator"])


@cache
def _bases() -> dict[str, dict[str, Any]]:
    return {
        str(row["indicator"]): {str(key): value for key, value in row.items()}
        for row in resource_table("official/bases.csv").to_dict("records")
    }


def _compare(rows: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return the rows of one indicator with everything that is compared."""
    own = rows[rows["indicator"].eq(indicator)]
    value = own["value"].where(own["status"].isin(KNOWN))
    own = own.assign(rate=float("nan"), label=indicator, rate_unit=own["unit"])
    basis = _bases().get(indicator)
    if basis:
        own = _add_rate(own.assign(value=value), rows, basis)
    else:
        is_count = own["unit"].isin(COUNTED)
        total = _peers_sum(own.assign(value=value))
        own = own.assign(
            prefecture=total.where(is_count), difference=(value / total * 100).where(is_count)
        )
    ranked = own["rate"].fillna(value) if not basis else own["rate"]
    return _add_rank(own.assign(value=value), ranked)


def _is_peer(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows stand for themselves: a ward is a part of its city."""
    return ~rows["district"].map(lambda code: is_ward(str(code)))


def _peers_sum(own: pd.DataFrame) -> pd.Series:
    """Return for each row the sum over the prefecture of the figures of its day."""
    sums = own[_is_peer(own)].groupby("as_of")["value"].sum(min_count=1)
    return own["as_of"].map(sums)


def _add_rate(own: pd.DataFrame, rows: pd.DataFrame, basis: Mapping[str, Any]) -> pd.DataFrame:
    per = float(basis["per"])
    part, whole = (_figures_of(rows, str(basis[name])) for name in ("part", "whole"))
    both = pd.DataFrame(
        {"part": own["district"].map(part), "whole": own["district"].map(whole)}, index=own.index
    ).where(own["value"].notna() & _is_near(own, rows, str(basis["whole"])))
    is_rate = basis["indicator"] != basis["part"]  # it is given as a rate already
    rate = own["value"] if is_rate else own["value"] / both["whole"] * per
    complete = both[_is_peer(own)].dropna()
    sums = complete.groupby(own["as_of"].loc[complete.index]).sum()
    prefecture = own["as_of"].map(sums["part"] / sums["whole"] * per)
    return own.assign(
        rate=rate.where(both["whole"].notna() | is_rate),
        label=basis["label"],
        rate_unit=basis["unit"],
        prefecture=prefecture,
        difference=rate - prefecture,
    )


def _is_near(own: pd.DataFrame, rows: pd.DataFrame, whole: str) -> pd.Series:
    """Tell whose figure and that of the whole are not too many years apart."""
    base = rows[rows["indicator"].eq(whole)]
    days = own["district"].map(dict(zip(base["district"], base["as_of"], strict=True)))
    apart = (own["as_of"] - pd.to_datetime(days)).abs()
    return ~apart.gt(_FARTHEST)


def _figures_of(rows: pd.DataFrame, indicator: str) -> dict[object, float]:
    if indicator == AGE_KNOWN:
        return _count_known_ages(rows)
    known = rows[rows["indicator"].eq(indicator) & rows["status"].isin(KNOWN)]
    return dict(zip(known["district"], known["value"], strict=True))


def _count_known_ages(rows: pd.DataFrame) -> dict[object, float]:
    """Return how many people gave their age: the sum of the ages, or back from the share of the old."""
    young, middle, old = (_figures_of(rows, name) for name in AGES)
    share = _figures_of(rows, OLD_SHARE)
    back = {code: old[code] / share[code] * 100 for code in old if share.get(code)}
    return back | {
        code: young[code] + middle[code] + old[code]
        for code in young
        if code in middle and code in old
    }


def _add_rank(own: pd.DataFrame, ranked: pd.Series) -> pd.DataFrame:
    peers = ranked.where(_is_peer(own))
    days = own["as_of"]
    rank = peers.groupby(days).rank(ascending=False, method="min").astype("Int64")
    of = peers.groupby(days).transform("count").astype("Int64")
    return own.assign(rank=rank, of=of.where(rank.notna()))


def write_figure(value: object, unit: str = "", status: str = "value") -> str:
    """Return a figure as people write it, or the sign that tells why there is none.

    Examples
    --------
    >>> write_figure(342464.0, "人"), write_figure(24.31, "%"), write_figure(None, "人", "suppressed")
    ('342,464人', '24.3%', 'X')
    """
    if status not in KNOWN or value is None or pd.isna(value):  # type: ignore[call-overload]
        return MARKS.get(status, "…") or "空欄"
    number = float(value)  # type: ignore[arg-type]
    is_whole = number.is_integer() and unit != "%"
    estimate = "（推計）" if status == "estimate" else ""
    return f"{number:,.0f}{unit}{estimate}" if is_whole else f"{number:,.1f}{unit}{estimate}"
