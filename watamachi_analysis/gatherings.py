"""Turn the rows of café notes into gatherings and the statements written down there."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import PurePath

import pandas as pd

from .cells import Record, Table, find_table, match_heading, plain
from .errors import Problem
from .notes import GATHERING_FIELDS, Notes, read_label
from .rows import Row, Source, Tally

GATHERING_COLUMNS = [
    "gathering_id", "kind", "name", "date", "district_name", "venue", "participants", "file", "place",
]  # fmt: skip
STATEMENT_COLUMNS = [
    "statement_id", "gathering_id", "text", "kind_hint", "voices", "publishable", "file", "place",
]  # fmt: skip

# A mark that begins a line; not the beginning of 「○○さん」, 「-5度」 or 「1.5キロ」.
_BULLET = re.compile(
    r"^\s*(?:[・･•‣▪■□☆★◇◆＊*]|([○●◯◎])(?!\1)|[–—\-－―](?![0-9０-９])"
    r"|[0-9０-９]{1,2}(?:[.．](?![0-9０-９])|[)）])|[(（][0-9０-９]{1,2}[)）]|[①-⑳])\s*(?=\S)"
)
_HEADING = re.compile(
    r"^\s*(?:【([^】]{1,40})】|[■▼▶]\s*(\S.{0,39})|#{1,6}\s*(\S.{0,59})|[<＜≪《]([^>＞≫》]{1,40})[>＞≫》])\s*$"
)


@dataclass(frozen=True)
class ParsedGatherings:
    """The gatherings and statements of one file, with problems and the count of rows."""

    gatherings: pd.DataFrame
    statements: pd.DataFrame
    problems: tuple[Problem, ...]
    tally: Tally


def parse_gatherings(source: Source) -> ParsedGatherings:
    """Turn one file of notes into gatherings and statements.

    Parameters
    ----------
    source
        A table with a heading for the statements, or lines of `日時：` … with bullets below.

    Returns
    -------
    ParsedGatherings
        `gatherings` keyed by `gathering_id`, with the district as written in
        `district_name`; `statements` keyed by `statement_id`. Both ids depend on what is
        said, not on where in the file it stands.
    """
    repeats: Counter[str] = Counter()
    every = [_read_sheet(Notes(sheet, repeats=repeats)) for sheet in source.sheets if sheet.rows]
    gatherings: dict[str, dict[str, object]] = {}
    for notes in every:
        gatherings = notes.gatherings | gatherings
        if not (notes.statements or notes.problems or source.problems or notes.sheet.is_help):
            mend = "発言の行の頭に「・」を付けるか、ひな形に書き写してください"
            notes.report(None, "発言が一つも書かれていません", mend, notice=True)
    statements = [row for notes in every for row in notes.statements]
    tally = Tally(
        source.file,
        rows=source.filled_rows,
        used=sum(notes.used for notes in every),
        read=sum(notes.read for notes in every),
        reported=sum(notes.reported for notes in every),
        records=len(statements),
    )
    return ParsedGatherings(
        pd.DataFrame(list(gatherings.values()), columns=GATHERING_COLUMNS),
        pd.DataFrame(statements, columns=STATEMENT_COLUMNS),
        (*source.problems, *(problem for notes in every for problem in notes.problems)),
        tally,
    )


def _read_sheet(notes: Notes) -> Notes:
    sheet = notes.sheet
    if sheet.is_help:
        notes.used = sheet.filled_rows
        return notes
    if not sheet.is_grid:
        _read_lines(notes)
    elif table := find_table(sheet, "gathering", ["text"]):
        notes.used += sheet.filled_rows - len(table.records)
        _read_table(notes, table)
    else:
        _report_no_table(notes)
    return notes


def _report_no_table(notes: Notes) -> None:
    rows = [row for row in notes.sheet.rows if not row.is_blank]
    notes.reported = len(rows)
    if rows:
        mend = "ひな形と同じ見出しの行を入れてください"
        notes.report(rows[0], "「発言」の列の見出しが見つかりません", mend)


# ---- tables: a row a voice, or a row a person's answers ----------------------------------------


def _read_table(notes: Notes, table: Table) -> None:
    for row in table.above:
        for line in _label_lines(row):
            notes.take_label(line)
    notes.is_form = any(plain(c.heading) in {"タイムスタンプ", "timestamp"} for c in table.columns)
    _report_unused_columns(notes, table)
    answers = Counter(_read_record(notes, record) for record in table.records)
    _report_repeated_numbers(notes, table)
    if notes.is_form:
        for key in answers.keys() & notes.gatherings.keys():
            notes.gatherings[key]["participants"] = answers[key]  # a row is one person


def _label_lines(row: Row) -> Iterator[Row]:
    """Yield the labels above a table: `日時：…` in one cell, or label and value in two."""
    own = [cell for i, cell in enumerate(row.cells) if cell.strip() and i not in row.inherited]
    yield from (Row(row.place, (cell,)) for cell in own)
    yield from (Row(row.place, (f"{key}：{value}",)) for key, value in pairwise(own))


def _read_record(notes: Notes, record: Record) -> str:
    """Take the statements of a row; return its gathering, '' if the row says nothing."""
    _take_gathering(notes, record)
    if not record.texts:
        mend = "発言を書くか、行を消してください"
        notes.report(record.row, "発言が書かれていません", mend, notice=True)
    added = [
        notes.add(record.row, part, kind or record.get("kind_hint"), record)
        for text, kind in record.texts
        for part in _split_cell(text, by_line=notes.is_form)
    ]
    notes.read += any(added)
    notes.reported += not any(added)
    return notes.key() if any(added) else ""


def _report_unused_columns(notes: Notes, table: Table) -> None:
    if table.unknown:
        names = "・".join(f"「{name}」" for name in table.unknown)
        mend = "必要な列なら見出しをひな形に合わせてください"
        notes.report(None, f"使わなかった列があります（{names}）", mend, notice=True)


def _report_repeated_numbers(notes: Notes, table: Table) -> None:
    seen: set[tuple[str, str]] = set()
    block = ""
    for record in table.records:
        number = record.get("note_id")
        block = next((record.get(name) for name in ("date", "name") if name in record.own), block)
        if number and (block, number) in seen:
            mend = "同じ発言なら一行にし、別の発言なら番号を変えてください"
            notes.report(record.row, f"番号「{number}」が二度出てきます", mend, notice=True)
        seen.add((block, number))


def _take_gathering(notes: Notes, record: Record) -> None:
    """Carry the gathering on from row to row; a new date or name begins another one."""
    if notes.is_form:
        name = PurePath(notes.sheet.file).stem
        notes.gathering = {"kind": "アンケート", "name": name}
        notes.gathering |= {"district": record.get("district"), "date": record.get("date")}
        return
    given = {name: record.get(name) for name in GATHERING_FIELDS if record.get(name)}
    before = notes.gathering
    new = {name for name in record.own & before.keys() if before[name] != given[name]}
    if new & {"date", "name"}:
        before = {}
    elif "district" in new:  # the same day and name in the next district: other people
        before = {name: before[name] for name in ("date", "name", "kind") if name in before}
    notes.gathering = before | given


def _split_cell(text: str, *, by_line: bool) -> Iterator[str]:
    """Yield the statements of a cell: bullets apart, the lines of a form's answer apart."""
    lines = [line for line in text.splitlines() if line.strip()]
    if by_line:
        yield from (_BULLET.sub("", line).strip() for line in lines)
        return
    parts: list[str] = []
    for line in lines:
        if parts and not _BULLET.match(line):
            parts[-1] += line.strip()
        else:
            parts.append(_BULLET.sub("", line).strip())
    yield from parts


