"""Read the codes of local governments in every form in which they are published."""

import re
from functools import cache

from .bundled import resource_table
from .text import fold

HOME = "11"  # the prefecture whose names, tiles and figures ship with the package


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
    written = re.sub(r"^[a-z](?=\d)|\.0$|[\s'\"]", "", fold(text).text.lower())
    if not written:
        return ""
    if not re.fullmatch(r"[0-9]{1,2}|[0-9]{4,6}", written):
        raise ValueError(text)
    for code in (written, f"0{written}"):
        if _fits(code):
            return "" if code[2:5] in {"", "000"} else code[:5]
    raise ValueError(text)


def _fits(code: str) -> bool:
    """Tell whether digits have the form of a code: 47 prefectures, municipalities from 100 on."""
    if code[:2] not in prefecture_names():
        return False
    if len(code) == 2:
        return True
    if len(code) == 6 and check_digit(code[:5]) != code[5]:
        return False
    return len(code) in {5, 6} and (code[2:5] == "000" or int(code[2:5]) >= 100)


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


def is_ward(code: str) -> bool:
    """Tell whether a code is that of a ward of a designated city.

    Codes 101 to 199 of a prefecture are designated cities and their wards; in Tokyo they are the
    special wards, which are municipalities.

    Examples
    --------
    >>> is_ward("11110"), is_ward("11100"), is_ward("11208"), is_ward("13104"), is_ward("nishi")
    (True, False, False, False, False)
    """
    is_code = len(code) == 5 and code.isdecimal() and code[:2] != "13"
    return is_code and code[2] == "1" and code not in designated_cities().values()


@cache
def designated_cities() -> dict[str, str]:
    """Return name → code of the cities that have wards (政令指定都市)."""
    table = resource_table("districts/designated_cities.csv")
    return dict(zip(table["name"], table["district"], strict=True))
