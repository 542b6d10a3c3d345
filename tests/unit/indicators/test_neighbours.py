"""What several countries ask stands side by side, and what a country lacks is no data instead of nobody."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from indicators.compute import compute_on
from indicators.definitions.definition_files import definitions_of_pack
from indicators.definitions.questions import load_questions
from indicators.definitions.variables import Source
from indicators.delivered.coverage import coverage_of
from indicators.explain.beside import told_beside
from indicators.explain.handbook_neighbours import render
from indicators.explain.neighbours import catalogue_to_read, neighbours, others_of, side_by_side, users_of
from packs.pack import load_pack
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import ROOT, catalogue
from tests.lib.evaluate import neighbours as countries

DISEASE, FIRST, TODAY = "type_2_diabetes", "denmark", date(2026, 11, 22)


def test_one_definition_has_each_countrys_own_number_in_limit_and_words():
    found = {each.pack: each for each in users_of(DISEASE, FIRST, "hba1c_at_goal")}
    assert {pack: each.limit(TODAY, "en") for pack, each in found.items()} == {
        "norway": "at most 53 mmol/mol",
        "sweden": "at most 52 mmol/mol",
    }
    assert found["sweden"].definition.title.nb == "HbA1c på høyst 52 mmol/mol"
    pressure = {each.pack: each.definition.title.da for each in users_of(DISEASE, FIRST, "blood_pressure_controlled")}
    assert pressure == {
        "denmark": "Blodtryk under 140/90 mmHg",
        "norway": "Blodtryk under 135/85 mmHg",
        "sweden": "Blodtryk under 140/85 mmHg",
    }


def test_a_target_that_a_country_has_not_set_is_left_out():
    targets = {each.pack: each.target(TODAY, "en") for each in users_of(DISEASE, FIRST, "foot_examined_12_months")}
    assert targets == {"norway": "", "sweden": "at least 99%"}


def test_the_same_questions_of_all_countries_stand_beside_each_other():
    asked = {
        question.id: {each.country["en"] for each in rows} for question, rows in side_by_side(DISEASE, FIRST).items()
    }
    everywhere = {"Denmark", "England and Wales", "Norway", "Sweden", "United States"}
    assert everywhere <= asked["hba1c_high"]
    assert everywhere <= asked["blood_pressure_goal"]
    assert everywhere - {"United States"} <= asked["hba1c_goal"]
    for subject in ("albuminuria_examined", "eyes_examined", "feet_examined"):
        assert len(asked[subject]) >= 3
    page = render(DISEASE, FIRST, TODAY)
    assert all(f"](indicators_{country}.md#" in page for country in countries())
    assert "| below 10% | confirmed |" in page


def test_a_question_names_definitions_that_exist_each_in_one_place_only():
    known = {each.definition.id for each in neighbours(DISEASE, FIRST)}
    answering = [name for question in load_questions(DISEASE) for name in question.answered_by]
    assert set(answering) <= known
    assert len(answering) == len(set(answering))
    assert {question.id for question in load_questions(DISEASE)} == {each.id for each in side_by_side(DISEASE, FIRST)}


def test_only_like_people_stand_beside_each_other():
    goal = next(rows for question, rows in side_by_side(DISEASE, FIRST).items() if question.id == "hba1c_goal")
    assert {"children" in each.definition.id or "type_1" in each.definition.id for each in goal} == {False}
    statin = catalogue(country="england").indicator("audit_statin_when_indicated")
    asked = [each.definition.id for each in others_of(DISEASE, FIRST, statin, "england")]
    assert asked
    assert all("lipid_lowering" in name for name in asked)


def test_both_limits_of_blood_pressure_are_told():
    goal = next(rows for question, rows in side_by_side(DISEASE, FIRST).items() if question.id == "blood_pressure_goal")
    limits = {each.pack: each.limit(TODAY, "en") for each in goal if each.definition.id == "blood_pressure_controlled"}
    diastolic = {"denmark": "90", "norway": "85", "sweden": "85"}
    assert all(f"below {diastolic[pack]}" in limit for pack, limit in limits.items())


def test_the_very_same_definition_is_no_other_countrys_question():
    known = catalogue()
    pressure = {each.pack for each in others_of(DISEASE, FIRST, known.indicator("blood_pressure_controlled"))}
    assert {"norway", "sweden"} <= pressure  # other limits
    smoking = [each.pack for each in others_of(DISEASE, FIRST, known.indicator("hba1c_75_and_above"))]
    assert "sweden" in smoking


def test_a_set_that_lies_in_another_countrys_pack_is_told_as_its_own_countrys():
    (american,) = [
        each for each in neighbours(DISEASE, FIRST) if each.definition.id == "hba1c_above_75_or_not_measured"
    ]
    assert american.country["en"] == "United States (Denmark)"


@pytest.mark.parametrize(("language", "words"), [("en", "Other countries ask"), ("nb", "Andre land spør")])
def test_an_indicator_is_explained_with_its_numbers_sources_cases_and_neighbours(language, words):
    known = catalogue_to_read(DISEASE, load_pack("norway"))
    indicator = known.indicator("children_hba1c_below_53")
    told = "\n".join(told_beside(known, indicator, "norway", TODAY, language))
    assert words in told
    assert "$children_hba1c_goal_mmol_mol: 53 mmol/mol; " in told
    assert "https://github.com/mong/qmongjs" in told
    assert indicator.examples[0] in told


def test_a_definition_that_another_country_doubts_is_told_as_doubted_there_only():
    known = catalogue()
    told = list(told_beside(known, known.indicator("eye_examined"), FIRST, TODAY, "nb"))
    assert "Bekreftet av en publisert kilde." in told
    assert "Brukes av: Danmark, Norge (ikke bekreftet der)" in told
    norwegian = catalogue_to_read(DISEASE, load_pack("norway"))
    own = list(told_beside(norwegian, norwegian.indicator("eye_examined"), "norway", TODAY, "nb"))
    assert "Bekreftet av en publisert kilde." not in own


def test_a_code_list_that_the_pack_lacks_is_a_source_that_nothing_fills():
    known = catalogue()
    fewer = replace(known, codelists=known.codelists.filter(pl.col("list") != "stroke"))
    lacking = Source("codelist", "list", "stroke")
    assert lacking in fewer.sources_of(fewer.indicator("stroke"))
    assert lacking not in known.sources_of(known.indicator("stroke"))
    assert lacking not in fewer.sources_of(fewer.indicator("hba1c_measured"))
    with warehouse_of("measurement\npatient | taken_on | value\n1 | 2025-05-01 | 50") as con:
        coverage = coverage_of(con, [lacking], known.deliverers)
    assert not coverage.covers([lacking], date(2025, 1, 1), date(2025, 12, 31))


def test_without_extracts_no_indicator_of_a_country_has_a_number():
    with warehouse_of("") as con:
        found = compute_on(con, catalogue(country="norway"), [date(2025, 12, 31)], diabetes_definition="drawn")
        (numbers,) = con.execute("SELECT count(numerator) + count(denominator) FROM indicator.result").fetchone()
    assert set(found.results) <= {"no_data", "not_applicable"}
    assert numbers == 0


def test_a_definition_that_no_document_of_the_country_confirms_is_not_called_confirmed():
    assert not {each.id: each for each in definitions_of_pack(DISEASE, ROOT / "packs" / "norway")}[
        "eye_examined"
    ].verified
    assert {each.id: each for each in definitions_of_pack(DISEASE, ROOT / "packs" / "denmark")}["eye_examined"].verified
