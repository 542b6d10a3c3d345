"""The pack's mappings turn staged rows into rows that fit the core tables, with the right codes and units."""

from collections.abc import Sequence
from functools import cache

import duckdb
import pytest

from data_contracts.contract import load_contracts
from data_contracts.warehouse_schema import render_schema
from ingest.conform import offer_codelists, select_rows
from packs.pack import load_pack
from tests.lib.staged_rows import Row, clean_row, pseudonym, stage_rows

PACK = load_pack("denmark")
CONTRACTS = load_contracts()
CONTACT = """
    INSERT INTO core.hospital_contact BY NAME
    SELECT md5('someone')::UUID AS patient_id, key AS contact_id, DATE '2017-05-04' AS started_on, true AS is_physical,
        'endocrinology' AS specialty, 'lpr2' AS source_system, 1 AS batch_id
    FROM (VALUES ('lpr2:000000000100000001'), ('lpr3:000000000200000001')) AS known(key)
"""


@cache
def warehouse() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(render_schema())
    con.execute(CONTACT)
    used = {lookup.codelist for one in PACK.mappings.values() for target in one.targets for lookup in target.lookups}
    offer_codelists(con, {name: PACK.codelist(name) for name in used})
    return con


def conformed(file_type: str, rows: Sequence[Row], table: str) -> list[dict[str, object]]:
    """Return the core rows that staged rows become, after the table's own checks."""
    con = warehouse().cursor()
    con.begin()
    stage_rows(con, CONTRACTS[file_type], rows)
    mapping = PACK.mapping(file_type)
    for name, select in mapping.relations.items():
        con.execute(f"CREATE TEMP TABLE {name} AS {select}")
    (target,) = [each for each in mapping.targets if each.table == table]
    con.execute(
        f"INSERT INTO core.{table} BY NAME "
        f"SELECT * EXCLUDE (row_number), 2 AS batch_id FROM ({select_rows(target)}) ORDER BY row_number"
    )
    found = con.execute(f"SELECT * EXCLUDE (batch_id) FROM core.{table} WHERE batch_id = 2")
    names = [each[0] for each in found.description]
    rows_found = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    con.rollback()
    return rows_found


EXAMPLES = [
    pytest.param(name, target.table, id=f"{name}-{target.table}")
    for name in PACK.contracts
    for target in PACK.mapping(name).targets
    if CONTRACTS[name].format == "csv"
]


@pytest.mark.parametrize(("name", "table"), EXAMPLES)
def test_the_example_of_a_contract_becomes_one_row_that_fits_the_core_table(name: str, table: str) -> None:
    rows = conformed(name, [clean_row(CONTRACTS[name])], table)
    assert len(rows) == (2 if (name, table) == ("praksis_diagnoser", "diagnosis") else 1) or name.startswith("for_")
    assert rows


# code, text, unit -> analyte, value, comparator, result state
LAB_TEXTS = [
    ("NPU27300", "52", "hba1c", 52.0, "=", "number"),
    ("NPU27300", "<20", "hba1c", 20.0, "<", "number"),
    ("NPU27300", "> 130", "hba1c", 130.0, ">", "number"),
    ("NPU27300", ">=130", "hba1c", 130.0, ">=", "number"),
    ("NPU03835", "0,072", "hba1c", 55.0, "=", "number"),
    ("NPU03835", "7,2", "hba1c", 55.0, "=", "number"),
    ("NPU03835", "6,5", "hba1c", 48.0, "=", "number"),
    ("NPU03835", "7.0", "hba1c", 53.0, "=", "number"),
    ("AAB00093", "52", "hba1c", 52.0, "=", "number"),
    ("NPU27300", "Aflyst", "hba1c", None, None, "cancelled"),
    ("NPU19661", "ikke påvist", "uacr", None, None, "below_detection"),
    ("NPU19661", "negativ", "uacr", None, None, "below_detection"),
    ("NPU19661", "se svar", "uacr", None, None, "word"),
    ("NPU19661", "30", "uacr", 30.0, "=", "number"),
    ("NPU03918", "3,4", "uacr", 30.056, "=", "number"),
    ("NPU28842", "3,4", "uacr", 30.056, "=", "number"),
    ("NPU09101", "0,085", "creatinine", 85.0, "=", "number"),
    ("NPU18016", "85", "creatinine", 85.0, "=", "number"),
    ("DNK35302", ">90", "egfr", 90.0, ">", "number"),
    ("NPU27412", "8,4", "mean_glucose", 8.4, "=", "number"),
    ("NPU03794", "1,78", "height", 178.0, "=", "number"),
    ("NPU03794", "178", "height", 178.0, "=", "number"),
    ("NPU01568", "2,6", "ldl", 2.6, "=", "number"),
]


