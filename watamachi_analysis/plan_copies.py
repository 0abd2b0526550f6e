"""Leave out measures that a survey holds twice, and set older plans of a municipality apart."""

import re
import unicodedata

import pandas as pd

from .errors import Problem

_FORMAT = re.compile(r"[\s\u3000、。・]")


def without_second_copies(measures: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Return measures without those that another file of the same plan holds too.

    A plan often lies in a folder twice, as a PDF and as a table; the same words of the same
    municipality and years are one measure.

    Parameters
    ----------
    measures
        Of all files, in their order: the first copy stays.
    problems
        One line for each file that repeats another is added here.
    """
    words = (measures["initiative"] + "|" + measures["text"]).map(_bare)
    years = measures["start"].astype(object).where(measures["start"].notna(), "")
    key = measures["district_name"].astype(str) + "|" + years.astype(str) + "|" + words
    first = measures["file"].groupby(key).transform("first")
    is_copy = measures["file"].ne(first) | measures.duplicated("measure_id")
    for (file, other), rows in measures[is_copy].groupby([measures["file"], first], sort=False):
        found = f"{len(rows)}件の施策が {other} と同じです。二重には数えません"
        problems.append(
            Problem(
                str(file), "", found, "同じ計画なら、どちらかのファイルを外してください", "notice"
            )
        )
    return measures[~is_copy].reset_index(drop=True)


def _bare(words: str) -> str:
    """Return the words of a measure without its mark and in one width."""
    plain = _FORMAT.sub("", unicodedata.normalize("NFKC", str(words)))
    return re.sub(r"^\W*(?:\d+|[ア-ン])?\W*(?=\w)", "", plain)


def split_by_age(measures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the measures of each municipality's latest plan, and those of earlier ones.

    A plan without years stands with the latest.

    Parameters
    ----------
    measures
        With `district` and `start`.

    Examples
    --------
    >>> table = pd.DataFrame({"district": "11208", "start": [2020, 2026, None]}).astype({"start": "Int64"})
    >>> latest, earlier = split_by_age(table)
    >>> len(latest), len(earlier)
    (2, 1)
    """
    newest = measures["start"].groupby(measures["district"]).transform("max")
    is_old = measures["start"].lt(newest).fillna(False).astype(bool)
    return (
        measures[~is_old].reset_index(drop=True),
        measures[is_old].reset_index(drop=True),
    )
