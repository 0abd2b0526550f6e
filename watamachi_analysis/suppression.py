"""Hide small counts, and those that would give them away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import inf

import pandas as pd

from .bounds import Place
from .disclosure import Link, Lone, Rule, Sum, Union, hide_until_safe
from .privacy import ALL_ISSUES, HIDDEN_WITH, PART_OF, VOICE_COUNTS, Thresholds, shown_number

Cell = tuple[str, str]  # district and issue


@dataclass(frozen=True)
class Released:
    """Counts that are out already, and which of their districts hold the voices of which of ours.

    Attributes
    ----------
    overlap
        `district`, `issue` (groups of issues included) and the counts of voices as they were
        shown, hidden ones missing.
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

    Of 579 counts above 0 in `data/sample` the thresholds hide 448, and this rule 3 more.

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


def protect_groups(
    groups: pd.DataFrame,
    overlap: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    thresholds: Thresholds,
    released: Sequence[Released] = (),
) -> pd.DataFrame:
    """Hide what groups of issues would give away of the issues in them.

    Groups yield: what `protect` shows and hides of the issues stays as it is. A count of voices
    of a group stays only from the same thresholds, and then, beside what `protect` does,

    - where not exactly one of its issues is hidden, and where the district's total is shown;
    - of the groups of a district that hold a hidden issue never one alone is hidden; where there
      is one only, and it is hidden, no group of the district is shown.

    Parameters
    ----------
    groups
        As `count_groups` returns it.
    overlap
        As `protect` returns it.
    members
        Group → its issues.
    thresholds, released
        As `protect` takes them.

    Returns
    -------
    pandas.DataFrame
        The rows of `groups`, hidden counts missing. How many needs are `requests` is told of
        issues only.
    """
    both = pd.concat([overlap, groups], ignore_index=True)
    cells = _lay_out(both, [thresholds.statements] * len(both), members)
    own = set(range(len(overlap), len(both)))
    shown = groups.copy()
    for voices, gatherings in VOICE_COUNTS.items():
        few = both[voices].lt(thresholds.statements) | both[gatherings].lt(thresholds.gatherings)
        said = both[voices].ne(0).fillna(True)  # what is hidden is not 0
        hidden = (few & said).fillna(True).tolist()
        rules: list[Rule] = [*_columns(cells), *_links(released, cells, voices)]
        for district in groups["district"].unique():
            mine = tuple(cells.place[district, group] for group in members)
            inside = {n: sum(hidden[part] for part in cells.places[n].below) for n in mine}
            no_total = hidden[cells.place[district, ALL_ISSUES]]
            for n in mine:
                hidden[n] = bool(said[n]) and (hidden[n] or inside[n] == 1 or no_total)
            rules.append(Lone(mine, tuple(n for n in mine if inside[n])))
        mine_only = [rule for rule in rules if own.issuperset(rule.parts)]
        found = _hide(both[voices], hidden, mine_only, _hidden_then(released, cells, voices))
        gone = found.iloc[len(overlap) :].set_axis(groups.index)
        for name in (voices, gatherings):
            shown[name] = shown[name].mask(gone)
    for name in [n for part, (_, held) in PART_OF.items() for n in (part, held) if n in shown]:
        shown[name] = pd.NA
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
    cells = _lay_out(table, least.tolist(), {})
    unions = [Union(stand.below, n) for n, stand in cells.places.items() if stand.below]
    rules: list[Rule] = [*unions, *_columns(cells), *_links(released, cells, voices)]
    return _hide(table[voices], small.tolist(), rules, _hidden_then(released, cells, voices))


def _hide(
    counts: pd.Series, small: Sequence[bool], rules: Sequence[Rule], was_hidden: set[int]
) -> pd.Series:
    """Return what is hidden until no rule tells anything, what was hidden before at first."""
    values = counts.fillna(0).astype(int).tolist()
    rank = [(number not in was_hidden, value) for number, value in enumerate(values)]
    return pd.Series(hide_until_safe(values, small, rules, rank), index=counts.index)


