"""Make two invented plans as PDF, with the page of every measure known beforehand.

    python tests/make_plans.py [OUT_FOLDER]

`tests/plans/` holds three files for each plan: the prose (`.md`), the measures with their pages
(`.measures.csv`) and the headings with theirs (`.outline.csv`). The maker refuses to write a PDF
that differs from its truth. The marks of the prose are those of `DRAW` and `LINES` below.
"""

import csv
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
from fpdf import FPDF

SOURCE = Path(__file__).parent / "plans"
OUT = Path(__file__).parents[1] / "data" / "sample" / "plans"

# All lengths are millimetres, all sizes of type are points.
LEFT, TOP, BOTTOM = 22.0, 27.0, 273.0
BODY, LEADING = 10.5, 6.6
POINT = 25.4 / 72
BLACK, GREY = (30, 30, 30), (110, 110, 110)
NEVER_FIRST = "、。，．）」』】・ー々！？％：ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
NEVER_LAST = "（「『【"


@dataclass(frozen=True)
class Style:
    """How one city sets its plan."""

    city: str
    ink: tuple[int, int, int]
    tint: tuple[int, int, int]
    sizes: dict[int, float]
    width: float
    in_table: bool  # measures stand in ruled rows, and labels are struck four times


STYLES = (
    Style("川越市", (38, 63, 110), (230, 235, 245), {1: 24, 2: 18, 3: 14, 4: 12}, 166.0, False),
    Style("所沢市", (35, 100, 70), (228, 241, 233), {1: 22, 2: 17, 3: 13.5}, 162.0, True),
)


@dataclass
class Sheet:
    """The place where the next block goes, and what has been placed so far."""

    pdf: FPDF
    style: Style
    waiting: list[dict[str, str]]  # measures not yet placed
    y: float = TOP
    front: int | None = None  # unnumbered pages before the first chapter
    columns: int = 1
    column: int = 0
    top: float = TOP  # where the columns of this page begin
    type: tuple = (BODY, False, BLACK)  # size, weight and colour, as set last
    open: dict[int, str] = field(default_factory=dict)  # the headings that hold here, by level
    headings: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def width(self) -> float:
        """The width of the column."""
        return (self.style.width - 8 * (self.columns - 1)) / self.columns

    @property
    def x(self) -> float:
        """The left edge of the column."""
        return LEFT + self.column * (self.width + 8)

    @property
    def number(self) -> int:
        """The printed number of this page; 0 in the front matter."""
        return 0 if self.front is None else self.pdf.page - self.front


# --- type ---------------------------------------------------------------------------------------


def set_type(sheet: Sheet, size: float, bold: bool = False, ink: tuple = BLACK) -> None:
    """Choose the type that measuring and writing use next."""
    sheet.type = (size, bold, ink)
    sheet.pdf.set_font("bold" if bold else "plain", size=size)
    sheet.pdf.set_text_color(*ink)


def write_bold(sheet: Sheet, x: float, y: float, text: str) -> None:
    """Write a label: in real bold, or struck four times as old layout programs do."""
    if not sheet.style.in_table:
        set_type(sheet, BODY, bold=True, ink=sheet.style.ink)
        sheet.pdf.text(x, y, text)
        return
    set_type(sheet, BODY, ink=sheet.style.ink)
    for right, down in ((0, 0), (0.15, 0), (0, 0.15), (0.15, 0.15)):
        sheet.pdf.text(x + right * POINT, y + down * POINT, text)


def break_lines(sheet: Sheet, text: str, width: float) -> list[str]:
    """Break a text where Japanese may break, in the type that is set."""
    lines, line, used = [], "", 0.0
    for token in re.findall(r"[A-Za-z0-9.,%]+|.", text):
        wide = sheet.pdf.get_string_width(token)
        if used + wide > width and token not in NEVER_FIRST:
            kept = line.rstrip(NEVER_LAST)
            lines.append(kept)
            line = line[len(kept) :]
            used = sheet.pdf.get_string_width(line)
        line += token
        used += wide
    return [*lines, line]


def write_lines(sheet: Sheet, text: str, *, indent: float = 0.0, leading: float = LEADING) -> None:
    """Write a text over as many lines as it needs, in the type that is set."""
    for line in break_lines(sheet, text, sheet.width - indent):
        make_room(sheet, leading)
        sheet.pdf.text(sheet.x + indent, sheet.y + leading * 0.72, line)
        sheet.y += leading


# --- pages --------------------------------------------------------------------------------------


