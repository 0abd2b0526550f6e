"""Tell what changed between two plans of one municipality: new, dropped and reworded measures."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import pandas as pd

CHANGES = {
    "new": "新しい施策",
    "dropped": "なくなった施策",
    "reworded": "書き方が変わった施策",
    "kept": "同じ施策",
}
CHANGE_COLUMNS = [
    "district", "change", "earlier_plan", "earlier_initiative", "earlier_text", "plan", "initiative",
    "text", "likeness",
]  # fmt: skip
ALIKE = 0.55  # of the letters of two measures: less, and they are two
_MARK = re.compile(r"^[\s・①-⑳❶-❿⃝()（）0-9０-９ア-ン.．、-]+(?=[一-龥ぁ-んァ-ヶ])")


def find_plan_changes(earlier: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return what became of each measure of earlier plans, and which are new.

    Two measures are one where most letters of titles and texts are the same in the same order
    (Ratcliff and Obershelp's likeness); the most alike are paired first, each once.

    Parameters
    ----------
    earlier
        As `Survey.earlier_measures` holds them; of several earlier plans the last counts.
    measures
        Those of the latest plans. Municipalities without an earlier plan have no row.

    Returns
    -------
    pandas.DataFrame
        Every measure of either plan once: `district`, `change` (a key of `CHANGES`), plan,
        initiative and text of both, `likeness` (0 to 1; missing where there is no pair).

    Examples
    --------
    >>> plan = {"district": "11208", "role": "", "start": 2020, "plan": "第3期"}
    >>> old = pd.DataFrame([plan | {"initiative": "サロンの支援", "text": "会場費を補助します。"}])
    >>> new = old.assign(start=2026, plan="第4期", text="会場費と保険料を補助します。")
    >>> find_plan_changes(old, new)[["change", "likeness"]].values.tolist()
    [['reworded', 0.87]]
    """
    rows: list[dict[str, object]] = []
    for district, before in earlier.groupby("district", sort=True):
        last = before[before["start"].eq(before["start"].max())].to_dict("records")
        rows += _compare(last, measures[measures["district"].eq(district)].to_dict("records"))
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def _compare(
    before: Sequence[dict[object, object]], after: Sequence[dict[object, object]]
) -> Iterator[dict[str, object]]:
    pairs = dict(_pair([_words(row) for row in before], [_words(row) for row in after]))
    taken = {old for old, _ in pairs.values()}
    for number, row in enumerate(after):
        old, likeness = pairs.get(number, (None, None))
        yield _row(None if old is None else before[old], row, likeness)
    for number, row in enumerate(before):
        if number not in taken:
            yield _row(row, None, None)


def _words(row: dict[object, object]) -> str:
    title = _MARK.sub("", str(row["initiative"]))
    words = title if row["text"] in (title, row["initiative"]) else f"{title}{row['text']}"
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words))


def _pair(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, tuple[int, float]]]:
    """Yield new → (old, likeness), the most alike first, each once."""
    found = []
    for new, words in enumerate(after):
        matcher = SequenceMatcher(b=words, autojunk=False)
        for old, others in enumerate(before):
            matcher.set_seq1(others)
            # What can at most be the same is counted first: it is far quicker.
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                found.append((-round(matcher.ratio(), 2), new, old))
    paired_new: set[int] = set()
    paired_old: set[int] = set()
    for minus, new, old in sorted(found):
        if -minus >= ALIKE and new not in paired_new and old not in paired_old:
            paired_new.add(new)
            paired_old.add(old)
            yield new, (old, -minus)


def _row(
    old: dict[object, object] | None, new: dict[object, object] | None, likeness: float | None
) -> dict[str, object]:
    one = new or old or {}
    change = "new" if old is None else "dropped" if new is None else "reworded"
    if old and new and _words(old) == _words(new):
        change = "kept"
    names = ("plan", "initiative", "text")
    return {
        "district": one["district"],
        "change": change,
        **{f"earlier_{name}": old[name] if old else "" for name in names},
        **{name: new[name] if new else "" for name in names},
        "likeness": likeness,
    }
