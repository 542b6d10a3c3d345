"""Drugs and records of several sectors that do not go together, and amputations above the ankle."""

from datetime import date, timedelta

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.rules import MISSING, Counted, Rule, has_vascular_disease, met
from synthetic.known_indicators.who_and_where import is_on, months_before


def collected_on(patient: Patient, name: str) -> list[date]:
    """Return the days on which a drug on a list was collected."""
    return [row["dispensed_on"] for row in patient.rows["dispensing"] if is_on(name, "atc", row["atc_code"])]


def lately_collected(patient: Patient, name: str, months: int = 6) -> list[date]:
    """Return the days of the last months on which a drug on a list was collected."""
    after = months_before(patient.end + timedelta(days=1), months)
    return [day for day in collected_on(patient, name) if after <= day <= patient.end]


def with_low_egfr(name: str) -> Rule:
    """A drug collected since the latest eGFR; of those in whom it is below 30."""

    def rule(patient: Patient) -> Counted | None:
        egfr = patient.latest("egfr")
        if egfr is None or egfr >= 30:
            return None
        tested = max(day for day, _ in patient.results("egfr") if patient.in_period(day))
        return met(any(tested <= day <= patient.end for day in collected_on(patient, name)))

    return rule


def sulfonylurea_from_80_years(patient: Patient) -> Counted | None:
    """The drug collected in the last 12 months; of those of 80 years or above."""
    return met(bool(lately_collected(patient, "sulfonylurea_any", 12))) if patient.age >= 80 else None


def hba1c_once_low_from_80_years(patient: Patient) -> Counted | None:
    """Any HbA1c of the period below 48; of those of 80 years or above who collect insulin or a sulfonylurea."""
    drugs = ("insulin", "sulfonylurea_any")
    if patient.age < 80 or not any(lately_collected(patient, name, 12) for name in drugs):
        return None
    values = [value for day, value in patient.results("hba1c") if patient.in_period(day)]
    return met(any(value < 48 for value in values)) if values else MISSING


def ace_inhibitor_with_receptor_blocker(patient: Patient) -> Counted | None:
    """Both drugs collected in the last six months; of those who collected an ACE inhibitor."""
    ace, blocker = (bool(lately_collected(patient, name)) for name in ("ace_inhibitor", "angiotensin_receptor_blocker"))
    return met(blocker) if ace else None


def nsaid_with_ras_blockade_and_diuretic(patient: Patient) -> Counted | None:
    """All three collected in the last six months; of those who collected the last two."""
    ras = lately_collected(patient, "ace_inhibitor") + lately_collected(patient, "angiotensin_receptor_blocker")
    if not ras or not lately_collected(patient, "diuretic_any"):
        return None
    return met(bool(lately_collected(patient, "nsaid")))


def dpp4_inhibitor_with_glp1_agonist(patient: Patient) -> Counted | None:
    """The inhibitor collected since the first agonist; of those who collected an agonist in the last six months."""
    if not lately_collected(patient, "glp1_agonist_any"):
        return None
    begun = min(collected_on(patient, "glp1_agonist_any"))
    return met(any(day >= begun for day in lately_collected(patient, "dpp4_inhibitor_any")))


def sglt2_inhibitor_after_ketoacidosis(patient: Patient) -> Counted | None:
    """The drug collected in the last 12 months, after the first ketoacidosis; of those who have had one."""
    days = [row["diagnosed_on"] for row in patient.diagnoses("ketoacidosis") if row["diagnosed_on"] <= patient.end]
    if not days:
        return None
    return met(any(day > min(days) for day in lately_collected(patient, "sglt2_inhibitor_any", 12)))


def antiplatelet_with_cardiovascular_disease(patient: Patient) -> Counted | None:
    """The drug collected in the last 12 months; with an anticoagulant and without it, a patient is left out."""
    if not has_vascular_disease(patient):
        return None
    if lately_collected(patient, "antiplatelet_drug", 12):
        return met(True)
    return MISSING if lately_collected(patient, "anticoagulant", 12) else met(False)


def differs_between_sectors(analyte: str, above: float) -> Rule:
    """Two results of two sectors, at most a day apart, that differ by more; of those with two such results."""

    def rule(patient: Patient) -> Counted | None:
        known = [
            row
            for row in patient.rows["measurement"]
            if row["analyte"] == analyte
            and row["result_state"] == "number"
            and row["comparator"] == "="
            and row["sector"] != "unknown"
        ]
        pairs = [
            abs(one["value"] - other["value"])
            for one in known
            for other in known
            if one["sector"] != other["sector"]
            and timedelta(0) <= other["taken_on"] - one["taken_on"] <= timedelta(days=1)
            and patient.in_period(other["taken_on"])
        ]
        return met(max(pairs) > above) if pairs else None

    return rule


def diabetes_type_differs_between_sectors(patient: Patient) -> Counted | None:
    """Different types in general practice and hospital; of those to whom both gave one, by the latest of each."""
    told = [
        latest_type(patient, sector, *(f"{begin}type_{number}_diagnosis" for number in (1, 2)))
        for sector, begin in (("general_practice", "practice_"), ("hospital", ""))
    ]
    return None if None in told else met(told[0] != told[1])


def latest_type(patient: Patient, sector: str, first: str, second: str) -> str | None:
    """Return the list of the latest diagnosis of a sector in the period, the second list first on one day."""
    given = [
        (row["diagnosed_on"], name == second, name)
        for name in (first, second)
        for row in patient.diagnoses(name)
        if row["sector"] == sector and patient.in_period(row["diagnosed_on"])
    ]
    return max(given)[2].removeprefix("practice_") if given else None


def low_foot_risk_after_ulcer_or_amputation(patient: Patient) -> Counted | None:
    """An ulcer or amputation before; of those whose latest foot status is low risk alone."""
    last = patient.latest_day(patient.examined("foot"))
    if last is None or last in patient.examined("foot", "moderate", "high", "ulcer"):
        return None
    before = (patient.first("foot_ulcer"), patient.first("amputation"))
    return met(any(day is not None and day < last for day in before))


def smoking_record_contradicts(patient: Patient) -> Counted | None:
    """Recorded as having smoked before; of those whose latest status is never."""
    found = patient.smoking()
    if found is None or found[1] != "never":
        return None
    return met(any(day < found[0] for day in patient.examined("smoking", "current", "former")))


def major_amputations_rate(patient: Patient) -> Counted:
    """Days with an amputation above the ankle, and the days observed."""
    days = {row["performed_on"] for row in patient.operations("major_amputation")}
    return Counted(numerator=sum(patient.is_observed(day) for day in days), days=patient.observed_days())
