"""What becomes of other deliveries' rows when one comes or goes: they make way, come back, or are outdone by it."""

from collections.abc import Sequence

import duckdb

from ingest.alias import target_of
from ingest.newest import bring_back, find_keys_in_doubt, let_newest_decide
from ingest.same_fact import move, park_with_first, repeats_of_others, types_with_parked_rows
from ingest.standing import after_by_type
from packs.mapping import Mapping
from packs.pack import Pack
from warehouse.run_log import move_duplicates


def make_way(con: duckdb.DuckDBPyConnection, pack: Pack, mapping: Mapping, batch_id: int) -> set[str]:
    """Park rows of deliveries that stand after a new one and tell what it tells; return the tables of these rows."""
    changed = set()
    for file_type, others in after_by_type(con, batch_id).items():
        first, *rest = pack.mapping(file_type).targets
        for table in {target.table for target in mapping.targets}:
            target = target_of(pack.mapping(file_type), table)
            if (
                target is None
                or target.upsert
                or pack.mapping(file_type).from_all_deliveries
                or not repeats_of_others(con, target, others, [batch_id])
            ):
                continue
            parked = move(con, table, "core", "parked", "among_others")
            changed.add(table)
            for other, rows in parked if target is first else ():
                move_duplicates(con, other, -rows)
                for later in (each for each in rest if each.goes_with_first):
                    park_with_first(con, table, later, other)
                    changed.add(later.table)
    return changed


def bring_back_untold(con: duckdb.DuckDBPyConnection, pack: Pack, file_types: Sequence[str]) -> None:
    """Bring back parked rows whose fact is told by nobody, after deliveries of some file types were taken away."""
    tables = {target.table for each in file_types for target in pack.mapping(each).targets if not target.upsert}
    waiting = {each for table in tables for each in types_with_parked_rows(con, table)}
    for file_type in (each for each in pack.contracts if each in waiting):
        first, *_ = targets = pack.mapping(file_type).targets
        for target in targets:
            if target.upsert or not (target.table in tables or target.goes_with_first):
                continue
            back = bring_back(con, target, first, file_type)
            for batch_id, rows in back if target is first else ():
                move_duplicates(con, batch_id, rows)


def settle_versions(
    con: duckdb.DuckDBPyConnection, pack: Pack, mapping: Mapping, batch_id: int, *, leaning: bool
) -> int:
    """Let the newest of the deliveries that tell the same facts otherwise decide, and others follow.

    Args:
        con: The warehouse being built.
        pack: The country pack.
        mapping: The mapping of the delivery's file type.
        batch_id: The delivery.
        leaning: Look at the targets whose rows lean on a partner, instead of the others.

    Returns:
        How many more of the delivery's rows are in use.
    """
    more = 0
    for target in mapping.targets:
        if not target.later_decides or bool(target.partner) is not leaning:
            continue
        find_keys_in_doubt(con, target, mapping.file_type, batch_id)
        moved = let_newest_decide(con, target, mapping.file_type)
        for sign, batches in ((-1, moved.out), (1, moved.into)):
            for other, rows in batches if target is mapping.targets[0] else ():
                move_duplicates(con, other, sign * rows)
                more += sign * rows * (other == batch_id)
        for other, _ in moved.into:
            make_way(con, pack, mapping, other)
        if moved:
            bring_back_untold(con, pack, [mapping.file_type])
    return more
