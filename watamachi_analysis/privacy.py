"""Keep people out of what leaves: mask what names them, say from how many on counts are shown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from unicodedata import category

import pandas as pd

from .bundled import resource_table
from .text import fold

AUDIENCES = {"adviser": "地域福祉アドバイザー用", "member": "組合員用", "public": "公開用"}
ALL_ISSUES = "all"

# Each count of voices, and the count of gatherings that it came from.
VOICE_COUNTS = {
    "needs": "need_gatherings",
    "wishes": "wish_gatherings",
    "activities_said": "said_gatherings",
}
# What else is worked out from a count of voices and is hidden with it, where a table has it.
HIDDEN_WITH = {"needs": ("rate", "p_high", "p_low", "level")}
# Counts that are a part of another, and the gatherings that they came from: neither the part
# nor the rest may be small.
PART_OF = {"requests": ("needs", "request_gatherings")}

# All patterns run over folded text: one width, lower case, one dash.
_PLACEHOLDERS = {"name": "○○", "phone": "（電話番号）", "mail": "（メール）", "address": "（番地）"}
_ORDER = list(_PLACEHOLDERS)  # what a span is called where two begin at one place
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_GAP = "[-ー.・ ]?"
_PHONE = re.compile(
    rf"(?<![0-9])(?:\+81{_GAP}(?:\(0\))?[0-9]{{1,4}}|\(0[0-9]{{1,4}}\)|0[0-9]{{1,4}})"
    rf"{_GAP}(?:\([0-9]{{1,4}}\)|[0-9]{{1,4}}){_GAP}[0-9]{{3,}}"
)
_DAY = "(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
_ADDRESS = re.compile(
    r"〒?(?<![0-9])[0-9]{3}-[0-9]{4}(?![0-9])"
    r"|(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})丁目"
    r"(?:[0-9]{1,4}(?:番地?|-)?(?:の?[0-9]{1,4})?号?(?:-[0-9]{1,4})?)?"
    r"|[0-9]{1,4}番地(?:の[0-9]{1,4})?(?:[0-9]{1,4}号?)?"
    r"|[0-9]{1,4}番[0-9]{1,4}号"
    rf"|(?<![0-9-])(?!{_DAY})[0-9]{{1,4}}-[0-9]{{1,4}}-[0-9]{{1,4}}"
    r"|[0-9]{2,4}号室"
)
_NAME = re.compile(
    r"(?P<name>[一-龥々〆ヶ](?:[一-龥々〆ヶ]|[ケノツ](?=[一-龥]))*|[ァ-ヴー]{2,}(?:・[ァ-ヴー]{2,})*)"
    r"(?P<title>さん|さま|くん|ちゃん|先生|(?:様|氏|君|殿)(?![子々式相態名産下達性]))"
)
_NEEDS_TWO = {"氏", "君", "殿", "様", "くん"}  # 「多様」「行くんだ」: one kanji here is no name


def mask(texts: pd.Series) -> tuple[pd.Series, pd.DataFrame]:
    """Mask names, phone numbers, mail addresses and street numbers.

    Masking too much is preferred to masking too little: a family name before さん is masked
    unless it is known to be a role (民生委員さん) or a relative.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.

    Returns
    -------
    masked : pandas.Series
        The texts with placeholders, on the same index.
    spans : pandas.DataFrame
        `text_id`, `start`, `end`, `kind` (name, phone, mail, address) and `surface`; the span
        points into the text as given.

    Examples
    --------
    >>> masked, spans = mask(pd.Series({3: "山崎さんは048-555-0123へ、民生委員さんにも"}))
    >>> masked[3]
    '○○さんは（電話番号）へ、民生委員さんにも'
    >>> spans["kind"].tolist()
    ['name', 'phone']
    """
    masked: list[str] = []
    rows: list[tuple[object, ...]] = []
    for text_id, text in texts.items():
        parts: list[str] = []
        position = 0
        for start, end, kind in _personal(str(text)):
            parts += [str(text)[position:start], _PLACEHOLDERS[kind]]
            rows.append((text_id, start, end, kind, str(text)[start:end]))
            position = end
        masked.append("".join(parts) + str(text)[position:])
    columns = ["text_id", "start", "end", "kind", "surface"]
    return pd.Series(masked, index=texts.index, dtype="str"), pd.DataFrame(rows, columns=columns)


def _personal(text: str) -> list[tuple[int, int, str]]:
    """Return the spans to mask, in order; those that touch one another become one."""
    # ① and ½ are no digits of a phone number, though folding would make them some.
    folded = fold("".join(" " if category(letter) == "No" else letter for letter in text))
    found = [(m.start(), m.end(), "mail") for m in _MAIL.finditer(folded.text)]
    found += [(m.start(), m.end(), "phone") for m in _phones(folded.text)]
    found += [(m.start(), m.end(), "address") for m in _ADDRESS.finditer(folded.text)]
    found += list(_names(folded.text))
    kept: list[tuple[int, int, str]] = []
    spans = [(*folded.span(start, end), kind) for start, end, kind in found]
    for start, end, kind in sorted(spans, key=lambda span: (span[0], _ORDER.index(span[2]))):
        if kept and start < kept[-1][1]:
            before = kept.pop()
            kept.append((before[0], max(before[1], end), before[2]))
        else:
            kept.append((start, end, kind))
    return kept


def _phones(text: str) -> Iterator[re.Match[str]]:
    """Yield what has the digits of a phone number: ten and more, nine after +81."""
    for match in _PHONE.finditer(text):
        digits = sum(map(str.isdigit, match[0].removeprefix("+81")))
        if digits + match[0].startswith("+81") >= 10:
            yield match


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    whole, ends = _not_names()
    for match in _NAME.finditer(text):
        name, before_title = match["name"], text[: match.start("title")]
        is_role = name in whole or before_title.endswith(ends)
        if not is_role and not (len(name) == 1 and match["title"] in _NEEDS_TWO):
            yield match.start("name"), match.end("name"), "name"


@cache
def _not_names() -> tuple[frozenset[str], tuple[str, ...]]:
    table = resource_table("text/not_names.csv")
    ends = tuple(table.loc[table["place"] == "end", "word"])
    return frozenset(table["word"]), ends


@dataclass(frozen=True)
class Thresholds:
    """The least counts that may be shown; a survey may raise them, never lower them.

    Attributes
    ----------
    statements
        Statements that a count of voices needs.
    gatherings
        Gatherings that these statements must come from.
    sensitive
        Statements needed where the issue is sensitive.
    people
        People that a count of people needs.
    """

    statements: int = 3
    gatherings: int = 2
    sensitive: int = 5
    people: int = 10

    @classmethod
    def raised(cls, given: Mapping[str, object]) -> "Thresholds":
        """Return the defaults with what a survey raises.

        Raises
        ------
        ValueError
            If a threshold is unknown, no whole number, or below its default.
        """
        known = {field.name: getattr(cls(), field.name) for field in fields(cls)}
        for name, value in given.items():
            if name not in known:
                raise ValueError(f"しきい値「{name}」は知りません（{'・'.join(known)}）")
            if not isinstance(value, int) or isinstance(value, bool) or value < known[name]:
                raise ValueError(f"しきい値 {name} は {known[name]} 以上の整数です（{value}）")
        return cls(**(known | dict(given)))


def shown_number(value: object) -> int | None:
    """Return a count as an integer; None where it is hidden.

    Examples
    --------
    >>> shown_number(3.0), shown_number(pd.NA)
    (3, None)
    """
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def mark_counts(values: pd.Series, states: pd.Series, *, blank: bool) -> pd.Series:
    """Return numbers with X for what is hidden and – where no gathering was held.

    Parameters
    ----------
    values
        Counts as an audience sees them.
    states
        The state of each row's district and issue.
    blank
        Whether it counts voices, which nobody can count where no gathering was held.

    Examples
    --------
    >>> counts = pd.Series([3, pd.NA, 0], dtype="Int64")
    >>> mark_counts(counts, pd.Series(["gap", "hidden", "no_record"]), blank=True).tolist()
    [3, 'X', '–']
    """
    marks = values.astype(object).where(values.notna(), "X")
    return marks.mask(states.eq("no_record"), "–") if blank else marks
