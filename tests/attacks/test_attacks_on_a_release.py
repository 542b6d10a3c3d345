"""An attacker with the release file only: our release holds, weaker releases of the same people fall."""

from collections.abc import Collection
from copy import copy
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pytest

from attacks.attacker import Attacker, Variable
from indicators.disclosure.policy import UnitLevel
from tests.attacks.worlds import INSIDERS, KNOWN_TO_BE_NESTED, WORLDS, World, narrowest

LEFT_OUT = "a valley whose practices are left out"
MANY_TINY = "many tiny municipalities beside a town"
# The draws with the most uneven municipalities: 2 people in the smallest and 602 in the town; 45, 59 and 495.
UNEVEN = {MANY_TINY: 3, "three municipalities of which one holds nearly all": 2}
EVERY_WORLD = pytest.mark.parametrize(
    ("name", "seed"), [*((name, UNEVEN.get(name, 1)) for name in WORLDS), ("a region", 2)]
)
# Where nearly everything is hidden a programme is large, and only one in so many groups is asked for both its ends.
ONE_IN = {LEFT_OUT: 10, MANY_TINY: 1_000}
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
def test_the_worlds_hold_people_whose_events_stand_in_several_hospitals(name: str, seed: int) -> None:
    events = World.of(name, seed).cells.results.filter(indicator_id="readmission_30_days", sex="all", age_band="all")
    of_hospitals, of_all = (events.filter(level=level) for level in ("hospital", "all"))
    assert of_hospitals["denominator"].sum() == of_all["denominator"].sum()
    assert of_hospitals["patients"].sum() > of_all["patients"].sum()


