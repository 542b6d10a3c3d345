from dataclasses import replace
from datetime import date

import pytest

from indicators.definitions.definition import Clause
from indicators.definitions.limits import target_relation, threshold_in_words, threshold_relation
from indicators.explain.definition import explain_definition
from indicators.explain.evidence import Told
from indicators.explain.handbook import render
from indicators.explain.person import explain_on
from indicators.explain.words import WORDS
from tests.lib.computed import delivered
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

DRAWING = """
    diabetes
    patient | diabetes_type | diabetes_since_on
    4       | type_1        | 2010-01-01
    5       | none          |
    6       | type_2        | 2026-02-01

    person
    patient | died_on
    8       | 2024-12-31
    9       | 2025-12-31
    14      | 2009-12-31

    residence
    patient | municipality_code | starts_on  | ends_on
    10      | 0101              | 2000-01-01 |
    11      | 0101              | 2000-01-01 | 2025-12-31
    11      | 0791              | 2026-01-01 |
    12      | 0791              | 2000-01-01 | 2024-12-31
    12      | 0101              | 2025-01-01 |
    13      | 0791              | 2000-01-01 | 2025-06-30
    13      | 0101              | 2025-07-01 |
    15      | 0791              | 2000-01-01 | 2024-06-30
    15      | 0791              | 2026-01-01 |

    person_alias
    old_patient_id                       | patient_id
    aaaaaaaa-0000-4000-8000-000000000001 | {one}

    measurement
    patient | taken_on   | value
    1       | 2025-09-30 | 52.9
    2       | 2025-09-30 | 53
    3       | 2025-09-30 |
"""


@pytest.fixture(scope="module")
def con():
    drawing, _, rest = DRAWING.partition("    person_alias")
    with warehouse_of(drawing + rest[rest.index("    measurement") :]) as con:
        con.execute(
            "INSERT INTO core.person_alias (old_patient_id, patient_id, changed_on, batch_id) VALUES "
            f"('aaaaaaaa-0000-4000-8000-000000000001', '{patient_uuid(1)}', '2020-01-01', 1)"
        )
        yield con


def explained(con, pseudonym, language="en"):
    person = str(patient_uuid(pseudonym)) if isinstance(pseudonym, int) else pseudonym
    area = replace(catalogue(), area=frozenset({"0791"}))
    return explain_on(con, area, "hba1c_below_53", person, date(2025, 12, 31), language, diabetes_definition="drawn")


@pytest.mark.parametrize(
    ("patient", "verdict"),
    [
        (1, "is_met"),
        (2, "is_not_met"),
        (3, "is_missing"),
        (4, "not_in_population"),
        (5, "not_diseased"),
        (6, "diseased_later"),
        (7, "not_on_record"),
        (8, "died_before"),
        (10, "not_resident"),
        (11, "moved_in_later"),
        (12, "moved_away_before"),
        (14, "died_before"),
        (15, "not_observed"),
    ],
)
def test_each_outcome_is_said_in_words(con, patient, verdict):
    assert explained(con, patient).verdict == WORDS["en"][verdict]


@pytest.mark.parametrize(("patient", "word"), [(9, "died_in_period"), (13, "moved_away_in_period")])
def test_who_left_during_the_period_is_said_to_have_left(con, patient, word):
    assert explained(con, patient).verdict == f"{WORDS['en']['not_in_population']} ({WORDS['en'][word]})"


def test_somebody_outside_the_area_is_explained_from_the_first_line_by_what_is_on_record(con):
    lines = str(explained(con, 12)).splitlines()
    assert lines[0].endswith(", 2025-01-01 – 2025-12-31")
    assert lines[1] == f"→ {WORDS['en']['moved_away_before']}"
    assert lines[2].endswith(
        "no (diabetes_since_on = 2010-01-01, died_on = nothing on record, lived_in_the_area = 2000-01-01 – 2024-12-31)"
    )
    assert len(lines) == 3


def test_nothing_is_said_of_a_pseudonym_that_nobody_has(con):
    found = explained(con, 7)
    assert found.reasons == ()
    assert found.period_start == date(2025, 1, 1)


def test_the_value_stands_with_its_day_and_who_delivered_it():
    with delivered(DRAWING.partition("    person_alias")[0] + DRAWING[DRAWING.rindex("    measurement") :]) as con:
        con.execute("UPDATE meta.batch SET sector = 'laboratory' WHERE batch_id = 1")
        found = explained(con, 1)
        told, nobody = found.evidence.told_by, explained(con, 7)
    assert (found.evidence.value, found.evidence.on) == ("52.9", date(2025, 9, 30))
    assert told == (Told("laboratory", "bef", date(2026, 3, 1)),)
    assert str(found).endswith("Evidence: 52.9, 2025-09-30 (laboratory: bef, delivered 2026-03-01)")
    assert found.as_dict()["evidence"]["on"] == date(2025, 9, 30)
    assert nobody.evidence is None


