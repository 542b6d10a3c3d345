"""Changed identifiers: every row carries its person's newest pseudonym, whichever number it was delivered under.

The changes are kept as they were delivered, and what follows from them is worked out whenever one comes or is
withdrawn. Of the people whom that concerns, all rows are then told again (`ingest.retell`).
"""

import duckdb

from ingest.delivered_as import ALIAS, DELIVERED_AS
from packs.mapping import Mapping, Target

_LONGEST_CHAIN = 50


def lay_aliases_open(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the changes back to what was delivered, and keep what followed from them in the table `alias_before`."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE alias_before AS SELECT old_patient_id, patient_id FROM {ALIAS}")
    con.execute(
        f"UPDATE {ALIAS} SET patient_id = {DELIVERED_AS}, {DELIVERED_AS} = NULL WHERE {DELIVERED_AS} IS NOT NULL"
    )


def resolve_aliases(con: duckdb.DuckDBPyConnection) -> bool:
    """Let each change lead to the newest identifier, and find the people for whom that is another one than before.

    A change is followed by later changes only, so that a number that was taken back ends where it began.

    Args:
        con: The warehouse being built, with `alias_before`.

    Returns:
        Whether there are any; the temporary table `retold` (patient_id) then holds all who they were and now are.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE chain AS WITH RECURSIVE step AS ("
        f"SELECT old_patient_id, patient_id, changed_on, 1 AS depth FROM {ALIAS} UNION ALL "
        "SELECT step.old_patient_id, later.patient_id, later.changed_on, depth + 1 FROM step "
        f"JOIN {ALIAS} AS later ON later.old_patient_id = step.patient_id "
        f"AND later.changed_on >= step.changed_on AND depth < {_LONGEST_CHAIN}) "
        "SELECT old_patient_id, arg_max(patient_id, depth) AS patient_id FROM step GROUP BY old_patient_id"
    )
    con.execute(
        f"UPDATE {ALIAS} AS own SET patient_id = chain.patient_id, {DELIVERED_AS} = own.patient_id FROM chain "
        "WHERE own.old_patient_id = chain.old_patient_id AND own.patient_id <> chain.patient_id"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE led_elsewhere AS SELECT was, is_now FROM (SELECT "
        "coalesce(was.patient_id, now.old_patient_id) AS was, coalesce(now.patient_id, was.old_patient_id) AS is_now "
        f"FROM alias_before AS was FULL JOIN {ALIAS} AS now USING (old_patient_id)) WHERE was <> is_now"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE retold AS SELECT was AS patient_id FROM led_elsewhere "
        "UNION SELECT is_now FROM led_elsewhere"
    )
    return con.execute("SELECT count(*) FROM retold").fetchone() != (0,)


def tells_aliases(mapping: Mapping) -> bool:
    """Return whether a delivery of this kind brings changes of identifiers."""
    return any(f"core.{target.table}" == ALIAS for target in mapping.targets)


def target_of(mapping: Mapping, table: str) -> Target | None:
    """Return the target of a mapping that fills a table, if there is one."""
    return next((target for target in mapping.targets if target.table == table), None)
