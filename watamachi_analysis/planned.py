"""Take measures out of the text of a plan: each with its path, whose part it is, its indicators."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from .mending import close_words
from .plan_items import (
    Item,
    find_office,
    is_indicator,
    is_list,
    join_lines,
    take_indicators,
    take_items,
    take_rows,
)
from .plan_shape import Shape, learn_shape
from .sections import Block, Heading, fold_lines

PLANNED_COLUMNS = [
    "goal", "policy", "initiative", "role", "text", "office", "indicators", "page", "place", "lines",
]  # fmt: skip


def take_measures(outline: pd.DataFrame) -> pd.DataFrame:
    """Return the measures that a plan's text holds, in their order.

    A measure is the lowest heading of a chapter of measures with its text; or, where bullets or
    a table stand below a heading or a role, each bullet or row.

    Parameters
    ----------
    outline
        As `read_outline` returns it, with `place` and, where it has tables, `cells`.

    Returns
    -------
    pandas.DataFrame
        `goal`, `policy` (headings joined by ` > `), `initiative`, `role`, `text`, `office`,
        `indicators` (one a line), `page`, `place`, and `lines`: the positions of its lines.

    Examples
    --------
    >>> from watamachi_analysis.outline import read_outline
    >>> said = ["第1章 施策", "基本目標1 支え合い", "(1) 見守り", "毎月たずねます。", "第2章 推進"]
    >>> lines = pd.DataFrame({"page": 3, "size": None, "text": said, "place": ""})
    >>> take_measures(read_outline(lines))[["goal", "initiative", "text"]].values.tolist()
    [['基本目標1 支え合い', '(1) 見守り', '毎月たずねます。']]
    """
    blocks = fold_lines(outline.reset_index(drop=True))
    shape = learn_shape(blocks)
    told = _find_indicators(blocks)
    measures = {
        block.heading.number for block in blocks if block.heading and shape.is_measure(block)
    }
    rows = [
        row
        for block in blocks
        if block.heading and block.heading.chain[0].number in shape.chapters
        for row in _measures_of(block, block.heading, shape, told, measures)
    ]
    return pd.DataFrame(rows, columns=PLANNED_COLUMNS)


def _find_indicators(blocks: Sequence[Block]) -> dict[int, list[str]]:
    """Return the number of a heading → the indicators that stand below it."""
    told: dict[int, list[str]] = {}
    for block in blocks:
        if block.heading:
            is_told = block.tells == "indicators"
            lines = [
                line.text.strip()
                for line in block.lines
                if line.mark != "table"
                and (is_indicator(line.text) or (is_told and _has_number(line.text)))
            ]
            told.setdefault(block.heading.number, []).extend([*lines, *take_indicators(block.rows)])
    return told


def _has_number(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _measures_of(
    block: Block,
    heading: Heading,
    shape: Shape,
    told: Mapping[int, list[str]],
    measures: set[int],
) -> Iterator[dict[str, object]]:
    """Yield the measures of one block."""
    if block.tells in {"context", "indicators"} or heading.is_context:
        return
    chain = heading.chain
    if not block.role:
        for item in take_rows(block.rows):
            yield _row(chain, item, "", shape, told)
    lines = block.running
    if not lines:
        return
    if block.role:
        # Roles belong to all measures of their policy.
        above = heading.above if heading.number in measures else chain
        yield from (_row(above, item, block.role, shape, told) for item in take_items(lines))
    elif is_list(lines) and heading.number not in measures | shape.tables:
        yield from (_row(chain, item, "", shape, told) for item in take_items(lines))
    elif shape.is_measure(block):
        text = close_words(join_lines(line.text for line in lines))
        office = find_office(line.text for line in block.lines)
        item = Item(
            heading.title,
            text,
            heading.page,
            heading.place,
            tuple(line.number for line in lines),
            office,
        )
        yield _row(chain, item, "", shape, told, is_heading=True)


def _row(
    chain: tuple[Heading, ...],
    item: Item,
    role: str,
    shape: Shape,
    told: Mapping[int, list[str]],
    *,
    is_heading: bool = False,
) -> dict[str, object]:
    path = _path(chain[:-1] if is_heading else chain, shape)
    nearest = (told[head.number] for head in reversed(chain[1:]) if told.get(head.number))
    return {
        "goal": path[0] if path else "",
        "policy": " > ".join(path[1:]),
        "initiative": item.title,
        "role": role,
        "text": item.text,
        "office": item.office,
        "indicators": "\n".join(next(nearest, [])),
        "page": item.page,
        "place": item.place,
        "lines": item.lines,
    }


def _path(chain: Sequence[Heading], shape: Shape) -> list[str]:
    """Return the titles from the goal of a path down.

    Where the goals of a chapter stand further down, one without the word stands as far down.
    """
    goals = [n for n, head in enumerate(chain) if n and head.marker.family == "goal"]
    depth = shape.goals.get(chain[0].number, 1)
    first = goals[0] if goals else (depth if depth < len(chain) else 1)
    return [head.title for head in chain[first:]]
