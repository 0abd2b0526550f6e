"""Say what stands on each still picture and where, in words and points: drawing adds nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from .captions import page_words
from .layout import lay_out
from .looks import INK, SOFT
from .overlap import STATES
from .page import CELL_COLUMNS, PageWords, list_issues
from .publish import SAMPLE_MARK, Publication
from .spots import Box, Layout
from .typesetting import drawable, measure, wrap

NO_RECORD, HIDDEN = "記録なし", "非表示"
WISHES, ACTIVITIES = "やってみたいの声", "活動（声・一覧）"
_FINDING_SIZES = (22.0, 19.0, 16.0, 13.0)
_FINDING_LINES = 2
_SMALL_STEP, _KEY_STEP = 13.0, 20.0
_SOURCE_LINES = 3
_FULL = 0.94  # of a line is filled: office programs set spaces between kanji and digits
_MORE = "…ほかの出典は一覧表（overlap.xlsx）に"


@dataclass(frozen=True)
class Form:
    """The size of a sheet in points, its margin, and how wide its legend is."""

    width: float
    height: float
    margin: float
    legend: float


PAPER_FORM = Form(842.0, 595.0, 34.0, legend=196.0)  # A4 landscape
SLIDE_FORM = Form(960.0, 540.0, 34.0, legend=240.0)  # 16:9


@dataclass(frozen=True)
class Line:
    """One line of type: the middle of its height, and its left edge, or middle, or right edge."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    colour: str = INK
    align: str = "left"


@dataclass(frozen=True)
class Key:
    """One entry of the legend: a state, or `wish` or `activity`; where its sign goes."""

    kind: str
    sign: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Cell:
    """What one district shows for one issue."""

    name: str
    state: str
    wish: bool
    activity: bool
    spoken: str
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """One picture.

    Attributes
    ----------
    issue, label, finding, rest
        What it is of, and what it says.
    counts
        State → number of districts.
    cells
        District → what it shows.
    head
        The lines above the view; `finding_lines` of them are the title.
    layout
        Where the districts go.
    legend
        Its entries.
    foot
        Caution, date, version, credits.
    sample
        Where 見本 stands, or None.
    """

    issue: str
    label: str
    finding: str
    rest: str
    counts: Mapping[str, int]
    cells: Mapping[str, Cell]
    head: tuple[Line, ...]
    title: tuple[Line, ...]
    layout: Layout
    legend: tuple[Key, ...]
    foot: tuple[Line, ...]
    sample: Box | None


def lay_sheets(shown: Publication, form: Form) -> list[Sheet]:
    """Return the overview and one sheet per issue.

    Parameters
    ----------
    shown
        What one audience may see; nothing else is looked at.
    form
        The size of the sheets.
    """
    words = page_words(shown)
    issues = list_issues(shown.overlap, shown.issues)
    rows = {str(issue): table for issue, table in shown.overlap.groupby("issue", sort=False)}
    heads = [_head(words, issue, form) for issue in issues]
    top = max(
        lower for _, _, lower in heads
    )  # one for all: the view stands still from sheet to sheet
    foot, bottom = _foot(words, form)
    view = Box(form.margin, top, form.width - 2 * form.margin - form.legend - 16, bottom - top)
    layout = lay_out(_printable(shown.districts), view)
    sheets = []
    for issue, (head, title, _) in zip(issues, heads, strict=True):
        counts: dict[str, int] = dict(zip(STATES, issue["counts"], strict=True))  # type: ignore[call-overload]
        sheets.append(
            Sheet(
                issue=str(issue["id"]),
                label=drawable(str(issue["label"])),
                finding=drawable(str(issue["finding"])),
                rest=str(issue["rest"]),
                counts=counts,
                cells=_cells(shown.districts, rows[str(issue["id"])]),
                head=head,
                title=title,
                layout=layout,
                legend=_legend(counts, form, view),
                foot=foot,
                sample=_sample(words, form),
            )
        )
    return sheets


def speak(name: str, row: Mapping[Any, Any]) -> str:
    """Return a district in words: name, state, and every number as the audience sees it.

    Parameters
    ----------
    name
        The district's.
    row
        Its row of the overlap.
    """
    missing = NO_RECORD if row["state"] == "no_record" else HIDDEN
    parts = [name, STATES[row["state"]][0]]
    for column, label in CELL_COLUMNS.items():
        said, _, unit = label.removesuffix("）").rpartition("（")
        parts.append(f"{said} {missing if pd.isna(row[column]) else f'{row[column]}{unit}'}")
    return "、".join(parts)


def _printable(districts: pd.DataFrame) -> pd.DataFrame:
    return districts.assign(
        **{name: districts[name].map(drawable) for name in ("name", "short", "area")}
    )


def _cells(districts: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Cell]:
    names = dict(zip(districts["district"], districts["name"].map(drawable), strict=True))
    by_district = rows.set_index("district").loc[list(names)]
    return {
        str(code): Cell(
            name=names[code],
            state=row["state"],
            wish=_some(row["wishes"]),
            activity=_some(row["activities_said"]) or _some(row["activities_listed"]),
            spoken=speak(names[code], row),
            sentence=row["sentence"],
        )
        for code, row in by_district.to_dict("index").items()
    }


