"""How many rows of what each delivery brought on which day: counted once, since a warehouse changes only by loading.

What is covered, and who delivers nothing, is told from these counts. They are kept beside the results together with
what shows whether they still hold: the newest delivery, and how many rows each table has.
"""

from functools import cached_property

import duckdb
import polars as pl

from indicators.definitions.variables import SOURCE_DAYS
from indicators.dialect import shown_as

KEYS = ("source_table", "value_of")
COLUMNS = (*KEYS, "value", "batch_id", "day", "rows")


class DeliveredRows:
    """The counts of one warehouse, table by table as they are asked for."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Begin with the counts that the warehouse keeps, if they still hold.

        Args:
            con: A connection whose default catalog is the warehouse.
        """
        self._con = con
        self._counted = self._kept()
        self._is_kept = bool(self._counted)

    def of(self, table: str, column: str = "") -> pl.DataFrame:
        """Return the columns `COLUMNS` for a table, by the values of one of its columns, or of none."""
        if (table, column) not in self._counted:
            finer = next((rows for (name, by), rows in self._counted.items() if name == table and by), None)
            if finer is None or column:
                self._counted[table, column] = self._count(table, column)
                self._is_kept = False
            else:
                summed = finer.group_by("batch_id", "day").agg(pl.col("rows").sum())
                self._counted[table, column] = summed.select(
                    pl.lit(table).alias("source_table"),
                    pl.lit(column).alias("value_of"),
                    pl.lit(None, pl.String).alias("value"),
                    *COLUMNS[3:],
                )
        return self._counted[table, column]

    def keep(self) -> None:
        """Write the counts into the schema `indicator`, unless all of them were read from there."""
        if self._is_kept:
            return
        for name, frame in (("delivered_rows", pl.concat(self._counted.values())), ("delivered_state", self._state)):
            with shown_as(self._con, "incoming_counts", frame):
                self._con.execute(f"CREATE OR REPLACE TABLE indicator.{name} AS SELECT * FROM incoming_counts")
        self._is_kept = True

    @cached_property
    def _state(self) -> pl.DataFrame:
        tables = " UNION ALL ".join(
            f"SELECT '{table}' AS source_table, count(*) AS rows FROM core.{table}" for table in SOURCE_DAYS
        )
        return self._con.execute(
            "SELECT source_table, rows, (SELECT max(batch_id) FROM meta.batch) AS latest_batch "
            f"FROM ({tables}) AS size ORDER BY source_table"
        ).pl()

    def _kept(self) -> dict[tuple[str, str], pl.DataFrame]:
        names = self._con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'indicator' "
            "AND table_catalog = current_catalog()"
        ).fetchall()
        if ("delivered_state",) not in names:
            return {}
        state = self._con.execute("SELECT * FROM indicator.delivered_state ORDER BY source_table").pl()
        if not state.equals(self._state):
            return {}
        rows = self._con.execute("SELECT * FROM indicator.delivered_rows").pl()
        parts = rows.partition_by(KEYS, as_dict=True)
        return {(str(table), str(column)): part for (table, column), part in parts.items()}

    def _count(self, table: str, column: str) -> pl.DataFrame:
        return self._con.execute(
            f"SELECT '{table}' AS source_table, '{column}' AS value_of, CAST({column or 'NULL'} AS VARCHAR) AS value, "
            f"batch_id, {SOURCE_DAYS[table]} AS day, count(*) AS rows FROM core.{table} GROUP BY ALL"
        ).pl()
