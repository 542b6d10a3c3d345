"""Disclosure control: the only door from indicator results to a release.

All cells of a release stand in one frame and are protected together, period by period. Primary rules hide what is
small; complementary suppression hides what would give it away; an audit with the eyes of an attacker is the judge. Both
sorts of hidden cell have the same state and no number at all. Tables of units or groups that would be too small on
average are left out beforehand, and where hiding single cells finds no end, whole tables of the period are withheld;
each is a state of its own.

A period that was published before is judged together with what was published then. Different periods are protected each
on its own: between two of them people come and go, so that a difference tells how many more came than went, and never
how many came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.counting.statistics import rate
from indicators.disclosure.nested import Nested
from indicators.disclosure.period import Period, each_protected
from indicators.disclosure.policy import Policy
from indicators.disclosure.primary import is_nobody
from indicators.disclosure.related import Related
from tvaers.progress import track

PUBLISHED = ["numerator", "denominator", "patient_years", "eligible", "completeness", "value", "ci_low", "ci_high"]
KEYS = ["indicator_id", "definition_version", "period_start", "period_end", "level", "unit_id", "sex", "age_band"]
RELEASED = [*KEYS, "state", *PUBLISHED]


@dataclass(frozen=True)
class Protection:
    """Protected cells and what it took.

    Attributes:
        cells: The cells as they may be published.
        report: Per level: `cells` with a number, those `small` on their own, those `hidden` in all and among them those
            `withheld` with their table and `left_out` with a table that is too small on average, `shown`, the share
            published, and
            `shown_of_not_small`, the share published of those that are not small on their own.
        narrowest: The smallest distance between the lowest and highest possible value of a hidden small count that was
            met (a lower bound), or None when there is none.
        withheld_periods: Ends of the periods of which a table is withheld.
    """

    cells: pl.DataFrame
    report: pl.DataFrame
    narrowest: float | None
    withheld_periods: tuple[date, ...] = ()


def protect(
    cells: pl.DataFrame,
    policy: Policy,
    parents: pl.DataFrame,
    nested: Sequence[Nested] = (),
    related: Related | None = None,
    earlier: pl.DataFrame | None = None,
) -> Protection:
    """Return the cells as they may be published.

    Args:
        cells: All cells of the release, with the columns of `indicator.result` and the `kind` of indicator.
        policy: What may be published.
        parents: Which cluster a practice belongs to in a period: `period_end`, `unit_id`, `cluster_id`.
        nested: Counts that lie within each other: the people between two of them are a group too.
        related: Partitions that are declared.
        earlier: What was published of these periods before, in as many issues as there were: `issue`, the keys of
            cells, their state, `numerator`, `denominator` and `eligible`.

    Raises:
        DisclosureError: The cells cannot be protected, or the audit of the result finds a cell that can be worked out.
    """
    hidden, withheld, without, primary = np.zeros((4, cells.height), dtype=bool)
    narrowest: list[float] = []
    of_period = _rows_by_period(cells)
    tasks = [
        Period(
            period,
            cells[rows],
            parents.filter(pl.col("period_end") == period),
            policy,
            tuple(nested),
            related or Related(),
            None if earlier is None else earlier.filter(pl.col("period_end") == period),
        )
        for period, rows in of_period.items()
    ]
    with track("Disclosure control", len(tasks)) as advance:
        for rows, found in zip(of_period.values(), each_protected(tasks), strict=True):
            hidden[rows], withheld[rows], without[rows] = found.hidden, found.withheld, found.left_out
            primary[rows] = found.small
            narrowest.append(found.width)
            advance(1)
    # The solver is exact to about six decimals.
    finite = [round(width, 6) for width in narrowest if np.isfinite(width)]
    return Protection(
        cells=released(cells, pl.Series(hidden), policy, pl.Series(withheld), pl.Series(without)),
        report=_report(
            cells,
            {
                "small": primary,
                "hidden": hidden | without,
                "withheld": withheld,
                "left_out": without,
            },
        ),
        narrowest=min(finite) if finite else None,
        withheld_periods=tuple(cells["period_end"].filter(pl.Series(withheld)).unique().sort()),
    )


def _rows_by_period(cells: pl.DataFrame) -> dict[date, NDArray[np.int64]]:
    """Return the row numbers of each period's cells, periods in order."""
    periods = cells["period_end"]
    return {period: np.flatnonzero((periods == period).to_numpy()) for period in periods.unique().sort()}


