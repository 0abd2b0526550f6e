"""Put the letters of a page together as lines in the order a person reads: columns, tables, upright text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .page_tables import Grid, find_grids
from .pdf import Leaf, Letter

# In sizes of the type.
SAME_LINE = 0.35
DOUBLED = 0.35  # two of one letter as near are one, printed twice
SPACE = 0.5
NEXT_RUN = 1.3  # a wider gap parts what was written in one go
SAME_RUN = 0.8  # and a wider one what was not
UPRIGHT_STEP = (0.6, 1.9)
FEWEST_IN_COLUMN = 5  # lines either side of what parts two columns
FILLED = 0.6  # of a column's width that its lines cover, at the median


@dataclass(frozen=True)
class PageLine:
    """One line as it is read, or one row of a table with its cells."""

    page: int
    size: float
    left: float
    top: float
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Run:
    """Letters that follow one another on one line."""

    letters: tuple[Letter, ...]
    is_upright: bool = False

    @property
    def left(self) -> float:
        return min(letter.x for letter in self.letters)

    @property
    def right(self) -> float:
        return max(_end(letter) for letter in self.letters)

    @property
    def y(self) -> float:
        return self.letters[0].y

    @property
    def size(self) -> float:
        sizes = sorted(letter.size for letter in self.letters)
        return sizes[len(sizes) // 2]

    @property
    def text(self) -> str:
        if self.is_upright:
            return "".join(letter.text for letter in self.letters)
        return "".join(_spaced(self.letters))


def read_lines(leaf: Leaf) -> list[PageLine]:
    """Return the lines of a page in reading order.

    Text in two columns comes column by column, rows of tables cell by cell, upright text from
    the right; letters that were printed over themselves come once.

    Parameters
    ----------
    leaf
        The page, as `read_leaves` yields it.

    Examples
    --------
    >>> letters = [Letter(c, 10.0 * n, 50.0, 10.0 * n, 10.0 * n + 9, 10.0) for n, c in enumerate("福祉")]
    >>> [line.text for line in read_lines(Leaf(1, 595, 842, (*letters, *letters), (), 0.0))]
    ['福祉']
    """
    grids = find_grids(leaf.rules)
    free: list[Letter] = []
    inside: dict[tuple[int, tuple[int, int]], list[Letter]] = {}
    for letter in _once(leaf.letters):
        field = _find_field(grids, letter)
        (inside.setdefault(field, []) if field else free).append(letter)
    runs = _join_runs(list(_runs(free)))
    tables = list(_rows(leaf.number, grids, inside))
    upright = sorted((run for run in runs if run.is_upright), key=lambda run: (-run.left, run.y))
    flat = [run for run in runs if not run.is_upright]
    ordered = [*upright, *_in_columns(flat)]
    return _merge([_line(leaf.number, run) for run in ordered], tables)


def _find_field(grids: Sequence[Grid], letter: Letter) -> tuple[int, tuple[int, int]] | None:
    """Return the table and the cell of it that a letter stands in."""
    for number, grid in enumerate(grids):
        cell = grid.find(letter.x + letter.size / 4, letter.y - letter.size / 3)
        if cell:
            return number, cell
    return None


def _once(letters: Sequence[Letter]) -> Iterator[Letter]:
    """Yield letters without those that were printed over themselves to look bold."""
    seen: dict[tuple[str, int, int], list[Letter]] = {}
    for letter in letters:
        step = max(1.0, letter.size * DOUBLED)
        column, row = int(letter.x / step), int(letter.y / step)
        near = (
            other
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for other in seen.get((letter.text, x, y), ())
        )
        if letter.text.strip() and any(_is_over(letter, other) for other in near):
            continue
        seen.setdefault((letter.text, column, row), []).append(letter)
        yield letter


def _is_over(letter: Letter, other: Letter) -> bool:
    near = letter.size * DOUBLED
    return abs(letter.x - other.x) < near and abs(letter.y - other.y) < near


def _end(letter: Letter) -> float:
    """Return where the next letter would stand."""
    is_wide = ord(letter.text) > 0x2E7F or "\u2460" <= letter.text <= "\u27bf"
    return letter.x + letter.size if is_wide else max(letter.right, letter.x + letter.size * 0.25)


def _runs(letters: Iterable[Letter]) -> Iterator[_Run]:
    run: list[Letter] = []
    is_upright = False
    for letter in letters:
        if letter.text.isspace():
            if run and _follows(run[-1], letter):
                run.append(replace(letter, size=run[-1].size))
            continue
        if run and _follows(run[-1], letter) and not is_upright:
            run.append(letter)
        elif run and _is_below(run[-1], letter) and (is_upright or len(run) == 1):
            run.append(letter)
            is_upright = True
        else:
            yield from _whole(run, is_upright=is_upright)
            run, is_upright = [letter], False
    yield from _whole(run, is_upright=is_upright)


def _whole(run: list[Letter], *, is_upright: bool) -> Iterator[_Run]:
    while run and run[-1].text.isspace():
        run.pop()
    if run:
        yield _Run(tuple(run), is_upright)


def _follows(last: Letter, letter: Letter) -> bool:
    size = max(last.size, letter.size)
    gap = letter.x - _end(last)
    return (
        abs(letter.y - last.y) <= SAME_LINE * size and -SAME_LINE * size <= gap <= NEXT_RUN * size
    )


def _is_below(last: Letter, letter: Letter) -> bool:
    step = (letter.y - last.y) / max(last.size, 1.0)
    middle = abs((letter.left + letter.right) - (last.left + last.right)) / 2
    return UPRIGHT_STEP[0] <= step <= UPRIGHT_STEP[1] and middle <= SAME_LINE * last.size


def _join_runs(runs: list[_Run]) -> list[_Run]:
    """Return runs, those that stand close on one line put together, from the top down."""
    flat = sorted((run for run in runs if not run.is_upright), key=lambda run: (run.y, run.left))
    rows: list[list[_Run]] = []
    for run in flat:
        if rows and abs(run.y - rows[-1][0].y) <= SAME_LINE * min(run.size, rows[-1][0].size):
            rows[-1].append(run)
        else:
            rows.append([run])
    joined: list[_Run] = []
    for row in rows:
        row.sort(key=lambda run: run.left)
        for number, run in enumerate(row):
            last = joined[-1] if number else None
            if last and run.left - last.right <= SAME_RUN * max(run.size, last.size):
                joined[-1] = _Run((*last.letters, *run.letters))
            else:
                joined.append(run)
    return joined + [run for run in runs if run.is_upright]


def _spaced(letters: Sequence[Letter]) -> Iterator[str]:
    """Yield the letters of a run, a space where the gap before one is as wide as a space."""
    yield letters[0].text
    for last, letter in pairwise(letters):
        is_apart = letter.x - _end(last) > SPACE * letter.size
        if is_apart and not letter.text.isspace() and not last.text.isspace():
            yield " "
        yield letter.text


def _rows(
    page: int, grids: Sequence[Grid], inside: Mapping[tuple[int, tuple[int, int]], Sequence[Letter]]
) -> Iterator[PageLine]:
    """Yield the rows of the tables, the lines of each cell put together."""
    for number, row in sorted({(number, row) for number, (row, _) in inside}):
        grid = grids[number]
        cells = [
            _join_runs(list(_runs(inside.get((number, (row, column)), ()))))
            for column in range(len(grid.xs) - 1)
        ]
        texts = tuple("".join(run.text for run in cell) for cell in cells)
        sizes = [run.size for cell in cells for run in cell]
        if sizes:
            text = "　".join(text for text in texts if text)
            yield PageLine(page, round(max(sizes), 1), grid.xs[0], grid.ys[row], text, texts)


def _in_columns(runs: list[_Run]) -> list[_Run]:
    """Return the runs of a page column by column, where it has two."""
    gutter = _find_gutter(runs)
    if gutter is None:
        return runs
    ordered: list[_Run] = []
    left: list[_Run] = []
    right: list[_Run] = []
    for run in runs:
        if run.left < gutter < run.right:
            ordered += [*left, *right, run]
            left, right = [], []
        else:
            (left if run.right <= gutter else right).append(run)
    return [*ordered, *left, *right]


def _find_gutter(runs: Sequence[_Run]) -> float | None:
    """Return where two columns of running text part: the place that most lines keep clear of.

    Both sides hold lines that mostly fill them; short cells of a table without rules do not.
    """
    if len(runs) < 2 * FEWEST_IN_COLUMN:
        return None
    first, last = min(run.left for run in runs), max(run.right for run in runs)
    places = {round(run.left - run.size / 2, 1) for run in runs}
    inner = sorted(
        at for at in places if first + 0.3 * (last - first) < at < last - 0.3 * (last - first)
    )
    best: tuple[int, float] | None = None
    for at in inner:
        left = [run for run in runs if run.right <= at]
        right = [run for run in runs if run.left >= at]
        filled = _is_filled(left, first, at) and _is_filled(right, at, last)
        if filled and (best is None or len(left) + len(right) > best[0]):
            best = (len(left) + len(right), at)
    return best[1] if best else None


def _is_filled(runs: Sequence[_Run], start: float, end: float) -> bool:
    widths = sorted(run.right - run.left for run in runs)
    return len(widths) >= FEWEST_IN_COLUMN and widths[len(widths) // 2] >= FILLED * (end - start)


def _line(page: int, run: _Run) -> PageLine:
    return PageLine(page, round(run.size, 1), round(run.left, 1), run.y, run.text)


def _merge(lines: list[PageLine], tables: list[PageLine]) -> list[PageLine]:
    """Return the lines of a page with its tables where they stand among them."""
    merged = list(lines)
    for row in tables:
        place = next(
            (
                n
                for n, line in enumerate(merged)
                if not line.cells and line.top > row.top + row.size
            ),
            len(merged),
        )
        merged.insert(place, row)
    return merged
