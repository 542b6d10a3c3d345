"""Drugs and records of several sectors that do not go together, and amputations above the ankle."""

from datetime import date, timedelta

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.rules import Counted, met
from synthetic.known_indicators.who_and_where import is_on, months_before


def collected_on(patient: Patient, name: str) -> list[date]:
    """Return the days on which a drug on a list was collected."""
    return [row["dispensed_on"] for row in patient.rows["dispensing"] if is_on(name, "atc", row["atc_code"])]


def metformin_with_low_egfr(patient: Patient) -> Counted | None:
    """Metformin collected since the latest eGFR; of those in whom it is below 30."""
    egfr = patient.latest("egfr")
    if egfr is None or egfr >= 30:
        return None
    tested = max(day for day, _ in patient.results("egfr") if patient.in_period(day))
    return met(any(tested <= day <= patient.end for day in collected_on(patient, "metformin_any")))


def ace_inhibitor_with_receptor_blocker(patient: Patient) -> Counted | None:
    """Both drugs collected in the last six months; of those who collected an ACE inhibitor."""
    after = months_before(patient.end + timedelta(days=1), 6)
    ace, blocker = (
        any(after <= day <= patient.end for day in collected_on(patient, name))
        for name in ("ace_inhibitor", "angiotensin_receptor_blocker")
    )
    return met(blocker) if ace else None


def hba1c_differs_between_sectors(patient: Patient) -> Counted | None:
    """Two results of two sectors, at most a day apart, that differ by more than 5; of those with two such results."""
    known = [
        row
        for row in patient.rows["measurement"]
        if row["analyte"] == "hba1c"
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
    return met(max(pairs) > 5) if pairs else None


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
