"""A warehouse of any size, invented inside DuckDB in one pass per table, for measuring and nothing else.

The numbers have no clinical meaning. Every table is written in the order in which the warehouse stores it: by
pseudonym, then date. People are spread over pseudonyms evenly, as a keyed hash spreads them.
"""

from dataclasses import dataclass

import duckdb

FIRST_DAY = "DATE '2016-10-01'"
DAYS = 3652
ANALYTES = (
    # analyte, unit, code, lowest value, number of values, step
    ("hba1c", "mmol/mol", "NPU27300", 35, 60, 1.0),
    ("ldl", "mmol/L", "NPU01568", 10, 40, 0.1),
    ("creatinine", "umol/L", "NPU18016", 50, 100, 1.0),
    ("egfr", "mL/min/1.73m2", "DNK35302", 30, 61, 1.0),
    ("uacr", "mg/g", "NPU19661", 1, 400, 1.0),
    ("systolic_blood_pressure", "mmHg", "DNK05472", 105, 60, 1.0),
    ("diastolic_blood_pressure", "mmHg", "DNK05473", 60, 40, 1.0),
    ("weight", "kg", "NPU03804", 60, 70, 1.0),
    ("triglyceride", "mmol/L", "NPU04094", 5, 40, 0.1),
)


@dataclass(frozen=True)
class Size:
    """How large the warehouse is."""

    people: int = 300_000
    measurements_per_person: int = 250
    municipalities: int = 98
    practices: int = 1_600


def pseudonym(number: str, size: Size) -> str:
    """Return the SQL of a person's pseudonym; it grows with the person's number."""
    return f"CAST(printf('%08x-0000-4000-8000-%012x', ({number} * 4294967296) // {size.people}, {number}) AS UUID)"


def chance(*seeds: str) -> str:
    """Return the SQL of a whole number that looks random and is the same in every run."""
    return f"(hash({', '.join(seeds)}) >> 1)::BIGINT"


def facts(per_person: int, size: Size, salt: int) -> str:
    """Return the SQL of a fact table's frame: person `p`, place `j`, a day that grows with the place, and a chance."""
    step = DAYS / per_person
    return (
        f"(SELECT p, j, patient_id, {FIRST_DAY} + CAST(floor(j * {step} + c % {max(1, int(step))}) AS INTEGER) AS day, "
        f"c // 4096 AS c FROM (SELECT i // {per_person} AS p, i % {per_person} AS j, {chance('i', str(salt))} AS c "
        f"FROM range({per_person * size.people}) AS made(i)) AS fact JOIN invented_person USING (p))"
    )


