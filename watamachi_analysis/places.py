"""Find the districts that a text speaks of; a doubtful name is said to be doubtful."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from .bundled import resource_table
from .districts import load_districts
from .gazetteer import NAMED_BY, SMALL_NAMED_BY, Gazetteer, Name, collect_names
from .names import SPELLINGS, simplify_name, simplify_small_area
from .text import fold, script_of

COLUMNS = ["text_id", "district", "start", "end", "surface", "certainty"]
SMALL_AREA = "small_area"

_PERSON = re.compile(
    r"(さん|様|さま|氏|くん|君|ちゃん|殿|先生|医師|議員|選手|夫妻|家の)|」?(という|って)(人|方|名字|姓)"
)
_KIN = re.compile("の(兄|姉|弟|妹|おじ|おば|叔|伯|奥さん|旦那|嫁|息子|娘|せがれ|お?(父|母))")
_OF_A_PLACE = re.compile(
    "(に|で|から|へ|まで|の|方面|あたり|辺り|周辺|近辺|付近|在住|在勤|出身|生まれ|育ち|住まい|行き|市内|町内|駅)"
)
# What stands behind a place alone, whoever else bears the name.
_STRONG = re.compile(
    r"(まで|から(?=\S{2,6}(まで|へ|の))|方面|行き|在住|在勤|出身|育ち|生まれ|周辺|付近|近辺|市内|町内|の?駅|に住|に引っ?越|へ引っ?越"
    "|に越し|で暮ら|で働|に勤|へ嫁|に嫁|から(来|通|嫁|車|電車|バス|自転車|歩)|あたり|のほう|の方(?!が)"
    "|で(道|バス|電車|買|雨|地震|水)|の(道|病院|医院|診療|クリニック|スーパー|商店|店|公民館|市民|図書館"
    "|小学|中学|高校|学校|団地|シルバー|センター|保健|役場|市役所|公園|体育館|農協|郵便局|施設|工場|保育"
    "|幼稚園|学童|地区|町|街))"
)
_LIKE_A_PERSON = re.compile(
    "([にへ](頼|聞|預|電話|言|相談|もら|教わ|借り|渡|貸|負け|勝|鍵|香典|は私)"
    "|と(話|会|けんか|喧嘩|相談|約束)|から(電話|もら|聞|借り|年賀)|まで(風邪|泣|怒|笑|倒れ|言い)"
    "|が(骨折|電話|倒|泣|怒|幹事|班長|会長|運転|送り)|で(決まり|だめ)|の(とこ|ところ|やつ))"
)
_AFTER_A_NOUN = re.compile(
    "(は|が|も|を|と|や|って|より|なら|だ(?!るま|んご)|です|、|。|・|,|!|\\?|」|）|\\)|$)"
)
_PART_OF_A_WORD = re.compile("区(?=[域画間分割切別])")
_MOVED = re.compile("(のほう|の方|[へに](引っ?越|越し|移っ))")
_CHOME = "(?:[0-9]{1,2}|[一二三四五六七八九十]+)丁目"
_LINES = re.compile(
    "東上線|越生線|川越線|高崎線|宇都宮線|京浜東北線|埼京線|八高線|武蔵野線|秩父鉄道|東武|西武"
    "|アーバンパークライン|野田線|スカイツリーライン|伊勢崎線|日光線|有楽町線|ニューシャトル"
)
_LINK = re.compile(
    "(の|にある|のほうの)?[旧元現]?$"
)  # what may stand between a prefecture and its town
_MAY_STAND_BEFORE = frozenset("旧元現同隣県郡市町村内前")


def locate(
    texts: pd.Series,
    districts: pd.DataFrame | None = None,
    *,
    context: pd.Series | None = None,
    small_areas: pd.DataFrame | None = None,
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
        candidates of a name if it is one of them, and makes a stem sure that is near it.
    small_areas
        As `list_small_areas` returns them; then names of 町丁字 are found too, sure in the
        municipality of the gathering, ambiguous elsewhere.

    Returns
    -------
    pandas.DataFrame
        `text_id`, `district`, `start`, `end`, `surface`, `certainty`; the span points into
        the text as given. With small areas also `small_area`: the codes of those meant in the
        district, joined by `|`, missing where a whole district is meant.

    Examples
    --------
    >>> places = locate(pd.Series({1: "鶴ケ島市から小川へ通う", 2: "川口さんは元気"}))
    >>> print(places.to_string(index=False))
     text_id district  start  end surface certainty
           1    11241      0    4    鶴ケ島市      sure
           1    11343      6    8      小川 ambiguous
    """
    table = districts if districts is not None else load_districts()
    gazetteer, pattern = _prepare(table, small_areas)
    given = context if context is not None else pd.Series(None, index=texts.index, dtype=object)
    rows = []
    for (text_id, text), here in zip(texts.items(), given, strict=True):
        folded = fold(str(text))
        spots = list(_find(folded.text, pattern, gazetteer))
        doubted = _doubted_uses(folded.text, gazetteer.prefecture)
        for spot, codes, sure in _decide_all(spots, here, gazetteer, doubted):
            first, last = folded.span(spot.start, spot.end)
            certainty = "sure" if sure else "ambiguous"
            surface = str(text)[first:last]
            rows += [
                (text_id, code, first, last, surface, certainty, _small(gazetteer, spot, code))
                for code in codes
            ]
    columns = [*COLUMNS, SMALL_AREA]
    return pd.DataFrame(rows, columns=columns)[COLUMNS if small_areas is None else columns]


