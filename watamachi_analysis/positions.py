"""Read the addresses and coordinates that say where a thing is."""

import re
from dataclasses import dataclass
from functools import cache

from .bundled import resource_table
from .cells import parse_number, plain
from .codes import designated_cities, prefecture_names
from .districts import load_districts
from .shapes import JAPAN

_POST_CODE = re.compile(r"^〒?\s*\d{3}-?\d{4}(?!\d)\s*")
_COUNTY = re.compile(r"[^\d市]{1,6}?郡[^\d市]{1,6}?[町村]")
_CITY = re.compile(r"[^\d]{1,7}?市")
_UNDER_PREFECTURE = re.compile(r"[^\d]{1,6}?[区町村]")


def is_elsewhere(place: str, prefecture: str) -> bool:
    """Tell whether a code or name says that it is in another prefecture than that of two digits.

    Examples
    --------
    >>> is_elsewhere("13207", "11"), is_elsewhere("東京都昭島市", "11"), is_elsewhere("昭島市", "11")
    (True, True, False)
    """
    if place.isdigit():
        return not place.startswith(prefecture)
    return _prefecture_of(place) not in {"", prefecture_names()[prefecture]}


def _prefecture_of(address: str) -> str:
    """Return the prefecture that a text begins with, '' where it begins with none."""
    names = prefecture_names().values()
    return next((address[:end] for end in (3, 4) if address[:end] in names), "")


def has_wards(place: str) -> bool:
    """Tell whether a code or name means a city that is divided into wards.

    Examples
    --------
    >>> has_wards("11100"), has_wards("埼玉県さいたま市"), has_wards("11103"), has_wards("川越市")
    (True, True, False, False)
    """
    cities = designated_cities()
    return place in cities.values() or place.removeprefix(_prefecture_of(place)) in cities


def is_ward(place: str) -> bool:
    """Tell whether a code or name means a ward of such a city.

    Examples
    --------
    >>> is_ward("11103"), is_ward("さいたま市大宮区"), is_ward("11100"), is_ward("11208")
    (True, True, False, False)
    """
    if place.isdigit():
        return bool(re.fullmatch(r"\d{2}1[0-5]\d", place)) and not has_wards(place)
    return place.endswith("区") and any(city in place for city in designated_cities())


@cache
def _known_names() -> tuple[str, ...]:
    """Return names that an address can begin with, those that contain others first."""
    nested = resource_table("official/nested_names.csv")["name"]
    table = load_districts()
    districts = [*table["name"], *(table["county"] + table["name"])[table["county"].ne("")]]
    wards = table.loc[table["area"].ne(""), ["name", "area"]].itertuples(index=False)
    own = [str(row.name).removeprefix(str(row.area)) for row in wards]
    return tuple(sorted({*nested, *districts, *own}, key=len, reverse=True))


def municipality_in(address: str) -> str:
    """Return the municipality or ward that an address begins with, '' where it names none.

    The prefecture stays before it where it is written.

    Examples
    --------
    >>> municipality_in("〒330-0063 埼玉県さいたま市浦和区高砂3-15-1")
    '埼玉県さいたま市浦和区'
    >>> municipality_in("三芳町大字藤久保1100-1"), municipality_in("並木町1-1")
    ('三芳町', '')
    """
    written = re.sub(r"[\s　]", "", _POST_CODE.sub("", address.strip()))
    prefecture = _prefecture_of(written)
    rest = written[len(prefecture) :]
    if re.match("大?字", rest):
        return ""
    for name in _known_names():
        if rest.startswith(name) and not has_wards(name):
            return prefecture + name
    wards = re.match(rf"(?:{'|'.join(designated_cities())})(?:[^\d市]{{1,5}}?区)?", rest)
    found = wards or _COUNTY.match(rest) or _CITY.match(rest)
    if not found and prefecture:
        found = _UNDER_PREFECTURE.match(rest)
    return prefecture + found[0] if found else ""


@dataclass(frozen=True)
class Point:
    """Degrees north and east, or None with what is wrong; `swapped` ones were put right."""

    lat: float | None
    lng: float | None
    fault: str = ""
    swapped: bool = False


def parse_point(lat: str, lng: str) -> Point:
    """Return the coordinates that two cells, or one cell "lat,lng", mean.

    Examples
    --------
    >>> parse_point("35.7996,139.4686", "")
    Point(lat=35.7996, lng=139.4686, fault='', swapped=False)
    >>> parse_point("139.4686", "35.7996").swapped, parse_point("0", "0").fault
    (True, '緯度・経度「0, 0」は日本の外です')
    """
    if not lng.strip():
        lat, _, lng = plain(lat).replace("、", ",").partition(",")
    if not lat.strip() and not lng.strip():
        return Point(None, None)
    said = f"緯度・経度「{lat.strip()}, {lng.strip()}」"
    north, east = parse_number(lat), parse_number(lng)
    if north is None or east is None or not _is_degree(lat) or not _is_degree(lng):
        return Point(None, None, f"{said}が分かりません")
    if _in_japan(north, east):
        return Point(north, east)
    if _in_japan(east, north):
        return Point(east, north, f"{said}は緯度と経度が逆です", swapped=True)
    return Point(None, None, f"{said}は日本の外です")


def _is_degree(text: str) -> bool:
    return bool(re.fullmatch(r"[-−]?\d+(?:\.\d+)?", plain(text)))


def _in_japan(north: float, east: float) -> bool:
    west, south, right, top = JAPAN
    return south <= north <= top and west <= east <= right
