"""How many rows of each delivery are in use, and the run log's word on it when rows of earlier deliveries moved."""

from collections.abc import Collection

import duckdb

from packs.pack import Pack
from warehouse.run_log import move_duplicates


def used_rows(con: duckdb.DuckDBPyConnection, pack: Pack, file_types: Collection[str] | None = None) -> dict[int, int]:
    """Return how many core rows each delivery has in the first table of its mapping.

    Args:
        con: The warehouse being built, with `standing`.
        pack: The country pack.
        file_types: Which deliveries to look at; None for all but those whose facts follow from all deliveries together.
    """
    by_table: dict[str, list[str]] = {}
    for name, mapping in pack.mappings.items():
        if not mapping.from_all_deliveries and (file_types is None or name in file_types):
            by_table.setdefault(mapping.targets[0].table, []).append(name)
    found: dict[int, int] = {}
    for table, names in by_table.items():
        rows = con.execute(
            f"SELECT batch_id, count(own.batch_id) FROM (FROM standing WHERE file_type IN (SELECT unnest($names))) "
            f"LEFT JOIN core.{table} AS own USING (batch_id) GROUP BY batch_id",
            {"names": names},
        )
        found |= dict(rows.fetchall())
    return found


def move_used(con: duckdb.DuckDBPyConnection, before: dict[int, int], after: dict[int, int]) -> None:
    """Let the run log tell which rows of deliveries became duplicates, or are in use again."""
    for batch_id, rows in after.items():
        if batch_id in before and rows != before[batch_id]:
            move_duplicates(con, batch_id, rows - before[batch_id])
