"""Tell whoever waits how far long work is."""

from collections.abc import Callable

Progress = Callable[[str, float], None]  # what is being done, and how far it is, 0 to 1


def no_progress(_stage: str, _share: float) -> None:
    """Say nothing: the progress of work that nobody watches."""
