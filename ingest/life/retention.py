"""Rows that are kept no longer: what would go by the pack's rules, and the warehouse written anew without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from ingest.build import open_work, write_sorted
from packs.pack import Pack, load_pack
from packs.retention import PAGE, Rule, load_retention
from tvaers.errors import DefinitionError
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_read_only
from warehouse.run_log import move_duplicates, refuse_other_key
from warehouse.swap import one_builder_at_a_time, place_beside, remove_leftovers, replace_atomically, working_copy


@dataclass(frozen=True)
class Due:
    """What goes of one table by its rule.

    Attributes:
        keeps_from: First day whose rows are kept.
        rows: Rows that are older, parked ones included.
        oldest: The oldest day among them; None when there are none.
    """

    rule: Rule
    keeps_from: date
    rows: int
    oldest: date | None


def rules_of(pack: Pack, today: date) -> tuple[Rule, ...]:
    """Return the rules of a pack that hold on a day.

    Raises:
        DefinitionError: The page is wrong, or names a table whose rows cannot go by their own day: kept reports tell
            them anew at every ingest, or rows of other tables lean on them.
    """
    targets = [(each, target) for each in pack.mappings.values() for target in each.targets]
    retold = {target.table for each, target in targets if each.from_all_deliveries}
    leant_on = {join.table for _, target in targets for join in target.joins}
    rules = load_retention(pack.folder, today)
    if wrong := sorted({rule.table for rule in rules} & (retold | leant_on)):
        raise DefinitionError(
            "Rows of this table cannot go by their own day yet: kept reports tell them anew, or others lean on them.",
            where=f"{PAGE}: {', '.join(wrong)}",
            what_to_do="Take the rule out of the page.",
        )
    return rules


def due_of(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], today: date) -> list[Due]:
    """Return what would go of each table on a day."""
    return [_due(con, rule, rule.keeps_from(today)) for rule in rules]


def what_is_due(settings: Settings, today: date) -> list[Due]:
    """Return what would go of the warehouse on a day; nothing is changed.

    Raises:
        TvaersError: There is no warehouse, it is under another key, or the rules are wrong.
    """
    rules = rules_of(load_pack(settings.pack), today)
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        return due_of(con, rules, today)


def let_go(settings: Settings, today: date) -> list[Due]:
    """Write the warehouse anew without the rows that are kept no longer; computed tables are to be computed again.

    Rows that go count as rows not in use, as after an erasure. Where nothing is due, nothing is written.

    Raises:
        TvaersError: As for `what_is_due`, or a job is writing the warehouse.
    """
    pack = load_pack(settings.pack)
    rules = rules_of(pack, today)
    with one_builder_at_a_time(settings.warehouse):
        key = load_master_key(settings)
        encryption = key.subkey("encryption")
        with open_read_only(settings.warehouse, encryption) as con:
            refuse_other_key(con, key.key_id)
            due = due_of(con, rules, today)
        if not any(each.rows for each in due):
            return due
        with (
            working_copy(settings.warehouse) as work,
            open_work(work, encryption, result=place_beside(settings.warehouse), coming=()) as con,
        ):
            for each in due:
                _take_out(con, pack, each)
            with replace_atomically(settings.warehouse) as beside:
                write_sorted(con, beside, encryption, set())
        remove_leftovers(settings.warehouse, ".work")
    return due


def _due(con: duckdb.DuckDBPyConnection, rule: Rule, keeps_from: date) -> Due:
    day = rule.counted_from
    old = " UNION ALL ".join(
        f"SELECT {day} AS day FROM {schema}.{rule.table} WHERE {day} < $keeps_from" for schema in ("core", "parked")
    )
    rows, oldest = con.execute(f"SELECT count(*), min(day) FROM ({old})", {"keeps_from": keeps_from}).fetchall()[0]
    return Due(rule, keeps_from, rows, oldest)


def _take_out(con: duckdb.DuckDBPyConnection, pack: Pack, due: Due) -> None:
    table, is_old = due.rule.table, f"{due.rule.counted_from} < ?"
    counted = con.execute(
        f"SELECT batch_id, file_type, count(DISTINCT row_number) FROM core.{table} JOIN meta.batch USING (batch_id) "
        f"WHERE {is_old} GROUP BY ALL",
        [due.keeps_from],
    ).fetchall()
    for batch_id, file_type, rows in counted:
        mapping = pack.mappings.get(file_type)
        if mapping and mapping.targets[0].table == table:
            move_duplicates(con, batch_id, -rows)
    for schema in ("core", "parked"):
        con.execute(f"DELETE FROM {schema}.{table} WHERE {is_old}", [due.keeps_from])
