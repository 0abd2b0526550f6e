"""Write the pictures as slides whose shapes can be edited."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import cast

import numpy as np
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.text.text import TextFrame, _Paragraph
from pptx.util import Emu, Pt

from .captions import page_words
from .layout import Box, Spot
from .looks import BORDER, INK, PAPER, SOFT, Look, state_looks
from .overlap import STATES
from .packages import repack
from .page import PageWords
from .progress import Progress, no_progress
from .publish import SAMPLE_MARK, Publication
from .sheets import SLIDE_FORM, Line, Sheet, drawable, lay_sheets, wrap

# Both are on every PC with PowerPoint; elsewhere LibreOffice sets Noto Sans CJK JP and Liberation.
JAPANESE, LATIN = b"Yu Gothic", b"Arial"
_EMU = 12_700  # in a point
_HALO = 19_050  # a point and a half, in EMU
_TITLE_ONLY = 5
_PATTERNS = {
    "dots": MSO_PATTERN.PERCENT_10,
    "hatch": MSO_PATTERN.WIDE_UPWARD_DIAGONAL,
    "cross": MSO_PATTERN.DIAGONAL_CROSS,
}
_ALIGN = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
_HOW_TO_READ = (
    "一枚に一つの課題です。上の文が見つかったこと、色と模様が地区の状態です。",
    "丸はやってみたいの声、四角は活動（声・一覧）のある地区です。",
    "地区の形は一つずつ選べます。名前は「選択ウィンドウ」に、数は図形の代替テキストとノートにあります。",
)


def draw_slides(shown: Publication, *, progress: Progress = no_progress) -> bytes:
    """Return a PowerPoint file: how to read, the overview, and one slide per issue.

    Each district is a shape of its own, named after it, with its numbers as alternative text.
    The same tables give the same bytes.

    Parameters
    ----------
    shown
        What one audience may see.
    progress
        Called with the slide being drawn and how far it is, 0 to 1.
    """
    words = page_words(shown)
    deck = _open_deck()
    sheets = lay_sheets(shown, SLIDE_FORM)
    _add_cover(deck, sheets[0], words)
    for number, sheet in enumerate(sheets):
        progress(sheet.label, number / len(sheets))
        _add_sheet(deck, sheet)
    stamp = datetime.combine(shown.built, datetime.min.time())
    _describe(deck, drawable(shown.settings.name), stamp)
    buffer = io.BytesIO()
    deck.save(buffer)
    return repack(buffer.getvalue(), stamp)


def _open_deck() -> Deck:
    """Return an empty 16:9 deck in Japanese type, without the template's printer and preview."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _emu(SLIDE_FORM.width), _emu(SLIDE_FORM.height)
    _drop(deck.part, RELATIONSHIP_TYPE.PRINTER_SETTINGS)
    _drop(deck.part.package, RELATIONSHIP_TYPE.THUMBNAIL)
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    blob = re.sub(rb'(<a:latin typeface=")[^"]*', rb"\g<1>" + LATIN, theme.blob)
    japanese = rb'(<a:(?:ea|font script="Jpan") typeface=")[^"]*'
    theme._blob = re.sub(japanese, rb"\g<1>" + JAPANESE, blob)
    return deck


def _drop(owner: object, kind: str) -> None:
    relations = owner._rels  # type: ignore[attr-defined]
    for key in [key for key, relation in relations.items() if relation.reltype == kind]:
        relations.pop(key)


def _describe(deck: Deck, title: str, stamp: datetime) -> None:
    about = deck.core_properties
    about.author = about.last_modified_by = "watamachi-analysis"
    about.title = f"わたまち地図　{title}"[:255]
    about.language = "ja-JP"
    about.created = about.modified = stamp
    about.revision = 1


