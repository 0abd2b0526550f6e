"""Read one official figure: its value, or the reason why there is none."""

import re
from collections.abc import Sequence

from .cells import parse_number, plain

# What a missing figure can mean; each keeps its own name.
STATUSES = {
    "-": "not_applicable", "－": "not_applicable", "ー": "not_applicable", "該当なし": "not_applicable",
    "x": "suppressed", "秘匿": "suppressed", "*": "suppressed",
    "…": "unknown", "...": "unknown", "・・・": "unknown", "不明": "unknown", "不詳": "unknown",
}  # fmt: skip
# How each reason is written, the strongest first: one hidden part hides its sum.
MARKS = {"suppressed": "X", "unknown": "…", "blank": "", "not_applicable": "-"}


def read_figure(text: str, status: str = "") -> tuple[float | None, str]:
    """Return the value of a figure and its status; blank, `-`, `X` and `…` stay apart.

    Examples
    --------
    >>> [read_figure(text) for text in ["1,234", "0", "-", "X", "…", ""]]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(1234.0, 'value'), (0.0, 'value'), (None, 'not_applicable'), (None, 'suppressed'),
     (None, 'unknown'), (None, 'blank')]
    """
    written = plain(text)
    if written in STATUSES or text.strip() in STATUSES:
        return None, STATUSES.get(written) or STATUSES[text.strip()]
    beside = STATUSES.get(plain(status), "")
    value = parse_number(re.sub("^[△▲]", "-", written))
    if value is None or beside:  # a figure marked 秘匿 is not shown, even where it is written
        return None, beside or ("unknown" if written else "blank")
    if re.search(r"\d\s*[~〜-]\s*\d", written):
        return None, "unknown"  # 「5～10」 is no one figure
    return value * (10_000 if re.search(r"\d\s*万", written) else 1), "value"


def sum_figures(texts: Sequence[str]) -> str:
    """Return the sum of whole figures as it would be written; `-` adds nothing.

    Where a part is suppressed, unknown or blank, the sum is too.

    Examples
    --------
    >>> sum_figures(["1,200", "34", "-"]), sum_figures(["5", "X"]), sum_figures(["-", "-"])
    ('1234', 'X', '-')
    """
    figures = [read_figure(text) for text in texts]
    statuses = {status for _, status in figures}
    values = [value for value, _ in figures if value is not None]
    for status, mark in MARKS.items():
        if status in statuses and (status != "not_applicable" or not values):
            return mark
    return f"{sum(values):.0f}"
