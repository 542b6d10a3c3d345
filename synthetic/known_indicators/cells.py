"""Adds patients up to units and breakdowns, one patient at a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from statistics import median

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.indicators import DURING_PERIOD, MONTHS, PRESENT, count
from synthetic.known_indicators.rules import Counted
from synthetic.known_indicators.who_and_where import Row

Cell = tuple[str, date, str, str, str, str]
Numbers = dict[str, float | None]
Rows = dict[str, list[Row]]
MEDIANS = ("hba1c_median", "referral_to_start")
INDICATORS = (*PRESENT, *DURING_PERIOD)


def places(patient: Patient, clusters: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Return every level, unit, sex and age band in which a patient is counted."""
    sex, band = patient.person["sex"], patient.age_band
    found = [("all", "all", s, b) for s in ("all", sex) for b in ("all", band)]
    found += [("municipality", patient.municipality, s, b) for s, b in (("all", "all"), (sex, "all"), ("all", band))]
    found.append(("practice", patient.practice, "all", "all"))
    found.append(("cluster", clusters.get(patient.practice, "none"), "all", "all"))
    found.append(("hospital", patient.hospital, "all", "all"))
    return found


def cells_of(people: Iterable[Rows], clusters: dict[str, str], period_end: date) -> dict[Cell, Numbers]:
    """Return the numbers of every cell of one reporting date in which somebody is counted.

    Args:
        people: Rows of each person with diabetes, by table; `diabetes` holds type and first day.
        clusters: Cluster of each practice on the reporting date.
        period_end: Reporting date, the last day of a month.
    """
    added: dict[Cell, list[Counted]] = defaultdict(list)
    for rows in people:
        seen = {months: Patient(rows, period_end, months) for months in {12, *MONTHS.values()}}
        units = {months: places(patient, clusters) for months, patient in seen.items() if patient.days}
        for indicator in INDICATORS:
            months = MONTHS.get(indicator, 12)
            counted = count(seen[months], indicator)
            if counted is not None:
                for level, unit, sex, band in units[months]:
                    added[indicator, period_end, level, unit, sex, band].append(counted)
    found = {cell: numbers_of(counted, is_median=cell[0] in MEDIANS) for cell, counted in added.items()}
    return {cell: numbers for cell, numbers in found.items() if numbers["eligible"]}


def numbers_of(counted: list[Counted], *, is_median: bool) -> Numbers:
    """Return a cell's numbers from the patients in it."""
    is_rate = any(each.days for each in counted)
    inside = [each for each in counted if each.denominator > 0 and (each.days > 0 or not is_rate)]
    values = [each.value for each in inside if each.value is not None]
    days = sum(each.days for each in inside)
    numerator, denominator = sum(each.numerator for each in inside), sum(each.denominator for each in inside)
    found: Numbers = {
        "numerator": None if is_median else numerator,
        "denominator": denominator,
        "patients": len(inside),
        "numerator_patients": None if is_median else sum(each.numerator > 0 for each in inside),
        "eligible": denominator + sum(each.is_missing for each in counted),
        "patient_years": days / 365.25 if days else None,
        "value": None,
    }
    if values:
        found["value"] = float(median(values))
    elif days:
        found["value"] = 1000 * numerator / (days / 365.25)
    elif denominator and not is_median:
        found["value"] = numerator / denominator
    return found
