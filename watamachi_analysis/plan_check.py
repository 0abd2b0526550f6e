"""Read one plan for an adviser to check in a minute, and write the book in which to mend it."""

from dataclasses import dataclass
from pathlib import Path

from .districts import load_districts
from .plan_reading import ParsedPlan, parse_plan, review_plan
from .plan_review import PLAN_REVIEW_FILE, PlanCorrections, read_plan_corrections
from .plan_review_book import write_plan_review
from .plan_text import read_plan_text
from .progress import Progress, no_progress


@dataclass(frozen=True)
class CheckedPlan:
    """What was read of a plan, the book to mend it in, and where an older book was put."""

    parsed: ParsedPlan
    book: Path
    kept: Path | None


def check_plan(path: Path, *, progress: Progress = no_progress) -> CheckedPlan:
    """Read a plan with what was mended of it so far, and write its review book.

    The book stands in the survey folder if the plan does, else beside the plan.

    Parameters
    ----------
    path
        A `.pdf`, `.docx`, `.txt` or `.md` file.
    progress
        Called with the page and how far it is, 0 to 1.

    Raises
    ------
    InputError
        If nothing of the plan can be read, or it is a table.
    """
    book = _find_folder(path) / PLAN_REVIEW_FILE
    corrections = read_plan_corrections(book)
    towns = load_districts()
    text = read_plan_text(path, progress=progress)
    parsed = parse_plan(text, [*towns["name"], *towns["area"]], corrections)
    shown, before = review_plan(parsed, corrections)
    kept = write_plan_review(book, shown, before, keep=corrections != PlanCorrections())
    return CheckedPlan(parsed, book, kept)


def _find_folder(path: Path) -> Path:
    folders = [folder for folder in path.resolve().parents if folder.name == "plans"]
    return folders[0].parent if folders else path.resolve().parent
