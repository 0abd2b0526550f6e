"""Group texts into themes that suggest what people speak of; the codebook decides, not these."""

import re
import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from .codebook import Codebook, load_codebook
from .contrast import contrast_words
from .errors import TooLittleText
from .text import fold
from .words import names_a_thing, tokenise

MIN_TEXTS = 50
MAX_THEMES = 10
DIMENSIONS = 20
RUNS = 100
TRIAL_RUNS = 20  # enough to compare numbers of themes; the chosen one gets all runs
RUNS_PER_SUBSAMPLE = 5
SUBSAMPLES = 20
SUBSAMPLE = 0.8
MOST_COMPARED = 2000  # every pair of texts is compared; further texts join the nearest theme
COMMON = 0.05  # a word in more of the texts than this tells none of them apart
COMMON_IN_FEW = 0.5  # but with few texts only one in half of the least number that is grouped
WORDS_PER_THEME = 6
CENTRAL_TEXTS = 3
# Hennig (2007), "Cluster-wise assessment of cluster stability": from 0.75 a cluster is stable,
# from 0.6 it hints at a pattern whose borders are open, below it should not be trusted.
BADGES = {0.75: "安定", 0.6: "やや不安定", 0.0: "不安定"}
DISSOLVED = 0.5
_NAMES_A_THING = re.compile("[一-龥々ァ-ヺ]")
THEME_COLUMNS = [
    "text_id", "theme", "words", "central", "edge", "stability", "badge", "nearest", "x", "y",
]  # fmt: skip


