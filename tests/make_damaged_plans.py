"""Write small invented plans, each with one kind of damage, and the truth beside each.

`python tests/make_damaged_plans.py` writes tests/quality/plans/damaged anew from plans.toml, byte
for byte the same on each run with the same libraries (it needs fpdf2, for nothing else).
"""

import csv
import io
import re
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import Path
from random import Random
from zlib import crc32

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
from docx import Document
from docx.oxml import parse_xml
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "quality" / "plans" / "damaged"
MADE = datetime(2025, 4, 1, tzinfo=UTC)


# What is written: blocks, and the truth that follows from them


@dataclass(frozen=True)
class Block:
    """One line of plans.toml: what it is, and what it says."""

    kind: str
    text: str
    level: int = 0  # of a heading
    role: str = ""  # of the label of a role


@dataclass(frozen=True)
class Plan:
    """One invented plan."""

    name: str
    title: str
    slogan: str
    period: str
    issuer: str
    blocks: tuple[Block, ...]
    foot: str = ""
    depth: int = 3  # of the table of contents, which stands on the cover if less

    @property
    def cover(self) -> tuple[str, ...]:
        return self.title, self.slogan, self.period, self.issuer


HEADINGS = {"": "section", "g": "goal", "x": "boxed", "p": "policy", "m": "measure"}
MARKS = {"!": "label", "~": "note", ">": "vertical", "|": "row", "・": "bullet"}


def read_plans(path: Path) -> list[Plan]:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Plan(name, **rest, blocks=tuple(read_block(line) for line in text.strip().split("\n")))
        for name, table in tables.items()
        for text, rest in [(table["text"], {k: v for k, v in table.items() if k != "text"})]
    ]


def read_block(line: str) -> Block:
    if heading := re.fullmatch(r"(#+)([gxpm]?) (.+)", line):
        level = len(heading[1])
        kind = "chapter" if level == 1 else HEADINGS[heading[2]]
        return Block(kind, heading[3], level)
    if role := re.fullmatch(r"@(\S+) (.+)", line):
        return Block("role", role[2], role=role[1])
    if line == "===":
        return Block("break", "")
    kind = MARKS.get(line[0], "body")
    return Block(kind, line if kind in {"body", "bullet"} else line[1:].lstrip(" "))


def read_cells(row: Block) -> list[str]:
    return [cell.strip() for cell in row.text.split(" | ")]


def accept_changes(text: str) -> str:
    return re.sub(r"\{\+(.*?)\+\}", r"\1", re.sub(r"\{-.*?-\}", "", text))


