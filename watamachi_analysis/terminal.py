"""Say at the terminal how far work is, what was read, and what was made."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.tree import Tree

from .analysis import Analysis
from .delivery import Delivery
from .errors import LEVEL_LABELS, InputError, Problems
from .mending import close_title
from .plan_check import CheckedPlan
from .plan_reading import ParsedPlan, describe_pages
from .privacy import AUDIENCES
from .progress import Progress as Step
from .review import agreement
from .survey import Survey

SHOWN_PROBLEMS = 30
SHOWN_DISTRICTS = 10
PARTS = {"districts": "地区のページ", "pictures": "絵"}  # folders of many files
console = Console(highlight=False, soft_wrap=True)


class Audience(StrEnum):
    """For whom the outputs are made."""

    adviser = "adviser"
    member = "member"
    public = "public"


Folder = Annotated[Path, typer.Argument(help="調査フォルダ", show_default=False)]
Before = Annotated[
    list[Path] | None,
    typer.Option(
        "--before",
        help="前に配ったものの調査フォルダ。比べて分かる数も伏せます（配った順に、いくつでも）",
    ),
]
For = Annotated[
    Audience,
    typer.Option(
        "--audience", help="見る人: adviser 地域福祉アドバイザー / member 組合員 / public 公開"
    ),
]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a person can mend into one line and exit code 1.

    Raises
    ------
    typer.Exit
        Instead of the error.
    """
    try:
        yield
    except InputError as error:
        console.print(f"[bold]できませんでした。[/bold]{escape(str(error))}")
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        console.print("中断しました。前に作ったものはそのままです。")
        raise typer.Exit(130) from error


