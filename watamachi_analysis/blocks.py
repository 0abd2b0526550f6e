"""Hold a document as plain parts, the same for Word and for the web."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes
    ----------
    text
        What it says.
    ref
        The key of the source that every number in it comes from.
    style
        `body`, `finding` (larger), `small` or `quote` (somebody's own words).
    """

    text: str
    ref: str = ""
    style: str = "body"


@dataclass(frozen=True)
class Bullets:
    """A list; `ref` as in `Paragraph`."""

    items: tuple[str, ...]
    ref: str = ""
    style: str = "body"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its share of the width, whether numbers or days are in it."""

    label: str
    share: float = 1.0
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table, as many cells as there are columns; `ref` as in `Paragraph`."""

    cells: tuple[str, ...]
    ref: str


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    title
        Above it.
    columns, rows
        Its cells.
    note
        Below it: how to read it.
    has_refs
        Whether each row names its source; else they stand below the table.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    has_refs: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture with its title and source; `words` say what is seen, for who does not see it."""

    title: str
    png: bytes
    words: str
    width: float  # centimetres
    source: str = ""


@dataclass(frozen=True)
class Pair:
    """Two lists side by side, of equal weight."""

    left: tuple[str, tuple[str, ...]]
    right: tuple[str, tuple[str, ...]]
    ref: str


@dataclass(frozen=True)
class Beside:
    """A picture, and what is to be said of it next to it; `ref` as in `Paragraph`."""

    picture: Picture
    items: tuple[str, ...]
    ref: str = ""


@dataclass(frozen=True)
class Sources:
    """The sources of a document: key → what it is and how it was counted."""

    items: tuple[tuple[str, str], ...]


Block = Paragraph | Bullets | Table | Picture | Pair | Beside | Sources


@dataclass(frozen=True)
class Section:
    """A part of a document; `key` names it in a template."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A document of sections.

    Attributes
    ----------
    title, subtitle
        What stands on top.
    survey, audience, version
        Whose it is, for whom, and which version of the program made it.
    built
        The day on it.
    sample
        The mark of invented data, '' for a real survey.
    sections
        Its parts, in order; without numbers, for these are counted when it is written.
    has_contents
        Whether a table of contents stands before them.
    """

    title: str
    subtitle: str
    survey: str
    audience: str
    version: str
    built: date
    sample: str
    sections: tuple[Section, ...] = field(default=())
    has_contents: bool = True

    @property
    def numbers(self) -> dict[str, int]:
        """Return the key of each source → its number in the list of sources."""
        keys = [
            key
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Sources)
            for key, _ in block.items
        ]
        return {key: number for number, key in enumerate(keys, 1)}

    def part(self, key: str) -> Section | None:
        """Return the section of a key, None where the document has none."""
        return next((section for section in self.sections if section.key == key), None)


def with_refs(table: Table, numbers: Mapping[str, int]) -> Table:
    """Return a table that names its sources by number: in a column, or below it.

    Parameters
    ----------
    table
        Its rows have a `ref`.
    numbers
        Key of a source → its number.

    Examples
    --------
    >>> table = Table("表", (Column("値"),), (Row(("3件",), "voices"),))
    >>> with_refs(table, {"voices": 1}).note
    '出典[1]'
    """
    marks = [f"[{numbers[row.ref]}]" if row.ref in numbers else "" for row in table.rows]
    if table.has_refs:
        rows = tuple(
            replace(row, cells=(*row.cells, mark))
            for row, mark in zip(table.rows, marks, strict=True)
        )
        return replace(table, columns=(*table.columns, Column("出典", 0.7)), rows=rows)
    told = "".join(dict.fromkeys(filter(None, marks)))
    return replace(table, note="　".join(filter(None, (table.note, f"出典{told}" if told else ""))))


def number_titles(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return sections with their headings, tables and pictures numbered in order.

    Parameters
    ----------
    sections
        Without numbers; a table's title becomes 「表1　…」, a picture's 「図1　…」.
    """
    counts = {Table: 0, Picture: 0}
    signs = {Table: "表", Picture: "図"}
    numbered = []
    for number, section in enumerate(sections, 1):
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Table | Picture):
                counts[type(block)] += 1
                title = f"{signs[type(block)]}{counts[type(block)]}　{block.title}"
                block = replace(block, title=title)
            blocks.append(block)
        numbered.append(replace(section, title=f"{number}　{section.title}", blocks=tuple(blocks)))
    return tuple(numbered)
