"""Move official figures from municipalities to the areas of a scheme."""

from collections.abc import Hashable, Iterator

import pandas as pd

from .names import names_of
from .schemes import Scheme

# What may be added up over municipalities; shares and densities may not.
COUNTED_UNITS = frozenset(
    [
        "人",
        "世帯",
        "件",
        "所",
        "か所",
        "カ所",
        "ヶ所",
        "館",
        "園",
        "校",
        "台",
        "床",
        "戸",
        "棟",
        "団体",
        "千円",
        "円",
        "ha",
        "km2",
        "km²",
        "㎢",
    ]
)


def move_figures(
    indicators: pd.DataFrame, scheme: Scheme, municipalities: pd.DataFrame
) -> pd.DataFrame:
    """Return official figures by the areas of a scheme.

    Parameters
    ----------
    indicators
        See `tables`; `district` is the municipality, ward or designated city, or an area.
    scheme
        The areas.
    municipalities
        As `load_districts` returns them, with wards; their names tell which one a share is of.

    Returns
    -------
    pandas.DataFrame
        As `indicators`: numbers that may be added up are, with the status `estimate` where a
        municipality was split, and `unknown` where one has no figure; others stand as they are
        in each area that holds some of their municipality, with its name. What an area says of
        itself goes before.
    """
    own = indicators[indicators["district"].isin(scheme.districts["district"])]
    others = indicators[~indicators.index.isin(own.index)]
    said = set(zip(own["district"], own["indicator"], own["as_of"], strict=True))
    places = others["district"].notna()
    rows = [
        row
        for _, group in others[places].groupby(["indicator", "as_of"], sort=False, dropna=False)
        for row in _move_group(group, scheme, municipalities)
        if (row["district"], row["indicator"], row["as_of"]) not in said
    ]
    moved = pd.DataFrame(rows, columns=indicators.columns)
    parts = [own, moved.astype(indicators.dtypes.to_dict()), others[~places]]
    return pd.concat([part for part in parts if len(part)] or [own], ignore_index=True)


def _move_group(
    group: pd.DataFrame, scheme: Scheme, municipalities: pd.DataFrame
) -> Iterator[dict[Hashable, object]]:
    """Yield the rows of one figure and day, for each area that it says something of."""
    by_unit = {str(row["district"]): row for row in group.to_dict("records")}
    names = names_of(municipalities)
    for area in scheme.districts[["district", "name"]].to_dict("records"):
        members = _members(str(area["district"]), scheme, municipalities, set(by_unit))
        known = {unit: weight for unit, weight in members.items() if unit in by_unit}
        if not known:
            continue
        first = by_unit[next(iter(known))]
        if first["unit"] in COUNTED_UNITS:
            values = [by_unit[unit]["value"] * weight for unit, weight in known.items()]
            whole = len(known) == len(members) and not pd.isna(values).any()
            is_split = min(known.values()) < 1
            yield {
                **first,
                "district": area["district"],
                "district_name": area["name"],
                "value": sum(values) if whole else None,
                "status": "unknown" if not whole else "estimate" if is_split else "value",
                "source": f"{first['source']}（{len(known)}市区町村の合計）"
                if len(known) > 1
                else first["source"],
            }
            continue
        for unit in known:
            row = by_unit[unit]
            label = f"{row['indicator']}（{names.get(unit, row['district_name'])}）"
            yield {**row, "district": area["district"], "indicator": label}


def _members(
    area: str, scheme: Scheme, municipalities: pd.DataFrame, known: set[str]
) -> dict[str, float]:
    """Return unit → weight of what an area is made of; a city with a figure stands for its wards."""
    wards = municipalities[municipalities["parent"].ne("")]
    parent = dict(zip(wards["district"], wards["parent"], strict=True))
    units = scheme.units_of(area)
    members = {unit: weight for unit, weight in units.items() if unit not in parent.values()}
    for city in set(parent.values()) & units.keys() & known:
        own = [ward for ward, of in parent.items() if of == city and ward in members]
        if units[city] == 1 or not set(own) & known:
            members = {unit: weight for unit, weight in members.items() if unit not in own}
            members[city] = units[city]
    return dict(sorted(members.items()))
