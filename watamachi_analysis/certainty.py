"""Say how far a district's rate can be told from the prefecture's.

In each gathering of a district an issue came up or it did not. The districts of one issue form a
beta–binomial model (Griffiths 1973, Biometrics 29, 637–648): the rate of a district is drawn from
a beta distribution whose mean is the prefecture's rate and whose spread says how much districts
differ, and is shrunk toward the mean as far as the record is short (Clayton & Kaldor 1987,
Biometrics 43, 671–681). Mean and spread are not fixed at one best guess but weighed over a grid
(Gelman et al., Bayesian Data Analysis, 3rd ed., section 5.3): from one or two gatherings each, a
single guess of the spread says too much.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaln, entr

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Rates this near to the prefecture's are no difference that anyone could act on: such a chance
# counts half to either side (a region of practical equivalence: Kruschke 2018, AMPPS 1, 270–280).
SAME = 0.05
# How much districts differ, as a share of the most they could: half-normal, so that a record which
# cannot tell leaves them alike (Gelman 2006, Bayesian Analysis 1, 515–534).
_SPREAD = 0.4
_MEANS, _SPREADS = 60, 24
_HIDDEN = -1


@dataclass(frozen=True)
class Rates:
    """What can be said of each issue × district; NaN where no record is known.

    Attributes
    ----------
    rate
        The shrunk share of gatherings in which the issue comes up, 0 to 1.
    p_high
        The chance that it is above the prefecture's; what is left to 1, that it is below.
    """

    rate: Floats
    p_high: Floats


@dataclass(frozen=True)
class Grid:
    """The prefectures that are thought possible, one an entry."""

    mean: Floats
    alpha: Floats
    beta: Floats
    log_prior: Floats


@dataclass(frozen=True)
class _Record:
    """The different records (`held`, `heard`), and which one each issue × district has."""

    held: Whole
    heard: Whole
    place: Whole

    def spread(self, table: Floats) -> Floats:
        """Return issues × records as issues × districts."""
        return np.take_along_axis(table, self.place, axis=1)


def infer_rates(heard: ArrayLike, held: ArrayLike) -> Rates:
    """Return the shrunk rates, and the chance that each is above the prefecture's.

    The prefecture's rate is the mean of the distribution that districts come from, learned from
    the other districts: the pooled share of the record would hold the district itself, and most
    of all where most was listened to. So a gathering more in which the issue comes up can only
    raise the chance. In simulated surveys such calls were right as often as with the district's
    own part in the mean (90 % of high, 91 % of low), and half as many where districts did not
    differ. `tests/test_certainty.py` holds the bars.

    Parameters
    ----------
    heard
        Issues × districts: the gatherings in which the issue came up. NaN where the number is
        hidden: it is then only used that there was one.
    held
        The gatherings of each district; or of each issue × district.

    Raises
    ------
    ValueError
        If an issue came up in more gatherings than were held.

    Examples
    --------
    >>> rates = infer_rates([[8, 1, 2, 0]], [8, 8, 6, 0])
    >>> rates.rate.round(2)
    array([[0.88, 0.22, 0.39,  nan]])
    >>> rates.p_high.round(2)
    array([[0.86, 0.05, 0.19,  nan]])
    """
    record = _read(heard, held)
    alpha, beta = _learn(record.held, record.heard)
    known = (record.held > 0) & (record.heard != _HIDDEN)
    rate = _normalise(_weigh(record)) @ (alpha / (alpha + beta)).T
    (p_high,) = _average(record, _above(alpha, beta))
    rate, p_high = (record.spread(np.where(known, table, np.nan)) for table in (rate, p_high))
    return Rates(rate, np.clip(p_high, 0.0, 1.0))


def expect_answers(heard: ArrayLike, held: ArrayLike) -> Floats:
    """Return how much of each issue × district one more gathering is expected to settle.

    What is not settled is the entropy H(p) = −p log₂ p − (1−p) log₂(1−p) of the chance p that the
    rate is above the prefecture's: 1 where nothing is known, 0 where all is. In the next gathering
    the issue comes up with the chance r (the shrunk rate). Returned is what is then expected to be
    gone, H(p) − r H(p after yes) − (1−r) H(p after no): the information of an experiment (Lindley
    1956, Annals of Mathematical Statistics 27, 986–1005). Districts without a record have theirs.

    Parameters
    ----------
    heard, held
        As in `infer_rates`.

    Returns
    -------
    numpy.ndarray
        Issues × districts, 0 to 1; NaN where the number is hidden.

    Raises
    ------
    ValueError
        If an issue came up in more gatherings than were held.

    Examples
    --------
    >>> expect_answers([[8, 1, 2, 0]], [8, 8, 6, 0]).round(3)
    array([[0.023, 0.011, 0.013, 0.184]])
    """
    record = _read(heard, held)
    alpha, beta = _learn(record.held, record.heard)
    share = alpha / (alpha + beta)
    yes, high_yes, high_no = _average(
        record, share, share * _above(alpha + 1, beta), (1 - share) * _above(alpha, beta + 1)
    )
    left = yes * _entropy(high_yes / yes) + (1 - yes) * _entropy(high_no / (1 - yes))
    gained = np.maximum(_entropy(high_yes + high_no) - left, 0.0)
    return record.spread(np.where(record.heard == _HIDDEN, np.nan, gained))


def _read(heard: ArrayLike, held: ArrayLike) -> _Record:
    """Find the different records.

    Raises
    ------
    ValueError
        If an issue came up in more gatherings than were held.
    """
    said = np.atleast_2d(np.asarray(heard, dtype=float))
    rounds = np.broadcast_to(np.asarray(held, dtype=np.int64), said.shape)
    count = np.where(np.isnan(said), _HIDDEN, said).astype(np.int64)
    if (count > rounds).any() or ((count == _HIDDEN) & (rounds == 0)).any():
        raise ValueError("an issue came up in more gatherings than were held")
    base = int(rounds.max(initial=0)) + 2
    keys, place = np.unique(rounds * base + count + 1, return_inverse=True)
    return _Record(keys // base, keys % base - 1, place.reshape(said.shape))


def _average(record: _Record, *tables: Floats) -> list[Floats]:
    """Return tables of records × grid as issues × records: the mean over the grid.

    Each point counts as much as all districts of the issue make it likely, but one that has the
    record itself.
    """
    everyone, own = _weigh(record), _likelihood(record)
    averages = [np.empty((len(everyone), len(own))) for _ in tables]
    for number in range(len(own)):
        weights = _normalise(everyone - own[number])
        for average, table in zip(averages, tables, strict=True):
            average[:, number] = weights @ table[number]
    return averages


def _weigh(record: _Record) -> Floats:
    """Return issues × grid: the log of how likely all districts make each point."""
    issues = np.arange(len(record.place))[:, None]
    times = np.zeros((len(issues), len(record.held)))
    np.add.at(times, (issues, record.place), 1.0)
    spoke = record.held > 0
    return times[:, spoke] @ _likelihood(record)[spoke] + lay_grid().log_prior


def _likelihood(record: _Record) -> Floats:
    """Return records × grid: the log of how likely each point makes a record."""
    alpha, beta = _learn(record.held, record.heard)
    likely: Floats = betaln(alpha, beta) - betaln(lay_grid().alpha, lay_grid().beta)
    hidden = record.heard == _HIDDEN  # at least one: all but none
    likely[hidden] = np.log(-np.expm1(likely[hidden]))
    return likely


def _normalise(log: Floats) -> Floats:
    weights: Floats = np.exp(log - log.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _learn(held: Whole, heard: Whole) -> tuple[Floats, Floats]:
    """Return the beta distribution of the rate after each record, records × grid."""
    grid, known = lay_grid(), np.maximum(heard, 0)[:, None]
    return grid.alpha + known, grid.beta + held[:, None] - known


def _above(alpha: Floats, beta: Floats) -> Floats:
    """Return the chance of a rate above the mean, records × grid; what is the same counts half."""
    mean = lay_grid().mean
    below: Floats = betainc(alpha, beta, np.maximum(mean - SAME, 0.0))
    not_above: Floats = betainc(alpha, beta, np.minimum(mean + SAME, 1.0))
    return 1 - (below + not_above) / 2


def _entropy(chance: Floats) -> Floats:
    known = np.clip(chance, 0.0, 1.0)
    bits: Floats = (entr(known) + entr(1 - known)) / np.log(2)
    return bits


@cache
def lay_grid(means: int = _MEANS, spreads: int = _SPREADS) -> Grid:
    """Return the grid: every mean as likely, spreads half-normal.

    Means stand closer near 0 and 1, where a gathering tells more. The spread is the standard
    deviation of rates as a share of the greatest, √(m(1−m)); its square is 1 / (1 + α + β).

    Parameters
    ----------
    means, spreads
        How many of each.
    """
    angle = np.pi * (np.arange(means) + 0.5) / means
    spread = (np.arange(spreads) + 0.5) / spreads
    prior = np.outer(np.sin(angle), np.exp(-((spread / _SPREAD) ** 2) / 2)).ravel()
    mean = np.repeat(np.sin(angle / 2) ** 2, spreads)
    size = np.tile(1 / spread**2 - 1, means)
    return Grid(mean, mean * size, (1 - mean) * size, np.log(prior))
