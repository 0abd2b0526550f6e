"""Judge how likely a text carries each tag, by what was learned from labelled statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

from .bundled import resource_arrays
from .codebook import KINDS, Associations, Codebook, Examples, Spellings
from .words import READER, split_words

LONGEST_RUN = 4
WORD = "\t"  # stands before a word in its dictionary form, so that it is no run of characters
_TELLING = {"名詞", "動詞", "形容詞", "副詞"}
NONE = "none"  # the odds that a text is about no issue at all
MOST_LEANING, LEANING_SCALE = 9, 0.1  # sums of associations, brought to the size of the traits
END = "$"  # where a statement ends says much about who acts
STIFFNESS = 0.1  # how far the odds stay with what ships until corrections speak for more
Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned: a net with one hidden layer, and what an adviser's corrections add.

    Attributes
    ----------
    tags
        The issues, then the kinds, then `NONE`.
    columns
        Trait (see `find_traits`) → its row in `steps`.
    steps, sizes
        One row per trait, one column per hidden unit, in whole steps; what a step of each row is.
    leaning
        One row per issue, one column per hidden unit: what its associated words weigh.
    hidden
        One number per hidden unit.
    weights
        One row per hidden unit, one column per tag.
    bias
        One number per tag.
    associations
        Where the associated words are looked up.
    taught
        Trait → what corrections add to the odds of each tag.
    """

    tags: tuple[str, ...]
    columns: Mapping[str, int]
    steps: np.ndarray
    sizes: np.ndarray
    leaning: np.ndarray
    hidden: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    associations: Associations
    taught: Weights = field(default_factory=dict)

    def judge(self, text: str) -> dict[str, float]:
        """Return the log odds that a folded text carries each tag, or is about no issue.

        Examples
        --------
        >>> from watamachi_analysis.codebook import load_codebook
        >>> judged = learn_from(load_codebook()).judge("バスの本数が減って病院に行けない")
        >>> judged["mobility_shopping"] > 0 > judged["food_agriculture"]
        True
        """
        total = self._hidden(text) @ self.weights + self.bias + _add_up(text, self.taught)
        return dict(zip(self.tags, total.round(4).tolist(), strict=True))

    @property
    def issues(self) -> tuple[str, ...]:
        """Return the tags that are issues."""
        return self.tags[: -len(KINDS) - 1]

    def _hidden(self, text: str) -> np.ndarray:
        rows = sorted(self.columns[trait] for trait in find_traits(text) if trait in self.columns)
        total = self.sizes[rows] @ self.steps[rows] / max(len(rows), 1) ** 0.5
        leaning = lean(text, self.associations, self.issues) @ self.leaning
        return np.asarray(np.maximum(total + leaning + self.hidden, 0.0))

    def find_evidence(
        self, text: str, tag: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[int, int]:
        """Return the part of a folded text, within one of some spans, that speaks most for a tag.

        Each trait gives what it adds to the odds of the tag, by way of the hidden units that
        this text rouses, to its characters; the part is the one with the largest sum, without
        the symbols at its ends.

        Examples
        --------
        >>> from watamachi_analysis.codebook import load_codebook
        >>> learned = learn_from(load_codebook())
        >>> text = "きのうの話だと、バスの本数がまた減った"
        >>> start, end = learned.find_evidence(text, "mobility_shopping", [(0, len(text))])
        >>> "バス" in text[start:end]
        True
        """
        column = self.tags.index(tag)
        roused = np.where(self._hidden(text) > 0, self.weights[:, column], 0.0)
        votes = np.zeros(len(text) + 1)
        for trait, start, end in place_traits(text):
            vote = self.taught[trait][column] if trait in self.taught else 0.0
            if trait in self.columns:
                row = self.columns[trait]
                vote += self.sizes[row] * (self.steps[row] @ roused)
            votes[start:end] += vote / (end - start)
        _, start, end = max(
            (_heaviest(votes[first:last], first) for first, last in spans),
            key=lambda found: (found[0], -found[1]),
        )
        letters = [i for i in range(start, end) if text[i].isalnum()]
        return (letters[0], letters[-1] + 1) if letters else (start, end)


def lean(text: str, associations: Associations, issues: Sequence[str]) -> np.ndarray:
    """Return how strongly the associated words of a folded text lean towards each issue."""
    sums = associations.add_up(text)
    return np.array([min(sums.get(issue, 0), MOST_LEANING) for issue in issues]) * LEANING_SCALE


def place_traits(text: str) -> Iterator[tuple[str, int, int]]:
    r"""Yield what a folded text shows, and where: runs of characters, words in dictionary form.

    Runs have one to four characters; where the text ends counts as a character.

    Examples
    --------
    >>> [trait for trait, start, _ in place_traits("足が痛い") if start == 2]
    ['痛', '痛い', '痛い$', '\t痛い']
    """
    marked = text + END
    for size in range(1, LONGEST_RUN + 1):
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size], start, start + size
    for word in split_words(text, READER):
        if word.part in _TELLING:
            yield WORD + word.base, word.start, word.end


@lru_cache(maxsize=256)  # a statement is judged as a whole and by its sentences, one after another
def find_traits(text: str) -> tuple[str, ...]:
    """Return each trait of a folded text once, in order."""
    return tuple(sorted({trait for trait, _, _ in place_traits(text)}))


