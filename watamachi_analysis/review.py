"""Write the book in which an adviser corrects the tags, and read the corrections back."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .cells import plain
from .codebook import KINDS, Codebook
from .errors import InputError, Problem
from .read import read_source
from .rows import Row, Sheet

REVIEW_FILE = "review.xlsx"
ISSUE_HEADS = ["課題1", "課題2", "課題3"]
KIND_HEADS = ["種別1", "種別2", "種別3"]
HEADS = {
    "発言ID": 17, "地区": 14, "発言": 60, "読み取ったことば": 24, "確かさ": 9,
    **dict.fromkeys(ISSUE_HEADS, 26), **dict.fromkeys(KIND_HEADS, 14), "メモ": 30,
}  # fmt: skip
SHEET, BEFORE, CHOICES = "発言", "もとの読み取り", "一覧"
CORRECTION_COLUMNS = ["statement_id", "issues", "kinds"]
A4 = 9  # Excel's number for the paper
CERTAINTIES = ("低い", "中くらい", "高い")


@dataclass(frozen=True)
class Corrections:
    """What an adviser changed in the review book.

    Attributes
    ----------
    table
        One row per changed statement: `statement_id`, `issues` and `kinds` (tuples of ids).
    problems
        What could not be understood.
    """

    table: pd.DataFrame
    problems: tuple[Problem, ...] = ()


def no_corrections() -> Corrections:
    """Return the corrections of a survey that nobody has reviewed."""
    return Corrections(pd.DataFrame(columns=CORRECTION_COLUMNS, dtype=object))


def read_corrections(path: Path, book: Codebook) -> Corrections:
    """Return what was changed in a review book against what the rules had read.

    Parameters
    ----------
    path
        The book, as Excel, LibreOffice or Google Sheets saved it; other sheets, another order
        of columns and rows, and more rows do not matter.
    book
        Its labels are the ones known.
    """
    try:
        source = read_source(path)
    except InputError as error:
        return Corrections(no_corrections().table, (error.problem,))
    problems: list[Problem] = []
    sheets = {sheet.name: sheet for sheet in source.sheets}
    now = _tags(sheets.get(SHEET) or source.sheets[0], book, problems)
    before = _tags(sheets[BEFORE], book, []) if BEFORE in sheets else {}
    if not before:
        found = f"「{BEFORE}」のシートがありません"
        mend = "すべての行を直したものとして読みます。review をやり直すと戻ります"
        problems.append(Problem(path.name, "", found, mend, "notice"))
    rows = [(key, *tags) for key, tags in now.items() if tags != before.get(key)]
    return Corrections(
        pd.DataFrame(rows, columns=CORRECTION_COLUMNS, dtype=object), tuple(problems)
    )


def _tags(
    sheet: Sheet, book: Codebook, problems: list[Problem]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return statement → (issues, kinds) as a sheet says them; what is unknown is reported."""
    head = next((row for row in sheet.rows if "発言ID" in map(str.strip, row.cells)), None)
    if head is None:
        found = "「発言ID」の列がありません"
        mend = "review をやり直して、発言ID の列を残したまま直してください"
        problems.append(sheet.problem(None, found, mend))
        return {}
    places = {cell.strip(): i for i, cell in enumerate(head.cells) if cell.strip()}
    known = {plain(label): issue for issue, label in book.labels.items()}
    kinds = {plain(label): kind for kind, label in KINDS.items()}
    body = sheet.rows[sheet.rows.index(head) + 1 :]
    return {
        _cell(row, places, "発言ID"): (
            _known(sheet, row, [h for h in ISSUE_HEADS if h in places], places, known, problems),
            _known(sheet, row, [h for h in KIND_HEADS if h in places], places, kinds, problems),
        )
        for row in body
        if _cell(row, places, "発言ID")
    }


def _cell(row: Row, places: Mapping[str, int], name: str) -> str:
    position = places[name]
    return row.cells[position].strip() if position < len(row.cells) else ""


def _known(
    sheet: Sheet,
    row: Row,
    heads: Sequence[str],
    places: Mapping[str, int],
    known: Mapping[str, str],
    problems: list[Problem],
) -> tuple[str, ...]:
    found: list[str] = []
    for name in heads:
        written = _cell(row, places, name)
        if written and plain(written) in known:
            found.append(known[plain(written)])
        elif written:
            mend = f"「{CHOICES}」のシートのことばから選んでください"
            problems.append(sheet.problem(row, f"{name}「{written}」が分かりません", mend))
    return tuple(dict.fromkeys(found))


