"""Collect gatherings and their statements while the rows of a note are being read."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import PurePath

from .bundled import resource_table
from .cells import Record, date_or_problem, match_heading, parse_number, parse_yes, plain
from .districts import load_districts
from .errors import Problem
from .ids import make_id
from .names import match_names
from .rows import Row, Sheet

GATHERING_KINDS = {
    "briefing": "説明会",
    "cafe": "わたまちカフェ",
    "meeting": "わたまちミーティング",
    "survey": "アンケート",
}
GATHERING_FIELDS = (
    "date",
    "name",
    "district",
    "venue",
    "kind",
    "participants",
    "gathering_id",
)

_LABEL = re.compile(
    r"^\s*(?:[-*・○●◯■]\s*)?\**\s*(?P<key>[^:：]{1,12}?)\s*\**\s*[:：]\s*\**\s*(?P<value>.*?)\s*\**\s*$"
)
_TIMES = re.compile(r"\s*[×xXｘＸ✕]\s*([0-9０-９]{1,2})\s*(?:人|名)?\s*$")
_SAME = {"〃", "同上", "々", "”", '"'}
_KIND_WORDS = {
    "briefing": "説明会",
    "meeting": "ミーティング",
    "survey": "アンケート",
    "cafe": "カフェ",
}


@dataclass
class Notes:
    """What one sheet has said so far.

    Attributes
    ----------
    sheet
        Where it stands.
    is_form
        Whether a row is a person's answer to a form, rather than a voice in a gathering.
    gathering
        The fields of the gathering that is open, as written.
    statements, gatherings
        The rows found so far; gatherings by id.
    problems
        What could not be used.
    used, read, reported
        Where the rows went.
    repeats
        How often each text was said in each gathering, over all sheets of the file.
    """

    sheet: Sheet
    is_form: bool = False
    gathering: dict[str, str] = field(default_factory=dict)
    statements: list[dict[str, object]] = field(default_factory=list)
    gatherings: dict[str, dict[str, object]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    used: int = 0
    read: int = 0
    reported: int = 0
    repeats: Counter[str] = field(default_factory=Counter)

    def report(self, row: Row | None, found: str, mend: str, *, notice: bool = False) -> None:
        """Add a problem placed at a row."""
        self.problems.append(self.sheet.problem(row, found, mend, notice=notice))

    def key(self) -> str:
        """Return the id of the gathering that is open."""
        parts = ["name"] if self.is_form else ["date", "name", "venue"]
        said = [self.gathering.get(part, "") for part in parts]
        place = same_place(self.gathering.get("district", ""))
        return make_id("g", self.gathering.get("gathering_id") or "|".join([*said, place]))

    def take_label(self, row: Row) -> None:
        """Let a line such as `日時：令和8年5月10日` describe the gathering that is open."""
        label = read_label(row.cells[0]) if row.cells else None
        if label and label[1]:
            self.gathering = self.gathering | {label[0]: label[1]}

    def add(self, row: Row, text: str, hint: str, record: Record | None = None) -> bool:
        """Add a statement to the gathering that is open, and the gathering when it is new.

        `×3` at the end, or a column for it, is how many people said so; `〃` is one more who
        said what stands above. Returns whether the row says anything.
        """
        is_ditto = plain(text) in _SAME
        above = self.statements[-1] if self.statements else None
        if is_ditto and above and above["gathering_id"] == self.key():
            above["voices"] = int(str(above["voices"])) + 1
            return True
        times = _TIMES.search(text)
        said = (text[: times.start()] if times else text).strip()
        if is_ditto or not said:
            mend = "だれかの発言なら、ことばで書いてください"
            self.report(row, f"「{text.strip()}」だけで、発言がありません", mend, notice=True)
            return False
        given = parse_number(record.get("voices")) if record else None
        counted = int(plain(times[1])) if times else 1
        gathering_id = self._open(row)
        self.statements.append(
            {
                "statement_id": self._statement_id(gathering_id, said),
                "gathering_id": gathering_id,
                "text": said,
                "kind_hint": kind_of_heading(hint) or None,
                "voices": max(counted, int(given or 1), 1),
                "publishable": parse_yes(record.get("publishable")) if record else None,
                "file": self.sheet.file,
                "place": self.sheet.place(row),
            }
        )
        return True

    def extend_last(self, text: str) -> None:
        """Add the next line of a statement that was broken over two."""
        last = self.statements[-1]
        last["text"] = f"{last['text']}{text}"
        last["statement_id"] = self._statement_id(str(last["gathering_id"]), str(last["text"]))

    def _statement_id(self, gathering_id: str, text: str) -> str:
        words = "".join(plain(text).split())
        said = f"{gathering_id}|{words}"
        self.repeats[said] += 1
        return make_id("s", said, self.repeats[said])

    def _open(self, row: Row) -> str:
        key = self.key()
        if key in self.gatherings:
            return key
        said = self.gathering
        day: date | None = None
        if said.get("date"):
            day, problem = date_or_problem(self.sheet, row, said["date"])
            self.problems += [problem] if problem else []
        else:
            self.report(row, "集まりの日付がありません", "「日時」を書いてください", notice=True)
        people = parse_number(said.get("participants", ""))
        stem = PurePath(self.sheet.file).stem
        self.gatherings[key] = {
            "gathering_id": key,
            "kind": _gathering_kind(said, stem),
            "name": said.get("name") or said.get("venue") or stem,
            "date": day,
            "district_name": said.get("district", ""),
            "venue": said.get("venue", ""),
            "participants": int(people) if people is not None and people >= 0 else None,
            "file": self.sheet.file,
            "place": self.sheet.place(row),
        }
        return key


@cache
def same_place(district: str) -> str:
    """Return one writing for the ways in which people write a district.

    Examples
    --------
    >>> same_place("川口") == same_place("埼玉県川口市"), same_place("どこか")
    (True, 'どこか')
    """
    codes = match_names([district], load_districts())[district]
    return "・".join(codes) or plain(district)


def read_label(text: str) -> tuple[str, str] | None:
    """Return the field of a gathering that a line names, and what it says; None for other lines.

    Examples
    --------
    >>> read_label("会場：公民館　2階"), read_label("課題：移動の足")
    (('venue', '公民館　2階'), None)
    """
    found = _LABEL.match(text)
    known = match_heading(found["key"], "gathering") if found else None
    if found is None or known is None or known[0] not in GATHERING_FIELDS:
        return None
    return known[0], found["value"]


def _gathering_kind(said: Mapping[str, str], stem: str) -> str:
    """Return the kind that the note, or else its name or file, speaks of; a café if none does."""
    for text in (said.get("kind", ""), said.get("name", ""), stem):
        for kind, word in _KIND_WORDS.items():
            if word in plain(text):
                return kind
    return "cafe"


@cache
def _heading_kinds() -> dict[str, str]:
    known = resource_table("text/headings.csv")
    return {_bare(h): k for h, k in zip(known["heading"], known["kind"], strict=True)}


def _bare(heading: str) -> str:
    return re.sub(r"[\s【】<>:：・]", "", plain(heading))


def kind_of_heading(heading: str) -> str:
    """Return the kind that a heading or sticky-note label lends to what stands below it.

    Examples
    --------
    >>> kind_of_heading("困りごと"), kind_of_heading("第二班")
    ('need', '')
    """
    kinds = _heading_kinds()
    return heading if heading in kinds.values() else kinds.get(_bare(heading), "")