def make_room(sheet: Sheet, height: float) -> None:
    """Go on to the next column or page unless this height is free."""
    if sheet.y + height <= BOTTOM:
        return
    if sheet.column + 1 < sheet.columns:
        sheet.column += 1
        sheet.y = sheet.top
        return
    kept = sheet.type
    turn_page(sheet)
    set_type(sheet, *kept)


def turn_page(sheet: Sheet) -> None:
    """Begin a page, with its running head or tab and its number."""
    sheet.pdf.add_page()
    sheet.y, sheet.top, sheet.column = TOP, TOP, 0
    if not sheet.number:
        return
    if sheet.style.in_table:
        draw_tab(sheet)
    else:
        draw_running_head(sheet)
    foot = str(sheet.number) if sheet.style.in_table else f"- {sheet.number} -"
    set_type(sheet, 9, ink=GREY)
    sheet.pdf.text(105 - sheet.pdf.get_string_width(foot) / 2, 285, foot)


def draw_running_head(sheet: Sheet) -> None:
    """Set the chapter's title small at the top of the page."""
    set_type(sheet, 8, ink=GREY)
    title = sheet.open[1]
    sheet.pdf.text(LEFT + sheet.style.width - sheet.pdf.get_string_width(title), 17, title)
    draw_rule(sheet, LEFT, 19, sheet.style.width, 0.2)


def draw_tab(sheet: Sheet) -> None:
    """Set the chapter's number and title as a tab at the right edge."""
    number, _, title = sheet.open[1].partition("　")
    sheet.pdf.set_fill_color(*sheet.style.tint)
    sheet.pdf.rect(191, 40, 19, 24, style="F")
    set_type(sheet, 8, ink=sheet.style.ink)
    sheet.pdf.text(193, 46, number)
    set_type(sheet, 6.5, ink=sheet.style.ink)
    for row, line in enumerate(break_lines(sheet, title, 13.5)):
        sheet.pdf.text(193, 51 + row * 3.4, line)


def draw_rule(sheet: Sheet, x: float, y: float, width: float, weight: float) -> None:
    """Draw a level line in the city's colour."""
    sheet.pdf.set_draw_color(*sheet.style.ink)
    sheet.pdf.set_line_width(weight)
    sheet.pdf.line(x, y, x + width, y)


def open_page(sheet: Sheet, number: str) -> None:
    """Begin the page that must carry this number.

    Raises
    ------
    ValueError
        If the pages before it are too many or too few.
    """
    if sheet.number != int(number) - 1:
        raise ValueError(f"{sheet.style.city}: page {number} would follow page {sheet.number}")
    turn_page(sheet)


def set_columns(sheet: Sheet, count: str) -> None:
    """Set what follows in so many columns; going back to one begins a page."""
    sheet.columns, sheet.top = int(count), sheet.y
    if sheet.columns == 1:
        turn_page(sheet)


def break_column(sheet: Sheet, _: str) -> None:
    """Go on to the next column or page."""
    make_room(sheet, BOTTOM)


# --- headings -----------------------------------------------------------------------------------


def draw_heading(sheet: Sheet, level: int, text: str) -> None:
    """Set a heading and remember where it stands; a chapter begins a page."""
    sheet.open = {above: title for above, title in sheet.open.items() if above < level}
    sheet.open[level] = text
    if level == 1:
        sheet.front = sheet.pdf.page if sheet.front is None else sheet.front
        turn_page(sheet)
    size = sheet.style.sizes[level]
    height = size * POINT * 1.5
    make_room(sheet, height + 24)
    if sheet.y > TOP:
        sheet.y += 3
    sheet.headings.append((sheet.number, level, text))
    decorate_heading(sheet, level, height)
    white = sheet.style.in_table and level == 1
    set_type(sheet, size, bold=True, ink=(255, 255, 255) if white else sheet.style.ink)
    inset = 4 if (level == 1 and white) or level in (2, 3) else 0
    sheet.pdf.text(LEFT + inset, sheet.y + height * 0.72, text)
    sheet.y += height + (7 if level == 1 else 3)


