"""Say which means (事業・組合員活動・市民運動) the words of voices point to: a hint, never a verdict."""

from functools import cache

import pandas as pd

from .bundled import resource_table
from .text import fold

MEANS = {"business": "事業", "member_activity": "組合員活動", "civic_movement": "市民運動"}
MEANS_COLUMNS = ["district", "issue", "means", "word", "statements"]
WISHED = {"need", "request", "wish", "question"}  # kinds that ask for something to be done


@cache
def _words() -> tuple[tuple[str, str, str], ...]:
    """Return means, how the word is written for a reader, and the part of it to look for."""
    table = resource_table("plans/means.csv")
    folded = [fold(word).text for word in table["word"]]
    return tuple(zip(table["means"], table["label"], folded, strict=True))


def find_means(statements: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Return which means the words of what was said in a district about an issue point to.

    A thing that is needed daily, with a fee or a licence, points to a business; what neighbours
    can begin with little to an activity of members; a rule, a budget or a public facility to a
    civic movement.

    Parameters
    ----------
    statements
        `statement_id`, `district`, `text`.
    mentions
        As `tag` returns them, `text_id` being the `statement_id`.

    Returns
    -------
    pandas.DataFrame
        One row per district, issue and word that points to a means: `means` (a key of `MEANS`),
        `word` (in a form of its own, such as 預かり where 預かって was said), and `statements`: how
        many have it.

    Examples
    --------
    >>> said = pd.DataFrame({"statement_id": ["s"], "district": "11208", "text": "病院への送迎がほしい"})
    >>> about = pd.DataFrame({"text_id": ["s"], "issue": "mobility_shopping", "kind": "request"})
    >>> find_means(said, about).values.tolist()
    [['11208', 'mobility_shopping', 'business', '送迎', 1]]
    """
    asked = mentions[mentions["kind"].isin(WISHED)].dropna(subset=["issue"])
    pairs = asked[["text_id", "issue"]].drop_duplicates()
    here = statements[statements["statement_id"].isin(pairs["text_id"])].dropna(subset=["district"])
    texts = here.assign(text=[fold(text).text for text in here["text"]])
    said = pairs.merge(texts, left_on="text_id", right_on="statement_id")
    rows = []
    for (district, issue), own in said.groupby(["district", "issue"], sort=True):
        for name, word, folded in _words():
            times = sum(folded in text for text in own["text"])
            if times:
                rows.append((district, issue, name, word, times))
    return pd.DataFrame(rows, columns=MEANS_COLUMNS)