@EVERY_WORLD
def test_no_small_group_is_shown(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    assert attacker.hidden
    assert not world.small(attacker) & attacker.known.keys()


@EVERY_WORLD
def test_subtraction_finds_no_hidden_cell(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    found = attacker.by_subtraction().keys()
    assert not found & attacker.hidden_results()
    assert not found & world.small(attacker)


@EVERY_WORLD
def test_linear_algebra_over_all_equations_finds_no_hidden_cell(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    found = attacker.by_linear_algebra().keys()
    assert not found & attacker.hidden_results()
    assert not found & world.small(attacker)


@EVERY_WORLD
def test_linear_programming_cannot_prove_that_a_small_group_is_small(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    small = world.small(attacker)
    proved, unanswered = attacker.proved_small(small, world.policy.smallest_count)
    assert not proved
    assert not unanswered
    small = set(sorted(small)[:: ONE_IN.get(name, 1)])
    bounds = attacker.bounds(small)
    assert bounds.keys() == small
    assert narrowest(bounds) >= world.policy.protection_width - SOLVER_SLACK
    assert min(high for _, high in bounds.values()) >= world.policy.smallest_count - SOLVER_SLACK


@EVERY_WORLD
def test_that_people_are_whole_proves_no_more(name: str, seed: int) -> None:
    world, attacker = released(name, seed)
    small = world.small(attacker)
    proved, unanswered = attacker.proved_small(small, world.policy.smallest_count, whole=True)
    assert not proved
    # A programme in whole people is given up after a time, and a busy machine may leave a few without an answer.
    assert len(unanswered) <= 0.1 * len(small)


@EVERY_WORLD
def test_hiding_only_small_cells_falls_to_subtraction(name: str, seed: int) -> None:
    world, attacker = weakly_released(name, seed)
    truth, found = world.truth(attacker), attacker.by_subtraction()
    small = world.small(attacker)
    recovered = {variable for variable in small & found.keys() if found[variable] == truth[variable]}
    # Where twenty municipalities are to be added up, subtraction alone falls short more often.
    assert len(recovered) > (0.05 if name == "many tiny municipalities beside a town" else 0.1) * len(small)


@EVERY_WORLD
def test_what_the_attacker_recovers_is_the_truth(name: str, seed: int) -> None:
    world, attacker = weakly_released(name, seed)
    truth, found = world.truth(attacker), attacker.by_subtraction()
    assert found
    assert all(truth[variable] == value for variable, value in found.items() if variable in truth)


def test_leaving_out_small_practices_one_by_one_falls_where_leaving_out_all_of_them_holds(tmp_path: Path) -> None:
    world, held = released(LEFT_OUT, 1)
    assert "practice" not in {where[0] for _, where in held.known}
    attacker = world.with_small_units_left_out(tmp_path)
    found, small = attacker.by_subtraction(), world.small(attacker)
    assert any(variable in found for variable in small if variable[1][0] == "practice")


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
    assert {state for (state,) in states} <= {"shown", "suppressed", "no_data", "not_applicable", "left_out"}


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


def test_the_events_of_few_people_that_are_not_met_are_shown_where_nobody_counted_those_people(tmp_path: Path) -> None:
    place = ("municipality", "0740", "all", "all")
    world = World.of("a region", 1).with_one_person_behind("readmission_30_days", place)
    weak = world.blind_to_events_not_met(tmp_path)
    one_persons = weak.variable("readmission_30_days", "complement", place)
    assert weak.known[one_persons] >= world.policy.smallest_count
    ours = world.ours(tmp_path)
    assert one_persons in world.small(ours)
    assert one_persons not in ours.by_linear_algebra().keys() | ours.by_subtraction().keys() | ours.known.keys()


def test_exact_patient_years_fall_to_the_subtraction_of_neighbours(tmp_path: Path) -> None:
    world = World.of("a region with very uneven practices", 2)
    attacker, truth = world.with_exact_years(tmp_path), world.years("new_foot_ulcers")
    found = attacker.years_left("new_foot_ulcers", 0.01)
    assert any(
        len(places) == 1 and high - low < 1 and low <= truth[places[0]] <= high for places, (low, high) in found.items()
    )


def test_the_people_between_two_shares_are_found_where_nobody_thought_of_them(tmp_path: Path) -> None:
    world = World.of("a region with very uneven practices", 1)
    assert found_between(world, world.blind_to_nesting(tmp_path), *KNOWN_TO_BE_NESTED[0])


def test_the_difference_of_two_rates_of_the_same_people_is_found_where_each_is_protected_alone(tmp_path: Path) -> None:
    world = World.of("a region with very uneven practices", 1)
    assert found_between(world, world.indicator_by_indicator(tmp_path), *KNOWN_TO_BE_NESTED[-1])


def found_between(world: World, attacker: Attacker, inner: str, outer: str) -> set[Variable]:
    """Return the small groups between two counts that subtraction finds, all of them rightly."""
    truth, found = world.truth(attacker), attacker.by_subtraction()
    between = {
        attacker.between(inner, outer, where)
        for _, where in truth
        if 1 <= truth.get(attacker.between(inner, outer, where), 0) < world.policy.smallest_count
    }
    assert all(found[variable] == truth[variable] for variable in between & found.keys())
    return between & found.keys()


def test_a_silent_practice_tells_its_neighbours_numbers_where_no_data_is_thought_to_tell_nothing(
    tmp_path: Path,
) -> None:
    world, held = released("a region with silent practices", 4)
    feet = {where for name, where in world.silent() if name == "foot_examined"}
    assert {level for level, *_ in feet} >= {"practice"}
    attacker = world.blind_to_silence(tmp_path)
    fallen = attacker.by_subtraction().keys() & (world.small(attacker) | attacker.hidden_results())
    assert fallen
    assert not held.by_subtraction().keys() & (world.small(held) | held.hidden_results())


def test_a_rates_interval_gives_back_its_coarse_years_and_no_others(tmp_path: Path) -> None:
    world, ours = released("a region", 1)
    step = world.policy.patient_years_step
    for attacker, is_coarse in ((ours, True), (world.with_exact_years(tmp_path), False)):
        found = attacker.years_from_intervals("new_foot_ulcers")
        assert found
        on_the_grid = [abs(years / step - round(years / step)) < 1e-3 for years in found.values()]
        assert all(on_the_grid) is is_coarse
        assert is_coarse or all(
            years == pytest.approx(world.years("new_foot_ulcers")[at], abs=0.01) for at, years in found.items()
        )


def test_a_median_and_its_interval_are_never_a_single_persons_value_of_a_few() -> None:
    world, attacker = released("a region", 1)
    with duckdb.connect(str(attacker.release), read_only=True) as con:
        medians = con.execute(
            "SELECT denominator, value, ci_low FROM result WHERE indicator_id = 'hba1c_median' AND value IS NOT NULL"
        ).fetchall()
    assert medians
    assert all(people >= world.policy.smallest_median_group for people, _, _ in medians)
    assert all(low is None or people >= world.policy.smallest_median_interval_group for people, _, low in medians)


def worked_out_by_insiders(world: World, attacker: Attacker, levels: Collection[str]) -> set[tuple[str, Variable]]:
    """Return the small groups that some unit works out from its own numbers and the release, and not from its own."""
    small, found = world.small(attacker), set()
    units = {place[:2] for _, place in world.truth(attacker) if place[0] in levels and place[1] != "none"}
    for level, unit in sorted(units):
        own = world.known_to(attacker, level, unit)
        alone = copy(attacker)
        alone.known = own
        told = attacker.knowing(own).by_subtraction().keys() - own.keys() - alone.by_subtraction().keys()
        found |= {(unit, variable) for variable in told & small}
    return found


@pytest.mark.parametrize("levels", [("practice", "municipality"), INSIDERS])
def test_what_is_safe_from_outsiders_falls_to_units_that_know_their_own_numbers_unless_they_are_reckoned_with(
    tmp_path: Path, levels: tuple[UnitLevel, ...]
) -> None:
    world = World.of("a region", 1)
    for_outsiders = world.reckoning_with((), tmp_path)
    assert not for_outsiders.by_subtraction().keys() & world.small(for_outsiders)
    assert worked_out_by_insiders(world, for_outsiders, levels)
    assert not worked_out_by_insiders(world, world.reckoning_with(levels, tmp_path), levels)