def decorate_heading(sheet: Sheet, level: int, height: float) -> None:
    """Draw the band, bar or rule that marks the level."""
    width, pdf = sheet.style.width, sheet.pdf
    pdf.set_fill_color(*(sheet.style.tint if level == 3 else sheet.style.ink))
    if sheet.style.in_table and level in (1, 3):
        pdf.rect(LEFT, sheet.y, width, height, style="F")
    elif level == 1:
        draw_rule(sheet, LEFT, sheet.y + height + 1, width, 1.2)
    elif level == 2:
        pdf.rect(LEFT, sheet.y, 2, height, style="F")
        draw_rule(sheet, LEFT, sheet.y + height, width, 0.3)
    elif level == 3:
        pdf.rect(LEFT, sheet.y + height * 0.15, 1.2, height * 0.7, style="F")


# --- prose --------------------------------------------------------------------------------------


def draw_paragraph(sheet: Sheet, lines: list[str]) -> None:
    """Set a paragraph, its first line indented by one character."""
    set_type(sheet, BODY)
    write_lines(sheet, "　" + "".join(lines))
    sheet.y += 2


def draw_line(sheet: Sheet, lines: list[str]) -> None:
    """Set lines that stand alone, such as an indicator."""
    for line in lines:
        set_type(sheet, BODY)
        write_lines(sheet, line)
    sheet.y += 2


def draw_label(sheet: Sheet, text: str) -> None:
    """Set a label line such as 【現状と課題】 or ■現状と課題."""
    make_room(sheet, LEADING * 3)
    write_bold(sheet, sheet.x, sheet.y + LEADING * 0.8, text)
    sheet.y += LEADING + 1.5


def draw_bullets(sheet: Sheet, lines: list[str]) -> None:
    """Set bullets with a hanging indent."""
    for line in lines:
        set_type(sheet, BODY)
        hang = BODY * POINT
        first, *rest = break_lines(sheet, "・" + line, sheet.width - hang)
        make_room(sheet, LEADING * (1 + len(rest)))
        for text, indent in ((first, 0), *((other, hang) for other in rest)):
            sheet.pdf.text(sheet.x + indent, sheet.y + LEADING * 0.72, text)
            sheet.y += LEADING
        sheet.y += 0.8
    sheet.y += 1.5


def draw_note(sheet: Sheet, lines: list[str]) -> None:
    """Set a note in small type."""
    for line in lines:
        set_type(sheet, 8.5, ink=GREY)
        write_lines(sheet, "※" + line, leading=5.2)
    sheet.y += 2


def draw_terms(sheet: Sheet, lines: list[str]) -> None:
    """Set terms of the glossary, each above its explanation."""
    for line in lines:
        term, meaning = line.split("｜")
        draw_label(sheet, term)
        sheet.y -= 1
        set_type(sheet, 9.5)
        write_lines(sheet, meaning, leading=6)
        sheet.y += 3.4


def draw_box(sheet: Sheet, lines: list[str]) -> None:
    """Set a column of the editors in a tinted box, its title first."""
    set_type(sheet, BODY)
    texts = [break_lines(sheet, "　" + line, sheet.width - 12) for line in lines[1:]]
    height = 15 + LEADING * sum(map(len, texts))
    make_room(sheet, height + 3)
    sheet.y += 1
    sheet.pdf.set_fill_color(*sheet.style.tint)
    sheet.pdf.rect(
        sheet.x, sheet.y, sheet.width, height, style="F", round_corners=True, corner_radius=2
    )
    write_bold(sheet, sheet.x + 5, sheet.y + 7.5, lines[0])
    set_type(sheet, BODY)
    for row, line in enumerate(line for text in texts for line in text):
        sheet.pdf.text(sheet.x + 5, sheet.y + 15.5 + row * LEADING, line)
    sheet.y += height + 4


# --- tables and figures -------------------------------------------------------------------------


def share_width(rows: list[list[str]], width: float) -> list[float]:
    """Share the width among the columns, by the longest cell of each."""
    longest = [min(max(map(len, cells)), 26) + 3 for cells in zip(*rows, strict=True)]
    return [width * part / sum(longest) for part in longest]


def draw_table(sheet: Sheet, lines: list[str]) -> None:
    """Set a ruled table, its first row as the head."""
    rows = [line.strip("|").split("|") for line in lines]
    widths = share_width(rows, sheet.width)
    make_room(sheet, 9 * min(len(rows), 4))
    for row in rows:
        draw_row(sheet, row, widths, head=row is rows[0])
    sheet.y += 4


