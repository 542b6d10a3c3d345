"""Which results are possible is one list: what is judged, and what the supplier is told of it, cannot part."""

import duckdb
import pytest

from dashboard.presenters.data_quality import rule_in_words
from dashboard.wording import wording
from data_contracts.contract import load_contracts
from data_contracts.plausible_results import plausible_results
from packs.pack import load_pack
from tests.lib.staged_rows import broken_rules, clean_row, stage_rows

CONTRACTS = load_contracts()
JUDGED = {name: column for name, one in CONTRACTS.items() for column in one.columns if column.judged}
ANALYSES = load_pack("denmark").codelist("laboratory_analysis")


def rule_of(file_type):
    (rule,) = [each for each in CONTRACTS[file_type].rules if each.id == f"{JUDGED[file_type].name}_implausible"]
    return rule


def test_results_of_all_six_shapes_are_judged():
    shapes = {"lab_dm_forsker", "labka", "for_labka", "praksis_maalinger", "kommune_maalinger", "laboratoriesvar"}
    assert set(JUDGED) == shapes


def test_every_analysis_that_may_be_delivered_is_judged_once():
    codes = [code for each in plausible_results() for code in each.codes]
    assert sorted(codes) == sorted(ANALYSES["code"])


@pytest.mark.parametrize("file_type", JUDGED)
def test_the_supplier_is_told_every_range_that_is_judged(file_type):
    told = rule_of(file_type).description
    for each in plausible_results():
        ranges = " or ".join(f"{one.least} to {one.greatest} {one.unit}" for one in each.possible)
        assert f"{each.result} ({', '.join(each.codes)}) {ranges}" in told


@pytest.mark.parametrize("file_type", JUDGED)
def test_both_ends_of_every_range_are_possible_and_what_lies_beyond_is_not(file_type):
    contract, column = CONTRACTS[file_type], JUDGED[file_type]
    no_unit = {column.reading.unit: ""} if column.reading and column.reading.unit else {}
    rows, expected = [], []
    for each in plausible_results():
        for one in each.possible:
            for number in (one.least, one.greatest, one.least - 0.001, one.greatest + 0.001):
                given = {column.judged.analysis: each.codes[-1], column.name: f"{number:.10g}"}
                rows.append(clean_row(contract, **given, **no_unit))
                expected.append(any(part.least <= number <= part.greatest for part in each.possible))
    con = duckdb.connect()
    stage_rows(con, contract, rows)
    found = [rule_of(file_type).id not in broken for broken in broken_rules(con, contract)]
    assert found == expected


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_no_language_of_the_dashboard_names_the_ranges_of_one_analysis_alone(language):
    words = wording(language)
    for file_type, column in JUDGED.items():
        rule = rule_of(file_type)
        shown = rule_in_words(rule.id, rule.description, words)
        assert "HbA1c" not in shown
        assert column.name in shown
