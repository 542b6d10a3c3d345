"""Whoever objects is nowhere any more, and does not come back: not by a re-delivery, a new number or a new practice."""

import json
import shutil
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from ingest.change_key import change_key
from ingest.job import run
from ingest.life.erase import erase, note_objections
from ingest.life.objections import newest_file, objections_file, read_objections
from tests.lib.deliveries import CHANGES, PRACTICE, answer, contents, deliver, measurements, new_home, text
from tests.unit.ingest.test_change_key import (
    ADM,
    DIAG,
    PEOPLE,
    NoReport,
    first_deliveries,
    later_deliveries,
    referral,
    views,
)
from tvaers.errors import ExtractError, WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from warehouse import connection

OLD, NEW, STAYS = PEOPLE[0], PEOPLE[5], PEOPLE[1]


@pytest.fixture(autouse=True)
def no_data_docs(monkeypatch):
    monkeypatch.setattr("ingest.file_job.Validator", NoReport)
    monkeypatch.setattr("ingest.job.load_ahead", lambda: None)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded")
    first_deliveries(folder / "extracts")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("ingest.file_job.Validator", NoReport)
        quick.setattr("ingest.job.load_ahead", lambda: None)
        run(new_home(folder), folder / "extracts")
    return folder


@pytest.fixture
def home(loaded, tmp_path):
    shutil.copytree(loaded, tmp_path, dirs_exist_ok=True)
    return Settings(home=tmp_path / "home", key_file=tmp_path / "keys" / "master.key")


def pseudonyms(settings):
    """Return every pseudonym anywhere in the warehouse, parked and kept rows included."""
    tables = answer(
        settings,
        "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
        "WHERE data_type = 'UUID' AND NOT internal AND database_name = 'warehouse'",
    )
    found = {each for name, column in tables for (each,) in answer(settings, f"SELECT {column} FROM {name}") if each}
    kept = " ".join(told for (told,) in answer(settings, "SELECT told FROM meta.told_row"))
    return {each.hex for each in found}, kept


def balance(settings):
    return answer(
        settings, "SELECT bool_and(rows_in = rows_loaded + rows_quarantined + rows_duplicate) FROM meta.batch"
    )


def contacts(people, until="2017-05-04"):
    return [(one, f"c{one}", "2017-05-04", until, "1", "01") for one in people]


def without(folder, settings, gone):
    """Return a home in which the same deliveries never told of some people, under the same key."""
    other = new_home(folder)
    other.key_file.write_bytes(settings.key_file.read_bytes())
    here = [each for each in PEOPLE[:5] if each not in gone]
    deliver(folder / "x", "lpr_adm_2017.csv", text(ADM, contacts(here)))
    codes = ("DE119", "DI10", "DH360", "DN083")
    diagnoses = [(f"c{p}", code, "A") for p in here for code in codes]
    deliver(folder / "x", "lpr_diag_2017.csv", text(DIAG, diagnoses))
    deliver(folder / "x", "kl_gateway_119_2025.json", json.dumps([referral(p) for p in PEOPLE[:3] if p in here]))
    deliver(folder / "x", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(here)))
    deliver(folder / "x", "for_lpr3kontakter_2024.csv", views([p for p in PEOPLE[1:3] if p in here]))
    run(other, folder / "x")
    return other


def test_an_erased_person_is_nowhere_and_the_others_are_as_if_that_person_had_never_come(home, tmp_path):
    note_objections(home, [NEW])
    done = erase(home)
    assert done.listed == 2
    assert done.rows > 5
    found, kept = pseudonyms(home)
    listed = read_objections(home, load_master_key(home)).people
    assert not found & listed
    assert not any(str(UUID(each)) in kept or each in kept for each in listed)
    assert balance(home) == [(True,)]
    # Of a contact that never came nobody knows whose it is: its one diagnosis waits on.
    assert answer(home, "SELECT DISTINCT code FROM parked.diagnosis") == [("DE110",)]
    assert contents(home) == contents(without(tmp_path / "b", home, {OLD, NEW}))


