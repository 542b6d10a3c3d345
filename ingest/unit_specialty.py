"""Contacts that were told without a specialty take that of their unit, and their diagnoses take it from them.

The list of units is a delivery like any other: it can come before or after the contacts, and be corrected.
"""

import duckdb

from ingest.standing import listed
from packs.mapping import Mapping
from packs.pack import Pack

UNITS = "hospital_department"
_CHANGED = frozenset({"hospital_contact", "diagnosis"})


def is_touched_by(mapping: Mapping) -> bool:
    """Return whether a delivery of this kind brings units, or contacts that take their specialty from them."""
    return mapping.specialty_by_unit or any(target.table == UNITS for target in mapping.targets)


def give_specialties(con: duckdb.DuckDBPyConnection, pack: Pack) -> frozenset[str]:
    """Bring the specialties of contacts and diagnoses in line with the list of units.

    A section that is not listed has its department's specialty: the longest listed code that its own code begins with
    counts, among those valid on the day of the contact. A contact at any other unit has none.

    Args:
        con: The warehouse being built, with `standing`.
        pack: The country pack.

    Returns:
        The core tables whose rows changed.
    """
    types = [name for name, mapping in pack.mappings.items() if mapping.specialty_by_unit]
    rows = con.execute("SELECT batch_id FROM standing WHERE file_type IN (SELECT unnest($types))", {"types": types})
    batches = listed([row[0] for row in rows.fetchall()])
    if batches == listed([]):
        return frozenset()
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE unit_specialty AS
        SELECT told.department_id, told.started_on, unit.specialty_code, unit.specialty
        FROM (
            SELECT DISTINCT department_id, started_on FROM core.hospital_contact
            WHERE batch_id IN {batches} AND department_id IS NOT NULL
        ) AS told
        JOIN core.{UNITS} AS unit
            ON starts_with(told.department_id, unit.department_id)
            AND told.started_on BETWEEN unit.starts_on AND coalesce(unit.ends_on, DATE '9999-12-31')
        QUALIFY row_number() OVER (
            PARTITION BY told.department_id, told.started_on
            ORDER BY length(unit.department_id) DESC, unit.starts_on DESC
        ) = 1"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE other_specialty AS
        SELECT own.rowid AS id, unit.specialty_code, unit.specialty
        FROM core.hospital_contact AS own
        LEFT JOIN unit_specialty AS unit
            ON unit.department_id = own.department_id AND unit.started_on = own.started_on
        WHERE own.batch_id IN {batches}
            AND (own.specialty, own.specialty_code) IS DISTINCT FROM (unit.specialty, unit.specialty_code)"""
    )
    con.execute(
        "UPDATE core.hospital_contact AS own SET specialty_code = other.specialty_code, specialty = other.specialty "
        "FROM other_specialty AS other WHERE own.rowid = other.id"
    )
    con.execute(
        "UPDATE core.diagnosis AS own SET specialty = contact.specialty FROM core.hospital_contact AS contact "
        f"WHERE own.contact_id = contact.contact_id AND own.batch_id IN {batches} "
        "AND own.specialty IS DISTINCT FROM contact.specialty"
    )
    return _CHANGED


def say_what_is_missing(con: duckdb.DuckDBPyConnection, pack: Pack, batch_id: int) -> str:
    """Return what a steward should know of a delivery's contacts without a specialty; empty when all have one."""
    row = con.execute(
        "SELECT count_if(specialty IS NULL), count(*), count(DISTINCT department_id) FILTER (specialty IS NULL) "
        "FROM core.hospital_contact WHERE batch_id = ?",
        [batch_id],
    ).fetchone()
    without, contacts, units = row or (0, 0, 0)
    if not without:
        return ""
    lists = " or ".join(
        name for name, mapping in pack.mappings.items() if any(target.table == UNITS for target in mapping.targets)
    )
    return (
        f"{without} of {contacts} contacts in use have no specialty: {units} units are in no delivered list ({lists}). "
        "Their diagnoses cannot tell type 1 diabetes from type 2, so people with type 1 may be counted as type 2."
    )
