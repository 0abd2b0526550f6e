"""Draw tables as plotly figures: paper, ink, horizontal bars, the finding as the title."""

from html import escape
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from .looks import INK, PAPER, RULE, state_looks
from .overlap import STATES

FONT = '"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",Meiryo,sans-serif'
STATE_COLOURS = {state: look.fill for state, look in state_looks().items()}
# Okabe and Ito's colours, told apart by every kind of colour vision; the sign says it again.
_THEME_COLOURS = ["#1A6FA8", "#E69F00", "#009E73", "#CC79A7", "#23211D", "#D55E00", "#56B4E9"]
_SYMBOLS = 10
HOVER_WIDTH = 24
_COUNT_LABELS = {
    "needs": "困りごと",
    "wishes": "やってみたい",
    "activities_listed": "一覧にある活動",
}
_COUNT_COLOURS = {"needs": "#F07A38", "wishes": "#23211D", "activities_listed": "#1A6FA8"}


def draw_issues(
    overlap: pd.DataFrame, labels: dict[str, str], *, title: str, source: str
) -> go.Figure:
    """Draw how often each issue was voiced and acted on, as horizontal bars.

    Parameters
    ----------
    overlap
        Rows of `count`; those of `all` are left out, the others summed by issue.
    labels
        Issue → label.
    title, source
        What the picture says, and the line below it.
    """
    sums = overlap[overlap["issue"].isin(labels)].groupby("issue")[list(_COUNT_LABELS)].sum()
    sums = sums.sort_values(["needs", "wishes"], kind="stable")
    names = [labels[issue] for issue in sums.index]
    figure = go.Figure()
    for name, label in _COUNT_LABELS.items():
        figure.add_bar(
            y=names,
            x=sums[name].astype(int),
            name=label,
            orientation="h",
            marker_color=_COUNT_COLOURS[name],
        )
    figure.update_layout(barmode="group", height=120 + 34 * len(names), xaxis_title="件")
    return _dress(figure, title, source)


def draw_states(
    overlap: pd.DataFrame, labels: dict[str, str], *, title: str, source: str
) -> go.Figure:
    """Draw how many districts are in which state, an issue a bar."""
    table = overlap[overlap["issue"].isin(labels)]
    counts = pd.crosstab(table["issue"], table["state"])
    counts = counts.reindex(index=list(labels), columns=list(STATES), fill_value=0)
    order = counts.sort_values("gap", ascending=False, kind="stable").index.tolist()
    names = [labels[issue] for issue in order[::-1]]
    figure = go.Figure()
    for state, (label, _) in STATES.items():
        numbers = counts.loc[order[::-1], state].tolist()
        marker = {"color": STATE_COLOURS[state], "line": {"color": RULE, "width": 1}}
        figure.add_bar(y=names, x=numbers, name=label, orientation="h", marker=marker)
    figure.update_layout(barmode="stack", height=120 + 26 * len(names), xaxis_title="地区の数")
    return _dress(figure, title, source)


def draw_themes(themes: pd.DataFrame, *, title: str, source: str) -> go.Figure:
    """Draw how many texts each theme holds, named by the words that set it apart."""
    sizes = (
        themes.dropna(subset=["theme"]).groupby(["theme", "words"]).size().reset_index(name="texts")
    )
    sizes = sizes.sort_values("theme", ascending=False)
    figure = go.Figure(
        go.Bar(y=sizes["words"], x=sizes["texts"], orientation="h", marker_color="#1A6FA8")
    )
    figure.update_layout(height=120 + 36 * len(sizes), xaxis_title="件")
    return _dress(figure, title, source)


def draw_theme_points(
    themes: pd.DataFrame, texts: pd.Series, *, title: str, source: str
) -> go.Figure:
    """Draw each text as a point near those that use the same words, a colour and sign a theme.

    Parameters
    ----------
    themes
        As `group` returns them; without themes the picture is empty.
    texts
        The texts that were grouped, shown when a point is touched.
    title, source
        What the picture says, and the line below it.
    """
    figure = go.Figure()
    placed = themes.dropna(subset=["theme"])
    for theme, rows in placed.groupby("theme"):
        number = int(str(theme))
        said = [escape(str(texts[key])) for key in rows["text_id"]]
        figure.add_scatter(
            x=rows["x"],
            y=rows["y"],
            mode="markers",
            name=f"{rows['words'].iloc[0]}（{rows['badge'].iloc[0]}）",
            text=["<br>".join(wrap(line, HOVER_WIDTH)) for line in said],
            hovertemplate="%{text}<extra></extra>",
            marker={
                "color": _THEME_COLOURS[number % len(_THEME_COLOURS)],
                "symbol": number % _SYMBOLS,
                "size": 8,
            },
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    _dress(figure, title, source)
    below = {"orientation": "v", "y": -0.12, "yanchor": "top"}
    figure.update_layout(height=560 + 24 * len(figure.data), legend=below)
    return figure.update_layout(margin_b=110 + 24 * len(figure.data))


def _dress(figure: go.Figure, title: str, source: str) -> go.Figure:
    """Give every figure the same paper, type and source line."""
    figure.update_layout(
        title={"text": title, "x": 0, "xref": "paper", "font": {"size": 18}},
        font={"family": FONT, "color": INK, "size": 13},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        margin={"l": 10, "r": 20, "t": 90, "b": 92},
    )
    figure.update_xaxes(gridcolor=RULE, zeroline=False)
    figure.update_yaxes(automargin=True)
    figure.add_annotation(
        text=source,
        x=0,
        y=0,
        yshift=-78,
        xref="paper",
        yref="paper",
        showarrow=False,
        xanchor="left",
        font={"size": 11},
    )
    return figure
