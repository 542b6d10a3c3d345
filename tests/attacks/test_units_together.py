"""Units that know their own numbers, alone and two together, against a release that reckons with single units.

Alone no unit finds anything, by subtraction or by linear programming. Drawn pairs show what reckoning with single units
is worth: two of one cluster can work out what a third of it has; two of different clusters find nothing.
"""

from copy import copy
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from attacks.attacker import Attacker, Variable
from tests.attacks.worlds import INSIDERS, World

PAIRS = 24
TINY = "three municipalities with one or two practices each"
Unit = tuple[str, str]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Attacker]:
    """A world and the attacker who has a release of it that reckons with units."""
    world = World.of("a region", 1)
    return world, world.reckoning_with(INSIDERS, tmp_path_factory.mktemp("safe"))


def units(world: World, attacker: Attacker, level: str) -> list[Unit]:
    return sorted({where[:2] for _, where in world.truth(attacker) if where[0] == level and where[1] != "none"})


def drawn_pairs(among: list[Unit]) -> list[tuple[Unit, Unit]]:
    pairs = list(combinations(among, 2))
    chosen = np.random.default_rng(1).permutation(len(pairs))[:PAIRS]
    return [pairs[number] for number in chosen]


def worked_out(world: World, attacker: Attacker, *together: Unit) -> set[Variable]:
    """Return the small groups of others that units find by subtraction, and not from their own numbers alone."""
    own = {variable: value for unit in together for variable, value in world.known_to(attacker, *unit).items()}
    alone = copy(attacker)
    alone.known = own
    told = attacker.knowing(own).by_subtraction().keys() - own.keys() - alone.by_subtraction().keys()
    return told & world.small(attacker)


def proved_by(world: World, attacker: Attacker, *together: Unit) -> set[Variable]:
    """Return the small groups of others that units prove to be small by linear programming, not from their own alone.

    Whatever got no answer fails the test that asks.
    """
    own = {variable: value for unit in together for variable, value in world.known_to(attacker, *unit).items()}
    alone = copy(attacker)
    alone.known = own
    others = world.small(attacker) - own.keys() - alone.by_subtraction().keys()
    proved, unanswered = attacker.knowing(own).proved_small(others, world.policy.smallest_count)
    assert not unanswered
    return proved.keys() - alone.proved_small(others, world.policy.smallest_count)[0].keys()


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        (TINY, 1),
        ("three municipalities of which one holds nearly all", 2),
        ("a region with very uneven practices", 1),
        ("clusters of one practice", 1),
    ],
)
def test_no_unit_alone_proves_a_small_group_of_others_by_linear_programming(
    name: str, seed: int, tmp_path: Path
) -> None:
    world = World.of(name, seed)
    held = world.reckoning_with(INSIDERS, tmp_path)
    insiders = [unit for level in INSIDERS for unit in units(world, held, level)]
    assert len(insiders) > len(INSIDERS)
    assert {unit: found for unit in insiders if (found := proved_by(world, held, unit))} == {}


def test_no_unit_alone_works_out_a_tiny_municipality(tmp_path: Path) -> None:
    """The smallest of them has two people with the disease."""
    world = World.of("many tiny municipalities beside a town", 3)
    held = world.reckoning_with(("practice", "municipality"), tmp_path)
    municipalities = units(world, held, "municipality")
    assert len(municipalities) > 2 * world.policy.smallest_count
    assert not any(worked_out(world, held, unit) for unit in municipalities[::2])
    assert not any(proved_by(world, held, unit) for unit in municipalities[:: len(municipalities) - 1])


def test_reckoning_with_units_by_subtraction_only_falls_to_a_unit_with_linear_programming(tmp_path: Path) -> None:
    world = World.of(TINY, 1)
    weak = world.without_linear_programming(tmp_path, INSIDERS)
    practices = units(world, weak, "practice")
    assert not any(worked_out(world, weak, unit) for unit in practices)
    assert any(proved_by(world, weak, unit) for unit in practices)


@pytest.mark.parametrize("level", ["practice", "municipality"])
def test_no_unit_alone_works_out_a_small_group_of_others(held: tuple[World, Attacker], level: str) -> None:
    assert not any(worked_out(*held, unit) for unit in units(*held, level))


def test_drawn_practices_of_different_clusters_work_nothing_out_together(held: tuple[World, Attacker]) -> None:
    cluster_of = held[1].cluster_of
    apart = [pair for pair in drawn_pairs(units(*held, "practice")) if cluster_of[pair[0][1]] != cluster_of[pair[1][1]]]
    assert len(apart) > PAIRS / 2
    assert not any(worked_out(*held, *pair) or proved_by(*held, *pair) for pair in apart)


def test_practices_of_one_cluster_may_work_out_a_third_together_so_the_attack_can_fail_a_release(
    held: tuple[World, Attacker],
) -> None:
    cluster_of = held[1].cluster_of
    beside = [
        pair for pair in combinations(units(*held, "practice"), 2) if cluster_of[pair[0][1]] == cluster_of[pair[1][1]]
    ]
    assert any(worked_out(*held, *pair) for pair in beside)
