from datetime import date

import pytest
import yaml

from indicators.definitions.definition import Indicator, Text
from indicators.definitions.definition_files import load_definitions, load_indicator
from indicators.definitions.reading import disease_folder, read_yaml
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

WRITTEN = read_yaml(disease_folder("type_2_diabetes") / "hba1c" / "hba1c_measured.yaml")


def loaded(tmp_path, **changes):
    content = {key: value for key, value in (WRITTEN | changes).items() if value != "left out"}
    folder = tmp_path / "hba1c"
    folder.mkdir(exist_ok=True)
    path = folder / "hba1c_measured.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return load_indicator(path)


def fault_of(tmp_path, **changes) -> str:
    with pytest.raises(DefinitionError) as caught:
        loaded(tmp_path, **changes)
    return str(caught.value)


def test_a_definition_as_it_is_written_can_be_read(tmp_path):
    indicator = loaded(tmp_path)
    assert (indicator.id, indicator.period, indicator.kind) == ("hba1c_measured", WRITTEN_MONTHS, "proportion")


WRITTEN_MONTHS = int(WRITTEN["period"].split()[0])


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path):
    text = fault_of(tmp_path, exclusion=[])
    assert "hba1c_measured.yaml" in text
    assert "exclusion: unknown key; did you mean 'exclusions'?" in text


@pytest.mark.parametrize(
    "key", ["why_it_matters", "what_to_do", "source", "owner", "next_review", "limits", "examples"]
)
def test_a_definition_without_its_meaning_is_refused(tmp_path, key):
    assert f"{key}: Field required" in fault_of(tmp_path, **{key: "left out"})


@pytest.mark.parametrize("placeholder", ["", "TBC", "n/a", "  …  "])
def test_a_placeholder_is_refused(tmp_path, placeholder):
    texts = {"en": placeholder, "da": "Hvorfor", "nb": "Hvorfor"}
    assert "placeholder" in fault_of(tmp_path, why_it_matters=texts)


def test_a_title_must_be_in_every_language(tmp_path):
    assert "not translated into nb" in fault_of(tmp_path, title={"en": "HbA1c measured", "da": "HbA1c målt"})


def test_an_empty_list_of_sources_is_refused(tmp_path):
    assert "source" in fault_of(tmp_path, source=[])


@pytest.mark.parametrize("period", ["12", "0 months", "a year", "121 months"])
def test_a_period_must_be_a_number_of_months(tmp_path, period):
    assert "'12 months'" in fault_of(tmp_path, period=period)


def test_a_median_has_a_value_and_no_numerator(tmp_path):
    assert "kind median needs `value`" in fault_of(tmp_path, kind="median")


def test_a_time_says_whether_it_ended_and_on_which_days_its_curve_is_read(tmp_path):
    value = {"who": "Days", "of": "days", "unit": "days"}

    def fault(**more: object) -> str:
        return fault_of(tmp_path, kind="time_to_event", missing_values="fail", value=value | more)

    assert "needs `value.ended`" in fault()
    for days in ([], [0, 7], [14, 7], [7, 7]):
        assert "rising `value.curve_days`" in fault(ended="has_begun", curve_days=days)
    assert "rising `value.curve_days`" not in fault(ended="has_begun", curve_days=[7, 14])
    assert "only a time to an event" in fault_of(tmp_path, kind="median", value=value | {"ended": "has_begun"})


def test_a_rate_counts_events_in_years(tmp_path):
    text = fault_of(tmp_path, kind="rate_per_1000_patient_years")
    assert "`denominator.years` and `numerator.count`" in text


def test_a_proportion_of_events_counts_events_on_both_sides(tmp_path):
    text = fault_of(tmp_path, denominator={"who": "Discharges", "count": "discharges_count"}, counts="discharges")
    assert "`denominator.count` and `numerator.count`" in text


def test_leaving_people_out_for_a_missing_value_needs_to_say_which_value(tmp_path):
    assert "`measured` is needed" in fault_of(tmp_path, missing_values="exclude")


def test_the_next_review_comes_after_the_last(tmp_path):
    assert "next_review" in fault_of(tmp_path, next_review=date(2020, 1, 1))


def test_the_id_is_the_name_of_the_file(tmp_path):
    assert "names of its file and folder" in fault_of(tmp_path, id="something_else")


def test_a_file_that_is_no_yaml_is_named_with_its_line(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("id: a\ntitle: [unclosed\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"broken\.yaml, line"):
        load_indicator(path)


def test_an_unknown_disease_is_refused_with_the_nearest_known_one():
    with pytest.raises(DefinitionError, match="Did you mean 'type_2_diabetes'"):
        load_definitions("type_2_diabetis")


def test_an_unknown_indicator_is_refused_with_the_nearest_known_one():
    with pytest.raises(DefinitionError, match="Did you mean 'hba1c_below_53'"):
        catalogue().indicator("hba1c_belov_53")


def test_a_parameter_that_the_pack_lacks_is_refused(tmp_path):
    (tmp_path / "parameters").mkdir()
    pack = type("Pack", (), {"folder": tmp_path})
    with pytest.raises(DefinitionError, match="There is no parameter"):
        load_definitions("type_2_diabetes", pack)


def test_words_without_translation_are_shown_in_english():
    assert Text.model_validate("Everyone").in_language("nb") == "Everyone"
    assert Text(en="Everyone", da="Alle").in_language("da") == "Alle"


def test_a_definition_cannot_be_changed_after_it_was_read():
    indicator = catalogue().indicators[0]
    with pytest.raises(ValueError, match="frozen"):
        indicator.version = 2
    assert isinstance(indicator, Indicator)


def test_every_definition_is_complete_and_leans_on_known_variables_only():
    found = catalogue()
    assert len(found.indicators) >= 50
    for indicator in found.indicators:
        found.variables_of(indicator)
        found.values_on([indicator], date(2026, 9, 30))
