"""The Great Expectations suite of a contract says what its quarantine says, and never shows a value."""

import json
from typing import Any

import duckdb
import duckdb_engine
import pytest

from data_contracts.contract import Contract, load_contracts
from data_contracts.duckdb_dialect import register_dialect
from data_contracts.expectations import COLUMNS_PRESENT, RESULT_FORMAT, build_suite
from packs.pack import load_pack
from tests.lib.staged_rows import broken_rules, clean_row, stage_rows

CONTRACTS = load_contracts()


def rules_in(suite: Any) -> list[str]:
    return [each.meta["rule"] for each in suite.expectations]


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_rule_is_in_the_suite_once_and_nothing_else_is(name: str) -> None:
    contract = CONTRACTS[name]
    assert rules_in(build_suite(contract)) == [COLUMNS_PRESENT, *(rule.id for rule in contract.rules)]


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_expectation_tells_the_supplier_in_words_what_is_promised(name: str) -> None:
    for each in build_suite(CONTRACTS[name]).expectations:
        assert each.description.endswith(".")
        assert " " in each.description


def validated(con: duckdb.DuckDBPyConnection, contract: Contract) -> Any:
    import great_expectations as gx

    register_dialect()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_sql(
        "staged",
        connection_string="duckdb:///:memory:",
        kwargs={"creator": lambda: duckdb_engine.ConnectionWrapper(con.cursor())},
    )
    batch = source.add_table_asset("staged", table_name="staged").add_batch_definition_whole_table("all").get_batch()
    return batch.validate(build_suite(contract), result_format=RESULT_FORMAT)


@pytest.fixture(scope="module")
def secret_report() -> Any:
    """A laboratory file of five rows, three of them broken, whose texts must not be found in any result."""
    contract = CONTRACTS["lab_dm_forsker"]
    rows = [
        clean_row(contract),
        clean_row(contract, patient_cpr="broken", unit="hemmelig enhed"),
        clean_row(contract, samplingdate="en hemmelig dag"),
        clean_row(contract, value="4711", samplingtime="25:99"),
        clean_row(contract, patient_cpr="odd"),
    ]
    con = duckdb.connect()
    stage_rows(con, contract, rows, load_pack("denmark").codelist("laboratory_analysis")["code"].to_list())
    return contract, broken_rules(con, contract), validated(con, contract)


def test_the_suite_finds_the_rows_the_quarantine_finds(secret_report: Any) -> None:
    contract, broken, report = secret_report
    by_quarantine = {
        rule.id: [number for number, rules in enumerate(broken, 1) if rule.id in rules] for rule in contract.rules
    }
    by_suite = {
        each.expectation_config.meta["rule"]: [row["row_number"] for row in each.result["details"]["unexpected_rows"]]
        for each in report.results
        if each.expectation_config.meta["rule"] != COLUMNS_PRESENT
    }
    assert by_suite == by_quarantine
    assert by_suite["value_implausible"] == [4]
    assert by_suite["identifier_without_check_digit"] == [5]


def test_no_result_of_the_suite_holds_a_delivered_value(secret_report: Any) -> None:
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    report = secret_report[2]
    told = json.dumps(report.to_json_dict(), ensure_ascii=False)
    page = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(report))
    for secret in ("hemmelig", "4711", "25:99"):
        assert secret not in told
        assert secret not in page
    assert "is not blank." in page
