"""List what one can learn from: running activities, what people did or wish, measures."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from .codebook import KINDS
from .networks import ACTIVITY_NOTE, name_organisations
from .privacy import mask
from .publish import Publication
from .roles import OF_OTHERS

SOURCES = {"activity": "活動", "statement": "発言", "measure": "施策"}
LEARNED_FROM = ("activity", "wish", "resource")  # kinds of statements, the most telling first
# What is added to the log odds of a likeness: who acts already can be asked how.
WORTH = {"activity": 1.0, "statement": 0.5}
PARTS = ["goal", "policy", "initiative", "body"]
_HEARSAY = "人づての話です。確かめてください"
_STALE_AFTER = pd.DateOffset(years=1)
_LISTED = ["source", "id", "district", "town", "text", "told", "doubt", "topics", *PARTS, "worth"]


def list_examples(shown: Publication, issue: str | None = None) -> pd.DataFrame:
    """Return all that may be learned from, of one issue or of any, without names of persons.

    Parameters
    ----------
    shown
        The tables of one audience.
    issue
        An issue; None for any.

    Returns
    -------
    pandas.DataFrame
        `source` (a key of `SOURCES`), `id`, `district`, `town` (of a measure), `text`, `told` (what
        it is, in Japanese), `doubt`, `topics` (issues joined by |), the parts of the text that
        are compared (`PARTS`), and `worth`.
    """
    tables = [_activities(shown), _statements(shown, issue), _measures(shown)]
    listed = pd.concat([table.reindex(columns=_LISTED) for table in tables], ignore_index=True)
    texts = [name for name in _LISTED if name != "worth"]
    listed = listed.fillna(dict.fromkeys(texts, "") | {"worth": 0.0})
    if issue is None:
        return listed
    about = [issue in topics.split("|") for topics in listed["topics"]]
    return listed[pd.Series(about, index=listed.index, dtype="bool")]


def say_age(checked: object, built: date) -> str:
    """Return in Japanese that an entry was last checked more than a year before, '' where not.

    Examples
    --------
    >>> say_age(pd.Timestamp("2025-04-01"), date(2026, 11, 23))
    '最終確認が古い（2025年4月）'
    >>> say_age(pd.NaT, date(2026, 11, 23))
    ''
    """
    if not isinstance(checked, pd.Timestamp) or pd.isna(checked):
        return ""
    is_old = checked < pd.Timestamp(built) - _STALE_AFTER
    return f"最終確認が古い（{checked.year}年{checked.month}月）" if is_old else ""


def _activities(shown: Publication) -> pd.DataFrame:
    told = (shown.activities[["schedule", "note"]].fillna("") != "").any(axis=1)
    table = shown.activities[told & shown.activities["district"].notna()]
    # Who runs it, a person's name left out; an activity without operator is itself there.
    own = name_organisations(shown).loc[table.index]
    kept = (
        table[["category", "schedule"]]
        .fillna("")
        .assign(
            name=own["name"],
            note=mask(table["note"].fillna("").astype("str"))[0],
            operator=own["label"].mask(own["note"].eq(ACTIVITY_NOTE), ""),
        )
    )
    facts = kept[["operator", "schedule"]].itertuples(index=False)
    return pd.DataFrame(
        {
            "source": "activity",
            "id": table["activity_id"],
            "district": table["district"],
            "text": [
                join_parts(row, "。") for row in kept[["name", "note"]].itertuples(index=False)
            ],
            "told": [f"活動{_bracket(join_parts(row, '、'))}" for row in facts],
            "doubt": [say_age(checked, shown.built) for checked in table["last_checked"]],
            "topics": _topics(shown.activity_issues, "activity_id", table["activity_id"]),
            "policy": kept["category"],
            "initiative": kept["name"],
            "body": kept["note"],
            "worth": WORTH["activity"],
        }
    )


def _statements(shown: Publication, issue: str | None) -> pd.DataFrame:
    mentions = shown.mentions[shown.mentions["kind"].isin(LEARNED_FROM)]
    if issue is not None:
        mentions = mentions[mentions["issue"].eq(issue)]
    order = mentions["kind"].map(LEARNED_FROM.index)
    ranked = mentions.assign(order=order).sort_values("order", kind="stable")
    first = ranked.drop_duplicates("text_id").set_index("text_id")
    said = shown.statements.dropna(subset=["district"])
    said = said[said["statement_id"].isin(first.index)]
    kinds = said["statement_id"].map(first["kind"])
    manners = said["statement_id"].map(first["manner"])
    return pd.DataFrame(
        {
            "source": "statement",
            "id": said["statement_id"],
            "district": said["district"],
            "text": said["text"],
            "told": [f"発言（{KINDS[kind]}）" for kind in kinds],
            "doubt": [_HEARSAY if manner == "hearsay" else "" for manner in manners],
            "topics": _topics(mentions, "text_id", said["statement_id"]),
            "initiative": said["text"],
            "worth": kinds.eq("activity") * WORTH["statement"],
        }
    )


def _measures(shown: Publication) -> pd.DataFrame:
    """Return the municipalities' own measures; what a plan asks of others is none."""
    own = ~shown.measures["role"].isin(OF_OTHERS) & shown.measures["district"].notna()
    table = shown.measures[own & shown.measures["text"].fillna("").ne("")]
    texts = table[["plan", "goal", "policy", "initiative", "text"]].fillna("")
    paths = [join_parts(row, " > ") for row in texts[["goal", "policy"]].itertuples(index=False)]
    pages = ["" if pd.isna(page) else f"{page}頁" for page in table["page"]]
    facts = zip(texts["plan"], paths, pages, strict=True)
    return pd.DataFrame(
        {
            "source": "measure",
            "id": table["measure_id"],
            "district": table["district"],
            "town": table["district_name"],
            "text": [
                join_parts(row, "。")
                for row in texts[["initiative", "text"]].itertuples(index=False)
            ],
            "told": [f"施策{_bracket(join_parts(parts, '、'))}" for parts in facts],
            "topics": _topics(shown.measure_issues, "measure_id", table["measure_id"]),
            **{part: texts[name] for part, name in zip(PARTS, texts.columns[1:], strict=True)},
        }
    )


def _topics(pairs: pd.DataFrame, key: str, ids: pd.Series) -> pd.Series:
    known = pairs.dropna(subset=["issue"]).drop_duplicates([key, "issue"])
    return ids.map(known.groupby(key)["issue"].agg("|".join)).fillna("")


def join_parts(parts: Iterable[str], mark: str) -> str:
    """Return the parts that hold something, with a mark between."""
    return mark.join(part for part in parts if part)


def _bracket(text: str) -> str:
    return f"（{text}）" if text else ""
