"""The only door to the numbers: bound queries on one anonymous file, opened read-only and locked.

Some numbers are told on few reporting dates only; on the others, what is asked of a date gets the last one told.

A release is replaced as a whole by the pipeline. `open_release` looks at the file's identity at each call and opens the
new file when it has changed; a page that is still being drawn keeps the file it began with.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl

from tvaers.errors import ReleaseError

SCHEMA_VERSION = 3
REMEMBERED_QUERIES = 512
TABLES = frozenset(
    {
        "result",
        "time_step",
        "time_percentile",
        "case_mix",
        "unit",
        "place",
        "indicator",
        "delivery",
        "quarantine",
        "completeness",
        "policy",
        "meta",
    }
)

DELIVERY_TABLES = frozenset({"delivery", "quarantine", "completeness"})
"""What was delivered, and what of it was set aside."""
OPEN_TABLES = frozenset({"indicator", "place", "policy", "meta"})
"""What tells of no unit's numbers and may be read by everybody who is let in."""


class Extent(NamedTuple):
    """How much of a release may be read.

    Attributes:
        levels: The levels of units; None for all.
        has_deliveries: Whether also what was delivered and set aside.
    """

    levels: frozenset[str] | None = None
    has_deliveries: bool = True


WHOLE = Extent()

_CONNECTION_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "memory_limit": "1GB",
    "threads": "2",
    "max_temp_directory_size": "0B",
}
_LOCKS = (
    "SET enable_external_access = false",
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET lock_configuration = true",
)
_MEASURES = """period_start, period_end, state, numerator, denominator, patient_years, eligible, completeness, value,
    ci_low, ci_high"""

# Groups of the whole area's patients are read by whoever reads the whole area.
_IN_REACH = """level IN (SELECT level FROM level_in_reach)
    OR (level LIKE 'by!_%' ESCAPE '!' AND 'all' IN (SELECT level FROM level_in_reach))"""
# Which period of each indicator is shown on a reporting date: that of the date, or the last one told.
_SHOWN_ON = """CREATE TABLE shown_on AS
    SELECT indicator_id, reporting_date, max(period_end) AS period_end
    FROM (SELECT DISTINCT period_end AS reporting_date FROM release.result)
    JOIN (SELECT DISTINCT indicator_id, period_end FROM release.result) ON period_end <= reporting_date
    GROUP BY indicator_id, reporting_date"""
_ON = "JOIN shown_on USING (indicator_id, period_end)"
_EXPECTED = "state, expected, ratio, ratio_low, ratio_high, adjusted, adjusted_low, adjusted_high"


class ReleaseUnavailableError(ReleaseError):
    """The release cannot be shown.

    Attributes:
        reason: `missing`, `unreadable`, `older`, `newer`, `unguarded` or `unit_unknown`; the page that tells the reader
            is worded from it.
    """

    def __init__(self, reason: str, what: str, what_to_do: str) -> None:
        super().__init__(what, what_to_do=what_to_do)
        self.reason = reason


class FileIdentity(NamedTuple):
    """What tells one release file from the one that replaces it."""

    inode: int
    changed_ns: int
    size: int


