"""Random FHIR test patients whose facts lie at the edges: days around the period, ages at limits, odd statuses."""

import random
from functools import cache

from tests.lib.drawn_measures import DIAGNOSIS, VISIT
from tests.lib.fhir_patients import Json, bundle, own_codes, patient, report, resource, value_set_urls

Cells = dict[str, str | None]
DAYS = [
    "2024-12-31",
    "2025-01-01",
    "2025-06-15",
    "2025-12-31",
    "2026-01-01",
    "2026-03-01",
    "2026-03-05",
    "2026-06-30",
    "2026-07-01",
    "2026-12-31",
    "2027-01-01",
]
CLOCKS = ["", "", "", "T00:00:00Z", "T23:30:00-02:00", "T08:00:00+00:00", "T08:00:01.000Z"]
BIRTHS = [
    "1940-12-31",
    "1945-12-31",
    "1946-01-01",
    "1950-12-31",
    "1951-01-01",
    "1955-05-05",
    "1960-12-31",
    "1961-01-01",
]
BIRTHS += [
    "1961-01-01",
    "1941-01-01",
    "1940-01-01",
    "1980-02-29",
    "2008-02-29",
    "2008-12-31",
    "2009-01-01",
    "1970-06-15",
]
KINDS = {
    "Encounter": [
        "office_visit",
        "telephone_visit",
        "nutrition_service",
        "virtual_encounter",
        "outpatient_consultation",
        "ophthalmological_service",
        "inpatient_encounter",
        "emergency_visit",
        "hospice_encounter",
        "palliative_care_encounter",
        "frailty_encounter",
        "renal_monthly_outpatient_service",
        "medical_nutrition_therapy",
    ],
    "Condition": [
        "diabetes",
        "essential_hypertension",
        "diabetic_retinopathy",
        "advanced_illness",
        "frailty_diagnosis",
        "hospice_diagnosis",
        "palliative_care_diagnosis",
        "pregnancy",
        "end_stage_renal_disease",
        "chronic_kidney_disease_stage_5",
        "kidney_transplant_recipient",
        "bilateral_absence_of_eyes",
    ],
    "Procedure": ["hospice_care_ambulatory", "palliative_care_intervention", "kidney_transplant", "dialysis_service"],
    "ServiceRequest": ["hospice_care_ambulatory"],
    "DeviceRequest": ["frailty_device"],
    "MedicationRequest": ["dementia_medication"],
}
TESTS = {
    "hba1c_laboratory_test": (["8.9", "9", "9.1", "", "<9", ">9", "words high", "coded answer_yes"], "laboratory"),
    "glucose_management_indicator": (["8", "10", ""], "laboratory"),
    "estimated_gfr": (["60", "", "words low"], "laboratory"),
    "urine_albumin": (["10", ""], "laboratory"),
    "urine_creatinine": (["10", ""], "laboratory"),
    "urine_albumin_creatinine_ratio": (["30", "", "coded undetectable_result", "words none"], "laboratory"),
    "housing_status": (["coded lives_in_nursing_home", "coded office_visit"], "survey"),
    "medical_equipment_used": (["coded frailty_device", "coded office_visit"], "survey"),
    "hospice_care_assessment": (["coded answer_yes", "coded office_visit"], "survey"),
    "palliative_care_questionnaire": ([""], "survey"),
    "frailty_symptom": ([""], ""),
    "retinal_or_dilated_eye_exam": ([""], "exam"),
    "eye_screening_by_machine": (["coded autonomous_eye_exam_result", "coded office_visit"], "exam"),
    "left_eye_retinopathy_level": (["coded retinopathy_severity", "coded no_apparent_retinopathy"], "exam"),
    "right_eye_retinopathy_level": (["coded retinopathy_severity", "coded no_apparent_retinopathy"], "exam"),
    "blood_pressure_panel": ([""], "vital-signs"),
}
PROFILES = {"laboratory": "observation-lab", "survey": "observation-screening-assessment"}
PROFILES |= {"exam": "observation-clinical-result", "": "simple-observation"}
OF_MEASURE = {
    "CMS122": ["hba1c_laboratory_test", "glucose_management_indicator"],
    "CMS131": [
        "retinal_or_dilated_eye_exam",
        "eye_screening_by_machine",
        "left_eye_retinopathy_level",
        "right_eye_retinopathy_level",
    ],
    "CMS951": ["estimated_gfr", "urine_albumin", "urine_creatinine", "urine_albumin_creatinine_ratio"],
    "CMS165": ["blood_pressure_panel"],
}
RARE = ["housing_status", "medical_equipment_used", "hospice_care_assessment", "palliative_care_questionnaire"]
RARE += ["frailty_symptom"]


