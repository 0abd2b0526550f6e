"""Lay out the sheets about plans: measures, 計画対照表, voices without a measure, changes, reports."""

import pandas as pd

from .codebook import KINDS
from .issue_groups import join_issues
from .page import CELL_COLUMNS
from .plan_changes import CHANGES, find_plan_changes
from .plan_table import PLAN_STATES, compare_plans, list_unplanned
from .privacy import mark_counts
from .publish import Publication


def plan_sheets(shown: Publication) -> dict[str, pd.DataFrame]:
    """Return the sheets about plans by their names; of those but the first only what holds a row.

    Parameters
    ----------
    shown
        The tables of one audience.
    """
    sheets = {
        "計画対照表": _compared(shown),
        "計画に見あたらない声": _unplanned(shown),
        "計画の変わったところ": _changed(shown),
        "計画に載った声": _reported(shown),
    }
    return {
        "施策一覧": _measures(shown),
        **{name: table for name, table in sheets.items() if len(table)},
    }


def _measures(shown: Publication) -> pd.DataFrame:
    joined = join_issues(shown.measure_issues, "measure_id", shown.issues)
    rows = shown.measures
    return pd.DataFrame(
        {
            "市町村": rows["district_name"],
            "計画名": rows["plan"],
            "計画期間": rows["period"],
            "基本目標": rows["goal"],
            "施策": rows["policy"],
            "取組": rows["initiative"],
            "主体": rows["role"],
            "内容": rows["text"],
            "指標": rows["indicators"],
            "担当課": rows["office"],
            "頁": rows["page"],
            "課題": rows["measure_id"].map(joined),
        }
    )


def _compared(shown: Publication) -> pd.DataFrame:
    rows = compare_plans(shown)
    states = rows["state"].map({"no_record": "no_record"}).fillna("")
    table = pd.DataFrame(
        {
            "コード": rows["district"],
            "地区": rows["district"].map(shown.districts.set_index("district")["name"]),
            "課題": rows["issue"].map(shown.issues["label"]),
            "計画と声": rows["state"].map(PLAN_STATES),
            "足りないこと・欠けていること": rows["sentence"],
            "計画の施策（頁）": rows["measure_lines"],
        }
    )
    for name in ("needs", "wishes", "activities_said", "activities_listed", "measures"):
        blank = name not in {"activities_listed", "measures"}
        table[CELL_COLUMNS[name]] = mark_counts(rows[name], states, blank=blank)
    return table.assign(**{"手段の手がかり（判断は話し合いで）": rows["means"]})


def _unplanned(shown: Publication) -> pd.DataFrame:
    rows = list_unplanned(shown)
    measures = shown.measures.drop_duplicates("measure_id").set_index("measure_id")
    return pd.DataFrame(
        {
            "地区": rows["district"].map(shown.districts.set_index("district")["name"]),
            "課題": rows["issue"].map(shown.issues["label"]),
            "声": rows["text"],
            "いちばん近い施策": rows["measure_id"].map(measures["initiative"]),
            "重なることば": rows["shared"],
        }
    )


def _changed(shown: Publication) -> pd.DataFrame:
    rows = find_plan_changes(shown.earlier_measures, shown.measures)
    names = shown.measures.drop_duplicates("district").set_index("district")["district_name"]
    return pd.DataFrame(
        {
            "市町村": rows["district"].map(names),
            "変わり方": rows["change"].map(CHANGES),
            "前の計画": rows["earlier_plan"],
            "前の取組": rows["earlier_initiative"],
            "前の内容": rows["earlier_text"],
            "今の計画": rows["plan"],
            "今の取組": rows["initiative"],
            "今の内容": rows["text"],
        }
    )


def _reported(shown: Publication) -> pd.DataFrame:
    rows = shown.reported
    names = shown.measures.drop_duplicates("district").set_index("district")["district_name"]
    labels = {str(issue): str(label) for issue, label in shown.issues["label"].items()}
    return pd.DataFrame(
        {
            "市町村": rows["district"].map(names),
            "課題": ["、".join(labels[i] for i in own.split("|") if i) for own in rows["issues"]],
            "種別": rows["kind"].map(KINDS),
            "声": rows["text"],
            "件数": rows["voices"],
            "載っているところ": rows["place"],
            "計画": rows["plan"],
        }
    )