def test_a_delivery_after_the_objection_brings_nothing_back_whatever_the_number_or_the_practice(home, tmp_path):
    note_objections(home, [STAYS])
    erase(home)
    again = tmp_path / "again"
    later_deliveries(again)
    moved = [(STAYS, "987654", "2026-02-02", "NPU27300", "70", "mmol/mol"), *measurements(PEOPLE[2:5])]
    deliver(again, "praksis_maalinger_2024.csv", text(PRACTICE, moved))
    deliver(again, "lpr_adm_2017_v2.csv", text(ADM, contacts(PEOPLE[:5], until="2017-05-05")))
    assert {each.state for each in run(home, again).files} <= {"accepted", "accepted_with_quarantine"}
    found, kept = pseudonyms(home)
    (listed,) = read_objections(home, load_master_key(home)).people
    assert listed not in found
    assert str(UUID(listed)) not in kept
    assert balance(home) == [(True,)]
    # The contact that diagnoses waited for was hers: they are not kept either, waiting or not.
    assert answer(home, "SELECT count(*) FROM parked.diagnosis WHERE code = 'DE110'") == [(0,)]
    assert answer(home, "SELECT count(*) FROM meta.waiting") == [(0,)]


def test_a_new_number_that_is_told_after_the_objection_is_left_out_as_well(home, tmp_path):
    note_objections(home, [STAYS])
    erase(home)
    new = PEOPLE[4]
    deliver(tmp_path / "c", "cpr_skift_2026.csv", text(CHANGES, [(STAYS, new, "2026-05-05")]))
    run(home, tmp_path / "c")
    assert len(read_objections(home, load_master_key(home)).people) == 2
    deliver(tmp_path / "d", "praksis_maalinger_2026.csv", text(PRACTICE, measurements([new, PEOPLE[2]], value="61")))
    run(home, tmp_path / "d")
    assert answer(home, "SELECT count(*) FROM core.measurement WHERE value = 61") == [(1,)]


def test_diagnoses_of_an_erased_contact_that_come_in_a_later_file_are_not_kept(home, tmp_path):
    note_objections(home, [STAYS])
    erase(home)
    others = [(f"c{p}", "DN183", "A") for p in PEOPLE[:5] for _ in range(8) if p != STAYS]
    deliver(tmp_path / "c", "lpr_diag_2018.csv", text(DIAG, [(f"c{STAYS}", "DC509", "A"), *others]))
    run(home, tmp_path / "c")
    assert answer(home, "SELECT count(*) FROM core.diagnosis WHERE code = 'DN183'") != [(0,)]
    for schema in ("core", "parked"):
        assert answer(home, f"SELECT count(*) FROM {schema}.diagnosis WHERE code = 'DC509'") == [(0,)]


def test_the_list_holds_through_a_change_of_key(home, tmp_path):
    note_objections(home, [STAYS])
    erase(home)
    before = read_objections(home, load_master_key(home))
    change_key(home)
    after = read_objections(home, load_master_key(home))
    assert len(after.people) == len(before.people) == 1
    assert not after.people & before.people
    later_deliveries(tmp_path / "again")
    run(home, tmp_path / "again")
    assert not pseudonyms(home)[0] & after.people


def test_who_takes_an_objection_back_is_loaded_again(home, tmp_path):
    note_objections(home, [STAYS])
    erase(home)
    assert note_objections(home, [STAYS], withdraw=True).listed == 0
    deliver(tmp_path / "c", "praksis_maalinger_2026.csv", text(PRACTICE, measurements([STAYS], value="61")))
    run(home, tmp_path / "c")
    assert answer(home, "SELECT count(*) FROM core.measurement WHERE value = 61") == [(1,)]


