"""The indicator values in the known answers are those that the pipeline finds in a clean region's extracts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indicators.definition import load_definitions
from synthetic.known_indicators.values import MOST_INHABITANTS, quarter_ends, why_without_values
from synthetic.region import write_region
from tests.conftest import TinyHome
from tvaers.keys import load_master_key
from warehouse.connection import open_read_only

Cells = dict[tuple[str, str, str, str], tuple[float | None, ...]]
NUMBERS = ("numerator", "denominator", "patient_years", "value")


def known(extracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((extracts / "known_answers" / "indicators.json").read_text(encoding="utf-8"))
    return found


def known_cells(extracts: Path) -> Cells:
    keys = ("indicator_id", "period_end", "level", "unit_id")
    return {tuple(row[key] for key in keys): tuple(row[name] for name in NUMBERS) for row in known(extracts)["values"]}


def computed_cells(home: TinyHome) -> Cells:
    """What the pipeline computed for the known dates and levels, where anybody is counted."""
    said = known(home.extracts)
    with open_read_only(home.settings.warehouse, load_master_key(home.settings).subkey("encryption")) as con:
        rows = con.execute(
            f"SELECT indicator_id, CAST(period_end AS VARCHAR), level, unit_id, {', '.join(NUMBERS)} "
            "FROM indicator.result WHERE state = 'computed' AND sex = 'all' AND age_band = 'all' "
            "AND CAST(period_end AS VARCHAR) IN (SELECT unnest(?)) AND level IN (SELECT unnest(?)) "
            "AND greatest(denominator, eligible, patients) > 0",
            [said["reporting_dates"], said["levels"]],
        ).fetchall()
    return {row[:4]: row[4:] for row in rows}


@pytest.mark.slow
def test_the_pipeline_finds_the_known_value_in_every_cell(tiny_home: TinyHome) -> None:
    expected, found = known_cells(tiny_home.extracts), computed_cells(tiny_home)
    # Where extracts end before the period does, the pipeline says so instead of computing.
    computed = {cell[:2] for cell in found}
    compared = {cell: numbers for cell, numbers in expected.items() if cell[:2] in computed}
    assert {cell[0] for cell in compared} == {indicator.id for indicator in load_definitions()}
    assert compared.keys() == found.keys()
    assert not {
        cell: (numbers, found[cell])
        for cell, numbers in compared.items()
        if numbers != pytest.approx(found[cell], abs=1e-9)
    }


@pytest.mark.slow
def test_the_file_says_what_is_left_out(tiny_region: Path) -> None:
    said = known(tiny_region)
    assert said["reporting_dates"] == ["2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"]
    assert said["left_out"]
    assert {row["level"] for row in said["values"]} == set(said["levels"])


def test_a_messy_region_has_no_values_and_says_why(tmp_path: Path) -> None:
    summary = write_region(tmp_path, inhabitants=300, years=2, messy=True)
    assert summary.without_values
    assert not (tmp_path / "known_answers" / "indicators.json").exists()


def test_a_short_history_gives_only_periods_that_it_covers(tmp_path: Path) -> None:
    summary = write_region(tmp_path, inhabitants=300, years=1)
    assert summary.without_values is None
    said = known(tmp_path)
    assert {row["period_end"] for row in said["values"]} == {"2026-09-30"}
    assert not {"ldl_measured", "lost_to_follow_up"} & {row["indicator_id"] for row in said["values"]}


def test_a_large_region_gets_no_values_because_it_would_take_too_long() -> None:
    assert why_without_values(MOST_INHABITANTS, messy=False) is None
    assert why_without_values(MOST_INHABITANTS + 1, messy=False)


def test_reporting_dates_are_the_last_quarter_ends() -> None:
    last_four = [date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)]
    assert quarter_ends(date(2026, 5, 15)) == last_four
    assert quarter_ends(date(2026, 3, 31)) == last_four
