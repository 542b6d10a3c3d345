"""Invented days from referral to first meeting: times of three municipalities, as `indicator.time_step` holds them."""

from datetime import date

import numpy as np
import polars as pl

from indicators.counting.results import RESULT_COLUMNS
from indicators.counting.times import step_id, times
from indicators.definitions.definition import Indicator
from indicators.disclosure.nested import Count, Nested
from indicators.release.times import Curves
from tests.lib.evaluate import catalogue
from tests.lib.invented_cells import MUNICIPALITIES

# Referrals of each municipality in a year; the smallest has a median and no curve to its end.
REFERRED = (140, 90, 26)


def waiting() -> Indicator:
    """Return the definition whose times are invented."""
    return catalogue().indicator("referral_to_first_meeting")


def steps_nested(indicator: Indicator | None = None) -> tuple[Nested, ...]:
    """Return that whoever had the event by one day of the curve had it by every later one."""
    told = indicator or waiting()
    days = told.curve_days
    pairs = [(one, other) for one in days for other in days if one < other]
    return tuple(
        Nested(Count(step_id(told.id, inner), field), Count(step_id(told.id, outer), field))
        for one, other in pairs
        for field, inner, outer in (("numerator", one, other), ("complement", other, one))
    )


def invented_times(ends: list[date], *, seed: int = 1, is_dead_end: bool = False) -> tuple[pl.DataFrame, Curves]:
    """Return results and curves of invented times on some reporting dates.

    Args:
        ends: Reporting dates.
        seed: Seed of the random draws.
        is_dead_end: Nobody ever begins, so that no median is reached.
    """
    rng = np.random.default_rng(seed)
    frames = []
    for end in ends:
        for code, number in zip(MUNICIPALITIES, REFERRED, strict=True):
            wait = np.round(rng.gamma(3, 9, number))
            until = rng.integers(5, 200, number)
            seen = np.where(wait <= until, wait, until + 0.5)
            frame = pl.DataFrame({"value": until + 0.5 if is_dead_end else seen})
            frames.append(frame.with_columns(period_end=pl.lit(end), municipality_id=pl.lit(code)))
    found = times(pl.concat(frames).with_columns(pl.col("municipality_id").cast(pl.Categorical)), waiting(), {})
    people = found.steps.select("period_end", "level", "unit_id", "patients").unique()
    indicator = waiting()
    results = found.medians.join(people, on=["period_end", "level", "unit_id"]).with_columns(
        indicator_id=pl.lit(indicator.id),
        definition_version=pl.lit(indicator.version, pl.Int32),
        period_start=pl.col("period_end").dt.offset_by("-1y").dt.offset_by("1d"),
        state=pl.lit("computed"),
        kind=pl.lit("median"),
        is_too_few=pl.lit(value=False),
        denominator=pl.col("patients"),
        eligible=pl.col("patients"),
        **dict.fromkeys(("numerator", "numerator_patients", "complement_patients"), pl.lit(None, pl.Int64)),
        patient_years=pl.lit(None, pl.Float64),
    )
    keys = results.select("period_end", "level", "unit_id", "definition_version", "period_start", "is_too_few")
    steps, percentiles = (
        frame.join(keys, on=["period_end", "level", "unit_id"]) for frame in (found.steps, found.percentiles)
    )
    return results.select(*RESULT_COLUMNS, "is_too_few", "kind"), Curves(steps, percentiles)
