"""Check who asks about what, and say of places how they lie seen from the district that asks."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from .neighbours import neighbours_of
from .publish import Publication

_STALE_AFTER = pd.DateOffset(years=1)


def check_district(shown: Publication, district: str) -> str:
    """Return the name of a district.

    Raises
    ------
    ValueError
        If there is none of that code.
    """
    names = _names(shown)
    if district not in names:
        raise ValueError(
            f"地区「{district}」は知りません。地区の一覧にあるコードを入れてください。"
        )
    return names[district]


def check_issue(shown: Publication, written: str) -> str:
    """Return the id of the issue that is written as an id or a label.

    Raises
    ------
    ValueError
        If it is neither.
    """
    issue = find_issue(shown, written)
    if issue is None:
        known = "・".join(shown.issues["label"])
        raise ValueError(f"課題「{written.strip()}」は知りません（{known} のどれか）")
    return issue


def find_issue(shown: Publication, written: str) -> str | None:
    """Return the id of the issue that is written as an id or a label; None where it is neither."""
    ids = {str(label): str(issue) for issue, label in shown.issues["label"].items()}
    ids |= {issue: issue for issue in ids.values()}
    return ids.get(written.strip())


def place_units(shown: Publication, units: Iterable[str], district: str) -> pd.DataFrame:
    """Return in which district units lie, and whether that is the one that asks or next door.

    Parameters
    ----------
    shown
        Its scheme says which districts hold some of a unit: a city that is divided into
        districts is the one that asks if that holds some of it, else one next door, else the
        first.
    units
        Codes of districts and municipalities.
    district
        The code of the district that asks.

    Returns
    -------
    pandas.DataFrame
        Indexed by `unit`, in the order of the codes, without those that lie in no district:
        `district`, its `name`, `is_whole` (whether the unit is that district), `where` (`here`,
        `next` or `elsewhere`) and `basis` (what next door rests on, see `neighbours_of`; ''
        where it is not).
    """
    pairs = neighbours_of(shown.districts)
    near = pairs[pairs["district"].eq(district)].set_index("neighbour")["basis"].to_dict()
    names = _names(shown)
    rows = []
    for unit in sorted(set(units)):
        areas = (unit,) if unit in names else shown.scheme.areas_of(unit)
        if not areas:
            continue
        beside = next((area for area in areas if area in near), areas[0])
        home = district if district in areas else beside
        where = "here" if home == district else "next" if home in near else "elsewhere"
        rows.append((unit, home, names[home], unit == home, where, str(near.get(home, ""))))
    columns = ["unit", "district", "name", "is_whole", "where", "basis"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str"))
    return table.assign(is_whole=[bool(row[3]) for row in rows]).set_index("unit")


def say_age(checked: object, built: date) -> str:
    """Return in Japanese that an entry was last checked more than a year before, '' where not.

    Examples
    --------
    >>> say_age(pd.Timestamp("2025-04-01"), date(2026, 11, 23))
    '最終確認が古い（2025年4月）'
    >>> say_age(pd.NaT, date(2026, 11, 23))
    ''
    """
    if not isinstance(checked, pd.Timestamp) or pd.isna(checked):
        return ""
    is_old = checked < pd.Timestamp(built) - _STALE_AFTER
    return f"最終確認が古い（{checked.year}年{checked.month}月）" if is_old else ""


def _names(shown: Publication) -> dict[str, str]:
    table = shown.districts[["district", "name"]].astype("str")
    return dict(zip(table["district"], table["name"], strict=True))
