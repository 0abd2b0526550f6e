"""Tag each clause of a text with its issues and kinds, keeping the words that prove each tag."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from .codebook import Codebook, load_codebook
from .matching import COUNTS, Hit, clause_at, find_terms, weigh_terms
from .text import split_clauses

MENTION_COLUMNS = ["text_id", "clause", "issue", "kind", "term", "start", "end", "cue", "origin"]
_NO_KIND = (("other", ""),)


@dataclass(frozen=True)
class _Clause:
    start: int
    end: int
    text: str
    kinds: tuple[tuple[str, str], ...]  # (kind, the words that show it)


def tag(
    texts: pd.Series, codebook: Codebook | None = None, *, hints: pd.Series | None = None
) -> pd.DataFrame:
    """Tag every clause of each text with the issues and kinds that its words reveal.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.
    codebook
        The issues and words to look for; the bundled one by default.
    hints
        For each text the kind that a heading above it lends (or missing); it serves clauses
        that show no kind themselves, such as bare nouns.

    Returns
    -------
    pandas.DataFrame
        One row per text, clause, issue and kind: `text_id`, `clause` (0 is the first), `issue`
        (missing where a clause names none, so that kinds are complete), `kind`, `term` (the
        words that prove the issue), `start`, `end` (their span in the text as given), `cue`
        (the words that prove the kind) and `origin` (`rule`).

    Examples
    --------
    >>> mentions = tag(pd.Series({7: "買物に行く足がなくて困る"}))
    >>> print(mentions[["text_id", "issue", "kind", "term"]].to_string(index=False))
     text_id             issue kind term
           7 mobility_shopping need 買物に行く足
    """
    book = codebook if codebook is not None else load_codebook()
    hinted = hints if hints is not None else pd.Series(None, index=texts.index, dtype=object)
    rows = [
        row
        for (text_id, text), hint in zip(texts.items(), hinted, strict=True)
        for row in _tag_text(text_id, str(text), hint if isinstance(hint, str) else "", book)
    ]
    table = pd.DataFrame(rows, columns=MENTION_COLUMNS)
    words = dict.fromkeys(["issue", "kind", "term", "cue", "origin"], "str")
    return table.astype({"clause": "int64", "start": "Int64", "end": "Int64", **words})


def _tag_text(
    text_id: Hashable, text: str, hint: str, book: Codebook
) -> Iterator[tuple[object, ...]]:
    folded = book.spellings.fold(text)
    clauses = _clauses(folded.text, hint, book)
    spans = [(clause.start, clause.end) for clause in clauses]
    found = find_terms(folded.text, book)
    hits = [hit for hit, verdict in weigh_terms(folded.text, found, spans) if verdict == COUNTS]
    by_clause: defaultdict[int, dict[str, Hit]] = defaultdict(dict)
    for hit in hits:
        number = clause_at(hit.start, spans)
        best = by_clause[number].get(hit.term.issue)
        if best is None or _rank(hit) < _rank(best):
            by_clause[number][hit.term.issue] = hit
    if all(clause.kinds == _NO_KIND for clause in clauses):
        # What people saw, told with no word of judgement, is told because it troubles them.
        clauses = [
            replace(clause, kinds=(("need", ""),)) if number in by_clause else clause
            for number, clause in enumerate(clauses)
        ]
    for number, clause in enumerate(clauses):
        for kind, cue in clause.kinds:
            proofs = by_clause.get(number, {})
            if not proofs:
                yield (text_id, number, None, kind, "", None, None, cue, "rule")
            for issue, hit in proofs.items():
                start, end = folded.span(hit.start, hit.end)
                yield (text_id, number, issue, kind, text[start:end], start, end, cue, "rule")


def _rank(hit: Hit) -> tuple[bool, bool, int, int]:
    """Order hits by how well they prove an issue: a strong word best, then a long one."""
    return hit.term.strength != "strong", not hit.is_word, hit.start - hit.end, hit.start


def _clauses(text: str, hint: str, book: Codebook) -> list[_Clause]:
    spans = split_clauses(text)
    clauses = []
    for start, end in spans:
        kinds = kinds_of(text[start:end], book)
        if hint and kinds == _NO_KIND:
            kinds = ((hint, ""),)
        clauses.append(_Clause(start, end, text[start:end], kinds))
    return clauses


# The questions in their order: (what is looked for, the kind it means, what speaks against it).
_QUESTIONS = (
    ("not_without", "need", ""),
    ("no_need", "other", ""),
    ("mitigated", "mitigated", ""),
    ("revived", "activity", ""),
    ("petition", "activity", ""),
    ("irony", "need", ""),
    ("ask", "request", ""),
    ("question", "question", ""),
    ("request", "request", ""),
    ("loss", "need", ""),
    ("attitude", "need", ""),
    ("lacking_wish", "need", ""),
    ("wish", "wish", ""),
    ("activity", "activity", "state"),
    ("offer", "resource", ""),
    ("need", "need", ""),
    ("state", "need", ""),
    ("resource", "resource", ""),
    ("doing", "activity", "undone"),
)


def kinds_of(clause: str, book: Codebook) -> tuple[tuple[str, str], ...]:
    """Return the kinds of one folded clause, each with the words that show it.

    The order of the questions is the codebook's: is it said not to be a trouble, is it asked,
    is somebody else to act, does the speaker want to act, is somebody acting, is something
    lacking, is something there?

    Examples
    --------
    >>> kinds_of("バスを増やしてほしい", load_codebook())
    (('request', 'てほしい'),)
    """
    found = {
        role: match[0] for role, pattern in book.kinds.items() if (match := pattern.search(clause))
    }
    answers = [
        (role, kind) for role, kind, against in _QUESTIONS if role in found and against not in found
    ]
    if not answers:
        return _NO_KIND
    role, kind = answers[0]
    first = (kind, found[role])
    # Who asks others and offers at once does both: the wish is never lost.
    if role in {"request", "loss", "attitude"} and ("wish", "wish") in answers:
        return first, ("wish", found["wish"])
    return (first,)


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
        One row per term found and per kind: `clause` (its words), `tag` (issue or kind id),
        `term` (the words found, as written), `verdict` (in Japanese).

    Examples
    --------
    >>> explain("バスタオルを干す")[["term", "verdict"]].to_numpy().tolist()
    [['バスタオル', 'どの課題でもないことば']]
    """
    book = codebook if codebook is not None else load_codebook()
    folded = book.spellings.fold(text)
    clauses = _clauses(folded.text, "", book)
    spans = [(clause.start, clause.end) for clause in clauses]
    weighed = weigh_terms(folded.text, find_terms(folded.text, book), spans)
    rows: list[tuple[str, str, str, str]] = []
    for clause in clauses:
        own = [(hit, why) for hit, why in weighed if clause.start <= hit.start < clause.end]
        for hit, verdict in sorted(own, key=lambda pair: (pair[1] != COUNTS, _rank(pair[0]))):
            start, end = folded.span(hit.start, hit.end)
            rows.append((clause.text, hit.term.issue, text[start:end], verdict))
        rows += [(clause.text, kind, cue, "種別") for kind, cue in clause.kinds if kind != "other"]
    found = list(dict.fromkeys(rows))  # several wordings may prove one thing with the same words
    return pd.DataFrame(found, columns=["clause", "tag", "term", "verdict"])
