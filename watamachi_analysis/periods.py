"""Read for which years a plan is made: from 令和6年度～11年度 to 2024 and 2029."""

import re
from collections.abc import Iterable, Iterator

from .cells import parse_date
from .text import fold

POSSIBLE = range(1900, 2200)
LONGEST = 30  # years; a plan is made for fewer
MOST_CHARACTERS = 200
_ERA = "(?:明治|大正|昭和|平成|令和|(?<![a-z])[mtshr]\\.?)"
_YEAR = re.compile(
    f"(?P<era>{_ERA})(?P<of_era>\\d{{1,2}}|元)|(?P<bare>\\d{{1,4}})(?:年度|年(?!間|度|代|以|前|後))"
)
_SPAN = re.compile("(?P<first>\\d{1,4})(?:年度?)?[~〜～―-](?P<last>\\d{1,4})年度?")
_LENGTH = re.compile("(\\d{1,2})(?:か年|ヵ年|カ年|箇年|ケ年|年間)")


def parse_period(text: str) -> tuple[int | None, int | None]:
    """Return the first and the last year that words name; None where they name none.

    Parameters
    ----------
    text
        Such as `令和6年度〜令和11年度`, `2025～2030年度`, `令和8年度から5年間`; fiscal years count by
        the year in which they begin.

    Examples
    --------
    >>> parse_period("令和6年度〜11年度"), parse_period("令和8年度から5年間"), parse_period("当面")
    ((2024, 2029), (2026, 2030), (None, None))
    """
    written = fold(text[:MOST_CHARACTERS]).text
    years = list(_years(written))
    if not years:
        return None, None
    first = min(years)
    length = _LENGTH.search(written)
    last = first + int(length[1]) - 1 if length and max(years) == first else max(years)
    return (first, last) if last - first < LONGEST else (None, None)


def _years(written: str) -> Iterator[int]:
    """Yield the years that are named; one without an era is of the era before it."""
    era = ""
    spans = {found.start("first"): found for found in _SPAN.finditer(written)}
    for found in _YEAR.finditer(written):
        era = (found["era"] or "").rstrip(".") or era
        number = found["of_era"] or found["bare"]
        yield from _western(era, number)
        span = spans.get(found.start("of_era") if found["of_era"] else found.start("bare"))
        if span:
            yield from _western(era, span["last"])
    for found in spans.values():
        if len(found["first"]) == 4:
            yield from _western("", found["first"])


def _western(era: str, number: str) -> Iterator[int]:
    year = int(number) if len(number) == 4 else _year_of(era, number)
    if year in POSSIBLE:
        yield year


def _year_of(era: str, number: str) -> int:
    """Return a year of an era; 0 where there is no such year or no era."""
    try:
        day = parse_date(f"{era}{number}年") if era else None
    except ValueError:
        return 0
    return day.year if day else 0


def find_period(lines: Iterable[str]) -> str:
    """Return the first of some lines that names a first and a later last year; '' where none does.

    Examples
    --------
    >>> find_period(["所沢市", "令和6年度～令和11年度", "令和6年3月"])
    '令和6年度～令和11年度'
    """
    for line in lines:
        first, last = parse_period(line)
        if first and last and first < last:
            return line.strip()
    return ""
