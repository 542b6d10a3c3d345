"""What a release tells of times: nothing from which a few people could be told."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from indicators.counting.statistics import proportion
from indicators.disclosure.control import protect
from indicators.disclosure.policy import Policy, load_policy
from indicators.release.times import (
    Curves,
    released_percentiles,
    released_results,
    released_steps,
    step_cells,
)
from tests.lib.invented_times import invented_times, steps_nested, waiting
from tests.lib.tiny_release import POLICY

END = date(2026, 9, 30)
NO_CLUSTERS = pl.DataFrame(schema={"period_end": pl.Date, "unit_id": pl.String, "cluster_id": pl.String})


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(POLICY)


def step(day: int, patients: int, happened: int, followed: int, share: float, unit: str = "0791") -> dict:
    return {
        "indicator_id": waiting().id,
        "period_end": END,
        "level": "municipality",
        "unit_id": unit,
        "day": day,
        "patients": patients,
        "happened": happened,
        "followed": followed,
        "share": share,
        "definition_version": 2,
        "is_too_few": False,
        "period_start": date(2025, 10, 1),
    }


def published(policy: Policy, *steps: dict) -> list[dict]:
    """Return drawn steps as they are published."""
    frame = pl.DataFrame(list(steps), schema_overrides={"day": pl.Int32, "definition_version": pl.Int32})
    curves = Curves(frame, pl.DataFrame())
    cells = step_cells(curves)
    return released_steps(curves, protect(cells, policy, NO_CLUSTERS, steps_nested()).cells, policy).to_dicts()


def test_how_many_are_followed_is_told_to_the_full_ten_who_were_lost(policy: Policy) -> None:
    steps = [step(30, 100, 40, 60 - lost, 0.45, unit=f"{lost:04}") for lost in range(25)]
    told = {int(each["unit_id"]): each["followed"] for each in published(policy, *steps)}
    assert {told[lost] for lost in range(10)} == {60}
    assert {told[lost] for lost in range(10, 20)} == {50}
    assert told[20] == 40


def test_what_the_lost_are_taken_to_have_had_is_told_to_the_nearest_ten(policy: Policy) -> None:
    told = {share: published(policy, step(30, 100, 40, 30, share))[0]["share"] for share in (0.40, 0.44, 0.46, 0.54)}
    assert told == {0.40: 0.4, 0.44: 0.4, 0.46: 0.5, 0.54: 0.5}


def test_a_few_who_had_it_between_two_days_are_never_told(policy: Policy) -> None:
    two = published(policy, step(30, 100, 40, 60, 0.4), step(60, 100, 43, 57, 0.43))
    assert sorted(each["state"] for each in two) == ["shown", "suppressed"]
    hidden = next(each for each in two if each["state"] == "suppressed")
    assert {hidden[name] for name in ("patients", "happened", "followed", "share", "ci_low", "ci_high")} == {None}


def test_a_curve_ends_where_too_few_are_followed(policy: Policy) -> None:
    (few,) = published(policy, step(30, 60, 40, 9, 0.8))
    assert (few["state"], few["happened"], few["share"], few["followed"]) == ("shown", 40, None, None)
    (enough,) = published(policy, step(30, 60, 40, 10, 0.8))
    assert (enough["share"], enough["followed"]) == (50 / 60, 20 - 10)


def test_a_curve_that_everybody_has_followed_to_its_end_is_told(policy: Policy) -> None:
    (all_of_them,) = published(policy, step(30, 60, 60, 0, 1.0))
    assert (all_of_them["share"], all_of_them["followed"]) == (1.0, 0)


def test_without_anybody_lost_the_interval_is_wilsons(policy: Policy) -> None:
    both = published(policy, step(30, 100, 40, 60, 0.4), step(60, 100, 70, 30, 0.7))
    _, low, high = proportion(pl.Series([40.0, 70.0]).to_numpy(), pl.Series([100.0, 100.0]).to_numpy())
    assert [each["ci_low"] for each in both] == pytest.approx(low.tolist())
    assert [each["ci_high"] for each in both] == pytest.approx(high.tolist())


def test_the_interval_is_wider_the_more_are_lost(policy: Policy) -> None:
    widths = []
    for lost in (0, 20, 40):
        found = published(policy, step(30, 100, 20, 80 - lost, 0.2), step(60, 100, 40, 60 - lost, 0.4))[1]
        widths.append(found["ci_high"] - found["ci_low"])
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


def test_days_on_which_single_people_stand_are_told_only_where_enough_waited_longer(policy: Policy) -> None:
    results, curves = invented_times([END])
    few = curves.percentiles.with_columns(followed=pl.lit(4), followed_high=pl.lit(4))
    for percentiles, is_told in ((curves.percentiles, True), (few, False)):
        changed = replace(curves, percentiles=percentiles)
        cells = pl.concat([results, step_cells(changed)], how="vertical_relaxed")
        protected = protect(cells, policy, NO_CLUSTERS, steps_nested()).cells
        (whole,) = released_results(changed, protected, policy).filter(level="all").to_dicts()
        assert (whole["value"] is not None) == is_told
        assert whole["denominator"] == 256
        of_all = released_percentiles(changed, protected, policy).filter(level="all")
        assert of_all["days"].is_not_null().all() == is_told
        assert of_all["state"].to_list() == ["shown" if is_told else "suppressed"] * 2


def test_a_median_that_is_not_reached_is_no_secret(policy: Policy) -> None:
    results, curves = invented_times([END], is_dead_end=True)
    protected = protect(results, policy, NO_CLUSTERS, ()).cells
    found = released_results(curves, protected, policy)
    assert set(found["state"]) == {"shown"}
    assert found["value"].null_count() == found.height
