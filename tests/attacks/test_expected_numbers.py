"""An attacker with the numbers expected of units, who knows how every stratum of the area does, asks who patients are.

The release does not tell the shares of the strata; this attacker is taken to know them all, exactly.
"""

import numpy as np
import polars as pl
import pytest
from scipy import optimize

from indicators.disclosure.expected import protect_expected
from indicators.disclosure.policy import load_policy
from tests.lib.invented_case_mix import NO_CLUSTERS, SIZES, STRATA, Mixed, drawn_people, groups, on_insulin
from tests.lib.tiny_release import POLICY

POLICY_IN_FORCE = load_policy(POLICY)
SMALLEST, WIDTH = POLICY_IN_FORCE.smallest_count, POLICY_IN_FORCE.protection_width
SLACK = 1e-6
MOST_ASKED = 8
INSULIN = np.array([stratum[0] == 0 for stratum in STRATA], dtype=float)


def shares(rng: np.random.Generator, indicators: int) -> dict[str, np.ndarray]:
    """Return shares of which the first tells insulin from the rest and nothing else, and the others a bit of all."""
    found = {"steep": np.where(INSULIN > 0, 0.9, 0.1)}
    for number in range(indicators):
        effects = [rng.normal(0, 0.5, size) for size in SIZES]
        odds = np.array([sum(effects[f][v] for f, v in enumerate(stratum)) for stratum in STRATA])
        found[f"indicator_{number}"] = 1 / (1 + np.exp(-odds - rng.normal(0, 0.1, len(STRATA))))
    return found


def world(seed: int) -> Mixed:
    """Return three municipalities, the smallest with two people on insulin."""
    rng = np.random.default_rng(seed)
    people = {"large": drawn_people(rng, 500), "middle": drawn_people(rng, 300)}
    return Mixed(people | {"small": drawn_people(rng, 80, insulin=2)}, shares(rng, 9))


def told(protected: pl.DataFrame, unit: str) -> dict[str, float]:
    """Return the expected numbers of a unit that are published."""
    return dict(protected.filter(unit_id=unit, state="shown").select("indicator_id", "expected").iter_rows())


def bounds(
    mixed: Mixed,
    patients: int,
    expected: dict[str, float],
    rounding: float,
    asked: np.ndarray,
    known: list[int] | None = None,
) -> tuple[float, float]:
    """Return the fewest and most people whom strata can hold together, given the expected numbers of their unit.

    Args:
        mixed: The shares that the attacker knows.
        patients: How many patients the unit has.
        expected: The expected numbers by indicator.
        rounding: How far each may be from the truth.
        asked: 1 for each stratum that is asked for.
        known: People of the unit by factor and value, where the attacker knows these too.
    """
    equal, of = [np.ones(len(STRATA))], [float(patients)]
    if known is not None:
        values = [(factor, value) for factor, size in enumerate(SIZES) for value in range(size)]
        equal += [np.array([stratum[factor] == value for stratum in STRATA], dtype=float) for factor, value in values]
        of += [float(number) for number in known]
    rows = [sign * mixed.shares[name] for name in expected for sign in (1, -1)]
    most = [sign * number + rounding for number in expected.values() for sign in (1, -1)]
    ends = []
    for sign in (1, -1):
        found = optimize.linprog(sign * asked, A_ub=rows or None, b_ub=most or None, A_eq=equal, b_eq=of)
        assert found.status == 0
        ends.append(sign * found.fun)
    return ends[0], ends[1]


def test_exact_expected_numbers_tell_how_many_are_on_insulin() -> None:
    mixed = world(1)
    exact = {name: float(mixed.people["small"] @ share) for name, share in mixed.shares.items()}
    low, high = bounds(mixed, 80, exact, SLACK, INSULIN)
    assert round(low) == round(high) == on_insulin(mixed.people["small"]) == 2


def test_numbers_in_whole_people_tell_it_nearly_as_well_where_the_group_is_small() -> None:
    mixed = world(1)
    rounded = {name: float(round(mixed.people["small"] @ share)) for name, share in mixed.shares.items()}
    low, high = bounds(mixed, 80, rounded, 0.5, INSULIN)
    assert high - low < WIDTH


def test_what_the_shown_units_leave_of_the_area_tells_it_too() -> None:
    mixed = world(1)
    total = sum(float(people @ mixed.shares["steep"]) for people in mixed.people.values())
    others = [round(float(mixed.people[unit] @ mixed.shares["steep"])) for unit in ("large", "middle")]
    low, high = bounds(mixed, 80, {"steep": total - sum(others)}, 1.0, INSULIN)
    assert low <= 2 <= high
    assert high - low < WIDTH


@pytest.mark.parametrize("seed", range(1, 6))
def test_neither_the_unit_with_a_small_group_nor_what_the_others_leave_is_published(seed: int) -> None:
    mixed = world(seed)
    protected = protect_expected(mixed.expected(), mixed.cells(), NO_CLUSTERS, POLICY_IN_FORCE)
    assert not told(protected, "small")
    for name in mixed.shares:
        shown = protected.filter(indicator_id=name, state="shown")["unit_id"].to_list()
        left = sum(people for unit, people in mixed.people.items() if unit not in shown)
        assert not any(0 < number < SMALLEST for number in groups(np.asarray(left)))
    assert told(protected, "large")


def test_the_small_groups_of_several_factors_stay_wide_open_where_numbers_are_published() -> None:
    """Even for an attacker who knows besides how many of a unit's people are in each group of each single factor."""
    rng = np.random.default_rng(1)
    people = {f"unit {number}": drawn_people(rng, size) for number, size in enumerate((90, 120, 150, 400))}
    mixed = Mixed(people, shares(rng, 9))
    protected = protect_expected(mixed.expected(), mixed.cells(), NO_CLUSTERS, POLICY_IN_FORCE)
    asked = 0
    for unit, own in people.items():
        published = told(protected, unit)
        for stratum in np.flatnonzero((own > 0) & (own < SMALLEST))[:MOST_ASKED] if published else ():
            alone = np.eye(len(STRATA))[stratum]
            half = POLICY_IN_FORCE.expected_step / 2
            low, high = bounds(mixed, int(own.sum()), published, half, alone, mixed.groups(unit))
            assert high - low >= WIDTH - SLACK, (unit, STRATA[stratum], own[stratum])
            asked += 1
    assert asked > MOST_ASKED
