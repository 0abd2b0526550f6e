"""Say in words what stands on every output: whose voices, from when, from which sources."""

from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import pandas as pd

from . import __version__
from .boundaries import CREDIT
from .issue_groups import by_group, members_of
from .levels import SURE
from .page import PageWords
from .plan_table import compare_plans
from .publish import SAMPLE_MARK, Publication

FILES = {
    "overlap.html": "わたまち地図（これ一つで開けます）",
    "overlap.xlsx": "地区と課題の一覧表（Excel）",
    "overlap.geojson": "地図ソフト（QGIS など）用のデータ",
    "mentions.csv": "発言ごとの課題と、そう読んだことば",
}
COMPARED, REPORTED = "計画とのつき合わせ", "計画に載った声（市町村の報告。数えていません）"
MOST_TOLD = 4  # names under one heading of a district's panel
PICTURE_FILES = {
    "overlap.pptx": "課題ごとの地図のスライド（PowerPoint。地区の形を一つずつ直せます）",
    "pictures/00_すべての課題.png": "地図の絵（PNG。課題ごとの絵も pictures のフォルダにあります）",
    "pictures/00_すべての課題.svg": "印刷用の地図の絵（SVG。課題ごとの絵も pictures のフォルダにあります）",
}


def list_told(shown: Publication) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return issue or group → district → heading → what was said and is listed about it there.

    Parameters
    ----------
    shown
        The tables of one audience: activities and measures are public by nature, statements are
        those that may be quoted.
    """
    names = shown.activities.set_index("activity_id")["name"]
    measures = shown.measures.assign(page=shown.measures["page"].map(_page_of))
    lines = (measures["initiative"] + measures["page"]).set_axis(measures["measure_id"])
    members = members_of(shown.issues)
    told: dict[str, dict[str, dict[str, list[str]]]] = {}
    texts = "「" + shown.statements.set_index("statement_id")["text"] + "」"
    said = shown.mentions.rename(columns={"text_id": "statement_id"}).dropna(subset=["issue"])
    said = said.merge(shown.statements, on="statement_id")
    for heading, table, key, words in (
        ("集まりの声から", said, "statement_id", texts),
        ("活動・資源の一覧から", shown.activity_issues, "activity_id", names),
        ("市町村の計画から", shown.measure_issues, "measure_id", lines),
    ):
        each = pd.concat([table, by_group(table, members)])
        for about, rows in each.groupby(["issue", "district"], sort=True):
            issue, district = map(str, about)
            own = list(dict.fromkeys(words.reindex(rows[key]).dropna()))
            rest = [f"ほか{len(own) - MOST_TOLD}件"] if len(own) > MOST_TOLD else []
            told.setdefault(issue, {}).setdefault(district, {})[heading] = own[:MOST_TOLD] + rest
    for row in compare_plans(shown).to_dict("records"):
        compared = [row["sentence"], *([f"手段の手がかり: {row['means']}"] if row["means"] else [])]
        told.setdefault(row["issue"], {}).setdefault(row["district"], {})[COMPARED] = compared
    for issue, district, line in _reported(shown):
        own = told.setdefault(issue, {}).setdefault(district, {}).setdefault(REPORTED, [])
        if len(own) < MOST_TOLD:
            own.append(line)
    return told


def _reported(shown: Publication) -> Iterator[tuple[str, str, str]]:
    """Yield issue, district and words of what municipal plans report of voices."""
    for row in shown.reported.to_dict("records"):
        times = f"（{row['voices']}件）" if row["voices"] > 1 else ""
        for district in shown.scheme.areas_of(str(row["district"])) or (row["district"],):
            for issue in filter(None, row["issues"].split("|")):
                yield issue, district, f"「{row['text']}」{times}"


def _page_of(page: object) -> str:
    return "" if pd.isna(page) else f"（{page}頁）"  # type: ignore[call-overload]


def page_words(shown: Publication) -> PageWords:
    """Return what the overlap page says of a survey as a whole."""
    totals, limits = shown.totals, shown.settings.thresholds
    survey = {
        "name": shown.settings.name,
        "sample": shown.settings.sample,
        "built": japanese_date(shown.built),
        "version": __version__,
        "audience": shown.audience,
        "audience_label": shown.audience_label,
        **totals,
        "period": period(shown.gatherings["date"]),
    }
    notes = [
        "発言を節に分け、課題の辞書のことばと、例文に似ていることから読み取ったものを数えています。読みまちがいもあります。住民の意見そのものではありません。",
        "困りごとは「困りごと」と「要望」の発言の件数です。一つの発言が二つの課題に数えられることがあります。",
        "活動は、一覧にあるものと、集まりで語られたものです。",
        f"「県平均より高い（低い）見込み」は、集まりの数の少なさを考えに入れ、ほかの地区と比べて{SURE}以上確かなときだけ示します。",
        f"集まりが{limits.gatherings}回に満たない地区は「まだ言えない」とします。",
    ]
    if shown.audience != "adviser":
        notes.append(
            f"{limits.gatherings}回以上の集まりで{limits.statements}件以上（気をつける課題は{limits.sensitive}件以上）"
            "出た声だけを数で示し、引き算で分かってしまう数も伏せます。"
        )
    if shown.audience == "member":
        notes.append(
            "載せた声は、公開してよいと答えた発言のうち、数を示せるものです。名前や連絡先は伏せています。"
        )
    return PageWords(
        survey=survey,
        caution=caution(shown),
        notes=notes,
        sources=sources(shown),
        credits=[CREDIT] if isinstance(shown.districts, gpd.GeoDataFrame) else [],
        files=[
            (name, label)
            for name, label in FILES.items()
            if name not in {"overlap.html", "mentions.csv"}
        ],
    )


def caution(shown: Publication) -> str:
    """Return the line that stands on every output: voices are not a sample."""
    people, held = shown.totals["participants"], shown.totals["gatherings"]
    if held == 0:
        return "集まりの記録は、まだありません。"
    whose = f"{held}回の集まりで出た声" if people is None else f"参加者{people}人・{held}回の声"
    return f"{whose}であり、地区住民全体の割合ではありません。"


def chart_source(shown: Publication) -> str:
    """Return the line below a chart: whose voices they are, and whether they are invented."""
    mark = f"{SAMPLE_MARK}。" if shown.settings.sample else ""
    return f"{mark}{caution(shown)}"


def sources(shown: Publication) -> list[str]:
    """Return where everything comes from, the official figures with their as-of dates."""
    lines = [f"集まりの記録（{period(shown.gatherings['date'])}、{shown.totals['gatherings']}回）"]
    if len(shown.activities):
        lines.append(f"活動・資源の一覧（{len(shown.activities)}件）")
        told = shown.activities["source"].dropna().drop_duplicates()
        lines += told[told.str.contains("ライセンス")].tolist()  # who gives data may ask for credit
    plans = shown.measures["plan"].dropna().drop_duplicates()
    lines += [f"{plan}" for plan in plans]
    figures = shown.indicators.dropna(subset=["source", "as_of"])
    for source, days in figures[figures["source"].ne("")].groupby("source", sort=False)["as_of"]:
        dates = "・".join(f"{day:%Y-%m-%d}" for day in sorted(days.unique()))
        lines.append(f"{source}（{dates}時点）")
    return list(dict.fromkeys(lines))


def japanese_date(day: date) -> str:
    """Return a date as people write it.

    Examples
    --------
    >>> japanese_date(date(2026, 11, 3))
    '2026年11月3日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def period(days: pd.Series) -> str:
    """Return the months from the first to the last day, '' where no day is known."""
    known = days.dropna()
    if known.empty:
        return "日付の記録なし"
    first, last = known.min(), known.max()
    start = f"{first.year}年{first.month}月"
    return (
        start
        if (first.year, first.month) == (last.year, last.month)
        else f"{start}～{last.year}年{last.month}月"
    )
