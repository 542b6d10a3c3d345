"""Times in a release: the curve on declared days and the 90th percentile, as they may be published.

The people whose event came by each declared day are cells like all others: one share per day, nested in each other, so
that disclosure control protects them together with what lies between two days. Two numbers beside them would tell how
many people were lost from sight (died, moved away, were admitted again), which are small groups too. How many are still
followed is therefore published as at most so many, exact to fewer than ten. The Kaplan–Meier share is those who are
known to have had it and, to the nearest ten, how many of the lost are taken to have had it: told in whole people, the
lost of a curve's first days could be worked out from how much they move the later ones. The interval is worked out from
these published numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.counting.results import RESULT_COLUMNS
from indicators.counting.statistics import proportion
from indicators.counting.times import MARK
from indicators.disclosure.policy import Policy

MEDIAN = 0.5
# Those lost from sight are told to the full ten below; those of them taken to have had it, to the nearest ten.
LOST_STEP = 10
UNIT = ("indicator_id", "period_end", "level", "unit_id")
STEPS = (
    "definition_version", "period_start", "day", "state", "patients", "happened", "followed", "share", "ci_low",
    "ci_high",
)  # fmt: skip
PERCENTILES = ("definition_version", "period_start", "share", "state", "days", "ci_low", "ci_high")


@dataclass(frozen=True)
class Curves:
    """What was computed of times.

    Attributes:
        steps: `indicator.time_step` with the version and first day of the results, and whether they are of too few.
        percentiles: `indicator.time_percentile` likewise.
    """

    steps: pl.DataFrame
    percentiles: pl.DataFrame


def curves_of(con: duckdb.DuckDBPyConnection, cells: pl.DataFrame) -> Curves:
    """Return what was computed of the times of those units that have a result.

    Args:
        con: The warehouse.
        cells: The cells of the release before disclosure control.
    """
    whole = cells.filter((pl.col("state") == "computed") & (pl.col("sex") == "all") & (pl.col("age_band") == "all"))
    computed = whole.select(*UNIT, "definition_version", "period_start", "is_too_few")
    steps, percentiles = (
        con.execute(f"SELECT * FROM indicator.{table} ORDER BY ALL").pl().join(computed, on=UNIT, how="inner")
        for table in ("time_step", "time_percentile")
    )
    return Curves(steps, percentiles)


def step_cells(curves: Curves) -> pl.DataFrame:
    """Return each step of each curve as a cell of its own, for disclosure control: a share of those who began."""
    met = pl.col("happened")
    counts = {
        "numerator": met,
        "denominator": pl.col("patients"),
        "patients": pl.col("patients"),
        "numerator_patients": met,
        "complement_patients": pl.col("patients") - met,
        "eligible": pl.col("patients"),
        "value": pl.lit(None, pl.Float64),
        "patient_years": pl.lit(None, pl.Float64),
        "ci_low": pl.lit(None, pl.Float64),
        "ci_high": pl.lit(None, pl.Float64),
    }
    return curves.steps.with_columns(
        pl.concat_str("indicator_id", pl.lit(MARK), "day").alias("indicator_id"),
        pl.lit("all").alias("sex"),
        pl.lit("all").alias("age_band"),
        pl.lit("computed").alias("state"),
        pl.lit("proportion").alias("kind"),
        *(number.alias(name) for name, number in counts.items()),
    ).select([*RESULT_COLUMNS, "is_too_few", "kind"])


def without_steps(protected: pl.DataFrame) -> pl.DataFrame:
    """Return the protected cells that are results of indicators."""
    return protected.filter(~pl.col("indicator_id").str.contains(MARK, literal=True))


def released_results(curves: Curves, protected: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the results of indicators as they are published; a median of times keeps only days that may be shown."""
    medians = released_percentiles(curves, protected, policy).filter(pl.col("share") == MEDIAN)
    whole = [pl.lit("all").alias("sex"), pl.lit("all").alias("age_band")]
    kept = medians.select(*UNIT, *whole, kept_days="days", kept_low="ci_low", kept_high="ci_high", is_time=pl.lit(True))
    results = without_steps(protected)
    return (
        results.join(kept, on=[*UNIT, "sex", "age_band"], how="left", maintain_order="left")
        .with_columns(
            pl.when("is_time").then(published).otherwise(name).alias(name)
            for name, published in (("value", "kept_days"), ("ci_low", "kept_low"), ("ci_high", "kept_high"))
        )
        .select(results.columns)
    )


