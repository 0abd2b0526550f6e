"""Write the tables of an audience as one Excel book that a person can sort, filter and print."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from .book_sheets import add_sheet, new_book, pack_book
from .codebook import KINDS
from .issue_groups import join_issues, join_labels
from .levels import whole_percent
from .overlap import STATES
from .page import CELL_COLUMNS
from .plan_sheets import plan_sheets
from .privacy import ALL_ISSUES, mark_counts
from .publish import SAMPLE_MARK, Publication

_WIDTHS = {
    "コード": 9,
    "地区": 18,
    "計画と声": 22,
    "課題": 36,
    "分野": 20,
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
    "発言": 60,
    "発言番号": 24,
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
    """Write 地区別集計, 課題別集計, 地区と課題, 発言一覧, 資源一覧, 施策一覧, 計画対照表 and 出典・注記.

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
    title = shown.settings.name + (f"　{SAMPLE_MARK}" if shown.settings.sample else "")
    book = new_book()
    for name, table in {**_tables(shown), "出典・注記": _notes(shown, caution, sources)}.items():
        add_sheet(book, table, names=(name, title), widths=_WIDTHS)
    path.write_bytes(pack_book(book, datetime.combine(shown.built, datetime.min.time())))


def _tables(shown: Publication) -> dict[str, pd.DataFrame]:
    return {
        "地区別集計": _by_district(shown),
        "課題別集計": _by_issue(shown),
        "地区と課題": _cells(shown),
        **({} if shown.audience == "public" else {"発言一覧": _statements(shown)}),
        "資源一覧": _activities(shown),
        **plan_sheets(shown),
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
        table[label] = mark_counts(rows[name], rows["state"], blank=False)
    table["状態"] = [STATES[state][0] for state in rows["state"]]
    for name, label in CELL_COLUMNS.items():
        table[label] = mark_counts(
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
        table[label] = mark_counts(
            rows[name], rows["state"], blank=name not in {"activities_listed", "measures"}
        )
    percent = rows["p_high"].map(whole_percent, na_action="ignore").astype("Int64")
    chance = mark_counts(percent, rows["state"], blank=True)
    table["県平均より高い見込み（%）"] = chance.mask(rows["state"].eq("too_little"), None)
    return table.assign(ひとこと=rows["sentence"])


def _statements(shown: Publication) -> pd.DataFrame:
    """Return the statements that may be quoted, with what was read in them; wishes among them."""
    rows = shown.statements
    kinds = join_labels(shown.mentions, "text_id", "kind", KINDS)
    return pd.DataFrame(
        {
            "コード": rows["district"],
            "地区": rows["district"].map(shown.districts.set_index("district")["name"]),
            "発言": rows["text"],
            "課題": rows["statement_id"].map(join_issues(shown.mentions, "text_id", shown.issues)),
            "種別": rows["statement_id"].map(kinds),
            "発言番号": rows["statement_id"],
        }
    )


def _activities(shown: Publication) -> pd.DataFrame:
    joined = join_issues(shown.activity_issues, "activity_id", shown.issues)
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
        ("発言一覧", "載せてよい発言だけ。集計の件数は、載せない発言も数えています"),
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
