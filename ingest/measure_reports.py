"""Test patients with the answers expected of them: FHIR patients and measure reports as cases.

A case is one measure report and the patient of whom it tells. Two reports of the same patient are two cases; the same
report in two places, such as loose and in a bundle beside it, is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from tvaers.errors import ExtractError

POPULATIONS = (
    "initial-population",
    "denominator",
    "denominator-exclusion",
    "denominator-exception",
    "numerator",
    "numerator-exclusion",
)
"""Populations of a report that are compared, by their codes in FHIR's list of measure populations."""

_PATIENTS = """
    CREATE OR REPLACE TEMP TABLE test_patient AS
    SELECT DISTINCT ON (group_name, id) group_name, coalesce(id, '') AS subject,
        CASE WHEN length(told(resource, '$.birthDate')) = 10 THEN TRY_CAST(told(resource, '$.birthDate') AS DATE) END
            AS born_on,
        told(resource, '$.gender') AS sex, count(*) OVER (PARTITION BY group_name) = 1 AS is_alone
    FROM resource WHERE type = 'Patient' ORDER BY group_name, id, resource_key
"""
# A report names its patient itself, or in a contained list of inputs, or is the only one beside a patient.
_REPORTS = """
    CREATE OR REPLACE TEMP TABLE report AS
    SELECT resource_key, id, file, group_name, resource,
        regexp_extract(told(resource, '$.measure'), '([^/|]+)([|].*)?$', 1) AS measure,
        CAST(first_moment(told(resource, '$.period.start')) AS DATE) AS period_start,
        CAST(last_moment(told(resource, '$.period.end')) AS DATE) AS period_end,
        coalesce(
            last_part(told(resource, '$.subject.reference')),
            last_part(told(resource, '$.contained[0].parameter[0].valueString'))
        ) AS said_subject,
        coalesce(
            list_first(list_transform(list_filter(CAST(json_extract(resource, '$.extension[*]') AS JSON[]),
                lambda each: ends_with(told(each, '$.url'), 'testCaseDescription')),
                lambda each: coalesce(told(each, '$.valueMarkdown'), told(each, '$.valueString')))), ''
        ) AS description
    FROM resource WHERE type = 'MeasureReport' AND coalesce(told(resource, '$.type'), 'individual') = 'individual'
"""
# The same report elsewhere: same identity, patient, measure and expectation. Its first place counts.
_AGAIN = """
    CREATE OR REPLACE TEMP TABLE report AS
    SELECT *, id IS NOT NULL AND row_number() OVER (
        PARTITION BY id, said_subject, measure, period_start, period_end, told(resource, '$.group')
        ORDER BY group_name, resource_key) > 1 AS is_again
    FROM report
"""
_CASES = """
    CREATE OR REPLACE TEMP TABLE test_case AS
    SELECT
        CAST(row_number() OVER (ORDER BY report.group_name, report.resource_key) AS INTEGER) AS patient_id,
        report.resource_key, report.group_name, coalesce(named.subject, alone.subject) AS subject, report.file,
        report.measure, report.description, report.period_start, report.period_end,
        CASE WHEN named.subject IS NULL THEN alone.born_on ELSE named.born_on END AS born_on,
        CASE WHEN named.subject IS NULL THEN alone.sex ELSE named.sex END AS sex
    FROM report
    LEFT JOIN test_patient AS named ON named.group_name = report.group_name AND named.subject = report.said_subject
    LEFT JOIN test_patient AS alone ON alone.group_name = report.group_name AND alone.is_alone
    WHERE coalesce(named.subject, alone.subject) IS NOT NULL AND period_start <= period_end AND NOT is_again
"""
_EXPECTED = """
    CREATE OR REPLACE TEMP TABLE expected AS
    SELECT patient_id, told(population, '$.code.coding[0].code') AS population,
        sum(TRY_CAST(told(population, '$.count') AS INTEGER)) AS expected
    FROM (
        SELECT test_case.patient_id, unnest(json_extract(resource, '$.group[*].population[*]')) AS population
        FROM report JOIN test_case USING (resource_key)
    )
    GROUP BY ALL HAVING expected IS NOT NULL
"""
# A fact belongs to the patient it names. One that names nobody belongs to the only patient beside it.
_FACTS_OF_CASES = """
    CREATE OR REPLACE TEMP TABLE case_fact AS
    SELECT test_case.patient_id, fact.* EXCLUDE (group_name, subject, is_not_done)
    FROM fact
    JOIN test_patient ON test_patient.group_name = fact.group_name
        AND (test_patient.subject = fact.subject OR (fact.subject IS NULL AND test_patient.is_alone))
    JOIN test_case ON test_case.group_name = fact.group_name AND test_case.subject = test_patient.subject
"""
_PROBLEMS = """
    SELECT 'reports that name no patient of their bundle or folder' AS what, count(*) AS how_many, min(file) AS example,
        true AS is_unproved
    FROM report WHERE NOT EXISTS (SELECT 1 FROM test_patient WHERE test_patient.group_name = report.group_name
        AND (test_patient.subject = report.said_subject OR test_patient.is_alone)) HAVING count(*) > 0
    UNION ALL
    SELECT 'reports without a measurement period', count(*), min(file), true
    FROM report WHERE (period_start <= period_end) IS NOT TRUE HAVING count(*) > 0
    UNION ALL
    SELECT 'reports that stand there again (each is compared once)', count(*), min(file), false
    FROM report WHERE is_again HAVING count(*) > 0
    UNION ALL
    SELECT 'patients without an expected report', count(*), min(group_name), false
    FROM test_patient WHERE (group_name, subject) NOT IN (SELECT (group_name, subject) FROM test_case)
        AND (group_name, subject) NOT IN (SELECT (group_name, coalesce(said_subject, '')) FROM report WHERE is_again)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'resources that name another patient than any beside them', count(*), min(group_name), false
    FROM fact WHERE subject IS NOT NULL
        AND (group_name, subject) NOT IN (SELECT (group_name, subject) FROM test_patient)
    HAVING count(*) > 0
"""


@dataclass(frozen=True)
class Oddity:
    """Something in a folder of test patients that was left out.

    Attributes:
        what: What it is, in the plural.
        how_many: How many there are.
        example: File or group of one of them; empty when none is told.
        is_unproved: They are expected results that were compared with nothing, so agreement says less than it seems.
    """

    what: str
    how_many: int
    example: str = ""
    is_unproved: bool = False


def create_cases(con: duckdb.DuckDBPyConnection) -> Sequence[Oddity]:
    """Create `test_case`, `expected` and `case_fact` from the resources and facts of a folder.

    - test_case(patient_id, file, measure, description, period_start, period_end, born_on, sex): patient_id is a number
    - expected(patient_id, population, expected)
    - case_fact: the facts of each case

    Args:
        con: A connection with the tables of `read_resources` and `create_facts`.

    Returns:
        What was left out, and why.

    Raises:
        ExtractError: No report in the folder tells of a patient in it.
    """
    for statement in (_PATIENTS, _REPORTS, _AGAIN, _CASES, _EXPECTED, _FACTS_OF_CASES):
        con.execute(statement)
    oddities = [Oddity(*row) for row in con.execute(_PROBLEMS).fetchall()]
    if con.execute("SELECT count(*) FROM test_case").fetchone() == (0,):
        raise ExtractError(
            "No test patient has an expected result.",
            where="; ".join(f"{each.how_many} {each.what}" for each in oddities),
            what_to_do="Name a folder of bundles, or of folders of loose resources, that each hold a Patient and a "
            "MeasureReport with the expected populations.",
        )
    return oddities
