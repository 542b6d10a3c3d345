"""Load a few drawn rows of any file type into a warehouse in memory, step by step as ingest does, without files."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import duckdb
import polars as pl

from data_contracts.contract import load_contracts
from ingest.check import count_failures, find_failures
from ingest.conform import known_keys, offer_codelists
from ingest.identifier import read_scheme
from ingest.load import Arrival, load, prepare_core_tables
from ingest.looked_up import lookups_of
from ingest.pseudonymise import Pseudonymiser
from ingest.rows import Block
from ingest.stage import stage
from packs.pack import load_pack
from warehouse.run_log import Batch, batches, next_batch_id, write_batch
from warehouse.schema import create_schema

DELIVERED_ON = date(2026, 10, 5)
AT = datetime(2026, 10, 5)  # noqa: DTZ001 - the run log keeps UTC without a zone
PSEUDONYMISER = Pseudonymiser(
    "dk-cpr", read_scheme(load_pack("denmark").folder), (b"k" * 32,), (b"r" * 32,), DELIVERED_ON
)


@dataclass(frozen=True)
class Counted:
    """What became of the rows of one delivery."""

    batch_id: int
    loaded: int
    quarantined: int
    duplicates: int
    by_rule: dict[str, int]
    warnings: dict[str, int]


class Loading:
    """A warehouse in memory that deliveries are added to."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.pack = load_pack("denmark")
        create_schema(self.con, with_comments=False)
        prepare_core_tables(self.con)
        offer_codelists(self.con, self.pack.looked_up)

    def deliver(
        self, file_type: str, *rows: Mapping[str, str | None], replaces: int | None = None, name: str = ""
    ) -> Counted:
        """Add a delivery, correcting an earlier one where told so; columns that a row leaves out are blank.

        Without a name, deliveries stand in the order in which they arrived.
        """
        contract, mapping = load_contracts()[file_type], self.pack.mapping(file_type)
        names = [column.name for column in contract.columns if not column.is_dropped]
        drawn = [{name: row.get(name) or None for name in names} for row in rows]
        frame = pl.DataFrame(drawn, schema=dict.fromkeys(names, pl.String)).with_row_index("row_number", offset=1)
        block = PSEUDONYMISER.apply(Block(frame, pl.Series([], dtype=pl.UInt32)), contract)
        keys = {c.name: known_keys(mapping, c.name) for c in contract.columns if c.refers_to}
        lookups = lookups_of(self.pack, contract, keys)
        rows_in = stage(self.con, contract, [block], lookups=lookups, delivered_on=DELIVERED_ON)
        warnings = find_failures(self.con, contract)
        quarantined, by_rule = count_failures(self.con)
        earlier = [batch for batch in batches(self.con) if batch.batch_id == replaces]
        batch_id = next_batch_id(self.con)
        key = name or (earlier[0].delivery_key if earlier else f"{batch_id:04}")
        done = load(self.con, self.pack, Arrival(batch_id, contract, key), earlier)
        duplicates = done.duplicates
        loaded = rows_in - quarantined - duplicates
        told = replace(_BATCH, batch_id=batch_id, file_type=file_type, delivery_key=key)
        told = replace(told, rows_in=rows_in, rows_loaded=loaded, rows_until=done.rows_until)
        write_batch(self.con, replace(told, rows_quarantined=quarantined, rows_duplicate=duplicates))
        return Counted(batch_id, loaded, quarantined, duplicates, by_rule, warnings)

    def rows(self, question: str) -> list[tuple]:
        """Return what a query gives."""
        return self.con.execute(question).fetchall()

    def contents(self, *tables: str) -> dict[str, list[tuple]]:
        """Return the core and parked rows of some tables, sorted, without the column that only loading needs."""
        found = {}
        for name in (f"{schema}.{table}" for table in tables for schema in ("core", "parked")):
            left_out = "EXCLUDE (row_number)" if name.startswith("core") else ""
            found[name] = sorted(self.rows(f"SELECT * {left_out} FROM {name}"), key=repr)
        return found


def person(identifier: str) -> str:
    """Return the pseudonym that these warehouses give an identifier, as DuckDB prints it."""
    row = duckdb.execute("SELECT CAST(CAST(? AS UUID) AS VARCHAR)", [_pseudonym(identifier)]).fetchone()
    assert row is not None
    return str(row[0])


def _pseudonym(identifier: str) -> str:
    return str(PSEUDONYMISER.pseudonyms(pl.Series([identifier])).item())


_BATCH = Batch(
    batch_id=0,
    run_id="run",
    file_name="delivery.csv",
    file_hash="",
    file_type="",
    sector="",
    contract_version="1",
    pack="denmark",
    pack_version="1",
    delivery_key="",
    delivered_on=DELIVERED_ON,
    covers_until=None,
    rows_until=None,
    key_id="0123abcd",
    encoding=None,
    separator=None,
    rows_in=0,
    rows_loaded=0,
    rows_quarantined=0,
    rows_duplicate=0,
    state="loaded",
    started_at=AT,
    ended_at=AT,
    code_version="0",
)
