"""Fetch the official boundary file over the network, whole or not at all."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from .archives import check_boundary_zip
from .editions import Edition, check_edition
from .errors import InputError, Problem
from .geography import district_files
from .office import MEGABYTE
from .parts import Part
from .progress import no_progress
from .settings import SETTINGS_FILE
from .survey import find_folder
from .transfer import NOT_SATISFIABLE, CutError, Reply, TransferError, ask, pieces

ZIP_SIGNATURE = b"PK\x03\x04"
NOT_FOUND = 404


@dataclass(frozen=True)
class Server:
    """Where the official files lie, how long to wait (seconds), what size is believed (bytes)."""

    base: str = "https://nlftp.mlit.go.jp/ksj/gml/data/N03"
    timeout: float = 30.0
    least: int = 10_000
    most: int = 200 * MEGABYTE


@dataclass(frozen=True)
class Boundaries:
    """The boundary file of a survey folder.

    Attributes
    ----------
    path
        Where it lies.
    size
        Its bytes.
    is_new
        Whether it was fetched now.
    beside
        Other boundaries of municipalities that are there too: only one file may hold a district.
    """

    path: Path
    size: int
    is_new: bool
    beside: tuple[Path, ...] = ()


def fetch_boundaries(
    folder: Path | str,
    edition: Edition | None = None,
    *,
    again: bool = False,
    server: Server | None = None,
    progress: Callable[[str, float], None] = no_progress,
) -> Boundaries:
    """Put the official boundary file into a survey folder, whole or not at all.

    Parameters
    ----------
    folder
        A folder as `watamachi new` makes it.
    edition
        Which file; that of Saitama, of the newest year known to be there, by default.
    again
        Fetch it even where a boundary file is there; that stays until the new one is whole.
    server
        Where it lies; the ministry's own server by default.
    progress
        Called with what has come and how far it is, 0 to 1.

    Returns
    -------
    Boundaries
        What is there now. What came of a file whose connection broke waits beside it, under a
        name that nothing reads, for the next call.

    Raises
    ------
    InputError
        If the file cannot be had, or is not what it should be; the message says how to get it
        by hand.
    """
    edition = edition or Edition()
    check_edition(edition)
    root = find_folder(folder)
    _check_folder(root)
    there = district_files(root)
    if there and not again:
        return Boundaries(there[0], there[0].stat().st_size, is_new=False)
    want = _Want(root, edition, server or Server(), progress)
    try:
        _fetch(want)
    except TransferError as error:
        raise InputError(_problem(error, want)) from error
    except OSError as error:
        mend = "空き容量と、フォルダに書き込めるかを確かめてください"
        raise InputError(Problem(want.shown, "", "書き込めません", mend)) from error
    target = want.part.target
    beside = tuple(path for path in district_files(root) if path != target)
    return Boundaries(target, target.stat().st_size, is_new=True, beside=beside)


def describe_part(folder: Path | str, edition: Edition) -> str:
    """Return what is told of a file that has not come to its end; "" where nothing has come.

    Examples
    --------
    >>> describe_part("nowhere", Edition())
    ''
    """
    part = _Want(Path(folder), edition).part
    if not part.size:
        return ""
    size = f"{part.size / MEGABYTE:.1f} MB"
    return f"受け取った分（{size}）は {part.path.name} に残しました。もう一度同じ行を打つと、続きから受け取ります"


@dataclass(frozen=True)
class _Want:
    """One file to fetch: which, from where, into which survey folder, watched by whom."""

    root: Path
    edition: Edition
    server: Server = field(default_factory=Server)
    progress: Callable[[str, float], None] = no_progress

    @property
    def part(self) -> Part:
        return Part(self.root / "boundaries" / self.edition.name)

    @property
    def address(self) -> str:
        return f"{self.server.base.rstrip('/')}/N03-{self.edition.year}/{self.edition.name}"

    @property
    def shown(self) -> str:
        """Return what the file is called in problems."""
        return f"boundaries/{self.edition.name}"


def _check_folder(root: Path) -> None:
    """Refuse a folder that is no survey folder, so that nothing is left in a wrong place.

    Raises
    ------
    InputError
        If it holds nothing of what a survey folder holds.
    """
    parts = (SETTINGS_FILE, "boundaries", "gatherings", "plans", "activities", "indicators")
    if not any((root / name).exists() for name in parts):
        found = "調査フォルダではないようです"
        mend = "場所と名前を確かめるか、watamachi new で作ってください"
        raise InputError(Problem(str(root), "", found, mend))


def _fetch(want: _Want) -> None:
    """Receive the file, look into it, and move it into place."""
    part = want.part
    part.target.parent.mkdir(exist_ok=True)
    try:
        _receive(want)
        _accept(want)
    finally:
        if not part.validator():  # nobody could tell what it is a part of
            part.drop()


def _receive(want: _Want) -> None:
    """Bring the part to its end; begin anew where the server cannot go on from its end.

    Raises
    ------
    TransferError
        If the network does not give the file.
    """
    validator, timeout = want.part.validator(), want.server.timeout
    start = want.part.size if validator else 0
    try:
        with ask(want.address, start=start, validator=validator, timeout=timeout) as reply:
            _store(reply, want)
    except TransferError as error:
        if error.status != NOT_SATISFIABLE or not start:
            raise
        want.part.drop()
        _receive(want)


def _store(reply: Reply, want: _Want) -> None:
    """Write what comes behind the part, or over it where the whole file comes.

    Raises
    ------
    InputError
        If it is no zip, or too large; then nothing is written.
    """
    total, received, most = reply.total or 0, reply.start, want.server.most
    coming = pieces(reply)
    first = next(coming, b"")
    if not reply.start and not first.startswith(ZIP_SIGNATURE):
        found = "地図のファイルではなく、説明のページなどが届きました"
        raise InputError(Problem(want.shown, "", found, f"届いたものは捨てました。{_steps(want)}"))
    if total > most:
        raise InputError(_refusal(want, f"大きすぎます（{total / MEGABYTE:.0f} MB）"))
    with want.part.path.open("ab" if reply.start else "wb") as file:
        want.part.remember(reply.validator)
        for piece in chain([first], coming):
            file.write(piece)
            received += len(piece)
            of = f" / {total / MEGABYTE:.1f}" if total else ""
            amount = f"{received / MEGABYTE:.1f}{of} MB"
            want.progress(
                f"境界データを受け取っています（{amount}）", received / max(total, received)
            )
            if received > most:
                break
        file.flush()
        os.fsync(file.fileno())


def _accept(want: _Want) -> None:
    """Move a good file into place; drop any other.

    Raises
    ------
    InputError
        If it is not what it should be.
    """
    want.progress("中身を確かめています", 1.0)
    part, size = want.part, want.part.size
    try:
        if not want.server.least <= size <= want.server.most:
            raise InputError(_refusal(want, f"大きさがおかしいです（{size:,} バイト）"))
        check_boundary_zip(part.path, want.edition.prefecture)
    except InputError as error:
        part.drop()
        raise InputError(_refusal(want, error.problem.found)) from error
    part.accept()


def _refusal(want: _Want, found: str) -> Problem:
    mend = "届いたものは捨てました。しばらくしてから、もう一度試してください"
    return Problem(want.shown, "", found, mend)


def _problem(error: TransferError, want: _Want) -> Problem:
    """Say why the file did not come, and what to do: go on later, another year, or by hand."""
    kept = describe_part(want.root, want.edition)
    if isinstance(error, CutError):
        return Problem(want.shown, "", error.reason, kept or "もう一度同じ行を打ってください")
    if error.status == NOT_FOUND:
        found = f"{want.edition.year}年のファイルが見つかりませんでした"
        mend = f"ほかの年（--year {want.edition.other_years}）を試してください。{_steps(want)}"
        return Problem(want.shown, "", found, mend)
    mend = f"{kept}。{_steps(want)}" if kept else _steps(want)
    return Problem(want.shown, "", error.reason, mend)


def _steps(want: _Want) -> str:
    """Say how a person puts the file in place without this program."""
    edition = want.edition
    return "\n".join(
        (
            "ネットのつながりを確かめてもう一度試すか、次のように手で置いてください",
            f"  1. ブラウザーで {edition.page} を開きます",
            f"  2. {edition.place}の行の {edition.name} を受け取ります",
            f"  3. 開かずにそのまま {want.part.target.parent} に入れます",
            f"  4. watamachi check {want.root} で確かめます",
        )
    )
