"""Collect the ways in which districts and small areas are named in running text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .bundled import resource_table
from .codes import HOME, prefecture_names
from .names import simplify_name, simplify_small_area

# Ward names that other cities of Japan use too: alone they do not say which city.
_SHARED_WARDS = {"北区", "西区", "南区", "緑区", "中央区", "桜区"}
# How the note of a name begins that stands outside the prefecture, or for people, too.
_NOT_ONLY_HERE = ("県外にも", "姓にも", "ことばにも")
# The columns of districts and of small areas that all is made of.
NAMED_BY = ("district", "name", "kana", "county", "area", "parent", "lat", "lng")
SMALL_NAMED_BY = ("name", "municipality", "small_area")
NEAR_KM = 16.0  # between the offices of two districts: where people of one go for their errands
KM_PER_DEGREE = 111.2  # of latitude
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ"))}
_KANA_END = re.compile("(シ|マチ|ムラ|チョウ|ソン|ク|し|まち|むら|ちょう|そん|く)$")
_CHOME_END = re.compile("[〇一二三四五六七八九十]+丁目$")


@dataclass(frozen=True)
class Name:
    """One way of naming districts.

    Attributes
    ----------
    districts
        The codes that it can mean.
    use
        `full` (所沢市), `kana` (ところざわし), `ward` (緑区), `stem` (所沢), `plain` (a stem that is a
        word of its own, such as 緑), `landmark` (a station or estate), `area`, or `town` (a
        small area of the census, all its 丁目).
    is_firm
        Whether it means nothing but these districts where it stands as a place.
    """

    districts: tuple[str, ...]
    use: str
    is_firm: bool


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """All names of one prefecture.

    Attributes
    ----------
    names
        Each name, in the spelling of `simplify_name`.
    prefecture
        The name of the prefecture.
    wards
        City with wards → their codes.
    near
        District → those whose offices are within a day's errand, and itself.
    towns
        Name of small areas → municipality → their codes; with and without 丁目.
    """

    names: Mapping[str, Name]
    prefecture: str
    wards: Mapping[str, tuple[str, ...]]
    near: Mapping[str, frozenset[str]]
    towns: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def is_among_wards(self, here: object, codes: tuple[str, ...]) -> bool:
        """Tell whether a district is a ward of the city that other wards belong to."""
        return any(here in wards and codes[0] in wards for wards in self.wards.values())


def collect_names(districts: pd.DataFrame, small_areas: pd.DataFrame | None = None) -> Gazetteer:
    """Return the ways of naming districts in running text.

    Parameters
    ----------
    districts
        As `load_districts` returns them, with wards.
    small_areas
        As `list_small_areas` returns them; None leaves the names of 町丁字 out.
    """
    code = str(districts["district"].iloc[0])[:2]
    names = _listed_names(set(districts["district"]))
    firm = {simplify_name(stem) for stem in resource_table("districts/stems.csv")["stem"]}
    for row in districts[list(NAMED_BY)].to_dict("records"):
        _add_own_names(
            names, {str(k): str(v) for k, v in row.items()}, firm if code == HOME else set()
        )
    wards = {str(city): tuple(rows["district"]) for city, rows in districts.groupby("area") if city}
    for city, codes in wards.items():
        names[simplify_name(city)] = Name(codes, "full", False)
    for county, rows in districts.groupby("county"):
        if county:
            names[simplify_name(str(county))] = Name(tuple(rows["district"]), "full", False)
    towns = {} if small_areas is None else _collect_towns(small_areas)
    for town, places in towns.items():
        names.setdefault(town, Name(tuple(sorted(places)), "town", False))
    return Gazetteer(names, prefecture_names()[code], wards, _find_near(districts), towns)


def _find_near(districts: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return which districts lie near each, by their offices; none where those are unknown."""
    codes = districts["district"].to_numpy()
    lat, lng = districts["lat"].to_numpy(float), districts["lng"].to_numpy(float)
    north = (lat[:, None] - lat) * KM_PER_DEGREE
    east = (lng[:, None] - lng) * KM_PER_DEGREE * np.cos(np.radians(lat))[:, None]
    is_near = np.hypot(north, east) <= NEAR_KM
    np.fill_diagonal(is_near, val=True)
    return {str(code): frozenset(codes[row]) for code, row in zip(codes, is_near, strict=True)}


def _listed_names(known: set[str]) -> dict[str, Name]:
    """Return the stations, estates, areas and former names that lie in known districts."""
    names: dict[str, Name] = {}
    firm = {simplify_name(stem) for stem in resource_table("districts/stems.csv")["stem"]}
    for row in resource_table("districts/landmarks.csv").itertuples(index=False):
        use = "area" if row.kind == "area" else "landmark"
        codes = _known(str(row.districts), known)
        if codes:
            sure = len(codes) == 1 and not str(row.note).startswith(_NOT_ONLY_HERE)
            names[simplify_name(str(row.name))] = Name(codes, use, sure)
    for row in resource_table("districts/former_names.csv").itertuples(index=False):
        codes = _known(str(row.districts), known)
        if not codes:
            continue
        sure = len(codes) == 1 and not str(row.note).startswith(_NOT_ONLY_HERE)
        name = simplify_name(str(row.name))
        names[name] = Name(codes, "full", sure)
        if name[:-1] in firm or (name.endswith("市") and len(codes) > 1):
            names[name[:-1]] = Name(codes, "stem", len(codes) == 1)
    return names


def _known(written: str, known: set[str]) -> tuple[str, ...]:
    return tuple(code for code in written.split("|") if code in known)


def _add_own_names(names: dict[str, Name], row: Mapping[str, str], firm: set[str]) -> None:
    """Add the names of one district: its own, its stem, its kana."""
    own, code = row["name"].removeprefix(row["area"]), (row["district"],)
    stem, kana = simplify_name(own[:-1]), row["kana"]
    if row["area"]:
        names.setdefault(stem, Name(code, "stem" if len(stem) > 1 else "plain", False))
        is_firm = row["district"].startswith(HOME) and own not in _SHARED_WARDS
        names[simplify_name(own)] = Name(code, "ward", is_firm)
    elif stem not in names or names[stem].use != "area":  # ふじみ野 is an area of two cities
        names[stem] = Name(code, "stem", stem in firm)
    for spelling in {kana, kana.translate(_TO_HIRAGANA)} - {""}:
        bare = simplify_name(_KANA_END.sub("", spelling))
        names[simplify_name(spelling)] = Name(code, "kana", True)
        names.setdefault(bare, Name(code, "plain", False))
        names[bare + own[-1]] = Name(code, "full", True)  # ところざわ市
    for full in (row["name"], row["county"] + row["name"]):
        names[simplify_name(full)] = Name(code, "full", True)


def _collect_towns(small_areas: pd.DataFrame) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return each name of small areas, with and without 丁目 → municipality → codes."""
    towns: dict[str, dict[str, tuple[str, ...]]] = {}
    columns = small_areas[list(SMALL_NAMED_BY)].to_numpy().tolist()
    for name, municipality, code in columns:
        own = simplify_small_area(name)
        for form in dict.fromkeys((own, _CHOME_END.sub("", own))):
            if len(form) > 1:
                places = towns.setdefault(form, {})
                places[municipality] = (*places.get(municipality, ()), code)
    return towns
