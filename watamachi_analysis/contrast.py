"""Find the words that set some texts apart from the others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

HALF = 0.5  # added to each of the four counts, so that no odds are divided by nothing


def contrast_words(
    tokens: Sequence[Sequence[str]], groups: Sequence[object], *, at_least: int = 2
) -> pd.DataFrame:
    """Return how far each word marks one group of texts off from all others.

    The log odds ratio of texts that hold the word, with half a text added to each count
    (Haldane 1956, Anscombe 1956), over its standard error: rare words need more proof.

    Parameters
    ----------
    tokens
        The words of each text; a word counts once a text.
    groups
        The group of each text.
    at_least
        Words in fewer texts than this are left out.

    Returns
    -------
    pandas.DataFrame
        One row per group and word that is more frequent there than elsewhere: `group`, `word`,
        `texts` (of the group that hold it) and `z` (1.96 is beyond chance for a single word),
        the most telling first within each group.

    Examples
    --------
    >>> found = contrast_words([["バス", "遠い"], ["バス"], ["畑"], ["畑", "遠い"]], [0, 0, 1, 1])
    >>> found[["group", "word", "texts"]].to_numpy().tolist()
    [[0, 'バス', 2], [1, '畑', 2]]
    """
    rows = pd.DataFrame(
        [
            (group, word)
            for words, group in zip(tokens, groups, strict=True)
            for word in sorted(set(words))
        ],
        columns=["group", "word"],
    )
    counts = pd.crosstab(rows["word"], rows["group"])
    counts = counts[counts.sum(axis=1) >= at_least]
    sizes = pd.Series(list(groups)).value_counts().reindex(counts.columns)
    inside, others = counts + HALF, counts.sum(axis=1).to_numpy()[:, None] - counts + HALF
    left, rest = sizes - counts + HALF, len(groups) - sizes - others + 2 * HALF
    error = (1 / inside + 1 / left + 1 / others + 1 / rest) ** 0.5
    z = pd.DataFrame(np.log(inside * rest / (left * others))) / error
    found = pd.DataFrame({"z": z.stack(), "texts": counts.stack()}).reset_index()
    found = found[found["z"].gt(0) & found["texts"].gt(0)]
    order = found.sort_values(["group", "z", "word"], ascending=[True, False, True]).index
    return pd.DataFrame(found.loc[order, ["group", "word", "texts", "z"]]).reset_index(drop=True)
