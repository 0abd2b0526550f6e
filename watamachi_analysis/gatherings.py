"""Turn the rows of café notes into gatherings and the statements written down there."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import PurePath

import pandas as pd

from .cells import (
    Record,
    Table,
    date_or_problem,
    find_table,
    match_heading,
    parse_number,
    parse_yes,
    plain,
)
from .errors import Problem
from .ids import make_id
from .read import Row, Sheet, Source, Tally, resource_table

GATHERING_KINDS = {
    "briefing": "説明会",
    "cafe": "わたまちカフェ",
    "meeting": "わたまちミーティング",
    "survey": "アンケート",
}
GATHERING_FIELDS = ("date", "name", "district", "venue", "kind", "participants", "gathering_id")
HELP_SHEETS = {"書き方", "地区名"}

_BULLET = re.compile(r"^\s*(?:[・･○●◯◎•‣▪□☆★◇◆＊*–—\-－―]|[0-9０-９]{1,2}[.．)）])\s*(?=\S)")
_HEADING = re.compile(
    r"^\s*(?:【(?P<a>[^】]{1,40})】|[■▼▶]\s*(?P<b>\S.{0,39})|#{1,6}\s*(?P<c>\S.{0,59})|[<＜≪《](?P<d>[^>＞≫》]{1,40})[>＞≫》])\s*$"
)
_LABEL = re.compile(
    r"^\s*(?:[-*・○●◯■]\s*)?\**\s*(?P<key>[^:：]{1,12}?)\s*\**\s*[:：]\s*\**\s*(?P<value>.*?)\s*\**\s*$"
)
_TIMES = re.compile(r"\s*[×xX✕]\s*([0-9０-９]{1,2})\s*(?:人|名)?\s*$")
_SAME = {"〃", "同上", "々", "”", '"'}


@dataclass
class _Notes:
    """What one file has said so far; filled row by row while it is being read."""

    sheet: Sheet
    is_form: bool = False
    gathering: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, object]] = field(default_factory=list)
    gatherings: dict[str, dict[str, object]] = field(default_factory=dict)
    repeats: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    used: int = 0
    read: int = 0
    reported: int = 0

    def report(self, row: Row | None, found: str, mend: str, *, notice: bool = False) -> None:
        self.problems.append(self.sheet.problem(row, found, mend, notice=notice))


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
    every = [_read_sheet(sheet, source) for sheet in source.sheets if sheet.rows]
    gatherings: dict[str, dict[str, object]] = {}
    for notes in every:
        for key, row in notes.gatherings.items():
            gatherings.setdefault(key, row)
    statements = [row for notes in every for row in notes.rows]
    problems = [*source.problems, *(p for notes in every for p in notes.problems)]
    tally = Tally(
        source.file,
        sum(not row.is_blank for sheet in source.sheets for row in sheet.rows),
        sum(n.used for n in every),
        sum(n.read for n in every),
        sum(n.reported for n in every),
        len(statements),
    )
    return ParsedGatherings(
        pd.DataFrame(list(gatherings.values()), columns=GATHERING_COLUMNS),
        pd.DataFrame(statements, columns=STATEMENT_COLUMNS),
        tuple(problems),
        tally,
    )


GATHERING_COLUMNS = [
    "gathering_id", "kind", "name", "date", "district_name", "venue", "participants", "file", "place",
]  # fmt: skip
STATEMENT_COLUMNS = [
    "statement_id", "gathering_id", "text", "kind_hint", "voices", "publishable", "file", "place",
]  # fmt: skip


def _read_sheet(sheet: Sheet, source: Source) -> _Notes:
    notes = _Notes(sheet)
    if sheet.is_grid and sheet.name in HELP_SHEETS:
        notes.used = sum(not row.is_blank for row in sheet.rows)
        return notes
    table = find_table(sheet, "gathering", ["text"])
    if table is not None and (sheet.is_grid or table.has("district") or table.has("date")):
        _read_table(notes, table)
    elif sheet.is_grid:
        _report_no_table(notes)
    else:
        _read_lines(notes)
    if not notes.rows and not notes.problems:
        notes.report(
            None,
            "発言が一つも見つかりません",
            "発言の行の頭に「・」を付けるか、ひな形に書き写してください",
        )
    return notes


def _report_no_table(notes: _Notes) -> None:
    rows = [row for row in notes.sheet.rows if not row.is_blank]
    notes.reported = len(rows)
    if rows:
        notes.report(
            rows[0],
            "「発言」の列の見出しが見つかりません",
            "ひな形と同じ見出しの行を入れてください",
        )


def _read_table(notes: _Notes, table: Table) -> None:
    for row in table.above:
        _take_label(notes, row)
        notes.used += not row.is_blank
    notes.used += 1
    notes.is_form = any(plain(c.heading) in {"タイムスタンプ", "timestamp"} for c in table.columns)
    if table.unknown:
        names = "・".join(f"「{name}」" for name in table.unknown)
        notes.report(
            None,
            f"使わなかった列があります（{names}）",
            "必要な列なら見出しをひな形に合わせてください",
            notice=True,
        )
    answers: Counter[str] = Counter()
    for record in table.records:
        _take_gathering(notes, record)
        if not record.texts:
            notes.reported += 1
            notes.report(
                record.row,
                "発言が書かれていません",
                "発言を書くか、行を消してください",
                notice=True,
            )
            continue
        notes.read += 1
        answers[_gathering_key(notes)] += 1
        for text, kind in record.texts:
            for part in _split_cell(text, by_line=notes.is_form):
                _add(notes, record.row, part, kind or record.get("kind_hint"), record)
    if notes.is_form:
        _count_answers(notes, answers)


def _take_gathering(notes: _Notes, record: Record) -> None:
    """Carry the gathering on from row to row; a new date or name begins another one."""
    if notes.is_form:
        name = PurePath(notes.sheet.file).stem
        keep = {"kind": "survey", "name": name, "district": record.get("district")}
        notes.gathering = keep | {"date": record.get("date")}
        return
    given = {name: record.get(name) for name in GATHERING_FIELDS if record.get(name)}
    starts = any(
        name in record.own and notes.gathering.get(name, given[name]) != given[name]
        for name in ("date", "name")
        if name in given
    )
    if starts:
        notes.gathering = {}
    notes.gathering = notes.gathering | given


def _count_answers(notes: _Notes, answers: Mapping[str, int]) -> None:
    """Give each survey the number of its answers: one row of a form is one person."""
    for key, number in answers.items():
        if key in notes.gatherings:
            notes.gatherings[key]["participants"] = number


def _split_cell(text: str, *, by_line: bool) -> Iterator[str]:
    """Yield the statements of a cell: bullets apart, the lines of a form's answer apart."""
    lines = [line for line in text.splitlines() if line.strip()]
    if by_line or any(_BULLET.match(line) for line in lines):
        parts: list[str] = []
        for line in lines:
            if parts and not by_line and not _BULLET.match(line):
                parts[-1] += line.strip()
            else:
                parts.append(_BULLET.sub("", line).strip())
        yield from parts
    elif lines:
        yield "".join(line.strip() for line in lines)


