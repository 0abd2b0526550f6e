"""Tag each clause of a text with its issues and kinds, keeping the words that prove each tag."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from .codebook import Codebook, load_codebook
from .evidence import certainty, issue_evidence, load_weights
from .kinds import NO_KIND, kinds_of, manner_of
from .learned import NONE, Learned, learn_from
from .matching import COUNTS, MAX_ISSUES, Hit, blank_neutral, clause_at, find_terms, weigh_terms
from .settling import Span, complete_kinds, settle_kinds
from .text import Folded, split_clauses

MENTION_COLUMNS = [
    "text_id", "clause", "issue", "kind", "term", "start", "end", "cue", "manner", "origin",
    "certainty",
]  # fmt: skip
# The certainties from which tags are given, chosen on `tests/quality/tuning.csv` and `learn.csv`.
CERTAIN_FROM = 0.4
# The more a text seems to be about no issue at all (log odds), the more certain a tag must be.
DOUBT_FROM, DOUBT_STEP, MOST_ASKED = -6.0, 0.1, 0.95
SHORTEST_JUDGED, LONGEST_JUDGED = 10, 400  # characters; learned from statements, not from either


@dataclass(frozen=True)
class Proof:
    """The words of a folded text that prove one issue, and how certain that makes it."""

    issue: str
    start: int
    end: int
    origin: str
    certainty: float


@dataclass(frozen=True)
class Reading:
    """All that was read in one text; kinds stand by clause, each with the words that show it."""

    folded: Folded
    clauses: tuple[Span, ...]
    kinds: tuple[tuple[tuple[str, str], ...], ...]
    manners: tuple[str, ...]
    weighed: tuple[tuple[Hit, str], ...]
    proofs: tuple[Proof, ...]


def tag(
    texts: pd.Series, codebook: Codebook | None = None, *, hints: pd.Series | None = None
) -> pd.DataFrame:
    """Tag every clause of each text with the issues and kinds that its words reveal.

    The rules of the codebook find words; what was learned from its examples says how far such
    words are to be believed in such a text, and suggests what no word of the codebook names.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.
    codebook
        The issues, words and examples to go by; the bundled ones by default.
    hints
        For each text the kind that a heading above it lends (or missing); it serves clauses
        that show no kind themselves, such as bare nouns.

    Returns
    -------
    pandas.DataFrame
        One row per text, clause, issue and kind: `text_id`, `clause` (0 is the first), `issue`
        (missing where a clause names none, so that kinds are complete), `kind`, `term` (the
        words that prove the issue), `start`, `end` (their span in the text as given), `cue`
        (the words that prove the kind), `manner` (`plain`, `hearsay` or `conditional`, as
        `manner_of` says), `origin` (`rule`, or `suggestion` where no word of the codebook
        counted) and `certainty` (of the issue, 0 to 1; missing where there is none).

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
        for row in _rows(
            text_id,
            str(text),
            read_statement(str(text), hint if isinstance(hint, str) else "", book),
        )
    ]
    table = pd.DataFrame(rows, columns=MENTION_COLUMNS)
    words = dict.fromkeys(["issue", "kind", "term", "cue", "manner", "origin"], "str")
    numbers = {"clause": "int64", "start": "Int64", "end": "Int64", "certainty": "float64"}
    return table.astype(words | numbers)


def _rows(text_id: Hashable, text: str, reading: Reading) -> Iterator[tuple[object, ...]]:
    by_clause: defaultdict[int, list[Proof]] = defaultdict(list)
    for proof in reading.proofs:
        by_clause[clause_at(proof.start, reading.clauses)].append(proof)
    for number, (kinds, manner) in enumerate(zip(reading.kinds, reading.manners, strict=True)):
        own = by_clause[number]
        for kind, cue in kinds:
            if not own:
                yield (text_id, number, None, kind, "", None, None, cue, manner, "rule", None)
            for proof in own:
                start, end = reading.folded.span(proof.start, proof.end)
                said = (proof.issue, kind, text[start:end], start, end, cue, manner)
                yield (text_id, number, *said, proof.origin, round(proof.certainty, 3))


