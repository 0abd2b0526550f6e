"""Let a person pick a town, an issue, a kind and months, and look: map, words, voices, chart."""

import json
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from .analysis import Analysis
from .bundled import resource_text
from .captions import chart_source
from .chart_style import PAPER, ChartWords, undress, words_of
from .charts import draw_issue_bars
from .codebook import KINDS
from .layout import lay_out
from .looks import look_records
from .overlap import STATES
from .page import for_script, render
from .privacy import ALL_ISSUES
from .publish import SAMPLE_MARK, Publication, publish
from .shares import add_intervals, count_kinds
from .spots import Box, Layout, Spot
from .views import ALL_LABEL, Months, View, list_months, look_up
from .voice_charts import draw_kind_mix

if TYPE_CHECKING:
    from ipywidgets import Widget

MOST_READ = 6  # statements and activities before the fold
NEED_WIDGETS = (
    "えらぶための部品（ipywidgets）が入っていません。"
    'pip install "watamachi-analysis[lab]" で入れてから、もう一度動かしてください。'
)
NO_MONTHS = "日付の記録なし"
_MAP = Box(0.0, 0.0, 620.0, 440.0)  # in the units of the drawing; a phone shrinks it
_PLOTLY = "application/vnd.plotly.v1+json"
_FULL, _WIDE = "100%", "320px"


def explore(analysis: Analysis, *, audience: str = "member") -> "Widget":
    """Return pickers for 地区, 課題, 種別 and 期間, and below them what there is to see.

    Everything comes from the tables of the audience. It works in JupyterLab and in Voilà, and
    asks no network.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    audience
        See `publish`.

    Raises
    ------
    ModuleNotFoundError
        If ipywidgets is not installed; the message says how to get it.
    ValueError
        If the audience is unknown.
    """
    widgets = _load_widgets()
    shown = publish(analysis, audience)
    pickers = _make_pickers(widgets, shown)
    layout = lay_out(shown.districts, _MAP)
    page, chart = widgets.HTML(layout={"width": _FULL}), widgets.Output(layout={"width": _FULL})

    def show(_change: object = None) -> None:
        picked = {name: picker.value for name, picker in pickers.items()}
        months = _span(picked.pop("first"), picked.pop("last"), list_months(shown))
        view = look_up(shown, **picked, months=months)
        figure = draw_view(shown, view)
        page.value = render_view(shown, view, layout, words_of(figure))
        chart.outputs = (_as_output(figure),)

    for picker in pickers.values():
        picker.observe(show, names="value")
    show()
    row = {"display": "flex", "flex_flow": "row wrap", "width": _FULL}
    return widgets.VBox([widgets.Box(list(pickers.values()), layout=row), page, chart])


def draw_view(shown: Publication, view: View) -> Any:  # noqa: ANN401 - a plotly figure
    """Draw the issues of a district, or of one issue the kinds of the voices that are listed.

    Parameters
    ----------
    shown
        The tables of one audience.
    view
        As `look_up` returns it.
    """
    source = chart_source(shown)
    if view.issue == ALL_ISSUES:
        rows = add_intervals(shown.overlap[shown.overlap["district"].eq(view.district)])
        labels = {str(issue): str(label) for issue, label in shown.issues["label"].items()}
        return draw_issue_bars(rows, labels, place=view.name, source=source)
    told = shown.mentions[shown.mentions["text_id"].isin(view.voices["statement_id"])]
    kinds = count_kinds(told[told["issue"].eq(view.issue)])
    return draw_kind_mix(kinds, place=f"{view.name}の「{view.label}」の声", source=source)


