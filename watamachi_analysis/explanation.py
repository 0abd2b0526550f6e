"""Say why a text is tagged as it is, and what nearly counted but did not."""

from collections.abc import Iterator
from difflib import get_close_matches

import pandas as pd

from .codebook import KINDS, LONGEST_ASSOCIATION, Codebook, load_codebook
from .kinds import MANNERS
from .matching import COUNTS, REASONS, stands_alone
from .tagging import Proof, Reading, rank, read_statement
from .words import tokenise

OVERRULED = "文全体から見て別の話と思われるので数えない"
SUGGESTED = "この課題の例文に似ているので付けた（確かめてください）"
LEANING = "この課題らしさを少し足すことば"
INSIDE_A_WORD = "ほかのことばの一部なので数えない"
KIND = "種別"
NEAR_LENGTH, NEAR = 4, 0.8  # words shorter than this are near to too many others
ROW = tuple[str, str, str, str]


def explain(text: str, codebook: Codebook | None = None) -> pd.DataFrame:
    """Say why a text is tagged as it is: every term found, and whether it counted or why not.

    Parameters
    ----------
    text
        Any statement.
    codebook
        The bundled one by default.

    Returns
    -------
    pandas.DataFrame
        One row per term found, per suggested issue and per kind, then what nearly counted, then
        which of two issues it is when where both were seen: `clause` (its words), `tag` (issue
        or kind id), `term` (the words found, as written) and `verdict` (in Japanese).

    Examples
    --------
    >>> explain("バスタオルを干す")[["term", "verdict"]].to_numpy().tolist()[0]
    ['バスタオル', 'どの課題でもないことば']
    """
    book = codebook if codebook is not None else load_codebook()
    reading = read_statement(text, "", book)
    rows: list[ROW] = []
    for number, (start, end) in enumerate(reading.clauses):
        clause = reading.folded.text[start:end]
        said = [*_found(reading, start, end), *_suggested(reading, start, end)]
        said += [*_leaning(reading, start, end, book), *_inside(reading, start, end, book)]
        rows += [
            (clause, tag, _as_written(text, reading, first, last), verdict)
            for tag, first, last, verdict in said
        ]
        rows += [(clause, tag, word, verdict) for tag, word, verdict in _misspelt(clause, book)]
        manner = MANNERS[reading.manners[number]]
        said_as = f"（{manner}）" if manner else ""
        rows += [
            (clause, kind, cue, KIND + said_as)
            for kind, cue in reading.kinds[number]
            if kind in _SAYING
        ]
    seen = {tag for _, tag, _, verdict in rows if verdict not in _SLIGHT}
    rows += _doubtful(seen, {proof.issue for proof in reading.proofs}, book)
    found = list(dict.fromkeys(rows))  # several wordings may prove one thing with the same words
    return pd.DataFrame(found, columns=["clause", "tag", "term", "verdict"])


_SAYING = set(KINDS) - {"other"}
_SLIGHT = {LEANING, INSIDE_A_WORD, REASONS["cue"], REASONS["inside"]}


def _doubtful(seen: set[str], given: set[str], book: Codebook) -> Iterator[ROW]:
    """Yield the rules for pairs of issues of which one was given and the other seen."""
    for (issue, other), rule in book.rulings.items():
        if issue in seen and other in seen and given & {issue, other}:
            yield "", issue, "", f"迷いやすい組: {rule}"


def _as_written(text: str, reading: Reading, start: int, end: int) -> str:
    first, last = reading.folded.span(start, end)
    return text[first:last]


def _found(reading: Reading, start: int, end: int) -> Iterator[tuple[str, int, int, str]]:
    given = {proof.issue for proof in reading.proofs}
    own = [(hit, why) for hit, why in reading.weighed if start <= hit.start < end]
    for hit, why in sorted(own, key=lambda pair: (pair[1] != COUNTS, rank(pair[0]))):
        overruled = why == COUNTS and hit.term.issue not in given
        yield hit.term.issue, hit.start, hit.end, OVERRULED if overruled else why


def _suggested(reading: Reading, start: int, end: int) -> Iterator[tuple[str, int, int, str]]:
    def is_here(proof: Proof) -> bool:
        return proof.origin == "suggestion" and start <= proof.start < end

    for proof in filter(is_here, reading.proofs):
        yield proof.issue, proof.start, proof.end, SUGGESTED


def _leaning(
    reading: Reading, start: int, end: int, book: Codebook
) -> Iterator[tuple[str, int, int, str]]:
    """Yield the associations of the clause, the longest where several begin together."""
    text = reading.folded.text
    position = start
    while position < end:
        last = next(
            (
                e
                for e in range(min(position + LONGEST_ASSOCIATION, end), position, -1)
                if text[position:e] in book.associations.words
            ),
            position,
        )
        for issue, _ in book.associations.words.get(text[position:last], ()):
            yield issue, position, last, LEANING
        position = max(last, position + 1)


def _inside(
    reading: Reading, start: int, end: int, book: Codebook
) -> Iterator[tuple[str, int, int, str]]:
    """Yield the words that must stand alone but are part of a longer word here."""
    text = reading.folded.text
    for word in sorted(book.tokens):
        first = text.find(word, start, end)
        if first >= 0 and not stands_alone(text, first, first + len(word), book):
            for term in book.words.get(word, ()):
                yield term.issue, first, first + len(word), INSIDE_A_WORD


def _misspelt(clause: str, book: Codebook) -> Iterator[tuple[str, str, str]]:
    """Yield the words that are nearly, but not quite, a strong word of the codebook."""
    strong = [
        word
        for word, terms in book.words.items()
        if len(word) >= NEAR_LENGTH and any(term.strength == "strong" for term in terms)
    ]
    for word in tokenise(clause):
        if len(word) < NEAR_LENGTH or word in book.words:
            continue
        for near in get_close_matches(word, strong, n=1, cutoff=NEAR):
            for term in book.words[near]:
                yield term.issue, word, f"「{near}」に似ているが、書き方が違うので数えない"
