"""What followed a patient's discharges and referrals, and which hospital or municipality each of them counts at."""

from collections.abc import Callable
from datetime import date, timedelta

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.rules import MISSING, Counted, Rule, met
from synthetic.known_indicators.who_and_where import Row, code_list, months_after

Events = list[tuple[str, bool]]
"""Who is responsible for each event, and whether it meets the indicator."""
EventRule = Callable[[Patient], Events]


def contact_after_discharge(days: int) -> EventRule:
    """Discharges after which somebody saw the patient within so many days, by hospital."""

    def rule(patient: Patient) -> Events:
        died = patient.person["died_on"]
        followed = [
            stay
            for stay in patient.discharges(days)
            if patient.has_diabetes_diagnosis(stay)
            and not patient.next_stays(stay, days)
            and not (died is not None and died <= stay["end"].date() + timedelta(days=days))
        ]
        return [(patient.discharged_from(stay), patient.days_until_seen(stay, days) is not None) for stay in followed]

    return rule


def discharge_to_contact(patient: Patient) -> Counted | None:
    """Days from the first discharge with diabetes to the first contact, or for how long it is known that none was."""
    first = first_discharge(patient)
    if first is None:
        return None
    left = first["end"].date()
    new_stays = [other["begin"].date() for other in patient.next_stays(first, 30)]
    followed = (min([patient.observed_to, *new_stays]) - left).days
    seen = patient.days_until_seen(first, min(followed, 30))
    return Counted(value=float(seen) if seen is not None else min(followed, 30) + 0.5)


def first_discharge(patient: Patient) -> Row | None:
    """Return the first stay with a diabetes diagnosis that ended in the period with the patient alive."""
    stays = [stay for stay in patient.discharges(0) if patient.has_diabetes_diagnosis(stay)]
    return min(stays, key=lambda stay: stay["end"], default=None)


def readmission_within_30_days(patient: Patient) -> Events:
    """Discharges followed by an acute stay within 30 days, by hospital."""
    return [
        (
            patient.discharged_from(stay),
            any(other["contacts"][0]["is_acute"] for other in patient.next_stays(stay, 30)),
        )
        for stay in patient.discharges(30)
    ]


def discharge_summary_sent(days: int) -> EventRule:
    """Discharges, but for births, of which a summary was sent within so many days, by hospital."""

    def rule(patient: Patient) -> Events:
        births = [row["diagnosed_on"] for row in patient.diagnoses("delivery") if row["sector"] == "hospital"]
        return [
            (patient.discharged_from(stay), any(0 <= waited <= days for waited in patient.days_until_told_of(stay)))
            for stay in patient.discharges(days)
            if not any(stay["begin"].date() <= day <= stay["end"].date() for day in births)
        ]

    return rule


def course_completed(patient: Patient) -> Events:
    """Courses completed, by municipality."""
    return [
        (
            row["municipality_code"],
            bool(row["status"] == "completed" and row["closed_on"] and row["closed_on"] <= patient.end),
        )
        for row in _courses_followed(patient)
    ]


def course_ended_because(reasons: str) -> EventRule:
    """Courses that ended early for a reason on a code list, by municipality."""

    def rule(patient: Patient) -> Events:
        codes = {code for _, code in code_list(reasons)}
        return [
            (
                row["municipality_code"],
                row["status"] not in ("completed", "active")
                and row["stop_reason_code"] in codes
                and (row["closed_on"] or row["reported_at"].date()) <= patient.end,
            )
            for row in _courses_followed(patient)
        ]

    return rule


def _courses_followed(patient: Patient) -> list[Row]:
    """Return the courses granted to a patient who was observed then and for 6 months after."""
    return [
        row
        for row in patient.courses()
        if patient.is_observed(row["granted_on"]) and months_after(row["granted_on"], 6) <= patient.observed_to
    ]


def started_within(days: int) -> EventRule:
    """Referrals whose first meeting was held within so many days, by municipality."""

    def rule(patient: Patient) -> Events:
        referrals = [
            row
            for row in patient.courses()
            if patient.is_observed(row["referred_on"])
            and row["referred_on"] + timedelta(days=days) <= patient.observed_to
            and not _is_revoked_by(row, row["referred_on"] + timedelta(days=days))
        ]
        return [
            (
                row["municipality_code"],
                row["begun_on"] is not None and (row["begun_on"] - row["referred_on"]).days <= days,
            )
            for row in referrals
        ]

    return rule


def taken_up(days: int) -> EventRule:
    """Referrals, also revoked ones, whose first meeting was held within so many days, by municipality."""

    def rule(patient: Patient) -> Events:
        return [
            (
                row["municipality_code"],
                row["begun_on"] is not None and (row["begun_on"] - row["referred_on"]).days <= days,
            )
            for row in patient.courses()
            if patient.is_observed(row["referred_on"])
            and row["referred_on"] + timedelta(days=days) <= patient.observed_to
        ]

    return rule


def unplanned_diabetes_admissions_rate(patient: Patient) -> Counted:
    """Acute stays whose first contact has diabetes as its principal diagnosis, left alive, and years."""
    contacts = {row["contact_id"] for row in patient.diagnoses("diabetes_admission", "A")}
    died = patient.person["died_on"]
    stays = [
        stay
        for stay in patient.stays()
        if patient.is_observed(stay["begin"].date())
        and stay["contacts"][0]["is_acute"]
        and stay["contacts"][0]["contact_id"] in contacts
        and (died is None or died > stay["end"].date())
    ]
    return Counted(numerator=len(stays), days=patient.observed_days())


