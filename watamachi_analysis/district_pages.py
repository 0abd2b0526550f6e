"""Draw one page per district, with the voices an audience may read, and the page listing all."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from .bundled import resource_text
from .captions import chart_source
from .chart_page import PLOTLY_FILE, PageCharts, page_charts
from .charts import draw_issue_bars
from .codebook import KINDS
from .issue_groups import join_issues
from .levels import compare
from .maps import draw_locator
from .overlap import STATES
from .page import CELL_COLUMNS, PageWords, content_policy, render
from .plan_table import PLAN_STATES, compare_plans
from .privacy import ALL_ISSUES
from .publish import Publication
from .shares import KIND_ORDER, add_intervals, count_kinds, first_kinds
from .voice_charts import draw_kind_mix


@dataclass(frozen=True)
class DistrictView:
    """What the page of one district shows, ready to be drawn.

    Attributes
    ----------
    district, exposure, total
        Its row of the districts, what it could have said, and its row of all issues.
    issues
        Its issues, most needs first: label, state, sentence, how it stands to the prefecture,
        numbers as shown (`X`, `–`).
    voices
        Kind label → statements, each as (text, is evidence) parts.
    compared
        Its plan beside what was said, an issue each; empty where no plan was read.
    activities, measures, indicators
        Its lists and official figures.
    """

    district: Mapping[str, object]
    exposure: Mapping[str, object]
    total: Mapping[str, object]
    issues: list[dict[str, object]]
    voices: dict[str, list[list[tuple[str, bool]]]]
    activities: list[dict[str, object]]
    compared: list[dict[str, object]]
    measures: list[dict[str, object]]
    indicators: list[dict[str, object]]


def district_view(
    shown: Publication, district: str, compared: pd.DataFrame | None = None
) -> DistrictView:
    """Gather what the page of a district shows.

    Parameters
    ----------
    shown
        The tables of one audience.
    district
        A code of `shown.districts`.
    compared
        As `compare_plans` returns it; what is computed once serves all districts.
    """
    row = shown.districts.set_index("district").loc[district]
    rows = shown.overlap[shown.overlap["district"] == district]
    issues = rows[rows["issue"] != ALL_ISSUES].sort_values(
        ["needs", "wishes", "activities_listed"], ascending=False, kind="stable", na_position="last"
    )
    units = {district, *shown.scheme.units_of(district)}
    return DistrictView(
        district={"code": district, **row.drop("geometry", errors="ignore")},
        exposure={str(k): _figure(v) for k, v in shown.exposure.loc[district].items()},
        total=_issue_row(rows[rows["issue"] == ALL_ISSUES].to_dict("records")[0], shown),
        issues=[_issue_row(issue, shown) for issue in issues.to_dict("records")],
        voices=_voices(shown, district),
        activities=_activities(shown, district),
        compared=_compared(shown, district, compared),
        measures=_records(shown.measures[shown.measures["district"].isin(units)]),
        indicators=_records(shown.indicators[shown.indicators["district"].isin(units)]),
    )


def _figure(value: Any) -> str:  # noqa: ANN401 - a number, or what stands for none
    return "X" if pd.isna(value) else f"{value}"


def _issue_row(row: Mapping[Any, Any], shown: Publication) -> dict[str, object]:
    no_record = row["state"] == "no_record"
    numbers = {
        name: "–"
        if no_record and name not in {"activities_listed", "measures"}
        else _figure(row[name])
        for name in CELL_COLUMNS
    }
    label = shown.issues["label"].get(row["issue"], "すべての課題")
    said = {"sentence": row["sentence"], "compared": compare(row)}
    return {"label": label, "state": row["state"], **said, **numbers}


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    filled = table.astype(object).where(table.notna(), "")
    return [{str(k): v for k, v in record.items()} for record in filled.to_dict("records")]


def _compared(
    shown: Publication, district: str, compared: pd.DataFrame | None
) -> list[dict[str, object]]:
    """Return the plan beside the voices: what is lacking first, what neither tells of left out."""
    rows = compare_plans(shown) if compared is None else compared
    rows = rows[rows["district"].eq(district) & rows["state"].ne("neither")]
    order = ["voices_only", *(state for state in PLAN_STATES if state != "voices_only")]
    rows = rows.sort_values("state", key=lambda states: states.map(order.index), kind="stable")
    labels = {str(issue): label for issue, label in shown.issues["label"].items()}
    return [
        record
        | {
            "label": labels[str(record["issue"])],
            "lines": str(record["measure_lines"]).split("\n") if record["measure_lines"] else [],
        }
        for record in _records(rows)
    ]


def _activities(shown: Publication, district: str) -> list[dict[str, object]]:
    about = shown.activity_issues[shown.activity_issues["district"] == district]
    labels = join_issues(about, "activity_id", shown.issues)
    rows = shown.activities[shown.activities["district"] == district]
    return _records(rows.assign(labels=rows["activity_id"].map(labels).astype(object).fillna("")))


def _voices(shown: Publication, district: str) -> dict[str, list[list[tuple[str, bool]]]]:
    said = shown.statements[shown.statements["district"] == district].set_index("statement_id")[
        "text"
    ]
    mentions = shown.mentions[shown.mentions["text_id"].isin(said.index)]
    kinds = first_kinds(mentions)
    voices: dict[str, list[list[tuple[str, bool]]]] = {}
    for kind in KIND_ORDER:
        ids = [key for key in said.index if kinds.get(key, "other") == kind]
        if ids:
            voices[KINDS[kind]] = [
                _marked(str(said[key]), mentions[mentions["text_id"] == key]) for key in ids
            ]
    return voices


def _marked(text: str, mentions: pd.DataFrame) -> list[tuple[str, bool]]:
    """Split a statement where the words that proved its issues begin and end."""
    spans = mentions.dropna(subset=["start"])[["start", "end"]].astype(int)
    is_evidence = [False] * len(text)
    for start, end in zip(spans["start"].tolist(), spans["end"].tolist(), strict=True):
        is_evidence[start:end] = [True] * (end - start)
    edges = [
        0,
        *(i for i in range(1, len(text)) if is_evidence[i] != is_evidence[i - 1]),
        len(text),
    ]
    return [(text[a:b], is_evidence[a]) for a, b in itertools.pairwise(edges) if a < b]


def district_charts(shown: Publication, district: str) -> PageCharts:
    """Draw the figures of a district's page: issues with intervals, and kinds of its voices.

    Parameters
    ----------
    shown
        The tables of one audience.
    district
        A code of `shown.districts`.
    """
    name = str(shown.districts.set_index("district").at[district, "name"])
    labels = {str(issue): str(label) for issue, label in shown.issues["label"].items()}
    source = chart_source(shown)
    rows = add_intervals(shown.overlap[shown.overlap["district"] == district])
    said = shown.statements.loc[shown.statements["district"] == district, "statement_id"]
    figures = {"issue-bars": draw_issue_bars(rows, labels, place=name, source=source)}
    if len(said):
        kinds = count_kinds(shown.mentions[shown.mentions["text_id"].isin(said)])
        figures["kind-mix"] = draw_kind_mix(kinds, place=f"{name}の声", source=source)
    return page_charts(figures)


def render_district(
    shown: Publication, view: DistrictView, charts: PageCharts | None = None
) -> str:
    """Return the HTML page of one district; it asks no network.

    Parameters
    ----------
    shown
        The tables of one audience.
    view
        As `district_view` gathers it.
    charts
        As `district_charts` draws them: then plotly.js is read from the folder above. Without
        them the page has no script.
    """
    return render(
        "report/district.html.j2",
        csp=content_policy([charts.script], beside=True) if charts else content_policy([]),
        css=resource_text("report/report.css"),
        shown=shown,
        view=view,
        charts=charts,
        library=PLOTLY_FILE,
        locator=draw_locator(shown.districts, str(view.district["code"])),
        columns=CELL_COLUMNS,
        states=STATES,
        plan_states=PLAN_STATES,
    )


def render_index(
    shown: Publication, pages: Mapping[str, str], files: Mapping[str, str], *, words: PageWords
) -> str:
    """Return the page that says what is in the folder and where to begin."""
    table = shown.districts[["district", "name", "area", "kana"]].join(
        shown.exposure, on="district"
    )
    return render(
        "report/index.html.j2",
        csp=content_policy([]),
        css=resource_text("report/report.css"),
        shown=shown,
        words=words,
        files=files,
        districts=_records(
            table.assign(page=[pages.get(district, "") for district in table["district"]])
        ),
        has_boundaries=isinstance(shown.districts, gpd.GeoDataFrame),
    )
