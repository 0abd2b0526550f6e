"""Tell which districts a written name or code means."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd

from .bundled import resource_table
from .codes import check_digit, prefecture_names
from .text import fold

# The columns of a district that its names come from; `district` stands first.
_NAMED_BY = ("district", "name", "kana", "county", "area", "parent")

# Small ke in all its spellings, and old forms of characters: one character each, so places stay.
SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("ヶヵケカガが", "ケ"),
        **dict(
            zip(
                "澤嶋嶌澁濱邊邉淺與櫻橫瀨巢廣國區縣鄕鹽龜",
                "沢島島渋浜辺辺浅与桜横瀬巣広国区県郷塩亀",
                strict=True,
            )
        ),
    }
)


_CHOME = re.compile(r"(\d{1,2})丁目")


def match_names(names: Iterable[str], districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the districts that each written name can mean: one, several, or none.

    Parameters
    ----------
    names
        Names or codes as people write them: 所沢, 埼玉県所沢市, 鶴ケ島市, 浦和区, 11208, 112089.
    districts
        As `load_districts` returns them.

    Examples
    --------
    >>> from watamachi_analysis.districts import load_districts
    >>> match_names(["鶴が島市", "浦和区", "大宮市", "横浜市"], load_districts())
    ... # doctest: +NORMALIZE_WHITESPACE
    {'鶴が島市': ('11241',), '浦和区': ('11107',),
     '大宮市': ('11101', '11102', '11103', '11104'), '横浜市': ()}
    """
    index = _name_index(districts)
    return {name: index.get(simplify_name(name), ()) for name in names}


def names_of(districts: pd.DataFrame) -> dict[str, str]:
    """Return district → name.

    Parameters
    ----------
    districts
        With `district` and `name`.
    """
    return dict(zip(districts["district"], districts["name"], strict=True))


def simplify_name(name: str) -> str:
    """Return a name in the one spelling that names are compared in.

    Examples
    --------
    >>> simplify_name("鶴が島 市")
    '鶴ケ島市'
    """
    return re.sub(r"\s", "", fold(name).text).translate(SPELLINGS)


def simplify_small_area(name: str) -> str:
    """Return the name of a small area (町丁字) in the one spelling that they are compared in.

    Examples
    --------
    >>> [simplify_small_area(name) for name in ["大字上安松", "くすのき台1丁目", "字北原"]]
    ['上安松', 'くすのき台一丁目', '北原']
    """
    bare = re.sub("^(大字|小字|字)", "", simplify_name(name))
    return _CHOME.sub(lambda found: f"{_kanji(int(found[1]))}丁目", bare)


def _kanji(number: int) -> str:
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return f"{digits[tens] if tens > 1 else ''}{'十' if tens else ''}{digits[ones] if ones else ''}"


def _name_index(districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    rows = districts[list(_NAMED_BY)].astype(str).itertuples(index=False, name=None)
    return _index_of(tuple(rows))


@lru_cache(maxsize=8)
def _index_of(rows: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
    """Return each spelling of a name → the districts that it can mean."""
    index: defaultdict[str, set[str]] = defaultdict(set)
    for row in (dict(zip(_NAMED_BY, values, strict=True)) for values in rows):
        code, area = row["district"], row["area"]
        forms = {*_forms(row), code, code + check_digit(code)}
        if area:
            city = row["parent"]
            forms |= {area, f"{_prefecture(code)}{area}", city, city + check_digit(city)}
        for form in forms:
            index[simplify_name(form)].add(code)
    known = {row[0] for row in rows}
    for former in resource_table("districts/former_names.csv").itertuples(index=False):
        if codes := known & set(str(former.districts).split("|")):
            index[simplify_name(str(former.name))] |= codes
    return {name: tuple(sorted(codes)) for name, codes in index.items()}


def _forms(row: Mapping[str, str]) -> set[str]:
    """Return the ways in which a district's own name is written."""
    name, kana = row["name"], row["kana"]
    own = name.removeprefix(row["area"])
    full = {name, f"{row['county']}{name}"}
    full |= {f"{_prefecture(row['district'])}{form}" for form in full}
    short = {own, own[:-1], kana, re.sub("(?:シ|マチ|ムラ|チョウ|ソン|ク)$", "", kana)}
    return full | short - {""}


def _prefecture(code: str) -> str:
    return prefecture_names().get(code[:2], "")
