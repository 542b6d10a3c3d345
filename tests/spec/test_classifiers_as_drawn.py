"""The classifiers include, exclude and type drawn patients exactly as the published rules say."""

import re
from functools import cache

import pytest

from indicators.definitions.codelists import create_codelist
from indicators.definitions.parameters import values_on
from indicators.definitions.variables import PARAMETER
from indicators.dialect import show_all_facts, to_spark
from indicators.patients.members import classify
from tests.lib.case_files import DrawnCase, case_files, read_case_file
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue, drawn_patients

CASES = [(path.parent.name, case) for path in case_files("type_2_diabetes/classifier") for case in read_case_file(path)]
STEP = re.compile(r"^    (\w+) AS \(\n(.*?)^    \)", re.MULTILINE | re.DOTALL)
STEPS_THAT_DIFFER = {
    "hospital_diagnosis",
    "raised_hba1c",
    "practice_diagnosis",
    "practice_type",
    "event",
    "evidence",
}
WHERE_THEY_DIFFER = ("general practice", "municipality", "other code", "newer register")


@cache
def found_in(drawing: str, people_per_chunk: int = 50_000) -> dict[str, dict[int, str]]:
    """Return what each classifier says about each drawn patient."""
    known = catalogue()
    names = {name for select in known.classifiers.values() for name in PARAMETER.findall(select)}
    bound = values_on(known.parameters, names, catalogue().indicators[0].reviewed_on, where="classifier")
    with warehouse_of(drawing) as con:
        show_all_facts(con)
        create_codelist(con, known.codelists)
        classify(con, known.classifiers, known.classifier_steps, bound, people_per_chunk=people_per_chunk)
        rows = con.execute(
            "SELECT definition, patient_id, diabetes_type, diabetes_since_on, is_since_date_stable "
            "FROM indicator.diabetes"
        ).fetchall()
    numbers = {patient_uuid(number): number for number in drawn_patients(drawing)}
    found: dict[str, dict[int, str]] = {
        name: dict.fromkeys(numbers.values(), "no diabetes") for name in known.classifiers
    }
    for definition, patient, diabetes_type, since_on, is_stable in rows:
        assert found[definition][numbers[patient]] == "no diabetes", "one row per person"
        found[definition][numbers[patient]] = f"{diabetes_type} since {since_on}" + (
            "" if is_stable else ", not stable"
        )
    return found


@pytest.mark.parametrize(("classifier", "case"), CASES, ids=str)
def test_a_drawn_person_is_classified_as_expected(classifier: str, case: DrawnCase):
    assert found_in(case.drawing)[classifier][case.patient] == case.outcome


@pytest.mark.parametrize("path", case_files("type_2_diabetes/classifier"), ids=lambda path: path.stem)
def test_every_drawn_person_is_expected_somewhere(path):
    cases = read_case_file(path)
    assert set(drawn_patients(cases[0].drawing)) == {case.patient for case in cases}


def test_without_practice_facts_other_codes_and_unstated_retraction_both_classifiers_agree():
    for classifier, case in CASES:
        if classifier == "osdc" and not any(words in case.title for words in WHERE_THEY_DIFFER):
            both = found_in(case.drawing)
            assert both["osdc"][case.patient] == both["osdc_plus_practice"][case.patient], case.title


def test_the_steps_that_the_classifiers_share_are_the_same_text():
    published, extended = (dict(STEP.findall(catalogue().classifiers[name])) for name in ("osdc", "osdc_plus_practice"))
    assert set(extended) - set(published) == {"practice_diagnosis", "practice_type"}
    for step in set(published) - STEPS_THAT_DIFFER:
        assert published[step] == extended[step], step


def test_people_are_classified_the_same_in_small_ranges_as_all_at_once():
    drawing = next(case.drawing for classifier, case in CASES if classifier == "osdc")
    assert found_in(drawing, people_per_chunk=2) == found_in(drawing)


def test_a_person_can_have_had_gestational_diabetes_and_have_type_2_diabetes():
    drawing = """
    diagnosis
    patient | diagnosed_on | code  | diagnosis_type | specialty
    1       | 2015-03-01   | DO244 | A              | other
    1       | 2020-03-01   | DE119 | A              | endocrinology
    1       | 2020-09-01   | DE119 | A              | endocrinology
    """
    found = found_in(drawing)
    assert found["osdc"] == {1: "type_2 since 2020-09-01"}
    assert found["gestational_diabetes"] == {1: "gestational since 2015-03-01"}


def test_every_classifier_is_drawn_and_in_the_common_subset_of_sql():
    assert {name for name, _ in CASES} == set(catalogue().classifiers)
    for select in (*catalogue().classifier_steps.values(), *catalogue().classifiers.values()):
        assert to_spark(select)
