"""Which expected numbers may be published, on units whose case mix is drawn."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from indicators.disclosure.expected import protect_expected
from indicators.disclosure.policy import load_policy
from tests.lib.invented_case_mix import END, NO_CLUSTERS, STRATA, Mixed
from tests.lib.tiny_release import POLICY

SHARES = {"one": np.full(len(STRATA), 0.5)}
EVEN = np.full(len(STRATA), 6)


def with_few(few: int) -> np.ndarray:
    """Return people of whom so many are on insulin, all in one stratum."""
    return np.where([place == 0 for place, *_ in STRATA], 0, EVEN) + np.eye(len(STRATA), dtype=int)[0] * few


def states(mixed: Mixed, hidden: tuple[str, ...] = (), parents: pl.DataFrame = NO_CLUSTERS) -> dict[str, str]:
    protected = protect_expected(mixed.expected(), mixed.cells(hidden), parents, load_policy(POLICY))
    return dict(protected.filter(indicator_id="one").select("unit_id", "state").iter_rows())


def test_a_number_is_published_beside_a_shown_one_in_whole_people_with_ratio_and_adjusted_number() -> None:
    mixed = Mixed({"a": EVEN, "b": EVEN}, {"one": np.where([sex == 0 for *_, sex in STRATA], 0.3, 0.707)})
    policy = load_policy(POLICY)
    row = protect_expected(mixed.expected(), mixed.cells(), NO_CLUSTERS, policy).row(0, named=True)
    assert row["expected"] == 145.0
    assert row["ratio"] == pytest.approx(145 / 145)
    assert (row["ratio_low"], row["ratio_high"]) == (pytest.approx(0.4 * 288 / 145), pytest.approx(0.8 * 288 / 145))
    assert row["adjusted"] == pytest.approx(0.5035)
    assert row["adjusted_high"] == pytest.approx(0.5035 * 0.8 * 288 / 145)


def test_nothing_is_expected_where_the_unit_itself_is_not_shown() -> None:
    assert states(Mixed({"a": EVEN, "b": EVEN, "c": EVEN}, SHARES), hidden=("b",)) == {"a": "shown", "c": "shown"}


@pytest.mark.parametrize(("few", "state"), [(0, "shown"), (1, "suppressed"), (4, "suppressed"), (5, "shown")])
def test_one_to_four_people_of_any_group_hide_the_expected_number(few: int, state: str) -> None:
    assert states(Mixed({"a": with_few(few), "b": with_few(few), "c": EVEN}, SHARES))["a"] == state


def test_a_number_of_fewer_than_five_expected_people_is_not_published() -> None:
    rare = {"one": np.full(len(STRATA), 4.4 / 288)}
    assert set(states(Mixed({"a": EVEN, "b": EVEN}, rare)).values()) == {"suppressed"}
    assert set(states(Mixed({"a": EVEN, "b": EVEN}, {"one": rare["one"] * 1.1})).values()) == {"shown"}


def test_what_the_others_leave_of_the_area_is_no_small_group_either() -> None:
    mixed = Mixed({"a": EVEN, "b": EVEN * 2, "few": with_few(2)}, SHARES)
    assert states(mixed) == {"a": "suppressed", "b": "shown", "few": "suppressed"}


def test_a_cluster_does_not_give_away_the_practice_that_its_others_leave() -> None:
    parents = pl.DataFrame(
        {"period_end": [END] * 4, "unit_id": ["p", "q", "r", "s"], "cluster_id": ["K", "K", "L", "L"]}
    )
    practices = Mixed({"p": EVEN, "q": with_few(3), "r": EVEN, "s": EVEN}, SHARES, level="practice")
    clusters = Mixed({"K": EVEN + with_few(3), "L": EVEN * 2}, SHARES, level="cluster")
    expected = pl.concat([practices.expected(), clusters.expected()])
    cells = pl.concat([practices.cells(), clusters.cells().filter(pl.col("level") == "cluster")])
    protected = protect_expected(expected, cells, parents, load_policy(POLICY))
    shown = set(protected.filter(state="shown")["unit_id"])
    assert "K" not in shown
    assert "q" not in shown
    left = {"p", "q", "r", "s"} - shown
    assert len(left) > 1


def test_a_rate_is_compared_by_its_events_and_may_be_more_than_one() -> None:
    mixed = Mixed({"a": EVEN, "b": EVEN}, SHARES)
    years = pl.when(pl.col("level") == "all").then(40.0).otherwise(20.0)
    cells = mixed.cells().with_columns(
        patient_years=years, denominator=pl.lit(None, pl.Int64), value=pl.lit(7200.0), ci_low=pl.lit(6400.0),
        ci_high=pl.lit(8000.0),
    )  # fmt: skip
    row = protect_expected(mixed.expected(), cells, NO_CLUSTERS, load_policy(POLICY)).row(0, named=True)
    assert (row["ratio_low"], row["ratio_high"]) == (pytest.approx(128 / 144), pytest.approx(160 / 144))
    assert row["adjusted_high"] == pytest.approx(7200 * 160 / 144)


def test_a_share_adjusted_never_exceeds_everybody() -> None:
    mixed = Mixed({"a": EVEN, "b": EVEN}, {"one": np.full(len(STRATA), 0.6)})
    cells = mixed.cells().with_columns(ci_high=pl.lit(1.0), value=pl.lit(0.9))
    assert protect_expected(mixed.expected(), cells, NO_CLUSTERS, load_policy(POLICY))["adjusted_high"].to_list() == [
        1,
        1,
    ]


def test_without_anything_expected_nothing_is_published() -> None:
    mixed = replace(Mixed({"a": EVEN}, SHARES))
    empty = mixed.expected().clear()
    assert protect_expected(empty, mixed.cells(), NO_CLUSTERS, load_policy(POLICY)).is_empty()


def test_nothing_is_expected_in_a_quarter_that_was_published_before() -> None:
    mixed = Mixed({"a": EVEN, "b": EVEN}, SHARES)
    protected = protect_expected(mixed.expected(), mixed.cells(), NO_CLUSTERS, load_policy(POLICY), [END])
    assert set(protected["state"]) == {"suppressed"}
    assert protected["expected"].null_count() == protected.height
