"""Place the nodes of a network so that few of its links cross."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .networks import KINDS_OF_NODE

_SWEEPS, _STARTS = 12, 8  # more of either left no crossing less on the sample survey

Whole = NDArray[np.int64]


def place_nodes(nodes: pd.DataFrame, links: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Place nodes in a column for each kind, so that few links cross.

    Each column is ordered by the mean place of its neighbours, forth and back (the barycentre
    method: Sugiyama, Tagawa and Toda 1981, IEEE Transactions on Systems, Man, and Cybernetics 11,
    109–125), from several orders to begin with; the one with the fewest crossings is kept.

    Parameters
    ----------
    nodes, links
        As `link_organisations` returns them; links that skip a column are not looked at.
    seed
        Of the orders to begin with; the first of them is that of `nodes`.

    Returns
    -------
    pandas.DataFrame
        The nodes with `x` (0, 1, 2 from the left) and `y` (0 to 1, from the top), by column
        from top to bottom.
    """
    random = np.random.default_rng(seed)
    columns = [own.index.to_numpy() for own in _columns(nodes)]
    tables = [_neighbours(nodes, links, *pair) for pair in pairwise(columns)]
    best = [np.arange(len(column)) for column in columns]
    for start in range(_STARTS):
        orders = best if start == 0 else [random.permutation(len(column)) for column in columns]
        best = min((best, _sweep(orders, tables)), key=lambda one: _cross(one, tables))
    placed = [
        nodes.loc[column[order]].assign(x=x, y=(np.arange(len(order)) + 0.5) / len(order))
        for x, (column, order) in enumerate(zip(columns, best, strict=True))
    ]
    empty = nodes.assign(x=0, y=0.0)
    return pd.concat(placed, ignore_index=True) if placed else empty


def count_crossings(placed: pd.DataFrame, links: pd.DataFrame) -> int:
    """Count how many pairs of links between neighbouring columns cross.

    Parameters
    ----------
    placed
        As `place_nodes` returns them, or with `x` and `y` of any other order.
    links
        As `link_organisations` returns them.
    """
    rows = placed.sort_values("y", kind="stable").reset_index(drop=True)
    columns = [own.index.to_numpy() for own in _columns(rows)]
    tables = [_neighbours(rows, links, *pair) for pair in pairwise(columns)]
    return _cross([np.arange(len(column)) for column in columns], tables)


def _columns(nodes: pd.DataFrame) -> list[pd.DataFrame]:
    each = [nodes[nodes["kind"].eq(kind)] for kind in KINDS_OF_NODE]
    return [own for own in each if len(own)]


def _neighbours(nodes: pd.DataFrame, links: pd.DataFrame, left: Whole, right: Whole) -> Whole:
    """Return left × right: whether there is a link."""
    rows = pd.Index(nodes.loc[left, "node"]).get_indexer(pd.Index(links["source"]))
    columns = pd.Index(nodes.loc[right, "node"]).get_indexer(pd.Index(links["target"]))
    table = np.zeros((len(left), len(right)), dtype=np.int64)
    is_here = (rows >= 0) & (columns >= 0)
    table[rows[is_here], columns[is_here]] = 1
    return table


def _sweep(orders: Sequence[Whole], tables: Sequence[Whole]) -> list[Whole]:
    """Order each column by its neighbours on one side, then on the other; return the best seen."""
    best, now = list(orders), list(orders)
    for _ in range(_SWEEPS):
        for number, table in enumerate(tables):
            now[number + 1] = _by_neighbours(now[number + 1], now[number], table.T)
        best = min((best, list(now)), key=lambda one: _cross(one, tables))
        for number, table in reversed(list(enumerate(tables))):
            now[number] = _by_neighbours(now[number], now[number + 1], table)
        best = min((best, list(now)), key=lambda one: _cross(one, tables))
    return best


def _by_neighbours(own: Whole, beside: Whole, table: Whole) -> Whole:
    """Return an order by the mean place of the neighbours; who has none keeps its place."""
    place, place_beside = np.argsort(own), np.argsort(beside)
    degree = table.sum(axis=1)
    mean = (table @ place_beside + 0.5 * degree) / np.maximum(degree, 1) / max(len(beside), 1)
    kept = (place + 0.5) / max(len(own), 1)
    key = np.where(degree > 0, mean, kept)
    return np.lexsort((place, key))


def _cross(orders: Sequence[Whole], tables: Sequence[Whole]) -> int:
    total = 0
    for number, table in enumerate(tables):
        ordered = table[np.ix_(orders[number], orders[number + 1])]
        # Of each link: how many begin below it and end above it.
        below = np.cumsum(ordered[::-1], axis=0)[::-1][1:]
        above = np.cumsum(below, axis=1)[:, :-1]
        total += int((ordered[:-1, 1:] * above).sum())
    return total


def order_ends(links: pd.DataFrame) -> list[str]:
    """Return the ends of links in a row, those that are linked near to each other.

    Each is moved to the mean place of its neighbours again and again; what hangs together stays
    together, the largest part first.

    Parameters
    ----------
    links
        `source` and `target`.

    Examples
    --------
    >>> order_ends(pd.DataFrame({"source": ["a", "c", "d"], "target": ["e", "a", "f"]}))
    ['c', 'a', 'e', 'd', 'f']
    """
    beside: dict[str, set[str]] = {}
    for one, other in zip(links["source"], links["target"], strict=True):
        beside.setdefault(str(one), set()).add(str(other))
        beside.setdefault(str(other), set()).add(str(one))
    parts = sorted(_parts(beside), key=lambda part: (-len(part), part))
    return [node for part in parts for node in _settle(part, beside)]


def _parts(beside: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Yield what hangs together."""
    left = set(beside)
    for node in sorted(beside):
        part, new = set[str](), {node} & left
        while new:
            part |= new
            new = {other for one in new for other in beside[one]} - part
        left -= part
        if part:
            yield sorted(part)


def _settle(part: Sequence[str], beside: Mapping[str, set[str]]) -> list[str]:
    """Return the order of a part in which its links are shortest, of those tried."""
    best = now = list(part)
    for _ in range(_SWEEPS):
        place = {node: number for number, node in enumerate(now)}
        mean = {
            n: (place[n] + sum(place[o] for o in beside[n])) / (1 + len(beside[n])) for n in now
        }
        now = sorted(now, key=lambda node: (mean[node], place[node]))
        best = min((best, now), key=lambda row: _length(row, beside))
    return best


def _length(row: Sequence[str], beside: Mapping[str, set[str]]) -> int:
    place = {node: number for number, node in enumerate(row)}
    return sum(abs(place[one] - place[other]) for one in row for other in beside[one])
