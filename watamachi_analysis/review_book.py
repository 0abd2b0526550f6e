"""Write the Excel book in which an adviser corrects tags, takes up words and settles places."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .codebook import KINDS, Codebook
from .delivery import free_name
from .own_terms import HEADS as TERM_HEADS
from .own_terms import STRENGTHS, TAKE, OwnTerm
from .place_review import ANSWER, NO_PLACE, PLACE_HEADS, PLACES
from .proposals import PROPOSAL_HEADS, PROPOSALS
from .review import BEFORE, CHOICES, HEADS, ISSUE_HEADS, KIND_HEADS, SHEET

GUIDE = "課題の決まり"
GUIDE_HEADS = {"課題": 24, "なかま": 16, "どんな話か": 44, "ほかへ回すもの": 44, "迷いやすい組": 60}
LINE = 18.0  # height of a line of text, in points
A4 = 9  # Excel's number for the paper


@dataclass(frozen=True)
class ReviewTables:
    """What the review book holds.

    Attributes
    ----------
    statements
        One row per statement, as `review_table` returns it, corrections included.
    rules
        The same as the rules read it, without corrections.
    proposals
        As `propose_terms` returns them.
    places
        As `places_table` returns it.
    districts
        The names that an answer may be.
    """

    statements: pd.DataFrame
    rules: pd.DataFrame
    proposals: pd.DataFrame
    places: pd.DataFrame
    districts: Sequence[str]


def write_review(path: Path, tables: ReviewTables, book: Codebook) -> Path | None:
    """Write the review book; a book that stands there already is kept beside it.

    Parameters
    ----------
    path
        Where to write.
    tables
        What to write.
    book
        Its labels fill the drop-downs.

    Returns
    -------
    Path or None
        Where the old book was put; None if there was none.
    """
    kept = keep_old(path)
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = SHEET
    fill_sheet(sheet, tables.statements, HEADS)
    sheet.freeze_panes = "D2"
    lists = _lists(book, tables.districts)
    _list_choices(workbook, lists)
    _explain_issues(workbook.create_sheet(GUIDE), book)
    _offer_choices(sheet, lists, len(tables.statements))
    proposed = workbook.create_sheet(PROPOSALS, 1)
    fill_sheet(proposed, tables.proposals, PROPOSAL_HEADS)
    _offer_proposals(proposed, lists, len(tables.proposals))
    places = workbook.create_sheet(PLACES, 2)
    fill_sheet(places, tables.places, PLACE_HEADS)
    _offer(places, list(PLACE_HEADS), [ANSWER], "E", lists, len(tables.places))
    before = workbook.create_sheet(BEFORE)
    fill_sheet(before, tables.rules, HEADS)
    before.sheet_state = "hidden"
    workbook.save(path)
    return kept


def keep_old(path: Path) -> Path | None:
    """Copy a book beside itself under a name of its own; None if there is none."""
    if not path.exists():
        return None
    kept = free_name(path)
    shutil.copy2(path, kept)
    return kept


def fill_sheet(sheet: Worksheet, table: pd.DataFrame, heads: Mapping[str, int]) -> None:
    """Write a table below its headings: widths, wrapped text, filters, printable on A4."""
    for column, (name, width) in enumerate(heads.items(), 1):
        head = sheet.cell(1, column, name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E9E2D3")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, values in enumerate(table[list(heads)].to_numpy(dtype=object).tolist(), 2):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            cell.value = str(value)
            cell.data_type = "s"  # what a person wrote is never a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        lines = [
            count_lines(str(value), width)
            for value, width in zip(values, heads.values(), strict=True)
        ]
        sheet.row_dimensions[row].height = LINE * max(lines)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table) + 1}"


def count_lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column so wide; a kana takes two letters."""
    return sum(max(ceil(len(line) * 2 / width), 1) for line in text.split("\n"))


def _list_choices(workbook: Workbook, lists: Mapping[str, Sequence[str]]) -> None:
    """Write the words that the drop-down lists offer."""
    choices = workbook.create_sheet(CHOICES)
    for letter, words in lists.items():
        for number, word in enumerate(words, 1):
            choices[f"{letter}{number}"] = word
        choices.column_dimensions[letter].width = 34