@dataclass(frozen=True)
class _Cells:
    """Where each district × issue stands in a column, the most it can be, what it needs.

    `unions` says which issues a row of several stands for.
    """

    place: Mapping[Cell, int]
    most: Sequence[float]
    least: Sequence[int]
    unions: Mapping[str, Sequence[str]]

    def stand(self, district: str, issue: str) -> Place[Cell]:
        """Return where a row stands among the others of its district."""
        below = self.unions.get(issue, ())
        own = {issue, *below}
        beside = [other for other in self.unions[ALL_ISSUES] if other not in own]
        return Place(
            tuple((district, part) for part in below),
            None if issue == ALL_ISSUES else (district, ALL_ISSUES),
            tuple((district, other) for other in beside),
        )

    @cached_property
    def places(self) -> dict[int, Place[int]]:
        """Return position → where the cell stands among the others of its district."""
        stands = {number: self.stand(*key) for key, number in self.place.items()}
        return {
            number: Place(
                tuple(self.place[key] for key in stand.below),
                None if stand.total is None else self.place.get(stand.total),
                tuple(self.place[key] for key in stand.beside),
            )
            for number, stand in stands.items()
        }


def _lay_out(
    table: pd.DataFrame, least: Sequence[int], members: Mapping[str, Sequence[str]]
) -> _Cells:
    """Return where the rows of a table stand, groups below their issues included."""
    place = {key: n for n, key in enumerate(zip(table["district"], table["issue"], strict=True))}
    single = [issue for issue in table["issue"].unique() if issue not in {ALL_ISSUES, *members}]
    return _Cells(place, _most(table), least, {ALL_ISSUES: single, **members})


def _most(table: pd.DataFrame) -> list[float]:
    """Return the statements of each row: no count of voices is more."""
    if "statements" not in table:
        return [inf] * len(table)
    return table["statements"].astype("Float64").fillna(inf).astype(float).tolist()


def _columns(cells: _Cells) -> Iterable[Sum]:
    parts: dict[str, list[int]] = {}
    for (_, issue), number in cells.place.items():
        parts.setdefault(issue, []).append(number)
    for numbers in parts.values():
        most = tuple(cells.most[number] for number in numbers)
        yield Sum(tuple(numbers), most, cells.least[numbers[0]], cells.places)


def _shown_then(overlap: pd.DataFrame, voices: str) -> dict[Cell, int | None]:
    """Return what was shown; None what was hidden, 0 where no gathering was recorded."""
    silent = overlap["state"].eq("no_record")
    values = overlap[voices].mask(silent, 0)
    keys = zip(overlap["district"], overlap["issue"], strict=True)
    return {key: shown_number(value) for key, value in zip(keys, values, strict=True)}


def _hidden_then(released: Sequence[Released], cells: _Cells, voices: str) -> set[int]:
    """Return the cells of which a number that is out was hidden."""
    return {
        cells.place[key]
        for out in released
        for key, value in _shown_then(out.overlap, voices).items()
        if value is None and key in cells.place
    }


def _links(released: Sequence[Released], cells: _Cells, voices: str) -> Iterable[Link]:
    issues = list(dict.fromkeys(issue for _, issue in cells.place))
    for out in released:
        then = _shown_then(out.overlap, voices)
        said = out.exposure["statements"].astype("Float64").fillna(inf).astype(float)
        for (ours, theirs), issue in product(out.links, issues):
            keys = [(district, issue) for district in theirs]
            if all(key in then for key in keys):  # an issue of the survey's own may be new
                places = tuple(cells.place[district, issue] for district in ours)
                spans = [cells.stand(*key).span(then.get, said[key[0]]) for key in keys]
                yield Link(
                    parts=places,
                    then=tuple(then[key] for key in keys),
                    most=tuple(cells.most[place] for place in places),
                    most_then=tuple(high for _, high in spans),
                    floor_then=tuple(low for low, _ in spans),
                    said_then=tuple(said[list(theirs)]),
                    least=cells.least[places[0]],
                    places=cells.places,
                )
