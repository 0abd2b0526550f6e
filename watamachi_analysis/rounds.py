"""Compare two rounds of one survey: what came up in more gatherings than the last time, or in fewer."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from .analysis import Analysis
from .levels import CONFIDENT
from .means import find_means
from .overlap import count, count_exposure
from .publish import Publication
from .round_changes import Floats, infer_changes, infer_moves
from .round_pairs import lay_out, lay_out_whole, mark_pairs, pair_rounds, sum_up, take_new
from .round_words import ALL_DISTRICTS, SURE_OF_ONE, say_change, say_whole

VOICES = ("needs", "wishes")
ROUND_COLUMNS = [
    "district", "name", "issue", "voices", "then_gatherings", "then_held", "now_gatherings",
    "now_held", "districts", "then_districts", "now_districts", "p_rise", "p_fall", "change",
    "sentence",
]  # fmt: skip
_COUNTS = [name for name in ROUND_COLUMNS if name.endswith(("_gatherings", "_held", "districts"))]


def cut_before(analysis: Analysis, day: date) -> Analysis:
    """Return the analysis as it would have been with only the gatherings before a day.

    A gathering without a date belongs to the last round: what is new must not rest on it.
    `note_undated` says how many there are.

    Parameters
    ----------
    analysis
        As `analyse` returns it.
    day
        The first day of the new round.

    Returns
    -------
    Analysis
        What is counted is counted anew; the measures nearest to a statement stay as they were.
        Lists, plans, figures and corrections have no round and stay.
    """
    held = analysis.survey.gatherings
    early = ~pd.to_datetime(held["date"]).ge(pd.Timestamp(day))
    held = held[early].reset_index(drop=True)
    said = analysis.survey.statements
    said = said[said["gathering_id"].isin(held["gathering_id"])].reset_index(drop=True)

    def keep(table: pd.DataFrame, key: str = "text_id") -> pd.DataFrame:
        return table[table[key].isin(said["statement_id"])].reset_index(drop=True)

    mentions = keep(analysis.mentions)
    tables = replace(analysis.tables, gatherings=held, statements=said, mentions=mentions)
    return replace(
        analysis,
        survey=replace(analysis.survey, gatherings=held, statements=said),
        masked=keep(analysis.masked),
        rules=keep(analysis.rules),
        mentions=mentions,
        doubtful=keep(analysis.doubtful, "statement_id"),
        places=keep(analysis.places),
        tables=tables,
        matches=keep(analysis.matches, "statement_id"),
        means=find_means(said, mentions),
        exposure=count_exposure(tables),
        overlap=count(tables, analysis.survey.settings.thresholds),
        built=min(analysis.built, pd.Timestamp(day).date()),
    )


def note_undated(shown: Publication) -> str:
    """Say how many gatherings have no date and so belong to the last round; empty where none."""
    undated = int(shown.gatherings["date"].isna().sum())
    return f"日付のない集まり{undated}回は、前回のものとして数えています。" if undated else ""


def compare_rounds(then: Publication, now: Publication) -> pd.DataFrame:
    """Return what came up in more or in fewer gatherings than in the last round.

    Nothing is used but the counts of gatherings that both publications show, so that the result
    may be given to whoever was given these. Where the gatherings of `then` are among those of
    `now`, the new round is what `now` has more, cell by cell where both are shown, and by the
    thresholds of its own. Where none is, each publication is a round.

    Chances are those of `infer_changes` in a district and of `infer_moves` over all districts.
    The latter holds the districts with a record in both rounds. Where counts of some of them are
    hidden, a sum of the others would mislead: zeros are never hidden and small counts always are.
    It is then told in how many of the districts the issue came up, and what cannot be known even
    of that is read in favour of no change.

    Parameters
    ----------
    then, now
        Of one audience, in the order in which they were given out; `now` was published with
        `before=[then]`, as `publish_in_turn` does.

    Returns
    -------
    pandas.DataFrame
        One row per `district` (with its `name`; `ALL_DISTRICTS` stands first), `issue` and
        `voices` (needs or wishes): `then_gatherings` of `then_held` gatherings in which it came
        up, and the same of `now`; of all districts `districts`, how many are compared, and in
        how many it came up (`then_districts`, `now_districts`; the least they can be);
        `p_rise` and `p_fall`, the chances that the rate rose or fell by more than five points,
        missing where nothing can be said; `change`: `rise`, `fall`, empty where neither can be
        told, `hidden`, `no_record`, or `incomparable` (an issue that one codebook lacks, a
        record that was read anew); and the `sentence` that says it. Hidden counts are missing.

    Raises
    ------
    ValueError
        If the two are for different audiences or by different areas, or if some, but not all,
        gatherings of the last round are in the new one.
    """
    _refuse_unlike(then, now)
    goes_on, least = _goes_on(then, now), now.settings.thresholds.gatherings
    parts = []
    for voices in VOICES:
        pairs = pair_rounds(then, now, voices)
        pairs = mark_pairs(take_new(pairs, now) if goes_on else pairs, least)
        parts += [_compare_whole(pairs, least), _compare_each(pairs)]
    table = pd.concat(parts, ignore_index=True)
    order = np.argsort(table["district"].ne(ALL_DISTRICTS), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _compare_each(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what changed in each district × issue; all districts teach the model."""
    known = pairs["now_came"].notna() & pairs["mark"].ne("incomparable")
    told = pairs.assign(now_held=pairs["now_held"].where(known, 0))
    found = infer_changes(lay_out(told, few=True))
    judged = _judge(pairs, found.rise.T.ravel(), found.fall.T.ravel(), SURE_OF_ONE)
    sentences = [say_change(row) for row in judged.to_dict("records")]
    return _arrange(judged, sentences)


