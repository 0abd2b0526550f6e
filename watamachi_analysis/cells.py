"""Turn what people write in cells into headings, dates, numbers and yes or no."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from .bundled import resource_table
from .errors import Problem
from .rows import Row, Sheet

HEADER_SEARCH_ROWS = 20

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERAS |= {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
# After the year: month and day, each optional; blanks between the parts are ordinary.
_MONTH_DAY = (
    r"\s*[年./-]\s*(?:度)?\s*"
    r"(?:(\d{1,2})(?!\d)(?:\s*[月./-]\s*(\d{1,2})(?!\d)(?!\s*[時:])(?:\s*日)?)?(?:\s*月)?)?"
)
_WAREKI = re.compile(rf"(明治|大正|昭和|平成|令和|[mtshr])\.?\s*(\d{{1,2}}|元){_MONTH_DAY}")
_WESTERN = re.compile(rf"(\d{{4}}){_MONTH_DAY}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Column:
    """One recognised column: where it stands, which field it is, the kind its heading lends."""

    position: int
    field: str
    heading: str
    kind: str = ""


@dataclass(frozen=True)
class Record:
    """One row of a table under its headings; `own` fields do not repeat a merged cell above."""

    row: Row
    values: Mapping[str, str]
    own: frozenset[str]
    texts: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Return a field, or '' where the table has none."""
        return self.values.get(name, "")


@dataclass(frozen=True)
class Table:
    """The records of a sheet, the rows above them, and the columns nobody asked for."""

    columns: tuple[Column, ...]
    above: tuple[Row, ...]
    records: tuple[Record, ...]
    unknown: tuple[str, ...] = field(default=())

    def has(self, name: str) -> bool:
        """Tell whether the table has a column for a field."""
        return any(column.field == name for column in self.columns)


def plain(text: str) -> str:
    """Return text in one width and case, without outer space.

    Examples
    --------
    >>> plain("　Ｎｏ．１２ ")
    'no.12'
    """
    return unicodedata.normalize("NFKC", text).strip().lower()


def parse_date(text: str) -> date | None:
    """Return the day that a date in any ordinary way of writing means.

    A month without a day is its first day; a year without a month is its first of April,
    because years in this field are fiscal years.

    Parameters
    ----------
    text
        Such as `令和8年5月10日`, `R8.5.10`, `2026/5/10`, `２０２６年５月`; blank is None.

    Raises
    ------
    ValueError
        If it is no date, or a day that does not exist.

    Examples
    --------
    >>> parse_date("令和8年5月10日（日）10時～"), parse_date("R8.5.10")
    (datetime.date(2026, 5, 10), datetime.date(2026, 5, 10))
    """
    written = plain(text)
    if not written:
        return None
    if match := _WAREKI.match(written):
        era, years, month, day = match.groups()
        year = _ERAS[era] + (1 if years == "元" else int(years))
        is_day = years != "0"
    elif match := _COMPACT.match(written) or _WESTERN.match(written):
        year, month, day = int(match[1]), match[2], match[3]
        is_day = True
    else:
        raise ValueError(text)
    if not is_day or re.match(r"[./-]?\d", written[match.end() :]):
        raise ValueError(text)
    return date(year, int(month or 4), int(day or 1))


def parse_number(text: str) -> float | None:
    """Return the first number in a text, None where there is none.

    Examples
    --------
    >>> parse_number("約１,２３４名"), parse_number("－0.1"), parse_number("多数")
    (1234.0, -0.1, None)
    """
    written = plain(text).translate(str.maketrans("−–‐", "---"))
    match = _NUMBER.search(written)
    return float(match[0].replace(",", "")) if match else None


def parse_yes(text: str) -> bool | None:
    """Return whether a mark means yes; None where nothing, or nothing known, is written.

    Examples
    --------
    >>> parse_yes("可"), parse_yes("いいえ"), parse_yes("")
    (True, False, None)
    """
    written = plain(text)
    if written in {
        "可",
        "はい",
        "○",
        "〇",
        "◯",
        "ok",
        "yes",
        "公開可",
        "よい",
        "良い",
        "true",
        "1",
    }:
        return True
    if written in {"不可", "いいえ", "×", "x", "ng", "no", "公開不可", "否", "false", "0"}:
        return False
    return None


