"""Draw what was counted by district and issue as plotly figures: bars, intervals, states."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from .chart_style import (
    HOVER_WIDTH,
    INK,
    RULE,
    SOFT,
    ChartWords,
    Frame,
    dress,
    in_lines,
    literal,
    say_instead,
    set_rows,
)
from .chart_words import NO_RECORD, heat_words, issue_words
from .looks import state_looks
from .overlap import STATES

NEEDS, ACTIVITIES = "#F07A38", "#1A6FA8"
STATE_COLOURS = {state: look.fill for state, look in state_looks().items()}
_PATTERNS = {"too_little": ".", "no_record": "/", "hidden": "x"}
_WHITE_LABELS = {"overlap", "resource"}
_SHORT = {"too_little": "まだ", "no_record": "–", "hidden": "X"}  # where the word is too long
_COUNT_LABELS = {
    "needs": "困りごと",
    "wishes": "やってみたい",
    "activities_listed": "一覧にある活動",
}
_COUNT_COLOURS = {"needs": NEEDS, "wishes": INK, "activities_listed": ACTIVITIES}
_ROW, _CELL_WIDTH, _CELL_HEIGHT, _LETTER, _LEGEND_GAP = 32, 33, 26, 16, 8  # pixels
_HIDDEN_RANK = 1e-9  # above what did not come up, below what did
_TEXT_COLUMN = 1.04  # where the counts stand, right of 100 %


def draw_issues(
    overlap: pd.DataFrame, labels: Mapping[str, str], *, title: str, source: str
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
    sums = sums.sort_values(["needs", "wishes"], ascending=False, kind="stable")
    figure = go.Figure()
    for name, label in _COUNT_LABELS.items():
        figure.add_bar(
            y=list(range(len(sums))),
            x=sums[name].astype(int).tolist(),
            name=label,
            orientation="h",
            marker_color=_COUNT_COLOURS[name],
            hovertemplate="%{x}件",
        )
    figure.update_layout(barmode="group", xaxis_title="件")
    set_rows(figure, [labels[issue] for issue in sums.index])
    words = ChartWords(title, "", source, title)
    return dress(figure, words, Frame(plot=40 + 36 * len(sums), axis=56), legend=True)


def draw_states(
    overlap: pd.DataFrame, labels: Mapping[str, str], *, title: str, source: str
) -> go.Figure:
    """Draw how many districts are in which state, an issue a bar.

    Parameters
    ----------
    overlap
        As `judge` returns it.
    labels
        Issue → label.
    title, source
        What the picture says, and the line below it.
    """
    table = overlap[overlap["issue"].isin(labels)]
    counts = pd.crosstab(table["issue"], table["state"])
    counts = counts.reindex(index=list(labels), columns=list(STATES), fill_value=0)
    order = counts.sort_values("gap", ascending=False, kind="stable").index.tolist()
    figure = go.Figure()
    for state, (label, _) in STATES.items():
        figure.add_bar(
            y=list(range(len(order))),
            x=counts.loc[order, state].tolist(),
            name=label,
            orientation="h",
            marker=_fill(state),
            hovertemplate="%{x}地区",
        )
    figure.update_layout(barmode="stack", xaxis_title="地区の数")
    set_rows(figure, [labels[issue] for issue in order])
    words = ChartWords(title, "", source, title)
    return dress(figure, words, Frame(plot=20 + 30 * len(order), axis=56), legend=True)


def draw_issue_bars(
    rows: pd.DataFrame, labels: Mapping[str, str], *, place: str, source: str = ""
) -> go.Figure:
    """Draw in what share of one district's gatherings each issue came up, with an interval.

    Parameters
    ----------
    rows
        The rows of one district, as `add_intervals` returns them; those of `all` are left out.
        A hidden count is an X without bar or interval.
    labels
        Issue → label.
    place
        The name of the district.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    table = rows[rows["issue"].isin(labels)]
    table = table.assign(at=table["share"].fillna(_HIDDEN_RANK))
    table = table.sort_values(["at", "low"], ascending=False, kind="stable", na_position="first")
    words = issue_words(table, labels, place, source)
    if table.empty or table["state"].eq("no_record").all():
        return say_instead(words, NO_RECORD)
    figure = go.Figure()
    places = list(range(len(table)))
    known = table["share"].notna().tolist()
    shares = [float(share) if known[n] else None for n, share in enumerate(table["share"])]
    figure.add_bar(
        y=places, x=shares, orientation="h", width=0.56, marker_color=NEEDS, hoverinfo="skip"
    )
    _add_intervals(figure, table)
    figure.add_scatter(
        y=places,
        x=[_TEXT_COLUMN] * len(places),
        mode="text",
        text=[
            f"{row.need_gatherings}/{row.gatherings}回" if known[n] else "X"
            for n, row in enumerate(table.itertuples())
        ],
        textposition="middle right",
        customdata=[in_lines(sentence, HOVER_WIDTH) for sentence in table["sentence"]],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_xaxes(
        range=[0, 1.3], tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"], side="bottom"
    )
    figure.update_layout(hovermode="y")
    set_rows(figure, [labels[issue] for issue in table["issue"]])
    return dress(figure, words, Frame(plot=_ROW * len(table)))


def _add_intervals(figure: go.Figure, table: pd.DataFrame) -> None:
    """Draw each interval as a thin line; a row without one has none."""
    x: list[float | None] = []
    y: list[int | None] = []
    ends = [table[name].astype(float).tolist() for name in ("low", "high")]
    known = table[["share", "low", "high"]].notna().all(axis=1).tolist()
    for number, (low, high) in enumerate(zip(*ends, strict=True)):
        if known[number]:
            x += [low, high, None]
            y += [number, number, None]
    line = {"color": INK, "width": 1.5}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def draw_heat_table(
    overlap: pd.DataFrame, labels: Mapping[str, str], names: Mapping[str, str], *, source: str = ""
) -> go.Figure:
    """Draw the state of each district × issue as a table of fills, signs and words.

    Parameters
    ----------
    overlap
        As `judge` or `publish` gives it; `all` and districts without a record are left out,
        how many these are stands in the subtitle.
    labels
        Issue → label.
    names
        District → name.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    table = overlap[overlap["issue"].isin(labels)]
    held = table.loc[table["state"].ne("no_record"), "district"].unique().tolist()
    drawn = table[table["district"].isin(held)]
    words = heat_words(drawn, table["district"].nunique() - len(held), source)
    if not held:
        return say_instead(words, NO_RECORD)
    rows = {district: number for number, district in enumerate(held)}
    columns = {issue: number for number, issue in enumerate(labels)}
    figure = go.Figure()
    for state in STATES:
        cells = drawn[drawn["state"].eq(state)]
        if not cells.empty:
            _add_cells(figure, state, cells.assign(
                row=cells["district"].map(rows),
                column=cells["issue"].map(columns),
                told=[_told(row, labels, names) for row in cells.to_dict("records")],
            ))  # fmt: skip
    set_rows(figure, [names.get(district, district) for district in held])
    figure.update_xaxes(
        side="top",
        tickvals=list(columns.values()),
        ticktext=[_downwards(label) for label in labels.values()],
        tickangle=0,
        range=[-0.5, len(columns) - 0.5],
        showgrid=False,
    )
    figure.update_layout(barmode="overlay", hovermode="closest")
    # Below the rows and above the source line, which a page may say itself.
    below = -_LEGEND_GAP / (_CELL_HEIGHT * len(held))
    figure.update_layout(legend={"yref": "paper", "y": below, "yanchor": "top"})
    return _size_table(figure, words, len(held), labels)


def _size_table(
    figure: go.Figure, words: ChartWords, rows: int, labels: Mapping[str, str]
) -> go.Figure:
    """Give each cell room for its word, and the labels on top room for their letters."""
    header = 12 + _LETTER * max(len(_shortened(label)) for label in labels.values())
    left, right = 128, 8
    frame = Frame(
        plot=_CELL_HEIGHT * rows,
        axis=46,
        top=header,
        left=left,
        right=right,
        width=left + right + _CELL_WIDTH * len(labels),
    )
    return dress(figure, words, frame, legend=True)


def _add_cells(figure: go.Figure, state: str, cells: pd.DataFrame) -> None:
    label = STATES[state][0]
    short = _SHORT.get(state, label)
    sign = f"（{short}）" if short != label else ""
    figure.add_bar(
        name=f"{label}{sign} {len(cells)}",
        orientation="h",
        y=cells["row"].tolist(),
        base=[column - 0.47 for column in cells["column"]],
        x=[0.94] * len(cells),
        width=0.9,
        marker=_fill(state),
        text=[short] * len(cells),
        textposition="inside",
        insidetextanchor="middle",
        constraintext="none",
        textangle=0,
        textfont={"size": 10, "color": "#FFFFFF" if state in _WHITE_LABELS else INK},
        customdata=cells["told"].tolist(),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _told(row: Mapping[object, object], labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    district, issue = str(row["district"]), str(row["issue"])
    head = f"{names.get(district, district)}・{labels[issue]}"
    said = in_lines(row["sentence"], HOVER_WIDTH)
    return f"<b>{literal(head)}</b><br>{STATES[str(row['state'])][0]}<br>{said}"


def _fill(state: str) -> dict[str, object]:
    """Return the fill of a state: colour, and a sign where colour alone would not do."""
    return {
        "color": STATE_COLOURS[state],
        "line": {"color": RULE, "width": 1},
        "pattern": {
            "shape": _PATTERNS.get(state, ""),
            "fgcolor": SOFT if state != "no_record" else RULE,
            "fillmode": "overlay",
            "fgopacity": 0.45,
            "size": 7,
            "solidity": 0.15,
        },
    }


def _shortened(label: str) -> str:
    return label if len(label) <= 18 else f"{label[:17]}…"


def _downwards(label: str) -> str:
    """Return a label written from top to bottom, as Japanese tables do."""
    return "<br>".join(literal(letter) for letter in _shortened(label).replace("ー", "｜"))
