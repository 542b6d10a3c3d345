"""Stage and check each file while the one before it is being loaded, so that neither processor waits for the other."""

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import duckdb

from data_contracts.contract import Contract
from ingest.check import count_failures, find_failures
from ingest.conform import known_keys
from ingest.delivery import Delivery
from ingest.looked_up import Lookups, lookups_of
from ingest.pseudonymise import Pseudonymiser
from ingest.reading import Reading
from ingest.report import list_failures
from ingest.stage import COMING, stage, take_over
from packs.pack import Pack
from tvaers.errors import ExtractError

# A larger file is staged when the one before it is out of the way: two of them may not fit in memory.
_LARGEST_AHEAD_BYTES = 100_000_000


@dataclass(frozen=True)
class Prepared:
    """What staging and checking a file gave.

    Attributes:
        rows: Delivered rows, malformed ones included.
        quarantined: Rows held back by at least one rule.
        by_rule: Rule to number of rows held back by it.
        warnings: Rule to number of rows that broke it and may be loaded all the same.
        failures: The rules that rows broke, with their lines, as an HTML table.
        fault: Why the file cannot be read; None when it can.
    """

    rows: int = 0
    quarantined: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    failures: str = ""
    fault: ExtractError | None = None


def prepare_ahead(
    con: duckdb.DuckDBPyConnection, pack: Pack, deliveries: Sequence[Delivery], pseudonymiser: Pseudonymiser
) -> Generator[tuple[Delivery, Prepared], None, None]:
    """Yield each file when its rows are staged as the present ones; meanwhile the next one is read, staged and checked.

    A file that refers to what the file before it tells waits until that one is loaded. Close the iterator when it is
    not read to its end.

    Args:
        con: The warehouse being built, as the default catalogue.
        pack: Whose mappings and code lists are used.
        deliveries: The files in the order of loading.
        pseudonymiser: What takes the identifiers away before a row is staged.
    """
    readings: list[Reading] = []
    with contextlib.closing(con.cursor()) as own, ThreadPoolExecutor(1) as pool, _sharing(con) as give_each:
        own.execute("USE warehouse")

        def begin(number: int) -> Future[Prepared]:
            coming = deliveries[len(readings) : number + 2]
            readings.extend(Reading(each.extract, each.contract, pseudonymiser, pack.time_zone) for each in coming)
            contract = deliveries[number].contract
            return pool.submit(_prepare, own, deliveries[number], readings[number], _lookups(pack, contract))

        try:
            next_up: Future[Prepared] | None = None
            for number, delivery in enumerate(deliveries):
                prepared = (next_up or begin(number)).result()
                readings[number].close()
                take_over(con)
                is_last = number + 1 == len(deliveries)
                is_alone = is_last or _has_to_wait(pack, deliveries[number + 1], delivery)
                give_each(1 if is_alone else 2)
                next_up = None if is_alone else begin(number + 1)
                yield delivery, prepared
        finally:
            own.interrupt()
            for reading in readings:
                reading.close()


@contextlib.contextmanager
def _sharing(con: duckdb.DuckDBPyConnection) -> Iterator[Callable[[int], object]]:
    """Yield what gives each of so many files its part of the database's threads: more of them would only wait."""
    row = con.execute("SELECT current_setting('threads')").fetchone()
    threads = int(row[0]) if row else 1
    try:
        yield lambda files: con.execute(f"SET threads = {max(1, threads // files)}")
    finally:
        con.execute(f"SET threads = {threads}")


def _has_to_wait(pack: Pack, coming: Delivery, present: Delivery) -> bool:
    """Tell whether a file can be staged only when the one before it is loaded: it refers to what that one tells."""
    if coming.extract.path.stat().st_size > _LARGEST_AHEAD_BYTES:
        return True
    if not any(column.refers_to for column in coming.contract.columns):
        return False
    filled = {target.table for target in pack.mapping(present.contract.file_type).targets}
    joins = (join for target in pack.mapping(coming.contract.file_type).targets for join in target.joins)
    # A change of identifiers may join two rows of any table.
    return "person_alias" in filled or any(join.table in filled for join in joins)


def _lookups(pack: Pack, contract: Contract) -> Lookups:
    mapping = pack.mapping(contract.file_type)
    keys = {column.name: known_keys(mapping, column.name) for column in contract.columns if column.refers_to}
    return lookups_of(pack, contract, keys)


def _prepare(con: duckdb.DuckDBPyConnection, delivery: Delivery, reading: Reading, lookups: Lookups) -> Prepared:
    contract, delivered_on = delivery.contract, delivery.receipt.on
    try:
        rows = stage(con, contract, reading.blocks(), lookups=lookups, delivered_on=delivered_on, tables=COMING)
    except ExtractError as fault:
        return Prepared(fault=fault)
    warnings = find_failures(con, contract, COMING)
    quarantined, by_rule = count_failures(con, COMING)
    failures = list_failures(con, contract, delivery.extract.lines_before, COMING)
    return Prepared(rows, quarantined, by_rule, warnings, failures)
