"""What cannot be true of one person at one time: two homes that both last, or two living people under one identifier.

Nothing is corrected here. It is said, so that somebody asks the supplier.
"""

import duckdb

from ingest.delivered_as import DELIVERED_AS
from ingest.same_fact import core_columns, same_values
from packs.mapping import Mapping, Periods, Target
from packs.pack import Pack


def say_what_lasts_twice(con: duckdb.DuckDBPyConnection, pack: Pack, tables: set[str] | None = None) -> str:
    """Return who has two periods that both last, as a sentence for a steward; empty when nobody has.

    Args:
        con: A warehouse.
        pack: The country pack.
        tables: Core tables to look at; None for all that hold periods.
    """
    found = []
    for table, periods in _tables_of_periods(pack).items():
        if tables is not None and table not in tables:
            continue
        row = con.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM core.{table} WHERE {periods.last} IS NULL "
            f"GROUP BY {', '.join(periods.of)} HAVING count(*) > 1)"
        ).fetchone()
        if row and row[0]:
            who = "people have" if periods.of == ("patient_id",) else "units have"
            found.append(f"{row[0]} {who} more than one {table.replace('_', ' ')} that still lasts.")
    return " ".join([*found, "Ask the supplier which one ended, and when."] if found else [])


def say_who_is_two_people(con: duckdb.DuckDBPyConnection) -> str:
    """Return how many joined identifiers belong to two people who are alive at once; empty when there are none.

    That is so when one delivery of the address register tells both with an address that lasts, and with another sex or
    month of birth. Sex and date of birth alone say nothing: a correction of either is why people get a new number.
    """
    row = con.execute(
        f"""WITH told AS (
            SELECT patient_id, coalesce({DELIVERED_AS}, patient_id) AS came_as, batch_id, sex, born_on, died_on
            FROM (FROM core.person UNION ALL BY NAME FROM parked.person)
            WHERE patient_id IN (SELECT patient_id FROM core.person_alias)
        ), lives AS (
            SELECT DISTINCT coalesce({DELIVERED_AS}, patient_id) AS came_as, batch_id
            FROM (FROM core.residence UNION ALL BY NAME FROM parked.residence)
            WHERE ends_on IS NULL AND patient_id IN (SELECT patient_id FROM core.person_alias)
        ), alive AS (SELECT told.* FROM told JOIN lives USING (came_as, batch_id) WHERE died_on IS NULL)
        SELECT count(DISTINCT one.patient_id) FROM alive AS one JOIN alive AS other USING (patient_id, batch_id)
        WHERE one.came_as < other.came_as AND (one.sex, one.born_on) IS DISTINCT FROM (other.sex, other.born_on)"""
    ).fetchone()
    if not row or not row[0]:
        return ""
    return (
        f"{row[0]} people have two numbers under which one address register tells two living people, of another sex or "
        "month of birth: these changes are probably mistakes. Ask the supplier; a corrected file without them parts "
        "the people again."
    )


def say_what_is_told_otherwise(con: duckdb.DuckDBPyConnection, mapping: Mapping, batch_id: int) -> str:
    """Return of how many people a delivery tells what newer deliveries tell otherwise; empty for none."""
    registers = [each for each in mapping.targets if each.upsert and not each.upsert.newest]
    told = " UNION ".join(_told_otherwise(each) for each in registers if _named_by(each) == _named_by(registers[0]))
    row = con.execute(f"SELECT count(*) FROM ({told})", {"batch": batch_id}).fetchone() if told else None
    if not row or not row[0]:
        return ""
    who = "people" if _named_by(registers[0]) == ("patient_id",) else "units"
    return (
        f"Of {row[0]} {who} other deliveries, whose rows reach further, tell otherwise, and those are used. If this "
        "file corrects one of them, give it that file's name with _v2 at its end."
    )


def _told_otherwise(target: Target) -> str:
    """Return the SELECT of whom a delivery (`$batch`) tells something of that is not in use, and not told by others."""
    told = [name for name in core_columns(target.table) if name not in ("batch_id", DELIVERED_AS)]
    return (
        f"SELECT {', '.join(f'own.{name}' for name in _named_by(target))} FROM parked.{target.table} AS own "
        f"WHERE batch_id = $batch AND NOT EXISTS (SELECT 1 FROM core.{target.table} AS other "
        f"WHERE {same_values(told, 'own', 'other')})"
    )


def _named_by(target: Target) -> tuple[str, ...]:
    periods = target.upsert.periods if target.upsert else None
    return periods.of if periods else target.same_fact.columns


def _tables_of_periods(pack: Pack) -> dict[str, Periods]:
    targets: list[Target] = [each for mapping in pack.mappings.values() for each in mapping.targets]
    return {each.table: each.upsert.periods for each in targets if each.upsert and each.upsert.periods}