def _explain_issues(sheet: Worksheet, book: Codebook) -> None:
    """Write what each issue is, what belongs elsewhere, and how to decide between two."""
    rulings = {issue: "\n".join(_rulings_of(issue, book)) for issue in book.labels}
    rows = [
        (row["label"], row["group"], row["definition"], row["elsewhere"], rulings[str(issue)])
        for issue, row in book.issues.iterrows()
    ]
    fill_sheet(sheet, pd.DataFrame(rows, columns=list(GUIDE_HEADS)), GUIDE_HEADS)


def _rulings_of(issue: str, book: Codebook) -> Iterator[str]:
    for (one, other), rule in book.rulings.items():
        if one == issue:
            yield f"{book.labels[other]}と迷うとき: {rule}"


def _lists(book: Codebook, districts: Sequence[str]) -> dict[str, list[str]]:
    return {
        "A": ["課題", *book.labels.values()],
        "B": ["種別", *KINDS.values()],
        "C": ["強さ", *STRENGTHS],
        "D": [TAKE, "○"],
        "E": [ANSWER, NO_PLACE, *districts],
    }


def _offer(
    sheet: Worksheet,
    heads: Sequence[str],
    names: Sequence[str],
    choice: str,
    lists: Mapping[str, Sequence[str]],
    rows: int,
) -> None:
    """Let the cells below some neighbouring headings be picked from a list."""
    rule = DataValidation("list", formula1=f"{CHOICES}!${choice}$2:${choice}${len(lists[choice])}")
    rule.error, rule.errorTitle = f"「{CHOICES}」のことばから選んでください", "一覧にありません"
    first, final = (get_column_letter(heads.index(name) + 1) for name in (names[0], names[-1]))
    rule.add(f"{first}2:{final}{max(rows, 1) + 1}")
    sheet.add_data_validation(rule)


def _offer_choices(sheet: Worksheet, lists: Mapping[str, Sequence[str]], rows: int) -> None:
    """Let issues and kinds be picked from lists, and tint the rows where nothing was read."""
    heads = list(HEADS)
    for choice, names in (("A", ISSUE_HEADS), ("B", KIND_HEADS)):
        _offer(sheet, heads, names, choice, lists, rows)
    issue = get_column_letter(heads.index(ISSUE_HEADS[0]) + 1)
    untagged = DifferentialStyle(fill=PatternFill("solid", bgColor="F9E3CF"))
    area = f"A2:{get_column_letter(len(heads))}{rows + 1}"
    rule_of_colour = Rule("expression", formula=[f'${issue}2=""'], dxf=untagged)
    sheet.conditional_formatting.add(area, rule_of_colour)


def _offer_proposals(sheet: Worksheet, lists: Mapping[str, Sequence[str]], rows: int) -> None:
    heads = list(PROPOSAL_HEADS)
    for choice, name in (("D", TAKE), ("A", TERM_HEADS[0]), ("C", TERM_HEADS[2])):
        _offer(sheet, heads, [name], choice, lists, rows)


def add_to_codebook(path: Path, terms: Sequence[OwnTerm], book: Codebook) -> Path | None:
    """Write words into a survey's own codebook, below those that stand there.

    Parameters
    ----------
    path
        `codebook.xlsx`; it is made if there is none, and kept as it was beside the new one.
    terms
        The words to add; one that stands there already is not written twice.
    book
        Its labels name the issues.

    Returns
    -------
    Path or None
        Where the old book was put; None if there was none.
    """
    kept = keep_old(path)
    workbook = load_workbook(path) if kept else Workbook()
    sheet = workbook.worksheets[0]
    if not kept:
        sheet.append(list(TERM_HEADS))
    strengths = {strength: word for word, strength in STRENGTHS.items()}
    there = {tuple(row[:2]) for row in sheet.iter_rows(values_only=True)}
    for term in terms:
        label = book.labels.get(term.issue, "")
        if (label, term.word) not in there:
            sheet.append([label, term.word, strengths[term.strength], term.with_, term.without])
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"  # what a person wrote is never a formula
    workbook.save(path)
    return kept
