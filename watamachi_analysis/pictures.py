"""Draw the districts as still pictures."""

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import Any

import matplotlib as mpl
import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from .looks import BORDER, INK, PAPER, SOFT, Look, state_looks
from .overlap import STATES
from .progress import Progress, no_progress
from .publish import SAMPLE_MARK, Publication
from .sheets import ACTIVITIES, PAPER_FORM, WISHES, Form, Line, Sheet, lay_sheets
from .spots import Box, Spot
from .typesetting import drawable, file_name

FORMATS: tuple[str, ...] = ("png", "svg")
DPI = 200
MISSING = "〓"  # what printers set where they lack a letter
_POINTS = 72
_EDGE = 12.0  # points round a view without words
_STRIP = 19.0  # a line of its legend
_PATH_LINE = re.compile(r"^[MLCQ] [-\d. ]+$", re.MULTILINE)
_HATCHES = {"dots": "......", "hatch": "////", "cross": "xxxx", "": ""}
# Fixed names for parts of an SVG, and its letters as outlines: it looks the same where no
# Japanese font is, such as in a council's viewer or an old browser.
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "watamachi",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
}


def draw_pictures(
    shown: Publication, formats: Sequence[str] = FORMATS, *, progress: Progress = no_progress
) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, format and bytes of each picture: the overview, then one per issue.

    A name is a number and the issue's label, such as `00_すべての課題`.

    The pictures are A4 landscape, in Noto Sans CJK JP. The same tables give the same bytes.

    Parameters
    ----------
    shown
        What one audience may see.
    formats
        `png`, `svg` or both.
    progress
        Called with the picture being drawn and how far it is, 0 to 1.
    """
    sheets = lay_sheets(shown, PAPER_FORM)
    for number, sheet in enumerate(sheets):
        progress(sheet.label, number / len(sheets))
        with mpl.rc_context(_STYLE):
            figure = draw_sheet(sheet, PAPER_FORM)
            for form in formats:
                yield _name(number, sheet.label), form, _SAVERS[form](figure, sheet)


def _name(number: int, label: str) -> str:
    return f"{number:02d}_{file_name(label)}"


def draw_sheet(sheet: Sheet, form: Form) -> Figure:
    """Return one picture as a matplotlib figure; its one axes is measured in points.

    Parameters
    ----------
    sheet
        What stands where.
    form
        The size it was laid out for.
    """
    figure, axes = lay_canvas(form.width, form.height)
    _draw_districts(axes, sheet)
    _draw_cities(axes, sheet)
    _draw_names(axes, sheet)
    _draw_legend(axes, sheet)
    for line in (*sheet.head, *sheet.title, *sheet.foot):
        _write(axes, line)
    if sheet.sample:
        _draw_sample(axes, sheet.sample)
    return figure


def lay_canvas(width: float, bottom: float, top: float = 0.0) -> tuple[Figure, Axes]:
    """Return a figure and its axes, both measured in points from the upper left corner.

    Parameters
    ----------
    width, bottom, top
        Its edges; what lies above `top` is cut off.
    """
    figure = Figure(figsize=(width / _POINTS, (bottom - top) / _POINTS), facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(bottom, top)
    axes.set_axis_off()
    return figure, axes


def draw_view(sheet: Sheet, form: Form) -> bytes:
    """Return the districts and the legend of a sheet alone, for a page with words of its own.

    Parameters
    ----------
    sheet, form
        As for `draw_sheet`.

    Returns
    -------
    bytes
        A PNG; the same sheet gives the same bytes.
    """
    top = min(spot.box.top for spot in sheet.layout.spots) - _EDGE
    bottom = max(spot.box.bottom for spot in sheet.layout.spots) + _EDGE
    states = [state for state, count in sheet.counts.items() if count]
    with mpl.rc_context(_STYLE):
        figure, axes = lay_canvas(form.width, bottom + _STRIP * (len(states) + 1), top)
        _draw_districts(axes, sheet)
        _draw_cities(axes, sheet)
        _draw_names(axes, sheet)
        for number, state in enumerate(states):
            _draw_strip(axes, state, sheet.counts[state], bottom + _STRIP * number)
        _draw_marks_line(axes, bottom + _STRIP * len(states))
        return _save_png(figure, sheet)


def _draw_strip(axes: Axes, state: str, count: int, y: float) -> None:
    """Draw what a state means in one line: its sign, name, number of districts, words."""
    label, words = STATES[state]
    patch = rounded(Box(_EDGE, y, 14, 14), 2.5)
    patch.set(linewidth=0.75)
    _paint(axes, patch, state_looks()[state], "#8A8375")
    x, middle = _EDGE + 22, y + 7
    _write(axes, Line(label, x, middle, 11, bold=True))
    _write(axes, Line(f"{count}地区", x + 84, middle, 11))
    _write(axes, Line(words, x + 134, middle, 10, colour=SOFT))


def _draw_marks_line(axes: Axes, y: float) -> None:
    x, middle = _EDGE + 7, y + 7
    for mark, words in (((True, False), WISHES), ((False, True), ACTIVITIES)):
        _draw_marks(axes, (x, middle), 1.15, INK, mark)
        _write(axes, Line(words, x + 15, middle, 10.5))
        x += 156


def has_letter(letter: str) -> bool:
    """Tell whether both fonts of the pictures can draw a letter.

    Examples
    --------
    >>> has_letter("﨑"), has_letter("🗾")
    (True, False)
    """
    return all(ord(letter) in _letters(bold) for bold in (False, True))


def inked(text: str) -> str:
    """Return text with 〓 for each letter that the font lacks; signs for a variant are left out.

    Examples
    --------
    >>> inked("葛󠄀城🗾")
    '葛城〓'
    """
    bare = (c for c in text if not ("\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"))
    return "".join(c if has_letter(c) else MISSING for c in bare)


@cache
def font(*, bold: bool) -> FontProperties:
    """Return the Japanese type that comes with the package."""
    package = noto_cjk_sans_jp_bold if bold else noto_cjk_sans_jp_regular
    return FontProperties(fname=str(package.FONT_PATH))


@cache
def _letters(bold: bool) -> frozenset[int]:
    return frozenset(get_font(str(font(bold=bold).get_file())).get_charmap())


def _draw_districts(axes: Axes, sheet: Sheet) -> None:
    for spot in sheet.layout.spots:
        if spot.rings:  # only the outer half is seen: the outline of the prefecture
            edge = PathPatch(outline(spot), fill=False, edgecolor="#B7B3AD", linewidth=3.0)
            axes.add_patch(edge).set(zorder=1, joinstyle="round")
    for spot in sheet.layout.spots:
        cell = sheet.cells[spot.district]
        look, bare = state_looks()[cell.state], cell.state == "no_record"
        patch = PathPatch(outline(spot)) if spot.rings else rounded(spot.box, spot.box.width / 10)
        patch.set_gid(f"district-{drawable(spot.district)}")
        patch.set(zorder=3 if bare else 2, linewidth=0.75, joinstyle="round")
        _paint(axes, patch, look, BORDER if bare else PAPER)


def outline(spot: Spot) -> Outline:
    """Return the shape of a district as a path."""
    return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in spot.rings))


def rounded(box: Box, radius: float) -> FancyBboxPatch:
    """Return a rectangle with round corners."""
    style = f"round,pad=0,rounding_size={radius}"
    return FancyBboxPatch((box.left, box.top), box.width, box.height, boxstyle=style)


def _paint(axes: Axes, patch: Patch, look: Look, edge: str) -> None:
    patch.set(facecolor=look.fill, edgecolor=edge)
    if look.pattern:
        patch.set_hatch(_HATCHES[look.pattern])
        patch.set_hatchcolor(look.pattern_colour)
    axes.add_patch(patch)


def _draw_cities(axes: Axes, sheet: Sheet) -> None:
    for city in sheet.layout.cities:
        axes.add_collection(LineCollection(list(city.edges), colors=INK, linewidths=1.0, zorder=4))
        plate = rounded(city.plate, 3)
        plate.set(facecolor=PAPER, edgecolor=INK, linewidth=0.8, zorder=5)
        axes.add_patch(plate)
        x, y = city.plate.middle
        _write(axes, Line(city.name, x, y, city.plate.height * 0.75, bold=True, align="center"))


def _draw_names(axes: Axes, sheet: Sheet) -> None:
    for spot in sheet.layout.spots:
        cell = sheet.cells[spot.district]
        look = state_looks()[cell.state]
        ink, halo = (INK, PAPER) if spot.leader else (look.ink, look.plain)
        if spot.leader:
            axes.add_collection(
                LineCollection([list(spot.leader)], colors=INK, linewidths=0.6, zorder=5)
            )
        x, y = spot.name_middle
        line = Line(spot.label, x, y, spot.size, colour=ink, align="center")
        _write(axes, line, halo=halo, width=spot.size / (3 if look.pattern else 5))
        x, y = spot.marks_middle
        _draw_marks(axes, (x, y), spot.size / 16, ink, (cell.wish, cell.activity))


def _draw_marks(
    axes: Axes, at: tuple[float, float], scale: float, ink: str, marks: tuple[bool, bool]
) -> None:
    """Draw wishes as an open circle and activities as a filled square: told by shape."""
    (x, y), (wish, activity) = at, marks
    aside = 6.5 * scale if wish and activity else 0.0
    if wish:
        ring = Circle((x - aside, y), 3.6 * scale, fill=False, edgecolor=ink)
        axes.add_patch(ring).set(linewidth=1.9 * scale, zorder=6)
    if activity:
        side = 6.8 * scale
        square = Rectangle((x + aside - side / 2, y - side / 2), side, side, facecolor=ink)
        axes.add_patch(square).set(linewidth=0, zorder=6)


def _draw_legend(axes: Axes, sheet: Sheet) -> None:
    for key in sheet.legend:
        if key.kind in state_looks():
            patch = rounded(key.sign, 2.5)
            patch.set(linewidth=0.75)
            _paint(axes, patch, state_looks()[key.kind], "#8A8375")
        else:
            _draw_marks(
                axes, key.sign.middle, 1.15, INK, (key.kind == "wish", key.kind == "activity")
            )
        for line in key.lines:
            _write(axes, line)


def _draw_sample(axes: Axes, box: Box) -> None:
    plate = rounded(box, 4)
    plate.set(facecolor=state_looks()["gap"].fill, linewidth=0)
    axes.add_patch(plate)
    _write(axes, Line(SAMPLE_MARK, *box.middle, 10.5, bold=True, align="center"))


def _write(axes: Axes, line: Line, *, halo: str = "", width: float = 0.0) -> None:
    text = axes.text(
        line.x,
        line.y + line.size * 0.37,  # where letters of this height stand
        inked(line.text),
        fontproperties=font(bold=line.bold),
        fontsize=line.size,
        color=line.colour,
        horizontalalignment=line.align,
        verticalalignment="baseline",
        parse_math=False,
        zorder=7,
    )
    if halo:
        text.set_path_effects([withStroke(linewidth=width, foreground=halo)])


def _save_png(figure: Figure, sheet: Sheet) -> bytes:
    del sheet  # a PNG holds no words
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def _save_svg(figure: Figure, sheet: Sheet) -> bytes:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    told = (
        f"<title>{escape(sheet.label)}</title>\n <desc>{escape(sheet.finding + sheet.rest)}</desc>"
    )
    before, tag, after = buffer.getvalue().partition("<metadata>")
    return f"{before}{told}\n {tag}{_PATH_LINE.sub(_shorten, after)}".encode()


def _shorten(line: re.Match[str]) -> str:
    """Return a line of a path with hundredths of a point: half the file, no visible change."""
    return re.sub(r"(\.\d\d)\d+", r"\1", line[0])


_SAVERS = {"png": _save_png, "svg": _save_svg}
