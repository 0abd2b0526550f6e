"""Show every place where a word was said, with what stands before and after it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .text import fold
from .words import READER, Word, split_words

Whole = NDArray[np.int64]
Places = NDArray[np.int32]  # half the memory to fill, where there is one for each character

CONCORDANCE_COLUMNS = ["statement_id", "district", "left", "hit", "right"]
_WAYS = ("text", "word")
_ORDERS = ("given", "left", "right")
_BETWEEN = "\0"  # stands between texts, and in none
_IRREGULAR = 0x110000  # no character; its form depends on its neighbours, or it becomes several
_JOINER = "\u200d"  # glues the emoji on both sides of it
_ON_THE_LEFT = f"ﾞﾟ{_JOINER}"  # belongs to the character before it, though no mark
_TONES = range(0x1F3FB, 0x1F400)  # the skin of the emoji before
_LOW_SURROGATES = range(0xDC00, 0xE000)
# These have forms that begin with another letter (する: し, くる: こ). Of the 392,127 entries of
# IPADIC no longer base has one, so that its first letter tells where to look.
_LONGEST_CHANGING = 2


@dataclass(frozen=True)
class _Texts:
    """All texts in one string, and folded; folded character `i` came from `starts[i]:ends[i]`.

    `begins` is where each text begins in `joined`. `inner` tells of each character whether it
    belongs to the one before, so that no cut may stand there.
    """

    joined: str
    folded: str
    starts: Places
    ends: Places
    begins: Whole
    inner: NDArray[np.bool_]

    def owner(self, positions: Whole | Places) -> Whole:
        """Return the number of the text in which each position stands."""
        number = np.searchsorted(self.begins, positions.astype(np.int64), side="right")
        return np.asarray(number - 1, dtype=np.int64)


def kwic(
    statements: pd.DataFrame,
    word: str,
    *,
    width: int = 20,
    by: str = "text",
    sort: str = "given",
    tokeniser: str = READER,
) -> pd.DataFrame:
    """Return a concordance (key word in context; Luhn 1960, American Documentation 11, 288–295).

    Parameters
    ----------
    statements
        `statement_id`, `district` and `text`.
    word
        What to look for, in any width and case; every character means itself.
    width
        The most characters to show on either side; fewer where a letter and its mark, or an
        emoji made of several, would be torn apart.
    by
        `text` finds the letters, inside of words too, and where finds overlap each of them;
        `word` finds the word in all its forms (入れない finds 入れる), and asks the tokeniser
        about every statement in which the first letter of the word stands.
    sort
        `given`: as the statements stand; `left`: by what stands before, the nearest letter
        first; `right`: by what stands after.
    tokeniser
        As `load_tokeniser` takes it.

    Returns
    -------
    pandas.DataFrame
        One row per find: `statement_id`, `district`, `left`, `hit` and `right`, the three as
        they stand in the text.

    Raises
    ------
    ValueError
        If there is nothing to look for, or no such way or order.

    Examples
    --------
    >>> said = pd.DataFrame({"statement_id": ["s1", "s2"], "district": ["11208", "11203"],
    ...                      "text": ["仲間に入れない人がいる", "ＢＵＳが遠い"]})
    >>> kwic(said, "入れる", by="word", width=4)[["left", "hit", "right"]].to_numpy().tolist()
    [['仲間に', '入れ', 'ない人が']]
    >>> kwic(said, "bus")["hit"].tolist()
    ['ＢＵＳ']
    """
    needle = fold(word).text.strip()
    _check(needle, by, sort, width)
    texts = _join(statements["text"].fillna("").astype("str").tolist())
    if by == "text":
        spans = _find_text(texts, needle)
    else:
        spans = _find_word(texts, _stem(needle, tokeniser), tokeniser)
    table = _show(texts, spans, width)
    for name in ("district", "statement_id"):
        table.insert(0, name, statements[name].take(table["text"].to_numpy()).array)
    return _sort(table[CONCORDANCE_COLUMNS], sort)


def _check(needle: str, by: str, sort: str, width: int) -> None:
    """Refuse what cannot be looked for.

    Raises
    ------
    ValueError
        If the word is empty, or an option none of those there are.
    """
    if not needle:
        raise ValueError("探すことばが空です。探したいことばを1文字以上入れてください。")
    if by not in _WAYS:
        raise ValueError(
            f"探し方（by）「{by}」はありません。{'・'.join(_WAYS)} から選んでください。"
        )
    if sort not in _ORDERS:
        raise ValueError(
            f"並べ方（sort）「{sort}」はありません。{'・'.join(_ORDERS)} から選んでください。"
        )
    if width < 0:
        raise ValueError(f"前後の文字数（width）「{width}」は使えません。0以上にしてください。")


def _find_text(texts: _Texts, needle: str) -> Whole:
    """Return the spans of the joined texts that read like the needle, those that overlap too."""
    found = np.fromiter(_each(texts.folded, needle), dtype=np.int64)
    starts, ends = texts.starts[found], texts.ends[found + len(needle) - 1]
    spans = np.stack([starts, ends], axis=1).astype(np.int64)
    is_new = np.ones(len(spans), dtype=bool)
    is_new[1:] = (np.diff(spans, axis=0) != 0).any(axis=1)  # ㎜, two letters, is shown once
    is_within = texts.owner(spans[:, 0]) == texts.owner(spans[:, 1] - 1)
    return np.asarray(spans[is_new & is_within])


def _each(text: str, needle: str) -> Iterator[int]:
    position = text.find(needle)
    while position >= 0:
        yield position
        position = text.find(needle, position + 1)


def _stem(needle: str, tokeniser: str) -> tuple[str, ...]:
    """Return the dictionary forms of the words to look for, without what only inflects them.

    Raises
    ------
    ValueError
        If there are only symbols.
    """
    words = split_words(needle, tokeniser)
    if not words:
        raise ValueError(
            f'「{needle}」には語がありません。記号を探すには by="text" としてください。'
        )
    last = max((i for i, word in enumerate(words) if not _inflects(word)), default=len(words) - 1)
    return tuple(word.base for word in words[: last + 1])


def _inflects(word: Word) -> bool:
    depends = word.part == "動詞" and word.detail in {"接尾", "非自立"}
    return depends or word.part in {"助詞", "助動詞"}


def _find_word(texts: _Texts, bases: tuple[str, ...], tokeniser: str) -> Whole:
    """Return the spans of the joined texts where the words stand in a row, in any form."""
    spans = []
    for number in _candidates(texts, bases):
        begin, end = texts.begins[number], texts.begins[number + 1] - 1
        for start, stop in _spans_of(bases, texts.joined[begin:end], tokeniser):
            spans.append((begin + start, begin + stop))
    return np.array(spans, dtype=np.int64).reshape(-1, 2)


def _spans_of(bases: tuple[str, ...], text: str, tokeniser: str) -> Iterator[tuple[int, int]]:
    folded = fold(text)
    words = split_words(folded.text, tokeniser)
    for i in range(len(words) - len(bases) + 1):
        row = words[i : i + len(bases)]
        if tuple(word.base for word in row) == bases:
            yield folded.span(row[0].start, row[-1].end)


def _candidates(texts: _Texts, bases: tuple[str, ...]) -> list[int]:
    """Return the numbers of the texts that can hold the words."""
    steady = [base for base in bases if len(base) > _LONGEST_CHANGING or not _is_hiragana(base[0])]
    kept = np.arange(len(texts.begins) - 1)
    for base in steady:
        found = np.fromiter(_each(texts.folded, base[0]), dtype=np.int64)
        kept = np.intersect1d(kept, texts.owner(texts.starts[found]))
    return [int(number) for number in kept]


def _is_hiragana(character: str) -> bool:
    return "ぁ" <= character <= "ゖ"


def _show(texts: _Texts, spans: Whole, width: int) -> pd.DataFrame:
    """Return the words before, at and after each span, and the number of its text."""
    number = texts.owner(spans[:, 0])
    begin, end = texts.begins[number], texts.begins[number + 1] - 1
    start, stop = _move(texts, spans[:, 0], -1), _move(texts, spans[:, 1], 1)
    first = _move(texts, np.maximum(start - width, begin), 1)
    last = _move(texts, np.minimum(stop + width, end), -1)
    cuts = zip(first.tolist(), start.tolist(), stop.tolist(), last.tolist(), strict=True)
    shown = [(texts.joined[a:b], texts.joined[b:c], texts.joined[c:d]) for a, b, c, d in cuts]
    table = pd.DataFrame(shown, columns=["left", "hit", "right"], dtype="str")
    return table.assign(text=number)


def _move(texts: _Texts, cuts: Whole, step: int) -> Whole:
    """Return the cuts moved to where they tear no character from its mark."""
    moved = cuts
    while (torn := texts.inner[moved]).any():
        moved = moved + step * torn
    return moved


def _sort(table: pd.DataFrame, sort: str) -> pd.DataFrame:
    if sort == "given":
        return table
    folded = table[sort].map(lambda context: fold(context).text)
    keys = folded.str[::-1] if sort == "left" else folded
    return table.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)


def _join(texts: Sequence[str]) -> _Texts:
    """Fold all texts at once: what `fold` does to each, in a fraction of the time.

    A character whose form never depends on its neighbours is looked up; what is left (spaces,
    dashes, voicing marks, ㈱) is folded together with one neighbour on either side.
    """
    joined = "".join(text + _BETWEEN for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    known = np.zeros(_IRREGULAR, dtype=bool)
    known[codes] = True
    letters = np.flatnonzero(known)
    forms = np.zeros(_IRREGULAR, dtype="<u4")
    forms[letters] = [_form(chr(letter)) for letter in letters]
    begins = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.int64)
    folded, starts, ends = _fold_islands(joined, forms[codes])
    return _Texts(joined, folded, starts, ends, begins, _find_inner(codes, letters, begins))


def _fold_islands(joined: str, forms: NDArray[np.uint32]) -> tuple[str, Places, Places]:
    """Return the folded string and where each of its characters came from."""
    here = np.arange(len(joined) + 1, dtype=np.int32)
    irregular = np.flatnonzero(forms == _IRREGULAR)
    forms[irregular] = 0
    looked_up = forms.tobytes().decode("utf-32-le", "surrogatepass")
    pieces, starts, ends = [looked_up[:0]], [here[:0]], [here[:0]]
    position = 0
    for start, end in [*_islands(joined, irregular), (len(joined), len(joined))]:
        text, first, last = _fold_island(joined[start:end])
        pieces += [looked_up[position:start], text]
        starts += [here[position:start], first + start]
        ends += [here[position + 1 : start + 1], last + start]
        position = end
    return "".join(pieces), np.concatenate(starts), np.concatenate(ends)


def _islands(joined: str, irregular: Whole) -> Iterator[tuple[int, int]]:
    """Yield where irregular characters stand, with their neighbours within the text."""
    gaps = np.flatnonzero(np.diff(irregular) > 2) + 1  # neighbours of two may be the same one
    for island in np.split(irregular, gaps) if len(irregular) else ():
        yield from _within_texts(joined, int(island[0]) - 1, int(island[-1]) + 2)


def _within_texts(joined: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for part in re.finditer(f"[^{_BETWEEN}]+", joined[max(start, 0) : end]):
        yield max(start, 0) + part.start(), max(start, 0) + part.end()


@lru_cache(maxsize=8192)
def _fold_island(text: str) -> tuple[str, Places, Places]:
    folded = fold(text)
    starts, ends = (np.array(side, dtype=np.int32) for side in (folded.starts, folded.ends))
    return folded.text, starts, ends


@cache  # as many as there are characters
def _form(letter: str) -> int:
    """Return what a character is folded to wherever it stands, if that is one character."""
    # ハ before it takes both voicing marks and makes a dash long; between two spaces vanish.
    between = fold(f"ハ{letter}ハ").text
    alone = letter if between == f"ハ{letter}ハ" else fold(letter).text
    is_regular = len(alone) == 1 and between == f"ハ{alone}ハ"
    return ord(alone) if is_regular else _IRREGULAR


def _find_inner(codes: NDArray[np.uint32], letters: Whole, begins: Whole) -> NDArray[np.bool_]:
    """Tell of each character, and of the end, whether it belongs to the one before."""
    leans = np.zeros(_IRREGULAR, dtype=bool)
    leans[letters] = [_leans(int(letter)) for letter in letters]
    inner = np.append(leans[codes], False)
    inner[1:] |= codes == ord(_JOINER)
    inner[begins] = False
    inner[begins[1:] - 1] = False
    return inner


def _leans(letter: int) -> bool:
    character = chr(letter)
    is_mark = unicodedata.category(character).startswith("M") or character in _ON_THE_LEFT
    return is_mark or letter in _TONES or letter in _LOW_SURROGATES
