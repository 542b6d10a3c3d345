"""Results as they are stored: one row per indicator, reporting date, unit and part of a breakdown."""

from collections.abc import Callable
from datetime import date
from typing import cast

import numpy as np
import polars as pl

from indicators.counting.cells import Counted
from indicators.counting.statistics import Numbers, proportion, rate
from indicators.definitions.clauses import DAYS_PER_YEAR
from indicators.definitions.stratifiers import LEVEL_BEGINS_WITH
from indicators.patients.patient_period import first_day
from tvaers.errors import DefinitionError

RESULT_COLUMNS: dict[str, str] = {
    "indicator_id": "VARCHAR NOT NULL",
    "definition_version": "INTEGER NOT NULL",
    "period_start": "DATE NOT NULL",
    "period_end": "DATE NOT NULL",
    "level": "VARCHAR NOT NULL",
    "unit_id": "VARCHAR NOT NULL",
    "sex": "VARCHAR NOT NULL",
    "age_band": "VARCHAR NOT NULL",
    "numerator": "BIGINT",
    "denominator": "BIGINT",
    "patients": "BIGINT",
    "numerator_patients": "BIGINT",
    "complement_patients": "BIGINT",
    "patient_years": "DOUBLE",
    "eligible": "BIGINT",
    "value": "DOUBLE",
    "ci_low": "DOUBLE",
    "ci_high": "DOUBLE",
    "state": "VARCHAR NOT NULL",
}
STATE = pl.Enum(["computed", "too_few", "no_data", "not_applicable"])
NUMBERS = tuple(name for name, kind in RESULT_COLUMNS.items() if kind in ("BIGINT", "DOUBLE"))
Covered = Callable[[Counted, date], bool]


def results_of(
    each: Counted, keys: pl.DataFrame, numbers: pl.DataFrame, medians: pl.DataFrame | None, is_covered: Covered
) -> pl.DataFrame:
    """Return the results of one indicator.

    Args:
        each: The indicator and its place.
        keys: All units and parts of their breakdowns for which a row is wanted.
        numbers: What was counted, row by row as the keys; NULL counts 0.
        medians: Value and interval, row by row as the keys, for a median.
        is_covered: Whether the extracts that the indicator needs cover a period and its look-back.

    Raises:
        DefinitionError: The definition counts more in the numerator than in the denominator.
    """
    indicator = each.indicator
    columns = [name for name in each.counts if name in numbers.columns]
    counted = numbers.select(pl.col(name).fill_null(0).alias(name.removesuffix(f"_{each.tag}")) for name in columns)
    frame = with_numbers(each, pl.concat([keys, counted], how="horizontal"), medians)
    ends = frame["period_end"].unique().sort().to_list()
    starts = [first_day(end, indicator.period) for end in ends]
    covered = [is_covered(each, end) for end in ends]
    types = {"period_end": pl.Date, "period_start": pl.Date, "is_covered": pl.Boolean}
    periods = pl.DataFrame({"period_end": ends, "period_start": starts, "is_covered": covered}, schema=types)
    by_group = pl.col("level").cast(pl.String).str.starts_with(LEVEL_BEGINS_WITH)
    has_meaning = pl.col("level").is_in(list(indicator.report_by)) | by_group
    if indicator.kind == "time_to_event":
        # A curve of the part of a unit would be made of groups too small to show.
        has_meaning &= (pl.col("sex") == "all") & (pl.col("age_band") == "all")
    if indicator.ends_on:
        has_meaning &= pl.col("period_end").dt.strftime("%m-%d") == indicator.ends_on
    frame = frame.join(periods, on="period_end", how="left", maintain_order="left").with_columns(
        pl.lit(indicator.id).cast(pl.Categorical).alias("indicator_id"),
        pl.lit(indicator.version, dtype=pl.Int32).alias("definition_version"),
        pl.when(~has_meaning)
        .then(pl.lit("not_applicable", STATE))
        .when(~pl.col("is_covered"))
        .then(pl.lit("no_data", STATE))
        .otherwise(pl.lit("computed", STATE))
        .alias("state"),
    )
    shown = pl.col("state") == "computed"
    return frame.with_columns(pl.when(shown).then(pl.col(name)).alias(name) for name in NUMBERS).select(
        list(RESULT_COLUMNS)
    )


def with_numbers(each: Counted, frame: pl.DataFrame, medians: pl.DataFrame | None) -> pl.DataFrame:
    """Return the rows with every number column of a result."""
    indicator = each.indicator
    denominator = "denominator" if "denominator" in frame.columns else "patients"
    years = pl.col("days") / DAYS_PER_YEAR if "days" in frame.columns else pl.lit(None, pl.Float64)
    frame = frame.with_columns(
        pl.col(denominator).alias("denominator"),
        pl.col("eligible" if "eligible" in frame.columns else denominator).alias("eligible"),
        years.alias("patient_years"),
    )
    if indicator.has_values:
        empty = [pl.lit(None, pl.Float64).alias(name) for name in ("value", "ci_low", "ci_high")]
        frame = frame.with_columns(medians if medians is not None else empty)
        uncounted = ("numerator", "numerator_patients", "complement_patients")
        return frame.with_columns(pl.lit(None, pl.Int64).alias(name) for name in uncounted)
    if "numerator" not in frame.columns:
        frame = frame.with_columns(pl.col("numerator_patients").alias("numerator"))
    if "complement_patients" not in frame.columns:
        not_met = pl.col("patients") - pl.col("numerator_patients")
        of_share = not_met if indicator.kind == "proportion" else pl.lit(None, pl.Int64)
        frame = frame.with_columns(of_share.alias("complement_patients"))
    if indicator.kind == "proportion" and frame.filter(pl.col("numerator") > pl.col("denominator")).height:
        raise DefinitionError(
            "The numerator of a proportion is larger than its denominator.",
            where=f"{indicator.group}/{indicator.id}.yaml",
            what_to_do="Let numerator.count count only events that denominator.count counts.",
        )
    numerator = as_numbers(frame["numerator"])
    if indicator.kind == "proportion":
        estimates = proportion(numerator, as_numbers(frame["denominator"]))
    else:
        estimates = rate(numerator, as_numbers(frame["patient_years"]))
    return frame.with_columns(
        pl.Series(name, column).fill_nan(None)
        for name, column in zip(("value", "ci_low", "ci_high"), estimates, strict=True)
    )


def as_numbers(column: pl.Series) -> Numbers:
    """Return a column as floating-point numbers."""
    return cast("Numbers", column.to_numpy().astype(np.float64))
