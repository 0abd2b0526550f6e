"""Say what was found over all districts, of one issue and of all."""

from collections.abc import Mapping

import pandas as pd

from .overlap import STATES
from .privacy import ALL_ISSUES


def find_sentence(rows: pd.DataFrame, *, of_several: bool = False) -> tuple[str, str]:
    """Return the finding of one issue over all districts, and what cannot be said yet.

    Parameters
    ----------
    rows
        The rows of one issue, with `state`.
    of_several
        Whether they are those of several issues: then some of these are a gap, not all.

    Examples
    --------
    >>> find_sentence(pd.DataFrame({"state": ["gap", "overlap", "no_record"]}))
    ('困りごとの声がある2地区のうち、1地区では活動がまだ見えません。', 'ほかに記録なし1地区')
    """
    states = rows["state"].value_counts()
    numbers = {state: int(states.get(state, 0)) for state in STATES}
    voiced = numbers["overlap"] + numbers["gap"]
    heard = voiced + numbers["resource"] + numbers["no_voice"]
    if numbers["gap"]:
        gap = numbers["gap"]
        unseen = (
            "に、活動がまだ見えない課題があります" if of_several else "では活動がまだ見えません"
        )
        finding = f"困りごとの声がある{voiced}地区のうち、{gap}地区{unseen}。"
    elif voiced:
        every = "のすべて" if voiced > 1 else ""
        finding = f"困りごとの声がある{voiced}地区{every}に、活動があります。"
    elif heard:
        finding = f"集まりを重ねた{heard}地区で、数を示せるほどの困りごとの声は出ていません。"
    else:
        finding = "まだ言えることがありません。集まりの記録が増えると見えてきます。"
    rest = [
        f"{STATES[state][0]}{numbers[state]}地区"
        for state in ("too_little", "hidden", "no_record")
        if numbers[state]
    ]
    return finding, f"ほかに{'・'.join(rest)}" if rest else ""


def find_overall(table: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Return the finding over all issues: where activities are not seen yet, and for what most.

    Parameters
    ----------
    table
        As `judge` returns it.
    labels
        Issue → label.

    Examples
    --------
    >>> rows = [("11208", "all", "gap"), ("11208", "places", "gap")]
    >>> table = pd.DataFrame(rows, columns=["district", "issue", "state"])
    >>> find_overall(table, {"places": "居場所"})
    '困りごとの声がある1地区のうち1地区に、活動がまだ見えない課題があります。最も多いのは「居場所」（1地区）です。'
    """
    every = table[table["issue"].eq(ALL_ISSUES)]
    open_ones = table[table["issue"].isin(labels) & table["state"].eq("gap")]
    gaps = open_ones["issue"].value_counts()
    if gaps.empty:
        return find_sentence(every)[0]
    most = "」「".join(label for issue, label in labels.items() if gaps.get(issue, 0) == gaps.max())
    having = set(open_ones["district"])
    voiced = having | set(every.loc[every["state"].isin(["overlap", "gap"]), "district"])
    return (
        f"困りごとの声がある{len(voiced)}地区のうち{len(having)}地区に、活動がまだ見えない課題があります。"
        f"最も多いのは「{most}」（{gaps.max()}地区）です。"
    )
