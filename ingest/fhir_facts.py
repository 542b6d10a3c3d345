"""FHIR R4 resources as facts: what was said of a patient, coded, with a status, over a stretch of time.

FHIR's resources differ in the names of their elements, not in kind. So all of them become rows of one table, `fact`,
with their codes in `coding` and the parts of a panel in `component`; a definition then asks the same questions of each.
Everything is done set-wise, by JSON paths inside DuckDB.

Times are told in UTC, as the published logic of quality measures compares them. A day or a month without a clock time
keeps its first and last day; an end that is not told lies at `LAST_DAY`, a beginning that is not told at `FIRST_DAY`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

FIRST_DAY = "0001-01-01"
LAST_DAY = "9999-12-31"

TABLES = """
    CREATE OR REPLACE TEMP TABLE fact (
        fact_id BIGINT, group_name VARCHAR, subject VARCHAR, resource VARCHAR, resource_id VARCHAR, kind VARCHAR,
        categories VARCHAR, status VARCHAR, intent VARCHAR, is_not_done BOOLEAN, starts_at TIMESTAMP,
        ends_at TIMESTAMP, value DOUBLE, comparator VARCHAR, unit VARCHAR, has_value BOOLEAN, class_code VARCHAR,
        encounter_id VARCHAR, medication_id VARCHAR);
    CREATE OR REPLACE TEMP TABLE coding (fact_id BIGINT, element VARCHAR, system VARCHAR, code VARCHAR);
    CREATE OR REPLACE TEMP TABLE component (
        fact_id BIGINT, system VARCHAR, code VARCHAR, value DOUBLE, comparator VARCHAR, unit VARCHAR);