# ---- lines: 日時：… and bullets, in Word or plain text ------------------------------------------


def _read_lines(notes: Notes) -> None:
    heading, has_bullets, is_open = "", False, False
    for row in _as_lines(notes):
        text = row.cells[0].strip()
        if not text:
            continue
        if row.style.startswith("label") or _is_label(text, has_bullets):
            if has_bullets:
                notes.gathering, heading, has_bullets = {}, "", False
            is_open = False
            notes.take_label(row)
            notes.used += row.style != "label rest"
        elif found := _heading(row):
            heading, is_open = found, False
            notes.used += row.style != "Heading rest"
        elif _BULLET.match(text) or row.style.startswith(("List", "箇条書き", "リスト")):
            has_bullets = is_open = True
            _take_bullet(notes, row, _BULLET.sub("", text), heading)
        else:
            _take_plain(notes, row, is_open)


def _is_label(text: str, has_bullets: bool) -> bool:
    """Tell a line such as `日時：…`; among statements, `・場所：…` is one of them."""
    label = read_label(text)
    return label is not None and not (has_bullets and _BULLET.match(text) and label[0] != "date")


def _heading(row: Row) -> str:
    found = _HEADING.match(row.cells[0])
    if found:
        return "".join(part for part in found.groups() if part)
    is_heading = row.style.startswith(("Heading", "Title", "見出し", "表題"))
    return row.cells[0].strip() if is_heading else ""


