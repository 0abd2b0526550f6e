"""Hide districts of which few people or statements are known, and what would give them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import pandas as pd

from .disclosure import Growth, Link, Rule, Sum, hide_until_safe
from .privacy import Thresholds, shown_number
from .suppression import Released


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

    @property
    def once_hidden(self) -> set[int]:
        """Return the positions of the cells that share voices with a number that was hidden."""
        return {n for ours, then in self.links if None in then for n in ours}


def _before(out: Released, name: str, place: Mapping[str, int]) -> _Before:
    then = {str(key): shown_number(value) for key, value in out.exposure[name].items()}
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
    are at least its voices, so that hiding them beside others would hide little. For the same
    reason a value that was hidden before stays so: what its voices grew by would tell it.
    """
    links = [
        Link(
            ours,
            then,
            (inf,) * len(ours),
            (inf,) * len(then),
            (1,) * len(then),
            (inf,) * len(then),
            least,
        )
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
    kept = set() if beside else {n for out in before for n in out.once_hidden}
    small = [0 < value < least or (n in kept and value > 0) for n, value in enumerate(values)]
    alone = hide_until_safe(values, small, links, rank)
    start = [*alone[:-1], values[-1] > 0 and any(alone)]
    if not beside and any(alone):
        return alone, False
    hidden = hide_until_safe(values, start, [*links, *under_total], rank) if beside else start
    total = sum(values)
    grown = [abs(total - out.total) for out in before if out.total is not None]
    gives_away = any(rule.tells(values, hidden) for rule in under_total)
    if gives_away or any(0 < number < least for number in (total, *grown)):
        return alone, False
    return hidden, True
