"""A warehouse of any size, invented inside DuckDB in one pass per table, for measuring and nothing else.

The numbers have no clinical meaning. Every table is written in the order in which the warehouse stores it: by
pseudonym, then date. People are spread over pseudonyms evenly, as a keyed hash spreads them. Each delivery says who
brought it, and something of everything happens every week, so that the rules of coverage find every period covered.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from warehouse.run_log import Batch, write_batch

FIRST_DAY = "DATE '2016-10-01'"
DAYS = 3652
ANALYTES = (
    # analyte, unit, code, file type, lowest value, number of values, step
    ("hba1c", "mmol/mol", "NPU27300", "labka", 35, 60, 1.0),
    ("ldl", "mmol/L", "NPU01568", "labka", 10, 40, 0.1),
    ("creatinine", "umol/L", "NPU18016", "labka", 50, 100, 1.0),
    ("egfr", "mL/min/1.73m2", "DNK35302", "labka", 30, 61, 1.0),
    ("uacr", "mg/g", "NPU19661", "labka", 1, 400, 1.0),
    ("systolic_blood_pressure", "mmHg", "DNK05472", "praksis_maalinger", 105, 60, 1.0),
    ("diastolic_blood_pressure", "mmHg", "DNK05473", "praksis_maalinger", 60, 40, 1.0),
    ("weight", "kg", "NPU03804", "praksis_maalinger", 60, 70, 1.0),
    ("triglyceride", "mmol/L", "NPU04094", "labka", 5, 40, 0.1),
)
SYSTOLIC = [row[0] for row in ANALYTES].index("systolic_blood_pressure")
# File type and sector of each delivery; the number of its batch is its place, from 1.
DELIVERIES = (
    ("bef", "population"),
    ("praksis_tilknytning", "population"),
    ("yderregister", "population"),
    ("labka", "laboratory"),
    ("praksis_maalinger", "general_practice"),
    ("kontakter", "hospital"),
    ("diagnoser", "hospital"),
    ("procedurer_kirurgi", "hospital"),
    ("lmdb", "pharmacy"),
    ("sysi", "insurance"),
    ("praksis_undersoegelser", "general_practice"),
    ("oejenscreening", "eye_screening"),
    ("kl_gateway_119", "municipality"),
)
DELIVERED_AT = datetime(2026, 10, 5, tzinfo=UTC)


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


def facts(per_person: int, size: Size, salt: int, *, day_of: str = "i") -> str:
    """Return the SQL of a fact table's frame: person `p`, place `j`, a day that grows with the place, and a chance.

    Args:
        per_person: Facts of each person.
        size: How many people there are.
        salt: Another number gives other chances.
        day_of: SQL of the number of the fact whose day a fact has: its own, or that of the one after it.
    """
    step = DAYS / per_person
    day = f"d % {per_person} * {step} + {chance('d', str(salt))} % {max(1, int(step))}"
    return (
        f"(SELECT p, j, patient_id, {FIRST_DAY} + CAST(floor({day}) AS INTEGER) AS day, c // 4096 AS c FROM ("
        f"SELECT i // {per_person} AS p, i % {per_person} AS j, {chance('i', str(salt))} AS c, {day_of} AS d "
        f"FROM range({per_person * size.people}) AS made(i)) AS fact JOIN invented_person USING (p))"
    )


def batch_of(file_type: str) -> int:
    """Return the number of the batch of a file type."""
    return [name for name, _ in DELIVERIES].index(file_type) + 1


def build(con: duckdb.DuckDBPyConnection, size: Size) -> None:
    """Fill the core tables of an empty warehouse."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE invented_person AS "
        f"SELECT i AS p, {pseudonym('i', size)} AS patient_id FROM range({size.people}) AS made(i)"
    )
    for table, (columns, select) in statements(size).items():
        con.execute(f"INSERT INTO core.{table} ({columns}, batch_id) {select}")
    for batch_id, (file_type, sector) in enumerate(DELIVERIES, 1):
        write_batch(con, delivery(batch_id, file_type, sector))


