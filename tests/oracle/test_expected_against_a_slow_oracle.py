"""What is expected of every unit agrees with a slow reading, patient by patient, that knows nothing of the engine's."""

from collections import defaultdict
from datetime import date

import duckdb
import pytest

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.indicators import MONTHS, count
from synthetic.known_indicators.who_and_where import months_before
from tests.lib.evaluate import catalogue
from tests.oracle.slow_cells import cluster_of, rows_by_patient, silent_units
from tests.oracle.test_every_indicator_against_a_slow_oracle import computed_dates

Stratum = tuple[str, str, str, str]
Key = tuple[str, str, str]
FEWEST = 100


def stratum_of(patient: Patient) -> Stratum:
    """Return insulin in the last twelve months, age, years with diabetes and sex, in the order in which they count."""
    first = months_before(patient.end, 12)
    is_treated = any(
        row["atc_code"].startswith("A10A") and first < row["dispensed_on"] <= patient.end
        for row in patient.rows["dispensing"]
    )
    since, last = patient.diabetes["diabetes_since_on"], patient.observed_to
    years = last.year - since.year - ((last.month, last.day) < (since.month, since.day))
    duration = "0-4" if years < 5 else "5-9" if years < 10 else "10+"
    return "insulin" if is_treated else "none", patient.age_band, duration, patient.person["sex"]


def units_of(patient: Patient, clusters: dict[str, str]) -> list[tuple[str, str]]:
    """Return the units that a patient belongs to."""
    cluster = clusters.get(patient.practice, "none")
    return [
        ("municipality", patient.municipality),
        ("cluster", cluster),
        ("practice", patient.practice),
        ("hospital", patient.hospital),
    ]


def pooled(people: dict[Stratum, int]) -> dict[Stratum, object]:
    """Return the pool of each stratum: small ones are put together, one factor less at a time."""
    pools: dict[Stratum, object] = {}
    for kept in (4, 3, 2, 1, 0):
        together: dict[Stratum, int] = defaultdict(int)
        for stratum, number in people.items():
            if stratum not in pools:
                together[stratum[:kept]] += number
        for stratum in people:
            if stratum not in pools and (together[stratum[:kept]] >= FEWEST or kept == 0):
                pools[stratum] = stratum[:kept]
    return pools


def slow_expected(con, end: date) -> dict[Key, tuple[float, list[int]]]:
    """Return the expected number of every unit, and how many of its people have each value of each factor."""
    known, clusters, silent = catalogue(), cluster_of(con, end), silent_units(con, end)
    adjusted = [each.id for each in known.indicators if known.is_adjusted(each)]
    counted: dict[str, list[tuple[Stratum, list[tuple[str, str]], float, float]]] = defaultdict(list)
    for rows in rows_by_patient(con).values():
        remembered: dict = {}
        for months in sorted({MONTHS.get(name, 12) for name in adjusted}):
            patient = Patient(rows, end, months, remembered)
            if not patient.observed or patient.age_band == "none":
                continue
            units, stratum = units_of(patient, clusters), stratum_of(patient)
            for name in adjusted:
                adds = count(patient, name) if MONTHS.get(name, 12) == months else None
                if adds is None or not adds[1] or not silent.get((name, end), set()).isdisjoint(units):
                    continue
                is_rate = known.indicator(name).kind != "proportion"
                counted[name].append((stratum, units, adds[0], adds[2] if is_rate else 1))
    return {key: found for name in adjusted for key, found in of_indicator(name, counted[name]).items()}


def of_indicator(name: str, counted: list) -> dict[Key, tuple[float, list[int]]]:
    """Return what is expected of every unit in one indicator."""
    counted = [each for each in counted if each[3]]
    people: dict[Stratum, int] = defaultdict(int)
    for stratum, *_ in counted:
        people[stratum] += 1
    pools = pooled(people)
    met: dict[object, float] = defaultdict(float)
    weight: dict[object, float] = defaultdict(float)
    for stratum, _, numerator, size in counted:
        met[pools[stratum]] += numerator
        weight[pools[stratum]] += size
    found: dict[Key, float] = defaultdict(float)
    groups: dict[Key, list[int]] = defaultdict(lambda: [0] * len(VALUES))
    for stratum, units, _, size in counted:
        for unit in units:
            found[name, *unit] += size * met[pools[stratum]] / weight[pools[stratum]]
            for place, value in enumerate(VALUES):
                groups[name, *unit][place] += value in stratum
    return {key: (number, groups[key]) for key, number in found.items()}


VALUES = ("insulin", "none", "18-49", "50-64", "65-79", "80+", "0-4", "5-9", "10+", "female", "male")


@pytest.mark.slow
@pytest.mark.parametrize("region", ["clean", "messy"])
def test_what_is_expected_of_every_unit_agrees(request: pytest.FixtureRequest, region: str) -> None:
    con = request.getfixturevalue(region)
    end = computed_dates(con)[-1]
    slow = slow_expected(con, end)
    rows = con.execute(
        "SELECT indicator_id, level, unit_id, expected, people FROM indicator.expected WHERE period_end = ?", [end]
    ).fetchall()
    fast = {tuple(row[:3]): (row[3], row[4]) for row in rows}
    computed = {name for name, *_ in fast}
    assert {"hba1c_below_53", "any_complication", "new_any_complication", "ldl_below_2_6"} <= computed
    assert {key for key in slow if key[0] in computed} == set(fast)
    for key, (number, people) in fast.items():
        assert number == pytest.approx(slow[key][0], abs=1e-9), key
        assert people == slow[key][1], key


def test_over_the_units_of_a_level_the_expected_numbers_add_up_to_what_was_seen(
    clean: duckdb.DuckDBPyConnection,
) -> None:
    rows = clean.execute(
        """
            SELECT expected.indicator_id, level, sum(expected), any_value(seen)
            FROM indicator.expected
            JOIN (
                SELECT indicator_id, period_end, numerator AS seen FROM indicator.result
                WHERE level = 'all' AND sex = 'all' AND age_band = 'all' AND state = 'computed'
            ) AS whole USING (indicator_id, period_end)
            GROUP BY expected.indicator_id, period_end, level
            """
    ).fetchall()
    assert rows
    for _, _, expected, seen in rows:
        assert expected == pytest.approx(seen)