def read_statement(text: str, hint: str, book: Codebook) -> Reading:
    """Return all that is read in one text.

    Parameters
    ----------
    text
        As written.
    hint
        The kind that a heading above it lends, or nothing.
    book
        The issues, words and examples to go by.
    """
    folded = book.spellings.fold(text)
    clauses = split_clauses(folded.text)
    weighed = weigh_terms(folded.text, find_terms(folded.text, book), clauses)
    learned = None
    if book.examples is not None and SHORTEST_JUDGED <= len(folded.text) <= LONGEST_JUDGED:
        learned = learn_from(book)
    proofs = _by_rule(weighed, clauses)
    kinds = [kinds_of(folded.text[start:end], book) for start, end in clauses]
    if hint:
        kinds = [((hint, ""),) if own == NO_KIND else own for own in kinds]
    if learned is not None:
        seen = blank_neutral(folded.text, weighed)
        proofs = _by_evidence(seen, proofs, weighed, clauses, learned, book)
        kinds = settle_kinds(folded.text, kinds, clauses, learned, hint, book)
    with_issue = {clause_at(proof.start, clauses) for proof in proofs}
    kinds = complete_kinds(kinds, with_issue, judged=learned is not None)
    manners = [
        manner_of(folded.text[start:end], [kind for kind, _ in own], book)
        for (start, end), own in zip(clauses, kinds, strict=True)
    ]
    return Reading(
        folded, tuple(clauses), tuple(kinds), tuple(manners), tuple(weighed), tuple(proofs)
    )


def _by_rule(weighed: Sequence[tuple[Hit, str]], clauses: Sequence[Span]) -> list[Proof]:
    """Return the best proof of each issue in each clause, where a rule counted one."""
    best: dict[tuple[int, str], Hit] = {}
    for hit, verdict in weighed:
        key = clause_at(hit.start, clauses), hit.term.issue
        if verdict == COUNTS and (key not in best or rank(hit) < rank(best[key])):
            best[key] = hit
    return [
        Proof(hit.term.issue, hit.start, hit.end, "rule", 1.0)
        for _, hit in sorted(best.items(), key=lambda item: (item[0][0], item[1].start, item[0][1]))
    ]


def rank(hit: Hit) -> tuple[bool, bool, int, int]:
    """Order hits by how well they prove an issue: a strong word best, then a long one."""
    return hit.term.strength != "strong", not hit.is_word, hit.start - hit.end, hit.start


def _by_evidence(
    text: str,
    ruled: Sequence[Proof],
    weighed: Sequence[tuple[Hit, str]],
    clauses: Sequence[Span],
    learned: Learned,
    book: Codebook,
) -> list[Proof]:
    """Return the proofs of the issues for which the evidence suffices, three issues at most."""
    judged = learned.judge(text)
    found = issue_evidence(weighed, judged, tuple(book.labels))
    certain = {issue: certainty(found[issue], load_weights("issue")) for issue in found}
    own = {hit.term.issue for hit, verdict in weighed if verdict == COUNTS and hit.term.own}
    certain |= dict.fromkeys(own, 1.0)
    by_rule = {proof.issue for proof in ruled}
    doubt = max(judged[NONE] - DOUBT_FROM, 0.0) * DOUBT_STEP
    least = min(CERTAIN_FROM + doubt, MOST_ASKED)
    order = sorted(certain, key=lambda issue: (-certain[issue], issue))
    given = [issue for issue in order[:MAX_ISSUES] if certain[issue] >= least]
    kept = [
        Proof(proof.issue, proof.start, proof.end, "rule", certain[proof.issue])
        for proof in ruled
        if proof.issue in given
    ]
    for issue in given:
        if issue not in by_rule:
            start, end = _show(text, issue, weighed, clauses, learned)
            kept.append(Proof(issue, start, end, "suggestion", certain[issue]))
    return kept


def _show(
    text: str,
    issue: str,
    weighed: Sequence[tuple[Hit, str]],
    clauses: Sequence[Span],
    learned: Learned,
) -> Span:
    """Return the words that speak most for a suggested issue, within one clause."""
    hits = [hit for hit, _ in weighed if hit.term.issue == issue]
    if hits:
        best = min(hits, key=rank)
        return best.start, best.end
    return learned.find_evidence(text, issue, clauses)
