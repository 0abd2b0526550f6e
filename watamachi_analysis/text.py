"""Bring Japanese text to one form without losing the place of a character, and split it."""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from janome.tokenizer import Token, Tokenizer

from .bundled import resource_table

if TYPE_CHECKING:
    from fugashi import GenericTagger

_DAKUTEN = "\u3099\u309a\uff9e\uff9f"
_DASHES = re.compile("[－―−‐–—-]")
_KATAKANA = re.compile("[ァ-ヺー]")
_TELLS_OF_DOING = re.compile("[うくぐすつぬぶむるい]$")  # how the dictionary form of these ends
_WIDE_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
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


@dataclass(frozen=True)
class Word:
    """One word as the dictionary has it: its form here, its class, the class within, its base."""

    surface: str
    part: str
    detail: str
    base: str


TOKENISERS = ("mecab", "janome")
# A run of letters; symbols between runs are no words, and the two tokenisers class them apart.
_LETTERS = re.compile(r"[^\W_]+(?:[ー々ゝゞ]+[^\W_]*)*")
_LONGEST_RUN = 200


@cache
def load_tokeniser(name: str = "") -> Callable[[str], list[Word]]:
    """Return a function from a run of letters to its words.

    Parameters
    ----------
    name
        `mecab` or `janome`; by default the first that is installed. Both read the same
        dictionary (IPADIC) and give the same words; MeCab is about twelve times as fast.

    Raises
    ------
    ValueError
        If there is no tokeniser of that name.
    """
    if name not in ("", *TOKENISERS):
        raise ValueError(f"no tokeniser {name!r}; there are {', '.join(TOKENISERS)}")
    if name == "janome" or (name == "" and not all(map(find_spec, ("fugashi", "ipadic")))):
        return partial(_by_janome, Tokenizer())
    from fugashi import GenericTagger
    from ipadic import MECAB_ARGS

    return partial(_by_mecab, GenericTagger(MECAB_ARGS))


def _by_janome(janome: Tokenizer, run: str) -> list[Word]:
    words = []
    for token in janome.tokenize(run):
        if isinstance(token, Token):  # plain strings come in wakati mode only
            part, detail, *_ = token.part_of_speech.split(",")
            words.append(_word(token.surface, part, detail, token.base_form))
    return words


def _by_mecab(mecab: "GenericTagger", run: str) -> list[Word]:
    return [_word(str(n.surface), n.feature[0], n.feature[1], n.feature[6]) for n in mecab(run)]


def _word(surface: str, part: str, detail: str, base: str) -> Word:
    return Word(surface, part, detail, surface if base == "*" else base)


def split_words(text: str, tokeniser: str = "") -> list[Word]:
    """Return the words of a folded text in order, without the symbols between them.

    Parameters
    ----------
    text
        Folded.
    tokeniser
        As `load_tokeniser` takes it.

    Examples
    --------
    >>> [word.base for word in split_words("遠くて、歩けない")]
    ['遠い', 'て', '歩ける', 'ない']
    """
    split = load_tokeniser(tokeniser)
    runs = (run[0] for run in _LETTERS.finditer(text))
    pieces = (
        run[start : start + _LONGEST_RUN]
        for run in runs
        for start in range(0, len(run), _LONGEST_RUN)
    )
    return [word for piece in pieces for word in split(piece)]


def tokenise(text: str, compounds: Iterable[str] = (), *, tokeniser: str = "") -> list[str]:
    """Return the content words of a text in dictionary form.

    Parameters
    ----------
    text
        Any text; it is folded first.
    compounds
        Words to keep whole, such as 子ども食堂, which the dictionary would split.
    tokeniser
        As `load_tokeniser` takes it; the words are the same.

    Returns
    -------
    list of str
        Nouns, verbs and adjectives in order, without numbers, pronouns and helper words.

    Examples
    --------
    >>> tokenise("子ども食堂を手伝いたい", ["子ども食堂"])
    ['子ども食堂', '手伝う']
    """
    folded = fold(text).text
    if not folded.strip():
        return []
    words: list[str] = []
    for part, is_compound in _keep_whole(folded, tuple(compounds)):
        words += [part] if is_compound else _content(part, tokeniser)
    return words


def names_a_thing(word: str) -> bool:
    """Tell whether a content word names a thing, not what is done or how it is.

    Examples
    --------
    >>> [word for word in ["バス", "走る", "遠い", "話"] if names_a_thing(word)]
    ['バス', '話']
    """
    return not _TELLS_OF_DOING.search(word)


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest)))


def _keep_whole(text: str, compounds: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    position = 0
    for match in _any_of(compounds).finditer(text) if compounds else ():
        if match.start() > position:
            yield text[position : match.start()], False
        yield match[0], True
        position = match.end()
    if position < len(text):
        yield text[position:], False


_HELPERS = {
    "する",
    "なる",
    "ある",
    "いる",
    "できる",
    "くれる",
    "もらう",
    "やる",
    "思う",
    "言う",
    "こと",
    "もの",
    "ため",
    "よう",
    "人",
    "方",
}
_LEFT_OUT = ("数", "代名詞", "非自立", "接尾", "特殊", "ナイ形容詞語幹")


_JOINED = ("一般", "サ変接続", "接尾", "固有名詞", "形容動詞語幹")


@cache
def _compound_ends() -> frozenset[str]:
    return frozenset(resource_table("text/compound_ends.csv")["ends_in"])


def _content(text: str, tokeniser: str) -> list[str]:
    """Return the content words; nouns in a row whose last names a thing are one word."""
    words: list[str] = []
    row: list[Word] = []
    for word in [*split_words(text, tokeniser), None]:
        if word and word.part == "名詞" and word.detail in _JOINED:
            row.append(word)
            continue
        words += _join_nouns(row)
        row = []
        words += [word.base] if word and _is_content(word) else []
    return words


def _join_nouns(row: Sequence[Word]) -> list[str]:
    ends = [i for i, word in enumerate(row, 1) if word.surface in _compound_ends()]
    joined = ends[-1] if ends and ends[-1] > 1 else 0
    name = "".join(word.surface for word in row[:joined])
    return [*([name] if name else []), *(w.base for w in row[joined:] if _is_content(w))]


def _is_content(word: Word) -> bool:
    kind_fits = word.part in {"名詞", "動詞", "形容詞"} and word.detail not in _LEFT_OUT
    return kind_fits and word.base not in _HELPERS
