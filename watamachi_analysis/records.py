"""Turn the rows of lists and official tables into activities and indicators."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .cells import Record, date_or_problem, find_table, plain
from .codes import HOME
from .errors import Problem
from .figures import read_figure
from .ids import make_id
from .official import Part
from .official_figures import read_counts, read_population
from .official_lists import read_list
from .positions import parse_point
from .rows import Sheet, Source, Tally
from .ssdse import read_ssdse

ACTIVITY_COLUMNS = [
    "activity_id", "name", "category", "issue_labels", "operator", "sector", "district_name", "venue",
    "schedule", "audience", "fee", "last_checked", "source", "note", "lat", "lng", "file", "place",
]  # fmt: skip
INDICATOR_COLUMNS = [
    "district_name", "indicator", "as_of", "value", "unit", "status", "source", "file", "place",
]  # fmt: skip

SECTORS = {
    "公": "公",
    "民": "民",
    "組合": "組合",
    "公的": "公",
    "民間": "民",
    "生協": "組合",
    "行政": "公",
}


@dataclass(frozen=True)
class ParsedRecords:
    """The records of one file, with problems and the count of rows."""

    records: pd.DataFrame
    problems: tuple[Problem, ...]
    tally: Tally


def parse_activities(source: Source, *, prefecture: str = HOME) -> ParsedRecords:
    """Turn a list of groups, services and places into rows keyed by `activity_id`.

    The layouts of official open data (see `official_lists`) are recognised by their headings.

    Parameters
    ----------
    source
        A file as rows of text.
    prefecture
        Two digits; of an official list only what is there becomes rows.
    """

    def part_of(sheet: Sheet) -> Part:
        return read_list(sheet, prefecture) or _own_table(sheet, "activity", ["name"])

    return _parse(source, "activity", part_of)


def parse_indicators(source: Source, *, prefecture: str = HOME) -> ParsedRecords:
    """Turn official figures into rows keyed by district, indicator and as-of date.

    `status` tells a `value` from `suppressed` (X), `not_applicable` (-), `unknown` (…) and
    `blank`: none of them is ever read as 0. The layouts of official open data (see
    `official_figures` and `ssdse`) are recognised by their headings.

    Parameters
    ----------
    source
        A file as rows of text.
    prefecture
        Two digits; of an official table only this prefecture becomes rows.
    """

    def part_of(sheet: Sheet) -> Part:
        return (
            read_ssdse(sheet, prefecture)
            or read_population(sheet, prefecture)
            or read_counts(sheet, prefecture)
            or _own_table(sheet, "indicator", ["indicator", "value"])
        )

    return _parse(source, "indicator", part_of)


def _parse(source: Source, table: str, part_of: Callable[[Sheet], Part]) -> ParsedRecords:
    make = _activity if table == "activity" else _indicator
    columns = ACTIVITY_COLUMNS if table == "activity" else INDICATOR_COLUMNS
    rows: list[dict[str, object]] = []
    problems: list[Problem] = list(source.problems)
    used = read = reported = 0
    seen: Counter[str] = Counter()
    for sheet in source.sheets:
        part = part_of(sheet)
        problems += part.problems
        used += part.used
        reported += part.reported
        for group in part.groups:
            made = [make(sheet, record, seen) for record in group]
            kept = [row for row, _ in made if row is not None]
            problems += dict.fromkeys(problem for _, faults in made for problem in faults)
            read += bool(kept)
            reported += not kept
            rows += kept
    tally = Tally(source.file, source.filled_rows, used, read, reported, len(rows))
    return ParsedRecords(pd.DataFrame(rows, columns=columns), tuple(problems), tally)


def _own_table(sheet: Sheet, table: str, required: list[str]) -> Part:
    """Return the records of a table under our own headings, one to a row."""
    filled = sheet.filled_rows
    if sheet.is_help:
        return Part((), (), used=filled)
    found = find_table(sheet, table, required)
    if found is None:
        return Part((), (_no_table(sheet, table),) if filled else (), used=0, reported=filled)
    groups = tuple((record,) for record in found.records)
    return Part(groups, (), used=filled - len(groups))


def _no_table(sheet: Sheet, table: str) -> Problem:
    needs = {"activity": "「名称」", "indicator": "「指標」と「値」"}[table]
    return sheet.problem(
        sheet.rows[0],
        f"{needs}の列の見出しが見つかりません",
        "ひな形と同じ見出しの行を入れてください",
    )


def _activity(
    sheet: Sheet, record: Record, seen: Counter[str]
) -> tuple[dict[str, object] | None, list[Problem]]:
    name = record.get("name")
    if not name:
        unnamed = sheet.problem(
            record.row, "名称が書かれていません", "名称を書くか、行を消してください", notice=True
        )
        return None, [unnamed]
    given = record.get("activity_id")
    place = [record.get("district"), record.get("venue"), record.get("operator")]
    # One office of an official list can give several services.
    said = "|".join([name, *place, *filter(None, [record.get("service")])])
    key = f"id|{given}" if given else said
    whole = f"{given}|{said}|"
    seen.update([key, whole])
    problems = []
    if seen[key] > 1:
        found = f"「{given or name}」が二度出てきます"
        problems.append(
            sheet.problem(record.row, found, "同じものなら一行にしてください", notice=not given)
        )
    checked, problem = date_or_problem(sheet, record.row, record.get("last_checked"))
    problems += [problem] if problem else []
    point = parse_point(record.get("lat"), record.get("lng"))
    if point.fault:
        mend = "入れ替えて読みました" if point.swapped else "地図には使いません。直してください"
        problems.append(sheet.problem(record.row, point.fault, mend, notice=True))
    row: dict[str, object] = {name: record.get(name) for name in ACTIVITY_COLUMNS}
    row |= {
        "activity_id": make_id("a", whole, seen[whole]),
        "issue_labels": record.get("issue"),
        "sector": SECTORS.get(plain(record.get("sector")), record.get("sector")),
        "district_name": record.get("district"),
        "last_checked": checked,
        "note": record.get("note"),
        "lat": point.lat,
        "lng": point.lng,
        "file": sheet.file,
        "place": sheet.place(record.row),
    }
    return row, problems


def _indicator(
    sheet: Sheet, record: Record, seen: Counter[str]
) -> tuple[dict[str, object] | None, list[Problem]]:
    district = record.get("district") or record.get("district_name")
    indicator = record.get("indicator")
    if not district or not indicator:
        unnamed = sheet.problem(
            record.row, "地区か指標が書かれていません", "両方を書いてください", notice=True
        )
        return None, [unnamed]
    as_of, problem = date_or_problem(sheet, record.row, record.get("as_of"))
    key = f"{district}|{indicator}|{as_of}"
    seen[key] += 1
    if seen[key] > 1:
        found = f"{district}の「{indicator}」（{as_of}）が二度出てきます"
        return None, [sheet.problem(record.row, found, "正しい方だけを残してください")]
    value, status = read_figure(record.get("value"), record.get("status"))
    row: dict[str, object] = {name: record.get(name) for name in INDICATOR_COLUMNS}
    row |= {
        "district_name": district,
        "as_of": as_of,
        "value": value,
        "status": status,
        "file": sheet.file,
        "place": sheet.place(record.row),
    }
    return row, [problem] if problem else []
