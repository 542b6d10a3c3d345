"""Whatever the counts, nothing hidden can be found and the same cells give the same release."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from indicators.disclosure.audit import audit, subtract
from indicators.disclosure.complementary import CannotBeProtectedError, hide_enough
from indicators.disclosure.control import PUBLISHED, protect
from indicators.disclosure.insiders import audit_insiders
from indicators.disclosure.policy import load_policy
from indicators.disclosure.primary import too_small
from indicators.disclosure.related import Related
from indicators.disclosure.swaps import Swaps
from indicators.disclosure.system import System, build_system
from tests.lib.drawn_cells import cell, cells, clusters
from tests.lib.tiny_release import POLICY
from tvaers.errors import DisclosureError

AGAINST_OUTSIDERS = load_policy(POLICY).model_copy(update={"insiders": ()})
AGAINST_INSIDERS = AGAINST_OUTSIDERS.model_copy(
    update={"insiders": ("practice", "cluster", "municipality", "hospital")}
)
PARENTS = clusters(a="K1", b="K1", c="K2", d="K2", e="K3")
PRACTICES = dict(zip(PARENTS["unit_id"], PARENTS["cluster_id"], strict=True))
PLACES = ["level", "unit_id"]
HIDDEN = ["suppressed", "withheld", "left_out"]
groups = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=10, max_size=10)
relaxed = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(relaxed, max_examples=12)


def drawn_from(counts: list[tuple[int, int]]) -> pl.DataFrame:
    """Return cells in which every total is the sum of its parts: five practices, two sexes each."""
    people = {
        (practice, sex): (met, met + not_met)
        for (practice, sex), (met, not_met) in zip(
            [(practice, sex) for practice in PRACTICES for sex in ("female", "male")], counts, strict=True
        )
    }

    def total(*, cluster: str | None = None, practice: str | None = None, sex: str | None = None) -> tuple[int, int]:
        chosen = [
            group
            for (name, of_sex), group in people.items()
            if cluster in (None, PRACTICES[name]) and practice in (None, name) and sex in (None, of_sex)
        ]
        return sum(met for met, _ in chosen), sum(everybody for _, everybody in chosen)

    return cells(
        cell("all/all", *total()),
        *(cell(f"all/all/{sex}/all", *total(sex=sex)) for sex in ("female", "male")),
        *(cell(f"cluster/{name}", *total(cluster=name)) for name in ("K1", "K2", "K3")),
        *(cell(f"practice/{name}", *total(practice=name)) for name in PRACTICES),
    )


def protected(frame: pl.DataFrame) -> pl.DataFrame:
    return protect(frame, AGAINST_OUTSIDERS, PARENTS).cells


def each_alone(system: System) -> np.ndarray:
    """Return that each unit knows its own counts, and nobody those of no unit."""
    return np.eye(len(system.units) + 1, len(system.units), dtype=bool)


@relaxed
@given(groups)
def test_an_audit_of_the_result_finds_nothing(counts: list[tuple[int, int]]) -> None:
    frame = drawn_from(counts)
    hidden = protected(frame)["state"].is_in(HIDDEN).to_numpy()
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    findings = audit(system, hidden, AGAINST_OUTSIDERS.protection_width)
    assert findings.is_safe
    assert not (system.small & system.visible(hidden)).any()


@relaxed
@given(groups)
def test_shown_numbers_are_exact_and_hidden_cells_hold_none(counts: list[tuple[int, int]]) -> None:
    frame = drawn_from(counts)
    released = protected(frame)
    shown = released["state"] == "shown"
    assert released.filter(shown)["numerator"].to_list() == frame.filter(shown)["numerator"].to_list()
    assert released.filter(~shown).select(PUBLISHED).null_count().row(0) == (int((~shown).sum()),) * len(PUBLISHED)


@relaxed
@given(groups, st.randoms(use_true_random=False))
def test_the_order_in_which_cells_arrive_changes_nothing(counts: list[tuple[int, int]], random: object) -> None:
    frame = drawn_from(counts)
    order = list(range(frame.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    keys = ["level", "unit_id", "sex", "age_band"]
    assert protected(frame).sort(keys).equals(protected(frame[order]).sort(keys))


@relaxed
@given(groups)
def test_an_insider_who_knows_only_what_is_shown_already_gains_nothing(counts: list[tuple[int, int]]) -> None:
    frame = drawn_from(counts)
    hidden = protected(frame)["state"].is_in(HIDDEN).to_numpy()
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    outsider = audit(system, hidden, AGAINST_OUTSIDERS.protection_width)
    insider = audit(system, hidden, AGAINST_OUTSIDERS.protection_width, also_known=system.visible(hidden))
    assert np.array_equal(outsider.exact, insider.exact)
    assert np.array_equal(outsider.narrow, insider.narrow)


@few
@given(groups)
def test_no_unit_that_knows_its_own_numbers_narrows_down_a_small_count_of_others(counts: list[tuple[int, int]]) -> None:
    frame = drawn_from(counts)
    hidden = protect(frame, AGAINST_INSIDERS, PARENTS).cells["state"].is_in(HIDDEN).to_numpy()
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    for unit in range(len(system.units)):
        own = system.holder == unit
        by_itself = audit(system, np.ones(frame.height, dtype=bool), AGAINST_OUTSIDERS.protection_width, also_known=own)
        with_release = audit(system, hidden, AGAINST_OUTSIDERS.protection_width, also_known=own)
        told_by_own_numbers = by_itself.narrow | by_itself.exact
        learnt = (with_release.narrow | with_release.exact) & system.small & ~told_by_own_numbers
        assert not learnt.any()


@few
@given(groups)
def test_the_audit_of_insiders_finds_what_the_audit_finds_for_each_of_them_alone(counts: list[tuple[int, int]]) -> None:
    frame = drawn_from(counts)
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    everybody = each_alone(system)
    nobody = everybody[:, :0]
    width = AGAINST_OUTSIDERS.protection_width
    try:
        hidden = hide_enough(system, too_small(frame, AGAINST_OUTSIDERS).to_numpy(), width, nobody).cells
    except CannotBeProtectedError:
        return
    found = audit_insiders(system, hidden, width, everybody, None)
    for unit in range(len(system.units)):
        own = system.holder == unit
        alone = audit(system, hidden, width, also_known=own)
        by_itself = audit(system, np.ones(frame.height, dtype=bool), width, also_known=own)
        told_by_own_numbers = (by_itself.narrow | by_itself.exact)[found.small]
        learnt = (alone.narrow | alone.exact)[found.small]
        assert not (learnt & found.safe[:, unit] & ~told_by_own_numbers).any()
        if not alone.exact.any():
            assert not (~found.safe[:, unit] & ~learnt).any()


@relaxed
@given(groups, st.lists(st.booleans(), min_size=11, max_size=11))
def test_what_swaps_prove_linear_programming_finds_too_for_every_insider(
    counts: list[tuple[int, int]], also_hidden: list[bool]
) -> None:
    frame = drawn_from(counts)
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    hidden = too_small(frame, AGAINST_OUTSIDERS).to_numpy() | np.array(also_hidden)
    known, _ = subtract(system, system.visible(hidden))
    units = each_alone(system)
    grid, width = system.grid, AGAINST_OUTSIDERS.protection_width
    assert grid
    own = np.column_stack([units[system.holder], np.zeros(known.size, dtype=bool)])
    asked = (system.small & ~known)[:, None] & ~own
    proved = Swaps(system, grid, ~known, units).prove(np.arange(known.size), asked, width)
    for insider in np.flatnonzero(proved.any(axis=0)):
        found = audit(system, hidden, width, also_known=own[:, insider])
        assert not (proved[:, insider] & (found.exact | found.narrow)).any()


def test_swaps_prove_what_a_neighbour_can_take_over_and_not_beside_the_neighbour() -> None:
    frame = drawn_from([(20, 20), (20, 20), (1, 20), (1, 20), *[(20, 20)] * 6])
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    assert system.grid
    hidden = np.array([place in {("practice", "a"), ("practice", "b")} for place in frame.select(PLACES).iter_rows()])
    known, _ = subtract(system, system.visible(hidden))
    units = each_alone(system)
    asked = np.repeat((system.small & ~known)[:, None], len(system.units) + 1, axis=1)
    asked[:, :-1] &= ~units[system.holder]
    proved = Swaps(system, system.grid, ~known, units).prove(np.arange(known.size), asked, 5)
    neighbour = system.units.index(("practice", "a"))
    count = int(np.flatnonzero(system.small & ~known)[0])
    of_count = proved[count]
    assert of_count[-1]
    assert not of_count[neighbour]


def test_the_audit_sees_a_cell_that_is_left_open() -> None:
    frame = drawn_from([(20, 20), (20, 20), (1, 20), (1, 20), *[(20, 20)] * 6])
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    only_the_small_one = np.array(
        [place == ("practice", "b") for place in frame.select("level", "unit_id").iter_rows()]
    )
    assert audit(system, only_the_small_one, AGAINST_OUTSIDERS.protection_width).exact.any()


@relaxed
@given(groups)
def test_the_audit_finds_as_narrow_what_a_plain_linear_programme_over_all_equations_finds(
    counts: list[tuple[int, int]],
) -> None:
    frame = drawn_from(counts)
    system = build_system(frame, PARENTS.select("unit_id", "cluster_id"), AGAINST_OUTSIDERS, (), Related())
    hidden = too_small(frame, AGAINST_OUTSIDERS).to_numpy()
    hidden[(frame["level"] == "practice").to_numpy()] = True
    findings = audit(system, hidden, AGAINST_OUTSIDERS.protection_width)
    if findings.exact.any():
        return
    shown, equations = system.visible(hidden), system.equations.astype(float)
    limits = [(value, value) if is_shown else (0, None) for value, is_shown in zip(system.truth, shown, strict=True)]
    for count in np.flatnonzero(system.small & ~shown):
        towards = np.zeros(system.truth.size)
        ends = []
        for towards[count] in (1.0, -1.0):
            answer = linprog(towards, A_eq=equations, b_eq=np.zeros(equations.shape[0]), bounds=limits)
            ends.append(towards[count] * answer.fun if answer.status == 0 else np.inf)
        assert findings.narrow[count] == (ends[1] - ends[0] < AGAINST_OUTSIDERS.protection_width - 1e-6)


def test_what_cannot_be_protected_is_refused_instead_of_released() -> None:
    frame = drawn_from([(20, 20)] * 10).with_columns(
        pl.when(pl.col("level") == "cluster").then(90).otherwise("numerator").alias("numerator")
    )
    with pytest.raises(DisclosureError):
        protected(frame)
