"""Write the paper for a board as slides that can be edited: what was found, maps, a table."""

from collections.abc import Sequence

from pptx.enum.text import PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.table import Table as SlideTable
from pptx.util import Pt

from .baseline import Basis
from .blocks import Column, Row, Table
from .board import (
    ASKS,
    IssueRow,
    both_years,
    count_issues,
    list_findings,
    list_steps,
    mark_ask,
    say_purpose,
    table_issues,
)
from .looks import INK, PAPER, SOFT
from .plan_table import PLAN_STATES
from .sheets import SLIDE_FORM, Sheet, lay_sheets
from .slide_shapes import add_text, emu, fill_text, rgb, set_notes, set_title, text_box
from .slides import add_frame, add_sheet, close_deck, new_slide, open_deck
from .spots import Box
from .typesetting import drawable

_LEFT, _TOP = SLIDE_FORM.margin, 112.0
_WIDTH = SLIDE_FORM.width - 2 * SLIDE_FORM.margin
_HEAD, _RULED = "F3EEE3", "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table without any style
_PLANS = 5  # rows
_NO_VOICES = "数を示せる声は、まだありません。集まりの記録が増えると、ここに課題が並びます。"
_NO_PLANS = (
    "地域福祉計画はまだ読んでいません。調査フォルダの plans に入れると、声とつき合わせます。"
)


def draw_board_slides(basis: Basis, *, ask: str = "報告", changes: Sequence[str] = ()) -> bytes:
    """Return a PowerPoint file of six to eight slides with the content of the board's paper.

    Districts are shapes, tables are tables. The same tables give the same bytes.

    Parameters
    ----------
    basis, ask, changes
        As for `describe_board`.
    """
    shown = basis.shown
    deck, rows = open_deck(), count_issues(shown)
    sheets = lay_sheets(shown, SLIDE_FORM)
    overview = sheets[0]
    findings = list_findings(basis, rows, changes)
    _add_cover(deck, overview, basis, ask)
    _add_reach(deck, overview, basis)
    _add_lines(deck, overview, "わかったこと", findings)
    add_sheet(deck, overview)
    if rows:
        add_sheet(deck, _most_open(sheets, rows))
    _add_table_or(deck, overview, "課題ごとに見る", table_issues(rows) if rows else _NO_VOICES)
    _add_table_or(deck, overview, "計画と声をつき合わせる", _table_plans(basis))
    _add_lines(deck, overview, f"{ask}とこれから", [ASKS[ask], *list_steps(basis)])
    return close_deck(deck, f"{shown.settings.name}　理事会資料", shown.built)


def _most_open(sheets: Sequence[Sheet], rows: Sequence[IssueRow]) -> Sheet:
    """Return the sheet of the issue whose activities are not seen in most districts."""
    most = max(rows, key=lambda row: row.gaps)
    return next(sheet for sheet in sheets if sheet.issue == most.issue)


def _add_cover(deck: Deck, sheet: Sheet, basis: Basis, ask: str) -> None:
    slide = new_slide(deck)
    shown = basis.shown
    set_title(
        slide, Box(_LEFT, 150, _WIDTH, 120), [drawable(shown.settings.name), "理事会資料"], 36
    )
    _fill(slide, Box(_LEFT, 282, _WIDTH, 30), [both_years(shown.built)], 16, colour=SOFT)
    _fill(slide, Box(_LEFT, 316, _WIDTH, 36), [mark_ask(ask)], 20)
    _fill(slide, Box(_LEFT, 356, _WIDTH, 60), [ASKS[ask]], 18)
    add_frame(slide, sheet, has_legend=False)


def _add_reach(deck: Deck, sheet: Sheet, basis: Basis) -> None:
    """Add a slide with how many gatherings there were, large, and why."""
    slide = _titled(deck, sheet, "目的と集まり")
    totals = basis.shown.totals
    large = [
        (totals["gatherings"], "回の集まり"),
        (totals["participants"], "人（のべ）"),
        (totals["districts"], "地区（集まりのあった）"),
    ]
    told = [(number, unit) for number, unit in large if number is not None]
    for place, (number, unit) in enumerate(told):
        left = _LEFT + place * _WIDTH / 3
        _fill(slide, Box(left, _TOP + 10, _WIDTH / 3, 70), [f"{number:,}"], 54, bold=True)
        _fill(slide, Box(left, _TOP + 84, _WIDTH / 3, 30), [unit], 18, colour=SOFT)
    _fill(slide, Box(_LEFT, _TOP + 150, _WIDTH, 120), [say_purpose(basis.shown)], 20)


