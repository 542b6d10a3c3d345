"""Validate the staged rows with Great Expectations, inside DuckDB, and render the result as a Data Docs page."""

import gc
import os
import re
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

import duckdb
import duckdb_engine

from data_contracts.contract import Contract
from data_contracts.duckdb_dialect import register_dialect
from ingest.stage import DELIVERED

# Counts only: a result must not carry a patient's value.
_COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
_REMOTE = re.compile(
    r"<script[^>]*\bsrc=\"https?:[^>]*>\s*</script>|<link[^>]*\bhref=\"(?:https?:|\.\./)[^>]*>|<img[^>]*\bsrc=\"https?:[^>]*>",
    re.DOTALL,
)


class Validator:
    """One Great Expectations context for a whole run, in a thread of its own: its work is Python's, not DuckDB's."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(load)

    @contextmanager
    def validating(self, contract: Contract, file_name: str) -> Iterator[Future[str]]:
        """Validate the staged table of a file against the suite of its contract while the block runs, or a bit longer.

        Gives the Data Docs page to come. It holds counts and no values, and loads nothing from the network.
        """
        page = self._thread.submit(self._data_docs, contract, file_name)
        try:
            yield page
        finally:
            wait([page])

    @cached_property
    def _deliveries(self) -> Any:
        """Start Great Expectations when the first file is there; all files are staged in a table of the same name."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx
            from great_expectations.data_context.types.base import ProgressBarsConfig

            register_dialect()
            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = ProgressBarsConfig(globally=False)
            add_sql: Any = context.data_sources.add_sql
            source = add_sql(
                name="staged_rows",
                connection_string="duckdb:///:memory:",
                kwargs={"creator": lambda: duckdb_engine.ConnectionWrapper(self._con.cursor())},
            )
            asset = source.add_table_asset(name="delivery", table_name=DELIVERED.rsplit(".", 1)[-1])
            return asset.add_batch_definition_whole_table("delivery")

    def _data_docs(self, contract: Contract, file_name: str) -> str:
        from data_contracts.expectations import build_suite

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = self._deliveries.get_batch().validate(build_suite(contract), result_format=_COUNTS_ONLY)
            result.meta["batch_spec"] = {"data_asset_name": file_name}
            result.meta["run_id"] = {"run_name": file_name, "run_time": f"{datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ}"}
            for each in result.results:
                each.result = _without_own_columns(contract, each.result)
            return self._rendered(result)

    @cached_property
    def _view(self) -> Any:
        """Return one view for all pages: it compiles its templates once."""
        from great_expectations.render.view import DefaultJinjaPageView

        return DefaultJinjaPageView()

    def _rendered(self, result: Any) -> str:
        from great_expectations.render.renderer import ValidationResultsPageRenderer

        page: str = self._view.render(ValidationResultsPageRenderer().render(result))
        return _REMOTE.sub("", page)


def _without_own_columns(contract: Contract, result: dict[str, Any]) -> dict[str, Any]:
    """Return a result that names the supplier's columns only, not those that were worked out beside them."""
    if not isinstance(result.get("observed_value"), list):
        return result
    delivered = {column.name for column in contract.columns}
    return {"observed_value": [name for name in result["observed_value"] if name in delivered]}


def load_ahead() -> None:
    """Begin to load Great Expectations in the background: files are recognised meanwhile."""
    threading.Thread(target=load, daemon=True).start()


@cache
def load() -> None:
    """Load Great Expectations, which takes seconds the first time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations.expectations
        import great_expectations.render.view  # noqa: F401 - loaded for whoever needs it next
    # What was loaded stays: the garbage collector need not look through it again and again.
    gc.freeze()
