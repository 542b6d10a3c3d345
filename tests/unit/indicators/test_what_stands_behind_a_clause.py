"""A clause's names lead to how they are made and to the codes they read, and what is printed is what is computed."""

from datetime import date
from pathlib import Path

import pytest

from indicators.catalogue import Catalogue, load_catalogue
from indicators.explain.beside import told_beside
from indicators.explain.definition import clauses_in_order, explain_definition, last_end
from indicators.explain.mechanics import mechanics_of
from indicators.explain.words import WORDS
from packs.pack import load_pack

DENMARK = load_pack("denmark")
DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def danish() -> Catalogue:
    return load_catalogue("type_2_diabetes", DENMARK)


def test_a_variable_tells_the_codes_of_the_lists_that_its_select_names(danish: Catalogue) -> None:
    found = mechanics_of(danish, danish.indicator("new_amputation"), DENMARK.folder)
    (amputations,) = (codes for each in found for codes in each.codes if codes.list == "amputation")
    assert ("DZ894", "Acquired absence of foot or ankle") in amputations.codes


def test_a_variable_tells_the_codes_that_ingest_reads_as_what_it_needs(danish: Catalogue) -> None:
    (found,) = mechanics_of(danish, danish.indicator("hba1c_measured"), DENMARK.folder)
    (analyses,) = found.codes
    assert analyses.list == "laboratory_analysis"
    assert {"NPU27300", "NPU03835"} <= {code for code, _ in analyses.codes}
    assert not any(code.startswith("NPU01568") for code, _ in analyses.codes)


def test_how_a_variable_is_made_is_told_in_its_author_s_words(danish: Catalogue) -> None:
    (found,) = mechanics_of(danish, danish.indicator("readmission_within_30_days"), DENMARK.folder)
    assert "physical contacts joined when they overlap" in found.about
    assert "--" not in found.about


def test_a_share_of_events_is_printed_as_the_sums_that_are_computed(danish: Catalogue) -> None:
    told = {
        each.part: each.computed for each in clauses_in_order(danish, danish.indicator("readmission_within_30_days"))
    }
    assert told["denominator"] == "SUM(discharges_before_readmission_count)"
    assert told["numerator"] == "SUM(readmissions_count)"


@pytest.mark.parametrize(
    ("on", "end"),
    [(date(2026, 3, 30), date(2025, 3, 31)), (date(2026, 3, 31), date(2026, 3, 31)), (DAY, date(2026, 3, 31))],
)
def test_a_period_that_ends_once_a_year_is_told_to_its_last_end(on: date, end: date) -> None:
    english = load_catalogue("type_2_diabetes", load_pack("england"))
    indicator = english.indicator("care_process_hba1c")
    assert last_end(indicator, on) == end
    assert f"15 months to {end}" in explain_definition(english, indicator.id, on)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_who_lacks_a_value_is_spoken_of_only_where_a_value_is_asked_for(danish: Catalogue, language: str) -> None:
    words = WORDS[language]
    with_value = explain_definition(danish, "hba1c_below_53", DAY, language)
    assert f"{words['missing']}: {words['missing_exclude']}" in with_value
    assert words["missing"] not in explain_definition(danish, "readmission_within_30_days", DAY, language)


def test_explain_prints_variables_with_ties_and_codes(danish: Catalogue) -> None:
    told = "\n".join(told_beside(danish, danish.indicator("hba1c_below_53"), "denmark", DAY, "en"))
    assert "latest_hba1c: Latest HbA1c in the period (mmol/mol)" in told
    assert "When two facts compete: the lowest value of the latest day" in told
    assert "codes of laboratory_analysis: NPU27300" in told
    assert "18 years" in told


def test_the_generated_page_tells_codes_too() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "indicators.md").read_text("utf-8")
    assert "amputation: DZ894" in page
