"""Put the tags in words for an adviser to correct, and read the corrections back."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from .cells import plain
from .codebook import KINDS, Codebook, Examples
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
WELL_PROVED = 0.7
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
    rows = [
        (key, *_in_order(before.get(key, {}) | tags))  # a column taken out changes nothing
        for key, tags in now.items()
        if key not in before or _in_order(before[key] | tags) != _in_order(before[key])
    ]
    return Corrections(
        pd.DataFrame(rows, columns=CORRECTION_COLUMNS, dtype=object), tuple(problems)
    )


def _in_order(tags: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the issues and the kinds of a row, each once."""
    issues, kinds = (
        dict.fromkeys(tags[head] for head in heads if tags.get(head))
        for heads in (ISSUE_HEADS, KIND_HEADS)
    )
    return tuple(issues), tuple(kinds)


def _tags(sheet: Sheet, book: Codebook, problems: list[Problem]) -> dict[str, dict[str, str]]:
    """Return statement → heading → id, as a sheet says them; what is unknown is reported."""
    head = next((row for row in sheet.rows if "発言ID" in map(str.strip, row.cells)), None)
    if head is None:
        found = "「発言ID」の列がありません"
        mend = "review をやり直して、発言ID の列を残したまま直してください"
        problems.append(sheet.problem(None, found, mend))
        return {}
    places = {cell.strip(): i for i, cell in enumerate(head.cells) if cell.strip()}
    if gone := [name for name in (*ISSUE_HEADS, *KIND_HEADS) if name not in places]:
        found = f"「{'」「'.join(gone)}」の列がありません"
        mend = "ない列は、もとの読み取りのまま使います。直すには review をやり直してください"
        problems.append(sheet.problem(head, found, mend, notice=True))
    known = {plain(label): issue for issue, label in book.labels.items()}
    kinds = {plain(label): kind for kind, label in KINDS.items()}
    return {
        _cell(row, places, "発言ID"): {
            name: _known(sheet, row, places, name, ids, problems)
            for names, ids in ((ISSUE_HEADS, known), (KIND_HEADS, kinds))
            for name in names
            if name in places
        }
        for row in sheet.rows[sheet.rows.index(head) + 1 :]
        if _cell(row, places, "発言ID")
    }


def _cell(row: Row, places: Mapping[str, int], name: str) -> str:
    position = places[name]
    return row.cells[position].strip() if position < len(row.cells) else ""


def _known(
    sheet: Sheet,
    row: Row,
    places: Mapping[str, int],
    name: str,
    known: Mapping[str, str],
    problems: list[Problem],
) -> str:
    written = _cell(row, places, name)
    if written and plain(written) not in known:
        mend = f"「{CHOICES}」のシートのことばから選んでください"
        problems.append(sheet.problem(row, f"{name}「{written}」が分かりません", mend))
    return known.get(plain(written), "")


def apply_corrections(
    mentions: pd.DataFrame, corrections: pd.DataFrame, texts: pd.Series
) -> pd.DataFrame:
    """Return the mentions with those of corrected statements replaced by the adviser's.

    Parameters
    ----------
    mentions
        As `tag` returns them.
    corrections
        As `read_corrections` returns them; `issues` and `kinds` hold ids.
    texts
        The masked statements, by `statement_id`.

    Returns
    -------
    pandas.DataFrame
        As `mentions`; a corrected statement has one row per issue and kind with `origin`
        `correction`, and keeps the words that proved an issue where the rules had found it.
        Where they had not, the statement as a whole proves it: a person has read it.
    """
    known = corrections[corrections["statement_id"].isin(mentions["text_id"])]
    proofs = mentions.dropna(subset=["issue"]).drop_duplicates(["text_id", "issue"])
    proof: dict[Hashable, dict[Hashable, object]] = proofs.set_index(["text_id", "issue"])[
        ["term", "start", "end"]
    ].to_dict("index")
    rows = []
    for key, issues, kinds in known.to_numpy().tolist():
        for issue in issues or (None,):
            for kind in kinds or ("other",):
                whole = _whole(str(texts[key]) if issue else "")
                words = proof.get((key, issue), whole)
                rows.append(
                    {"text_id": key, "clause": 0, "issue": issue, "kind": kind, "cue": "", **words}
                    | {"manner": "plain", "origin": "correction"}
                )
    kept = mentions[~mentions["text_id"].isin(known["statement_id"])]
    if not rows:
        return kept.reset_index(drop=True)
    added = pd.DataFrame(rows, columns=mentions.columns).astype(mentions.dtypes.to_dict())
    return pd.concat([kept, added], ignore_index=True)


def _whole(text: str) -> dict[Hashable, object]:
    return {"term": text, "start": 0 if text else None, "end": len(text) or None}


OWN_WEIGHT = 5.0  # what a person corrected here counts as much as five statements from elsewhere


def add_examples(book: Codebook, texts: pd.Series, corrections: pd.DataFrame) -> Codebook:
    """Return a codebook that learns from the corrected statements on top of what ships.

    Parameters
    ----------
    book
        The codebook to build on; it stays as it is.
    texts
        The masked statements, by `statement_id`.
    corrections
        As `read_corrections` returns them.
    """
    known = corrections[corrections["statement_id"].isin(texts.index)]
    if book.examples is None or known.empty:
        return book
    own = pd.DataFrame(
        {
            "text": texts[known["statement_id"]].to_numpy(),
            "issues": [frozenset(issues) for issues in known["issues"]],
            "kinds": [frozenset(kinds) for kinds in known["kinds"]],
            "weight": OWN_WEIGHT,
        }
    )
    return replace(book, examples=Examples(own))


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
    certainty = _certainty(named)
    if mentions["origin"].eq("correction").any():
        certainty = CERTAINTIES[2]
    return {
        "読み取ったことば": "・".join(terms),
        "確かさ": certainty,
        **dict(zip(ISSUE_HEADS, tags[0], strict=True)),
        **dict(zip(KIND_HEADS, tags[1], strict=True)),
    }


def _certainty(named: pd.DataFrame) -> str:
    """Return in a word how certain the least certain issue of a statement is."""
    if named.empty or named["origin"].eq("suggestion").any():
        return CERTAINTIES[0]
    return CERTAINTIES[1 if named["certainty"].min() < WELL_PROVED else 2]
