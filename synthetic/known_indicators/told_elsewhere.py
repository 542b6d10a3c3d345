"""What practices, pharmacies, laboratories, eye clinics and municipalities told about people, as plain rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import FAULTS, Delivery
from synthetic.extracts.fhir import STOPPED_BECAUSE
from synthetic.extracts.laboratory_files import UNKNOWN_WORD
from synthetic.extracts.message_log import FACT, KINDS, message_rows
from synthetic.extracts.municipal_files import COUNTED, BundleDelivery
from synthetic.extracts.primary_care_files import with_practice
from synthetic.histories import Told
from synthetic.known_counts import Ledger
from synthetic.known_indicators.told_by_hospitals import TableRow, about, day_of, records
from synthetic.moves import value_on
from synthetic.truth import Region

FOOT = {"lav": "low", "moderat": "moderate", "hoej": "high", "saar": "ulcer"}
SMOKING = {"aldrig": "never", "tidligere": "former", "ryger": "current"}
EXAMINATIONS = {"fodstatus": ("foot", FOOT), "rygestatus": ("smoking", SMOKING), "aarskontrol": ("annual_review", {})}
WORDS = {"": "number", "Aflyst": "cancelled", "negativ": "below_detection", "ikke påvist": "below_detection"}
WORDS[UNKNOWN_WORD] = "word"
HBA1C_IN_PERCENT = "NPU03835"
EYE_GRADES = ("none", "mild", "moderate", "severe", "proliferative")
PRESSURES = {"systolic": "systolic_blood_pressure", "diastolic": "diastolic_blood_pressure"}


def results(told: Told, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield laboratory results, HbA1c in mmol/mol: what came in percent is converted by the published formula."""
    rows = about(told.results, people)
    through = ledger.loaded_through("result", rows["fact"].to_numpy())
    for row, file_type in zip(records(rows), through, strict=True):
        who_asked = "hospital" if row["at_hospital"] else "general_practice"
        if file_type:
            yield row["person"], "measurement", {
                "taken_on": day_of(row["day"]),
                "analyte": row["analyte"],
                "value": None if row["cancelled"] else _in_usual_unit(float(row["number"]), row["code"]),
                "comparator": row["sign"],
                "result_state": WORDS[row["word"]],
                "sector": who_asked if file_type == "labka" else "unknown",
            }  # fmt: skip


def _in_usual_unit(number: float, code: str) -> float:
    """Return a result in the unit of its analyte; only HbA1c comes in two units, and is told in whole mmol/mol."""
    return float(round((number - 2.15) * 10.929)) if code == HBA1C_IN_PERCENT else number


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


def practice_record(region: Region, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield diagnoses in both code systems, measurements and examinations of people registered with a practice."""
    numbered = {name: about(rows.with_row_index("fact"), people) for name, rows in region.care.record.items()}
    record = {name: with_practice(region, ledger.told(rows, f"practice_{name}")) for name, rows in numbered.items()}
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


def eye_screening(region: Region, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield eye screenings with the grade of the worse eye."""
    for row in records(about(ledger.told(region.care.eyes.with_row_index("fact"), "eye_screening"), people)):
        grade = "ungradable" if row["ungradable"] else EYE_GRADES[max(row["right"], row["left"])]
        yield row["person"], "examination", {
            "examined_on": day_of(row["day"]), "examination": "eye", "result": grade, "sector": "eye_screening",
        }  # fmt: skip


def messages(region: Region, chance: Chance, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield the messages that hospitals sent."""
    hospitals = [row["code"] for row in region.country.region["hospitals"]]
    for row in records(about(ledger.told(message_rows(region, chance), FACT), people)):
        yield row["person"], "message", {
            "kind": KINDS[row["type"]], "sent_on": day_of(row["day"]), "hospital_id": hospitals[row["hospital"]],
            "state": "refused" if row["is_refused"] else "sent",
        }  # fmt: skip


def municipality(
    region: Region, ledger: Ledger, deliveries: Sequence[Delivery], people: pl.Series
) -> Iterator[TableRow]:
    """Yield measurements, courses, what each course is about, and the meetings as last reported."""
    care = region.care.municipal
    measured = ledger.told(care["measurements"].with_row_index("fact"), "municipal_measurement")
    yield from _measured(about(measured, people), "municipality")
    reports = list(_reports(deliveries))
    meetings, last_reported = _meetings(reports), _last_reported(reports)
    lived_in = value_on(care["courses"], region.residences, "municipality", day="referred")
    codes = {place: one.code for place, one in enumerate(region.municipalities)}
    for row in records(about(care["courses"].with_columns(lived_in.alias("lived_in")), people)):
        if row["course"] not in last_reported:
            continue
        referred_on, is_revoked = day_of(row["referred"]), row["status"] == "revoked"
        yield row["person"], "municipal_course", {
            "course_id": row["course"],
            "focus_code": row["focus"],
            "municipality_code": codes.get(row["lived_in"], "none"),
            "referred_on": referred_on,
            "granted_on": None if is_revoked else day_of(row["granted"]),
            "closed_on": None if is_revoked or row["closed"] < 0 else day_of(row["closed"]),
            "revoked_on": last_reported[row["course"]] if is_revoked else None,
            "status": row["status"],
            "stop_reason_code": STOPPED_BECAUSE[row["reason"]] if row["status"] == "stopped" else None,
        }  # fmt: skip
        yield row["person"], "diagnosis", {
            "contact_id": None, "diagnosed_on": referred_on, "code_system": "sks", "code": row["focus"],
            "diagnosis_type": None, "retraction": "not_stated", "sector": "municipality",
        }  # fmt: skip
        for held_on, status in meetings[row["course"]]:
            yield row["person"], "municipal_encounter", {
                "course_id": row["course"], "held_on": held_on, "status": status,
            }  # fmt: skip


def _reports(deliveries: Sequence[Delivery]) -> Iterator[dict[str, Any]]:
    """Yield the municipal reports that no rule held back: all that is counted of a report stands or falls together."""
    for delivery in deliveries:
        if isinstance(delivery, BundleDelivery):
            faults = iter(delivery.rows[FAULTS])
            for report in delivery.bundles:
                counted = sum(entry["resource"]["resourceType"] in COUNTED for entry in report["entry"])
                if list(islice(faults, counted)) == [""] * counted:
                    yield report


def _course(identity: str) -> int:
    """Return the number of the course that a report or a meeting belongs to: every id begins with it."""
    return int(identity[:8], 16)


def _last_reported(reports: Iterable[dict[str, Any]]) -> dict[int, date]:
    """Return the day of the last report by course."""
    found: dict[int, date] = {}
    for report in reports:
        course, day = _course(report["id"]), date.fromisoformat(report["timestamp"][:10])
        found[course] = max(found.get(course, day), day)
    return found


def _meetings(reports: Iterable[dict[str, Any]]) -> dict[int, list[tuple[date, str]]]:
    """Return day and status of the meetings by course, as last reported; those entered in error never were."""
    latest: dict[str, tuple[str, dict[str, Any]]] = {}
    for report in reports:
        for entry in report["entry"]:
            meeting = entry["resource"]
            if meeting["resourceType"] == "Encounter" and report["timestamp"] >= latest.get(meeting["id"], ("",))[0]:
                latest[meeting["id"]] = (report["timestamp"], meeting)
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for identity, (_, meeting) in latest.items():
        if meeting["status"] != "entered-in-error":
            found[_course(identity)].append((date.fromisoformat(meeting["period"]["start"][:10]), meeting["status"]))
    return found
