"""Settle the kinds of each clause by all the evidence of its text."""

import re
from bisect import bisect
from collections.abc import Sequence

from .codebook import KINDS, Codebook
from .evidence import certainty, kind_evidence, load_weights
from .kinds import NO_KIND, is_sure, roles_by_kind
from .learned import Learned
from .matching import clause_at
from .text import split_clauses

# The certainties from which kinds are given, chosen on `tests/quality/tuning.csv` and `learn.csv`.
KIND_FROM = {
    "need": 0.3, "request": 0.25, "activity": 0.55, "wish": 0.2, "resource": 0.4,
    "question": 0.45, "mitigated": 0.55, "other": 0.3,
}  # fmt: skip
# From which a sentence gives its kind to a text of several.
SENTENCE_FROM = {"request": 0.7, "activity": 0.7}
SHORTEST_SENTENCE = 8  # characters
OTHER_FROM = 0.6  # of the likeliest kind's certainty: then a text says nothing but `other`
KIND_AT_LEAST = 0.25  # and from which the likeliest kind is, where none reaches the other
SAYS_MORE_FROM = 16  # characters; a shorter text says one thing
_BUT = re.compile("(が|けれども?|けど)、?$")
_SENTENCE = re.compile(r"[^。!?！？]+[。!?！？]*")
Span = tuple[int, int]


def settle_kinds(
    text: str,
    by_rule: Sequence[tuple[tuple[str, str], ...]],
    clauses: Sequence[Span],
    learned: Learned,
    hint: str,
    book: Codebook,
) -> list[tuple[tuple[str, str], ...]]:
    """Return the kinds of each clause for which the evidence of the whole text suffices.

    Parameters
    ----------
    text
        Folded.
    by_rule
        For each clause its kinds and the words that show them, as `kinds_of` returns them.
    clauses
        Their spans.
    learned
        What judges texts.
    hint
        The kind that a heading lends, '' for none.
    book
        Its cues are looked for.
    """
    cued = roles_by_kind(text, clauses, book)
    found = kind_evidence(cued, learned.judge(text), tuple(KINDS))
    certain = {kind: certainty(found[kind], load_weights("kind")) for kind in KINDS}
    given = {kind for kind in KINDS if certain[kind] >= KIND_FROM[kind] or kind == hint}
    likeliest = max(KINDS, key=lambda kind: certain[kind])
    share = 1.0 if likeliest in cued else OTHER_FROM
    if certain["other"] >= share * certain[likeliest] and not hint:
        given = {"other"}
    given = given or {likeliest if certain[likeliest] >= KIND_AT_LEAST else "other"}
    if len(text) < SAYS_MORE_FROM and not hint:
        given = {max(given, key=lambda kind: (certain[kind], kind))}
    wished = any(kind == "wish" for own in by_rule[:-1] for kind, _ in own)
    if wished and by_rule[-1][0][0] == "need":  # 参加したいが時間が合わない says both
        given |= {"wish", "need"}
    given |= _said_against(text, by_rule, clauses) | _said_by_a_sentence(text, learned, book)
    sure = [is_sure(text[start:end], book) for start, end in clauses]
    settled = [
        [pair for pair in kinds if plain or pair[0] in given]
        for kinds, plain in zip(by_rule, sure, strict=True)
    ]
    shown = {kind for kinds in settled for kind, _ in kinds}
    open_spans = [span for span, plain in zip(clauses, sure, strict=True) if not plain]
    for kind in KINDS if open_spans else ():
        if kind in given - shown - {"other"}:
            start, end = learned.find_evidence(text, kind, open_spans)
            settled[clause_at(start, clauses)].append((kind, text[start:end]))
    return [tuple(kinds) or NO_KIND for kinds in settled]


def _said_against(
    text: str, by_rule: Sequence[tuple[tuple[str, str], ...]], clauses: Sequence[Span]
) -> set[str]:
    """Return activity and need where one is set against the other: サロンは月1回あるが遠い."""
    for (start, end), own, after in zip(clauses, by_rule, by_rule[1:], strict=False):
        against = _BUT.search(text[start:end])
        if against and own[0][0] == "activity" and after[0][0] == "need":
            return {"activity", "need"}
    return set()


def _said_by_a_sentence(text: str, learned: Learned, book: Codebook) -> set[str]:
    """Return the kinds that one sentence of several surely shows by itself.

    A long complaint drowns the request it ends in when all its words are judged together.
    """
    sentences = [match[0].strip() for match in _SENTENCE.finditer(text)]
    spoken = [sentence for sentence in sentences if len(sentence) >= SHORTEST_SENTENCE]
    if len(spoken) < 2:
        return set()
    weights = load_weights("kind")
    given = set()
    for sentence in spoken:
        cued = roles_by_kind(sentence, split_clauses(sentence), book)
        found = kind_evidence(cued, learned.judge(sentence), tuple(KINDS))
        given |= {
            kind
            for kind, least in SENTENCE_FROM.items()
            if certainty(found[kind], weights) >= least
        }
    return given


def complete_kinds(
    kinds: Sequence[tuple[tuple[str, str], ...]], with_issue: set[int], *, judged: bool
) -> list[tuple[tuple[str, str], ...]]:
    """Give a clause that names an issue, but shows no kind, the kinds of the clause that does.

    The predicate comes last in Japanese, so the next clause lends first, then the one before.
    What people saw, told with no word of judgement at all, is told because it troubles them,
    unless the whole was `judged` by what is learned.

    Parameters
    ----------
    kinds
        For each clause its kinds and the words that show them.
    with_issue
        The numbers of the clauses that name an issue.
    judged
        Whether what is learned has spoken.
    """
    if all(own == NO_KIND for own in kinds):
        return [
            (("need", ""),) if number in with_issue and not judged else NO_KIND
            for number in range(len(kinds))
        ]
    shown = [number for number, own in enumerate(kinds) if own != NO_KIND]
    return [
        own
        if own != NO_KIND or number not in with_issue
        else tuple(
            (kind, "") for kind, _ in kinds[shown[min(bisect(shown, number), len(shown) - 1)]]
        )
        for number, own in enumerate(kinds)
    ]
