"""Disclosure control: the only door from indicator results to a release."""

import polars as pl

from indicators.disclosure.policy import Policy
from indicators.disclosure.primary import too_small

PUBLISHED = ["numerator", "denominator", "patient_years", "eligible", "completeness", "value", "ci_low", "ci_high"]
KEYS = ["indicator_id", "definition_version", "period_start", "period_end", "level", "unit_id", "sex", "age_band"]
RELEASED = [*KEYS, "state", *PUBLISHED]


def released(cells: pl.DataFrame, hidden: pl.Series, policy: Policy) -> pl.DataFrame:
    """Return cells as they are published, given which of them are hidden.

    A hidden cell loses every number. A rate is published with its patient-years and without the number of people, and a
    median without its interval when too few people lie beyond the limits.
    """
    kind, is_shown = pl.col("kind"), pl.col("state") == "shown"
    is_rate = kind == "rate_per_1000_patient_years"
    share_measured = (pl.col("denominator") / pl.col("eligible")).fill_nan(None)
    has_interval = (kind != "median") | (pl.col("denominator") >= policy.smallest_median_interval_group)
    return (
        cells.with_columns(
            pl.when(hidden)
            .then(pl.lit("suppressed"))
            .when(pl.col("state") == "computed")
            .then(pl.lit("shown"))
            .otherwise("state")
            .alias("state"),
            pl.when(is_rate).then(share_measured.round(2)).otherwise(share_measured).alias("completeness"),
            pl.when(kind == "median").then(None).otherwise("numerator").alias("numerator"),
            *(pl.when(is_rate).then(None).otherwise(name).alias(name) for name in ("denominator", "eligible")),
            *(pl.when(has_interval).then(name).otherwise(None).alias(name) for name in ("ci_low", "ci_high")),
        )
        .with_columns(pl.when(is_shown).then(name).otherwise(None).alias(name) for name in PUBLISHED)
        .select(RELEASED)
    )


def protect(cells: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the cells as they may be published."""
    return released(cells, too_small(cells, policy), policy)
