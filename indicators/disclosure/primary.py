"""Primary rules: which cells are too small to show, each on its own."""

import polars as pl

from indicators.disclosure.policy import Policy

KINDS = ("proportion", "median", "rate_per_1000_patient_years")


def is_small(column: str, limit: int) -> pl.Expr:
    """Return true where a count is at least 1 and below a limit; a missing count is not small."""
    return pl.col(column).is_between(1, limit - 1).fill_null(value=False)


def is_nobody(cells: pl.DataFrame) -> pl.Series:
    """Return, per cell, whether it was computed and nobody is in its denominator."""
    persons = pl.when(pl.col("kind") == "rate_per_1000_patient_years").then("patients").otherwise("denominator")
    return cells.select(((pl.col("state") == "computed") & (persons == 0)).alias("nobody"))["nobody"]


def too_small(cells: pl.DataFrame, policy: Policy) -> pl.Series:
    """Return, per cell, whether a primary rule hides it.

    The rules: 1 to k-1 people in the numerator, the complement, the group whose value is missing, or the whole group;
    a share or rate of too few people; a median of too few; events of too few people, met or not; a practice that is too
    small to be shown by itself in that period; fewer people than the indicator's own publisher asks for. A group of
    none is not small, and a cell with nobody in it has nothing to hide.

    Args:
        cells: Cells of one or more periods, with the columns of `indicator.result` and `kind`, and `is_too_few` where
            indicators name a smallest denominator of their own.
        policy: The limits.
    """
    k = policy.smallest_count
    kind, state = pl.col("kind"), pl.col("state")
    missing = (pl.col("eligible") - pl.col("denominator")).alias("missing")
    complement = (pl.col("denominator") - pl.col("numerator")).alias("complement")
    rows = cells.lazy().with_columns(missing, complement)
    people_are_few = (
        is_small("patients", k) | is_small("missing", k) | is_small("eligible", k) | is_small("denominator", k)
    )
    share_is_small = (
        is_small("numerator", k)
        | is_small("complement", k)
        | is_small("numerator_patients", policy.smallest_group_behind_events)
        | is_small("complement_patients", policy.smallest_group_behind_events)
        | (pl.min_horizontal("denominator", "patients") < policy.smallest_denominator).fill_null(value=False)
    )
    rate_is_small = (
        is_small("numerator", k)
        | is_small("numerator_patients", policy.smallest_group_behind_events)
        | (pl.col("patients") < policy.smallest_denominator).fill_null(value=False)
    )
    median_is_small = pl.col("denominator") < policy.smallest_median_group
    unit_is_small = (pl.col("level") == "practice") & (
        pl.col("patients").max().over("period_end", "level", "unit_id") < policy.smallest_practice
    )
    somebody = (state == "computed") & ~pl.lit(is_nobody(cells))
    by_kind = (
        pl.when(kind == "proportion")
        .then(share_is_small)
        .when(kind == "median")
        .then(median_is_small)
        .otherwise(rate_is_small)
    )
    below_its_own = pl.col("is_too_few") if "is_too_few" in cells.columns else pl.lit(value=False)
    hidden = (somebody & (by_kind | below_its_own)) | people_are_few | unit_is_small
    return rows.select(((state == "computed") & hidden).alias("primary")).collect()["primary"]
