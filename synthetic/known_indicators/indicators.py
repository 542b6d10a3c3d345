"""Every indicator of the set: whom it is about, what one patient adds, and how far it looks back."""

from collections.abc import Callable

from synthetic.known_indicators.complications import ALL_COMPLICATIONS, LOOK_BACK_MONTHS
from synthetic.known_indicators.conflicts import (
    ace_inhibitor_with_receptor_blocker,
    antiplatelet_with_cardiovascular_disease,
    diabetes_type_differs_between_sectors,
    differs_between_sectors,
    dpp4_inhibitor_with_glp1_agonist,
    hba1c_once_low_from_80_years,
    low_foot_risk_after_ulcer_or_amputation,
    major_amputations_rate,
    nsaid_with_ras_blockade_and_diuretic,
    sglt2_inhibitor_after_ketoacidosis,
    smoking_record_contradicts,
    sulfonylurea_from_80_years,
    with_low_egfr,
)
from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.events import (
    EVENTS,
    added_up,
    count_at_units,
    discharge_to_contact,
    referral_to_first_meeting,
    referral_to_start,
    referred_within_12_months_of_diabetes,
    unplanned_diabetes_admissions_rate,
)
from synthetic.known_indicators.other_people import (
    diabetes_after_gestational,
    hba1c_after_gestational_birth,
    hba1c_every_third_year_after_gestational,
    type_1_eye_examined,
)
from synthetic.known_indicators.rules import (
    Counted,
    Rule,
    admissions_rate,
    all_or_none,
    blood_pressure_below,
    blood_pressure_lowering_when_indicated,
    collected_above,
    diabetes_to_eye_examination,
    eye_examined_by_risk,
    glucose_lowering_when_indicated,
    has_had,
    hba1c_at_goal_by_frailty,
    hba1c_below_59,
    hba1c_median,
    in_sectors,
    latest_is,
    ldl_at_goal_by_risk,
    lipid_lowering_when_indicated,
    lost_to_follow_up,
    met,
    new,
    normal_albumin,
    ras_blockade_with_albuminuria,
    review_parts,
    smokers,
)
from synthetic.known_indicators.strata import (
    eye_examined_60_months,
    foot_therapist_seen,
    green_stratum_often_in_hospital,
    hba1c_above_75_or_not_measured,
    in_stratum,
    red_stratum_without_hospital_contact,
    three_goals_reached,
)