def _add_lines(deck: Deck, sheet: Sheet, title: str, lines: Sequence[str]) -> None:
    slide = _titled(deck, sheet, title)
    frame = text_box(slide, Box(_LEFT, _TOP, _WIDTH, 320), title)
    fill_text(frame, [drawable(line) for line in lines], 18)
    for paragraph in frame.paragraphs:
        paragraph.space_after = Pt(12)
    set_notes(slide, [title, *map(drawable, lines)])


def _add_table_or(deck: Deck, sheet: Sheet, title: str, content: Table | str) -> None:
    """Add a table, or the words that stand for it."""
    if isinstance(content, Table):
        _add_table(deck, sheet, title, content)
    else:
        _add_lines(deck, sheet, title, [content])


def _table_plans(basis: Basis) -> Table | str:
    """Return what was said and stands in no plan that was read, as far as it fits a slide."""
    compared = basis.compared
    if compared.empty:
        return _NO_PLANS
    lacking = compared[compared["state"].eq("voices_only")]
    if lacking.empty:
        return "数を示せる声のある課題には、どれも計画の施策があります。"
    names = basis.shown.districts.set_index("district")["name"]
    labels = basis.shown.issues["label"]
    cells = tuple(
        Row((str(names[row["district"]]), str(labels[row["issue"]]), str(row["sentence"])), "")
        for row in lacking.head(_PLANS).to_dict("records")
    )
    columns = (Column("地区", 1.0), Column("課題", 1.8), Column("足りないこと", 4.0))
    left = len(lacking) - len(cells)
    note = f"ほかの{left}件は一覧表の計画対照表にあります。" if left else ""
    return Table(f"計画と声: {PLAN_STATES['voices_only']}", columns, cells, note)


def _add_table(deck: Deck, sheet: Sheet, title: str, table: Table) -> None:
    slide = _titled(deck, sheet, title)
    count, width = len(table.rows) + 1, len(table.columns)
    size = (emu(_LEFT), emu(_TOP), emu(_WIDTH), emu(34.0 * count))
    frame = slide.shapes.add_table(count, width, *size)
    frame.name = table.title
    grid = frame.table
    style = grid._tbl.find("{*}tblPr/{*}tableStyleId")
    if style is not None:
        style.text = _RULED
    whole = sum(column.share for column in table.columns)
    for number, column in enumerate(table.columns):
        grid.columns[number].width = emu(_WIDTH * column.share / whole)
        _set_cell(grid, (0, number), column.label, column, is_head=True)
        for place, row in enumerate(table.rows, 1):
            _set_cell(grid, (place, number), row.cells[number], column)
    below = _TOP + 34.0 * count + 14
    _fill(slide, Box(_LEFT, below, _WIDTH, 40), [table.note], 12, colour=SOFT)


def _set_cell(
    grid: SlideTable, place: tuple[int, int], text: str, column: Column, *, is_head: bool = False
) -> None:
    cell = grid.cell(*place)
    fill_text(cell.text_frame, [drawable(text)], 14 if is_head else 16, is_head)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if column.is_number else PP_ALIGN.LEFT
    cell.fill.solid()  # type: ignore[no-untyped-call]
    cell.fill.fore_color.rgb = rgb(f"#{_HEAD}" if is_head else PAPER)


def _titled(deck: Deck, sheet: Sheet, title: str) -> Slide:
    slide = new_slide(deck)
    add_text(slide, sheet.head[0], "見出し")
    set_title(slide, Box(_LEFT, 56, _WIDTH, 44), [title], 28)
    add_frame(slide, sheet, has_legend=False)
    return slide


def _fill(
    slide: Slide,
    box: Box,
    lines: Sequence[str],
    size: float,
    *,
    bold: bool = False,
    colour: str = INK,
) -> None:
    frame = text_box(slide, box, lines[0][:20])
    fill_text(frame, [drawable(line) for line in lines], size, bold, colour)
