"""An attacker with the release file only: our release holds, weaker releases of the same people fall."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pytest

from tests.attacks.attacker import Attacker
from tests.attacks.worlds import WORLDS, World, hidden_results, narrowest

EVERY_WORLD = pytest.mark.parametrize(("name", "seed"), [*((name, 1) for name in WORLDS), ("a region", 2)])
SOLVER_SLACK = 1e-6


@cache
def released(name: str, seed: int) -> tuple[World, Attacker]:
    """Return a world and the attacker who holds our release of it; every attack is made on the same file."""
    world = World.of(name, seed)
    return world, world.ours(Path(mkdtemp()))


@cache
def weakly_released(name: str, seed: int) -> tuple[World, Attacker]:
    """Return a world and the attacker who holds a release of it in which only small cells are hidden."""
    world = World.of(name, seed)
    return world, world.with_primary_rules_only(Path(mkdtemp()))


@EVERY_WORLD
def test_no_small_group_is_shown(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    assert attacker.hidden
    assert not world.small(attacker) & attacker.known.keys()


@EVERY_WORLD
def test_subtraction_finds_no_hidden_cell(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    found = attacker.by_subtraction().keys()
    assert not found & hidden_results(attacker)
    assert not found & world.small(attacker)


@EVERY_WORLD
def test_linear_algebra_over_all_equations_finds_no_hidden_cell(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    found = attacker.by_linear_algebra().keys()
    assert not found & hidden_results(attacker)
    assert not found & world.small(attacker)


@EVERY_WORLD
def test_linear_programming_cannot_prove_that_a_small_group_is_small(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    bounds = attacker.bounds(world.small(attacker))
    assert bounds.keys() == world.small(attacker)
    assert narrowest(bounds) >= world.policy.protection_width - SOLVER_SLACK
    assert min(high for _, high in bounds.values()) >= world.policy.smallest_count - SOLVER_SLACK


@EVERY_WORLD
def test_hiding_only_small_cells_falls_to_subtraction(name: str, seed: int) -> None:
    world, attacker = weakly_released(name, seed)
    truth, found = world.truth(attacker), attacker.by_subtraction()
    small = world.small(attacker)
    recovered = {variable for variable in small & found.keys() if found[variable] == truth[variable]}
    assert len(recovered) > 0.1 * len(small)


@EVERY_WORLD
def test_what_the_attacker_recovers_is_the_truth(name: str, seed: int) -> None:
    world, attacker = weakly_released(name, seed)
    truth, found = world.truth(attacker), attacker.by_subtraction()
    assert found
    assert all(truth[variable] == value for variable, value in found.items() if variable in truth)


def test_protecting_each_indicator_alone_falls_where_indicators_share_people(tmp_path: Path) -> None:
    world = World.of("a region with very uneven practices", 2)
    attacker = world.indicator_by_indicator(tmp_path)
    truth, found = world.truth(attacker), attacker.by_subtraction()
    fallen = world.small(attacker) & found.keys()
    assert fallen
    assert all(found[variable] == truth[variable] for variable in fallen)


def test_stopping_at_subtraction_falls_to_linear_programming(tmp_path: Path) -> None:
    world = World.of("a region with very uneven practices", 1)
    attacker = world.without_linear_programming(tmp_path)
    assert not attacker.by_subtraction().keys() & world.small(attacker)
    assert narrowest(attacker.bounds(world.small(attacker))) < world.policy.protection_width


@EVERY_WORLD
def test_a_hidden_cell_carries_no_number_and_no_sign_of_why_it_is_hidden(name: str, seed: int) -> None:
    _, attacker = released(name, seed)
    with duckdb.connect(str(attacker.release), read_only=True) as con:
        numbers = "numerator, denominator, patient_years, eligible, completeness, value, ci_low, ci_high"
        left = con.execute(f"SELECT count(coalesce({numbers})) FROM result WHERE state <> 'shown'").fetchone()
        states = con.execute("SELECT DISTINCT state FROM result ORDER BY state").fetchall()
    assert left == (0,)
    assert {state for (state,) in states} <= {"shown", "suppressed", "no_data", "not_applicable"}


@EVERY_WORLD
def test_a_rate_tells_events_and_years_but_no_number_of_people(name: str, seed: int) -> None:
    _, attacker = released(name, seed)
    with duckdb.connect(str(attacker.release), read_only=True) as con:
        rates = con.execute(
            "SELECT numerator, patient_years, value, denominator, eligible, completeness FROM result "
            "WHERE indicator_id = 'new_foot_ulcers' AND state = 'shown'"
        ).fetchall()
    assert rates
    for numerator, years, value, denominator, eligible, share in rates:
        assert value == pytest.approx(1000 * numerator / years)
        assert denominator is None
        assert eligible is None
        assert share == round(share, 2)


@EVERY_WORLD
def test_subtracting_the_patient_years_of_neighbours_tells_of_no_small_group(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    truth = world.years("new_foot_ulcers")
    for places, (low, high) in attacker.years_left("new_foot_ulcers", world.policy.patient_years_step).items():
        assert low <= sum(truth[place] for place in places) <= high
        assert high - low >= world.policy.protection_width
        assert high >= world.policy.smallest_count


def test_exact_patient_years_fall_to_the_subtraction_of_neighbours(tmp_path: Path) -> None:
    world = World.of("a region with very uneven practices", 2)
    attacker, truth = world.with_exact_years(tmp_path), world.years("new_foot_ulcers")
    found = attacker.years_left("new_foot_ulcers", 0.01)
    assert any(
        len(places) == 1 and high - low < 1 and low <= truth[places[0]] <= high for places, (low, high) in found.items()
    )