PRESENT: dict[str, Rule] = {
    "hba1c_75_and_above": latest_is("hba1c", lambda value: value >= 75),
    "hba1c_above_75_or_not_measured": hba1c_above_75_or_not_measured,
    "hba1c_at_goal_by_frailty": hba1c_at_goal_by_frailty,
    "hba1c_below_48": latest_is("hba1c", lambda value: value < 48),
    "hba1c_below_53": latest_is("hba1c", lambda value: value < 53),
    "hba1c_below_59": hba1c_below_59,
    "hba1c_measured": lambda patient: met(patient.latest("hba1c") is not None),
    "hba1c_measured_15_months": lambda patient: met(patient.latest("hba1c") is not None),
    "hba1c_median": hba1c_median,
    "blood_pressure_controlled": blood_pressure_below(140, 90),
    "blood_pressure_below_130_80": blood_pressure_below(130, 80),
    "blood_pressure_measured": lambda patient: met(patient.blood_pressure() is not None),
    "ldl_at_goal_by_risk": ldl_at_goal_by_risk,
    "ldl_below_2_5": latest_is("ldl", lambda value: value < 2.5),
    "ldl_below_2_6": latest_is("ldl", lambda value: value < 2.6),
    "ldl_measured": lambda patient: met(patient.latest("ldl") is not None),
    "ldl_measured_15_months": lambda patient: met(patient.latest("ldl") is not None),
    "albuminuria_examined": lambda patient: met(patient.uacr() is not None),
    "albuminuria_examined_15_months": lambda patient: met(patient.uacr() is not None),
    "eye_examined_by_risk": eye_examined_by_risk,
    "eye_examined": lambda patient: met(patient.eye_examination() is not None),
    "eye_examined_27_months": lambda patient: met(patient.eye_examination() is not None),
    "eye_examined_60_months": eye_examined_60_months,
    "foot_therapist_seen_15_months": foot_therapist_seen,
    "foot_examined": lambda patient: met(patient.foot_examination() is not None),
    "smokers": smokers,
    "smoking_recorded": lambda patient: met(patient.smoking() is not None),
    "blood_pressure_lowering_when_indicated": blood_pressure_lowering_when_indicated,
    "glucose_lowering_above_53": collected_above("hba1c", 53, "glucose_lowering_drug"),
    "lipid_lowering_above_2_5": collected_above("ldl", 2.5, "lipid_lowering_drug"),
    "glucose_lowering_when_indicated": glucose_lowering_when_indicated,
    "lipid_lowering_when_indicated": lipid_lowering_when_indicated,
    "ras_blockade_with_albuminuria": ras_blockade_with_albuminuria,
    "all_or_none": all_or_none,
    "annual_review_parts": review_parts(6),
    "three_goals_reached": three_goals_reached,
    "metformin_with_low_egfr": with_low_egfr("metformin_any"),
    "sulfonylurea_with_low_egfr": with_low_egfr("sulfonylurea_any"),
    "sulfonylurea_from_80_years": sulfonylurea_from_80_years,
    "hba1c_once_low_from_80_years": hba1c_once_low_from_80_years,
    "ace_inhibitor_with_receptor_blocker": ace_inhibitor_with_receptor_blocker,
    "nsaid_with_ras_blockade_and_diuretic": nsaid_with_ras_blockade_and_diuretic,
    "dpp4_inhibitor_with_glp1_agonist": dpp4_inhibitor_with_glp1_agonist,
    "sglt2_inhibitor_after_ketoacidosis": sglt2_inhibitor_after_ketoacidosis,
    "antiplatelet_with_cardiovascular_disease": antiplatelet_with_cardiovascular_disease,
    "hba1c_differs_between_sectors": differs_between_sectors("hba1c", 5),
    "blood_pressure_differs_between_sectors": differs_between_sectors("systolic_blood_pressure", 20),
    "diabetes_type_differs_between_sectors": diabetes_type_differs_between_sectors,
    "low_foot_risk_after_ulcer_or_amputation": low_foot_risk_after_ulcer_or_amputation,
    "smoking_record_contradicts": smoking_record_contradicts,
    "stratum_green": in_stratum("green"),
    "stratum_yellow": in_stratum("yellow"),
    "stratum_red": in_stratum("red"),
    "any_complication": has_had("any_complication"),
    "hypoglycaemia_admission": lambda patient: met(bool(patient.acute_contacts("hypoglycaemia"))),
    "ketoacidosis_admission": lambda patient: met(bool(patient.acute_contacts("ketoacidosis"))),
    "known_in_one_sector": in_sectors(1),
    "known_in_two_sectors": in_sectors(2),
    "known_in_three_sectors": in_sectors(3),
    "lost_to_follow_up": lost_to_follow_up,
    "lost_to_follow_up_24_months": lost_to_follow_up,
    "red_stratum_without_hospital_contact": red_stratum_without_hospital_contact,
    "green_stratum_often_in_hospital": green_stratum_often_in_hospital,
    "referral_to_start": referral_to_start,
    "referred_within_12_months_of_diabetes": referred_within_12_months_of_diabetes,
} | {name: has_had(name) for name in ALL_COMPLICATIONS if name != "peripheral_arterial_disease"}
"""Indicators about adults with type 2 diabetes who are alive and resident on the reporting date."""

DURING_PERIOD: dict[str, Rule] = (
    {
        "diabetes_to_eye_examination": diabetes_to_eye_examination,
        "referral_to_first_meeting": referral_to_first_meeting,
        "discharge_to_contact": discharge_to_contact,
        "major_amputations_rate": major_amputations_rate,
        "hypoglycaemia_admissions_rate": admissions_rate("hypoglycaemia"),
        "ketoacidosis_admissions_rate": admissions_rate("ketoacidosis"),
        "unplanned_diabetes_admissions_rate": unplanned_diabetes_admissions_rate,
        "new_any_complication": new("any_complication"),
    }
    | {name: added_up(rule) for name, (_, rule) in EVENTS.items()}
    | {f"new_{name}": new(name) for name in ALL_COMPLICATIONS if name != "peripheral_arterial_disease"}
)
"""Indicators about adults with type 2 diabetes who lived in the area for at least one day of the period."""

TYPE_1: dict[str, Rule] = {
    "type_1_hba1c_below_59": hba1c_below_59,
    "type_1_hba1c_75_and_above": latest_is("hba1c", lambda value: value >= 75),
    "type_1_eye_examined": type_1_eye_examined,
}
"""Indicators about adults with type 1 diabetes who are alive and resident on the reporting date."""

CHILDREN: dict[str, Rule] = {
    "children_of_any_type_hba1c_below_59": hba1c_below_59,
    "children_of_any_type_normal_albumin": normal_albumin,
    "children_of_any_type_without_ketoacidosis": lambda patient: met(not patient.acute_contacts("ketoacidosis")),
    "children_of_any_type_without_hypoglycaemia": lambda patient: met(not patient.acute_contacts("hypoglycaemia")),
}
"""Indicators about people under 18 with diabetes who are alive and resident on the reporting date."""

YOUNG_PEOPLE: dict[str, Rule] = {
    "young_people_eye_examined": lambda patient: met(patient.eye_examination() is not None),
    "young_people_foot_examined": lambda patient: met(patient.foot_examination() is not None),
    "young_people_albumin_measured": lambda patient: met(patient.uacr() is not None),
}
"""Indicators about people with diabetes who turned 12, 15, 18 or 21 in the calendar year."""

