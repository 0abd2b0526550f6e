"""Hide small counts, and those that would give them away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import pandas as pd

from .disclosure import Growth, Link, Rule, Sum, Union, hide_until_safe
from .privacy import ALL_ISSUES, HIDDEN_WITH, PART_OF, VOICE_COUNTS, Thresholds


@dataclass(frozen=True)
class Released:
    """Counts that are out already, and which of their districts hold the voices of which of ours.

    Attributes
    ----------
    overlap
        `district`, `issue` and the counts of voices as they were shown, hidden ones missing.
    exposure
        Indexed by `district`: `participants` and `statements` as they were shown.
    totals
        `participants` and `statements` of the whole survey; None where they were hidden.
    links
        Pairs (our districts, theirs) of the same place: one and one where the scheme is the
        same, one and several where theirs is finer, several and one where it is coarser.
    """

    overlap: pd.DataFrame
    exposure: pd.DataFrame
    totals: Mapping[str, int | None]
    links: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def protect(
    overlap: pd.DataFrame,
    thresholds: Thresholds,
    sensitive: set[str],
    released: Sequence[Released] = (),
) -> pd.DataFrame:
    """Hide counts that are too small, and those that would give them away by subtraction.

    A count of voices stays only from `statements` (or `sensitive`) statements out of
    `gatherings` gatherings; 0 stays. Then, as long as something gives a hidden count away, the
    smallest count shown beside it is hidden too (complementary suppression, 関連秘匿):

    - in a district whose total is shown, never one issue alone is hidden;
    - of one issue over all districts, never one district alone, and the hidden ones hold
      together as much as a count needs, and more than one voice each. No total over the
      districts is published, but a rate drawn toward the prefecture's shows it;
    - against what is `released`: what subtraction leaves of an older date or of another scheme
      is 0, or as much as a count needs (and from more than one hidden count).

    Of 579 counts above 0 in `data/sample` the thresholds hide 450, and this rule 6 more.

    Parameters
    ----------
    overlap
        As `count` returns it: one row per `district` and `issue`, `all` included.
    thresholds
        The least counts.
    sensitive
        The issues that need more.
    released
        What was published before of the same survey, on an older day or by another scheme.

    Returns
    -------
    pandas.DataFrame
        The same rows, hidden counts missing.

    Examples
    --------
    >>> counts = {"all": 9, "places": 2, "shopping": 4, "disaster": 7}
    >>> table = pd.DataFrame({"district": "11208", "issue": list(counts)})
    >>> for voices, gatherings in VOICE_COUNTS.items():
    ...     table[[voices, gatherings]] = 0
    >>> table["needs"], table["need_gatherings"] = list(counts.values()), 2
    >>> protect(table, Thresholds(), set())["needs"].isna().tolist()
    [False, True, True, False]
    """
    shown = overlap.copy()
    is_sensitive = shown["issue"].isin(sensitive)
    least = is_sensitive.map({True: thresholds.sensitive, False: thresholds.statements})
    for voices, gatherings in VOICE_COUNTS.items():
        said = shown[voices].gt(0)
        small = said & (shown[voices].lt(least) | shown[gatherings].lt(thresholds.gatherings))
        hidden = _hide_beside(shown, voices, small, least, released)
        with_it = [name for name in HIDDEN_WITH.get(voices, ()) if name in shown]
        for name in (voices, gatherings, *with_it):
            shown[name] = shown[name].mask(hidden)
    for part, (whole, held) in PART_OF.items():
        if part in shown:
            few = shown[part].gt(0) & shown[held].lt(thresholds.gatherings)
            hidden = shown[whole].isna() | _is_small_part(shown[part], shown[whole], least) | few
            # A district's total would give the one hidden part away.
            total = shown["issue"].eq(ALL_ISSUES)
            hidden |= total & shown["district"].isin(shown["district"][hidden])
            shown[part], shown[held] = shown[part].mask(hidden), shown[held].mask(hidden)
    return shown


def _is_small_part(part: pd.Series, whole: pd.Series, least: pd.Series) -> pd.Series:
    """Tell where a part, or what it leaves of the whole, is small; 0 and all of it are not."""
    rest = whole - part
    return ((part.gt(0) & part.lt(least)) | (rest.gt(0) & rest.lt(least))).fillna(False)


def _hide_beside(
    table: pd.DataFrame,
    voices: str,
    small: pd.Series,
    least: pd.Series,
    released: Sequence[Released],
) -> pd.Series:
    """Return what is hidden of one column of voices: the small ones and what tells of them."""
    keys = list(zip(table["district"], table["issue"], strict=True))
    cells = _Cells({key: n for n, key in enumerate(keys)}, _most(table), least.tolist())
    rules = [*_rows(cells), *_columns(cells)]
    was_hidden: set[int] = set()
    for out in released:
        then = _shown_then(out.overlap, voices)
        rules += _links(out, cells, then)
        was_hidden |= {
            cells.place[key] for key, value in then.items() if value is None and key in cells.place
        }
    values = table[voices].fillna(0).astype(int).tolist()
    rank = [(number not in was_hidden, value) for number, value in enumerate(values)]
    return pd.Series(hide_until_safe(values, small.tolist(), rules, rank), index=table.index)


@dataclass(frozen=True)
class _Cells:
    """Where each district × issue stands in a column, the most it can be, what it needs."""

    place: Mapping[tuple[str, str], int]
    most: Sequence[float]
    least: Sequence[int]

    @cached_property
    def below(self) -> dict[int, tuple[int, ...]]:
        """Return position of a district's total → positions of its issues."""
        parts: dict[str, list[int]] = {}
        for (district, issue), number in self.place.items():
            if issue != ALL_ISSUES:
                parts.setdefault(district, []).append(number)
        totals = {district: self.place.get((district, ALL_ISSUES)) for district in parts}
        return {n: tuple(parts[district]) for district, n in totals.items() if n is not None}


