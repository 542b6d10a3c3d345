"""Times to an event on the Indicator page: the curve, who is still followed, and when nine of ten had it."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard.catalogue import Definition
from dashboard.charts import curve as chart
from dashboard.charts.sheet import Caption
from dashboard.presenters import measures, times
from dashboard.presenters.indicator import definition_in_words
from dashboard.presenters.units import Unit
from dashboard.release_reader import Release
from dashboard.wording import wording
from tests.dashboard.test_screens import html, opened, released, text

__all__ = ["released"]

DAY = date(2026, 9, 30)
WAITING = "referral_to_first_meeting"
EVERYBODY, VIBORG, SKIVE = (
    Unit("all", "all", ""),
    Unit("municipality", "0791", "Viborg"),
    Unit("municipality", "0779", ""),
)


@pytest.fixture
def waiting(definitions: dict[str, Definition]) -> Definition:
    return definitions[WAITING]


def late(days: float | None, low: float | None = None, high: float | None = None, state: str = "shown") -> pl.DataFrame:
    row = {"level": "all", "unit_id": "all", "share": 0.9, "state": state, "days": days, "ci_low": low, "ci_high": high}
    return pl.DataFrame([row], schema_overrides=dict.fromkeys(("days", "ci_low", "ci_high"), pl.Float64))


def test_a_time_is_read_as_the_median_of_its_days(waiting: Definition) -> None:
    assert (waiting.kind, waiting.unit, waiting.curve_days) == ("median", "days", (14, 30, 60, 90))


def test_the_table_tells_who_is_known_to_have_had_it_and_who_is_still_followed(release: Release) -> None:
    words = wording("en")
    own, all_of_them = (times.curve(unit, release.curves(WAITING, DAY), words) for unit in (VIBORG, EVERYBODY))
    first, *_ = times.rows(own, all_of_them, words)
    step = own.steps[0]
    assert first[0] == "14"
    assert first[1] == f"{step.happened} of {step.people}"
    assert first[2] == str(step.followed)
    assert first[3].startswith(f"{step.share:.0%} · ")
    assert first[4].startswith(f"{all_of_them.steps[0].share:.0%} · ")


def test_a_day_that_is_not_shown_leaves_a_gap_in_curve_and_table(release: Release) -> None:
    words = wording("nb")
    own = times.curve(SKIVE, release.curves(WAITING, DAY), words)
    assert own.is_drawable
    hidden = [step.day for step in own.steps if step.share is None]
    assert hidden
    drawn = chart.figure(own, None, Caption("", "", ""), words).data[0]
    gaps = [day for day, share in zip(drawn.x, drawn.y, strict=True) if share is None]
    assert gaps == hidden
    assert "Ikke vist" in {row[3] for row in times.rows(own, None, words)}


def test_the_curve_begins_at_nothing_and_stays_within_its_intervals(release: Release) -> None:
    own = times.curve(EVERYBODY, release.curves(WAITING, DAY), wording("da"))
    drawn = chart.figure(own, own, Caption("", "", ""), wording("da"))
    dashed, line = drawn.data
    assert (line.x[0], line.y[0]) == (0, 0)
    assert dashed.line.dash == "dash"
    shown = [step for step in own.steps if step.share is not None]
    assert all(step.low <= step.share <= step.high for step in shown)
    assert [step.share for step in shown] == sorted(step.share for step in shown)


def test_the_day_by_which_nine_of_ten_had_it_is_told_with_its_interval() -> None:
    words = wording("en")
    assert times.told(EVERYBODY, late(35, 33, 43), words) == [
        "The whole area: 90% had it within 35 days. 95% interval 33–43."
    ]
    assert times.told(EVERYBODY, late(35, 33), words)[0].endswith("begins at 33 days and has no upper end.")
    assert "fewer than 90%" in times.told(EVERYBODY, late(None), words)[0]
    assert times.told(EVERYBODY, late(None, state="suppressed"), words) == []
    assert times.told(VIBORG, late(35), words) == []


def test_a_median_that_was_not_reached_is_said_to_be_none(waiting: Definition) -> None:
    not_reached = replace(measures.ABSENT, state="shown", denominator=30)
    words = wording("en")
    assert measures.value(not_reached, waiting, words) == "No number"
    assert "fewer than half had it" in measures.in_one_line(not_reached, waiting, words)


def test_the_definition_says_that_who_waits_is_followed_until_then(waiting: Definition) -> None:
    said = {text for each in definition_in_words(waiting, wording("da")) for text in each.texts}
    assert "Den, der stadig venter, dør eller flytter, tæller som ventende indtil da." in said


def test_the_page_draws_the_curve_in_place_of_sex_and_age() -> None:
    at = opened("indicator", lang="da", indicator=WAITING, unit="municipality-0791")
    assert not at.exception
    assert wording("da")("times.title") in text(at)
    assert wording("da")("times.happened") in html(at)
    assert wording("da")("group.female") not in text(at)
