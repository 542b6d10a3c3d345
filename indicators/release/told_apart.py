"""On which reporting dates counts of events are told, so that no two of them have a day in common.

Events over a year, told four times a year, overlap by nine months: the difference of two neighbouring dates is the
quarter that came in less the one that went out, and a series of them tells of single quarters, which nobody published
and in which few people can stand. A share of people does not come apart like that, since whoever meets it over a year
is counted once however often they do. So what counts events is told only on dates whose periods have no day in common.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from indicators.definitions.definition import Indicator
from indicators.disclosure.policy import Policy

Span = tuple[date, date]


def come_apart(indicators: Iterable[Indicator], policy: Policy) -> frozenset[str]:
    """Return which indicators are told only on dates whose periods have no day in common, by id."""
    if policy.overlapping_events == "told":
        return frozenset()
    return frozenset(each.id for each in indicators if each.counts_events)


def without_overlaps(cells: pl.DataFrame, apart: frozenset[str], told: pl.DataFrame | None) -> pl.DataFrame:
    """Return the cells without those whose period has a day in common with one that is told.

    What was told stays told, since the old release is out there. Of the dates that are new, the newest comes first.

    Args:
        cells: `indicator_id`, `period_start` and `period_end` (both inclusive), and whatever else.
        apart: Indicators of which this is asked.
        told: The same three columns of every period that was released before; None for none.
    """
    spans = cells.filter(pl.col("indicator_id").is_in(sorted(apart))).select(_SPAN).unique()
    before = None if told is None else told.select(_SPAN).unique()
    dropped: list[tuple[str, date]] = []
    for name in sorted(set(spans["indicator_id"])):
        kept: list[Span] = [] if before is None else _spans(before, name)
        released = {end for _, end in kept}
        for start, end in sorted(_spans(spans, name), key=lambda span: span[1], reverse=True):
            if end in released:
                continue
            if any(start <= last and first <= end for first, last in kept):
                dropped.append((name, end))
            else:
                kept.append((start, end))
    out = pl.DataFrame(dropped, {"indicator_id": pl.String, "period_end": pl.Date}, orient="row")
    return cells.join(out, on=["indicator_id", "period_end"], how="anti", maintain_order="left")


_SPAN = ("indicator_id", "period_start", "period_end")


def _spans(frame: pl.DataFrame, name: str) -> list[Span]:
    return list(frame.filter(indicator_id=name).select(_SPAN[1:]).rows())
