"""Rows that lean on a row of another delivery: parked while it is away, and back, as it now is, when it returns.

A diagnosis takes its person, day and specialty from its contact. When a corrected delivery takes the contact away, or
tells it otherwise, the diagnosis of the other delivery follows.
"""

from collections.abc import Iterator

import duckdb

from ingest.newest import bring_back
from ingest.same_fact import move
from packs.mapping import Mapping, Partner, Target
from packs.pack import Pack
from warehouse.run_log import move_duplicates


def forget_changes(con: duckdb.DuckDBPyConnection) -> None:
    """Begin a new list of the partners that a delivery changes."""
    con.execute("CREATE OR REPLACE TEMP TABLE changed_partner (partner VARCHAR, key VARCHAR)")


def note_changes(con: duckdb.DuckDBPyConnection, pack: Pack, mapping: Mapping, batch_id: int) -> None:
    """Note which rows that others can lean on a delivery has: before it is taken away, or after it was loaded."""
    keys = {(partner.table, partner.key) for _, _, partner in _leaning(pack)}
    for table in {target.table for target in mapping.targets}:
        for key in (key for name, key in keys if name == table):
            con.execute(
                f"INSERT INTO changed_partner SELECT $table, {key} FROM core.{table} WHERE batch_id = $batch "
                f"UNION SELECT $table, {key} FROM parked.{table} WHERE batch_id = $batch",
                {"table": table, "batch": batch_id},
            )


def follow(con: duckdb.DuckDBPyConnection, pack: Pack) -> set[str]:
    """Bring what leans on the changed partners in line with them.

    Returns:
        The core tables that were looked at.
    """
    changed = {row[0] for row in con.execute("SELECT DISTINCT partner FROM changed_partner").fetchall()}
    leaning = [
        (mapping, target, partner)
        for mapping, target, partner in _leaning(pack)
        if partner.table in changed and _has_rows(con, mapping.file_type, target.table)
    ]
    gone = {partner for partner in {(each.table, each.key) for _, _, each in leaning} if _is_gone(con, *partner)}
    touched = sum(
        _park_left_alone(con, mapping, target, partner)
        for mapping, target, partner in leaning
        if (partner.table, partner.key) in gone
    )
    touched += sum(_copy_what_is_borrowed(con, *each) for each in leaning)
    for mapping, target, partner in leaning:
        if not touched and not _is_awaited(con, mapping, target, partner):
            continue
        back = bring_back(con, target, mapping.targets[0], mapping.file_type)
        if target is mapping.targets[0]:
            _count_moved(con, back, 1)
    return {target.table for _, target, _ in leaning}


def _leaning(pack: Pack) -> Iterator[tuple[Mapping, Target, Partner]]:
    for file_type in pack.contracts:
        mapping = pack.mapping(file_type)
        yield from ((mapping, target, target.partner) for target in mapping.targets if target.partner)


def _has_rows(con: duckdb.DuckDBPyConnection, file_type: str, table: str) -> bool:
    row = con.execute(
        f"SELECT count(*) FROM standing WHERE file_type = ? AND batch_id IN "
        f"(SELECT batch_id FROM core.{table} UNION SELECT batch_id FROM parked.{table})",
        [file_type],
    ).fetchone()
    return bool(row and row[0])


def _is_gone(con: duckdb.DuckDBPyConnection, table: str, key: str) -> bool:
    """Tell whether any of the changed partners is not in use."""
    row = con.execute(
        f"SELECT count(*) FROM changed_partner WHERE partner = ? AND key NOT IN (SELECT {key} FROM core.{table})",
        [table],
    ).fetchone()
    return bool(row and row[0])


def _is_awaited(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, partner: Partner) -> bool:
    """Tell whether a parked row of a file type leans on a changed partner."""
    row = con.execute(
        f"SELECT count(*) FROM parked.{target.table} AS own WHERE {_is_concerned(partner)}",
        {"table": partner.table, "file_type": mapping.file_type},
    ).fetchone()
    return bool(row and row[0])


def _park_left_alone(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, partner: Partner) -> int:
    """Park the rows whose partner is not in use any more; return how many."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE left_alone AS SELECT own.rowid AS id, own.batch_id "
        f"FROM core.{target.table} AS own WHERE {_is_concerned(partner)} "
        f"AND own.{partner.column} NOT IN (SELECT {partner.key} FROM core.{partner.table})",
        {"table": partner.table, "file_type": mapping.file_type},
    )
    parked = move(con, target.table, "core", "parked", "left_alone")
    if target is mapping.targets[0]:
        _count_moved(con, parked, -1)
    return sum(rows for _, rows in parked)


def _copy_what_is_borrowed(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, partner: Partner) -> int:
    """Let rows tell what their changed partner now tells; return how many did not."""
    if not partner.borrowed:
        return 0
    rows = 0
    copied = ", ".join(f"{name} = partner.{other}" for name, other in partner.borrowed)
    differs = " OR ".join(f"own.{name} IS DISTINCT FROM partner.{other}" for name, other in partner.borrowed)
    for schema in ("core", "parked"):
        row = con.execute(
            f"UPDATE {schema}.{target.table} AS own SET {copied} FROM core.{partner.table} AS partner "
            f"WHERE own.{partner.column} = partner.{partner.key} AND {_is_concerned(partner)} AND ({differs})",
            {"table": partner.table, "file_type": mapping.file_type},
        ).fetchone()
        rows += int(row[0]) if row else 0
    return rows


def _is_concerned(partner: Partner) -> str:
    return (
        "own.batch_id IN (SELECT batch_id FROM standing WHERE file_type = $file_type) "
        f"AND own.{partner.column} IN (SELECT key FROM changed_partner WHERE partner = $table)"
    )


def _count_moved(con: duckdb.DuckDBPyConnection, moved: list[tuple[int, int]], sign: int) -> None:
    for batch_id, rows in moved:
        move_duplicates(con, batch_id, sign * rows)
