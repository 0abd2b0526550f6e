"""Read the words that a survey adds to the codebook, and put them over the built-in ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .cells import plain
from .codebook import Codebook, Term, list_words
from .errors import InputError, Problem
from .read import read_source
from .rows import Row, Sheet

CODEBOOK_FILE = "codebook.xlsx"
HEADS = ("課題", "ことば", "強さ", "いっしょに出ることば", "いっしょなら外すことば", "メモ")
PROPOSALS, TAKE = "ことばの提案", "使う"
STRENGTHS = {
    "強い": "strong",
    "弱い": "weak",
    "手がかり": "cue",
    "数えない": "neutral",
    "使わない": "off",
}


@dataclass(frozen=True)
class OwnTerm:
    """One word of a survey: its issue, how strong it is, the company it asks for, and where."""

    issue: str
    word: str
    strength: str
    with_: str = ""
    without: str = ""
    place: str = ""


def read_own_terms(path: Path, book: Codebook) -> tuple[list[OwnTerm], list[Problem]]:
    """Read a survey's `codebook.xlsx`; rows that cannot be used are reported, the others used.

    Parameters
    ----------
    path
        A book with the headings 課題, ことば and 強さ.
    book
        Its labels and ids are the issues known.
    """
    try:
        sheet = read_source(path).sheets[0]
    except InputError as error:
        return [], [error.problem]
    return _read_sheet(sheet, book)


def read_taken(path: Path, book: Codebook) -> tuple[list[OwnTerm], list[Problem]]:
    """Read the proposed words of a review book that an adviser marked as taken.

    Parameters
    ----------
    path
        `review.xlsx`.
    book
        Its labels and ids are the issues known.
    """
    try:
        sheets = {sheet.name: sheet for sheet in read_source(path).sheets}
    except InputError:
        return [], []  # whoever reads the corrections of this book reports it
    return _read_sheet(sheets[PROPOSALS], book, TAKE) if PROPOSALS in sheets else ([], [])


def _read_sheet(
    sheet: Sheet, book: Codebook, take: str = ""
) -> tuple[list[OwnTerm], list[Problem]]:
    """Read the words of a sheet; only the rows marked in the column `take`, if one is named."""
    head = next((row for row in sheet.rows if {"課題", "ことば"} <= set(row.cells)), None)
    if head is None:
        found = "「課題」と「ことば」の見出しの行がありません"
        return [], [sheet.problem(None, found, f"見出しを {'・'.join(HEADS)} にしてください")]
    places = {name: head.cells.index(name) for name in (*HEADS, TAKE) if name in head.cells}
    terms: list[OwnTerm] = []
    problems: list[Problem] = []
    for row in sheet.rows[sheet.rows.index(head) + 1 :]:
        said = {
            name: row.cells[place].strip() if place < len(row.cells) else ""
            for name, place in places.items()
        }
        if not row.is_blank and (not take or said.get(take)):
            found_terms, fault = _read_row(sheet, row, said, book)
            terms += found_terms
            problems += fault
    return terms, problems


def _read_row(
    sheet: Sheet, row: Row, said: dict[str, str], book: Codebook
) -> tuple[list[OwnTerm], list[Problem]]:
    known = {plain(label): issue for issue, label in book.labels.items()}
    known |= {issue: issue for issue in book.labels}
    strength = STRENGTHS.get(said.get("強さ") or "強い", "")
    issue = "" if strength == "neutral" else known.get(plain(said["課題"]), "")
    if not said["ことば"]:
        found, mend = "ことばが書かれていません", "ことばを書くか、行を消してください"
    elif not strength:
        found = f"強さ「{said['強さ']}」が分かりません"
        mend = f"{'・'.join(STRENGTHS)} のどれかにしてください"
    elif not issue and strength != "neutral":
        found = f"課題「{said['課題']}」が分かりません"
        mend = "24の課題の名前のどれかにしてください"
    else:
        with_, without = said.get(HEADS[3], ""), said.get(HEADS[4], "")
        return [OwnTerm(issue, said["ことば"], strength, with_, without, sheet.place(row))], []
    return [], [sheet.problem(row, found, mend)]


def add_terms(book: Codebook, terms: Sequence[OwnTerm]) -> Codebook:
    """Return a codebook in which a survey's words stand over the built-in ones.

    Parameters
    ----------
    book
        The codebook to build on; it stays as it is.
    terms
        A word replaces what the codebook says of it for the same issue; `off` removes it.

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> own = OwnTerm("places", "ゆるりの間", "strong")
    >>> add_terms(load_codebook(), [own]).words["ゆるりの間"][0].issue
    'places'
    """
    words = dict(book.words)
    for own in terms:
        word = book.spellings.fold(own.word).text
        with_, without = (list_words(text, book.spellings) for text in (own.with_, own.without))
        others = tuple(term for term in words.get(word, ()) if term.issue != own.issue)
        term = Term(own.issue, own.strength, with_, without, own=True)
        added = () if own.strength == "off" else (term,)
        words[word] = (*others, *added)
    return replace(book, words={word: found for word, found in words.items() if found})
