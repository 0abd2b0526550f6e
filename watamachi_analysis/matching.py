"""Find the codebook's terms in a folded text, and say of each whether it counts and why not."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .codebook import Codebook, Term
from .text import script_of
from .words import READER, split_words

MAX_ISSUES = 3
COUNTS = "数えた"
REASONS = {
    "inside": "より長いことばの中にあるので数えない",
    "alone": "弱いことばが一つだけなので数えない",
    "company": "いっしょに出るはずのことばがないので数えない",
    "unwanted": "いっしょに出たことばがあるので数えない",
    "cue": "手がかりのことばなので、これだけでは数えない",
    "neutral": "どの課題でもないことば",
    "fourth": "もっと強い課題が三つあるので数えない",
}

_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True)
class Hit:
    """A term found at `start:end` of the folded text; a wording is no word."""

    start: int
    end: int
    term: Term
    is_word: bool = True


def find_terms(text: str, book: Codebook) -> list[Hit]:
    """Return every place where a word or wording of the codebook stands, nested ones too.

    A word is looked for as it is written, and by the dictionary forms of its words.

    Parameters
    ----------
    text
        Folded by the codebook's spellings.
    book
        The terms to look for.
    """
    words = [
        Hit(start, start + length, term)
        for start, letter in enumerate(text)
        for length in book.lengths.get(letter, ())
        if (word := text[start : start + length]) in book.words
        and len(word) == length  # not cut by the end of the text
        and stands_alone(text, start, start + length, book)
        for term in book.words[word]
    ]
    wordings = [
        Hit(match.start(), match.end(), term, is_word=False)
        for pattern, term in book.patterns
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    return words + _by_lemma(text, words, book) + wordings


def _by_lemma(text: str, found: Sequence[Hit], book: Codebook) -> list[Hit]:
    """Return the hits of words that stand here in another form than in the codebook."""
    as_written = {(hit.start, id(hit.term)) for hit in found}
    words = split_words(text, READER)
    hits = []
    for number, first in enumerate(words):
        for bases, known in book.lemmas.get(first.base, ()):
            row = words[number : number + len(bases)]
            adjoin = all(one.end == other.start for one, other in pairwise(row))
            if adjoin and tuple(word.base for word in row) == bases:
                hits += [
                    Hit(first.start, row[-1].end, term)
                    for term in book.words[known]
                    if (first.start, id(term)) not in as_written
                ]
    return hits


def weigh_terms(
    text: str, hits: Sequence[Hit], clauses: Sequence[tuple[int, int]]
) -> list[tuple[Hit, str]]:
    """Return each hit with `数えた`, or the reason why it does not count.

    Of words inside one another only the longest counts; a wording spans a phrase and neither
    hides the words in it nor is hidden. A term may ask for company in its clause, or for none.
    A weak term needs another word of its issue. At most three issues count.
    """
    hiding = [hit for hit in hits if hit.is_word or hit.term.strength == "neutral"]
    outer = _outermost((hit.start, hit.end) for hit in hiding)
    verdicts = {number: _alone(text, hit, outer, clauses) for number, hit in enumerate(hits)}
    words: defaultdict[str, set[str]] = defaultdict(set)
    strong: set[str] = set()
    for number, hit in enumerate(hits):
        if verdicts[number] in {COUNTS, REASONS["cue"]}:
            words[hit.term.issue].add(text[hit.start : hit.end])
            strong |= {hit.term.issue} if hit.term.strength == "strong" else set()
    for number, hit in enumerate(hits):
        has_others = hit.term.issue in strong or len(words[hit.term.issue]) > 1
        if verdicts[number] == COUNTS and hit.term.strength == "weak" and not has_others:
            verdicts[number] = REASONS["alone"]
    kept = _strongest([hit for number, hit in enumerate(hits) if verdicts[number] == COUNTS])
    for number, hit in enumerate(hits):
        if verdicts[number] == COUNTS and hit.term.issue not in kept:
            verdicts[number] = REASONS["fourth"]
    return [(hit, verdicts[number]) for number, hit in enumerate(hits)]


def _alone(
    text: str, hit: Hit, outer: set[tuple[int, int]], clauses: Sequence[tuple[int, int]]
) -> str:
    """Return what a hit is worth by itself, before its neighbours of the same issue are seen."""
    if hit.is_word and (hit.start, hit.end) not in outer:
        return REASONS["inside"]
    start, end = clauses[clause_at(hit.start, clauses)]
    clause = text[start:end]
    if hit.term.with_ and not any(word in clause for word in hit.term.with_):
        return REASONS["company"]
    if any(word in clause for word in hit.term.without):
        return REASONS["unwanted"]
    return REASONS.get(hit.term.strength, COUNTS)


def blank_neutral(text: str, weighed: Sequence[tuple[Hit, str]]) -> str:
    """Return the text with the words that belong to no issue blanked, each place kept.

    Examples
    --------
    >>> hit = Hit(0, 5, Term("", "neutral"))
    >>> blank_neutral("バスタオルがない", [(hit, REASONS["neutral"])])
    '・・・・・がない'
    """
    for hit, verdict in weighed:
        if verdict == REASONS["neutral"]:
            text = text[: hit.start] + "・" * (hit.end - hit.start) + text[hit.end :]
    return text


def clause_at(position: int, clauses: Sequence[tuple[int, int]]) -> int:
    """Return the number of the clause in which a position stands.

    Examples
    --------
    >>> clause_at(5, [(0, 5), (5, 9)])
    1
    """
    return bisect_right(clauses, position, key=lambda span: span[1])


def _outermost(spans: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the spans that lie inside no other."""
    outer: set[tuple[int, int]] = set()
    reach = 0
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if end > reach:
            outer.add((start, end))
            reach = end
    return outer


def stands_alone(text: str, start: int, end: int, book: Codebook) -> bool:
    """Tell whether a word of the codebook stands alone, if it must not stand inside a longer one.

    Parameters
    ----------
    text
        Folded.
    start, end
        Where the word stands.
    book
        Its `tokens` are the words that must stand alone.
    """
    word = text[start:end]
    if word not in book.tokens:
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    if word.isascii():
        return before not in _WORD_CHARACTERS and after not in _WORD_CHARACTERS
    return not any(
        _same_script(edge, near) for edge, near in ((word[0], before), (word[-1], after))
    )


def _same_script(left: str, right: str) -> bool:
    return script_of(left) == script_of(right) in {"kanji", "katakana"}


def _strongest(hits: Sequence[Hit]) -> set[str]:
    """Return at most three issues: those with most strong hits, then with most matched text."""

    def weight(issue: str) -> tuple[int, int, str]:
        own = [hit for hit in hits if hit.term.issue == issue]
        strong = sum(hit.term.strength == "strong" for hit in own)
        return -strong, -sum(hit.end - hit.start for hit in own), issue

    return set(sorted({hit.term.issue for hit in hits}, key=weight)[:MAX_ISSUES])
