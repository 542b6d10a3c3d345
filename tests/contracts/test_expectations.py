"""The Great Expectations suite of a contract says what its quarantine says, and never shows a value."""

import json
from typing import Any

import duckdb
import duckdb_engine
import pytest
from sqlalchemy import Engine, event

from data_contracts.contract import Contract, load_contracts
from data_contracts.duckdb_dialect import register_dialect
from data_contracts.expectations import COLUMNS_PRESENT, build_suite
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


def validated(con: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[Any, list[str]]:
    """Return the result, and the statements that read rows of the table."""
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
    statements: list[str] = []
    listener = (Engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    event.listen(*listener)
    try:
        result = batch.validate(build_suite(contract), result_format="COMPLETE")
    finally:
        event.remove(*listener)
    return result, [each for each in statements if "SELECT" in each and "FROM" in each]


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
    stage_rows(con, contract, rows)
    return contract, broken_rules(con, contract), *validated(con, contract)


def test_the_suite_counts_the_rows_the_quarantine_finds(secret_report: Any) -> None:
    contract, broken, report, _ = secret_report
    by_quarantine = {rule.id: sum(rule.id in rules for rules in broken) for rule in contract.rules}
    by_suite = {
        each.expectation_config.meta["rule"]: each.result["observed_value"]
        for each in report.results
        if each.expectation_config.meta["rule"] != COLUMNS_PRESENT
    }
    assert by_suite == by_quarantine
    assert by_suite["value_implausible"] == 1
    assert by_suite["identifier_without_check_digit"] == 1
    assert by_suite["value_missing"] == 0
    assert [each.success for each in report.results[1:]] == [count == 0 for count in by_quarantine.values()]


def test_the_suite_takes_one_pass_over_the_rows(secret_report: Any) -> None:
    assert len(secret_report[3]) == 1


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
