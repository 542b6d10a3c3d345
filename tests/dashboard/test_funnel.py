"""The funnel on the page: what it is made of, what it says, and what it draws."""

import re
from dataclasses import replace
from typing import Any

import pytest

from dashboard import colours
from dashboard.catalogue import Definition
from dashboard.charts import funnel as chart
from dashboard.charts.sheet import Caption
from dashboard.comparison import Measure
from dashboard.parts import rows
from dashboard.presenters import drawn, funnel
from dashboard.presenters.units import Unit
from dashboard.wording import Wording, wording
from tests.dashboard.conftest import LANGUAGES

CAPTION = Caption("HbA1c measured", "Practices", "Source: a release")
EVERYBODY = Measure("shown", 0.7, 0.69, 0.71, 7_000, 10_000)


def unit(number: int) -> Unit:
    return Unit("practice", f"{number:03}", f"Lægerne {number}")


def share(numerator: int, denominator: int) -> Measure:
    return Measure("shown", numerator / denominator, 0.0, 1.0, numerator, denominator)


ORDINARY = {unit(number).unit_id: share(140 + 4 * (number % 5 - 2), 200) for number in range(1, 21)}


def present(found: dict[str, Measure], definition: Definition, words: Wording, **more: Any) -> funnel.Drawing | None:
    practices = [unit(number) for number in range(1, 40)]
    chosen = {"everybody": EVERYBODY, "own_key": "practice-001"} | more
    return funnel.present(practices, found, definition=definition, words=words, **chosen)


@pytest.fixture
def measured(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["hba1c_measured"], direction="higher_is_better", counts="patients")


def test_a_practice_is_called_clearly_worse_only_outside_the_outer_limits(
    measured: Definition, english: Wording
) -> None:
    drawing = present(ORDINARY | {"030": share(124, 200), "031": share(90, 200)}, measured, english)
    assert drawing is not None
    said = {spot.label: (spot.verdict, spot.is_far) for spot in drawing.spots}
    assert said["Lægerne 2"] == ("Not clearly different from the other practices", False)
    assert said["Lægerne 30"] == ("Perhaps lower than the other practices", False)
    assert said["Lægerne 31"] == ("Clearly lower than the other practices – worse", True)


def test_an_indicator_without_a_good_direction_is_different_and_neither_better_nor_worse(
    measured: Definition, english: Wording
) -> None:
    drawing = present(ORDINARY | {"031": share(90, 200)}, replace(measured, direction="neither"), english)
    assert drawing is not None
    far = next(spot for spot in drawing.spots if spot.is_far)
    assert (far.verdict, far.judgement) == ("Clearly lower than the other practices", "different")


def test_hidden_practices_and_people_without_a_practice_are_no_dots(measured: Definition, english: Wording) -> None:
    hidden = {"030": Measure("suppressed"), "031": Measure("no_data"), "none": share(100, 200)}
    practices = [*(unit(number) for number in range(1, 40)), Unit("practice", "none", "")]
    drawing = funnel.present(practices, ORDINARY | hidden, EVERYBODY, measured, english, own_key="practice-001")
    assert drawing is not None
    assert len(drawing.spots) == len(ORDINARY)
    assert "1 practice is not shown, to protect privacy." in drawing.told


def test_the_funnel_says_the_factor_by_which_practices_differ_beyond_chance(
    measured: Definition, english: Wording
) -> None:
    quiet = present(ORDINARY, measured, english)
    apart = {unit(number).unit_id: share(140 + 45 * (number % 3 - 1), 200) for number in range(1, 31)}
    loud = present(apart, measured, english)
    assert quiet is not None
    assert loud is not None
    assert quiet.told[0].startswith("The practices do not differ from each other by more than chance explains.")
    assert "20 of 30 lie outside the limits of chance, where about 2 would be expected" in loud.told[0]
    assert re.search(r"They spread \d\.\d times as much as chance gives \(dispersion factor \d", loud.told[0])
    assert all(not spot.is_far for spot in loud.spots)
    assert max(loud.lines.high) > max(quiet.lines.high)