"""

# The first or last moment that a FHIR date, month, year or moment can mean; NULL when it is none.
MACROS = """
    SET TimeZone = 'UTC';
    CREATE OR REPLACE TEMP MACRO first_moment(said) AS CASE length(said)
        WHEN 4 THEN TRY_CAST(said || '-01-01' AS TIMESTAMP)
        WHEN 7 THEN TRY_CAST(said || '-01' AS TIMESTAMP)
        ELSE TRY_CAST(said AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END;
    CREATE OR REPLACE TEMP MACRO last_moment(said) AS CASE length(said)
        WHEN 4 THEN TRY_CAST(said || '-12-31' AS TIMESTAMP)
        WHEN 7 THEN CAST(last_day(TRY_CAST(said || '-01' AS DATE)) AS TIMESTAMP)
        ELSE TRY_CAST(said AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END;
    CREATE OR REPLACE TEMP MACRO last_part(reference) AS regexp_extract(reference, '[^/:]+$');
    CREATE OR REPLACE TEMP MACRO told(resource, path) AS json_extract_string(resource, path);
"""


@dataclass(frozen=True)
class Layout:
    """Where one kind of resource says what a fact says.

    Attributes:
        codes: Element of `coding` to the JSON path of its codings.
        status: Path of its status.
        starts: SQL for its first moment, over `resource`.
        ends: SQL for its last moment, over `resource` and `begins`, the first.
        subject: Path of the reference to the patient.
    """

    codes: dict[str, str]
    status: str
    starts: str
    ends: str
    subject: str = "$.subject.reference"


def _point(element: str) -> tuple[str, str]:
    """Return first and last moment of a choice of date, moment or period, for example `effective`."""
    first = (
        f"coalesce(first_moment(told(resource, '$.{element}DateTime')), "
        f"first_moment(told(resource, '$.{element}Instant')), first_moment(told(resource, '$.{element}Period.start')), "
        f"first_moment(told(resource, '$.{element}Period.end')))"
    )
    last = (
        f"coalesce(last_moment(told(resource, '$.{element}DateTime')), "
        f"last_moment(told(resource, '$.{element}Instant')), last_moment(told(resource, '$.{element}Period.end')), "
        f"CASE WHEN begins IS NOT NULL THEN TIMESTAMP '{LAST_DAY}' END)"
    )
    return first, last


_IS_ACTIVE = "told(resource, '$.clinicalStatus.coding[0].code') IN ('active', 'recurrence', 'relapse')"
_ONSET, _ = _point("onset")
_ABATED = (
    "coalesce(last_moment(told(resource, '$.abatementDateTime')), last_moment(told(resource, '$.abatementPeriod.end')))"
)
# Without a beginning a condition has been there always, without an end an active one goes on. Of one that is not
# active only its beginning is certain; of one that tells neither, nothing.
_CONDITION_BEGINS = (
    f"coalesce({_ONSET}, CASE WHEN {_IS_ACTIVE} OR {_ABATED} IS NOT NULL THEN TIMESTAMP '{FIRST_DAY}' END)"
)
_CONDITION_ENDS = f"coalesce({_ABATED}, CASE WHEN {_IS_ACTIVE} THEN TIMESTAMP '{LAST_DAY}' ELSE begins END)"
_ORDERED = ("first_moment(told(resource, '$.authoredOn'))", "last_moment(told(resource, '$.authoredOn'))")
_REPEAT = "$.dosageInstruction[0].timing.repeat"
_DOSE = "$.dosageInstruction[0].doseAndRate[0]"
_SUPPLY = "$.dispenseRequest.expectedSupplyDuration"
_DAYS_IN = "CASE {unit} WHEN 'h' THEN 1 / 24.0 WHEN 'd' THEN 1 WHEN 'wk' THEN 7 WHEN 'mo' THEN 30 WHEN 'a' THEN 365 END"


def _number(path: str) -> str:
    return f"TRY_CAST(told(resource, '{path}') AS DOUBLE)"


def _days_supplied() -> str:
    """Return SQL for the days that one medication request supplies: as told, or amount by daily dose; with refills."""
    unit = f"coalesce(told(resource, '{_SUPPLY}.code'), told(resource, '{_SUPPLY}.unit'))"
    short = f"CASE rtrim({unit}, 's') WHEN 'day' THEN 'd' WHEN 'week' THEN 'wk' WHEN 'month' THEN 'mo' "
    short += f"WHEN 'year' THEN 'a' WHEN 'hour' THEN 'h' ELSE {unit} END"
    as_told = f"{_number(f'{_SUPPLY}.value')} * {_DAYS_IN.format(unit=short)}"
    times = f"coalesce({_number(f'{_REPEAT}.frequencyMax')}, {_number(f'{_REPEAT}.frequency')})"
    period_days = _DAYS_IN.format(unit=f"told(resource, '{_REPEAT}.periodUnit')")
    a_day = (
        f"coalesce({times} / ({_number(f'{_REPEAT}.period')} * {period_days}), "
        f"nullif(json_array_length(resource, '{_REPEAT}.timeOfDay'), 0))"
    )
    dose = f"coalesce({_number(f'{_DOSE}.doseRange.high.value')}, {_number(f'{_DOSE}.doseQuantity.value')})"
    by_dose = f"{_number('$.dispenseRequest.quantity.value')} / nullif({dose} * {a_day}, 0)"
    refills = f"1 + coalesce({_number('$.dispenseRequest.numberOfRepeatsAllowed')}, 0)"
    return f"coalesce({as_told}, {by_dose}) * ({refills})"


_MEDICATION_BEGINS = (
    f"date_trunc('day', coalesce(first_moment(told(resource, '{_REPEAT}.boundsPeriod.start')), "
    "first_moment(told(resource, '$.authoredOn')), "
    "first_moment(told(resource, '$.dispenseRequest.validityPeriod.start'))))"
)
_MEDICATION_ENDS = (
    f"coalesce(begins + to_days(CAST(floor({_days_supplied()} - 1) AS INTEGER)), "
    f"last_moment(told(resource, '{_REPEAT}.boundsPeriod.end')))"
)

LAYOUTS = {
    "Condition": Layout(
        {"code": "$.code.coding[*]"},
        "$.verificationStatus.coding[0].code",
        _CONDITION_BEGINS,
        _CONDITION_ENDS,
    ),
    "Encounter": Layout(
        {"code": "$.type[*].coding[*]", "discharge": "$.hospitalization.dischargeDisposition.coding[*]"},
        "$.status",
        "coalesce(first_moment(told(resource, '$.period.start')), first_moment(told(resource, '$.period.end')))",
        "coalesce(last_moment(told(resource, '$.period.end')), "
        f"CASE WHEN begins IS NOT NULL THEN TIMESTAMP '{LAST_DAY}' END)",
    ),
    "Observation": Layout(
        {"code": "$.code.coding[*]", "value": "$.valueCodeableConcept.coding[*]"}, "$.status", *_point("effective")
    ),
    "Procedure": Layout({"code": "$.code.coding[*]"}, "$.status", *_point("performed")),
    "MedicationRequest": Layout(
        {"code": "$.medicationCodeableConcept.coding[*]"}, "$.status", _MEDICATION_BEGINS, _MEDICATION_ENDS
    ),
    "ServiceRequest": Layout({"code": "$.code.coding[*]"}, "$.status", *_ORDERED),
    "DeviceRequest": Layout({"code": "$.codeCodeableConcept.coding[*]"}, "$.status", *_ORDERED),
}

# A resource says by its profile, or else by its category, of which kind it is; one that says neither may be of any.
KINDS_BY_PROFILE = {
    "encounter_diagnosis": "condition-encounter-diagnosis",
    "problem": "condition-problems-health-concerns",
    "laboratory": "observation-lab",
    "clinical_result": "observation-clinical-result",
    "assessment": "observation-screening-assessment",
    "simple": "simple-observation",
}
KINDS_BY_CATEGORY = {
    "encounter_diagnosis": "encounter-diagnosis",
    "problem": "problem-list-item|health-concern",
    "laboratory": "laboratory",
    "clinical_result": "exam|imaging",
    "assessment": "survey",
}

# What was not done, or was called off, is no fact: the flag, the flag as a modifier extension where the resource has no
# element for it (a device request), or a profile that says so. One published address spells it «doNotPeform».
_NOT_DONE = (
    "coalesce(told(resource, '$.doNotPerform') = 'true', FALSE) "
    "OR len(list_filter(CAST(json_extract(resource, '$.modifierExtension[*]') AS JSON[]), "
    "lambda each: told(each, '$.valueBoolean') = 'true' "
    "AND regexp_matches(told(each, '$.url'), '(doNotPer?form|notDone)$'))) > 0 "
    "OR regexp_matches(profiles, 'not-?(requested|done|performed)|cancelled')"
)
_HAS_VALUE = (
    "coalesce(told(resource, '$.valueQuantity.value'), told(resource, '$.valueCodeableConcept.coding[0].code'), "
    "told(resource, '$.valueCodeableConcept.text'), told(resource, '$.valueString'), told(resource, '$.valueInteger'), "
    "told(resource, '$.valueBoolean'), told(resource, '$.valueRange.low.value'), told(resource, "
    "'$.valueRange.high.value'), told(resource, '$.valueRatio.numerator.value'), told(resource, '$.valueDateTime')) "
    "IS NOT NULL"
)


def create_facts(con: duckdb.DuckDBPyConnection) -> None:
    """Create `fact`, `coding` and `component` from the resources in `resource`.

    Args:
        con: A connection with the table of `ingest.resource_files.read_resources`.
    """
    con.execute(TABLES)
    con.execute(MACROS)
    for kind, layout in LAYOUTS.items():
        con.execute(f"INSERT INTO fact BY NAME {fact_sql(kind, layout)}")
        for select in codings_of(kind, layout):
            con.execute(f"INSERT INTO coding BY NAME {select}")
    con.execute(f"INSERT INTO coding BY NAME {_MEDICATION_CODES}")
    con.execute(f"INSERT INTO component BY NAME {_COMPONENTS}")
    con.execute("DELETE FROM fact WHERE is_not_done")


def fact_sql(kind: str, layout: Layout) -> str:
    """Return the SELECT of the facts that one kind of resource tells."""
    return f"""
        WITH begun AS (
            SELECT *, {layout.starts} AS begins,
                array_to_string(json_extract_string(resource, '$.meta.profile[*]'), ' ') AS profiles,
                array_to_string(json_extract_string(resource, '$.category[*].coding[*].code'), ' ') AS categories
            FROM resource WHERE type = '{kind}'
        )
        SELECT
            resource_key AS fact_id, group_name, last_part(told(resource, '{layout.subject}')) AS subject,
            type AS resource, id AS resource_id, {_kind_sql()} AS kind, categories,
            told(resource, '{layout.status}') AS status, told(resource, '$.intent') AS intent,
            {_NOT_DONE} AS is_not_done, begins AS starts_at, {layout.ends} AS ends_at,
            {_number("$.valueQuantity.value")} AS value, told(resource, '$.valueQuantity.comparator') AS comparator,
            coalesce(told(resource, '$.valueQuantity.code'), told(resource, '$.valueQuantity.unit')) AS unit,
            {_HAS_VALUE} AS has_value, told(resource, '$.class.code') AS class_code,
            last_part(told(resource, '$.encounter.reference')) AS encounter_id,
            last_part(told(resource, '$.medicationReference.reference')) AS medication_id
        FROM begun
    """


def _kind_sql() -> str:
    cases = [f"WHEN regexp_matches(profiles, '{word}') THEN '{kind}'" for kind, word in KINDS_BY_PROFILE.items()]
    cases += [f"WHEN regexp_matches(categories, '{word}') THEN '{kind}'" for kind, word in KINDS_BY_CATEGORY.items()]
    return f"CASE {' '.join(cases)} END"


def codings_of(kind: str, layout: Layout) -> Iterator[str]:
    """Yield the SELECTs of the codes that one kind of resource tells, element by element."""
    for element, path in layout.codes.items():
        yield f"""
            SELECT resource_key AS fact_id, '{element}' AS element, told(code, '$.system') AS system,
                told(code, '$.code') AS code
            FROM (SELECT resource_key, unnest(json_extract(resource, '{path}')) AS code FROM resource
                WHERE type = '{kind}')
        """


# A request may name its medication by reference to another resource of the same group.
_MEDICATION_CODES = """
    SELECT fact.fact_id, 'code' AS element, told(medication.code, '$.system') AS system,
        told(medication.code, '$.code') AS code
    FROM fact JOIN (
        SELECT group_name, id, unnest(json_extract(resource, '$.code.coding[*]')) AS code
        FROM resource WHERE type = 'Medication'
    ) AS medication ON medication.group_name = fact.group_name AND medication.id = fact.medication_id
"""
_COMPONENTS = """
    SELECT resource_key AS fact_id, told(code, '$.system') AS system, told(code, '$.code') AS code,
        TRY_CAST(told(part, '$.valueQuantity.value') AS DOUBLE) AS value,
        told(part, '$.valueQuantity.comparator') AS comparator,
        coalesce(told(part, '$.valueQuantity.code'), told(part, '$.valueQuantity.unit')) AS unit
    FROM (
        SELECT resource_key, part, unnest(json_extract(part, '$.code.coding[*]')) AS code FROM (
            SELECT resource_key, unnest(json_extract(resource, '$.component[*]')) AS part FROM resource
            WHERE type = 'Observation'))
"""
