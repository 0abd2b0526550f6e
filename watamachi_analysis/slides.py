"""Write the pictures as slides whose shapes can be edited."""

import io
import re
from datetime import date, datetime

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Pt

from .captions import page_words
from .looks import PAPER, SOFT
from .overlap import STATES
from .packages import repack
from .page import PageWords
from .progress import Progress, no_progress
from .publish import Publication
from .sheets import SLIDE_FORM, Sheet, lay_sheets
from .slide_shapes import (
    add_cities,
    add_district,
    add_key,
    add_name,
    add_sample,
    add_text,
    emu,
    fill_text,
    rgb,
    set_notes,
    set_title,
    text_box,
)  # fmt: skip
from .spots import Box
from .typesetting import drawable, wrap

# Both are on every PC with PowerPoint; elsewhere LibreOffice sets Noto Sans CJK JP and Liberation.
JAPANESE, LATIN = b"Yu Gothic", b"Arial"
_TITLE_ONLY = 5
_HOW_TO_READ = (
    "一枚に一つの課題です。上の文が見つかったこと、色と模様が地区の状態です。",
    "丸はやってみたいの声、四角は活動（声・一覧）のある地区です。",
    "地区の形は一つずつ選べます。数は、形の代替テキストとノートにあります。",
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
    deck = open_deck()
    sheets = lay_sheets(shown, SLIDE_FORM)
    _add_cover(deck, sheets[0], words)
    for number, sheet in enumerate(sheets):
        progress(sheet.label, number / len(sheets))
        add_sheet(deck, sheet)
    return close_deck(deck, f"わたまち地図　{shown.settings.name}", shown.built)


def close_deck(deck: Deck, title: str, built: date) -> bytes:
    """Return a deck as a file that says what it is; the same deck gives the same bytes.

    Parameters
    ----------
    deck
        With its slides.
    title, built
        What it is, and the day on it.
    """
    stamp = datetime.combine(built, datetime.min.time())
    _describe(deck, drawable(title), stamp)
    buffer = io.BytesIO()
    deck.save(buffer)
    return repack(buffer.getvalue(), stamp)


def open_deck() -> Deck:
    """Return an empty 16:9 deck in Japanese type, without the template's printer and preview."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = emu(SLIDE_FORM.width), emu(SLIDE_FORM.height)
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
    about.title = title[:255]
    about.language = "ja-JP"
    about.created = about.modified = stamp
    about.revision = 1


def _add_cover(deck: Deck, overview: Sheet, words: PageWords) -> None:
    slide = new_slide(deck)
    left, width = SLIDE_FORM.margin, SLIDE_FORM.width - 3 * SLIDE_FORM.margin - SLIDE_FORM.legend
    add_text(slide, overview.head[0], "調査")
    name = wrap(drawable(str(words.survey["name"])), width / 30)[:3]
    set_title(slide, Box(left, 66, width, 40 * len(name)), name, 30)
    finding = wrap(overview.finding, width / 18)
    y = 86.0 + 40 * len(name)
    found = text_box(slide, Box(left, y, width, 26 * len(finding)), "見つかったこと")
    fill_text(found, finding, 18, True)
    y += 26 * len(finding) + 8
    fill_text(text_box(slide, Box(left, y, width, 20), "ほか"), [overview.rest], 12, colour=SOFT)
    how = text_box(slide, Box(left, y + 44, width, 110), "読みかた")
    fill_text(how, _HOW_TO_READ, 13)
    for paragraph in how.paragraphs:
        paragraph.space_after = Pt(6)
    add_frame(slide, overview)
    said = [words.caution, *words.notes, "出典", *words.credits, *words.sources]
    set_notes(slide, [drawable(line) for line in said])


def add_frame(slide: Slide, sheet: Sheet, *, has_legend: bool = True) -> None:
    """Add what stands on every slide: legend, caution, sources, 見本.

    Parameters
    ----------
    slide
        It is changed.
    sheet
        What says these.
    has_legend
        Whether there is a map on it.
    """
    for key in sheet.legend if has_legend else ():
        add_key(slide, key.kind, key.sign)
        for line in key.lines:
            add_text(slide, line, "凡例")
    for line in sheet.foot:
        add_text(slide, line, "注意と出典")
    if sheet.sample:
        add_sample(slide, sheet.sample)


def add_sheet(deck: Deck, sheet: Sheet) -> None:
    """Add the map of a sheet as a slide of shapes, its numbers in the notes.

    Parameters
    ----------
    deck
        It is changed.
    sheet
        As `lay_sheets` returns it for slides.
    """
    slide = new_slide(deck)
    title = sheet.title
    size = title[0].size
    top, bottom = title[0].y - size * 0.65, title[-1].y + size * 0.75
    room = Box(34, top, SLIDE_FORM.width - 2 * 34, bottom - top)
    set_title(slide, room, [line.text for line in title], size)
    for line in sheet.head:
        add_text(slide, line, "見出し")
    for spot in sheet.layout.spots:
        add_district(slide, sheet, spot)
    add_cities(slide, sheet)
    for spot in sheet.layout.spots:
        add_name(slide, sheet, spot)
    add_frame(slide, sheet)
    set_notes(slide, _say(sheet))


def _say(sheet: Sheet) -> list[str]:
    """Return the numbers of a sheet in words, state by state."""
    lines = [sheet.label, sheet.finding, sheet.rest, sheet.foot[0].text]
    for state, (label, words) in STATES.items():
        cells = [cell for cell in sheet.cells.values() if cell.state == state]
        if cells:
            lines.append(f"■{label}（{words}） {len(cells)}地区")
            lines += [f"{cell.name}: {cell.sentence}" for cell in cells]
    return [line for line in lines if line]


def new_slide(deck: Deck) -> Slide:
    """Add an empty slide with a place for its title.

    Parameters
    ----------
    deck
        It is changed.
    """
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = rgb(PAPER)
    slide.shapes.turbo_add_enabled = True
    return slide
