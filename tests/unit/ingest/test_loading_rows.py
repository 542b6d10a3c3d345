"""What becomes of rows: loaded, quarantined or duplicates, always adding up; and what comes back after a correction."""

import pytest

from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading, person

ANNA, BO, CARL, DORA = identifiers(4)
RESULT = {"pnr": ANNA, "realsamplecollectiontime": "2025-03-02 08:30:00", "ol_inver_iupac_cde": "NPU27300",
          "relationsign": "=", "internal_reply_num": "52"}  # fmt: skip
TEXT_RESULT = {"patient_cpr": ANNA, "samplingdate": "2025-03-02", "samplingtime": "08:30", "analysiscode": "NPU27300",
               "value": "52", "unit": "mmol/mol"}  # fmt: skip
ADMISSION = {"pnr": ANNA, "recnum": "000000000100000001", "d_inddto": "2017-05-04", "d_uddto": "2017-05-09",
             "c_pattype": "0", "c_spec": "01", "c_sgh": "6630", "c_afd": "010"}  # fmt: skip
STAY = {"cpr": ANNA, "datotid_indlaeggelse": "2017-05-04 10:00:00", "datotid_udskrivning": "2017-05-09 12:00:00",
        "adiagnosekode": "DE119", "shakkode_kontaktansvarlig": "6630010"}  # fmt: skip
CONTACT = {"pnr": ANNA, "dw_ek_kontakt": "000000000200000001", "dato_start": "2020-05-04", "kontakttype": "ALCA00",
           "lprindberetningssystem": "LPR3"}  # fmt: skip
CONTACT_A = {"pnr": ANNA, "dw_ek_kontakt": "000000000200000001", "kont_starttidspunkt": "2020-05-04 09:00:00",
             "kont_type": "ALCA00", "lprindberetningssystem": "LPR3"}  # fmt: skip
DIAGNOSIS = {"recnum": "000000000100000001", "c_diag": "DE119", "c_diagtype": "A"}
HOME = {"pnr": ANNA, "koen": "2", "foed_dato": "1940-01-01", "kom": "791", "bop_vfra": "2010-01-01"}


@pytest.fixture
def warehouse():
    return Loading()


def counts(counted):
    return counted.loaded, counted.quarantined, counted.duplicates


def test_a_row_told_twice_in_one_file_is_loaded_once_and_nothing_is_parked(warehouse):
    assert counts(warehouse.deliver("labka", RESULT, RESULT, {**RESULT, "internal_reply_num": "53"})) == (2, 0, 1)
    assert warehouse.rows("SELECT count(*) FROM parked.measurement") == [(0,)]


def test_a_row_that_breaks_a_rule_is_quarantined_before_it_can_be_a_duplicate(warehouse):
    broken = {**RESULT, "internal_reply_num": "4000"}
    counted = warehouse.deliver("labka", RESULT, broken, broken)
    assert counts(counted) == (1, 2, 0)
    assert warehouse.rows("SELECT row_number, rule, column_name, severity FROM meta.quarantine ORDER BY ALL") == [
        (2, "internal_reply_num_implausible", "internal_reply_num", "quarantine"),
        (3, "internal_reply_num_implausible", "internal_reply_num", "quarantine"),
    ]


def test_a_row_that_breaks_several_rules_is_one_row_under_each(warehouse):
    counted = warehouse.deliver("labka", RESULT, {**RESULT, "pnr": "123", "ol_inver_iupac_cde": "XYZ"})
    assert counts(counted) == (1, 1, 0)
    assert counted.by_rule == {"identifier_broken": 1, "ol_inver_iupac_cde_not_allowed": 1}


def test_a_number_without_check_digit_is_loaded_with_a_warning(warehouse):
    counted = warehouse.deliver("labka", {**RESULT, "pnr": "0101651234"})
    assert counts(counted) == (1, 0, 0)
    assert counted.warnings == {"identifier_without_check_digit": 1}


