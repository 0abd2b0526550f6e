"""Tell what marks the lines of a municipal plan: 章, 基本目標, (1), ①, a running head, a bullet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .bundled import resource_table

# Families whose lines may be headings; the others never are.
HEADINGS = {
    "chapter", "section", "vision", "goal", "measure", "bracket_num", "num_multi", "paren",
    "circled", "circled_broken", "roman", "letter_colon", "kana", "num_flat",
}  # fmt: skip
STRONG = {"chapter", "section", "vision", "goal", "measure"}  # a word says what the heading is
MOST_CHARACTERS, MOST_COMMAS = 40, 1
_GOAL_WORD = re.compile(r"[^\s0-9０-９①-⑳❶-❿A-ZＡ-ＺⅠ-Ⅻ【〔(（:：.．、-]+")
_NUMERAL = re.compile("[0-9０-９①-⑳❶-❿A-ZＡ-ＺⅠ-Ⅻ一二三四五六七八九十]")
_ENDS = " \u3000：:】〕≫"
_PARTS = re.compile(r"[0-9０-９]+(?:[-－−‐.．・][0-9０-９]+)+")
_KINDS_OF_NUMBER = {
    "number": re.compile("[0-9０-９⑴-⒇]"),
    "kana": re.compile("[ア-ンｱ-ﾝ]"),
    "kanji": re.compile("[一二三四五六七八九十]"),
    "black": re.compile("[❶-❿]"),
    "round": re.compile("[①-⑳㉑-㉟➀-➉]"),
    "letter": re.compile("[A-ZＡ-Ｚ@]"),
}


@dataclass(frozen=True)
class Marker:
    """What stands before the words of a line: its family, which of the family, with a number or not."""

    family: str
    variety: str
    is_numbered: bool = True

    @property
    def may_head(self) -> bool:
        """Tell whether a line with this marker may be a heading."""
        return self.family in HEADINGS


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    table = resource_table("plans/headings.csv")
    return {
        family: re.compile(pattern)
        for family, pattern in zip(table["family"], table["pattern"], strict=True)
        if pattern
    }


def find_marker(line: str) -> Marker:
    """Return what marks a line; it must not have been through NFKC, which makes ① a 1.

    Parameters
    ----------
    line
        As it was extracted, spaces at its start included.

    Examples
    --------
    >>> find_marker("基本施策①：日常生活を支える取組の推進")
    Marker(family='measure', variety='基本施策', is_numbered=True)
    >>> find_marker("( ア ) 公的福祉サービスの充実")
    Marker(family='paren', variety='kana', is_numbered=True)
    """
    for family, pattern in _patterns().items():
        match = pattern.match(line)
        if match and not _is_word_of_text(family, match[0], line[match.end() :]):
            has_number = family not in STRONG or bool(_NUMERAL.search(match[0]))
            return Marker(family, _variety(family, line.strip(), match[0]), has_number)
    return Marker("body", "", is_numbered=False)


def _is_word_of_text(family: str, marker: str, rest: str) -> bool:
    """Tell whether 施策 or 目標 only begins the words of a line: 施策を進めるにあたって."""
    is_named = (
        _NUMERAL.search(marker) or not rest.strip() or marker[-1:] in _ENDS or rest[0] in _ENDS
    )
    return family in {"goal", "measure"} and not is_named


def _variety(family: str, line: str, marker: str) -> str:
    if family in {"goal", "measure"}:
        word = _GOAL_WORD.search(marker)
        parts = len(re.findall("[0-9０-９]+", marker))
        return (word[0] if word else "") + (f"-{parts}" if parts > 1 else "")
    if family == "num_multi":
        found = _PARTS.match(line)
        return str(len(re.findall("[0-9０-９]+", found[0]))) if found else ""
    if family in {"paren", "circled"}:
        kinds = (kind for kind, pattern in _KINDS_OF_NUMBER.items() if pattern.search(marker))
        return next(kinds, "")
    return ""


def reads_as_heading(line: str, *, commas: int = MOST_COMMAS) -> bool:
    """Tell whether a line is as short and as open as a heading: no sentence, one comma at most.

    Parameters
    ----------
    line
        Without the full stop that editions for screen readers put after headings.
    commas
        How many it may have.

    Examples
    --------
    >>> reads_as_heading("第1章 計画策定にあたって"), reads_as_heading("三つの目標を定めます。")
    (True, False)
    """
    words = line.strip()
    return (
        len(words) <= MOST_CHARACTERS and not words.endswith("。") and words.count("、") <= commas
    )
