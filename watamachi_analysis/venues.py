"""Tell in which district a venue lies: by coordinates, address, postal code, or its known name."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

import geopandas as gpd
import pandas as pd

from .boundaries import find_containing
from .cells import plain
from .codes import parse_code
from .errors import Problem
from .names import match_names, names_of, simplify_small_area
from .places import locate
from .positions import municipality_in, parse_point
from .rows import Source
from .schemes import Scheme, by_municipality, match_areas

_POST_CODE = re.compile(r"(?<!\d)(\d{3})-?(\d{4})(?!\d)")
_POINT = re.compile(r"(\d{2,3}\.\d+)\s*[,、]\s*(\d{2,3}\.\d+)")
# Where the columns of 日本郵便's table stand: code of the municipality, postal code.
_KEN_ALL = (0, 2)


@dataclass(frozen=True)
class Atlas:
    """What tells where places lie.

    Attributes
    ----------
    scheme
        The areas of the survey.
    municipalities, small_areas
        What they are made of.
    exact
        The municipalities with every point of their borders; None without boundaries.
    postal
        Postal code (seven digits) → municipalities.
    known
        Name of a venue → areas that the survey's own rows put it in.
    """

    scheme: Scheme
    municipalities: pd.DataFrame
    small_areas: pd.DataFrame
    exact: gpd.GeoDataFrame | None = None
    postal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def plain_atlas(municipalities: pd.DataFrame) -> Atlas:
    """Return what tells where places lie by the names of municipalities alone."""
    return Atlas(by_municipality(municipalities), municipalities, pd.DataFrame())


@dataclass(frozen=True)
class Found:
    """The areas that a venue may lie in, and by what (in Japanese) they were told."""

    areas: tuple[str, ...]
    by: str


def find_venue(venue: str, atlas: Atlas, *, lat: object = None, lng: object = None) -> Found:
    """Return the area in which a venue lies: one, several, or none.

    Parameters
    ----------
    venue
        An address, a name, a postal code, or coordinates "lat,lng", alone or together.
    atlas
        What tells where places lie.
    lat, lng
        Degrees, where the row has them.

    Examples
    --------
    >>> from watamachi_analysis.districts import load_districts
    >>> atlas = plain_atlas(load_districts())
    >>> find_venue("飯能市双柳1-1 市民会館", atlas)
    Found(areas=('11209',), by='住所')
    """
    if (point := _point(venue, lat, lng)) and (areas := _by_point(*point, atlas)):
        return Found(areas, "座標")
    for by, find in _WAYS.items():
        if areas := find(venue, atlas):
            return Found(areas, by)
    return Found((), "")


def _point(venue: str, lat: object, lng: object) -> tuple[float, float] | None:
    """Return the degrees of a row, or those written into its venue."""
    if isinstance(lat, float) and isinstance(lng, float) and isfinite(lat) and isfinite(lng):
        return lat, lng
    written = _POINT.search(plain(venue))
    point = parse_point(written[1], written[2]) if written else None
    if point is None or point.lat is None or point.lng is None:
        return None
    return point.lat, point.lng


def _by_point(lat: float, lng: float, atlas: Atlas) -> tuple[str, ...]:
    own = atlas.scheme.districts
    has_own_shapes = isinstance(own, gpd.GeoDataFrame) and not own["district"].str.isdigit().all()
    shapes = own if has_own_shapes else atlas.exact
    if shapes is None:
        return ()
    found = find_containing(pd.Series([lat]), pd.Series([lng]), shapes).iloc[0]
    if not isinstance(found, str):
        return ()
    return (found,) if has_own_shapes else atlas.scheme.areas_of(found)


def doubt_positions(activities: pd.DataFrame, atlas: Atlas) -> list[Problem]:
    """Return a notice for each activity whose coordinates lie in another district than its own.

    Parameters
    ----------
    activities
        With `name`, `district`, `lat`, `lng`, `file` and `place`.
    atlas
        What tells where places lie; without boundaries nothing is told.
    """
    if atlas.exact is None:
        return []
    units = find_containing(activities["lat"], activities["lng"], atlas.exact)
    areas = atlas.scheme.areas
    names = names_of(atlas.municipalities)
    return [
        Problem(
            str(row["file"]),
            str(row["place"]),
            f"「{row['name']}」の緯度・経度は{names[unit]}のなかで、書かれた地区と違います",
            "地区か緯度・経度を直してください",
            "notice",
        )
        for row, unit in zip(activities.to_dict("records"), units, strict=True)
        if isinstance(unit, str)
        and isinstance(row["district"], str)
        and row["district"] not in areas.get(unit, ())
    ]


def _by_address(venue: str, atlas: Atlas) -> tuple[str, ...]:
    name = municipality_in(plain(_POINT.sub("", venue)))
    units = match_names([name], atlas.municipalities)[name] if name else ()
    if not units:
        return ()
    small = atlas.small_areas
    if len(small):  # the address goes on with the 町丁字
        rest = plain(venue).partition(plain(name))[2]
        own = small[small["municipality"].isin(units)]
        inside = _areas(_small_areas_in(rest, own), atlas)
        if len(inside) == 1:
            return inside
    return _areas(units, atlas)


def _small_areas_in(rest: str, small_areas: pd.DataFrame) -> list[str]:
    """Return the codes of the small areas that the rest of an address begins with."""
    written = simplify_small_area(re.sub(r"^(\D+?)(\d{1,2})-", r"\1\2丁目", rest.strip()))
    names = small_areas["name"].map(simplify_small_area)
    base = names.str.replace("[〇一二三四五六七八九十]+丁目$", "", regex=True)
    for known in (names, base):
        fits = pd.Series([bool(name) and written.startswith(name) for name in known], known.index)
        if fits.any():
            longest = known[fits].str.len().max()
            return small_areas.loc[fits & known.str.len().eq(longest), "small_area"].tolist()
    return []


def _areas(units: Sequence[str], atlas: Atlas) -> tuple[str, ...]:
    areas = atlas.scheme.areas
    return tuple(sorted({area for unit in units for area in areas.get(unit, ())}))


def _by_postal_code(venue: str, atlas: Atlas) -> tuple[str, ...]:
    written = _POST_CODE.search(plain(venue))
    units = atlas.postal.get(written[1] + written[2], ()) if written else ()
    return _areas(units, atlas) if len(units) == 1 else ()


def _by_words(venue: str, atlas: Atlas) -> tuple[str, ...]:
    found = locate(pd.Series([venue]), atlas.municipalities)
    sure = found.loc[found["certainty"].eq("sure"), "district"].unique()
    return _areas(sure.tolist(), atlas) if len(sure) == 1 else ()


def _by_name(venue: str, atlas: Atlas) -> tuple[str, ...]:
    return atlas.known.get(_simple(venue), ())


_WAYS: Mapping[str, Callable[..., tuple[str, ...]]] = {
    "住所": _by_address,
    "郵便番号": _by_postal_code,
    "会場名の地名": _by_words,
    "同じ会場の別の記録": _by_name,
}


def _simple(venue: str) -> str:
    return re.sub(r"\s", "", plain(venue))


def learn_venues(tables: Sequence[pd.DataFrame], atlas: Atlas) -> Atlas:
    """Return an atlas that knows the venues which the rows of a survey name with one area only.

    Parameters
    ----------
    tables
        With `venue` and `district_name`.
    atlas
        What tells the areas of names.
    """
    rows = pd.concat([table[["venue", "district_name"]] for table in tables]).dropna()
    areas = match_areas(rows["district_name"].unique(), atlas.scheme, atlas.municipalities)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for venue, name in rows.to_numpy().tolist():
        if len(areas[name]) == 1:
            found[_simple(venue)] |= set(areas[name])
    known = {venue: tuple(own) for venue, own in found.items() if venue and len(own) == 1}
    return replace(atlas, known=known)


def read_postal_codes(source: Source) -> dict[str, tuple[str, ...]]:
    """Return postal code → municipalities of 日本郵便's table (KEN_ALL.CSV, utf_ken_all.csv).

    Parameters
    ----------
    source
        Its rows: the municipality's code stands first, the seven digits third.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, postal in _pairs(source):
        found[postal].add(code)
    return {postal: tuple(sorted(codes)) for postal, codes in found.items()}


def _pairs(source: Source) -> Iterator[tuple[str, str]]:
    for sheet in source.sheets:
        for row in sheet.rows:
            if len(row.cells) <= max(_KEN_ALL):
                continue
            code, postal = (row.cells[position].strip() for position in _KEN_ALL)
            if re.fullmatch(r"\d{7}", postal) and re.fullmatch(r"\d{5}", code):
                yield parse_code(code), postal
