"""Turn the rows of municipal welfare plans into measures with their path and page."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from .cells import Record, Table, find_table, parse_number, plain
from .errors import Problem
from .ids import make_id
from .periods import parse_period
from .roles import name_role
from .rows import Sheet, Source, Tally

MEASURE_COLUMNS = [
    "measure_id", "district_name", "plan", "period", "start", "end", "goal", "policy", "initiative",
    "role", "text", "office", "indicators", "page", "certainty", "file", "place",
]  # fmt: skip


_PATH = ("plan", "period", "goal", "policy")


@dataclass(frozen=True)
class ParsedMeasures:
    """The measures of one file, with problems and the count of rows."""

    measures: pd.DataFrame
    problems: tuple[Problem, ...]
    tally: Tally


def parse_measures(source: Source) -> ParsedMeasures:
    """Turn a table of measures into rows keyed by `measure_id`.

    The path is 基本目標 > 施策 > 取組; cells left blank below a goal or policy carry it on.

    Parameters
    ----------
    source
        A table with at least a heading for 取組 or 内容.
    """
    rows: list[dict[str, object]] = []
    problems: list[Problem] = list(source.problems)
    seen: Counter[str] = Counter()
    used = read = reported = 0
    for sheet in source.sheets:
        filled = sheet.filled_rows
        if sheet.is_help:
            used += filled
            continue
        table = find_table(sheet, "measure", ["initiative"]) or find_table(
            sheet, "measure", ["text"]
        )
        if table is None:
            reported += filled
            problems += _no_table(sheet) if filled else []
            continue
        found, lacking = _measures(sheet, table, seen)
        rows += found
        problems += lacking
        read += len(found)
        reported += len(lacking)
        used += filled - len(found) - len(lacking)
    tally = Tally(source.file, source.filled_rows, used, read, reported, len(rows))
    return ParsedMeasures(pd.DataFrame(rows, columns=MEASURE_COLUMNS), tuple(problems), tally)


def _no_table(sheet: Sheet) -> list[Problem]:
    found = "「取組」か「内容」の列の見出しが見つかりません"
    return [sheet.problem(sheet.rows[0], found, "計画の表に見出しの行を入れてください")]


def _measures(
    sheet: Sheet, table: Table, seen: Counter[str]
) -> tuple[list[dict[str, object]], list[Problem]]:
    rows: list[dict[str, object]] = []
    lacking: list[Problem] = []
    carried: dict[str, str] = {}
    for record in table.records:
        carried = _carry(carried, record)
        text = "".join(text for text, _ in record.texts)
        initiative = record.get("initiative")
        if not initiative and not text:
            lacking.append(
                sheet.problem(
                    record.row,
                    "取組が書かれていません",
                    "取組を書くか、行を消してください",
                    notice=True,
                )
            )
            continue
        page = parse_number(record.get("page"))
        start, end = parse_period(carried.get("period", ""))
        above = [carried.get(name, "") for name in ("district_name", "plan", "period")]
        said = "|".join([*above, initiative, text])
        seen[said] += 1
        rows.append(
            {
                "measure_id": make_id("m", said, seen[said]),
                "district_name": carried.get("district_name", ""),
                "plan": carried.get("plan", "") or PurePath(sheet.file).stem,
                "period": carried.get("period", ""),
                "start": start,
                "end": end,
                "goal": carried.get("goal", ""),
                "policy": carried.get("policy", ""),
                "initiative": initiative,
                "role": name_role(record.get("role")),
                "text": text,
                "office": record.get("office"),
                "indicators": record.get("indicators"),
                "page": int(page) if page is not None else None,
                "certainty": "sure",
                "file": sheet.file,
                "place": sheet.place(record.row),
            }
        )
    return rows, lacking


def _carry(carried: dict[str, str], record: Record) -> dict[str, str]:
    """Carry plan, goal and policy down blank cells; a new one ends what stood below the old."""
    given = {
        name: re.sub(r"\s+", " ", record.get(name))
        for name in ("district_name", "plan", "period", "goal", "policy")
        if record.get(name)
    }
    for ends, ended in (("district_name", _PATH), ("plan", _PATH), ("goal", ("policy",))):
        if ends in given and plain(given[ends]) != plain(carried.get(ends, given[ends])):
            carried = {name: value for name, value in carried.items() if name not in ended}
    return carried | given