def _most(table: pd.DataFrame) -> list[float]:
    """Return the statements of each row: no count of voices is more."""
    if "statements" not in table:
        return [inf] * len(table)
    return table["statements"].astype("Float64").fillna(inf).astype(float).tolist()


def _rows(cells: _Cells) -> Iterable[Rule]:
    for total, numbers in cells.below.items():
        yield Union(numbers, total)


def _columns(cells: _Cells) -> Iterable[Rule]:
    parts: dict[str, list[int]] = {}
    for (_, issue), number in cells.place.items():
        parts.setdefault(issue, []).append(number)
    for numbers in parts.values():
        most = tuple(cells.most[number] for number in numbers)
        yield Sum(tuple(numbers), most, cells.least[numbers[0]], cells.below)


def _shown_then(overlap: pd.DataFrame, voices: str) -> dict[tuple[str, str], int | None]:
    """Return what was shown; None what was hidden, 0 where no gathering was recorded."""
    silent = overlap["state"].eq("no_record")
    values = overlap[voices].mask(silent, 0)
    keys = zip(overlap["district"], overlap["issue"], strict=True)
    return {key: _whole(value) for key, value in zip(keys, values, strict=True)}


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _links(
    out: Released, cells: _Cells, then: Mapping[tuple[str, str], int | None]
) -> Iterable[Rule]:
    issues = list(dict.fromkeys(issue for _, issue in cells.place))
    said = out.exposure["statements"].astype("Float64").fillna(inf).astype(float)
    floors: dict[tuple[str, str], int] = {}
    for (district, issue), value in then.items():
        key = (district, ALL_ISSUES)
        floors[key] = max(floors.get(key, 1), (issue != ALL_ISSUES and value) or 1)
    for ours, theirs in out.links:
        for issue in issues:
            keys = [(district, issue) for district in theirs]
            if all(key in then for key in keys):  # an issue of the survey's own may be new
                parts = [cells.place[district, issue] for district in ours]
                yield Link(
                    parts=tuple(parts),
                    then=tuple(then[key] for key in keys),
                    most=tuple(cells.most[part] for part in parts),
                    most_then=tuple(said[list(theirs)]),
                    floor_then=tuple(floors.get(key, 1) for key in keys),
                    least=cells.least[parts[0]],
                    below=cells.below,
                )