def draw_row(sheet: Sheet, cells: list[str], widths: list[float], *, head: bool = False) -> None:
    """Set one row, as high as its tallest cell."""
    set_type(sheet, 9.5)
    texts = [break_lines(sheet, cell, w - 6) for cell, w in zip(cells, widths, strict=True)]
    height = 5.6 * max(map(len, texts)) + 3
    make_room(sheet, height)
    sheet.pdf.set_draw_color(*GREY)
    sheet.pdf.set_line_width(0.2)
    sheet.pdf.set_fill_color(*sheet.style.tint)
    x = sheet.x
    for text, width in zip(texts, widths, strict=True):
        sheet.pdf.rect(x, sheet.y, width, height, style="DF" if head else "D")
        for row, line in enumerate(text):
            sheet.pdf.text(x + 2, sheet.y + 5.4 + row * 5.6, line)
        x += width
    sheet.y += height


def draw_chart(sheet: Sheet, lines: list[str]) -> None:
    """Draw bars, the title first, then `label|value` in each line."""
    bars = [line.split("|") for line in lines[1:]]
    make_room(sheet, 12 + 8 * len(bars))
    set_type(sheet, 9.5)
    sheet.pdf.text(sheet.x, sheet.y + 5, lines[0])
    sheet.y += 8.5
    amounts = [float(value.replace(",", "")) for _, value in bars]
    for (label, value), amount in zip(bars, amounts, strict=True):
        set_type(sheet, 9)
        sheet.pdf.text(sheet.x + 58 - sheet.pdf.get_string_width(label), sheet.y + 5, label)
        long = (sheet.width - 76) * amount / max(amounts)
        sheet.pdf.set_fill_color(*sheet.style.ink)
        sheet.pdf.rect(sheet.x + 60, sheet.y + 1, long, 5.2, style="F")
        sheet.pdf.text(sheet.x + 62 + long, sheet.y + 5, value)
        sheet.y += 7.6
    sheet.y += 5


def draw_flow(sheet: Sheet, lines: list[str]) -> None:
    """Draw boxes in a row with an arrow between them; each line is one box."""
    gap = 7
    width = (sheet.width - gap * (len(lines) - 1)) / len(lines)
    set_type(sheet, 9.5)
    texts = [
        [part for half in line.split("｜") for part in break_lines(sheet, half, width - 6)]
        for line in lines
    ]
    height = 5.6 * max(map(len, texts)) + 7
    make_room(sheet, height + 6)
    for place, text in enumerate(texts):
        x = sheet.x + place * (width + gap)
        draw_framed(sheet, (x, sheet.y, width, height), text)
        if place:
            sheet.pdf.text(x - gap + 1.8, sheet.y + height / 2 + 1, "→")
    sheet.y += height + 6


def draw_framed(sheet: Sheet, place: tuple[float, ...], text: list[str]) -> None:
    """Draw a framed box with its text in the middle of its height."""
    x, y, width, height = place
    sheet.pdf.set_draw_color(*sheet.style.ink)
    sheet.pdf.set_line_width(0.35)
    sheet.pdf.set_fill_color(*sheet.style.tint)
    sheet.pdf.rect(x, y, width, height, style="DF")
    set_type(sheet, 9.5)
    first = y + (height - 5.6 * len(text)) / 2 + 4.2
    for row, line in enumerate(text):
        sheet.pdf.text(x + 3, first + row * 5.6, line)


def draw_tree(sheet: Sheet, rows: list[dict[str, str]]) -> None:
    """Draw the system of the plan: goals, their policies and the initiatives of each."""
    policies: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["initiative"]:
            policies.setdefault((row["goal"], row["policy"]), []).append(row["initiative"])
    heights = {key: 5.6 * len(names) + 3 for key, names in policies.items()}
    make_room(sheet, sum(heights.values()))
    left, goal = sheet.x, ""
    for (above, policy), names in policies.items():
        height = heights[above, policy]
        if above != goal:
            goal = above
            whole = sum(high for key, high in heights.items() if key[0] == goal)
            frame_text(sheet, (left, sheet.y, 38, whole - 1.4), goal)
        frame_text(sheet, (left + 43, sheet.y, 48, height - 1.4), policy)
        draw_framed(sheet, (left + 96, sheet.y, sheet.width - 96, height - 1.4), names)
        for x in (38, 91):
            draw_rule(sheet, left + x, sheet.y + height / 2 - 0.7, 5, 0.3)
        sheet.y += height
    sheet.y += 4


def frame_text(sheet: Sheet, place: tuple[float, ...], text: str) -> None:
    """Break a text to the width of a framed box and set it there."""
    set_type(sheet, 9.5)
    draw_framed(sheet, place, break_lines(sheet, text, place[2] - 6))


# --- measures -----------------------------------------------------------------------------------


