"""A course that runs over a change of registration says so, and calls nothing better or worse across it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard import colours
from dashboard.catalogue import Break, Definition
from dashboard.charts import trend
from dashboard.charts.sheet import Caption
from dashboard.comparison import Measure
from dashboard.presenters import drawn, run_chart
from dashboard.presenters.breaks import marks
from dashboard.presenters.course import course
from dashboard.presenters.history import year_before
from dashboard.presenters.verdicts import changed
from dashboard.wording import Wording

CHANGED_ON = date(2019, 3, 1)
DAYS = [date(year, month, day) for year in range(2017, 2023) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))]


def measure(value: float, day: date) -> Measure:
    starts = year_before(day) + timedelta(days=1)
    return Measure(
        "shown", value, value - 0.02, value + 0.02, round(value * 1000), 1000, period_start=starts, period_end=day
    )


HISTORY = {day: measure(0.5 if day < CHANGED_ON else 0.7 + 0.002 * (place % 3), day) for place, day in enumerate(DAYS)}


@pytest.fixture
def broken(definitions: dict[str, Definition]) -> Definition:
    what = {"en": "The register was renewed.", "da": "Registret blev fornyet.", "nb": "Registeret ble fornyet."}
    return replace(definitions["hba1c_measured"], direction="higher_is_better", breaks=(Break(CHANGED_ON, what),))


def test_the_break_is_marked_while_a_look_back_holds_both_ways(broken: Definition, english: Wording) -> None:
    (mark,) = marks(HISTORY, DAYS, broken, english)
    assert mark.day == CHANGED_ON
    assert mark.text == (
        "The data source changed on 1 March 2019. The register was renewed. Reporting dates up to 31 Dec 2019 look "
        "back on both, so a change of the number then may come from the change of source."
    )
    later = [day for day in DAYS if day > date(2020, 3, 1)]
    assert marks(HISTORY, later, broken, english) == []
    hidden = {day: Measure("suppressed") for day in DAYS}
    assert marks(hidden, DAYS, broken, english) == []


def test_the_first_day_of_the_new_way_is_not_mixed(broken: Definition, english: Wording) -> None:
    day = date(2020, 2, 29)
    assert measure(0.5, day).period_start == CHANGED_ON
    assert marks({day: measure(0.5, day)}, [day], broken, english) == []
    assert len(marks({day: replace(measure(0.5, day), period_start=date(2019, 2, 28))}, [day], broken, english)) == 1


def test_no_change_is_told_across_a_break(broken: Definition, english: Wording) -> None:
    across = changed(HISTORY, date(2019, 12, 31), broken, english)
    assert (across.judgement, across.text) == (
        "unknown",
        "Data source changed Mar 2019: no comparison across it",
    )
    whole = replace(broken, breaks=())
    assert changed(HISTORY, date(2019, 12, 31), whole, english).judgement == "better"


def test_a_course_begins_after_the_break_and_takes_ten_dates_from_there(broken: Definition, english: Wording) -> None:
    found = course(HISTORY, DAYS[-1], broken)
    assert found is not None
    assert found.days[0] == date(2020, 3, 31)
    assert changed(HISTORY, date(2022, 3, 31), broken, english).text == "Too few reporting dates to tell a change"
    assert changed(HISTORY, date(2022, 9, 30), broken, english).judgement == "similar"
    before = course(HISTORY, date(2018, 12, 31), broken)
    assert before is not None
    assert before.days[0] == DAYS[0]


def test_the_chart_has_a_line_on_the_day_of_the_break(broken: Definition, english: Wording) -> None:
    line = drawn.line("Skive", HISTORY, DAYS, broken, english)
    found = marks(HISTORY, DAYS, broken, english)
    figure = trend.figure(line, None, drawn.scale(broken, english), Caption("", "", ""), english)
    trend.mark_moments(figure, found, DAYS, colours.WORSE)
    assert [shape.x0 for shape in figure.layout.shapes] == [CHANGED_ON]
    assert [note.text for note in figure.layout.annotations] == ["Mar 2019"]
    outside = trend.figure(line, None, drawn.scale(broken, english), Caption("", "", ""), english)
    trend.mark_moments(outside, found, [day for day in DAYS if day > CHANGED_ON], colours.WORSE)
    assert not outside.layout.shapes


def test_no_change_is_told_while_the_history_still_grows(broken: Definition, english: Wording) -> None:
    growing = replace(broken, breaks=(), judged_from=date(2020, 3, 31))
    for day in (date(2019, 12, 31), date(2020, 12, 31)):
        told = changed(HISTORY, day, growing, english)
        assert (told.judgement, told.text) == (
            "unknown",
            "The history still grows, and the share with it: no change is judged",
        )
    assert course(HISTORY, date(2019, 12, 31), growing) is None
    (sentence,) = run_chart.told(None, growing, english)
    assert "judged from 31 March 2020 on" in sentence


def test_a_course_is_judged_from_the_first_date_with_a_long_history(broken: Definition, english: Wording) -> None:
    growing = replace(broken, breaks=(), judged_from=date(2020, 3, 31))
    found = course(HISTORY, DAYS[-1], growing)
    assert found is not None
    assert found.days[0] == date(2020, 3, 31)
    assert changed(HISTORY, date(2022, 9, 30), growing, english).judgement == "similar"