def _some(number: float | None) -> bool:
    return number is not None and not pd.isna(number) and number > 0


def survey_line(words: PageWords) -> str:
    """Return the line that says which survey this is."""
    survey = words.survey
    voices = f"{survey['gatherings']}回の集まり・{survey['participants']}人の声"
    parts = ("わたまち地図", survey["name"], survey["period"], voices, survey["audience_label"])
    return drawable("　".join(str(part) for part in parts if part))


def _sample(words: PageWords, form: Form) -> Box | None:
    if not words.survey["sample"]:
        return None
    width = measure(SAMPLE_MARK) * 10.5 + 16
    return Box(form.width - form.margin - width, form.margin * 0.65, width, 18)


def _head(
    words: PageWords, issue: Mapping[str, object], form: Form
) -> tuple[tuple[Line, ...], tuple[Line, ...], float]:
    """Return the lines above the view, those of the title, and where they end."""
    left, y = form.margin, form.margin * 0.65 + 9
    room = (form.width - 2 * form.margin) * _FULL
    above = room - (measure(SAMPLE_MARK) * 10.5 + 32 if words.survey["sample"] else 0)
    name = wrap(survey_line(words), above / 10.5)
    head = [Line(name[0] + ("…" if len(name) > 1 else ""), left, y, 10.5, colour=SOFT)]
    y += 26
    label, rest = drawable(str(issue["label"])), str(issue["rest"])
    head.append(Line(label, left, y, 14, bold=True))
    head.append(Line(rest, form.width - form.margin, y, 10.5, colour=SOFT, align="right"))
    finding = drawable(str(issue["finding"]))
    fitting = (size for size in _FINDING_SIZES if len(wrap(finding, room / size)) <= _FINDING_LINES)
    size = next(fitting, _FINDING_SIZES[-1])
    y += 12 - size * 0.7
    title = []
    for text in wrap(finding, room / size):
        y += size * 1.4
        title.append(Line(text, left, y, size, bold=True))
    return tuple(head), tuple(title), y + size * 0.7 + 6


def _foot(words: PageWords, form: Form) -> tuple[tuple[Line, ...], float]:
    """Return the lines at the lower edge, and where they begin."""
    survey = words.survey
    made = [f"作成日 {survey['built']}　版 {survey['version']}", *words.credits, *words.sources]
    room = (form.width - 2 * form.margin) * _FULL
    small = wrap(drawable("　".join(made)), room / 8)
    if len(small) > _SOURCE_LINES:
        kept = "".join(small[:_SOURCE_LINES])[: -len(_MORE)]
        small = wrap(kept.rpartition("　")[0] + _MORE, room / 8)
    y = form.height - form.margin * 0.6 - 11 * (len(small) - 1) - 4
    lines = [
        Line(text, form.margin, y + 11 * number, 8, colour=SOFT)
        for number, text in enumerate(small)
    ]
    caution = Line(words.caution, form.margin, y - 16, 11, bold=True)
    return (caution, *lines), y - 16 - 12


def _legend(counts: Mapping[str, int], form: Form, view: Box) -> tuple[Key, ...]:
    """Return the legend's entries, at the right of the view."""
    left = form.width - form.margin - form.legend
    keys = [_state_key(state, counts[state], Box(left, 0, form.legend, 0)) for state in STATES]
    heights = [(len(key.lines) - 2) * _SMALL_STEP + _KEY_STEP + 6 for key in keys]
    y = max(view.top, view.middle[1] - (sum(heights) + 2 * _KEY_STEP) / 2)
    placed = []
    for key, height in zip(keys, heights, strict=True):
        placed.append(_move_down(key, y))
        y += height
    for kind, words in (("wish", WISHES), ("activity", ACTIVITIES)):
        sign = Box(left, y + 2, 14, 14)
        placed.append(Key(kind, sign, (Line(words, left + 20, sign.middle[1], 10.5),)))
        y += _KEY_STEP
    return tuple(placed)


def _move_down(key: Key, by: float) -> Key:
    lines = tuple(replace(line, y=line.y + by) for line in key.lines)
    return replace(key, sign=replace(key.sign, top=key.sign.top + by), lines=lines)


def _state_key(state: str, count: int, box: Box) -> Key:
    label, words = STATES[state]
    sign = Box(box.left, box.top + 2, 14, 14)
    x, y = box.left + 20, sign.middle[1]
    lines = [
        Line(label, x, y, 11, bold=True),
        Line(f"{count}地区", x + measure(label) * 11 + 8, y, 11),
    ]
    small = wrap(words, (box.width - 20) / 10.5)
    lines += [
        Line(text, x, y + 15 + _SMALL_STEP * number, 10.5, colour=SOFT)
        for number, text in enumerate(small)
    ]
    return Key(state, sign, tuple(lines))
