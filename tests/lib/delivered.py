"""A warehouse in memory that was delivered to: batches and evenly spread rows, where only the days matter."""

from datetime import date

import duckdb

from tests.lib.drawn_tables import DEFAULTS, patient_uuid
from warehouse.schema import create_schema

# What a row of each table needs beside its day, and the days its rows are placed by.
_NEEDED = {
    "measurement": ("taken_on", {"unit": "mmol/mol", "code": "NPU27300", "result_state": "number"}),
    "hospital_contact": ("started_on", {"contact_id": "c"}),
    "procedure": ("performed_on", {"code": "KNGQ09"}),
    "municipal_course": ("granted_on", {"course_id": "c", "reported_at": "2020-01-01"}),
    "examination": ("examined_on", {"result": "low"}),
}


class Delivered:
    """Batches and their rows."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        create_schema(self.con, with_comments=False)
        self._batches = 0

    def batch(
        self, sector: str, *, file_type: str = "x", on: str = "2027-06-01", covers_until: str | None = None
    ) -> int:
        """Add a delivery; return its number."""
        self._batches += 1
        told = {
            "batch_id": self._batches, "sector": sector, "file_type": file_type, "delivered_on": on,
            "covers_until": covers_until, "state": "loaded",
        }  # fmt: skip
        kinds = self.con.execute("SELECT column_name, column_type FROM (DESCRIBE meta.batch)").fetchall()
        blank = {"DATE": None, "VARCHAR": "x", "INTEGER": 0, "BIGINT": 0}
        values = [told.get(name, blank.get(kind, on)) for name, kind in kinds]
        self.con.execute(f"INSERT INTO meta.batch VALUES ({', '.join('?' for _ in values)})", values)
        return self._batches

    def rows(
        self, batch: int, table: str, first: str, last: str, *, every: int = 1, per_day: int = 10, **columns: str
    ) -> None:
        """Add so many rows on every so many-th day from the first to the last."""
        day, needed = _NEEDED[table]
        fixed = DEFAULTS[table] | needed | columns
        known = {name for (name,) in self.con.execute(f"SELECT column_name FROM (DESCRIBE core.{table})").fetchall()}
        fixed = {name: value for name, value in fixed.items() if name in known and value is not None}
        marks = ", ".join("?" for _ in fixed)
        self.con.execute(
            f"INSERT INTO core.{table} (patient_id, batch_id, {', '.join(fixed)}, {day}) "
            f"SELECT ?, ?, {marks}, CAST(days.day AS DATE) FROM (SELECT unnest(generate_series(CAST(? AS TIMESTAMP), "
            "CAST(? AS TIMESTAMP), to_days(CAST(? AS INTEGER)))) AS day) AS days, range(?)",
            [str(patient_uuid(1)), batch, *fixed.values(), first, last, every, per_day],
        )


def quarter(text: str) -> tuple[date, date]:
    """Return first and last day of a quarter written `2026 Q4`."""
    year, number = int(text[:4]), int(text[-1])
    after = date(year + (number == 4), number * 3 % 12 + 1, 1)
    return date(year, number * 3 - 2, 1), date.fromordinal(after.toordinal() - 1)
