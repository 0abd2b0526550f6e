"""Part the lines of a passage into single voices, by the form in which a plan prints them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .plan_items import Spot, join_lines
from .voice_grounds import CLOSED, LONGEST_TELLING, MIXED, Passage, open_by_words
from .voice_marks import (
    LONGEST_QUOTED,
    Said,
    find_codes,
    has_bullet,
    has_prefix,
    is_finished,
    is_signed_aloud,
    read_voice,
)
from .voice_speech import Piece, take_quoted, take_turns
from .voice_tables import HOLDS_VOICES, Run, part_runs, take_aside, take_cells, take_ranking
from .voice_words import KINDS, name_column, voice_pattern

LONGEST_THEME = 12  # characters of a theme that stands in a table
NARRATED = 1 / 3  # of the items of a list: it reports a talk
FEWEST_NARRATED = 2
FULL = 0.85  # of the longest line: a line that is nearly as long goes on
_QUOTES = ("「", "『", "“")
_ANSWERS = ("→", "⇒", "➡")
_GAP = re.compile("[ \u3000]*\u3000[ \u3000]*| {2,}")
_PARTICLE = re.compile("^[がをにではのとてっんー、。」）)]")
_NOTE = re.compile("^[ \u3000]*(?:[※＊]|[(（](?:記録|写真|資料|出典|図|表|注|※))")
_SIGNED = re.compile("^「[^」]{4,300}。」[(（]")
_NARRATES = re.compile(
    "(?:話し合われ|話題にな|(?:提案|意見|要望|声|案|約束|指摘)が[^。]{0,16}(?:あり|出|でき|上が|あが|寄せ)|ことに(?:なり|し|決ま)|決まり|名乗り出|"
    "持ち帰)[^。]{0,10}(?:ました|ます)。?$"
)
_POLITE = re.compile("(?:ます|ました|です)。$")
# A sentence that tells of a voice and is none.
_TELLS = re.compile("(?:声|意見|提案|要望|話|言葉|願い|思い)[^。]{0,12}(?:ました|ます)。?$")


def take_pieces(passage: Passage) -> Iterator[Piece]:
    """Yield the voices of a passage in their order.

    Parameters
    ----------
    passage
        As `find_passages` returns them; where nobody is heard only signed quotations are taken.
    """
    lines = [line for line in passage.lines if line.mark != "page"]
    turns = take_turns(lines, is_announced=passage.is_open)
    if turns:
        yield from turns
    elif passage.is_open:
        pieces = list(_take_open(passage))
        yield from () if _narrate(pieces) else pieces
    else:
        yield from _take_answered(passage)
        yield from _take_signed(passage)


def _take_answered(passage: Passage) -> Iterator[Piece]:
    """Yield the column of voices in a table of them and what the municipality answers."""
    if passage.ground.verdict == MIXED:
        rows = [line for line in passage.lines if line.cells]
        for run in part_runs(rows):
            if {"text", "reply"} <= set(run.columns):
                yield from take_cells(run)


def _narrate(pieces: Sequence[Piece]) -> bool:
    """Tell whether a list tells what was talked about, in the words of the municipality."""
    told = sum(bool(_NARRATES.search(piece.raw[-LONGEST_TELLING:])) for piece in pieces)
    return told >= max(FEWEST_NARRATED, NARRATED * len(pieces))


def _take_signed(passage: Passage) -> Iterator[Piece]:
    """Yield the quotations that are signed, and what stands behind a sentence that tells of voices."""
    for group in _paragraphs([line for line in passage.lines if line.mark != "page"]):
        raw = join_lines(line.text for line in group)
        if voice_pattern("told").search(raw[-LONGEST_TELLING:]):
            yield from _take_open(open_by_words(passage, group[-1].number))
            return
        is_coded = has_prefix(raw) and bool(passage.codes & set(find_codes(raw)))
        if is_coded or is_signed_aloud(raw):
            yield Piece(raw, tuple(group))
        elif passage.ground.verdict != CLOSED or _SIGNED.match(raw[:LONGEST_QUOTED]):
            yield from take_quoted(raw, group, only_signed=True)


def _paragraphs(lines: Sequence[Spot]) -> list[list[Spot]]:
    groups: list[list[Spot]] = []
    for line in lines:
        if not groups or line.cells or _begins(line.text) or is_finished(groups[-1][-1].text):
            groups.append([])
        groups[-1].append(line)
    return groups


def _begins(text: str) -> bool:
    """Tell whether a line begins a voice by its mark."""
    return has_bullet(text) or has_prefix(text) or text.strip().startswith(_QUOTES)


def _take_open(passage: Passage) -> Iterator[Piece]:
    """Yield the voices of a passage where residents are heard."""
    lines = list(_skip_notes(passage.lines))
    for run in part_runs(lines):
        if any(line.cells for line in run.lines):
            yield from take_cells(run)
        elif run.is_ranking:
            yield from take_ranking(run) if run.holds_voices else ()
        else:
            run.lines = [line for line in run.lines if line.mark != "page"]
            yield from take_aside(run) if run.is_aside else _Walk(passage, run).take()


def _skip_notes(lines: Sequence[Spot]) -> Iterator[Spot]:
    """Yield the lines but notes; one without a full stop ends where a voice begins."""
    is_note = False
    for line in lines:
        begins_note = bool(_NOTE.match(line.text[:LONGEST_TELLING]))
        is_note = begins_note or (is_note and not line.cells and not _begins(line.text))
        if not is_note:
            yield line
        is_note = is_note and not line.text.rstrip().endswith(("。", "）", ")"))


@dataclass
class _Group:
    """The lines of what may be one voice; `starts` is `mark`, `row` (of a table) or `bare`."""

    lines: list[Spot]
    starts: str
    raw: str

    def add(self, line: Spot) -> None:
        self.lines.append(line)
        self.raw = join_lines([self.raw, line.text])


class _Walk:
    """A walk down the lines of a list, or of a table whose cells stand one below the other."""

    def __init__(self, passage: Passage, run: Run) -> None:
        self.passage, self.run = passage, run
        self.last_bullet = max(
            (line.number for line in run.lines if has_bullet(line.text)), default=-1
        )
        self.pieces: list[Piece] = []
        self.group: _Group | None = None
        self.theme, self.kind = "", run.kind
        self.awaits_theme = False

    def take(self) -> list[Piece]:
        """Return the voices of the list."""
        for line in self.run.lines:
            self._read(line, line.text.strip())
        self._close()
        return self.pieces

    def _read(self, line: Spot, text: str) -> None:
        """Take a line for the heading of a column, the start of a voice, or the rest of one."""
        if column := name_column(text):
            self._close()
            self.awaits_theme = column == "theme"
            self.kind = column if column in KINDS else ""
        elif self.awaits_theme or self._is_theme(text):
            self._close()
            self.theme, self.awaits_theme = text, False
        elif _begins(text):
            self._open(line, "mark")
        elif self._is_row(text):
            self._open(line, "row")
        elif self.group and self._goes_on(self.group, line):
            self.group.add(line)
        else:
            self._open(line, "bare")

    def _is_row(self, text: str) -> bool:
        """Tell whether a row of a table begins that stands on one line: theme, need, request."""
        theme, _, rest = text.partition(" ")
        return "theme" in self.run.columns and 0 < len(theme) <= LONGEST_THEME < len(rest)

    def _is_theme(self, text: str) -> bool:
        """Tell whether a line is the cell that names the theme of those below it."""
        is_free = self.group is None or is_finished(self.group.raw)
        is_short = len(text) <= LONGEST_THEME and not text.endswith("。") and not _begins(text)
        return "theme" in self.run.columns and is_free and is_short and not _PARTICLE.match(text)

    def _goes_on(self, group: _Group, line: Spot) -> bool:
        """Tell whether a line is the rest of the voice above."""
        last = group.lines[-1].text
        if line.text.lstrip().startswith(("【", "〔")):
            return False
        if group.starts == "bare" and self._holds_notes:
            return len(last.strip()) >= FULL * self.passage.width and not is_finished(last)
        if group.starts == "bare" or not is_finished(group.raw):
            return not is_finished(group.raw)
        # Behind its full stop a voice goes on where a line is hung in, or stands among bullets.
        is_hung = line.text.startswith(("\u3000", " ", "（", "("))
        return is_hung or (has_bullet(group.raw) and line.number < self.last_bullet)

    @property
    def _holds_notes(self) -> bool:
        """Tell whether single notes may stand here without bullets, below 困りごと and the like."""
        return bool(self.passage.ground.kind or self.kind) and not self.run.is_announced

    def _open(self, line: Spot, starts: str) -> None:
        self._close()
        self.group = _Group([line], starts, line.text.strip())

    def _close(self) -> None:
        group, self.group = self.group, None
        if group is None:
            return
        if group.starts == "row":
            self._add_row(group)
        elif group.raw.startswith(_ANSWERS):
            # Outside a table of answers an arrow is the reply of the municipality.
            if "request" in self.run.columns:
                self._add(group, "request")
        elif group.starts == "mark" and not group.raw.startswith(_QUOTES):
            self._add(group, self.kind or ("need" if "need" in self.run.columns else ""))
        elif self._is_voice(group):
            self._add(group, self.kind)
        elif find_codes(group.raw) and _stands_alone(group.raw, read_voice(group.raw)):
            self._add(group, self.kind, is_coded=True)
        else:
            quoted = take_quoted(group.raw, group.lines, only_signed=False)
            self.pieces += [replace(piece, theme=self.theme, kind=self.kind) for piece in quoted]

    def _is_voice(self, group: _Group) -> bool:
        """Tell whether lines without a bullet are a voice and no text of the plan."""
        said = read_voice(group.raw)
        if said is None:
            return False
        is_text = group.lines[0].text.startswith("\u3000") or _POLITE.search(group.raw)
        is_note = self._holds_notes and not is_text
        is_signed = (said.is_signed or bool(said.districts)) and _stands_alone(group.raw, said)
        return is_note or said.is_quoted or is_signed or self.passage.ground.is_bare

    def _add_row(self, group: _Group) -> None:
        theme, _, rest = group.raw.partition(" ")
        columns = [column for column in self.run.columns if column != "theme"]
        for column, cell in zip(columns, _GAP.split(rest.strip()), strict=False):
            kind = column if column in KINDS else ""
            if column in HOLDS_VOICES:
                self.pieces.append(Piece(cell, tuple(group.lines), theme, kind))

    def _add(self, group: _Group, kind: str, *, is_coded: bool = False) -> None:
        lines = tuple(group.lines)
        self.pieces.append(Piece(group.raw, lines, self.theme, kind, is_coded=is_coded))


def _stands_alone(raw: str, said: Said | None) -> bool:
    """Tell whether what stands in brackets signs a voice, and not the paragraph around one.

    A voice ends before the bracket, 遠い。（南）, a paragraph behind it: 開きました（南地区）。
    """
    if said is None or raw.rstrip().endswith(("）。", ")。")):
        return False
    holds_quoted = "「" in said.text and said.text.endswith("」") and not said.is_quoted
    return not holds_quoted and not _TELLS.search(said.text)