def list_measures(plan: Plan) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of its block with goal, policy, initiative, role and text of each measure."""
    path: list[Block] = []
    role, head = "", []
    for number, block in enumerate(plan.blocks):
        if block.level:
            path = [*(above for above in path if above.level < block.level), block]
        if block.kind != "bullet":
            role = block.role
        head = (head or read_cells(block)) if block.kind == "row" else []
        measure = find_measure(plan, number, role, head)
        if measure:
            goal = [above.text for above in path if above.kind in {"goal", "boxed"}]
            policy = [above.text for above in path if above.kind == "policy"]
            initiative, text = measure
            yield (
                number,
                ["".join(goal), " > ".join(policy), initiative, role, accept_changes(text)],
            )


def find_measure(plan: Plan, number: int, role: str, head: list[str]) -> tuple[str, str] | None:
    """Return what the measure of a block is called and says, if it is one."""
    block = plan.blocks[number]
    if block.kind == "measure":
        return block.text, plan.blocks[number + 1].text
    if block.kind == "bullet" and role:
        return block.text, block.text.removeprefix("・")
    if block.kind == "row" and head[0] == "取組" and read_cells(block) != head:
        return read_cells(block)[0], read_cells(block)[1]
    return None


def write_truth(plan: Plan, pages: dict[int, int], unread: set[int]) -> None:
    """Write what a reader should find on the pages that can be read at all."""
    measures = [
        [pages[number], *rest]
        for number, rest in list_measures(plan)
        if pages[number] not in unread
    ]
    outline = [
        [pages[number], block.level, block.text]
        for number, block in enumerate(plan.blocks)
        if block.level and pages[number] not in unread
    ]
    write_rows(plan, "measures", "page,goal,policy,initiative,role,text", measures)
    write_rows(plan, "outline", "page,level,text", outline)


def write_rows(plan: Plan, what: str, head: str, rows: list[list[object]]) -> None:
    path = FOLDER / f"{plan.name}.{what}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head.split(","), *rows])


# Type: the fonts of the pictures, cut down to what the plans say


FONTS = {"": noto_cjk_sans_jp_regular, "B": noto_cjk_sans_jp_bold}
WEIGHTS = {"": "Regular", "B": "Bold"}
UNUSED = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
ROUGH = 2  # thousandths of an em by which a curve may be off


def cut_fonts(characters: str, folder: Path) -> None:
    """Write the type of both weights, and of each one that tells wrong characters."""
    for weight, package in FONTS.items():
        source = Path(package.__file__).parent / f"NotoSansCJKjp-{WEIGHTS[weight]}.otf"
        with TTFont(source, recalcTimestamp=False, lazy=True) as font:
            cut_font(font, characters)
            font.save(folder / f"plain{weight}.ttf")
            for table in font["cmap"].tables:
                table.cmap = {ord(mistake(chr(code))): name for code, name in table.cmap.items()}
            font.save(folder / f"wrong{weight}.ttf")


def cut_font(font: TTFont, characters: str) -> None:
    options = Options(hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += UNUSED
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    turn_to_truetype(font)


def turn_to_truetype(font: TTFont) -> None:
    """Draw the glyphs with quadratic curves: pdfminer cannot read what fpdf2 makes of a CFF font."""
    outlines, order, glyphs = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, ROUGH, reverse_direction=True))
        glyphs[name] = pen.glyph()
        glyphs[name].recalcBounds(None)
        font["hmtx"][name] = (font["hmtx"][name][0], glyphs[name].xMin)
    del font["CFF "]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    limits.maxZones = 1
    for what in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs"):
        setattr(limits, f"max{what}", 0)
    for what in ("StackElements", "SizeOfInstructions", "ComponentElements"):
        setattr(limits, f"max{what}", 0)
    font["glyf"].compile(font)
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


# Pages


@dataclass(frozen=True)
class Style:
    """How one kind of line is set, in points."""

    name: str
    size: float = 10.5
    bold: bool = False
    before: float = 0
    indent: float = 0  # of all lines
    hang: float = 0  # of the lines below the first, in ems

    @property
    def leading(self) -> float:
        return self.size * 1.65


STYLES = {
    style.name: style
    for style in (
        Style("title", 25, bold=True),
        Style("slogan", 15, before=18),
        Style("period", 13, before=40),
        Style("issuer", 14, before=6),
        Style("contents", 16, bold=True, before=4),
        Style("toc"),
        Style("chapter", 19, bold=True, before=8),
        Style("section", 14, bold=True, before=12),
        Style("goal", 15, bold=True, before=14),
        Style("policy", 12.5, bold=True, before=10),
        Style("measure", 11, bold=True, before=6, indent=6),
        Style("label", bold=True, before=6),
        Style("role", bold=True, before=6, indent=6),
        Style("bullet", indent=12, hang=1),
        Style("note", 8, before=2, hang=2),
        Style("body", indent=6),
        Style("cell", 9.5),
        Style("head", 9.5, bold=True),
        Style("foot", 8.5),
        Style("vertical", 13),
    )
}
WIDTH, HEIGHT = 595.28, 841.89
LEFT, TOP, BOTTOM = 62.0, 70.0, 770.0
MEASURE = WIDTH - 2 * LEFT
GUTTER = 24.0
KEPT = {"chapter": 120, "goal": 95, "section": 40, "policy": 70, "measure": 36}  # room below
COLUMNS = (0.25, 0.55, 0.2)
NOT_FIRST = "、。，．）」』】〕≫・：ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％"
NOT_LAST = "（「『【〔≪"


@dataclass(frozen=True)
class Line:
    """One line as it is set."""

    text: str
    style: Style
    x: float
    block: int
    is_first: bool
    is_last: bool

    @property
    def before(self) -> float:
        return self.style.before if self.is_first else 0


@dataclass
class Paper:
    """The pages of one plan while they are filled."""

    plan: Plan
    damage: "Damage"
    fonts: Path
    pdf: FPDF = field(init=False)
    y: float = TOP
    pages: dict[int, int] = field(default_factory=dict)  # of each block
    first: int = 0  # page of the text
    scanned: list[tuple[float, float, str, Style]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pdf = FPDF(unit="pt", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.creation_date = MADE
        self.pdf.set_title(self.plan.title)
        self.pdf.set_producer("tests/make_damaged_plans.py")
        families = ("plain", "wrong") if self.damage.draw is draw_wrongly else ("plain",)
        for family in families:
            for weight in FONTS:
                self.pdf.add_font(family, weight, self.fonts / f"{family}{weight}.ttf")

    def begin_page(self) -> None:
        self.end_page()
        self.pdf.add_page()
        self.y = TOP

    def end_page(self) -> None:
        if self.first and self.pdf.page:
            self.draw_centred(self.plan.foot.format(self.printed(self.pdf.page)), "foot", 805)
        if self.scanned:
            lay_scan(self)

    def printed(self, page: int) -> int:
        return page - self.first + 1

    def use(self, style: Style, family: str = "plain", more: float = 0) -> None:
        self.pdf.set_font(family, "B" if style.bold else "", style.size + more)

    def width(self, text: str, style: Style) -> float:
        self.use(style)
        return self.pdf.get_string_width(text)

    def draw(self, x: float, y: float, text: str, style: Style) -> None:
        self.damage.draw(self, x, y, text, style)

    def draw_centred(self, text: str, name: str, y: float) -> None:
        style = STYLES[name]
        self.draw((WIDTH - self.width(text, style)) / 2, y, text, style)

    def draw_line(self, line: Line, y: float) -> None:
        self.pages.setdefault(line.block, self.pdf.page)
        self.draw(line.x, y, self.damage.spell(line), line.style)

    def place(self, line: Line, keep: float = 0) -> None:
        """Set a line below the last one, on a new page where it has no room."""
        down = line.before + line.style.leading
        if self.y + down + keep > BOTTOM:
            self.begin_page()
        self.y += down
        if line.style.name == "goal" and self.damage.draw is not draw_scanned:
            self.shade(line)
        self.draw_line(line, self.y)

    def shade(self, line: Line) -> None:
        self.pdf.set_fill_color(226, 234, 242)
        self.pdf.rect(LEFT - 4, self.y - 16, MEASURE + 8, line.style.leading - 2, style="F")


def break_lines(paper: Paper, text: str, style: Style, width: float) -> Iterator[str]:
    """Break a text as Japanese is set: no full stop begins a line, no bracket ends it."""
    line = ""
    for piece in re.findall(r"[0-9A-Za-z.,%→]+|.", text):
        hang = style.hang * style.size if line and line is not text else 0
        if paper.width(line + piece, style) + hang > width and piece not in NOT_FIRST:
            carried = line[-1] if line[-1] in NOT_LAST else ""
            yield line.removesuffix(carried)
            line = carried
        line += piece
    yield line


def set_block(paper: Paper, number: int, x: float, width: float) -> list[Line]:
    block = paper.plan.blocks[number]
    style = STYLES[block.kind]
    text = f"　{block.text}" if block.kind == "body" else block.text
    broken = list(break_lines(paper, text, style, width - style.indent))
    return [
        Line(
            said,
            style,
            x + style.indent + (style.hang * style.size if row else 0),
            number,
            row == 0,
            row == len(broken) - 1,
        )
        for row, said in enumerate(broken)
    ]


def write_cover(paper: Paper, printed: dict[int, int]) -> None:
    """Write the cover, and the table of contents on the same page if it is short."""
    listed = list_contents(paper.plan)
    is_short = paper.plan.depth < 3
    paper.begin_page()
    paper.y = 60 if is_short else 220
    for name, text in zip(("title", "slogan", "period", "issuer"), paper.plan.cover, strict=True):
        style = STYLES[name]
        paper.y += style.leading + style.before * (0.5 if is_short else 1)
        paper.draw_centred(text, name, paper.y)
    if is_short:
        paper.y += 40
    else:
        paper.begin_page()
    paper.y += 20
    paper.draw_centred("目　次", "contents", paper.y)
    paper.y += 14
    for number in listed:
        paper.y += 21
        paper.draw(LEFT, paper.y, lead(paper, number, printed.get(number, 1)), STYLES["toc"])


def list_contents(plan: Plan) -> list[int]:
    return [number for number, block in enumerate(plan.blocks) if 0 < block.level <= plan.depth]


def lead(paper: Paper, number: int, page: int) -> str:
    block = paper.plan.blocks[number]
    title, style = "　" * (block.level - 1) + block.text + " ", STYLES["toc"]
    room = MEASURE - paper.width(f"{title} {page}", style)
    return f"{title}{'・' * int(room / style.size)} {page}"


def fill_pages(paper: Paper) -> None:
    """Set all blocks one below the other."""
    for number, block in enumerate(paper.plan.blocks):
        if block.kind == "break":
            paper.begin_page()
        elif block.kind == "row":
            place_row(paper, number)
        elif block.kind == "vertical":
            if paper.plan.blocks[number - 1].kind != "vertical":
                write_vertically(paper, number)
        else:
            for line in set_block(paper, number, LEFT, MEASURE):
                paper.place(line, KEPT.get(block.kind, 0))
            end_block(paper, block)


def end_block(paper: Paper, block: Block) -> None:
    if block.kind == "chapter":
        paper.y += 8
        if paper.damage.draw is not draw_scanned:
            paper.pdf.line(LEFT, paper.y, WIDTH - LEFT, paper.y)
        paper.y += 4


def place_row(paper: Paper, number: int) -> None:
    """Rule one row of a table; what stands in a cell is broken over lines."""
    is_head = paper.plan.blocks[number - 1].kind != "row"
    style = STYLES["head" if is_head else "cell"]
    cells = read_cells(paper.plan.blocks[number])
    broken = [
        list(break_lines(paper, cell, style, share * MEASURE - 10))
        for cell, share in zip(cells, COLUMNS, strict=True)
    ]
    height = max(len(lines) for lines in broken) * 15 + 8
    if paper.y + height + (60 if is_head else 10) > BOTTOM:
        paper.begin_page()
    paper.y += 8 if is_head else 0
    paper.pages[number] = paper.pdf.page
    x = LEFT
    for lines, share in zip(broken, COLUMNS, strict=True):
        paper.pdf.set_fill_color(222, 222, 222)
        paper.pdf.rect(x, paper.y, share * MEASURE, height, style="DF" if is_head else "D")
        for row, text in enumerate(lines):
            paper.draw(x + 5, paper.y + 15 * (row + 1), text, style)
        x += share * MEASURE
    paper.y += height


def write_vertically(paper: Paper, number: int) -> None:
    """Draw a run of vertical blocks, each character on its own, columns from right to left."""
    style = STYLES["vertical"]
    x, rows = WIDTH - LEFT - 2 * style.size, int((BOTTOM - TOP - 60) / (style.size * 1.25))
    for block in paper.plan.blocks[number:]:
        if block.kind != "vertical":
            return
        for column in break_columns(block.text, rows):
            for row, character in enumerate(column):
                off = 0.55 * style.size if character in "、。" else 0
                y = TOP + 70 + row * style.size * 1.25
                paper.draw(x + off, y - off, character, style)
            x -= 2.1 * style.size


def break_columns(text: str, rows: int) -> Iterator[str]:
    """Break a text into columns; a full stop hangs below the last."""
    while len(text) > rows:
        end = rows + (text[rows] in NOT_FIRST)
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def fill_columns(paper: Paper) -> None:
    """Set the chapter of the measures in two columns, headings and footnotes over both."""
    band: list[Line] = []
    is_divided = False
    for number, block in enumerate(paper.plan.blocks):
        if block.kind == "chapter":
            is_divided = block.text.startswith("第4章")
        if is_divided and block.level not in {1, 2} and block.kind not in {"note", "break"}:
            band += set_block(paper, number, LEFT, (MEASURE - GUTTER) / 2)
            continue
        divide(paper, band)
        band = []
        if block.kind == "break" or (is_divided and block.kind == "goal" and paper.y > 300):
            paper.begin_page()
        if block.kind == "note":
            begin_notes(paper)
        for line in set_block(paper, number, LEFT, MEASURE) if block.kind != "break" else []:
            paper.place(line)
        end_block(paper, block)
    divide(paper, band)


def begin_notes(paper: Paper) -> None:
    paper.y = max(paper.y, BOTTOM - 30)
    paper.pdf.line(LEFT, paper.y + 3, LEFT + 120, paper.y + 3)


def divide(paper: Paper, band: list[Line]) -> None:
    """Fill the left column, then the right; on even pages a writer went on row by row."""
    half = sum(line.before + line.style.leading for line in band) / 2
    left = take_column(band, half)
    ends, drawn = [paper.y], []
    for lines, x in ((left, 0.0), (band[len(left) :], (MEASURE + GUTTER) / 2)):
        y = paper.y
        for line in lines:
            y += line.before + line.style.leading
            drawn.append((y, replace(line, x=line.x + x)))
        ends.append(y)
    if paper.pdf.page % 2 == 0:
        drawn.sort(key=lambda placed: placed[0])
    for y, line in drawn:
        paper.draw_line(line, y)
    paper.y = max(ends)


def take_column(band: Sequence[Line], height: float) -> list[Line]:
    taken: list[Line] = []
    for line in band:
        if height <= 0:
            break
        height -= line.before + line.style.leading
        taken.append(line)
    while taken and taken[-1].style.bold:
        taken.pop()
    return taken


# The damage: how a line is spelled, and how it is drawn


def keep_spelling(line: Line) -> str:
    return line.text


SHORTEST_SPACED = 30  # characters of the last line of a paragraph


def space_words(line: Line) -> str:
    """Put spaces into words: as justification does, and between all letters of a heading."""
    if line.style.name in {"chapter", "section", "goal", "policy"}:
        return "　".join(" ".join(part) for part in line.text.split("　"))
    is_short = line.is_last and len(line.text) < SHORTEST_SPACED
    if line.style.name not in {"body", "bullet"} or is_short:
        return line.text
    inner = [
        at
        for at in range(2, len(line.text) - 1)
        if re.fullmatch("[ぁ-んァ-ヶ一-龥]{2}", line.text[at - 1 : at + 1])
    ]
    chosen = sorted(Random(crc32(line.text.encode())).sample(inner, min(3, len(inner))))
    ends = [0, *chosen, len(line.text)]
    return " ".join(line.text[start:end] for start, end in pairwise(ends))


ORDINARY = "支人小生高大子力入口土女山心手日月木水火用目立自行言車門見方足食民長西青"
RADICALS = "⽀⼈⼩⽣⾼⼤⼦⼒⼊⼝⼟⼥⼭⼼⼿⽇⽉⽊⽔⽕⽤⽬⽴⾃⾏⾔⾞⾨⾒⽅⾜⻝⺠⻑⻄⻘"


def put_radicals(line: Line) -> str:
    return line.text.translate(str.maketrans(ORDINARY, RADICALS))


def draw_plainly(paper: Paper, x: float, y: float, text: str, style: Style) -> None:
    paper.use(style)
    paper.pdf.text(x, y, text)


WHOLE = {"title": 2, "chapter": 4, "policy": 3, "role": 2}  # times a line is drawn as a whole
SINGLY = {"period": 2, "section": 3, "goal": 2, "label": 2}  # and each of its letters
NEAR, APART, LARGER = 0.2, 0.08, 0.02  # points, ems, points


def draw_repeatedly(paper: Paper, x: float, y: float, text: str, style: Style) -> None:
    """Make type bold by drawing it over and over, as a whole or letter by letter.

    PDFium leaves out a repeat in the same size, and a letter less than 0.07 em from its like; so
    repeats grow by a hair, and single letters stand a little apart as those with a shadow do.
    """
    parts = text if style.name in SINGLY else [text]
    times = SINGLY.get(style.name) or WHOLE.get(style.name, 1)
    apart = APART * style.size if style.name in SINGLY else NEAR
    for part in parts:
        for time in range(times):
            paper.use(style, more=LARGER * time)
            paper.pdf.text(x + apart * time, y, part)
        x += paper.width(part, style) + (0.5 if style.name in SINGLY else 0)


WRONG_PAGES = {3, 4}
PARTLY_WRONG = {5}
MISTAKES = {"課": "誯", "資": "賅"}
SHIFT = 37


def mistake(character: str) -> str:
    """Return what a wrong table tells for a kanji."""
    if not "一" <= character <= "龥":
        return character
    return MISTAKES.get(character) or chr(ord(character) + SHIFT)


def draw_wrongly(paper: Paper, x: float, y: float, text: str, style: Style) -> None:
    """Draw the right shapes, whose type says that they are other characters."""

    def is_wrong(character: str) -> bool:
        if paper.pdf.page in PARTLY_WRONG:
            return character in MISTAKES or (character >= "一" and ord(character) % 5 == 0)
        return paper.pdf.page in WRONG_PAGES and mistake(character) != character

    for wrong, run in groupby(text, key=is_wrong):
        part = "".join(run)
        paper.use(style, "wrong" if wrong else "plain")
        paper.pdf.text(x, y, "".join(map(mistake, part)) if wrong else part)
        x += paper.width(part, style)


SCANNED_PAGES = {2, 3}
DOTS = 110 / 72  # a point
INK, SHEET, GREYS = 70, 246, 8


def draw_scanned(paper: Paper, x: float, y: float, text: str, style: Style) -> None:
    """Keep what stands on a scanned page for its picture."""
    if paper.pdf.page in SCANNED_PAGES:
        paper.scanned.append((x, y, text, style))
    else:
        draw_plainly(paper, x, y, text, style)


def lay_scan(paper: Paper) -> None:
    """Lay the picture of a page, a little askew, over the whole of it."""
    image = Image.new("L", (round(WIDTH * DOTS), round(HEIGHT * DOTS)), SHEET)
    pen = ImageDraw.Draw(image)
    for x, y, text, style in paper.scanned:
        path = paper.fonts / f"plain{'B' if style.bold else ''}.ttf"
        face = ImageFont.truetype(path, round(style.size * DOTS))
        pen.text((x * DOTS, y * DOTS), text, INK, face, anchor="ls")
    image = image.rotate(0.4, Image.Resampling.BILINEAR, fillcolor=SHEET)
    step = 256 // GREYS
    image = image.point([min(level // step * step + step // 2, 250) for level in range(256)])
    paper.pdf.image(image, 0, 0, WIDTH, HEIGHT)
    paper.scanned = []


@dataclass(frozen=True)
class Damage:
    """One kind of damage of a PDF."""

    spell: Callable[[Line], str] = keep_spelling
    draw: Callable[[Paper, float, float, str, Style], None] = draw_plainly
    fill: Callable[[Paper], None] = fill_pages
    unread: frozenset[int] = frozenset()  # pages of which no text can be had


DAMAGES = {
    "repeated_type": Damage(draw=draw_repeatedly),
    "spaced_words": Damage(spell=space_words),
    "radicals": Damage(spell=put_radicals),
    "two_columns": Damage(fill=fill_columns),
    "wrong_map": Damage(draw=draw_wrongly, unread=frozenset(WRONG_PAGES | PARTLY_WRONG)),
    "vertical": Damage(),
    "scanned": Damage(draw=draw_scanned, unread=frozenset(SCANNED_PAGES)),
    "tables": Damage(),
}


def write_pdf(plan: Plan, fonts: Path) -> None:
    """Write a plan twice, the second time with the pages in its table of contents."""
    printed: dict[int, int] = {}
    for _ in range(2):
        paper = Paper(plan, DAMAGES[plan.name], fonts)
        write_cover(paper, printed)
        paper.begin_page()
        paper.first = paper.pdf.page
        paper.damage.fill(paper)
        paper.end_page()
        printed = {number: paper.printed(page) for number, page in paper.pages.items()}
    paper.pdf.output(FOLDER / f"{plan.name}.pdf")
    write_truth(plan, paper.pages, set(paper.damage.unread))


# Text editions


LOST = str.maketrans("①②③④⑤ⅠⅡⅢⅣⅤ", "@ABCDTUVWX")


def write_broken_marks(plan: Plan) -> None:
    """Write the edition of an old encoding: what it lacks became other letters."""
    contents = [
        f"{plan.blocks[number].text}・・・・・・{1 + place // 3}"
        for place, number in enumerate(list_contents(plan))
    ]
    said = [*plan.cover, "目次", *contents, *(block.text for block in plan.blocks)]
    lines = [line[:1].translate(LOST) + line[1:] for line in said]
    (FOLDER / f"{plan.name}.txt").write_bytes("\r\n".join([*lines, ""]).encode("cp932"))
    write_truth(plan, dict.fromkeys(range(len(plan.blocks)), 1), set())


def write_read_aloud(plan: Plan) -> None:
    """Write the edition for screen readers: a full stop after each heading, a line a chapter."""
    chapters: list[list[str]] = [list(plan.cover), ["目次"]]
    chapters[1] += [f"{block.text}" for block in plan.blocks if 0 < block.level <= 2]
    for block in plan.blocks:
        if block.kind == "chapter":
            chapters.append([])
        chapters[-1].append(block.text)
    lines = ["".join(text.removesuffix("。") + "。" for text in chapter) for chapter in chapters]
    path = FOLDER / f"{plan.name}.txt"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
    write_truth(plan, dict.fromkeys(range(len(plan.blocks)), 1), set())


# Word


SPACES = " ".join(
    f'xmlns:{short}="{address}"'
    for short, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
CHANGED = 'w:id="{}" w:author="策定委員会事務局" w:date="2025-04-01T00:00:00Z"'
BOXED = "<w:txbxContent><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r></w:p></w:txbxContent>"
# Word writes each box twice: for itself, and for readers that know older drawings only.
BOX = """<w:r {spaces}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:inline><wp:extent cx="5400000" cy="420000"/><wp:docPr id="{number}" name="テキスト ボックス"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>
<a:ext cx="5400000" cy="420000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:ln w="9525"><a:solidFill><a:srgbClr val="336699"/></a:solidFill></a:ln></wps:spPr>
<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline>
</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:425pt;height:33pt">
<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
CHANGES = re.compile(r"\{([+-])(.*?)[+-]\}")
SIZES = {"chapter": 16, "section": 13, "goal": 14, "policy": 12}


