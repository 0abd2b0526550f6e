"""Bring Japanese text to one form without losing the place of a character, and split it."""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from .bundled import resource_table

_DAKUTEN = "\u3099\u309a\uff9e\uff9f"
_DASHES = re.compile("[－―−‐–—-]")
_KATAKANA = re.compile("[ァ-ヺー]")
_WIDE_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_PLAIN = re.compile("[ぁ-ゖァ-ヺー一-鿿々、。]*")  # in the one form already
_BREAK = re.compile(
    r"[。．！？!?\n]+|(?:→|⇒|➡)+|(?<=[^\x00-\x2f])(?:(?:だ)?けれども?、?|(?:だ)?けど、?|のに、|ので、|が、|(?<=たい)が(?=[^らるっり])|(?<=ある|いる|える|れる|てる|った|した|ない)(?<!くなった)が(?=[^らりるれろっしい])|し、|から、)"
)


@dataclass(frozen=True)
class Folded:
    """A text in one form; character `i` of `text` came from `starts[i]:ends[i]` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original the characters `start:end` stand.

        Examples
        --------
        >>> fold("ｶﾞｽとﾊﾞｽ").span(3, 5)
        (4, 7)
        """
        return self.starts[start], self.ends[end - 1]


@cache
def _radicals() -> dict[str, str]:
    table = resource_table("text/radicals.csv")
    return dict(zip(table["from"], table["to"], strict=True))


def fold(text: str) -> Folded:
    """Return text in one width, case and set of glyphs, with the way back to the original.

    NFKC by character cluster (so that half-width voiced kana stay one sound), CJK radicals
    that NFKC leaves, lower case, dashes between katakana as long vowels, no space between
    Japanese characters.

    Examples
    --------
    >>> fold("ﾊﾞｽ停が　遠い").text
    'バス停が遠い'
    """
    if _PLAIN.fullmatch(text):
        return Folded(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        cluster = "".join(_radicals().get(character, character) for character in text[start:end])
        for character in unicodedata.normalize("NFKC", cluster).lower():
            characters.append(character)
            starts.append(start)
            ends.append(end)
    _lengthen_vowels(characters)
    kept = [True] * len(characters)
    for space in _WIDE_SPACE.finditer("".join(characters)):
        kept[space.start() : space.end()] = [False] * (space.end() - space.start())
    return Folded(
        "".join(c for c, keep in zip(characters, kept, strict=True) if keep),
        tuple(s for s, keep in zip(starts, kept, strict=True) if keep),
        tuple(e for e, keep in zip(ends, kept, strict=True) if keep),
    )


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield each character together with the voicing marks that follow it."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[end] in _DAKUTEN:
            end += 1
        yield start, end
        start = end


def _lengthen_vowels(characters: list[str]) -> None:
    for i, character in enumerate(characters):
        if not _DASHES.match(character):
            continue
        after_kana = i > 0 and _KATAKANA.match(characters[i - 1])
        before_kana = i + 1 < len(characters) and _KATAKANA.match(characters[i + 1])
        # A plain hyphen is a long vowel only inside a word: デイサ-ビス, not バス-.
        characters[i] = "ー" if after_kana and (character != "-" or before_kana) else "-"


def replace(folded: Folded, found: Sequence[tuple[int, int, str]]) -> Folded:
    """Replace spans of a folded text, each new character pointing at the whole old span.

    Parameters
    ----------
    folded
        The text.
    found
        (start, end, new text), in order and without overlap.

    Examples
    --------
    >>> replace(fold("買物へ"), [(0, 2, "買い物")]).text
    '買い物へ'
    """
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, new in [*found, (len(folded.text), len(folded.text), "")]:
        text.append(folded.text[position:start])
        starts += folded.starts[position:start]
        ends += folded.ends[position:start]
        if new:
            left, right = folded.span(start, end)
            text.append(new)
            starts += [left] * len(new)
            ends += [right] * len(new)
        position = end
    return Folded("".join(text), tuple(starts), tuple(ends))


def split_clauses(text: str) -> list[tuple[int, int]]:
    """Return where the clauses of a text stand: at 。, arrows, 「〜けど」「〜が、」 and the like.

    Examples
    --------
    >>> text = "参加したいが、時間が合わない"
    >>> [text[start:end] for start, end in split_clauses(text)]
    ['参加したいが、', '時間が合わない']
    """
    edges = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    spans = itertools.pairwise(edges)
    return [(start, end) for start, end in spans if text[start:end].strip()] or [(0, len(text))]


def script_of(character: str) -> str:
    """Return in which script a character is: `kanji`, `katakana`, `hiragana`, or ''.

    Examples
    --------
    >>> [script_of(character) for character in ("町", "バ", "の", "。", "")]
    ['kanji', 'katakana', 'hiragana', '', '']
    """
    if "ァ" <= character <= "ヺ" or character == "ー":
        return "katakana"
    if "ぁ" <= character <= "ゖ":
        return "hiragana"
    return "kanji" if "一" <= character <= "龥" or character == "々" else ""
