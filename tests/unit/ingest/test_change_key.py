"""A change of key: every keyed hash is another one, nothing else is, and the same people are known again."""

import hashlib
import hmac
import importlib
import json
import re
import shutil
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest

from indicators.compute import compute_on
from ingest.change_key import change_key
from ingest.job import run
from tests.lib.computed import catalogue_of
from tests.lib.deliveries import (
    CHANGES,
    PRACTICE,
    answer,
    contents,
    deliver,
    identifiers,
    measurements,
    new_home,
    opened,
    text,
    typed_rows,
)
from tests.lib.drawn_tables import complete, insert, parse
from tvaers.errors import SecretKeyError, WarehouseError
from tvaers.keys import announced_key, load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_for_build

PEOPLE = identifiers(6)
ADM = ("pnr", "recnum", "d_inddto", "d_uddto", "c_pattype", "c_spec")
DIAG = ("recnum", "c_diag", "c_diagtype")
HASH = re.compile(r"[0-9a-f]{32}")


def referral(person, status="active"):
    patient = {"resourceType": "Patient", "id": f"p{person}",
               "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": person}]}  # fmt: skip
    request = {"resourceType": "ServiceRequest", "id": f"r{person}", "status": status, "authoredOn": "2025-01-05"}
    return {
        "resourceType": "Bundle", "type": "collection", "timestamp": "2025-03-02T08:00:00+01:00",
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in (patient, request)],
    }  # fmt: skip


def views(people):
    """The region's own view, whose contacts are named after the person, the time and the department."""
    return typed_rows("for_lpr3kontakter", *({"cpr": person} for person in people))