def _add_cover(deck: Deck, overview: Sheet, words: PageWords) -> None:
    slide = _new_slide(deck)
    left, width = SLIDE_FORM.margin, SLIDE_FORM.width - 3 * SLIDE_FORM.margin - SLIDE_FORM.legend
    _add_text(slide, overview.head[0], "調査")
    name = wrap(drawable(str(words.survey["name"])), width / 30)[:3]
    _set_title(slide, Box(left, 66, width, 40 * len(name)), name, 30)
    finding = wrap(overview.finding, width / 18)
    y = 86.0 + 40 * len(name)
    found = _text_box(slide, Box(left, y, width, 26 * len(finding)), "見つかったこと")
    _fill_text(found, finding, 18, True)
    y += 26 * len(finding) + 8
    _fill_text(_text_box(slide, Box(left, y, width, 20), "ほか"), [overview.rest], 12, colour=SOFT)
    how = _text_box(slide, Box(left, y + 44, width, 110), "読みかた")
    _fill_text(how, _HOW_TO_READ, 13)
    for paragraph in how.paragraphs:
        paragraph.space_after = Pt(6)
    _add_frame(slide, overview)
    said = [words.caution, *words.notes, "出典", *words.credits, *words.sources]
    _set_notes(slide, [drawable(line) for line in said])


def _add_frame(slide: Slide, sheet: Sheet) -> None:
    """Add what stands on every slide: legend, caution, sources, 見本."""
    for key in sheet.legend:
        _add_key(slide, key.kind, key.sign)
        for line in key.lines:
            _add_text(slide, line, "凡例")
    for line in sheet.foot:
        _add_text(slide, line, "注意と出典")
    if sheet.sample:
        _add_sample(slide, sheet.sample)


def _add_sheet(deck: Deck, sheet: Sheet) -> None:
    slide = _new_slide(deck)
    title = sheet.title
    size = title[0].size
    top, bottom = title[0].y - size * 0.65, title[-1].y + size * 0.75
    room = Box(34, top, SLIDE_FORM.width - 2 * 34, bottom - top)
    _set_title(slide, room, [line.text for line in title], size)
    for line in sheet.head:
        _add_text(slide, line, "見出し")
    for spot in sheet.layout.spots:
        _add_district(slide, sheet, spot)
    _add_cities(slide, sheet)
    for spot in sheet.layout.spots:
        _add_name(slide, sheet, spot)
    _add_frame(slide, sheet)
    _set_notes(slide, _say(sheet))


def _say(sheet: Sheet) -> list[str]:
    """Return the numbers of a sheet in words, state by state."""
    lines = [sheet.label, sheet.finding, sheet.rest, sheet.foot[0].text]
    for state, (label, words) in STATES.items():
        cells = [cell for cell in sheet.cells.values() if cell.state == state]
        if cells:
            lines.append(f"■{label}（{words}） {len(cells)}地区")
            lines += [f"{cell.name}: {cell.sentence}" for cell in cells]
    return [line for line in lines if line]


# ---- shapes ----


def _new_slide(deck: Deck) -> Slide:
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = _rgb(PAPER)
    slide.shapes.turbo_add_enabled = True
    return slide


def _add_district(slide: Slide, sheet: Sheet, spot: Spot) -> None:
    cell = sheet.cells[spot.district]
    shape = _freeform(slide, spot) if spot.rings else _rounded(slide, spot.box, 0.1)
    shape.name = cell.name
    shape._element.nvSpPr.cNvPr.set("descr", cell.spoken)
    _paint(shape, state_looks()[cell.state])
    shape.line.color.rgb = _rgb(BORDER if cell.state == "no_record" else PAPER)
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
        shape.fill.fore_color.rgb = _rgb(look.fill)
        return
    shape.fill.patterned()
    shape.fill.pattern = _PATTERNS[look.pattern]
    shape.fill.back_color.rgb = _rgb(look.fill)
    shape.fill.fore_color.rgb = _rgb(look.pattern_colour)


def _add_name(slide: Slide, sheet: Sheet, spot: Spot) -> None:
    cell = sheet.cells[spot.district]
    look = state_looks()[cell.state]
    ink, halo = (INK, PAPER) if spot.leader else (look.ink, look.plain)
    if spot.leader:
        _add_line(slide, spot.leader, 0.6, f"{cell.name} 引き出し線")
    x, y = spot.name_middle
    line = Line(spot.label, x, y, spot.size, colour=ink, align="center")
    _add_text(slide, line, f"{cell.name} 名前", halo=halo)
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
        shape.line.color.rgb = _rgb(ink)
        shape.line.width = Pt(box.width * 0.26)
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(ink)
        shape.line.fill.background()