def render_view(
    shown: Publication, view: View, layout: Layout, words: ChartWords | None = None
) -> str:
    """Return a view as HTML without script, every word in it escaped.

    Parameters
    ----------
    shown
        The tables of one audience.
    view
        As `look_up` returns it.
    layout
        Where the districts go, as `lay_out` returns it.
    words
        What stands over the chart that follows; None where none does.
    """
    rows = shown.overlap[shown.overlap["issue"].eq(view.issue)]
    states = dict(zip(rows["district"], rows["state"], strict=True))
    names = dict(zip(rows["district"], rows["name"], strict=True))
    upwards = sorted(layout.spots, key=lambda spot: spot.district == view.district)
    return render(
        "explore/view.html.j2",
        css=resource_text("explore/view.css"),
        shown=shown,
        view=view,
        sample=SAMPLE_MARK if shown.settings.sample else "",
        spots=upwards,
        cities=layout.cities,
        box=_MAP,
        outline=_outline,
        district_states=states,
        names=names,
        looks=look_records(),
        states={state: said for state, said in STATES.items() if state in states.values()},
        voices=view.voices.to_dict("records"),
        gatherings=view.gatherings.to_dict("records"),
        most=MOST_READ,
        words=words,
    )


def _outline(spot: Spot) -> str:
    """Return the path of a shape."""
    return "".join(
        f"M{' '.join(f'{x:.1f},{y:.1f}' for x, y in ring.tolist())}Z" for ring in spot.rings
    )


def _load_widgets() -> ModuleType:
    """Import the widgets, which only those who explore need.

    Raises
    ------
    ModuleNotFoundError
        If they are not installed.
    """
    try:
        import ipywidgets
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(NEED_WIDGETS, name=error.name) from error
    return ipywidgets  # type: ignore[no-any-return]


# ---- pickers ----


def _make_pickers(widgets: ModuleType, shown: Publication) -> dict[str, Any]:
    """Return the pickers by what each is for; all are the browser's own, so that keys work."""
    issues = [(str(label), str(issue)) for issue, label in shown.issues["label"].items()]
    months = [(_say_month(month), month) for month in list_months(shown)]
    choices: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {
        "district": ("地区", _list_districts(shown)),
        "issue": ("課題", [(ALL_LABEL, ALL_ISSUES), *issues]),
        "kind": ("種別", [("すべての種別", ""), *((label, kind) for kind, label in KINDS.items())]),
        "first": ("期間（から）", [("はじめから" if months else NO_MONTHS, ""), *months]),
        "last": ("期間（まで）", [("おわりまで" if months else NO_MONTHS, ""), *months]),
    }
    pickers = {
        name: widgets.Dropdown(
            options=options,
            description=label,
            style={"description_width": "6.5em"},
            layout={"width": _WIDE, "max_width": _FULL},
            disabled=len(options) < 2,
        )
        for name, (label, options) in choices.items()
    }
    pickers["district"].value = _choose_first(shown)
    return pickers


def _list_districts(shown: Publication) -> list[tuple[str, str]]:
    held = shown.exposure["gatherings"]
    return [
        (f"{name}（{_say_held(held[code])}）", code)
        for code, name in zip(shown.districts["district"], shown.districts["name"], strict=True)
    ]


def _say_held(held: Any) -> str:  # noqa: ANN401 - a number or pandas' NA
    if pd.isna(held):
        return "集まりの回数は表示しません"
    return f"集まり{held}回" if held else "記録なし"


def _choose_first(shown: Publication) -> str:
    """Return the district with the most to read, or the first with a gathering, or of all."""
    held = shown.exposure["gatherings"].fillna(1).gt(0)
    quoted = shown.statements["district"].value_counts()
    codes = [str(code) for code in shown.districts["district"]]
    return min(codes, key=lambda code: (-quoted.get(code, 0), not held[code]))


def _say_month(month: str) -> str:
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def _span(first: str, last: str, months: Sequence[str]) -> Months | None:
    """Return the months between two pickers, of which either may be left open."""
    return (first or months[0], last or months[-1]) if first or last else None


def _as_output(figure: Any) -> dict[str, Any]:  # noqa: ANN401 - a plotly figure
    """Return a figure as the output of a cell: JupyterLab and Voilà draw it, both offline.

    The page says its words, which then break where a phone needs it.
    """
    bare = json.loads(for_script(undress(figure)))
    bare["layout"]["paper_bgcolor"] = PAPER  # a dark JupyterLab would make the ink unreadable
    data = {_PLOTLY: bare, "text/plain": words_of(figure).alt}
    return {"output_type": "display_data", "data": data, "metadata": {}}
