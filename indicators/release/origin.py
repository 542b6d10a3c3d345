"""What a release's numbers were computed from, noted when they are published and sealed in the register.

The warehouse goes on: files are loaded, replaced and computed anew, while a quarter that was released stays as it was.
Only what was noted at that moment can say later from which files, definitions and settings its numbers came.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

import tvaers
from indicators.computed import last_computed
from indicators.fingerprint import pages_fingerprint
from packs.pack import Pack
from tvaers.master_key import MasterKey


@dataclass(frozen=True)
class Origin:
    """What the numbers of one register entry were made from.

    Attributes:
        code: Version of the program that protected and published them.
        computed_with: What was noted when they were computed: version of the program, day, area, pack and its hash,
            the classifier that decides who has the disease.
        pack: The pack by which they were published, with its version.
        pack_hash: Hash of that pack's pages, its disclosure policy among them.
        definitions: Hash of each definition by its id.
        batches: Numbers of the deliveries that were in use.
        deliveries: Seal over these deliveries and the hashes of their files, so that a warehouse that was built anew,
            and numbers its deliveries anew, is not taken for the one that was.
    """

    code: str
    computed_with: Mapping[str, str]
    pack: str
    pack_hash: str
    definitions: Mapping[str, str]
    batches: tuple[int, ...]
    deliveries: str


def origin_now(con: duckdb.DuckDBPyConnection, pack: Pack, key: MasterKey) -> Origin:
    """Return from what the warehouse's results come, at the moment when they are published.

    Args:
        con: A connection whose default catalog is the warehouse.
        pack: The pack in use.
        key: The key that seals the list of deliveries.
    """
    in_use = con.execute("SELECT batch_id FROM meta.batch WHERE state = 'loaded' ORDER BY batch_id").fetchall()
    batches = tuple(number for (number,) in in_use)
    left_out = ("disease", "reporting_date", "reporting_dates", "indicators")
    return Origin(
        code=tvaers.__version__,
        computed_with={name: value for name, value in last_computed(con).items() if name not in left_out},
        pack=f"{pack.name} {pack.version}",
        pack_hash=pages_fingerprint(pack.folder),
        definitions=definitions_computed(con),
        batches=batches,
        deliveries=key.seal(_told(con, batches)),
    )


def definitions_computed(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the hash of each definition that the results were computed with; none where no hash was noted."""
    try:
        return dict(con.execute("SELECT indicator_id, hash FROM indicator.definition ORDER BY 1").fetchall())
    except duckdb.CatalogException:
        return {}


def is_of_this_warehouse(con: duckdb.DuckDBPyConnection, origin: Origin, key: MasterKey, key_id: str) -> bool:
    """Return whether the deliveries of an origin are those that the warehouse has under these numbers.

    Args:
        con: A connection whose default catalog is the warehouse.
        origin: What was noted.
        key: The key in force.
        key_id: The key under which the register's entry was sealed.
    """
    return key.has_sealed(_told(con, origin.batches), key_id, origin.deliveries)


def _told(con: duckdb.DuckDBPyConnection, batches: tuple[int, ...]) -> bytes:
    found = con.execute(
        "SELECT batch_id, file_hash FROM meta.batch WHERE batch_id IN (SELECT unnest(?)) ORDER BY batch_id",
        [list(batches)],
    ).fetchall()
    return b"deliveries:" + json.dumps(found).encode()