def take_row(sheet: Sheet) -> dict[str, str]:
    """Take the next measure of the table.

    Raises
    ------
    ValueError
        If it belongs on another page or under another heading.
    """
    row = sheet.waiting.pop(0)
    here = (str(sheet.number), sheet.open.get(2), sheet.open.get(3))
    if here != (row["page"], row["goal"], row["policy"]):
        raise ValueError(f"{sheet.style.city}: a measure stands at {here}, not as in {row}")
    return row


def draw_measures(sheet: Sheet, count: str) -> None:
    """Set the next measures of the table, each on its page."""
    widths = [sheet.width * part for part in (0.27, 0.54, 0.19)]
    if sheet.style.in_table:
        draw_row(sheet, ["取組", "内容", "担当課"], widths, head=True)
    for _ in range(int(count)):
        if not sheet.style.in_table:
            draw_measure(sheet)
            continue
        row = sheet.waiting[0]
        draw_row(sheet, [row["initiative"], row["text"], row["office"]], widths)
        sheet.headings.append((sheet.number, 4, row["initiative"]))
        take_row(sheet)
    sheet.y += 4


def draw_measure(sheet: Sheet) -> None:
    """Set a measure as heading, paragraph and office in charge."""
    draw_heading(sheet, 4, sheet.waiting[0]["initiative"])
    row = take_row(sheet)
    draw_paragraph(sheet, [row["text"]])
    set_type(sheet, 8.5, ink=GREY)
    write_lines(sheet, f"担当課：{row['office']}", indent=4, leading=5.5)
    sheet.y += 2


def draw_roles(sheet: Sheet) -> None:
    """Set what each role does for the policy that is open, with equal space above each role."""
    role = ""
    while sheet.waiting and sheet.waiting[0]["role"]:
        row = sheet.waiting[0]
        if row["role"] != role:
            role = row["role"]
            sheet.y += 2
            draw_line(sheet, [role])
            sheet.y -= 1.5
        draw_bullets(sheet, [row["text"]])
        sheet.y -= 1.5
        take_row(sheet)
    sheet.y += 3


# --- front matter -------------------------------------------------------------------------------


def draw_cover(sheet: Sheet, lines: list[str]) -> None:
    """Set the cover: title, subtitle, year and city, one in each line."""
    sheet.pdf.add_page()
    sheet.pdf.set_fill_color(*sheet.style.ink)
    sheet.pdf.rect(0, 0, 210, 18, style="F")
    sheet.pdf.rect(0, 279, 210, 18, style="F")
    places = ((90, 16), (106, 27), (124, 15), (225, 13), (237, 16))
    for (y, size), line in zip(places, lines, strict=True):
        set_type(sheet, size, bold=True, ink=sheet.style.ink)
        sheet.pdf.text(105 - sheet.pdf.get_string_width(line) / 2, y, line)
    draw_rule(sheet, 35, 131, 140, 0.8)


def draw_front_title(sheet: Sheet, text: str) -> None:
    """Begin a page of the front matter."""
    turn_page(sheet)
    set_type(sheet, 20, bold=True, ink=sheet.style.ink)
    sheet.pdf.text(LEFT, sheet.y + 8, text)
    sheet.y += 20


