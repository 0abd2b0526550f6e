"""Say in words what changed since the last round, of one district and issue and for a board."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, zip_longest
from typing import Any

import pandas as pd

from .levels import whole_percent

ALL_DISTRICTS = "all"
# The chance from which one district is said to have changed: by simulation half of the calls from
# 80 % were wrong in a year in which one issue in twenty changed.
SURE_OF_ONE = 0.95
CHANGES = {"rise": "増えた", "fall": "減った"}
_CAME = {"needs": "困りごとが話に出ました", "wishes": "「やってみたい」という声が出ました"}
_NEVER = {"needs": "困りごとは話に出ていません", "wishes": "「やってみたい」という声は出ていません"}
_OF = {"needs": "困りごとが話に出る集まり", "wishes": "「やってみたい」という声が出る集まり"}
_ROUNDS = {"then": "前回", "now": "今回"}
_MOST_OVERALL = 3
_MOST_NAMED = 3
# What a board hears of first is what people want to do, and what eased.
_WELCOME = [("wishes", "rise"), ("needs", "fall"), ("needs", "rise"), ("wishes", "fall")]
Row = Mapping[Hashable, Any]


def say_change(row: Row) -> str:
    """Say what changed in one district and issue since the last round.

    Parameters
    ----------
    row
        As `compare_rounds` makes it, with its `mark` and `lacks`.

    Examples
    --------
    >>> counts = {"then_gatherings": 2, "then_held": 5, "now_gatherings": 5, "now_held": 6}
    >>> told = {"mark": "", "change": "rise", "p_rise": 0.92, "voices": "needs"}
    >>> say_change(counts | told)
    '前回は5回のうち2回、今回は6回のうち5回で困りごとが話に出ました。増えた見込み92%。'
    """
    if row["mark"] == "incomparable":
        return _say_incomparable(row)
    if row["mark"] == "no_record":
        silent = [name for side, name in _ROUNDS.items() if not row[f"{side}_held"]]
        both = len(silent) > 1
        which = "前回も今回も" if both else f"{silent[0]}は"
        return f"{which}集まりの記録がなく、くらべられません。"
    if row["mark"] == "hidden":
        return "人数が少ないため数を表示しない回があり、くらべられません。"
    if row["mark"] == "few":
        held = f"前回は{row['then_held']}回、今回は{row['now_held']}回"
        return f"集まりが{held}だけなので、くらべるには足りません。"
    return _say_gatherings(row) + _say_chance(row)


def say_whole(row: Row) -> str:
    """Say what changed of one issue over all districts with a record in both rounds.

    Parameters
    ----------
    row
        As `compare_rounds` makes it, with its `mark`, `lacks` and `blind`.

    Examples
    --------
    >>> counts = {"then_gatherings": None, "now_gatherings": None, "districts": 20, "blind": 0}
    >>> told = {"mark": "", "change": "", "voices": "wishes"}
    >>> say_whole(counts | told | {"then_districts": 5, "now_districts": 6})
    '両方の回に記録のある20地区のうち、前回は5地区、今回は6地区で「やってみたい」という声が出ました。差があるとは言えません。'
    """
    if row["mark"] == "incomparable":
        return _say_incomparable(row)
    if row["mark"] == "no_record":
        return "前回と今回の両方に集まりの記録がある地区がなく、くらべられません。"
    if row["mark"] == "few":
        return "両方の回に記録のある地区の集まりが少なく、くらべるには足りません。"
    where = f"両方の回に記録のある{row['districts']}地区"
    if pd.notna(row["then_gatherings"]) and pd.notna(row["now_gatherings"]):
        return f"{where}で、{_say_gatherings(row)}{_say_chance(row)}"
    blind = f"（ほかに分からない{row['blind']}地区）" if row["blind"] else ""
    return (
        f"{where}のうち、前回は{row['then_districts']}地区、今回は{row['now_districts']}地区{blind}で"
        f"{_CAME[row['voices']]}。{_say_chance(row)}"
    )


def _say_incomparable(row: Row) -> str:
    if row["lacks"]:
        return f"{_ROUNDS[row['lacks']]}の用語にない課題なので、くらべられません。"
    return "前回の記録の読み方が変わったため、くらべられません。"


def _say_gatherings(row: Row) -> str:
    then, now = (f"{row[f'{side}_held']}回" for side in _ROUNDS)
    if not row["then_gatherings"] and not row["now_gatherings"]:
        return f"前回の{then}でも今回の{now}でも、{_NEVER[row['voices']]}。"
    then, now = (f"{row[f'{side}_held']}回のうち{row[f'{side}_gatherings']}回" for side in _ROUNDS)
    return f"前回は{then}、今回は{now}で{_CAME[row['voices']]}。"


def _say_chance(row: Row) -> str:
    if row["change"] not in CHANGES:
        return "差があるとは言えません。"
    chance = whole_percent(row[f"p_{row['change']}"])
    return f"{CHANGES[row['change']]}見込み{chance}%。"


def list_changes(compared: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Return the three to five findings for a board, those over all districts first.

    Parameters
    ----------
    compared
        As `compare_rounds` returns it.
    labels
        Issue → label.

    Returns
    -------
    list of str
        At most three issues over all districts, what people want to do and what eased before
        the others; how many districts and issues changed; and what cannot be said. No district
        is ranked or named.
    """
    whole = compared[compared["district"].eq(ALL_DISTRICTS)]
    each = compared[compared["district"].ne(ALL_DISTRICTS)]
    changed = list(_pick(whole))
    lead = [
        f"「{labels.get(row['issue'], row['issue'])}」: {row['sentence']}"
        for row in changed[:_MOST_OVERALL]
    ]
    none = "地区をあわせて見ると、増えた・減ったと言える課題はまだありません。"
    return [*(lead or [none]), _count_changes(each), _say_rest(whole, labels, len(lead))]


