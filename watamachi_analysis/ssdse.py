"""Turn SSDSE-A, the statistics of all municipalities for education, into official figures."""

import re
from functools import cache

from .bundled import resource_table
from .cells import Record
from .codes import parse_code
from .errors import Problem
from .official import Part, set_aside_elsewhere
from .rows import Row, Sheet

CREDIT = "（独立行政法人統計センター）"
_HEADS = 3
_KEYS = 3


def read_ssdse(sheet: Sheet, prefecture: str) -> Part | None:
    """Return one record per municipality of the prefecture × item, None for any other sheet.

    A sheet of SSDSE-A has three rows of headings: the item codes after the edition, the years,
    the Japanese names. Items of the census are of 1 October, others of the fiscal year.

    Parameters
    ----------
    sheet
        Any sheet.
    prefecture
        Two digits. Rows of other prefectures are set aside with one notice.
    """
    filled = [row for row in sheet.rows if not row.is_blank]
    if len(filled) < _HEADS or not re.match(r"SSDSE-A-\d{4}", filled[0].cells[0].strip()):
        return None
    items, years, names = (row.cells for row in filled[:_HEADS])
    source = f"{items[0].strip()}{CREDIT}"
    columns = [
        (position, *_item(code.strip(), name, year))
        for position, (code, year, name) in enumerate(zip(items, years, names, strict=False))
        if position >= _KEYS and code.strip()
    ]
    groups: list[tuple[Record, ...]] = []
    unknown: list[Problem] = []
    elsewhere = 0
    for row in filled[_HEADS:]:
        code = _code(row)
        if code.startswith(prefecture):
            groups.append(tuple(_records(row, code, columns, source)))
        elif code:
            elsewhere += 1
        else:
            found = f"地域コード「{row.cells[0].strip()}」が分かりません"
            unknown.append(sheet.problem(row, found, "公開元から取り直してください"))
    problems = (*unknown, *set_aside_elsewhere(sheet, elsewhere))
    return Part(tuple(groups), problems, _HEADS + elsewhere, len(unknown))


def _code(row: Row) -> str:
    try:
        return parse_code(row.cells[0])
    except ValueError:
        return ""


@cache
def _known_items() -> dict[str, tuple[str, str, str]]:
    table = resource_table("official/ssdse_items.csv")
    rows = zip(table["item"], table["indicator"], table["unit"], table["day"], strict=True)
    return {item: (indicator, unit, day) for item, indicator, unit, day in rows}


def _item(code: str, name: str, year: str) -> tuple[str, str, str]:
    """Return the indicator, the unit and the as-of date of an item."""
    indicator, unit, day = _known_items().get(code, ("", "", ""))
    as_of = f"{year.strip()}-{day}" if day else f"{year.strip()}年"
    return indicator or name.strip(), unit, as_of


def _records(
    row: Row, code: str, columns: list[tuple[int, str, str, str]], source: str
) -> list[Record]:
    """Return the figures of one municipality."""
    return [
        Record(
            row,
            {
                "district": code,
                "indicator": indicator,
                "as_of": as_of,
                "value": row.cells[position] if position < len(row.cells) else "",
                "unit": unit,
                "source": source,
            },
            frozenset(),
        )
        for position, indicator, unit, as_of in columns
    ]