def protect_exposure(
    exposure: pd.DataFrame,
    totals: Mapping[str, int],
    thresholds: Thresholds,
    released: Sequence[Released] = (),
) -> tuple[pd.DataFrame, dict[str, int | None]]:
    """Hide districts of few participants or statements, and what would give them away.

    Parameters
    ----------
    exposure
        Indexed by `district`: `participants`, `statements` and more, which stays.
    totals
        The same of the whole survey, that of no district included, and more, which stays.
    thresholds
        `people` participants, and `statements` statements, are shown.
    released
        As `protect` takes it.

    Returns
    -------
    exposure : pandas.DataFrame
        The same rows, hidden counts missing.
    totals : dict
        None where a total would be small, or would give a district away.

    Examples
    --------
    >>> exposure = pd.DataFrame({"participants": [8, 12, 30], "statements": [9, 9, 9]})
    >>> shown, totals = protect_exposure(
    ...     exposure, {"participants": 50, "statements": 27}, Thresholds()
    ... )
    >>> shown["participants"].isna().tolist(), totals
    ([True, True, False], {'participants': 50, 'statements': 27})
    """
    shown, said = exposure.copy(), dict[str, int | None](totals)
    place = {str(district): number for number, district in enumerate(exposure.index)}
    for name, least in (("participants", thresholds.people), ("statements", thresholds.statements)):
        counts = exposure[name].astype("Int64")
        values = counts.fillna(0).astype(int).tolist()
        values.append(totals[name] - sum(values))  # what is of no district is shown nowhere
        before = [_before(out, name, place) for out in released]
        hidden, has_total = _hide_under_total(values, before, least, beside=name == "participants")
        shown[name] = counts.mask(pd.Series(hidden[:-1], index=counts.index, dtype=bool))
        said[name] = totals[name] if has_total else None
    return shown, said


@dataclass(frozen=True)
class _Before:
    """One column of exposure that is out already: linked cells, and its total."""

    links: tuple[tuple[tuple[int, ...], tuple[int | None, ...]], ...]
    total: int | None

    @property
    def single(self) -> dict[int, int | None]:
        """Return position → number where the districts are the same."""
        return {ours[0]: then[0] for ours, then in self.links if len(ours) == len(then) == 1}


def _before(out: Released, name: str, place: Mapping[str, int]) -> _Before:
    then = {str(key): _whole(value) for key, value in out.exposure[name].items()}
    links = [
        (tuple(place[key] for key in ours), tuple(then[key] for key in theirs))
        for ours, theirs in out.links
    ]
    return _Before(tuple(links), out.totals[name])


def _hide_under_total(
    values: Sequence[int], before: Sequence[_Before], least: int, *, beside: bool
) -> tuple[list[bool], bool]:
    """Hide small values and what tells of them; say whether their total may be shown.

    Without `beside` it is the total that goes and no second value: a district's statements
    are at least its voices, so that hiding them beside others would hide little.
    """
    links = [
        Link(ours, then, (inf,) * len(ours), (inf,) * len(then), (1,) * len(then), least)
        for out in before
        for ours, then in out.links
    ]
    growths = [Growth(out.single | {len(values) - 1: None}, least) for out in before if out.single]
    every = tuple(range(len(values)))
    under_total: list[Rule] = [Sum(every, (inf,) * len(every), least), *growths]
    is_same = [
        all(out.single.get(n, v) in {v, None} for out in before) for n, v in enumerate(values)
    ]
    rank = list(zip(is_same, values, strict=True))
    small = [0 < value < least for value in values]
    alone = hide_until_safe(values, small, links, rank)
    start = [*alone[:-1], values[-1] > 0 and any(alone)]
    if not beside and alone != small:
        return alone, False
    hidden = hide_until_safe(values, start, [*links, *under_total], rank) if beside else start
    total = sum(values)
    grown = [abs(total - out.total) for out in before if out.total is not None]
    gives_away = any(rule.tells(values, hidden) for rule in under_total)
    if gives_away or any(0 < number < least for number in (total, *grown)):
        return alone, False
    return hidden, True