def test_a_fact_told_by_another_file_is_parked_and_comes_back_when_that_file_is_corrected(warehouse):
    first = warehouse.deliver("labka", RESULT)
    second = warehouse.deliver("lab_dm_forsker", TEXT_RESULT, {**TEXT_RESULT, "patient_cpr": BO})
    assert counts(second) == (1, 0, 1)
    told = "SELECT source_system, patient_id::VARCHAR FROM {}.measurement ORDER BY ALL"
    assert warehouse.rows(told.format("parked")) == [("lab_dm_forsker", person(ANNA))]
    corrected = warehouse.deliver("labka", {**RESULT, "pnr": CARL}, replaces=first.batch_id)
    assert counts(corrected) == (1, 0, 0)
    assert sorted(warehouse.rows(told.format("core"))) == sorted(
        [("labka", person(CARL)), ("lab_dm_forsker", person(ANNA)), ("lab_dm_forsker", person(BO))]
    )
    assert warehouse.rows("SELECT count(*) FROM parked.measurement") == [(0,)]
    assert warehouse.rows("SELECT batch_id, state, rows_loaded, rows_duplicate FROM meta.batch ORDER BY ALL") == [
        (1, "replaced", 1, 0),
        (2, "loaded", 2, 0),
        (3, "loaded", 1, 0),
    ]


def test_a_correction_that_tells_the_same_keeps_the_parked_row_parked(warehouse):
    first = warehouse.deliver("labka", RESULT)
    warehouse.deliver("lab_dm_forsker", TEXT_RESULT)
    assert counts(warehouse.deliver("labka", RESULT, replaces=first.batch_id)) == (1, 0, 0)
    assert warehouse.rows("SELECT source_system FROM core.measurement") == [("labka",)]
    assert warehouse.rows("SELECT source_system FROM parked.measurement") == [("lab_dm_forsker",)]


def test_a_measurement_of_the_practice_is_no_repetition_of_the_laboratory(warehouse):
    warehouse.deliver("labka", RESULT)
    own = {"cpr": ANNA, "ydernr": "12345", "dato": "2025-03-02", "kode": "NPU27300", "vaerdi": "52"}
    assert counts(warehouse.deliver("praksis_maalinger", own)) == (1, 0, 0)


def test_a_diagnosis_without_its_contact_is_quarantined(warehouse):
    warehouse.deliver("lpr_adm", ADMISSION, {**ADMISSION, "recnum": "000000000100000002", "pnr": "broken"})
    counted = warehouse.deliver(
        "lpr_diag", DIAGNOSIS, {**DIAGNOSIS, "recnum": "000000000100000002"}, {**DIAGNOSIS, "recnum": "9"}
    )
    assert counts(counted) == (1, 2, 0)
    assert counted.by_rule == {"contact_unknown": 2}
    assert warehouse.rows("SELECT patient_id::VARCHAR, diagnosed_on::VARCHAR, code FROM core.diagnosis") == [
        (person(ANNA), "2017-05-04", "DE119")
    ]


def test_a_diagnosis_waits_for_its_contact_and_is_used_when_it_comes(warehouse):
    late = {**ADMISSION, "recnum": "000000000100000002", "pnr": BO}
    waiting = {**DIAGNOSIS, "recnum": late["recnum"]}
    warehouse.deliver("lpr_adm", ADMISSION)
    told = warehouse.deliver("lpr_diag", DIAGNOSIS, waiting, waiting, {**waiting, "c_diagtype": "Z"})
    assert counts(told) == (1, 3, 0)
    assert warehouse.rows("SELECT row_number FROM meta.waiting") == [(2,), (3,)]
    warehouse.deliver("lpr_adm", late)
    batch = "SELECT rows_in, rows_loaded, rows_quarantined, rows_duplicate FROM meta.batch WHERE batch_id = ?"
    assert warehouse.con.execute(batch, [told.batch_id]).fetchone() == (4, 2, 1, 1)
    assert warehouse.rows("SELECT DISTINCT row_number FROM meta.quarantine") == [(4,)]
    assert warehouse.rows("SELECT count(*) FROM meta.waiting") == [(0,)]
    found = warehouse.rows("SELECT patient_id::VARCHAR, diagnosed_on::VARCHAR, code, row_number FROM core.diagnosis")
    assert {row[0] for row in found} == {person(ANNA), person(BO)}
    assert {row[1:3] for row in found} == {("2017-05-04", "DE119")}


def test_what_waits_is_stored_without_anything_that_names_a_person(warehouse):
    warehouse.deliver("lpr_adm", ADMISSION)
    warehouse.deliver("lpr_diag", DIAGNOSIS, {**DIAGNOSIS, "recnum": BO})
    (waiting,) = warehouse.rows("SELECT patient_id, contact_id FROM parked.diagnosis")
    assert waiting[0] is None
    ((key,),) = warehouse.rows("SELECT key FROM meta.waiting")
    assert waiting[1] == key
    assert BO not in key
    assert len(key) == len("lpr2:") + 32


