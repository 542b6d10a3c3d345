"""Which dates to report on: quarter ends, and what the deliveries cover of the periods that end on them."""

from collections.abc import Sequence
from datetime import date, timedelta

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator
from indicators.delivered.coverage import Coverage
from tvaers.errors import WarehouseError

MOST_QUARTERS = 400
"""Of so many quarter ends before the newest row the last covered one is looked for: a century."""


def quarter_ends(last: date, count: int) -> list[date]:
    """Return that many quarter ends in order of time, the latest being the last one on or before a date."""
    tomorrow = last + timedelta(days=1)
    quarters = tomorrow.year * 4 + (tomorrow.month - 1) // 3
    firsts = [divmod(number, 4) for number in range(quarters - count + 1, quarters + 1)]
    return [date(year, 3 * quarter + 1, 1) - timedelta(days=1) for year, quarter in firsts]


def with_data(catalogue: Catalogue, coverage: Coverage, day: date) -> tuple[Indicator, ...]:
    """Return the indicators whose sources cover the whole period that ends on a day, and its look-back."""
    return tuple(
        indicator
        for indicator in catalogue.indicators
        if coverage.covers(catalogue.sources_of(indicator), catalogue.needed_from(indicator, day), day)
    )


def last_covered_quarter(catalogue: Catalogue, coverage: Coverage) -> date:
    """Return the last quarter end on which at least half as many indicators have data as on the best one.

    Sources do not all end on one day. The newest quarter in which anything was delivered would be one where most is
    no data; a source that ended long ago does not hold back the others.

    Raises:
        WarehouseError: No indicator has data on any quarter end.
    """
    newest = max((spans[-1][1] for spans in coverage.spans.values() if spans), default=date.min)
    oldest = min((spans[0][0] for spans in coverage.spans.values() if spans), default=date.max)
    days = [day for day in quarter_ends(newest, MOST_QUARTERS) if day >= oldest] if newest > oldest else []
    number = {day: len(with_data(catalogue, coverage, day)) for day in days}
    best = max(number.values(), default=0)
    if not best:
        raise WarehouseError(
            "The warehouse holds no delivery that covers the period of any indicator yet.",
            where=said_of(coverage),
            what_to_do="Load more deliveries: tvaers ingest FOLDER",
        )
    return max(day for day, found in number.items() if 2 * found >= best)


def refuse_dates_without_data(catalogue: Catalogue, coverage: Coverage, dates: Sequence[date]) -> None:
    """Refuse dates on which no indicator at all has data: a release of them would be empty.

    Raises:
        WarehouseError: There are only such dates.
    """
    if not dates or any(with_data(catalogue, coverage, day) for day in dates):
        return
    last = last_covered_quarter(catalogue, coverage)
    raise WarehouseError(
        "No indicator has data on any of these reporting dates, so nothing was computed.",
        where=f"{min(dates)} to {max(dates)}" if len(dates) > 1 else str(dates[0]),
        how_much=said_of(coverage),
        what_to_do=f"tvaers compute --until {last}",
    )


def said_of(coverage: Coverage) -> str:
    """Return from when to when anything was delivered, in words."""
    spans = [span for found in coverage.spans.values() for span in found]
    if not spans:
        return "No row that an indicator looks at was delivered."
    return f"The deliveries cover {min(first for first, _ in spans)} to {max(last for _, last in spans)} at most."