def first_deliveries(folder):
    """Contacts, diagnoses of them and of one not delivered yet, a changed identifier, referrals, measurements."""
    contacts = [(one, f"c{one}", "2017-05-04", "2017-05-04", "1", "01") for one in PEOPLE[:5]]
    deliver(folder, "lpr_adm_2017.csv", text(ADM, contacts))
    diagnoses = [(contact[1], code, "A") for contact in contacts for code in ("DE119", "DI10", "DH360", "DN083")]
    deliver(folder, "lpr_diag_2017.csv", text(DIAG, [*diagnoses, ("late", "DE110", "A")]))
    deliver(folder, "cpr_skift_2025.csv", text(CHANGES, [(PEOPLE[0], PEOPLE[5], "2025-05-05")]))
    deliver(folder, "kl_gateway_119_2025.json", json.dumps([referral(one) for one in PEOPLE[:3]]))
    deliver(folder, "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE[:5])))
    deliver(folder, "for_lpr3kontakter_2024.csv", views(PEOPLE[1:3]))


def later_deliveries(folder):
    """The contact that was waited for, referrals and a view told again, and the same people's measurements."""
    deliver(folder, "lpr_adm_2018.csv", text(ADM, [(PEOPLE[1], "late", "2018-05-04", "2018-05-04", "1", "01")]))
    deliver(folder, "kl_gateway_119_2026.json", json.dumps([referral(one, "completed") for one in PEOPLE[:3]]))
    deliver(folder, "praksis_maalinger_2026.csv", text(PRACTICE, measurements(PEOPLE[:5], value="60")))
    deliver(folder, "for_lpr3kontakter_2025.csv", views(PEOPLE[1:4]))


class NoReport:
    """Stands in for Great Expectations, whose page no test here looks at and whose loading takes seconds."""

    def __init__(self, con):
        pass

    @contextmanager
    def validating(self, contract, file_name):
        page = Future()
        page.set_result("")
        yield page


def ingest(settings, folder):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ingest.file_job.Validator", NoReport)
        patched.setattr("ingest.job.load_ahead", lambda: None)
        states = {verdict.state for verdict in run(settings, folder).files}
    assert states <= {"accepted", "accepted_with_quarantine"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A home with the first deliveries. Read only: `home` is a copy of it."""
    folder = tmp_path_factory.mktemp("first")
    settings = new_home(folder)
    first_deliveries(folder / "extracts")
    ingest(settings, folder / "extracts")
    return settings


def copy_of(settings, folder):
    shutil.copytree(settings.home, folder / "home")
    shutil.copytree(settings.key_file.parent, folder / "keys")
    copied = Settings(home=folder / "home", key_file=folder / "keys" / settings.key_file.name)
    copied.save()
    return copied


@pytest.fixture
def home(loaded, tmp_path):
    return copy_of(loaded, tmp_path)


def everything(settings):
    """Every row of every table, computed ones included."""
    with opened(settings) as con:
        names = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'warehouse'"
        ).fetchall()
        return {name: con.execute(f"FROM warehouse.{name}").fetchall() for (name,) in names}


def again(hashed, key):
    """Hash once more, by the standard library."""
    return hmac.new(key.hex().encode(), f"again|{hashed}".encode(), hashlib.sha256).hexdigest()[:32]


def changed(cell, key):
    """What a cell should be under the new key."""
    person, record = key.subkey("warehouse"), key.subkey("record-key")
    if isinstance(cell, UUID):
        return UUID(again(cell.hex, person))
    if not isinstance(cell, str) or len(cell) == 64:
        return cell
    if cell.startswith("{"):
        told = {name: changed_in_report(value, person, record) for name, value in json.loads(cell).items()}
        return json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return HASH.sub(lambda found: again(found[0], record), cell)


def changed_in_report(value, person, record):
    if value is None:
        return None
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return str(UUID(again(UUID(value).hex, person)))
    return again(value, record) if HASH.fullmatch(value) else value


def test_every_hash_is_the_new_keys_and_nothing_else_changes(home):
    before, old = everything(home), load_master_key(home)
    done = change_key(home)
    after, new = everything(home), load_master_key(home)
    assert (done.old_key_id, done.new_key_id) == (old.key_id, new.key_id)
    assert old.key_id != new.key_id
    for name in ("core.person_alias", "meta.waiting", "meta.told_row", "parked.diagnosis", "core.municipal_course"):
        assert before[name], name
    for name, rows in before.items():
        expected = [[changed(cell, new) for cell in row] for row in rows]
        if name == "meta.batch":
            expected = [[new.key_id if cell == old.key_id else cell for cell in row] for row in expected]
        assert sorted(map(repr, map(list, after[name]))) == sorted(map(repr, expected)), name


def test_no_hash_of_before_and_no_order_of_before_is_in_the_new_file(home):
    before = hashes(everything(home))
    change_key(home)
    after = everything(home)
    assert len(before) > 10
    assert before & hashes(after) == set()
    people = [row[0] for row in answer(home, "SELECT patient_id FROM core.measurement")]
    assert people == sorted(people)


def hashes(tables):
    rows = (cell for table in tables.values() for row in table for cell in row)
    cells = (cell.hex if isinstance(cell, UUID) else re.sub(r"(?<=[0-9a-f])-", "", str(cell)) for cell in rows)
    return {found for cell in cells if len(cell) != 64 for found in HASH.findall(cell)}


def test_the_same_people_are_known_again_after_two_changes(home, loaded, tmp_path):
    later_deliveries(tmp_path / "later")
    for _ in range(2):
        change_key(home)
    assert len(load_master_key(home).earlier) == 2
    ingest(home, tmp_path / "later")
    assert answer(home, "SELECT count(DISTINCT patient_id), count(*) FROM core.measurement") == [(5, 10)]
    newest = "SELECT DISTINCT patient_id FROM core.person_alias"
    assert answer(home, f"SELECT count(*) FROM core.measurement WHERE patient_id IN ({newest})") == [(2,)]
    assert answer(home, "SELECT status, count(*) FROM core.municipal_course GROUP BY status") == [("completed", 3)]
    assert answer(home, "SELECT count(*) FROM meta.waiting") == [(0,)]
    from_views = "SELECT count(*) FROM {}.hospital_contact WHERE contact_id LIKE 'bi:%'"
    assert [answer(home, from_views.format(schema)) for schema in ("core", "parked")] == [[(3,)], [(2,)]]
    joined = "SELECT count(*) FROM core.diagnosis JOIN core.hospital_contact USING (patient_id, contact_id)"
    assert answer(home, joined) == [(27,)]
    assert answer(home, "SELECT count(DISTINCT key_id) FROM meta.batch") == [(1,)]


def test_indicators_are_the_same_as_stored_and_computed_again(tmp_path):
    settings = new_home(tmp_path)
    drawing = """
        measurement
        patient | taken_on   | analyte | value
        1       | 2025-06-01 | hba1c   | 50
        2       | 2025-06-01 | hba1c   | 60
        3       | 2012-01-01 | hba1c   | 60
        3       | 2030-01-01 | hba1c   | 60
    """
    with open_for_build(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        con.execute("CREATE SCHEMA indicator")
        con.execute(
            "CREATE TABLE indicator.diabetes "
            "(patient_id UUID, diabetes_type VARCHAR, diabetes_since_on DATE, definition VARCHAR)"
        )
        insert(con, complete(parse(drawing)))
        compute(con)
    before = answer(settings, "SELECT * FROM indicator.result ORDER BY ALL")
    people = "SELECT diabetes_type, period_end, denominator, numerator FROM indicator.diabetes JOIN "
    people += "indicator.patient_result USING (patient_id) ORDER BY ALL"
    told = answer(settings, people)
    change_key(settings)
    assert len(before) > 5
    assert len(told) > 1
    assert answer(settings, "SELECT * FROM indicator.result ORDER BY ALL") == before
    assert answer(settings, people) == told
    with open_for_build(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        compute(con)
    assert answer(settings, "SELECT * FROM indicator.result ORDER BY ALL") == before


def compute(con):
    compute_on(con, catalogue_of("hba1c_below_53"), [date(2025, 12, 31)], diabetes_definition="drawn")


MOMENTS = {
    "ingest.change_key._name_new_key": False,
    "ingest.change_key.announce_key": False,
    "ingest.change_key.withdraw_key": True,
}


@pytest.fixture(scope="module")
def cut_off(loaded, tmp_path_factory):
    """What a process killed at some moments of a change leaves behind: home and key as they were just then."""
    folder = tmp_path_factory.mktemp("killed")
    left = {}

    def keep(place, original):
        def kept(*args):
            # A change ends with the call that completes it; the other calls are seen when they have ended.
            done = None if MOMENTS[place] else original(*args)
            left[place] = copy_of(home, folder / str(len(left)))
            return original(*args) if MOMENTS[place] else done

        return kept

    home = copy_of(loaded, folder / "changed")
    with pytest.MonkeyPatch.context() as patched:
        for place in MOMENTS:
            module, name = place.rsplit(".", 1)
            patched.setattr(place, keep(place, getattr(importlib.import_module(module), name)))
        change_key(home)
    return left


@pytest.mark.parametrize("place", MOMENTS)
def test_a_change_killed_at_any_moment_leaves_a_key_and_the_warehouse_it_opens(loaded, cut_off, place):
    home, old = cut_off[place], load_master_key(loaded)
    key = load_master_key(home)
    assert (key.key_id != old.key_id) is MOMENTS[place]
    assert answer(home, "SELECT DISTINCT key_id FROM meta.batch") == [(key.key_id,)]
    assert (contents(home) == contents(loaded)) is not MOMENTS[place]
    assert announced_key(home) is (place == "ingest.change_key.announce_key")


def test_a_change_that_was_cut_off_can_be_made_again(cut_off):
    home = cut_off["ingest.change_key.announce_key"]
    before = load_master_key(home).key_id
    change_key(home)
    assert [each.key_id for each in load_master_key(home).earlier] == [before]
    assert not announced_key(home)
    assert [path.name for path in home.home.glob("warehouse.duckdb?*") if path.suffix != ".lock"] == []


def test_a_change_that_fails_takes_the_new_key_out_again(home, monkeypatch):
    before, held = home.warehouse.read_bytes(), home.key_file.read_text()

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.swap._sync", fail)
    with pytest.raises(WarehouseError, match="No space left"):
        change_key(home)
    assert (home.warehouse.read_bytes(), home.key_file.read_text()) == (before, held)


def test_an_old_backup_does_not_open_with_the_new_key(home, loaded):
    change_key(home)
    shutil.copyfile(loaded.warehouse, home.warehouse)
    with pytest.raises(WarehouseError, match="another key"):
        contents(home)


def test_without_a_warehouse_or_a_safe_key_nothing_is_changed(home):
    held = home.key_file.read_text()
    home.key_file.chmod(0o644)
    with pytest.raises(SecretKeyError):
        change_key(home)
    home.key_file.chmod(0o600)
    home.warehouse.unlink()
    with pytest.raises(WarehouseError, match="no warehouse"):
        change_key(home)
    assert home.key_file.read_text() == held
