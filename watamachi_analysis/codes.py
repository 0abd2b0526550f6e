"""Read the codes of local governments in every form in which they are published."""

import re
from functools import cache

from .bundled import resource_table
from .text import fold

HOME = "11"  # the prefecture whose names, tiles and figures ship with the package
_CODE = re.compile(r"[Rr]?(\d{5})(\d)?$")


def parse_code(text: str) -> str | None:
    """Return the 5-digit code that a cell holds; None where it holds none.

    A sixth digit must be the check digit; the R of some publishers and a decimal point that a
    spreadsheet added are taken off.

    Examples
    --------
    >>> [parse_code(text) for text in ["11208", "112089", "R11208", "11208.0", "112080", "所沢"]]
    ['11208', '11208', '11208', '11208', None, None]
    """
    match = _CODE.match(re.sub(r"\.0$", "", fold(text).text.strip()))
    if match is None or not 1 <= int(match[1][:2]) <= 47:
        return None
    code, digit = match.groups()
    return code if digit in (None, check_digit(code)) else None


def check_digit(code: str) -> str:
    """Return the sixth digit of a local government code (総務省 全国地方公共団体コード).

    Examples
    --------
    >>> check_digit("11208"), check_digit("11209")
    ('9', '7')
    """
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


@cache
def prefecture_names() -> dict[str, str]:
    """Return code (two digits) → name of the 47 prefectures.

    Examples
    --------
    >>> prefecture_names()["11"], len(prefecture_names())
    ('埼玉県', 47)
    """
    table = resource_table("districts/prefectures.csv")
    return dict(zip(table["prefecture"], table["name"], strict=True))


def city_of_ward(code: str) -> str:
    """Return the code of the designated city that a ward's code belongs to.

    The wards of a city follow its own code, up to the next city's.

    Examples
    --------
    >>> city_of_ward("11110"), city_of_ward("14118"), city_of_ward("14131")
    ('11100', '14100', '14130')
    """
    cities = designated_cities().values()
    return max(city for city in cities if city < code and city[:2] == code[:2])


@cache
def designated_cities() -> dict[str, str]:
    """Return name → code of the cities that have wards (政令指定都市)."""
    table = resource_table("districts/designated_cities.csv")
    return dict(zip(table["name"], table["district"], strict=True))
