"""Turn official tables of population and of counts into records of indicators."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .ages import ALL, FEMALE, MALE, AgeTable, find_ages, sex_word
from .bundled import resource_table
from .cells import HEADER_SEARCH_ROWS, Record, plain
from .errors import Problem
from .official import (
    Layout,
    Part,
    find_layout,
    heading_key,
    is_aside,
    iso_dates,
    no_licence,
    one_notice,
    set_aside_elsewhere,
    source_of,
    tidy,
)
from .official_lists import district_of, publisher_of
from .positions import is_elsewhere, is_ward, municipality_in
from .rows import Row, Sheet

_WHOLE = re.compile(r"(?:総数|総計|合計|計|全市|全町|全村|全域|全体)")
_WHOLE_AFTER = re.compile(r"(?:総数|総計|合計|計|全域|全体)$")
_DAY = re.compile(
    r"(?:明治|大正|昭和|平成|令和)\s*(?:\d+|元)\s*年(?:\s*\d+\s*月(?:\s*\d+\s*日)?)?"
    r"|\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?"
)


@dataclass(frozen=True)
class _Line:
    """One row of a population table: its municipality (None for a part of one), its sex and date."""

    row: Row
    district: str | None
    sex: str
    as_of: str
    source: str


def read_counts(sheet: Sheet, prefecture: str) -> Part | None:
    """Return the records of a list of known counts by place and date, None for other sheets."""
    layout = find_layout(sheet, "indicator")
    if layout is None or not layout.has("as_of"):
        return None
    table = resource_table("official/figures.csv")
    known = {row.heading: (str(row.indicator), str(row.unit)) for row in table.itertuples()}
    keys = [(i, heading_key(text)) for i, text in enumerate(layout.header_row.cells)]
    columns = [(position, *known[key]) for position, key in keys if key in known]
    if not columns:
        return None
    dates, problems = iso_dates(layout, "as_of")
    source = source_of(layout)
    problems += no_licence(layout, source)
    faults: list[tuple[Row, str]] = []
    groups = []
    for row in layout.rows:
        district = district_of(layout, row, faults)
        line = _Line(row, district, ALL, dates.get(layout.get(row, "as_of"), ""), source)
        cells = (
            (name, row.cells[at] if at < len(row.cells) else "", unit) for at, name, unit in columns
        )
        if not is_elsewhere(district, prefecture):
            groups.append(tuple(_records(line, cells)))
    problems += _wrong_codes(sheet, faults)
    problems += set_aside_elsewhere(sheet, len(layout.rows) - len(groups))
    return Part(tuple(groups), tuple(problems), sheet.filled_rows - len(groups))


def read_population(sheet: Sheet, prefecture: str) -> Part | None:
    """Return the records of a table of population by age, None for other sheets.

    Only rows that count a whole municipality or ward become records: rows of smaller areas
    (町丁字) are set aside with one notice, and never added up, because some may be hidden (X).
    So are rows of another prefecture than that of the two digits.
    """
    found = _find_population(sheet)
    if found is None:
        return None
    header, table = found
    layout = find_layout(sheet, "indicator")
    if layout is not None and layout.header == header and layout.has("as_of", "area"):
        rows = [row for row in layout.rows if table.holds_figures(row) or layout.get(row, "as_of")]
        lines, problems = _standard_lines(layout, rows)
    else:
        below = [row for row in sheet.rows[header + 1 :] if not is_aside(row)]
        rows = [row for row in below if table.holds_figures(row)]
        lines, problems = _town_lines(sheet, header, table, rows)
    everywhere = [line for line in lines if line.district is not None]
    whole = [line for line in everywhere if not is_elsewhere(line.district or "", prefecture)]
    problems += set_aside_elsewhere(sheet, len(everywhere) - len(whole))
    parts = [line for line in lines if line.district is None]
    problems += _undated(sheet, whole) + _set_aside(sheet, whole, parts)
    wrong = [(line.row, found) for line in whole for found in table.disagreements(line.row)]
    problems += one_notice(sheet, wrong, "数字は直していません。公開元に確かめてください")
    groups = tuple(tuple(_records(line, table.figures(line.row, line.sex))) for line in whole)
    return Part(groups, tuple(problems), sheet.filled_rows - len(whole) - len(parts), len(parts))


def _find_population(sheet: Sheet) -> tuple[int, AgeTable] | None:
    """Return the row of headings with the most ages, and its columns."""
    best: tuple[int, AgeTable] | None = None
    for index, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        table = find_ages(row, _sexes_above(sheet, index))
        if table and (best is None or len(table.ages) > len(best[1].ages)):
            best = index, table
    return best


def _sexes_above(sheet: Sheet, header: int) -> list[str]:
    """Return for each position the sex that a row over the headings says, carried to the right."""
    for row in reversed(sheet.rows[max(0, header - 3) : header]):
        words = [sex_word(text) for text in row.cells]
        if {MALE, FEMALE} <= set(words):
            return list(_carried(words, len(sheet.rows[header].cells)))
    return []


def _carried(words: list[str], width: int) -> Iterator[str]:
    last = ""
    for position in range(width):
        last = (words[position] if position < len(words) else "") or last
        yield last


def _standard_lines(layout: Layout, rows: list[Row]) -> tuple[list[_Line], list[Problem]]:
    """Return the rows of 地域・年齢別人口, whose 地域名 is blank where they count the whole."""
    dates, problems = iso_dates(layout, "as_of")
    source = source_of(layout)
    problems += no_licence(layout, source)
    faults: list[tuple[Row, str]] = []
    lines = []
    for row in rows:
        name = publisher_of(layout, row)
        district = _district_or_part(
            name, layout.get(row, "area"), district_of(layout, row, faults)
        )
        said = source or f"{name} 地域・年齢別人口"
        lines.append(_Line(row, district, ALL, dates.get(layout.get(row, "as_of"), ""), said))
    return lines, problems + _wrong_codes(layout.sheet, faults)


def _district_or_part(name: str, area: str, district: str) -> str | None:
    """Return which municipality or ward a 地域名 means, None where it is a part of one."""
    if is_ward(f"{name}{area}"):
        return f"{name}{area}"
    bare = _bare(area)
    if not area or _WHOLE.fullmatch(area) or (name and name.endswith(bare)):
        return district
    return bare if not name and municipality_in(bare) == bare else None


def _bare(area: str) -> str:
    return _WHOLE_AFTER.sub("", area)


def _town_lines(
    sheet: Sheet, header: int, table: AgeTable, rows: list[Row]
) -> tuple[list[_Line], list[Problem]]:
    """Return the rows of a table by 町(丁)字, the sexes beside one another or below."""
    above = [tidy(cell) for row in sheet.rows[:header] for cell in row.cells if cell.strip()]
    titles = [*above, sheet.name, sheet.file]
    as_of = next((match[0] for text in titles if (match := _DAY.search(plain(text)))), "")
    town = next((name for text in titles if (name := municipality_in(text))), "")
    layout = Layout(sheet, header, (), (), {})
    source = source_of(layout)
    problems = no_licence(layout, source)
    source = source or next((text for text in above if re.search("調査|人口", text)), "")
    sexes = _sex_column(layout.header_row, table, rows)
    lines = []
    area: list[str] = []
    for row in rows:
        own = [
            "" if position == sexes or re.fullmatch(r"[\d\s-]*", plain(cell)) else tidy(cell)
            for position, cell in enumerate(row.cells[: table.first])
        ]
        area = _filled(own, area)
        sex = sex_word(row.cells[sexes]) if sexes is not None and sexes < len(row.cells) else ALL
        lines.append(_Line(row, _whole_municipality(area, town), sex or ALL, as_of, source))
    return lines, problems


def _sex_column(header: Row, table: AgeTable, rows: list[Row]) -> int | None:
    """Return the column left of the figures that says whom a row counts, None if there is none."""
    for position in range(table.first):
        words = [sex_word(row.cells[position]) for row in rows if position < len(row.cells)]
        is_headed = re.search("男女|性別", header.cells[position]) is not None
        if is_headed or (
            {MALE, FEMALE} <= set(words) and 3 * sum(map(bool, words)) >= 2 * len(words)
        ):
            return position
    return None


def _filled(own: list[str], before: list[str]) -> list[str]:
    """Return the names of an area, blanks before the first own name taken from the row above."""
    first = next((position for position, text in enumerate(own) if text), len(own))
    return [*before[:first], *own[first:]] if len(before) >= first else own


def _whole_municipality(area: list[str], town: str) -> str | None:
    """Return the municipality or ward that a row counts as a whole, None for a part of one."""
    names = [text for text in area if text]
    last = _bare(names[-1]) if names else ""
    owner = next((n for n in reversed(names[:-1]) if municipality_in(n) == n), "")
    if is_ward(f"{owner}{last}"):
        return f"{owner}{last}"
    is_part = municipality_in(last) != last or not (owner or last).endswith(last)
    if not names or (last and is_part):
        return None
    return last or owner or town


def _records(line: _Line, figures: Iterable[tuple[str, str, str]]) -> Iterator[Record]:
    for name, value, unit in figures:
        values = {
            "district": line.district or "",
            "indicator": name,
            "as_of": line.as_of,
            "value": value,
            "unit": unit,
            "source": line.source,
        }
        yield Record(line.row, values, frozenset())


def _wrong_codes(sheet: Sheet, faults: list[tuple[Row, str]]) -> list[Problem]:
    return one_notice(sheet, faults, "名前から地区を読みます。コードを確かめてください")


def _undated(sheet: Sheet, lines: list[_Line]) -> list[Problem]:
    undated = [(line.row, "いつの数字か分かりません") for line in lines if not line.as_of]
    return one_notice(sheet, undated, "表の上に「令和7年1月1日現在」のように書いてください")


def _set_aside(sheet: Sheet, whole: list[_Line], parts: list[_Line]) -> list[Problem]:
    """Return the notice that rows of smaller areas are not used, if there are any."""
    if not parts:
        return []
    found = f"町丁字など、市区町村の全体でない {len(parts)} 行は使いません"
    mend = "町丁字の区分けがないためです。市区町村の合計の行だけを使います"
    if not whole:
        mend = "町丁字の区分けがないためです。使うには市区町村の合計の行を足してください"
    return [sheet.problem(parts[0].row, found, mend, notice=True)]
