"""Find the tables that rules draw on a page, and in which cell of them a point stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .pdf import Rule

NEAR = 3.0  # points within which rules meet
LEAST_LINES = 3  # rules either way: two rows and two columns


@dataclass(frozen=True)
class Grid:
    """A table: where its rules stand, and for each field the cell that it belongs to."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: dict[tuple[int, int], tuple[int, int]]

    @property
    def top(self) -> float:
        """Return where it begins."""
        return self.ys[0]

    def find(self, x: float, y: float) -> tuple[int, int] | None:
        """Return row and column of the cell at a point, the first ones where cells are merged."""
        if not (self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]):
            return None
        column = max(n for n, at in enumerate(self.xs[:-1]) if at <= x)
        row = max(n for n, at in enumerate(self.ys[:-1]) if at <= y)
        return self.cells[row, column]


def find_grids(rules: Sequence[Rule]) -> list[Grid]:
    """Return the tables of at least two rows and two columns that rules draw.

    Examples
    --------
    >>> rows = [Rule(0, y, 90, y) for y in (0, 20, 40)]
    >>> grid, = find_grids([*rows, *(Rule(x, 0, x, 40) for x in (0, 30, 90))])
    >>> grid.find(50, 10), grid.find(50, 50)
    ((0, 1), None)
    """
    grids = []
    for group in _meeting(rules):
        flat = [rule for rule in group if rule.bottom - rule.top <= rule.right - rule.left]
        upright = [rule for rule in group if rule.bottom - rule.top > rule.right - rule.left]
        xs = _apart((rule.left + rule.right) / 2 for rule in upright)
        ys = _apart((rule.top + rule.bottom) / 2 for rule in flat)
        if len(xs) >= LEAST_LINES and len(ys) >= LEAST_LINES:
            grids.append(Grid(xs, ys, dict(_merge(xs, ys, flat, upright))))
    return grids


def _meeting(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return the rules in groups that meet, from the top of the page down."""
    groups: list[tuple[Rule, list[Rule]]] = []
    for rule in sorted(rules, key=lambda rule: (rule.top, rule.left)):
        met = [group for group in groups if _meets(group[0], rule)]
        groups = [group for group in groups if group not in met]
        members = [one for _, group in met for one in group] + [rule]
        groups.append((_around(members), members))
    return [members for _, members in sorted(groups, key=lambda group: group[0].top)]


def _around(rules: Sequence[Rule]) -> Rule:
    return Rule(
        min(rule.left for rule in rules),
        min(rule.top for rule in rules),
        max(rule.right for rule in rules),
        max(rule.bottom for rule in rules),
    )


def _meets(one: Rule, other: Rule) -> bool:
    return (
        one.left <= other.right + NEAR
        and other.left <= one.right + NEAR
        and one.top <= other.bottom + NEAR
        and other.top <= one.bottom + NEAR
    )


def _apart(positions: "Iterator[float] | Sequence[float]") -> tuple[float, ...]:
    """Return positions in order, those as near as one rule drawn twice as one."""
    kept: list[float] = []
    for position in sorted(positions):
        if not kept or position - kept[-1] > NEAR:
            kept.append(position)
    return tuple(kept)


def _merge(
    xs: Sequence[float], ys: Sequence[float], flat: Sequence[Rule], upright: Sequence[Rule]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield each field and its cell: fields that no rule parts are one."""
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            x, y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
            own = (row, column)
            if column and not _parts(upright, y, xs[column], upright=True):
                own = cells[row, column - 1]
            elif row and not _parts(flat, x, ys[row], upright=False):
                own = cells[row - 1, column]
            cells[row, column] = own
            yield (row, column), own


def _parts(rules: Sequence[Rule], along: float, at: float, *, upright: bool) -> bool:
    """Tell whether a rule at one place covers a point along it."""
    for rule in rules:
        start, end = (rule.top, rule.bottom) if upright else (rule.left, rule.right)
        middle = (rule.left + rule.right) / 2 if upright else (rule.top + rule.bottom) / 2
        if abs(middle - at) <= NEAR and start - NEAR <= along <= end + NEAR:
            return True
    return False