def _add_key(slide: Slide, kind: str, sign: Box) -> None:
    if kind not in state_looks():
        x, y = sign.middle
        _add_mark(slide, kind, Box(x - 4, y - 4, 8, 8), INK)
        return
    shape = _rounded(slide, sign, 0.18)
    shape.name = f"凡例 {STATES[kind][0]}"
    _paint(shape, state_looks()[kind])
    shape.line.color.rgb = _rgb("#8A8375")
    shape.line.width = Pt(0.75)


def _add_cities(slide: Slide, sheet: Sheet) -> None:
    for city in sheet.layout.cities:
        for edge in city.edges:
            _add_line(slide, edge, 1.0, f"{city.name} 囲み")
        plate = _rounded(slide, city.plate, 0.25)
        plate.name = f"{city.name} 囲み"
        plate.fill.solid()
        plate.fill.fore_color.rgb = _rgb(PAPER)
        plate.line.color.rgb = _rgb(INK)
        plate.line.width = Pt(0.8)
        size = city.plate.height * 0.75
        _add_text(slide, Line(city.name, *city.plate.middle, size, True, INK, "center"), city.name)


def _add_line(slide: Slide, ends: Sequence[tuple[float, float]], width: float, name: str) -> None:
    (x, y), (u, v) = ends
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(_emu, (x, y, u, v)))
    line.name = name
    line.line.color.rgb = _rgb(INK)
    line.line.width = Pt(width)


def _add_sample(slide: Slide, box: Box) -> None:
    plate = _rounded(slide, box, 0.25)
    plate.name = SAMPLE_MARK
    plate.fill.solid()
    plate.fill.fore_color.rgb = _rgb(state_looks()["gap"].fill)
    plate.line.fill.background()
    _add_text(slide, Line(SAMPLE_MARK, *box.middle, 10.5, True, INK, "center"), SAMPLE_MARK)


# ---- text ----


def _set_title(slide: Slide, box: Box, lines: Sequence[str], size: float) -> None:
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


def _text_box(slide: Slide, box: Box, name: str) -> TextFrame:
    shape = slide.shapes.add_textbox(*_place(box))
    shape.name = name
    _no_margins(shape.text_frame)
    shape.text_frame.word_wrap = True
    frame: TextFrame = shape.text_frame
    return frame


def _add_text(slide: Slide, line: Line, name: str, *, halo: str = "") -> None:
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
    frame = _text_box(slide, reach[line.align], name)
    frame.word_wrap = line.align != "center"
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _fill_text(frame, [line.text], line.size, line.bold, line.colour)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = _ALIGN[line.align]
    if halo:
        colour = halo.removeprefix("#")
        glow = f'<a:glow rad="{_HALO}"><a:srgbClr val="{colour}"/></a:glow>'
        effect = parse_xml(f"<a:effectLst {nsdecls('a')}>{glow}</a:effectLst>")
        paragraph.runs[0]._r.get_or_add_rPr().append(effect)


def _fill_text(
    frame: TextFrame, lines: Sequence[str], size: float, bold: bool = False, colour: str = INK
) -> None:
    for number, text in enumerate(line for line in lines if line):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]  # type: ignore[no-untyped-call]
        paragraph.alignment = PP_ALIGN.LEFT
        _add_run(paragraph, text, size, bold, colour)


def _add_run(paragraph: _Paragraph, text: str, size: float, bold: bool, colour: str) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, _rgb(colour)
    run._r.get_or_add_rPr().set("lang", "ja-JP")
    run._r.get_or_add_rPr().set("altLang", "en-US")


def _set_notes(slide: Slide, lines: Sequence[str]) -> None:
    frame = cast(TextFrame, slide.notes_slide.notes_text_frame)
    frame.text = "\n".join(lines)


def _no_margins(frame: TextFrame) -> None:
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)


def _place(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    return _emu(box.left), _emu(box.top), _emu(box.width), _emu(box.height)


def _emu(points: float) -> Emu:
    return Emu(round(points * _EMU))


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]
