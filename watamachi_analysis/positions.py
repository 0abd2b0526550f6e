"""Read the codes, addresses and coordinates that say where a thing is."""

import re
from dataclasses import dataclass
from functools import cache

from .bundled import resource_table
from .cells import parse_number, plain
from .districts import load_districts

# The code of a city that has wards ends in 100, 130, 140 or 150; its wards have codes of their own.
_CODE_OF_WARDS = re.compile(r"\d{2}1[0345]0")
_POST_CODE = re.compile(r"^〒?\s*\d{3}-?\d{4}(?!\d)\s*")
_COUNTY = re.compile(r"[^\d市]{1,6}?郡[^\d市]{1,6}?[町村]")
_CITY = re.compile(r"[^\d]{1,7}?市")
_UNDER_PREFECTURE = re.compile(r"[^\d]{1,6}?[区町村]")
JAPAN_LATITUDES = (20.0, 46.0)
JAPAN_LONGITUDES = (122.0, 154.0)


def check_digit(code: str) -> str:
    """Return the sixth digit of a local government code (総務省 全国地方公共団体コード).

    Examples
    --------
    >>> check_digit("11208")
    '9'
    """
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def parse_code(text: str) -> str:
    """Return the five digits of a municipality or ward, '' for a blank or a whole prefecture.

    Parameters
    ----------
    text
        With or without the check digit, with a letter before it, or without its leading zero.

    Raises
    ------
    ValueError
        If it is no code, or its check digit does not fit.

    Examples
    --------
    >>> [parse_code(text) for text in ["112089", "R11208", "1100", "12025", "110001"]]
    ['11208', '11208', '01100', '01202', '']
    """
    written = re.sub(r"^[a-z](?=\d)|\.0$|[\s'\"]", "", plain(text))
    if not written:
        return ""
    if not re.fullmatch(r"\d{1,2}|\d{4,6}", written):
        raise ValueError(text)
    for code in (written, f"0{written}"):
        if _fits(code):
            return "" if code[2:5] in {"", "000"} else code[:5]
    raise ValueError(text)


def _fits(code: str) -> bool:
    """Tell whether digits have the form of a code: 47 prefectures, municipalities from 100 on."""
    if not 1 <= int(code[:2]) <= 47:
        return False
    if len(code) == 2:
        return True
    if len(code) == 6 and check_digit(code[:5]) != code[5]:
        return False
    return len(code) in {5, 6} and (code[2:5] == "000" or int(code[2:5]) >= 100)


def is_elsewhere(place: str, prefecture: str) -> bool:
    """Tell whether a code or name says that it is in another prefecture than that of two digits.

    Examples
    --------
    >>> is_elsewhere("13207", "11"), is_elsewhere("東京都昭島市", "11"), is_elsewhere("昭島市", "11")
    (True, True, False)
    """
    if place.isdigit():
        return not place.startswith(prefecture)
    named = _prefecture_of(place)
    return named != "" and _prefectures()[named] != prefecture


@cache
def _prefectures() -> dict[str, str]:
    table = resource_table("official/prefectures.csv")
    return dict(zip(table["name"], table["code"], strict=True))


def _prefecture_of(address: str) -> str:
    """Return the prefecture that a text begins with, '' where it begins with none."""
    return next((address[:end] for end in (3, 4) if address[:end] in _prefectures()), "")


def has_wards(place: str) -> bool:
    """Tell whether a code or name means a city that is divided into wards.

    Examples
    --------
    >>> has_wards("11100"), has_wards("埼玉県さいたま市"), has_wards("11103"), has_wards("川越市")
    (True, True, False, False)
    """
    return (
        bool(_CODE_OF_WARDS.fullmatch(place))
        or place.removeprefix(_prefecture_of(place)) in _cities_with_wards()
    )


def is_ward(place: str) -> bool:
    """Tell whether a code or name means a ward of such a city.

    Examples
    --------
    >>> is_ward("11103"), is_ward("さいたま市大宮区"), is_ward("11100"), is_ward("11208")
    (True, True, False, False)
    """
    if place.isdigit():
        return bool(re.fullmatch(r"\d{2}1[0-5]\d", place)) and not has_wards(place)
    return place.endswith("区") and any(city in place for city in _cities_with_wards())


@cache
def _cities_with_wards() -> tuple[str, ...]:
    return tuple(resource_table("official/cities_with_wards.csv")["city"])


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
    wards = re.match(rf"(?:{'|'.join(_cities_with_wards())})(?:[^\d市]{{1,5}}?区)?", rest)
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
    south, top = JAPAN_LATITUDES
    west, right = JAPAN_LONGITUDES
    return south <= north <= top and west <= east <= right
