"""Times to an event per unit: median and 90th percentile, and the curve on the days that the definition declares.

Units are whole here: the parts of a unit by sex and age are too small for a curve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicators.counting.cells import UNIT_COLUMN
from indicators.counting.kaplan_meier import Curves
from indicators.definitions.definition import Indicator, Level

PERCENTILES = (0.5, 0.9)
# Between an indicator's id and a day of its curve.
MARK = ":"
STEP_COLUMNS: dict[str, str] = {
    "indicator_id": "VARCHAR NOT NULL",
    "period_end": "DATE NOT NULL",
    "level": "VARCHAR NOT NULL",
    "unit_id": "VARCHAR NOT NULL",
    "day": "INTEGER NOT NULL",
    "patients": "BIGINT NOT NULL",
    "happened": "BIGINT NOT NULL",
    "followed": "BIGINT NOT NULL",
    "share": "DOUBLE",
}
PERCENTILE_COLUMNS: dict[str, str] = {
    "indicator_id": "VARCHAR NOT NULL",
    "period_end": "DATE NOT NULL",
    "level": "VARCHAR NOT NULL",
    "unit_id": "VARCHAR NOT NULL",
    "share": "DOUBLE NOT NULL",
    "days": "DOUBLE",
    "low": "DOUBLE",
    "high": "DOUBLE",
    "followed": "BIGINT NOT NULL",
    "followed_high": "BIGINT NOT NULL",
}


def step_id(indicator_id: str, day: int) -> str:
    """Return the name of the step of a curve on a day, as if it were an indicator of its own."""
    return f"{indicator_id}{MARK}{day}"


def happened_by(day: int) -> pl.Expr:
    """Return whether the event came by the end of a day; the `value` of who was censored lies between two days."""
    return (pl.col("value") <= day) & (pl.col("value") == pl.col("value").floor())


@dataclass(frozen=True)
class Times:
    """What the times of one indicator tell.

    Attributes:
        medians: `KEYS`, and `value`, `ci_low` and `ci_high` in days; an open interval has no upper end.
        steps: `STEP_COLUMNS`: of so many patients how many had the event by the end of a day, how many are known to be
            without it then, and the Kaplan–Meier share.
        percentiles: `PERCENTILE_COLUMNS`: after how many days half, and nine of ten, had the event, and how many are
            known to be without it at the end of that day, and of the interval's upper one.
    """

    medians: pl.DataFrame
    steps: pl.DataFrame
    percentiles: pl.DataFrame


def times(values: pl.DataFrame, indicator: Indicator, at_units: Mapping[Level, pl.DataFrame]) -> Times:
    """Return what the times of an indicator tell of each unit of the levels that it is reported by.

    Args:
        values: One row per patient and period with the columns of a cell and the time as `value`.
        indicator: The definition.
        at_units: The same at responsible organisations, by the level at which they count there.
    """
    found = [of_level(at_units.get(level, values), indicator, level) for level in indicator.report_by]
    return Times(
        pl.concat([each.medians for each in found]),
        pl.concat([each.steps for each in found]),
        pl.concat([each.percentiles for each in found]),
    )


def of_level(values: pl.DataFrame, indicator: Indicator, level: Level) -> Times:
    """Return what the times of an indicator tell of the units of one level."""
    columns = ["period_end", *([UNIT_COLUMN[level]] if level != "all" else [])]
    # Curves are added up one after the other: in one order, so that no decimal depends on how the rows came.
    groups = values.select(columns).unique().sort(pl.col(columns).cast(pl.String))
    placed = values.join(groups.with_row_index("group"), on=columns, how="left", maintain_order="left")
    curves = Curves(placed["group"].to_numpy().astype(np.int64), values["value"].to_numpy())
    unit = pl.lit("all") if level == "all" else pl.col(UNIT_COLUMN[level]).cast(pl.String)
    keys = groups.select("period_end", pl.lit(level).alias("level"), unit.alias("unit_id"))
    named = keys.with_columns(pl.lit(indicator.id).alias("indicator_id"))
    percentiles = pl.concat(percentile_of(named, curves, share) for share in PERCENTILES)
    median = percentiles.filter(pl.col("share") == PERCENTILES[0]).select(
        "period_end",
        "level",
        "unit_id",
        pl.lit("all").alias("sex"),
        pl.lit("all").alias("age_band"),
        value="days",
        ci_low="low",
        ci_high="high",
    )
    return Times(median, steps_of(named, curves, indicator.curve_days).select(list(STEP_COLUMNS)), percentiles)


def percentile_of(named: pl.DataFrame, curves: Curves, share: float) -> pl.DataFrame:
    """Return after how many days a share of each group had the event."""
    found = curves.percentile(share)
    numbers = {"days": found.days, "low": found.low, "high": found.high}
    return (
        with_numbers(named.with_columns(share=pl.lit(share)), numbers)
        .with_columns(
            followed=pl.Series(beyond(curves, found.days)), followed_high=pl.Series(beyond(curves, found.high))
        )
        .select(list(PERCENTILE_COLUMNS))
    )


def steps_of(named: pl.DataFrame, curves: Curves, days: Sequence[int]) -> pl.DataFrame:
    """Return the curve of each group on some days."""
    return pl.concat(
        with_numbers(named, {"share": curves.share_by(day)}).with_columns(
            day=pl.lit(day, pl.Int32),
            patients=pl.Series(curves.people),
            happened=pl.Series(curves.happened_by(day)),
            followed=pl.Series(curves.followed_beyond(day)),
        )
        for day in days
    )


def with_numbers(keys: pl.DataFrame, numbers: dict[str, np.ndarray]) -> pl.DataFrame:
    """Return the keys with further columns, in which only finite numbers are known."""
    return keys.with_columns(
        pl.Series(name, np.where(np.isfinite(column), column, np.nan)).fill_nan(None)
        for name, column in numbers.items()
    )


def beyond(curves: Curves, days: np.ndarray) -> np.ndarray:
    """Return how many of each group are known to be without the event after a day of its own; 0 where there is none."""
    own = np.where(np.isfinite(days), days, np.inf)[np.repeat(np.arange(len(days)), curves.people)]
    return np.asarray(np.add.reduceat((curves.time > own).astype(np.int64), curves.starts))
