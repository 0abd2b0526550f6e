"""Make the Word template of the reports, and check one that a person changed."""

import io
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import docx
from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from .errors import InputError, Problem
from .looks import INK, RULE, SOFT
from .office import DAMAGE, check_package
from .packages import ZIP_DATE, repack

TITLE, SUBTITLE, CONTENTS = "題", "副題", "目次"
WORDS = ("調査", "見本", "作成日", "版", "見る人", "地区")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]{1,20})\s*\}\}")
TEMPLATE_FILE = "地区基礎調査_ひな形.docx"
_ALONE = "本文の段落に、一つだけ置いてください。いまはそのまま残ります"
FONT = "游ゴシック"
_ACCENT = "1A6FA8"
_TEXT_SIZE = 10.5
_PITCH = 1.55  # from line to line, in heights of a letter
# Name of a style of our own → size, space before, space after (points), colour, left indent (cm).
_STYLES: dict[str, tuple[float, float, float, str, float]] = {
    "Watamachi Text": (_TEXT_SIZE, 0, 4, INK, 0),
    "Watamachi Finding": (11.5, 2, 4, INK, 0),
    "Watamachi Small": (9.0, 0, 3, SOFT, 0),
    "Watamachi Source": (8.5, 2, 10, SOFT, 0),
    "Watamachi Label": (_TEXT_SIZE, 8, 2, INK, 0),
    "Watamachi Quote": (_TEXT_SIZE, 0, 3, INK, 0.6),
    "Watamachi Picture": (_TEXT_SIZE, 6, 2, INK, 0),
    "Watamachi Cell": (9.0, 1, 1, INK, 0),
    "Watamachi Cell Bullet": (9.5, 1, 1, INK, 0),
    "Watamachi Point": (10.0, 0, 5, INK, 0),
    "toc 1": (_TEXT_SIZE, 0, 0, INK, 0),
}
_TABLE = "Watamachi Table"
_BOLD = {"Watamachi Finding", "Watamachi Label"}
_BUILT_IN = {
    "Title": (20.0, INK),
    "Subtitle": (11.0, SOFT),
    "Heading 1": (14.0, _ACCENT),
    "Caption": (9.5, INK),
    "List Bullet": (_TEXT_SIZE, INK),
}


def make_template(keys: Sequence[str], *, contents: bool = True) -> bytes:
    """Return a Word file with a placeholder for each part of a report.

    Parameters
    ----------
    keys
        The keys of the sections, in order.
    contents
        Whether a table of contents stands before them.
    """
    file = docx.Document()
    add_styles(file)
    _set_page(file)
    _set_margins_of_page(file)
    for key in (TITLE, SUBTITLE, *([CONTENTS] if contents else []), *keys):
        file.add_paragraph(f"{{{{{key}}}}}")
    buffer = io.BytesIO()
    file.save(buffer)
    return repack(buffer.getvalue(), datetime(*ZIP_DATE))


def add_styles(file: WordFile) -> dict[str, str]:
    """Add the styles that a file lacks; return name → id of all that reports use.

    A person's own look of a style stays as it is. Word gives styles other ids in every language,
    but keeps their names.

    Parameters
    ----------
    file
        An open Word file; it is changed.
    """
    known = {_plain(str(style.name)): style for style in file.styles}
    if _plain("Watamachi Cell") not in known:  # nobody has set the looks yet
        _set_base(file)
    for name, looks in _STYLES.items():
        if _plain(name) not in known:
            known[_plain(name)] = _add_style(file, name, looks)
    for name, (size, colour) in _BUILT_IN.items():
        if _plain(name) not in known:
            known[_plain(name)] = _add_style(file, name, (size, 6, 4, colour, 0))
    if _plain(_TABLE) not in known:
        file.styles.element.append(_table_style())
    ids = {name: str(known[_plain(name)].style_id) for name in (*_STYLES, *_BUILT_IN)}
    normal = next(str(s.style_id) for s in file.styles if _plain(str(s.name)) == "normal")
    tables = {str(s.name): str(s.style_id) for s in file.styles}
    return ids | {"Normal": normal, _TABLE: tables[_TABLE]}


def _plain(name: str) -> str:
    return name.lower().replace(" ", "")


def _set_base(file: WordFile) -> None:
    """Set the type and sizes of Word's own styles, as `look.md` has them."""
    normal = cast(ParagraphStyle, file.styles["Normal"])
    _set_font(normal, _TEXT_SIZE, INK)
    normal.paragraph_format.space_after = Pt(4)
    for name, (size, colour) in _BUILT_IN.items():
        style = cast(ParagraphStyle, file.styles[name])
        _set_font(style, size, colour)
        style.font.bold = name in ("Title", "Heading 1", "Caption")
        style.font.italic = False
    heading = file.styles["Heading 1"].paragraph_format
    heading.space_before, heading.space_after, heading.keep_with_next = Pt(14), Pt(4), True
    caption = file.styles["Caption"].paragraph_format
    caption.space_before, caption.space_after = Pt(6), Pt(3)
    for name in ("Caption", "List Bullet"):
        _set_pitch(cast(ParagraphStyle, file.styles[name]), _BUILT_IN[name][0])
    title = file.styles["Title"]
    title.paragraph_format.space_after = Pt(2)
    for border in title.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    language = f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="ja-JP" w:bidi="ar-SA"/>'
    for properties in file.styles.element.iter(qn("w:rPrDefault")):
        for old in properties.iter(qn("w:lang")):
            old.getparent().replace(old, parse_xml(language))