def _read_lines(notes: _Notes) -> None:
    heading = ""
    has_bullets = False
    for row in _with_tables_as_labels(notes.sheet.rows):
        text = row.cells[0]
        if row.is_blank:
            continue
        if row.style.startswith("label") or _is_label(text):
            if has_bullets:
                notes.gathering, heading, has_bullets = {}, "", False
            _take_label(notes, row)
            notes.used += row.style != "label rest"
        elif found := _HEADING.match(text) or row.style.startswith(
            ("Heading", "Title", "見出し", "表題")
        ):
            heading = (
                next(filter(None, found.groups()), text)
                if isinstance(found, re.Match)
                else text.strip()
            )
            notes.used += 1
        elif _BULLET.match(text) or row.style.startswith(("List", "箇条書き", "リスト")):
            has_bullets = True
            _take_bullet(notes, row, _BULLET.sub("", text).strip(), heading)
        elif has_bullets and text[:1] in " \u3000\t" and notes.rows:
            _continue_last(notes, text.strip())
        elif not notes.gathering:
            notes.used += 1
        else:
            notes.reported += 1
            notes.report(
                row,
                f"発言かどうか分かりません「{text.strip()[:20]}」",
                "発言なら行の頭に「・」を付けてください",
                notice=True,
            )


def _with_tables_as_labels(rows: tuple[Row, ...]) -> Iterator[Row]:
    """Yield Word table rows as `日時：…` lines: label beside value, or labels above values."""
    labels: tuple[str, ...] = ()
    for row in rows:
        if not row.style.startswith("table"):
            labels = ()
            yield row
        elif len(row.cells) > 2 and all(match_heading(cell, "gathering") for cell in row.cells):
            labels = row.cells
            yield Row(row.place, ("／".join(row.cells),), style="label head")
        elif len(labels) == len(row.cells):
            yield from _labelled(row, list(zip(labels, row.cells, strict=True)))
        else:
            yield from _labelled(row, list(zip(row.cells[::2], row.cells[1::2], strict=False)))


def _labelled(row: Row, pairs: list[tuple[str, str]]) -> Iterator[Row]:
    fields = [match_heading(key, "gathering") for key, _ in pairs]
    if not any(fields):
        yield Row(row.place, (" ".join(row.cells),))
        return
    style = "label"
    for (key, value), known in zip(pairs, fields, strict=True):
        if known and known[0] == "text":
            yield from (
                Row(row.place, (part,), style="List") for part in _split_cell(value, by_line=True)
            )
        else:
            yield Row(row.place, (f"{key}：{' '.join(value.split())}",), style=style)
            style = "label rest"


