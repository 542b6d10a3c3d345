"""FHIR resources of the municipal gateway: a citizen's referral, course and meetings, as reports over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CITIZEN = "urn:oid:1.2.208.176.1.2"
ORGANISATION = "urn:oid:1.2.208.176.1.1"
DIAGNOSIS = "urn:oid:1.2.208.176.2.4.12"
FSIII = "urn:oid:1.2.208.176.2.21"
BASE = "http://fhir.kl.dk/"

# Category of a course by legal basis.
COURSES = {"119": "5c160c02-e858-4c1f-925a-71ed64844749", "140": "f15b2663-94d9-4d0c-a5de-d8bd8e1e4ebb"}
# In order: clarifying talk, handling one's disease, physical training, dietary guidance, follow-up, closing talk.
INTERVENTIONS = (
    "6eddbaf7-2a73-49d4-91e7-6138d419f58c",
    "e71b7d85-5c78-49c2-8624-8499d162317b",
    "ab87c0b5-40be-4e0a-b749-d9f833bfed2d",
    "c9a99304-1788-43b7-b7be-e187b092ae9c",
    "d1e016b5-150a-4ac4-97ba-d3e19e28471e",
    "03a3ebdb-9e2d-4be1-b32b-42f0bd2a3362",
)
# In order: did not attend, opted out, an event ended the course, no further need in the citizen's view.
STOPPED_BECAUSE = (
    "ef491570-7884-4acd-bcf7-43d6b2c64762",
    "3a5a72b7-addf-4857-b80c-04e4246e3072",
    "82e99421-31da-4915-96ed-168ccfa1d20c",
    "4bbf6d6a-a1c6-41c2-b8c1-7352b7378adf",
)


@dataclass(frozen=True)
class Names:
    """Ids of the resources of one course; the same in every report."""

    course: int
    part: int

    def of(self, kind: str, number: int = 0) -> str:
        """Return the id of a resource: patient, condition, request, plan, intervention or encounter."""
        code = {"patient": "0001", "condition": "0002", "request": "0003", "plan": "0004", "intervention": "0005"}
        return f"{self.course:08x}-{code.get(kind, '0006')}-4000-8{self.part:03x}-{number:012x}"


def _entry(kind: str, identity: str, profile: str, body: Mapping[str, Any]) -> dict[str, Any]:
    resource = {"resourceType": kind, "id": identity, "meta": {"profile": [f"{BASE}{profile}"]}, **body}
    return {"fullUrl": f"urn:uuid:{identity}", "resource": resource}


def _coding(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _reference(kind: str, identity: str) -> dict[str, str]:
    return {"reference": f"{kind}/{identity}"}


def patient(names: Names, identifier: str, organisation: str, law: str) -> dict[str, Any]:
    """Return the citizen."""
    body = {
        "identifier": [{"system": CITIZEN, "value": identifier}],
        "managingOrganization": {"identifier": {"system": ORGANISATION, "value": organisation}},
    }
    return _entry("Patient", names.of("patient"), f"klgateway-{law}-citizen", body)


def condition(names: Names, law: str, code: str, recorded_on: str) -> dict[str, Any]:
    """Return the diagnosis that the referral is about; only the first report of a course holds it."""
    body = {
        "verificationStatus": _coding("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "code": _coding(DIAGNOSIS, code),
        "subject": _reference("Patient", names.of("patient")),
        "recordedDate": recorded_on,
    }
    return _entry("Condition", names.of("condition"), f"klgateway-{law}-focus-condition", body)


def service_request(names: Names, law: str, received: str, status: str, discharged_on: str | None) -> dict[str, Any]:
    """Return the referral with the time it was received in the municipality."""
    body: dict[str, Any] = {
        "status": status,
        "intent": "order",
        "subject": _reference("Patient", names.of("patient")),
        "authoredOn": received,
        "reasonReference": [_reference("Condition", names.of("condition"))],
    }
    if discharged_on:
        body["extension"] = [{"url": f"{BASE}StructureDefinition/DischargeDate", "valueDate": discharged_on}]
    return _entry("ServiceRequest", names.of("request"), f"klgateway-{law}-service-request", body)


def care_plan(
    names: Names, law: str, *, granted: str, closed: str | None, status: str, activity: str, reason: str | None
) -> dict[str, Any]:
    """Return the course: granted, running, and closed for a reason."""
    detail: dict[str, Any] = {"status": activity}
    if reason:
        detail["statusReason"] = _coding(FSIII, reason)
    period = {"start": granted} | ({"end": closed} if closed else {})
    body = {
        "status": status,
        "intent": "plan",
        "category": [_coding(FSIII, COURSES[law])],
        "subject": _reference("Patient", names.of("patient")),
        "period": period,
        "extension": [
            {
                "url": f"{BASE}StructureDefinition/BasedOnServiceRequest",
                "valueReference": _reference("ServiceRequest", names.of("request")),
            }
        ],
        "activity": [{"detail": detail}],
    }
    return _entry("CarePlan", names.of("plan"), f"klgateway-{law}-care-plan", body)


def intervention(names: Names, law: str, number: int, code: int, granted: str) -> dict[str, Any]:
    """Return one planned intervention of a course."""
    body = {
        "status": "active",
        "intent": "plan",
        "subject": _reference("Patient", names.of("patient")),
        "period": {"start": granted},
        "basedOn": [_reference("CarePlan", names.of("plan"))],
        "activity": [{"detail": {"status": "in-progress", "code": _coding(FSIII, INTERVENTIONS[code])}}],
    }
    return _entry("CarePlan", names.of("intervention", number), f"klgateway-{law}-planned-intervention", body)


def encounter(names: Names, law: str, number: int, status: str, start: str, end: str, mode: str) -> dict[str, Any]:
    """Return one meeting."""
    body = {
        "status": status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": mode},
        "subject": _reference("Patient", names.of("patient")),
        "period": {"start": start, "end": end},
        "basedOn": [_reference("ServiceRequest", names.of("request"))],
        "extension": [
            {
                "url": f"{BASE}StructureDefinition/BasedOnCarePlan",
                "valueReference": _reference("CarePlan", names.of("plan")),
            }
        ],
    }
    return _entry("Encounter", names.of("encounter", number), f"klgateway-{law}-encounter", body)


def bundle(identity: str, timestamp: str, entries: list[dict[str, Any]], law: str) -> dict[str, Any]:
    """Return a report: one citizen, one moment."""
    return {
        "resourceType": "Bundle",
        "id": identity,
        "meta": {"profile": [f"{BASE}klgateway-{law}-delivery-report"]},
        "type": "collection",
        "timestamp": timestamp,
        "entry": entries,
    }
