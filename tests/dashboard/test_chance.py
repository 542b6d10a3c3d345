"""Limits, over-dispersion and funnels against hand-made figures and the tests of scipy and statsmodels."""

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, norm, poisson
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from dashboard.chance import limits
from dashboard.chance.funnel import INNER_TAIL, OUTER_TAIL, Funnel, around_a_target, around_everybody
from dashboard.chance.hiding import HIDDEN_AT_MOST, are_never_hidden
from dashboard.chance.over_dispersion import LEFT_OF_CHANCE, OverDispersion, over_dispersion

SMALLEST_COUNT = 5


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize("tail", [INNER_TAIL, OUTER_TAIL])
@pytest.mark.parametrize(("level", "size"), [(0.5, 20), (0.62, 137), (0.95, 60), (0.04, 400), (0.92, 11)])
def test_a_share_lies_outside_just_when_the_binomial_tail_says_so(level: float, size: int, tail: float) -> None:
    low, high = (float(ends[0]) for ends in limits.of_shares(level, numbers(size), tail))
    for count in range(size + 1):
        assert (count / size < low) == (binom.cdf(count, size, level) < tail), count
        assert (count / size > high) == (binom.sf(count - 1, size, level) < tail), count


@pytest.mark.parametrize("tail", [INNER_TAIL, OUTER_TAIL])
@pytest.mark.parametrize("expected", [0.4, 3.0, 12.7, 240.0])
def test_a_rate_lies_outside_just_when_the_poisson_tail_says_so(expected: float, tail: float) -> None:
    low, high = (float(ends[0]) for ends in limits.of_rates(expected / 50, numbers(50), tail))
    for count in range(int(expected * 3) + 8):
        assert (count / 50 < low) == (poisson.cdf(count, expected) < tail), count
        assert (count / 50 > high) == (poisson.sf(count - 1, expected) < tail), count


@pytest.mark.parametrize("count", [0, 9, 24, 41, 60])
def test_a_unit_lies_outside_just_when_its_exact_interval_leaves_out_the_level(count: int) -> None:
    for level in np.linspace(0.02, 0.98, 49):
        low, high = limits.of_shares(float(level), numbers(60), INNER_TAIL)
        interval = proportion_confint(count, 60, method="beta")
        assert (low[0] <= count / 60 <= high[0]) == (interval[0] <= level <= interval[1])
    interval = confint_poisson(count, 60, method="exact-c")
    for level in np.linspace(0.02, 1.4, 47):
        low, high = limits.of_rates(float(level), numbers(60), INNER_TAIL)
        lower = 0.0 if count == 0 else interval[0]
        assert (low[0] <= count / 60 <= high[0]) == (lower <= level <= interval[1])


def test_all_or_none_is_no_surprise_where_chance_often_brings_it() -> None:
    """10 of 10 where 99 % is usual has a probability of 0.90; an interpolated limit (0.997) would call it too high."""
    assert binomtest(10, 10, 0.99, "greater").pvalue > 0.9
    assert Funnel("share", 0.99).places(numbers(1.0), numbers(10)) == ["inside"]
    assert Funnel("share", 0.01).places(numbers(0.0), numbers(10)) == ["inside"]


@pytest.mark.parametrize(
    ("count", "place"), [(38, "far_below"), (43, "below"), (62, "inside"), (71, "above"), (76, "far_above")]
)
def test_a_practice_lies_inside_outside_or_far_outside(count: int, place: str) -> None:
    assert Funnel("share", 0.57).places(numbers(count / 100), numbers(100)) == [place]


def test_practices_that_differ_as_chance_makes_them_need_no_correction() -> None:
    found = over_dispersion(norm.ppf(np.linspace(0.0125, 0.9875, 40)) * 0.05, np.full(40, 0.05))
    assert found.factor == pytest.approx(1, abs=0.05)
    assert not found.is_present
    assert found.spread == 0


def test_the_factor_is_the_mean_square_of_the_winsorised_deviations() -> None:
    """Ten deviations of which the outermost on each side are drawn in to the tenth and ninetieth percentile."""
    deviations = numbers(-9, -3, -2, -1, -1, 1, 1, 2, 3, 9)
    ends = (-3.6, 3.6)
    by_hand = sum(min(max(each, ends[0]), ends[1]) ** 2 for each in deviations) / 10
    assert over_dispersion(deviations, np.ones(10)).factor == pytest.approx(by_hand / LEFT_OF_CHANCE)
    assert by_hand == pytest.approx(5.592)


def test_winsorising_leaves_so_much_of_chance_alone() -> None:
    """Counted on the quantiles of the normal distribution instead of by formula."""
    deviations = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    ends = np.quantile(deviations, (0.1, 0.9))
    assert np.mean(np.clip(deviations, *ends) ** 2) == pytest.approx(LEFT_OF_CHANCE, abs=1e-4)


def test_the_spread_between_units_is_that_of_dersimonian_and_laird() -> None:
    """Statsmodels has the same estimate. Deviations are made so that winsorising changes only their mean square."""
    generator = np.random.default_rng(7)
    errors = generator.uniform(0.02, 0.06, 400)
    deviations = np.where(np.arange(400) % 2, 0.1, -0.1) * (1 + errors)
    kept = np.clip(deviations / errors, *np.quantile(deviations / errors, (0.1, 0.9))) * errors
    scaled = (kept - np.average(kept, weights=errors**-2)) / math.sqrt(LEFT_OF_CHANCE)
    theirs = combine_effects(scaled, errors**2, method_re="dl").tau2
    assert over_dispersion(deviations, errors).spread ** 2 == pytest.approx(theirs, rel=0.01)


