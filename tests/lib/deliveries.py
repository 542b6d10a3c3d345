"""Small deliveries written by hand, and a home to load them into."""

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from data_contracts.contract import load_contracts
from data_contracts.warehouse_tables import load_tables
from ingest.identifier import IdentifierScheme, read_scheme
from packs.pack import load_pack
from tests.lib.staged_rows import clean_row
from tvaers.keys import create_key_file, load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_read_only

PRACTICE = ("CPR", "Ydernr", "Dato", "Kode", "Vaerdi", "Enhed")
LABKA = ("PNR", "REALSAMPLECOLLECTIONTIME", "OL_INVER_IUPAC_CDE", "RELATIONSIGN", "INTERNAL_REPLY_NUM", "REQUISITIONER")
CHANGES = ("pnr_gammel", "pnr_ny", "skift_dato")

_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def identifiers(count: int, first: date = date(1940, 1, 1)) -> list[str]:
    """Return distinct identifiers with a valid check digit, born on as many days of the last century."""
    found = []
    day = first
    while len(found) < count:
        birth = f"{day:%d%m%y}"
        fits = (f"{birth}{serial:04d}" for serial in range(1, 1000))
        found.append(next(number for number in fits if sum(map(_product, number, _WEIGHTS)) % 11 == 0))
        day += timedelta(days=37)
    return found


def _product(digit: str, weight: int) -> int:
    return int(digit) * weight


def measurements(people: Sequence[str], *, value: str = "52", code: str = "NPU27300") -> list[tuple[str, ...]]:
    """Return one row of general-practice measurements per person."""
    return [(person, "012345", "2025-03-02", code, value, "mmol/mol") for person in people]


def results(people: Sequence[str], *, value: str = "52") -> list[tuple[str, ...]]:
    """Return one row of the regional laboratory database per person."""
    return [(person, "2025-03-02 08:30:00", "NPU27300", "=", value, "Y012345") for person in people]


def text(header: Sequence[str], rows: Sequence[Sequence[str]], separator: str = ";") -> str:
    """Return a delivered table as text."""
    held = io.StringIO()
    csv.writer(held, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return held.getvalue()


def deliver(folder: Path, name: str, content: str | bytes) -> Path:
    """Put a file into a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def new_home(folder: Path) -> Settings:
    """Return a home that was set up and holds nothing yet."""
    settings = Settings(home=folder / "home", key_file=folder / "keys" / "master.key")
    settings.save()
    create_key_file(settings.key_file)
    return settings


@contextmanager
def opened(settings: Settings):
    """Open the warehouse of a home for reading."""
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        yield con


def answer(settings: Settings, question: str) -> list[tuple]:
    """Return what a query of the warehouse gives."""
    with opened(settings) as con:
        return con.execute(question).fetchall()


def contents(settings: Settings, *schemas: str) -> dict[str, tuple]:
    """Return the number of rows of every core table, and a sum that tells their contents apart.

    Numbers of deliveries are left out: they tell when something was loaded, not what.
    """
    found = {}
    with opened(settings) as con:
        for table in load_tables():
            if table.schema != "core":
                continue
            columns = ", ".join(column.name for column in table.columns if column.name != "batch_id")
            for schema in schemas or ("core",):
                found[f"{schema}.{table.name}"] = con.execute(
                    f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM {schema}.{table.name}"
                ).fetchone()
    return found


def country_scheme() -> IdentifierScheme:
    """Return how the default pack writes identifiers."""
    return read_scheme(load_pack("denmark").folder)


def typed_rows(file_type: str, *changes: Mapping[str, str]) -> str:
    """Return a delivery of any file type: rows of its contract's examples, each with changes."""
    contract = load_contracts(load_pack("denmark").contracts)[file_type]
    rows = [clean_row(contract, **each) for each in changes]
    return text(list(rows[0]), [list(row.values()) for row in rows])
