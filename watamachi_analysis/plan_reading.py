"""Turn the text of a plan into measures: whose plan it is, for which years, and what was left."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from .errors import Problem
from .ids import make_id
from .outline import read_outline
from .periods import parse_period
from .plan_facts import find_municipalities, find_name, find_printed, find_years
from .plan_review import (
    HEADINGS,
    LEFT,
    MEASURES,
    PlanCorrections,
    find_taken,
    heading_rows,
    left_rows,
    measure_rows,
    mend_headings,
    mend_measures,
)
from .plan_statements import state_voices
from .plan_text import PlanText, name_pages
from .plan_voices import take_voices
from .planned import PLANNED_COLUMNS, take_measures
from .plans import MEASURE_COLUMNS
from .roles import name_role
from .rows import Tally
from .sections import fold_lines

MOST_TEXT = 600  # characters; a longer measure has probably taken in what follows it
NOT_MENDED = PlanCorrections()
LEFT_COLUMNS = ["page", "file_page", "place", "heading", "path", "label", "text", "lines"]
PAGE_STATES = {
    "measures": "施策を読んだ",
    "other": "見出しと説明",
    "no_text": "文字がない（画像）",
    "garbled": "文字が化けている",
    "broken": "壊れている",
    "blank": "白紙",
}


@dataclass(frozen=True)
class ParsedPlan:
    """What the text of one plan gives.

    Attributes
    ----------
    measures
        As the tables of plans give them, keyed by `measure_id`.
    outline, as_read
        With headings as an adviser mended them, and as they were read.
    mended, taken
        The measures as an adviser mended them (`is_used` tells those that are none), and as they
        were taken from the outline.
    voices
        As `take_voices` returns them.
    gatherings, statements
        The same as the municipality's own report: see `state_voices`.
    left
        What was read as no measure in the chapters of measures, with its page and heading.
    pages
        One row per page of a PDF: `page`, `printed` (the number it bears), `state` (a key of
        `PAGE_STATES`).
    problems, tally
        What should be looked at, and where the lines went.
    """

    measures: pd.DataFrame
    outline: pd.DataFrame
    as_read: pd.DataFrame
    taken: pd.DataFrame
    mended: pd.DataFrame
    voices: pd.DataFrame
    gatherings: pd.DataFrame
    statements: pd.DataFrame
    left: pd.DataFrame
    pages: pd.DataFrame
    problems: tuple[Problem, ...]
    tally: Tally


def parse_plan(
    text: PlanText, municipalities: Iterable[str], corrections: PlanCorrections = NOT_MENDED
) -> ParsedPlan:
    """Turn the text of a plan into measures.

    Parameters
    ----------
    text
        As `read_plan_text` returns it.
    municipalities
        The names that a plan can be of.
    corrections
        What an adviser mended of it.

    Returns
    -------
    ParsedPlan
        Pages are those that are printed, where a plan prints them; `place` names that of the file.
    """
    garbled = set(text.pages.loc[text.pages["state"].eq("garbled"), "page"])
    as_read = read_outline(text.lines[~text.lines["page"].isin(garbled)].reset_index(drop=True))
    outline = mend_headings(text.file, as_read, corrections)
    taken = take_measures(outline)
    mended = mend_measures(text.file, taken, corrections)
    printed = find_printed(outline)
    voices = take_voices(outline)
    left = _find_left(outline, _lines_of(taken) | _lines_of(voices), printed)
    added = _as_measures(left[find_taken(text.file, left, corrections)])
    used = pd.concat([mended[mended["is_used"]], added], ignore_index=True)
    names = find_municipalities(text.file, outline, municipalities)
    name, period = find_name(text.file, outline), find_years(outline)
    measures = _measures(used, names, name, period, printed).assign(file=text.file)
    read = _lines_of(used) | _lines_of(voices) if names else set()
    held, said = state_voices(text.file, name, names, voices)
    lines = int(text.lines["text"].str.strip().ne("").sum())
    kept = lines - len(read) if names else 0
    return ParsedPlan(
        measures=measures[MEASURE_COLUMNS],
        outline=outline,
        as_read=as_read,
        taken=taken,
        mended=mended,
        voices=voices,
        gatherings=held,
        statements=said,
        left=left,
        pages=_judge_pages(text.pages, outline, used, printed),
        problems=(*text.problems, *_doubt(text.file, names, period, used)),
        tally=Tally(
            text.file, lines, kept, len(read), 0 if names else lines, len(measures) + len(said)
        ),
    )


def review_plan(
    parsed: ParsedPlan, corrections: PlanCorrections
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return the sheets of the review book of a plan: as mended so far, and as read.

    Parameters
    ----------
    parsed
        As `parse_plan` returns it, with the same corrections.
    corrections
        What an adviser mended of it.
    """
    file = parsed.tally.file
    taken = parsed.taken.assign(is_used=True)
    doubts = [judge_certainty(*row) for row in taken[["goal", "text", "role"]].to_numpy()]
    shown = {
        HEADINGS: heading_rows(file, parsed.as_read, parsed.outline),
        MEASURES: measure_rows(file, taken, parsed.mended, doubts),
        LEFT: left_rows(file, parsed.left, find_taken(file, parsed.left, corrections)),
    }
    before = {
        HEADINGS: heading_rows(file, parsed.as_read, parsed.as_read),
        MEASURES: measure_rows(file, taken, taken, doubts),
    }
    return shown, before


