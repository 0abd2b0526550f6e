"""Confident calls are right, chance alone makes none, and more listening can only tell more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watamachi_analysis.certainty import expect_answers, infer_rates
from watamachi_analysis.levels import CONFIDENT

DISTRICTS, RUNS = 72, 200
MEANS = (0.1, 0.2, 0.35, 0.6)  # shares of gatherings in which an issue comes up
# The sample survey: 42 districts without a record, 30 with one to four gatherings.
SHORT = np.repeat([0, 1, 2, 3, 4], [42, 9, 15, 5, 1])


def say(text):
    """Show a figure with `pytest -s`."""
    print(text)  # noqa: T201


def draw_beta(rng, mean, spread):
    size = 1 / spread - 1
    return rng.beta(mean * size, (1 - mean) * size, (RUNS, DISTRICTS))


def draw_bell(rng, mean, spread):
    """Rates that are no beta distribution: a bell on the scale of odds."""
    return 1 / (1 + (1 - mean) / mean * np.exp(-spread * rng.standard_normal((RUNS, DISTRICTS))))


WORLDS = [(draw_beta, 0.15), (draw_beta, 0.3), (draw_bell, 0.8), (draw_bell, 1.5)]


def calls(heard, held):
    """High and low calls of districts with two gatherings and more, as `judge` makes them."""
    p_high, enough = infer_rates(heard, held).p_high, np.asarray(held) >= 2
    return (p_high >= CONFIDENT) & enough, (p_high <= 1 - CONFIDENT) & enough


def simulate(held, seed=20261123):
    """Yield true rates, the prefecture's, and calls: `RUNS` surveys for each world and mean."""
    rng = np.random.default_rng(seed)
    for draw, spread in WORLDS:
        for mean in MEANS:
            true = draw(rng, mean, spread)
            high, low = calls(rng.binomial(held, true), held)
            yield true, true.mean(axis=1, keepdims=True), high, low


def share_right(held):
    made, right = np.zeros(2), np.zeros(2)
    for true, prefecture, high, low in simulate(held):
        made += (high.sum(), low.sum())
        right += ((high & (true > prefecture)).sum(), (low & (true < prefecture)).sum())
    return right / made, made


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("short records, as the sample", SHORT),
        ("0 to 8 gatherings", np.arange(DISTRICTS) % 9),
        ("2 each", np.full(DISTRICTS, 2)),
        ("4 each", np.full(DISTRICTS, 4)),
        ("8 each", np.full(DISTRICTS, 8)),
    ],
)
def test_confident_calls_are_right_four_times_in_five(name, held):
    right, made = share_right(held)
    say(
        f"\n{name}: high right {right[0]:.3f} of {made[0]:.0f}, low {right[1]:.3f} of {made[1]:.0f}"
    )
    assert (right >= 0.8).all()


def shuffle(rng, heard, held):
    """Deal the gatherings of each survey out anew: no district differs but by chance."""
    return np.array([rng.multivariate_hypergeometric(held, row.sum()) for row in heard])


@pytest.mark.parametrize("held", [SHORT, np.arange(DISTRICTS) % 9, np.full(DISTRICTS, 8)])
def test_on_shuffled_data_at_most_one_district_is_a_confident_overlap(held):
    """Every district is taken to have activities, so that each high call is an overlap."""
    rng = np.random.default_rng(7)
    high = []
    for draw, spread in WORLDS[:2]:
        for mean in MEANS:
            heard = rng.binomial(held, draw(rng, mean, spread))
            found, _ = calls(shuffle(rng, heard, held), held)
            high.append(found.sum(axis=1))
    say(
        f"\nshuffled: mean {np.mean(high):.3f}, worst issue {np.mean(high, axis=1).max():.3f} of 72"
    )
    say(f"  surveys with more than one: {np.mean(np.array(high) > 1):.3f}")
    assert np.mean(high, axis=1).max() <= 1


def test_the_more_gatherings_the_more_districts_can_be_told():
    shares = {}
    for times in (1, 2, 4, 8):
        held = np.full(DISTRICTS, times)
        rng = np.random.default_rng(11)
        told = []
        for draw, spread in WORLDS:
            for mean in MEANS:
                p_high = infer_rates(rng.binomial(held, draw(rng, mean, spread)), held).p_high
                told.append(np.mean((p_high >= CONFIDENT) | (p_high <= 1 - CONFIDENT)))
        shares[times] = float(np.mean(told))
    say("\nshare of districts that can be told, by gatherings each:")
    say("  " + ", ".join(f"{times}: {share:.1%}" for times, share in shares.items()))
    assert list(shares.values()) == sorted(set(shares.values()))


@st.composite
def records(draw):
    """Draw issues × districts of gatherings in which the issue came up, and gatherings held."""
    held = draw(st.lists(st.integers(0, 12), min_size=1, max_size=12))
    issue = st.tuples(*(st.integers(0, number) for number in held))
    heard = draw(st.lists(issue, min_size=1, max_size=3))
    return np.array(heard, dtype=float), np.array(held)


