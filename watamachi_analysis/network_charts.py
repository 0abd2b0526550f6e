"""Draw who does what where, and which issues are said together, as plotly figures."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from .chart_style import (
    HOVER_WIDTH,
    INK,
    LABEL_WIDTH,
    PAPER,
    SOFT,
    Frame,
    dress,
    in_lines,
    label_lines,
    literal,
    say_instead,
)
from .network_layout import order_ends, place_nodes
from .network_words import KIND_WORDS, NO_LACK, TOO_FEW, Drawn, network_words, pair_words
from .networks import DISTRICT, ISSUE, ORGANISATION, focus_network, limit_network

MOST_NODES, MOST_PAIRS = 40, 24
ACCENT = "#1A6FA8"
_MARKS = {ORGANISATION: "square", ISSUE: "circle", DISTRICT: "diamond"}
_ROW, _ARC_ROW = 38, 34  # pixels
_SIDE = 142  # pixels for the labels left and right
_THREE_COLUMNS = 640  # pixels: on a phone it scrolls in its place, two columns fit
_FINEST, _BROADEST, _WIDEST_COUNT = 1.5, 7.0, 8  # widths of links in pixels; the count drawn widest
_LEAST_REACH = 3.0  # rows to the right of the list; arcs between neighbours are not drawn out
_BEND = np.linspace(0, 1, 13)


def draw_network(
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    *,
    focus: str | None = None,
    place: str = "",
    source: str = "",
) -> go.Figure:
    """Draw how organisations, issues and districts are linked by the listed activities.

    Each kind stands in a column of its own, ordered so that few links cross; at most 40 nodes.

    Parameters
    ----------
    nodes, links
        As `link_organisations` returns them.
    focus
        A node, such as `issue:childcare` or `district:11208`: its activities only, and in them
        the two other kinds.
    place
        Of what the activities are, where the title is to say so; the label of the focus if ''.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    whose = place or "".join(nodes.loc[nodes["node"].eq(focus or ""), "label"])
    there, among = (nodes, links) if focus is None else focus_network(nodes, links, focus)
    drawn, shown = limit_network(there, among, MOST_NODES)
    placed = place_nodes(drawn, shown)
    words = network_words(Drawn(drawn, there, among), whose, source)
    if shown.empty:
        return say_instead(words, NO_LACK)
    rows = int(placed["kind"].value_counts().max())
    figure = go.Figure()
    _add_links(figure, placed, shown)
    _add_nodes(figure, placed)
    _add_labels(figure, placed)
    last = int(placed["x"].max())
    figure.update_xaxes(visible=False, range=[-0.03, last + 0.03])
    figure.update_yaxes(visible=False, range=[1, 0])
    width = _THREE_COLUMNS if last > 1 else None
    plot = _ROW * max(rows, 3)
    frame = Frame(plot, axis=12, top=26, left=_SIDE + 12, right=_SIDE, width=width)
    return dress(figure, words, frame)


