"""Put together the paper for a board (理事会資料): what was found, a map, a table, what is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from .baseline import Basis, make_document
from .blocks import (
    Beside,
    Block,
    Bullets,
    Column,
    Document,
    Paragraph,
    Picture,
    Row,
    Section,
    Table,
)
from .captions import chart_source, period
from .findings import find_overall
from .levels import SURE
from .pictures import draw_view
from .privacy import ALL_ISSUES
from .publish import Publication
from .sheets import Form, lay_sheets

TITLE = "理事会資料"
# Key in a template → heading, in the order of the paper.
SECTIONS = {
    "お願い": "",
    "目的": "",
    "わかったこと": "わかったこと",
    "課題": "",
    "これから": "",
}
# What a board is asked for → in words.
ASKS = {
    "報告": "わかったことを報告します。気づいたこと、ほかに聞いたほうがよい人や場をお知らせください。",
    "協議": "どの課題から話し合いを始めるか、だれに声をかけるかを、協議してください。",
    "審議": "次の集まりを開くことと、話し合う課題の候補について、審議してください。",
}
_ROWS = 5  # of the table, for the paper is one page
_STEPS = 1
_ERA = ("令和", 2018)  # the year before its first
_MAP = Form(400.0, 480.0, 10.0, legend=-16.0)  # the legend stands below


@dataclass(frozen=True)
class IssueRow:
    """In how many districts an issue came up as shown, and what is there."""

    issue: str
    label: str
    needs: int
    gaps: int
    high: int
    wishes: int


def describe_board(basis: Basis, *, ask: str = "報告", changes: Sequence[str] = ()) -> Document:
    """Return the paper for a board: one page of A4.

    Parameters
    ----------
    basis
        As `gather_basis` returns it.
    ask
        What is asked of the board: a key of `ASKS`.
    changes
        Sentences on what rose or fell over all districts since the last round.

    Raises
    ------
    ValueError
        If it is unknown what is asked.
    """
    if ask not in ASKS:
        raise ValueError(f"「{ask}」は知りません（{'・'.join(ASKS)} のどれか）")
    shown = basis.shown
    rows = count_issues(shown)
    blocks: dict[str, tuple[Block, ...]] = {
        "お願い": (Paragraph(f"{ask}: {ASKS[ask]}", style="finding"),),
        "目的": (Paragraph(say_purpose(shown)),),
        "わかったこと": (Beside(_map(shown), tuple(list_findings(basis, rows, changes))),),
        "課題": (table_issues(rows),) if rows else (),
        "これから": (Paragraph("これから", style="label"), Bullets(tuple(list_steps(basis)))),
    }
    sections = [Section(key, SECTIONS[key], own) for key, own in blocks.items() if own]
    titles = f"{shown.settings.name}　{TITLE}", f"{both_years(shown.built)}　{mark_ask(ask)}"
    return make_document(shown, titles, sections, has_contents=False)


def mark_ask(ask: str) -> str:
    """Return what may be asked of a board, with the one that is asked ticked.

    Examples
    --------
    >>> mark_ask("協議")
    '□報告　■協議　□審議'
    """
    return "　".join(f"{'■' if name == ask else '□'}{name}" for name in ASKS)


def both_years(day: date) -> str:
    """Return a date with the year as councils write it, and as others do.

    Examples
    --------
    >>> both_years(date(2026, 11, 3))
    '令和8年（2026年）11月3日'
    """
    era, before = _ERA
    return f"{era}{day.year - before}年（{day.year}年）{day.month}月{day.day}日"


def say_purpose(shown: Publication) -> str:
    """Return why people met, how often, and how many they were.

    Parameters
    ----------
    shown
        The tables of one audience.
    """
    held, people = shown.totals["gatherings"], shown.totals["participants"]
    if not held:
        met = "集まりの記録は、まだありません。"
    else:
        when = period(shown.gatherings["date"])
        whose = "" if people is None else f"、のべ{people}人"
        met = f"{when}に{held}回の集まり{whose}で声を聞きました。"
    return f"住民が自分たちで「福祉＝幸せ」を計画するために、困りごと・やってみたいこと・活動を地区ごとに集めました。{met}"


def count_issues(shown: Publication) -> list[IssueRow]:
    """Return in how many districts each issue is shown to have come up, the most first.

    Parameters
    ----------
    shown
        The tables of one audience; a hidden count takes no part.
    """
    own = shown.overlap[shown.overlap["issue"].isin(shown.issues.index)]
    flags = pd.DataFrame(
        {
            "issue": own["issue"],
            "needs": own["needs"].fillna(0).gt(0),
            "gaps": own["state"].eq("gap"),
            "high": own["level"].eq("high"),
            "wishes": own["wishes"].fillna(0).gt(0),
        }
    )
    counts = flags.groupby("issue", sort=False).sum().reindex(shown.issues.index).astype(int)
    counts = counts[counts["needs"].gt(0) | counts["wishes"].gt(0)]
    counts = counts.sort_values(["needs", "wishes"], ascending=False, kind="stable")
    counts.insert(0, "label", shown.issues["label"].reindex(counts.index))
    return [IssueRow(*row) for row in counts.itertuples()]


def list_findings(basis: Basis, rows: Sequence[IssueRow], changes: Sequence[str]) -> list[str]:
    """Return three to five findings, each with its numbers and how certain it is.

    Parameters
    ----------
    basis
        As `gather_basis` returns it.
    rows
        As `count_issues` returns them.
    changes
        As in `describe_board`; the first is taken.
    """
    shown = basis.shown
    labels = {str(issue): str(label) for issue, label in shown.issues["label"].items()}
    found = [find_overall(shown.overlap, labels)]
    found += [_say_needs(rows), _say_wishes(rows, shown)] if rows else []
    found += [*changes[:1], *_say_plans(basis)]
    return [*found[:4], _say_reach(shown)]


def _say_needs(rows: Sequence[IssueRow]) -> str:
    most = max(rows, key=lambda row: row.needs)
    if not most.needs:
        return "困りごとの声は、まだ課題ごとに数を示せません。"
    sure = (
        f"うち{most.high}地区は県平均より高い見込みです（{SURE}以上確か）。"
        if most.high
        else f"県平均より高いと{SURE}以上の確かさで言える地区は、まだありません。"
    )
    return f"困りごとの声がいちばん多くの地区で出たのは「{most.label}」（{most.needs}地区）です。{sure}"


def _say_wishes(rows: Sequence[IssueRow], shown: Publication) -> str:
    every = shown.overlap[shown.overlap["issue"].eq(ALL_ISSUES)]
    heard = int(every["wishes"].fillna(0).gt(0).sum())
    most = max(rows, key=lambda row: row.wishes)
    return (
        f"やってみたいの声がいちばん多くの地区で出たのは「{most.label}」（{most.wishes}地区）です。"
        if most.wishes
        else f"やってみたいの声は{heard}地区で出ていますが、課題ごとに数を示せるほどは、まとまっていません。"
        if heard
        else "やってみたいの声は、まだ数を示せません。次の集まりで聞いてみてください。"
    )


def _say_plans(basis: Basis) -> Iterator[str]:
    compared = basis.compared
    if compared.empty:
        return
    lacking = compared[compared["state"].eq("voices_only")]
    read = compared["district"].nunique()
    if lacking.empty:
        yield f"計画を読んだ{read}地区では、数を示せる声のある課題すべてに、計画の施策があります。"
        return
    names = basis.shown.districts.set_index("district")["name"]
    labels = basis.shown.issues["label"]
    first = lacking.iloc[0]
    yield (
        f"計画を読んだ{read}地区で、声はあるのに計画に施策が見あたらない課題が{len(lacking)}件あります"
        f"（{names[first['district']]}の「{labels[first['issue']]}」など）。"
    )


def _say_reach(shown: Publication) -> str:
    total = len(shown.exposure)
    silent = int(shown.exposure["gatherings"].eq(0).sum())
    if not silent:
        return f"{total}地区すべてに集まりの記録があります。"
    where = f"{total}地区のうち{silent}地区には" if silent < total else f"{total}地区のどこにも"
    return f"{where}、まだ集まりの記録がありません。声がないということではありません。"


def table_issues(rows: Sequence[IssueRow]) -> Table:
    """Return the issues that came up in most districts, as a table.

    Parameters
    ----------
    rows
        As `count_issues` returns them.
    """
    heads = ["困りごとの声がある地区", "うち活動がまだ見えない地区", "県平均より高い見込みの地区"]
    numbers = [[row.needs, row.gaps, row.high, row.wishes] for row in rows[:_ROWS]]
    if any(row.wishes for row in rows):
        heads.append("やってみたいの声がある地区")
    columns = (Column("課題", 2.4), *(Column(head, 1.2, is_number=True) for head in heads))
    cells = [
        Row((row.label, *map(str, own[: len(heads)])), "")
        for row, own in zip(rows[:_ROWS], numbers, strict=True)
    ]
    left = len(rows) - _ROWS
    more = f"ほかの{left}課題は一覧表にあります。" if left > 0 else ""
    note = (
        "人数が少なく数を示せない地区は含みません。"
        f"高い見込みは{SURE}以上確かな地区だけです。{more}"
    )
    return Table("声の出た地区が多い課題", columns, tuple(cells), note)


def list_steps(basis: Basis) -> list[str]:
    """Return where to listen next, and a line for the dates, which people fill in.

    Parameters
    ----------
    basis
        As `gather_basis` returns it.
    """
    names = basis.shown.districts.set_index("district")["name"]
    heard = basis.shown.exposure["gatherings"].gt(0)
    first = [code for code in basis.next_steps if heard[code]][:_STEPS]
    steps = [f"次に聞くとよい地区 {names[code]}: {basis.next_steps[code]}" for code in first]
    return [*steps, "次の集まりの日程: ＿＿月＿＿日（　　）　作成者: ＿＿＿＿＿＿＿＿"]


def _map(shown: Publication) -> Picture:
    overview = lay_sheets(shown, _MAP)[0]
    return Picture(
        title="",
        png=draw_view(overview, _MAP),
        words=f"地区ごとの状態の地図。{overview.finding}{overview.rest}。",
        width=8.7,
        source=chart_source(shown),
    )