NOT_INVENTED = (
    *CHILDREN, *YOUNG_PEOPLE, "hba1c_differs_between_sectors", "blood_pressure_differs_between_sectors",
    "sglt2_inhibitor_after_ketoacidosis",
)  # fmt: skip
"""Indicators for which a small invented region has nobody: few children have diabetes, no sectors share a sample or a
day, and ketoacidosis is rare in type 2."""

AFTER_GESTATIONAL: dict[str, Rule] = {
    "hba1c_after_gestational_birth": hba1c_after_gestational_birth(42, 183),
    "hba1c_every_third_year_after_gestational": hba1c_every_third_year_after_gestational,
    "diabetes_after_gestational": diabetes_after_gestational,
}
"""Indicators about women who have had gestational diabetes, alive and resident on the reporting date."""

MONTHS = {
    "ldl_below_2_5": 24, "lipid_lowering_above_2_5": 24,
    "ldl_below_2_6": 24, "ldl_measured": 24, "albuminuria_examined": 24, "eye_examined": 24, "foot_examined": 24,
    "diabetes_type_differs_between_sectors": 24, "low_foot_risk_after_ulcer_or_amputation": 24,
    "ldl_at_goal_by_risk": 24, "eye_examined_by_risk": 24, "annual_review_parts": 15,
    "lipid_lowering_when_indicated": 24, "ras_blockade_with_albuminuria": 24, "all_or_none": 24, "course_completed": 18,
    "course_opted_out": 18, "course_not_attended": 18, "referred_within_12_months_of_diabetes": 24,
    "lost_to_follow_up": 15, "lost_to_follow_up_24_months": 24,
    "hba1c_measured_15_months": 15, "ldl_measured_15_months": 15,
    "albuminuria_examined_15_months": 15, "eye_examined_27_months": 27, "eye_examined_60_months": 60,
    "foot_therapist_seen_15_months": 15, "type_1_eye_examined": 24, "hba1c_after_gestational_birth": 18,
    "hba1c_every_third_year_after_gestational": 36,
    "diabetes_to_eye_examination": 24,
}  # fmt: skip
"""Length of the look-back in months where it is not 12."""

LOOK_BACK = {name: LOOK_BACK_MONTHS for name in DURING_PERIOD if name.startswith("new_")}
"""Months before the period in which those indicators look for earlier signs, which tell a new case from a known one."""

ENDS_ON = {"hba1c_above_75_or_not_measured": (12, 31)} | dict.fromkeys(YOUNG_PEOPLE, (12, 31))
"""Month and day on which the periods of some indicators end; there are none on other reporting dates."""


Belongs = Callable[[Patient], bool]
POPULATIONS: tuple[tuple[Belongs, dict[str, Rule]], ...] = (
    (lambda patient: patient.is_present and is_adult_with(patient, "type_2"), PRESENT),
    (lambda patient: bool(patient.observed) and is_adult_with(patient, "type_2"), DURING_PERIOD),
    (lambda patient: patient.is_present and is_adult_with(patient, "type_1"), TYPE_1),
    (lambda patient: patient.is_present and patient.age < 18 and not is_after_gestational(patient), CHILDREN),
    (lambda patient: patient.is_present and is_in_a_year_of_screening(patient), YOUNG_PEOPLE),
    (lambda patient: patient.is_present and is_after_gestational(patient), AFTER_GESTATIONAL),
)
"""Whom the indicators are about, with what one of them adds to each."""
INDICATORS = tuple(name for _, rules in POPULATIONS for name in rules)


def count(patient: Patient, indicator: str) -> Counted | None:
    """Return what a patient adds to an indicator, or None when the patient is not in it."""
    end = (patient.end.month, patient.end.day)
    if ENDS_ON.get(indicator, end) != end:
        return None
    belongs, rules = next(each for each in POPULATIONS if indicator in each[1])
    return rules[indicator](patient) if belongs(patient) else None


def count_at(patient: Patient, indicator: str) -> list[tuple[str, Counted]]:
    """Return what a patient adds at each unit responsible for what the indicator counts, of its level in `AT_UNITS`."""
    return count_at_units(patient, indicator) if count(patient, indicator) else []


def is_adult_with(patient: Patient, diabetes_type: str) -> bool:
    """Return whether an observed patient is an adult with diabetes of a type."""
    return patient.age >= 18 and patient.diabetes["diabetes_type"] == diabetes_type


def is_in_a_year_of_screening(patient: Patient) -> bool:
    """Return whether somebody with diabetes turned 12, 15, 18 or 21 in a year that ends on the reporting date."""
    return patient.age in (12, 15, 18, 21) and not is_after_gestational(patient)


def is_after_gestational(patient: Patient) -> bool:
    """Return whether a patient is looked at as one who has had gestational diabetes."""
    return bool(patient.diabetes["diabetes_type"] == "gestational")
