"""Boundary cases of measures, drawn as tables of FHIR resources.

A table is named after a kind of resource and its columns are the cells of `tests.lib.fhir_patients.resource`; the
table `patient` has `born_on`. The period is the year 2026. A patient was born on 1970-06-15, had an office visit on
2026-03-01 and has, as the diagnosis of an encounter, diabetes and hypertension since 2020-01-01, unless the table
`bare` says that they lack the `visit` or the `diagnosis`.
"""

from tests.lib.fhir_patients import Json, bundle, patient, report, resource

KINDS = {
    "encounter": "Encounter",
    "condition": "Condition",
    "observation": "Observation",
    "procedure": "Procedure",
    "medication_request": "MedicationRequest",
    "service_request": "ServiceRequest",
    "device_request": "DeviceRequest",
}
TABLES = {*KINDS, "patient", "bare"}
VISIT = {"code": "office_visit", "at": "2026-03-01..2026-03-01"}
DIAGNOSIS = {
    "code": "diabetes essential_hypertension",
    "at": "2020-01-01",
    "profile": "condition-encounter-diagnosis",
}
Row = dict[str, str | None]


def drawn_bundles(measure: str, drawing: str, patients: list[int]) -> list[Json]:
    """Return a bundle for each drawn patient, with a report that expects nothing."""
    tables = parse(drawing)
    return [drawn_bundle(measure, tables, number) for number in patients]


def drawn_bundle(measure: str, tables: dict[str, list[Row]], number: int) -> Json:
    """Return the bundle of one drawn patient."""
    own = {name: [row for row in rows if row["patient"] == str(number)] for name, rows in tables.items()}
    born_on = next((row["born_on"] for row in own.get("patient", [])), None) or "1970-06-15"
    lacks = {row["lacks"] for row in own.get("bare", [])}
    resources = [patient(number, born_on), report(measure, number, {})]
    resources += [resource("Encounter", dict(VISIT), number, f"visit-{number}")] if "visit" not in lacks else []
    resources += [resource("Condition", dict(DIAGNOSIS), number, f"dx-{number}")] if "diagnosis" not in lacks else []
    for name, kind in KINDS.items():
        for place, row in enumerate(own.get(name, [])):
            resources.append(resource(kind, row, number, f"{name}-{number}-{place}"))
    return bundle(resources)


def parse(drawing: str) -> dict[str, list[Row]]:
    """Return the rows of each drawn table; a blank cell is None."""
    tables: dict[str, list[Row]] = {}
    rows: list[Row] = []
    columns: list[str] = []
    for line in (raw.strip() for raw in drawing.splitlines()):
        if not line:
            continue
        if line in TABLES:
            rows, columns = tables.setdefault(line, []), []
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if not columns:
            columns = cells
        else:
            rows.append({column: cell or None for column, cell in zip(columns, cells, strict=True)})
    return tables
