"""Hold what a file says as rows of text, before anybody asks what they mean."""

from dataclasses import dataclass

from .errors import Problem

HELP_SHEETS = {"書き方", "地区名"}


@dataclass(frozen=True)
class Row:
    """One row of a table, paragraph or line; `inherited` columns repeat a merged cell."""

    place: str
    cells: tuple[str, ...]
    inherited: frozenset[int] = frozenset()
    style: str = ""

    @property
    def is_blank(self) -> bool:
        """Tell whether the row says nothing of its own."""
        own = (cell for i, cell in enumerate(self.cells) if i not in self.inherited)
        return not any(cell.strip() for cell in own)


@dataclass(frozen=True)
class Sheet:
    """Rows that belong together: a worksheet, or a whole text file or Word document."""

    file: str
    name: str
    rows: tuple[Row, ...]
    is_grid: bool

    @property
    def filled_rows(self) -> int:
        """Return how many rows say something."""
        return sum(not row.is_blank for row in self.rows)

    @property
    def is_help(self) -> bool:
        """Tell whether this is a sheet of the templates that only helps to fill in another."""
        return self.is_grid and self.name in HELP_SHEETS

    def place(self, row: Row | None) -> str:
        """Return where a row stands, as a person finds it: sheet and row."""
        return " ".join(part for part in (self.name, row.place if row else "") if part)

    def problem(self, row: Row | None, found: str, mend: str, *, notice: bool = False) -> Problem:
        """Return a problem placed at one row of this sheet, or at the whole sheet."""
        return Problem(self.file, self.place(row), found, mend, "notice" if notice else "error")


@dataclass(frozen=True)
class Source:
    """A file as sheets of rows, with what could not be read of it."""

    file: str
    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def filled_rows(self) -> int:
        """Return how many rows say something."""
        return sum(sheet.filled_rows for sheet in self.sheets)


@dataclass(frozen=True)
class Tally:
    """Where the rows of a file went: `rows == used + read + reported`, blank rows apart.

    `used` rows are titles, headings and lines that describe a gathering; `read` rows became
    `records`; `reported` rows stand in the problems.
    """

    file: str
    rows: int
    used: int
    read: int
    reported: int
    records: int
