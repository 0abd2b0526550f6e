"""Open a PDF in a program of its own, within limits of time and memory, as letters on pages."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

from .errors import InputError, file_problem
from .progress import Progress, no_progress

MOST_PAGES = 600
MOST_SECONDS = 120.0
MOST_BYTES = 1_500_000_000
_READER = Path(__file__).with_name("pdf_letters.py")


@dataclass(frozen=True)
class Letter:
    """One character, where the pen stood for it (points from the upper left), and its size."""

    text: str
    x: float
    y: float
    left: float
    right: float
    size: float


@dataclass(frozen=True)
class Rule:
    """A line that was drawn: points from the upper left of the page."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Leaf:
    """One page: its letters in the order of the file, its rules, and how much pictures cover."""

    number: int
    width: float
    height: float
    letters: tuple[Letter, ...]
    rules: tuple[Rule, ...]
    picture: float
    is_broken: bool = False


def fingerprint(path: Path) -> str:
    """Return a hash of a file's content.

    Raises
    ------
    InputError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError as error:
        mend = "ほかで開いていないか、読む権限があるか確かめてください"
        raise InputError(file_problem(path, "開けません", mend)) from error


def read_leaves(path: Path, *, progress: Progress = no_progress) -> Iterator[Leaf]:
    """Yield the pages of a PDF, one after the other.

    Parameters
    ----------
    path
        A `.pdf` file.
    progress
        Called with the page and how far it is, 0 to 1.

    Raises
    ------
    InputError
        If it is locked, broken, without a page, too long, or takes too much time or memory.
    """
    command = [sys.executable, "-I", str(_READER), str(path), str(MOST_PAGES), str(MOST_BYTES)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as reader:
        clock = Timer(MOST_SECONDS, reader.kill)
        clock.start()
        try:
            yield from _leaves(path, reader, progress)
        finally:
            clock.cancel()
            reader.kill()


def _leaves(path: Path, reader: "subprocess.Popen[str]", progress: Progress) -> Iterator[Leaf]:
    lines = (json.loads(line) for line in reader.stdout or () if line.endswith("\n"))
    count = _count_pages(path, next(lines, {"fault": "broken"}))
    number = 0
    for number, page in enumerate(lines, 1):
        progress(f"{path.name} {number}/{count}ページ", number / count)
        yield _leaf(number, page)
    if number < count:
        found = f"{number + 1}ページ目を読む途中で、時間か記憶の上限を超えました"
        raise InputError(file_problem(path, found, "計画の本文だけを別の PDF にして入れてください"))


def _count_pages(path: Path, head: dict[str, Any]) -> int:
    if head.get("fault") == "locked":
        mend = "パスワードを外して保存し直すか、公開元から取り直してください"
        raise InputError(file_problem(path, "PDF にパスワードがかかっています", mend))
    count = int(head.get("pages", 0))
    if head.get("fault") or count == 0:
        found = "PDF が壊れているか、ページがありません"
        raise InputError(file_problem(path, found, "公開元からファイルを取り直してください"))
    if count > MOST_PAGES:
        found = f"ページが多すぎます（{count}ページ、{MOST_PAGES}ページまで）"
        raise InputError(file_problem(path, found, "計画の本文だけを別の PDF にして入れてください"))
    return count


def _leaf(number: int, page: dict[str, Any]) -> Leaf:
    if page.get("broken"):
        return Leaf(number, 0.0, 0.0, (), (), 0.0, is_broken=True)
    return Leaf(
        number,
        page["width"],
        page["height"],
        tuple(Letter(chr(code), *rest) for code, *rest in page["letters"]),
        tuple(Rule(*rule) for rule in page["rules"]),
        page["picture"],
    )
