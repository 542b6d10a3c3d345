import numpy as np
import pytest
from scipy.stats import binom, poisson
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from indicators.counting.statistics import median_ranks, proportion, rate


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 12, 0.0, 0.2425), (45, 60, 0.6277, 0.8422), (1200, 1500, 0.7790, 0.8195)],
)
def test_the_interval_of_a_proportion_is_wilsons(numerator, denominator, low, high):
    value, found_low, found_high = proportion(np.array([float(numerator)]), np.array([float(denominator)]))
    assert value[0] == numerator / denominator
    assert (round(found_low[0], 4), round(found_high[0], 4)) == (low, high)


def test_the_interval_of_a_proportion_is_exactly_that_of_the_library():
    cases = np.repeat(np.arange(1.0, 60.0), 60)
    hits = np.minimum(np.tile(np.arange(60.0), 59), cases)
    is_between = (hits > 0) & (hits < cases)
    found = [column[is_between] for column in proportion(hits, cases)[1:]]
    expected = proportion_confint(hits[is_between], cases[is_between], alpha=0.05, method="wilson")
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(found, expected, strict=True))


def test_nobody_in_the_denominator_gives_no_number():
    estimates = proportion(np.array([0.0, 3.0]), np.array([0.0, 3.0]))
    assert [np.isnan(column[0]) for column in estimates] == [True] * 3
    assert (estimates[0][1], estimates[2][1]) == (1.0, 1.0)


@pytest.mark.parametrize("events", [0, 1, 7, 60])
def test_the_interval_of_a_rate_is_exact(events):
    value, low, high = rate(np.array([float(events)]), np.array([2000.0]))
    assert value[0] == events / 2
    # At the ends of an exact interval, so many events or fewer (or more) have a probability of 2.5 %.
    assert poisson.cdf(events, high[0] * 2) == pytest.approx(0.025)
    if events:
        assert poisson.sf(events - 1, low[0] * 2) == pytest.approx(0.025)
    else:
        assert low[0] == 0


def test_the_interval_of_a_rate_is_exactly_that_of_the_library():
    events = np.arange(3000.0)
    _, low, high = rate(events, np.full(3000, 1000.0))
    expected_low, expected_high = confint_poisson(events, 1.0, method="exact-c")
    assert np.array_equal(low, np.nan_to_num(expected_low))
    assert np.array_equal(high, expected_high)


def test_a_rate_without_patient_years_gives_no_number():
    assert all(np.isnan(column[0]) for column in rate(np.array([0.0]), np.array([0.0])))


def test_intervals_of_a_whole_column_are_those_of_its_rows():
    events, years = np.array([4.0, 4.0, 9.0]), np.array([100.0, 200.0, 300.0])
    together = rate(events, years)
    alone = [rate(events[[place]], years[[place]]) for place in range(3)]
    for column in range(3):
        assert together[column].tolist() == [row[column][0] for row in alone]


def test_the_interval_of_a_median_lies_between_two_ranks():
    numbers = np.arange(1, 200)
    ranks = median_ranks(numbers)
    for number, low, high in zip(numbers, ranks["low"], ranks["high"], strict=True):
        if low == 0:
            assert number < 6
        else:
            assert high == number + 1 - low
            assert 1 - 2 * binom.cdf(low - 1, number, 0.5) >= 0.95
            assert 1 - 2 * binom.cdf(low, number, 0.5) < 0.95 or low == high


def test_the_ranks_of_a_median_are_exactly_those_of_the_library():
    numbers = np.concatenate([np.arange(1, 5000), [99_999, 300_000, 1_000_000]])
    assert np.array_equal(median_ranks(numbers)["low"], binom.ppf(0.025, numbers, 0.5))


def test_the_median_is_the_middle_value_or_the_mean_of_the_two():
    ranks = median_ranks(np.array([1, 4, 5]))
    assert ranks["lower"].tolist() == [1, 2, 3]
    assert ranks["upper"].tolist() == [1, 3, 3]