def _prepare(
    districts: pd.DataFrame, small_areas: pd.DataFrame | None
) -> tuple[Gazetteer, re.Pattern[str]]:
    """Return the names to look for and the pattern that finds them, made once for one table."""
    named = districts[list(NAMED_BY)].itertuples(index=False, name=None)
    small = None
    if small_areas is not None:
        small = tuple(small_areas[list(SMALL_NAMED_BY)].itertuples(index=False, name=None))
    return _prepared(tuple(named), small)


@lru_cache(maxsize=4)
def _prepared(
    named: tuple[tuple[Any, ...], ...], small: tuple[tuple[Any, ...], ...] | None
) -> tuple[Gazetteer, re.Pattern[str]]:
    districts = pd.DataFrame(named, columns=list(NAMED_BY))
    small_areas = None if small is None else pd.DataFrame(small, columns=list(SMALL_NAMED_BY))
    gazetteer = collect_names(districts, small_areas)
    by_length = sorted(gazetteer.names, key=lambda name: (-len(name), name))
    return gazetteer, re.compile(f"({'|'.join(map(re.escape, by_length))})({_CHOME})?")


@dataclass(frozen=True)
class _Spot:
    """Where a name stands in a folded text as a place, and what the words around it say of it."""

    start: int
    end: int
    found: str
    name: Name
    is_firm: bool
    is_strong: bool


Decision = tuple[_Spot, tuple[str, ...], bool]


def _decide_all(
    spots: Sequence[_Spot], here: object, gazetteer: Gazetteer, doubted: frozenset[str]
) -> list[Decision]:
    """Return for each name the districts that it means, and whether that is sure.

    What is doubtful alone is sure beside the gathering's district, or beside one that the text
    surely names, where its words fit a place only. Of the uses that are `doubted`, because the
    text speaks of other prefectures, only names that no other place bears are sure.
    """
    decided = [(spot, *_decide(gazetteer, spot, here)) for spot in spots]
    if doubted:
        return [
            (spot, codes, sure and (spot.name.use not in doubted or _is_ours_alone(spot)))
            for spot, codes, sure in decided
        ]
    known = {here, *(codes[0] for _, codes, sure in decided if sure)}
    near = {code for one in known for code in gazetteer.near.get(str(one), ())}
    settled = [
        (spot, codes, sure or (spot.is_strong and len(codes) == 1 and codes[0] in near))
        for spot, codes, sure in decided
    ]
    return _prefer_wards(settled, gazetteer)


def _decide(gazetteer: Gazetteer, spot: _Spot, here: object) -> tuple[tuple[str, ...], bool]:
    """Return the districts that a name means where it was said, and whether that is sure."""
    name = spot.name
    if name.use == "ward" and not spot.is_firm:
        return name.districts, gazetteer.is_among_wards(here, name.districts)
    if name.use == "town" or len(name.districts) > 1:
        return ((str(here),), True) if here in name.districts else (name.districts, False)
    is_here = name.use in {"full", "landmark"} and here in name.districts
    return name.districts, spot.is_firm or is_here


def _is_ours_alone(spot: _Spot) -> bool:
    """Tell whether no place of another prefecture bears a name: no two cities of Japan share one."""
    if spot.name.use in {"full", "kana"}:
        return spot.found not in _shared_names()
    return spot.is_firm and spot.name.use in {"stem", "ward", "landmark"}


def _prefer_wards(decided: list[Decision], gazetteer: Gazetteer) -> list[Decision]:
    """Return the decisions with a city left out where the text names its wards, which are sure."""
    for wards in gazetteer.wards.values():
        cities = [one for one in decided if one[0].name.districts == wards]
        named = [one for one in decided if one[0].name.use == "ward" and one[1][0] in wards]
        if cities and named:
            decided = [
                (spot, codes, sure or (spot, codes, sure) in named)
                for spot, codes, sure in decided
                if (spot, codes, sure) not in cities
            ]
    return decided


def _small(gazetteer: Gazetteer, spot: _Spot, district: str) -> str | None:
    return "|".join(gazetteer.towns[spot.found][district]) if spot.name.use == "town" else None


