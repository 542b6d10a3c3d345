"""The Great Expectations suite of a contract: one expectation per rule, from the same predicate as the quarantine.

Every rule becomes an `UnexpectedRowsExpectation` that selects the row numbers on which the rule's predicate is FALSE.
So report and quarantine cannot disagree, and no result can hold anything but row numbers: native column expectations
would put sample values into results and Data Docs. The suite is to be run with `RESULT_FORMAT`, which gives the number
of rows and the first row numbers. One expectation is about the table: that every promised column is there.
"""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Rule

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation

RESULT_FORMAT = "COMPLETE"
"""The result format a suite is run with: counts and row numbers; the queries select nothing else."""

COLUMNS_PRESENT = "columns_present"
"""The one expectation that is about the table and not about a row."""


def build_suite(contract: Contract) -> "ExpectationSuite":
    """Return the suite that checks the staged table of a file; each expectation's meta names its `rule`."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    present = gxe.ExpectTableColumnsToMatchSet(
        column_set=[each.name for each in contract.columns if not each.is_dropped],
        exact_match=False,
        description="The file holds all promised columns.",
        meta={"rule": COLUMNS_PRESENT},
    )
    return gx.ExpectationSuite(
        name=f"{contract.file_type} {contract.version}",
        expectations=[present, *(_expectation(rule) for rule in contract.rules)],
    )


def unexpected_rows_query(rule: Rule) -> str:
    """Return the query for the numbers of the rows that break a rule; literal braces are doubled for the template."""
    predicate = rule.predicate.replace("{", "{{").replace("}", "}}")
    return f"SELECT row_number FROM {{batch}} WHERE ({predicate}) IS FALSE ORDER BY row_number"


def _expectation(rule: Rule) -> "Expectation":
    import great_expectations.expectations as gxe
    from great_expectations.expectations.metadata_types import FailureSeverity

    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=unexpected_rows_query(rule),
        description=rule.description.replace("$", "$$"),
        severity=FailureSeverity.CRITICAL if rule.severity == "quarantine" else FailureSeverity.WARNING,
        meta={"rule": rule.id, "column": rule.column},
    )
