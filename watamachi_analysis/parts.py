"""Keep what has come of a file beside its place, and know whether one can go on from there."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """What has come so far of a file; it lies beside `target`, under a name that nothing reads."""

    target: Path

    @property
    def path(self) -> Path:
        """Return where the bytes lie."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def note(self) -> Path:
        """Return where the server's word for the state of the file lies."""
        return self.target.with_name(f"{self.target.name}.part.txt")

    @property
    def size(self) -> int:
        """Return how many bytes have come."""
        return self.path.stat().st_size if self.path.exists() else 0

    def validator(self) -> str:
        """Return the server's word for the state of the file; "" where one cannot go on."""
        try:
            text = self.note.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""
        return text if re.fullmatch(r"[\x20-\x7e]+", text) else ""  # it is sent as a header

    def remember(self, validator: str) -> None:
        """Write down the server's word for the state of the file."""
        self.note.write_text(validator, encoding="utf-8")

    def accept(self) -> None:
        """Put the whole file in its place, over what is there."""
        self.path.replace(self.target)
        self.drop()

    def drop(self) -> None:
        """Leave nothing half-written."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
