"""Split folded text into the words of the dictionary, names of things kept whole."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from janome.tokenizer import Token, Tokenizer

from .bundled import resource_table
from .text import fold

if TYPE_CHECKING:
    from fugashi import GenericTagger

_TELLS_OF_DOING = re.compile("[うくぐすつぬぶむるい]$")  # how the dictionary form of these ends


@dataclass(frozen=True)
class Word:
    """One word as the dictionary has it: its form here, its class, the class within, its base.

    `start` is where it begins in the text that was split.
    """

    surface: str
    part: str
    detail: str
    base: str
    start: int = 0

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + len(self.surface)


TOKENISERS = ("mecab", "janome")
# What tags are read with on every machine: now and then MeCab ends an unknown word elsewhere.
READER = "janome"
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


@lru_cache(maxsize=8192)  # a statement is read as a whole and by its clauses: the same runs again
def _split_run(run: str, tokeniser: str) -> tuple[Word, ...]:
    return tuple(load_tokeniser(tokeniser)(run))


@lru_cache(maxsize=256)  # one statement is read several times in a row
def split_words(text: str, tokeniser: str = "") -> tuple[Word, ...]:
    """Return the words of a folded text in order, without the symbols between them.

    Parameters
    ----------
    text
        Folded.
    tokeniser
        As `load_tokeniser` takes it.

    Examples
    --------
    >>> [(word.start, word.base) for word in split_words("遠くて、歩けない")]
    [(0, '遠い'), (2, 'て'), (4, '歩ける'), (6, 'ない')]
    """
    words = []
    for run in _LETTERS.finditer(text):
        for start in range(run.start(), run.end(), _LONGEST_RUN):
            position = start
            for word in _split_run(text[start : min(start + _LONGEST_RUN, run.end())], tokeniser):
                words.append(Word(word.surface, word.part, word.detail, word.base, position))
                position += len(word.surface)
    return tuple(words)


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
        words += [word.base] if word and is_content(word) else []
    return words


def _join_nouns(row: Sequence[Word]) -> list[str]:
    ends = [i for i, word in enumerate(row, 1) if word.surface in _compound_ends()]
    joined = ends[-1] if ends and ends[-1] > 1 else 0
    name = "".join(word.surface for word in row[:joined])
    return [*([name] if name else []), *(w.base for w in row[joined:] if is_content(w))]


def is_content(word: Word) -> bool:
    """Tell whether a word says something itself: no number, pronoun, suffix or helper word.

    Examples
    --------
    >>> [word.base for word in split_words("それを手伝う人が三人いる") if is_content(word)]
    ['手伝う']
    """
    kind_fits = word.part in {"名詞", "動詞", "形容詞"} and word.detail not in _LEFT_OUT
    return kind_fits and word.base not in _HELPERS
