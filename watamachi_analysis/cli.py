"""Speak to a person at the terminal: new, check, build. The only room that prints."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from . import __version__
from .analysis import analyse, find_doubtful_places
from .boundaries import SOURCE
from .codebook import KINDS, load_codebook
from .download import Server, describe_part, fetch_boundaries
from .editions import YEARS, Edition
from .errors import Problems
from .explanation import explain as explain_text
from .lint import lint_terms
from .office import MEGABYTE
from .plan_check import check_plan
from .progress import part_of
from .publish import publish_in_turn
from .report_commands import analyse_earlier, report, words
from .reports import write_maps, write_review_book
from .review import REVIEW_FILE
from .settings import read_settings
from .survey import find_folder, load_survey
from .templates import new_survey
from .terminal import (
    Audience,
    Before,
    Folder,
    For,
    console,
    plain_errors,
    print_corrections,
    print_files,
    print_made,
    print_plan,
    print_problems,
    print_reading,
    progress_bar,
)

app = typer.Typer(
    help="わたまちカフェの記録と地域福祉計画を読み、困りごとと活動の重なりを地区ごとの地図にします。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        console.print(f"watamachi {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="版を表示します。"),
    ] = False,
) -> None:
    """わたまちカフェの記録と地域福祉計画を読み、困りごとと活動の重なりを地区ごとの地図にします。"""


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="新しく作る調査フォルダ", show_default=False)],
) -> None:
    """調査フォルダを作ります。記入用のひな形と設定が入ります。"""
    with plain_errors():
        written = new_survey(folder)
    console.print(f"調査フォルダ「{escape(str(folder))}」を作りました。", style="bold")
    for path in written:
        console.print(f"  {escape(str(path))}")
    console.print("ひな形に書き込んだら、次の行で確かめます。")
    console.print(f"  watamachi check {escape(str(folder))}")


@app.command()
def check(folder: Folder) -> None:
    """何が読めて、何が読めなかったかを、直し方といっしょに示します。直すものがあると終了コードは 1 です。"""  # noqa: DOC501 - shown as help
    with plain_errors(), progress_bar() as progress:
        survey = load_survey(folder, progress=part_of(progress, 0.0, 0.7))
        progress("辞書のことばを確かめています", 0.7)
        doubts = lint_terms(survey.own_terms, survey.codebook, survey.statements["text"])
        progress("地名を確かめています", 0.9)
        doubts += find_doubtful_places(survey)
    survey = replace(survey, problems=Problems.of([*survey.problems, *doubts]))
    print_files(survey)
    print_problems(survey.problems, every=True)
    print_reading(survey)
    if survey.problems.errors:
        raise typer.Exit(1)


@app.command()
def build(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="書き出す先のフォルダ")] = Path("maps"),
    audience: For = Audience.member,
    before: Before = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="地図の下に地理院タイルを敷きます（見るときにネットが要ります）"
        ),
    ] = False,
    charts: Annotated[
        bool,
        typer.Option("--charts", help="地区のページに図も入れます（図の部品 4.8 MB が付きます）"),
    ] = False,
    png: Annotated[
        bool, typer.Option("--png", help="課題ごとの地図の絵（PNG）も作ります。")
    ] = False,
    svg: Annotated[bool, typer.Option("--svg", help="印刷用の絵（SVG）も作ります。")] = False,
    pptx: Annotated[
        bool, typer.Option("--pptx", help="形を直せるスライド（PowerPoint）も作ります。")
    ] = False,
) -> None:
    """地図・地区ごとのページ・一覧表を作ります。"""
    wanted = {"online": online, "charts": charts, "png": png, "svg": svg, "pptx": pptx}
    asked = [name for name, is_wanted in wanted.items() if is_wanted]
    start = 0.4 if asked else 0.7
    with plain_errors(), progress_bar() as progress:
        survey = load_survey(folder, progress=part_of(progress, 0.0, 0.2))
        analysis = analyse(survey, progress=part_of(progress, 0.2, start))
        earlier = analyse_earlier(before or [], part_of(progress, start, start))
        written = write_maps(
            analysis,
            out,
            audience=audience.value,
            before=publish_in_turn(earlier, audience.value),
            extras=asked,
            progress=part_of(progress, start, 1.0),
        )
    print_problems(survey.problems, every=False)
    print_reading(survey)
    print_corrections(analysis)
    print_made(audience.value, out, written)


@app.command()
def review(folder: Folder) -> None:
    """課題と種別の読み取りを直すための表（review.xlsx）を、調査フォルダに作ります。"""
    with plain_errors(), progress_bar() as progress:
        survey = load_survey(folder, progress=part_of(progress, 0.0, 0.3))
        analysis = analyse(survey, progress=part_of(progress, 0.3, 1.0))
        kept = write_review_book(analysis, folder)
    print_problems(survey.problems, every=False)
    book = escape(str(folder / REVIEW_FILE))
    console.print(f"[bold]できたもの[/bold]: {book}（発言{len(survey.statements)}件）")
    if kept:
        console.print(f"前の表は {escape(str(kept))} に残しました。")
    console.print("Excel で課題と種別を選び直して保存すると、次の build で使われます。")


app.command()(report)
app.command()(words)


@app.command()
def plan(
    file: Annotated[
        Path,
        typer.Argument(help="計画（.pdf・.docx・.txt・.md）", show_default=False),
    ],
) -> None:
    """計画の見出しの木と、ページごとに何を読んだかを示し、直すための表（plan_review.xlsx）を作ります。直すと次の build で使われます。"""
    with plain_errors(), progress_bar() as progress:
        checked = check_plan(file, progress=progress)
    print_plan(checked)


@app.command()
def boundaries(
    folder: Folder,
    year: Annotated[
        int, typer.Option("--year", help=f"何年1月1日の境界か（{'・'.join(map(str, YEARS))}）")
    ] = YEARS[0],
    prefecture: Annotated[
        str,
        typer.Option("--prefecture", help="都道府県の番号（2けた）。ふつうは設定のとおりです。"),
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="もうあっても、取り直します。")] = False,
    base_url: Annotated[str, typer.Option("--base-url", hidden=True)] = Server().base,
) -> None:
    """国土数値情報の行政区域データ（N03）を受け取り、調査フォルダの boundaries に入れます。"""  # noqa: DOC501 - shown as help
    with plain_errors(), progress_bar() as progress:
        asked = prefecture or read_settings(find_folder(folder)).prefecture
        edition, server = Edition(year, asked), Server(base_url)
        try:
            got = fetch_boundaries(folder, edition, again=again, server=server, progress=progress)
        except KeyboardInterrupt:
            if kept := describe_part(folder, edition):
                console.print(f"{escape(kept)}。")
            raise
    if not got.is_new:
        console.print(f"境界データ {escape(str(got.path))} がもうあります。")
        console.print("何も変えていません。取り直すときは --again を付けてください。")
        return
    size = f"{got.size / MEGABYTE:.1f} MB"
    console.print(f"[bold]できたもの[/bold]: {escape(str(got.path))}（{size}）出典: {SOURCE}")
    for other in got.beside:
        console.print(
            f"[bold]前の境界データ {escape(str(other))} をフォルダから外してください。[/bold]"
            "同じ地区が二つあると、境界は使われません。"
        )
    console.print(f"次の行で、地図に境界が入ります。\n  watamachi build {escape(str(folder))}")


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="読み取りを試す文", show_default=False)],
) -> None:
    """一つの文から、どのことばで何を読み取ったか、なぜ読み取らなかったかを示します。"""
    labels = load_codebook().labels | KINDS
    table = Table()
    for head in ("節", "読み取り", "ことば", "どうしたか"):
        table.add_column(head, overflow="fold")
    for row in explain_text(text).to_dict("records"):
        cells = (row["clause"], labels.get(row["tag"], ""), row["term"], row["verdict"])
        table.add_row(*(escape(str(cell)) for cell in cells))
    console.print(table)
    if not table.row_count:
        console.print("辞書のことばが一つもありません。codebook.xlsx に足せます。")


def main() -> None:
    """Run the command line."""
    app()
