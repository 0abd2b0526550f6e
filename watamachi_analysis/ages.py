"""Know the columns of a population table: totals, sexes and ages, and what they add up to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .bundled import resource_table
from .figures import STATUSES, read_figure, sum_figures
from .official import heading_key
from .rows import Row

ALL, MALE, FEMALE, HOUSEHOLDS = "計", "男", "女", "世帯"
LEAST_AGES = 5
UNKNOWN_AGE = -1
_OPEN = 999
_SEX = r"(?:の?\(?(男|女)性?\)?)?"
_SPAN = re.compile(rf"(\d+)歳?[-~〜–](\d+)歳?{_SEX}")
_OLDEST = re.compile(rf"(\d+)歳?(?:以上|[-~〜–]){_SEX}")
_UNKNOWN = re.compile(rf"(?:年齢)?不[詳明]{_SEX}")
_ENGLISH = re.compile(r"(wo)?man(\d+)")  # man1 is 0-4, man18 85 and over
_LAST_ENGLISH = 18
_GROUPS = (
    ("0–14歳人口", 0, 14), ("15–64歳人口", 15, 64), ("65歳以上人口", 65, _OPEN),
    ("75歳以上人口", 75, _OPEN),
)  # fmt: skip


@dataclass(frozen=True)
class AgeColumn:
    """One column of people between two ages, in years; the sex is '' where no heading says it."""

    position: int
    sex: str
    low: int
    high: int


@dataclass(frozen=True)
class AgeTable:
    """The figure columns of a population table; totals are keyed by sex, or `世帯`."""

    ages: tuple[AgeColumn, ...]
    totals: dict[str, int]

    @property
    def first(self) -> int:
        """Return the position of the first column of figures."""
        return min([*(column.position for column in self.ages), *self.totals.values()])

    def holds_figures(self, row: Row) -> bool:
        """Tell whether a row has a figure, or a mark for a missing one, under the headings."""
        positions = [*(column.position for column in self.ages), *self.totals.values()]
        return any(_is_figure(_cell(row, position)) for position in positions)

    def figures(self, row: Row, sex: str = ALL) -> list[tuple[str, str, str]]:
        """Return indicator, figure as written and unit; `sex` is whom the whole row counts."""
        suffix = "" if sex == ALL else f"（{sex}）"
        said = []
        for of, position in self.totals.items():
            name = {ALL: "総人口", HOUSEHOLDS: "世帯数"}.get(of, f"総人口（{of}）")
            said.append(
                (f"{name}{suffix}", _cell(row, position), "世帯" if of == HOUSEHOLDS else "人")
            )
        ages = self._of(ALL)
        for name, low, high in _GROUPS:
            columns = _exactly(ages, low, high)
            if columns:
                parts = [_cell(row, column.position) for column in columns]
                said.append((f"{name}{suffix}", sum_figures(parts), "人"))
        return said

    def _of(self, sex: str) -> list[AgeColumn]:
        """Return the age columns of a sex; of all, those of both where there are no others."""
        own = [column for column in self.ages if column.sex == sex]
        both = [column for column in self.ages if column.sex in {MALE, FEMALE}]
        return own or (both if sex == ALL else [])

    def disagreements(self, row: Row) -> list[str]:
        """Return which totals of a row are not what their parts add up to."""
        found = []
        for sex in (ALL, MALE, FEMALE):
            parts = [_cell(row, column.position) for column in self._of(sex)]
            found += self._compare(row, sex, parts, "年齢別")
        if {MALE, FEMALE} <= set(self.totals):
            parts = [_cell(row, self.totals[sex]) for sex in (MALE, FEMALE)]
            found += self._compare(row, ALL, parts, "男女")
        return found

    def _compare(self, row: Row, sex: str, parts: Sequence[str], of: str) -> list[str]:
        total = read_figure(_cell(row, self.totals[sex]))[0] if sex in self.totals else None
        added = read_figure(sum_figures(parts))[0] if parts else None
        if total is None or added is None or total == added:
            return []
        return [f"総数（{sex}）{total:,.0f} と{of}の合計 {added:,.0f} が合いません"]


def _cell(row: Row, position: int) -> str:
    return row.cells[position].strip() if position < len(row.cells) else ""


def _is_figure(text: str) -> bool:
    value, _ = read_figure(text)
    return value is not None or heading_key(text) in STATUSES


def _exactly(ages: Sequence[AgeColumn], low: int, high: int) -> list[AgeColumn]:
    """Return the columns between two ages, none where the columns are cut at other ages."""
    inside = [column for column in ages if low <= column.low and column.high <= high]
    is_cut = any(column.low < edge <= column.high for column in ages for edge in (low, high + 1))
    ends = {column.low for column in inside} >= {low} and {c.high for c in inside} >= {high}
    return inside if ends and not is_cut else []


@cache
def _totals() -> dict[str, str]:
    table = resource_table("official/population.csv")
    return dict(zip(table["heading"], table["of"], strict=True))


def sex_word(text: str) -> str:
    """Return 計, 男 or 女 for a word that means it, '' for any other.

    Examples
    --------
    >>> sex_word("総数"), sex_word("女性"), sex_word("世帯数"), sex_word("元町")
    ('計', '女', '', '')
    """
    word = _totals().get(heading_key(text), "")
    return "" if word == HOUSEHOLDS else word


def find_ages(row: Row, above: Sequence[str] = ()) -> AgeTable | None:
    """Return the figure columns under a row of headings, None where it names too few ages.

    Parameters
    ----------
    row
        The row that may be headings.
    above
        For each position the sex that a heading over it says, or ''.
    """
    ages = []
    totals: dict[str, int] = {}
    for position, text in enumerate(row.cells):
        over = above[position] if position < len(above) else ""
        key = heading_key(text)
        span = _age(key)
        if span:
            sex, low, high = span
            ages.append(AgeColumn(position, sex or over or ALL, low, high))
        elif key in _totals():
            of = _totals()[key]
            totals.setdefault(over if of == ALL and over else of, position)
    named = [column for column in ages if column.low != UNKNOWN_AGE]
    return AgeTable(tuple(ages), totals) if len(named) >= LEAST_AGES else None


def _age(key: str) -> tuple[str, int, int] | None:
    """Return sex, lowest and highest age of a heading, None where it is of no age.

    Examples
    --------
    >>> _age("0-4歳の男性"), _age("85歳以上の女性"), _age("woman18"), _age("世帯数")
    (('男', 0, 4), ('女', 85, 999), ('女', 85, 999), None)
    """
    if match := _SPAN.fullmatch(key):
        return match[3] or "", int(match[1]), int(match[2])
    if match := _OLDEST.fullmatch(key):
        return match[2] or "", int(match[1]), _OPEN
    if match := _UNKNOWN.fullmatch(key):
        return match[1] or "", UNKNOWN_AGE, UNKNOWN_AGE
    if match := _ENGLISH.fullmatch(key):
        low = 5 * (int(match[2]) - 1)
        high = _OPEN if int(match[2]) == _LAST_ENGLISH else low + 4
        return FEMALE if match[1] else MALE, low, high
    return None
