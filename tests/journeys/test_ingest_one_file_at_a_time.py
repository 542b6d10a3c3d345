"""What befalls one file does not touch the others, and what a run writes can be read by whoever it is for."""

import duckdb
import pytest

from ingest import file_job
from ingest.job import run
from tests.lib.deliveries import (
    LABKA,
    PRACTICE,
    answer,
    deliver,
    identifiers,
    measurements,
    new_home,
    results,
    text,
    typed_rows,
)

PEOPLE = identifiers(40)


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def test_a_file_whose_mapping_does_not_fit_the_warehouse_is_refused_alone(home, tmp_path, monkeypatch):
    """A hole in a pack's mapping is a fault of the pack: the file waits, and the other files do not."""

    def with_a_hole(con, pack, arrival, earlier):
        if arrival.contract.file_type == "labka":
            con.execute("INSERT INTO core.measurement (batch_id) VALUES (1)")
        return file_job_load(con, pack, arrival, earlier)

    file_job_load = file_job.load
    monkeypatch.setattr(file_job, "load", with_a_hole)
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(PEOPLE)))
    deliver(tmp_path / "in", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE)))
    verdicts = {verdict.file_type: verdict for verdict in run(home, tmp_path / "in").files}
    assert verdicts["labka"].state == "refused"
    assert "mapping" in verdicts["labka"].message
    assert verdicts["praksis_maalinger"].state == "accepted"
    assert answer(home, "SELECT DISTINCT source_system FROM core.measurement") == [("praksis_maalinger",)]
    monkeypatch.undo()
    again = {verdict.file_type: verdict.state for verdict in run(home, tmp_path / "in").files}
    assert again == {"labka": "accepted", "praksis_maalinger": "already_loaded"}


@pytest.mark.parametrize("loss", ["a row vanishes", "a row is doubled"])
def test_a_file_whose_rows_do_not_add_up_is_refused_alone(home, tmp_path, monkeypatch, loss):
    """Rows are counted where they arrived; the program's own fault must not go unseen."""

    def lossy(con, target, batch_id):
        if target.columns["source_system"].value == "labka":
            one = f"batch_id = {batch_id} AND row_number = 3"
            if loss == "a row vanishes":
                con.execute(f"DELETE FROM core.measurement WHERE {one}")
            else:
                con.execute(f"INSERT INTO core.measurement SELECT * FROM core.measurement WHERE {one}")
        return 0

    monkeypatch.setattr("ingest.load.drop_and_park", lossy)
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(PEOPLE)))
    deliver(tmp_path / "in", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE)))
    verdicts = {verdict.file_type: verdict for verdict in run(home, tmp_path / "in").files}
    assert (verdicts["labka"].state, verdicts["labka"].loaded) == ("refused", 0)
    for word in ("do not add up", "40 rows", f"{39 if loss == 'a row vanishes' else 41} in use", "report this"):
        assert word in verdicts["labka"].message
    assert verdicts["praksis_maalinger"].state == "accepted"
    assert answer(home, "SELECT DISTINCT source_system FROM core.measurement") == [("praksis_maalinger",)]
    assert answer(home, "SELECT file_type FROM meta.batch") == [("praksis_maalinger",)]


def test_a_fault_of_the_program_leaves_the_warehouse_and_no_half_built_file(home, tmp_path, monkeypatch):
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(PEOPLE[:20])))
    run(home, tmp_path / "in")
    before = home.warehouse.read_bytes()

    def broken(*_):
        raise duckdb.BinderException("a statement written wrongly")

    monkeypatch.setattr(file_job, "load", broken)
    deliver(tmp_path / "in", "labka_2026.csv", text(LABKA, results(PEOPLE[20:])))
    with pytest.raises(duckdb.BinderException):
        run(home, tmp_path / "in")
    assert home.warehouse.read_bytes() == before
    assert not list(home.home.glob("warehouse.duckdb.work*")) + list(home.home.glob("warehouse.duckdb.new*"))


