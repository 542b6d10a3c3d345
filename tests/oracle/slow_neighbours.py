"""The neighbours' definitions in plain Python, written from their words, to be asked of one patient at a time."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.events import added_up, discharge_summary_sent
from synthetic.known_indicators.other_people import (
    diabetes_after_gestational,
    hba1c_after_gestational_birth,
    hba1c_every_third_year_after_gestational,
    type_1_eye_examined,
)
from synthetic.known_indicators.rules import MISSING, Counted, Rule, has_vascular_disease, latest_is, met
from synthetic.known_indicators.who_and_where import months_before

EIGHT_HOURS = timedelta(hours=8)
STATINS = ("C10AA", *(f"C10BA0{number}" for number in range(1, 10)), "C10BX")


def has(find: Callable[[Patient], object]) -> Rule:
    """Patients for whom something is found in the period."""
    return lambda patient: met(find(patient) is not None)


def pressure(upper: float, lower: float, *, strict: bool) -> Rule:
    """Patients by their latest blood pressure, below both limits or at most on them; those without are missing."""

    def rule(patient: Patient) -> Counted:
        found = patient.blood_pressure()
        if found is None:
            return MISSING
        return met((found[1] < upper and found[2] < lower) if strict else (found[1] <= upper and found[2] <= lower))

    return rule


def without_missing(rule: Rule) -> Rule:
    """The same, where whoever has no value stays in and does not meet it."""

    def counted(patient: Patient) -> Counted | None:
        found = rule(patient)
        return met(False) if found == MISSING else found

    return counted


def ldl_by_risk(low: float, high: float) -> Rule:
    """Below the low limit with vascular disease or a ratio of 30 mg/g or more, else below the high one."""

    def rule(patient: Patient) -> Counted:
        ldl, uacr = patient.latest("ldl"), patient.uacr()
        is_at_risk = has_vascular_disease(patient) or (uacr is not None and uacr[1] >= 30)
        return MISSING if ldl is None else met(ldl < (low if is_at_risk else high))

    return rule


def needs_statin(patient: Patient) -> bool:
    """From 40 to 80 years, or vascular disease."""
    return 40 <= patient.age <= 80 or has_vascular_disease(patient)


def has_statin(patient: Patient) -> bool:
    """Collected a statin in the period, alone or in a combination."""
    days = {row["dispensed_on"] for row in patient.rows["dispensing"] if (row["atc_code"] or "").startswith(STATINS)}
    return any(patient.in_period(day) for day in days)


def statin(is_expected: Callable[[Patient], bool]) -> Rule:
    """Collected a statin, of those of whom it is expected."""
    return lambda patient: met(has_statin(patient)) if is_expected(patient) else None


def three_targets(patient: Patient) -> Counted:
    """HbA1c at most 58, blood pressure at most 140/80, and the drug where it is needed."""
    hba1c, found = patient.latest("hba1c"), patient.blood_pressure()
    if hba1c is None or found is None:
        return MISSING
    has_drug = has_statin(patient) or not needs_statin(patient)
    return met(hba1c <= 58 and found[1] <= 140 and found[2] <= 80 and has_drug)


def three_targets_older(patient: Patient) -> Counted:
    """HbA1c at most 58, blood pressure at most 140/80, total cholesterol below 5."""
    hba1c, found, cholesterol = patient.latest("hba1c"), patient.blood_pressure(), patient.latest("total_cholesterol")
    if hba1c is None or found is None or cholesterol is None:
        return MISSING
    return met(hba1c <= 58 and found[1] <= 140 and found[2] <= 80 and cholesterol < 5)


def has_body_mass_index(patient: Patient) -> bool:
    """Measured in the period, or weighed in it and of a height known by its end."""
    is_height_known = any(day <= patient.end for day, _ in patient.results("height"))
    return patient.latest("bmi") is not None or (patient.latest("weight") is not None and is_height_known)


def has_any(*analytes: str) -> Callable[[Patient], bool]:
    """Whether one of some analytes was measured in the period."""
    return lambda patient: any(patient.latest(analyte) is not None for analyte in analytes)


PROCESSES: dict[str, Callable[[Patient], bool]] = {
    "hba1c": has_any("hba1c"),
    "blood_pressure": lambda patient: patient.blood_pressure() is not None,
    "cholesterol": has_any("total_cholesterol", "ldl"),
    "creatinine": has_any("creatinine", "egfr"),
    "urine_albumin": lambda patient: patient.uacr() is not None,
    "feet": lambda patient: patient.foot_examination() is not None,
    "body_mass_index": has_body_mass_index,
    "smoking": lambda patient: patient.smoking() is not None,
    "eyes": lambda patient: patient.eye_examination() is not None,
}
"""The audit's care processes: the eight, and the eyes."""


def processes(*names: str) -> Rule:
    """Had all of some care processes."""
    return lambda patient: met(all(PROCESSES[name](patient) for name in names))


def smoke_free(patient: Patient) -> Counted:
    """Does not smoke, by the latest status."""
    found = patient.smoking()
    return MISSING if found is None else met(found[1] != "current")


