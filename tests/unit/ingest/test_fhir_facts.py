"""FHIR resources as facts: their times, codes, kinds and what was not done."""

from datetime import datetime

import duckdb
import pytest

from ingest.fhir_facts import create_facts
from ingest.resource_files import read_resources
from tests.lib.fhir_patients import Json, bundle, concept, resource, write_lines

ALWAYS, FOREVER = "0001-01-01", "9999-12-31"


def facts(tmp_path, *resources: Json) -> list[dict]:
    write_lines(tmp_path / "a.ndjson", [bundle(resources)])
    with duckdb.connect() as con:
        read_resources(con, tmp_path)
        create_facts(con)
        codes = "SELECT fact_id, list(code ORDER BY code) AS codes FROM coding GROUP BY fact_id"
        return con.execute(f"SELECT * FROM fact LEFT JOIN ({codes}) USING (fact_id) ORDER BY fact_id").pl().to_dicts()


def stretch(tmp_path, kind: str, **cells: str) -> tuple[str, str] | None:
    (fact,) = facts(tmp_path, resource(kind, {"code": "x", **cells}, 1, "k"))
    return None if fact["starts_at"] is None else (short(fact["starts_at"]), short(fact["ends_at"]))


def short(when: datetime | None) -> str:
    if when is None:
        return ""
    return f"{when:%Y-%m-%d %H:%M}".removesuffix(" 00:00").zfill(10)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-01-01", ("2026-01-01", "2026-01-01")),
        ("2026-02", ("2026-02-01", "2026-02-28")),
        ("2026", ("2026-01-01", "2026-12-31")),
        ("2026-12-31T23:30:00-02:00", ("2027-01-01 01:30", "2027-01-01 01:30")),
        ("2026-01-01..2026-02-01T08:00:00.000Z", ("2026-01-01", "2026-02-01 08:00")),
        ("2026-01-01..", ("2026-01-01", FOREVER)),
        ("..2026-01-01", ("2026-01-01", "2026-01-01")),
        ("the first of May", None),
        ("", None),
    ],
)
def test_an_observation_lies_in_time_as_it_is_told_in_utc(tmp_path, told, expected):
    assert stretch(tmp_path, "Observation", at=told) == expected


@pytest.mark.parametrize(
    ("told", "clinical", "expected"),
    [
        ("2020-05-01", "active", ("2020-05-01", FOREVER)),
        ("2020-05-01", "recurrence", ("2020-05-01", FOREVER)),
        ("2020-05-01", "resolved", ("2020-05-01", "2020-05-01")),
        ("2020-05-01..2021-01-01", "resolved", ("2020-05-01", "2021-01-01")),
        ("2020-05-01..2021-01-01", "active", ("2020-05-01", "2021-01-01")),
        ("", "active", (ALWAYS, FOREVER)),
        ("..2021-01-01", "resolved", (ALWAYS, "2021-01-01")),
        ("", "resolved", None),
    ],
)
def test_a_condition_lasts_as_its_status_tells(tmp_path, told, clinical, expected):
    assert stretch(tmp_path, "Condition", at=told, clinical=clinical) == expected


def drug(**more) -> Json:
    made = resource("MedicationRequest", {"code": "dementia_medication", "at": "2026-01-01T15:00:00Z"}, 1, "m")
    return made | more


def dosage(frequency: dict) -> list[Json]:
    return [{"timing": {"repeat": frequency}, "doseAndRate": [{"doseQuantity": {"value": 2}}]}]


FIVE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DeviceRequest"
TWICE = {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}


