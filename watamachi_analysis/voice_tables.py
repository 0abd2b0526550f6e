"""Part the lines of a passage at the headings of columns, and read voices out of tables and rankings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .plan_items import Spot, join_lines
from .voice_columns import begins_columns, unfold_columns
from .voice_marks import LONGEST_QUOTED
from .voice_speech import Piece
from .voice_words import KINDS, name_column, name_kind

LONGEST_HEADER = 60  # characters of a line that heads columns
HOLDS_VOICES = frozenset({"text", *KINDS})
_ASIDE = re.compile("^[〔【［\\[]([^〕】］\\]]{1,14})[〕】］\\]]$")
_ROW = re.compile(
    "^(第?[0-9０-９]{1,3}[位.．)]?[ \u3000]+)?(\\S.*?)[ \u3000]+([0-9０-９,，]{1,6})[件人票]?$"
)
_RANK = re.compile("^第?[0-9０-９]{1,3}[位.．)]?[ \u3000]+\\S")
_COUNT = re.compile("^([0-9０-９,，]{1,6})[件人票]?$")
# What stands between two lists and announces the second one.
_ANNOUNCES = re.compile("^\u3000[^\\s\u3000].{4,120}ました。$")
_TITLE = re.compile("「([^「」]{2,30})」")


@dataclass
class Run:
    """Lines below the same headings of columns; without any, a plain list."""

    columns: tuple[str, ...] = ()
    area: str = ""
    kind: str = ""
    is_announced: bool = False  # by a sentence that tells the kind
    is_aside: bool = False  # whether columns stand side by side
    lines: list[Spot] = field(default_factory=list)

    @property
    def is_ranking(self) -> bool:
        """Tell whether each voice stands with how many said so."""
        return "count" in self.columns or "rank" in self.columns

    @property
    def holds_voices(self) -> bool:
        """Tell whether a column holds voices."""
        return bool(HOLDS_VOICES & set(self.columns))


def part_runs(lines: Sequence[Spot]) -> list[Run]:
    """Return lines parted where headings of columns stand.

    Examples
    --------
    >>> said = ["・遠い。", "順位　内容　件数", "1　店がない　4件"]
    >>> runs = part_runs([Spot(number, 1, "", text) for number, text in enumerate(said)])
    >>> [(run.columns, len(run.lines)) for run in runs]
    [((), 1), (('rank', 'text', 'count'), 1)]
    """
    runs = [Run()]
    for line in lines:
        begun = _begin_cells(line, runs) if line.cells else _begin(line, runs[-1])
        ends_table = bool(not line.cells and runs[-1].lines and runs[-1].lines[-1].cells)
        if begun or ends_table:
            runs.append(begun or Run(lines=[line]))
        else:
            runs[-1].lines.append(line)
    return [run for run in runs if run.lines]


def _begin(line: Spot, last: Run) -> Run | None:
    """Return the run that a line begins; None if it belongs to the last one."""
    if last.lines and last.lines[-1].cells:
        last = Run()
    columns, area = _name_columns(line.text)
    if len(columns) > 1:
        return Run(columns, area, is_aside=_stand_aside(columns))
    if len(columns) == 1 and (
        columns[0] in {"rank", "count"} or (last.is_ranking and not last.lines)
    ):
        return Run((*last.columns, *columns) if last.is_ranking else columns)
    if len(columns) == 1 and last.is_aside and columns[0] in KINDS:
        return Run(kind=columns[0], lines=[line])
    if last.is_aside and _ANNOUNCES.match(line.text[:LONGEST_QUOTED]):
        told = {name_kind(title) for title in _TITLE.findall(line.text[:LONGEST_QUOTED])} - {""}
        return Run(kind=told.pop() if len(told) == 1 else "", is_announced=True, lines=[line])
    if begins_columns(line.text) and not (last.columns or last.is_aside):
        return Run(kind=last.kind, is_aside=True, lines=[line])
    return None


def _stand_aside(columns: Sequence[str]) -> bool:
    """Tell whether columns hold voices, and answers to them, and nothing else."""
    return set(columns) <= HOLDS_VOICES | {"reply"} and bool(set(columns) & HOLDS_VOICES)


def _begin_cells(line: Spot, runs: Sequence[Run]) -> Run | None:
    """Return the run that a row of a table begins; one behind a line of text goes on with its table."""
    columns = tuple(name_column(cell.strip()) for cell in line.cells)
    if sum(map(bool, columns)) > 1:
        return Run(columns)
    if not runs[-1].lines or runs[-1].lines[-1].cells:
        return None
    known = (run.columns for run in reversed(runs) if len(run.columns) == len(line.cells))
    return Run(next(known, ()), lines=[line])


def _name_columns(text: str) -> tuple[tuple[str, ...], str]:
    """Return what a line that heads columns says of each, and the area beside; nothing if it is none."""
    words = text.split() if len(text) <= LONGEST_HEADER else []
    beside = _ASIDE.match(words[-1]) if len(words) > 1 else None
    columns = tuple(name_column(word) for word in (words[:-1] if beside else words))
    return (columns, beside[1] if beside else "") if columns and all(columns) else ((), "")


def take_aside(run: Run) -> Iterator[Piece]:
    """Yield the voices of columns that stand side by side, the left one of a row first."""
    for cell in unfold_columns(run.lines):
        column = run.columns[cell.column] if cell.column < len(run.columns) else ""
        if column == "reply":
            continue
        kind = column if column in KINDS else run.kind
        yield Piece(cell.text, tuple(cell.lines), kind=kind, area=run.area)


def take_cells(run: Run) -> Iterator[Piece]:
    """Yield the voices of a table whose cells are known; a theme stands for the rows below it too."""
    theme = ""
    for line in run.lines:
        cells = [cell.strip() for cell in line.cells]
        named = dict(zip(run.columns, cells, strict=False))
        theme = named.get("theme") or theme
        count = _COUNT.match(named.get("count", ""))
        for column, cell in zip(run.columns, cells, strict=False):
            for raw in cell.split("\n") if column in HOLDS_VOICES else []:
                kind = column if column in KINDS else ""
                yield Piece(raw, (line,), theme, kind, voices=_number(count[1]) if count else 0)


def take_ranking(run: Run) -> list[Piece]:
    """Return the voices of a ranking, a row a line or column by column, with how many said so.

    Examples
    --------
    >>> lines = [Spot(0, 1, "", "1　店が"), Spot(1, 1, "", "ない　4件"), Spot(2, 1, "", "2　暗い　3件")]
    >>> [(piece.raw, piece.voices) for piece in take_ranking(Run(("rank", "text", "count"), lines=lines))]
    [('店がない', 4), ('暗い', 3)]
    """
    rows: list[Piece] = []
    column: list[Piece] = []
    counts: list[int] = []
    begun: list[Spot] = []  # the first lines of a row
    has_rank = "rank" in run.columns
    for line in run.lines:
        text = line.text.strip()
        raw = join_lines([*(own.text for own in begun), text])[:LONGEST_QUOTED]
        row, count = _ROW.match(raw), _COUNT.match(text)
        if row and bool(row[1]) == has_rank:
            rows.append(Piece(row[2], (*begun, line), voices=_number(row[3])))
            begun = []
        elif count:
            counts += [_number(count[1])] if column else []  # before the voices they are ranks
        elif begun or (has_rank and _RANK.match(text)):
            begun.append(line)
        else:
            column.append(Piece(text, (line,)))
    return rows + _count_column(column, counts)


def _count_column(column: Sequence[Piece], counts: Sequence[int]) -> list[Piece]:
    """Return voices with their counts; the last number may be that of a page, too few are none."""
    if len(counts) < len(column):
        return []
    return [
        Piece(piece.raw, piece.lines, voices=count)
        for piece, count in zip(column, counts, strict=False)
    ]


def _number(digits: str) -> int:
    return int(digits.replace(",", "").replace("，", ""))