class Release:
    """One opened release file, or the part of it that somebody may read.

    Frames returned by the methods are shared between sessions and must not be changed (Polars frames cannot be).
    """

    def __init__(self, path: Path, extent: Extent = WHOLE) -> None:
        self._connection = _connect(path, extent)
        self._remembered: OrderedDict[tuple[Any, ...], pl.DataFrame] = OrderedDict()
        self._lock = threading.Lock()

    def meta(self) -> dict[str, str]:
        """Return what is known about the release: its id, dates, versions and whether it is invented."""
        return dict(self._rows("SELECT key, value FROM release.meta ORDER BY key").iter_rows())

    def policy(self) -> pl.DataFrame:
        """Return the disclosure policy in force: key, value, explanation."""
        return self._rows("SELECT key, value, explanation FROM release.policy")

    def units(self) -> pl.DataFrame:
        """Return every unit with its level and names."""
        return self._rows(
            "SELECT level, unit_id, name, cluster_id, municipality_id FROM release.unit ORDER BY level, name"
        )

    def places(self) -> pl.DataFrame:
        """Return where each municipality stands on the map, also those without a number in this release."""
        return self._rows(
            "SELECT unit_id, name, short_name, across, down, outline::VARCHAR AS outline FROM release.place "
            "ORDER BY down, across, unit_id"
        )

    def indicators(self) -> pl.DataFrame:
        """Return every definition, in the order in which indicators are shown."""
        return self._rows(
            """SELECT indicator_id, definition_version, definition::VARCHAR AS definition
            FROM release.indicator ORDER BY position"""
        )

    def reporting_dates(self) -> list[date]:
        """Return the reporting dates of the release, newest first."""
        frame = self._rows("SELECT DISTINCT period_end FROM release.result ORDER BY period_end DESC")
        return frame["period_end"].to_list()

    def shown_on(self) -> pl.DataFrame:
        """Return which period of each indicator is shown on each reporting date: its own, or the last one told."""
        return self._rows("SELECT indicator_id, reporting_date, period_end FROM shown_on ORDER BY ALL")

    def of_unit(self, level: str, unit_id: str) -> pl.DataFrame:
        """Return all indicators of one unit on every reporting date, not split by sex or age."""
        return self._rows(
            f"""SELECT indicator_id, {_MEASURES} FROM release.result
            WHERE level = ? AND unit_id = ? AND sex = 'all' AND age_band = 'all' ORDER BY indicator_id, period_end""",
            level,
            unit_id,
        )

    def of_level(self, level: str, reporting_date: date) -> pl.DataFrame:
        """Return all indicators of every unit of a level on one reporting date, not split by sex or age."""
        return self._rows(
            f"""SELECT indicator_id, unit_id, {_MEASURES} FROM release.result {_ON}
            WHERE level = ? AND reporting_date = ? AND sex = 'all' AND age_band = 'all'
            ORDER BY indicator_id, unit_id""",
            level,
            reporting_date,
        )

    def units_by_shown_numbers(self, level: str) -> list[str]:
        """Return the units of a level, those with most numbers shown on the newest reporting date first."""
        found = self._rows(
            """SELECT unit_id FROM release.result
            WHERE level = ? AND sex = 'all' AND age_band = 'all'
            AND period_end = (SELECT max(period_end) FROM release.result)
            GROUP BY unit_id
            ORDER BY count(*) FILTER (WHERE state = 'shown') DESC, max(eligible) DESC NULLS LAST, unit_id""",
            level,
        )
        return found["unit_id"].to_list()

    def of_indicator(self, indicator_id: str, level: str, reporting_date: date) -> pl.DataFrame:
        """Return one indicator for every unit of a level on one reporting date, with the splits by sex and age."""
        return self._rows(
            f"""SELECT unit_id, sex, age_band, {_MEASURES} FROM release.result {_ON}
            WHERE indicator_id = ? AND level = ? AND reporting_date = ? ORDER BY unit_id, sex, age_band""",
            indicator_id,
            level,
            reporting_date,
        )

    def case_mix_of_indicator(self, indicator_id: str, level: str, reporting_date: date) -> pl.DataFrame:
        """Return what was expected of every unit of a level for one indicator, where its own number is shown."""
        return self._rows(
            f"""SELECT unit_id, {_EXPECTED} FROM release.case_mix {_ON}
            WHERE indicator_id = ? AND level = ? AND reporting_date = ? ORDER BY unit_id""",
            indicator_id,
            level,
            reporting_date,
        )

    def case_mix_of_level(self, level: str, reporting_date: date) -> pl.DataFrame:
        """Return what was expected of every unit of a level for all indicators, where its own number is shown."""
        return self._rows(
            f"""SELECT indicator_id, unit_id, {_EXPECTED} FROM release.case_mix {_ON}
            WHERE level = ? AND reporting_date = ? ORDER BY indicator_id, unit_id""",
            level,
            reporting_date,
        )

    def curves(self, indicator_id: str, reporting_date: date) -> pl.DataFrame:
        """Return the curve of the times of one indicator for every unit, day by day."""
        return self._rows(
            """SELECT level, unit_id, day, state, patients, happened, followed, share, ci_low, ci_high
            FROM release.time_step WHERE indicator_id = ? AND period_end = ? ORDER BY level, unit_id, day""",
            indicator_id,
            reporting_date,
        )

    def percentiles(self, indicator_id: str, reporting_date: date) -> pl.DataFrame:
        """Return after how many days shares of every unit had what they waited for."""
        return self._rows(
            """SELECT level, unit_id, share, state, days, ci_low, ci_high
            FROM release.time_percentile WHERE indicator_id = ? AND period_end = ? ORDER BY level, unit_id, share""",
            indicator_id,
            reporting_date,
        )

    def deliveries(self) -> pl.DataFrame:
        """Return what was delivered by whom and when, newest first within a sector."""
        return self._rows("SELECT * FROM release.delivery ORDER BY sector, file_type, delivered_on DESC, file_name")

    def quarantine(self) -> pl.DataFrame:
        """Return how many rows were set aside under each rule."""
        return self._rows("SELECT * FROM release.quarantine ORDER BY sector, file_type, rule")

    def completeness(self) -> pl.DataFrame:
        """Return the number of rows received per sector and month."""
        return self._rows("SELECT sector, month, rows FROM release.completeness ORDER BY sector, month")

    def _rows(self, sql: str, *values: object) -> pl.DataFrame:
        key = (sql, *values)
        with self._lock:
            if key in self._remembered:
                self._remembered.move_to_end(key)
                return self._remembered[key]
        with self._connection.cursor() as cursor:
            frame = cursor.execute(sql, list(values)).pl()
        with self._lock:
            self._remembered[key] = frame
            while len(self._remembered) > REMEMBERED_QUERIES:
                self._remembered.popitem(last=False)
        return frame


