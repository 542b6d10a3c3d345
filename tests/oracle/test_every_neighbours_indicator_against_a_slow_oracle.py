"""Every neighbour's definition, computed on the invented region, counts each patient as its slow reading does."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from indicators.dialect import ranges
from indicators.engine import Run, by_length, prepare, show_members
from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.rules import MISSING
from tests.lib.evaluate import catalogue, neighbours, patient_results
from tests.oracle.slow_cells import rows_by_patient
from tests.oracle.slow_neighbours import RULES, is_about

DATES = (date(2026, 3, 31), date(2018, 12, 31))
"""An audit year's end in the time of the third patient register, and a day in that of the second, which knows stays."""


def test_the_slow_oracle_reads_every_definition_of_the_neighbours() -> None:
    defined = {(country, each.id) for country in neighbours() for each in catalogue(country=country).indicators}
    assert set(RULES) == defined


@pytest.mark.slow
@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("region", ["clean", "messy"])
def test_a_neighbours_definition_counts_each_patient_as_its_slow_reading_does(
    region: str, day: date, request: pytest.FixtureRequest
) -> None:
    con = request.getfixturevalue(region)
    people = rows_by_patient(con)
    counted = 0
    for country in neighbours():
        own, first = catalogue(country=country), catalogue()
        # The region's records are coded as the first country codes them.
        lists = pl.concat([first.codelists, own.codelists.filter(pl.col("list").is_in(["frailty", "statin"]))])
        known = replace(own, codelists=lists)
        prepare(con, known)
        run = Run(con, known, [day], known.values_on(known.indicators, day), by_length(known, known.indicators))
        show_members(run, known.populations.classifier, ranges(1)[0])
        found = engine(patient_results(run))
        slow = slowly(people, country, day)
        differs = [key for key in slow.keys() | found.keys() if slow.get(key) != found.get(key)]
        assert {key: (slow.get(key), found.get(key)) for key in differs} == {}
        counted += len(found)

    assert counted > 1_000


def engine(rows: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int, bool]]:
    """Return numerator, denominator and whether it is missing, of each indicator and patient, by the engine."""
    columns = ("indicator_id", "patient_id", "numerator", "denominator", "in_denominator", "is_missing")
    found = {}
    for name, patient, numerator, denominator, is_in, is_missing in rows.select(columns).rows():
        if is_in or is_missing:
            found[name, str(patient)] = (int(numerator or 0), int(denominator or 0), False) if is_in else (0, 0, True)
    return found


def slowly(people: dict, country: str, day: date) -> dict[tuple[str, str], tuple[int, int, bool]]:
    """Return the same by the slow reading."""
    found = {}
    for member, rows in people.items():
        patient_id = member.partition(",")[0]
        of_person: dict = {}
        patients: dict[int, Patient] = {}
        for indicator in catalogue(country=country).indicators:
            patient = patients.setdefault(indicator.period, Patient(rows, day, indicator.period, of_person))
            if not is_about(patient, indicator.population):
                continue
            counted = RULES[country, indicator.id](patient)
            if counted == MISSING:
                found[indicator.id, patient_id] = (0, 0, True)
            elif counted is not None:
                found[indicator.id, patient_id] = (counted.numerator, counted.denominator, False)
    return found
