"""Core tables drawn as text, for tests that a clinician can read.

A drawing names a table and shows its rows; only the columns that matter need to be drawn:

    >>> con = warehouse_of('''
    ...     measurement
    ...     patient | taken_on   | analyte | value
    ...     1       | 2025-09-30 | hba1c   | 53
    ...     2       | 2025-10-01 | hba1c   |
    ...
    ...     registration
    ...     patient | practice_id | starts_on  | ends_on
    ...     1       | 100002      | 2019-01-01 |
    ... ''')
    >>> con.execute("SELECT count(*), count(value) FROM core.measurement").fetchone()
    (2, 1)

Rules: patients are whole numbers; a blank cell is NULL; a column that is not drawn has the default below; a patient who
is mentioned anywhere has type 2 diabetes since 2010-01-01 (draw the table `diabetes` to say otherwise), is a woman born
on 1960-01-01, has lived in municipality 0791 and been registered with practice 100001 always, unless drawn otherwise.
The table `diabetes` has the columns patient, diabetes_type (type_1 | type_2) and diabetes_since_on; `none` as its type
means no diabetes. Practices 100001 and 100002 are in cluster K1, 100003 in K2.
"""

import uuid

import duckdb
import polars as pl

from warehouse.schema import create_schema

UNITS = {
    "hba1c": "mmol/mol",
    "ldl": "mmol/L",
    "total_cholesterol": "mmol/L",
    "hdl": "mmol/L",
    "triglyceride": "mmol/L",
    "creatinine": "umol/L",
    "egfr": "mL/min/1.73m2",
    "uacr": "mg/g",
    "systolic_blood_pressure": "mmHg",
    "diastolic_blood_pressure": "mmHg",
    "weight": "kg",
    "height": "cm",
    "bmi": "kg/m2",
    "glucose": "mmol/L",
    "potassium": "mmol/L",
    "mean_glucose": "mmol/L",
    "tsh": "mU/L",
    "coeliac_antibodies": "U/mL",
}
CODES = {"hba1c": "NPU27300", "ldl": "NPU01568", "uacr": "NPU19661", "egfr": "DNK35302", "creatinine": "NPU18016"}
DEFAULTS: dict[str, dict[str, str | None]] = {
    "person": {"sex": "female", "born_on": "1960-01-01"},
    "diabetes": {"diabetes_type": "type_2", "diabetes_since_on": "2010-01-01"},
    "residence": {"municipality_code": "0791", "starts_on": "1900-01-01"},
    "registration": {"practice_id": "100001", "starts_on": "1900-01-01"},
    "practice": {"name": "Practice", "cluster_id": "K1", "municipality_code": "0791", "starts_on": "1900-01-01"},
    "hospital_contact": {
        "patient_type": "outpatient",
        "is_physical": "true",
        "is_acute": "false",
        "specialty": "endocrinology",
        "specialty_code": "medicinsk endokrinologi",
        "hospital_id": "6630",
        "source_system": "lpr3_f",
    },
    "diagnosis": {
        "code_system": "sks",
        "diagnosis_type": "A",
        "specialty": "endocrinology",
        "retraction": "no",
        "sector": "hospital",
        "source_system": "lpr3_f",
    },
    "procedure": {"source_system": "lpr3_f"},
    "measurement": {"analyte": "hba1c", "sector": "general_practice", "source_system": "labka"},
    "dispensing": {"volume": "100", "packages": "1"},
    "service": {
        "specialty_code": "80",
        "service_code": "0101",
        "provider_id": "100001",
        "quantity": "1",
        "is_for_child": "false",
    },
    "examination": {"sector": "general_practice", "source_system": "drawn"},
    "municipal_course": {"law": "119", "focus_code": "DE11", "status": "active", "municipality_code": "0791"},
    "municipal_encounter": {"status": "finished"},
    "message": {
        "kind": "discharge_summary",
        "state": "sent",
        "hospital_id": "6630",
        "source_system": "meddelelseslog",
    },
}
RESULTS = {"foot": "low", "eye": "none", "smoking": "never", "annual_review": "done", "injection_sites": "none"}
ROW_NAMES = {
    "hospital_contact": "contact_id",
    "municipal_course": "course_id",
    "municipal_encounter": "encounter_id",
    "message": "message_id",
}
Row = dict[str, str | None]


def patient_uuid(number: str | int) -> uuid.UUID:
    """Return the pseudonym of a drawn patient; pseudonyms are spread evenly, as real ones are."""
    return uuid.uuid5(uuid.NAMESPACE_OID, str(int(number)))


