"""Take single items out of the lines of a plan: bullets, sentences, rows of tables, indicators."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from .cells import Table, find_table, match_heading
from .mending import close_words
from .rows import Row, Sheet

SHORT = 0.7  # of the longest line of a list: a shorter one ends where its writer ended it
LONGEST_TITLE = 40  # characters
_BULLET = re.compile("^[ \u3000]*[・･•●○◯◎■□◆◇▲△▼▽★☆※→⇒➡✓✔⃝*-][ \u3000]*")
_TITLED = re.compile("^([^。：:\u3000]{2,30})[：:\u3000](.+)$")
_ARROW = re.compile(r"\d.*[→⇒➡].*\d")
_YEARS = re.compile(r"(?:令和|平成|20)[\d元]+(?:年度?)?")
_NUMBER = re.compile(r"\d")
_NOTE = re.compile("^[ \u3000]*[※＊*注][^。]*(?:。|$)")
_OFFICE = re.compile(
    "^[ \u3000(（〔【]*(?:担当|所管|関係)(?:課|部署|部局)?[ \u3000]*[:：】〕)）][ \u3000]*([^。]{2,40}?)[)）]?$"
)
_IS_INDICATOR = re.compile("指標|現状値|基準値|目標値|現状|目標")


@dataclass(frozen=True)
class Item:
    """One measure as it is listed: its title with its mark, what it says, where it stands."""

    title: str
    text: str
    page: int | None
    place: str
    lines: tuple[int, ...]
    office: str = ""


@dataclass(frozen=True)
class Spot:
    """One line of a plan, or one row of a table, and where it stands."""

    number: int
    page: int | None
    place: str
    text: str
    mark: str = "body"
    size: float = 0.0  # 0 where it is not told
    cells: tuple[str, ...] = ()


def list_spots(outline: pd.DataFrame) -> list[Spot]:
    """Return the lines of an outline one by one.

    Parameters
    ----------
    outline
        `page`, `place`, `text`, `mark`, `size`, and `cells` where it has tables.
    """
    cells = outline["cells"] if "cells" in outline else [()] * len(outline)
    columns = (outline[name] for name in ("page", "place", "text", "mark", "size"))
    return [
        Spot(
            number,
            None if pd.isna(page) else int(page),
            place,
            text,
            mark,
            0.0 if pd.isna(size) else float(size),
            tuple(own),
        )
        for number, (page, place, text, mark, size, own) in enumerate(
            zip(*columns, cells, strict=True)
        )
    ]


def is_list(lines: Sequence[Spot]) -> bool:
    """Tell whether lines begin with a bullet."""
    return bool(lines and _BULLET.match(lines[0].text))


def says_what_is_done(lines: Sequence[Spot]) -> bool:
    """Tell whether lines are a list of sentences, not of the names of programmes."""
    return is_list(lines) and any(line.text.rstrip().endswith("。") for line in lines)


def is_indicator(text: str) -> bool:
    """Tell whether a line gives a value now and one to reach.

    Examples
    --------
    >>> is_indicator("居場所の数 42か所 → 60か所"), is_indicator("令和8年度に10か所で開きます。")
    (True, False)
    """
    if _ARROW.search(text):
        return True
    is_sentence = text.rstrip("。 \u3000").endswith(("ます", "です"))
    return len(_YEARS.findall(text)) > 1 and bool(_NUMBER.search(text)) and not is_sentence


def find_office(texts: Iterable[str]) -> str:
    """Return who is in charge, where a line says so.

    Examples
    --------
    >>> find_office(["毎月たずねます。", "担当課：福祉推進課"])
    '福祉推進課'
    """
    found = (_OFFICE.match(text) for text in texts)
    return next((match[1].strip() for match in found if match), "")


def find_notes(lines: Iterable[Spot]) -> set[int]:
    """Return the numbers of the lines that are notes that ※ begins, to their full stop."""
    notes: set[int] = set()
    goes_on = False
    for line in lines:
        goes_on = goes_on or bool(_NOTE.match(line.text))
        if goes_on:
            notes.add(line.number)
        goes_on = goes_on and not line.text.rstrip().endswith("。")
    return notes


def take_items(lines: Sequence[Spot]) -> Iterator[Item]:
    """Yield the bullets of some lines; without bullets, what each full stop ends.

    Examples
    --------
    >>> said = ["・見守り：声をか", "けます。", "・集い"]
    >>> lines = [Spot(number, 1, "", text) for number, text in enumerate(said)]
    >>> [(item.title, item.text) for item in take_items(lines)]
    [('・見守り', '声をかけます。'), ('・集い', '集い')]
    """
    longest = max((len(line.text.strip()) for line in lines), default=0)
    for group in _group(lines, has_bullets=is_list(lines)):
        title, text = _split([line.text for line in group], longest)
        numbers = tuple(line.number for line in group)
        yield Item(title, close_words(text), group[0].page, group[0].place, numbers)


def _group(lines: Sequence[Spot], *, has_bullets: bool) -> Iterator[list[Spot]]:
    group: list[Spot] = []
    ended = True
    for line in lines:
        begins = _BULLET.match(line.text) if has_bullets else ended
        if begins and group:
            yield group
            group = []
        group.append(line)
        ended = line.text.rstrip().endswith("。")
    if group:
        yield group


def _split(texts: Sequence[str], longest: int) -> tuple[str, str]:
    """Return the title of an item, with its mark, and what it says; a bare sentence is both."""
    mark = _BULLET.match(texts[0])
    start = mark[0].strip() + (" " if mark and mark[0][-1:] == " " else "") if mark else ""
    bare = [_BULLET.sub("", texts[0]), *texts[1:]]
    head = bare[0].strip()
    stands_alone = len(bare) > 1 and len(texts[0].strip()) <= min(LONGEST_TITLE, SHORT * longest)
    if stands_alone and not head.endswith(("。", "、")) and not _TITLED.match(head):
        return start + head, join_lines(bare[1:])
    whole = join_lines(bare)
    titled = _TITLED.match(whole)
    return (start + titled[1], titled[2].strip()) if titled else (start + close_words(whole), whole)


def join_lines(texts: Iterable[str]) -> str:
    """Put lines together that a page had broken; words in Latin letters keep a space.

    Examples
    --------
    >>> join_lines(["地域で支え", "合います。"]), join_lines(["Social", "Network"])
    ('地域で支え合います。', 'Social Network')
    """
    joined = ""
    for text in texts:
        piece = text.strip()
        is_word = joined[-1:].isascii() and joined[-1:].isalpha()
        joined += (" " if is_word and piece[:1].isascii() and piece[:1].isalpha() else "") + piece
    return joined


def take_rows(lines: Iterable[Spot]) -> Iterator[Item]:
    """Yield the measures of tables, by the headings of their columns.

    A table that goes on over a page without its headings keeps those above; one without any
    has its measures in rows of a short title and a sentence.

    Parameters
    ----------
    lines
        Rows of tables, with their cells.
    """
    for rows in _tables(lines):
        if _tells_indicators(rows[0].cells):
            continue
        table = _find_measures(rows)
        if table:
            yield from _items_of(table, rows)
        else:
            yield from (_bare_item(row) for row in rows if _is_measure(row.cells))


def take_indicators(lines: Iterable[Spot]) -> list[str]:
    """Return the rows of tables of indicators, a line each."""
    return [
        "　".join(cell for cell in row.cells if cell)
        for rows in _tables(lines)
        if _tells_indicators(rows[0].cells)
        for row in rows[1:]
        if not _tells_indicators(row.cells)
    ]


def _tables(lines: Iterable[Spot]) -> Iterator[list[Spot]]:
    """Yield the rows of each table: those of as many columns that follow one another."""
    rows = [row for row in lines if row.cells]
    for _, own in groupby(rows, key=lambda row: len(row.cells)):
        table: list[Spot] = []
        for row in own:
            is_new = _tells_indicators(row.cells) or _heads_measures(row.cells)
            if table and is_new and row.cells != table[0].cells:
                yield table
                table = []
            table.append(row)
        yield table


def _tells_indicators(cells: Sequence[str]) -> bool:
    """Tell whether cells head a table of indicators: 指標, 現状値, 目標値."""
    return (
        len([cell for cell in cells if len(cell) < LONGEST_TITLE and _IS_INDICATOR.search(cell)])
        > 1
    )


def _heads_measures(cells: Sequence[str]) -> bool:
    fields = {found[0] for cell in cells if cell and (found := match_heading(cell, "measure"))}
    return len(fields & {"initiative", "text", "office"}) > 1


def _find_measures(rows: Sequence[Spot]) -> Table | None:
    own = tuple(Row(str(row.number), tuple(row.cells)) for row in rows)
    sheet = Sheet("", "", own, is_grid=True)
    return find_table(sheet, "measure", ["initiative"]) if _heads_measures(rows[0].cells) else None


def _items_of(table: Table, rows: Sequence[Spot]) -> Iterator[Item]:
    by_index = {str(row.number): row for row in rows}
    for record in table.records:
        row = by_index[record.row.place]
        text = "".join(text for text, _ in record.texts)
        title = record.get("initiative")
        if title or text:
            said = close_words(text or title)
            yield Item(title, said, row.page, row.place, (row.number,), record.get("office"))


def _is_measure(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and len(filled[0]) <= LONGEST_TITLE and filled[1].endswith("。")


def _bare_item(row: Spot) -> Item:
    title, text, *rest = [cell for cell in row.cells if cell]
    office = rest[0] if rest and rest[0].endswith(("課", "室", "係", "センター", "協議会")) else ""
    return Item(title, close_words(text), row.page, row.place, (row.number,), office)
