"""Where a number of the release comes from: definition, code, settings, deliveries and their files, without a person.

The release says what was published, its sealed register what it was computed from, and the warehouse which files that
were. A number that the release hides stays hidden: nothing here tells more of it than that it is hidden.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path

import duckdb

from indicators.catalogue import NO_LIST, Catalogue
from indicators.definitions.variables import SOURCE_DAYS
from indicators.disclosure.policy import Policy
from indicators.release.origin import Origin, is_of_this_warehouse
from indicators.release.register import Entry, Issue
from packs.pack import Pack
from tvaers.errors import ReleaseError
from tvaers.master_key import MasterKey

Split = tuple[str, str]
"""Sex and age band of a number."""
ALL: Split = ("all", "all")
SHOWN = "shown"
WHAT, WHO = "what is counted", "who is counted"
"""For what a file is read: the facts of an indicator; who has the disease, and where they belong."""
WHERE_PEOPLE_BELONG = ("person", "person_alias", "residence", "registration", "practice")
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(?:core\.)?([a-z_]+)", re.IGNORECASE)
_QUARTER = re.compile(r"^(\d{4})-?[qQkK]([1-4])$")


@dataclass(frozen=True)
class Cell:
    """One number of the release, as it stands there; a hidden one has a state and no numbers.

    Attributes:
        period_start: First day, included.
        period_end: Last day, included.
        state: `shown`, `suppressed`, `no_data` and so on, as in the release.
    """

    indicator_id: str
    definition_version: int
    period_start: date
    period_end: date
    level: str
    unit_id: str
    sex: str
    age_band: str
    state: str
    numerator: int | None
    denominator: int | None
    value: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class FedBy:
    """One delivered file that an indicator's results rest on.

    Attributes:
        used_for: `WHAT`, `WHO` or both: what the tables that it fills are read for.
        rows: Rows of everybody that it has in these tables up to the last day of the period, rounded as the release
            rounds rows; None when they are few, or when the file was replaced since.
        state: `loaded` or `replaced`, today.
    """

    batch_id: int
    file_name: str
    file_hash: str
    file_type: str
    sector: str
    contract_version: str
    code: str
    delivered_on: date
    loaded_on: date
    used_for: tuple[str, ...]
    rows: int | None
    state: str


@dataclass(frozen=True)
class InWarehouse:
    """What the warehouse says of a number today.

    Attributes:
        result: `same`, `other` or `none`: whether it holds the published result; None of a number that is hidden.
        is_the_one: Whether its deliveries are those that the release was computed from; None where none were noted.
        files: The delivered files: those of then where they are noted and still known, else those in use today.
    """

    result: str | None
    is_the_one: bool | None
    files: tuple[FedBy, ...]


def period_end_of(asked: str) -> date:
    """Return the last day of a quarter written as `2026-Q3`, or of a date written as such.

    Raises:
        ReleaseError: It is neither.
    """
    if found := _QUARTER.match(asked.strip()):
        year, quarter = int(found[1]), int(found[2])
        return date(year + quarter // 4, quarter % 4 * 3 + 1, 1) - timedelta(days=1)
    try:
        return date.fromisoformat(asked.strip())
    except ValueError:
        raise ReleaseError(
            "This is no quarter.", where="--period", what_to_do="Write it as 2026-Q3, or its last day as 2026-09-30."
        ) from None


def cell_of(release: Path, indicator_id: str, period_end: date, level: str, unit_id: str, split: Split = ALL) -> Cell:
    """Return one number of a release file.

    Raises:
        ReleaseError: The release has no such number.
    """
    columns = ", ".join(field.name for field in fields(Cell))
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{str(release).replace(chr(39), chr(39) * 2)}' AS release (READ_ONLY)")
        row = con.execute(
            f"SELECT {columns} FROM release.result WHERE indicator_id = ? AND period_end = ? AND level = ? "
            "AND unit_id = ? AND sex = ? AND age_band = ?",
            [indicator_id, period_end, level, unit_id, *split],
        ).fetchone()
        told = con.execute(
            "SELECT DISTINCT period_end FROM release.result WHERE indicator_id = ? AND level = ? AND unit_id = ? "
            "AND sex = ? AND age_band = ? ORDER BY period_end",
            [indicator_id, level, unit_id, *split],
        ).fetchall()
    if row is None:
        dates = ", ".join(str(each) for (each,) in told)
        raise ReleaseError(
            "The release holds no such number.",
            where=f"{indicator_id}, {level}-{unit_id}, {period_end}, sex {split[0]}, age {split[1]}",
            what_to_do=f"It is told of {dates}: name one with --period."
            if told
            else "Look in the dashboard for what is given of this unit; sex and age are told of few units.",
        )
    return Cell(*row)


def entry_of(entries: tuple[Entry, ...], period_end: date) -> tuple[Entry, Issue] | None:
    """Return the newest entry of a register that published a quarter; None when none did."""
    found = [(entry, issue) for entry in entries for issue in entry.issues if issue.period_end == period_end]
    return found[-1] if found else None


def in_warehouse(
    con: duckdb.DuckDBPyConnection,
    cell: Cell,
    entry: Entry | None,
    catalogue: Catalogue,
    pack: Pack,
    policy: Policy,
    key: MasterKey,
) -> InWarehouse:
    """Return what the warehouse says of a number of the release.

    Args:
        con: A connection whose default catalog is the warehouse.
        cell: The number.
        entry: What was noted when its quarter was released.
        catalogue: The definitions in use.
        pack: The pack in use.
        policy: By which rows are rounded.
        key: The key in force.
    """
    origin = entry.origin if entry else None
    is_the_one = is_of_this_warehouse(con, origin, key, entry.key_id) if entry and origin else None
    tables = tables_read(catalogue, pack, cell.indicator_id)
    files = _files(con, tables, pack, policy, cell.period_end, origin if is_the_one else None)
    return InWarehouse(_result(con, cell) if cell.state == SHOWN else None, is_the_one, files)


def tables_read(catalogue: Catalogue, pack: Pack, indicator_id: str) -> dict[str, tuple[str, ...]]:
    """Return the core tables that an indicator's results rest on, by what they are read for.

    Tables whose rows others lean on when they are loaded, as a diagnosis on its contact, are among them.
    """
    classifiers = [*catalogue.classifiers.values(), *catalogue.classifier_steps.values()]
    named = {name for sql in classifiers for name in _TABLE.findall(sql)}
    read = {
        WHAT: {each.table for each in catalogue.sources_of(catalogue.indicator(indicator_id))},
        WHO: {*WHERE_PEOPLE_BELONG, *(named & SOURCE_DAYS.keys())},
    }
    leaning = [
        (target.table, join.table)
        for each in pack.mappings.values()
        for target in each.targets
        for join in target.joins
    ]
    return {
        purpose: tuple(sorted({*tables, *(partner for table, partner in leaning if table in tables)} - {NO_LIST}))
        for purpose, tables in read.items()
    }


def file_types_read(catalogue: Catalogue, pack: Pack, indicator_id: str) -> dict[str, tuple[str, ...]]:
    """Return the file types that an indicator's results rest on, with what they are read for."""
    return {name: used for name, used in _purposes(tables_read(catalogue, pack, indicator_id), pack).items() if used}


