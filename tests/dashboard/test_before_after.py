"""Before and after a date: which periods stand on its sides, and that nothing is claimed without a rule's signal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from dashboard import colours
from dashboard.catalogue import Break, Definition
from dashboard.charts import before_after as chart
from dashboard.charts.sheet import Caption
from dashboard.comparison import Measure
from dashboard.presenters import drawn
from dashboard.presenters.before_after import dates, present, told
from dashboard.presenters.history import year_before
from dashboard.wording import Wording

QUARTERS = [
    date(year, month, day) for year in range(2022, 2027) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
]
AT, LAST = date(2024, 9, 30), QUARTERS[-1]
PATIENTS = 1_000


@pytest.fixture
def share(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["hba1c_measured"], direction="higher_is_better", breaks=())


def a_year_to(day: date, met: int, patients: int = PATIENTS) -> Measure:
    low, high = proportion_confint(met, patients, method="wilson")
    start = year_before(day) + timedelta(days=1)
    return Measure("shown", met / patients, low, high, met, patients, period_start=start, period_end=day)


def of(values: Sequence[int]) -> dict[date, Measure]:
    return {day: a_year_to(day, met) for day, met in zip(QUARTERS, values, strict=True)}


STEADY = of([700, 705, 695, 702, 698] * 4)
RISEN = of([700 + place % 3 for place in range(11)] + [800 + place % 3 for place in range(9)])


def test_the_two_periods_share_no_day(share: Definition, english: Wording) -> None:
    found = present(RISEN, AT, LAST, share, english)
    assert found is not None
    assert (found.before.start, found.before.end) == (date(2023, 10, 1), AT)
    assert (found.after.start, found.after.end) == (date(2026, 1, 1), LAST)
    assert dates(RISEN, LAST, share)[0] == date(2025, 12, 31)
    assert present(RISEN, date(2026, 3, 31), LAST, share, english) is None


def test_a_later_reporting_date_than_the_readers_counts_in_nothing(share: Definition, english: Wording) -> None:
    found = present(RISEN, date(2023, 12, 31), date(2024, 12, 31), share, english)
    assert found is not None
    assert found.after.end == date(2024, 12, 31)


def test_both_periods_are_told_with_number_interval_and_basis(share: Definition, english: Wording) -> None:
    found = present(RISEN, AT, LAST, share, english)
    assert found is not None
    before, after, *_ = told(found)
    assert before == "Before, 1 Oct 2023 to 30 Sept 2024: 70.1% · 95% interval 67.2–72.9% · 701 of 1,000 patients."
    assert after.startswith("After, 1 Jan 2026 to 31 Dec 2026: 80.2% · 95% interval ")


def test_a_rise_that_a_rule_finds_is_claimed_and_its_cause_is_not(share: Definition, english: Wording) -> None:
    found = present(RISEN, AT, LAST, share, english)
    assert found is not None
    assert found.verdict.judgement == "better"
    assert "the value is clearly higher after the date – better" in found.verdict.text
    assert "the numbers cannot say" in found.verdict.text


def test_two_periods_that_differ_in_a_course_without_a_signal_claim_nothing(
    share: Definition, english: Wording
) -> None:
    history = {day: replace(each, numerator=None) for day, each in STEADY.items()}
    history |= {AT: a_year_to(AT, 6_950, 10_000), LAST: a_year_to(LAST, 7_150, 10_000)}
    found = present(history, AT, LAST, replace(share, kind="median"), english)
    assert found is not None
    assert found.after.dot.low is not None
    assert found.before.dot.high is not None
    assert found.after.dot.low > found.before.dot.high
    assert found.verdict.judgement == "unknown"
    assert found.verdict.text.startswith("Nothing is claimed: the rules find no more")


def test_a_signal_elsewhere_in_the_course_claims_nothing_of_the_date(share: Definition, english: Wording) -> None:
    found = present(RISEN, date(2022, 12, 31), date(2024, 6, 30), share, english)
    assert found is not None
    assert found.verdict.text.startswith("Nothing is claimed")
    later = present(RISEN, date(2025, 3, 31), LAST, share, english)
    assert later is not None
    assert later.verdict.text.startswith("Nothing is claimed: the course holds more than chance, but")


@pytest.mark.parametrize("patients", [40, 150, 1_000])
def test_a_level_that_never_changes_is_seldom_claimed_to_change(
    share: Definition, english: Wording, patients: int
) -> None:
    """Five years of quarters that each look back a year, so that neighbouring points share three quarters of it."""
    generator = np.random.default_rng(patients)
    claimed = 0
    for _ in range(200):
        quarterly = generator.binomial(patients, 0.7, len(QUARTERS) + 3)
        yearly = np.convolve(quarterly, np.ones(4, dtype=int), "valid")
        history = {day: a_year_to(day, int(met), 4 * patients) for day, met in zip(QUARTERS, yearly, strict=True)}
        found = present(history, AT, LAST, share, english)
        assert found is not None
        claimed += found.verdict.judgement in {"better", "worse"}
    assert claimed / 200 < 0.06


def test_a_hidden_period_stands_on_neither_side(share: Definition, english: Wording) -> None:
    hidden = RISEN | {AT: Measure("suppressed", period_start=date(2023, 10, 1), period_end=AT)}
    found = present(hidden, AT, LAST, share, english)
    assert found is not None
    assert found.before.end == date(2024, 6, 30)
    nothing = {day: Measure("suppressed", period_end=day) for day in QUARTERS}
    assert dates(nothing, LAST, share) == []


def test_periods_on_two_ways_of_registering_are_not_set_beside_each_other(share: Definition, english: Wording) -> None:
    changed = replace(share, breaks=(Break(date(2025, 1, 1), {"en": "A new code"}),))
    assert present(RISEN, AT, LAST, changed, english) is None
    assert date(2024, 9, 30) not in dates(RISEN, LAST, changed)


def test_the_chart_draws_both_periods_at_their_length_the_date_and_the_median(
    share: Definition, english: Wording
) -> None:
    found = present(RISEN, AT, LAST, share, english)
    assert found is not None
    line = drawn.line("Skive", RISEN, QUARTERS, share, english)
    figure = chart.figure(line, found, drawn.scale(share, english), Caption("A", "B", "C"), english)
    bars = [trace for trace in figure.data if trace.type == "scatter" and trace.line.color == colours.MUTED]
    assert [list(bar.x) for bar in bars] == [[date(2023, 10, 1), AT], [date(2026, 1, 1), LAST]]
    assert [bar.y[0] for bar in bars] == pytest.approx([70.1, 80.2])
    assert figure.layout.shapes[0].x0 == AT
    assert "30 Sept 2024" in figure.layout.title.subtitle.text
