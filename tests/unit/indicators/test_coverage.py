"""What deliveries cover is told by their rows and by what the steward states; silence is no data, never zero."""

import pytest

from indicators.definitions.deliverers import Deliverers
from indicators.definitions.variables import Source
from indicators.delivered.coverage import coverage_of
from tests.lib.delivered import Delivered, quarter

HBA1C = Source("measurement", "analyte", "hba1c")
CONTACTS, PROCEDURES = Source("hospital_contact"), Source("procedure")


def covered(world: Delivered, source: Source, *quarters: str) -> list[bool]:
    coverage = coverage_of(world.con, [source], Deliverers())
    return [coverage.covers([source], *quarter(each)) for each in quarters]


@pytest.fixture
def world() -> Delivered:
    return Delivered()


@pytest.mark.parametrize(("last", "is_covered"), [("2026-12-28", True), ("2026-10-31", False), ("2026-12-10", False)])
def test_the_last_row_tells_until_when_an_extract_covers(world, last, is_covered):
    world.rows(world.batch("laboratory"), "measurement", "2025-01-01", last)
    assert covered(world, HBA1C, "2026 Q3", "2026 Q4", "2027 Q1") == [True, is_covered, False]


def test_the_day_of_delivery_covers_nothing_by_itself_and_bounds_what_rows_tell(world):
    late = world.batch("laboratory", on="2027-05-01")
    world.rows(late, "measurement", "2025-01-01", "2026-10-31")
    assert covered(world, HBA1C, "2026 Q4") == [False]
    prompt = world.batch("hospital", on="2026-12-29")
    world.rows(prompt, "hospital_contact", "2025-01-01", "2026-12-28")
    assert covered(world, CONTACTS, "2026 Q4") == [False]


def test_a_rare_event_is_covered_as_long_as_its_sector_is(world):
    hospital = world.batch("hospital")
    world.rows(hospital, "hospital_contact", "2024-01-01", "2026-12-31")
    world.rows(hospital, "procedure", "2024-01-20", "2026-09-20", every=60, per_day=1)
    assert covered(world, PROCEDURES, "2026 Q3", "2026 Q4", "2027 Q1") == [True, True, False]


def test_a_frequent_event_that_is_missing_is_not_covered_by_its_sector(world):
    hospital = world.batch("hospital")
    world.rows(hospital, "hospital_contact", "2024-01-01", "2026-12-31")
    world.rows(hospital, "procedure", "2024-01-01", "2026-10-15", per_day=3)
    assert covered(world, PROCEDURES, "2026 Q3", "2026 Q4") == [True, False]
    assert covered(world, CONTACTS, "2026 Q4") == [True]


def test_a_small_sector_may_be_silent_for_some_time_while_others_deliver(world):
    world.rows(world.batch("hospital"), "hospital_contact", "2024-01-01", "2026-12-31")
    world.rows(world.batch("municipality"), "municipal_course", "2024-01-01", "2026-10-31", every=12, per_day=1)
    assert covered(world, Source("municipal_course"), "2026 Q4", "2027 Q1") == [True, False]


def test_a_small_sector_has_begun_at_most_two_months_before_its_first_row(world):
    world.rows(world.batch("hospital"), "hospital_contact", "2023-01-01", "2026-12-31")
    world.rows(world.batch("municipality"), "municipal_course", "2024-03-01", "2026-12-31", every=12, per_day=1)
    assert covered(world, Source("municipal_course"), "2023 Q4", "2024 Q1") == [False, True]


def test_a_wrong_year_in_a_few_rows_covers_no_year(world):
    laboratory = world.batch("laboratory")
    world.rows(laboratory, "measurement", "2024-01-01", "2025-12-31")
    world.rows(laboratory, "measurement", "2026-11-03", "2026-12-30", every=19, per_day=3)
    assert covered(world, HBA1C, "2025 Q4", "2026 Q4") == [True, False]


def test_a_file_that_is_missing_in_between_leaves_its_quarters_uncovered(world):
    laboratory = world.batch("laboratory")
    world.rows(laboratory, "measurement", "2023-01-01", "2023-12-31")
    world.rows(laboratory, "measurement", "2025-01-01", "2025-12-31")
    assert covered(world, HBA1C, "2023 Q4", "2024 Q1", "2024 Q4", "2025 Q1") == [True, False, False, True]


def test_when_the_main_supplier_stops_the_source_stops_though_others_go_on(world):
    world.rows(world.batch("laboratory"), "measurement", "2024-01-01", "2026-09-30", per_day=8)
    world.rows(world.batch("general_practice"), "measurement", "2024-01-01", "2026-12-31", per_day=3)
    assert covered(world, HBA1C, "2026 Q3", "2026 Q4") == [True, False]


def test_a_supplier_of_little_may_stop(world):
    world.rows(world.batch("laboratory"), "measurement", "2024-01-01", "2026-12-31", per_day=40)
    world.rows(world.batch("municipality"), "measurement", "2024-01-01", "2026-09-30", per_day=2)
    assert covered(world, HBA1C, "2026 Q4") == [True]


def test_a_supplier_may_stop_when_another_one_brings_the_same_since(world):
    world.rows(world.batch("general_practice"), "measurement", "2024-01-01", "2025-06-30")
    world.rows(world.batch("laboratory"), "measurement", "2025-07-01", "2026-12-31")
    assert covered(world, HBA1C, "2025 Q2", "2025 Q3", "2026 Q4") == [True, True, True]


@pytest.mark.parametrize(("stated", "is_covered"), [("2026-12-31", True), ("2026-11-30", False)])
def test_what_the_steward_states_counts_more_than_the_last_row(world, stated, is_covered):
    for last in ("2026-10-31", "2026-12-31"):
        batch = world.batch("laboratory", covers_until=stated)
        world.rows(batch, "measurement", "2025-01-01", last)
    assert covered(world, HBA1C, "2026 Q3", "2026 Q4", "2027 Q1") == [True, is_covered, False]


def test_one_analysis_may_end_before_the_others(world):
    laboratory = world.batch("laboratory")
    world.rows(laboratory, "measurement", "2025-01-01", "2026-12-31")
    world.rows(laboratory, "measurement", "2025-01-01", "2026-08-31", analyte="ldl")
    assert covered(world, Source("measurement", "analyte", "ldl"), "2026 Q2", "2026 Q3") == [True, False]
    assert covered(world, HBA1C, "2026 Q4") == [True]


def test_a_source_without_rows_covers_nothing(world):
    world.rows(world.batch("laboratory"), "measurement", "2025-01-01", "2026-12-31")
    coverage = coverage_of(world.con, [CONTACTS, HBA1C], Deliverers())
    assert not coverage.covers([CONTACTS, HBA1C], *quarter("2026 Q4"))
    assert coverage.until([CONTACTS, HBA1C]) is None
    assert str(coverage.until([HBA1C])) == "2027-01-07"
