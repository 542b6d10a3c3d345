"""Which practices have patients like those of a practice, and what they reach together.

What would be expected of a practice by its case mix says what its patients are like: two practices of which much the
same is expected, indicator by indicator, are fair to set beside each other, wherever they lie. All of it is taken from
numbers that are published for each of them.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.presenters.measures import PATIENT_YEARS
from dashboard.presenters.units import NOBODY

LEVEL = "alike"
# Project rules of 2026-11-23: how many practices there are at most, of how many indicators something must be expected
# of both, and how many practices' numbers must be shown before they are put together.
MOST, FEWEST_SHARED, FEWEST_SHOWN = 8, 5, 3


def alike(unit_id: str, practices: pl.DataFrame, expected: pl.DataFrame) -> list[str]:
    """Return the practices whose patients are most like those of a practice, the likest first; none where unknown.

    The distance is the mean square of the differences of what share is expected, in standard deviations between
    practices.

    Args:
        unit_id: The practice.
        practices: All practices on the reporting date, as read from the release.
        expected: What was expected of them, as read from the release.
    """
    told = expected.filter(state="shown").select("indicator_id", "unit_id", "expected")
    sizes = practices.filter(pl.col("state") == "shown", pl.col("denominator") > 0)
    shares = told.join(sizes, on=["indicator_id", "unit_id"]).select(
        "indicator_id", "unit_id", share=pl.col("expected") / pl.col("denominator")
    )
    spread = pl.col("share").std().over("indicator_id")
    placed = shares.with_columns(place=pl.col("share") / spread).filter(spread > 0)
    own = placed.filter(unit_id=unit_id).select("indicator_id", own="place")
    near = (
        placed.filter(~pl.col("unit_id").is_in([unit_id, NOBODY]))
        .join(own, on="indicator_id")
        .group_by("unit_id")
        .agg(distance=((pl.col("place") - pl.col("own")) ** 2).mean(), shared=pl.len())
        .filter(pl.col("shared") >= FEWEST_SHARED)
        .sort("distance", "unit_id")
    )
    return near["unit_id"].head(MOST).to_list()


def pooled(
    practices: pl.DataFrame, unit_ids: Sequence[str], definitions: Mapping[str, Definition]
) -> dict[str, Measure]:
    """Return what practices reach together, by indicator: all who meet it of all who are counted.

    Only where enough of them are shown; medians cannot be put together.

    Args:
        practices: All practices on the reporting date, as read from the release.
        unit_ids: Those that are put together.
        definitions: By indicator id.
    """
    shown = practices.filter(pl.col("unit_id").is_in(list(unit_ids)), pl.col("state") == "shown")
    counts = ("numerator", "denominator", "patient_years")
    sums = shown.group_by("indicator_id").agg(pl.len().alias("units"), *(pl.col(each).sum() for each in counts))
    found = {}
    for key, units, met, counted, years in sums.select("indicator_id", "units", *counts).rows():
        kind = definitions[key].kind if key in definitions else ""
        size, per = (years, PATIENT_YEARS) if kind == "rate_per_1000_patient_years" else (counted, 1)
        if kind not in {"", "median"} and units >= FEWEST_SHOWN and size:
            found[key] = Measure(
                "shown", per * met / size, numerator=met, denominator=counted or None, patient_years=years or None
            )
    return found
