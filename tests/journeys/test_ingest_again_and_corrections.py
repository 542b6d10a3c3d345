"""Deliveries that come again, come corrected, tell what others told, or tell that two numbers are one person."""

import pytest

from ingest.job import run
from tests.lib.deliveries import (
    CHANGES,
    LABKA,
    PRACTICE,
    answer,
    contents,
    deliver,
    identifiers,
    measurements,
    new_home,
    results,
    text,
    typed_rows,
)
from tvaers.cli import main
from tvaers.errors import WarehouseError
from tvaers.keys import load_master_key
from warehouse.connection import open_for_build

PEOPLE = identifiers(40)
VALUES = "SELECT value, count(*) FROM core.measurement GROUP BY value ORDER BY value"
NUMBERS = "SELECT file_name, rows_in, rows_loaded, rows_duplicate, state FROM meta.batch ORDER BY batch_id"


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def send(settings, name, content):
    """Deliver one file in a folder of its own and return its verdict."""
    folder = settings.home.parent / "extracts" / str(len(list(settings.home.parent.rglob("*.csv"))))
    deliver(folder, name, content)
    verdict = run(settings, folder).files[0]
    assert verdict.rows_in == verdict.loaded + verdict.quarantined + verdict.duplicates
    return verdict


def test_the_same_rows_again_change_nothing(home):
    content = text(PRACTICE, measurements(PEOPLE))
    assert send(home, "praksis_maalinger_2025.csv", content).loaded == 40
    before = contents(home, "core", "parked")
    assert before["core.measurement"][0] == 40
    assert send(home, "praksis_maalinger_2025.csv", content).state == "already_loaded"
    assert send(home, "anything.csv", content).state == "already_loaded"
    assert contents(home, "core", "parked") == before
    # The same rows in other bytes are another delivery, and all of them are duplicates.
    assert send(home, "praksis_maalinger_igen.csv", text(PRACTICE, measurements(PEOPLE), ",")).duplicates == 40
    assert contents(home) == {name: found for name, found in before.items() if name.startswith("core.")}


def test_a_check_writes_no_warehouse_and_changes_none(home, tmp_path):
    deliver(tmp_path / "extracts", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE[:30])))
    result = run(home, tmp_path / "extracts", load=False)
    assert [(verdict.state, verdict.loaded) for verdict in result.files] == [("accepted", 30)]
    assert not result.is_loaded
    assert not list(home.home.glob("warehouse.duckdb*[!k]"))
    assert run(home, tmp_path / "extracts").is_loaded
    before = home.warehouse.read_bytes()
    deliver(tmp_path / "extracts", "labka_2025.csv", text(LABKA, results(PEOPLE)))
    states = {verdict.file_name: verdict.state for verdict in run(home, tmp_path / "extracts", load=False).files}
    assert states == {"praksis_maalinger_2025.csv": "already_loaded", "labka_2025.csv": "accepted"}
    assert home.warehouse.read_bytes() == before


@pytest.mark.parametrize("mark", ["_v2", "_rettet"])
def test_a_corrected_delivery_takes_the_place_of_the_first(home, mark):
    first = text(PRACTICE, measurements(PEOPLE))
    send(home, "praksis_maalinger_2025.csv", first)
    send(home, "praksis_maalinger_2024.csv", text(PRACTICE, measurements(PEOPLE[:3], value="60")))
    corrected = send(home, f"praksis_maalinger_2025{mark}.csv", text(PRACTICE, measurements(PEOPLE[:30], value="53")))
    assert (corrected.state, corrected.replaces, corrected.loaded) == ("accepted", True, 30)
    assert "praksis_maalinger_2025.csv" in corrected.message
    assert answer(home, VALUES) == [(53.0, 30), (60.0, 3)]
    assert [row[-1] for row in answer(home, NUMBERS)] == ["replaced", "loaded", "loaded"]
    late = send(home, "praksis_maalinger_2025.csv", first)
    assert late.state == "already_loaded"
    assert "replaced" in late.message
    assert answer(home, VALUES) == [(53.0, 30), (60.0, 3)]