def test_a_corrected_file_takes_its_waiting_rows_with_it(warehouse):
    warehouse.deliver("lpr_adm", ADMISSION)
    late = {**ADMISSION, "recnum": "000000000100000002"}
    first = warehouse.deliver("lpr_diag", DIAGNOSIS, {**DIAGNOSIS, "recnum": late["recnum"]})
    warehouse.deliver("lpr_diag", DIAGNOSIS, replaces=first.batch_id)
    warehouse.deliver("lpr_adm", late)
    assert warehouse.rows("SELECT count(*) FROM core.diagnosis") == [(1,)]
    assert warehouse.rows("SELECT count(*) FROM meta.waiting") == [(0,)]
    assert warehouse.rows("SELECT count(*) FROM parked.diagnosis") == [(0,)]


def test_a_diagnosis_whose_contact_turns_out_to_be_a_repetition_is_a_duplicate(warehouse):
    warehouse.deliver("lpr_a_kontakt", CONTACT_A)
    key = "000000000300000001"
    told = warehouse.deliver("lpr_a_diagnose", {"dw_ek_kontakt": key, "diag_kode": "DE119", "diag_kode_type": "A"})
    assert counts(told) == (0, 1, 0)
    warehouse.deliver("lpr_a_kontakt", {**CONTACT_A, "lprindberetningssystem": "LPR2", "dw_ek_kontakt": key})
    batch = "SELECT rows_loaded, rows_quarantined, rows_duplicate FROM meta.batch WHERE batch_id = ?"
    assert warehouse.con.execute(batch, [told.batch_id]).fetchone() == (0, 0, 1)
    assert warehouse.rows("SELECT count(*) FROM core.diagnosis") == [(0,)]


def test_a_contact_told_by_both_deliveries_of_a_register_is_one_contact(warehouse):
    warehouse.deliver("kontakter", CONTACT)
    assert counts(warehouse.deliver("lpr_a_kontakt", CONTACT_A)) == (1, 0, 0)  # it knows the hour
    assert warehouse.rows("SELECT count(*) FROM core.hospital_contact") == [(1,)]
    told = {"dw_ek_kontakt": CONTACT["dw_ek_kontakt"], "diagnosekode": "DE119", "diagnosetype": "A"}
    again = {"dw_ek_kontakt": CONTACT["dw_ek_kontakt"], "diag_kode": "DE119", "diag_kode_type": "A"}
    assert counts(warehouse.deliver("diagnoser", told)) == (1, 0, 0)
    assert counts(warehouse.deliver("lpr_a_diagnose", again, {**again, "diag_kode": "DE115"})) == (1, 0, 1)


def test_contacts_that_the_older_register_told_are_duplicates_by_design_and_so_are_their_diagnoses(warehouse):
    warehouse.deliver("lpr_adm", ADMISSION)
    repeated = {**CONTACT_A, "lprindberetningssystem": "LPR2", "dw_ek_kontakt": "000000000300000001"}
    assert counts(warehouse.deliver("lpr_a_kontakt", repeated, CONTACT_A)) == (1, 0, 1)
    told = {"dw_ek_kontakt": "000000000300000001", "diag_kode": "DE119", "diag_kode_type": "A"}
    assert counts(warehouse.deliver("lpr_a_diagnose", told)) == (0, 0, 1)
    assert warehouse.rows("SELECT count(*) FROM core.diagnosis") == [(0,)]


def test_a_stay_known_from_the_register_is_parked_with_its_diagnoses_and_comes_back_with_them(warehouse):
    first = warehouse.deliver("lpr_adm", ADMISSION)
    assert counts(warehouse.deliver("for_indlaeggelser", STAY, {**STAY, "cpr": BO})) == (1, 0, 1)
    people = "SELECT patient_id::VARCHAR FROM {} ORDER BY ALL"
    assert warehouse.rows(people.format("core.diagnosis")) == [(person(BO),)]
    assert warehouse.rows(people.format("parked.diagnosis")) == [(person(ANNA),)]
    warehouse.deliver("lpr_adm", {**ADMISSION, "pnr": CARL}, replaces=first.batch_id)
    assert warehouse.rows(people.format("core.diagnosis")) == sorted([(person(ANNA),), (person(BO),)])
    assert warehouse.rows("SELECT count(*) FROM parked.hospital_contact") == [(0,)]
    assert warehouse.rows("SELECT count(*) FROM parked.diagnosis") == [(0,)]