def test_rows_that_refer_to_a_file_that_never_came_wait_for_it(home, tmp_path):
    diagnoses = text(("recnum", "c_diag", "c_diagtype"), [("000000000100000001", "DE119", "A")])
    deliver(tmp_path / "in", "lpr_diag_2017.csv", diagnoses)
    (verdict,) = run(home, tmp_path / "in").files
    assert verdict.state == "refused"
    assert "lpr_adm" in verdict.message
    contact = text(
        ("pnr", "recnum", "d_inddto", "d_uddto", "c_pattype", "c_spec"),
        [(PEOPLE[0], "000000000100000001", "2017-05-04", "2017-05-04", "1", "01")],
    )
    deliver(tmp_path / "in", "lpr_adm_2017.csv", contact)
    assert [(verdict.file_type, verdict.state) for verdict in run(home, tmp_path / "in").files] == [
        ("lpr_adm", "accepted"),
        ("lpr_diag", "accepted"),
    ]


@pytest.mark.parametrize(("contacts", "leaning"), [("kontakter", "lpr_a_diagnose"), ("lpr_a_kontakt", "diagnoser")])
def test_either_contact_file_of_a_register_is_enough_for_what_leans_on_it(home, tmp_path, contacts, leaning):
    deliver(tmp_path / "in", f"{leaning}_2020.csv", typed_rows(leaning, {}))
    (alone,) = run(home, tmp_path / "in").files
    assert alone.state == "refused"
    assert "kontakter or lpr_a_kontakt" in alone.message
    assert "run the same command again" in alone.message
    deliver(tmp_path / "in", f"{contacts}_2020.csv", typed_rows(contacts, {"pnr": PEOPLE[0]}))
    states = {verdict.file_type: verdict.state for verdict in run(home, tmp_path / "in").files}
    assert states == {contacts: "accepted", leaning: "accepted"}
    assert answer(home, "SELECT count(*) FROM core.diagnosis JOIN core.hospital_contact USING (contact_id)") == [(1,)]


def test_patient_tables_are_stored_by_person_and_date_and_not_as_delivered(home, tmp_path):
    rows = [
        (person, f"2025-0{month}-02 08:30:00", "NPU27300", "=", "52", "") for month in (5, 3, 8, 1) for person in PEOPLE
    ]
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, rows))
    run(home, tmp_path / "in")
    stored = answer(home, "SELECT patient_id, taken_on FROM core.measurement ORDER BY rowid")
    assert stored == answer(home, "SELECT patient_id, taken_on FROM core.measurement ORDER BY patient_id, taken_on")
    assert len(stored) == len(rows)


def test_the_report_of_a_file_counts_rules_names_rows_and_needs_no_network(home, tmp_path):
    told = results(PEOPLE)
    told[4] = (*told[4][:4], "4000", "")
    told[9] = (*told[9][:4], "x", "")
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, told))
    result = run(home, tmp_path / "in")
    (verdict,) = result.files
    page = verdict.report.read_text(encoding="utf-8")
    assert "internal_reply_num_implausible" in page
    assert '<span class="rows">6</span>' in page
    assert '<span class="rows">11</span>' in page
    assert "Validation in full" in page
    assert "Great Expectations" in page or "great_expectations" in page
    for fetched in ('src="http', "src='http", 'rel="stylesheet" href="http', "@import"):
        assert fetched not in page
    index = result.report.read_text(encoding="utf-8")
    assert f'href="{verdict.report.name}"' in index


def test_the_run_log_tells_file_contract_key_and_code(home, tmp_path):
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(PEOPLE), separator=","))
    result = run(home, tmp_path / "in")
    told = answer(
        home,
        "SELECT run_id, file_name, length(file_hash), file_type, sector, contract_version, pack, key_id <> '', "
        "encoding, separator, rows_in, state, started_at <= ended_at, code_version <> '' FROM meta.batch",
    )
    assert told == [
        (result.run_id, "labka_2025.csv", 64, "labka", "laboratory", "1.0.0", "denmark", True, "utf-8", ",", 40,
         "loaded", True, True)
    ]  # fmt: skip
    assert answer(home, "SELECT run_id, files_seen, files_loaded, rows_in, rows_loaded FROM meta.run") == [
        (result.run_id, 1, 1, 40, 40)
    ]
