"""Give every plotly figure one look: paper, type, words as written, title, source line."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

PAPER, INK, SOFT, RULE = "#FBF8F2", "#23211D", "#6B655B", "#DDD6C8"
FONT = '"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,sans-serif'
TITLE_WIDTH, SOURCE_WIDTH, HOVER_WIDTH, LABEL_WIDTH = 36, 60, 24, 10  # characters a line
TITLE_LINE, SUBTITLE_LINE, SOURCE_LINE, LEGEND_LINE = 27, 20, 17, 34  # pixels
LONGEST_LABEL = 30
SOURCE = "source"
_CLEAR = "rgba(0,0,0,0)"  # the paper of the page shows through, white in print
LEFT = 150
_TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "color": INK, "size": 13},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "hoverlabel": {"align": "left", "bgcolor": "#FFFFFF", "font": {"family": FONT, "size": 13}},
        "legend": {
            "orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal",
            "itemclick": False, "itemdoubleclick": False,
        },
        # A finger that scrolls the page must not zoom the figure.
        "xaxis": {"gridcolor": RULE, "zeroline": False, "fixedrange": True},
        "yaxis": {"gridcolor": RULE, "zeroline": False, "fixedrange": True},
        "dragmode": False,
    }
)  # fmt: skip


@dataclass(frozen=True)
class ChartWords:
    """What stands around a figure, and what is read aloud instead of it, as plain text."""

    title: str
    subtitle: str = ""
    source: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Frame:
    """How large a figure is: pixels for the plot and the labels around it."""

    plot: int
    axis: int = 44
    top: int = 0
    left: int = LEFT
    right: int = 16
    width: int | None = None


def literal(text: object) -> str:
    """Return text that plotly shows as it is written: it reads tags, entities and `$` as marks.

    Examples
    --------
    >>> literal("<b>5 & 6</b> $x$")
    '&lt;b&gt;5 &amp; 6&lt;/b&gt; &#36;x&#36;'
    """
    return escape(str(text), quote=False).replace("$", "&#36;")


def in_lines(text: object, width: int) -> str:
    """Return text in lines of so many characters, broken after ・ where that is near.

    Examples
    --------
    >>> in_lines("ちょっとした生活支援・家事・ごみ出し", 10)
    'ちょっとした生活支援・<br>家事・ごみ出し'
    """
    return "<br>".join(literal(line) for line in _lines(str(text), width))


def label_lines(text: object, width: int = LABEL_WIDTH) -> str:
    """Return a label of an axis: short lines, cut where it is far too long."""
    written = str(text)
    cut = written if len(written) <= LONGEST_LABEL else f"{written[: LONGEST_LABEL - 1]}…"
    return in_lines(cut, width)


def _lines(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for part in wrap(text, width, break_long_words=False) if " " in text else [text]:
        rest = part
        while len(rest) > width + 1:  # a sign that ends the line may hang over
            dot = max(rest.rfind(sign, width // 2 - 1, width + 1) for sign in "・、。")
            end = dot + 1 if dot > 0 else width
            lines.append(rest[:end])
            rest = rest[end:]
        lines.append(rest)
    return lines


def dress(figure: go.Figure, words: ChartWords, frame: Frame, *, legend: bool = False) -> go.Figure:
    """Give a figure paper, type, title, subtitle and source line; keep the words in its `meta`.

    Parameters
    ----------
    figure
        Changed in place and returned.
    words
        Plain text; escaped here.
    frame
        How large it is.
    legend
        Whether a legend stands over the plot.
    """
    top = _head(words) + (LEGEND_LINE if legend else 0)
    foot = _foot(words)
    height = frame.top + top + frame.plot + frame.axis + foot
    figure.update_layout(
        template=_TEMPLATE,
        title={
            "text": _title(words),
            "x": 0, "xref": "container", "xanchor": "left",
            "y": 1 - 24 / height, "yref": "container", "yanchor": "top", "pad": {"l": 12},
            "font": {"size": 18},
        },
        meta=asdict(words),
        showlegend=legend,
        height=height,
        width=frame.width,
        margin={"l": frame.left, "r": frame.right, "t": top + frame.top, "b": frame.axis + foot},
    )  # fmt: skip
    if words.source:
        figure.add_annotation(
            name=SOURCE, text=in_lines(words.source, SOURCE_WIDTH), align="left", showarrow=False,
            x=0, xref="paper", xanchor="left", xshift=12 - frame.left,
            y=0, yref="paper", yanchor="top", yshift=-frame.axis,
            font={"size": 11, "color": SOFT},
        )  # fmt: skip
    return figure


def undress(figure: go.Figure) -> dict[str, object]:
    """Return a figure as plain data without title and source line: a page says them itself.

    Parameters
    ----------
    figure
        As `dress` leaves it.
    """
    words = words_of(figure)
    bare = go.Figure(figure)
    head, foot = _head(words) - 8, _foot(words)
    bare.update_layout(
        title=None,
        meta=None,
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        height=bare.layout.height - head - foot,
        margin={"t": bare.layout.margin.t - head, "b": bare.layout.margin.b - foot},
    )
    bare.layout.annotations = [note for note in bare.layout.annotations if note.name != SOURCE]
    plain: dict[str, object] = bare.to_plotly_json()
    return plain


def words_of(figure: go.Figure) -> ChartWords:
    """Return the title, subtitle, source and alternative text of a figure."""
    return ChartWords(**figure.layout.meta)


def say_instead(words: ChartWords, said: str) -> go.Figure:
    """Return a figure that says in words why there is nothing to draw."""
    figure = go.Figure()
    figure.add_annotation(
        text=in_lines(said, HOVER_WIDTH), x=0.5, y=0.5, xref="paper", yref="paper",
        showarrow=False, font={"size": 16, "color": SOFT},
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return dress(figure, words, Frame(plot=140, axis=12, left=12))


def set_rows(figure: go.Figure, labels: Sequence[object]) -> None:
    """Write the labels of the rows 0, 1, … from the top; numbers keep equal labels apart."""
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[label_lines(label) for label in labels],
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 12},
        ticks="outside",
        tickcolor=_CLEAR,  # a gap between label and plot
    )


def _title(words: ChartWords) -> str:
    title = in_lines(words.title, TITLE_WIDTH)
    if not words.subtitle:
        return title
    said = in_lines(words.subtitle, SOURCE_WIDTH)
    return f'{title}<br><span style="font-size:13px;color:{SOFT}">{said}</span>'


def _head(words: ChartWords) -> int:
    below = len(_lines(words.subtitle, SOURCE_WIDTH)) if words.subtitle else 0
    return 26 + TITLE_LINE * len(_lines(words.title, TITLE_WIDTH)) + SUBTITLE_LINE * below


def _foot(words: ChartWords) -> int:
    return 8 + SOURCE_LINE * len(_lines(words.source, SOURCE_WIDTH)) if words.source else 0
