"""What a computation did, in numbers that a steward reads at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from indicators.catalogue import Catalogue
from indicators.delivered.coverage import Coverage
from indicators.delivered.reporting_dates import with_data


@dataclass(frozen=True)
class ComputeSummary:
    """What a computation did.

    Attributes:
        people: How many people each classifier finds, by its name.
        results: Rows of `indicator.result` by state.
        municipalities: How many the area has, of those that anybody lives in.
        dates_without_data: Reporting dates on which no indicator has data.
        without_data: Indicators without data on the last reporting date, with the last day that all of their sources
            cover; None where one of them has no rows.
        outside: In how many others people have an address; nobody is counted there.
        seconds: How long it took.
    """

    disease: str
    reporting_dates: tuple[date, ...]
    indicators: int
    people: dict[str, int]
    results: dict[str, int]
    dates_without_data: tuple[date, ...]
    without_data: dict[str, date | None]
    municipalities: int
    outside: int
    seconds: float


def summary_of(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, dates: Sequence[date], coverage: Coverage, seconds: float
) -> ComputeSummary:
    """Return the summary of a computation from the tables that it wrote."""
    people = con.execute("SELECT definition, count(*) FROM indicator.diabetes GROUP BY ALL ORDER BY ALL").fetchall()
    states = con.execute("SELECT state, count(*) FROM indicator.result GROUP BY ALL ORDER BY ALL").fetchall()
    inside, outside = con.execute(
        "SELECT count(*) FILTER (municipality_code IN (SELECT municipality_code FROM area)), "
        "count(*) FILTER (municipality_code NOT IN (SELECT municipality_code FROM area)) "
        "FROM (SELECT DISTINCT municipality_code FROM core.residence)"
    ).fetchone() or (0, 0)
    found = {day: with_data(catalogue, coverage, day) for day in dates}
    return ComputeSummary(
        disease=catalogue.disease,
        reporting_dates=tuple(dates),
        indicators=len(catalogue.indicators),
        people=dict(people),
        results=dict(states),
        dates_without_data=tuple(day for day in dates if not found[day]),
        without_data={
            indicator.id: coverage.until(catalogue.sources_of(indicator))
            for indicator in catalogue.indicators
            if indicator not in found[dates[-1]]
        },
        municipalities=inside,
        outside=outside,
        seconds=round(seconds, 1),
    )
