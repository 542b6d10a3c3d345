"""The definition beside a number: told whole, in the reader's language, from the release alone."""

import json
from dataclasses import replace

import polars as pl
import pytest

from dashboard.catalogue import Definition, catalogue
from dashboard.presenters.indicator import definition_in_words
from dashboard.wording import wording
from tests.dashboard.conftest import LANGUAGES


def test_a_definition_without_a_translation_is_shown_in_english(definitions: dict[str, Definition]) -> None:
    assert wording("nb").text({"en": "Only English"}) == "Only English"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_definition_is_told_whole(definitions: dict[str, Definition], language: str) -> None:
    words = wording(language)
    with_value = replace(definitions["hba1c_below_59"], asks_a_value=True)
    told = {paragraph.heading: paragraph.texts for paragraph in definition_in_words(with_value, words)}
    for key in ("why", "what_to_do", "denominator", "numerator", "missing", "period", "threshold", "target", "limits"):
        assert told[words(f"definition.{key}")], key
    assert told[words("definition.threshold")][0].startswith("< 59 mmol/mol")
    without = definition_in_words(replace(with_value, asks_a_value=False), words)
    assert words("definition.missing") not in {paragraph.heading for paragraph in without}


def test_a_definition_tells_for_each_level_where_it_counts(definitions: dict[str, Definition]) -> None:
    rules = {"practice": {"en": "Where registered"}, "hospital": {"en": "The one that discharged", "da": "Udskrev"}}
    counted, words = replace(definitions["hba1c_below_59"], counts_at=rules), wording("da")
    told = {each.heading: each.texts for each in definition_in_words(counted, words)}
    assert told["Hvor det tæller"] == ("Praksis: Where registered", "Hospitaler: Udskrev")
    without = definition_in_words(replace(counted, counts_at={}), words)
    assert "Hvor det tæller" not in {each.heading for each in without}


def test_a_text_that_names_another_indicator_shows_its_title(definitions: dict[str, Definition]) -> None:
    pointing = replace(definitions["hba1c_below_53"], limits=({"en": "See hba1c_measured and not_an_indicator."},))
    told = {each.heading: each.texts for each in definition_in_words(pointing, wording("en"), definitions)}
    assert told["Limits"] == ("See HbA1c measured and not_an_indicator.",)


def test_a_threshold_that_always_held_has_no_invented_first_day(definitions: dict[str, Definition]) -> None:
    stated = {"value": 53, "unit": "mmol/mol", "from_on": "1900-01-01", "source": {"title": "Guide"}}
    definition = {
        "group": "hba1c", "group_title": {"en": "HbA1c"},
        "kind": "proportion", "direction": "neither", "period": "12 months", "title": "A",
        "question": "B", "why_it_matters": "C", "what_to_do": "D", "denominator": {"who": "E"}, "threshold": stated,
        "population_who": {"en": "Adults"},
    }  # fmt: skip
    frame = pl.DataFrame([{"indicator_id": "x", "definition_version": 1, "definition": json.dumps(definition)}])
    told = {each.heading: each.texts for each in definition_in_words(catalogue(frame)["x"], wording("en"))}
    assert told["Limit for each person"] == ("53 mmol/mol (Guide)",)
    assert told["Population"] == ("Adults",)


def test_a_definition_from_a_release_needs_only_what_a_definition_has() -> None:
    stated = {
        "group": "hba1c",
        "group_title": {"en": "HbA1c"},
        "kind": "median",
        "direction": "neither",
        "period": 15,
        "title": "Median",
        "question": "How high?",
        "why_it_matters": "It does.",
        "what_to_do": "Look.",
        "denominator": {"who": "Everybody"},
        "value": {"who": "Latest value", "of": "latest", "unit": "mmol/mol"},
    }
    frame = pl.DataFrame([{"indicator_id": "x", "definition_version": 1, "definition": json.dumps(stated)}])
    found = catalogue(frame)["x"]
    assert (found.unit, found.period_months, found.target_value) == ("mmol/mol", 15, None)
    assert wording("da").text(found.numerator) == "Latest value"
