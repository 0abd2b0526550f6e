"""Group texts into themes that suggest what people speak of; the codebook decides, not these."""

import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize

from .codebook import Codebook, load_codebook
from .errors import TooLittleText
from .text import fold, tokenise

MIN_TEXTS = 50
MAX_THEMES = 10
DIMENSIONS = 20
RESTARTS = 10
WORDS_PER_THEME = 6
CENTRAL_TEXTS = 3
THEME_COLUMNS = ["text_id", "theme", "words", "central", "stability"]


def group(texts: pd.Series, *, seed: int = 0, codebook: Codebook | None = None) -> pd.DataFrame:
    """Group texts that use the same words.

    Word and character TF-IDF, latent semantic analysis, k-means; how far the same themes
    come back from a second seed is `stability`. Groups are suggestions: no map is coloured
    by them.

    Parameters
    ----------
    texts
        Strings; the index becomes `text_id`.
    seed
        Same seed and texts, same themes.
    codebook
        Its words are kept whole; the bundled one by default.

    Returns
    -------
    pandas.DataFrame
        One row per text: `text_id`, `theme` (0 is the largest; missing if there is too little
        text), `words` (what sets the theme apart), `central` (one of its three most typical
        texts) and `stability` (0 to 1, adjusted Rand index of two runs).

    Warns
    -----
    TooLittleText
        If there are fewer than 50 texts; then no theme is given.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     group(pd.Series(["バスが少ない"]))["theme"].isna().all()
    np.True_
    """
    if len(texts) < MIN_TEXTS:
        return _no_themes(texts, f"文が{len(texts)}件（{MIN_TEXTS}件から）")
    book = codebook if codebook is not None else load_codebook()
    compounds = book.compounds
    tokens = [tokenise(str(text), compounds) for text in texts]
    space = _space(texts, tokens, seed)
    different = len(np.unique(space.round(6), axis=0))
    number = min(MAX_THEMES, 2 + len(texts) // 12, different)
    if number < 2:
        return _no_themes(texts, "どの文にも同じことばがない")
    labels, centres = _cluster(space, number, seed)
    stability = float(adjusted_rand_score(labels, _cluster(space, number, seed + 1)[0]))
    distance = np.linalg.norm(space - centres[labels], axis=1)
    words = _contrast_words(tokens, labels)
    rank = pd.Series(distance).groupby(labels).rank(method="first")
    return pd.DataFrame(
        {
            "text_id": texts.index,
            "theme": pd.array(labels, dtype="Int64"),
            "words": [words.get(label, "") for label in labels],
            "central": pd.array(rank.le(CENTRAL_TEXTS).to_numpy(), dtype="boolean"),
            "stability": round(stability, 2),
        }
    )


def _no_themes(texts: pd.Series, why: str) -> pd.DataFrame:
    warnings.warn(f"{why}ため、まとまりを作りません。", TooLittleText, stacklevel=3)
    empty = pd.DataFrame({"text_id": texts.index}, columns=THEME_COLUMNS)
    return empty.astype({"theme": "Int64", "central": "boolean", "stability": "float64"})


def _space(texts: pd.Series, tokens: list[list[str]], seed: int) -> np.ndarray:
    """Return unit vectors of the texts: words and character runs, reduced by LSA."""
    folded = [fold(str(text)).text for text in texts]
    runs = [[text[i : i + n] for n in (2, 3) for i in range(len(text) - n + 1)] for text in folded]
    parts = [_weights(tokens, 1.0), _weights(runs, 0.5)]
    features = sparse.hstack(
        [part for part in parts if part is not None] or [sparse.csr_matrix((len(texts), 1))]
    )
    dimensions = min(DIMENSIONS, features.shape[1] - 1)
    if dimensions < 1:
        return np.zeros((len(texts), 1))
    reduced = TruncatedSVD(dimensions, random_state=seed).fit_transform(features.tocsr())
    return np.asarray(normalize(reduced))


def _weights(items: list[list[str]], factor: float) -> sparse.csr_matrix | None:
    """Return TF-IDF weights of what at least two texts share; None where they share nothing."""
    shared = pd.Series([item for own in items for item in set(own)], dtype=object).value_counts()
    if not (shared >= 2).any():
        return None
    weigh = TfidfVectorizer(analyzer=lambda item: item, min_df=2, sublinear_tf=True)
    return weigh.fit_transform(items) * factor


def _cluster(space: np.ndarray, number: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels, the largest cluster first, and the centres in that order."""
    model = KMeans(number, n_init=RESTARTS, random_state=seed).fit(space)
    sizes = np.bincount(model.labels_, minlength=number)
    order = np.lexsort((np.arange(number), -sizes))
    rank = np.empty(number, dtype=int)
    rank[order] = np.arange(number)
    return rank[model.labels_], model.cluster_centers_[order]


def _contrast_words(tokens: list[list[str]], labels: np.ndarray) -> dict[int, str]:
    """Return the words that stand in a theme's texts more often than in all others."""
    rows = pd.DataFrame({"word": tokens, "theme": labels}).explode("word").dropna()
    counts = pd.crosstab(rows["word"], rows["theme"])
    counts = counts[counts.sum(axis=1) >= 2]
    share = counts / counts.sum()
    rest = (counts.sum(axis=1).to_numpy()[:, None] - counts) / max(int(counts.to_numpy().sum()), 1)
    contrast = share - rest
    return {
        int(theme): "・".join(
            contrast[theme].sort_values(ascending=False, kind="stable").index[:WORDS_PER_THEME]
        )
        for theme in contrast.columns
    }
