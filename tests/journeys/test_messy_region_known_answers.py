"""A small invented region, clean and with every known fault, gives the answers that are worked out apart."""

import json
from datetime import date
from functools import cache
from types import SimpleNamespace

import polars as pl
import pytest

from indicators.compute import compute
from ingest.job import run
from synthetic.known_indicators.values import quarter_ends
from synthetic.region import write_region
from tests.lib.deliveries import answer, new_home
from tests.lib.known_people import found_diabetes, known_diabetes
from tests.lib.known_values import computed_values, differences, known_values

# One test process makes the module's fixture; without the group each would.
pytestmark = pytest.mark.slow

INHABITANTS = 700
ENDS_ON = date(2026, 9, 30)
COUNTED = ("state", "rows_in", "loaded", "quarantined", "duplicates", "by_rule")
FIRST = date(2021, 12, 31)
NOT_DELIVERED_YET = {
    "course_completed": [FIRST],
    "course_not_attended": [FIRST],
    "course_opted_out": [FIRST],
    # It looks back over two years.
    "referred_within_12_months_of_diabetes": [FIRST, date(2022, 3, 31), date(2022, 6, 30)],
}


@pytest.fixture(scope="module")
def regions(tmp_path_factory):
    """Make a region of either kind when it is first asked for, and keep it, in whatever order the tests come."""
    return cache(lambda kind: make(tmp_path_factory.mktemp(kind), is_messy=kind == "messy"))


@pytest.fixture(params=["clean", "messy"])
def region(request, regions):
    """A region of its own, ingested and computed for five years."""
    return regions(request.param)


def make(folder, *, is_messy):
    extracts = folder / "extracts"
    write_region(extracts, seed=7, inhabitants=INHABITANTS, messy=is_messy, ends_on=ENDS_ON)
    settings = new_home(folder)
    verdicts = run(settings, extracts).files
    compute(settings, quarter_ends(ENDS_ON))
    known = json.loads((extracts / "known_answers" / "files.json").read_text("utf-8"))
    return SimpleNamespace(settings=settings, extracts=extracts, verdicts=verdicts, known=known, is_messy=is_messy)


def test_every_file_gives_the_counts_that_its_writer_knows(region):
    found = {verdict.file_name: {name: getattr(verdict, name) for name in COUNTED} for verdict in region.verdicts}
    expected = {file["file_name"]: {name: file[name] for name in COUNTED} for file in region.known}
    assert len(expected) > 20
    assert found == expected
    assert any(file["quarantined"] for file in expected.values()) == region.is_messy


def test_every_file_is_warned_of_the_words_and_units_that_its_writer_knows(region):
    told = {file["file_name"]: file["warnings"] for file in region.known}
    found = {
        verdict.file_name: {rule: rows for rule, rows in verdict.warnings.items() if _is_of_words_or_units(rule)}
        for verdict in region.verdicts
    }
    rules = {rule for warnings in told.values() for rule in warnings}
    held_back = {rule for file in region.known for rule in file["by_rule"]}
    assert rules >= ({"value_word_unknown", "unit_converted"} if region.is_messy else set())
    assert ("unit_unknown" in held_back) == region.is_messy
    assert bool(rules) == region.is_messy
    assert {name: warnings for name, warnings in found.items() if warnings} == {
        name: warnings for name, warnings in told.items() if warnings
    }


def _is_of_words_or_units(rule):
    return rule.startswith("unit_") or rule.endswith("_word_unknown")


def test_every_row_is_loaded_held_back_or_a_duplicate(region):
    accepted = [verdict for verdict in region.verdicts if verdict.state.startswith("accepted")]
    for verdict in accepted:
        assert verdict.rows_in == verdict.loaded + verdict.quarantined + verdict.duplicates
        assert min(verdict.loaded, verdict.quarantined, verdict.duplicates) >= 0
    in_log = answer(region.settings, "SELECT sum(rows_in) FROM meta.batch WHERE state = 'loaded'")
    replaced = {file["replaces"] for file in region.known}
    standing = [verdict for verdict in accepted if verdict.file_name not in replaced]
    assert in_log == [(sum(verdict.rows_in for verdict in standing),)]


def test_the_quarantine_lists_as_many_rows_as_were_counted(region):
    listed = dict(
        answer(
            region.settings,
            "SELECT file_name, count(DISTINCT row_number) FROM meta.quarantine JOIN meta.batch USING (batch_id) "
            "GROUP BY file_name",
        )
    )
    accepted = [verdict for verdict in region.verdicts if verdict.state == "accepted_with_quarantine"]
    assert listed == {verdict.file_name: verdict.quarantined for verdict in accepted}


def test_everybody_has_the_type_of_diabetes_and_the_date_that_was_worked_out_apart(region):
    told = known_diabetes(region.extracts, region.settings, ENDS_ON)
    assert len(told) > 20
    assert found_diabetes(region.settings) == told
    assert {kind for kind, _ in told.values()} == {"type_1", "type_2"}


def test_every_cell_of_five_years_has_the_value_that_was_worked_out_apart(region):
    known, computed = known_values(region.extracts), computed_values(region.settings)
    assert computed["period_end"].n_unique() == 20
    assert computed["indicator_id"].n_unique() == known["indicator_id"].n_unique()
    assert differences(known, computed).is_empty()
    # The municipalities began to report too late for the first quarters of these, which are said to have no data.
    absent = known.join(computed, on=["indicator_id", "period_end", "level", "unit_id", "sex", "age_band"], how="anti")
    assert known.height - computed.height == absent.height
    found = absent.group_by("indicator_id").agg(pl.col("period_end").unique().sort())
    assert dict(zip(found["indicator_id"], found["period_end"].to_list(), strict=True)) == NOT_DELIVERED_YET


def test_what_quarantine_takes_away_changes_the_values_that_are_known(tiny_region, messy_region):
    clean, messy = known_values(tiny_region), known_values(messy_region)
    changed = clean.join(messy, on=clean.columns, how="anti", nulls_equal=True)
    assert 0 < changed.height < clean.height / 2
    assert {"hba1c_median", "smoking_recorded"} <= set(changed["indicator_id"])