def _pick(whole: pd.DataFrame) -> Iterable[dict[Hashable, Any]]:
    """Return the changes over all districts: one of each sort in turn, the surest first."""
    sorts = []
    for voices, change in _WELCOME:
        rows = whole[whole["voices"].eq(voices) & whole["change"].eq(change)]
        surest = rows.sort_values(f"p_{change}", ascending=False, kind="stable")
        sorts.append(surest.to_dict("records"))
    return (row for row in chain.from_iterable(zip_longest(*sorts)) if row is not None)


def _count_changes(each: pd.DataFrame) -> str:
    """Say how many districts × issues changed, and of how many that can be told."""
    told = int(each["p_rise"].notna().sum())
    if not told:
        return "地区ごとにくらべられる課題は、まだありません。集まりの記録が増えると見えてきます。"
    parts = [
        f"{_OF[voices]}が{CHANGES[change]}と言えるのは{number}"
        for voices, change in _WELCOME
        if (number := int((each["voices"].eq(voices) & each["change"].eq(change)).sum()))
    ]
    said = "、".join(parts) or "増えた・減ったと言えるものはありません"
    return f"地区ごとに見ると、くらべられる{told}の地区と課題の組のうち、{said}（見込み{whole_percent(SURE_OF_ONE)}%以上）。"


def _say_rest(whole: pd.DataFrame, labels: Mapping[str, str], named: int) -> str:
    """Say how many more changed over all districts, how many cannot be told, and of what nothing."""
    changed = int(whole["change"].isin(CHANGES).sum()) - named
    more = (
        [f"地区をあわせて増えた・減ったと言えるものは、ほかに{changed}件あります。"]
        if changed
        else []
    )
    open_ = int(whole["change"].eq("").sum())
    doubt = [f"差があるとは言えないもの{open_}件は、変わっていないという意味ではありません。"]
    lacking = whole[whole["change"].eq("incomparable")].drop_duplicates("issue")
    listed = [
        f"「{'」「'.join(labels.get(issue, issue) for issue in rows['issue'])}」は{reason}"
        for reason, rows in lacking.groupby("sentence", sort=False)
    ]
    source = "集まりの声であり、地区住民全体の割合ではありません。"
    return "".join([*more, *(doubt if open_ else []), *listed, source])


def list_district_changes(
    compared: pd.DataFrame, labels: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return of each district what rose and fell since the last round, wishes before needs.

    Parameters
    ----------
    compared
        As `compare_rounds` returns it.
    labels
        Issue → label.

    Returns
    -------
    dict
        District → sentences; the last says that of other issues nothing can be told, or why no
        comparison can be made at all.
    """
    each = compared[compared["district"].ne(ALL_DISTRICTS)]
    return {
        str(district): list(_say_district(rows, labels))
        for district, rows in each.groupby("district", sort=False)
    }


def _say_district(rows: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[str]:
    if rows["change"].eq("no_record").all():
        yield str(rows["sentence"].iloc[0])
        return
    order = [sort for sort in _WELCOME if sort[1] in CHANGES]
    for voices, change in order:
        own = rows[rows["voices"].eq(voices) & rows["change"].eq(change)]
        for row in own.to_dict("records"):
            yield f"「{labels.get(row['issue'], row['issue'])}」{row['sentence']}"
    if not rows["change"].isin(CHANGES).any():
        yield "どの課題も、増えたとも減ったとも言えません。変わっていないという意味ではありません。"
    elif rows["change"].isin(["", "hidden"]).any():
        yield "ほかの課題は、増えたとも減ったとも言えません。変わっていないという意味ではありません。"