REGIONAL = {"cpr": ANNA, "shakkode_lpr3kontaktansvarlig": "662001A", "kontakttype": "Fysisk fremmøde",
            "datotid_lpr3kontaktstart": "2025-01-20 08:00:00", "pt_type": "Akut ambulant",
            "adiagnosekode": "DZ039"}  # fmt: skip
ADMITTED = {**REGIONAL, "datotid_lpr3kontaktstart": "2025-01-20 11:00:00", "pt_type": "Indlæggelse",
            "adiagnosekode": "DE111"}  # fmt: skip
CODES = "SELECT code FROM core.diagnosis ORDER BY ALL"


@pytest.mark.parametrize("department", ["662001A", "Ukendt"])
def test_two_contacts_of_a_day_in_one_department_are_two_in_one_file_and_in_two(warehouse, department):
    rows = [{**row, "shakkode_lpr3kontaktansvarlig": department} for row in (REGIONAL, ADMITTED)]
    assert counts(warehouse.deliver("for_lpr3kontakter", *rows)) == (2, 0, 0)
    assert warehouse.rows(CODES) == [("DE111",), ("DZ039",)]
    types = warehouse.rows("SELECT patient_type FROM core.hospital_contact ORDER BY ALL")
    assert types == [("emergency",), ("inpatient",)]
    other = {"cpr": ANNA, "datotid_start": "2025-01-20 09:00:00", "shakafskode": department, "adiagnosekode": "DI10"}
    again = {**other, "datotid_start": "2025-01-20 08:00:00"}
    assert counts(warehouse.deliver("for_besoeg", other, again)) == (2, 0, 0)
    assert len(warehouse.rows(CODES)) == 4


def test_without_an_hour_the_kind_of_contact_tells_two_of_a_day_apart(warehouse):
    rows = [{**row, "datotid_lpr3kontaktstart": "2025-01-20"} for row in (REGIONAL, ADMITTED, ADMITTED)]
    assert counts(warehouse.deliver("for_lpr3kontakter", *rows)) == (2, 0, 1)
    assert warehouse.rows(CODES) == [("DE111",), ("DZ039",)]
    assert warehouse.rows("SELECT count(DISTINCT contact_id) FROM core.hospital_contact") == [(2,)]


def test_a_contact_told_twice_in_a_file_keeps_the_diagnoses_of_both_rows(warehouse):
    assert counts(warehouse.deliver("for_lpr3kontakter", REGIONAL, {**REGIONAL, "adiagnosekode": "DE111"})) == (1, 0, 1)
    assert warehouse.rows(CODES) == [("DE111",), ("DZ039",)]
    assert warehouse.rows("SELECT count(*) FROM core.diagnosis JOIN core.hospital_contact USING (contact_id)") == [(2,)]


def test_the_register_tells_a_contact_of_the_day_but_never_one_of_an_unknown_department(warehouse):
    register = {**CONTACT, "dato_start": "2025-01-20"}
    known = {**register, "dw_ek_kontakt": "000000000200000002", "sorenhed_ans": "662001A"}
    warehouse.deliver("kontakter", register, known)
    unknown = {**REGIONAL, "shakkode_lpr3kontaktansvarlig": "Ukendt"}
    assert counts(warehouse.deliver("for_lpr3kontakter", REGIONAL, unknown)) == (1, 0, 1)
    assert warehouse.rows("SELECT department_id FROM core.hospital_contact WHERE source_system = 'bi_lpr3'") == [
        (None,)
    ]


def test_a_register_told_again_unchanged_is_all_duplicates_and_changes_nothing(warehouse):
    warehouse.deliver("bef", HOME)
    before = warehouse.rows("SELECT * FROM core.residence UNION ALL BY NAME SELECT * FROM core.person")
    assert counts(warehouse.deliver("bef", HOME)) == (0, 0, 1)
    assert warehouse.rows("SELECT * FROM core.residence UNION ALL BY NAME SELECT * FROM core.person") == before


def test_a_later_register_knows_when_someone_moved_and_taking_it_away_forgets_it(warehouse):
    warehouse.deliver("bef", HOME)
    before = warehouse.contents("residence", "person")
    moved = [{**HOME, "bop_vtil": "2026-01-31"}, {**HOME, "kom": "740", "bop_vfra": "2026-02-01"}]
    second = warehouse.deliver("bef", *moved)
    assert counts(second) == (2, 0, 0)
    lived = "SELECT municipality_code, starts_on::VARCHAR, ends_on::VARCHAR FROM core.residence ORDER BY ALL"
    assert warehouse.rows(lived) == [("0740", "2026-02-01", None), ("0791", "2010-01-01", "2026-01-31")]
    warehouse.deliver("bef", HOME, replaces=second.batch_id)
    assert warehouse.rows(lived) == [("0791", "2010-01-01", None)]
    assert [row[:-1] for row in warehouse.contents("residence")["core.residence"]] == [
        row[:-1] for row in before["core.residence"]
    ]


