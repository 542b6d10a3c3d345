"""Tables of units or groups that would be too small on average are left out whole, and nothing follows for the rest."""

import numpy as np
import polars as pl
import pytest

from indicators.disclosure.audit import audit, subtract
from indicators.disclosure.control import PUBLISHED, protect
from indicators.disclosure.left_out import left_out
from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import Related
from indicators.disclosure.system import build_system
from tests.lib.drawn_cells import cell, cells, clusters
from tests.lib.invented_cells import NESTED, Cells, invented_cells
from tests.lib.tiny_release import POLICY

POLICY_IN_FORCE = load_policy(POLICY)
LIMIT = 30
SIZES = (("A", 19), ("B", 90), ("C", 90))


def tables_left_out(*drawn: dict[str, object]) -> set[str]:
    """Return the levels that are left out, and `split` where breakdowns are."""
    frame = cells(*drawn)
    out = frame.filter(pl.Series(left_out(frame, LIMIT)))
    is_split = (pl.col("sex") != "all") | (pl.col("age_band") != "all")
    return {*out.filter(~is_split)["level"]} | ({"split"} if out.select(is_split.any()).item() else set())


def units(level: str, number: int, patients: int) -> list[dict[str, object]]:
    return [cell(f"{level}/{unit}", 0, patients) for unit in range(number)]


@pytest.mark.parametrize(("patients", "left"), [(89, {"municipality"}), (90, set()), (91, set())])
def test_the_units_of_a_level_are_left_out_when_they_are_too_small_on_average(patients: int, left: set[str]) -> None:
    of_units = [cell("municipality/A", 0, 60), cell("municipality/B", 0, 20), cell("municipality/C", 0, patients - 80)]
    assert tables_left_out(cell("all/all", 0, patients), *of_units) == left


def test_people_who_belong_to_no_unit_are_no_unit() -> None:
    drawn = [cell("all/all", 0, 60), *units("hospital", 2, 25), cell("hospital/none", 0, 10)]
    assert tables_left_out(*drawn) == set()
    assert tables_left_out(*drawn, cell("hospital/third", 0, 0)) == {"hospital"}


def test_the_indicator_of_most_patients_tells_how_many_there_are() -> None:
    few = cell("all/all", 0, 20, indicator_id="others")
    assert tables_left_out(few, cell("all/all", 0, 60), *units("municipality", 2, 30)) == set()
    assert tables_left_out(few, *units("municipality", 2, 10)) == {"municipality"}


def test_practices_go_with_their_clusters_because_their_sum_would_tell_the_cluster() -> None:
    drawn = [cell("all/all", 0, 100), *units("cluster", 4, 25), *units("practice", 3, 33)]
    assert tables_left_out(*drawn) == {"cluster", "practice"}


def test_breakdowns_cross_each_other_so_they_are_left_out_all_together() -> None:
    sexes = [cell(f"all/all/{sex}/all", 0, 50) for sex in ("female", "male")]
    bands = [cell(f"all/all/all/{band}", 0, 25) for band in ("1", "2", "3", "4")]
    assert tables_left_out(cell("all/all", 0, 100), *sexes) == set()
    assert tables_left_out(cell("all/all", 0, 100), *sexes, *bands) == {"split"}


def test_breakdowns_of_a_level_that_is_left_out_go_with_it() -> None:
    whole = [cell("all/all", 0, 100), *units("municipality", 4, 25)]
    assert tables_left_out(*whole, cell("municipality/0/female/all", 0, 20)) == {"municipality", "split"}


def test_nothing_is_left_out_where_nobody_is_counted_over_all() -> None:
    assert tables_left_out(*units("municipality", 3, 10)) == set()


@pytest.fixture(scope="module", params=[(150, 6, 3, 1.0), (110, 7, 6, 1.5), (60, 3, 3, 0.5)])
def small_region(request: pytest.FixtureRequest) -> Cells:
    patients, practices, clusters, skew = request.param
    return invented_cells(patients=patients, practices=practices, clusters=clusters, skew=skew, quarters=1)


def test_the_audit_of_all_cells_finds_nothing_where_tables_were_left_out_unaudited(small_region: Cells) -> None:
    state = protect(small_region.results, POLICY_IN_FORCE, small_region.parents, NESTED).cells["state"]
    assert "left_out" in state
    hidden = state.is_in(["suppressed", "withheld", "left_out"]).to_numpy()
    system = build_system(small_region.results, small_region.parents, POLICY_IN_FORCE, NESTED, Related())
    told, _ = subtract(system, system.visible(hidden))
    assert not (told & system.small).any()
    assert not (told & system.protected((state == "suppressed").to_numpy())).any()
    assert audit(system, hidden, POLICY_IN_FORCE.protection_width, also_known=told).is_safe


def test_a_cluster_of_one_practice_too_small_to_be_shown_by_itself_is_hidden_where_practices_are_left_out() -> None:
    of_clusters = [cell("all/all", 99, 199), *(cell(f"cluster/{name}", size // 2, size) for name, size in SIZES)]
    of_practices = [cell("practice/0A", 9, 19), *units("practice", 6, 30)]
    parents = clusters(**{"0A": "A"}, **{str(number): "BC"[number % 2] for number in range(6)})

    def state_of_the_small_cluster(*drawn: dict[str, object]) -> str:
        released = protect(cells(*drawn), POLICY_IN_FORCE, parents).cells
        return str(released.filter(level="cluster", unit_id="A")["state"].item())

    assert state_of_the_small_cluster(*of_clusters) == "shown"
    assert state_of_the_small_cluster(*of_clusters, *of_practices) == "suppressed"


def test_a_cell_left_out_holds_no_number_and_is_counted_among_the_hidden(small_region: Cells) -> None:
    protection = protect(small_region.results, POLICY_IN_FORCE, small_region.parents, NESTED)
    rows = protection.cells.filter(pl.col("state") == "left_out")
    assert rows.select(PUBLISHED).null_count().row(0) == (rows.height,) * len(PUBLISHED)
    report = protection.report.filter(level="practice")
    assert report["left_out"].to_list() == report["hidden"].to_list() == report["cells"].to_list()


def test_a_limit_of_one_leaves_nothing_out(small_region: Cells) -> None:
    assert not left_out(small_region.results, 1).any()


def test_units_that_know_their_own_numbers_are_reckoned_with_also_where_their_table_is_left_out() -> None:
    region = invented_cells(patients=200, practices=7, clusters=3, quarters=1)
    insiders = POLICY_IN_FORCE.model_copy(update={"insiders": ("practice", "municipality")})
    released = protect(region.results, insiders, region.parents, NESTED).cells
    hidden = released["state"].is_in(["suppressed", "withheld", "left_out"]).to_numpy()
    system = build_system(region.results, region.parents, insiders, NESTED, Related())
    assert "left_out" in released.filter(level="practice")["state"]
    for number in np.flatnonzero([level == "practice" for level, _ in system.units]):
        own = system.holder == number
        alone = audit(system, np.ones(hidden.size, dtype=bool), insiders.protection_width, also_known=own)
        found = audit(system, hidden, insiders.protection_width, also_known=own)
        assert not ((found.exact | found.narrow) & system.small & ~alone.exact & ~alone.narrow).any()
