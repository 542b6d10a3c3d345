import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from dashboard.comparison import Measure, against_target, difference, interval_of_difference, judge


def share(numerator: int, denominator: int) -> Measure:
    low, high = proportion_confint(numerator, denominator, method="wilson")
    return Measure("shown", numerator / denominator, low, high, numerator, denominator)


def test_the_interval_of_a_difference_is_newcombes_hybrid_score_interval() -> None:
    """Newcombe 1998, Stat Med 17:873, table II, method 10: 56/70 minus 48/80 is 0.2 (0.0524 to 0.3339)."""
    low, high = interval_of_difference(share(56, 70), share(48, 80)) or (math.nan, math.nan)
    assert low == pytest.approx(0.0524, abs=5e-5)
    assert high == pytest.approx(0.3339, abs=5e-5)


@pytest.mark.parametrize(
    ("own", "other", "found"),
    [
        (share(56, 70), share(48, 80), "higher"),
        (share(48, 80), share(56, 70), "lower"),
        (share(9, 10), share(620, 1000), "similar"),
        (share(0, 40), share(300, 1000), "lower"),
        (Measure("suppressed"), share(48, 80), "unknown"),
        (Measure("shown", 0.5), share(48, 80), "unknown"),
        (Measure("shown", 0.5, math.nan, 0.6), share(48, 80), "unknown"),
    ],
)
def test_values_differ_only_when_the_interval_of_their_difference_leaves_out_zero(
    own: Measure, other: Measure, found: str
) -> None:
    assert difference(own, other) == found


def test_overlapping_intervals_can_still_differ() -> None:
    own, other = share(56, 70), share(48, 80)
    assert (own.low or 0) < (other.high or 0)
    assert difference(own, other) == "higher"


@pytest.mark.parametrize(
    ("found", "direction", "judgement"),
    [
        ("higher", "higher_is_better", "better"),
        ("higher", "lower_is_better", "worse"),
        ("lower", "lower_is_better", "better"),
        ("lower", "higher_is_better", "worse"),
        ("higher", "neither", "different"),
        ("similar", "higher_is_better", "similar"),
        ("unknown", "higher_is_better", "unknown"),
    ],
)
def test_a_difference_is_good_or_bad_by_the_direction_of_the_indicator(
    found: str, direction: str, judgement: str
) -> None:
    assert judge(found, direction) == judgement  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "low", "high", "direction", "state"),
    [
        (0.95, 0.95, 0.97, "higher_is_better", "met_uncertain"),
        (0.97, 0.96, 0.98, "higher_is_better", "met"),
        (0.94, 0.92, 0.96, "higher_is_better", "not_met_uncertain"),
        (0.90, 0.88, 0.92, "higher_is_better", "not_met"),
        (0.90, 0.88, 0.92, "lower_is_better", "met"),
        (0.97, 0.96, 0.98, "lower_is_better", "not_met"),
        (0.90, 0.88, 0.92, "neither", "none"),
    ],
)
def test_the_target_itself_counts_as_met_and_the_interval_says_how_sure_that_is(
    value: float, low: float, high: float, direction: str, state: str
) -> None:
    assert against_target(Measure("shown", value, low, high), 0.95, direction) == state


@pytest.mark.parametrize(
    ("value", "direction", "state"),
    [
        (0.40, "higher_is_better", "not_met_uncertain"),
        (0.41, "higher_is_better", "met_uncertain"),
        (0.40, "lower_is_better", "not_met_uncertain"),
        (0.39, "lower_is_better", "met_uncertain"),
    ],
)
def test_a_strict_target_itself_does_not_count_as_met(value: float, direction: str, state: str) -> None:
    assert against_target(Measure("shown", value, 0.3, 0.5), 0.4, direction, is_strict=True) == state


@pytest.mark.parametrize(
    ("value", "direction", "state"),
    [
        (0.95, "higher_is_better", "met_uncertain"),
        (0.94, "higher_is_better", "acceptable"),
        (0.90, "higher_is_better", "acceptable"),
        (0.89, "higher_is_better", "not_met"),
        (0.96, "lower_is_better", "not_met_uncertain"),
    ],
)
def test_a_value_between_target_and_acceptable_level_is_acceptable(value: float, direction: str, state: str) -> None:
    own = Measure("shown", value, value - 0.02, value + 0.02)
    assert against_target(own, 0.95, direction, acceptable=0.90) == state


def test_a_hidden_value_is_neither_above_nor_below_its_target() -> None:
    assert against_target(Measure("suppressed"), 0.95, "higher_is_better") == "none"
    assert against_target(Measure("shown", 0.5, 0.4, 0.6), None, "higher_is_better") == "none"
