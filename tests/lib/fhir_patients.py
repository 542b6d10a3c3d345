"""FHIR test patients and value sets, all invented, for tests of measures.

Invented value sets hold one code each, of a code system that exists nowhere. `code("office_visit")` is the coding of a
value set or of a code list of the pack, by the name that definitions use.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.lib.checkout import ROOT

Json = dict[str, Any]
PACK = ROOT / "packs" / "united_states"
INVENTED_SYSTEM = "urn:invented:tvaers:test-codes"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
CANONICAL = {
    "CMS122": "CMS122FHIRDiabetesAssessGT9Pct",
    "CMS131": "CMS131FHIRDiabetesEyeExam",
    "CMS951": "CMS951FHIRKidneyHealthEval",
    "CMS165": "CMS165FHIRControllingHighBP",
}


@cache
def value_set_urls() -> dict[str, str]:
    """Canonical addresses of the value sets that the pack needs, by list."""
    with (PACK / "measures" / "value_sets.csv").open(encoding="utf-8") as file:
        return {row["list"]: row["url"] for row in csv.DictReader(file)}


@cache
def own_codes() -> dict[str, tuple[str, str]]:
    """The first code of each code list of the pack."""
    found = {}
    for path in sorted((PACK / "codelists").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            row = next(csv.DictReader(file))
        found[path.stem] = (row["system"], row["code"])
    return found


def code(name: str) -> Json:
    """A coding that is in a code list, by the list's name; a name of no list is a code of no list."""
    system, value = own_codes().get(name, (INVENTED_SYSTEM, name))
    return {"system": system, "code": value}


def concept(*names: str) -> Json:
    """A concept with a coding for each name."""
    return {"coding": [code(name) for name in names]}


def invented_value_set(name: str) -> Json:
    """A value set of one invented code, under the canonical address of the real one."""
    return {
        "resourceType": "ValueSet",
        "id": name.replace("_", "-"),
        "url": value_set_urls()[name],
        "version": "invented",
        "title": f"INVENTED: one code that exists nowhere, in place of the licensed value set for {name}",
        "status": "draft",
        "expansion": {"total": 1, "contains": [code(name)]},
    }


def invented_value_sets() -> Json:
    """All value sets that the pack needs, invented, as one bundle."""
    return bundle(invented_value_set(name) for name in value_set_urls())


def bundle(resources: Iterable[Json]) -> Json:
    """A bundle of resources."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def period(told: str) -> Json:
    """`2026-01-01`, or a stretch `2026-01-01..2026-02-01`, of which either side may be left open."""
    start, _, end = told.partition("..")
    return {side: day for side, day in (("start", start), ("end", end)) if day}


def timed(element: str, told: str | None) -> Json:
    """A choice of moment or period, as told."""
    if not told:
        return {}
    return {f"{element}Period": period(told)} if ".." in told else {f"{element}DateTime": told}


def result(told: str | None, unit: str = "%") -> Json:
    """A value: a number (`9.1`, `<7`), a code list (`coded no_apparent_retinopathy`), or words (`words below 7`)."""
    if not told:
        return {}
    kind, _, rest = told.partition(" ")
    if kind == "coded":
        return {"valueCodeableConcept": concept(rest)}
    if kind == "words":
        return {"valueString": rest}
    comparator = told.rstrip("0123456789.")
    quantity: Json = {"value": float(told[len(comparator) :]), "unit": unit, "code": unit}
    return {"valueQuantity": quantity | ({"comparator": comparator} if comparator else {})}


def patient(number: int, born_on: str = "1970-06-15") -> Json:
    """A patient."""
    return {"resourceType": "Patient", "id": f"p{number}", "birthDate": born_on, "gender": "female"}


def report(
    measure: str, number: int, expected: dict[str, int], year: int = 2026, description: str = "", **more: Any
) -> Json:
    """An expected report of one patient."""
    return {
        "resourceType": "MeasureReport",
        "id": f"r{number}",
        "status": "complete",
        "type": "individual",
        "measure": f"https://madie.cms.gov/Measure/{CANONICAL.get(measure, measure)}",
        "subject": {"reference": f"Patient/p{number}"},
        "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
        "extension": [{"url": "http://example.org/cqfm-testCaseDescription", "valueMarkdown": description}],
        "group": [
            {
                "population": [
                    {"code": {"coding": [{"code": population}]}, "count": count}
                    for population, count in expected.items()
                ]
            }
        ],
        **more,
    }


def resource(kind: str, drawn: dict[str, str | None], number: int, key: str) -> Json:
    """One resource of a patient from drawn cells.

    Cells: code (one or more lists), at (when), status, value, unit, category, profile, class, encounter, discharge,
    clinical (clinical status), intent, days (supply), systolic, diastolic. A cell that is not drawn is not told, but
    for the status that counts.
    """
    cell = {name: value for name, value in drawn.items() if value}
    made: Json = {"resourceType": kind, "id": cell.get("id", key), "subject": {"reference": f"Patient/p{number}"}}
    if profile := cell.get("profile"):
        made["meta"] = {"profile": [f"http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-{profile}"]}
    names = cell.get("code", "nothing_listed").split()
    if kind == "Encounter":
        made |= {"type": [concept(*names)], "status": cell.get("status", "finished"), "period": period(cell["at"])}
        made["class"] = {"code": cell.get("class", "AMB")}
        if discharge := cell.get("discharge"):
            made["hospitalization"] = {"dischargeDisposition": concept(discharge)}
    elif kind == "Condition":
        onset, _, abated = cell.get("at", "").partition("..")
        made |= {"code": concept(*names)} | timed("onset", onset) | timed("abatement", abated)
        if clinical := cell.get("clinical", "active"):
            made["clinicalStatus"] = {"coding": [{"code": clinical}]}
        if status := cell.get("status"):
            made["verificationStatus"] = {"coding": [{"code": status}]}
    elif kind == "Observation":
        made |= {"code": concept(*names), "status": cell.get("status", "final")} | timed("effective", cell.get("at"))
        made |= result(cell.get("value"), cell.get("unit", "%"))
        made["component"] = [
            {"code": concept(f"{part}_blood_pressure"), **result(cell[part], cell.get("unit", "mm[Hg]"))}
            for part in ("systolic", "diastolic")
            if part in cell
        ]
        if encounter := cell.get("encounter"):
            made["encounter"] = {"reference": f"Encounter/{encounter}"}
    elif kind == "Procedure":
        made |= {"code": concept(*names), "status": cell.get("status", "completed")} | timed("performed", cell["at"])
    elif kind == "MedicationRequest":
        made |= {"medicationCodeableConcept": concept(*names), "status": cell.get("status", "active")}
        made |= {"intent": cell.get("intent", "order"), "authoredOn": cell["at"]}
        if days := cell.get("days"):
            made["dispenseRequest"] = {"expectedSupplyDuration": {"value": float(days), "code": "d"}}
    else:
        element = "code" if kind == "ServiceRequest" else "codeCodeableConcept"
        made |= {element: concept(*names), "status": cell.get("status", "active")}
        made |= {"intent": cell.get("intent", "order"), "authoredOn": cell["at"]}
    if category := cell.get("category"):
        made["category"] = [{"coding": [{"system": CATEGORIES, "code": category}]}]
    return made


def write_lines(path: Path, documents: Sequence[Json]) -> Path:
    """Write documents as NDJSON, one to a line."""
    path.write_text("".join(f"{json.dumps(each)}\n" for each in documents), encoding="utf-8")
    return path
