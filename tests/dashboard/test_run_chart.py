"""Run charts and control charts against published tables, hand-drawn courses and simulated ones."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.stats import binom, norm
from statsmodels.stats.proportion import proportion_confint

from dashboard import colours
from dashboard.catalogue import Definition
from dashboard.chance.control_chart import TAIL, control
from dashboard.chance.run_chart import Runs, runs
from dashboard.charts import run_chart as chart
from dashboard.charts.sheet import Caption
from dashboard.comparison import Measure
from dashboard.presenters import drawn, run_chart
from dashboard.presenters.course import course
from dashboard.presenters.verdicts import changed
from dashboard.wording import Wording

CAPTION = Caption("HbA1c measured", "Skive", "Source: a release")
# Useful points, longest run and fewest crossings as tabulated by Anhøj for the package qicharts2.
PUBLISHED = """
10 6 2   11 6 2   12 7 3   13 7 3   14 7 4   15 7 4   16 7 4   17 7 5   18 7 5   19 7 6   20 7 6   21 7 6   22 7 7
23 8 7   24 8 8   25 8 8   30 8 10  35 8 12  40 8 14  45 8 17  46 9 17  50 9 19  60 9 23  69 9 27
"""
QUARTERS = [
    date(year, month, day) for year in range(2022, 2027) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
]


def of(useful: int, longest: int, crossings: int) -> Runs:
    return Runs(0.5, useful, longest, crossings)


def drawn_course(picture: str) -> Runs:
    """Return the runs of a course drawn with + above, - below and 0 on the median."""
    found = runs([{"+": 1.0, "-": -1.0, "0": 0.0}[each] for each in picture])
    assert found is not None
    assert found.median == 0
    return found


@pytest.mark.parametrize("row", re.findall(r"\d+ \d+ +\d+", PUBLISHED))
def test_the_limits_are_those_of_the_published_table(row: str) -> None:
    useful, longest, crossings = (int(number) for number in row.split())
    found = of(useful, 1, useful - 1)
    assert (found.longest_by_chance, found.fewest_by_chance) == (longest, crossings)


def test_the_fewest_crossings_are_the_quantile_of_the_binomial_distribution() -> None:
    for useful in range(2, 121):
        assert of(useful, 1, 0).fewest_by_chance == binom.ppf(0.05, useful - 1, 0.5)


@pytest.mark.parametrize(
    ("picture", "useful", "longest", "crossings"),
    [
        ("+-+-+-+-+-", 10, 1, 9),
        ("+++++-----", 10, 5, 1),
        ("++00++--00--", 8, 4, 1),
        ("0+0-0+0-0", 4, 1, 3),
        ("000", 0, 0, 0),
    ],
)
def test_points_on_the_median_neither_count_nor_break_a_run(
    picture: str, useful: int, longest: int, crossings: int
) -> None:
    found = drawn_course(picture)
    assert (found.useful, found.longest, found.crossings) == (useful, longest, crossings)


@pytest.mark.parametrize(
    ("longest", "crossings", "is_random"), [(7, 6, True), (8, 6, False), (7, 5, False), (8, 5, False)]
)
def test_either_a_long_run_or_few_crossings_are_more_than_chance(longest: int, crossings: int, is_random: bool) -> None:
    assert of(20, longest, crossings).is_random is is_random


def test_nine_useful_points_tell_nothing() -> None:
    assert of(9, 9, 0).is_random
    assert not of(10, 9, 0).is_random


def test_a_course_without_values_has_no_runs() -> None:
    assert runs([]) is None


def test_control_limits_are_three_standard_deviations_where_the_usual_formula_holds() -> None:
    assert pytest.approx(norm.sf(3), abs=1e-6) == TAIL
    found = control("share", np.array([5_980.0, 6_020.0]), np.array([10_000.0, 10_000.0]))
    assert found is not None
    assert found.level == pytest.approx(0.6)
    assert found.low[0] == pytest.approx(0.6 - 3 * (0.24 / 10_000) ** 0.5, abs=2e-4)
    assert found.high[0] == pytest.approx(0.6 + 3 * (0.24 / 10_000) ** 0.5, abs=2e-4)


def test_control_limits_of_a_rate_are_three_standard_deviations_of_its_count() -> None:
    found = control("rate", np.array([900.0, 900.0]), np.array([9.0, 9.0]))
    assert found is not None
    assert found.low[0] * 9 == pytest.approx(900 - 3 * 30, abs=3)
    assert found.high[0] * 9 == pytest.approx(900 + 3 * 30, abs=3)


@pytest.mark.parametrize(("count", "size"), [(0.0, 50.0), (50.0, 50.0)])
def test_none_or_all_have_no_control_limits(count: float, size: float) -> None:
    assert control("share", np.array([count]), np.array([size])) is None


def measure(numerator: int, denominator: int) -> Measure:
    low, high = proportion_confint(numerator, denominator, method="wilson")
    return Measure("shown", numerator / denominator, low, high, numerator, denominator)


@pytest.fixture
def share(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["hba1c_measured"], direction="higher_is_better")


@pytest.mark.parametrize("patients", [40, 150, 1_000])
def test_a_level_that_never_changes_is_seldom_called_better_or_worse(
    share: Definition, english: Wording, patients: int
) -> None:
    """Five years of quarters that each look back a year, so that neighbouring points share three quarters of it."""
    generator = np.random.default_rng(patients)
    called = 0
    for _ in range(300):
        quarterly = generator.binomial(patients, 0.7, len(QUARTERS) + 3)
        yearly = np.convolve(quarterly, np.ones(4, dtype=int), "valid")
        history = {day: measure(int(met), 4 * patients) for day, met in zip(QUARTERS, yearly, strict=True)}
        called += changed(history, QUARTERS[-1], share, english).judgement in {"better", "worse"}
    assert called / 300 < 0.06


def test_a_level_that_falls_is_found_in_most_cases(share: Definition, english: Wording) -> None:
    generator = np.random.default_rng(4)
    found = 0
    for _ in range(100):
        level = np.where(np.arange(20) < 13, 0.75, 0.65)
        history = {
            day: measure(int(generator.binomial(500, share_met)), 500)
            for day, share_met in zip(QUARTERS, level, strict=True)
        }
        found += changed(history, QUARTERS[16], share, english).judgement == "worse"
    assert found > 65


def test_a_signal_is_told_in_words_with_its_numbers(share: Definition, english: Wording) -> None:
    values = [700 + place % 2 for place in range(10)] + [800 + place % 2 for place in range(10)]
    history = {day: measure(value, 1_000) for day, value in zip(QUARTERS, values, strict=True)}
    found = course(history, QUARTERS[-1], share)
    assert found is not None
    assert found.has_signal
    told = run_chart.told(found, share, english)
    assert told[0].startswith(
        "The longest run on one side of the median is 10 points; chance seldom gives more than 7."
    )
    assert "crossed 1 times; chance seldom gives fewer than 6" in told[0]
    assert told[1] == "That is more than chance alone would give."
    assert "The newest value lies outside the control limits." in told
    assert told[-1].startswith("Each point looks back 12 months")


def test_a_short_course_says_how_many_points_it_takes(share: Definition, english: Wording) -> None:
    (sentence,) = run_chart.told(None, share, english)
    assert "at least 10 reporting dates" in sentence


def test_a_median_has_a_run_chart_without_control_limits(share: Definition, english: Wording) -> None:
    definition = replace(share, kind="median", unit="mmol/mol", target=None)
    history = {day: Measure("shown", 50.0 + place, 48.0, 55.0, None, 90) for place, day in enumerate(QUARTERS)}
    found = course(history, QUARTERS[-1], definition)
    assert found is not None
    assert found.control is None
    assert found.has_signal
    line = drawn.line("Skive", history, QUARTERS, definition, english)
    figure = chart.figure(line, run_chart.bounds(found, definition), drawn.scale(definition, english), CAPTION, english)
    assert "Control limits" not in figure.layout.title.subtitle.text


def test_the_chart_draws_median_limits_and_marks_what_lies_outside(share: Definition, english: Wording) -> None:
    history = {day: measure(700 + place % 3, 1_000) for place, day in enumerate(QUARTERS)}
    history |= {QUARTERS[3]: Measure("suppressed"), QUARTERS[-1]: measure(820, 1_000)}
    found = course(history, QUARTERS[-1], share)
    assert found is not None
    line = drawn.line("Skive", history, QUARTERS, share, english)
    figure = chart.figure(line, run_chart.bounds(found, share), drawn.scale(share, english), CAPTION, english)
    scatters = [trace for trace in figure.data if trace.type == "scatter"]
    (values,) = [trace for trace in scatters if trace.mode == "lines+markers"]
    assert values.y[3] is None
    assert list(values.marker.symbol)[-2:] == ["circle", "diamond"]
    limits = [trace for trace in scatters if trace.mode == "lines" and trace.line.color == colours.LIMIT]
    assert [len(limit.x) for limit in limits] == [19, 19]
    (median,) = [trace for trace in scatters if trace.mode == "lines" and trace.line.color == colours.INK]
    assert median.y[0] == pytest.approx(70.1)
