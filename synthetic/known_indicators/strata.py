"""The three strata of a chronic-disease programme, and goals that fit the patient, in plain Python."""

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.rules import MISSING, Counted, Rule, has_vascular_disease, met


def is_red(patient: Patient) -> bool:
    """Whether the records of the period show that the hospital should follow the patient."""
    hba1c, egfr, uacr = patient.latest("hba1c"), patient.latest("egfr"), patient.uacr()
    legs = patient._foot_ulcer()
    eyes = patient.signs("proliferative_retinopathy") + patient.examined("eye", "proliferative")
    return (
        (hba1c is not None and hba1c > 75)
        or (egfr is not None and egfr < 30)
        or (uacr is not None and uacr[1] >= 300)
        or any(patient.in_period(day) for day in legs + eyes)
        or len(patient.acute_contacts("hypoglycaemia")) >= 2
    )


def red_stratum_without_hospital_contact(patient: Patient) -> Counted | None:
    """No hospital contact about diabetes; of those at high risk."""
    return met(patient.latest_day(patient.hospital_diabetes_contacts()) is None) if is_red(patient) else None


def green_stratum_often_in_hospital(patient: Patient) -> Counted | None:
    """More than two days of hospital contact about diabetes; of those at low risk."""
    days = {day for day in patient.hospital_diabetes_contacts() if patient.in_period(day)}
    return met(len(days) > 2) if colour_of(patient) == "green" else None


def in_stratum(colour: str) -> Rule:
    """Patients of one colour; who is neither red nor off a goal is green when all three values are known."""
    return lambda patient: met(colour_of(patient) == colour)


def colour_of(patient: Patient) -> str | None:
    """Return the colour of a patient's stratum, None when too little is known."""
    if is_red(patient):
        return "red"
    hba1c, ldl = patient.latest("hba1c"), patient.latest("ldl")
    pressure, uacr = patient.blood_pressure(), patient.uacr()
    complication = patient.first("any_complication")
    if (
        (hba1c is not None and hba1c >= 53)
        or (pressure is not None and (pressure[1] >= 140 or pressure[2] >= 90))
        or (ldl is not None and ldl >= 2.6)
        or (uacr is not None and uacr[1] >= 30)
        or (complication is not None and complication <= patient.end)
    ):
        return "yellow"
    return None if hba1c is None or pressure is None or ldl is None else "green"


def three_goals_reached(patient: Patient) -> Counted:
    """HbA1c, blood pressure and LDL below the limits that fit the patient; of those who had all three measured."""
    hba1c, ldl = patient.latest("hba1c"), patient.latest("ldl")
    pressure, uacr = patient.blood_pressure(), patient.uacr()
    if hba1c is None or pressure is None or ldl is None:
        return MISSING
    is_vascular = has_vascular_disease(patient)
    goal = 75 if patient.age >= 80 else 58 if is_vascular else 53
    low = is_vascular or (uacr is not None and uacr[1] >= 30)
    return met(hba1c < goal and pressure[1] < 140 and pressure[2] < 90 and ldl < (1.8 if low else 2.6))


def hba1c_above_75_or_not_measured(patient: Patient) -> Counted | None:
    """Above 75 mmol/mol or without a result; of those up to 75 years."""
    value = patient.latest("hba1c")
    return met(value is None or value > 75) if patient.age <= 75 else None


def eye_examined_60_months(patient: Patient) -> Counted | None:
    """Eyes seen in five years; of those with diabetes before them and no retinopathy known."""
    known = patient.first("retinopathy")
    is_new = patient.diabetes["diabetes_since_on"] >= patient.start
    if is_new or (known is not None and known <= patient.end):
        return None
    return met(patient.eye_examination() is not None)


def foot_therapist_seen(patient: Patient) -> Counted:
    """A foot therapist's service for diabetes in the period, for the patient and not for a child."""
    services = patient.services("foot_therapist_service")
    return met(patient.latest_day([row["service_on"] for row in services if not row["is_for_child"]]) is not None)