def _purposes(tables: Mapping[str, tuple[str, ...]], pack: Pack) -> dict[str, tuple[str, ...]]:
    fills = {name: {target.table for target in mapping.targets} for name, mapping in pack.mappings.items()}
    return {
        name: tuple(purpose for purpose, read in tables.items() if filled.intersection(read))
        for name, filled in fills.items()
    }


def _result(con: duckdb.DuckDBPyConnection, cell: Cell) -> str:
    """Return whether the warehouse holds the published result: its counts, or its value where no count is told."""
    try:
        row = con.execute(
            "SELECT definition_version, numerator, denominator, value FROM indicator.result WHERE indicator_id = ? AND "
            "period_end = ? AND level = ? AND unit_id = ? AND sex = ? AND age_band = ?",
            [cell.indicator_id, cell.period_end, cell.level, cell.unit_id, cell.sex, cell.age_band],
        ).fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None:
        return "none"
    value = cell.value if cell.numerator is None else None
    told = (cell.definition_version, cell.numerator, cell.denominator, value)
    return "same" if all(each is None or each == held for each, held in zip(told, row, strict=True)) else "other"


def _files(
    con: duckdb.DuckDBPyConnection,
    tables: Mapping[str, tuple[str, ...]],
    pack: Pack,
    policy: Policy,
    period_end: date,
    origin: Origin | None,
) -> tuple[FedBy, ...]:
    used_for = _purposes(tables, pack)
    rows = _rows(con, tables, period_end)
    chosen = "state = 'loaded'" if origin is None else "batch_id IN (SELECT unnest($batches))"
    found = con.execute(
        "SELECT batch_id, file_name, file_hash, file_type, sector, contract_version, code_version AS code, "
        f"delivered_on, CAST(ended_at AS DATE) AS loaded_on, state FROM meta.batch WHERE {chosen} ORDER BY batch_id",
        {"batches": list(origin.batches)} if origin else None,
    ).pl()
    return tuple(
        FedBy(**each, used_for=used_for[each["file_type"]], rows=_rounded(rows.get(each["batch_id"], 0), policy))
        for each in found.to_dicts()
        if used_for.get(each["file_type"])
    )


def _rows(con: duckdb.DuckDBPyConnection, tables: Mapping[str, tuple[str, ...]], period_end: date) -> dict[int, int]:
    """Return how many rows of everybody each delivery has in some tables up to a day."""
    wanted = sorted({table for read in tables.values() for table in read})
    counts = [
        f"SELECT batch_id, count(*) AS rows FROM core.{table} "
        + (f"WHERE {SOURCE_DAYS[table]} <= $until " if table in SOURCE_DAYS else "")
        + "GROUP BY batch_id"
        for table in wanted
    ]
    asked = f"SELECT batch_id, CAST(sum(rows) AS BIGINT) FROM ({' UNION ALL '.join(counts)}) GROUP BY batch_id"
    return dict(con.execute(asked, {"until": period_end}).fetchall())


def _rounded(rows: int, policy: Policy) -> int | None:
    step = policy.delivered_rows_step
    return None if rows < policy.smallest_count else max(step, round(rows / step) * step)