def after_five_years(rule: Rule) -> Rule:
    """The same, of those with diabetes for five years on the last observed day."""

    def counted(patient: Patient) -> Counted | None:
        is_new = patient.diabetes["diabetes_since_on"] > months_before(patient.observed_to, 60)
        return None if is_new else rule(patient)

    return counted


def readmission_of_the_elderly(patient: Patient) -> Counted | None:
    """Acute inpatient stays from 8 hours to 30 days after the stays that ended at 67 and have been followed 30 days."""
    born = patient.person["born_on"]

    def is_elderly(day: date) -> bool:
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) >= 67

    stays: list[dict] = []
    for row in sorted(
        (row for row in patient.rows["hospital_contact"] if row["is_physical"] and row["patient_type"] == "inpatient"),
        key=lambda row: (begin_of(row), end_of(row) is None, end_of(row) or begin_of(row), row["contact_id"]),
    ):
        ends = [end for stay in stays for end in stay["ends"]]
        if stays and ends and begin_of(row) < max(ends) + EIGHT_HOURS:
            stays[-1]["ends"] += [end_of(row)] if end_of(row) else []
        else:
            ended = [end_of(row)] if end_of(row) else []
            stays.append({"begin": begin_of(row), "ends": ended, "is_acute": bool(row["is_acute"])})
    died = patient.person["died_on"]
    counted = readmitted = 0
    for place, stay in enumerate(stays):
        left = max(stay["ends"]).date() if stay["ends"] else None
        is_followed = left is not None and left + timedelta(days=30) <= patient.end and patient.is_observed(left)
        if left is None or not is_followed or not is_elderly(left) or (died is not None and died <= left):
            continue
        counted += 1
        acute = [other["begin"].date() for other in stays[place + 1 :] if other["is_acute"]]
        readmitted += bool(acute and acute[0] <= left + timedelta(days=30))
    return Counted(numerator=readmitted, denominator=counted) if counted else None


def summary_sent(days: int) -> Rule:
    """Discharges whose summary was sent within so many days; nobody without a discharge."""

    def rule(patient: Patient) -> Counted | None:
        counted = added_up(discharge_summary_sent(days))(patient)
        return counted if counted and counted.denominator else None

    return rule


def hba1c_yearly_after_gestational(patient: Patient) -> Counted | None:
    """HbA1c in the period; of those whose gestational diabetes is older than it and not yet five years old."""
    begun, last = patient.diabetes["diabetes_since_on"], patient.observed_to
    years = last.year - begun.year - ((last.month, last.day) < (begun.month, begun.day))
    return hba1c_every_third_year_after_gestational(patient) if years < 5 else None


def begin_of(row: dict) -> datetime:
    """Return when a contact began, at midnight where only the day is known."""
    return row["starts_at"] or datetime.combine(row["started_on"], time())


def end_of(row: dict) -> datetime | None:
    """Return when a contact ended, None where it has not."""
    return row["ends_at"] or (datetime.combine(row["ended_on"], time()) if row["ended_on"] else None)


