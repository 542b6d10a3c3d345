"""Drawn patients are in the groups of each factor of the case mix that its page says, boundaries included."""

from datetime import date
from functools import cache

import pytest

from indicators.counting.strata import factors_on
from indicators.dialect import fetch, ranges
from indicators.engine import Run, by_length, patient_period, prepare, show_members
from tests.lib.drawn_tables import draw, erase, patient_uuid
from tests.lib.evaluate import blank_warehouse, catalogue

DAY = date(2025, 12, 31)
DRAWING = """
person
patient | sex    | born_on
1       | female | 1976-01-01
2       | male   | 1975-12-01
3       | female | 1946-01-01
4       | male   | 1945-12-01
5       | female | 1960-01-01
6       | female | 1960-01-01

diabetes
patient | diabetes_since_on
1       | 2021-01-01
2       | 2020-12-31
3       | 2016-01-01
4       | 2015-12-31
5       | 2010-01-01
6       | 2010-01-01
7       | 2010-01-01
8       | 2010-01-01

dispensing
patient | dispensed_on | atc_code
1       | 2025-12-31   | A10AB05
2       | 2025-01-01   | A10AE56
3       | 2024-12-31   | A10AB05
4       | 2025-06-01   | A10BA02
5       | 2026-01-01   | A10AB05
6       | 2024-06-01   | A10AB05
6       | 2025-06-01   | A10AB05

measurement
patient | taken_on
7       | 2025-06-01
8       | 2025-06-01

residence
patient | municipality_code | starts_on  | ends_on
8       | 0791              | 1990-01-01 | 2025-06-30
"""
CASES = (
    (1, "insulin", "yes", "insulin on the last day of the period counts"),
    (2, "insulin", "yes", "insulin with a GLP-1 drug on the first day of the 12 months counts"),
    (3, "insulin", "no", "insulin one day before the 12 months does not count"),
    (4, "insulin", "no", "another glucose-lowering drug is no insulin"),
    (5, "insulin", "no", "insulin one day after the period does not count"),
    (6, "insulin", "yes", "the latest of several dispensings decides"),
    (7, "insulin", "no", "who collected no drug at all is not on insulin"),
    (1, "age_band", "18-49", "49 years on the day before the fiftieth birthday"),
    (2, "age_band", "50-64", "50 years"),
    (3, "age_band", "65-79", "79 years on the day before the eightieth birthday"),
    (4, "age_band", "80+", "80 years"),
    (1, "duration", "0-4", "one day less than five years with diabetes"),
    (2, "duration", "5-9", "five years to the day"),
    (3, "duration", "5-9", "one day less than ten years"),
    (4, "duration", "10+", "ten years to the day"),
    (1, "sex", "female", "a woman"),
    (2, "sex", "male", "a man"),
)


@cache
def groups(months: int = 12) -> dict[tuple[str, str], str]:
    """Return the value of each factor by drawn patient, looked at with a period of so many months."""
    known = catalogue()
    con = blank_warehouse()
    draw(con, DRAWING)
    try:
        prepare(con, known)
        name = {12: "hba1c_below_53", 24: "ldl_below_2_6"}[months]
        indicators = [known.indicator(name)]
        run = Run(con, known, [DAY], known.values_on(indicators, DAY), by_length(known, indicators))
        show_members(run, "drawn", ranges(1)[0])
        rows = patient_period(run, months)
        assert known.case_mix is not None
        places = factors_on(con, known.case_mix.factors, run.bound, rows)
        names = dict(fetch(con, "SELECT patient_id, CAST(pseudonym AS VARCHAR) FROM member").iter_rows())
    finally:
        erase(con)
    values = {factor.id: [value.id for value in factor.values] for factor in known.case_mix.factors}
    return {
        (names[patient], factor): values[factor][place]
        for factor, column in places.items()
        for patient, place in zip(rows["patient_id"], column, strict=True)
    }


@pytest.mark.parametrize(("patient", "factor", "value", "why"), CASES)
def test_a_drawn_patient_is_in_the_group_that_the_page_says(patient: int, factor: str, value: str, why: str) -> None:
    assert groups()[str(patient_uuid(patient)), factor] == value, why


def test_insulin_is_looked_for_in_twelve_months_whatever_the_period_of_the_indicator() -> None:
    longer = groups(24)
    assert longer[str(patient_uuid(3)), "insulin"] == "no"
    assert longer[str(patient_uuid(6)), "insulin"] == "yes"


def test_every_value_of_every_factor_is_drawn() -> None:
    known = catalogue().case_mix
    assert known is not None
    drawn = {(factor, value) for _, factor, value, _ in CASES}
    assert drawn == {(factor.id, value.id) for factor in known.factors for value in factor.values}