def _lines_of(taken: pd.DataFrame) -> set[int]:
    return {number for numbers in taken["lines"] for number in numbers}


def _as_measures(left: pd.DataFrame) -> pd.DataFrame:
    """Return pieces that an adviser took for measures as such, below their headings."""
    rows = [
        {
            "goal": path[0] if len(path) > 1 else "",
            "policy": " > ".join(path[1:-1]),
            "initiative": path[-1] if path else "",
            "role": name_role(label),
            "text": text.replace("\n", ""),
            "office": "",
            "indicators": "",
            "page": page,
            "place": place,
            "lines": lines,
        }
        for path, label, text, page, place, lines in zip(
            *(left[name] for name in ("path", "label", "text", "file_page", "place", "lines")),
            strict=True,
        )
    ]
    return pd.DataFrame(rows, columns=PLANNED_COLUMNS)


def _measures(
    taken: pd.DataFrame, names: Sequence[str], plan: str, period: str, printed: dict[int, int]
) -> pd.DataFrame:
    start, end = parse_period(period)
    said = taken["initiative"] + "|" + taken["text"]
    seen: Counter[str] = Counter()
    tables = []
    for name in names:
        keys = []
        for words in said:
            key = "|".join([name, plan, period, words])
            seen[key] += 1
            keys.append(make_id("m", key, seen[key]))
        tables.append(taken.assign(measure_id=keys, district_name=name))
    if not tables:
        return pd.DataFrame(columns=MEASURE_COLUMNS)
    numbers = [None if pd.isna(page) else printed.get(int(page)) for page in taken["page"]]
    pages = pd.Series(numbers * len(names), dtype="Int64")
    table = pd.concat(tables, ignore_index=True)
    return table.assign(
        plan=plan,
        period=period,
        start=start,
        end=end,
        page=pages,
        certainty=[judge_certainty(*row) for row in table[["goal", "text", "role"]].to_numpy()],
    )


def judge_certainty(goal: str, text: str, role: str) -> str:
    """Return whether a measure should be looked at: no goal above it, or no whole sentence.

    Examples
    --------
    >>> judge_certainty("基本目標1", "毎月たずねます。", ""), judge_certainty("", "毎月", "")
    ('sure', 'doubtful')
    """
    is_whole = text.endswith("。") or bool(role)
    return "sure" if goal and is_whole and len(text) <= MOST_TEXT else "doubtful"


def _find_left(outline: pd.DataFrame, read: set[int], printed: dict[int, int]) -> pd.DataFrame:
    """Return what is no measure, a row for each piece below one heading and label."""
    rows = []
    for block in fold_lines(outline):
        lines = [line for line in block.lines if line.number not in read and line.text.strip()]
        if lines and block.heading:
            first = lines[0]
            path = tuple(head.title for head in block.heading.chain[1:])
            rows.append(
                {
                    "page": None if first.page is None else printed.get(first.page),
                    "file_page": first.page,
                    "place": first.place,
                    "heading": block.heading.title,
                    "path": path,
                    "label": block.label or block.role,
                    "text": "\n".join(line.text.strip() for line in lines),
                    "lines": tuple(line.number for line in lines),
                }
            )
    return pd.DataFrame(rows, columns=LEFT_COLUMNS)


def _judge_pages(
    pages: pd.DataFrame, outline: pd.DataFrame, taken: pd.DataFrame, printed: dict[int, int]
) -> pd.DataFrame:
    lines = [number for numbers in taken["lines"] for number in numbers]
    with_measures = set(outline["page"].iloc[lines].dropna()) | set(taken["page"].dropna())
    states = [
        ("measures" if page in with_measures else "other") if state == "text" else state
        for page, state in zip(pages["page"], pages["state"], strict=True)
    ]
    numbers = [printed.get(int(page)) for page in pages["page"]]
    return pd.DataFrame({"page": pages["page"], "printed": numbers, "state": states})


def _doubt(file: str, names: Sequence[str], period: str, taken: pd.DataFrame) -> Iterable[Problem]:
    if not names:
        mend = "ファイルの名前に市町村の名前を入れてください（例: 川越市_地域福祉計画.pdf）"
        yield Problem(file, "", "どの市町村の計画か分かりません", mend)
    if len(names) > 1:
        found = f"{'と'.join(names)}の計画として読みました"
        mend = "一つの市町村の計画なら、ファイルの名前にその名前だけを入れてください"
        yield Problem(file, "", found, mend, "notice")
    if not period:
        mend = "表紙か「計画の期間」に、令和8年度～令和13年度のように書かれているか確かめてください"
        yield Problem(file, "", "計画の期間が見つかりません", mend, "notice")
    if taken.empty:
        mend = "watamachi plan で見出しの段を確かめてください"
        yield Problem(file, "", "施策が見つかりません", mend)


def describe_pages(pages: pd.DataFrame) -> list[str]:
    """Return a line for each state of pages, with how many and which.

    Examples
    --------
    >>> describe_pages(pd.DataFrame({"page": [1, 2, 3], "state": ["other", "measures", "measures"]}))
    ['施策を読んだ 2ページ', '見出しと説明 1ページ']
    """
    lines = []
    for state, words in PAGE_STATES.items():
        numbers = pages.loc[pages["state"].eq(state), "page"].tolist()
        named = f"（{name_pages(numbers)}）" if state not in {"measures", "other"} else ""
        if numbers:
            lines.append(f"{words} {len(numbers)}ページ{named}")
    return lines
