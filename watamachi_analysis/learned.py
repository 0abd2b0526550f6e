"""Learn from labelled statements which runs of characters go with which tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from .codebook import KINDS, Associations, Codebook, Examples, Spellings

LONGEST_RUN = 4
FEWEST_TEXTS = 2  # a run that stands in one example only says nothing of others
FREEDOM = 20.0  # how freely weights may grow (C of the logistic regression)
MOST_LEANING, LEANING_SCALE = 9, 0.1  # sums of associations, brought to the size of the runs
NEVER = -30.0  # the log odds of a tag that no example has
END = "$"  # where a statement ends says much about who acts


@dataclass(frozen=True)
class Learned:
    """What was learned; the log odds of a tag are `bias` plus the weights of a text's runs.

    Attributes
    ----------
    tags
        The issues, then the kinds.
    columns
        Run of characters → its row in `weights`.
    weights
        One row per run, one column per tag.
    leaning
        One row per issue, one column per tag: what its associated words weigh.
    bias
        One number per tag.
    associations
        Where the associated words are looked up.
    """

    tags: tuple[str, ...]
    columns: Mapping[str, int]
    weights: np.ndarray
    leaning: np.ndarray
    bias: np.ndarray
    associations: Associations

    def judge(self, text: str) -> dict[str, float]:
        """Return the log odds that a folded text carries each tag.

        Examples
        --------
        >>> from watamachi_analysis.codebook import load_codebook
        >>> book = load_codebook()
        >>> learned = learn_from(book)
        >>> judged = learned.judge("バスの本数が減って病院に行けない")
        >>> judged["mobility_shopping"] > 0 > judged["food_agriculture"]
        True
        """
        rows = sorted(self.columns[run] for run in set(_runs(text)) if run in self.columns)
        total = self.weights[rows].sum(axis=0) / max(len(rows), 1) ** 0.5
        total = total + _leaning(text, self.associations, self.issues) @ self.leaning + self.bias
        return dict(zip(self.tags, total.round(6).tolist(), strict=True))

    @property
    def issues(self) -> tuple[str, ...]:
        """Return the tags that are no kinds."""
        return self.tags[: -len(KINDS)]

    def find_evidence(
        self, text: str, tag: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[int, int]:
        """Return the part of a folded text, within one of some spans, that speaks most for a tag.

        Each run gives its weight to its characters; the part is the one with the largest sum.

        Examples
        --------
        >>> from watamachi_analysis.codebook import load_codebook
        >>> book = load_codebook()
        >>> learned = learn_from(book)
        >>> text = "きのうの話だと、バスの本数がまた減った"
        >>> start, end = learned.find_evidence(text, "mobility_shopping", [(0, len(text))])
        >>> "バス" in text[start:end]
        True
        """
        column = self.tags.index(tag)
        votes = np.zeros(len(text) + 1)
        for size in range(1, LONGEST_RUN + 1):
            for start in range(len(text) - size + 1):
                row = self.columns.get(text[start : start + size])
                if row is not None:
                    votes[start : start + size] += self.weights[row, column] / size
        _, start, end = max(
            (_heaviest(votes[first:last], first) for first, last in spans),
            key=lambda found: (found[0], -found[1]),
        )
        return start, end


def _leaning(text: str, associations: Associations, issues: Sequence[str]) -> np.ndarray:
    sums = associations.add_up(text)
    return np.array([min(sums.get(issue, 0), MOST_LEANING) for issue in issues]) * LEANING_SCALE


def _heaviest(votes: np.ndarray, first: int) -> tuple[float, int, int]:
    """Return the largest sum of neighbours, and where they stand (Kadane); one at least."""
    best, start, total = (-np.inf, first, first + 1), first, 0.0
    for end, vote in enumerate(votes.tolist(), first + 1):
        if total <= 0:
            start, total = end - 1, 0.0
        total += vote
        best = max(best, (total, start, end), key=lambda found: found[0])
    return best


def _runs(text: str) -> list[str]:
    marked = text + END
    return [
        marked[start : start + size]
        for size in range(1, LONGEST_RUN + 1)
        for start in range(len(marked) - size + 1)
    ]


@lru_cache(maxsize=4)
def learn(
    examples: Examples, spellings: Spellings, associations: Associations, issues: tuple[str, ...]
) -> Learned:
    """Learn one logistic regression a tag from labelled statements.

    Its features are the runs of characters of a text and, for each issue, how strongly the
    associated words lean towards it.

    Parameters
    ----------
    examples
        The statements.
    spellings
        How their texts are folded.
    associations
        Words that lean towards an issue.
    issues
        The issues to learn; the kinds are always learned.

    Returns
    -------
    Learned
        The same for the same examples, in any process.
    """
    table = examples.table
    count = CountVectorizer(analyzer=_runs, min_df=FEWEST_TEXTS, binary=True)
    texts = [spellings.fold(str(text)).text for text in table["text"]]
    runs = normalize(count.fit_transform(texts).astype(np.float64))
    leaning = np.array([_leaning(text, associations, issues) for text in texts])
    features = sparse.hstack([runs, leaning]).tocsr()
    fits = [_fit(features, table, tag, "issues") for tag in issues]
    fits += [_fit(features, table, tag, "kinds") for tag in KINDS]
    weights = np.array([own_weights for own_weights, _ in fits]).T
    return Learned(
        (*issues, *KINDS),
        count.vocabulary_,
        weights[: runs.shape[1]],
        weights[runs.shape[1] :],
        np.array([own_bias for _, own_bias in fits]),
        associations,
    )


def _fit(
    features: sparse.csr_matrix, table: pd.DataFrame, tag: str, column: str
) -> tuple[np.ndarray, float]:
    has = np.array([tag in tags for tags in table[column]])
    asked = np.array([tag not in tags for tags in table[f"optional_{column}"]]) | has
    if has[asked].all() or not has.any():
        return np.zeros(features.shape[1]), NEVER if not has.any() else -NEVER
    model = LogisticRegression(C=FREEDOM, solver="liblinear", random_state=0)
    model.fit(features[asked], has[asked], sample_weight=table["weight"].to_numpy()[asked])
    return model.coef_[0].round(6), float(model.intercept_[0].round(6))


def learn_from(book: Codebook) -> Learned:
    """Return what is learned from a codebook's examples.

    Raises
    ------
    ValueError
        If it has none.
    """
    if book.examples is None:
        raise ValueError("this codebook has no examples to learn from")
    return learn(book.examples, book.spellings, book.associations, tuple(book.labels))
