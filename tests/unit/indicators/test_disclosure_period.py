"""The same input makes the same release, whatever the number of processes that make it."""

import polars as pl
import pytest

from indicators.disclosure import period
from indicators.disclosure.control import Protection, protect
from indicators.disclosure.policy import load_policy
from tests.lib.invented_cells import NESTED, Cells, invented_cells
from tests.lib.tiny_release import POLICY
from tvaers.errors import DisclosureError

POLICY_IN_FORCE = load_policy(POLICY)


@pytest.fixture(scope="module")
def invented() -> Cells:
    return invented_cells(patients=600, practices=5, clusters=2, quarters=3)


def with_processes(number: int, world: Cells, monkeypatch: pytest.MonkeyPatch) -> Protection:
    monkeypatch.setattr(period, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(period, "AT_THE_SAME_TIME", number)
    monkeypatch.setattr(period.os, "cpu_count", lambda: number)
    return protect(world.results, POLICY_IN_FORCE, world.parents, NESTED)


def test_several_processes_hide_the_same_cells_as_one(invented: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = with_processes(1, invented, monkeypatch)
    together = with_processes(2, invented, monkeypatch)
    assert together.cells.equals(alone.cells)
    assert together.report.equals(alone.report)
    assert together.narrowest == alone.narrowest
    assert "suppressed" in alone.cells["state"]


def test_what_another_process_refuses_is_told_with_its_period(invented: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    more = pl.when(pl.col("level") == "municipality").then(pl.col("numerator") + 1_000).otherwise("numerator")
    broken = Cells(invented.results.with_columns(more.alias("numerator")), invented.units)
    with pytest.raises(DisclosureError, match="more than their total") as fault:
        with_processes(2, broken, monkeypatch)
    assert fault.value.where.startswith("period ending ")
    assert fault.value.what_to_do
