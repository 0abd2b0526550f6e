"""Read one voice off its lines in a plan: without bullet, code and quotation marks; who said it, how many."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from .mending import close_words
from .voice_words import name_kind

LONGEST_LABEL = 16  # characters of 課題： or 【困りごと】
LONGEST_QUOTED = 460  # characters of a quotation with who says it
LONGEST_END = 80  # characters of what stands behind a voice: （80代以上・男性・東地区）
MOST_ENDS = 5  # brackets and counts behind one voice
_BULLET = re.compile("^[\\s\u3000]*[・･•●○◯◎■□◆◇▲△▼▽★☆→⇒➡✓✔⃝*－-][\\s\u3000]*")
_PREFIX = re.compile(
    f"^([^\\s\u3000：:。、「」]{{2,{LONGEST_LABEL}}})[\\s\u3000]?[：:][\\s\u3000]*"
)
_TAG = re.compile(
    f"^[【〔\\[［<＜≪《]([^】〕\\]］>＞≫》]{{1,{LONGEST_LABEL}}})[】〕\\]］>＞≫》][\\s\u3000]*"
)
_BRACKET = re.compile("[(（]([^()（）]{1,60})[)）][。.]?$")
_TIMES = re.compile("[×✕xｘX]([0-9０-９]{1,4})$")
_OTHERS = re.compile("(?:ほか|他|外)に?([0-9０-９]{1,4})[件人名]")
_COUNT = re.compile("^(?:同様の?意見)?[\\s\u3000]*([0-9０-９]{1,4})[件人名票枚]$")
_AGED = re.compile(
    "([。！？」])((?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})[代歳][^。、]{0,8})。?$"
)
_PERSON = re.compile(
    "(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})(?:歳|才|代)|男性|女性|男子|女子|年生|[小中高]学?[0-9０-９]年|匿名|外国籍|学生|生徒|"
    "主婦|主夫|会社員|自営|農業|漁業|無職|年金|委員|会員|役員|家族|当事者|利用者|の母|の父|職員|代表|業$|店$|屋$"
)
_AREA = re.compile("(?:地区|校区|学区|地域|圏域|支部|自治区|団地|会場|[区町村島郷里])$")
_PARTS = re.compile("[、，,／/]")
_NAME = re.compile("^(?![笑泣汗※])(?:[^\\s\u3000。ぁ-ん%％0-9０-９]{1,8}|[^\\s\u3000。%％]{1,4})$")
_EXPLAINED = re.compile(
    "([一-龥ァ-ヶA-ZＡ-Ｚ]{1,3})[＝=][^\\s\u3000、，＝=]{1,12}?(?:地区|校区|学区|地域)"
)
_NOBODY = re.compile(
    "^(?:特に)?(?:なし|無し|ない|ありません|ございません)$|^(?:無回答・?)?(?:その他|無回答|不明|合?計|総計|小計|判読できない.{0,6}|"
    "異議な[しく].{0,12}|「?異議なし」?.{0,10}|はい|以上|了解.{0,6}|同上|未記入|白紙)$"
)
_NUMBERS = re.compile(
    "^[^。、]{1,24}[\\s\u3000：:]+約?[0-9０-９][0-9０-９,，.]*[\\s\u3000]?(?:人|名|団体|か所|ヶ所|箇所|件|世帯|[％%]|枚|回|円|台|校)"
)
_OFFICIAL = re.compile(
    "(?:図|努|推進|促進|実施|整備|設置|支援|充実|強化|検討|配置|開催|継続|補助|助成|作成|発行|拡充|構築|普及|啓発|周知|働きか|"
    "取り?組|目指|めざ|引き継|努力)[^。、]{0,4}ます。?$|ましょう。?$|^(?:資料|出典|写真|図|表|記録|注)[0-9０-９-]{0,5}[：:\\s\u3000]|^[(（](?:写真|記録|資料|図|表)"
)


@dataclass(frozen=True)
class Said:
    """What a voice says, what its marks say of its kind, where it was heard, how many said so."""

    text: str
    kind: str = ""
    districts: tuple[str, ...] = ()
    voices: int = 1
    is_signed: bool = False  # by age, trade or the like
    is_quoted: bool = False


def has_bullet(text: str) -> bool:
    """Tell whether a line begins with the mark of an item."""
    return bool(_BULLET.match(text))


def has_prefix(text: str) -> bool:
    """Tell whether a line begins with a word that tells a kind and a colon.

    Examples
    --------
    >>> has_prefix("課題：バスがない。"), has_prefix("評価：Ｂ")
    (True, False)
    """
    found = _PREFIX.match(text.strip())
    return bool(found and name_kind(found[1]))


def is_finished(text: str) -> bool:
    """Tell whether a voice ends here and no bracket is open: the next line begins another.

    Examples
    --------
    >>> is_finished("遠い。（南、"), is_finished("遠い。（南、岩）"), is_finished("道が狭")
    (False, True, False)
    """
    said = text.rstrip()
    opened = sum(said.count(mark) for mark in "「（(【")
    closed = sum(said.count(mark) for mark in "」）)】")
    return opened <= closed and said.endswith(tuple("。！？!?」）)"))


def is_signed_aloud(text: str) -> bool:
    """Tell whether a line of an edition for screen readers ends in the age of who says it.

    Examples
    --------
    >>> is_signed_aloud("バスに乗ると肩身が狭い。30代のかた。"), is_signed_aloud("30代のかた。")
    (True, False)
    """
    return bool(_AGED.search(text.rstrip()[-LONGEST_END:]))


def find_codes(text: str) -> tuple[str, ...]:
    """Return the bare names in the bracket at the end of a voice: codes, if others have them too.

    Examples
    --------
    >>> find_codes("道が狭い。（南、岩）"), find_codes("道が狭い。（70代・女性）")
    (('南', '岩'), ())
    """
    found = _BRACKET.search(text.rstrip()[-LONGEST_END:])
    parts = _split(found[1]) if found and not _OTHERS.search(found[1]) else []
    return tuple(part for part in parts if _is_bare_name(part))


def find_explained(texts: Iterable[str]) -> frozenset[str]:
    """Return the codes of districts that a note of the plan explains.

    Examples
    --------
    >>> sorted(find_explained(["　南＝南部地区　岩＝岩瀬地区", "n=1,042"]))
    ['南', '岩']
    """
    return frozenset(code for text in texts for code in _EXPLAINED.findall(text))


def read_voice(raw: str, codes: Container[str] = ()) -> Said | None:
    """Return what a voice says without its marks; None if nobody says anything.

    Parameters
    ----------
    raw
        Its lines, joined.
    codes
        What in brackets stands for a district, though nothing in it says so.

    Examples
    --------
    >>> read_voice("・課題：道が狭い。（南、岩）", {"南", "岩"})
    Said(text='道が狭い。', kind='need', districts=('南', '岩'), voices=1, is_signed=False, is_quoted=False)
    >>> read_voice("「店が閉まった」（70代・東地区）　×4")
    Said(text='店が閉まった', kind='', districts=('東地区',), voices=4, is_signed=True, is_quoted=True)
    """
    said = _strip_ends(_strip_starts(raw.strip()), codes)
    bare = _strip_quotes(said.text)
    text = close_words(bare).strip()
    is_said = any(letter.isalpha() for letter in text) and not _NOBODY.match(text.rstrip("。"))
    said = replace(said, text=text, is_quoted=bare != said.text)
    return said if is_said and not _is_plan(text) else None


def _is_plan(text: str) -> bool:
    """Tell whether a text reads like the plan itself: figures, sources, what will be done."""
    return bool(_NUMBERS.match(text) or _OFFICIAL.search(text))


def _strip_starts(text: str) -> Said:
    text = _BULLET.sub("", text)
    for mark in (_TAG, _PREFIX):
        found = mark.match(text)
        if found and name_kind(found[1]):
            return Said(text[found.end() :], name_kind(found[1]))
    return Said(text)


def _strip_ends(said: Said, codes: Container[str]) -> Said:
    """Take off what stands behind a voice until nothing does."""
    for _ in range(MOST_ENDS):
        body, tail = said.text[:-LONGEST_END], said.text[-LONGEST_END:].rstrip()
        stripped = _strip_end(replace(said, text=tail), codes)
        if stripped.text == tail:
            break
        said = replace(stripped, text=(body + stripped.text).rstrip())
    return said


def _strip_end(said: Said, codes: Container[str]) -> Said:
    if times := _TIMES.search(said.text):
        return replace(said, text=said.text[: times.start()], voices=int(times[1]))
    if aged := _AGED.search(said.text):
        return replace(said, text=said.text[: aged.end(1)], is_signed=True)
    bracket = _BRACKET.search(said.text)
    if not bracket:
        return said
    rest, note = said.text[: bracket.start()], bracket[1].strip()
    if others := _OTHERS.search(note):
        return replace(said, text=rest, voices=1 + int(others[1]))
    if count := _COUNT.match(note):
        return replace(said, text=rest, voices=int(count[1]))
    parts = _split(note)
    districts = tuple(part for part in parts if _AREA.search(part) or part in codes)
    is_signed = any(_PERSON.search(part) for part in parts)
    if not (districts or is_signed or not rest):
        return said
    return replace(
        said, text=rest, districts=districts + said.districts, is_signed=is_signed or said.is_signed
    )


def _split(note: str) -> list[str]:
    """Return the parts of what stands in brackets; 寺前・丸石地区 is one, 70代・女性 are two."""
    parts = []
    for part in _PARTS.split(note):
        own = [piece.strip() for piece in part.split("・")]
        is_many = any(_PERSON.search(piece) for piece in own) or all(map(_AREA.search, own))
        parts += own if is_many else [part.strip()]
    return [part for part in parts if part]


def _is_bare_name(part: str) -> bool:
    return bool(_NAME.match(part)) and not _PERSON.search(part)


def _strip_quotes(text: str) -> str:
    """Take off quotation marks that hold the whole voice."""
    for start, end in ("「」", "『』", "“”"):
        is_whole = text.startswith(start) and text.endswith(end) and len(text) > 2
        if is_whole and _is_even(text[1:-1], start, end):
            return text[1:-1].strip()
    return text


def _is_even(inner: str, start: str, end: str) -> bool:
    """Tell whether no mark closes before one opens: 「あ」と「い」 is not one quotation."""
    depth = 0
    for letter in inner:
        depth += (letter == start) - (letter == end)
        if depth < 0:
            return False
    return depth == 0
