"""Put figures into pages that ask no network: beside plotly.js, or with it in one file."""

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from .bundled import plotly_text, resource_text
from .chart_style import ChartWords, undress, words_of
from .page import Page, content_policy, for_script, one_line_end, render

PLOTLY_FILE = "plotly.min.js"


@dataclass(frozen=True)
class PageCharts:
    """The figures of one page.

    Attributes
    ----------
    words
        The name of each figure → title, subtitle, source and alternative text.
    data
        All figures as JSON that is safe inside a script element.
    script
        What draws them.
    """

    words: Mapping[str, ChartWords]
    data: str
    script: str


def page_charts(figures: Mapping[str, go.Figure]) -> PageCharts:
    """Return the figures of a page as words, data and script.

    Parameters
    ----------
    figures
        The id of the element to draw in → figure, as the `draw_` functions return it.
    """
    return PageCharts(
        words={name: words_of(figure) for name, figure in figures.items()},
        data=for_script({name: undress(figure) for name, figure in figures.items()}),
        script=one_line_end(resource_text("page/charts.js")),
    )


def figure_page(figure: go.Figure) -> Page:
    """Return one figure as a whole page with plotly.js in it: a single file of 5 MB, offline.

    Parameters
    ----------
    figure
        As the `draw_` functions return it.

    Examples
    --------
    >>> import pandas as pd
    >>> import watamachi_analysis as wm
    >>> kinds = wm.count_kinds(pd.DataFrame({"text_id": ["s1"], "kind": ["wish"]}))
    >>> "やってみたい" in figure_page(wm.draw_kind_mix(kinds, place="所沢市の声")).html
    True
    """
    charts = page_charts({"chart": figure})
    library = one_line_end(plotly_text())
    page = render(
        "page/figure.html.j2",
        csp=content_policy([library, charts.script]),
        css=resource_text("report/report.css"),
        charts=charts,
        library=library,
    )
    return Page(page)
