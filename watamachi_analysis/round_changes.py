"""Say how sure it is that a rate rose or fell between two rounds.

The rates of one issue come from a beta distribution whose mean and spread are weighed over a grid
(see `certainty`), learned from both rounds of all districts. What is asked of two rounds is not
whether two rates differ at all but whether anything changed, so each model holds a part in which
nothing did, and learns from the record how large it is (a spike and a slab: Mitchell & Beauchamp
1988, JASA 83, 1023–1032; that the share is learned pays for asking of many at once: Scott & Berger
2010, Annals of Statistics 38, 2587–2619).

A district keeps its rate θ, or rises with the chance a, or falls with the chance b, by more than
`SAME`; a new rate is drawn as the old one was, from F:

    P(k₁, k₂) = (1 − a − b) ∫ B(k₁|n₁,θ) B(k₂|n₂,θ) dF(θ)
              + a ∫∫ B(k₁|n₁,θ) B(k₂|n₂,η) dF(θ) dF(η) over η > θ + SAME, as a share of that of dF dF
              + b the same over η < θ − SAME

All districts together keep their rates with the chance 1 − w, or move by one step δ on the scale of
odds: logit θ₂ = logit θ₁ + δ. As each district is held beside itself, it does not matter that one
was listened to more in the first round and another in the second.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .certainty import SAME, lay_grid

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_MEANS, _SPREADS = 24, 10
_RATES = 80  # points that stand for all rates
# What may have changed, few as likely as many by the factor, and the shares of rises in it: with
# shares that are even, one call in five was wrong where districts are much alike.
_CHANGED = np.geomspace(0.02, 0.6, 8)
_SHARES = [(up * part, (1 - up) * part) for part in _CHANGED for up in (0.1, 0.3, 0.5, 0.7, 0.9)]
_STEPS, _STEP = 40, 0.15  # to either side, on the scale of odds
_USUAL_STEP = 1.0  # standard deviation of steps: from 30 % to 54 %
_HIDDEN, _FEW = -1, -2
# How often a number of gatherings is hidden: always of one; of two where fewer statements came from
# them than are shown; of more only beside another. Taken for no more than that there was one, the
# shown numbers would look far apart. The weights were set by judgement, not fitted.
_ONE, _TWO, _MORE = 1.0, 0.5, 0.1


@dataclass(frozen=True)
class Changes:
    """What can be said of each issue, or issue × district.

    Attributes
    ----------
    rise, fall
        The chances that the rate of the second round is above, and below, that of the first by
        more than `SAME`; what is left to 1, that the two are the same.
    """

    rise: Floats
    fall: Floats


@dataclass(frozen=True)
class Heard:
    """The records of two rounds, issues × districts.

    Attributes
    ----------
    then, now
        The gatherings in which the issue came up; NaN where it is only known that there was one.
    then_held, now_held
        The gatherings held; 0 where nothing is known.
    few
        Whether NaN stands for what is hidden because it is small, and so most likely one or two.
    """

    then: ArrayLike
    then_held: ArrayLike
    now: ArrayLike
    now_held: ArrayLike
    few: bool = False


@dataclass(frozen=True)
class _Pairs:
    """The different pairs of records, how often each issue has each, and where it stands."""

    then: tuple[Whole, Whole]
    now: tuple[Whole, Whole]
    times: Floats
    place: Whole


def infer_changes(heard: Heard) -> Changes:
    """Return the chances that the rate of each issue × district rose, and that it fell.

    Parameters
    ----------
    heard
        The records; the share of districts that changed is learned for each issue.

    Raises
    ------
    ValueError
        If an issue came up in more gatherings than were held.

    Examples
    --------
    >>> none, many = [0] * 9, [6] * 9
    >>> found = infer_changes(Heard([[*none, 0]], [[6] * 10], [[*many, 0]], [[6] * 10]))
    >>> found.rise[0, [0, 9]].round(2)
    array([1.  , 0.14])
    """
    pairs, prior = _read(heard), _priors()
    first, second = _likelihood(*pairs.then, _rates()), _likelihood(*pairs.now, _rates())
    kept = (first * second) @ prior.T
    risen, fallen = _above(first, second, prior), _above(second, first, prior)
    parts = [
        (up, down, (1 - up - down) * kept + up * risen + down * fallen) for up, down in _SHARES
    ]
    log_prior = lay_grid(_MEANS, _SPREADS).log_prior
    log = np.stack([pairs.times @ np.log(mixed) + log_prior for _, _, mixed in parts])
    rise = fall = np.zeros(pairs.times.shape)
    for weight, (up, down, mixed) in zip(_normalise(log, axis=(0, 2)), parts, strict=True):
        rise = rise + weight @ (up * risen / mixed).T
        fall = fall + weight @ (down * fallen / mixed).T
    return Changes(*(np.take_along_axis(table, pairs.place, axis=1) for table in (rise, fall)))


def infer_moves(heard: Heard) -> Changes:
    """Return the chances that the rates of all districts together rose, and that they fell.

    Parameters
    ----------
    heard
        The records; the share of issues that moved is learned from all issues.

    Returns
    -------
    Changes
        One chance an issue.

    Raises
    ------
    ValueError
        If an issue came up in more gatherings than were held.

    Examples
    --------
    >>> held = [[4] * 12]
    >>> found = infer_moves(Heard([[0, 1] * 6], held, [[3, 2] * 6], held))
    >>> found.rise.round(2), found.fall.round(2)
    (array([1.]), array([0.]))
    """
    pairs, prior = _read(heard), _priors()
    first = _likelihood(*pairs.then, _rates())
    steps = (np.arange(-_STEPS, _STEPS + 1) * _STEP).astype(np.float64)
    moved = [1 / (1 + (1 / _rates() - 1) * np.exp(-step)) for step in steps]
    log_prior = lay_grid(_MEANS, _SPREADS).log_prior
    log = np.stack(
        [
            pairs.times @ np.log((first * _likelihood(*pairs.now, rates)) @ prior.T) + log_prior
            for rates in moved
        ],
        axis=1,
    )
    by = np.stack([prior @ (rates - _rates()) for rates in moved])
    likely = np.exp(log - log.max(axis=(1, 2), keepdims=True))
    weights = _weigh_steps(likely.sum(axis=2), steps)
    rise, fall = ((likely * far).sum(axis=2) * weights for far in (by > SAME, by < -SAME))
    return Changes(rise.sum(axis=1), fall.sum(axis=1))


def _weigh_steps(likely: Floats, steps: Floats) -> Floats:
    """Return issues × steps: what makes of likelihoods the chances that sum to 1."""
    slab = np.exp(-((steps / _USUAL_STEP) ** 2) / 2) * (steps != 0)
    priors = np.outer(_CHANGED, slab / slab.sum()) + np.outer(1 - _CHANGED, steps == 0)
    each = np.log(likely @ priors.T)
    shown = _normalise(each.sum(axis=0), axis=0)
    weights: Floats = (np.exp(-each) * shown) @ priors
    return weights


def _read(heard: Heard) -> _Pairs:
    """Find the different pairs of records.

    Raises
    ------
    ValueError
        If an issue came up in more gatherings than were held.
    """
    rounds = ((heard.then, heard.then_held), (heard.now, heard.now_held))
    columns, unknown = [], _FEW if heard.few else _HIDDEN
    for said, held in rounds:
        number = np.atleast_2d(np.asarray(said, dtype=float))
        count = np.where(np.isnan(number), unknown, number).astype(np.int64)
        times = np.broadcast_to(np.asarray(held, dtype=np.int64), count.shape)
        if (count > times).any() or ((count < 0) & (times == 0)).any():
            raise ValueError("an issue came up in more gatherings than were held")
        columns += [count, times]
    shape = columns[0].shape
    keys, place = np.unique(
        np.stack([column.ravel() for column in columns], axis=1), axis=0, return_inverse=True
    )
    place = place.reshape(shape)
    number = np.zeros((shape[0], len(keys)))
    np.add.at(number, (np.arange(shape[0])[:, None], place), 1.0)
    return _Pairs((keys[:, 0], keys[:, 1]), (keys[:, 2], keys[:, 3]), number, place)


def _likelihood(heard: Whole, held: Whole, rates: Floats) -> Floats:
    """Return records × rates: how likely each rate makes a record, the likeliest being 1."""
    said = np.maximum(heard, 0)[:, None]
    quiet = held[:, None] - said
    share = said / np.maximum(held, 1)[:, None]
    best = _times_log(said, share) + _times_log(quiet, 1 - share)
    likely: Floats = np.exp(_times_log(said, rates) + _times_log(quiet, 1 - rates) - best)
    odds, times = rates / (1 - rates), held[:, None]
    one, two = likely * times * odds, likely * times * (times - 1) / 2 * odds**2
    some = 1 - likely  # of a hidden number, `likely` is still how likely none is
    few = (_ONE - _MORE) * one + (_TWO - _MORE) * two + _MORE * some
    for mark, chance in ((_HIDDEN, some), (_FEW, few)):
        likely = np.where((heard == mark)[:, None], chance, likely)
    return np.maximum(likely, np.finfo(float).tiny)


def _times_log(times: Whole, value: Floats) -> Floats:
    """Return times × log value, 0 of anything being 0."""
    product: Floats = np.log(np.where(times > 0, value, 1.0)) * times
    return product


def _above(first: Floats, second: Floats, prior: Floats) -> Floats:
    """Return pairs × grid: how likely the records are where the second rate is above the first."""
    nothing = np.ones((1, _RATES))
    return _join_above(first, second, prior) / np.maximum(
        _join_above(nothing, nothing, prior), np.finfo(float).tiny
    )


def _join_above(first: Floats, second: Floats, prior: Floats) -> Floats:
    """Return pairs × grid: how likely the records and a second rate above the first are."""
    below = np.searchsorted(_rates(), _rates() - SAME)
    result = np.empty((len(first), len(prior)))
    for number, chance in enumerate(prior):
        lower = np.pad(np.cumsum(first * chance, axis=1), ((0, 0), (1, 0)))
        result[:, number] = (lower[:, below] * second) @ chance
    return result


def _normalise(log: Floats, axis: int | tuple[int, int]) -> Floats:
    weights: Floats = np.exp(log - log.max(axis=axis, keepdims=True))
    weights /= weights.sum(axis=axis, keepdims=True)
    return weights


@cache
def _rates() -> Floats:
    """Return points that stand for all rates, closer near 0 and 1."""
    angles: Floats = np.pi / 2 * (np.arange(_RATES) + 0.5) / _RATES
    return np.sin(angles) ** 2


@cache
def _priors() -> Floats:
    """Return grid × rates: the beta distributions of the grid, each summing to 1."""
    grid, rates = lay_grid(_MEANS, _SPREADS), _rates()
    # θ = sin²φ stands at even φ, so that each point stands for √(θ(1 − θ)) of the rates.
    log = np.outer(grid.alpha - 0.5, np.log(rates)) + np.outer(grid.beta - 0.5, np.log(1 - rates))
    return _normalise(log, axis=1)
