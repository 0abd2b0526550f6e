"""Ask an adviser which district a doubtful name means, and read the answers back."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from .errors import InputError, Problem
from .names import match_names
from .placing import SETTLED_COLUMNS
from .read import read_source
from .rows import Row, Sheet

PLACES = "地名"
ANSWER, NO_PLACE = "地区", "地区の名前ではない"
PLACE_HEADS = {"発言ID": 17, "ことば": 14, "候補": 40, ANSWER: 24, "発言": 70}


def places_table(
    doubtful: pd.DataFrame, settled: pd.DataFrame, texts: pd.Series, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return the sheet of doubtful names: those still open first, then those answered.

    Parameters
    ----------
    doubtful
        As `list_doubtful` returns it, before anything was settled.
    settled
        As `read_settled` returns it.
    texts
        The masked statements, by `statement_id`.
    names
        Municipality → name.
    """
    told = settled.set_index(["statement_id", "surface"])["district"].to_dict()
    keys = list(zip(doubtful["statement_id"], doubtful["surface"], strict=True))
    answers = [names.get(told[key], NO_PLACE) if key in told else "" for key in keys]
    table = pd.DataFrame(
        {
            "発言ID": doubtful["statement_id"],
            "ことば": doubtful["surface"],
            "候補": doubtful["candidates"],
            ANSWER: pd.Series(answers, index=doubtful.index, dtype=object),
            "発言": doubtful["statement_id"].map(texts),
        }
    )
    return table.sort_values(ANSWER, key=lambda said: said.ne(""), kind="stable")


def read_settled(path: Path, municipalities: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Return which district each doubtful name means, as far as the review book answers.

    Parameters
    ----------
    path
        `review.xlsx`.
    municipalities
        As `load_districts` returns them.

    Returns
    -------
    settled : pandas.DataFrame
        `statement_id`, `surface`, `district` ('' where the name is no district's).
    problems : list of Problem
        Answers that cannot be understood.
    """
    none = pd.DataFrame(columns=SETTLED_COLUMNS, dtype=object)
    try:
        sheets = {sheet.name: sheet for sheet in read_source(path).sheets}
    except InputError:
        return none, []  # whoever reads the corrections of this book reports it
    if PLACES not in sheets:
        return none, []
    return _read_sheet(sheets[PLACES], municipalities)


def _read_sheet(sheet: Sheet, municipalities: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    needed = ("発言ID", "ことば", ANSWER)
    head = next((row for row in sheet.rows if set(needed) <= set(map(str.strip, row.cells))), None)
    if head is None:
        found = f"「{'」「'.join(needed)}」の見出しの行がありません"
        problem = sheet.problem(None, found, "review をやり直してください")
        return pd.DataFrame(columns=SETTLED_COLUMNS, dtype=object), [problem]
    at = {cell.strip(): i for i, cell in enumerate(head.cells) if cell.strip()}
    rows: list[tuple[str, str, str]] = []
    problems: list[Problem] = []
    for row in sheet.rows[sheet.rows.index(head) + 1 :]:
        key, surface, answer = (_cell(row, at[name]) for name in needed)
        if not answer or not key:
            continue
        codes = match_names([answer], municipalities)[answer]
        if answer == NO_PLACE or len(codes) == 1:
            rows.append((key, surface, codes[0] if codes else ""))
            continue
        found = f"地名「{surface}」の地区「{answer}」が{'一つに決まりません' if codes else '分かりません'}"
        mend = f"一覧から市区町村の名前か「{NO_PLACE}」を選んでください"
        problems.append(sheet.problem(row, found, mend))
    return pd.DataFrame(rows, columns=SETTLED_COLUMNS, dtype=object), problems


def _cell(row: Row, position: int) -> str:
    return row.cells[position].strip() if position < len(row.cells) else ""