@pytest.mark.parametrize("order", [("2025", "2026"), ("2026", "2025")])
def test_the_later_register_by_name_knows_better_whichever_arrives_first(warehouse, order):
    registers = {"2025": HOME, "2026": {**HOME, "bop_vtil": "2026-01-31"}}
    for name in order:
        warehouse.deliver("bef", registers[name], name=name)
    assert warehouse.rows("SELECT ends_on::VARCHAR FROM core.residence") == [("2026-01-31",)]


DEATHS = "SELECT died_on::VARCHAR FROM core.person"


def test_a_death_that_a_later_register_withdraws_is_forgotten_and_taking_that_away_brings_it_back(warehouse):
    warehouse.deliver("bef", {**HOME, "doed_dato": "2024-05-01"})
    later = warehouse.deliver("bef", {**HOME, "kom": "740", "bop_vfra": "2024-05-15"})
    assert warehouse.rows(DEATHS) == [(None,)]
    warehouse.deliver("bef", {**HOME, "doed_dato": "2024-06-01"}, replaces=later.batch_id)
    assert warehouse.rows(DEATHS) == [("2024-06-01",)]


def test_a_later_register_of_other_people_withdraws_no_death(warehouse):
    warehouse.deliver("bef", {**HOME, "doed_dato": "2024-05-01"})
    warehouse.deliver("bef", {**HOME, "pnr": "2509479989"})
    assert sorted(warehouse.rows(DEATHS), key=str) == [("2024-05-01",), (None,)]


@pytest.mark.parametrize("dead_at", [0, 1, 2])
@pytest.mark.parametrize("comes_again", [False, True])
def test_a_death_that_stands_at_one_address_only_is_known(warehouse, dead_at, comes_again):
    homes = [{**HOME, "bop_vfra": f"20{year}-01-01", "kom": "791"} for year in (10, 14, 18)]
    homes[dead_at] = {**homes[dead_at], "doed_dato": "2024-05-01"}
    if comes_again:
        warehouse.deliver("bef", HOME)
    warehouse.deliver("bef", *homes)
    assert warehouse.rows(DEATHS) == [("2024-05-01",)]


def test_the_birth_date_is_coarsened_to_its_month(warehouse):
    warehouse.deliver("bef", {**HOME, "foed_dato": "1940-01-27"})
    assert warehouse.rows("SELECT born_on::VARCHAR FROM core.person") == [("1940-01-01",)]


def test_every_lab_value_keeps_its_text_sign_number_unit_and_code(warehouse):
    told = [
        ("7,2", "NPU03835", "pct."),
        ("0,072", "npu3835", "%"),
        ("<20", "NPU27300", "mmol/mol Hb"),
        ("Aflyst", "NPU27300", "x"),
        ("ikke påvist", "NPU19661", "x"),
    ]
    rows = [
        {**TEXT_RESULT, "value": value, "analysiscode": code, "unit": unit, "samplingtime": f"0{place}:00"}
        for place, (value, code, unit) in enumerate(told)
    ]
    warehouse.deliver("lab_dm_forsker", *rows)
    kept = "raw_text, raw_unit, code, comparator, value, unit, result_state"
    assert sorted(warehouse.rows(f"SELECT {kept} FROM core.measurement")) == [
        ("0,072", "%", "NPU03835", "=", 55.0, "mmol/mol", "number"),
        ("7,2", "pct.", "NPU03835", "=", 55.0, "mmol/mol", "number"),
        ("<20", "mmol/mol Hb", "NPU27300", "<", 20.0, "mmol/mol", "number"),
        ("Aflyst", "x", "NPU27300", None, None, "mmol/mol", "cancelled"),
        ("ikke påvist", "x", "NPU19661", None, None, "mg/g", "below_detection"),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_order_of_rows_in_a_file_changes_nothing(order):
    rows = [RESULT, {**RESULT, "pnr": BO}, {**RESULT, "pnr": DORA, "internal_reply_num": "60"}]
    one, other = Loading(), Loading()
    one.deliver("labka", *rows)
    other.deliver("labka", *(rows[place] for place in order))
    assert one.contents("measurement") == other.contents("measurement")
