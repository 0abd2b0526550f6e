"""Tag each clause of a text with its issues and kinds, keeping the words that prove each tag."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from .codebook import Codebook, Term, load_codebook
from .text import split_clauses

MENTION_COLUMNS = ["text_id", "clause", "issue", "kind", "term", "start", "end", "cue", "origin"]
MAX_ISSUES = 3
_NO_KIND = (("other", ""),)

_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True)
class _Hit:
    """A term found at `start:end` of the folded text."""

    start: int
    end: int
    term: Term
    is_word: bool = True


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
    hits = _counting(folded.text, _find(folded.text, book), clauses)
    by_clause: defaultdict[int, dict[str, _Hit]] = defaultdict(dict)
    for hit in hits:
        number = _clause_of(hit, clauses)
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
            found = by_clause.get(number, {})
            if not found:
                yield (text_id, number, None, kind, "", None, None, cue, "rule")
            for issue, hit in found.items():
                start, end = folded.span(hit.start, hit.end)
                yield (text_id, number, issue, kind, text[start:end], start, end, cue, "rule")


def _rank(hit: _Hit) -> tuple[bool, bool, int, int]:
    """Order hits by how well they prove an issue: a strong word best, then a long one."""
    return hit.term.strength != "strong", not hit.is_word, hit.start - hit.end, hit.start


def _clause_of(hit: _Hit, clauses: list[_Clause]) -> int:
    return next(i for i, clause in enumerate(clauses) if hit.start < clause.end)


def _find(text: str, book: Codebook) -> list[_Hit]:
    """Find all terms; of matches that lie inside a longer one only the longer counts."""
    longest = max(map(len, book.words), default=0)
    found = [
        _Hit(start, end, term)
        for start in range(len(text))
        for end in range(start + 1, min(start + longest, len(text)) + 1)
        if text[start:end] in book.words and _stands_alone(text, start, end, book)
        for term in book.words[text[start:end]]
    ]
    wordings = [
        _Hit(match.start(), match.end(), term, is_word=False)
        for pattern, term in book.patterns
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    neutral = [hit for hit in wordings if hit.term.strength == "neutral"]
    outer = _outermost((hit.start, hit.end) for hit in [*found, *neutral])
    # A wording spans whole phrases: it neither hides the words in it nor is hidden by them.
    return [hit for hit in found if (hit.start, hit.end) in outer] + [
        hit for hit in wordings if hit.term.strength != "neutral"
    ]


def _outermost(spans: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the spans that lie inside no other."""
    outer: set[tuple[int, int]] = set()
    reach = 0
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if end > reach:
            outer.add((start, end))
            reach = end
    return outer


def _stands_alone(text: str, start: int, end: int, book: Codebook) -> bool:
    """Tell whether a word that must not stand inside a longer word stands alone."""
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
    return bool(right) and _script(left) == _script(right) and _script(left) != ""


def _script(character: str) -> str:
    if "ァ" <= character <= "ヺ" or character == "ー":
        return "katakana"
    if "一" <= character <= "龥" or character == "々":
        return "kanji"
    return ""


def _counting(text: str, hits: list[_Hit], clauses: list[_Clause]) -> list[_Hit]:
    """Keep the hits that count: company asked for is there, a weak term is not alone."""
    allowed = []
    for hit in hits:
        clause = clauses[_clause_of(hit, clauses)].text
        wanted, unwanted = hit.term.with_, hit.term.without
        if (wanted is None or wanted.search(clause)) and (
            unwanted is None or not unwanted.search(clause)
        ):
            allowed.append(hit)
    words: defaultdict[str, set[str]] = defaultdict(set)
    strong: defaultdict[str, int] = defaultdict(int)
    for hit in allowed:
        words[hit.term.issue].add(text[hit.start : hit.end])
        strong[hit.term.issue] += hit.term.strength == "strong"
    counting = [
        hit
        for hit in allowed
        if hit.term.strength == "strong"
        or (
            hit.term.strength == "weak"
            and (strong[hit.term.issue] or len(words[hit.term.issue]) > 1)
        )
    ]
    kept = _strongest({hit.term.issue for hit in counting}, counting)
    return [hit for hit in counting if hit.term.issue in kept]


def _strongest(issues: set[str], hits: list[_Hit]) -> set[str]:
    """Keep at most three issues: those with most strong hits, then with most matched text."""

    def weight(issue: str) -> tuple[int, int, str]:
        own = [hit for hit in hits if hit.term.issue == issue]
        strong = sum(hit.term.strength == "strong" for hit in own)
        return -strong, -sum(hit.end - hit.start for hit in own), issue

    return set(sorted(issues, key=weight)[:MAX_ISSUES])


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
    ("mitigated", "mitigated", ""),
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
