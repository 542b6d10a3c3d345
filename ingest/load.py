"""Load the accepted rows of one file into the core tables of the warehouse being built."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from data_contracts.contract import Contract
from data_contracts.warehouse_tables import load_tables
from ingest.alias import lay_aliases_open, resolve_aliases, tells_aliases
from ingest.balance import refuse_unbalanced
from ingest.conform import offer_accepted_rows, select_rows, withdraw_relations
from ingest.delivered_as import under_newest
from ingest.derive import derive_anew, forget_rows, keep_rows
from ingest.newest import note_keys_left_behind
from ingest.others import bring_back_untold, make_way, settle_versions
from ingest.partner import follow, forget_changes, note_changes
from ingest.retell import retell
from ingest.same_fact import (
    REPEATED,
    core_columns,
    drop_and_park,
    park_with_first,
)
from ingest.stage import FAILED
from ingest.standing import Coming, line_up, rows_until
from ingest.unit_specialty import give_specialties, is_touched_by
from ingest.upsert import admit, group_of, settle
from ingest.used import move_used, used_rows
from ingest.waiting import forget_waiting, let_wait, park_alone, stop_waiting
from packs.mapping import Mapping, Target
from packs.pack import Pack
from warehouse.run_log import Batch, mark_replaced


@dataclass(frozen=True)
class Arrival:
    """A delivery that is being loaded.

    Attributes:
        batch_id: Its number.
        contract: Its contract.
        delivery_key: What it is a delivery of.
    """

    batch_id: int
    contract: Contract
    delivery_key: str


@dataclass(frozen=True)
class Loaded:
    """What loading a delivery did.

    Attributes:
        duplicates: The accepted rows that are not in use: rows that by design repeat another delivery, rows whose fact
            another delivery tells, and rows whose partner is not in use. The mapping's first target decides.
        changed: Core tables that may have other rows now.
        released: Rows of earlier deliveries that waited for one of its rows.
        rows_until: Last day that its rows tell of, as `meta.batch` keeps it.
    """

    duplicates: int
    changed: set[str]
    released: int
    rows_until: date | None


def load(con: duckdb.DuckDBPyConnection, pack: Pack, arrival: Arrival, earlier: Sequence[Batch] = ()) -> Loaded:
    """Load the accepted staged rows in place of the deliveries that they correct.

    What other deliveries told of the same facts, and what leans on the rows that come and go, is brought in line. The
    outcome does not depend on the order in which deliveries arrived.

    Args:
        con: The warehouse being built, with the staged table.
        pack: The country pack.
        arrival: The delivery.
        earlier: The deliveries it corrects.

    Raises:
        UnbalancedRowsError: The rows in the tables are not those that were counted.
    """
    forget_changes(con)
    coming = Coming(arrival.batch_id, arrival.contract.file_type, arrival.delivery_key)
    line_up(con, pack, coming)
    mapping = pack.mapping(arrival.contract.file_type)
    ours = [arrival.contract.file_type] if mapping.targets[0].upsert else []
    used = used_rows(con, pack, ours)
    if tells_aliases(mapping):
        lay_aliases_open(con)
    for target in (each for each in mapping.targets if each.later_decides):
        note_keys_left_behind(con, target, [batch.batch_id for batch in earlier])
    for batch in earlier:
        _take_away(con, pack, batch)
    offer_accepted_rows(con, mapping)
    coming = replace(coming, rows_until=rows_until(con, mapping))
    line_up(con, pack, coming)
    duplicates = _add(con, pack, arrival)
    move_used(con, used, used_rows(con, pack, ours))
    changed = {target.table for target in mapping.targets}
    changed |= make_way(con, pack, mapping, arrival.batch_id)
    bring_back_untold(con, pack, [batch.file_type for batch in earlier])
    duplicates -= settle_versions(con, pack, mapping, arrival.batch_id, leaning=False)
    changed |= derive_anew(con, pack, mapping)
    released = stop_waiting(con, pack)
    changed |= follow(con, pack)
    duplicates -= settle_versions(con, pack, mapping, arrival.batch_id, leaning=True)
    if earlier or is_touched_by(mapping) or tells_aliases(mapping):
        changed |= give_specialties(con, pack)
    if earlier or tells_aliases(mapping):
        changed = {table.name for table in load_tables() if table.schema == "core"}
    return Loaded(duplicates, changed, released, coming.rows_until)


def _add(con: duckdb.DuckDBPyConnection, pack: Pack, arrival: Arrival) -> int:
    """Conform the accepted staged rows and add them to the core tables; return how many are duplicates."""
    contract, batch_id = arrival.contract, arrival.batch_id
    mapping = pack.mapping(contract.file_type)
    duplicates = 0
    if mapping.from_all_deliveries:
        keep_rows(con, contract, batch_id)
        duplicates = _park_repeated(con, mapping, mapping.targets[0], batch_id)
    for number, target in enumerate(() if mapping.from_all_deliveries else mapping.targets):
        lost = _fill(con, mapping, target, batch_id)
        if number == 0:
            duplicates = lost + _park_repeated(con, mapping, target, batch_id)
        elif target.goes_with_first:
            park_with_first(con, mapping.targets[0].table, target, batch_id)
    note_changes(con, pack, mapping, batch_id)
    con.execute(
        "INSERT INTO meta.quarantine (batch_id, row_number, rule, column_name, severity) "
        f"SELECT DISTINCT CAST(? AS INTEGER), row_number, rule, column_name, severity FROM {FAILED}",
        [batch_id],
    )
    refuse_unbalanced(con, mapping, batch_id, duplicates)
    let_wait(con, mapping, batch_id)
    withdraw_relations(con, mapping)
    if tells_aliases(mapping) and resolve_aliases(con):
        retell(con, pack)
    return duplicates


def _take_away(con: duckdb.DuckDBPyConnection, pack: Pack, batch: Batch) -> None:
    """Take a delivery that is being replaced out of the core tables; what others told of the same facts stays."""
    mapping = pack.mapping(batch.file_type)
    note_changes(con, pack, mapping, batch.batch_id)
    for target in mapping.targets:
        table = target.table
        if target.upsert:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE touched AS SELECT {group_of(target)} FROM core.{table} "
                f"WHERE batch_id = $batch UNION SELECT {group_of(target)} FROM parked.{table} WHERE batch_id = $batch",
                {"batch": batch.batch_id},
            )
        for schema in ("core", "parked"):
            con.execute(f"DELETE FROM {schema}.{table} WHERE batch_id = ?", [batch.batch_id])
        if target.upsert:
            settle(con, target)
    forget_waiting(con, batch.batch_id)
    forget_rows(con, batch.batch_id)
    mark_replaced(con, batch.batch_id)


def prepare_core_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Give every core table of the warehouse being built the column that ties a row to its delivered row."""
    for table in load_tables():
        if table.schema == "core":
            con.execute(f"ALTER TABLE core.{table.name} ADD COLUMN row_number BIGINT")


