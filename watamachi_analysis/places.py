"""Find the districts that a text speaks of; a doubtful name is said to be doubtful."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from .bundled import resource_table
from .districts import load_districts
from .names import SPELLINGS, simplify_name
from .text import fold, script_of

COLUMNS = ["text_id", "district", "start", "end", "surface", "certainty"]
CAPITAL = "さいたま市"
# Ward names that other cities of Japan use too: alone they do not say which city.
_SHARED_WARDS = {"北区", "西区", "南区", "緑区", "中央区", "桜区"}
# How the note of a name begins that stands outside the prefecture, or for people, too.
_NOT_ONLY_HERE = ("県外にも", "姓にも")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ"))}

_PERSON = re.compile(
    r"(さん|様|さま|氏|くん|君|ちゃん|殿|先生|医師|議員|選手|夫妻|家の)|」?(という|って)(人|方|名字|姓)"
)
_KIN = re.compile("の(兄|姉|弟|妹|おじ|おば|叔|伯|奥さん|旦那|嫁|息子|娘|せがれ|お?(父|母))")
_OF_A_PLACE = re.compile(
    "(に|で|から|へ|まで|の|方面|あたり|辺り|周辺|近辺|付近|在住|在勤|出身|生まれ|育ち|住まい|行き|市内|町内|駅)"
)
_AFTER_A_NOUN = re.compile(
    "(は|が|も|を|と|や|って|より|なら|だ|です|、|。|・|,|!|\\?|」|）|\\)|$)"
)
_PART_OF_A_WORD = re.compile("区(?=[域画間分割切別])")
_MOVED = re.compile("(のほう|の方|[へに](引っ?越|越し|移っ))")
_KANA_END = re.compile("(シ|マチ|ムラ|チョウ|ソン|ク|し|まち|むら|ちょう|そん|く)$")
_LINES = re.compile(
    "東上線|越生線|川越線|高崎線|埼京線|八高線|武蔵野線|秩父鉄道|東武|西武|ニューシャトル"
)
_LINK = re.compile("(の|にある|のほうの)$")  # what may stand between a prefecture and its town
_MAY_STAND_BEFORE = frozenset("旧元現同隣県郡市町村内前")


@dataclass(frozen=True)
class Name:
    """One way of naming districts.

    Attributes
    ----------
    districts
        The codes that it can mean.
    use
        `full` (所沢市), `kana` (ところざわし), `ward` (緑区), `stem` (所沢), `plain` (a stem that is a
        word of its own, such as 緑), `landmark` (a station or estate) or `area`.
    is_firm
        Whether it means nothing but these districts where it stands as a place.
    """

    districts: tuple[str, ...]
    use: str
    is_firm: bool


def locate(
    texts: pd.Series, districts: pd.DataFrame | None = None, *, context: pd.Series | None = None
) -> pd.DataFrame:
    """Find the districts that texts speak of.

    `sure` are full names (所沢市, 岩槻区, 旧大利根町), stations, estates, and stems that mean
    nothing else where a particle shows a place (所沢から). `ambiguous`, with a row per candidate,
    are stems that are surnames or words as well (小川), ward names that other cities share
    (緑区), and a former city that became several wards (大宮市). Persons (川口さん), products and
    firms (草加せんべい), parts of longer words (購入間もない) and places outside the prefecture
    (横浜市緑区) give nothing.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.
    districts
        As `load_districts` returns them; the bundled ones by default.
    context
        For each text the district of its gathering (or missing): it decides between the
        candidates of a name if it is one of them.

    Returns
    -------
    pandas.DataFrame
        `text_id`, `district`, `start`, `end`, `surface`, `certainty`; the span points into
        the text as given.

    Examples
    --------
    >>> places = locate(pd.Series({1: "鶴ケ島市から小川へ通う", 2: "川口さんは元気"}))
    >>> print(places.to_string(index=False))
     text_id district  start  end surface certainty
           1    11241      0    4    鶴ケ島市      sure
           1    11343      6    8      小川 ambiguous
    """
    table = districts if districts is not None else load_districts()
    names = collect_names(table)
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=lambda s: (-len(s), s)))))
    wards = frozenset(table.loc[table["area"] == CAPITAL, "district"])
    given = context if context is not None else pd.Series(None, index=texts.index, dtype=object)
    rows = []
    for (text_id, text), here in zip(texts.items(), given, strict=True):
        folded = fold(str(text))
        for start, end, name, is_firm in _find(folded.text, pattern, names):
            first, last = folded.span(start, end)
            codes, sure = _decide(name, is_firm, here, wards)
            certainty = "sure" if sure else "ambiguous"
            rows += [
                (text_id, code, first, last, str(text)[first:last], certainty) for code in codes
            ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _decide(
    name: Name, is_firm: bool, here: object, wards: frozenset[str]
) -> tuple[tuple[str, ...], bool]:
    """Return the districts that a name means where it was said, and whether that is sure."""
    if name.use == "ward" and not is_firm:
        return name.districts, here in wards
    if len(name.districts) > 1:
        return ((str(here),), True) if here in name.districts else (name.districts, False)
    return name.districts, is_firm or (name.use in {"full", "landmark"} and here in name.districts)


def _find(
    text: str, pattern: re.Pattern[str], names: Mapping[str, Name]
) -> Iterator[tuple[int, int, Name, bool]]:
    """Yield where a name stands in a folded text as a place, and whether it is firm there."""
    set_aside = [match.span() for match in _not_places().finditer(text)]
    has_line = bool(_LINES.search(text))
    for match in pattern.finditer(text.translate(SPELLINGS)):  # for the names only: が is no ケ
        start, end = match.span()
        name, before, after = names[match[0]], text[:start], text[end:]
        if any(first < end and start < last for first, last in set_aside):
            continue
        if _PERSON.match(after) or _is_elsewhere(match[0], before, after):
            continue
        if _stands_as_a_place(match[0], name, before, after):
            is_firm = name.is_firm or (name.use == "landmark" and has_line)
            if name.use in {"stem", "area"}:
                is_firm = is_firm and bool(_OF_A_PLACE.match(after)) and not _KIN.match(after)
            yield start, end, name, is_firm


def _stands_as_a_place(surface: str, name: Name, before: str, after: str) -> bool:
    """Tell whether the characters around a name leave it a word of its own."""
    is_plain = name.use == "full" and script_of(surface[0]) == "hiragana"  # いまはさいたま市に
    joins = script_of(before[-1:]) == script_of(surface[0])
    if joins and not is_plain and before[-1] not in _MAY_STAND_BEFORE:
        return False
    if name.use in {"kana", "landmark"}:
        return True
    if name.use in {"full", "ward"}:
        return not _PART_OF_A_WORD.match(surface[-1] + after[:1])
    if name.use == "plain":
        return bool(_MOVED.match(after))
    return bool(_OF_A_PLACE.match(after) or _AFTER_A_NOUN.match(after))


def _is_elsewhere(name: str, before: str, after: str) -> bool:
    """Tell whether the words around a name put it into another city or prefecture."""
    at = _LINK.sub("", before)
    if at.endswith(("都", "道", "府", "県")):
        return not at.endswith("埼玉県")
    if name.endswith("区") and at.endswith("市"):
        return not at.endswith(CAPITAL)
    told = re.match(r"[(（](.{1,4}?)[都府県]?[)）]", after)
    return bool(_elsewhere().search(at) or (told and _elsewhere().search(told[1])))


@cache
def _not_places() -> re.Pattern[str]:
    patterns = resource_table("districts/not_places.csv")["pattern"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@cache
def _elsewhere() -> re.Pattern[str]:
    names = resource_table("districts/elsewhere.csv")["name"]
    return re.compile(f"({'|'.join(map(re.escape, names))})[都府県市区]?$")


def collect_names(districts: pd.DataFrame) -> dict[str, Name]:
    """Return each way of naming a district in running text, in the spelling of `simplify_name`.

    Parameters
    ----------
    districts
        As `load_districts` returns them.
    """
    names: dict[str, Name] = {}
    firm = {simplify_name(stem) for stem in resource_table("districts/stems.csv")["stem"]}
    for row in resource_table("districts/landmarks.csv").itertuples(index=False):
        use = "area" if row.kind == "area" else "landmark"
        codes = tuple(str(row.districts).split("|"))
        sure = len(codes) == 1 and not str(row.note).startswith(_NOT_ONLY_HERE)
        names[simplify_name(str(row.name))] = Name(codes, use, sure)
    for row in resource_table("districts/former_names.csv").itertuples(index=False):
        codes = tuple(str(row.districts).split("|"))
        sure = len(codes) == 1 and not str(row.note).startswith(_NOT_ONLY_HERE)
        name = simplify_name(str(row.name))
        names[name] = Name(codes, "full", sure)
        if name[:-1] in firm or (name.endswith("市") and len(codes) > 1):
            names[name[:-1]] = Name(codes, "stem", len(codes) == 1)
    for row in districts.itertuples(index=False):
        own, code = str(row.name).removeprefix(str(row.area)), (str(row.district),)
        stem, kana = simplify_name(own[:-1]), str(row.kana)
        if row.area:
            names.setdefault(stem, Name(code, "stem" if len(stem) > 1 else "plain", False))
            names[simplify_name(own)] = Name(code, "ward", own not in _SHARED_WARDS)
        else:
            names[stem] = Name(code, "stem", stem in firm)
        for spelling in (kana, kana.translate(_TO_HIRAGANA)):
            names[simplify_name(spelling)] = Name(code, "kana", True)
            names.setdefault(simplify_name(_KANA_END.sub("", spelling)), Name(code, "plain", False))
        names[simplify_name(str(row.name))] = Name(code, "full", True)
    capital = tuple(districts.loc[districts["area"] == CAPITAL, "district"])
    if capital:
        names[CAPITAL] = Name(capital, "full", False)
    return names
