"""The computation as a job: an encrypted warehouse in, the same warehouse with results out, or nothing changed."""

from datetime import date
from hashlib import sha256

import pytest

from indicators.compute import compute
from indicators.explain.person import explain
from tests.lib.drawn_tables import complete, insert, parse, patient_uuid
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError, WarehouseError
from tvaers.keys import create_key_file, load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_for_build, open_read_only
from warehouse.schema import schema_version

DAYS = [date(2025, 12, 31), date(2025, 9, 30)]
# Two raised HbA1c on two days make a person with diabetes.
DRAWING = """
    measurement
    patient | taken_on   | value
    1       | 2024-06-01 | 55
    1       | 2024-12-01 | 60
    1       | 2025-06-01 | 50
    2       | 2024-06-01 | 40
    1       | 2025-12-20 |
"""


@pytest.fixture
def home(tmp_path):
    settings = Settings(home=tmp_path / "home", key_file=tmp_path / "keys" / "master.key")
    settings.save()
    create_key_file(settings.key_file)
    with open_for_build(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        insert(con, {table: rows for table, rows in complete(parse(DRAWING)).items() if table != "diabetes"})
    return settings


def tables(settings: Settings, statement: str) -> list[tuple]:
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        return con.execute(statement).fetchall()


def test_results_are_in_the_warehouse_and_computing_again_gives_the_same(home):
    summary = compute(home, DAYS)
    assert summary.people["osdc"] == 1
    assert summary.indicators == len(catalogue().indicators)
    results = tables(home, "SELECT * FROM indicator.result")
    assert len(results) == sum(summary.results.values())
    assert tables(home, "SELECT patient_id, definition FROM indicator.diabetes WHERE definition = 'osdc'") == [
        (patient_uuid(1), "osdc")
    ]
    compute(home, DAYS)
    assert tables(home, "SELECT * FROM indicator.result") == results
    assert tables(home, "SELECT count(*) FROM core.measurement") == [(5,)]
    assert (str(schema_version()),) in tables(home, "SELECT schema_version::VARCHAR FROM meta.version")


def test_a_patient_can_be_explained_on_any_date(home):
    compute(home, DAYS)
    person = str(patient_uuid(1))
    assert explain(home, "hba1c_below_53", person).verdict == "counts, and meets the indicator"
    earlier = explain(home, "hba1c_below_53", person, date(2025, 3, 31))
    assert earlier.verdict == "counts, and does not meet the indicator"


def test_nobody_can_be_explained_before_anything_was_computed(home):
    with pytest.raises(WarehouseError, match="No indicator has been computed yet"):
        explain(home, "hba1c_below_53", str(patient_uuid(1)))


def test_a_computation_that_fails_leaves_the_warehouse_as_it_was(home):
    compute(home, DAYS)
    before = sha256(home.warehouse.read_bytes()).hexdigest()
    with pytest.raises(DefinitionError):
        compute(home, [])
    assert sha256(home.warehouse.read_bytes()).hexdigest() == before
    assert [path.name for path in home.home.glob("*.new*")] == []


def test_a_missing_warehouse_is_refused(home):
    home.warehouse.unlink()
    with pytest.raises(WarehouseError, match="There is no warehouse"):
        compute(home, DAYS)
