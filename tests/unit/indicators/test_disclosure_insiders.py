"""Who is reckoned with as an insider, what one equation tells it, and which hidden cells are shown again."""

import numpy as np
import polars as pl
import pytest

from indicators.disclosure.audit import audit, subtract
from indicators.disclosure.complementary import hide_enough
from indicators.disclosure.knowledge import knowledge
from indicators.disclosure.one_equation import OneEquation
from indicators.disclosure.policy import load_policy
from indicators.disclosure.primary import too_small
from indicators.disclosure.related import Related
from indicators.disclosure.system import System, build_system
from indicators.disclosure.taking_back import take_back
from tests.lib.invented_cells import NESTED, Cells, invented_cells
from tests.lib.tiny_release import POLICY

POLICY_IN_FORCE = load_policy(POLICY)
WIDTH = POLICY_IN_FORCE.protection_width
OF_UNITS = POLICY_IN_FORCE.model_copy(update={"insiders": ("practice", "municipality"), "insider_pairs": 7})


@pytest.fixture(scope="module")
def region() -> Cells:
    return invented_cells(patients=700, practices=8, clusters=3, quarters=1)


@pytest.fixture(scope="module")
def system(region: Cells) -> System:
    return build_system(region.results, region.parents, OF_UNITS, NESTED, Related())


def test_each_unit_of_the_named_levels_knows_its_own_counts_and_a_pair_those_of_both(system: System) -> None:
    knows = knowledge(system, OF_UNITS)
    number = sum(level in OF_UNITS.insiders for level, _ in system.units)
    assert knows[:, :number].sum(axis=0).tolist() == [1] * number
    assert knows[:, number:].sum(axis=0).tolist() == [2] * 7
    assert not knows[-1].any()
    assert not knows[[level not in OF_UNITS.insiders for level, _ in system.units] + [True]].any()


def test_the_seed_of_the_policy_names_the_pairs(system: System) -> None:
    other = OF_UNITS.model_copy(update={"insider_pairs_seed": OF_UNITS.insider_pairs_seed + 1})
    assert np.array_equal(knowledge(system, OF_UNITS), knowledge(system, OF_UNITS))
    assert not np.array_equal(knowledge(system, OF_UNITS), knowledge(system, other))


def test_no_more_pairs_are_drawn_than_there_are(system: System) -> None:
    every = knowledge(system, OF_UNITS.model_copy(update={"insider_pairs": 10_000}))
    number = sum(level in OF_UNITS.insiders for level, _ in system.units)
    assert every.shape[1] == number + number * (number - 1) // 2
    assert len(np.unique(every, axis=1).T) == every.shape[1]


def test_what_one_equation_tells_a_unit_the_audit_finds_too(region: Cells, system: System) -> None:
    knows = knowledge(system, OF_UNITS)
    hidden = hide_enough(system, too_small(region.results, OF_UNITS).to_numpy(), WIDTH, knows[:, :0]).cells
    known, _ = subtract(system, system.visible(hidden))
    checked = 0
    for insider in range(knows.shape[1]):
        found, _ = OneEquation(system, WIDTH, knows[:, [insider]]).binds(known)
        learnt = audit(system, hidden, WIDTH, also_known=knows[system.holder, insider])
        # The audit stops at what is told exactly, before it looks for what is narrow.
        if not learnt.exact.any():
            assert learnt.narrow[found].all()
            checked += found.size
    assert checked


def test_a_needless_cell_is_shown_again_and_a_needed_one_stays_hidden(region: Cells, system: System) -> None:
    knows = knowledge(system, OF_UNITS)[:, :0]
    primary = too_small(region.results, OF_UNITS).to_numpy()
    computed = region.results.select((pl.col("state") == "computed").alias("is_computed")).to_series().to_numpy()
    hidden = primary | computed
    known, _ = subtract(system, system.visible(hidden))
    one = OneEquation(system, WIDTH, knows)
    take_back(system, hidden, primary, known, one)
    assert not (primary & ~hidden).any()
    assert primary.sum() < hidden.sum() < computed.sum()
    known, _ = subtract(system, system.visible(hidden))
    assert not (system.protected(hidden) & known).any()
    assert not one.binds(known)[0].size
