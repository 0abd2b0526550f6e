"""Move finished files into a folder: all of them or none, and never over a person's own work."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .errors import InputError, Problem

_CLOSE = "Word や Excel で開いていたら閉じてから、もう一度実行してください"


@dataclass(frozen=True)
class Delivery:
    """What was written into a folder, where a person's changed files were kept, what to look at."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


def deliver(
    target: Path,
    write: Callable[[Path], Iterator[str]],
    *,
    manifest: str,
    is_whole: bool,
) -> Delivery:
    """Write files beside a folder, and move them in when all are finished.

    A run that fails, is stopped or meets a file that is open elsewhere leaves the folder as it
    was.

    Parameters
    ----------
    target
        The folder; made if need be.
    write
        Writes into the folder it is given and yields the name of each file.
    manifest
        The name of the list of what was written, with the SHA-256 of each file.
    is_whole
        Whether these are all files of the folder: then those of an earlier run that no longer
        belong there are removed. Else earlier ones stay, and one that a person changed since is
        kept under a name of its own.

    Raises
    ------
    InputError
        If the folder cannot be written, or a file in it is open in another program.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        before = _read_manifest(target / manifest)
        _check_closed(target, before)  # before the long work
        with tempfile.TemporaryDirectory(prefix=".watamachi-", dir=target) as place:
            new, old = Path(place) / "new", Path(place) / "old"
            new.mkdir()
            names = list(write(new))
            _check_closed(target, names)
            after = {name: _hash(new / name) for name in names}
            gone = [name for name in before if is_whole and name not in after]
            changed = [] if is_whole else list(_find_changed(target, before, after))
            listed = after if is_whole else before | after
            _write_manifest(new / manifest, listed)
            kept = _move_in(new, target, old, [*names, manifest], gone, changed)
            _remove_empty(target, gone)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        name = Path(error.filename2 or error.filename or target).name
        raise InputError(Problem(str(target), "", f"「{name}」に書き込めません", _CLOSE)) from error
    return Delivery(tuple(target / name for name in names), tuple(kept))


def _check_closed(target: Path, names: Iterable[str]) -> None:
    """Refuse if Office programs have one of the files open: they leave a small file beside it."""  # noqa: DOC501 - as `deliver`
    for name in names:
        path = target / name
        for lock in _locks(path.name):
            if path.exists() and path.with_name(lock).exists():
                mend = f"{_CLOSE}（開いていないのに出るときは「{lock}」を消してください）"
                raise InputError(Problem(str(target), "", f"「{path.name}」が開いています", mend))


def _locks(name: str) -> tuple[str, ...]:
    """Return how LibreOffice, Excel and PowerPoint, and Word (long and short names) mark a file."""
    return f".~lock.{name}#", f"~${name}", f"~${name[2:]}", f"~${name[1:]}"


def _find_changed(target: Path, before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    """Yield the files that would be written over and are not as they were written last."""
    for name in after:
        path = target / name
        if path.exists() and _hash(path) not in (before.get(name), after[name]):
            yield name


def _move_in(
    new: Path, target: Path, old: Path, names: Sequence[str], gone: Sequence[str],
    changed: Sequence[str],
) -> list[Path]:  # fmt: skip
    """Move files in, those that stood there aside; return where changed ones were kept."""
    kept = {name: free_name(target / name) for name in changed}
    aside: list[tuple[Path, Path]] = []  # where it stood, where it is
    placed: list[Path] = []
    try:
        for name in (*names, *gone):
            place = target / name
            if place.is_file() and place.resolve().is_relative_to(target.resolve()):
                away = kept.get(name) or old / name
                away.parent.mkdir(parents=True, exist_ok=True)
                place.replace(away)
                aside.append((place, away))
        for name in names:
            (target / name).parent.mkdir(exist_ok=True)
            (new / name).replace(target / name)
            placed.append(target / name)
    except BaseException:
        for place in placed:
            place.unlink()
        for place, away in aside:
            away.replace(place)
        raise
    return list(kept.values())


def free_name(path: Path) -> Path:
    """Return a name beside a file under which its earlier version can be kept.

    Parameters
    ----------
    path
        The file.
    """
    number = 1
    while (free := path.with_name(f"{path.stem}_前の版{number}{path.suffix}")).exists():
        number += 1
    return free


def _remove_empty(target: Path, gone: Iterable[str]) -> None:
    for folder in {(target / name).parent for name in gone} - {target}:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _read_manifest(path: Path) -> dict[str, str]:
    """Return name → hash of what was written last."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    parts = [line.rpartition("  ") for line in lines if line]
    return {name: digest for digest, _, name in parts}


def _write_manifest(path: Path, listed: dict[str, str]) -> None:
    lines = [f"{listed[name]}  {name}\n" for name in sorted(listed)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
