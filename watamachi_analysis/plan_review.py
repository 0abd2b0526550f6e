"""Put what was read of plans in words for an adviser to mend, and read back what was mended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import pandas as pd

from .cells import plain
from .errors import InputError, Problem
from .headings import find_marker, reads_as_heading
from .ids import make_id
from .read import read_source
from .roles import name_role
from .rows import Row, Sheet

PLAN_REVIEW_FILE = "plan_review.xlsx"
HEADINGS, MEASURES, LEFT = "見出し", "施策", "読まなかった文"
BEFORE = {HEADINGS: "もとの見出し", MEASURES: "もとの施策"}
FILE, PAGE, KEY, USE = "計画のファイル", "頁", "番号", "扱い"
UNUSED, TAKE = "使わない", "施策にする"
DEEPEST = 8
HEADS = {
    HEADINGS: {FILE: 44, PAGE: 18, "段": 6, "見出し": 80, KEY: 18},
    MEASURES: {
        FILE: 30, PAGE: 18, "基本目標": 28, "施策": 28, "取組": 34, "主体": 10, "内容": 60, "指標": 40,
        "担当課": 16, "確かさ": 12, USE: 12, KEY: 18,
    },
    LEFT: {FILE: 30, PAGE: 18, "見出し": 34, "小見出し": 24, "文": 80, USE: 14, KEY: 18},
}  # fmt: skip
FIELDS = {
    "基本目標": "goal", "施策": "policy", "取組": "initiative", "主体": "role", "内容": "text",
    "指標": "indicators", "担当課": "office",
}  # fmt: skip
CERTAINTIES = {"sure": "", "doubtful": "確かめる"}


@dataclass(frozen=True)
class PlanCorrections:
    """What an adviser mended in the review book of plans.

    Attributes
    ----------
    levels, titles
        Key of a line → its level (0 where it heads nothing), or its words.
    fields
        Key of a measure → what was changed of it; `use` is False where it is none.
    taken
        Keys of pieces that are measures after all.
    problems
        What could not be understood.
    """

    levels: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def key_lines(file: str, texts: pd.Series, places: pd.Series) -> list[str]:
    """Return a key for each line or measure of a plan: the same words in the same place keep it.

    Parameters
    ----------
    file
        The plan's file; its folder does not matter.
    texts, places
        What each says as it was read, and where.
    """
    seen: dict[str, int] = {}
    keys = []
    for text, place in zip(texts, places, strict=True):
        said = f"{PurePath(file).name}|{place}|{text}"
        seen[said] = seen.get(said, 0) + 1
        keys.append(make_id("p", said, seen[said]))
    return keys


def mend_headings(file: str, outline: pd.DataFrame, corrections: PlanCorrections) -> pd.DataFrame:
    """Return an outline with the levels and words of its headings as an adviser mended them.

    Parameters
    ----------
    file
        The plan's file.
    outline
        As `read_outline` returns it, with `place`.
    corrections
        As `read_plan_corrections` returns them.
    """
    keys = key_lines(file, outline["text"], outline["place"])
    levels, texts, marks = list(outline["level"]), list(outline["text"]), list(outline["mark"])
    for number, key in enumerate(keys):
        if key in corrections.levels:
            level = corrections.levels[key]
            levels[number], marks[number] = (level, "heading") if level else (None, "body")
        texts[number] = corrections.titles.get(key, texts[number])
    words = pd.Series(texts, index=outline.index, dtype="str")
    return outline.assign(text=words, mark=marks, level=pd.array(levels, dtype="Int64"))


def mend_measures(file: str, taken: pd.DataFrame, corrections: PlanCorrections) -> pd.DataFrame:
    """Return measures as an adviser mended them, with `is_used`: False for those that are none."""
    keys = key_lines(file, taken["text"], taken["place"])
    changes = [corrections.fields.get(key, {}) for key in keys]
    mended = {
        name: [change.get(name, old) for change, old in zip(changes, taken[name], strict=True)]
        for name in FIELDS.values()
    }
    used = pd.Series(
        [change.get(USE) != UNUSED for change in changes], index=taken.index, dtype=bool
    )
    return taken.assign(**mended, is_used=used)


def find_taken(file: str, left: pd.DataFrame, corrections: PlanCorrections) -> pd.Series:
    """Tell which pieces of what was left are measures after all."""
    keys = key_lines(file, left["text"], left["place"])
    return pd.Series([key in corrections.taken for key in keys], index=left.index, dtype=bool)


def heading_rows(file: str, read: pd.DataFrame, mended: pd.DataFrame) -> pd.DataFrame:
    """Return the headings of a plan, and the lines that could be some, as the book shows them.

    Parameters
    ----------
    file
        The plan's file.
    read, mended
        Its outline as it was read, and as it was mended.
    """
    keys = key_lines(file, read["text"], read["place"])
    rows = [
        (PurePath(file).name, place, "" if pd.isna(level) else str(level), text.strip(), key)
        for text, place, mark, level, key in zip(
            mended["text"], mended["place"], read["mark"], mended["level"], keys, strict=True
        )
        if mark == "heading" or (mark in {"body", "bullet", "label"} and _could_head(text))
    ]
    return pd.DataFrame(rows, columns=list(HEADS[HEADINGS]))


def _could_head(text: str) -> bool:
    return find_marker(text[:60]).may_head and reads_as_heading(text)


def measure_rows(
    file: str, read: pd.DataFrame, mended: pd.DataFrame, certainty: Sequence[str]
) -> pd.DataFrame:
    """Return the measures of a plan as the book shows them.

    Parameters
    ----------
    file
        The plan's file.
    read, mended
        As they were taken, and as they were mended.
    certainty
        `sure` or `doubtful` for each.
    """
    table = pd.DataFrame({head: mended[name].fillna("") for head, name in FIELDS.items()})
    table[FILE], table[PAGE] = PurePath(file).name, mended["place"]
    table[KEY] = key_lines(file, read["text"], read["place"])
    table[USE] = mended["is_used"].map({True: "", False: UNUSED}).astype(object)
    table["確かさ"] = [CERTAINTIES[one] for one in certainty]
    return table[list(HEADS[MEASURES])]


def left_rows(file: str, left: pd.DataFrame, taken: pd.Series) -> pd.DataFrame:
    """Return what was read as no measure as the book shows it; `taken` tells what is one."""
    table = left.rename(columns={"heading": "見出し", "label": "小見出し", "text": "文"})
    table[FILE], table[PAGE] = PurePath(file).name, left["place"]
    table[KEY] = key_lines(file, left["text"], left["place"])
    table[USE] = taken.map({True: TAKE, False: ""}).astype(object)
    return table[list(HEADS[LEFT])]


def read_plan_corrections(path: Path) -> PlanCorrections:
    """Return what was changed in a review book of plans against what had been read.

    Parameters
    ----------
    path
        The book, as Excel or LibreOffice saved it; none where there is no such file.
    """
    if not path.exists():
        return PlanCorrections()
    try:
        source = read_source(path)
    except InputError as error:
        return PlanCorrections(problems=(error.problem,))
    sheets = {sheet.name: dict(_rows(sheet)) for sheet in source.sheets}
    problems: list[Problem] = []
    changed = dict(_changes(sheets, HEADINGS))
    levels = {
        key: level
        for key, (row, changes) in changed.items()
        if "段" in changes and (level := _level(path, row, changes["段"], problems)) is not None
    }
    titles = {
        key: changes["見出し"] for key, (_, changes) in changed.items() if changes.get("見出し")
    }
    fields = {
        key: {
            name: _field(name, changes[head])
            for head, name in {**FIELDS, USE: USE}.items()
            if head in changes
        }
        for key, (_, changes) in _changes(sheets, MEASURES)
    }
    taken = {key for key, (_, cells) in sheets.get(LEFT, {}).items() if cells.get(USE) == TAKE}
    return PlanCorrections(levels, titles, fields, frozenset(taken), tuple(problems))


def _rows(sheet: Sheet) -> Iterator[tuple[str, tuple[Row, dict[str, str]]]]:
    """Yield key, row and heading → cell of each row of a sheet."""
    head = next((row for row in sheet.rows if KEY in map(str.strip, row.cells)), None)
    if head is None:
        return
    names = [cell.strip() for cell in head.cells]
    for row in sheet.rows[sheet.rows.index(head) + 1 :]:
        cells = {name: cell.strip() for name, cell in zip(names, row.cells, strict=False) if name}
        if cells.get(KEY):
            yield cells[KEY], (row, cells)


def _changes(
    sheets: Mapping[str, Mapping[str, tuple[Row, dict[str, str]]]], name: str
) -> Iterator[tuple[str, tuple[Row, dict[str, str]]]]:
    before = sheets.get(BEFORE[name], {})
    for key, (row, cells) in sheets.get(name, {}).items():
        old = before[key][1] if key in before else {}
        changes = {head: cell for head, cell in cells.items() if head in old and cell != old[head]}
        if changes:
            yield key, (row, changes)


def _level(path: Path, row: Row, written: str, problems: list[Problem]) -> int | None:
    number = plain(written)
    if number in {"", "0"}:
        return 0
    if number.isdigit() and int(number) <= DEEPEST:
        return int(number)
    found, mend = f"段「{written}」が分かりません", f"1 から {DEEPEST} の数にするか、空けてください"
    problems.append(Problem(path.name, f"{HEADINGS} {row.place}", found, mend))
    return None


def _field(name: str, written: str) -> str:
    return name_role(written) if name == "role" else written
