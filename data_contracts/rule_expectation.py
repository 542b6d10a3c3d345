"""An expectation about every row of a table: a rule of a contract is kept.

Great Expectations works out all metrics of one kind in a single query when they are aggregates, so that a suite of such
expectations takes one pass over the staged rows, whatever the number of rules. The metric is a count: neither a result
nor a Data Docs page can hold anything of a row.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

_METRIC = "table.rows_breaking_rule"


class RowsBreakingRule(TableMetricProvider):
    """How many rows make a predicate false; one that is NULL counts as kept."""

    metric_name = _METRIC
    value_keys = ("predicate",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 - Great Expectations calls it on the class
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: Any,
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        is_broken: sa.ColumnClause[bool] = sa.literal_column(f"(({metric_value_kwargs['predicate']}) IS FALSE)")
        return sa.func.count_if(is_broken), metric_domain_kwargs, {}


class ExpectRowsToKeepRule(BatchExpectation):
    """Expect every row to keep a rule; the observed value is the number of rows that break it.

    Attributes:
        predicate: SQL over the staged table.
    """

    predicate: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (_METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("predicate",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        broken = metrics[_METRIC]
        return {"success": broken == 0, "result": {"observed_value": broken}}