HBA1C_MEASURED = has(lambda patient: patient.latest("hba1c"))
FEET = has(lambda patient: patient.foot_examination())
EYES = has(lambda patient: patient.eye_examination())
URINE = has(lambda patient: patient.uacr())
PRESSURE = has(lambda patient: patient.blood_pressure())
SMOKING = has(lambda patient: patient.smoking())
RULES: dict[tuple[str, str], Rule] = {
    ("norway", "hba1c_measured"): HBA1C_MEASURED,
    ("norway", "hba1c_at_goal"): latest_is("hba1c", lambda value: value <= 53),
    ("norway", "hba1c_at_goal_type_1"): latest_is("hba1c", lambda value: value <= 53),
    ("norway", "hba1c_75_and_above"): latest_is("hba1c", lambda value: value >= 75),
    ("norway", "hba1c_75_and_above_type_1"): latest_is("hba1c", lambda value: value >= 75),
    ("norway", "blood_pressure_measured"): PRESSURE,
    ("norway", "blood_pressure_controlled"): pressure(135, 85, strict=True),
    ("norway", "ldl_at_goal_by_risk"): ldl_by_risk(1.8, 2.5),
    ("norway", "albuminuria_examined_12_months"): URINE,
    ("norway", "eye_examined"): EYES,
    ("norway", "foot_examined_12_months"): FEET,
    ("norway", "smoking_recorded"): SMOKING,
    ("norway", "type_1_eye_examined"): type_1_eye_examined,
    ("norway", "foot_examined_type_1_from_5_years"): after_five_years(FEET),
    ("norway", "urine_examined_type_1_from_5_years"): after_five_years(URINE),
    ("norway", "readmission_of_the_elderly"): readmission_of_the_elderly,
    ("norway", "discharge_summary_within_1_day"): summary_sent(1),
    ("norway", "discharge_summary_within_7_days"): summary_sent(7),
    ("norway", "hba1c_after_gestational_birth"): hba1c_after_gestational_birth(91, 183),
    ("norway", "hba1c_yearly_after_gestational"): hba1c_yearly_after_gestational,
    ("norway", "diabetes_after_gestational"): diabetes_after_gestational,
    ("norway", "children_annual_review"): has(lambda patient: patient.latest_day(patient.examined("annual_review"))),
    ("norway", "children_hba1c_measured"): HBA1C_MEASURED,
    ("norway", "children_hba1c_below_53"): latest_is("hba1c", lambda value: value < 53),
    ("norway", "children_hba1c_below_58"): latest_is("hba1c", lambda value: value < 58),
    ("norway", "children_hba1c_75_and_above"): latest_is("hba1c", lambda value: value >= 75),
    ("norway", "children_urine_examined"): URINE,
    ("norway", "children_eyes_examined"): EYES,
    ("norway", "children_lipids_measured"): has(lambda patient: patient.latest("ldl")),
    ("norway", "children_blood_pressure_measured"): PRESSURE,
    ("norway", "children_injection_sites_examined"): has(
        lambda patient: patient.latest_day(patient.examined("injection_sites"))
    ),
    ("norway", "children_thyroid_measured"): has(lambda patient: patient.latest("tsh")),
    ("norway", "children_coeliac_antibodies_measured"): has(lambda patient: patient.latest("coeliac_antibodies")),
    ("norway", "children_without_ketoacidosis"): lambda patient: met(not patient.acute_contacts("ketoacidosis")),
    ("norway", "children_without_severe_hypoglycaemia"): lambda patient: met(
        not patient.acute_contacts("hypoglycaemia")
    ),
    ("sweden", "hba1c_at_goal"): latest_is("hba1c", lambda value: value <= 52),
    ("sweden", "hba1c_far_above_goal"): latest_is("hba1c", lambda value: value > 70),
    ("sweden", "blood_pressure_controlled"): pressure(140, 85, strict=True),
    ("sweden", "ldl_at_goal_by_risk"): ldl_by_risk(1.8, 2.5),
    ("sweden", "eye_examined_36_months"): EYES,
    ("sweden", "foot_examined_12_months"): FEET,
    ("sweden", "smoke_free"): smoke_free,
    ("sweden", "hba1c_far_above_goal_type_1"): latest_is("hba1c", lambda value: value > 70),
    ("sweden", "blood_pressure_controlled_type_1"): pressure(140, 85, strict=True),
    ("sweden", "eye_examined_type_1"): EYES,
    ("sweden", "foot_examined_type_1"): FEET,
    ("sweden", "smoke_free_type_1"): smoke_free,
    ("england", "eight_care_processes"): processes(*[name for name in PROCESSES if name != "eyes"]),
    ("england", "nine_care_processes"): processes(*PROCESSES),
    ("england", "audit_hba1c_below_48"): latest_is("hba1c", lambda value: value < 48),
    ("england", "audit_hba1c_at_most_58"): latest_is("hba1c", lambda value: value <= 58),
    ("england", "audit_hba1c_at_most_86"): latest_is("hba1c", lambda value: value <= 86),
    ("england", "audit_blood_pressure_at_goal"): pressure(140, 80, strict=False),
    ("england", "audit_cholesterol_below_4"): latest_is("total_cholesterol", lambda value: value < 4),
    ("england", "audit_cholesterol_below_5"): latest_is("total_cholesterol", lambda value: value < 5),
    ("england", "audit_statin_when_indicated"): statin(needs_statin),
    ("england", "audit_statin_with_vascular_disease"): statin(has_vascular_disease),
    ("england", "audit_statin_without_vascular_disease"): statin(
        lambda patient: needs_statin(patient) and not has_vascular_disease(patient)
    ),
    ("england", "audit_all_three_targets"): three_targets,
    ("england", "audit_all_three_targets_older"): three_targets_older,
    ("england", "qof_foot_examined"): lambda patient: FEET(patient) if patient.practice != "none" else None,
    ("england", "qof_statin_with_vascular_disease"): statin(has_vascular_disease),
    ("england", "qof_statin_without_vascular_disease"): statin(
        lambda patient: patient.age >= 40 and not has_vascular_disease(patient)
    ),
    # Nobody's frailty is recorded in the invented region, so all are without it.
    ("england", "qof_hba1c_without_frailty"): without_missing(latest_is("hba1c", lambda value: value <= 58)),
    ("england", "qof_hba1c_with_frailty"): lambda patient: None,
    ("england", "qof_blood_pressure_without_frailty"): without_missing(pressure(140, 90, strict=False)),
} | {("england", f"care_process_{name}"): processes(name) for name in PROCESSES}


def is_about(patient: Patient, population: str) -> bool:
    """Return whether a patient belongs to a population, by its words."""
    if not patient.observed:
        return False
    kind = next((each for each in ("type_1", "gestational") if each in population), "type_2")
    is_child = population.startswith("children")
    is_of_age = kind == "gestational" or (patient.age < 18 if is_child else patient.age >= 18)
    is_there = patient.is_present or population.endswith("during_period")
    return patient.diabetes["diabetes_type"] == kind and is_of_age and is_there