def test_every_clause_is_answered_with_the_facts_it_looked_at(con):
    found = explained(con, 1)
    parts = {reason.part: reason for reason in found.reasons}
    assert parts["population"].facts == {"age": "65", "diabetes_type": "type_2", "is_present": "true"}
    assert parts["numerator"].facts["latest_hba1c_mmol_mol"] == "52.9"
    assert parts["numerator"].holds
    assert "latest_hba1c_mmol_mol = 52.9" in str(found)
    assert found.as_dict()["verdict"] == found.verdict


def test_an_old_pseudonym_leads_to_the_person(con):
    assert explained(con, "aaaaaaaa-0000-4000-8000-000000000001").verdict == WORDS["en"]["is_met"]


def test_words_are_in_the_language_asked_for(con):
    assert explained(con, 3, "da").verdict == WORDS["da"]["is_missing"]
    assert set(WORDS["da"]) == set(WORDS["nb"]) == set(WORDS["en"])


def test_a_word_that_is_no_pseudonym_is_refused_without_repeating_it(con):
    with pytest.raises(DefinitionError, match="That is not a pseudonym") as caught:
        explained(con, "0101701234")
    assert "0101701234" not in str(caught.value)


@pytest.mark.parametrize(
    ("indicator", "language", "threshold", "target"),
    [
        ("hba1c_below_59", "en", "Threshold: below 59 mmol/mol", "Target: above 40%"),
        ("hba1c_below_59", "da", "Grænse: under 59 mmol/mol", "Mål: over 40 %"),
        ("hba1c_below_59", "nb", "Grense: under 59 mmol/mol", "Mål: over 40 %"),
        ("hba1c_75_and_above", "en", "Threshold: at least 75 mmol/mol", "Target: below 20%"),
        ("hba1c_75_and_above", "da", "Grænse: mindst 75 mmol/mol", "Mål: under 20 %"),
        ("hba1c_measured", "nb", "", "Mål: minst 95 %"),
        ("ldl_below_2_6", "da", "Grænse: under 2,6 mmol/L", ""),
        ("blood_pressure_lowering_when_indicated", "da", "Grænse: over 140 mmHg", ""),
        ("nephropathy", "en", "Threshold: at least 300 mg/g", ""),  # compared in a variable, not in the definition
    ],
)
def test_a_definition_says_threshold_and_target_with_the_side_that_counts(indicator, language, threshold, target):
    text = explain_definition(catalogue(), indicator, date(2025, 12, 31), language)
    assert threshold in text
    assert target in text


def test_the_side_of_a_threshold_is_that_in_force_on_the_day():
    known = catalogue()
    told = {
        day: threshold_in_words(known, known.indicator("hba1c_below_59"), day, "en")
        for day in (date(2017, 2, 28), date(2017, 3, 1))
    }
    assert told == {date(2017, 2, 28): "at most 59 mmol/mol", date(2017, 3, 1): "below 59 mmol/mol"}


def test_every_threshold_has_a_side_that_counts():
    variables = catalogue().variables.values()
    with_threshold = [each for each in catalogue().indicators if each.threshold]
    assert with_threshold
    assert [each.id for each in with_threshold if threshold_relation(each, variables) is None] == []


def test_a_parameter_on_the_left_of_its_comparison_says_the_opposite_side():
    clause = Clause(who="Above 53", when="$hba1c_general_limit_mmol_mol < latest_hba1c_mmol_mol")
    turned = catalogue().indicator("hba1c_below_53").model_copy(update={"numerator": None, "measured": clause})
    assert threshold_relation(turned, ()) == "above"


@pytest.mark.parametrize(
    ("direction", "is_strict", "relation"),
    [
        ("higher_is_better", False, "at_least"),
        ("higher_is_better", True, "above"),
        ("lower_is_better", False, "at_most"),
        ("lower_is_better", True, "below"),
    ],
)
def test_a_target_is_good_on_the_side_its_direction_tells(direction, is_strict, relation):
    assert target_relation(direction, is_strict=is_strict) == relation


def test_the_page_of_all_indicators_names_each_with_its_clauses():
    page = render(catalogue(), date.max, sets=(), shown=None)
    for indicator in catalogue().indicators:
        assert f"(#{indicator.id})" in page
        assert indicator.title.en in page
        assert f"- Example: {indicator.examples[0]}" in page
    assert "- Threshold: below 53 mmol/mol" in page
    assert "- Target: above 40%" in page
    assert "- Target: at least 95%" in page
