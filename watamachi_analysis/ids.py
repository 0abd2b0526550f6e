"""Make ids that depend on what a thing says, never on where in a file it stands."""

import hashlib
import re
import unicodedata


def make_id(prefix: str, said: str, repeat: int = 1) -> str:
    """Return a short id for a text; `repeat` tells equal texts apart.

    Parameters
    ----------
    prefix
        One letter for the kind of thing: `g` gathering, `s` statement, `m` measure, `a` activity.
    said
        What identifies the thing. Width, case and space do not matter.
    repeat
        1 for the first thing that says this, 2 for the next.

    Examples
    --------
    >>> make_id("s", "ﾊﾞｽが 少ない") == make_id("s", "バスが少ない")
    True
    """
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", said)).lower()
    digest = hashlib.sha256(f"{folded}|{repeat}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}-{digest[:12]}"
