"""Tell whoever waits how far long work is."""

from collections.abc import Callable

Progress = Callable[[str, float], None]  # what is being done, and how far it is, 0 to 1


def no_progress(_stage: str, _share: float) -> None:
    """Say nothing: the progress of work that nobody watches."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return a function that tells one stage as the part from `start` to `end` of the whole."""

    def part(stage: str, share: float) -> None:
        progress(stage, start + (end - start) * share)

    return part
