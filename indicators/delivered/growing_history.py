"""From when the course of what was ever recorded may be judged: its share rises as long as the history grows."""

from datetime import date, timedelta

import duckdb

from indicators.catalogue import Catalogue
from indicators.delivered.coverage import Coverage
from indicators.patients.patient_period import first_day


def judged_from(catalogue: Catalogue, coverage: Coverage) -> dict[str, date]:
    """Return the first reporting date whose history is long enough, of each indicator that grows with the history.

    Until then more and more of the patients who have long had something come to be known, at a pace that falls: the
    first years of deliveries would always look like a change. An indicator of whose sources one has no rows has none.
    """
    months = catalogue.deliverers.history_months
    found = {}
    for indicator in catalogue.indicators:
        begun = coverage.since(catalogue.sources_of(indicator)) if catalogue.grows_with_history(indicator) else None
        if begun:
            found[indicator.id] = first_day(begun - timedelta(days=1), -months)
    return found


def write_judged_from(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, coverage: Coverage) -> None:
    """Write `indicator.judged_from`, a row for each indicator that grows with the history."""
    con.execute("CREATE OR REPLACE TABLE indicator.judged_from (indicator_id VARCHAR NOT NULL, day DATE NOT NULL)")
    if rows := list(judged_from(catalogue, coverage).items()):
        con.executemany("INSERT INTO indicator.judged_from VALUES (?, ?)", rows)


def read_judged_from(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return what `write_judged_from` wrote, days as text for the indicators' pages."""
    rows = con.execute("SELECT indicator_id, CAST(day AS VARCHAR) FROM indicator.judged_from").fetchall()
    return {str(indicator): str(day) for indicator, day in rows}