def _find(text: str, pattern: re.Pattern[str], gazetteer: Gazetteer) -> Iterator[_Spot]:
    """Yield where a name stands in a folded text as a place."""
    set_aside = [match.span() for match in _not_places().finditer(text)]
    has_line = bool(_LINES.search(text))
    for match in pattern.finditer(text.translate(SPELLINGS)):  # for the names only: が is no ケ
        found, end = _whole_name(match, gazetteer)
        start, name = match.start(), gazetteer.names[found]
        before, after = text[:start], text[end:]
        if any(first < end and start < last for first, last in set_aside):
            continue
        if _PERSON.match(after) or _is_elsewhere(found, before, after, gazetteer):
            continue
        if _stands_as_a_place(found, name, before, after):
            is_firm = name.is_firm or (name.use == "landmark" and has_line)
            fits_a_person = _KIN.match(after) or _LIKE_A_PERSON.match(after)
            is_strong = bool(_STRONG.match(after)) and name.use == "stem"
            if name.use in {"stem", "area"}:
                is_firm = is_firm and bool(_OF_A_PLACE.match(after)) and not fits_a_person
            yield _Spot(start, end, found, name, is_firm, is_strong and not fits_a_person)


def _whole_name(match: re.Match[str], gazetteer: Gazetteer) -> tuple[str, int]:
    """Return the name that was found, with its 丁目 where there is one, and where it ends."""
    if match[2] and gazetteer.names[match[1]].use == "town":
        with_number = simplify_small_area(match[0])
        if with_number in gazetteer.towns:
            return with_number, match.end()
    return match[1], match.end(1)


def _stands_as_a_place(surface: str, name: Name, before: str, after: str) -> bool:
    """Tell whether the characters around a name leave it a word of its own."""
    is_plain = name.use == "full" and script_of(surface[0]) == "hiragana"  # いまはさいたま市に
    joins = script_of(before[-1:]) == script_of(surface[0])
    if joins and not is_plain and before[-1] not in _MAY_STAND_BEFORE:
        return False
    if name.use in {"kana", "landmark"} or (name.use == "town" and surface.endswith("丁目")):
        return True
    if name.use == "town" and len(surface) == 2 and surface[-1] not in "町村":
        return bool(_OF_A_PLACE.match(after))  # 中央, 本郷: words and surnames too
    if name.use == "full" and after.startswith("駅"):
        return False  # 大井町駅: a station of that name that is not ours
    if name.use in {"full", "ward"}:
        return not _PART_OF_A_WORD.match(surface[-1] + after[:1])
    if name.use == "plain":
        return bool(_MOVED.match(after))
    return bool(_OF_A_PLACE.match(after) or _AFTER_A_NOUN.match(after))


def _is_elsewhere(name: str, before: str, after: str, gazetteer: Gazetteer) -> bool:
    """Tell whether the words around a name put it into another city or prefecture."""
    at = _LINK.sub("", before)
    if at.endswith(("都", "道", "府", "県")):
        return not at.endswith(gazetteer.prefecture)
    if name.endswith("区") and at.endswith("市"):
        return not at.endswith(tuple(gazetteer.wards))
    told = re.match(r"[(（](.{1,4}?)[都府県]?[)）]", after)
    other = _elsewhere(gazetteer.prefecture)
    return bool(other.search(at) or (told and other.search(told[1])))


@cache
def _shared_names() -> frozenset[str]:
    """Return the names that places of other prefectures bear too: some, and all former towns'."""
    former = resource_table("districts/former_names.csv")["name"]
    towns = former[former.str.endswith(("町", "村"))]
    return frozenset(
        map(simplify_name, [*resource_table("districts/shared_names.csv")["name"], *towns])
    )


@cache
def _not_places() -> re.Pattern[str]:
    patterns = resource_table("districts/not_places.csv")["pattern"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@cache
def _elsewhere(prefecture: str) -> re.Pattern[str]:
    """Return what names another prefecture, or a city of one."""
    return re.compile(f"({'|'.join(_names_elsewhere(prefecture, {'all', 'wards'}))})[都府県市区]?$")


def _names_elsewhere(prefecture: str, doubts: set[str]) -> list[str]:
    listed = resource_table("districts/elsewhere.csv")
    names = listed.loc[listed["doubts"].isin(doubts), "name"]
    cities = resource_table("districts/other_cities.csv")["name"]
    known = [*names, *(city for city in cities if len(city) > 2)]
    return [re.escape(name) for name in known if not prefecture.startswith(name)]


def _doubted_uses(text: str, prefecture: str) -> frozenset[str]:
    """Return the uses of names that are doubtful in a text that speaks of other prefectures."""
    if _anywhere(prefecture, "all").search(text):
        return frozenset({"full", "kana", "ward", "stem", "plain", "landmark", "area", "town"})
    return frozenset({"ward"} if _anywhere(prefecture, "wards").search(text) else ())


@cache
def _anywhere(prefecture: str, doubts: str) -> re.Pattern[str]:
    return re.compile("|".join(_names_elsewhere(prefecture, {doubts})))