def test_where_small_counts_are_hidden_the_funnel_says_that_it_cannot_judge_the_spread(
    measured: Definition, english: Wording
) -> None:
    rare = {unit(number).unit_id: share(0 if number % 2 else 6, 200) for number in range(1, 31)}
    drawing = present(rare, measured, english, everybody=Measure("shown", 0.015, 0.01, 0.02, 150, 10_000))
    assert drawing is not None
    assert drawing.told[0].startswith("Too few practices have counts")


def test_around_the_target_the_lines_are_those_of_chance_and_the_words_speak_of_the_target(
    measured: Definition, english: Wording
) -> None:
    drawing = present(ORDINARY, measured, english, around="target")
    assert drawing is not None
    assert drawing.level == pytest.approx(95)
    assert drawing.level_text == "Target ≥ 95%"
    assert drawing.spots[0].verdict == "Clearly lower than the target – worse"


def test_only_an_indicator_with_a_target_can_be_seen_around_it(measured: Definition) -> None:
    assert funnel.centres(measured) == ["everybody", "target"]
    assert funnel.centres(replace(measured, target=None)) == ["everybody"]
    assert funnel.centres(replace(measured, direction="neither")) == ["everybody"]


def test_a_rate_is_drawn_per_thousand_patient_years_over_patient_years(measured: Definition, english: Wording) -> None:
    rate = replace(measured, kind="rate_per_1000_patient_years", target=None)
    found = {unit(n).unit_id: Measure("shown", 40.0, 30.0, 50.0, 20, 600, 500.0) for n in range(1, 21)}
    drawing = present(found, rate, english, everybody=Measure("shown", 40.0, 39.0, 41.0, 400, 9_000, 10_000.0))
    assert drawing is not None
    assert drawing.level == pytest.approx(40)
    assert drawing.size_title == "Patient-years"
    assert {(spot.size, spot.value) for spot in drawing.spots} == {(500.0, 40.0)}
    assert min(drawing.lines.low) < 40 < max(drawing.lines.high) < 80


@pytest.mark.parametrize("everybody", [Measure("suppressed"), Measure("shown", 0.0, 0.0, 0.1, 0, 10_000)])
def test_without_a_centre_there_is_no_funnel(measured: Definition, english: Wording, everybody: Measure) -> None:
    assert present(ORDINARY, measured, english, everybody=everybody) is None


def test_a_median_has_no_funnel(measured: Definition, english: Wording) -> None:
    assert present(ORDINARY, replace(measured, kind="median"), english) is None


def test_the_chart_draws_every_practice_two_pairs_of_limits_and_a_ring_around_ones_own(
    measured: Definition, english: Wording
) -> None:
    drawing = present(ORDINARY | {"030": share(124, 200), "031": share(90, 200)}, measured, english)
    assert drawing is not None
    figure = chart.figure(drawing, drawn.scale(measured, english), CAPTION, english)
    spots, ring = (trace for trace in figure.data if trace.mode == "markers")
    assert len(spots.x) == 22
    assert list(spots.marker.symbol)[-2:] == ["triangle-down-open", "triangle-down"]
    assert (ring.x[0], ring.y[0]) == (drawing.spots[0].size, drawing.spots[0].value)
    limits = [trace for trace in figure.data if trace.mode == "lines" and trace.line.color == colours.LIMIT]
    assert [list(trace.y).count(None) for trace in limits] == [1, 1]
    low, high = figure.layout.yaxis.range
    assert all(low <= spot.value <= high for spot in drawing.spots)
    key = figure.layout.title.subtitle.text
    for words in ("Lægerne 1", "Perhaps worse", "Clearly worse", "95% limits", "99.8% limits", "Target ≥ 95%"):
        assert words in key


def test_the_table_says_where_each_practice_lies(measured: Definition, english: Wording) -> None:
    drawing = present(ORDINARY | {"031": share(90, 200)}, measured, english)
    assert drawing is not None
    (section,) = rows.of_spots(drawing.spots)
    assert [cell.text for cell in section.rows[-1]][::2] == [
        "Lægerne 31",
        "Clearly lower than the other practices – worse",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_funnel_speaks_every_language(measured: Definition, language: str) -> None:
    drawing = present(ORDINARY | {"031": share(90, 200)}, measured, wording(language))
    assert drawing is not None
    assert all("{" not in sentence for sentence in drawing.told)