def parse(drawing: str) -> dict[str, list[Row]]:
    """Return the drawn rows of each table, cells as text and blank cells as None."""
    tables: dict[str, list[Row]] = {}
    rows: list[Row] = []
    columns: list[str] | None = None
    for line in (raw.strip() for raw in drawing.splitlines()):
        if not line or set(line) <= set("-+| "):
            continue
        if "|" not in line and line.rstrip(":") in DEFAULTS:
            rows, columns = tables.setdefault(line.rstrip(":"), []), None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else None
        cells = cells or [cell.strip() for cell in line.split("|")]
        if columns is None:
            columns = cells
        elif len(cells) != len(columns):
            raise ValueError(f"A drawn row has {len(cells)} cells under {len(columns)} columns: {line}")
        else:
            rows.append({column: cell or None for column, cell in zip(columns, cells, strict=True)})
    return tables


def warehouse_of(drawing: str) -> duckdb.DuckDBPyConnection:
    """Return an in-memory warehouse that holds the drawn rows, with the table `indicator.diabetes` filled."""
    con = duckdb.connect()
    create_schema(con, with_comments=False)
    con.execute("CREATE SCHEMA indicator")
    con.execute(
        "CREATE TABLE indicator.diabetes "
        "(patient_id UUID, diabetes_type VARCHAR, diabetes_since_on DATE, definition VARCHAR)"
    )
    draw(con, drawing)
    return con


def draw(con: duckdb.DuckDBPyConnection, drawing: str) -> None:
    """Put the drawn rows into the empty tables of a warehouse."""
    insert(con, complete(parse(drawing)))


def erase(con: duckdb.DuckDBPyConnection) -> None:
    """Empty the tables that a drawing fills."""
    for name in DEFAULTS:
        con.execute(f"DELETE FROM {table_of(name)}")


def table_of(name: str) -> str:
    """Return the full name of a drawn table."""
    return "indicator.diabetes" if name == "diabetes" else f"core.{name}"


def complete(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the tables with defaults filled in and the people, homes, registrations and practices not drawn."""
    patients = sorted({row["patient"] for rows in tables.values() for row in rows if row.get("patient")}, key=str)
    full = {name: [fill(name, number, row) for number, row in enumerate(rows, 1)] for name, rows in tables.items()}
    for name in ("person", "diabetes", "residence", "registration"):
        drawn = {row["patient"] for row in full.get(name, [])}
        missing = [fill(name, 0, {"patient": patient}) for patient in patients if patient not in drawn]
        full[name] = full.get(name, []) + missing
    full["diabetes"] = [row for row in full["diabetes"] if row["diabetes_type"] != "none"]
    practices = {"100001": "K1", "100002": "K1", "100003": "K2"}
    drawn_practices = {row["practice_id"] for row in full.get("practice", [])}
    full["practice"] = full.get("practice", []) + [
        fill("practice", 0, {"practice_id": practice, "cluster_id": cluster, "cluster_name": f"Cluster {cluster}"})
        for practice, cluster in practices.items()
        if practice not in drawn_practices
    ]
    return full


def fill(table: str, number: int, row: Row) -> Row:
    """Return a drawn row with the columns that were not drawn."""
    full: Row = DEFAULTS[table] | row
    if table in ROW_NAMES:
        full.setdefault(ROW_NAMES[table], f"{table}:{number}")
    if table == "measurement":
        analyte, value = full["analyte"] or "", full.get("value")
        full.setdefault("unit", UNITS[analyte])
        full.setdefault("code", CODES.get(analyte, analyte))
        full.setdefault("comparator", "=" if value else None)
        full.setdefault("result_state", "number" if value else "cancelled")
        full.setdefault("raw_text", value)
    if table == "examination":
        full.setdefault("result", RESULTS[full["examination"] or ""])
    if table == "municipal_course":
        full.setdefault("reported_at", full.get("closed_on") or full.get("granted_on") or full.get("referred_on"))
    if table == "municipal_encounter":
        full.setdefault("reported_at", full.get("held_on"))
    if table not in ("diabetes",):
        full.setdefault("batch_id", "1")
    return full


def insert(con: duckdb.DuckDBPyConnection, tables: dict[str, list[Row]]) -> None:
    """Insert completed rows, a table at a time; unknown columns are refused by the table itself."""
    for name, rows in tables.items():
        full = [stored(name, row) for row in rows]
        columns = list(dict.fromkeys(column for row in full for column in row))
        if not full:
            continue
        con.register("drawn_rows", pl.DataFrame(full, schema=dict.fromkeys(columns, pl.String)).to_arrow())
        listed = ", ".join(columns)
        con.execute(f"INSERT INTO {table_of(name)} ({listed}) SELECT {listed} FROM drawn_rows")
        con.unregister("drawn_rows")


def stored(table: str, row: Row) -> Row:
    """Return a completed row as its table holds it: the patient by pseudonym."""
    values: Row = {column: cell for column, cell in row.items() if column != "patient"}
    if "patient" in row:
        values["patient_id"] = str(patient_uuid(row["patient"] or 0))
    if table == "diabetes":
        values["definition"] = "drawn"
    return values
