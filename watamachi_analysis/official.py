"""Recognise the layouts of official open data and turn their rows into the columns of our own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from .bundled import resource_table
from .cells import HEADER_SEARCH_ROWS, Record, match_heading, parse_date, plain
from .errors import Problem
from .rows import Row, Sheet

JSON_LD_HEAD = "#property"
_YEAR_LAST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Part:
    """What one sheet gives: one group of records per row that was read, and the other rows.

    `used`, `reported` and the number of groups add up to the filled rows of the sheet.
    """

    groups: tuple[tuple[Record, ...], ...]
    problems: tuple[Problem, ...]
    used: int
    reported: int = 0


@dataclass(frozen=True)
class Heading:
    """One recognised heading: where it stands, its field, the label its values carry in a note."""

    position: int
    field: str
    text: str
    label: str


@dataclass(frozen=True)
class Layout:
    """A sheet in an official layout: its headings, the rows below, what the file says of itself."""

    sheet: Sheet
    header: int
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    preamble: dict[str, str]

    @property
    def header_row(self) -> Row:
        """Return the row of headings."""
        return self.sheet.rows[self.header]

    @property
    def is_json_ld(self) -> bool:
        """Tell whether the first heading is `#property`, as in the lists of 高松市."""
        return heading_key(self.header_row.cells[0]) == JSON_LD_HEAD

    def has(self, *fields: str) -> bool:
        """Tell whether there is a column for any of the fields."""
        return any(heading.field in fields for heading in self.headings)

    def column(self, field: str) -> list[str]:
        """Return what the rows say in a field."""
        return [self.get(row, field) for row in self.rows]

    def get(self, row: Row, field: str) -> str:
        """Return the first text of a field in a row, '' where there is none."""
        return next((text for _, text in self.texts(row, field)), "")

    def texts(self, row: Row, field: str) -> list[tuple[str, str]]:
        """Return label and text of each filled column of a field, in the order of columns."""
        return [
            (heading.label, tidy(row.cells[heading.position]))
            for heading in self.headings
            if heading.field == field
            and heading.position < len(row.cells)
            and tidy(row.cells[heading.position])
        ]


def heading_key(text: str) -> str:
    """Return a heading in the one spelling that headings are compared in.

    Examples
    --------
    >>> heading_key("建物名等（方書） "), heading_key("startTime")
    ('建物名等(方書)', 'starttime')
    """
    return re.sub(r"\s", "", plain(text))


def tidy(text: str) -> str:
    """Return a text without the spaces and blank lines that only lay it out; lines stay lines.

    Examples
    --------
    >>> tidy("グループホーム　オアシス 　　　　香西　 ")
    'グループホーム オアシス 香西'
    """
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


@cache
def known_fields() -> dict[str, tuple[str, str]]:
    """Return heading → field and label, of all official layouts."""
    table = resource_table("official/headings.csv")
    columns = zip(table["heading"], table["field"], table["label"], strict=True)
    return {heading: (field, label) for heading, field, label in columns}


def find_layout(sheet: Sheet, table: str) -> Layout | None:
    """Find the row of official headings of a sheet; None where our own headings fit better.

    Parameters
    ----------
    sheet
        Any sheet.
    table
        Our own table to compare with: `activity` or `indicator`.
    """
    best: tuple[int, int] = (0, -1)
    for index, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        best = max(best, (len(_headings(row)), -index - 1))
    header = -best[1] - 1
    if best[0] < 2:
        return None
    row = sheet.rows[header]
    is_json_ld = heading_key(row.cells[0]) == JSON_LD_HEAD
    own = {match_heading(text, table) for text in row.cells if text.strip()} - {None}
    if len(own) > len({heading.field for heading in _headings(row)}):
        return None
    rows = tuple(
        below for below in sheet.rows[header + 1 :] if not is_aside(below, is_json_ld=is_json_ld)
    )
    return Layout(sheet, header, _headings(row), rows, _preamble(sheet.rows[:header]))


def _headings(row: Row) -> tuple[Heading, ...]:
    known = known_fields()
    keys = [(position, heading_key(text)) for position, text in enumerate(row.cells)]
    return tuple(
        Heading(position, known[key][0], row.cells[position], known[key][1])
        for position, key in keys
        if key in known and known[key][0] != "ignored"
    )


def is_aside(row: Row, *, is_json_ld: bool = True) -> bool:
    """Tell whether a row is blank or a `#` line: any in a JSON-LD list, elsewhere a lone one."""
    filled = [cell for cell in row.cells if cell.strip()]
    is_comment = row.cells[:1] != () and row.cells[0].startswith("#")
    return row.is_blank or (is_comment and (is_json_ld or len(filled) == 1))


def _preamble(rows: Iterable[Row]) -> dict[str, str]:
    """Return what the lines above the headings say: `#license` and the like."""
    return {
        row.cells[0].strip(): row.cells[1].strip()
        for row in rows
        if len(row.cells) > 1 and row.cells[0].startswith("#") and row.cells[1].strip()
    }


def source_of(layout: Layout, credit: str = "") -> str:
    """Return who publishes the file under which licence, as far as the file itself says.

    Examples
    --------
    >>> preamble = {"#attribution_name": "高松市", "#license": "CC BY 3.0"}
    >>> source_of(Layout(Sheet("a.csv", "", (), is_grid=True), 0, (), (), preamble))
    '高松市（ライセンス: CC BY 3.0）'
    """
    said = layout.preamble
    if "#attribution_name" in said:
        licence = f"（ライセンス: {said['#license']}）" if "#license" in said else ""
        return f"{said['#attribution_name']}{licence} {said.get('#download_from', '')}".strip()
    above = [
        tidy(cell)
        for row in layout.sheet.rows[: layout.header]
        for cell in row.cells
        if re.search("出典|ライセンス|利用条件|提供元|CC BY", cell)
    ]
    return " ".join([credit, *dict.fromkeys(above)]).strip()


def no_licence(layout: Layout, source: str) -> list[Problem]:
    """Return the notice that a file says nothing of the licence it comes under, if so."""
    if source:
        return []
    found = "利用条件（ライセンス）がファイルに書かれていません"
    mend = "公開元のページで確かめてください"
    return [layout.sheet.problem(layout.header_row, found, mend, notice=True)]


def one_notice(sheet: Sheet, faults: Sequence[tuple[Row, str]], mend: str) -> list[Problem]:
    """Return one notice for the same fault of many rows, placed at the first."""
    if not faults:
        return []
    row, found = faults[0]
    more = f"（ほか{len(faults) - 1}行も）" if len(faults) > 1 else ""
    return [sheet.problem(row, f"{found}{more}", mend, notice=True)]


def set_aside_elsewhere(sheet: Sheet, count: int) -> list[Problem]:
    """Return the notice that rows of other prefectures are not used, if there are any."""
    if not count:
        return []
    found = f"ほかの都道府県の行 {count} 行は使いません"
    return [sheet.problem(None, found, "このままで構いません", notice=True)]


def parse_official_date(text: str, *, day_first: bool = False) -> date | None:
    """Return the day a date means, the year first or last; blank is None.

    Raises
    ------
    ValueError
        If it is no date.

    Examples
    --------
    >>> parse_official_date("3/25/2021"), parse_official_date("S47.4.1")
    (datetime.date(2021, 3, 25), datetime.date(1972, 4, 1))
    >>> parse_official_date("5/4/2021", day_first=True)
    datetime.date(2021, 4, 5)
    """
    if match := _YEAR_LAST.fullmatch(plain(text)):
        one, two, year = (int(part) for part in match.groups())
        if one > 12 or (day_first and two <= 12):
            one, two = two, one
        return date(year, one, two)
    return parse_date(text)


def is_day_first(texts: Iterable[str]) -> bool | None:
    """Tell whether the dates of a column that end in the year begin with the day.

    None where no date of the column decides it, or where they disagree.

    Examples
    --------
    >>> is_day_first(["11/1/2018", "3/25/2021"]), is_day_first(["1/11/2018", "25/3/2021"])
    (False, True)
    >>> is_day_first(["2025/1/1"]), is_day_first(["11/1/2018"])
    (False, None)
    """
    matches = [match for text in texts if (match := _YEAR_LAST.fullmatch(plain(text)))]
    if not matches:
        return False
    starts = {int(match[1]) > 12 for match in matches if max(int(match[1]), int(match[2])) > 12}
    return starts.pop() if len(starts) == 1 else None


def iso_dates(layout: Layout, field: str) -> tuple[dict[str, str], list[Problem]]:
    """Return each date of a column as written → as ISO, and a notice where the order is unsure.

    What is no date stays as written, so that it is reported where it stands.
    """
    texts = layout.column(field)
    day_first = is_day_first(texts)
    known: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        try:
            day = parse_official_date(text, day_first=bool(day_first))
        except ValueError:
            day = None
        known[text] = day.isoformat() if day else text
    unsure = next((t for t in texts if day_first is None and _YEAR_LAST.fullmatch(plain(t))), "")
    found = f"日付「{unsure}」は {known.get(unsure)} と読みました（月/日/年の順）"
    notice = layout.sheet.problem(
        layout.header_row, found, "違うなら年を先に書いてください", notice=True
    )
    return known, [notice] if unsure else []