def _add_links(figure: go.Figure, placed: pd.DataFrame, links: pd.DataFrame) -> None:
    """Draw links as bands that leave and reach a node level; what is behind them in the middle."""
    at = placed.set_index("node")[["x", "y"]]
    both = links.join(at, on="source").join(at.add_suffix("_to"), on="target")
    both = both[(both["x_to"] - both["x"]).eq(1)]
    labels = dict(zip(placed["node"], placed["label"], strict=True))
    for count, own in both.groupby("activities", sort=True):
        x, y = _curves(own[["x", "y", "x_to", "y_to"]].to_numpy(dtype=np.float64))
        width = _width(int(str(count)))
        figure.add_scatter(
            x=x, y=y, mode="lines", hoverinfo="skip", opacity=0.45,
            line={"color": ACCENT, "width": width},
        )  # fmt: skip
    said = [
        f"{in_lines(labels[str(row['source'])], HOVER_WIDTH)}<br>{in_lines(labels[str(row['target'])], HOVER_WIDTH)}"
        f"<br>活動{row['activities']}: {in_lines('、'.join(row['names']), HOVER_WIDTH)}"
        for row in both.to_dict("records")
    ]
    figure.add_scatter(
        x=(both[["x", "x_to"]].mean(axis=1)).tolist(),
        y=(both[["y", "y_to"]].mean(axis=1)).tolist(),
        mode="markers", marker={"size": 12, "opacity": 0, "color": ACCENT},
        customdata=said, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip


def _curves(ends: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    bend = _BEND * _BEND * (3 - 2 * _BEND)  # level at both ends
    x: list[float | None] = []
    y: list[float | None] = []
    for left, top, right, bottom in ends.tolist():
        x += [*np.round(left + (right - left) * _BEND, 4).tolist(), None]
        y += [*np.round(top + (bottom - top) * bend, 4).tolist(), None]
    return x, y


def _width(count: int) -> float:
    share = (min(count, _WIDEST_COUNT) - 1) / (_WIDEST_COUNT - 1)
    return round(_FINEST + (_BROADEST - _FINEST) * share, 2)


def _add_nodes(figure: go.Figure, placed: pd.DataFrame) -> None:
    for kind, own in placed.groupby("kind", sort=False):
        said = [
            f"{in_lines(row['label'], HOVER_WIDTH)}<br>活動{row['size']}"
            + (f"<br>（{literal(row['note'])}）" if row["note"] else "")
            for row in own.to_dict("records")
        ]
        figure.add_scatter(
            x=own["x"].tolist(), y=own["y"].tolist(), mode="markers", cliponaxis=False,
            marker={"symbol": _MARKS[str(kind)], "size": 9, "color": INK},
            customdata=said, hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip


def _add_labels(figure: go.Figure, placed: pd.DataFrame) -> None:
    """Write the names beside the outer columns, on the inner one, and what each column is."""
    last = placed["x"].max()
    for x, own in placed.groupby("x"):
        side = "right" if x == 0 else "left" if x == last else "center"
        shift = {"right": -8, "left": 8, "center": 0}[side]
        width = LABEL_WIDTH + 1 if side == "right" else LABEL_WIDTH  # names are longest there
        look = {"showarrow": False, "x": x, "xanchor": side, "xshift": shift, "align": side}
        for row in own.to_dict("records"):
            figure.add_annotation(
                text=f"{_label(row['label'], width)} <b>{row['size']}</b>", y=row["y"], font={"size": 11},
                bgcolor=PAPER if side == "center" else None, borderpad=1, **look,
            )  # fmt: skip
        figure.add_annotation(
            text=f"{KIND_WORDS[own['kind'].iloc[0]]}（活動の数）", y=0, yanchor="bottom", yshift=6,
            font={"size": 12, "color": SOFT}, **look,
        )  # fmt: skip


def _label(label: str, width: int) -> str:
    """Return the lines of a label; what stands in brackets, such as a district, in its own."""
    if len(label) <= width:
        return literal(label)
    name, bracket, rest = label.partition("（")
    return "<br>".join(label_lines(part, width) for part in (name, bracket + rest) if part)


def draw_cooccurrence(
    links: pd.DataFrame, labels: Mapping[str, str], *, source: str = ""
) -> go.Figure:
    """Draw which issues are said together more often than by chance, as arcs beside a list.

    Parameters
    ----------
    links
        As `link_issues` returns them.
    labels
        Issue → label.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    shown = links.head(MOST_PAIRS)
    words = pair_words(shown, labels, len(links) - len(shown), source)
    if shown.empty:
        return say_instead(words, TOO_FEW)
    order = order_ends(shown)
    place = {issue: number for number, issue in enumerate(order)}
    figure = go.Figure()
    for row, ends in zip(shown.to_dict("records"), _ends(shown, place), strict=True):
        names = [labels.get(issue, issue) for issue in (row["source"], row["target"])]
        _add_arc(figure, ends, int(row["statements"]), [*names, _chance(row["expected"])])
    figure.add_scatter(
        x=[0] * len(order), y=list(range(len(order))), mode="markers", hoverinfo="skip",
        marker={"symbol": _MARKS[ISSUE], "size": 9, "color": INK}, cliponaxis=False,
    )  # fmt: skip
    longest = max(abs(one - other) for one, other in _ends(shown, place))
    reach = max(longest / 2 + 0.6, _LEAST_REACH)
    figure.update_xaxes(visible=False, range=[-0.05 * reach, reach])
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[label_lines(labels.get(issue, issue)) for issue in order],
        range=[len(order) - 0.4, -0.6],
        showgrid=False,
        tickfont={"size": 12},
    )
    return dress(figure, words, Frame(plot=_ARC_ROW * max(len(order), 3), axis=12))


def _ends(links: pd.DataFrame, place: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    for one, other in zip(links["source"], links["target"], strict=True):
        yield place[one], place[other]


def _chance(expected: float) -> str:
    return f"偶然なら{expected:.1f}件の見込み"


def _add_arc(figure: go.Figure, ends: tuple[int, int], count: int, said: Sequence[str]) -> None:
    """Draw one pair as half an ellipse from one row to the other, its count at the top."""
    turn = np.pi * np.linspace(-0.5, 0.5, 25)
    middle, half = (ends[0] + ends[1]) / 2, abs(ends[0] - ends[1]) / 2
    figure.add_scatter(
        x=np.round(half * np.cos(turn), 4).tolist(),
        y=np.round(middle + half * np.sin(turn), 4).tolist(),
        mode="lines", hoverinfo="skip", opacity=0.55, cliponaxis=False,
        line={"color": ACCENT, "width": _width(count)},
    )  # fmt: skip
    told = "<br>".join(in_lines(line, HOVER_WIDTH) for line in said)
    figure.add_scatter(
        x=[half], y=[middle], mode="markers+text", text=[f"  {count}件"], cliponaxis=False,
        textposition="middle right", textfont={"size": 11}, marker={"size": 5, "color": ACCENT},
        customdata=[f"{told}<br>いっしょに{count}件"],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
