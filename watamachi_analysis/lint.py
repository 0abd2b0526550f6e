"""Check the words of a codebook against what people said, before anybody relies on them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from .codebook import Codebook, list_words
from .errors import Level, Problem
from .matching import find_terms
from .own_terms import CODEBOOK_FILE, OwnTerm
from .tagging import tag

MOST = 0.3  # a word in more of the statements than this tells none of them apart
FEWEST = 10  # statements needed before shares mean anything
FEWEST_TOGETHER = 5
WORD, UNWANTED = "「ことば」", "「いっしょなら外すことば」"
COUNTED = ("strong", "weak")


def lint_terms(terms: Sequence[OwnTerm], book: Codebook, texts: pd.Series) -> list[Problem]:
    """Return what is doubtful about a survey's own words, and about issues that never part.

    Parameters
    ----------
    terms
        The words of `codebook.xlsx`.
    book
        The codebook with those words in it.
    texts
        The statements of the survey.

    Returns
    -------
    list of Problem
        A word that can never count (`error`); a word under two issues, in more than 30 % of
        the statements or in none, two issues that always come together (`notice`).

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> own = OwnTerm("places", "ゆるりの間", "strong", without="間", place="3行目")
    >>> [problem.place for problem in lint_terms([own], load_codebook(), pd.Series(dtype=str))]
    ['3行目「いっしょなら外すことば」']
    """
    counted = [term for term in terms if term.strength in COUNTED]
    return [
        *_that_never_count(counted, book),
        *_under_two_issues(counted, book),
        *_too_many_or_none(counted, book, texts),
        *_issues_that_never_part(book, texts),
    ]


def _that_never_count(terms: Sequence[OwnTerm], book: Codebook) -> Iterator[Problem]:
    for term in terms:
        word = book.spellings.fold(term.word).text
        without = list_words(term.without, book.spellings)
        if not any(map(str.isalnum, word)):
            mend = "文字のあることばにしてください"
            yield _problem(
                term, WORD, f"「{term.word}」は記号だけなので、決して見つかりません", mend
            )
        elif any(unwanted in word for unwanted in without):
            found = f"「{term.word}」は外すことばを自分の中に含むので、決して数えられません"
            yield _problem(term, UNWANTED, found, "外すことばを短くしないで書き直してください")


def _under_two_issues(terms: Sequence[OwnTerm], book: Codebook) -> Iterator[Problem]:
    for term in terms:
        found = book.words.get(book.spellings.fold(term.word).text, ())
        others = [
            book.labels[other.issue]
            for other in found
            if other.strength in COUNTED and other.issue != term.issue
        ]
        if others:
            said = f"「{term.word}」は「{'」「'.join(others)}」のことばでもあります"
            mend = "両方に数えます。片方だけにするときは、もう片方に「使わない」と書いてください"
            yield _problem(term, WORD, said, mend, notice=True)


def _too_many_or_none(
    terms: Sequence[OwnTerm], book: Codebook, texts: pd.Series
) -> Iterator[Problem]:
    folded = [book.spellings.fold(str(text)).text for text in texts]
    found = Counter(
        word
        for text in folded
        for word in {text[hit.start : hit.end] for hit in find_terms(text, book) if hit.is_word}
    )
    for term in terms if folded else ():
        number = found[book.spellings.fold(term.word).text]
        if number == 0:
            mend = "書き方が発言と違わないか確かめてください"
            yield _problem(term, WORD, f"「{term.word}」は一度も出てきません", mend, notice=True)
        elif len(folded) >= FEWEST and number > MOST * len(folded):
            said = f"「{term.word}」は発言{len(folded)}件のうち{number}件に出てきます"
            mend = "広すぎることばです。「弱い」にするか、長いことばに替えてください"
            yield _problem(term, WORD, said, mend, notice=True)


def _issues_that_never_part(book: Codebook, texts: pd.Series) -> Iterator[Problem]:
    mentions = tag(texts, book).dropna(subset=["issue"])
    named = mentions.groupby("issue")["text_id"].agg(frozenset)
    often = named[named.map(len) >= FEWEST_TOGETHER]
    for one, other in combinations(sorted(often.index), 2):
        if often[one] == often[other]:
            pair = f"「{book.labels[str(one)]}」と「{book.labels[str(other)]}」"
            said = f"{pair}は、いつも同じ発言（{len(often[one])}件）に付きます"
            mend = "同じことばを両方に使っていないか確かめてください"
            yield Problem(CODEBOOK_FILE, "", said, mend, "notice")


def _problem(term: OwnTerm, column: str, found: str, mend: str, *, notice: bool = False) -> Problem:
    level: Level = "notice" if notice else "error"
    return Problem(CODEBOOK_FILE, f"{term.place}{column}", found, mend, level)
