"""A period that cannot be protected cell by cell is published more coarsely, in the order that the policy states."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from indicators.disclosure import complementary, withholding
from indicators.disclosure.audit import audit
from indicators.disclosure.complementary import CannotBeProtectedError, Protected, hide_enough
from indicators.disclosure.control import Protection, protect
from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import Related
from indicators.disclosure.system import System, build_system
from tests.lib.invented_cells import GROUPS, NESTED, Cells, invented_cells
from tests.lib.tiny_release import POLICY
from tvaers.errors import DisclosureError

POLICY_IN_FORCE = load_policy(POLICY)
STEPS = POLICY_IN_FORCE.withheld_first
IS_BROKEN_DOWN = (pl.col("sex") != "all") | (pl.col("age_band") != "all")


@pytest.fixture(scope="module")
def invented() -> Cells:
    return invented_cells(patients=700, practices=5, clusters=2, quarters=1)


def failing(times: int) -> Callable[..., Protected]:
    """Return a search that finds no end for a count of one indicator the first few times."""
    failed = []

    def search(system: System, primary: np.ndarray, width: int, knows: np.ndarray) -> Protected:
        if len(failed) < times:
            failed.append(1)
            # A numerator of the last cell's indicator: its own, and nobody else's.
            raise CannotBeProtectedError(system.own[-1].indices[:1])
        return hide_enough(system, primary, width, knows)

    return search


def protected(invented: Cells, monkeypatch: pytest.MonkeyPatch, times: int) -> Protection:
    monkeypatch.setattr(withholding, "hide_enough", failing(times))
    return protect(invented.results, POLICY_IN_FORCE, invented.parents, NESTED)


def withheld(protection: Protection) -> pl.DataFrame:
    return protection.cells.filter(pl.col("state") == "withheld")


def test_nothing_is_withheld_where_cells_can_be_protected_one_by_one(
    invented: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    protection = protected(invented, monkeypatch, 0)
    assert withheld(protection).is_empty()
    assert protection.withheld_periods == ()


def test_first_the_breakdowns_then_the_practices_of_the_indicators_concerned(
    invented: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = invented.results["indicator_id"][-1]
    first, second = (withheld(protected(invented, monkeypatch, times)) for times in (1, 2))
    # Groups of a stratifier are given up with the breakdowns by sex and age.
    assert first.filter(~IS_BROKEN_DOWN, ~pl.col("level").is_in(list(GROUPS))).is_empty()
    assert set(GROUPS) <= set(first["level"])
    assert last in first["indicator_id"]
    assert first["indicator_id"].n_unique() < invented.results["indicator_id"].n_unique()
    assert set(second["level"]) == {"all", "municipality", "practice", *GROUPS}
    assert set(first["indicator_id"]) == set(second["indicator_id"])


@pytest.mark.parametrize(
    ("times", "scope"),
    [(3, IS_BROKEN_DOWN), (4, IS_BROKEN_DOWN | (pl.col("level") == "practice")), (5, pl.lit(value=True))],
)
def test_then_those_of_all_indicators_and_in_the_end_the_whole_period(
    times: int, scope: pl.Expr, invented: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = protected(invented, monkeypatch, times).cells.filter(scope)
    assert set(left["state"]) == {"withheld"}


def test_a_withheld_cell_holds_no_number_and_is_counted(invented: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    protection = protected(invented, monkeypatch, 4)
    rows = withheld(protection)
    assert (
        rows.select(pl.max_horizontal(pl.col("numerator", "denominator", "value").is_not_null().any())).item() is False
    )
    counted = dict(protection.report.select("level", "withheld").iter_rows())
    assert counted["practice"] > 0
    assert counted["cluster"] == 0
    assert protection.withheld_periods == tuple(invented.results["period_end"].unique())


def test_a_period_withheld_as_a_whole_is_always_safe(invented: Cells) -> None:
    parents = invented.parents.select("unit_id", "cluster_id")
    system = build_system(invented.results, parents, POLICY_IN_FORCE, NESTED, Related())
    everything = np.ones(invented.results.height, dtype=bool)
    assert audit(system, everything, POLICY_IN_FORCE.protection_width).is_safe


def test_a_search_without_end_is_refused_only_when_the_whole_period_does_not_help(
    invented: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DisclosureError, match="even with all its numbers withheld"):
        protected(invented, monkeypatch, len(STEPS) + 1)


def test_a_search_that_runs_out_of_rounds_says_which_counts_are_left(
    invented: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complementary, "MOST_ROUNDS", 1)
    # One round ends for outsiders when all is withheld; units that know their own numbers come in the next.
    outsiders_only = POLICY_IN_FORCE.model_copy(update={"insiders": ()})
    found = protect(invented.results, outsiders_only, invented.parents, NESTED)
    assert not withheld(found).is_empty()