def delivery(batch_id: int, file_type: str, sector: str) -> Batch:
    """Return what the warehouse notes of a delivery; how many rows it had is not counted here."""
    return Batch(
        batch_id=batch_id,
        run_id="invented",
        file_name=f"{file_type}.csv",
        file_hash=file_type,
        file_type=file_type,
        sector=sector,
        contract_version="1.0.0",
        pack="denmark",
        pack_version="1.0.0",
        delivery_key=file_type,
        delivered_on=DELIVERED_AT.date(),
        covers_until=None,
        rows_until=None,
        key_id="invented",
        encoding=None,
        separator=None,
        rows_in=0,
        rows_loaded=0,
        rows_quarantined=0,
        rows_duplicate=0,
        state="loaded",
        started_at=DELIVERED_AT,
        ended_at=DELIVERED_AT,
        code_version="invented",
    )


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
    batch = " ".join(f"WHEN {place} THEN {batch_of(row[3])}" for place, row in enumerate(ANALYTES))
    lowest = " ".join(f"WHEN {place} THEN {row[4]}" for place, row in enumerate(ANALYTES))
    number = " ".join(f"WHEN {place} THEN {row[5]}" for place, row in enumerate(ANALYTES))
    step = " ".join(f"WHEN {place} THEN {row[6]}" for place, row in enumerate(ANALYTES))
    per_person = size.measurements_per_person
    # Everybody begins with another analyte, and both values of a blood pressure are of one day.
    analyte = f"(i % {per_person} + i // {per_person}) % {len(ANALYTES)}"
    day_of = f"CASE WHEN i % {per_person} < {per_person - 1} AND {analyte} = {SYSTOLIC} THEN i + 1 ELSE i END"
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
            f"CASE WHEN {chance('i', '5')} % 8 = 0 THEN {FIRST_DAY} + ({chance('i', '6')} % {DAYS})::INTEGER END, "
            f"{batch_of('bef')} FROM {people}",
        ),
        "residence": (
            "patient_id, municipality_code, starts_on, ends_on",
            f"SELECT {person}, {municipality}, DATE '1990-01-01', NULL, {batch_of('bef')} FROM {people}",
        ),
        "registration": (
            "patient_id, practice_id, starts_on, ends_on",
            f"SELECT {person}, {practice}, DATE '1990-01-01', NULL, {batch_of('praksis_tilknytning')} FROM {people}",
        ),
        "practice": (
            "practice_id, name, cluster_id, cluster_name, municipality_code, starts_on, ends_on",
            "SELECT printf('%06d', 100001 + i), 'Practice', printf('K%03d', i // 16), 'Cluster', "
            f"printf('%04d', 101 + i % {size.municipalities}), DATE '1990-01-01', NULL, {batch_of('yderregister')} "
            f"FROM range({size.practices}) AS made(i)",
        ),
        "measurement": (
            "patient_id, taken_on, analyte, value, comparator, unit, result_state, raw_text, code, sector, "
            "source_system",
            f"SELECT patient_id, day, {named[0]}, {value}, '=', {named[1]}, 'number', CAST({value} AS VARCHAR), "
            f"{named[2]}, CASE c % 2 WHEN 0 THEN 'hospital' ELSE 'general_practice' END, 'labka', CASE a {batch} END "
            f"FROM (SELECT *, (j + p) % {len(ANALYTES)} AS a FROM {facts(per_person, size, 11, day_of=day_of)})",
        ),
        "hospital_contact": (
            "patient_id, contact_id, started_on, starts_at, ended_on, ends_at, patient_type, is_physical, is_acute, "
            "specialty_code, specialty, hospital_id, department_id, source_system",
            "SELECT patient_id, 'lpr3:' || (p * 100 + j), day, day + INTERVAL 9 HOUR, day + (c % 3)::INTEGER, "
            "day + (c % 3)::INTEGER + INTERVAL 15 HOUR, CASE c % 4 WHEN 0 THEN 'inpatient' ELSE 'outpatient' END, "
            f"TRUE, c % 5 = 0, 'kardiologi', {specialty}, {hospital}, 'd', 'lpr3_f', {batch_of('kontakter')} "
            f"FROM {facts(15, size, 12)}",
        ),
        "diagnosis": (
            "patient_id, contact_id, diagnosed_on, code_system, code, diagnosis_type, specialty, retraction, sector, "
            "source_system",
            f"SELECT patient_id, 'lpr3:' || (p * 100 + j), day, 'sks', {codes}[1 + c % 10], "
            f"CASE c % 3 WHEN 0 THEN 'A' ELSE 'B' END, {specialty}, 'no', 'hospital', 'lpr3_f', "
            f"{batch_of('diagnoser')} FROM {facts(15, size, 12)}",
        ),
        "procedure": (
            "patient_id, contact_id, performed_on, code, procedure_type, source_system",
            "SELECT patient_id, NULL, day, CASE c % 20 WHEN 0 THEN 'KNHQ07' WHEN 1 THEN 'UCXA' ELSE 'KNGE29' END, '', "
            f"'lpr3_f', {batch_of('procedurer_kirurgi')} FROM {facts(2, size, 13)}",
        ),
        "dispensing": (
            "patient_id, dispensed_on, atc_code, volume, packages, indication_code, product_number",
            f"SELECT patient_id, day, {drugs}[1 + c % 8], 100.0, 1.0, NULL, NULL, {batch_of('lmdb')} "
            f"FROM {facts(120, size, 14)}",
        ),
        "service": (
            "patient_id, service_on, specialty_code, service_code, provider_id, quantity, is_for_child",
            "SELECT patient_id, date_trunc('week', day)::DATE, CASE c % 8 WHEN 0 THEN '54' ELSE '80' END, '0101', "
            f"'100001', 1, FALSE, {batch_of('sysi')} FROM {facts(60, size, 15)}",
        ),
        "examination": (
            "patient_id, examined_on, examination, result, sector, source_system",
            "SELECT patient_id, day, ['foot', 'eye', 'smoking', 'annual_review'][1 + c % 4], "
            "['low', 'none', 'never', 'done'][1 + c % 4], 'general_practice', 'invented', CASE c % 4 WHEN 1 "
            f"THEN {batch_of('oejenscreening')} ELSE {batch_of('praksis_undersoegelser')} END "
            f"FROM {facts(24, size, 16)}",
        ),
        "municipal_course": (
            "patient_id, course_id, law, focus_code, referred_on, granted_on, closed_on, status, stop_reason_code, "
            "municipality_code, reported_at",
            "SELECT patient_id, 'c' || p, '119', 'DE11', day, day + 7, day + 90, 'completed', NULL, '0101', day, "
            f"{batch_of('kl_gateway_119')} FROM {facts(1, size, 17)} WHERE p % 4 = 0",
        ),
        "municipal_encounter": (
            "patient_id, encounter_id, course_id, held_on, status, mode, intervention_code, reported_at",
            "SELECT patient_id, 'e' || p || '-' || j, 'c' || p, day, 'finished', 'AMB', NULL, day, "
            f"{batch_of('kl_gateway_119')} FROM {facts(4, size, 18)} WHERE p % 4 = 0",
        ),
    }