def list_contents(outline: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the headings that the contents name: chapters, sections, and policies below a goal."""
    below_goal = False
    for page, level, text in outline:
        if level <= 2:
            below_goal = text.startswith("基本目標")
        if level <= 2 or (level == 3 and below_goal):
            yield page, level, text


def draw_contents(sheet: Sheet, outline: list[tuple[int, int, str]]) -> None:
    """Set the table of contents with dotted leaders."""
    draw_front_title(sheet, "目次")
    for page, level, text in list_contents(outline):
        make_room(sheet, 7.4)
        sheet.y += 3 if level == 1 else 0
        set_type(sheet, BODY, bold=level == 1)
        indent = (level - 1) * 6
        end = sheet.style.width - sheet.pdf.get_string_width(str(page))
        free = end - indent - sheet.pdf.get_string_width(text) - 3
        dots = "…" * int(free / sheet.pdf.get_string_width("…"))
        sheet.pdf.text(LEFT + indent, sheet.y + 5, text)
        sheet.pdf.text(LEFT + end - 1 - sheet.pdf.get_string_width(dots), sheet.y + 5, dots)
        sheet.pdf.text(LEFT + end, sheet.y + 5, str(page))
        sheet.y += 7.4


# --- the whole plan -----------------------------------------------------------------------------

# Lines that begin with one of these stand for a block; neighbours of one kind are one block.
LINES: dict[str, Callable[[Sheet, list[str]], None]] = {
    "|": draw_table,
    "%": draw_chart,
    ">": draw_box,
    "・": draw_bullets,
    "^": draw_flow,
    "?": draw_terms,
    "※": draw_note,
    "~": draw_line,
    "!": draw_cover,
}
# A line such as {page 25} calls one of these with what follows its name.
DRAW: dict[str, Callable[[Sheet, str], None]] = {
    "page": open_page,
    "columns": set_columns,
    "break": break_column,
    "measures": draw_measures,
    "front": draw_front_title,
}


def read_blocks(prose: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the mark of each block and its lines; an empty line parts two blocks."""
    mark, block = "", []
    for line in [*prose.splitlines(), ""]:
        found = line[:1] if line[:1] in LINES else ""
        if block and (not line or not found or found != mark):
            yield mark, block
            block = []
        if line:
            mark = found
            block.append(line[1:].strip() if found else line)


def draw_block(sheet: Sheet, mark: str, block: list[str]) -> None:
    """Draw a block that needs nothing but the sheet."""
    text = block[0]
    if mark:
        LINES[mark](sheet, block)
    elif text.startswith("#"):
        level = len(text) - len(text.lstrip("#"))
        draw_heading(sheet, level, text[level:].strip(" "))
    elif text.startswith(("【", "■")):
        draw_label(sheet, text)
    elif text.startswith("{"):
        name, _, rest = text.strip("{}").partition(" ")
        DRAW[name](sheet, rest)
    else:
        draw_paragraph(sheet, block)


def read_rows(city: str, kind: str) -> list[dict[str, str]]:
    """Read the measures or the outline of a city."""
    with (SOURCE / f"{city}.{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_outline(city: str) -> list[tuple[int, int, str]]:
    """Read the headings of a city, each with page and level."""
    rows = read_rows(city, "outline")
    return [(int(row["page"]), int(row["level"]), row["text"]) for row in rows]


def start_sheet(style: Style) -> Sheet:
    """Open an empty document with both weights of the type and a fixed date."""
    pdf = FPDF()
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime(2026, 4, 1, tzinfo=UTC))
    pdf.set_title(f"見本（架空） {style.city}地域福祉計画")
    for name, module, weight in (
        ("plain", noto_cjk_sans_jp_regular, "Regular"),
        ("bold", noto_cjk_sans_jp_bold, "Bold"),
    ):
        folder = Path(module.__file__).parent
        pdf.add_font(name, "", folder / f"NotoSansCJKjp-{weight}.otf")
    return Sheet(pdf, style, read_rows(style.city, "measures"))


def draw_plan(style: Style, outline: list[tuple[int, int, str]]) -> Sheet:
    """Draw a plan; the outline is what its table of contents says."""
    sheet = start_sheet(style)
    rows = list(sheet.waiting)
    prose = (SOURCE / f"{style.city}.md").read_text(encoding="utf-8")
    for mark, block in read_blocks(prose):
        if block == ["{contents}"]:
            draw_contents(sheet, outline)
        elif block == ["{tree}"]:
            draw_tree(sheet, rows)
        elif block == ["{roles}"]:
            draw_roles(sheet)
        else:
            draw_block(sheet, mark, block)
    return sheet


def check_plan(sheet: Sheet, outline: list[tuple[int, int, str]]) -> None:
    """Compare a plan with its truth.

    Raises
    ------
    ValueError
        If a measure is missing, or a heading or its page differs.
    """
    city = sheet.style.city
    if sheet.waiting:
        raise ValueError(f"{city}: not placed: {sheet.waiting[0]}")
    for drawn, told in zip(sheet.headings, outline, strict=True):
        if drawn != told:
            raise ValueError(f"{city}.outline.csv: says {told}, but the plan has {drawn}")


def make_plan(style: Style, out: Path) -> Path:
    """Write the PDF of one city and return its path."""
    outline = read_outline(style.city)
    sheet = draw_plan(style, outline)
    check_plan(sheet, outline)
    path = out / f"{style.city}_地域福祉計画_見本.pdf"
    sheet.pdf.output(str(path))
    return path


def main() -> None:
    """Write both plans into the folder named on the command line."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.mkdir(parents=True, exist_ok=True)
    for style in STYLES:
        path = make_plan(style, out)
        sys.stdout.write(f"{path} {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
