"""What holds for every funnel and every run chart, whatever the numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.chance import limits
from dashboard.chance.funnel import INNER_TAIL, OUTER_TAIL, Funnel, Kind
from dashboard.chance.over_dispersion import OverDispersion
from dashboard.chance.run_chart import runs

KINDS = st.sampled_from(["share", "rate"])
LEVELS = st.floats(0.001, 0.999)
SPREADS = st.floats(0.0, 0.6)
SIZES = st.lists(st.floats(10, 20_000), min_size=2, max_size=30)


def funnel(kind: Kind, level: float, spread: float) -> Funnel:
    return Funnel(kind, level, OverDispersion(1.0, spread))


@given(KINDS, LEVELS, SPREADS, SIZES)
def test_the_limits_hold_the_level_and_each_other_and_stay_within_what_can_occur(
    kind: Kind, level: float, spread: float, sizes: list[float]
) -> None:
    drawn = funnel(kind, level, spread)
    low, high = drawn.limits(np.array(sizes), INNER_TAIL)
    far_low, far_high = drawn.limits(np.array(sizes), OUTER_TAIL)
    trace = 1e-9
    assert (far_low <= low + trace).all()
    assert (low <= level + trace).all()
    assert (high >= level - trace).all()
    assert (far_high >= high - trace).all()
    assert (far_low >= 0).all()
    assert kind == "rate" or (far_high <= 1).all()


@given(KINDS, LEVELS, SPREADS, SIZES)
def test_the_larger_a_unit_the_closer_the_limits(kind: Kind, level: float, spread: float, sizes: list[float]) -> None:
    low, high = funnel(kind, level, spread).limits(np.array(sorted(sizes)), INNER_TAIL)
    assert (np.diff(high) <= 1e-9).all()
    assert (np.diff(low) >= -1e-9).all()


@given(KINDS, LEVELS, st.floats(0.001, 0.6), SIZES)
def test_a_spread_between_units_only_moves_limits_apart(
    kind: Kind, level: float, spread: float, sizes: list[float]
) -> None:
    narrow = funnel(kind, level, 0.0).limits(np.array(sizes), INNER_TAIL)
    wide = funnel(kind, level, spread).limits(np.array(sizes), INNER_TAIL)
    assert (wide[0] <= narrow[0] + 1e-9).all()
    assert (wide[1] >= narrow[1] - 1e-9).all()


@given(LEVELS, st.integers(1, 2_000), st.floats(0.0005, 0.2))
def test_limits_of_the_opposite_share_are_the_mirror_image(level: float, size: int, tail: float) -> None:
    low, high = limits.of_shares(level, np.array([float(size)]), tail)
    mirrored_low, mirrored_high = limits.of_shares(1 - level, np.array([float(size)]), tail)
    assert np.allclose([low, high], [1 - mirrored_high, 1 - mirrored_low], atol=1e-6)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(10, 900), st.floats(0, 1)), min_size=2, max_size=40), LEVELS)
def test_a_unit_farther_from_the_level_is_never_called_closer(units: list[tuple[int, float]], level: float) -> None:
    order = {"far_below": -2, "below": -1, "inside": 0, "above": 1, "far_above": 2}
    size = np.full(len(units), float(units[0][0]))
    values = np.array(sorted(value for _, value in units))
    places = [order[place] for place in Funnel("share", level).places(values, size)]
    assert places == sorted(places)


COURSES = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=60)


@given(COURSES)
def test_runs_and_crossings_hang_together(values: list[float]) -> None:
    found = runs(values)
    assert found is not None
    assert 0 <= found.longest <= found.useful <= len(values)
    assert found.crossings <= max(found.useful - 1, 0)
    assert found.longest * (found.crossings + 1) >= found.useful


@given(COURSES, st.integers(1, 9), st.integers(-50, 50))
def test_a_signal_does_not_depend_on_unit_direction_or_order(values: list[float], scale: int, shift: int) -> None:
    found = runs(values)
    assert found is not None
    for other in ([each * scale + shift for each in values], [-each for each in values], values[::-1]):
        again = runs(other)
        assert again is not None
        assert (again.useful, again.longest, again.crossings) == (found.useful, found.longest, found.crossings)


@given(COURSES, st.data())
def test_a_point_on_the_median_changes_nothing(values: list[float], data: st.DataObject) -> None:
    found = runs(values)
    assert found is not None
    place = data.draw(st.integers(0, len(values)))
    again = runs([*values[:place], found.median, *values[place:]])
    assert again is not None
    assert (again.useful, again.longest, again.crossings) == (found.useful, found.longest, found.crossings)
