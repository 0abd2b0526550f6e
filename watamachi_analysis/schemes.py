"""Move from municipalities to the areas of another scheme, and say where that is an estimate."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from .codes import designated_cities
from .districts import SCHEMES, merge_wards
from .names import match_names, simplify_name

PART_COLUMNS = ["unit", "municipality", "district", "weight", "basis"]
BASES = {"whole": "全体", "stated": "書かれた割合", "population": "人口", "area": "面積"}
CODE_LENGTH = 5  # of a municipality, ward or city
SUM_TO = 1e-6  # how far the weights of a unit may be off one
ROUNDED = 2e-3  # how far weights that a person wrote may be


@dataclass(frozen=True)
class Scheme:
    """The areas that a survey is read by, and which part of each municipality lies in which.

    Attributes
    ----------
    name
        What the areas are called: 支部, 日常生活圏域.
    districts
        The areas, as `load_districts` returns municipalities: keyed by `district`.
    parts
        One row per `unit` (municipality or designated city by its 5-digit code, small area by
        its 9 or 11 digits) and `district` that holds some of it: `municipality`, `weight`
        (share of the unit, 0 to 1), `basis` (a key of `BASES`). The weights of a unit sum to
        one; what lies in no area has a row without `district`.
    """

    name: str
    districts: pd.DataFrame
    parts: pd.DataFrame

    def areas_of(self, unit: str) -> tuple[str, ...]:
        """Return the areas that hold some of a unit, in order."""
        return self.areas.get(unit, ())

    def units_of(self, area: str) -> dict[str, float]:
        """Return municipality, ward or city → the share of it that lies in an area."""
        of_it = self.parts["district"].eq(area) & self.parts["unit"].str.len().eq(5)
        parts = self.parts[of_it & self.parts["weight"].gt(0)]
        return dict(zip(parts["unit"], parts["weight"].astype(float), strict=True))

    @cached_property
    def areas(self) -> dict[str, tuple[str, ...]]:
        """Return for each unit the areas that hold some of it."""
        known = self.parts.dropna(subset=["district"])
        return _gather(zip(known["unit"], known["district"], strict=True))


def by_municipality(municipalities: pd.DataFrame, scheme: str = "municipality") -> Scheme:
    """Return the scheme whose areas are the municipalities themselves.

    Parameters
    ----------
    municipalities
        As `load_districts` returns them, with wards.
    scheme
        `municipality`, or `city`: a designated city is one.

    Examples
    --------
    >>> from watamachi_analysis.districts import load_districts
    >>> by_municipality(load_districts(), "city").areas_of("11107")
    ('11100',)
    """
    districts = municipalities if scheme == "municipality" else merge_wards(municipalities)
    own = municipalities[["district", "parent"]].set_axis(["unit", "parent"], axis=1)
    area = (
        own["unit"]
        if scheme == "municipality"
        else own["parent"].where(own["parent"].ne(""), own["unit"])
    )
    parts = pd.DataFrame(
        {
            "unit": own["unit"],
            "municipality": own["unit"],
            "district": area,
            "weight": 1.0,
            "basis": "whole",
        }
    )
    return Scheme(SCHEMES[scheme], districts, add_cities(parts, municipalities))


def add_cities(parts: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Return the parts with those of each designated city, which its wards make up.

    Parameters
    ----------
    parts
        As `Scheme` has them, for municipalities and wards.
    municipalities
        As `load_districts` returns them, with wards; each counts by its population, or, where
        none is known, all alike.
    """
    wards = municipalities.loc[
        municipalities["parent"].ne(""), ["district", "parent", "population"]
    ]
    wards = wards.set_axis(["unit", "city", "people"], axis=1)
    people = wards["people"].astype("Float64").fillna(1.0)
    share = people / people.groupby(wards["city"]).transform("sum")
    told = parts.merge(wards.assign(share=share), on="unit")
    told["weight"] = told["weight"] * told["share"].astype(float)
    cities = told.groupby(["city", "district"], dropna=False)["weight"].sum().reset_index()
    whole = cities["weight"] > 1 - SUM_TO
    cities = cities.assign(
        unit=cities["city"],
        municipality=cities["city"],
        weight=cities["weight"].where(~whole, 1.0),
        basis=whole.map({True: "whole", False: "population"}),
    )
    return pd.concat([parts, cities[PART_COLUMNS]], ignore_index=True)[PART_COLUMNS]