def _take_bullet(notes: Notes, row: Row, text: str, heading: str) -> None:
    if notes.gathering:
        added = notes.add(row, text, heading)
        notes.read += added and row.style != "List rest"
        notes.reported += not added and row.style != "List rest"
    else:
        notes.reported += row.style != "List rest"
        mend = "発言の前に「日時：」「地区：」の行を入れてください"
        notes.report(row, "どの集まりの発言か分かりません", mend)


def _take_plain(notes: Notes, row: Row, is_open: bool) -> None:
    """Take a line that is no label, heading or bullet: a title, a broken line, or a question."""
    text = row.cells[0]
    if is_open and text[:1] in " \u3000\t" and notes.statements:
        notes.extend_last(text.strip())
        notes.read += 1
    elif not notes.gathering:
        notes.used += 1
    else:
        notes.reported += 1
        mend = "発言なら行の頭に「・」を付けてください"
        notes.report(row, f"発言かどうか分かりません「{text.strip()[:20]}」", mend, notice=True)


def _as_lines(notes: Notes) -> Iterator[Row]:
    """Yield lines as they are, and Word tables as `日時：…` lines; read tables of voices whole."""
    for style, block in groupby(notes.sheet.rows, key=lambda row: row.style):
        rows = tuple(block)
        if not style.startswith("table"):
            yield from rows
            continue
        sheet = replace(notes.sheet, rows=rows)
        table = find_table(sheet, "gathering", ["text"])
        if table is not None and len(table.columns) > 1 and not _is_beside(rows):
            notes.used += sheet.filled_rows - len(table.records)
            _read_table(notes, table)
        else:
            yield from _table_as_lines(rows)


def _is_beside(rows: tuple[Row, ...]) -> bool:
    """Tell whether a Word table has its labels beside the values, one pair a row."""
    labels = [row.cells[0] for row in rows if len(row.cells) == 2]
    return len(labels) == len(rows) and all(match_heading(text, "gathering") for text in labels)


def _table_as_lines(rows: tuple[Row, ...]) -> Iterator[Row]:
    """Yield `日時：…` lines of a Word table: labels beside values, or a row of labels above."""
    labels: tuple[str, ...] = ()
    for row in rows:
        own = tuple(cell for i, cell in enumerate(row.cells) if i not in row.inherited and cell)
        if len(own) > 2 and all(match_heading(cell, "gathering") for cell in own):
            labels = row.cells
            yield Row(row.place, ("／".join(own),), style="label head")
        elif labels and len(labels) == len(row.cells):
            yield from _labelled(row, list(zip(labels, row.cells, strict=True)))
        else:
            yield from _labelled(row, list(zip(own[::2], own[1::2], strict=False)))


def _labelled(row: Row, pairs: list[tuple[str, str]]) -> Iterator[Row]:
    """Yield a line per label; a label of statements is the heading of the lines in its cell."""
    fields = [match_heading(key, "gathering") for key, _ in pairs]
    if not any(fields):
        yield Row(row.place, (" ".join(cell for cell in row.cells if cell),))
        return
    rest = ""
    for (key, value), known in zip(pairs, fields, strict=True):
        if known and known[0] == "text":
            yield Row(row.place, (key,), style="Heading rest" if value.strip() else "Heading")
            for part in _split_cell(value, by_line=True):
                yield Row(row.place, (part,), style=f"List{rest}")
                rest = " rest"
        else:
            yield Row(row.place, (f"{key}：{' '.join(value.split())}",), style=f"label{rest}")
            rest = " rest"