def released_steps(curves: Curves, protected: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the steps as they are published.

    A step has no share, and it is not told how many are followed, where fewer than the smallest denominator are: from
    there the curve rests on too few, and those few could be told.
    """
    states = (
        protected.filter(pl.col("indicator_id").str.contains(MARK, literal=True))
        .with_columns(
            pl.col("indicator_id").str.split(MARK).list.get(0).alias("indicator_id"),
            pl.col("indicator_id").str.split(MARK).list.get(1).cast(pl.Int32).alias("day"),
        )
        .select(*UNIT, "day", pl.col("state").alias("shown_as"))
    )
    steps = curves.steps.join(states, on=[*UNIT, "day"], how="inner").sort(*UNIT, "day")
    is_shown = pl.col("shown_as") == "shown"
    # Where all had the event, the curve has ended and nobody is left to be told.
    is_enough = (pl.col("followed") >= policy.smallest_denominator) | (pl.col("happened") == pl.col("patients"))
    lost = pl.col("patients") - pl.col("happened") - pl.col("followed")
    taken_to_have = pl.col("share") * pl.col("patients") - pl.col("happened")
    told_of_them = (taken_to_have / LOST_STEP).round() * LOST_STEP
    steps = steps.with_columns(
        has_curve=is_shown & is_enough & pl.col("share").is_not_null(),
        followed=pl.col("patients") - pl.col("happened") - lost // LOST_STEP * LOST_STEP,
        share=(pl.col("happened") + told_of_them) / pl.col("patients"),
    )
    told = steps.with_columns(
        pl.col("shown_as").alias("state"),
        *(pl.when(is_shown).then(name).alias(name) for name in ("patients", "happened")),
        *(pl.when("has_curve").then(name).alias(name) for name in ("followed", "share")),
    )
    low, high = intervals(told)
    return told.with_columns(
        pl.when("has_curve").then(pl.Series(low)).alias("ci_low"),
        pl.when("has_curve").then(pl.Series(high)).alias("ci_high"),
    ).select(*UNIT, *STEPS)


def intervals(steps: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % interval of each published share, from published numbers alone.

    Greenwood's variance gives the number of people who would tell as much if all were followed to the end (Dorey and
    Korn, Stat Med 1987;6:679); the interval is Wilson's for so many. Where nobody is lost it is Wilson's own.

    Args:
        steps: Units with their days in order; `patients`, `share` and `followed` as published, null where they are not.
    """
    numbers = steps.with_columns(
        at_risk=pl.coalesce(pl.col("followed").forward_fill().shift(1).over(UNIT), "patients"),
        left=1 - pl.col("share"),
        left_before=1 - pl.col("share").forward_fill().shift(1).fill_null(0.0).over(UNIT),
    )
    term = (pl.col("left_before") - pl.col("left")) / (pl.col("left") * pl.col("at_risk"))
    variance = pl.when(pl.col("share").is_not_null()).then(term).otherwise(0.0).cum_sum().over(UNIT)
    # Where nobody has had it, so many tell it as are still followed; where all have, all tell it.
    people = (
        pl.when(pl.col("share") == 0)
        .then("followed")
        .when(pl.col("share") == 1)
        .then("patients")
        .otherwise((1 - pl.col("left")) / (pl.col("left") * variance))
    )
    counted = numbers.select(pl.col("share").fill_null(0.0), people.cast(pl.Float64).fill_null(1.0).alias("people"))
    share, size = counted["share"].to_numpy(), counted["people"].to_numpy()
    _, low, high = proportion(share * size, size)
    return low, high


def released_percentiles(curves: Curves, protected: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the medians and 90th percentiles as they are published.

    They and the ends of their intervals are days on which single people stand, as for every median; each is shown only
    where enough people are known to have waited longer. Without censoring, half of the smallest group whose median is
    shown are so many.
    """
    whole = without_steps(protected).filter((pl.col("sex") == "all") & (pl.col("age_band") == "all"))
    states = whole.select(*UNIT, pl.col("state").alias("shown_as"), has_interval=pl.col("ci_low").is_not_null())
    found = curves.percentiles.join(states, on=UNIT, how="inner")
    enough = policy.smallest_count
    is_hidden = pl.col("days").is_not_null() & (pl.col("followed") < enough)
    is_shown = (pl.col("shown_as") == "shown") & ~is_hidden
    has_interval = is_shown & pl.col("has_interval")
    return found.with_columns(
        state=pl.when((pl.col("shown_as") == "shown") & is_hidden).then(pl.lit("suppressed")).otherwise("shown_as"),
        days=pl.when(is_shown).then("days"),
        ci_low=pl.when(has_interval).then("low"),
        ci_high=pl.when(has_interval & (pl.col("followed_high") >= enough)).then("high"),
    ).select(*UNIT, *PERCENTILES)


def tables(curves: Curves, protected: pl.DataFrame, policy: Policy) -> Mapping[str, pl.DataFrame]:
    """Return the tables of the release that tell of times."""
    return {
        "time_step": released_steps(curves, protected, policy),
        "time_percentile": released_percentiles(curves, protected, policy),
    }