@settings(max_examples=60, deadline=None)
@given(records())
def test_rates_and_chances_lie_between_0_and_1_where_there_is_a_record(record):
    heard, held = record
    rates = infer_rates(heard, held)
    for values in (rates.rate, rates.p_high):
        assert (np.isnan(values) == (held == 0)).all()
        known = values[:, held > 0]
        assert ((known >= 0) & (known <= 1)).all()


@settings(max_examples=60, deadline=None)
@given(records(), st.integers(1, 300))
def test_districts_without_gatherings_change_nothing(record, more):
    heard, held = record
    before = infer_rates(heard, held)
    after = infer_rates(
        np.hstack([heard, np.zeros((len(heard), more))]), np.append(held, np.zeros(more, dtype=int))
    )
    for name in ("rate", "p_high"):
        left = getattr(after, name)[:, : len(held)]
        np.testing.assert_allclose(left, getattr(before, name), atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_districts_changes_nothing(record, random):
    heard, held = record
    order = random.sample(range(len(held)), len(held))
    turned = infer_rates(heard[:, order], held[order]).p_high
    np.testing.assert_allclose(turned, infer_rates(heard, held).p_high[:, order], atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(records(), st.data())
def test_one_more_gathering_with_the_issue_never_lowers_the_chance(record, data):
    heard, held = record
    district = data.draw(st.integers(0, len(held) - 1))
    before = infer_rates(heard, held).p_high[:, district]
    one = np.arange(len(held)) == district
    after = infer_rates(heard + one, held + one).p_high[:, district]
    assert held[district] == 0 or (after >= before - 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(records())
def test_one_more_gathering_answers_something_and_at_most_all(record):
    answers = expect_answers(*record)
    assert ((answers >= 0) & (answers <= 1)).all()


def test_the_next_gathering_answers_most_where_nobody_listened():
    held = np.arange(DISTRICTS) % 9
    rng = np.random.default_rng(3)
    heard = rng.binomial(held, draw_beta(rng, 0.35, 0.3)[:24])
    answers = expect_answers(heard, held).sum(axis=0)
    means = [answers[held == number].mean() for number in range(9)]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize(
    ("heard", "held"),
    [
        ([[5]], [5]),
        ([[0]], [5]),
        ([[0] * 72], [8] * 72),
        ([[8] * 72], [8] * 72),
        ([[1] + [0] * 71], [8] * 72),
        ([[2] * 300], [4] * 300),
    ],
)
def test_where_all_districts_are_alike_none_is_called(heard, held):
    high, low = calls(heard, held)
    assert not high.any() and not low.any()


def test_no_district_gives_no_rate():
    assert infer_rates(np.zeros((3, 0)), []).p_high.shape == (3, 0)
    assert expect_answers(np.zeros((3, 0)), []).shape == (3, 0)


def test_a_survey_of_300_districts_is_told_apart():
    held = np.full(300, 20)
    rates = infer_rates([[18] * 150 + [2] * 150], held)
    assert (rates.p_high[0, :150] > 0.95).all() and (rates.p_high[0, 150:] < 0.05).all()
    np.testing.assert_allclose(rates.rate[0, [0, -1]], [0.88, 0.12], atol=0.03)


def test_a_short_record_is_shrunk_more_than_a_long_one():
    rates = infer_rates([[2, 12, 0, 1, 0, 1]], [2, 12, 3, 4, 2, 3]).rate[0]
    assert rates[0] < rates[1] < 1


def test_a_hidden_number_tells_no_more_than_that_it_is_not_0():
    held = [3, 3, 3, 3]
    hidden = infer_rates([[np.nan, 1, 2, 1]], held)
    assert np.isnan([hidden.p_high[0, 0], hidden.rate[0, 0]]).all()
    assert np.isnan(expect_answers([[np.nan, 1, 2, 1]], held)[0, 0])
    seen = [infer_rates([[number, 1, 2, 1]], held).rate[0, 1] for number in range(4)]
    assert seen[0] < hidden.rate[0, 1] < seen[3]


@pytest.mark.parametrize(("heard", "held"), [([[3]], [2]), ([[1]], [0]), ([[np.nan]], [0])])
def test_more_gatherings_with_the_issue_than_held_are_refused(heard, held):
    with pytest.raises(ValueError, match="more gatherings than were held"):
        infer_rates(heard, held)


def test_the_same_record_gives_the_same_chances():
    held = np.arange(DISTRICTS) % 9
    heard = np.random.default_rng(5).binomial(held, 0.4, (24, DISTRICTS))
    first, second = infer_rates(heard, held), infer_rates(heard, held)
    assert np.array_equal(first.p_high, second.p_high, equal_nan=True)
