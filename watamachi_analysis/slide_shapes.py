"""Add to a slide what stands on a sheet, as shapes and text that can be edited."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.text.text import TextFrame, _Paragraph
from pptx.util import Emu, Pt

from .looks import BORDER, INK, PAPER, Look, state_looks
from .overlap import STATES
from .publish import SAMPLE_MARK
from .sheets import SLIDE_FORM, Line, Sheet
from .spots import Box, Spot

_EMU = 12_700  # in a point
_HALO = 19_050  # a point and a half, in EMU
_PATTERNS = {
    "dots": MSO_PATTERN.PERCENT_10,
    "hatch": MSO_PATTERN.LIGHT_UPWARD_DIAGONAL,
    "cross": MSO_PATTERN.DIAGONAL_CROSS,
}
_ALIGN = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}


def add_district(slide: Slide, sheet: Sheet, spot: Spot) -> None:
    """Add a district: its shape or tile, named after it, its numbers as alternative text."""
    cell = sheet.cells[spot.district]
    shape = _freeform(slide, spot) if spot.rings else _rounded(slide, spot.box, 0.1)
    shape.name = cell.name
    shape._element.nvSpPr.cNvPr.set("descr", cell.spoken)
    _paint(shape, state_looks()[cell.state])
    shape.line.color.rgb = rgb(BORDER if cell.state == "no_record" else PAPER)
    shape.line.width = Pt(0.75)


def _freeform(slide: Slide, spot: Spot) -> Shape:
    """Add a shape with the outlines of a district; a builder would measure them at every point."""
    shape = _bare(slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_place(spot.box)))
    properties = shape._element.spPr
    properties.replace(properties.find(qn("a:prstGeom")), parse_xml(_geometry(spot)))
    return shape


def _geometry(spot: Spot) -> str:
    """Return the outlines as DrawingML: numbers alone, counted from the corner of the shape."""
    corner = np.array([spot.box.left, spot.box.top])
    paths = []
    for ring in spot.rings:
        start, *others = [
            f'<a:pt x="{x}" y="{y}"/>' for x, y in ((ring - corner) * _EMU).round().astype(int)
        ]
        lines = "".join(f"<a:lnTo>{point}</a:lnTo>" for point in others[:-1])
        paths.append(f"<a:moveTo>{start}</a:moveTo>{lines}<a:close/>")
    _, _, width, height = _place(spot.box)
    return (
        f"<a:custGeom {nsdecls('a')}><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        '<a:rect l="0" t="0" r="r" b="b"/>'
        f'<a:pathLst><a:path w="{width}" h="{height}">{"".join(paths)}</a:path></a:pathLst>'
        "</a:custGeom>"
    )


def _rounded(slide: Slide, box: Box, radius: float) -> Shape:
    shape = _bare(slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *_place(box)))
    shape.adjustments[0] = radius
    return shape


def _bare(shape: Shape) -> Shape:
    """Return a shape without the shadow that the template's style gives."""
    style = shape._element.find(qn("p:style"))
    if style is not None:
        shape._element.remove(style)
    return shape


def _paint(shape: Shape, look: Look) -> None:
    if not look.pattern:
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(look.fill)
        return
    shape.fill.patterned()
    shape.fill.pattern = _PATTERNS[look.pattern]
    shape.fill.back_color.rgb = rgb(look.fill)
    shape.fill.fore_color.rgb = rgb(look.pattern_colour)


def add_name(slide: Slide, sheet: Sheet, spot: Spot) -> None:
    """Add the name of a district and its marks, with a line where it stands outside."""
    cell = sheet.cells[spot.district]
    look = state_looks()[cell.state]
    ink, halo = (INK, PAPER) if spot.leader else (look.ink, look.plain)
    if spot.leader:
        _add_line(slide, spot.leader, 0.6, f"{cell.name} 引き出し線")
    x, y = spot.name_middle
    line = Line(spot.label, x, y, spot.size, colour=ink, align="center")
    add_text(slide, line, f"{cell.name} 名前", halo=halo)
    _add_marks(slide, spot, (cell.wish, cell.activity), ink)


def _add_marks(slide: Slide, spot: Spot, marks: tuple[bool, bool], ink: str) -> None:
    (x, y), scale = spot.marks_middle, spot.size / 16
    aside = 6.5 * scale if all(marks) else 0.0
    for kind, shown, middle in zip(
        ("wish", "activity"), marks, (x - aside, x + aside), strict=True
    ):
        if shown:
            side = 7 * scale
            _add_mark(slide, kind, Box(middle - side / 2, y - side / 2, side, side), ink)


def _add_mark(slide: Slide, kind: str, box: Box, ink: str) -> None:
    """Add an open circle for wishes, a filled square for activities."""
    form = MSO_SHAPE.OVAL if kind == "wish" else MSO_SHAPE.RECTANGLE
    shape = _bare(slide.shapes.add_shape(form, *_place(box)))
    shape.name = "やってみたい" if kind == "wish" else "活動"
    if kind == "wish":
        shape.fill.background()
        shape.line.color.rgb = rgb(ink)
        shape.line.width = Pt(box.width * 0.26)
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(ink)
        shape.line.fill.background()


