"""Write a document of plain parts as a Word file, into a template that people may change."""

import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document as WordFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from docx.shared import Cm
from docx.text.paragraph import Paragraph as WordParagraph

from .blocks import (
    Beside,
    Block,
    Bullets,
    Document,
    Pair,
    Paragraph,
    Picture,
    Section,
    Sources,
    Table,
    number_titles,
    with_refs,
)
from .captions import japanese_date
from .packages import repack
from .typesetting import drawable
from .word_template import CONTENTS, PLACEHOLDER, SUBTITLE, TITLE, add_styles

TEXT_WIDTH = 9638  # twentieths of a point: A4 less 2 cm on each side
TWIPS = 567  # in a centimetre
_NUMBERED = re.compile(r"^(表|図)(\d+)　(.*)$", re.DOTALL)
_STYLES = {
    "body": "Watamachi Text",
    "finding": "Watamachi Finding",
    "small": "Watamachi Small",
    "quote": "Watamachi Quote",
    "label": "Watamachi Label",
}


@dataclass(frozen=True)
class _Target:
    """The file that is written, name → id of its styles, and key → number of its sources."""

    file: WordFile
    ids: Mapping[str, str]
    numbers: Mapping[str, int]

    def paragraph(self, inner: str, style: str, extra: str = "") -> str:
        """Return a paragraph of runs in a style."""
        return f'<w:p><w:pPr><w:pStyle w:val="{self.ids[style]}"/>{extra}</w:pPr>{inner}</w:p>'


def write_word(document: Document, template: bytes, keys: Collection[str]) -> bytes:
    """Return a document as a Word file.

    Each placeholder of the template that stands alone in a paragraph is replaced by the section
    of that key; a section without one is left out, and a placeholder that means nothing stays.
    Those for single words (調査, 作成日 …) may stand anywhere, headers and footers included. Same
    document and template, same bytes.

    Parameters
    ----------
    document
        What to write.
    template
        The bytes of a `.docx` file, as `make_template` returns or a person changed it.
    keys
        The keys of all sections that there may be: what the document lacks of them is taken out.
    """
    file = docx.Document(io.BytesIO(template))
    _fill_words(file, document)
    found = [(place, PLACEHOLDER.fullmatch(place.text.strip())) for place in file.paragraphs]
    known = {TITLE, SUBTITLE, CONTENTS, *keys}
    places = [(place, match[1]) for place, match in found if match and match[1] in known]
    order = [key for _, key in places]
    placed = [part for key in dict.fromkeys(order) if (part := document.part(key))]
    sections = number_titles(placed) if document.has_contents else tuple(placed)
    document = replace(document, sections=sections)
    target = _Target(file, add_styles(file), document.numbers)
    for place, key in places:
        _replace(place, _elements(document, key, target))
    stamp = datetime.combine(document.built, datetime.min.time())
    about = file.core_properties
    about.author = about.last_modified_by = "watamachi-analysis"
    about.title = drawable(f"{document.title}　{document.survey}")[:255]
    about.language, about.revision = "ja-JP", 1
    about.created = about.modified = stamp
    buffer = io.BytesIO()
    file.save(buffer)
    return repack(buffer.getvalue(), stamp)


def _fill_words(file: WordFile, document: Document) -> None:
    """Put the single words in: into the first run of a paragraph, whose looks it keeps."""
    words = {
        "調査": document.survey,
        "見本": document.sample,
        "作成日": japanese_date(document.built),
        "版": document.version,
        "見る人": document.audience,
        "地区": document.title.partition("　")[0],
    }
    parts = [file, *(p for s in file.sections for p in (s.header, s.footer))]
    for part in parts:
        for paragraph in part.paragraphs:
            for run in paragraph.runs:
                if "{{" in run.text:
                    run.text = PLACEHOLDER.sub(lambda m: words.get(m[1], m[0]), run.text)


def _replace(place: WordParagraph, elements: Iterator[Element]) -> None:
    for element in elements:
        place._p.addprevious(element)
    place._p.getparent().remove(place._p)


def _elements(document: Document, key: str, target: _Target) -> Iterator[Element]:
    """Yield what stands for a placeholder, as elements of the file's body."""
    if key == TITLE:
        yield _paragraph(document.title, "Title", target)
    elif key == SUBTITLE:
        yield _paragraph(document.subtitle, "Subtitle", target)
    elif key == CONTENTS:
        if document.has_contents:
            yield from _contents(document.sections, target)
    elif section := document.part(key):
        if section.title:
            yield _heading(section, target)
        for block in section.blocks:
            yield from _WRITERS[type(block)](block, target)


def _runs(text: str, bold: bool = False) -> str:
    """Return text as runs; line ends become breaks."""
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    lines = [escape(drawable(line)) for line in text.split("\n")]
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{look}{inner}</w:r>"


def _parse(xml: str) -> Element:
    """Return the element of a fragment whose root lacks the names of its spaces."""
    element: Element = parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {nsdecls('w')}", xml, count=1))
    return element


def _paragraph(text: str, style: str, target: _Target) -> Element:
    return _parse(target.paragraph(_runs(text), style))


def _bookmark(section: Section) -> str:
    return f"part{section.title.split('　')[0]}"


def _heading(section: Section, target: _Target) -> Element:
    name = quoteattr(_bookmark(section))
    number = section.title.split("　")[0]
    mark = number if number.isdecimal() else "0"
    inner = (
        f'<w:bookmarkStart w:id="{mark}" w:name={name}/>{_runs(section.title)}'
        f'<w:bookmarkEnd w:id="{mark}"/>'
    )
    return _parse(target.paragraph(inner, "Heading 1"))


