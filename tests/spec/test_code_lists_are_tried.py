"""Every code list of every country decides some drawn person: an empty or mistyped list would be noticed.

The definitions' own cases bring up most lists. Those by which the classifiers find people are tried on the people drawn
for the classifiers, whose diagnoses are written in the country's code system.
"""

from collections import defaultdict
from functools import cache

import polars as pl
import pytest

from indicators.definitions.codelists import create_codelist
from indicators.definitions.parameters import values_on
from indicators.definitions.variables import PARAMETER
from indicators.dialect import show_all_facts
from indicators.patients.members import classify
from packs.pack import load_pack
from tests.lib.case_board import add_block, case_board
from tests.lib.case_files import case_files, read_case_file
from tests.lib.drawn_tables import Row, insert, warehouse_of
from tests.lib.evaluate import catalogue, neighbours

# The country has no such thing in its extracts, and the list says so in a row of its own.
SAYS_NONE = {"foot_therapist_service", "polycystic_ovary_indication"}
# Read by mappings, when a file is taken in; tests/contracts has the cases.
READ_BY_MAPPINGS = {
    "examination_result",
    "fsiii_intervention",
    "kl_course_category",
    "laboratory_analysis",
    "laboratory_unit",
    "message_kind",
    "municipal_organisation",
    "result_word",
    "sex",
    "specialty",
    "unit_conversion",
}
COUNTRIES = ["denmark", *neighbours()]


def real_lists(country: str) -> set[str]:
    return set(catalogue(country=country).codelists.filter(pl.col("system") != "none")["list"])


def by_cases_of_definitions(country: str) -> set[str]:
    found = case_board(country).con.execute("SELECT DISTINCT list FROM codelist").fetchall()
    return {name for (name,) in found}


@cache
def drawn_people(country: str) -> dict[str, list[Row]]:
    """Return the people drawn for the classifiers; where the country writes ICD-10 as it is, without the letter D."""
    tables: dict[str, list[Row]] = defaultdict(list)
    files = case_files("type_2_diabetes/classifier")
    drawings = dict.fromkeys(case.drawing for path in files for case in read_case_file(path))
    for place, drawing in enumerate(drawings, start=1):
        add_block(tables, drawing, 1_000 * place)
    del tables["diabetes"]  # which is to be found out
    writes_icd10 = "icd10" in catalogue(country=country).codelists["system"].to_list()
    for row in tables["diagnosis"] if writes_icd10 else ():
        if row["code_system"] == "sks":
            row |= {"code_system": "icd10", "code": (row["code"] or "").removeprefix("D")}
    return tables


def classified(country: str, without: str | None = None) -> list[tuple[object, ...]]:
    known = catalogue(country=country)
    names = {name for select in known.classifiers.values() for name in PARAMETER.findall(select)}
    bound = values_on(known.parameters, names, known.indicators[0].reviewed_on, where="classifier")
    with warehouse_of("") as con:
        con.execute("DELETE FROM core.practice")
        insert(con, drawn_people(country))
        show_all_facts(con)
        create_codelist(con, known.codelists.filter(pl.col("list") != (without or "")))
        classify(con, known.classifiers, known.classifier_steps, bound)
        return con.execute(
            "SELECT definition, patient_id, diabetes_type, diabetes_since_on FROM indicator.diabetes ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize("country", COUNTRIES)
def test_each_code_list_decides_somebody_who_is_drawn(country):
    untried = real_lists(country) - by_cases_of_definitions(country) - READ_BY_MAPPINGS
    everybody = classified(country)
    assert {name for name in untried if classified(country, without=name) == everybody} == set()


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_list_without_codes_is_one_that_is_known_to_have_none(country):
    assert set(catalogue(country=country).codelists["list"]) - real_lists(country) <= SAYS_NONE


def test_lists_that_only_mappings_read_stand_just_where_files_are_read():
    assert real_lists("denmark") >= READ_BY_MAPPINGS
    for country in COUNTRIES:
        assert bool(real_lists(country) & READ_BY_MAPPINGS) == bool(load_pack(country).settings.contracts)
