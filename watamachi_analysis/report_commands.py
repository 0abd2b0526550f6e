"""Speak to a person at the terminal about reports: sheets, board paper, words, where to listen."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from .analysis import Analysis, analyse
from .listening import where_next as rank_districts
from .progress import Progress, part_of
from .publish import publish, publish_in_turn
from .report_files import write_reports, write_template
from .rounds import cut_before
from .survey import load_survey
from .terminal import (
    Audience,
    Before,
    Folder,
    For,
    console,
    plain_errors,
    print_problems,
    print_reports,
    print_where_next,
    progress_bar,
)
from .word_book import save_word_book
from .word_template import TEMPLATE_FILE


class Ask(StrEnum):
    """What is asked of the board."""

    report = "報告"
    talk = "協議"
    decide = "審議"


def report(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="書き出す先のフォルダ")] = Path("reports"),
    district: Annotated[
        list[str] | None,
        typer.Option("--district", help="この地区だけ作ります（コードか名前。いくつでも）"),
    ] = None,
    audience: For = Audience.member,
    before: Before = None,
    last: Annotated[
        Path | None, typer.Option("--last", help="前回の調査フォルダ。増えた・減ったを書きます")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="この日からを今回とし、前とくらべます"),
    ] = None,
    ask: Annotated[
        Ask, typer.Option("--ask", help="理事会にお願いすること: 報告 / 協議 / 審議")
    ] = Ask.report,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            help=f"Word のひな形。なければ、調査フォルダの「{TEMPLATE_FILE}」を使います",
        ),
    ] = None,
    new_template: Annotated[
        bool, typer.Option("--new-template", help="Word のひな形を調査フォルダに作ります。")
    ] = False,
    where_next: Annotated[
        bool, typer.Option("--where-next", help="次にどの地区で聞くと、いちばん多くが分かるか")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="--where-next で、すべての地区を示します。")
    ] = False,
) -> None:
    """地区基礎調査（Word とページ）、理事会資料（Word と PowerPoint）、一覧表（Excel）を作ります。"""  # noqa: DOC501 - shown as help
    if last is not None and since is not None:
        raise typer.BadParameter("--last と --since は、どちらか一つにしてください")
    if new_template:
        with plain_errors():
            written = write_template(folder)
        console.print(f"[bold]できたもの[/bold]: {escape(str(written))}")
        console.print("Word で直して保存すると、次の watamachi report で使われます。")
        return
    if where_next:
        _rank(folder, every=every)
        return
    own = folder / TEMPLATE_FILE
    with plain_errors(), progress_bar() as progress:
        survey = load_survey(folder, progress=part_of(progress, 0.0, 0.15))
        analysis = analyse(survey, progress=part_of(progress, 0.15, 0.3))
        earlier = analyse_earlier(before or [], part_of(progress, 0.3, 0.35))
        delivery = write_reports(
            analysis,
            out,
            districts=district or None,
            audience=audience.value,
            before=publish_in_turn(earlier, audience.value),
            last=_last_round(analysis, last, since.date() if since else None),
            ask=ask.value,
            template=template or (own if own.exists() else None),
            progress=part_of(progress, 0.35, 1.0),
        )
    print_problems(survey.problems, every=False)
    print_reports(out, delivery)


def words(
    folder: Folder,
    given: Annotated[list[str], typer.Argument(metavar="ことば...", help="前後の文を見たいことば")],
    out: Annotated[Path, typer.Option("--out", help="書き出すファイル（.xlsx）")] = Path(
        "words.xlsx"
    ),
    audience: For = Audience.member,
) -> None:
    """ことばの表（前後の文、地区に特徴のあることば、いっしょに出る課題）を Excel に書き出します。"""
    with plain_errors(), progress_bar() as progress:
        survey = load_survey(folder, progress=part_of(progress, 0.0, 0.3))
        analysis = analyse(survey, progress=part_of(progress, 0.3, 0.6))
        shown = publish(analysis, audience.value)
        save_word_book(shown, out, given, progress=part_of(progress, 0.6, 1.0))
    print_problems(survey.problems, every=False)
    console.print(f"[bold]できたもの[/bold]: {escape(str(out))}（{shown.audience_label}）")


def _rank(folder: Path, *, every: bool) -> None:
    with plain_errors(), progress_bar() as progress:
        survey = load_survey(folder, progress=part_of(progress, 0.0, 0.3))
        analysis = analyse(survey, progress=part_of(progress, 0.3, 1.0))
    print_problems(survey.problems, every=False)
    print_where_next(rank_districts(analysis.overlap), every=every)


def analyse_earlier(folders: list[Path], progress: Progress) -> list[Analysis]:
    """Return the analyses of what was given out before, in the order given."""
    earlier = []
    for older in folders:
        progress(f"前に配ったもの（{older.name}）を数えています", 0.0)
        earlier.append(analyse(load_survey(older)))
    return earlier


def _last_round(analysis: Analysis, folder: Path | None, since: date | None) -> Analysis | None:
    if folder is not None:
        return analyse(load_survey(folder))
    return cut_before(analysis, since) if since else None
