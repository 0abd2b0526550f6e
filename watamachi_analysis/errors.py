"""Say what went wrong in Japanese: which file, where in it, what was found, how to mend it."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

Level = Literal["error", "notice", "info"]

LEVEL_LABELS: dict[Level, str] = {
    "error": "直してください", "notice": "確かめてください", "info": "お知らせ",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing that a person should mend (`error`), look at (`notice`) or know (`info`).

    Examples
    --------
    >>> print(Problem("所沢.xlsx", "記録 12行目", "日付「2026-02-30」はありません", "日付を直してください"))
    所沢.xlsx 記録 12行目: 日付「2026-02-30」はありません。日付を直してください。
    """

    file: str
    place: str
    found: str
    mend: str
    level: Level = "error"

    def __str__(self) -> str:
        """Return the one line a person reads."""
        where = f"{self.file} {self.place}".strip()
        return f"{where}: {self.found}。{self.mend}。"


def file_problem(path: Path, found: str, mend: str) -> Problem:
    """Return a problem of a whole file."""
    return Problem(path.name, "", found, mend)


@dataclass(frozen=True)
class Problems:
    """All problems of one survey, in the order of the files.

    Examples
    --------
    >>> problems = Problems.of([Problem("a.csv", "3行目", "発言がありません", "書いてください", "notice")])
    >>> len(problems), problems.errors
    (1, ())
    """

    items: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, items: Iterable[Problem]) -> "Problems":
        """Collect problems, keeping the first of those that say the same."""
        return cls(tuple(dict.fromkeys(items)))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return the problems that keep data out of the map until they are mended."""
        return tuple(item for item in self.items if item.level == "error")

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Return what should be looked at."""
        return tuple(item for item in self.items if item.level == "notice")

    def table(self) -> pd.DataFrame:
        """Return one row per problem: `file`, `place`, `found`, `mend`, `level`."""
        columns = ["file", "place", "found", "mend", "level"]
        return pd.DataFrame([asdict(item) for item in self.items], columns=columns)

    def __iter__(self) -> Iterator[Problem]:
        """Walk the problems in order."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return how many problems there are."""
        return len(self.items)


class InputError(ValueError):
    """A file or folder cannot be used at all; `problem` says why and how to mend it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class InputWarning(UserWarning):
    """A file was read, but something in it should be looked at."""


class TooLittleText(UserWarning):
    """There are too few texts to group them without inventing patterns."""
