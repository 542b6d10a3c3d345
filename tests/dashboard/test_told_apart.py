"""An indicator that is told on few reporting dates is shown on the others as it was told last, with its period."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dashboard.content import content
from dashboard.presenters.history import told
from dashboard.release_reader import open_release
from dashboard.wording import wording
from tests.dashboard.conftest import LANGUAGES
from tests.dashboard.test_screens import opened, text

INDICATOR = "new_foot_ulcers"
TOLD, NEWEST = date(2026, 3, 31), date(2026, 9, 30)


@pytest.fixture
def yearly(release_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a release in which the indicator is told in March only."""
    path = Path(shutil.copy(release_path, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as con:
        con.execute(f"DELETE FROM result WHERE indicator_id = '{INDICATOR}' AND month(period_end) <> 3")
        con.execute(
            """UPDATE indicator SET definition = json_merge_patch(definition, '{"is_told_apart": true}')
            WHERE indicator_id = ?""",
            [INDICATOR],
        )
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    return path


def test_a_date_on_which_it_is_not_told_gets_the_last_one_told(yearly: Path) -> None:
    release = open_release(yearly)
    of_level = release.of_level("municipality", NEWEST).filter(indicator_id=INDICATOR)
    assert set(of_level["period_end"]) == {TOLD}
    assert of_level.equals(release.of_level("municipality", TOLD).filter(indicator_id=INDICATOR))
    assert set(release.of_indicator(INDICATOR, "all", NEWEST)["period_end"]) == {TOLD}
    others = release.of_level("municipality", NEWEST).filter(indicator_id="hba1c_measured")
    assert set(others["period_end"]) == {NEWEST}


def test_before_it_was_ever_told_there_is_nothing(yearly: Path) -> None:
    with duckdb.connect(str(yearly)) as con:
        con.execute(f"DELETE FROM result WHERE indicator_id = '{INDICATOR}' AND period_end < '2026-03-31'")
    release = open_release(yearly)
    assert release.of_indicator(INDICATOR, "all", date(2025, 12, 31)).is_empty()


def test_its_course_has_a_point_for_each_date_on_which_it_was_told(yearly: Path) -> None:
    found = content(open_release(yearly))
    history = found.histories(found.units.everybody)[INDICATOR]
    assert history[NEWEST] == history[TOLD]
    assert {day.month for day in told(history)} == {3}
    assert found.told_on(INDICATOR) == list(told(history))
    assert len(found.told_on("hba1c_measured")) == len(found.dates)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_of_which_period_it_is(yearly: Path, language: str) -> None:
    words = wording(language)
    at = opened("indicator", lang=language, indicator=INDICATOR)
    assert words("frame.told_apart", months="12", date=words.date(TOLD)) in text(at)
    assert words("basis.until", months="12", date=words.short_date(TOLD)) in text(at)
    assert words.short_date(TOLD) in str(at.get("plotly_chart")[-1].proto)
    assert at.query_params.get("date", [NEWEST.isoformat()]) == [NEWEST.isoformat()]
    other = opened("indicator", lang=language, indicator="hba1c_measured")
    assert words("frame.told_apart", months="12", date=words.date(NEWEST)) not in text(other)


def test_beside_other_indicators_its_period_stands_with_the_number(yearly: Path) -> None:
    at = opened("overview", lang="en", unit="municipality-0791")
    assert not at.error
    assert text(at).count("12 months to 31 Mar 2026") == 1


def test_beside_other_municipalities_the_picture_is_of_the_date_on_which_it_was_told(yearly: Path) -> None:
    at = opened("municipality", lang="en", indicator=INDICATOR)
    picture = str(at.get("plotly_chart")[0].proto)
    assert wording("en").short_date(TOLD) in picture
    assert wording("en").short_date(NEWEST) not in picture
