"""Decide by who acts which kinds a clause shows, as the codebook's cues say."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from .codebook import Codebook

NO_KIND = (("other", ""),)

# The questions in their order: (what is looked for, the kind it means, what speaks against it).
QUESTIONS = (
    ("not_without", "need", ""),
    ("no_need", "other", ""),
    ("mitigated", "mitigated", ""),
    ("revived", "activity", ""),
    ("petition", "activity", ""),
    ("irony", "need", ""),
    ("ask", "request", "asks_what"),
    ("question", "question", ""),
    ("request", "request", ""),
    ("trouble", "need", ""),
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


# Cues so plain that nothing learned from other statements speaks against them.
SURE_ROLES = frozenset(
    {
        "not_without", "no_need", "mitigated", "revived", "petition", "ask", "request", "trouble",
        "attitude", "lacking_wish",
    }
)  # fmt: skip


def kinds_of(clause: str, book: Codebook) -> tuple[tuple[str, str], ...]:
    """Return the kinds of one folded clause, each with the words that show it.

    The order of the questions is the codebook's: is it said not to be a trouble, is it asked,
    is somebody else to act, does the speaker want to act, is somebody acting, is something
    lacking, is something there?

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> kinds_of("バスを増やしてほしい", load_codebook())
    (('request', 'てほしい'),)
    """
    return tuple((kind, cue) for _, kind, cue in roles_of(clause, book)) or NO_KIND


def roles_of(clause: str, book: Codebook) -> list[tuple[str, str, str]]:
    """Return (role, kind, words) of the cue that decides, and of a wish beside it.

    Parameters
    ----------
    clause
        Folded.
    book
        Its cues are looked for.
    """
    found = {
        role: match[0] for role, pattern in book.kinds.items() if (match := pattern.search(clause))
    }
    answers = [
        (role, kind, found[role])
        for role, kind, against in QUESTIONS
        if role in found and against not in found
    ]
    # Who asks others and offers at once does both: the wish is never lost.
    with_wish = bool(answers) and answers[0][0] in {"request", "loss", "attitude"}
    wishes = [
        answer
        for answer in answers[1:]
        if answer[0] == "wish" and with_wish and answer[2] not in answers[0][2]
    ]
    return answers[:1] + wishes


MANNERS = {"plain": "", "hearsay": "人づて", "conditional": "先の心配"}


def manner_of(clause: str, kinds: Collection[str], book: Codebook) -> str:
    """Return how a folded clause is said: `plain`, from `hearsay`, or `conditional`.

    What others are said to do is not verified yet; a need that may come is a worry.

    Parameters
    ----------
    clause
        Folded.
    kinds
        The kinds that it shows; only a need can be conditional.
    book
        Its cues are looked for.

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> book = load_codebook()
    >>> manner_of("配食を回してくれているらしい", ["activity"], book)
    'hearsay'
    >>> manner_of("車に乗れなくなったら困る", ["need"], book)
    'conditional'
    """
    shown = {
        manner
        for manner in ("hearsay", "conditional")
        if manner in book.kinds and book.kinds[manner].search(clause)
    }
    if "conditional" in shown and "need" in kinds:
        return "conditional"
    return "hearsay" if "hearsay" in shown else "plain"


def roles_by_kind(
    text: str, clauses: Sequence[tuple[int, int]], book: Codebook
) -> dict[str, set[str]]:
    """Return kind → the roles of the cues that show it in any clause of a folded text.

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> roles_by_kind("バスを増やしてほしい", [(0, 10)], load_codebook())
    {'request': {'request'}}
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for start, end in clauses:
        for role, kind, _ in roles_of(text[start:end], book):
            found[kind].add(role)
    return dict(found)


def is_sure(clause: str, book: Codebook) -> bool:
    """Tell whether the kinds of a folded clause are plain from its cues alone.

    Examples
    --------
    >>> from watamachi_analysis.codebook import load_codebook
    >>> [is_sure(clause, load_codebook()) for clause in ("困っている", "雨戸が閉まっている")]
    [True, False]
    """
    roles = roles_of(clause, book)
    return bool(roles) and roles[0][0] in SURE_ROLES
