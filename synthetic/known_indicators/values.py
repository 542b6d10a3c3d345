"""The indicator values that a small clean region must give, for the last reporting dates."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery
from synthetic.histories import EPOCH, Told
from synthetic.known_counts import Ledger
from synthetic.known_diabetes import Verdict
from synthetic.known_indicators import told_by_hospitals, told_elsewhere
from synthetic.known_indicators.cells import Rows, cells_of
from synthetic.known_indicators.indicators import MONTHS
from synthetic.known_indicators.who_and_where import Row, first_day
from synthetic.truth import Region

MOST_INHABITANTS = 20_000
"""Above this number of inhabitants going through people one at a time takes too long, and no values are written."""
REPORTING_DATES = 4
LEVELS = ("all", "municipality", "practice")
LEFT_OUT = {
    "levels cluster and hospital, and the split by sex and age": "the file stays small; the same people are added up",
    "periods that begin before the first day of the extracts": "what happened before that day is not told",
    "messy regions": "what remains of each person after quarantine is not followed",
    f"regions of more than {MOST_INHABITANTS} inhabitants": "people are gone through one at a time",
}
TABLES = (
    "person", "diabetes", "residence", "registration", "hospital_contact", "diagnosis", "procedure", "measurement",
    "dispensing", "service", "examination", "municipal_course", "municipal_encounter",
)  # fmt: skip


def why_without_values(inhabitants: int, *, messy: bool) -> str | None:
    """Return why no indicator values are worked out for a region, or None when they are."""
    if messy:
        return "Indicator values are worked out for clean regions only."
    if inhabitants > MOST_INHABITANTS:
        return f"Indicator values are worked out for at most {MOST_INHABITANTS:,} inhabitants."
    return None


def rows_of_people(
    region: Region,
    chance: Chance,
    told: Told,
    deliveries: Sequence[Delivery],
    ledger: Ledger,
    diabetes: Mapping[int, Verdict],
) -> list[Rows]:
    """Return all that is told about everybody with diabetes, by person and table, once however often it was told."""
    people = pl.Series(sorted(diabetes), dtype=pl.Int64)
    found: dict[int, dict[str, list[Row]]] = {person: {table: [] for table in TABLES} for person in people.to_list()}
    for person, verdict in diabetes.items():
        found[person]["diabetes"].append(
            {"diabetes_type": verdict.diabetes_type, "diabetes_since_on": verdict.since_on}
        )
    for person, table, row in chain(
        told_by_hospitals.registers(region, people),
        told_by_hospitals.hospitals(region, chance, ledger, people),
        told_elsewhere.results(told, ledger, people),
        told_elsewhere.purchases(told, ledger, people),
        told_elsewhere.services(told, ledger, people),
        told_elsewhere.practice_record(region, people),
        told_elsewhere.eye_screening(region, people),
        told_elsewhere.municipality(region, deliveries, people),
    ):
        found[person][table].append(row)
    return list(found.values())


def quarter_ends(last: date) -> list[date]:
    """Return the last reporting dates, ascending: quarter ends that are not after a day."""
    found: list[date] = []
    day = last + timedelta(days=1)
    while len(found) < REPORTING_DATES:
        day = day.replace(day=1) - timedelta(days=1)
        if day.month % 3 == 0:
            found.append(day)
    return sorted(found)


def indicator_values(people: Iterable[Rows], first: int, last: int) -> dict[str, Any]:
    """Return the known values with what is left out.

    Args:
        people: Rows of everybody with diabetes, by person and table.
        first: First day of the extracts, as days since 1970-01-01.
        last: Their last day, inclusive.
    """
    people, begin = list(people), EPOCH + timedelta(days=first)
    dates = quarter_ends(EPOCH + timedelta(days=last))
    values = [
        {
            "indicator_id": indicator,
            "period_end": period_end.isoformat(),
            "level": level,
            "unit_id": unit,
            "numerator": numbers["numerator"],
            "denominator": numbers["denominator"],
            "patient_years": numbers["patient_years"],
            "value": numbers["value"],
        }
        for day in dates
        for (indicator, period_end, level, unit, sex, band), numbers in cells_of(people, {}, day).items()
        if level in LEVELS and (sex, band) == ("all", "all")
        and first_day(period_end, MONTHS.get(indicator, 12)) >= begin
    ]  # fmt: skip
    return {
        "reporting_dates": [day.isoformat() for day in dates],
        "levels": list(LEVELS),
        "left_out": LEFT_OUT,
        "values": sorted(
            values, key=lambda row: tuple(str(row[name]) for name in ("indicator_id", "period_end", "level", "unit_id"))
        ),
    }