@cache
def known_headings(table: str) -> tuple[tuple[str, str, str, str], ...]:
    """Return the headings known for a table as (field, heading, match, kind), exact ones first."""
    known = resource_table("headings_of_tables.csv")
    rows = known[known["table"] == table].sort_values("match", ascending=False, kind="stable")
    columns = ["field", "heading", "match", "kind"]
    return tuple((f, h, m, k) for f, h, m, k in rows[columns].to_numpy().tolist())


def match_heading(text: str, table: str) -> tuple[str, str] | None:
    """Return the field, and the kind it lends, that a heading stands for.

    Examples
    --------
    >>> match_heading("日　時", "gathering"), match_heading("天気", "gathering")
    (('date', ''), None)
    """
    written = re.sub(r"[\s*※]", "", plain(text))
    short = re.sub(r"[(\[【<].*?[)\]】>]", "", written)
    for name, heading, match, kind in known_headings(table):
        if heading in (written, short) if match == "exact" else heading in written:
            return name, kind
    return None


def find_table(sheet: Sheet, table: str, required: Iterable[str]) -> Table | None:
    """Find the row of headings of a sheet and return what stands below it as records.

    The row with the most known headings wins; a second row of headings above or below it
    is ordinary. None if no row has all the `required` fields.
    """
    best: tuple[int, int, tuple[Column, ...]] | None = None
    for index in range(min(HEADER_SEARCH_ROWS, len(sheet.rows))):
        above = sheet.rows[index - 1].cells if index else ()
        columns = _columns(sheet.rows[index].cells, above, table)
        if best is None or len({c.field for c in columns}) > best[0]:
            best = (len({c.field for c in columns}), index, columns)
    if best is None:
        return None
    _, header, columns = best
    if not set(required) <= {column.field for column in columns}:
        return None
    positions = {column.position for column in columns}
    unknown = tuple(
        text.strip()
        for i, text in enumerate(sheet.rows[header].cells)
        if text.strip() and i not in positions
    )
    records = tuple(
        _record(row, columns)
        for row in sheet.rows[header + 1 :]
        if not row.is_blank and not _repeats_headings(row, columns)
    )
    return Table(columns, sheet.rows[:header], records, unknown)


def _repeats_headings(row: Row, columns: Sequence[Column]) -> bool:
    """Tell whether a row says the headings once more, as over a second block."""
    said = {c.position: c.heading for c in columns}
    return all(said.get(i, "") == cell.strip() for i, cell in enumerate(row.cells) if cell.strip())


def _columns(cells: Sequence[str], above: Sequence[str], table: str) -> tuple[Column, ...]:
    """Recognise the headings of a row, filling its blanks from the row of headings above."""
    columns: list[Column] = []
    taken: set[str] = set()
    for position, own in enumerate(cells):
        text = own if own.strip() or position >= len(above) else above[position]
        found = match_heading(text, table) if text.strip() else None
        if found is None:
            continue
        name, kind = found
        # Several columns may hold statements or be left out; any other field has one column.
        if name in taken and name not in {"text", "ignored"}:
            continue
        taken.add(name)
        columns.append(Column(position, name, text.strip(), kind))
    return tuple(columns)


def _record(row: Row, columns: Sequence[Column]) -> Record:
    values: dict[str, str] = {}
    texts: list[tuple[str, str]] = []
    own: set[str] = set()
    for column in columns:
        if column.field == "ignored" or column.position >= len(row.cells):
            continue
        value = row.cells[column.position].strip()
        is_own = column.position not in row.inherited
        if column.field == "text":
            if value and is_own:
                texts.append((value, column.kind))
            continue
        values[column.field] = value
        if value and is_own:
            own.add(column.field)
    return Record(row, values, frozenset(own), tuple(texts))


def date_or_problem(sheet: Sheet, row: Row, text: str) -> tuple[date | None, Problem | None]:
    """Return a date, or the problem that says why there is none."""
    try:
        return parse_date(text), None
    except ValueError:
        found = f"日付「{text}」が分かりません"
        return None, sheet.problem(
            row, found, "2026-05-10 や 令和8年5月10日 のように書いてください"
        )
