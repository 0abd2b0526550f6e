"""Read the input files of a survey folder, one after the other; no file stops another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from . import gatherings, records
from .errors import InputError, Problem
from .loaders import read_plan
from .plan_review import PLAN_REVIEW_FILE, read_plan_corrections
from .progress import Progress, part_of
from .read import read_source
from .rows import Tally
from .settings import Settings

INPUTS = ("gatherings", "plans", "activities", "indicators")  # folders, in their order
_PARSERS: Mapping[str, Callable[..., Any]] = {
    "gatherings": gatherings.parse_gatherings,
    "activities": records.parse_activities,
    "indicators": records.parse_indicators,
}


def _options(name: str, settings: Settings) -> dict[str, str]:
    """Return what a parser is told: official tables are often the whole country's."""
    return {"prefecture": settings.prefecture} if name in {"activities", "indicators"} else {}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of an input folder in order; lock files and hidden files are not input."""
    if folder.is_dir():
        yield from sorted(
            path
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(("~$", "."))
        )


@dataclass(frozen=True)
class Inputs:
    """What the files of a survey folder hold: folder → results of its parser, a file each."""

    results: Mapping[str, list[Any]]
    files: Sequence[dict[str, object]]
    problems: Sequence[Problem]


def read_inputs(
    root: Path, settings: Settings, municipalities: pd.DataFrame, progress: Progress
) -> Inputs:
    """Read every input file of a survey folder.

    Parameters
    ----------
    root
        The folder.
    settings
        Its settings.
    municipalities
        Those that a plan can be of.
    progress
        Called with what is being read and how far it is, 0 to 1.

    Raises
    ------
    InputError
        If the folder holds no input.
    """
    paths = [(name, path) for name in INPUTS for path in _files(root / name)]
    if not paths:
        mend = f"{'・'.join(INPUTS)} のフォルダに入れてください"
        raise InputError(Problem(str(root), "", "記録や計画のファイルがありません", mend))
    corrections = read_plan_corrections(root / PLAN_REVIEW_FILE)
    results: dict[str, list[Any]] = {name: [] for name in INPUTS}
    files: list[dict[str, object]] = []
    problems: list[Problem] = list(corrections.problems)
    for number, (name, path) in enumerate(paths):
        progress(path.name, number / len(paths))
        step = part_of(progress, number / len(paths), (number + 1) / len(paths))
        file = path.relative_to(root).as_posix()
        try:
            if name == "plans":
                result: Any = read_plan(
                    path,
                    name=file,
                    municipalities=municipalities,
                    corrections=corrections,
                    progress=step,
                )
            else:
                source = read_source(path, name=file)
                result = _PARSERS[name](source, **_options(name, settings))
        except InputError as error:
            problems.append(error.problem)
            files.append(file_row(name, Tally(error.problem.file, 0, 0, 0, 0, 0)))
            continue
        problems += result.problems
        files.append(file_row(name, result.tally))
        results[name].append(result)
    return Inputs(results, files, problems)


def file_row(name: str, tally: Tally) -> dict[str, object]:
    """Return a row of the table of files: where the rows of one went."""
    return {
        "file": tally.file,
        "table": name,
        "rows": tally.rows,
        "used": tally.used,
        "read": tally.read,
        "reported": tally.reported,
        "records": tally.records,
    }
