"""Find the words that set some texts apart from the others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

PRIOR = 0.1  # how many times each word is taken to have been said before any text is read


def contrast_words(
    tokens: Sequence[Sequence[str]], groups: Sequence[object], *, at_least: int = 2
) -> pd.DataFrame:
    """Return how far each word marks one group of texts off from all others.

    The weighted log-odds ratio with a prior (Monroe, Colaresi, Quinn 2008, "Fightin' Words",
    equations 16 and 22): rare words need more proof than common ones.

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
    inside = counts + PRIOR
    outside = counts.sum(axis=1).to_numpy()[:, None] - counts + PRIOR
    left = inside.sum() - inside
    right = outside.sum() - outside
    with np.errstate(divide="ignore", invalid="ignore"):  # a group may own every word
        odds = np.log(inside / left) - np.log(outside / right)
    z = odds / np.sqrt(1 / inside + 1 / outside)
    found = pd.DataFrame({"z": z.stack(), "texts": counts.stack()}).reset_index()
    found = found[np.isfinite(found["z"]) & found["z"].gt(0) & found["texts"].gt(0)]
    order = found.sort_values(["group", "z", "word"], ascending=[True, False, True]).index
    return pd.DataFrame(found.loc[order, ["group", "word", "texts", "z"]]).reset_index(drop=True)
