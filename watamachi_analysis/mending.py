"""Mend what reading a plan out of its file does to a line: radicals, doubled type, spaces in words."""

import re
from functools import cache
from unicodedata import normalize

from .bundled import resource_table

_TWICE = re.compile("([一-龥々]{2,12}?)\\1{1,3}")
_DIGITS_TWICE = re.compile("([0-9０-９]{2,12}?)\\1{1,3}")
_KANGXI = re.compile("[\u2f00-\u2fd5]")
_JAPANESE = "\u3005-\u30ff\u4e00-\u9fff、。（）「」・"
_SPACE_IN_WORD = re.compile(f"(?<=[{_JAPANESE}]) (?=[{_JAPANESE}])")
_ALONE = re.compile(f"(?<![^ \u3000])[{_JAPANESE}0-9０-９](?![^ \u3000])")
FEWEST_ALONE = 4  # letters that stand alone, where a title is set with spaces between
MOSTLY = 0.6  # of the letters of such a title


def mend_line(text: str) -> str:
    """Return a line with ordinary kanji for radicals, its letters closed up, doubled type once.

    Circles and Roman numbers stay as they are: NFKC would make ① a 1.

    Examples
    --------
    >>> mend_line("①⺠⽣委員の⽀援"), mend_line("平成平成2828年度")
    ('①民生委員の支援', '平成28年度')
    """
    return undouble(_close_letters(mend_radicals(text)))


@cache
def _radicals() -> dict[int, str]:
    table = resource_table("text/radicals.csv")
    return {ord(old): new for old, new in zip(table["from"], table["to"], strict=True)}


def mend_radicals(text: str) -> str:
    """Return text with the kanji that the parts of kanji in it stand for (⽀ 支, ⺠ 民).

    Examples
    --------
    >>> mend_radicals("⽀え合う⺠")
    '支え合う民'
    """
    return _KANGXI.sub(lambda found: normalize("NFKC", found[0]), text.translate(_radicals()))


def undouble(text: str) -> str:
    """Return a line without the repeats of a type made bold by printing it over and over.

    Examples
    --------
    >>> undouble("平成平成平成平成28282828年度"), undouble("2020年")
    ('平成28年度', '2020年')
    """
    once = _TWICE.sub(r"\1", text)
    return text if once == text else _DIGITS_TWICE.sub(r"\1", once)


def close_words(text: str) -> str:
    """Return text without the spaces that setting it has left inside its words.

    Half-width spaces between Japanese characters go; a title set with a space after each
    character is closed up; the wide space that parts a title from what it says stays.

    Examples
    --------
    >>> close_words("住 民同士の取 り組み"), close_words("第１章　計 画 の 考 え 方")
    ('住民同士の取り組み', '第１章　計画の考え方')
    """
    return _SPACE_IN_WORD.sub("", _close_letters(text))


def close_title(title: str) -> str:
    """Return a title closed up like text, but for the space behind its marker.

    Examples
    --------
    >>> close_title("ア 見 守りの充 実"), close_title("基 本 目 標 1")
    ('ア 見守りの充実', '基本目標1')
    """
    marker, space, words = _close_letters(title).partition(" ")
    return marker + space + _SPACE_IN_WORD.sub("", words)


def _close_letters(text: str) -> str:
    """Close up a title that was set with a space after each letter."""
    alone = len(_ALONE.findall(text))
    letters = sum(not letter.isspace() for letter in text)
    is_spaced = alone >= max(FEWEST_ALONE, MOSTLY * letters)
    return text.replace(" ", "") if is_spaced else text