def added_up(rule: EventRule) -> Rule:
    """Return what a patient's events add wherever they happened."""

    def of_patient(patient: Patient) -> Counted:
        events = rule(patient)
        return Counted(sum(is_met for _, is_met in events), len(events))

    return of_patient


def _is_revoked_by(course: Row, day: date) -> bool:
    """Return whether a referral was revoked on or before a day, and nothing ever began."""
    return course["status"] == "revoked" and course["begun_on"] is None and course["revoked_on"] <= day


def referred_within_12_months_of_diabetes(patient: Patient) -> Counted | None:
    """Referred to a municipality at most 12 months after diabetes; of those who got it here a year or two ago."""
    since = patient.diabetes["diabetes_since_on"]
    if patient.observed_from != since or months_after(since, 12) > patient.end:
        return None
    return met(any(row["referred_on"] and row["referred_on"] <= months_after(since, 12) for row in patient.courses()))


def referral_to_start(patient: Patient) -> Counted | None:
    """Days from referral to the first meeting of the latest course begun."""
    decides = deciding_referral(patient)
    if decides is None:
        return None
    if not patient.is_observed(decides["begun_on"]):
        return MISSING
    return Counted(value=float((decides["begun_on"] - decides["referred_on"]).days))


def deciding_referral(patient: Patient) -> Row | None:
    """Return the referral of the course that began last, or else the last one that still waits."""
    begun = [row for row in patient.courses() if patient.is_observed(row["begun_on"]) and row["referred_on"]]
    referred = [
        row
        for row in patient.courses()
        if patient.is_observed(row["referred_on"]) and not _is_revoked_by(row, patient.end)
    ]
    if begun:
        return max(begun, key=lambda row: (row["begun_on"], row["referred_on"]))
    return max(referred, key=lambda row: row["referred_on"]) if referred else None


def referral_to_first_meeting(patient: Patient) -> Counted | None:
    """Days from the first referral of the period to the first meeting, or for how long it is known that none was."""
    first = first_referral(patient)
    if first is None:
        return None
    if _has_begun(patient, first):
        return Counted(value=float((first["begun_on"] - first["referred_on"]).days))
    return Counted(value=max((_followed_to(patient, first) - first["referred_on"]).days, 0) + 0.5)


def first_referral(patient: Patient) -> Row | None:
    """Return the first referral of the period; of one day the one whose course began first."""
    referred = [row for row in patient.courses() if patient.is_observed(row["referred_on"])]
    return min(
        referred,
        key=lambda row: (
            row["referred_on"],
            row["begun_on"] if _has_begun(patient, row) else date.max,
            -_followed_to(patient, row).toordinal(),
            row["municipality_code"],
        ),
        default=None,
    )


def _has_begun(patient: Patient, course: Row) -> bool:
    return course["begun_on"] is not None and course["begun_on"] <= patient.observed_to


def _followed_to(patient: Patient, course: Row) -> date:
    revoked_on = course["revoked_on"] if course["status"] == "revoked" else None
    return min(patient.observed_to, revoked_on or patient.observed_to)


EVENTS: dict[str, tuple[str, EventRule]] = {
    "contact_after_discharge_within_7_days": ("hospital", contact_after_discharge(7)),
    "contact_after_discharge_within_14_days": ("hospital", contact_after_discharge(14)),
    "contact_after_discharge_within_30_days": ("hospital", contact_after_discharge(30)),
    "discharge_summary_within_1_day": ("hospital", discharge_summary_sent(1)),
    "discharge_summary_within_7_days": ("hospital", discharge_summary_sent(7)),
    "readmission_within_30_days": ("hospital", readmission_within_30_days),
    "course_completed": ("municipality", course_completed),
    "course_opted_out": ("municipality", course_ended_because("course_opted_out")),
    "course_not_attended": ("municipality", course_ended_because("course_not_attended")),
    "started_within_14_days": ("municipality", started_within(14)),
    "started_within_30_days": ("municipality", started_within(30)),
    "started_within_90_days": ("municipality", taken_up(90)),
}
"""Indicators that count events, each with the level at which an event counts at whoever is responsible for it."""
OF_PATIENTS: dict[str, tuple[str, Callable[[Patient], str | None], Callable[[Patient], Counted | None]]] = {
    "referral_to_start": ("municipality", lambda patient: _received_by(deciding_referral(patient)), referral_to_start),
    "referral_to_first_meeting": (
        "municipality",
        lambda patient: _received_by(first_referral(patient)),
        referral_to_first_meeting,
    ),
    "discharge_to_contact": (
        "hospital",
        lambda patient: _discharged_by(first_discharge(patient)),
        discharge_to_contact,
    ),
}
"""Of indicators of one time per patient: the level at which it counts at whoever is responsible, who that is, and the
time."""

AT_UNITS = {name: level for name, (level, *_) in (EVENTS | OF_PATIENTS).items()}
"""The level at which an indicator counts at whoever is responsible, and not where the patient belongs."""


def _received_by(referral: Row | None) -> str | None:
    return referral["municipality_code"] if referral else None


def _discharged_by(stay: Row | None) -> str | None:
    return Patient.discharged_from(stay) if stay else None


def count_at_units(patient: Patient, indicator: str) -> list[tuple[str, Counted]]:
    """Return what a patient adds to each unit that is responsible for some of the patient's events."""
    if indicator in OF_PATIENTS:
        _, responsible, rule = OF_PATIENTS[indicator]
        unit, adds = responsible(patient), rule(patient)
        return [(unit, adds)] if unit and adds else []
    by_unit: dict[str, list[bool]] = {}
    for unit, is_met in EVENTS[indicator][1](patient):
        by_unit.setdefault(unit, []).append(is_met)
    return [(unit, Counted(sum(found), len(found))) for unit, found in by_unit.items()]