def test_the_spread_that_was_put_into_practices_is_found_again() -> None:
    generator = np.random.default_rng(1)
    sizes = generator.integers(40, 500, 400).astype(float)
    shares = np.sin(np.arcsin(math.sqrt(0.7)) + generator.normal(0, 0.08, 400)) ** 2
    counts = generator.binomial(sizes.astype(int), shares).astype(float)
    funnel = around_everybody("share", 0.7, counts, sizes, SMALLEST_COUNT)
    assert funnel is not None
    assert funnel.dispersion is not None
    assert funnel.dispersion.spread == pytest.approx(0.08, rel=0.15)
    assert np.mean([place != "inside" for place in funnel.places(counts / sizes, sizes)]) < 0.08
    assert np.mean([place != "inside" for place in Funnel("share", 0.7).places(counts / sizes, sizes)]) > 0.3


@pytest.mark.parametrize(("kind", "level"), [("share", 0.7), ("rate", 0.2)])
def test_practices_that_differ_by_chance_alone_are_outside_as_often_as_the_limits_say(kind: str, level: float) -> None:
    generator = np.random.default_rng(2)
    outside, corrected = [], 0
    for _ in range(200):
        sizes = generator.integers(60, 500, 80).astype(float)
        draw = generator.binomial(sizes.astype(int), level) if kind == "share" else generator.poisson(level * sizes)
        funnel = around_everybody(kind, level, draw.astype(float), sizes, SMALLEST_COUNT)  # type: ignore[arg-type]
        assert funnel is not None
        outside += [place != "inside" for place in funnel.places(draw / sizes, sizes)]
        corrected += bool(funnel.dispersion and funnel.dispersion.is_present)
    assert 0.02 < np.mean(outside) < 0.05
    assert corrected <= 10


def test_limits_with_a_spread_put_chance_and_spread_together_by_square_and_add() -> None:
    low, high = Funnel("rate", 4.0, OverDispersion(2.0, 0.3)).limits(numbers(1e9), INNER_TAIL)
    assert float(low[0]) == pytest.approx((2 - 1.959964 * 0.3) ** 2, abs=1e-3)
    assert float(high[0]) == pytest.approx((2 + 1.959964 * 0.3) ** 2, abs=1e-3)


def test_hidden_small_counts_do_not_pass_for_a_spread_between_practices() -> None:
    """Of a rare event only practices with none or with five and more are shown; they look far apart and are not."""
    generator = np.random.default_rng(3)
    sizes = generator.integers(50, 500, 200).astype(float)
    counts = generator.binomial(sizes.astype(int), 0.012).astype(float)
    shown = (counts == 0) | (counts >= SMALLEST_COUNT)
    naive = over_dispersion(
        np.arcsin(np.sqrt(counts[shown] / sizes[shown])) - math.asin(math.sqrt(0.012)), 0.5 / np.sqrt(sizes[shown])
    )
    assert naive.is_present
    funnel = around_everybody("share", 0.012, counts[shown], sizes[shown], SMALLEST_COUNT)
    assert funnel is not None
    assert funnel.dispersion is None


def test_limits_are_not_moved_apart_when_no_more_practices_lie_outside_than_chance_puts_there() -> None:
    """Half a little above and half a little below: far from chance, but nobody is outside."""
    counts = np.where(np.arange(40) % 2, 128.0, 152.0)
    funnel = around_everybody("share", 0.7, counts, np.full(40, 200.0), SMALLEST_COUNT)
    assert funnel is not None
    assert funnel.dispersion is not None
    assert funnel.dispersion.factor > 2
    assert not funnel.dispersion.is_present


@pytest.mark.parametrize(("level", "units"), [(0.6, 9), (0.0, 40), (1.0, 40)])
def test_too_few_practices_or_a_level_without_room_make_no_funnel(level: float, units: int) -> None:
    sizes = np.full(units, 100.0)
    assert around_everybody("share", level, sizes * level, sizes, SMALLEST_COUNT) is None


@pytest.mark.parametrize(("kind", "target"), [("share", 1.0), ("share", 0.0), ("rate", 0.0)])
def test_a_target_that_nobody_can_be_on_the_far_side_of_makes_no_funnel(kind: str, target: float) -> None:
    assert around_a_target(kind, target) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [0.0, 0.012, 0.3, 0.93, 1.0])
def test_a_count_is_hidden_as_often_as_the_binomial_and_poisson_distributions_say(level: float) -> None:
    sizes = np.array([3.0, 12.0, 80.0, 129.0, 400.0, 90_000.0])
    small = binom.cdf(4, sizes, level) - binom.pmf(0, sizes, level)
    large = binom.cdf(4, sizes, 1 - level) - binom.pmf(0, sizes, 1 - level)
    assert list(are_never_hidden("share", level, sizes, 5)) == list(small + large < HIDDEN_AT_MOST)
    events = poisson.cdf(4, level * sizes) - poisson.pmf(0, level * sizes)
    assert list(are_never_hidden("rate", level, sizes, 5)) == list(events < HIDDEN_AT_MOST)
