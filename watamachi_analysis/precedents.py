"""Find in other districts what was done, wished or planned about the same, to learn from it."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .codebook import Codebook
from .examples import PARTS, join_parts, list_examples
from .measure_matching import match_measures
from .neighbours import BASES, neighbours_of
from .overlap import NEED_KINDS
from .publish import Publication
from .tagging import tag
from .words import READER, is_content, split_words

PRECEDENT_COLUMNS = ["source", "id", "district", "name", "text", "why", "score", "neighbour"]
# Chosen on the rows `learn` of `tests/quality/precedents.csv`.
LEAST = 0.9  # score from which something is like a free text
WORDS_ALONE = 2  # shared words that are reason enough without a shared issue
_INFLECTION = re.compile("[ぁ-ん]+$")
_LIKE_AN_ID = re.compile(r"[a-z]+(?:_[a-z0-9]+)+|[a-z]{4,}")
_TYPES = {"score": "float64", "neighbour": "bool"} | dict.fromkeys(PRECEDENT_COLUMNS[:6], "str")
_SURE = 0.99995  # scores are rounded; their log odds must stay finite


@dataclass(frozen=True)
class _Asked:
    """What is looked for: an issue or none, and sentences with the issues they are about."""

    issue: str | None
    texts: tuple[str, ...]
    mentions: pd.DataFrame


def find_precedents(
    shown: Publication, about: str, district: str, *, top: int = 10
) -> pd.DataFrame:
    """Find what others did, wish to do or plan about an issue, or about what a text says.

    Only what one can learn from is listed: running activities that say something of
    themselves, measures of municipalities that say what is done, and statements that tell of
    acting, of a wish to act, or of what is there. That others complain of the same helps nobody
    and is left out. Of two that are as much alike the one that is done already stands first.

    How much alike they are is what `match_measures` says of statements and measures. Asked for
    an issue, everything about it is listed, best first what answers the needs that may be
    quoted of this district (without any, what the issue is by its definition). Asked for a
    text, only what is about an issue of it, or shares two words with it, and is alike enough:
    of the first three found for 48 labelled queries on the sample 91 % were right (46 % of the
    first three of everything that was said, done and planned, without these conditions); 41 of
    42 queries that have an answer got a right one, and the six without one got none. See
    `tests/quality/precedents.csv`.

    Parameters
    ----------
    shown
        The tables of one audience: nothing else is read.
    about
        The id or the label of an issue, or any Japanese text.
    district
        The code of the district that asks; nothing of its own is listed.
    top
        How many to list at most.

    Returns
    -------
    pandas.DataFrame
        Best first: `source` (a key of `examples.SOURCES`), `id`, `district` and its `name` (of a measure
        whose municipality is divided: one of its districts, next door if one is, and the name of the
        municipality), `text`, `why` (Japanese), `score` (0 to 1, to order by), `neighbour`
        (whether it is next door, see `neighbours_of`).

    Raises
    ------
    ValueError
        If the district or the issue is unknown.
    """
    check_district(shown, district)
    asked = _ask(shown, about, district)
    others = _of_others(list_examples(shown, asked.issue), shown, district)
    if not asked.texts or others.empty:
        return pd.DataFrame(columns=PRECEDENT_COLUMNS).astype(_TYPES)
    others = _narrow(asked, others, shown.codebook)
    found = others.merge(_match(asked, others, shown.codebook), on="id")
    if asked.issue is None:
        words = found["shared"].str.count("、") + found["shared"].ne("")
        alike = found["issues"].ne("") | words.ge(WORDS_ALONE)
        found = found[alike & found["score"].ge(LEAST)]
    found = found.sort_values(["score", "neighbour"], ascending=False, kind="stable").head(top)
    labels = shown.issues["label"].to_dict()
    reasons = [_say_why(row, labels) for row in found.to_dict("records")]
    return found.assign(why=reasons)[PRECEDENT_COLUMNS].astype(_TYPES).reset_index(drop=True)


def check_district(shown: Publication, district: str) -> str:
    """Return the name of a district.

    Raises
    ------
    ValueError
        If there is none of that code.
    """
    names = shown.districts.set_index("district")["name"]
    if district not in names.index:
        raise ValueError(
            f"地区「{district}」は知りません。地区の一覧にあるコードを入れてください。"
        )
    return str(names[district])


def find_issue(shown: Publication, written: str) -> str | None:
    """Return the id of the issue that is written as an id or a label; None where it is neither."""
    ids = {str(label): str(issue) for issue, label in shown.issues["label"].items()}
    ids |= {issue: issue for issue in ids.values()}
    return ids.get(written.strip())


def check_issue(shown: Publication, written: str) -> str:
    """Return the id of the issue that is written as an id or a label.

    Raises
    ------
    ValueError
        If it is neither.
    """
    issue = find_issue(shown, written)
    if issue is None:
        known = "・".join(shown.issues["label"])
        raise ValueError(f"課題「{written.strip()}」は知りません（{known} のどれか）")
    return issue


# ---- what is asked ----


def _ask(shown: Publication, about: str, district: str) -> _Asked:
    is_id = _LIKE_AN_ID.fullmatch(about.strip())
    issue = check_issue(shown, about) if is_id else find_issue(shown, about)
    if issue is not None:
        texts = _needs(shown, issue, district) or (_define(shown, issue),)
        about_it = pd.DataFrame({"text_id": [str(i) for i in range(len(texts))], "issue": issue})
        return _Asked(issue, texts, about_it)
    words = split_words(shown.codebook.spellings.fold(about).text, READER)
    if not any(is_content(word) for word in words):
        return _Asked(None, (), pd.DataFrame(columns=["text_id", "issue"]))
    mentions = tag(pd.Series({"0": about}), shown.codebook)
    return _Asked(None, (about,), mentions[["text_id", "issue"]])


def _needs(shown: Publication, issue: str, district: str) -> tuple[str, ...]:
    needs = shown.mentions[
        shown.mentions["issue"].eq(issue) & shown.mentions["kind"].isin(NEED_KINDS)
    ]
    here = shown.statements[shown.statements["district"].eq(district)]
    return tuple(here.loc[here["statement_id"].isin(needs["text_id"]), "text"])


def _define(shown: Publication, issue: str) -> str:
    row = shown.issues.loc[issue]
    return f"{row['label']}。{row['definition']}"


# ---- what is alike ----


def _of_others(listed: pd.DataFrame, shown: Publication, district: str) -> pd.DataFrame:
    """Return what is not the district's own, with the name of its place and whether it is near.

    A municipality that is no district is all those that hold some of it.
    """
    pairs = neighbours_of(shown.districts)
    near = pairs[pairs["district"].eq(district)].set_index("neighbour")["basis"]
    names = shown.districts.set_index("district")["name"]
    places = {
        unit: (unit,) if unit in names.index else shown.scheme.areas_of(unit)
        for unit in sorted(set(listed["district"]))
    }
    homes = {
        unit: next((area for area in areas if area in near.index), areas[0])
        for unit, areas in places.items()
        if areas and district not in areas
    }
    others = listed[listed["district"].isin(homes)]
    home = others["district"].map(homes)
    is_own = others["district"].isin(names.index) | others["town"].eq("")
    return others.assign(
        district=home,
        name=home.map(names).where(is_own, others["town"]),
        neighbour=home.isin(near.index),
        basis=home.map(near).fillna(""),
    )


def _narrow(asked: _Asked, others: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Leave out what can neither share an issue nor two words: to read a text takes its time."""
    fold = book.spellings.fold
    about = set(asked.mentions["issue"].dropna())
    stems = {
        _INFLECTION.sub("", word.base)
        for text in asked.texts
        for word in split_words(fold(text).text, READER)
        if is_content(word)
    }
    kept = [
        bool(about & set(row["topics"].split("|")))
        or sum(stem in fold(row["text"]).text for stem in stems) >= WORDS_ALONE
        for row in others[["topics", "text"]].to_dict("records")
    ]
    return others[kept]