_opened: dict[tuple[Path, Extent], tuple[FileIdentity, Release]] = {}
_opening = threading.Lock()


def open_release(path: Path | None, extent: Extent = WHOLE) -> Release:
    """Return the release at a path, opened once per extent and opened anew when the file has been replaced.

    Args:
        path: The release file; None when the process was started without one.
        extent: How much of it may be read through what is returned.

    Raises:
        ReleaseUnavailableError: The file is missing, unreadable, or written for another version of the dashboard.
    """
    with _opening:
        found, identity = _identified(path)
        known = _opened.get((found, extent))
        if known is None or known[0] != identity:
            known = (identity, Release(found, extent))
            _opened[found, extent] = known
        return known[1]


def _identified(path: Path | None) -> tuple[Path, FileIdentity]:
    missing = ReleaseUnavailableError(
        "missing", "There is no release to show.", "tvaers release, then open the dashboard again"
    )
    if path is None:
        raise missing
    try:
        stat = path.stat()
    except OSError:
        raise missing from None
    return path, FileIdentity(stat.st_ino, stat.st_mtime_ns, stat.st_size)


def _connect(path: Path, extent: Extent) -> duckdb.DuckDBPyConnection:
    # Attached to a database in memory: opening the path directly would return the instance of a replaced file that
    # another session still reads.
    connection = duckdb.connect(":memory:", config=_CONNECTION_SETTINGS)
    try:
        attached = "release" if extent == WHOLE else "whole"
        connection.execute(f"ATTACH {_quoted(path)} AS {attached} (READ_ONLY)")
        if extent != WHOLE:
            _narrow(connection, extent)
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [attached]
        ).fetchall()
        _check_version(connection, {name for (name,) in tables})
        connection.execute(_SHOWN_ON)
        for statement in _LOCKS:
            connection.execute(statement)
    except duckdb.Error:
        connection.close()
        raise ReleaseUnavailableError(
            "unreadable", "The release cannot be read.", "tvaers release, which writes it anew"
        ) from None
    except ReleaseUnavailableError:
        connection.close()
        raise
    return connection


def _narrow(connection: duckdb.DuckDBPyConnection, extent: Extent) -> None:
    """Put views between the queries and the file, so that no query can read more than the extent.

    A table that has a level is cut by it, whichever table it is; one that nobody has declared open is empty.
    """
    connection.execute("CREATE SCHEMA release")
    connection.execute("CREATE TABLE level_in_reach AS SELECT unnest(?) AS level", [sorted(extent.levels or ())])
    found = connection.execute(
        """SELECT table_name, bool_or(column_name = 'level') FROM duckdb_columns()
        WHERE database_name = 'whole' GROUP BY table_name ORDER BY table_name"""
    ).fetchall()
    for table, has_level in found:
        if has_level:
            condition = "true" if extent.levels is None else _IN_REACH
        else:
            is_open = table in OPEN_TABLES or (table in DELIVERY_TABLES and extent.has_deliveries)
            condition = str(is_open).lower()
        connection.execute(f'CREATE VIEW release."{table}" AS SELECT * FROM whole."{table}" WHERE {condition}')


def _check_version(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> None:
    stated: Sequence[str] | None = None
    if "meta" in tables:
        stated = connection.execute("SELECT value FROM release.meta WHERE key = 'schema_version'").fetchone()
    version = int(stated[0]) if stated and str(stated[0]).isdigit() else 0
    older = partial(
        ReleaseUnavailableError,
        "older",
        f"The release was written for version {version}; this dashboard expects version {SCHEMA_VERSION}.",
    )
    if version < SCHEMA_VERSION or not tables >= TABLES:
        raise older("tvaers release, which writes it anew")
    if version > SCHEMA_VERSION:
        raise ReleaseUnavailableError(
            "newer",
            f"The release was written for version {version}; this dashboard expects version {SCHEMA_VERSION}.",
            "Upgrade tvaers on the machine that shows the dashboard",
        )


def _quoted(path: Path) -> str:
    # DuckDB does not take a bound value here; a doubled quote keeps any path inside the literal.
    return "'" + str(path).replace("'", "''") + "'"