def _fill(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, batch_id: int) -> int:
    """Fill one core table; return how many delivered rows left nothing in it because their fact was told before."""
    is_staged = target.rows == "staged"
    where = f"({mapping.repeats}) IS NOT TRUE" if mapping.repeats and is_staged else None
    names, select = under_newest(con, target, select_rows(target, where=where))
    if target.upsert:
        return admit(con, target, select, names, batch_id)
    columns = ", ".join(names)
    con.execute(
        f"INSERT INTO core.{target.table} (row_number, {columns}, batch_id) "
        f"SELECT row_number, {columns}, ? FROM ({select})",
        [batch_id],
    )
    without_row = 0
    if is_staged and (target.joins or target.one_per):
        # The partner is not in use, or another row of the delivery was preferred.
        conditions = " AND ".join(f"({each})" for each in (target.where, where) if each) or "true"
        row = con.execute(
            f"SELECT (SELECT count(*) FROM staged WHERE {conditions}) - "
            f"(SELECT count(DISTINCT row_number) FROM core.{target.table} WHERE batch_id = ?)",
            [batch_id],
        ).fetchone()
        without_row = int(row[0]) if row else 0
    if without_row and target.partner:
        park_alone(con, target, where, batch_id)
    return without_row + drop_and_park(con, target, batch_id)


def _park_repeated(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, batch_id: int) -> int:
    """Park the rows that by design repeat another delivery, so that what refers to them is known; count them."""
    if mapping.repeats is None:
        return 0
    row = con.execute(f"SELECT count(*) FROM staged WHERE ({mapping.repeats})").fetchone()
    repeated = int(row[0]) if row else 0
    if repeated and target.rows == "staged" and "source_system" in core_columns(target.table):
        columns, select = under_newest(con, target, select_rows(target, where=f"({mapping.repeats})"))
        values = ", ".join(f"source_system || '{REPEATED}'" if name == "source_system" else name for name in columns)
        con.execute(
            f"INSERT INTO parked.{target.table} ({', '.join(columns)}, batch_id) SELECT {values}, ? FROM ({select})",
            [batch_id],
        )
    return repeated
