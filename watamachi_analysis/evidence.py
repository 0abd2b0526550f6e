"""Weigh what was found and what was learned into how certain each tag of a text is."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp

from .bundled import resource_table
from .kinds import QUESTIONS
from .learned import NONE
from .matching import COUNTS, REASONS, Hit

MOST_COUNTED = 3  # a fourth word of an issue proves no more than the third
_SET_ASIDE = {REASONS["inside"], REASONS["unwanted"]}

Evidence = dict[str, float]


def issue_evidence(
    weighed: Sequence[tuple[Hit, str]], judged: Mapping[str, float], issues: Sequence[str]
) -> dict[str, Evidence]:
    """Return for each issue what speaks for it and against it, by the names in `evidence.csv`.

    Parameters
    ----------
    weighed
        The terms found in a text, as `weigh_terms` returns them.
    judged
        Log odds of each issue, and of none, as learned from examples.
    issues
        The issues to weigh.
    """
    strong = {issue: _strong(weighed, issue) for issue in issues}
    numbers = {issue: len(hits) for issue, hits in strong.items()}
    found = {}
    for issue in issues:
        own = [(hit, why) for hit, why in weighed if hit.term.issue == issue]
        kept = [hit for hit, why in own if why not in _SET_ASIDE]
        words = sum(hit.is_word for hit in strong[issue])
        wordings = len(strong[issue]) - words
        found[issue] = {
            "bias": 1.0,
            "learned": judged[issue],
            "rival": max(judged[other] for other in issues if other != issue),
            "none": judged[NONE],
            "word": float(words > 0),
            "words": _at_most(words, MOST_COUNTED),
            "wording": float(wordings > 0),
            "wordings": _at_most(wordings, MOST_COUNTED),
            "weak": _at_most(_number(kept, "weak"), MOST_COUNTED),
            "cue": _at_most(_number(kept, "cue"), MOST_COUNTED),
            "counted": float(any(why == COUNTS for _, why in own)),
            "others": _at_most(_rival(numbers, issue), MOST_COUNTED),
        }
    return found


def _at_most(number: int, most: int) -> float:
    return float(min(number, most))


def _rival(numbers: Mapping[str, int], issue: str) -> int:
    """Return the largest number of any other issue."""
    return max((number for other, number in numbers.items() if other != issue), default=0)


def _strong(weighed: Sequence[tuple[Hit, str]], issue: str) -> list[Hit]:
    return [
        hit
        for hit, why in weighed
        if hit.term.issue == issue
        and hit.term.strength == "strong"
        and why in {COUNTS, REASONS["fourth"]}
    ]


def _number(hits: Sequence[Hit], strength: str) -> int:
    return sum(hit.term.strength == strength for hit in hits)


def kind_evidence(
    cued: Mapping[str, set[str]], judged: Mapping[str, float], kinds: Sequence[str]
) -> dict[str, Evidence]:
    """Return for each kind what speaks for it and against it, by the names in `evidence.csv`.

    Parameters
    ----------
    cued
        Kind → the roles of the cues that show it in any clause.
    judged
        Log odds of each kind, as learned from examples.
    kinds
        The kinds to weigh.
    """
    return {
        kind: {
            "bias": 1.0,
            "learned": judged[kind],
            "rival": max(judged[other] for other in kinds if other != kind),
            "cued_other": float(bool(set(cued) - {kind})),
            **{f"cue_{role}": float(role in cued.get(kind, set())) for role, _, _ in QUESTIONS},
        }
        for kind in kinds
    }


@cache
def load_weights(about: str) -> Mapping[str, float]:
    """Return how much each piece of evidence counts for an `issue` or a `kind`, in log odds."""
    table = resource_table("codebook/evidence.csv")
    own = table[table["about"] == about]
    return dict(zip(own["evidence"], own["weight"].astype(float), strict=True))


def certainty(evidence: Evidence, weights: Mapping[str, float]) -> float:
    """Return how certain a tag is, 0 to 1.

    Examples
    --------
    >>> certainty({"bias": 1.0, "word": 1.0}, {"bias": -1.0, "word": 1.0})
    0.5
    """
    odds = sum(weights[name] * value for name, value in evidence.items())
    return 1 / (1 + exp(-max(min(odds, 30.0), -30.0)))
