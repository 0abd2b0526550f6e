"""Lay out what the word tools find as Japanese tables, each row traceable to its statements."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from .codebook import KINDS
from .concordance import kwic
from .crossings import count_cooccurrence, cross_issues
from .issue_groups import join_issues, join_labels
from .keywords import AT_LEAST, NO_DIFFERENCE, find_characteristic_words, words_of
from .notes import GATHERING_KINDS
from .progress import Progress, no_progress
from .publish import Publication
from .word_guide import (
    BY_DISTRICT,
    BY_KIND,
    CONTEXT,
    GUIDE,
    HEADS,
    ID,
    IDS_A_LINE,
    MOST_IDS,
    NO_DISTRICT,
    NO_KIND,
    NO_TEXTS,
    TELLING,
    TEXTS,
    TOGETHER_SHEET,
    UNSURE_WORDS,
    write_guide,
)

_CONTEXT_WIDTH = 24  # characters on either side


def word_tables(
    shown: Publication, words: Sequence[str], *, progress: Progress = no_progress
) -> dict[str, pd.DataFrame]:
    """Return the sheets of the word book.

    Parameters
    ----------
    shown
        The tables of one audience; only statements that it may read are counted.
    words
        What to show in its context.
    progress
        Told how far it is.

    Returns
    -------
    dict of str to pandas.DataFrame
        Sheet → table with Japanese headings, the columns of `HEADS`: 文脈, 特徴のあることば,
        いっしょに出る課題, 課題×地区, 課題×集まりの種類, 原文, 説明. A sheet with nothing to show
        has one row that says why.
    """
    said = _add_gatherings(shown)
    progress("ことばの文脈を探しています", 0.0)
    tables = {CONTEXT: _contexts(said, words, shown)}
    progress("地区に特徴のあることばを数えています", 0.1)
    tables[TELLING] = _telling_words(said, shown)
    progress("課題を数えています", 0.7)
    tables[TOGETHER_SHEET] = _pairs(shown)
    places = {**_names(shown), "": NO_DISTRICT}
    tables[BY_DISTRICT] = _crossed(said, shown, "district", places)
    tables[BY_KIND] = _crossed(said, shown, "kind", {**GATHERING_KINDS, "": "集まりの記録なし"})
    tables[TEXTS] = _texts(said, shown)
    guide = write_guide(shown, tables, words)
    reasons = {CONTEXT: f"探したことばは、「{TEXTS}」の発言のなかにありません。"}
    reasons[BY_KIND] = NO_KIND if "kind" not in said else "課題の読み取れた発言がありません。"
    reasons |= dict.fromkeys([TELLING], f"{AT_LEAST}件以上の発言に出ることばがありません。")
    reasons |= dict.fromkeys([TOGETHER_SHEET], "いっしょに語られた課題の組がありません。")
    reasons |= dict.fromkeys([BY_DISTRICT], "課題の読み取れた発言がありません。")
    if said.empty:
        reasons = dict.fromkeys(tables, NO_TEXTS)
    told = {
        name: _say_instead(name, table, reasons) if table.empty else table
        for name, table in tables.items()
    }
    return {**told, GUIDE: guide}


def _say_instead(name: str, table: pd.DataFrame, reasons: Mapping[str, str]) -> pd.DataFrame:
    """Return one row that says why there is none, in the broadest column of words."""
    words = [column for column in table.columns if column not in {ID, "前のことば"}]
    broadest = max(words, key=lambda column: HEADS[name][column])
    row = {column: reasons[name] if column == broadest else "" for column in table.columns}
    return pd.DataFrame([row], columns=table.columns)


def _names(shown: Publication) -> dict[str, str]:
    return dict(zip(shown.districts["district"], shown.districts["name"], strict=True))


def _add_gatherings(shown: Publication) -> pd.DataFrame:
    """Return the statements with kind and date of their gathering, where the tables tell them."""
    said = shown.statements
    if "gathering_id" not in said:
        return said
    own = shown.gatherings[["gathering_id", "kind", "date"]]
    new = own.drop(columns=[name for name in ("kind", "date") if name in said])
    return said.merge(new, on="gathering_id", how="left", validate="m:1")


def _contexts(said: pd.DataFrame, words: Sequence[str], shown: Publication) -> pd.DataFrame:
    columns = list(HEADS[CONTEXT])
    if said.empty:
        return pd.DataFrame(columns=columns)
    found = [kwic(said, word, width=_CONTEXT_WIDTH).assign(word=word) for word in words]
    table = pd.concat(found, ignore_index=True)
    given = ["word", "left", "hit", "right", "district", "statement_id"]
    table["district"] = table["district"].map(_names(shown)).fillna(NO_DISTRICT)
    return table[given].set_axis(columns, axis=1)


def _telling_words(said: pd.DataFrame, shown: Publication) -> pd.DataFrame:
    """Return the words that are surely of a district, and of each the nearest to it."""
    kept = shown.codebook.compounds
    found = find_characteristic_words(said, compounds=kept)
    unsure = found["verdict"].eq(NO_DIFFERENCE)
    nearest = found[unsure & found["z"].gt(0) & found["statements"].gt(0)]
    nearest = nearest.groupby("group", sort=False).head(UNSURE_WORDS)
    found = found[~unsure | found.index.isin(nearest.index)]
    ids = _ids_of_words(said, found, kept)
    table = found[["group", "word", "statements", "of", "elsewhere", "of_elsewhere", "verdict"]]
    table = table.assign(ids=ids, group=found["group"].map(_names(shown)))
    return table.set_axis(list(HEADS[TELLING]), axis=1)


def _ids_of_words(said: pd.DataFrame, found: pd.DataFrame, kept: Sequence[str]) -> list[str]:
    """Return for each group and word the statements that hold it."""
    holding: dict[tuple[str, str], list[str]] = {
        (str(group), str(word)): []
        for group, word in zip(found["group"], found["word"], strict=True)
    }
    known = said.dropna(subset=["district"])
    for key, group, text in zip(
        known["statement_id"], known["district"], known["text"].fillna(""), strict=True
    ):
        for word in words_of(str(text), kept):
            if (group, word) in holding:
                holding[group, word].append(str(key))
    return [_list_ids(ids) for ids in holding.values()]


def _list_ids(ids: Iterable[str]) -> str:
    r"""Return ids as they stand in a cell: a few on each line.

    Examples
    --------
    >>> _list_ids(["s-1", "s-2", "s-3", "s-4"])
    's-1、s-2、s-3、\ns-4'
    """
    every = list(ids)
    rest = [f"ほか{len(every) - MOST_IDS}件"] if len(every) > MOST_IDS else []
    told = every[:MOST_IDS] + rest
    lines = [told[first : first + IDS_A_LINE] for first in range(0, len(told), IDS_A_LINE)]
    return "、\n".join("、".join(line) for line in lines)


def _pairs(shown: Publication) -> pd.DataFrame:
    found = count_cooccurrence(shown.mentions)
    own = _statements_of(shown.mentions)
    ids = [
        _list_ids(key for key in own[one] if key in set(own[other]))
        for one, other in zip(found["issue"], found["other"], strict=True)
    ]
    table = found[["issue", "other", "statements", "expected", "lift", "verdict"]].assign(
        issue=found["issue"].map(shown.issues["label"]),
        other=found["other"].map(shown.issues["label"]),
        expected=found["expected"].astype("float64").round(1),
        lift=found["lift"].astype("float64").round(1),
        ids=pd.Series(ids, index=found.index, dtype="str"),
    )
    return table.set_axis(list(HEADS[TOGETHER_SHEET]), axis=1)


def _statements_of(mentions: pd.DataFrame) -> dict[str, list[str]]:
    """Return issue → statements that name it, each once."""
    named = mentions.dropna(subset=["issue"]).drop_duplicates(["text_id", "issue"])
    return {str(issue): list(own) for issue, own in named.groupby("issue")["text_id"]}


def _crossed(
    said: pd.DataFrame, shown: Publication, attribute: str, labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return issues × values of an attribute; a row for each that any statement is behind."""
    columns = list(HEADS[BY_DISTRICT if attribute == "district" else BY_KIND])
    if attribute not in said:
        return pd.DataFrame(columns=columns)
    filled = said.assign(**{attribute: said[attribute].astype("str").fillna("")})
    found = cross_issues(shown.mentions, filled, attribute)
    found = found[found["statements"].gt(0)].reset_index(drop=True)
    group_of = dict(zip(filled["statement_id"], filled[attribute], strict=True))
    own = _statements_of(shown.mentions)
    ids = [
        _list_ids(key for key in own[issue] if group_of.get(key) == group)
        for issue, group in zip(found["issue"], found["group"], strict=True)
    ]
    table = found[["issue", "group", "statements", "of"]].assign(
        issue=found["issue"].map(shown.issues["label"]),
        group=found["group"].map(labels).fillna(found["group"]),
        **{name: (found[name] * 100).round().astype("Int64") for name in ("share", "low", "high")},
        ids=pd.Series(ids, index=found.index, dtype="str"),
    )
    return table.set_axis(columns, axis=1)


def _texts(said: pd.DataFrame, shown: Publication) -> pd.DataFrame:
    """Return every statement that may be read, with what it was read to be about."""
    issues = join_issues(shown.mentions, "text_id", shown.issues)
    kinds = join_labels(shown.mentions, "text_id", "kind", KINDS)
    table = pd.DataFrame({ID: said["statement_id"]})
    table["地区"] = said["district"].map(_names(shown)).fillna(NO_DISTRICT)
    if "kind" in said:
        table["集まりの種類"] = said["kind"].map(GATHERING_KINDS).fillna("集まりの記録なし")
    if "date" in said:
        table["日付"] = said["date"].dt.strftime("%Y-%m-%d").fillna("日付の記録なし")
    table["発言"] = said["text"]
    table["課題"] = [issues.get(key, "") for key in said["statement_id"]]
    table["種別"] = [kinds.get(key, "") for key in said["statement_id"]]
    return table