def names_of(coding: Json) -> set[str]:
    """The code lists that a coding is in: an invented code bears its list's name."""
    own = lists_of_own_codes().get((coding["system"], coding["code"]), set())
    return own | ({coding["code"]} & value_set_urls().keys())


@cache
def lists_of_own_codes() -> dict[tuple[str, str], set[str]]:
    """The pack's code lists by the codes that drawings use of them."""
    return {pair: {name} for name, pair in own_codes().items()}


def random_patient(chance: random.Random, number: int, measure: str) -> Json:
    """A patient of a measure, with a visit and a diagnosis more often than not, and up to eight further facts."""
    resources: list[Json] = [patient(number, chance.choice(BIRTHS)), report(measure, number, {})]
    most = 14 if measure == "CMS951" else 5  # three tests must come together there
    kinds = [("Observation", chance.choice(OF_MEASURE[measure])) for _ in range(chance.randrange(most))]
    for _ in range(chance.choice([0, 0, 0, 1, 2, 5])):
        kind = chance.choice([*KINDS, "Observation"])
        kinds.append((kind, chance.choice(RARE if kind == "Observation" else KINDS[kind])))
    drawn = [(kind, random_cells(chance, kind, name)) for kind, name in kinds]
    drawn += [sound(chance, "Encounter", VISIT), sound(chance, "Condition", DIAGNOSIS)]
    encounters = [cells["id"] for kind, cells in drawn if kind == "Encounter" and cells.get("id")]
    for kind, cells in drawn:
        if kind == "Observation" and encounters and chance.random() < 0.5:
            cells["encounter"] = chance.choice(encounters)
    resources += [resource(kind, cells, number, f"x{number}-{place}") for place, (kind, cells) in enumerate(drawn)]
    return bundle(resources)


def sound(chance: random.Random, kind: str, cells: Cells) -> tuple[str, Cells]:
    """What puts a patient into the population, most often; else at random."""
    return kind, dict(cells) if chance.random() < 0.85 else random_cells(chance, kind, (cells["code"] or "").split()[0])


def random_day(chance: random.Random) -> str:
    """A day at an edge, mostly without a clock time."""
    return chance.choice(DAYS) + chance.choice(CLOCKS)


def random_stretch(chance: random.Random) -> str:
    """A stretch of time between two days at edges."""
    first, last = sorted([chance.choice(DAYS), chance.choice(DAYS)])
    return f"{first}..{last}" if chance.random() < 0.9 else f"{first}.."


def random_cells(chance: random.Random, kind: str, name: str) -> Cells:
    """Cells of a resource of a kind, as a drawing has them."""
    cells: Cells = {"code": name, "at": random_day(chance)}
    if kind == "Encounter":
        cells |= {"at": random_stretch(chance), "class": chance.choice(["AMB", "IMP", "EMER"])}
        cells |= {"status": chance.choice(["finished"] * 6 + ["planned", "cancelled"])}
        cells |= {"id": f"e-{chance.randrange(10**9)}"}
        if name == "inpatient_encounter":
            cells["discharge"] = chance.choice(["discharge_to_hospice", "office_visit", None])
    elif kind == "Condition":
        cells["at"] = chance.choice([chance.choice(DAYS), random_stretch(chance), "2015-01-01", None])
        cells["clinical"] = chance.choice(["active"] * 4 + ["resolved", "relapse"])
        cells["status"] = chance.choice([None] * 4 + ["confirmed", "refuted", "entered-in-error"])
        cells["profile"] = chance.choice(["condition-encounter-diagnosis", "condition-problems-health-concerns", None])
    elif kind == "Observation":
        values, category = TESTS[name]
        cells |= {"value": chance.choice(values), "unit": chance.choice(["%"] * 5 + ["mmol/mol"])}
        cells |= {"status": chance.choice(["final"] * 5 + ["corrected", "preliminary", "cancelled"])}
        cells |= {"category": chance.choice([category, category, None])}
        cells |= {"profile": chance.choice([PROFILES.get(category), None])}
        cells["at"] = chance.choice([random_day(chance), random_day(chance), random_stretch(chance), None])
        if name == "blood_pressure_panel":
            cells |= {"unit": None, "at": chance.choice(["2026-03-01", "2026-03-05", *DAYS])}
            cells |= {"systolic": chance.choice(["120", "139", "130", "140", "150", None])}
            cells |= {"diastolic": chance.choice(["89", "90", "95", "80"])}
    elif kind == "MedicationRequest":
        cells |= {"days": chance.choice(["1", "30", "400", None]), "status": chance.choice(["active", "completed"])}
    elif kind in {"ServiceRequest", "DeviceRequest"}:
        cells |= {"intent": chance.choice(["order", "plan"]), "status": chance.choice(["active", "revoked", None])}
    else:
        cells["status"] = chance.choice(["completed", "completed", "in-progress"])
    return cells
