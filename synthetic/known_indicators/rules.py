"""What one patient adds to each indicator, in plain Python, written from the words of the definitions."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.who_and_where import months_before


class Counted(NamedTuple):
    """What one patient adds to an indicator; None means the patient is not in it.

    Attributes:
        numerator: Patients or events that meet it.
        denominator: Patients or events counted.
        days: Days under observation, for a rate.
        value: The number of which the median is taken; a time that was not seen to end has half a day more.
        is_missing: Belongs to the denominator, but the value is missing.
    """

    numerator: int = 0
    denominator: int = 1
    days: int = 0
    value: float | None = None
    is_missing: bool = False


Rule = Callable[[Patient], Counted | None]
MISSING = Counted(denominator=0, is_missing=True)


def met(is_met: bool) -> Counted:
    """Return a patient who is counted and meets the indicator or not."""
    return Counted(numerator=int(is_met))


def latest_is(analyte: str, test: Callable[[float], bool]) -> Rule:
    """Patients by their latest value; those without one are missing."""

    def rule(patient: Patient) -> Counted:
        value = patient.latest(analyte)
        return MISSING if value is None else met(test(value))

    return rule


def hba1c_below_59(patient: Patient) -> Counted:
    """Latest HbA1c below 59 mmol/mol, on reporting dates before March 2017 also 59; of those with a result."""
    value = patient.latest("hba1c")
    return MISSING if value is None else met(value < 59 or (value == 59 and patient.end < date(2017, 3, 1)))


def hba1c_median(patient: Patient) -> Counted:
    """The latest HbA1c in mmol/mol."""
    value = patient.latest("hba1c")
    return MISSING if value is None else Counted(value=value)


def blood_pressure_below(upper: float, lower: float) -> Rule:
    """Patients by their latest blood pressure in mmHg, below both limits; those without are missing."""

    def rule(patient: Patient) -> Counted:
        found = patient.blood_pressure()
        return MISSING if found is None else met(found[1] < upper and found[2] < lower)

    return rule


def normal_albumin(patient: Patient) -> Counted:
    """The latest ratio below 30 mg/g."""
    found = patient.uacr()
    return MISSING if found is None else met(found[1] < 30)


def smokers(patient: Patient) -> Counted:
    """Smokes, by the latest status."""
    found = patient.smoking()
    return MISSING if found is None else met(found[1] == "current")


def blood_pressure_lowering_when_indicated(patient: Patient) -> Counted | None:
    """Collected a drug; of those above 140 over 90 mmHg."""
    found = patient.blood_pressure()
    if found is None or not (found[1] > 140 or found[2] > 90):
        return None
    return met(patient.collected("blood_pressure_lowering_drug"))


def glucose_lowering_when_indicated(patient: Patient) -> Counted | None:
    """Collected a drug; of those with HbA1c of 48 mmol/mol or more."""
    value = patient.latest("hba1c")
    return met(patient.collected("glucose_lowering_drug")) if value is not None and value >= 48 else None


def collected_above(analyte: str, limit: float, drug: str) -> Rule:
    """Collected a drug; of those whose latest value is above a limit."""

    def rule(patient: Patient) -> Counted | None:
        value = patient.latest(analyte)
        return met(patient.collected(drug)) if value is not None and value > limit else None

    return rule


def lipid_lowering_when_indicated(patient: Patient) -> Counted | None:
    """Collected a drug; of those with vascular disease, severe albuminuria, or over 40 with raised LDL."""
    diseases = [patient.first(name) for name in ("ischaemic_heart_disease", "stroke", "peripheral_arterial_disease")]
    has_disease = any(day is not None and day <= patient.end for day in diseases)
    uacr, ldl = patient.uacr(), patient.latest("ldl")
    is_indicated = (
        has_disease or (uacr is not None and uacr[1] >= 300) or (patient.age > 40 and ldl is not None and ldl > 2.5)
    )
    return met(patient.collected("lipid_lowering_drug")) if is_indicated else None


def ras_blockade_with_albuminuria(patient: Patient) -> Counted | None:
    """Collected a drug; of those with a ratio of 30 mg/g or more."""
    uacr = patient.uacr()
    return met(patient.collected("ras_blockade")) if uacr is not None and uacr[1] >= 30 else None


def all_or_none(patient: Patient) -> Counted:
    """Had every examination in time."""
    year_ago = months_before(patient.end, 12)
    pressure, smoking = patient.blood_pressure(), patient.smoking()
    hba1c = patient.latest_day([day for day, _ in patient.results("hba1c")])
    yearly = [hba1c, pressure and pressure[0], smoking and smoking[0]]
    every_second_year = [patient.latest("ldl"), patient.uacr(), patient.eye_examination(), patient.foot_examination()]
    return met(
        all(day is not None and day > year_ago for day in yearly)
        and all(each is not None for each in every_second_year)
    )


def has_vascular_disease(patient: Patient) -> bool:
    """Whether heart, brain or legs have shown arterial disease by the end of the period."""
    diseases = [patient.first(name) for name in ("ischaemic_heart_disease", "stroke", "peripheral_arterial_disease")]
    return any(day is not None and day <= patient.end for day in diseases)


def ldl_at_goal_by_risk(patient: Patient) -> Counted:
    """Below 1.8 with vascular disease or a ratio of 30 mg/g or more, else below 2.6 mmol/L."""
    ldl, uacr = patient.latest("ldl"), patient.uacr()
    is_at_risk = has_vascular_disease(patient) or (uacr is not None and uacr[1] >= 30)
    return MISSING if ldl is None else met(ldl < (1.8 if is_at_risk else 2.6))


def hba1c_at_goal_by_frailty(patient: Patient) -> Counted:
    """Below 75 from the age of 80, 58 with vascular disease, 53 for others; new diabetes above the goal is left out."""
    value = patient.latest("hba1c")
    if value is None:
        return MISSING
    goal = 75 if patient.age >= 80 else 58 if has_vascular_disease(patient) else 53
    is_new = patient.diabetes["diabetes_since_on"] > months_before(patient.end, 12)
    return MISSING if value >= goal and is_new else met(value < goal)


def eye_examined_by_risk(patient: Patient) -> Counted:
    """Examined in the last 12 months with known retinopathy, in the whole period without."""
    seen, known = patient.eye_examination(), patient.first("retinopathy")
    is_known = known is not None and known <= patient.end
    return met(seen is not None and (not is_known or seen > months_before(patient.end, 12)))


def review_parts(at_least: int) -> Rule:
    """Had so many of the eight parts of a yearly review: results, blood pressure, feet and smoking."""

    def rule(patient: Patient) -> Counted:
        parts = [
            *(patient.latest(analyte) is not None for analyte in ("hba1c", "weight", "ldl", "egfr")),
            patient.blood_pressure() is not None,
            patient.uacr() is not None,
            patient.foot_examination() is not None,
            patient.smoking() is not None,
        ]
        return met(sum(parts) >= at_least)

    return rule


def has_had(complication: str) -> Rule:
    """Patients who have had a complication by the end of the period."""

    def rule(patient: Patient) -> Counted:
        first = patient.first(complication)
        return met(first is not None and first <= patient.end)

    return rule


def new(complication: str) -> Rule:
    """First signs of a complication among those who had none in the look-back, and their days until then."""

    def rule(patient: Patient) -> Counted | None:
        if patient.is_known_before(complication):
            return None
        first = patient.next(complication)
        return Counted(numerator=int(patient.is_observed(first)), days=patient.observed_days(until=first))

    return rule


def admissions_rate(name: str) -> Rule:
    """Acute contacts for a reason, and the days observed."""
    return lambda patient: Counted(numerator=len(patient.acute_contacts(name)), days=patient.observed_days())


def in_sectors(number: int) -> Rule:
    """Patients known in exactly so many sectors in the period."""
    return lambda patient: met(len(patient.sectors()) == number)


def lost_to_follow_up(patient: Patient) -> Counted | None:
    """Neither HbA1c nor contact about diabetes; of those who had diabetes before the period."""
    if patient.diabetes["diabetes_since_on"] >= patient.start:
        return None
    return met(patient.latest("hba1c") is None and patient.latest_day(patient.diabetes_contacts()) is None)


def diabetes_to_eye_examination(patient: Patient) -> Counted | None:
    """Days from the first day with diabetes, lived in the area, to the first eye examination."""
    since = patient.diabetes["diabetes_since_on"]
    if patient.observed_from != since:
        return None
    seen = [day for day in patient.eyes_seen() if since <= day <= patient.observed_to]
    if seen:
        return Counted(value=float((min(seen) - since).days))
    return Counted(value=(patient.observed_to - since).days + 0.5)