def build(con: duckdb.DuckDBPyConnection, size: Size) -> None:
    """Fill the core tables of an empty warehouse."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE invented_person AS "
        f"SELECT i AS p, {pseudonym('i', size)} AS patient_id FROM range({size.people}) AS made(i)"
    )
    for table, (columns, select) in statements(size).items():
        con.execute(f"INSERT INTO core.{table} ({columns}, batch_id) SELECT *, 1 FROM ({select})")


def statements(size: Size) -> dict[str, tuple[str, str]]:
    """Return the columns and the SELECT of each core table."""
    person = pseudonym("i", size)
    people = f"range({size.people}) AS made(i)"
    # Practice k lies in municipality k modulo the number of municipalities; one patient in twenty lives in the next.
    home = f"({chance('i', '2')} % {size.practices})"
    moved = f"CASE WHEN {chance('i', '7')} % 20 = 0 THEN 1 ELSE 0 END"
    municipality = f"printf('%04d', 101 + ({home} + {moved}) % {size.municipalities})"
    practice = f"printf('%06d', 100001 + {home})"
    hospital = f"printf('6%03d', ({chance('p', '2')} % {size.practices}) % {size.municipalities} // 3 + (c % 10) // 9)"
    lowest = " ".join(f"WHEN {place} THEN {row[3]}" for place, row in enumerate(ANALYTES))
    number = " ".join(f"WHEN {place} THEN {row[4]}" for place, row in enumerate(ANALYTES))
    step = " ".join(f"WHEN {place} THEN {row[5]}" for place, row in enumerate(ANALYTES))
    named = [
        "CASE a " + " ".join(f"WHEN {place} THEN '{row[column]}'" for place, row in enumerate(ANALYTES)) + " END"
        for column in range(3)
    ]
    value = f"round((CASE a {lowest} END + c % CASE a {number} END) * CASE a {step} END, 1)"
    drugs = "['A10BA02','A10AB01','A10BK01','C10AA05','C09AA02','C07AB02','C08CA01','B01AC06']"
    codes = "['DE119','DE113','DE114','DE115B','DI251','DI639','DI509','DE160','DJ189','DM549']"
    specialty = "CASE c % 3 WHEN 0 THEN 'endocrinology' WHEN 1 THEN 'other_medical' ELSE 'other' END"
    return {
        "person": (
            "patient_id, sex, born_on, died_on",
            f"SELECT {person}, CASE WHEN {chance('i', '3')} % 2 = 0 THEN 'female' ELSE 'male' END, "
            f"DATE '1936-01-01' + to_months(({chance('i', '4')} % 720)::INTEGER), "
            f"CASE WHEN {chance('i', '5')} % 8 = 0 THEN {FIRST_DAY} + ({chance('i', '6')} % {DAYS})::INTEGER END "
            f"FROM {people}",
        ),
        "residence": (
            "patient_id, municipality_code, starts_on, ends_on",
            f"SELECT {person}, {municipality}, DATE '1990-01-01', NULL FROM {people}",
        ),
        "registration": (
            "patient_id, practice_id, starts_on, ends_on",
            f"SELECT {person}, {practice}, DATE '1990-01-01', NULL FROM {people}",
        ),
        "practice": (
            "practice_id, name, cluster_id, cluster_name, municipality_code, starts_on, ends_on",
            "SELECT printf('%06d', 100001 + i), 'Practice', printf('K%03d', i // 16), 'Cluster', "
            f"printf('%04d', 101 + i % {size.municipalities}), DATE '1990-01-01', NULL "
            f"FROM range({size.practices}) AS made(i)",
        ),
        "measurement": (
            "patient_id, taken_on, analyte, value, comparator, unit, result_state, raw_text, code, sector, "
            "source_system",
            f"SELECT patient_id, day, {named[0]}, {value}, '=', {named[1]}, 'number', CAST({value} AS VARCHAR), "
            f"{named[2]}, CASE c % 2 WHEN 0 THEN 'hospital' ELSE 'general_practice' END, 'labka' "
            f"FROM (SELECT *, j % {len(ANALYTES)} AS a FROM {facts(size.measurements_per_person, size, 11)})",
        ),
        "hospital_contact": (
            "patient_id, contact_id, started_on, starts_at, ended_on, ends_at, patient_type, is_physical, is_acute, "
            "specialty_code, specialty, hospital_id, department_id, source_system",
            "SELECT patient_id, 'lpr3:' || (p * 100 + j), day, day + INTERVAL 9 HOUR, day + (c % 3)::INTEGER, "
            "day + (c % 3)::INTEGER + INTERVAL 15 HOUR, CASE c % 4 WHEN 0 THEN 'inpatient' ELSE 'outpatient' END, "
            f"TRUE, c % 5 = 0, 'kardiologi', {specialty}, {hospital}, 'd', 'lpr3_f' "
            f"FROM {facts(15, size, 12)}",
        ),
        "diagnosis": (
            "patient_id, contact_id, diagnosed_on, code_system, code, diagnosis_type, specialty, retraction, sector, "
            "source_system",
            f"SELECT patient_id, 'lpr3:' || (p * 100 + j), day, 'sks', {codes}[1 + c % 10], "
            f"CASE c % 3 WHEN 0 THEN 'A' ELSE 'B' END, {specialty}, 'no', 'hospital', 'lpr3_f' "
            f"FROM {facts(15, size, 12)}",
        ),
        "procedure": (
            "patient_id, contact_id, performed_on, code, procedure_type, source_system",
            "SELECT patient_id, NULL, day, CASE c % 20 WHEN 0 THEN 'KNHQ07' WHEN 1 THEN 'UCXA' ELSE 'KNGE29' END, '', "
            f"'lpr3_f' FROM {facts(2, size, 13)}",
        ),
        "dispensing": (
            "patient_id, dispensed_on, atc_code, volume, packages, indication_code, product_number",
            f"SELECT patient_id, day, {drugs}[1 + c % 8], 100.0, 1.0, NULL, NULL FROM {facts(120, size, 14)}",
        ),
        "service": (
            "patient_id, service_on, specialty_code, service_code, provider_id, quantity, is_for_child",
            "SELECT patient_id, date_trunc('week', day)::DATE, CASE c % 8 WHEN 0 THEN '54' ELSE '80' END, '0101', "
            f"'100001', 1, FALSE FROM {facts(60, size, 15)}",
        ),
        "examination": (
            "patient_id, examined_on, examination, result, sector, source_system",
            "SELECT patient_id, day, ['foot', 'eye', 'smoking', 'annual_review'][1 + c % 4], "
            "['low', 'none', 'never', 'done'][1 + c % 4], 'general_practice', 'invented' "
            f"FROM {facts(24, size, 16)}",
        ),
        "municipal_course": (
            "patient_id, course_id, law, focus_code, referred_on, granted_on, closed_on, status, stop_reason_code, "
            "municipality_code, reported_at",
            "SELECT patient_id, 'c' || p, '119', 'DE11', day, day + 7, day + 90, 'completed', NULL, '0101', day "
            f"FROM {facts(1, size, 17)} WHERE p % 4 = 0",
        ),
        "municipal_encounter": (
            "patient_id, encounter_id, course_id, held_on, status, mode, intervention_code, reported_at",
            "SELECT patient_id, 'e' || p || '-' || j, 'c' || p, day, 'finished', 'AMB', NULL, day "
            f"FROM {facts(4, size, 18)} WHERE p % 4 = 0",
        ),
    }
