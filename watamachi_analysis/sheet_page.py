"""Write a document of plain parts as one web page, each number linked to its source."""

import base64
import re
from dataclasses import replace

from .blocks import (
    Beside,
    Bullets,
    Document,
    Pair,
    Paragraph,
    Picture,
    Sources,
    Table,
    number_titles,
    with_refs,
)
from .bundled import resource_text
from .captions import japanese_date
from .page import content_policy, render

# A figure with its unit; a year, month or day is a date and none.
_NUMBER = re.compile(
    r"[+-]?\d[\d,]*(?:\.\d+)?(?:／\d+)?(?:%|ポイント|番目|市町村|[人件回館世帯地区か所]*)"
)
_DATE = re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{4}-\d{2}(?:-\d{2})?")
_KINDS = {
    Paragraph: "paragraph", Bullets: "bullets", Table: "table", Picture: "picture", Pair: "pair",
    Beside: "beside", Sources: "sources",
}  # fmt: skip


def render_document(document: Document) -> str:
    """Return a document as a self-contained HTML page that asks no network and prints on A4.

    Parameters
    ----------
    document
        What to write; the same as for Word.
    """
    document = replace(document, sections=number_titles(document.sections))
    return render(
        "report/sheet.html.j2",
        csp=content_policy([]),
        css=resource_text("report/report.css") + resource_text("report/sheet.css"),
        document=document,
        built=japanese_date(document.built),
        kind_of=lambda block: _KINDS[type(block)],
        parts_of=split_numbers,
        shown_table=lambda table: with_refs(table, document.numbers),
        anchor_of=anchor_of,
        data_of=lambda picture: base64.b64encode(picture.png).decode("ascii"),
    )


def split_numbers(text: str) -> list[tuple[str, bool]]:
    """Return a text in parts, and which of them are numbers; dates are none.

    Examples
    --------
    >>> split_numbers("5回のうち4回（2020年10月1日）")
    [('5回', True), ('のうち', False), ('4回', True), ('（2020年10月1日）', False)]
    """
    dates = [match.span() for match in _DATE.finditer(text)]
    parts: list[tuple[str, bool]] = []
    done = 0
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if any(first <= start < last for first, last in dates):
            continue
        parts += [(text[done:start], False), (match[0], True)]
        done = end
    parts.append((text[done:], False))
    return [part for part in parts if part[0]]


def anchor_of(key: str) -> str:
    """Return the id of a source on the page.

    Examples
    --------
    >>> anchor_of("figures-2")
    'source-figures-2'
    """
    return f"source-{key}"
