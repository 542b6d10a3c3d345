"""Which delivery's row stays when several tell one fact: the one that stands first, whichever arrived first.

Deliveries stand in the order in which one run would load them all: by file type, as the pack lists them, then by name.
The core tables then hold the same rows in whatever order the files came.
"""

import duckdb

from packs.pack import Pack


def line_up(con: duckdb.DuckDBPyConnection, pack: Pack, coming: tuple[int, str, str] | None = None) -> None:
    """Write the temporary table `standing` (batch_id, file_type, place) of the deliveries in use.

    Args:
        con: The warehouse being built.
        pack: The country pack.
        coming: Number, file type and delivery key of a delivery that the run log does not have yet.
    """
    own = "UNION ALL SELECT CAST($batch AS INTEGER), $file_type, $delivery_key" if coming else ""
    values = dict(zip(("batch", "file_type", "delivery_key"), coming, strict=True)) if coming else {}
    con.execute(
        "CREATE OR REPLACE TEMP TABLE standing AS SELECT batch_id, file_type, "
        "row_number() OVER (ORDER BY list_position($types, file_type), delivery_key, batch_id) AS place "
        f"FROM (SELECT batch_id, file_type, delivery_key FROM meta.batch WHERE state = 'loaded' {own})",
        {"types": list(pack.contracts), **values},
    )


def before(con: duckdb.DuckDBPyConnection, batch_id: int) -> list[int]:
    """Return the deliveries that stand before one."""
    return [row[0] for row in con.execute(_BESIDE.format("<"), [batch_id]).fetchall()]


def after_by_type(con: duckdb.DuckDBPyConnection, batch_id: int) -> dict[str, list[int]]:
    """Return the deliveries that stand after one, by file type, in their order."""
    found: dict[str, list[int]] = {}
    for other, file_type in con.execute(_BESIDE.format(">"), [batch_id]).fetchall():
        found.setdefault(file_type, []).append(other)
    return found


def listed(batches: list[int]) -> str:
    """Return numbers of deliveries as an SQL list."""
    return f"({', '.join(map(str, batches))})"


_BESIDE = (
    "SELECT other.batch_id, other.file_type FROM standing AS own JOIN standing AS other ON other.place {} own.place "
    "WHERE own.batch_id = ? ORDER BY other.place"
)
