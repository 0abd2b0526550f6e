"""Write the tables of an audience as one Excel book that a person can sort, filter and print."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .codebook import KINDS
from .levels import whole_percent
from .overlap import STATES
from .packages import repack
from .page import CELL_COLUMNS
from .plan_changes import CHANGES, find_plan_changes
from .plan_table import PLAN_STATES, compare_plans, list_unplanned
from .privacy import ALL_ISSUES
from .publish import SAMPLE_MARK, Publication

HEADER_FILL = PatternFill("solid", fgColor="E9E2D3")
A4 = 9  # Excel's number for the paper
MARKS = {"X", "–"}  # stand where a number would, so they stand to the right

_WIDTHS = {
    "課題": 26,
    "ひとこと": 70,
    "内容": 60,
    "取組": 34,
    "名称": 30,
    "備考": 50,
    "施策": 28,
    "基本目標": 28,
    "計画名": 34,
    "運営主体": 24,
    "前の取組": 30,
    "前の内容": 50,
    "今の取組": 30,
    "今の内容": 50,
    "声": 60,
    "指標": 40,
    "担当課": 16,
    "足りないこと・欠けていること": 60,
    "計画の施策（頁）": 44,
    "手段の手がかり（判断は話し合いで）": 36,
    "いちばん近い施策": 34,
    "説明": 80,
    "項目": 16,
}


def save_workbook(shown: Publication, path: Path, *, caution: str, sources: Sequence[str]) -> None:
    """Write 地区別集計, 課題別集計, 地区×課題, 資源一覧, 施策一覧, 計画対照表 and 出典・注記.

    Hidden counts are `X`, voices of districts without a record are `–`; nothing hidden is in
    the file. Same tables, same bytes.

    Parameters
    ----------
    shown
        The tables of one audience.
    path
        The `.xlsx` file to write.
    caution, sources
        Lines for the last sheet.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    title = shown.settings.name + (f"　{SAMPLE_MARK}" if shown.settings.sample else "")
    for name, table in _tables(shown).items():
        _add_sheet(book, name, table, title)
    _add_sheet(book, "出典・注記", _notes(shown, caution, sources), title)
    stamp = datetime.combine(shown.built, datetime.min.time())
    book.properties.creator = "watamachi-analysis"
    book.properties.created = book.properties.modified = stamp
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(repack(buffer.getvalue(), stamp))


def _tables(shown: Publication) -> dict[str, pd.DataFrame]:
    return {
        "地区別集計": _by_district(shown),
        "課題別集計": _by_issue(shown),
        "地区と課題": _cells(shown),
        "資源一覧": _activities(shown),
        "施策一覧": _measures(shown),
        **{name: table for name, table in _about_plans(shown).items() if len(table)},
    }


def _about_plans(shown: Publication) -> dict[str, pd.DataFrame]:
    """Return what plans are laid beside; a survey without them has none of these."""
    return {
        "計画対照表": _compared(shown),
        "計画に見あたらない声": _unplanned(shown),
        "計画の変わったところ": _changed(shown),
        "計画に載った声": _reported(shown),
    }


def _by_district(shown: Publication) -> pd.DataFrame:
    rows = shown.overlap[shown.overlap["issue"] == ALL_ISSUES].set_index("district")
    rows = rows.loc[shown.districts["district"]]
    table = pd.DataFrame(
        {"コード": rows.index, "地区": shown.districts["name"].to_numpy()}, index=rows.index
    )
    for name, label in {
        "gatherings": "集まり（回）",
        "participants": "参加者（人）",
        "statements": "発言（件）",
    }.items():
        table[label] = _marked(rows[name], rows["state"], blank=False)
    table["状態"] = [STATES[state][0] for state in rows["state"]]
    for name, label in CELL_COLUMNS.items():
        table[label] = _marked(
            rows[name], rows["state"], blank=name not in {"activities_listed", "measures"}
        )
    return table