def _compare_whole(pairs: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return what changed of each issue over all districts that can be compared.

    What cannot be known is read in favour of no change: the chance of a rise as if the issue had
    not come up again, that of a fall as if it had; each the lower of the two.
    """
    total = sum_up(pairs)
    few = total[["then_held", "now_held"]].lt(least).any(axis=1)
    reasons = {
        "incomparable": total["lacks"].ne(""),
        "no_record": total["districts"].eq(0),
        "few": few.fillna(False),
    }
    marks = np.select(list(reasons.values()), list(reasons), "")
    readings = [infer_moves(heard) for heard in lay_out_whole(pairs)]
    rise, fall = (
        np.minimum(*(getattr(found, name) for found in readings)) for name in ("rise", "fall")
    )
    named = total.assign(district=ALL_DISTRICTS, name="すべての地区", mark=marks)
    judged = _judge(named, rise, fall, CONFIDENT)
    sentences = [say_whole(row) for row in judged.to_dict("records")]
    return _arrange(judged, sentences)


def _judge(table: pd.DataFrame, rise: Floats, fall: Floats, least: float) -> pd.DataFrame:
    """Add the chances where something can be said, and what changed."""
    told = table["mark"].eq("")
    p_rise, p_fall = (
        pd.Series(chance, index=table.index, dtype="Float64").clip(0, 1).where(told)
        for chance in (rise, fall)
    )
    change = table["mark"].replace("few", "").astype("str")
    for name, chance in (("rise", p_rise), ("fall", p_fall)):
        change = change.mask(chance.ge(least).fillna(False), name)
    return table.assign(p_rise=p_rise, p_fall=p_fall, change=change)


def _arrange(judged: pd.DataFrame, sentences: list[str]) -> pd.DataFrame:
    said = pd.Series(sentences, index=judged.index, dtype="str")
    table = judged.assign(sentence=said).reindex(columns=ROUND_COLUMNS)
    return table.astype(dict.fromkeys(_COUNTS, "Int64"))


def _refuse_unlike(then: Publication, now: Publication) -> None:
    """Refuse two publications that cannot be laid beside one another.

    Raises
    ------
    ValueError
        If the two are for different audiences or by different areas.
    """
    if then.audience != now.audience:
        raise ValueError(
            f"前回は{then.audience_label}、今回は{now.audience_label}なので、くらべられません。"
            "同じ見る人のために作ったものどうしでくらべてください"
        )
    if _areas(then) != _areas(now):
        raise ValueError(
            "前回と今回では地区の分け方が違うので、くらべられません。"
            "watamachi.toml の scheme と districts.xlsx を同じにして、もう一度数えてください"
        )


def _areas(shown: Publication) -> set[tuple[str, str]]:
    parts = shown.scheme.parts.dropna(subset=["district"])
    known = zip(parts["district"], parts["unit"], strict=True)
    return {*known, *((district, "") for district in shown.districts["district"])}


def _goes_on(then: Publication, now: Publication) -> bool:
    """Tell whether all gatherings of the last round are in the new publication, or none.

    Raises
    ------
    ValueError
        If some are and some are not.
    """
    old, new = set(then.gatherings["gathering_id"]), set(now.gatherings["gathering_id"])
    if old <= new:
        return True
    if old & new:
        raise ValueError(
            f"前回の集まり{len(old)}回のうち{len(old - new)}回が、今回のなかにありません。"
            "前回の記録をすべて残して新しい記録を足すか、新しい記録だけにしてください"
            "（前回と今回の順が逆のときも、こうなります）"
        )
    return False
