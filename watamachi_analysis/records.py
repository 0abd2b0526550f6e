"""Turn the rows of lists and official tables into activities and indicators."""

import re
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from .cells import Record, date_or_problem, find_table, parse_number, plain
from .errors import Problem
from .ids import make_id
from .rows import Sheet, Source, Tally

ACTIVITY_COLUMNS = [
    "activity_id", "name", "category", "issue_labels", "operator", "sector", "district_name", "venue",
    "schedule", "audience", "fee", "last_checked", "source", "note", "file", "place",
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

# What a missing figure can mean; each keeps its own name.
STATUSES = {
    "-": "not_applicable", "－": "not_applicable", "ー": "not_applicable", "該当なし": "not_applicable",
    "x": "suppressed", "秘匿": "suppressed", "*": "suppressed",
    "…": "unknown", "...": "unknown", "・・・": "unknown", "不明": "unknown", "不詳": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class ParsedRecords:
    """The records of one file, with problems and the count of rows."""

    records: pd.DataFrame
    problems: tuple[Problem, ...]
    tally: Tally


def parse_activities(source: Source) -> ParsedRecords:
    """Turn a list of groups, services and places into rows keyed by `activity_id`."""
    return _parse(source, "activity", ["name"], ACTIVITY_COLUMNS)


def parse_indicators(source: Source) -> ParsedRecords:
    """Turn official figures, one a row, into rows keyed by district, indicator and as-of date.

    `status` tells a `value` from `suppressed` (X), `not_applicable` (-), `unknown` (…) and
    `blank`: none of them is ever read as 0.
    """
    return _parse(source, "indicator", ["indicator", "value"], INDICATOR_COLUMNS)


def _parse(source: Source, table: str, required: list[str], columns: list[str]) -> ParsedRecords:
    rows: list[dict[str, object]] = []
    problems: list[Problem] = list(source.problems)
    used = read = reported = 0
    seen: Counter[str] = Counter()
    for sheet in source.sheets:
        filled = sheet.filled_rows
        if sheet.is_help:
            used += filled
            continue
        found = find_table(sheet, table, required)
        if found is None:
            reported += filled
            problems += [_no_table(sheet, table)] if filled else []
            continue
        used += filled - len(found.records)
        for record in found.records:
            row, faults = (_activity if table == "activity" else _indicator)(sheet, record, seen)
            problems += faults
            read += row is not None
            reported += row is None
            rows += [row] if row is not None else []
    tally = Tally(source.file, source.filled_rows, used, read, reported, len(rows))
    return ParsedRecords(pd.DataFrame(rows, columns=columns), tuple(problems), tally)


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
    said = "|".join([name, record.get("district"), record.get("venue"), record.get("operator")])
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
    row: dict[str, object] = {name: record.get(name) for name in ACTIVITY_COLUMNS}
    row |= {
        "activity_id": make_id("a", whole, seen[whole]),
        "issue_labels": record.get("issue"),
        "sector": SECTORS.get(plain(record.get("sector")), record.get("sector")),
        "district_name": record.get("district"),
        "last_checked": checked,
        "note": record.get("note"),
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


def read_figure(text: str, status: str = "") -> tuple[float | None, str]:
    """Return the value of a figure and its status; blank, `-`, `X` and `…` stay apart.

    Examples
    --------
    >>> [read_figure(text) for text in ["1,234", "0", "-", "X", "…", ""]]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(1234.0, 'value'), (0.0, 'value'), (None, 'not_applicable'), (None, 'suppressed'),
     (None, 'unknown'), (None, 'blank')]
    """
    written = plain(text)
    if written in STATUSES or text.strip() in STATUSES:
        return None, STATUSES.get(written) or STATUSES[text.strip()]
    beside = STATUSES.get(plain(status), "")
    value = parse_number(re.sub("^[△▲]", "-", written))
    if value is None or beside:  # a figure marked 秘匿 is not shown, even where it is written
        return None, beside or ("unknown" if written else "blank")
    if re.search(r"\d\s*[~〜-]\s*\d", written):
        return None, "unknown"  # 「5～10」 is no one figure
    return value * (10_000 if re.search(r"\d\s*万", written) else 1), "value"