@pytest.mark.parametrize("case", LAB_TEXTS, ids=lambda case: f"{case[0]} {case[1]}")
def test_a_laboratory_text_becomes_a_value_in_the_unit_of_its_analyte(case: tuple[object, ...]) -> None:
    code, text, analyte, value, comparator, state = case
    row = clean_row(CONTRACTS["lab_dm_forsker"], analysiscode=str(code), value=str(text))
    (found,) = conformed("lab_dm_forsker", [row], "measurement")
    assert (found["analyte"], found["comparator"], found["result_state"]) == (analyte, comparator, state)
    assert found["value"] == value
    assert found["raw_text"] == text


def test_the_unit_of_every_analyte_is_the_same_whatever_the_code() -> None:
    units = PACK.codelist("laboratory_analysis").group_by("analyte").agg(units="unit").rows()
    assert {analyte: set(found) for analyte, found in units if len(set(found)) > 1} == {}


def test_a_relation_sign_in_its_own_column_is_kept_and_the_requisitioner_tells_the_sector() -> None:
    rows = [
        clean_row(CONTRACTS["labka"], pnr=f"person {number}", relationsign=sign, requisitioner=who)
        for number, (sign, who) in enumerate([("<", "Y012345"), ("", "H6630010"), (">=", "")])
    ]
    found = conformed("labka", rows, "measurement")
    assert [(each["comparator"], each["raw_text"], each["sector"]) for each in found] == [
        ("<", "<52", "general_practice"),
        ("=", "52", "hospital"),
        (">=", ">=52", "unknown"),
    ]


def test_the_time_of_the_answer_counts_where_no_time_of_sampling_is_delivered() -> None:
    row = clean_row(CONTRACTS["for_labka"], datotid_proevetagning="", datotid_sidstesvar="2021-03-02 14:00:00")
    (found,) = conformed("for_labka", [row], "measurement")
    assert str(found["taken_at"]) == "2021-03-02 14:00:00"


def test_a_birth_date_is_coarsened_to_its_month_and_a_person_is_told_by_the_latest_address() -> None:
    old = clean_row(CONTRACTS["bef"], foed_dato="25-09-1947", bop_vfra="2010-01-01", bop_vtil="2015-02-28")
    new = clean_row(CONTRACTS["bef"], foed_dato="25-09-1947", bop_vfra="2015-03-01", doed_dato="2024-01-02")
    (person,) = conformed("bef", [new, old], "person")
    assert (str(person["born_on"]), str(person["died_on"]), person["sex"]) == ("1947-09-01", "2024-01-02", "male")
    residences = conformed("bef", [new, old], "residence")
    assert sorted((str(each["starts_on"]), each["municipality_code"]) for each in residences) == [
        ("2010-01-01", "0791"),
        ("2015-03-01", "0791"),
    ]


@pytest.mark.parametrize(
    ("code", "specialty"), [("08", "endocrinology"), ("8", "endocrinology"), ("01", "other_medical"), ("34", "other")]
)
def test_a_specialty_number_of_the_older_register_is_grouped(code: str, specialty: str) -> None:
    (found,) = conformed("lpr_adm", [clean_row(CONTRACTS["lpr_adm"], c_spec=code)], "hospital_contact")
    assert found["specialty"] == specialty


