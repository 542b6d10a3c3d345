"""Which delivery's row stays when several tell one fact, whichever arrived first.

Deliveries stand in the order in which one run would load them all: by file type, as the pack lists them, then by name.
Of those that tell the same, the first in this order keeps the row. Of those that tell something else, the newest
decides; how new one is, its rows tell, and where they do not, its name, in which 10 comes after 9.
The core tables then hold the same rows in whatever order the files came.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

import duckdb

from data_contracts.warehouse_tables import load_tables
from packs.mapping import Mapping
from packs.pack import Pack

# Numbers in a name count as numbers: each is filled up with zeros.
_NAME_WITH_NUMBERS = (
    "array_to_string(list_transform(regexp_extract_all(delivery_key, '[0-9]{1,20}|[^0-9]+'), "
    "lambda part: CASE WHEN part SIMILAR TO '[0-9]+' THEN lpad(part, 20, '0') ELSE part END), '')"
)


@dataclass(frozen=True)
class Coming:
    """A delivery that the run log does not have yet.

    Attributes:
        batch_id: Its number.
        file_type: Its file type.
        delivery_key: What it is a delivery of.
        rows_until: Last day that its rows tell of; None when they have none of their own, or it is not known yet.
    """

    batch_id: int
    file_type: str
    delivery_key: str
    rows_until: date | None = None


def line_up(con: duckdb.DuckDBPyConnection, pack: Pack, coming: Coming | None = None) -> None:
    """Write the temporary table `standing` (batch_id, file_type, place, age) of the deliveries in use.

    The greatest `age` is the newest delivery; later file types are newer than earlier ones.

    Args:
        con: The warehouse being built.
        pack: The country pack.
        coming: A delivery that the run log does not have yet.
    """
    own = "UNION ALL SELECT CAST($2 AS INTEGER), $3, $4, CAST($5 AS DATE)" if coming else ""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE standing AS SELECT batch_id, file_type, "
        "row_number() OVER (ORDER BY list_position($1, file_type), delivery_key, batch_id) AS place, "
        f"row_number() OVER (ORDER BY list_position($1, file_type), rows_until NULLS FIRST, {_NAME_WITH_NUMBERS}, "
        "delivery_key, batch_id) AS age "
        f"FROM (SELECT batch_id, file_type, delivery_key, rows_until FROM meta.batch WHERE state = 'loaded' {own})",
        [list(pack.contracts), *(astuple(coming) if coming else ())],
    )


def rows_until(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> date | None:
    """Return the last day that the accepted rows (`staged`) tell of; None when they have no day of their own.

    A day that is another delivery's to tell is left out: it would depend on what came before. So is a day that has not
    come yet: that an address will end is no news of then.
    """
    if mapping.news:
        days = ", ".join(f"max({day}) FILTER ({day} <= delivered_on)" for day in mapping.news)
        row = con.execute(f"SELECT greatest({days}) FROM staged").fetchone()
        return row[0] if row else None
    target = mapping.targets[0]
    source = target.columns.get(day_column(target.table))
    if target.rows != "staged" or source is None or source.value is not None:
        return None
    day = source.sql or source.from_ or ""
    elsewhere = [*(each.as_ for each in target.joins), *(each.as_ for each in target.lookups)]
    if any(f"{name}." in day for name in elsewhere):
        return None
    rows = "staged"
    if target.explode:
        rows = f"(SELECT *, unnest({target.explode.sql}) AS {target.explode.as_} FROM staged)"
    row = con.execute(f"SELECT max({day}) FROM {rows} AS told_rows").fetchone()
    return row[0] if row else None


def day_column(table: str) -> str:
    """Return the column by whose day the rows of a core table are placed in time."""
    known = next(each for each in load_tables() if each.schema == "core" and each.name == table)
    days = [column.name for column in known.columns if column.physical_type == "DATE"]
    return next((name for name in known.sorted_by if name in days), days[0])


def before(con: duckdb.DuckDBPyConnection, batch_id: int) -> list[int]:
    """Return the deliveries that stand before one."""
    return [row[0] for row in con.execute(_BESIDE.format("<"), [batch_id]).fetchall()]


def after_by_type(con: duckdb.DuckDBPyConnection, batch_id: int) -> dict[str, list[int]]:
    """Return the deliveries that stand after one, by file type, in their order."""
    found: dict[str, list[int]] = {}
    for other, file_type in con.execute(_BESIDE.format(">"), [batch_id]).fetchall():
        found.setdefault(file_type, []).append(other)
    return found


def listed(batches: Sequence[int]) -> str:
    """Return numbers of deliveries as an SQL list."""
    return f"({', '.join(map(str, batches))})"


_BESIDE = (
    "SELECT other.batch_id, other.file_type FROM standing AS own JOIN standing AS other ON other.place {} own.place "
    "WHERE own.batch_id = ? ORDER BY other.place"
)
