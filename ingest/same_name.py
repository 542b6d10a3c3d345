"""What a file is that bears the name of an earlier delivery: its correction, or the next delivery under a used name.

Some suppliers call every month's file the same. Taken for a correction, such a file would take last month's data away.
The days of its rows tell which it is, unless its name is marked as a new version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from ingest.conform import offer_accepted_rows, select_rows, withdraw_relations
from ingest.delivery import Delivery
from ingest.recognise import key_beside
from ingest.standing import day_column
from packs.mapping import Target
from packs.pack import Pack
from tvaers.errors import ExtractError
from warehouse.run_log import Batch

# A correction tells nearly all days of what it corrects anew; the next delivery hardly any.
_CORRECTS = 0.97
_HARDLY_ANY = 0.1
_RANGE = (0.01, 0.99)  # a few stray days stretch no period


@dataclass(frozen=True)
class Place:
    """What becomes of a delivery whose name was used before.

    Attributes:
        delivery_key: What it is a delivery of.
        replaces: The deliveries it takes the place of.
        beside: The deliveries of its name that stay beside it.
    """

    delivery_key: str
    replaces: tuple[Batch, ...] = ()
    beside: tuple[Batch, ...] = ()


def place_of(con: duckdb.DuckDBPyConnection, pack: Pack, delivery: Delivery, earlier: Sequence[Batch]) -> Place:
    """Return what a staged delivery replaces.

    Args:
        con: The warehouse being built, with the staged table.
        pack: The country pack.
        delivery: The delivery.
        earlier: Deliveries in use that had its name.

    Raises:
        ExtractError: It can be neither a correction nor a delivery of its own.
    """
    is_marked = delivery.version > 1
    if not earlier:
        return Place(delivery.delivery_key)
    if is_marked and len(earlier) == 1:
        return Place(earlier[0].delivery_key, tuple(earlier))
    target = pack.mapping(delivery.contract.file_type).targets[0]
    period = _period(con, pack, delivery, target)
    told = {batch.batch_id: _share_told_anew(con, target, batch, period) for batch in earlier}
    least = _HARDLY_ANY if is_marked else _CORRECTS
    replaced = tuple(batch for batch in earlier if told[batch.batch_id] >= least)
    beside = tuple(batch for batch in earlier if told[batch.batch_id] < least)
    halfway = [batch for batch in beside if told[batch.batch_id] > _HARDLY_ANY]
    if halfway or (is_marked and not replaced):
        raise _undecided(delivery, halfway or beside, told)
    if replaced:
        return Place(replaced[0].delivery_key, replaced, beside)
    return Place(key_beside(delivery.delivery_key, period[0] if period else None), (), beside)


def _undecided(delivery: Delivery, batches: Sequence[Batch], told: dict[int, float]) -> ExtractError:
    share = max(told[batch.batch_id] for batch in batches)
    return ExtractError(
        f"A file of this name was loaded on {batches[0].ended_at:%Y-%m-%d}, and this one covers {share:.0%} of its "
        "days again: as a correction it would lose the rest, and beside it the same days would be told twice.",
        where=delivery.file_name,
        what_to_do="If it corrects that one, end its name in _v2; if not, give it a name of its own.",
        reason="same_name_other_days",
    )


def _period(con: duckdb.DuckDBPyConnection, pack: Pack, delivery: Delivery, target: Target) -> tuple[date, date] | None:
    """Return the first and last day of the staged rows; None when they have no day."""
    mapping = pack.mapping(delivery.contract.file_type)
    offer_accepted_rows(con, mapping)
    row = con.execute(
        f"SELECT quantile_disc({day_column(target.table)}, ?), quantile_disc({day_column(target.table)}, ?) "
        f"FROM ({select_rows(target)})",
        list(_RANGE),
    ).fetchone()
    withdraw_relations(con, mapping)
    return (row[0], row[1]) if row and row[0] else None


def _share_told_anew(
    con: duckdb.DuckDBPyConnection, target: Target, batch: Batch, period: tuple[date, date] | None
) -> float:
    """Return the share of an earlier delivery's rows that lie in a period; all of them when no day is known."""
    day = day_column(target.table)
    rows = " UNION ALL ".join(
        f"SELECT {day} FROM {schema}.{target.table} WHERE batch_id = $batch" for schema in ("core", "parked")
    )
    found = con.execute(
        f"SELECT count(*) FILTER ({day} BETWEEN $first AND $last), count({day}) FROM ({rows})",
        {"batch": batch.batch_id, "first": period and period[0], "last": period and period[1]},
    ).fetchone()
    inside, every = found or (0, 0)
    return inside / every if every and period else 1.0