def group(texts: pd.Series, *, seed: int = 0, codebook: Codebook | None = None) -> pd.DataFrame:
    """Group texts that use the same words.

    Word and character TF-IDF, latent semantic analysis, then the consensus of 100 seeded runs
    of k-means (Monti et al. 2003): texts that most runs put together stand together. The number
    of themes is the one of which most come back when a fifth of the texts is left out. Groups
    are suggestions: no map is coloured by them.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.
    seed
        Same seed and texts, same themes, in any process.
    codebook
        Its words are kept whole; the bundled one by default.

    Returns
    -------
    pandas.DataFrame
        One row per text: `text_id`, `theme` (0 is the largest; missing if there is too little
        text), `words` (what sets the theme apart; without themes the words most often said),
        `central` (one of its three most typical texts), `edge` (its least typical text),
        `stability` (how well the theme comes back when a fifth of the texts is left out: 0 is
        chance, 1 is whole), `badge` (the same in a word), `nearest` (the `text_id` of the
        most similar text; missing if no other shares a word) and `x`, `y` (where to draw it).

    Warns
    -----
    TooLittleText
        If there are fewer than 50 texts; then no theme is given.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     found = group(pd.Series(["バスが少ない", "雪が降る", "バスが遅い"]))
    >>> found[["words", "nearest"]].iloc[0].tolist()
    ['バス', 2]
    """
    book = codebook if codebook is not None else load_codebook()
    compounds = book.compounds
    tokens = [tokenise(book.spellings.fold(str(text)).text, compounds) for text in texts]
    features = _features(texts, tokens)
    space = _space(features, seed)
    table = pd.DataFrame({"text_id": texts.index, "nearest": _nearest(space, texts.index)})
    if len(texts) < MIN_TEXTS:
        return _no_themes(table, tokens, f"文が{len(texts)}件（{MIN_TEXTS}件から）")
    most = min(MAX_THEMES, 2 + len(texts) // 12, len(np.unique(space, axis=0)))
    if most < 2:
        return _no_themes(table, tokens, "どの文にも同じことばがない")
    # A thousand small runs: threads would only wait for one another, and longest on a busy machine.
    with threadpool_limits(1):
        labels, stability = _themes(features, space, most, seed)
    by_theme = pd.Series(_similarity_to_centre(space, labels)).groupby(labels)
    central = by_theme.rank(method="first", ascending=False).le(CENTRAL_TEXTS)
    edge = by_theme.rank(method="first").eq(1) & ~central
    where = _picture(space, seed)
    return table.assign(
        theme=pd.array(labels, dtype="Int64"),
        words=np.array(_words(tokens, labels), dtype=object)[labels],
        central=central.astype("boolean"),
        edge=edge.astype("boolean"),
        stability=stability[labels].round(2),
        badge=[_badge(stability[label]) for label in labels],
        x=where[:, 0].round(4),
        y=where[:, 1].round(4),
    )[THEME_COLUMNS]


def _no_themes(table: pd.DataFrame, tokens: list[list[str]], why: str) -> pd.DataFrame:
    warnings.warn(f"{why}ため、まとまりを作りません。", TooLittleText, stacklevel=3)
    said = pd.Series([word for own in tokens for word in sorted(set(own))], dtype="str")
    often = said.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    words = "・".join(often[often >= 2].index[:WORDS_PER_THEME])
    empty = table.reindex(columns=THEME_COLUMNS).assign(words=words, badge="")
    kinds = {"theme": "Int64", "central": "boolean", "edge": "boolean"}
    return empty.astype(kinds | dict.fromkeys(["stability", "x", "y"], "float64"))


def _features(texts: pd.Series, tokens: list[list[str]]) -> sparse.csr_matrix:
    """Return TF-IDF weights of telling words and of runs of kanji and katakana."""
    shared = pd.Series([word for own in tokens for word in set(own)], dtype=object).value_counts()
    common = set(shared[shared > max(COMMON * len(texts), MIN_TEXTS * COMMON_IN_FEW)].index)
    telling = [
        [word for word in own if word not in common and names_a_thing(word)] for own in tokens
    ]
    runs = [_runs(fold(str(text)).text) for text in texts]
    parts = [part for part in (_weights(telling), _weights(runs)) if part is not None]
    return sparse.hstack(parts or [sparse.csr_matrix((len(texts), 1))]).tocsr()


def _runs(text: str) -> list[str]:
    """Return the runs of two and three characters that hold more than hiragana and signs."""
    runs = [text[i : i + n] for n in (2, 3) for i in range(len(text) - n + 1)]
    return [run for run in runs if _NAMES_A_THING.search(run)]


def _space(features: sparse.csr_matrix, seed: int) -> np.ndarray:
    """Return unit vectors of the texts, reduced by latent semantic analysis."""
    dimensions = min(DIMENSIONS, features.shape[0] - 1, features.shape[1] - 1)
    if dimensions < 1:
        return np.zeros((features.shape[0], 1))
    left, strengths, _ = randomized_svd(features, dimensions, random_state=seed)
    # The last digits depend on how many cores add up; themes must not.
    return np.asarray(normalize(left * strengths)).round(6)


def _weights(items: list[list[str]]) -> sparse.csr_matrix | None:
    """Return TF-IDF weights of what at least two texts share; None where they share nothing."""
    shared = pd.Series([item for own in items for item in set(own)], dtype=object).value_counts()
    if not (shared >= 2).any():
        return None
    weigh = TfidfVectorizer(analyzer=lambda item: item, min_df=2, sublinear_tf=True)
    return weigh.fit_transform(items)


def _nearest(space: np.ndarray, names: pd.Index) -> pd.Series:
    """Return the text most similar to each, a block of rows at a time."""
    found: list[object] = []
    for start in range(0, len(space), MOST_COMPARED):
        likeness = space[start : start + MOST_COMPARED] @ space.T
        own = np.arange(len(likeness))
        likeness[own, own + start] = -1
        best = likeness.argmax(axis=1)
        found += [
            names[other] if likeness[row, other] > 0 else None
            for row, other in enumerate(best.tolist())
        ]
    return pd.Series(found, dtype=object)


def _themes(
    features: sparse.csr_matrix, space: np.ndarray, most: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return a label per text, 0 for the largest theme, and the stability of each theme.

    The number of themes is the one whose themes come back best without a fifth of the texts.
    """
    compared = np.sort(np.random.default_rng(seed).permutation(len(space))[:MOST_COMPARED])
    sample = space[compared]
    without = _subsamples(features[compared], seed)
    trials = {
        number: _stability(_consensus(sample, number, TRIAL_RUNS, seed), without, seed)
        for number in range(2, most + 1)
    }
    number = max(trials, key=lambda n: (_come_back(trials[n]), trials[n].mean(), -n))
    found = _consensus(sample, number, RUNS, seed)
    stability = _stability(found, without, seed)
    centres = np.array([sample[found == label].mean(axis=0) for label in range(number)])
    labels = (space @ normalize(centres).T).argmax(axis=1)
    labels[compared] = found
    order = np.argsort(-np.bincount(labels, minlength=number), kind="stable")
    return np.argsort(order)[labels], stability[order]


def _come_back(stability: np.ndarray) -> float:
    """Return how many themes come back, each by how far it is from dissolved."""
    return float(np.maximum(stability - DISSOLVED, 0).sum().round(6))


def _subsamples(features: sparse.csr_matrix, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (the texts kept, the space that they alone would make) for each subsample."""
    random = np.random.default_rng(seed)
    kept = round(features.shape[0] * SUBSAMPLE)
    rows = [np.sort(random.permutation(features.shape[0])[:kept]) for _ in range(SUBSAMPLES)]
    return [(own, _space(features[own], seed)) for own in rows]


def _stability(
    labels: np.ndarray, without: list[tuple[np.ndarray, np.ndarray]], seed: int
) -> np.ndarray:
    """Return how well each theme comes back in the subsamples, 0 being chance and 1 whole.

    The mean Jaccard index with the best match, less what the same match gives for labels dealt
    out at random: a theme of nearly all texts comes back by chance alone.
    """
    random = np.random.default_rng(seed)
    found, chance = [], []
    for kept, space in without:
        again = _consensus(space, labels.max() + 1, RUNS_PER_SUBSAMPLE, seed)
        found.append(_best_match(labels[kept], again, labels.max() + 1))
        chance.append(_best_match(labels[kept], random.permutation(again), labels.max() + 1))
    expected = np.mean(chance, axis=0)
    return np.asarray(np.maximum((np.mean(found, axis=0) - expected) / (1 - expected), 0))


def _best_match(labels: np.ndarray, again: np.ndarray, number: int) -> np.ndarray:
    """Return the Jaccard index of each theme with the most similar theme of another grouping."""
    shared = np.zeros((number, number))
    np.add.at(shared, (labels, again), 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0) - shared
    return np.asarray((shared / np.maximum(union, 1)).max(axis=1))


def _consensus(space: np.ndarray, number: int, runs: int, seed: int) -> np.ndarray:
    """Return the labels on which many runs of k-means agree, by average linkage."""
    together = np.zeros((len(space), len(space)), dtype=np.float32)
    for run in range(runs):
        labels = KMeans(number, n_init=1, random_state=1000 * seed + run).fit_predict(space)
        together += labels[:, None] == labels[None, :]
    model = AgglomerativeClustering(number, metric="precomputed", linkage="average")
    return np.asarray(model.fit_predict(1 - together / runs))


def _badge(stability: float) -> str:
    return next(badge for least, badge in BADGES.items() if round(stability, 2) >= least)


def _similarity_to_centre(space: np.ndarray, labels: np.ndarray) -> np.ndarray:
    centres = np.array([space[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    return np.asarray((space * normalize(centres)[labels]).sum(axis=1).round(6))


def _words(tokens: list[list[str]], labels: np.ndarray) -> list[str]:
    names = [[word for word in own if names_a_thing(word)] for own in tokens]
    found = contrast_words(names, labels.tolist())
    return [
        "・".join(found.loc[found["group"].eq(label), "word"].head(WORDS_PER_THEME))
        for label in range(labels.max() + 1)
    ]


def _picture(space: np.ndarray, seed: int) -> np.ndarray:
    """Return two coordinates per text, to draw by; themes are never made from them."""
    if space.shape[1] < 3:
        return np.pad(space, ((0, 0), (0, 2)))[:, :2]
    left, strengths, _ = randomized_svd(space - space.mean(axis=0), 2, random_state=seed)
    return np.asarray(left * strengths)
