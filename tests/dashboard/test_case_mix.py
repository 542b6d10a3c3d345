"""What patients like those of a unit let expect, beside the number as it is."""

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.presenters import case_mix, measures
from dashboard.presenters.case_mix import Expected
from dashboard.presenters.units import Unit
from dashboard.release_reader import open_release
from dashboard.wording import LANGUAGES, wording

SKIVE = Unit("municipality", "0779", "Skive")
OWN = Measure("shown", 0.6, 0.55, 0.65, 240, 400, None, 0.9)
HIGHER = Expected("shown", 200.0, 1.2, 1.1, 1.3, 0.66, 0.605, 0.715)
HIDDEN = Expected("suppressed")


@pytest.fixture
def adjusted(definitions: dict[str, Definition]) -> Definition:
    return definitions["hba1c_below_53"]


def test_the_sentence_says_what_was_expected_and_how_the_number_compares(adjusted: Definition) -> None:
    (sentence,) = case_mix.told(SKIVE, OWN, HIGHER, adjusted, wording("en"))
    assert "of Skive one would expect 50.0%; the number is 60.0%." in sentence
    assert sentence.endswith("Higher than expected – better.")
    assert case_mix.told(SKIVE, OWN, HIGHER, adjusted, wording("da"))[0].endswith("Højere end forventet – bedre.")


@pytest.mark.parametrize(
    ("low", "high", "place"),
    [(1.01, 1.4, "higher"), (0.6, 0.99, "lower"), (1.0, 1.4, "similar"), (0.6, 1.0, "similar")],
)
def test_only_an_interval_that_leaves_out_the_expected_number_makes_a_difference(
    low: float, high: float, place: str
) -> None:
    assert replace(HIGHER, ratio_low=low, ratio_high=high).place == place
    assert HIDDEN.place == "unknown"


def test_a_rate_is_expected_per_thousand_patient_years(adjusted: Definition) -> None:
    rate = replace(adjusted, kind="rate_per_1000_patient_years")
    own = Measure("shown", 12.0, 8.0, 17.0, 24, None, 2000.0)
    assert case_mix.amount(own, Expected("shown", 20.0), rate, wording("en")) == "10.0"


def test_what_is_not_shown_is_said_to_be_hidden_and_nothing_is_said_of_the_whole_area(adjusted: Definition) -> None:
    words = wording("en")
    assert case_mix.told(SKIVE, OWN, HIDDEN, adjusted, words) == [words("case_mix.hidden", unit="Skive")]
    assert case_mix.told(Unit("all", "all", ""), OWN, None, adjusted, words) == []
    assert case_mix.beside(OWN, HIDDEN, adjusted, words) == ""
    assert case_mix.beside(OWN, HIGHER, adjusted, words) == "expected by case mix: 50.0%"


def test_a_row_has_the_crude_number_with_completeness_then_expected_ratio_adjusted_and_verdict(
    adjusted: Definition,
) -> None:
    other = Unit("municipality", "0791", "Viborg")
    unseen = Unit("municipality", "0740", "Silkeborg")
    rows = case_mix.rows(
        [SKIVE, other, unseen],
        {"0779": OWN, "0791": OWN, "0740": Measure("suppressed")},
        {"0779": HIGHER, "0791": HIDDEN},
        adjusted,
        wording("en"),
    )
    assert rows[0] == (
        "Skive", "60.0% · 55.0–65.0% · value known for 90%", "50.0%", "1.20 · 1.10–1.30", "66.0% · 60.5–71.5%",
        "Higher than expected – better",
    )  # fmt: skip
    assert [row[0] for row in rows] == ["Skive", "Viborg"]
    assert rows[1][2:] == (wording("en")("state.suppressed.short"), "", "", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_names_what_was_adjusted_for_and_that_differences_can_remain(
    adjusted: Definition, language: str
) -> None:
    words = wording(language)
    note = case_mix.note(adjusted, words)
    assert all(words.text(each) in note for each in adjusted.adjusted_for)
    assert case_mix.note(replace(adjusted, adjusted_for=()), words) == ""


def test_an_indicator_that_opts_out_says_why(adjusted: Definition) -> None:
    reason = {"en": "Smoking is what patients differ by."}
    assert case_mix.note(replace(adjusted, not_adjusted=reason), wording("en")).endswith(reason["en"])


def test_the_release_tells_what_was_expected_of_shown_units_only(release_path: Path) -> None:
    release = open_release(release_path)
    day = release.reporting_dates()[0]
    found = case_mix.by(release.case_mix_of_level("municipality", day), "unit_id", "indicator_id")
    one = case_mix.by(release.case_mix_of_indicator("hba1c_below_53", "municipality", day), "unit_id")
    assert one == {unit: each for (unit, key), each in found.items() if key == "hba1c_below_53"}
    assert any(each.state == "shown" for each in one.values())
    shown = measures.by(release.of_level("municipality", day), "unit_id", "indicator_id")
    assert all(shown[key].is_shown for key in found)
