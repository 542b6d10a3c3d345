"""The two regions on which the engine and the slow readings are compared: a clean one, and one with every fault."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.conftest import TinyHome, made_once
from tvaers.keys import load_master_key
from tvaers.settings import Settings, load_settings
from warehouse.connection import open_read_only

DATES = (date(2026, 6, 30), date(2024, 3, 31), date(2021, 12, 31))
"""The reporting dates for which the messy region is computed."""


@pytest.fixture(scope="module")
def clean(tiny_home: TinyHome) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a clean region."""
    with opened(tiny_home.settings) as con:
        yield con


@pytest.fixture(scope="module")
def messy(shared_folder: Path, messy_region: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the same region with every fault of real deliveries, computed for the same dates."""
    with opened(
        load_settings(made_once(shared_folder, "messy_home", lambda folder: fill(folder, messy_region)) / "home")
    ) as con:
        yield con


def opened(settings: Settings) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """Return the warehouse of a home, to be opened for reading."""
    return open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption"))


def fill(folder: Path, extracts: Path) -> None:
    """Load and compute a region in a home of its own."""
    from indicators.compute import compute
    from ingest.job import run
    from tvaers.cli import main

    os.environ["TVAERS_KEY_FILE"] = str(folder / "keys" / "messy.key")
    try:
        home = ["--home", str(folder / "home")]
        assert main(["init", *home]) == 0
        settings = load_settings(folder / "home").model_copy(update={"is_synthetic": True})
        assert any(verdict.quarantined for verdict in run(settings, extracts).files)
        compute(settings, DATES)
    finally:
        del os.environ["TVAERS_KEY_FILE"]