@pytest.mark.parametrize(
    ("words", "specialty"),
    [
        ("Medicinsk Endokrinologi", "endocrinology"),
        ("HÆMATOLOGI", "other_medical"),
        ("haematologi", "other_medical"),
        ("ortopædisk kirurgi", "other"),
        ("", None),
    ],
)
def test_a_specialty_in_words_is_grouped_without_regard_to_case(words: str, specialty: str | None) -> None:
    (found,) = conformed("kontakter", [clean_row(CONTRACTS["kontakter"], hovedspeciale_ans=words)], "hospital_contact")
    assert found["specialty"] == specialty


def test_both_deliveries_of_the_newer_register_give_a_contact_the_same_key() -> None:
    (old,) = conformed("kontakter", [clean_row(CONTRACTS["kontakter"])], "hospital_contact")
    (new,) = conformed("lpr_a_kontakt", [clean_row(CONTRACTS["lpr_a_kontakt"])], "hospital_contact")
    assert old["contact_id"] == new["contact_id"] == "lpr3:000000000200000001"
    assert (old["started_on"], old["starts_at"], old["is_acute"]) == (
        new["started_on"],
        new["starts_at"],
        new["is_acute"],
    )


@pytest.mark.parametrize(
    ("delivered", "system", "code"), [("de11.9", "sks", "DE119"), ("250", "icd8", "250"), ("24901", "icd8", "24901")]
)
def test_a_diagnosis_keeps_its_code_system(delivered: str, system: str, code: str) -> None:
    (found,) = conformed("lpr_diag", [clean_row(CONTRACTS["lpr_diag"], c_diag=delivered)], "diagnosis")
    assert (found["code_system"], found["code"], found["patient_id"]) == (system, code, pseudonym("someone"))
    assert (str(found["diagnosed_on"]), found["specialty"]) == ("2017-05-04", "endocrinology")


@pytest.mark.parametrize(("delivered", "retraction"), [("Ja", "yes"), ("NEJ", "no"), ("", "not_stated")])
def test_a_blank_retraction_is_kept_apart_from_a_stated_one(delivered: str, retraction: str) -> None:
    (found,) = conformed("diagnoser", [clean_row(CONTRACTS["diagnoser"], senere_afkraeftet=delivered)], "diagnosis")
    assert found["retraction"] == retraction


def test_the_diagnoses_in_one_field_become_rows_and_unknown_types_are_left_out() -> None:
    row = clean_row(
        CONTRACTS["for_besoeg"], adiagnosekode="DE119", diagnosegruppestreng="A:DE119#+:ALFC3#B:DI109#HO:DE100#Z:ALFC3"
    )
    found = conformed("for_besoeg", [row], "diagnosis")
    assert sorted((each["diagnosis_type"], each["code"]) for each in found) == [
        ("+", "ALFC3"),
        ("A", "DE119"),
        ("B", "DI109"),
    ]
    (contact,) = conformed("for_besoeg", [row], "hospital_contact")
    assert {each["contact_id"] for each in found} == {contact["contact_id"]}


@pytest.mark.parametrize(
    ("right", "left", "result"),
    [
        ("0", "2", "moderate"),
        ("4", "9", "proliferative"),
        ("9", "", "ungradable"),
        ("", "0", "none"),
        ("9", "9", "ungradable"),
    ],
)
def test_the_worse_eye_counts(right: str, left: str, result: str) -> None:
    row = clean_row(CONTRACTS["oejenscreening"], retinopati_hoejre=right, retinopati_venstre=left)
    (found,) = conformed("oejenscreening", [row], "examination")
    assert found["result"] == result


@pytest.mark.parametrize(
    ("speciale", "specialty", "service"),
    [
        ("800101", "80", "0101"),
        ("540001", "54", "0001"),
        ("040110", "04", "0110"),
        ("54100", "54", "0100"),
        ("19011", "19", "0011"),
        ("54", "54", ""),
    ],
)
def test_a_service_is_split_into_specialty_and_service(speciale: str, specialty: str, service: str) -> None:
    for file_type in ("sssy", "sysi"):
        (found,) = conformed(file_type, [clean_row(CONTRACTS[file_type], speciale=speciale, honuge="2014")], "service")
        assert (found["specialty_code"], found["service_code"], str(found["service_on"])) == (
            specialty,
            service,
            "2020-03-30",
        )