def test_a_correction_that_is_refused_leaves_what_it_would_have_replaced(home):
    send(home, "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE)))
    wrong = text(PRACTICE, measurements([person[2:] for person in PEOPLE]))
    assert send(home, "praksis_maalinger_2025_v2.csv", wrong).state == "refused"
    assert answer(home, VALUES) == [(52.0, 40)]


def test_rows_parked_because_of_a_replaced_delivery_come_back(home):
    send(home, "praksis_maalinger_a.csv", text(PRACTICE, measurements(PEOPLE)))
    second = send(home, "praksis_maalinger_b.csv", text(PRACTICE, measurements(PEOPLE[20:])))
    assert (second.loaded, second.duplicates) == (0, 20)
    send(home, "praksis_maalinger_a_v2.csv", text(PRACTICE, measurements(PEOPLE[:25])))
    assert answer(home, VALUES) == [(52.0, 40)]
    assert answer(home, NUMBERS) == [
        ("praksis_maalinger_a.csv", 40, 40, 0, "replaced"),
        ("praksis_maalinger_b.csv", 20, 15, 5, "loaded"),
        ("praksis_maalinger_a_v2.csv", 25, 25, 0, "loaded"),
    ]


def test_a_row_that_tells_two_facts_comes_back_as_one_row(home):
    """A general-practice diagnosis stands in two code systems, and both are facts."""
    told = [{"cpr": person, "icpc2": "T90", "sks": "DE11"} for person in PEOPLE[:6]]
    send(home, "praksis_diagnoser_a.csv", typed_rows("praksis_diagnoser", *told))
    assert send(home, "praksis_diagnoser_b.csv", typed_rows("praksis_diagnoser", *told[:4])).duplicates == 4
    send(home, "praksis_diagnoser_a_v2.csv", typed_rows("praksis_diagnoser", *told[4:]))
    assert answer(home, "SELECT count(*) FROM core.diagnosis") == [(12,)]
    assert answer(home, NUMBERS)[1] == ("praksis_diagnoser_b.csv", 4, 4, 0, "loaded")


def test_a_changed_number_that_is_told_later_rewrites_earlier_rows(home, tmp_path):
    old, new = PEOPLE[:5], PEOPLE[5:10]
    told = [
        ("praksis_maalinger_a.csv", text(PRACTICE, measurements([*old, *PEOPLE[20:30]]))),
        ("praksis_maalinger_b.csv", text(PRACTICE, measurements(new[:2]))),
    ]
    change = text(CHANGES, [(one, other, "2025-06-01") for one, other in zip(old, new, strict=True)])
    for name, content in told:
        send(home, name, content)
    assert answer(home, "SELECT count(DISTINCT patient_id) FROM core.measurement") == [(17,)]
    send(home, "cpr_skift_2025.csv", change)
    people = "SELECT count(*), count(DISTINCT patient_id) FROM core.measurement"
    # What two people told before is one fact of one person now.
    assert answer(home, people) == [(15, 15)]
    assert answer(home, NUMBERS)[:2] == [
        ("praksis_maalinger_a.csv", 15, 15, 0, "loaded"),
        ("praksis_maalinger_b.csv", 2, 0, 2, "loaded"),
    ]
    newest = "SELECT count(*) FROM core.measurement WHERE patient_id IN (SELECT {} FROM core.person_alias)"
    assert answer(home, newest.format("old_patient_id")) == [(0,)]
    assert answer(home, newest.format("patient_id")) == [(5,)]

    (tmp_path / "other").mkdir()
    other = home.model_copy(update={"home": tmp_path / "other" / "home"})
    other.save()
    send(other, "cpr_skift_2025.csv", change)
    for name, content in told:
        send(other, name, content)
    assert contents(other) == contents(home)


def test_the_order_in_which_files_come_does_not_change_the_core_tables(home, tmp_path):
    told = {
        "labka_2025.csv": text(LABKA, results(PEOPLE, value="61")),
        "praksis_maalinger_a.csv": text(PRACTICE, measurements(PEOPLE[:30])),
        "praksis_maalinger_b.csv": text(PRACTICE, measurements(PEOPLE[20:])),
        "cpr_skift_2025.csv": text(
            CHANGES, [(PEOPLE[0], PEOPLE[1], "2025-06-01"), (PEOPLE[1], PEOPLE[2], "2025-07-01")]
        ),
    }
    for name, content in told.items():
        deliver(tmp_path / "extracts", name, content)
    run(home, tmp_path / "extracts")
    assert contents(home)["core.measurement"][0] == 2 * len(PEOPLE) - 4
    (tmp_path / "other").mkdir()
    other = home.model_copy(update={"home": tmp_path / "other" / "home"})
    other.save()
    for name in sorted(told, reverse=True):
        send(other, name, told[name])
    assert contents(other) == contents(home)


def test_a_visit_that_two_registers_tell_is_one_visit_with_one_diagnosis(home, tmp_path):
    """The region's own view repeats the national register's contacts, under other keys and with their diagnoses."""
    day = "2025-03-{:02d}"
    national = [
        {
            "pnr": person, "dw_ek_kontakt": f"{number:018d}", "dato_start": day.format(number),
            "dato_slut": day.format(number), "sorenhed_ans": "6630010", "lprindberetningssystem": "LPR3",
        }
        for number, person in enumerate(PEOPLE[:6], 1)
    ]  # fmt: skip
    diagnoses = [
        {
            "dw_ek_kontakt": row["dw_ek_kontakt"],
            "diagnosekode": "DE119",
            "diagnosetype": "A",
            "senere_afkraeftet": "Nej",
        }
        for row in national
    ]
    regional = [
        {
            "cpr": person, "datotid_lpr3kontaktstart": f"{day.format(number)} 08:30:00", "datotid_lpr3kontaktslut": "",
            "shakkode_lpr3kontaktansvarlig": "6630010", "adiagnosekode": "DE119", "diagnosegruppestreng": "",
        }
        for number, person in enumerate(PEOPLE[:8], 1)
    ]  # fmt: skip
    folder = tmp_path / "extracts"
    deliver(folder, "kontakter_2025.csv", typed_rows("kontakter", *national))
    deliver(folder, "diagnoser_2025.csv", typed_rows("diagnoser", *diagnoses))
    deliver(folder, "for_lpr3kontakter_2025.csv", typed_rows("for_lpr3kontakter", *regional))
    verdicts = {verdict.file_type: verdict for verdict in run(home, folder).files}
    assert (verdicts["for_lpr3kontakter"].loaded, verdicts["for_lpr3kontakter"].duplicates) == (2, 6)

    told = "SELECT source_system, count(*) FROM core.{} GROUP BY ALL ORDER BY ALL"
    assert answer(home, told.format("hospital_contact")) == [("bi_lpr3", 2), ("lpr3_f", 6)]
    assert answer(home, told.format("diagnosis")) == [("bi_lpr3", 2), ("lpr3_f", 6)]
    per_visit = "SELECT max(count(*)) OVER () FROM core.diagnosis GROUP BY patient_id, diagnosed_on LIMIT 1"
    assert answer(home, per_visit) == [(1,)]

    send(home, "kontakter_2025_v2.csv", typed_rows("kontakter", *national[:4]))
    assert answer(home, told.format("hospital_contact")) == [("bi_lpr3", 4), ("lpr3_f", 4)]
    assert answer(home, "SELECT count(*) FROM core.diagnosis WHERE source_system = 'bi_lpr3'") == [(4,)]
    moved = "SELECT rows_loaded, rows_duplicate FROM meta.batch WHERE file_type = 'for_lpr3kontakter'"
    assert answer(home, moved) == [(4, 4)]


def test_a_visit_told_under_two_numbers_of_one_person_becomes_one_visit(home):
    """The change of number comes last: the region's visit is then the national one, and its diagnosis goes with it."""
    national = {
        "pnr": PEOPLE[1],
        "dw_ek_kontakt": f"{1:018d}",
        "dato_start": "2025-03-01",
        "dato_slut": "2025-03-01",
        "sorenhed_ans": "6630010",
        "lprindberetningssystem": "LPR3",
    }
    regional = {
        "cpr": PEOPLE[0],
        "datotid_lpr3kontaktstart": "2025-03-01 08:30:00",
        "datotid_lpr3kontaktslut": "",
        "shakkode_lpr3kontaktansvarlig": "6630010",
        "adiagnosekode": "DE119",
        "diagnosegruppestreng": "",
    }
    send(home, "kontakter_2025.csv", typed_rows("kontakter", national))
    assert send(home, "for_lpr3kontakter_2025.csv", typed_rows("for_lpr3kontakter", regional)).loaded == 1
    assert answer(home, "SELECT count(*) FROM core.diagnosis") == [(1,)]
    send(home, "cpr_skift_2025.csv", text(CHANGES, [(PEOPLE[0], PEOPLE[1], "2025-06-01")]))
    assert answer(home, "SELECT source_system FROM core.hospital_contact") == [("lpr3_f",)]
    assert answer(home, "SELECT count(*) FROM core.diagnosis") == [(0,)]
    moved = "SELECT rows_loaded, rows_duplicate FROM meta.batch WHERE file_type = 'for_lpr3kontakter'"
    assert answer(home, moved) == [(0, 1)]


def test_a_wrong_change_of_number_is_warned_of_and_withdrawn_by_a_file_without_changes(home):
    """Two people who both live at their address still were joined; the file held no other pair."""
    living = [{"pnr": PEOPLE[0], "foed_dato": "1940-01-01"}, {"pnr": PEOPLE[1], "foed_dato": "1950-06-01"}]
    send(home, "bef_2026.csv", typed_rows("bef", *({**each, "bop_vtil": "", "doed_dato": ""} for each in living)))
    before = contents(home, "core", "parked")
    wrong = send(home, "cpr_skift_2026.csv", text(CHANGES, [(PEOPLE[0], PEOPLE[1], "2025-06-01")]))
    assert "1 people have two numbers" in wrong.message
    assert "more than one residence" not in wrong.message
    assert answer(home, "SELECT count(*) FROM core.person") == [(1,)]
    assert send(home, "cpr_skift_2026.csv", text(CHANGES, [])).state == "refused"
    withdrawn = send(home, "cpr_skift_2026_v2.csv", text(CHANGES, []))
    assert (withdrawn.state, withdrawn.replaces, withdrawn.message) == (
        "accepted",
        True,
        "Replaces cpr_skift_2026.csv.",
    )
    assert contents(home, "core", "parked") == before


def test_a_warehouse_of_an_earlier_version_is_built_anew_and_loses_nothing(home, tmp_path, capsys):
    deliveries, objecting = tmp_path / "deliveries", tmp_path / "objecting.txt"
    deliver(deliveries, "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE[:30])))
    deliver(deliveries, "labka_2025.csv", text(LABKA, results(PEOPLE[20:], value="61")))
    deliver(deliveries, "cpr_skift_2025.csv", text(CHANGES, [(PEOPLE[0], PEOPLE[39], "2025-02-01")], ","))
    objecting.write_text(PEOPLE[5])
    words = ["--home", str(home.home)]
    assert main(["ingest", str(deliveries), *words]) == 0
    assert main(["object", str(objecting), *words]) == 0
    assert main(["erase", *words]) == 0
    everything = "SELECT patient_id, taken_on, value, sector FROM core.measurement ORDER BY ALL"
    before = answer(home, everything)
    with open_for_build(home.warehouse, load_master_key(home).subkey("encryption")) as con:
        con.execute("UPDATE meta.version SET schema_version = schema_version - 1")
    capsys.readouterr()
    assert main(["ingest", str(deliveries), *words]) == WarehouseError.exit_code
    assert "ingest all deliveries again" in capsys.readouterr().err
    home.warehouse.rename(tmp_path / "of_before.duckdb")
    assert main(["ingest", str(deliveries), *words]) == 0
    assert answer(home, everything) == before
    assert len(before) == 49
