"""Facts that follow from all deliveries of a file type together, whichever came first.

A report refers to resources of other reports: a care plan to its referral, a referral to its condition. So the accepted
rows are kept, and the core rows are worked out anew from the rows of all deliveries in use.
"""

import duckdb

from data_contracts.contract import Contract, load_contracts
from ingest.conform import newest_pseudonyms, offer_relations, select_rows, withdraw_relations
from ingest.stage import DELIVERED, FAILED, staged_types
from packs.mapping import Mapping
from packs.pack import Pack

_READS_BESIDE = frozenset({"residence", "person_alias"})
_ROWS = "rows_of_all_deliveries"


def keep_rows(con: duckdb.DuckDBPyConnection, contract: Contract, batch_id: int) -> None:
    """Keep the accepted rows of the staged file."""
    fields = ", ".join(f"{name} := CAST({name} AS VARCHAR)" for name in _types(contract))
    con.execute(
        f"INSERT INTO meta.told_row (batch_id, row_number, told) SELECT ?, row_number, to_json(struct_pack({fields})) "
        f"FROM {DELIVERED} WHERE row_number NOT IN (SELECT row_number FROM {FAILED})",
        [batch_id],
    )


def forget_rows(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Forget the rows of a delivery that is being replaced."""
    con.execute("DELETE FROM meta.told_row WHERE batch_id = ?", [batch_id])


def derive_anew(con: duckdb.DuckDBPyConnection, pack: Pack, mapping: Mapping) -> set[str]:
    """Work out the core rows that depend on a delivery that came or was replaced.

    Args:
        con: The warehouse being built, with `standing`.
        pack: The country pack.
        mapping: The mapping of the delivery's file type.

    Returns:
        The core tables that were filled anew.
    """
    filled = {target.table for target in mapping.targets}
    changed = set()
    for each in pack.mappings.values():
        if each.from_all_deliveries and (each is mapping or filled & _READS_BESIDE):
            changed |= _derive(con, each)
    return changed


def _derive(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> set[str]:
    row = con.execute(
        "SELECT arg_max(batch_id, place) FROM standing WHERE file_type = ?", [mapping.file_type]
    ).fetchone()
    if not row or row[0] is None:
        return set()
    contract = load_contracts([mapping.file_type])[mapping.file_type]
    types = _types(contract)
    texts = ", ".join(f'"{name}": "VARCHAR"' for name in types)
    read = ", ".join(f"CAST(told.{name} AS {kind}) AS {name}" for name, kind in types.items())
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {_ROWS} AS "
        f"SELECT row_number() OVER (ORDER BY place, row_number) AS row_number, {read} FROM "
        f"(SELECT place, row_number, from_json(told, '{{{texts}}}') AS told FROM meta.told_row JOIN standing "
        "USING (batch_id) WHERE file_type = ?)",
        [mapping.file_type],
    )
    identifiers = tuple(column.name for column in contract.columns if column.type == "identifier")
    con.execute(f"CREATE OR REPLACE TEMP VIEW staged AS {newest_pseudonyms(con, _ROWS, identifiers)}")
    offer_relations(con, mapping)
    for target in mapping.targets:
        own = "SELECT batch_id FROM meta.batch WHERE file_type = $file_type UNION SELECT CAST($batch AS INTEGER)"
        bound = {"file_type": mapping.file_type, "batch": row[0]}
        con.execute(f"DELETE FROM core.{target.table} WHERE batch_id IN ({own})", bound)
        keys, columns = ", ".join(target.same_fact.columns), ", ".join(target.columns)
        gone = f"WHERE ({keys}) NOT IN (SELECT ({keys}) FROM {target.withdrawn})" if target.withdrawn else ""
        con.execute(
            f"INSERT INTO core.{target.table} ({columns}, batch_id) "
            f"SELECT {columns}, ? FROM ({select_rows(target)}) {gone}",
            [row[0]],
        )
    withdraw_relations(con, mapping)
    con.execute(f"DROP TABLE temp.{_ROWS}")
    return {target.table for target in mapping.targets}


def _types(contract: Contract) -> dict[str, str]:
    return {name: kind for name, kind in staged_types(contract).items() if name != "row_number"}
