"""Facts that a later delivery tells otherwise: the newest delivery decides, and what it no longer tells is parked.

A corrected result and a contact that has ended since come in an ordinary delivery. What is told again unchanged stays
with the delivery that told it first, so that only what changed is moved. The outcome follows from all that was told,
in whatever order it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from ingest.delivered_as import DELIVERED_AS, keeps_delivered_as, own_number_first
from ingest.same_fact import among_systems, core_columns, is_not_repeated, move, restore, same_core_values
from ingest.standing import listed
from packs.mapping import Target

_NOT_CONTENT = ("batch_id", "source_system", DELIVERED_AS)


@dataclass(frozen=True)
class Moved:
    """How many rows of which deliveries changed places: (batch_id, rows).

    Attributes:
        out: Out of use.
        into: Into use.
    """

    out: tuple[tuple[int, int], ...] = ()
    into: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.out or self.into)


def note_keys_left_behind(con: duckdb.DuckDBPyConnection, target: Target, batches: Sequence[int]) -> None:
    """Note which keys deliveries tell of that are about to be taken away, in place of those noted before."""
    table, keys = target.table, ", ".join(target.later_decides)
    told = " UNION ".join(
        f"SELECT {keys} FROM {schema}.{table} WHERE batch_id IN {listed(batches or (-1,))}"
        for schema in ("core", "parked")
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE left_behind_{table} AS {told}")


def find_keys_in_doubt(con: duckdb.DuckDBPyConnection, target: Target, file_type: str, batch_id: int) -> None:
    """Write the temporary table `in_doubt`: keys that a delivery tells otherwise than another one does.

    Those that a delivery told that was taken away (`note_keys_left_behind`) are among them.

    Args:
        con: The warehouse being built.
        target: A target with `later_decides`.
        file_type: Its file type.
        batch_id: The delivery.
    """
    table, keys = target.table, ", ".join(f"own.{name}" for name in target.later_decides)
    others = f"({_rows(target, file_type)})"
    differs = " OR ".join(f"own.{name} IS DISTINCT FROM other.{name}" for name in _content(target)) or "false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE in_doubt AS SELECT DISTINCT {keys} FROM {others} AS own JOIN {others} AS other "
        f"ON {same_core_values(table, target.later_decides)} "
        f"WHERE own.batch_id = $batch AND other.batch_id <> $batch AND ({differs}) "
        f"UNION FROM left_behind_{table}",
        {"batch": batch_id},
    )


def let_newest_decide(con: duckdb.DuckDBPyConnection, target: Target, file_type: str) -> Moved:
    """Put into use what the newest delivery tells of the keys `in_doubt`, and park what it does not tell.

    Args:
        con: The warehouse being built.
        target: A target with `later_decides`.
        file_type: Its file type.
    """
    if con.execute("SELECT count(*) FROM in_doubt").fetchone() == (0,):
        return Moved()
    table = target.table
    _judge(con, target, file_type)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE going_out AS SELECT id, batch_id FROM judged "
        "WHERE is_core AND is_in_use AND NOT (stays AND turn = 1)"
    )
    out = move(con, table, "core", "parked", "going_out")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE coming_in AS SELECT own.rowid AS id, own.batch_id FROM parked.{table} AS own "
        "WHERE own.rowid IN (SELECT id FROM judged WHERE NOT is_core AND is_in_use AND stays AND turn = 1) "
        f"AND NOT EXISTS (SELECT 1 FROM core.{table} AS other "
        f"WHERE {same_core_values(table, target.same_fact.columns)}{among_systems(target.same_fact.among)})"
    )
    return Moved(tuple(out), tuple(move(con, table, "parked", "core", "coming_in")))


def bring_back(
    con: duckdb.DuckDBPyConnection, target: Target, first: Target, file_type: str, *, of: str = ""
) -> list[tuple[int, int]]:
    """Bring back parked rows of a file type (`ingest.same_fact.restore`), but not what was told otherwise since."""
    if not target.later_decides:
        return restore(con, target, first, file_type, of=of)
    _find_outdated(con, target, file_type, of)
    return restore(con, target, first, file_type, outdated="outdated", of=of)


def _find_outdated(con: duckdb.DuckDBPyConnection, target: Target, file_type: str, of: str) -> None:
    """Write the temporary table `outdated` (id): parked rows of a file type that a newer delivery tells otherwise."""
    keys = ", ".join(target.later_decides)
    people = f" AND patient_id IN (SELECT patient_id FROM {of})" if of else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE in_doubt AS SELECT DISTINCT {keys} FROM parked.{target.table} "
        f"WHERE batch_id IN (SELECT batch_id FROM standing WHERE file_type = ?){people}",
        [file_type],
    )
    _judge(con, target, file_type)
    con.execute("CREATE OR REPLACE TEMP TABLE outdated AS SELECT id FROM judged WHERE NOT is_core AND NOT stays")


def _judge(con: duckdb.DuckDBPyConnection, target: Target, file_type: str) -> None:
    """Write the temporary table `judged`: of all rows with the keys `in_doubt`, which the newest delivery tells."""
    keys = ", ".join(f"own.{name}" for name in target.later_decides)
    fact = ", ".join(f"own.{name}" for name in (*target.later_decides, *_content(target)))
    order = own_number_first(target.table)
    in_use = f"bool_or(own.is_core) OVER (PARTITION BY {keys})" if _is_one_row(target) else "true"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT id, is_core, batch_id, "
        f"{in_use} AS is_in_use, bool_or(is_newest) OVER (PARTITION BY {fact}) AS stays, "
        f"row_number() OVER (PARTITION BY {fact} ORDER BY place, {order}is_core DESC, id) AS turn FROM "
        f"(SELECT own.*, place, age = max(age) OVER (PARTITION BY {keys}) AS is_newest "
        f"FROM ({_rows(target, file_type)}) AS own JOIN standing USING (batch_id) WHERE EXISTS "
        f"(SELECT 1 FROM in_doubt AS other WHERE {same_core_values(target.table, target.later_decides)})) AS own"
    )


def _rows(target: Target, file_type: str) -> str:
    """Return the SELECT of the rows that are versions of each other, in use or parked.

    Where one key is one row, all file types tell of the same register; elsewhere each file type is judged alone.
    """
    kept = (DELIVERED_AS,) if keeps_delivered_as(target.table) else ()
    columns = ", ".join(dict.fromkeys((*target.later_decides, *_content(target), *kept, "batch_id")))
    quoted = "'" + file_type.replace("'", "''") + "'"
    own = "true" if _is_one_row(target) else f"batch_id IN (SELECT batch_id FROM standing WHERE file_type = {quoted})"
    return " UNION ALL ".join(
        f"SELECT rowid AS id, {schema == 'core'} AS is_core, {columns} FROM {schema}.{target.table} AS own "
        f"WHERE {own}{is_not_repeated(target.table) if schema == 'parked' else ''}"
        for schema in ("core", "parked")
    )


def _content(target: Target) -> list[str]:
    """Return the columns in which two versions differ: not what comes from elsewhere."""
    if not _is_one_row(target):
        return [name for name in target.same_fact.columns if name not in target.later_decides]
    borrowed = [name for name, _ in target.partner.borrowed] if target.partner else []
    elsewhere = {*_NOT_CONTENT, *borrowed, *target.later_decides}
    return [name for name in core_columns(target.table) if name not in elsewhere]


def _is_one_row(target: Target) -> bool:
    return set(target.later_decides) == set(target.same_fact.columns)
