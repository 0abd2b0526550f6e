"""Draw gatherings, kinds of voices and themes as plotly figures."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from .chart_style import (
    HOVER_WIDTH,
    INK,
    RULE,
    ChartWords,
    Frame,
    dress,
    in_lines,
    literal,
    say_instead,
    set_rows,
)
from .chart_words import NO_VOICES, kind_words, theme_words, time_words
from .notes import GATHERING_KINDS

ACCENT = "#1A6FA8"
# The kind of a gathering is told by the form of its mark; fill and colour say it again.
_MARKS = {
    "cafe": ("circle", ACCENT),
    "meeting": ("diamond", INK),
    "briefing": ("square-open", INK),
    "survey": ("triangle-up-open", ACCENT),
}
# Okabe and Ito's colours, told apart by every kind of colour vision; the sign says it again.
_THEME_COLOURS = ["#1A6FA8", "#E69F00", "#009E73", "#CC79A7", "#23211D", "#D55E00", "#56B4E9"]
_SYMBOLS = 10
_LEGEND_ROW, _LEGEND_WIDTH = 20, 22  # pixels, characters
_NO_DISTRICT = "地区の記録なし"
_ONE_DAY = 0.22  # of a row: how far gatherings of one day and district stand apart
_MARGIN = pd.Timedelta(days=12)


def draw_time_line(
    gatherings: pd.DataFrame, names: Mapping[str, str], *, source: str = ""
) -> go.Figure:
    """Draw when and where gatherings were held, a row a district, a form of mark a kind.

    Parameters
    ----------
    gatherings
        `date`, `kind`, `district`; those without a date are counted in the subtitle.
    names
        District → name.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    dated = gatherings.dropna(subset=["date"]).sort_values("date", kind="stable")
    dated = dated.assign(
        place=[_NO_DISTRICT if pd.isna(key) else names.get(key, key) for key in dated["district"]],
        kind_label=dated["kind"].map(GATHERING_KINDS),
    )
    words = time_words(dated, len(gatherings) - len(dated), source)
    if dated.empty:
        return say_instead(words, "日付の分かる集まりの記録がまだありません。")
    places = {place: number for number, place in enumerate(dated["place"].unique())}
    beside = dated.groupby(["place", "date"]).cumcount()
    dated = dated.assign(row=dated["place"].map(places) + _ONE_DAY * beside)
    figure = go.Figure()
    for kind, label in GATHERING_KINDS.items():
        own = dated[dated["kind"].eq(kind)]
        if not own.empty:
            _add_gatherings(figure, own, kind, label)
    first, last = dated["date"].min() - _MARGIN, dated["date"].max() + _MARGIN
    figure.update_xaxes(
        type="date",
        range=[f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"],
        dtick=_months((last - first).days),
        tick0="2000-01-01",
        tickformat="%-m月\n%Y年",
        tickangle=0,
        tickfont={"size": 11},
    )
    set_rows(figure, list(places))
    figure.update_yaxes(showgrid=True)
    frame = Frame(plot=max(26 * len(places), 60), axis=54)
    return dress(figure, words, frame, legend=True)


def _add_gatherings(figure: go.Figure, own: pd.DataFrame, kind: str, label: str) -> None:
    symbol, colour = _MARKS[kind]
    said = [
        f"{day.year}年{day.month}月{day.day}日<br>{literal(place)}<br>{label}"
        for day, place in zip(own["date"], own["place"], strict=True)
    ]
    figure.add_scatter(
        x=[f"{day:%Y-%m-%d}" for day in own["date"]],
        y=own["row"].tolist(),
        mode="markers",
        name=f"{label} {len(own)}回",
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        marker={"symbol": symbol, "color": colour, "size": 10, "line": {"width": 1.5}},
    )


def _months(days: int) -> str:
    return "M1" if days <= 370 else "M3" if days <= 1200 else "M12"


def draw_kind_mix(kinds: pd.DataFrame, *, place: str, source: str = "") -> go.Figure:
    """Draw how many statements are of which kind, as horizontal bars with their counts.

    Parameters
    ----------
    kinds
        As `count_kinds` returns it: `kind`, `label`, `statements`; a missing count is hidden.
    place
        Of what the voices are, such as 「所沢市の声」.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    words = kind_words(kinds, place, source)
    told = kinds[kinds["statements"].fillna(1).gt(0)]
    if told.empty:
        return say_instead(words, NO_VOICES)
    hidden = told["statements"].isna()
    counts = told["statements"].fillna(0).astype(int).tolist()
    said = ["X" if no else f"{n}件" for no, n in zip(hidden, counts, strict=True)]
    figure = go.Figure(
        go.Bar(
            y=list(range(len(told))),
            x=[None if no else n for no, n in zip(hidden, counts, strict=True)],
            orientation="h",
            width=0.6,
            marker_color=ACCENT,
            hoverinfo="skip",
        )
    )
    figure.add_scatter(
        y=list(range(len(told))),
        x=counts,
        mode="text",
        text=[f" {words}" for words in said],
        textposition="middle right",
        cliponaxis=False,
        customdata=[f"{literal(label)} {n}" for label, n in zip(told["label"], said, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    most = max(counts)
    figure.update_xaxes(visible=False, range=[0, 1.2 * most or 1])
    figure.update_layout(hovermode="y")
    set_rows(figure, told["label"].tolist())
    return dress(figure, words, Frame(plot=36 * len(told), axis=12))


def draw_theme_sizes(themes: pd.DataFrame, *, title: str, source: str) -> go.Figure:
    """Draw how many texts each theme holds, named by the words that set it apart.

    Parameters
    ----------
    themes
        As `group` returns them.
    title, source
        What the picture says, and the line below it.
    """
    sizes = themes.dropna(subset=["theme"]).groupby(["theme", "words"]).size()
    if sizes.empty:
        return say_instead(theme_words(themes, source), "まとまりを作るには発言が少なすぎます。")
    numbers = sizes.tolist()
    figure = go.Figure(
        go.Bar(
            y=list(range(len(sizes))),
            x=numbers,
            orientation="h",
            marker_color=ACCENT,
            text=[f"{number}件" for number in numbers],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    set_rows(figure, [words for _, words in sizes.index])
    figure.update_xaxes(visible=False, range=[0, 1.15 * max(numbers)])
    words = ChartWords(title, "", source, title)
    return dress(figure, words, Frame(plot=40 * len(sizes), axis=12))


def draw_themes(
    themes: pd.DataFrame, texts: pd.Series | None = None, *, source: str = ""
) -> go.Figure:
    """Draw each text as a point near those that use the same words, a colour and sign a theme.

    Parameters
    ----------
    themes
        As `group` returns them, with `x` and `y`.
    texts
        The texts that the audience may read, indexed by `text_id`: shown when a point is
        touched. The others are points without words.
    source
        The line below the figure.

    Returns
    -------
    plotly.graph_objects.Figure
        Its `layout.meta` holds `title`, `subtitle`, `source` and `alt` as plain text.
    """
    words = theme_words(themes, source)
    placed = themes.dropna(subset=["theme"])
    if placed.empty:
        return say_instead(words, "まとまりを作るには発言が少なすぎます。")
    said = {} if texts is None else texts.to_dict()
    figure = go.Figure()
    for theme, rows in placed.groupby("theme"):
        number = int(str(theme))
        figure.add_scatter(
            x=rows["x"].tolist(),
            y=rows["y"].tolist(),
            mode="markers",
            name=_theme_name(rows),
            customdata=[
                in_lines(said.get(key, rows["words"].iloc[0]), HOVER_WIDTH)
                for key in rows["text_id"]
            ],
            hovertemplate="%{customdata}<extra></extra>",
            marker={
                "color": _THEME_COLOURS[number % len(_THEME_COLOURS)],
                "symbol": number % _SYMBOLS,
                "size": 8,
            },
        )
    border = {"showticklabels": False, "showgrid": False, "linecolor": RULE, "mirror": True}
    figure.update_xaxes(**border)
    figure.update_yaxes(**border)
    axis = 24 + sum(_LEGEND_ROW * (1 + trace.name.count("<br>")) for trace in figure.data)
    dress(figure, words, Frame(plot=440, axis=axis, left=12), legend=True)
    below = {"orientation": "v", "y": -0.02, "yanchor": "top", "x": 0, "itemwidth": 30}
    return figure.update_layout(legend=below)


def _theme_name(rows: pd.DataFrame) -> str:
    words, badge = rows["words"].iloc[0], rows["badge"].iloc[0]
    return in_lines(f"{words}（{len(rows)}件・{badge}）", _LEGEND_WIDTH)