def _match(asked: _Asked, others: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Return how much alike each is to what is most like it of what is asked."""
    keys = [str(number) for number in range(len(asked.texts))]
    said = pd.DataFrame({"statement_id": keys, "text": asked.texts, "district": ""})
    told = others[["id", *PARTS]].set_axis(["measure_id", *PARTS[:-1], "text"], axis=1)
    topics = others.set_index("id")["topics"].str.split("|").explode()
    known = topics[topics.ne("")].rename("issue").rename_axis("text_id").reset_index()
    mentions = pd.concat([asked.mentions, known], ignore_index=True)
    plan = told.assign(district="")
    found = match_measures(said, plan, top=len(told), codebook=book, mentions=mentions)
    found = found.sort_values("score", ascending=False, kind="stable")
    found = found.drop_duplicates("measure_id").rename(columns={"measure_id": "id"})
    chance = found["score"].clip(1 - _SURE, _SURE)
    odds = np.log(chance / (1 - chance)) + found["id"].map(others.set_index("id")["worth"])
    return found[["id", "shared", "issues"]].assign(score=(1 / (1 + np.exp(-odds))).round(4))


def _say_why(row: Mapping[Hashable, Any], labels: Mapping[Any, Any]) -> str:
    issues = "、".join(labels[issue] for issue in labels if issue in row["issues"].split("|"))
    parts = [
        issues and f"同じ課題（{issues}）",
        row["shared"] and f"同じことば（{row['shared']}）",
        row["told"],
        row["basis"] and f"{BASES[row['basis']]}地区",
        row["doubt"],
    ]
    return join_parts(parts, "。")