def write_word(plan: Plan) -> None:
    """Write a Word file with headings typed by hand, a text box, tracked changes and a table."""
    document = Document()
    made = MADE.replace(tzinfo=None)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plan.title, plan.issuer, ""
    properties.created = properties.modified = made
    for line in plan.cover:
        document.add_paragraph(line)
    table: Table | None = None
    for number, block in enumerate(plan.blocks):
        if block.kind == "row":
            table = table or document.add_table(0, len(COLUMNS), style="Table Grid")
            for cell, text in zip(table.add_row().cells, read_cells(block), strict=True):
                cell.text = text
            continue
        table = None
        write_paragraph(document.add_paragraph(), block, number)
    save_word(document, FOLDER / f"{plan.name}.docx")
    write_truth(plan, dict.fromkeys(range(len(plan.blocks)), 1), set())


def write_paragraph(paragraph: Paragraph, block: Block, number: int) -> None:
    if block.kind == "boxed":
        content = BOXED.format(block.text)
        box = BOX.format(spaces=SPACES, number=number, content=content)
        paragraph._p.append(parse_xml(box.replace("\n", "")))
        return
    rest = 0
    for change in CHANGES.finditer(block.text):
        paragraph.add_run(block.text[rest : change.start()])
        paragraph._p.append(parse_xml(track(change[1], change[2], 100 * number + change.start())))
        rest = change.end()
    run = paragraph.add_run(block.text[rest:])
    if block.kind in SIZES:
        run.bold, run.font.size = True, Pt(SIZES[block.kind])


def track(sign: str, text: str, number: int) -> str:
    change, told = ("ins", "t") if sign == "+" else ("del", "delText")
    run = f"<w:r><w:{told}>{text}</w:{told}></w:r>"
    return f"<w:{change} {SPACES} {CHANGED.format(number)}>{run}</w:{change}>"


def save_word(document: Document, path: Path) -> None:
    """Save a Word file whose parts all bear the same date."""
    made = io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(path, "w") as packed:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, MADE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, parts.read(part))


WRITERS = {
    "broken_marks": write_broken_marks,
    "read_aloud": write_read_aloud,
    "damaged": write_word,
}


def main() -> None:
    path = FOLDER / "plans.toml"
    plans = read_plans(path)
    characters = path.read_text(encoding="utf-8") + RADICALS + "目次・0123456789"
    with tempfile.TemporaryDirectory() as folder:
        cut_fonts(characters, Path(folder))
        for plan in plans:
            if plan.name in DAMAGES:
                write_pdf(plan, Path(folder))
            else:
                WRITERS[plan.name](plan)


if __name__ == "__main__":
    main()