def _add_up(text: str, weights: Weights) -> np.ndarray | float:
    if not weights:
        return 0.0
    traits = find_traits(text)
    known = [weights[trait] for trait in traits if trait in weights]
    return np.sum(known, axis=0) / len(traits) ** 0.5 if known else 0.0


def _heaviest(votes: np.ndarray, first: int) -> tuple[float, int, int]:
    """Return the largest sum of neighbours, and where they stand (Kadane); one at least."""
    best, start, total = (-np.inf, first, first + 1), first, 0.0
    for end, vote in enumerate(votes.tolist(), first + 1):
        if total <= 0:
            start, total = end - 1, 0.0
        total += vote
        best = max(best, (total, start, end), key=lambda found: found[0])
    return best


@cache
def load_learned(associations: Associations) -> Learned:
    """Return what ships with the package, learned by `tests/quality/train.py`.

    Parameters
    ----------
    associations
        The codebook's; what it was trained with.
    """
    return unpack(resource_arrays("codebook/learned.npz"), associations)


def unpack(arrays: Mapping[str, np.ndarray], associations: Associations) -> Learned:
    """Return the net that some arrays hold.

    Parameters
    ----------
    arrays
        As `Learned` has them, `tags` and `columns` (in the order of their rows) as UTF-8 lines.
    associations
        What it was trained with.
    """
    columns = bytes(arrays["columns"]).decode("utf-8").split("\n")
    sizes, leaning, hidden, weights, bias = (
        arrays[name].astype(float) for name in ("sizes", "leaning", "hidden", "weights", "bias")
    )
    return Learned(
        tuple(bytes(arrays["tags"]).decode("utf-8").split("\n")),
        {trait: row for row, trait in enumerate(columns)},
        arrays["steps"],
        sizes,
        leaning,
        hidden,
        weights,
        bias,
        associations,
    )


def teach(learned: Learned, examples: Examples, spellings: Spellings) -> Learned:
    """Return what was learned with what some more statements teach on top of it.

    A logistic regression a tag on the traits of the statements that starts from the odds given
    so far (an offset), so that only what they say otherwise is learned.

    Parameters
    ----------
    learned
        What to build on; it stays as it is.
    examples
        Statements with their tags; `weight` says how many statements each counts for.
    spellings
        How their texts are folded.

    Examples
    --------
    >>> import pandas as pd
    >>> from watamachi_analysis.codebook import load_codebook
    >>> book = load_codebook()
    >>> learned = learn_from(book)
    >>> row = {"text": "ロバのえさやり", "issues": {"environment"}, "kinds": {"wish"}, "weight": 5.0}
    >>> taught = teach(learned, Examples(pd.DataFrame([row])), book.spellings)
    >>> before, after = (one.judge("ロバのえさ")["environment"] for one in (learned, taught))
    >>> bool(after > before)
    True
    """
    table = examples.table
    texts = [spellings.fold(str(text)).text for text in table["text"]]
    traits = [find_traits(text) for text in texts]
    columns = {trait: i for i, trait in enumerate(sorted(set().union(*traits)))}
    features = sparse.csr_matrix(
        (
            np.concatenate([np.full(len(own), len(own) ** -0.5) for own in traits]),
            np.concatenate([[columns[trait] for trait in own] for own in traits]),
            np.cumsum([0, *map(len, traits)]),
        ),
        shape=(len(traits), len(columns)),
    )
    offset = np.array([list(learned.judge(text).values()) for text in texts])
    asked = np.array(
        [
            [tag in issues or tag in kinds or (tag == NONE and not issues) for tag in learned.tags]
            for issues, kinds in zip(table["issues"], table["kinds"], strict=True)
        ]
    )
    shares = _fit(features @ features.T, offset, asked, table["weight"].to_numpy(dtype=float))
    added = (features.T @ shares).round(6)
    return replace(learned, taught={trait: added[i] for trait, i in columns.items()})


def _fit(
    likeness: sparse.csr_matrix, offset: np.ndarray, asked: np.ndarray, counts: np.ndarray
) -> np.ndarray:
    """Return the share that each statement has in the weights of each tag.

    Minimises the weighted logistic loss plus half the stiffness times the squared weights. The
    best weights are a sum of the statements' own features (representer theorem), so there are
    as many unknowns as statements, not as traits.
    """

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        shares = flat.reshape(asked.shape)
        pull = likeness @ shares
        odds = offset + pull
        costs = counts[:, None] * (np.logaddexp(0, odds) - asked * odds)
        total = costs.sum() + STIFFNESS / 2 * (shares * pull).sum()
        step = likeness @ (counts[:, None] * (expit(odds) - asked) + STIFFNESS * shares)
        return float(total), step.ravel()

    found = minimize(loss, np.zeros(asked.size), jac=True, method="L-BFGS-B")
    return np.asarray(found.x).reshape(asked.shape)


@lru_cache(maxsize=4)
def _learn(examples: Examples, associations: Associations, spellings: Spellings) -> Learned:
    learned = load_learned(associations)
    return learned if examples.table.empty else teach(learned, examples, spellings)


def learn_from(book: Codebook) -> Learned:
    """Return what ships with the package, and what a codebook's own examples teach on top.

    Raises
    ------
    ValueError
        If the codebook is to be read by its rules alone.
    """
    if book.examples is None:
        raise ValueError("this codebook is read by its rules alone")
    return _learn(book.examples, book.associations, book.spellings)