def _by_issue(shown: Publication) -> pd.DataFrame:
    counts = shown.overlap.groupby(["issue", "state"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=shown.issues.index, columns=list(STATES), fill_value=0)
    table = pd.DataFrame({"分野": shown.issues["group"], "課題": shown.issues["label"]})
    for state, (label, _) in STATES.items():
        table[f"{label}（地区）"] = counts[state]
    return table


def _cells(shown: Publication) -> pd.DataFrame:
    rows = shown.overlap[shown.overlap["issue"] != ALL_ISSUES]
    names = shown.districts.set_index("district")["name"]
    table = pd.DataFrame(
        {
            "コード": rows["district"],
            "地区": rows["district"].map(names),
            "課題": rows["issue"].map(shown.issues["label"]),
            "状態": [STATES[state][0] for state in rows["state"]],
        }
    )
    for name, label in CELL_COLUMNS.items():
        table[label] = _marked(
            rows[name], rows["state"], blank=name not in {"activities_listed", "measures"}
        )
    chance = _marked(whole_percent(rows["p_high"]), rows["state"], blank=True)
    table["県平均より高い見込み（%）"] = chance.mask(rows["state"].eq("too_little"), None)
    return table.assign(ひとこと=rows["sentence"])


def _marked(values: pd.Series, states: pd.Series, *, blank: bool) -> pd.Series:
    """Return numbers with X for what is hidden and – where no gathering was held."""
    marks = values.astype(object).where(values.notna(), "X")
    return marks.mask(states.eq("no_record"), "–") if blank else marks


def _activities(shown: Publication) -> pd.DataFrame:
    labels = shown.activity_issues.assign(
        label=shown.activity_issues["issue"].map(shown.issues["label"])
    )
    joined = labels.groupby("activity_id")["label"].agg("、".join)
    names = shown.districts.set_index("district")["name"]
    rows = shown.activities
    return pd.DataFrame(
        {
            "地区": rows["district"].map(names).fillna(rows["district_name"]),
            "名称": rows["name"],
            "種別": rows["category"],
            "課題": rows["activity_id"].map(joined),
            "運営主体": rows["operator"],
            "区分": rows["sector"],
            "曜日・時間・頻度": rows["schedule"],
            "対象": rows["audience"],
            "最終確認日": rows["last_checked"].dt.strftime("%Y-%m-%d"),
            "情報源": rows["source"],
            "備考": rows["note"],
        }
    )


def _measures(shown: Publication) -> pd.DataFrame:
    labels = shown.measure_issues.drop_duplicates(["measure_id", "issue"])
    joined = labels["issue"].map(shown.issues["label"]).groupby(labels["measure_id"]).agg("、".join)
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
            "地区": rows["district"].map(shown.districts.set_index("district")["name"]),
            "課題": rows["issue"].map(shown.issues["label"]),
            "状態": rows["state"].map(PLAN_STATES),
            "足りないこと・欠けていること": rows["sentence"],
            "計画の施策（頁）": rows["measure_lines"],
        }
    )
    for name in ("needs", "wishes", "activities_said", "activities_listed", "measures"):
        blank = name not in {"activities_listed", "measures"}
        table[CELL_COLUMNS[name]] = _marked(rows[name], states, blank=blank)
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


def _notes(shown: Publication, caution: str, sources: Iterable[str]) -> pd.DataFrame:
    limits = shown.settings.thresholds
    rows = [
        ("注意", caution),
        ("見る人", shown.audience_label),
        ("作成日", f"{shown.built:%Y-%m-%d}"),
    ]
    rows += [("状態", f"{label}: {words}") for label, words in STATES.values()]
    rows += [
        ("記号", "X: 人数が少ないため表示しない数（0件ではありません）"),
        ("記号", "–: 集まりの記録がないため数えられない（0件ではありません）"),
        ("計画対照表", "施策の数は市町村のもの。市民・地域・社協の役割は数えません"),
        (
            "計画対照表",
            "手段の手がかりは、声のことばから。事業・組合員活動・市民運動のどれにするかは話し合いで決めます",
        ),
        (
            "計画に見あたらない声",
            "どの施策ともことばや課題が似ていない声。少ない課題の声から並べています",
        ),
        ("記号", "空欄（見込み）: 記録が少なく、まだ言えない"),
        (
            "見込み",
            "集まりのうち困りごとが出た回の割合が、県平均より高い見込み（差が5ポイントまでは半々に数える）。"
            "80%以上で「高い」、20%以下で「低い」と言う",
        ),
        (
            "下限",
            f"声は{limits.statements}件以上・{limits.gatherings}回以上の集まりから。気をつける課題は{limits.sensitive}件以上",
        ),
    ]
    rows += [("出典", source) for source in sources]
    return pd.DataFrame(rows, columns=["項目", "説明"])


def _add_sheet(book: Workbook, name: str, table: pd.DataFrame, title: str) -> None:
    sheet: Worksheet = book.create_sheet(name)
    last = get_column_letter(len(table.columns))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{len(table) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    for part, words in (("oddHeader", title.replace("&", "＆")), ("oddFooter", "&P / &N")):
        getattr(sheet.HeaderFooter, part).center.text = words
    sheet.row_dimensions[1].height = 34  # two lines of headings
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(str(column), 14)
        head = _fill(sheet, 1, number, str(column))
        head.font, head.fill = Font(bold=True), HEADER_FILL
    for row, values in enumerate(table.to_numpy(dtype=object).tolist(), 2):
        for number, value in enumerate(values, 1):
            _fill(sheet, row, number, value)


def _fill(sheet: Worksheet, row: int, column: int, value: object) -> Cell | MergedCell:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
        cell.data_type = "s"  # what a person wrote is never a formula
        side = "right" if value in MARKS else None
        cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True)
    elif isinstance(value, int | float) and not pd.isna(value):
        cell.value = value
        cell.alignment = Alignment(vertical="top")
    return cell