def test_no_line_is_noted_when_one_is_no_identifier_and_none_is_repeated_to_the_reader(home):
    with pytest.raises(ExtractError) as fault:
        note_objections(home, [STAYS, "310290-99999"])
    assert "lines 2" in str(fault.value)
    assert "310290" not in str(fault.value)
    assert not objections_file(home).exists()


def test_a_list_from_which_somebody_was_struck_stops_every_ingest_and_every_erasure(home, tmp_path):
    note_objections(home, [STAYS, PEOPLE[2]])
    told = json.loads(objections_file(home).read_text())
    told["content"]["people"].pop()
    objections_file(home).write_text(json.dumps(told))
    newest_file(home).unlink()
    deliver(tmp_path / "c", "praksis_maalinger_2026.csv", text(PRACTICE, measurements([STAYS])))
    with pytest.raises(WarehouseError, match="seal is broken"):
        run(home, tmp_path / "c")
    with pytest.raises(WarehouseError, match="seal is broken"):
        erase(home)


@pytest.mark.parametrize("fate", ["older", "gone"])
def test_an_older_list_or_none_as_an_old_backup_brings_it_stops_every_ingest(home, tmp_path, fate):
    note_objections(home, [PEOPLE[2]])
    older = objections_file(home).read_bytes()
    note_objections(home, [STAYS])
    objections_file(home).unlink()
    if fate == "older":
        objections_file(home).write_bytes(older)
    deliver(tmp_path / "c", "praksis_maalinger_2026.csv", text(PRACTICE, measurements([STAYS])))
    with pytest.raises(WarehouseError, match="newest one" if fate == "older" else "missing"):
        run(home, tmp_path / "c")


@pytest.mark.parametrize("last", range(3))
def test_noting_that_is_killed_at_any_step_leaves_a_list_that_can_be_read(home, monkeypatch, last):
    steps, replace = iter(range(9)), Path.replace

    def dies(path, target):
        if next(steps) == last:
            raise KeyboardInterrupt
        return replace(path, target)

    note_objections(home, [PEOPLE[3]])
    with monkeypatch.context() as dying:
        dying.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            note_objections(home, [STAYS])
    assert len(read_objections(home, load_master_key(home)).people) == (1 if last < 2 else 2)
    assert note_objections(home, [STAYS]).listed == 2


def in_bytes(pseudonym):
    """Return how DuckDB may write a pseudonym: as text, or half of it as a number, which it writes unchanged."""
    whole = UUID(pseudonym).int
    return {pseudonym.encode(), str(UUID(pseudonym)).encode(), (whole & (2**64 - 1)).to_bytes(8, "little")}


def holding(folder, wanted):
    files = [each for each in folder.rglob("*") if each.is_file()]
    return {each.name for each in files if any(one in each.read_bytes() for one in wanted)}


def test_no_byte_of_any_file_is_left_of_an_erased_person(tmp_path, monkeypatch):
    """The files are written plainly and uncompressed here, so that the search could see what is in them."""

    def attach_plainly(con, path, key, *, alias, option=""):
        con.execute("SET force_compression = 'uncompressed'")
        con.execute(f"ATTACH '{path}' AS {alias} (TYPE duckdb{f', {option}' if option else ''})")

    monkeypatch.setattr(connection, "_attach", attach_plainly)
    settings = new_home(tmp_path)
    first_deliveries(tmp_path / "extracts")
    run(settings, tmp_path / "extracts")
    note_objections(settings, [OLD])
    key = load_master_key(settings)
    before = read_objections(settings, key).people
    wanted = {each for one in before for each in in_bytes(one)}
    assert "warehouse.duckdb" in holding(settings.home, wanted)
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("DELETE FROM core.measurement")
        con.execute("CHECKPOINT")
    assert "warehouse.duckdb" in holding(settings.home, wanted)
    erase(settings)
    everybody = {each for one in read_objections(settings, key).people for each in in_bytes(one)}
    assert len(everybody) == 6
    assert holding(settings.home, everybody) == {"objections.json"}
