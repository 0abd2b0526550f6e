"""Draw the two pictures of a district's sheet: where it lies, and which needs came up."""

import io
from collections.abc import Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline

from .layout import lay_out
from .looks import BORDER, INK, RULE, SOFT, state_looks
from .pictures import font, inked, lay_canvas, outline, rounded
from .spots import Box, Spot

MOST_BARS = 10
_MAP = Box(4, 4, 292, 212)  # points
_BAR, _LABELS, _WIDTH = 21.0, 178.0, 430.0  # height of a line, room for labels, width of all
_DPI = 160


def draw_place(districts: pd.DataFrame, district: str) -> bytes | None:
    """Draw where a district lies, as PNG: its boundary or its tile among the others.

    Parameters
    ----------
    districts
        As `load_districts` returns them.
    district
        The code of the one to fill.

    Returns
    -------
    bytes or None
        The same districts give the same bytes; None where it has neither shape nor tile.
    """
    spots = {spot.district: spot for spot in lay_out(districts, _MAP).spots}
    if district not in spots:
        return None
    figure, axes = lay_canvas(_MAP.right + 4, _MAP.bottom + 4)
    own = spots.pop(district)
    for places, fill, edge, width in (
        (list(spots.values()), "#EFE9DC", BORDER, 0.4),
        ([own], state_looks()["gap"].fill, INK, 0.9),
    ):
        shapes = PathCollection([_shape(spot) for spot in places])
        shapes.set(facecolor=fill, edgecolor=edge, linewidth=width)
        axes.add_collection(shapes, autolim=False)  # the limits of all are known
    x, y = own.box.middle
    ring = mpl.patches.Circle((x, y), 15, fill=False, edgecolor=INK, linewidth=0.9, zorder=4)
    axes.add_patch(ring)  # a small town is found at once
    return _save(figure)


def _shape(spot: Spot) -> Outline:
    if spot.rings:
        return outline(spot)
    tile = rounded(spot.box, spot.box.width / 10)
    return tile.get_path()


def draw_needs(bars: Sequence[tuple[str, int]], held: int) -> bytes:
    """Draw in how many of the gatherings each need came up, as PNG.

    Parameters
    ----------
    bars
        Label and number of gatherings, the most first; the first `MOST_BARS` are drawn.
    held
        How many gatherings there were.
    """
    ordered = sorted(bars, key=lambda bar: -bar[1])[:MOST_BARS]
    height = _BAR * len(ordered) + 10
    figure, axes = lay_canvas(_WIDTH, height)
    room = _WIDTH - _LABELS - 64
    for number, (label, count) in enumerate(ordered):
        y = 5 + _BAR * number
        axes.add_patch(rounded(Box(_LABELS, y + 3, room, _BAR - 7), 2)).set(
            facecolor=RULE, linewidth=0
        )
        width = max(room * count / held, 3.0)
        axes.add_patch(rounded(Box(_LABELS, y + 3, width, _BAR - 7), 2)).set(
            facecolor=state_looks()["resource"].fill, linewidth=0
        )
        middle = y + _BAR / 2 + 3.2
        for words, x, side, colour in (
            (label, _LABELS - 8, "right", INK),
            (f"{held}回のうち{count}回", _LABELS + room + 60, "right", SOFT),
        ):
            axes.text(
                x, middle, inked(words), fontproperties=font(bold=False), fontsize=9, color=colour,
                horizontalalignment=side, verticalalignment="baseline", parse_math=False,
            )  # fmt: skip
    return _save(figure)


def _save(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()
