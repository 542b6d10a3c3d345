"""Stratifiers: what a pack may declare, and how their groups are counted."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from indicators.definitions.stratifiers import PAGE, Stratifiers, load_stratifiers
from tests.lib.checkout import ROOT
from tests.lib.computed import results
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

PAGE_OF_DENMARK = ROOT / "packs" / "denmark" / PAGE
DRAWN = """
diabetes
patient | diabetes_since_on
1       | 2024-01-01
2       | 2024-01-01
3       | 2018-01-01
4       | 2000-01-01
5       | 2000-01-01

measurement
patient | taken_on   | analyte | value
1       | 2025-07-02 | hba1c   | 45
2       | 2025-07-02 | hba1c   | 60
4       | 2025-07-02 | hba1c   | 50
"""


def page(folder: Path, **changed: str) -> Path:
    stated = yaml.safe_load(PAGE_OF_DENMARK.read_text(encoding="utf-8"))
    stated["stratifiers"][0]["values"][0] |= changed
    (folder / PAGE).write_text(yaml.safe_dump(stated, allow_unicode=True), encoding="utf-8")
    return folder


def test_each_patient_counts_in_one_group_and_the_groups_add_up_to_everybody():
    found = results(DRAWN, ["hba1c_below_53"], "2025-12-31").filter(sex="all", age_band="all")
    groups = {
        unit: counts
        for unit, *counts in found.filter(level="by_diabetes_duration")
        .select("unit_id", "numerator", "denominator", "eligible")
        .rows()
    }
    assert groups == {"0-4": [1, 2, 2], "5-9": [0, 0, 1], "10+": [1, 1, 2]}
    everybody = found.filter(level="all").select("numerator", "denominator", "eligible").row(0)
    assert everybody == tuple(map(sum, zip(*groups.values(), strict=True)))


def test_groups_are_the_same_however_many_people_are_worked_on_at_a_time():
    both = [
        results(DRAWN, ["hba1c_below_53"], "2025-12-31", members_per_chunk=size).filter(level="by_diabetes_duration")
        for size in (1, 40_000)
    ]
    assert both[0].sort("unit_id").equals(both[1].sort("unit_id"))


def test_all_but_times_are_given_by_group_so_that_equal_counts_are_known_for_the_same():
    known = catalogue()
    left_out = [each for each in known.indicators if not known.is_stratified(each)]
    assert left_out
    assert {each.kind for each in left_out} == {"time_to_event"}


def test_a_median_is_that_of_the_groups_people():
    found = results(DRAWN, ["hba1c_median"], "2025-12-31").filter(level="by_diabetes_duration")
    assert dict(found.select("unit_id", "value").rows()) == {"0-4": 52.5, "5-9": None, "10+": 50}
    assert dict(found.select("unit_id", "denominator").rows()) == {"0-4": 2, "5-9": 0, "10+": 1}


def test_a_country_without_stratifiers_has_no_groups():
    without = replace(catalogue(), stratifiers=None)
    assert not any(without.is_stratified(each) for each in without.indicators)
    assert catalogue(country="sweden").stratifiers is None


@pytest.mark.parametrize("column", ["age < 50", "sex = 'female'", "municipality_id = '0791'", "diabetes_years < age"])
def test_a_group_made_of_what_is_published_already_is_refused(tmp_path, column):
    with pytest.raises(DefinitionError) as fault:
        load_stratifiers(page(tmp_path, when=column), "type_2_diabetes")
    assert "published already" in str(fault.value)


def test_a_group_of_a_column_that_no_variable_returns_is_refused(tmp_path):
    stratifiers = load_stratifiers(page(tmp_path, when="shoe_size < 40"), "type_2_diabetes")
    with pytest.raises(DefinitionError) as fault:
        _ = replace(catalogue(), stratifiers=stratifiers).stratifier_variables
    assert "shoe_size" in str(fault.value)


@pytest.mark.parametrize("column", ["municipality_type = 'rural'", "practice_doctors < 3", "hospital_beds > 100"])
def test_a_group_made_of_what_a_unit_is_is_refused_since_hidden_units_could_be_told_from_it(tmp_path, column):
    stratifiers = load_stratifiers(page(tmp_path, when=column), "type_2_diabetes")
    with pytest.raises(DefinitionError) as fault:
        _ = replace(catalogue(), stratifiers=stratifiers).stratifier_variables
    assert column.split(" ")[0] in str(fault.value)
    assert "hidden units could be told" in str(fault.value)


def test_a_group_of_days_in_hospital_is_one_of_patients(tmp_path):
    stratifiers = load_stratifiers(page(tmp_path, when="hospital_diabetes_day_count > 2"), "type_2_diabetes")
    found = replace(catalogue(), stratifiers=stratifiers).stratifier_variables
    assert "days_in_hospital_for_diabetes" in {variable.name for variable in found}


def test_a_pack_without_the_page_has_none(tmp_path):
    assert load_stratifiers(tmp_path, "type_2_diabetes") is None
    assert isinstance(load_stratifiers(page(tmp_path), "type_2_diabetes"), Stratifiers)
