"""The engine and a slow, independent reading of the definitions count the same people in every cell."""

from datetime import date

import duckdb
import pytest

from synthetic.known_indicators.cells import INDICATORS, Cell
from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.indicators import ENDS_ON, LOOK_BACK, MONTHS, NOT_INVENTED, count
from tests.lib.case_files import case_files, read_case_file
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue
from tests.oracle import slow_cells
from tests.oracle.conftest import DATES

Numbers = dict[Cell, dict[str, float | None]]


def differences(slow: Numbers, fast: Numbers) -> list[str]:
    """Return what differs, cell by cell; only indicators whose period the extracts cover are compared."""
    computed = {cell[0] for cell in fast}
    cells = sorted(cell for cell in slow.keys() | fast.keys() if cell[0] in computed)
    return [
        f"{cell}: slow {slow.get(cell)} engine {fast.get(cell)}"
        for cell in cells
        if not same(slow.get(cell), fast.get(cell))
    ]


def computed_dates(con: duckdb.DuckDBPyConnection) -> list[date]:
    """Return the first and the last reporting date on which indicators were computed, and one between."""
    found = con.execute(
        "SELECT DISTINCT period_end FROM indicator.result WHERE state = 'computed' ORDER BY 1"
    ).fetchall()
    days = [day for (day,) in found]
    return sorted({days[0], days[len(days) // 2], days[-1]})


def compared(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what differs on some reporting dates, on which together every indicator was computed."""
    found, seen = [], set()
    for period_end in computed_dates(con):
        fast = slow_cells.fast_cells(con, period_end)
        seen |= {cell[0] for cell in fast}
        found += differences(slow_cells.slow_cells(con, period_end), fast)
    ends = {(day.month, day.day) for day in computed_dates(con)}
    asked = {name for name in INDICATORS if name not in ENDS_ON or ENDS_ON[name] in ends}
    assert seen == asked - set(NOT_INVENTED)
    return found


def same(slow: dict[str, float | None] | None, fast: dict[str, float | None] | None) -> bool:
    if slow is None or fast is None:
        return slow is fast
    return all(
        slow[name] == pytest.approx(fast[name], abs=1e-9) if slow[name] is not None else fast[name] is None
        for name in slow
    )


def test_the_oracle_knows_every_indicator_and_its_period() -> None:
    periods = {indicator.id: indicator.period for indicator in catalogue().indicators}
    assert periods == {name: MONTHS.get(name, 12) for name in INDICATORS}
    look_backs = {each.id: each.look_back for each in catalogue().indicators if each.look_back}
    assert look_backs == dict.fromkeys(LOOK_BACK, "$new_case_look_back_months")
    assert set(LOOK_BACK.values()) == {catalogue().parameters["new_case_look_back_months"].valid_on(DATES[0]).value}
    days = {indicator.id: indicator.ends_on for indicator in catalogue().indicators if indicator.ends_on}
    assert days == {name: f"{month:02}-{day:02}" for name, (month, day) in ENDS_ON.items()}


@pytest.mark.parametrize("indicator", NOT_INVENTED)
def test_the_oracle_reads_drawn_patients_as_their_cases_say(indicator: str) -> None:
    """Of indicators for which a small invented region has nobody."""
    (path,) = (path for path in case_files("type_2_diabetes") if path.stem == indicator)
    for case in read_case_file(path):
        with warehouse_of(case.drawing) as con:
            con.execute("CREATE TABLE indicator.run AS SELECT 'classifier' AS key, 'drawn' AS value")
            people = slow_cells.rows_by_patient(con)
        rows = people[str(patient_uuid(case.patient))]
        end = date.fromisoformat(case.reporting_date)
        adds = count(Patient(rows, end, MONTHS.get(indicator, 12), {}), indicator)
        words = "missing" if adds and adds.is_missing else "met" if adds and adds.numerator else "not met"
        assert (words if adds else "not in denominator") == case.outcome, case.title


@pytest.mark.slow
def test_every_cell_of_a_clean_region_agrees(clean: duckdb.DuckDBPyConnection) -> None:
    assert not compared(clean)


@pytest.mark.slow
def test_every_cell_of_a_messy_region_agrees(messy: duckdb.DuckDBPyConnection) -> None:
    assert not compared(messy)


@pytest.mark.slow
def test_one_patient_more_or_less_would_be_noticed(
    clean: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = slow_cells.rows_by_patient(clean)
    counted = clean.execute(
        "SELECT min(patient_id) FROM indicator.patient_result WHERE indicator_id = 'hba1c_measured' AND in_denominator"
    ).fetchone()
    others = {patient: rows for patient, rows in everybody.items() if str(patient) != str(counted[0])}
    assert len(others) == len(everybody) - 1
    monkeypatch.setattr(slow_cells, "rows_by_patient", lambda _: others)
    last = computed_dates(clean)[-1]
    found = differences(slow_cells.slow_cells(clean, last), slow_cells.fast_cells(clean, last))
    assert any("hba1c_measured" in line for line in found)
