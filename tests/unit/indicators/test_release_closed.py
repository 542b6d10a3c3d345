"""Which quarters are released, carried over, corrected, or have to wait."""

from datetime import date

import polars as pl
import pytest

from indicators.disclosure.policy import load_policy
from indicators.release.closed import Plan, new_series, plan_of
from indicators.release.register import Entry, Issue
from tests.lib.tiny_release import POLICY
from tvaers.errors import DisclosureError

POLICY_IN_FORCE = load_policy(POLICY)
MARCH, JUNE, SEPTEMBER = date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)


def released(number: int, *ends: date) -> Entry:
    issues = tuple(Issue(end, 1, date(2026, 8, 1)) for end in ends)
    return Entry(number, f"release{number}", "denmark", "type_2_diabetes", "1", issues)


def planned(*earlier: Entry, loaded_on: date = date(2026, 11, 1), correct: tuple[date, ...] = ()) -> Plan:
    ends = (MARCH, JUNE, SEPTEMBER)
    return plan_of(ends, earlier, POLICY_IN_FORCE, loaded_on=loaded_on, correct=correct, is_synthetic=False)


def test_a_quarter_waits_for_its_deliveries_and_is_then_released() -> None:
    assert planned(loaded_on=date(2026, 10, 29)).waiting == (SEPTEMBER,)
    assert planned(loaded_on=date(2026, 10, 30)).now == (MARCH, JUNE, SEPTEMBER)


def test_only_what_was_never_released_is_new() -> None:
    plan = planned(released(1, MARCH, JUNE))
    assert plan.now == (SEPTEMBER,)
    assert list(plan.closed) == [MARCH, JUNE]


def test_a_corrected_quarter_is_an_issue_of_its_own_with_its_reason() -> None:
    plan = planned(released(1, MARCH, JUNE), released(2, SEPTEMBER), correct=(JUNE,))
    assert list(plan.closed) == [MARCH, SEPTEMBER]
    on = date(2026, 11, 1)
    assert plan.issues(on, "Late file") == (Issue(JUNE, 2, on, "Late file"),)


def test_with_nothing_old_enough_there_is_no_release() -> None:
    with pytest.raises(DisclosureError, match="No quarter") as fault:
        planned(loaded_on=date(2026, 4, 29))
    assert "2026-04-30" in fault.value.what_to_do


def test_a_new_version_of_a_definition_is_a_break_of_the_course() -> None:
    rows = [("a", 1, MARCH), ("a", 1, JUNE), ("a", 2, SEPTEMBER), ("b", 3, MARCH), ("b", 3, JUNE)]
    result = pl.DataFrame(rows, schema=["indicator_id", "definition_version", "period_start"], orient="row")
    found = new_series(result)
    assert {name: [each["from_on"] for each in breaks] for name, breaks in found.items()} == {"a": [str(SEPTEMBER)]}
