"""An attacker with the curves of times: nobody who had it between two days, or who still waits, can be told."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from attacks.attacker import Attacker, Variable
from indicators.disclosure.control import protect
from indicators.disclosure.policy import load_policy
from indicators.release.file import write_release
from indicators.release.times import Curves, released_results, step_cells, tables
from tests.lib.invented_times import invented_times, steps_nested, waiting
from tests.lib.tiny_release import POLICY

END = date(2026, 9, 30)
POLICY_IN_FORCE = load_policy(POLICY)
NO_CLUSTERS = pl.DataFrame(schema={"period_end": pl.Date, "unit_id": pl.String, "cluster_id": pl.String})
PAIRS = tuple(tuple(f"{each.indicator}.{each.field}" for each in (pair.inner, pair.outer)) for pair in steps_nested())
SEEDS = range(1, 7)
SLACK = 1e-6


def attacked(folder: Path, seed: int, *, thinks_of_days_between: bool) -> tuple[Curves, Attacker]:
    """Return the true curves of a world, and the attacker who holds a release of them."""
    results, curves = invented_times([END], seed=seed)
    cells = pl.concat([results, step_cells(curves)], how="vertical_relaxed")
    nested = steps_nested() if thinks_of_days_between else ()
    protected = protect(cells, POLICY_IN_FORCE, NO_CLUSTERS, nested).cells
    page = {"indicator_id": waiting().id, "definition_version": 1, "position": 1}
    definition = pl.DataFrame([page | {"definition": waiting().model_dump_json()}])
    path = folder / "release.duckdb"
    path.unlink(missing_ok=True)
    published = {"result": released_results(curves, protected, POLICY_IN_FORCE), "indicator": definition}
    write_release(path, published | dict(tables(curves, protected, POLICY_IN_FORCE)))
    return curves, Attacker(path, END, PAIRS)


def small(curves: Curves, attacker: Attacker) -> set[Variable]:
    """Return the groups of 1 to 4: who had it by a day, who had not, and who had it between two days."""
    found, happened = set(), {}
    for row in curves.steps.iter_rows(named=True):
        name, where = f"{row['indicator_id']}:{row['day']}", (row["level"], row["unit_id"], "all", "all")
        happened[name, where] = row["happened"]
        for count, people in (("numerator", row["happened"]), ("complement", row["patients"] - row["happened"])):
            if 1 <= people <= 4:
                found.add(attacker.variable(name, count, where))
    for inner, outer in PAIRS:
        one, other = inner.split("."), outer.split(".")
        for where in {where for _, where in happened}:
            if one[1] == "numerator" and 1 <= happened[other[0], where] - happened[one[0], where] <= 4:
                found.add(attacker.between(inner, outer, where))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_small_group_between_two_days_can_be_told(tmp_path: Path, seed: int) -> None:
    curves, attacker = attacked(tmp_path, seed, thinks_of_days_between=True)
    groups = small(curves, attacker)
    assert groups
    assert not groups & attacker.known.keys()
    assert not groups & attacker.by_subtraction().keys()
    bounds = attacker.bounds(groups)
    assert all(high - low >= POLICY_IN_FORCE.protection_width - SLACK for low, high in bounds.values())


def test_a_release_that_thinks_of_no_days_between_tells_of_them(tmp_path: Path) -> None:
    told = 0
    for seed in SEEDS:
        curves, attacker = attacked(tmp_path, seed, thinks_of_days_between=False)
        told += len(small(curves, attacker) & attacker.by_subtraction().keys())
    assert told
