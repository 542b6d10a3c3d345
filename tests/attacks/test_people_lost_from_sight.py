"""An attacker who reads a hospital's curve and works out how many died, moved or were admitted again in its first days.

Whoever is lost early moves every later day of a Kaplan–Meier curve. So the attacker tries every number of people lost
by each declared day, and keeps those with which some order of days gives what was published.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
import pytest

from indicators.counting.times import of_level
from indicators.disclosure.control import protect
from indicators.disclosure.policy import load_policy
from indicators.release.times import LOST_STEP, Curves, released_steps, step_cells
from tests.lib.evaluate import catalogue
from tests.lib.invented_times import steps_nested
from tests.lib.tiny_release import POLICY

END = date(2026, 9, 30)
POLICY_IN_FORCE = load_policy(POLICY)
NO_CLUSTERS = pl.DataFrame(schema={"period_end": pl.Date, "unit_id": pl.String, "cluster_id": pl.String})
FOLLOW_UP = catalogue().indicator("discharge_to_contact")
HOSPITALS = 60
# What decimals of the release may differ by.
SLACK = 1e-6


def invented_discharges(seed: int) -> Curves:
    """Return the true curves of many hospitals, from each of which a few are lost before anybody saw them."""
    rng = np.random.default_rng(seed)
    frames = []
    for number in range(HOSPITALS):
        people = int(rng.integers(40, 160))
        wait = np.ceil(rng.exponential(rng.choice([6, 12, 20]), people))
        is_lost = rng.random(people) < rng.choice([0.03, 0.1, 0.25])
        until = np.where(is_lost, rng.integers(1, 31, people), 30)
        value = np.where(wait <= until, wait, until + 0.5)
        frames.append(pl.DataFrame({"value": value}).with_columns(hospital_id=pl.lit(f"H{number:03}")))
    placed = pl.concat(frames).with_columns(pl.col("hospital_id").cast(pl.Categorical), period_end=pl.lit(END))
    found = of_level(placed, FOLLOW_UP, "hospital")
    named = {"definition_version": pl.lit(1, pl.Int32), "period_start": pl.lit(END), "is_too_few": pl.lit(value=False)}
    return Curves(*(frame.with_columns(**named) for frame in (found.steps, found.percentiles)))


def released(curves: Curves) -> pl.DataFrame:
    protected = protect(step_cells(curves), POLICY_IN_FORCE, NO_CLUSTERS, steps_nested(FOLLOW_UP)).cells
    return released_steps(curves, protected, POLICY_IN_FORCE)


def possible_losses(steps: Sequence[dict], blur: float) -> set[tuple[int, ...]]:
    """Return how many may have been lost by each day, as far as the published steps of one unit allow.

    Args:
        steps: The steps that are shown with a share, days in order.
        blur: How far the published share lies from the true one at most, in people.
    """
    possible: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 1.0)}
    had_before = 0
    for step in steps:
        people, had = step["patients"], step["happened"]
        fewest = people - had - step["followed"]
        further = {}
        for path, (low, high) in possible.items():
            before = path[-1] if path else 0
            at_risk = people - had_before - before
            for lost in range(max(fewest, before), fewest + LOST_STEP):
                left, events = at_risk - (lost - before), had - had_before
                if events > left:
                    continue
                # All of them lost after the last event of these days, or all before the first.
                highest = high * (1 - events / at_risk) if at_risk else high
                lowest = low * (1 - events / left) if left else low
                most, least = (step["share"] + sign * blur / people for sign in (1, -1))
                if 1 - highest <= most + SLACK and 1 - lowest >= least - SLACK:
                    further[*path, lost] = (max(lowest, 1 - most), min(highest, 1 - least))
        possible, had_before = further, had
    return set(possible)


def narrowed(curves: Curves, told: pl.DataFrame, blur: float) -> tuple[int, int]:
    """Return how many small groups of lost people there are on told days, and how many the attacker narrows down."""
    truth = {(row["unit_id"], row["day"]): row for row in curves.steps.iter_rows(named=True)}
    small, found = 0, 0
    for (unit,), rows in told.filter(pl.col("share").is_not_null()).group_by("unit_id"):
        steps = rows.sort("day").to_dicts()
        losses = np.array(sorted(possible_losses(steps, blur)))
        for step, possible in zip(steps, losses.T, strict=True):
            true = truth[unit, step["day"]]
            lost = true["patients"] - true["happened"] - true["followed"]
            assert lost in possible
            if 0 < lost < POLICY_IN_FORCE.smallest_count:
                small += 1
                found += possible.max() - possible.min() < POLICY_IN_FORCE.protection_width
    return small, found


@pytest.mark.parametrize("seed", range(1, 4))
def test_nobody_can_tell_how_few_were_lost_by_a_day(seed: int) -> None:
    curves = invented_discharges(seed)
    small, found = narrowed(curves, released(curves), LOST_STEP / 2)
    assert small
    assert not found


def test_a_share_in_whole_people_would_tell_them() -> None:
    curves = invented_discharges(1)
    whole = (pl.col("share") * pl.col("patients")).round() / pl.col("patients")
    told = (
        released(curves)
        .drop("share")
        .join(curves.steps.with_columns(share=whole).select("unit_id", "day", "share"), on=["unit_id", "day"])
    )
    shown = released(curves).filter(pl.col("share").is_not_null()).select("unit_id", "day")
    small, found = narrowed(curves, told.join(shown, on=["unit_id", "day"]), 0.5)
    assert found > small / 2
