"""What practices, pharmacies, laboratories, eye clinics and municipalities told about people, as plain rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from synthetic.extracts.delivery import Delivery
from synthetic.extracts.municipal_files import BundleDelivery
from synthetic.extracts.primary_care_files import with_practice
from synthetic.histories import Told
from synthetic.known_counts import Ledger
from synthetic.known_indicators.told_by_hospitals import TableRow, about, day_of, records
from synthetic.truth import Region

FOOT = {"lav": "low", "moderat": "moderate", "hoej": "high", "saar": "ulcer"}
SMOKING = {"aldrig": "never", "tidligere": "former", "ryger": "current"}
EXAMINATIONS = {"fodstatus": ("foot", FOOT), "rygestatus": ("smoking", SMOKING), "aarskontrol": ("annual_review", {})}
EYE_GRADES = ("none", "mild", "moderate", "severe", "proliferative")
PRESSURES = {"systolic": "systolic_blood_pressure", "diastolic": "diastolic_blood_pressure"}


def results(told: Told, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield laboratory results in the unit they came in; only a clean region has one unit for each analyte."""
    rows = about(told.results, people)
    through = ledger.loaded_through("result", rows["fact"].to_numpy())
    for row, file_type in zip(records(rows), through, strict=True):
        who_asked = "hospital" if row["at_hospital"] else "general_practice"
        if file_type:
            yield row["person"], "measurement", {
                "taken_on": day_of(row["day"]),
                "analyte": row["analyte"],
                "value": None if row["cancelled"] else float(row["number"]),
                "comparator": row["sign"],
                "result_state": "cancelled" if row["cancelled"] else "number",
                "sector": who_asked if file_type == "labka" else "unknown",
            }  # fmt: skip


def purchases(told: Told, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield purchases at pharmacies."""
    rows = about(told.purchases, people)
    for row, file_type in zip(records(rows), ledger.loaded_through("purchase", rows["fact"].to_numpy()), strict=True):
        if file_type:
            yield row["person"], "dispensing", {"dispensed_on": day_of(row["day"]), "atc_code": row["atc"]}


def services(told: Told, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield services by the Monday of their week."""
    rows = about(told.services, people)
    for row, file_type in zip(records(rows), ledger.loaded_through("service", rows["fact"].to_numpy()), strict=True):
        if file_type:
            yield row["person"], "service", {
                "service_on": day_of(row["monday"]),
                "specialty_code": row["specialty"],
                "service_code": row["service"],
                "is_for_child": bool(row["child"]),
            }  # fmt: skip


def practice_record(region: Region, people: pl.Series) -> Iterator[TableRow]:
    """Yield diagnoses in both code systems, measurements and examinations of people registered with a practice."""
    record = {name: about(with_practice(region, rows), people) for name, rows in region.care.record.items()}
    for row in records(record["diagnoses"]):
        for system, code in (("icpc2", row["icpc2"]), ("sks", row["sks"])):
            yield row["person"], "diagnosis", {
                "contact_id": None, "diagnosed_on": day_of(row["day"]), "code_system": system, "code": code,
                "diagnosis_type": None, "retraction": "no", "sector": "general_practice",
            }  # fmt: skip
    yield from _measured(record["measurements"], "general_practice")
    for row in records(record["examinations"]):
        examination, words = EXAMINATIONS[row["examination"]]
        yield row["person"], "examination", {
            "examined_on": day_of(row["day"]), "examination": examination, "result": words.get(row["result"], "done"),
            "sector": "general_practice",
        }  # fmt: skip


def _measured(rows: pl.DataFrame, sector: str) -> Iterator[TableRow]:
    """Yield measurements; blood pressure is delivered in whole mmHg, of the others indicators ask only the day."""
    for row in records(rows.with_columns(pl.col("value").round(0))):
        yield row["person"], "measurement", {
            "taken_on": day_of(row["day"]), "analyte": PRESSURES.get(row["measure"], row["measure"]),
            "value": row["value"], "comparator": "=", "result_state": "number", "sector": sector,
        }  # fmt: skip


def eye_screening(region: Region, people: pl.Series) -> Iterator[TableRow]:
    """Yield eye screenings with the grade of the worse eye."""
    for row in records(about(region.care.eyes, people)):
        grade = "ungradable" if row["ungradable"] else EYE_GRADES[max(row["right"], row["left"])]
        yield row["person"], "examination", {
            "examined_on": day_of(row["day"]), "examination": "eye", "result": grade, "sector": "eye_screening",
        }  # fmt: skip


def municipality(region: Region, deliveries: Sequence[Delivery], people: pl.Series) -> Iterator[TableRow]:
    """Yield measurements, courses, what each course is about, and the meetings as last reported."""
    care = region.care.municipal
    yield from _measured(about(care["measurements"], people), "municipality")
    meetings = _meetings(deliveries)
    for row in records(about(care["courses"], people)):
        referred_on, is_revoked = day_of(row["referred"]), row["status"] == "revoked"
        yield row["person"], "municipal_course", {
            "course_id": row["course"],
            "focus_code": row["focus"],
            "referred_on": referred_on,
            "granted_on": None if is_revoked else day_of(row["granted"]),
            "closed_on": None if is_revoked or row["closed"] < 0 else day_of(row["closed"]),
            "status": row["status"],
        }  # fmt: skip
        yield row["person"], "diagnosis", {
            "contact_id": None, "diagnosed_on": referred_on, "code_system": "sks", "code": row["focus"],
            "diagnosis_type": None, "retraction": "not_stated", "sector": "municipality",
        }  # fmt: skip
        for held_on, status in meetings[row["course"]]:
            yield row["person"], "municipal_encounter", {
                "course_id": row["course"], "held_on": held_on, "status": status,
            }  # fmt: skip


def _meetings(deliveries: Sequence[Delivery]) -> dict[int, list[tuple[date, str]]]:
    """Return day and status of the meetings by course; those entered in error never were."""
    latest: dict[str, tuple[str, dict[str, Any]]] = {}
    for delivery in deliveries:
        for bundle in delivery.bundles if isinstance(delivery, BundleDelivery) else ():
            for entry in bundle["entry"]:
                meeting = entry["resource"]
                if meeting["resourceType"] == "Encounter":
                    before = latest.get(meeting["id"], ("", {}))[0]
                    if bundle["timestamp"] >= before:
                        latest[meeting["id"]] = (bundle["timestamp"], meeting)
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for identity, (_, meeting) in latest.items():
        if meeting["status"] != "entered-in-error":
            found[int(identity[:8], 16)].append(
                (date.fromisoformat(meeting["period"]["start"][:10]), meeting["status"])
            )
    return found