def link_areas(ours: Scheme, theirs: Scheme) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return which areas of one scheme cover the same ground as which of another, as few as can be.

    Parameters
    ----------
    ours, theirs
        Schemes of the same municipalities.

    Examples
    --------
    >>> from watamachi_analysis.districts import load_districts
    >>> towns = load_districts()
    >>> links = link_areas(by_municipality(towns, "city"), by_municipality(towns))
    >>> [(ours, len(theirs)) for ours, theirs in links[:2]]
    [(('11100',), 10), (('11201',), 1)]
    """
    if list(ours.districts["district"]) == list(theirs.districts["district"]):
        return tuple(((area,), (area,)) for area in ours.districts["district"])
    left, right = _areas_by_unit(ours), _areas_by_unit(theirs)
    groups: list[tuple[set[str], set[str]]] = []
    for unit in sorted(left.keys() & right.keys()):
        joined = (set(left[unit]), set(right[unit]))
        for group in [g for g in groups if g[0] & joined[0] or g[1] & joined[1]]:
            joined = (joined[0] | group[0], joined[1] | group[1])
            groups.remove(group)
        groups.append(joined)
    return tuple((tuple(sorted(a)), tuple(sorted(b))) for a, b in groups)


def _areas_by_unit(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """Return municipality or ward → its areas; a city of wards is what its wards are."""
    cities = set(designated_cities().values())
    return {
        unit: areas
        for unit, areas in scheme.areas.items()
        if len(unit) == CODE_LENGTH and unit not in cities
    }


def match_areas(
    names: Iterable[str], scheme: Scheme, municipalities: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return the areas of a scheme that each written name can mean: one, several, or none.

    Parameters
    ----------
    names
        Names of areas, or names and codes of municipalities.
    scheme
        A municipality that lies in several areas means all of them.
    municipalities
        As `load_districts` returns them, with wards.
    """
    written = list(names)
    own = _own_names(scheme.districts)
    units = match_names(written, municipalities)
    areas = scheme.areas
    return {
        name: own.get(simplify_name(name))
        or tuple(sorted({area for unit in units[name] for area in areas.get(unit, ())}))
        for name in written
    }


def match_units(
    names: Iterable[str], scheme: Scheme, municipalities: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return the municipalities, wards or whole cities that each written name can mean.

    Parameters
    ----------
    names
        Names and codes; that of an area of the scheme means the area.
    scheme
        The areas.
    municipalities
        As `load_districts` returns them, with wards.
    """
    written = list(names)
    own = _own_names(scheme.districts)
    wards = municipalities[municipalities["parent"].ne("")]
    cities = dict(zip(wards["area"], wards["parent"], strict=True))
    cities |= {code: code for code in cities.values()}
    units = match_names(written, municipalities)
    return {
        name: own.get(simplify_name(name)) or ((cities[name],) if name in cities else units[name])
        for name in written
    }


def _own_names(districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return each written name of an area → the areas; codes of municipalities are no such names."""
    return _gather(
        (simplify_name(str(name)), str(row["district"]))
        for row in districts[["name", "kana", "district"]].to_dict("records")
        for name in row.values()
        if name and not str(row["district"]).isdigit()
    )


def _gather(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: tuple(sorted(values)) for key, values in found.items()}


def move(table: pd.DataFrame, scheme: Scheme, columns: Sequence[str]) -> pd.DataFrame:
    """Return counts by municipality (or small area) as counts by the areas of a scheme.

    Parameters
    ----------
    table
        One row per `district`: the unit that its `columns` were counted in.
    scheme
        Where the units lie.
    columns
        What to move: numbers that may be added up; a missing one makes the sum missing.

    Returns
    -------
    pandas.DataFrame
        One row per area, in their order, and a last one without `district` where something
        lies in no area or in an unknown unit, so that the sums before and after agree:
        `columns`, whole numbers where every unit lies whole in one area, and `is_estimate`,
        which tells where a unit was split by its weights.

    Examples
    --------
    >>> from watamachi_analysis.districts import load_districts
    >>> cities = by_municipality(load_districts(), "city")
    >>> counts = pd.DataFrame({"district": ["11101", "11107", "11208"], "voices": [2, 3, 4]})
    >>> moved = move(counts, cities, ["voices"]).set_index("district")
    >>> moved.loc[["11100", "11208"], "voices"].tolist(), bool(moved["is_estimate"].any())
    ([5, 4], False)
    """
    named = table.rename(columns={"district": "unit"})[["unit", *columns]]
    spread = named.merge(scheme.parts[["unit", "district", "weight"]], on="unit", how="left")
    spread["weight"] = spread["weight"].fillna(1.0)
    moved = spread[columns].astype("Float64").mul(spread["weight"], axis=0)
    grouped = moved.groupby([spread["district"]], dropna=False)
    sums = grouped.sum().mask(grouped.count().lt(grouped.size(), axis=0))  # a missing one shows
    split = spread["weight"].lt(1 - SUM_TO).groupby(spread["district"], dropna=False).any()
    known = sums.reindex(scheme.districts["district"], fill_value=0)
    outside = sums[sums.index.isna()]
    whole = pd.concat([known, outside]) if len(outside) else known
    result = whole.rename_axis("district").reset_index()
    result["is_estimate"] = result["district"].map(split).fillna(False).astype(bool)
    for column in columns:
        values = result[column]
        if not split.any() and values.dropna().mod(1).eq(0).all():
            result[column] = values.astype("Int64")
    return result[["district", *columns, "is_estimate"]]


def doubt_weights(parts: pd.DataFrame) -> pd.Series:
    """Return the sum of weights of each unit whose weights do not sum to one.

    Parameters
    ----------
    parts
        As `Scheme` has them.
    """
    sums = parts.groupby("unit")["weight"].sum()
    return sums[(sums - 1).abs() > ROUNDED]