def _field(code: str, shown: str, *, is_dirty: bool = False) -> str:
    """Return a field: its code, and what it shows until it is brought up to date."""
    dirty = ' w:dirty="true"' if is_dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{dirty}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{shown}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _contents(sections: tuple[Section, ...], target: _Target) -> Iterator[Element]:
    """Yield a table of contents: a field that Word fills with pages when it opens the file."""
    links = [
        f"<w:hyperlink w:anchor={quoteattr(_bookmark(section))}>{_runs(section.title)}</w:hyperlink>"
        for section in sections
    ]
    begin, end = _field('TOC \\o "1-1" \\h \\z', "\0", is_dirty=True).split("\0")
    for number, link in enumerate(links):
        first, last = number == 0, number == len(links) - 1
        inner = f"{begin if first else ''}{link}{end if last else ''}"
        yield _parse(target.paragraph(inner, "toc 1"))


def _caption(title: str, target: _Target, *, keep_next: bool) -> Element:
    """Return a title whose number is a field, so that it stays right when parts are moved."""
    match = _NUMBERED.match(title)
    extra = "<w:keepNext/>" if keep_next else ""
    if not match:
        return _parse(target.paragraph(_runs(title), "Caption", extra))
    sign, number, words = match.groups()
    inner = _runs(sign) + _field(f"SEQ {sign} \\* ARABIC", _runs(number)) + _runs(f"　{words}")
    return _parse(target.paragraph(inner, "Caption", extra))


def _write_paragraph(block: Paragraph, target: _Target) -> Iterator[Element]:
    yield _paragraph(block.text, _STYLES[block.style], target)


def _write_bullets(block: Bullets, target: _Target) -> Iterator[Element]:
    style = "Watamachi Quote" if block.style == "quote" else "List Bullet"
    for item in block.items:
        yield _paragraph(item, style, target)


def _write_table(block: Table, target: _Target) -> Iterator[Element]:
    yield _caption(block.title, target, keep_next=True)
    table = with_refs(block, target.numbers)
    whole = sum(column.share for column in table.columns)
    widths = [round(TEXT_WIDTH * column.share / whole) for column in table.columns]
    sides = ["right" if column.is_number else "left" for column in table.columns]
    head = _row([column.label for column in table.columns], widths, sides, target, is_head=True)
    rows = "".join(_row(list(row.cells), widths, sides, target) for row in table.rows)
    yield _parse(_table_xml(widths, head + rows, target))
    yield _paragraph(table.note, "Watamachi Source", target)


def _table_xml(widths: list[int], rows: str, target: _Target) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{target.ids["Watamachi Table"]}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        ' w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(
    cells: list[str], widths: list[int], sides: list[str], target: _Target, *, is_head: bool = False
) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        + target.paragraph(_runs(text, bold=is_head), "Watamachi Cell", f'<w:jc w:val="{side}"/>')
        + "</w:tc>"
        for text, width, side in zip(cells, widths, sides, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{inner}</w:tr>"


def _picture(block: Picture, target: _Target) -> Element:
    paragraph = target.file.add_paragraph()
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Cm(block.width))
    about = shape._inline.docPr
    about.set("descr", drawable(block.words))
    about.set("name", drawable(block.title))
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().set(
        qn("w:val"), target.ids["Watamachi Picture"]
    )
    paragraph._p.getparent().remove(paragraph._p)
    element: Element = paragraph._p
    return element


def _write_picture(block: Picture, target: _Target) -> Iterator[Element]:
    yield _picture(block, target)
    if block.title:
        yield _caption(block.title, target, keep_next=True)
    yield _paragraph(f"出典: {block.source}" if block.source else "", "Watamachi Source", target)


def _write_pair(block: Pair, target: _Target) -> Iterator[Element]:
    """Yield two lists side by side, as a table that can be edited."""
    widths = [TEXT_WIDTH // 2, TEXT_WIDTH - TEXT_WIDTH // 2]
    sides = (block.left, block.right)
    head = _row([title for title, _ in sides], widths, ["left"] * 2, target, is_head=True)
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        + "".join(target.paragraph(_runs(f"・{item}"), "Watamachi Cell Bullet") for item in items)
        + "</w:tc>"
        for width, (_, items) in zip(widths, sides, strict=True)
    )
    yield _parse(_table_xml(widths, f"{head}<w:tr>{cells}</w:tr>", target))
    yield _paragraph("", "Watamachi Source", target)


def _write_beside(block: Beside, target: _Target) -> Iterator[Element]:
    """Yield a picture and a list next to each other, as a table without rules."""
    left = round((block.picture.width + 0.4) * TWIPS)
    widths = [left, TEXT_WIDTH - left]
    words = "".join(target.paragraph(_runs(item), "Watamachi Point") for item in block.items)
    cells = [f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>' for width in widths]
    table = _parse(
        _table_xml(widths, f"<w:tr>{cells[0]}</w:tc>{cells[1]}{words}</w:tc></w:tr>", target)
    )
    table.find(qn("w:tblPr")).remove(table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}"))
    table.find(f".//{qn('w:tc')}").extend(_write_picture(block.picture, target))
    yield table


def _write_sources(block: Sources, target: _Target) -> Iterator[Element]:
    for number, (_, words) in enumerate(block.items, 1):
        yield _paragraph(f"[{number}] {words}", "Watamachi Small", target)


_WRITERS: dict[type[Block], Callable[..., Iterator[Element]]] = {
    Paragraph: _write_paragraph,
    Bullets: _write_bullets,
    Table: _write_table,
    Picture: _write_picture,
    Pair: _write_pair,
    Beside: _write_beside,
    Sources: _write_sources,
}
