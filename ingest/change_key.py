"""Give the warehouse another master key: every keyed hash is hashed again, into a fresh file that is swapped in.

A hash cannot be undone, so the new key hashes what the old one made, and later deliveries go through both. The file is
read once and written once; no table, file or log ever holds an old hash beside its new one.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import polars as pl
import pyarrow as pa
from duckdb import sqltypes
from duckdb.func import ARROW

from data_contracts.contract import load_contracts
from data_contracts.warehouse_tables import Table, TableColumn, load_tables
from ingest.build import MEMORY_LIMIT
from ingest.stage import staged_types
from tvaers.keys import announce_key, load_master_key, withdraw_key
from tvaers.master_key import KEY_BYTES, MasterKey
from tvaers.progress import track
from tvaers.settings import Settings
from warehouse.connection import open_to_rewrite, write_result
from warehouse.keyed_hash import hashed_again
from warehouse.run_log import refuse_other_key
from warehouse.swap import one_builder_at_a_time, replace_atomically

_PERSON, _RECORD = "person_hashed_again", "record_hashed_again"


@dataclass(frozen=True)
class KeyChange:
    """What a change of key did.

    Attributes:
        old_key_id: The key before.
        new_key_id: The key in force now.
        tables: Tables that were written anew.
        deliveries: Deliveries whose rows carry new pseudonyms.
    """

    old_key_id: str
    new_key_id: str
    tables: int
    deliveries: int


def change_key(settings: Settings) -> KeyChange:
    """Replace the master key of a home, and every pseudonym and record key in its warehouse.

    Killed at any moment, it leaves either the old key with the old warehouse or the new key with the new one: the key
    file holds both keys from before the swap until after it, and says which warehouse file the new one belongs to.

    Raises:
        SecretKeyError: The key file is missing or unsafe, or cannot be written.
        WarehouseError: There is no warehouse, it is busy or under another key, or the disk is full.
    """
    with one_builder_at_a_time(settings.warehouse):
        old = load_master_key(settings)
        new = old.followed_by(secrets.token_bytes(KEY_BYTES), datetime.now(tz=UTC).date())
        try:
            with replace_atomically(settings.warehouse) as beside:
                with open_to_rewrite(
                    settings.warehouse, old.subkey("encryption"), result=beside, memory_limit=MEMORY_LIMIT
                ) as con:
                    refuse_other_key(con, old.key_id)
                    _offer_hashes(con, new)
                    with write_result(con, beside, new.subkey("encryption")):
                        tables = _write_tables(con)
                        _write_views(con)
                        deliveries = _name_new_key(con, new)
                announce_key(settings, new.secret, beside)
        finally:
            # After the swap this completes the change; before it, it takes the new key out again.
            withdraw_key(settings)
    return KeyChange(old.key_id, new.key_id, tables, deliveries)


def _offer_hashes(con: duckdb.DuckDBPyConnection, key: MasterKey) -> None:
    """Offer the last step of both keyed hashes as SQL functions; NULL stays NULL."""
    for name, hashing in ((_PERSON, "warehouse"), (_RECORD, "record-key")):
        hashed = _hashing_with(key.subkey(hashing))
        con.create_function(name, hashed, [sqltypes.VARCHAR], sqltypes.VARCHAR, type=ARROW)


def _hashing_with(key: bytes) -> Callable[[pa.ChunkedArray], pa.Array]:
    def hashed(column: pa.ChunkedArray) -> pa.Array:
        # Rows of a person lie together, so that few of their texts are distinct.
        texts = column.combine_chunks().dictionary_encode()
        hashes = hashed_again(pl.Series("value", pl.from_arrow(texts.dictionary)), key)
        return hashes.to_arrow(compat_level=pl.CompatLevel.oldest()).take(texts.indices)

    return hashed


def _write_tables(con: duckdb.DuckDBPyConnection) -> int:
    """Write every table, the computed ones too, each sorted by its new pseudonyms: the old order would tell them."""
    found = con.execute(
        "SELECT schema_name, table_name, sql FROM duckdb_tables() WHERE database_name = 'warehouse' "
        "ORDER BY schema_name, table_name"
    ).fetchall()
    own = {(schema, each.name): each for each in load_tables() for schema in _schemas_of(each)}
    con.execute("USE result")
    with track("Writing the warehouse", len(found)) as advance:
        for schema, name, sql in found:
            table = own.get((schema, name))
            if table is None:
                con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
                con.execute(sql)
            if name != "version":
                _write_table(con, f"{schema}.{name}", table)
            advance(1)
    con.execute("USE warehouse")
    return len(found)


def _schemas_of(table: Table) -> tuple[str, ...]:
    return ("core", "parked") if table.schema == "core" else (table.schema,)


def _write_table(con: duckdb.DuckDBPyConnection, name: str, table: Table | None) -> None:
    if table and any(column.hashed == "staged_rows" for column in table.columns):
        _write_staged_rows(con, name, table)
        return
    if table:
        expressions = {column.name: _again(column) for column in table.columns}
        order = list(table.sorted_by)
    else:
        kinds = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE warehouse.{name})").fetchall()
        expressions = {each: _person_again(each) if kind == "UUID" else f'"{each}"' for each, kind in kinds}
        order = [column for column, kind in kinds if kind == "UUID"]
    columns = ", ".join(f'"{column}"' for column in expressions)
    selected = ", ".join(f'{expression} AS "{column}"' for column, expression in expressions.items())
    sort = f"ORDER BY {', '.join(order)}" if order else ""
    con.execute(
        f"INSERT INTO result.{name} ({columns}) SELECT {columns} FROM (SELECT {selected} FROM warehouse.{name}) {sort}"
    )


def _again(column: TableColumn) -> str:
    if column.hashed == "pseudonym":
        return _person_again(column.name)
    return _record_again(column.name) if column.hashed == "record_key" else f'"{column.name}"'


def _person_again(column: str) -> str:
    return f"CAST({_PERSON}(replace(CAST({column} AS VARCHAR), '-', '')) AS UUID)"


def _record_again(column: str) -> str:
    """Return SQL that keeps what stands before the hash: `lpr2:` and its like."""
    before = f"regexp_extract({column}, '^(.*:)?')"
    return f"{before} || {_RECORD}(substr({column}, length({before}) + 1))"


def _write_staged_rows(con: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    """Write rows that are kept as JSON of the staged columns; which of these are hashes is told by their contract."""
    (column,) = (each.name for each in table.columns if each.hashed == "staged_rows")
    others = ", ".join(each.name for each in table.columns if each.name != column)
    kept = con.execute(
        f"SELECT DISTINCT file_type FROM warehouse.{name} JOIN warehouse.meta.batch USING (batch_id)"
    ).fetchall()
    for (file_type,) in kept:
        contract = load_contracts([file_type])[file_type]
        types = [each for each in staged_types(contract) if each != "row_number"]
        fields = {each: f"told.{each}" for each in types}
        for each in contract.columns:
            if each.name in fields and each.type == "identifier":
                fields[each.name] = f"CAST({_person_again(f'told.{each.name}')} AS VARCHAR)"
            elif each.name in fields and each.privacy == "record_key":
                fields[each.name] = _record_again(f"told.{each.name}")
        packed = ", ".join(f"{field} := {expression}" for field, expression in fields.items())
        texts = ", ".join(f'"{field}": "VARCHAR"' for field in types)
        con.execute(
            f"INSERT INTO result.{name} ({others}, {column}) SELECT {others}, to_json(struct_pack({packed})) "
            f"FROM (SELECT {others}, from_json({column}, '{{{texts}}}') AS told FROM warehouse.{name} "
            "WHERE batch_id IN (SELECT batch_id FROM warehouse.meta.batch WHERE file_type = ?)) "
            f"ORDER BY {', '.join(table.sorted_by or table.key)}",
            [file_type],
        )


def _write_views(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "SELECT sql FROM duckdb_views() WHERE database_name = 'warehouse' AND NOT internal ORDER BY view_name"
    ).fetchall()
    con.execute("USE result")
    for (sql,) in found:
        con.execute(sql)
    con.execute("USE warehouse")


def _name_new_key(con: duckdb.DuckDBPyConnection, key: MasterKey) -> int:
    con.execute("UPDATE result.meta.batch SET key_id = ?", [key.key_id])
    row = con.execute("SELECT count(*) FROM result.meta.batch").fetchone()
    return int(row[0]) if row else 0