@pytest.mark.parametrize(
    ("more", "ends"),
    [
        ({"dispenseRequest": {"expectedSupplyDuration": {"value": 30, "code": "d"}}}, "2026-01-30"),
        ({"dispenseRequest": {"expectedSupplyDuration": {"value": 30, "unit": "days"}}}, "2026-01-30"),
        ({"dispenseRequest": {"expectedSupplyDuration": {"value": 2, "code": "wk"}}}, "2026-01-14"),
        (
            {
                "dispenseRequest": {
                    "expectedSupplyDuration": {"value": 30, "code": "d"},
                    "numberOfRepeatsAllowed": 1,
                }
            },
            "2026-03-01",
        ),
        ({"dispenseRequest": {"quantity": {"value": 40}}, "dosageInstruction": dosage(TWICE)}, "2026-01-10"),
        (
            {"dispenseRequest": {"quantity": {"value": 40}}, "dosageInstruction": dosage({"timeOfDay": ["08:00:00"]})},
            "2026-01-20",
        ),
        ({"dispenseRequest": {"quantity": {"value": 40}}}, ""),
        (
            {"dosageInstruction": dosage({"boundsPeriod": {"start": "2026-01-01", "end": "2026-05-05"}})},
            "2026-05-05",
        ),
    ],
)
def test_an_order_of_a_drug_lasts_as_long_as_its_supply(tmp_path, more, ends):
    (fact,) = facts(tmp_path, drug(**more))
    assert (short(fact["starts_at"]), short(fact["ends_at"])) == ("2026-01-01", ends)


def test_a_drug_may_be_named_by_reference(tmp_path):
    named = {key: value for key, value in drug().items() if key != "medicationCodeableConcept"}
    named["medicationReference"] = {"reference": "Medication/rivastigmine"}
    medication = {"resourceType": "Medication", "id": "rivastigmine", "code": concept("dementia_medication")}
    (fact,) = facts(tmp_path, named, medication)
    assert fact["codes"] == ["dementia_medication"]


@pytest.mark.parametrize(
    "more",
    [
        {"doNotPerform": True},
        {"modifierExtension": [{"url": "urn:other"}, {"url": f"{FIVE}.doNotPerform", "valueBoolean": True}]},
        {"modifierExtension": [{"url": "http://example.org/qicore-doNotPeform", "valueBoolean": True}]},
        {"meta": {"profile": ["http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-devicenotrequested"]}},
    ],
)
def test_what_was_not_to_be_done_is_no_fact(tmp_path, more):
    order = resource("DeviceRequest", {"code": "frailty_device", "at": "2026-01-01"}, 1, "d")
    assert len(facts(tmp_path, order)) == 1
    assert facts(tmp_path, order | more) == []


def test_a_flag_that_says_to_be_done_after_all_takes_nothing_away(tmp_path):
    order = resource("DeviceRequest", {"code": "frailty_device", "at": "2026-01-01"}, 1, "d")
    flags = [{"url": f"{FIVE}.doNotPerform", "valueBoolean": False}, {"url": "urn:reviewed", "valueBoolean": True}]
    assert len(facts(tmp_path, order | {"doNotPerform": False, "modifierExtension": flags})) == 1


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("Condition", {"profile": "condition-encounter-diagnosis"}, "encounter_diagnosis"),
        ("Condition", {"category": "problem-list-item"}, "problem"),
        ("Condition", {}, None),
        ("Observation", {"profile": "observation-lab", "category": "survey"}, "laboratory"),
        ("Observation", {"category": "exam"}, "clinical_result"),
        ("Observation", {"category": "vital-signs"}, None),
    ],
)
def test_a_resource_is_of_the_kind_that_its_profile_or_else_its_category_tells(tmp_path, kind, cells, expected):
    (fact,) = facts(tmp_path, resource(kind, {"code": "x", "at": "2026-01-01", **cells}, 1, "k"))
    assert fact["kind"] == expected


@pytest.mark.parametrize(
    ("value", "has_value", "number"),
    [
        ("9.1", True, 9.1),
        ("<7", True, 7),
        ("coded answer_yes", True, None),
        ("words high", True, None),
        ("", False, None),
    ],
)
def test_a_result_is_a_number_a_code_words_or_missing(tmp_path, value, has_value, number):
    (fact,) = facts(tmp_path, resource("Observation", {"code": "x", "at": "2026-01-01", "value": value}, 1, "k"))
    assert (fact["has_value"], fact["value"]) == (has_value, number)
