"""Counts of events are told on dates whose periods have no day in common, drawn and for any dates."""

from datetime import date, timedelta

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

from indicators.definitions.definition_files import load_definitions
from indicators.disclosure.policy import load_policy
from indicators.release.told_apart import Span, come_apart, without_overlaps
from packs.pack import load_pack

# A year up to its date, as it is told every quarter.
Q4, Q1, Q2, Q3 = "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"
ONE = "discharges"


def year(end: str) -> Span:
    last = date.fromisoformat(end)
    return last.replace(year=last.year - 1) + timedelta(days=1), last


def frame(spans: list[Span], name: str = ONE) -> pl.DataFrame:
    rows = [(name, start, end) for start, end in spans]
    return pl.DataFrame(rows, {"indicator_id": pl.String, "period_start": pl.Date, "period_end": pl.Date}, orient="row")


def kept(cells: list[Span], told: list[Span] | None = None) -> list[Span]:
    before = None if told is None else frame(told)
    return sorted(without_overlaps(frame(cells), frozenset({ONE}), before).select("period_start", "period_end").rows())


@pytest.mark.parametrize(
    ("new", "told", "expected"),
    [
        ([Q4], None, [Q4]),
        ([Q1, Q2, Q3, Q4], None, [Q3]),
        (["2024-09-30", "2025-09-30", Q3], None, ["2024-09-30", "2025-09-30", Q3]),
        (["2025-09-29", "2025-09-30", "2025-10-01", Q3], None, ["2025-09-30", Q3]),
        ([Q1], [Q4], []),
        ([Q3, "2026-12-31"], [Q4], ["2026-12-31"]),
        ([Q2], [Q4, Q1, Q2], [Q2]),
        ([Q2], [Q3], []),
    ],
    ids=[
        "a first release tells its date",
        "of the first release's dates the newest is told",
        "a year later to the day is told too",
        "one day in common is too much",
        "a quarter later nothing is told",
        "the next is told when a year has gone by",
        "what was told and is corrected is told again",
        "what was left out stays left out when it is corrected",
    ],
)
def test_it_tells_these_dates(new: list[str], told: list[str] | None, expected: list[str]) -> None:
    before = None if told is None else [year(each) for each in told]
    assert kept([year(each) for each in new], before) == [year(each) for each in expected]


def test_other_indicators_and_their_order_stay_as_they_are() -> None:
    cells = pl.concat([frame([year(Q1)], "hba1c"), frame([year(Q1), year(Q2)]), frame([year(Q2)], "hba1c")])
    found = without_overlaps(cells, frozenset({ONE}), None)
    assert found["indicator_id"].to_list() == ["hba1c", ONE, "hba1c"]
    assert found["period_end"].to_list() == [each[1] for each in (year(Q1), year(Q2), year(Q2))]


spans = st.lists(
    st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 800)).map(
        lambda drawn: (drawn[0], drawn[0] + timedelta(days=drawn[1]))
    ),
    max_size=8,
    unique_by=lambda span: span[1],
)


@given(new=spans, told=spans)
def test_no_two_dates_share_a_day_but_those_that_were_told_and_none_is_left_out_for_nothing(
    new: list[Span], told: list[Span]
) -> None:
    ends = {end for _, end in told}
    found = kept(new, told)
    added = [each for each in found if each[1] not in ends]
    for start, end in added:
        assert not [each for each in {*added, *told} if each != (start, end) and start <= each[1] and each[0] <= end]
    assert {each for each in new if each[1] in ends} <= set(found)
    for start, end in set(new) - set(found):
        assert [each for each in {*added, *told} if start <= each[1] and each[0] <= end]


def test_what_counts_events_is_told_from_the_definitions_and_the_policy_may_say_otherwise() -> None:
    pack = load_pack("denmark")
    policy = load_policy(pack.folder / "disclosure.yaml")
    definitions = load_definitions("type_2_diabetes", pack)
    apart = come_apart(definitions, policy)
    assert {"readmission_within_30_days", "new_foot_ulcer", "course_completed"} <= apart
    assert not {"hba1c_below_53", "hypoglycaemia_admission", "hba1c_median", "lost_to_follow_up"} & apart
    assert come_apart(definitions, policy.model_copy(update={"overlapping_events": "told"})) == frozenset()
