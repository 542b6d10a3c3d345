"""What is counted of the groups of a stratifier agrees with a slow reading of each group's people by themselves."""

from datetime import date

import duckdb
import pytest

from synthetic.known_indicators.cells import cells_of
from synthetic.known_indicators.who_and_where import Row
from tests.lib.evaluate import catalogue
from tests.oracle.slow_cells import cluster_of, rows_by_patient, silent_units
from tests.oracle.test_every_indicator_against_a_slow_oracle import computed_dates, same

COUNTS = ("numerator", "denominator", "eligible", "patient_years", "value")
LEVEL = "by_diabetes_duration"


def duration_of(rows: dict[str, list[Row]], end: date) -> str:
    since = rows["diabetes"][0]["diabetes_since_on"]
    years = end.year - since.year - ((end.month, end.day) < (since.month, since.day))
    return "0-4" if years < 5 else "5-9" if years < 10 else "10+"


@pytest.mark.slow
@pytest.mark.parametrize("region", ["clean", "messy"])
def test_the_groups_of_a_stratifier_are_counted_as_a_slow_reading_counts_them(
    request: pytest.FixtureRequest, region: str
) -> None:
    con: duckdb.DuckDBPyConnection = request.getfixturevalue(region)
    end = computed_dates(con)[-1]
    people, clusters, silent = rows_by_patient(con), cluster_of(con, end), silent_units(con, end)
    given = {each.id for each in catalogue().indicators if catalogue().is_stratified(each)}
    slow = {}
    for group in ("0-4", "5-9", "10+"):
        own = [rows for rows in people.values() if duration_of(rows, end) == group]
        for (name, _, level, _, sex, age), numbers in cells_of(own, clusters, end, silent).items():
            if name in given and (level, sex, age) == ("all", "all", "all"):
                slow[name, group] = {count: numbers[count] for count in COUNTS}
    rows = con.execute(
        f"SELECT indicator_id, unit_id, {', '.join(COUNTS)} FROM indicator.result "
        "WHERE level = ? AND period_end = ? AND state IN ('computed', 'too_few') "
        "AND greatest(denominator, eligible, patients) > 0",
        [LEVEL, end],
    ).fetchall()
    fast = {row[:2]: dict(zip(COUNTS, row[2:], strict=True)) for row in rows}
    computed = {name for name, _ in fast}
    assert {"hba1c_below_53", "eye_examined"} <= computed
    assert {key for key in slow if key[0] in computed} == set(fast)
    assert {key for key, numbers in fast.items() if not same(slow[key], numbers)} == set()
