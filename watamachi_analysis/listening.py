"""Say where one more gathering would settle most."""

import numpy as np
import pandas as pd

from .certainty import expect_answers
from .levels import pivot_records
from .privacy import ALL_ISSUES


def where_next(overlap: pd.DataFrame) -> pd.DataFrame:
    """Rank the districts by what one more gathering there is expected to settle.

    `settles` is the sum over the issues of H(p) − r H(p after yes) − (1−r) H(p after no): the
    information about "above or below the prefecture" that the next gathering brings (Lindley
    1956; see `expect_answers`). An issue of which nothing is known counts 1, so `settles` reads
    as a number of issues. A district that was listened to often has little left to tell.

    Parameters
    ----------
    overlap
        As `count` returns it. Issues whose count is hidden take no part.

    Returns
    -------
    pandas.DataFrame
        All districts, the one that settles most first: `district`, `name`, `gatherings`,
        `open_issues` (issues not yet called high or low), `settles`, `sentence`. Equals stand in
        the order of `overlap`.
    """
    issues = overlap[overlap["issue"].ne(ALL_ISSUES)]
    heard, held = pivot_records(issues)
    answers = np.nansum(expect_answers(heard.to_numpy(), held.to_numpy()), axis=0)
    by_district = issues.groupby("district", sort=False)
    table = by_district[["name", "gatherings"]].first()
    open_issues = issues["level"].eq("").groupby(issues["district"]).sum()
    table = table.assign(
        open_issues=open_issues.astype("Int64"),
        settles=pd.Series(answers.round(6), index=heard.columns),
    ).reset_index()
    ranked = table.sort_values("settles", ascending=False, kind="stable", ignore_index=True)
    said = [_sentence(row, len(heard)) for row in ranked.to_dict("records")]
    return ranked.assign(sentence=pd.Series(said, index=ranked.index, dtype="str"))


def _sentence(row: dict[object, object], issues: int) -> str:
    """Say what is open in a district, and what one more gathering would tell."""
    if row["gatherings"] == 0:
        begun = "集まりの記録がありません。1回聞くと"
    elif row["open_issues"] == 0:
        begun = f"これまで{row['gatherings']}回で、どの課題も見通しがあります。もう1回聞くと"
    else:
        held, open_ones = (
            f"これまで{row['gatherings']}回",
            f"課題{issues}のうち{row['open_issues']}",
        )
        begun = f"{held}。{open_ones}は高いとも低いとも言えません。もう1回聞くと"
    return f"{begun}、課題{row['settles']:.1f}ぶんの見通しが立ちそうです。"