def _is_label(text: str) -> bool:
    found = _LABEL.match(text)
    known = match_heading(found["key"], "gathering") if found else None
    return known is not None and known[0] in GATHERING_FIELDS


def _take_label(notes: _Notes, row: Row) -> None:
    found = _LABEL.match(row.cells[0]) if row.cells else None
    known = match_heading(found["key"], "gathering") if found else None
    if found and found["value"] and known and known[0] in GATHERING_FIELDS:
        notes.gathering = notes.gathering | {known[0]: found["value"]}


def _take_bullet(notes: _Notes, row: Row, text: str, heading: str) -> None:
    if notes.gathering:
        notes.read += 1
        _add(notes, row, text, heading, None)
        return
    notes.reported += 1
    notes.report(
        row, "どの集まりの発言か分かりません", "発言の前に「日時：」「地区：」の行を入れてください"
    )


def _continue_last(notes: _Notes, text: str) -> None:
    last = notes.rows[-1]
    last["text"] = f"{last['text']}{text}"
    last["statement_id"] = _statement_id(notes, str(last["gathering_id"]), str(last["text"]))
    notes.read += 1


def _add(notes: _Notes, row: Row, text: str, hint: str, record: Record | None) -> None:
    """Add one statement to the gathering that is open, and the gathering when it is new."""
    if plain(text) in _SAME and notes.rows:
        notes.rows[-1]["voices"] = int(str(notes.rows[-1]["voices"])) + 1
        return
    times = _TIMES.search(text)
    said = _TIMES.sub("", text) if times else text
    voices = int(plain(times[1])) if times else 1
    if record is not None:
        voices = max(voices, int(parse_number(record.get("voices")) or 1))
    key = _open_gathering(notes, row)
    notes.rows.append(
        {
            "statement_id": _statement_id(notes, key, said),
            "gathering_id": key,
            "text": said,
            "kind_hint": kind_of_heading(hint) or None,
            "voices": max(voices, 1),
            "publishable": parse_yes(record.get("publishable")) if record else None,
            "file": notes.sheet.file,
            "place": " ".join(part for part in (notes.sheet.name, row.place) if part),
        }
    )


def _gathering_key(notes: _Notes) -> str:
    given = notes.gathering.get("gathering_id")
    parts = ["date", "name", "district", "venue"] if not notes.is_form else ["name", "district"]
    # 川口 and 川口市 are one place: people answering a form write both.
    said = "|".join(re.sub("[市区町村]$", "", notes.gathering.get(part, "")) for part in parts)
    return make_id("g", given or said)


def _open_gathering(notes: _Notes, row: Row) -> str:
    key = _gathering_key(notes)
    if key in notes.gatherings:
        return key
    said = notes.gathering
    day: date | None = None
    if said.get("date"):
        day, problem = date_or_problem(notes.sheet, row, said["date"])
        notes.problems += [problem] if problem else []
    else:
        notes.report(row, "集まりの日付がありません", "「日時」を書いてください", notice=True)
    people = parse_number(said.get("participants", ""))
    notes.gatherings[key] = {
        "gathering_id": key,
        "kind": _gathering_kind(said, notes.sheet.file),
        "name": said.get("name") or said.get("venue") or PurePath(notes.sheet.file).stem,
        "date": day,
        "district_name": said.get("district", ""),
        "venue": said.get("venue", ""),
        "participants": int(people) if people is not None and people >= 0 else None,
        "file": notes.sheet.file,
        "place": " ".join(part for part in (notes.sheet.name, row.place) if part),
    }
    return key


def _gathering_kind(said: Mapping[str, str], file: str) -> str:
    """Return the kind that the note, or else its name or file, speaks of; a café if none does."""
    for text in (said.get("kind", ""), said.get("name", ""), file):
        for kind, words in (
            ("briefing", "説明会"),
            ("meeting", "ミーティング"),
            ("survey", "アンケート"),
            ("cafe", "カフェ"),
        ):
            if words in plain(text):
                return kind
    return "cafe"


@cache
def _heading_kinds() -> dict[str, str]:
    known = resource_table("text/headings.csv")
    return {
        plain(heading): kind for heading, kind in zip(known["heading"], known["kind"], strict=True)
    }


def kind_of_heading(heading: str) -> str:
    """Return the kind that a heading or sticky-note label lends to what stands below it.

    Examples
    --------
    >>> kind_of_heading("困りごと"), kind_of_heading("第二班")
    ('need', '')
    """
    return _heading_kinds().get(
        re.sub(r"[\s【】<>:：・]", "", plain(heading)),
        heading if heading in set(_heading_kinds().values()) else "",
    )


def _statement_id(notes: _Notes, gathering_id: str, text: str) -> str:
    said = re.sub(r"\s", "", plain(text))
    notes.repeats[(gathering_id, said)] += 1
    return make_id("s", f"{gathering_id}|{said}", notes.repeats[(gathering_id, said)])
