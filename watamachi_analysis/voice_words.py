"""Name what the words of headings in a plan say of the voices below them: a kind, a column."""

import re
from functools import cache

from .bundled import resource_table

KINDS = ("need", "request", "wish", "activity")
LONGEST_HEAD = 60  # characters; more are no heading
LONGEST_COLUMN = 14  # characters of the heading of a column
_COLUMNS = ("theme", "rank", "count", "text", "reply")
_LEGEND = re.compile("[(（][●○◎・◆◇■□→][)）]$")  # 困ること（●）
_PARTICLES = "とのをが"  # with which a line goes on


@cache
def voice_pattern(what: str) -> re.Pattern[str]:
    """Return the pattern of the table of words that mark voices in plans."""
    table = resource_table("plans/voice_words.csv")
    return re.compile(table.loc[table["what"] == what, "pattern"].item())


def name_kind(label: str) -> str:
    """Return the one kind that a label tells, '' where it tells none or several.

    Examples
    --------
    >>> [name_kind(label) for label in ("困りごと", "解決策", "困りごとと解決策", "移動")]
    ['need', 'request', '', '']
    """
    told = [kind for kind in KINDS if voice_pattern(kind).search(label[:LONGEST_HEAD])]
    return told[0] if len(told) == 1 else ""


def name_column(text: str) -> str:
    """Return what the heading of a column says stands below: a kind, `text`, `theme` and the like.

    Examples
    --------
    >>> [name_column(word) for word in ("分類", "現状・問題点", "解決策", "バスがなくて困る")]
    ['theme', 'need', 'request', '']
    """
    words = _LEGEND.sub("", text)
    if not words or len(words) > LONGEST_COLUMN or words[0] in _PARTICLES:
        return ""
    named = next((name for name in _COLUMNS if voice_pattern(f"column_{name}").match(words)), "")
    if named or not any(voice_pattern(kind).search(words) for kind in KINDS):
        return named
    rest = words
    for kind in KINDS:
        rest = voice_pattern(kind).sub("", rest)
    # A column of several kinds, 困りごと・要望, holds voices, but tells none of them.
    return "" if voice_pattern("column_filler").sub("", rest) else name_kind(words) or "text"