@contextmanager
def progress_bar() -> Iterator[Step]:
    """Show a progress bar; give the function that moves it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("はじめています", total=1.0)

        def step(stage: str, share: float) -> None:
            progress.update(task, description=escape(stage), completed=share)

        yield step


def print_files(survey: Survey) -> None:
    """Print where the rows of each file went."""
    table = Table(title=f"読んだファイル（{escape(survey.settings.name)}）", title_justify="left")
    table.add_column("ファイル", overflow="fold")
    for name in ("行", "見出しなど", "読めた", "下に示す", "できた件数"):
        table.add_column(name, justify="right")
    for row in survey.files.itertuples(index=False):
        numbers = (row.rows, row.used, row.read, row.reported, row.records)
        table.add_row(escape(str(row.file)), *map(str, numbers))
    sums = survey.files[["rows", "used", "read", "reported", "records"]].sum()
    table.add_section()
    table.add_row("合計", *map(str, sums))
    console.print(table)
    balance = f"{sums['used']} + {sums['read']} + {sums['reported']} = {sums['rows']}"
    console.print(f"行の突き合わせ: 見出しなど + 読めた + 下に示す = {balance}（ファイルの行数）")


def print_problems(problems: Problems, *, every: bool) -> None:
    """Print what should be mended or looked at; the first of them unless `every`."""
    shown = problems.items if every else problems.items[:SHOWN_PROBLEMS]
    for problem in shown:
        console.print(f"- ［{LEVEL_LABELS[problem.level]}］{escape(str(problem))}")
    if len(problems) > len(shown):
        console.print(
            f"  ほかに {len(problems) - len(shown)} 件。watamachi check ですべて見られます。"
        )


def print_reading(survey: Survey) -> None:
    """Print what was read, and what was not understood."""
    held = survey.gatherings
    lost = int(held["district"].isna().sum())
    console.print()
    console.print(
        f"[bold]読んだもの[/bold]: {len(survey.files)}ファイル、集まり{len(held)}回、発言{len(survey.statements)}件、"
        f"施策{len(survey.measures)}件、活動{len(survey.activities)}件、公的な数字{len(survey.indicators)}件"
    )
    errors = len(survey.problems.errors)
    place = f"、地区の分からない集まり{lost}回" if lost else ""
    console.print(
        f"[bold]わからなかったもの[/bold]: 直すもの{errors}件、確かめるもの{len(survey.problems.notices)}件{place}"
    )


def print_corrections(analysis: Analysis) -> None:
    """Print how often the rules agree with what an adviser corrected."""
    corrections = analysis.survey.corrections
    if len(corrections):
        found, asked = agreement(analysis.rules, corrections)
        console.print(
            f"[bold]直したもの[/bold]: 発言{len(corrections)}件"
            f"（直したあとの課題{asked}件のうち、規則も読み取っていたのは{found}件）"
        )


def print_where_next(ranked: pd.DataFrame, *, every: bool) -> None:
    """Print in which districts one more gathering would tell most."""
    shown = ranked if every else ranked.head(SHOWN_DISTRICTS)
    table = Table(title="次に聞くと、多くが分かる地区", title_justify="left")
    table.add_column("地区", overflow="fold")
    for head in ("集まり（回）", "まだ言えない課題", "1回で分かる課題"):
        table.add_column(head, justify="right")
    for row in shown.to_dict("records"):
        numbers = (row["gatherings"], row["open_issues"], f"{row['settles']:.1f}")
        table.add_row(escape(row["name"]), *map(str, numbers))
    console.print(table)
    console.print(
        "「1回で分かる課題」は、もう1回の集まりで、困りごとが県平均より高いか低いかの見通しが立つ課題の数の見込みです。"
    )
    rest = ranked.iloc[len(shown) :]
    if len(rest):
        equal = int(rest["settles"].eq(shown["settles"].iloc[-1]).sum())
        like = f"（うち{equal}地区は、最後の地区と見込みが同じ）" if equal else ""
        console.print(f"ほかに{len(rest)}地区{like}。--all ですべて見られます。")


def print_plan(checked: CheckedPlan) -> None:
    """Print the headings of a plan as a tree with pages, what was read of it, and the book."""
    parsed = checked.parsed
    name = escape(PurePath(parsed.tally.file).name)
    tree = _tree(name, parsed)
    console.print(tree)
    if not tree.children:
        console.print("見出しが見つかりません。章や目次のある、計画の本文を指定してください。")
    for problem in parsed.problems:
        console.print(f"- ［{LEVEL_LABELS[problem.level]}］{escape(str(problem))}")
    first = parsed.measures.iloc[0] if len(parsed.measures) else None
    if first is not None:
        period = first["period"] or "期間は不明"
        whose = f"{first['district_name']}「{first['plan']}」（{period}）"
        console.print(f"[bold]計画[/bold]: {escape(whose)}")
    read = len(parsed.mended[parsed.mended["is_used"]])
    roles = parsed.mended["role"].ne("") & parsed.mended["is_used"]
    others = f"、ほかに市民・地域などの役割{roles.sum()}件" if roles.any() else ""
    console.print(
        f"[bold]読んだもの[/bold]: 施策{read - roles.sum()}件{others}、見出し{_count_headings(parsed)}"
    )
    if len(parsed.pages):
        parts = " + ".join(describe_pages(parsed.pages))
        console.print(f"[bold]ページ[/bold]: 全{len(parsed.pages)}ページ = {parts}")
    console.print(
        f"[bold]読まなかったもの[/bold]: 施策として読まなかった文{len(parsed.left)}か所（表にページといっしょにあります）"
    )
    console.print(f"[bold]できたもの[/bold]: {escape(str(checked.book))}")
    if checked.kept:
        console.print(f"  前の表は {escape(checked.kept.name)} に残しました。")
    console.print("見出しの段や施策を直して保存すると、次の watamachi build で使われます。")


def _tree(name: str, parsed: ParsedPlan) -> Tree:
    trees = [Tree(f"[bold]{name}[/bold]")]
    titles: list[str] = []
    printed = dict(zip(parsed.pages["page"], parsed.pages["printed"], strict=True))
    times = _count_below(parsed.mended[parsed.mended["is_used"]])
    for row in parsed.outline.dropna(subset=["level"]).to_dict("records"):
        title = close_title(row["text"].strip()).rstrip("。")
        if row["level"] == 0:
            trees[-1].label = f"{trees[-1].label}{escape(title)}"
            titles[-1] += title
            continue
        level = int(row["level"])
        del trees[level:], titles[level - 1 :]
        titles.append(title)
        page = printed.get(row["page"])
        place = row["place"] if page is None or pd.isna(page) else f"{page:.0f}頁"
        found = max(times[tuple(titles[start:])] for start in range(len(titles)))
        count = f" [bold]施策{found}[/bold]" if found else ""
        trees.append(trees[-1].add(f"{escape(title)} [dim]{escape(str(place))}[/dim]{count}"))
    return trees[0]


def _count_below(measures: pd.DataFrame) -> Counter[tuple[str, ...]]:
    """Return titles from a goal down → how many measures stand below."""
    times: Counter[tuple[str, ...]] = Counter()
    for goal, policy in zip(measures["goal"], measures["policy"], strict=True):
        path = (goal, *(policy.split(" > ") if policy else ()))
        times.update(path[:end] for end in range(1, len(path) + 1))
    return times


def _count_headings(parsed: ParsedPlan) -> str:
    levels = parsed.outline["level"].dropna()
    counts = levels[levels.gt(0)].value_counts().sort_index()
    return "・".join(f"{level}段目{count}" for level, count in counts.items()) or "なし"


def print_made(audience: str, out: Path, written: list[Path]) -> None:
    """Print what was made, and where to begin."""
    inside = {name: sum(path.parent.name == name for path in written) for name in PARTS}
    parts = "、".join(f"{PARTS[name]}{count}枚" for name, count in inside.items() if count)
    about = f"{AUDIENCES[audience]}、{len(written)}ファイル" + (f"（{parts}）" if parts else "")
    console.print(f"[bold]できたもの[/bold]: {about}")
    for path in written:
        if path.parent.name not in PARTS:
            console.print(f"  {escape(str(path))}")
    console.print(f"まず {escape(str(out / 'index.html'))} を開いてください。")


def print_reports(out: Path, delivery: Delivery) -> None:
    """Print which reports were made, and what of a person's was kept."""
    endings = Counter(path.suffix for path in delivery.written if not path.name.startswith("00_"))
    tops = [path for path in delivery.written if path.name.startswith("00_")]
    console.print(f"[bold]できたもの[/bold]: {escape(str(out))} に{len(delivery.written)}ファイル")
    console.print(f"  地区基礎調査: Word {endings['.docx']}・ページ {endings['.html']}")
    for path in tops:
        console.print(f"  {escape(path.name)}")
    for path in delivery.kept:
        console.print(f"手を入れたファイルは {escape(path.name)} に残しました。")
    for problem in delivery.problems:
        console.print(f"- ［{LEVEL_LABELS[problem.level]}］{escape(str(problem))}")
