"""Find in a plan whose it is, what it is called, for which years, and how its pages are numbered."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath

import pandas as pd

from .periods import find_period
from .sections import fold_lines

FEWEST_PAGES = 3  # that print their number, to know the numbers of the others
LONGEST_NAME = 40  # characters
LONGEST_PERIOD = 120
_PRINTED = re.compile("(?<![0-9０-９])[0-9０-９]{1,3}(?![0-9０-９])")


def find_printed(outline: pd.DataFrame) -> dict[int, int]:
    """Return page of the file → number printed on it, by what nearly all pages that print one tell.

    Where few do, the number of the page in the file stands for it.

    Parameters
    ----------
    outline
        As `read_outline` returns it.

    Examples
    --------
    >>> rows = [(page, "page", f"- {page - 4} -") for page in (5, 6, 7)]
    >>> find_printed(pd.DataFrame(rows, columns=["page", "mark", "text"]))
    {5: 1, 6: 2, 7: 3}
    """
    marks = outline[outline["mark"].eq("page") & outline["page"].notna()]
    steps: Counter[int] = Counter()
    for page, line in zip(marks["page"], marks["text"], strict=True):
        steps.update({int(number) - int(page) for number in _PRINTED.findall(line)})
    pages = {int(page) for page in outline["page"].dropna()}
    step, times = steps.most_common(1)[0] if steps else (0, 0)
    if times < FEWEST_PAGES:
        return {page: page for page in pages}
    return {page: page + step for page in pages if page + step > 0}


def find_municipalities(
    file: str, outline: pd.DataFrame, municipalities: Iterable[str]
) -> list[str]:
    """Return the municipalities that a plan is of: by its file's name, its cover, or its text.

    Parameters
    ----------
    file
        The name of its file, with or without folders.
    outline
        As `read_outline` returns it.
    municipalities
        The names known.

    Returns
    -------
    list of str
        None where none is named; several where the file's name or the cover names several.
    """
    known = [name for name in dict.fromkeys(municipalities) if name]
    cover = outline.loc[outline["mark"].eq("cover"), "text"]
    titles = [line for line in cover if "計画" in line]
    for texts in ([PurePath(file).stem], titles, cover):
        joined = " ".join("".join(line.split()) for line in texts)
        found = [name for name in known if name in joined]
        if found:
            return _longest(found)
    joined = " ".join(outline["text"])
    times = Counter({name: joined.count(name) for name in known if name in joined})
    return [name for name, _ in times.most_common(1)]


def _longest(names: Sequence[str]) -> list[str]:
    """Return names without those that are only part of another, as さいたま市 of さいたま市南区."""
    return [name for name in names if not any(name != other and name in other for other in names)]


def find_name(file: str, outline: pd.DataFrame) -> str:
    """Return the name of a plan: the largest line of its cover that says 計画, else its file's.

    Parameters
    ----------
    file
        The name of its file.
    outline
        As `read_outline` returns it.
    """
    cover = outline[outline["mark"].eq("cover") & outline["text"].str.contains("計画")]
    short = cover[cover["text"].str.len().lt(LONGEST_NAME) & ~cover["text"].str.contains("。")]
    if short.empty:
        return PurePath(file).stem
    sizes = short["size"].fillna(0.0)
    return str(short["text"].iloc[int(sizes.to_numpy().argmax())]).strip()


def find_years(outline: pd.DataFrame) -> str:
    """Return the words that say for which years a plan is: on its cover, else below 計画の期間.

    Parameters
    ----------
    outline
        As `read_outline` returns it, with `place`.
    """
    cover = outline.loc[outline["mark"].eq("cover"), "text"]
    below = [
        line.text
        for block in fold_lines(outline)
        if block.heading and "期間" in block.heading.title
        for line in block.lines
    ]
    return find_period(line for line in [*cover, *below] if len(line) < LONGEST_PERIOD)
