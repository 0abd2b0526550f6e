"""Keep what took long to compute on this machine, by the content it was computed from."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from . import __version__

_NAME = "watamachi"


def remember(key: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what was computed before under a key, or compute it and keep it.

    A file that cannot be read or written only costs the time to compute again.

    Parameters
    ----------
    key
        A hash of all that the result depends on besides this program.
    compute
        Gives the result: what JSON can hold.
    """
    path = user_cache_path(_NAME) / f"{key}-{__version__}.json"
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = compute()
        _keep(path, json.dumps(kept, ensure_ascii=False))
    return kept


def _keep(path: Path, text: str) -> None:
    """Write a file whole or not at all; where nothing can be written, nothing is kept."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        with suppress(OSError):  # no half a file stays, where there can be one
            beside.unlink()
