"""What is declared is used, what is used is declared, and clinical numbers stand only in the country's parameters."""

import csv
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from indicators.catalogue import Catalogue
from indicators.definitions.definition import PARAMETER, Indicator
from indicators.definitions.variables import SOURCE_DAYS
from indicators.dialect import ranges
from indicators.engine import Run, by_length, prepare, show_members
from tests.lib.case_files import case_files, folder_of, read_case_file
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import ROOT, catalogue, neighbours, patient_results, used_variables
from tests.proof.sql_mutants import is_flag

DISEASE = ROOT / "indicators" / "type_2_diabetes"
PACK = ROOT / "packs" / "denmark"
ALSO_READS = re.compile(r"^-- also reads: ([a-z_, ]+); \w.{20,}$", re.MULTILINE)
LIST_NAME = re.compile(r"'([a-z][a-z0-9_]+)'")
SEVERAL_DATES = (date(2024, 12, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31))
NUMBERS_ALLOWED_IN_YEARS = {"1", "365.25"}
FILES_WITH_TIME = [
    (country, path)
    for country in ("denmark", *neighbours())
    for path in case_files(folder_of(country))
    if path.parent.name in ("follow_up", "treatment", "blood_pressure")
]


def code_lists() -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in sorted((PACK / "codelists").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and {"system", "code", "label", "from", "to", "source"} <= set(rows[0]):
            found[path.stem] = rows
    return found


def classifying_sql() -> list[str]:
    return [*catalogue().classifier_steps.values(), *catalogue().classifiers.values()]


def all_sql() -> str:
    texts = [variable.sql for variable in used_variables(catalogue())]
    return "\n".join([*texts, *classifying_sql()])


@pytest.mark.parametrize("name", sorted(code_lists()))
def test_a_code_list_names_each_code_once_with_its_words_and_source(name: str):
    rows = code_lists()[name]
    for row in rows:
        assert all(row[column] for column in ("system", "code", "label", "source")), row
    codes = [(row["system"], row["code"]) for row in rows]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", sorted(set(code_lists()) & set(LIST_NAME.findall(all_sql()))))
def test_no_code_of_a_list_begins_with_another_of_it_so_that_nothing_counts_twice(name: str):
    codes = [(row["system"], row["code"]) for row in code_lists()[name]]
    for system, code in codes:
        inside = [other for its, other in codes if its == system and other != code and other.startswith(code)]
        assert not inside, f"{code} covers {inside}"


def test_every_code_list_that_sql_names_exists():
    named = set()
    for select in [*(variable.sql for variable in used_variables(catalogue())), *classifying_sql()]:
        for compared in sqlglot.parse_one(select, read="duckdb").find_all(exp.EQ, exp.In):
            if isinstance(compared.this, exp.Column) and compared.this.name == "list":
                named |= {literal.name for literal in compared.find_all(exp.Literal)}
    assert named
    assert named <= set(code_lists())


def test_every_parameter_is_used():
    used = set(catalogue().parameters_of(catalogue().indicators)) | set(PARAMETER.findall(all_sql()))
    for indicator in catalogue().indicators:
        used |= {name.removeprefix("$") for name in (indicator.target, indicator.threshold) if name}
    assert set(catalogue().parameters) == used


def test_every_variable_is_used_by_some_indicator_or_by_the_case_mix():
    countries = [catalogue(), *(catalogue(country=country) for country in neighbours())]
    used = {each.name for known in countries for each in (*used_variables(known), *known.case_mix_variables)}
    assert set(catalogue().variables) == used


@pytest.mark.parametrize("path", sorted((DISEASE / "variables").glob("*.sql")), ids=lambda path: path.stem)
def test_a_variable_declares_every_table_that_it_reads_or_says_why_it_can_do_without(path: Path):
    text = path.read_text("utf-8")
    variable = catalogue().variables[path.stem]
    tree = sqlglot.parse_one(variable.sql, read="duckdb")
    tables = {table.name for table in tree.find_all(exp.Table)}
    needed = {source.table for source in variable.sources}
    # What a classifier found rests on tables that the classifier reads.
    read = tables & set(SOURCE_DAYS) | (needed if "classified" in tables else set())
    found = ALSO_READS.search(text)
    optional = {name.strip() for name in found[1].split(",")} if found else set()
    assert read == needed | optional
    assert not needed & optional


@pytest.mark.parametrize("indicator", catalogue().indicators, ids=lambda indicator: indicator.id)
def test_no_clinical_number_stands_in_an_expression(indicator):
    for key, expression in indicator.expressions().items():
        found = sqlglot.parse_one(expression, read="duckdb").find_all(exp.Literal)
        numbers = {literal.name for literal in found if literal.is_number and not is_flag(literal)}
        assert numbers <= (NUMBERS_ALLOWED_IN_YEARS if key == "denominator.years" else set()), key


@pytest.mark.parametrize("indicator", catalogue().indicators, ids=lambda indicator: indicator.id)
def test_what_is_called_verified_has_a_published_source(indicator):
    if indicator.verified:
        assert any(source.href for source in indicator.source)
        target = catalogue().parameters[indicator.target.removeprefix("$")] if indicator.target else None
        assert target is None or all(dated.source.href for dated in target.values)


@pytest.mark.parametrize("indicator", catalogue().indicators, ids=lambda indicator: indicator.id)
def test_words_that_readers_see_are_in_every_language_and_differ(indicator):
    clauses = [indicator.denominator, indicator.numerator, indicator.value, indicator.measured, *indicator.exclusions]
    words = [indicator.question, indicator.why_it_matters, indicator.what_to_do, *indicator.limits]
    for text in [*words, *(clause.who for clause in clauses if clause)]:
        assert text.da
        assert text.nb
        assert text.en != text.da


@pytest.mark.parametrize(("country", "path"), FILES_WITH_TIME, ids=lambda part: getattr(part, "stem", part))
def test_what_becomes_of_a_patient_does_not_depend_on_earlier_reporting_dates(country: str, path: Path):
    known = catalogue(country=country)
    indicator = known.indicator(path.stem)
    with warehouse_of(read_case_file(path)[0].drawing) as con:
        prepare(con, known)
        alone, together = (rows_of(con, known, indicator, dates) for dates in ((SEVERAL_DATES[-1],), SEVERAL_DATES))
    assert alone == together
    assert alone


def rows_of(con: duckdb.DuckDBPyConnection, known: Catalogue, indicator: Indicator, dates) -> list[tuple]:
    bound = known.values_on([indicator], dates[-1])
    run = Run(con, known, list(dates), bound, by_length(known, [indicator]))
    show_members(run, "drawn", ranges(1)[0])
    return sorted(patient_results(run).rows(), key=str)


def test_a_foot_ulcer_is_the_same_ever_and_in_the_period():
    def told_by(variable: str) -> set[tuple[str, ...]]:
        tree = sqlglot.parse_one(catalogue().variables[variable].sql, read="duckdb")
        # What is selected differs; where it is looked for and on which conditions must not.
        return {
            tuple(part.sql() for part in (select.args["from_"], *select.args.get("joins", ()), select.args["where"]))
            for select in tree.find_all(exp.Select)
            if isinstance(select.args["from_"].this, exp.Table) and "ulcer" in select.sql()
        }

    leg_ulcers = {parts for parts in told_by("first_foot_ulcer") if "ulcer_of_lower_limb" in " ".join(parts)}
    assert leg_ulcers
    assert leg_ulcers <= told_by("red_stratum_signs")