def add_key(slide: Slide, kind: str, sign: Box) -> None:
    """Add the sign of one entry of the legend: of a state, or a mark."""
    if kind not in state_looks():
        x, y = sign.middle
        _add_mark(slide, kind, Box(x - 4, y - 4, 8, 8), INK)
        return
    shape = _rounded(slide, sign, 0.18)
    shape.name = f"凡例 {STATES[kind][0]}"
    _paint(shape, state_looks()[kind])
    shape.line.color.rgb = rgb("#8A8375")
    shape.line.width = Pt(0.75)


def add_cities(slide: Slide, sheet: Sheet) -> None:
    """Add the lines round the tiles of cities, and their names."""
    for city in sheet.layout.cities:
        for edge in city.edges:
            _add_line(slide, edge, 1.0, f"{city.name} 囲み")
        plate = _rounded(slide, city.plate, 0.25)
        plate.name = f"{city.name} 囲み"
        plate.fill.solid()
        plate.fill.fore_color.rgb = rgb(PAPER)
        plate.line.color.rgb = rgb(INK)
        plate.line.width = Pt(0.8)
        size = city.plate.height * 0.75
        add_text(slide, Line(city.name, *city.plate.middle, size, True, INK, "center"), city.name)


def _add_line(slide: Slide, ends: Sequence[tuple[float, float]], width: float, name: str) -> None:
    (x, y), (u, v) = ends
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(emu, (x, y, u, v)))
    line.name = name
    line.line.color.rgb = rgb(INK)
    line.line.width = Pt(width)


def add_sample(slide: Slide, box: Box) -> None:
    """Add the plate that says that the data are invented."""
    plate = _rounded(slide, box, 0.25)
    plate.name = SAMPLE_MARK
    plate.fill.solid()
    plate.fill.fore_color.rgb = rgb(state_looks()["gap"].fill)
    plate.line.fill.background()
    add_text(slide, Line(SAMPLE_MARK, *box.middle, 10.5, True, INK, "center"), SAMPLE_MARK)


def set_title(slide: Slide, box: Box, lines: Sequence[str], size: float) -> None:
    """Set the title of a slide, its lines broken where they were planned."""
    title = cast(Shape, slide.shapes.title)
    title.left, title.top, title.width, title.height = _place(box)
    frame = title.text_frame
    frame.auto_size, frame.word_wrap = MSO_AUTO_SIZE.NONE, True
    _no_margins(frame)
    frame.vertical_anchor = MSO_ANCHOR.TOP
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    for number, text in enumerate(lines):
        if number:
            paragraph.add_line_break()
        _add_run(paragraph, text, size, True, INK)


def text_box(slide: Slide, box: Box, name: str) -> TextFrame:
    """Add an empty box for text, without margins, and return its text."""
    shape = slide.shapes.add_textbox(*_place(box))
    shape.name = name
    _no_margins(shape.text_frame)
    shape.text_frame.word_wrap = True
    frame: TextFrame = shape.text_frame
    return frame


def add_text(slide: Slide, line: Line, name: str, *, halo: str = "") -> None:
    """Add one line of type in a box of its own."""
    if not line.text:
        return
    height, edge = line.size * 1.4, SLIDE_FORM.margin / 2
    top = line.y - height / 2
    reach = {
        "left": Box(line.x, top, SLIDE_FORM.width - edge - line.x, height),
        "right": Box(edge, top, line.x - edge, height),
        "center": Box(line.x - height, top, 2 * height, height),  # grows to both sides
    }
    frame = text_box(slide, reach[line.align], name)
    frame.word_wrap = line.align != "center"
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    fill_text(frame, [line.text], line.size, line.bold, line.colour)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = _ALIGN[line.align]
    if halo:
        colour = halo.removeprefix("#")
        glow = f'<a:glow rad="{_HALO}"><a:srgbClr val="{colour}"/></a:glow>'
        effect = parse_xml(f"<a:effectLst {nsdecls('a')}>{glow}</a:effectLst>")
        paragraph.runs[0]._r.get_or_add_rPr().append(effect)


def fill_text(
    frame: TextFrame, lines: Sequence[str], size: float, bold: bool = False, colour: str = INK
) -> None:
    """Fill a text with one paragraph per line; empty lines are left out."""
    for number, text in enumerate(line for line in lines if line):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]  # type: ignore[no-untyped-call]
        paragraph.alignment = PP_ALIGN.LEFT
        _add_run(paragraph, text, size, bold, colour)


def _add_run(paragraph: _Paragraph, text: str, size: float, bold: bool, colour: str) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, rgb(colour)
    run._r.get_or_add_rPr().set("lang", "ja-JP")
    run._r.get_or_add_rPr().set("altLang", "en-US")


def set_notes(slide: Slide, lines: Sequence[str]) -> None:
    """Set the notes of a slide, a paragraph a line."""
    frame = cast(TextFrame, slide.notes_slide.notes_text_frame)
    frame.text = "\n".join(lines)


def _no_margins(frame: TextFrame) -> None:
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)


def _place(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    return emu(box.left), emu(box.top), emu(box.width), emu(box.height)


def emu(points: float) -> Emu:
    """Return points in the unit of PowerPoint."""
    return Emu(round(points * _EMU))


def rgb(colour: str) -> RGBColor:
    """Return a colour such as `#1A6FA8` as PowerPoint wants it."""
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]