def released(
    cells: pl.DataFrame,
    hidden: pl.Series,
    policy: Policy,
    withheld: pl.Series | None = None,
    without: pl.Series | None = None,
) -> pl.DataFrame:
    """Return cells as they are published, given which are hidden, which withheld as a table, and which left out as one.

    A hidden cell loses every number; a cell with nobody in its denominator has no data. A rate is published with its
    patient-years on the policy's coarse grid, and without the number of people; it is computed from them. A
    median is published without its interval when too few people lie beyond the limits.
    """
    cells = _with_coarse_rates(cells, policy.patient_years_step)
    kind, is_shown = pl.col("kind"), pl.col("state") == "shown"
    is_rate = kind == "rate_per_1000_patient_years"
    share_measured = (pl.col("denominator") / pl.col("eligible")).fill_nan(None)
    steps = 1 / policy.rate_completeness_step
    coarse_share = (share_measured * steps).round() / steps
    has_interval = (kind != "median") | (pl.col("denominator") >= policy.smallest_median_interval_group)
    nowhere = pl.lit(value=False)
    of_table = nowhere if withheld is None else withheld
    of_small_table = (nowhere if without is None else without) & (pl.col("state") == "computed")
    state = pl.when(of_small_table).then(pl.lit("left_out")).when(of_table).then(pl.lit("withheld"))
    state = state.when(hidden).then(pl.lit("suppressed"))
    counted = state.when(is_nobody(cells)).then(pl.lit("no_data"))
    counted = counted.when(pl.col("state") == "computed").then(pl.lit("shown"))
    return (
        cells.with_columns(
            counted.otherwise("state").alias("state"),
            pl.when(is_rate).then(coarse_share).otherwise(share_measured).alias("completeness"),
            pl.when(kind == "median").then(None).otherwise("numerator").alias("numerator"),
            *(pl.when(is_rate).then(None).otherwise(name).alias(name) for name in ("denominator", "eligible")),
            *(pl.when(has_interval).then(name).otherwise(None).alias(name) for name in ("ci_low", "ci_high")),
        )
        .with_columns(pl.when(is_shown).then(name).otherwise(None).alias(name) for name in PUBLISHED)
        .select(RELEASED)
    )


def _with_coarse_rates(cells: pl.DataFrame, step: int) -> pl.DataFrame:
    """Return the cells with patient-years on a coarse grid, and every rate and interval computed from those."""
    years = (pl.col("patient_years") / step).round().clip(1) * step
    coarse = cells.with_columns(years.alias("patient_years"))
    counted = (coarse["numerator"].cast(pl.Float64).to_numpy(), coarse["patient_years"].to_numpy())
    estimates = dict(zip(("value", "ci_low", "ci_high"), rate(*counted), strict=True))
    is_rate = (pl.col("kind") == "rate_per_1000_patient_years") & pl.col("patient_years").is_not_null()
    return coarse.with_columns(
        pl.when(is_rate).then(pl.Series(name, found).fill_nan(None)).otherwise(name).alias(name)
        for name, found in estimates.items()
    )


def _report(cells: pl.DataFrame, marks: dict[str, NDArray[np.bool_]]) -> pl.DataFrame:
    counted = cells.with_columns(**{name: pl.Series(mark) for name, mark in marks.items()}).filter(
        (pl.col("state") == "computed") & ~is_nobody(cells)
    )
    not_small = (pl.col("cells") - pl.col("small")).cast(pl.Float64)
    return (
        counted.group_by("level")
        .agg(pl.len().alias("cells"), *(pl.col(name).sum() for name in marks))
        .with_columns(
            shown=1 - pl.col("hidden") / pl.col("cells"),
            shown_of_not_small=((pl.col("cells") - pl.col("hidden")) / not_small).fill_nan(None),
        )
        .sort("level")
    )
