"""Say at the terminal how far work is, what was read, and what was made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.tree import Tree

from .analysis import Analysis
from .errors import LEVEL_LABELS, InputError, Problems
from .privacy import AUDIENCES
from .progress import Progress as Step
from .review import agreement
from .survey import Survey

SHOWN_PROBLEMS = 30
SHOWN_DISTRICTS = 10
PARTS = {"districts": "地区のページ", "pictures": "絵"}  # folders of many files
_LINES = {
    "heading": "見出し", "label": "小見出し", "role": "役割", "toc": "目次", "page": "柱とページ番号",
    "cover": "表紙", "speaker": "発言者", "bullet": "箇条書き", "body": "本文",
}  # fmt: skip
console = Console(highlight=False, soft_wrap=True)


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


def part_of(step: Step, start: float, end: float) -> Step:
    """Return a function that moves the bar from `start` to `end` for one stage."""

    def part(stage: str, share: float) -> None:
        step(stage, start + (end - start) * share)

    return part


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


def print_outline(name: str, outline: pd.DataFrame) -> None:
    """Print the headings of a plan as a tree, and where its other lines went."""
    trees = [Tree(f"[bold]{escape(name)}[/bold]")]
    for row in outline.dropna(subset=["level"]).to_dict("records"):
        label = escape(row["text"].strip())
        if row["level"] == 0:
            trees[-1].label = f"{trees[-1].label}{label}"
            continue
        del trees[row["level"] :]
        trees.append(trees[-1].add(f"{label} [dim]{escape(row['place'])}[/dim]"))
    console.print(trees[0])
    if not trees[0].children:
        console.print("見出しが見つかりません。章や目次のある、計画の本文を指定してください。")
    counts = outline["mark"].map(_LINES).value_counts()
    told = "、".join(
        f"{label}{counts[label]}" for label in dict.fromkeys(_LINES.values()) if label in counts
    )
    console.print(f"全{len(outline)}行: {told}")


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
