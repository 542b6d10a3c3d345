"""The indicator values in the known answers are those that the pipeline finds in a clean region's extracts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from synthetic.known_indicators.indicators import NOT_INVENTED
from synthetic.known_indicators.values import MOST_INHABITANTS, quarter_ends, without_values
from synthetic.region import write_region
from tests.conftest import TinyHome
from tests.lib.evaluate import catalogue
from tests.lib.known_values import computed_values, differences, known_values


def said(extracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((extracts / "known_answers" / "indicators.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_the_pipeline_finds_the_known_value_in_every_cell(tiny_home: TinyHome) -> None:
    expected, found = known_values(tiny_home.extracts), computed_values(tiny_home.settings)
    days = {day.strftime("%m-%d") for day in found["period_end"].unique()}
    known = {each.id for each in catalogue().indicators if each.ends_on is None or each.ends_on in days}
    counted = known - set(NOT_INVENTED)
    assert set(found["indicator_id"]) == counted
    assert differences(expected, found).is_empty()


def test_values_are_known_for_five_years_and_the_file_says_what_is_left_out(tmp_path: Path) -> None:
    assert write_region(tmp_path, inhabitants=300).without_values is None
    dates = [date.fromisoformat(day) for day in said(tmp_path)["reporting_dates"]]
    assert dates == quarter_ends(date(2026, 9, 30), 20)
    assert (dates[0], dates[-1]) == (date(2021, 12, 31), date(2026, 9, 30))
    assert said(tmp_path)["left_out"]
    values = known_values(tmp_path)
    assert set(values["period_end"]) == set(dates)
    assert set(values["level"]) == {"all", "municipality", "cluster", "practice", "hospital"}
    assert set(values.filter(level="municipality")["age_band"]) > {"all"}


def test_a_short_history_gives_only_periods_that_it_covers(tmp_path: Path) -> None:
    write_region(tmp_path, inhabitants=300, years=1)
    values = known_values(tmp_path)
    assert set(values["period_end"]) == {date(2026, 9, 30)}
    assert not {"ldl_measured", "lost_to_follow_up"} & set(values["indicator_id"])


def test_values_can_be_left_out(tmp_path: Path) -> None:
    summary = write_region(tmp_path, inhabitants=300, years=1, indicator_values=False)
    assert summary.without_values
    assert {path.name for path in (tmp_path / "known_answers").iterdir()} == {"files.json", "diabetes.json"}


def test_a_large_region_gets_values_only_when_asked_because_it_takes_minutes() -> None:
    assert without_values(MOST_INHABITANTS, asked=None) is None
    assert "--indicator-values" in str(without_values(MOST_INHABITANTS + 1, asked=None))
    assert without_values(MOST_INHABITANTS + 1, asked=True) is None


def test_reporting_dates_are_the_last_quarter_ends() -> None:
    last_four = [date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)]
    assert quarter_ends(date(2026, 5, 15), 4) == last_four
    assert quarter_ends(date(2026, 3, 31), 4) == last_four
