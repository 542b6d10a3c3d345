"""The Great Expectations suite of a contract: one expectation per rule, from the same predicate as the quarantine.

Every rule becomes an `ExpectRowsToKeepRule` that counts the rows on which the rule's predicate is FALSE. So report and
quarantine cannot disagree, and no result can hold anything of a row: native column expectations would put sample values
into results and Data Docs. The numbers of the rows stand in the table of failed rows, and in the report, from the same
predicates. One expectation is about the table: that every promised column is there.
"""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Rule

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation

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


def _expectation(rule: Rule) -> "Expectation":
    from great_expectations.expectations.metadata_types import FailureSeverity

    from data_contracts.rule_expectation import ExpectRowsToKeepRule

    return ExpectRowsToKeepRule(
        predicate=rule.predicate,
        description=rule.description.replace("$", "$$"),
        severity=FailureSeverity.CRITICAL if rule.severity == "quarantine" else FailureSeverity.WARNING,
        meta={"rule": rule.id, "column": rule.column},
    )
