"""Gather what one audience sees of one district, issue, kind of voices and span of months."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from .captions import caution, japanese_date
from .codebook import KINDS
from .findings import find_overall, find_sentence
from .levels import compare
from .notes import GATHERING_KINDS
from .page import CELL_COLUMNS
from .plan_table import compare_plans
from .privacy import ALL_ISSUES, mark_counts
from .publish import Publication
from .shares import KIND_ORDER

ALL_LABEL = "すべての課題"
MONTH = "month"  # of a statement; only the adviser is told in which gathering it was said
MOST_NAMED = 3

Months = tuple[str, str]


@dataclass(frozen=True)
class View:
    """What one audience sees of one district and issue.

    Attributes
    ----------
    district, name
        The code and the name of the district.
    issue, label
        The issue, or `all`, and its name.
    kind
        The kind that the voices are of; '' for all.
    months
        The first and the last month, such as 2026-05; None for the whole survey.
    finding, rest
        What was found of the issue over all districts, and what cannot be said yet.
    state, sentence, compared
        How it is in the district, and how that stands to the prefecture.
    counts
        Label → number as shown; `X` where it is hidden, `–` without a record.
    plan, means
        The plan beside the voices, and which means the words point to; '' without a hint.
    voices
        What may be quoted: `statement_id`, `text`, `kinds` (labels), `month` where it is known.
    unquoted
        Why there is none to read; '' where there are some.
    activities
        Names of what is listed there about the issue.
    gatherings
        Those held there in these months: `day`, `label`.
    notes
        What a reader must know of these voices and numbers.
    """

    district: str
    name: str
    issue: str
    label: str
    kind: str
    months: Months | None
    finding: str
    rest: str
    state: str
    sentence: str
    compared: str
    counts: Mapping[str, str]
    plan: str
    means: str
    voices: pd.DataFrame
    unquoted: str
    activities: tuple[str, ...]
    gatherings: pd.DataFrame
    notes: tuple[str, ...]


def list_months(shown: Publication) -> list[str]:
    """Return every month from the first gathering with a date to the last, such as 2026-05."""
    days = shown.gatherings["date"].dropna()
    if days.empty:
        return []
    return [str(month) for month in pd.period_range(days.min(), days.max(), freq="M")]


def look_up(
    shown: Publication,
    district: str,
    issue: str = ALL_ISSUES,
    kind: str = "",
    months: Months | None = None,
) -> View:
    """Return what one audience sees of one district and issue.

    Counts are those of the whole survey, whatever the months are: counts of some months could be
    subtracted from them.

    Parameters
    ----------
    shown
        The tables of the audience.
    district, issue
        As they stand in `shown.overlap`; the issue `all` stands for any.
    kind
        A key of `KINDS` narrows the voices; '' keeps all.
    months
        The first and the last month, such as 2026-05, in either order; None keeps all.

    Raises
    ------
    ValueError
        If there is no such district, issue or kind.
    """
    _check(shown, district, issue, kind)
    span = (min(months), max(months)) if months else None
    here = shown.overlap[shown.overlap["district"].eq(district)]
    row = here[here["issue"].eq(issue)].iloc[0]
    plan, means = _tell_plan(shown, district, issue)
    voices = _quote(shown, district, (issue, kind), span)
    finding, rest = _find(shown, issue)
    return View(
        district=district,
        name=str(row["name"]),
        issue=issue,
        label=_label(shown, issue),
        kind=kind,
        months=span,
        finding=finding,
        rest=rest,
        state=str(row["state"]),
        sentence=str(row["sentence"]),
        compared=compare(row.to_dict()),
        counts=_figures(here[here["issue"].eq(issue)]),
        plan=plan,
        means=means,
        voices=voices,
        unquoted="" if len(voices) else _say_why_none(shown, str(row["state"]), kind, span),
        activities=_list_activities(shown, district, issue),
        gatherings=_list_gatherings(shown, district, span),
        notes=tuple(_notes(shown, span)),
    )


def _check(shown: Publication, district: str, issue: str, kind: str) -> None:
    """Refuse what is not in the tables.

    Raises
    ------
    ValueError
        If there is no such district, issue or kind.
    """
    for what, value, known in (
        ("地区", district, list(shown.districts["district"])),
        ("課題", issue, [ALL_ISSUES, *shown.issues.index]),
        ("種別", kind, ["", *KINDS]),
    ):
        if value not in known:
            raise ValueError(f"{what}「{value}」はありません（{'・'.join(filter(None, known))}）")


def _label(shown: Publication, issue: str) -> str:
    return str(shown.issues["label"].get(issue, ALL_LABEL))


def _find(shown: Publication, issue: str) -> tuple[str, str]:
    finding, rest = find_sentence(shown.overlap[shown.overlap["issue"].eq(issue)])
    if issue != ALL_ISSUES:
        return finding, rest
    labels = {str(key): str(label) for key, label in shown.issues["label"].items()}
    return find_overall(shown.overlap, labels), rest


def _figures(row: pd.DataFrame) -> dict[str, str]:
    listed = {"activities_listed", "measures"}
    return {
        label: str(mark_counts(row[name], row["state"], blank=name not in listed).iloc[0])
        for name, label in CELL_COLUMNS.items()
    }


def _tell_plan(shown: Publication, district: str, issue: str) -> tuple[str, str]:
    """Return the sentence about plan and voices, and the hint of a means."""
    here = shown.overlap[shown.overlap["district"].eq(district)]
    rows = compare_plans(replace(shown, overlap=here)).set_index("issue")
    if rows.empty:
        return "この地区の計画はまだ読み込まれていません。", ""
    if issue in rows.index:
        return str(rows.at[issue, "sentence"]), str(rows.at[issue, "means"])
    lacking = [_label(shown, str(key)) for key in rows.index[rows["state"].eq("voices_only")]]
    if lacking:
        named = "」「".join(lacking[:MOST_NAMED]) + (
            "」など" if len(lacking) > MOST_NAMED else "」"
        )
        return f"声があり、計画に施策が見つからない課題が{len(lacking)}つあります: 「{named}。", ""
    if rows["state"].eq("both").any():
        return "示せる声のある課題には、どれも計画に施策があります。", ""
    return "計画を読み込みました。示せる声が増えると、つき合わせができます。", ""


def _list_activities(shown: Publication, district: str, issue: str) -> tuple[str, ...]:
    about = shown.activity_issues[shown.activity_issues["district"].eq(district)]
    if issue != ALL_ISSUES:
        about = about[about["issue"].eq(issue)]
    names = shown.activities.set_index("activity_id")["name"]
    return tuple(dict.fromkeys(names.reindex(about["activity_id"]).dropna()))


def _list_gatherings(shown: Publication, district: str, months: Months | None) -> pd.DataFrame:
    held = shown.gatherings[shown.gatherings["district"].eq(district)]
    held = held[_within(_months_of(held["date"]), months)].sort_values("date", kind="stable")
    days = ["日付の記録なし" if pd.isna(day) else japanese_date(day) for day in held["date"]]
    labels = held["kind"].map(GATHERING_KINDS).astype("str")
    return pd.DataFrame({"day": days, "label": labels.tolist()}, dtype="str")


def _months_of(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.strftime("%Y-%m")


def _within(month: pd.Series, months: Months | None) -> pd.Series:
    """Tell which months lie in a span; what has no date lies in none but the whole."""
    if months is None:
        return pd.Series(data=True, index=month.index, dtype=bool)
    return month.between(*months).fillna(value=False).astype(bool)


def _tells_months(shown: Publication) -> bool:
    """Tell whether the audience may know in which gathering, and so when, something was said."""
    return "gathering_id" in shown.statements


def _quote(
    shown: Publication, district: str, about: tuple[str, str], months: Months | None
) -> pd.DataFrame:
    """Return the statements of a district that may be quoted, are about an issue and of a kind."""
    issue, kind = about
    said = shown.statements[shown.statements["district"].eq(district)]
    if _tells_months(shown):
        days = shown.gatherings.set_index("gathering_id")["date"]
        said = said.assign(**{MONTH: _months_of(said["gathering_id"].map(days))})
        said = said[_within(said[MONTH], months)].drop(columns="gathering_id")
    told = shown.mentions[shown.mentions["text_id"].isin(said["statement_id"])]
    if issue != ALL_ISSUES:
        told = told[told["issue"].eq(issue)]
    if kind:
        told = told[told["kind"].eq(kind)]
    if issue != ALL_ISSUES or kind:
        said = said[said["statement_id"].isin(told["text_id"])]
    pairs = set(zip(told["text_id"], told["kind"], strict=True))
    labels = [
        "・".join(KINDS[one] for one in KIND_ORDER if (key, one) in pairs)
        for key in said["statement_id"]
    ]
    table = said.drop(columns="district").assign(kinds=pd.Series(labels, said.index, dtype="str"))
    return table.reset_index(drop=True)


def _say_why_none(shown: Publication, state: str, kind: str, months: Months | None) -> str:
    if shown.audience == "public":
        return "公開用には、声そのものは載せません。"
    if state == "no_record":
        return "集まりの記録がまだありません。声がないということではありません。"
    if kind or months:
        return "この選び方で載せられる声はありません。種別や期間を広げてみてください。"
    return "載せられる声がありません。公開してよいと答えた声か、示せる件数が足りないためです。"


def _notes(shown: Publication, months: Months | None) -> list[str]:
    notes = [caution(shown)]
    if shown.audience == "member":
        notes.append("声は、公開してよいと答えた発言のうち、数を示せるものだけです。")
    if months:
        notes.append("件数と状態は、選んだ期間だけでなく調査の全期間のものです。")
        if not _tells_months(shown):
            notes.append("いつの声かは示さないため、期間でしぼるのは集まりの一覧だけです。")
        if shown.gatherings["date"].isna().any():
            notes.append("日付の書かれていない集まりは、期間を選ぶと出ません。")
    return notes
