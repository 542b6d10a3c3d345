"""What a page sends to the browser does not change with the numbers that are hidden.

A release holds no number in a hidden cell. Here it is given one all the same, in every column: each page must send
exactly what it sent before, texts, pop-ups and the geometry of its pictures included.
"""

import os
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from tests.lib.tiny_release import tiny_release

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = ("map", "follow_up", "complications")
UNITS = ("all-all", "municipality-0779", "cluster-K01", "practice-057000")
# Streamlit names each file to download anew.
ONE_TIME_NAME = re.compile(r'file_id: "[0-9a-f]{32}"')
NUMBERS = {
    "result": ("numerator", "denominator", "patient_years", "eligible", "completeness", "value", "ci_low", "ci_high"),
    "time_step": ("patients", "happened", "followed", "share", "ci_low", "ci_high"),
    "time_percentile": ("days", "ci_low", "ci_high"),
}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A release as it is published, and one in which every hidden cell holds a number."""
    folder = tmp_path_factory.mktemp("payloads")
    honest = tiny_release(folder / "release.duckdb")
    loose = Path(shutil.copy(honest, folder / "loose.duckdb"))
    with duckdb.connect(str(loose)) as connection:
        for table, columns in NUMBERS.items():
            told = ", ".join(f"{column} = {place + 3}" for place, column in enumerate(columns))
            connection.execute(f"UPDATE {table} SET {told} WHERE state <> 'shown'")
        assert connection.execute("SELECT count(*) FROM result WHERE value = 8 AND state <> 'shown'").fetchall() > [
            (20,)
        ]
    return honest, loose


def payload(release: Path, page: str, **choices: str) -> str:
    """Return everything that a page sends, in the order in which it is drawn."""
    os.environ["TVAERS_RELEASE"] = str(release)
    at = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in choices.items():
        at.query_params[name] = value
    at.run().switch_page(f"screens/{page}.py").run()
    assert not at.error
    assert not at.exception
    sent = "\n".join(str(getattr(element, "proto", "")) for element in at.main)
    return ONE_TIME_NAME.sub("", sent)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_sends_the_same_whatever_the_hidden_numbers_are(
    releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, page: str, unit: str
) -> None:
    monkeypatch.setenv("TVAERS_RELEASE", "")
    honest, loose = (payload(release, page, lang="en", unit=unit, indicator="foot_examined") for release in releases)
    assert len(honest) > 1_000
    assert honest == loose


def test_a_page_that_looked_at_hidden_numbers_would_be_found_out(
    releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard import comparison

    monkeypatch.setenv("TVAERS_RELEASE", "")
    monkeypatch.setattr(comparison.Measure, "is_shown", property(lambda cell: cell.value is not None))
    with duckdb.connect(str(releases[0]), read_only=True) as connection:
        found = connection.execute(
            "SELECT indicator_id, period_end::VARCHAR FROM result WHERE level = 'municipality' "
            "AND state = 'suppressed' AND sex = 'all' AND age_band = 'all' ORDER BY ALL"
        ).fetchone()
    assert found
    sent = [payload(release, "map", lang="en", indicator=found[0], date=found[1]) for release in releases]
    assert sent[0] != sent[1]
