"""Load the accepted rows of one file into the core tables of the warehouse being built."""

import duckdb

from data_contracts.contract import Contract
from data_contracts.warehouse_tables import load_tables
from ingest.alias import apply_aliases, target_of
from ingest.conform import offer_accepted_rows, select_rows, withdraw_relations
from ingest.same_fact import (
    REPEATED,
    batches_with_parked_rows,
    core_columns,
    drop_and_park,
    park_with_first,
    restore,
)
from ingest.stage import FAILED
from ingest.upsert import admit, settle
from packs.mapping import Mapping, Target
from packs.pack import Pack
from warehouse.run_log import mark_replaced, move_duplicates


def load(con: duckdb.DuckDBPyConnection, contract: Contract, pack: Pack, batch_id: int) -> int:
    """Conform the accepted staged rows and add them to the core tables.

    Returns:
        How many of them are duplicates: rows that by design repeat another delivery, and rows whose fact was told
        before. The mapping's first target decides.
    """
    mapping = pack.mapping(contract.file_type)
    identifiers = tuple(column.name for column in contract.columns if column.type == "identifier")
    offer_accepted_rows(con, mapping, identifiers)
    duplicates = 0
    for number, target in enumerate(mapping.targets):
        lost = _fill(con, mapping, target, batch_id)
        if number == 0:
            duplicates = lost + _park_repeated(con, mapping, target, batch_id)
        elif target.goes_with_first:
            park_with_first(con, mapping.targets[0].table, target, batch_id)
    con.execute(
        "INSERT INTO meta.quarantine (batch_id, row_number, rule, column_name, severity) "
        f"SELECT DISTINCT CAST(? AS INTEGER), row_number, rule, column_name, severity FROM {FAILED}",
        [batch_id],
    )
    withdraw_relations(con, mapping)
    if target_of(mapping, "person_alias"):
        apply_aliases(con, pack)
    return duplicates


def take_away(con: duckdb.DuckDBPyConnection, pack: Pack, batch_id: int, file_type: str) -> None:
    """Take a delivery that is being replaced out of the core tables; what others told of the same facts stays."""
    for target in pack.mapping(file_type).targets:
        table, keys = target.table, ", ".join(target.same_fact.columns)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE touched AS SELECT {keys} FROM core.{table} WHERE batch_id = $batch "
            f"UNION SELECT {keys} FROM parked.{table} WHERE batch_id = $batch",
            {"batch": batch_id},
        )
        for schema in ("core", "parked"):
            con.execute(f"DELETE FROM {schema}.{table} WHERE batch_id = ?", [batch_id])
        if target.upsert:
            settle(con, target)
    mark_replaced(con, batch_id)


def bring_back(con: duckdb.DuckDBPyConnection, pack: Pack, file_type: str) -> None:
    """Bring back other deliveries' parked rows whose fact is told by nobody, after a delivery was replaced."""
    for replaced in pack.mapping(file_type).targets:
        if replaced.upsert:
            continue
        for batch_id, other_type in batches_with_parked_rows(con, replaced.table):
            mapping = pack.mapping(other_type)
            first = mapping.targets[0]
            for target in mapping.targets:
                if target.upsert or not (target.table == replaced.table or target.goes_with_first):
                    continue
                rows = restore(con, target, first, batch_id)
                if rows and target is first:
                    move_duplicates(con, batch_id, rows)


def prepare_core_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Give every core table of the warehouse being built the column that ties a row to its delivered row."""
    for table in load_tables():
        if table.schema == "core":
            con.execute(f"ALTER TABLE core.{table.name} ADD COLUMN row_number BIGINT")


def _fill(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, batch_id: int) -> int:
    """Fill one core table; return how many delivered rows left nothing in it because their fact was told before."""
    is_staged = target.rows == "staged"
    where = f"({mapping.repeats}) IS NOT TRUE" if mapping.repeats and is_staged else None
    select = select_rows(target, where=where)
    if target.upsert:
        return admit(con, target, select, batch_id)
    columns = ", ".join(target.columns)
    con.execute(
        f"INSERT INTO core.{target.table} (row_number, {columns}, batch_id) "
        f"SELECT row_number, {columns}, ? FROM ({select})",
        [batch_id],
    )
    without_partner = 0
    if is_staged and (target.joins or target.one_per):
        # The partner was accepted as a duplicate, or another row of the delivery was preferred.
        conditions = " AND ".join(f"({each})" for each in (target.where, where) if each) or "true"
        row = con.execute(
            f"SELECT (SELECT count(*) FROM staged WHERE {conditions}) - "
            f"(SELECT count(DISTINCT row_number) FROM core.{target.table} WHERE batch_id = ?)",
            [batch_id],
        ).fetchone()
        without_partner = int(row[0]) if row else 0
    return without_partner + drop_and_park(con, target, batch_id)


def _park_repeated(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, batch_id: int) -> int:
    """Park the rows that by design repeat another delivery, so that what refers to them is known; count them."""
    if mapping.repeats is None:
        return 0
    row = con.execute(f"SELECT count(*) FROM staged WHERE ({mapping.repeats})").fetchone()
    repeated = int(row[0]) if row else 0
    if repeated and target.rows == "staged" and "source_system" in core_columns(target.table):
        columns = list(target.columns)
        values = ", ".join(f"source_system || '{REPEATED}'" if name == "source_system" else name for name in columns)
        select = select_rows(target, where=f"({mapping.repeats})")
        con.execute(
            f"INSERT INTO parked.{target.table} ({', '.join(columns)}, batch_id) SELECT {values}, ? FROM ({select})",
            [batch_id],
        )
    return repeated