def _set_font(style: ParagraphStyle, size: float, colour: str) -> None:
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for side in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{side}"), FONT)


def _add_style(
    file: WordFile, name: str, looks: tuple[float, float, float, str, float]
) -> ParagraphStyle:
    size, before, after, colour, indent = looks
    style = cast(ParagraphStyle, file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
    style.base_style = next(s for s in file.styles if _plain(str(s.name)) == "normal")
    _set_font(style, size, colour)
    style.font.bold = name in _BOLD
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if name != "Watamachi Picture":
        _set_pitch(style, size)
    if indent:
        shape.left_indent = Cm(indent)
    if name == "Watamachi Picture":
        shape.alignment, shape.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    if name == "Watamachi Label":
        shape.keep_with_next = True
    return style


def _set_pitch(style: ParagraphStyle, size: float) -> None:
    """Set lines apart by a fixed length: 游ゴシック's own is a third wider than other fonts'."""
    style.paragraph_format.line_spacing = Pt(round(size * _PITCH, 1))


def _table_style() -> object:
    """Return the style of tables: light rules between rows, a paler head, no boxes."""
    rule = RULE.removeprefix("#")
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{rule}"/>'
        for side in ("top", "bottom", "insideH")
    )
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="WatamachiTable">'
        f'<w:name w:val="{_TABLE}"/><w:uiPriority w:val="99"/><w:tblPr>'
        f"<w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>"
        '<w:top w:w="20" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
        '<w:bottom w:w="20" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr>'
        '<w:shd w:val="clear" w:color="auto" w:fill="F3EEE3"/></w:tcPr></w:tblStylePr></w:style>'
    )


def _set_page(file: WordFile) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.0)
    page.header_distance = page.footer_distance = Cm(1.0)


def _set_margins_of_page(file: WordFile) -> None:
    """Write what stands at the head and the foot of every page."""
    page = file.sections[0]
    head, foot = page.header.paragraphs[0], page.footer.paragraphs[0]
    for paragraph in (head, foot):
        paragraph.style = file.styles["Normal"]  # that of headers has tabs of its own
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(17.0), WD_TAB_ALIGNMENT.RIGHT)
    _add_small(head, "{{調査}}　{{見る人}}\t{{見本}}")
    _add_small(foot, "作成日 {{作成日}}　版 {{版}}\t")
    for code, between in (("PAGE", " / "), ("NUMPAGES", "")):
        field = (
            f'<w:fldSimple {nsdecls("w")} w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
        foot._p.append(parse_xml(field))
        if between:
            _add_small(foot, between)


def _add_small(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(9)
    run.font.color.rgb = RGBColor.from_string(SOFT.removeprefix("#"))


def read_template(
    path: Path, keys: Sequence[str], optional: Collection[str] = ()
) -> tuple[bytes, list[Problem]]:
    """Return a template that a person changed, and what of it should be looked at.

    Parameters
    ----------
    path
        A `.docx` file.
    keys
        The keys of the sections that a report has.
    optional
        Those of them that not every report has: leaving them out is not told.

    Returns
    -------
    tuple
        Its bytes; a note for each part that it leaves out, for each that does not stand alone in
        a paragraph of the text, and for each placeholder that means nothing: these stay as they
        stand.

    Raises
    ------
    InputError
        If it is no Word file that can be opened, or holds no placeholder at all.
    """
    check_package(path, "docx")
    try:
        file = docx.Document(str(path))
        found = list(_placeholders(file))
        alone = {
            match[1] for p in file.paragraphs if (match := PLACEHOLDER.fullmatch(p.text.strip()))
        }
    except DAMAGE as error:
        mend = "Word で開けるか確かめるか、watamachi report --new-template で作り直してください"
        raise InputError(Problem(path.name, "", "Word のひな形として開けません", mend)) from error
    if not {TITLE, SUBTITLE, CONTENTS, *keys} & set(found):
        mend = f"{{{{{keys[0]}}}}} のような差しこみの印を、段落に一つずつ置いてください"
        raise InputError(Problem(path.name, "", "差しこみの印が一つもありません", mend))
    required = [key for key in keys if key not in optional]
    return path.read_bytes(), [
        Problem(path.name, "", f"{{{{{key}}}}} {words}", mend, "notice")
        for key, words, mend in _look_over(found, alone, keys, required)
    ]


def _look_over(
    found: Sequence[str], alone: Collection[str], keys: Sequence[str], required: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield each placeholder to look at, what is the matter with it, and how to mend it."""
    parts = {TITLE, SUBTITLE, CONTENTS, *keys}
    usable = "・".join((*sorted(parts), *WORDS))
    told = dict.fromkeys(found)
    for key in required:
        if key not in told:
            yield key, "がありません", "この部分は入れずに作りました"
    for key in told:
        if key in parts and key not in alone:
            yield key, "が、ほかの文といっしょか、余白にあります", _ALONE
        elif key not in parts | set(WORDS):
            yield key, "は知らない印です", f"使えるのは {usable} です"


def _placeholders(file: WordFile) -> list[str]:
    edges = [part for section in file.sections for part in (section.header, section.footer)]
    texts = [paragraph.text for part in (file, *edges) for paragraph in part.paragraphs]
    return [match[1] for text in texts for match in PLACEHOLDER.finditer(text)]
