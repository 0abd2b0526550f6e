"""Propose words that the codebook lacks, from what was corrected and what stayed untagged."""

from collections.abc import Mapping

import pandas as pd

from .codebook import Codebook
from .contrast import contrast_words
from .own_terms import HEADS, PROPOSALS, TAKE
from .words import names_a_thing, tokenise

__all__ = ["PROPOSALS", "PROPOSAL_HEADS", "propose_terms"]

WHY, TEXTS, EXAMPLE = "なぜ", "発言の数", "例"
PROPOSAL_HEADS = {
    TAKE: 8, HEADS[0]: 30, HEADS[1]: 20, HEADS[2]: 10, HEADS[3]: 22, HEADS[4]: 22, WHY: 30,
    TEXTS: 10, EXAMPLE: 60,
}  # fmt: skip
PER_ISSUE = 5
UNTAGGED = 20
FEWEST_UNTAGGED = 3  # statements without a tag that share a word before it is proposed
LEAST_Z = 1.0
MISSED, NO_TAG = "直した発言に目立つことば", "課題の付かなかった発言に目立つことば"


def propose_terms(
    texts: pd.Series, rules: pd.DataFrame, corrections: pd.DataFrame, book: Codebook
) -> pd.DataFrame:
    """Return words that an adviser may want to take into the codebook.

    Parameters
    ----------
    texts
        The masked statements, by `statement_id`.
    rules
        What the rules read in them, before any correction.
    corrections
        As `read_corrections` returns them.
    book
        Words that it knows for an issue are not proposed for it.

    Returns
    -------
    pandas.DataFrame
        One row per word, with the headings of the sheet: words that set the statements an
        adviser gave an issue apart from all others, and words that set untagged statements
        apart (without an issue: a person must name it).

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> from watamachi_analysis.review import CORRECTION_COLUMNS
    >>> said = pd.Series({f"s-{n}": "ヤギの散歩" if n < 3 else "田の話" for n in range(6)})
    >>> none = pd.DataFrame(columns=CORRECTION_COLUMNS)
    >>> rules = pd.DataFrame({"text_id": ["s-3", "s-4", "s-5"], "issue": "food_agriculture"})
    >>> propose_terms(said, rules, none, load_codebook())["ことば"].tolist()
    ['ヤギ', '散歩']
    """
    compounds = book.compounds
    words = {
        str(key): [
            word
            for word in tokenise(book.spellings.fold(str(text)).text, compounds)
            if len(word) > 1 and names_a_thing(word)
        ]
        for key, text in texts.items()
    }
    found = rules.dropna(subset=["issue"]).groupby("text_id")["issue"]
    named = {str(key): set(issues) for key, issues in found}
    rows = [
        *_of_corrected(words, named, corrections, book),
        *_of_untagged(words, named, corrections),
    ]
    table = pd.DataFrame(rows, columns=[HEADS[0], HEADS[1], WHY, TEXTS])
    example = [_example(word, words, texts) for word in table[HEADS[1]]]
    return table.assign(
        **{TAKE: "", HEADS[2]: "強い", HEADS[3]: "", HEADS[4]: "", EXAMPLE: example}
    )[list(PROPOSAL_HEADS)]


def _of_corrected(
    words: Mapping[str, list[str]],
    named: Mapping[str, set[str]],
    corrections: pd.DataFrame,
    book: Codebook,
) -> list[tuple[str, str, str, int]]:
    """Return words of the statements in which an adviser named an issue the rules had missed."""
    missed = {
        issue: {
            key
            for key, issues, _ in corrections.to_numpy().tolist()
            if issue in issues and issue not in named.get(key, set()) and key in words
        }
        for issue in book.labels
    }
    rows = []
    for issue, keys in missed.items():
        if keys:
            own = {
                word for word, terms in book.words.items() if any(t.issue == issue for t in terms)
            }
            found = _contrast(words, keys, at_least=1)
            found = found[~found["word"].isin(own) & found["z"].ge(LEAST_Z)].head(PER_ISSUE)
            rows += [(book.labels[issue], word, MISSED, n) for word, n in _pairs(found)]
    return rows


def _of_untagged(
    words: Mapping[str, list[str]], named: Mapping[str, set[str]], corrections: pd.DataFrame
) -> list[tuple[str, str, str, int]]:
    """Return words that several statements without any issue share."""
    seen = set(corrections["statement_id"])
    keys = {key for key in words if not named.get(key) and key not in seen}
    found = _contrast(words, keys, at_least=FEWEST_UNTAGGED)
    found = found[found["texts"].ge(FEWEST_UNTAGGED) & found["z"].ge(LEAST_Z)].head(UNTAGGED)
    return [("", word, NO_TAG, n) for word, n in _pairs(found)]


def _contrast(words: Mapping[str, list[str]], keys: set[str], *, at_least: int) -> pd.DataFrame:
    found = contrast_words(list(words.values()), [key in keys for key in words], at_least=at_least)
    return found[found["group"].astype(bool)]


def _pairs(found: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(found["word"].tolist(), found["texts"].tolist(), strict=True))


def _example(word: str, words: Mapping[str, list[str]], texts: pd.Series) -> str:
    return str(texts[next(key for key, own in words.items() if word in own)])
