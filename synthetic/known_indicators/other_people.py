"""People of whom the disease's main indicators are not: type 1 diabetes, and after diabetes of pregnancy."""

from datetime import date, timedelta

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.rules import Counted, Rule, met
from synthetic.known_indicators.who_and_where import months_before

PREGNANCY = timedelta(days=280)


def type_1_eye_examined(patient: Patient) -> Counted | None:
    """Eyes seen in the period; of those with diabetes for five years on the last observed day."""
    if patient.diabetes["diabetes_since_on"] > months_before(patient.observed_to, 60):
        return None
    return met(patient.eye_examination() is not None)


def other_diabetes(patient: Patient) -> date | None:
    """Return the first day of type 1 or type 2 diabetes of a woman who has had gestational diabetes."""
    return min((row["diabetes_since_on"] for row in patient.rows["other_diabetes"]), default=None)


def hba1c_after_gestational_birth(first: int, last: int) -> Rule:
    """HbA1c so many days after the latest birth that gestational diabetes came before by at most 280 days."""

    def rule(patient: Patient) -> Counted | None:
        known = [row["diagnosed_on"] for row in patient.diagnoses("gestational_diabetes")]
        births = [
            row["diagnosed_on"]
            for row in patient.diagnoses("delivery")
            if row["diagnosis_type"] and any(day <= row["diagnosed_on"] <= day + PREGNANCY for day in known)
        ]
        followed = [day for day in births if patient.start <= day <= patient.end - timedelta(days=last)]
        if not followed:
            return None
        birth, diabetes = max(followed), other_diabetes(patient)
        if diabetes is not None and diabetes <= birth:
            return None
        return met(any(first <= (day - birth).days <= last for day, _ in patient.results("hba1c")))

    return rule


def diabetes_after_gestational(patient: Patient) -> Counted | None:
    """Other diabetes by the end of the period; of those who had none before gestational diabetes."""
    diabetes = other_diabetes(patient)
    if diabetes is not None and diabetes <= patient.diabetes["diabetes_since_on"]:
        return None
    return met(diabetes is not None and diabetes <= patient.end)


def hba1c_every_third_year_after_gestational(patient: Patient) -> Counted | None:
    """HbA1c in the period; of those with gestational diabetes before it and no other diabetes by its end."""
    diabetes = other_diabetes(patient)
    if patient.diabetes["diabetes_since_on"] >= patient.start or (diabetes is not None and diabetes <= patient.end):
        return None
    return met(patient.latest("hba1c") is not None)