def apply_corrections(mentions: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions with those of corrected statements replaced by the adviser's.

    Parameters
    ----------
    mentions
        As `tag` returns them.
    corrections
        As `read_corrections` returns them; `issues` and `kinds` hold ids.

    Returns
    -------
    pandas.DataFrame
        As `mentions`; a corrected statement has one row per issue and kind with `origin`
        `correction`, and keeps the words that proved an issue where the rules had found it.
    """
    known = corrections[corrections["statement_id"].isin(mentions["text_id"])]
    proofs = mentions.dropna(subset=["issue"]).drop_duplicates(["text_id", "issue"])
    proof = proofs.set_index(["text_id", "issue"])[["term", "start", "end"]].to_dict("index")
    rows = []
    for key, issues, kinds in known.to_numpy().tolist():
        for issue in issues or (None,):
            for kind in kinds or ("other",):
                words = proof.get((key, issue), {"term": "", "start": None, "end": None})
                rows.append(
                    {"text_id": key, "clause": 0, "issue": issue, "kind": kind, "cue": "", **words}
                    | {"origin": "correction"}
                )
    kept = mentions[~mentions["text_id"].isin(known["statement_id"])]
    if not rows:
        return kept.reset_index(drop=True)
    added = pd.DataFrame(rows, columns=mentions.columns).astype(mentions.dtypes.to_dict())
    return pd.concat([kept, added], ignore_index=True)


def agreement(mentions: pd.DataFrame, corrections: pd.DataFrame) -> tuple[int, int]:
    """Return how many reviewed issue tags the rules had found, and how many there are.

    Parameters
    ----------
    mentions
        What the rules read, before any correction.
    corrections
        As `read_corrections` returns them.
    """
    read = set(zip(mentions["text_id"], mentions["issue"], strict=True))
    asked = [(key, issue) for key, issues, _ in corrections.to_numpy().tolist() for issue in issues]
    return sum(pair in read for pair in asked), len(asked)


def write_review(
    path: Path, table: pd.DataFrame, rules: pd.DataFrame, book: Codebook
) -> Path | None:
    """Write the review book; a book that stands there already is kept beside it.

    Parameters
    ----------
    path
        Where to write.
    table
        One row per statement, as `review_table` returns it, corrections included.
    rules
        The same as the rules read it, without corrections.
    book
        Its labels fill the drop-downs.

    Returns
    -------
    Path or None
        Where the old book was put; None if there was none.
    """
    kept = _keep_old(path)
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = SHEET
    _fill(sheet, table)
    _offer_choices(workbook, sheet, book, len(table))
    before = workbook.create_sheet(BEFORE)
    _fill(before, rules)
    before.sheet_state = "hidden"
    workbook.save(path)
    return kept


def _keep_old(path: Path) -> Path | None:
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}_前の版{number}{path.suffix}")).exists():
        number += 1
    shutil.copy2(path, kept)
    return kept


def _fill(sheet: Worksheet, table: pd.DataFrame) -> None:
    for column, (name, width) in enumerate(HEADS.items(), 1):
        head = sheet.cell(1, column, name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E9E2D3")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, values in enumerate(table[list(HEADS)].to_numpy(dtype=object).tolist(), 2):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            cell.value = str(value)
            cell.data_type = "s"  # what a person wrote is never a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "D2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADS))}{len(table) + 1}"


def _offer_choices(workbook: Workbook, sheet: Worksheet, book: Codebook, rows: int) -> None:
    """Let issues and kinds be picked from lists, and tint the rows where nothing was read."""
    choices = workbook.create_sheet(CHOICES)
    lists = {"A": ["課題", *book.labels.values()], "B": ["種別", *KINDS.values()]}
    for letter, words in lists.items():
        for number, word in enumerate(words, 1):
            choices[f"{letter}{number}"] = word
        choices.column_dimensions[letter].width = 34
    heads = list(HEADS)
    for letter, names in (("A", ISSUE_HEADS), ("B", KIND_HEADS)):
        last = len(lists[letter])
        rule = DataValidation("list", formula1=f"{CHOICES}!${letter}$2:${letter}${last}")
        rule.error, rule.errorTitle = f"「{CHOICES}」のことばから選んでください", "一覧にありません"
        first, final = (get_column_letter(heads.index(name) + 1) for name in (names[0], names[-1]))
        rule.add(f"{first}2:{final}{rows + 1}")
        sheet.add_data_validation(rule)
    issue = get_column_letter(heads.index(ISSUE_HEADS[0]) + 1)
    untagged = DifferentialStyle(fill=PatternFill("solid", bgColor="F9E3CF"))
    area = f"A2:{get_column_letter(len(heads))}{rows + 1}"
    rule_of_colour = Rule("expression", formula=[f'${issue}2=""'], dxf=untagged)
    sheet.conditional_formatting.add(area, rule_of_colour)


def review_table(
    statements: pd.DataFrame, mentions: pd.DataFrame, names: Mapping[str, str], book: Codebook
) -> pd.DataFrame:
    """Return one row per statement with its tags in words, the least certain first.

    Parameters
    ----------
    statements
        `statement_id`, `district` and the masked `text`.
    mentions
        As `tag` or `apply_corrections` returns them.
    names
        District → name.
    book
        Its labels name the issues.
    """
    by_text = {str(key): rows for key, rows in mentions.groupby("text_id", sort=False)}
    none = mentions.iloc[:0]
    rows = [
        {
            "発言ID": row["statement_id"],
            "地区": names.get(row["district"], ""),
            "発言": row["text"],
            **_words(by_text.get(row["statement_id"], none), book),
            "メモ": "",
        }
        for row in statements.to_dict("records")
    ]
    table = pd.DataFrame(rows, columns=list(HEADS))
    order = table["確かさ"].map({word: number for number, word in enumerate(CERTAINTIES)})
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _words(mentions: pd.DataFrame, book: Codebook) -> dict[str, str]:
    named = mentions.dropna(subset=["issue"])
    issues = [book.labels[issue] for issue in named["issue"].drop_duplicates()]
    kinds = [KINDS[kind] for kind in mentions["kind"].drop_duplicates() if kind != "other"]
    terms = named.loc[named["term"].ne(""), "term"].drop_duplicates()
    tags = [*issues, "", "", ""][:3], [*kinds, "", "", ""][:3]
    certainty = CERTAINTIES[0 if not issues else 1 if not named["cue"].ne("").any() else 2]
    if mentions["origin"].eq("correction").any():
        certainty = CERTAINTIES[2]
    return {
        "読み取ったことば": "・".join(terms),
        "確かさ": certainty,
        **dict(zip(ISSUE_HEADS, tags[0], strict=True)),
        **dict(zip(KIND_HEADS, tags[1], strict=True)),
    }
