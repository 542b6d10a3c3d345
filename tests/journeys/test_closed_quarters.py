"""Quarters that were released stay as they were; a correction is decided, judged with what was out, and noted."""

import json
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path

import duckdb
import polars as pl
import pytest

from indicators.disclosure.places import PLACE
from indicators.release.publish import publish
from tests.conftest import TinyHome
from tests.lib.policies import judged_for_outsiders
from tests.lib.project_home import copy_of
from tvaers.cli import main
from tvaers.errors import DisclosureError
from tvaers.keys import load_master_key
from warehouse.connection import open_for_build

pytestmark = pytest.mark.slow

KEY = ["indicator_id", "period_end", *PLACE]


def result(home: TinyHome) -> pl.DataFrame:
    with duckdb.connect(str(home.settings.release), read_only=True) as con:
        return con.execute("SELECT * FROM result ORDER BY ALL").pl()


def issues(home: TinyHome) -> list[dict[str, object]]:
    with duckdb.connect(str(home.settings.release), read_only=True) as con:
        told = con.execute("SELECT value FROM meta WHERE key = 'issues'").fetchone()
    assert told
    return json.loads(told[0])


def one_person_more(home: TinyHome) -> None:
    """Let one woman of 65 to 79 more have had the LDL measured, in every quarter, in everything that counts her."""
    with open_for_build(home.settings.warehouse, load_master_key(home.settings).subkey("encryption")) as con:
        con.execute(
            """
            UPDATE indicator.result SET numerator = numerator + 1, numerator_patients = numerator_patients + 1
            WHERE indicator_id = 'ldl_measured' AND sex IN ('all', 'female') AND age_band IN ('all', '65-79')
              AND concat(level, unit_id) IN (
                SELECT max_by(concat(level, unit_id), denominator - numerator) FROM indicator.result
                WHERE indicator_id = 'ldl_measured' AND sex = 'all' AND age_band = 'all' GROUP BY level)
            """
        )


@pytest.fixture(scope="module")
def corrected(tiny_home: TinyHome, tmp_path_factory: pytest.TempPathFactory) -> tuple[TinyHome, str]:
    """A home whose last quarter was released again, and what the command said. Read only: copy before changing."""
    home = copy_of(tiny_home, tmp_path_factory.mktemp("corrected"))
    last = max(str(each["period_end"]) for each in issues(home))
    one_person_more(home)
    with redirect_stdout(StringIO()) as said, judged_for_outsiders(home):
        words = ["release", "--correct", last, "--reason", "A delivery was incomplete", "--home", str(home.home)]
        assert main(words) == 0
    return home, said.getvalue()


def test_a_released_quarter_stays_as_it_was_whatever_is_computed_later(home_copy: TinyHome) -> None:
    before, bytes_before = result(home_copy), home_copy.settings.release.read_bytes()
    one_person_more(home_copy)
    summary = publish(home_copy.settings)
    assert len(summary.closed_periods) == summary.periods == 2
    assert result(home_copy).equals(before)
    assert home_copy.settings.release.read_bytes() == bytes_before


def test_a_correction_tells_no_change_of_a_few_people_and_says_why_it_was_made(
    tiny_home: TinyHome, corrected: tuple[TinyHome, str]
) -> None:
    home, said = corrected
    before, ends = result(tiny_home), sorted({each["period_end"] for each in issues(tiny_home)})
    assert "judged together with every time" in said
    after = before.join(result(home), on=KEY, suffix="_again", nulls_equal=True)
    assert after.height == before.height
    old, new = (after.filter(pl.col("period_end") == date.fromisoformat(str(end))) for end in ends)
    assert old["state"].equals(old["state_again"].alias("state"))
    assert not new["state"].equals(new["state_again"].alias("state"))
    shown = new.filter((pl.col("state") == "shown") & (pl.col("state_again") == "shown"))
    assert shown.height > 0
    assert shown.filter((pl.col("numerator") - pl.col("numerator_again")).abs().is_between(1, 4)).is_empty()
    assert new.filter((pl.col("state") != "shown") & (pl.col("state_again") == "shown")).is_empty()
    assert [(each["number"], each["reason"]) for each in issues(home)] == [
        (1, ""),
        (2, "A delivery was incomplete"),
    ]


def test_the_same_history_and_the_same_numbers_give_the_same_bytes(home_copy: TinyHome) -> None:
    first = home_copy.settings.release.read_bytes()
    publish(home_copy.settings)
    assert home_copy.settings.release.read_bytes() == first
    assert len(list(home_copy.settings.register.glob("*/entry.json"))) == 1


@pytest.mark.parametrize(
    "words", [["--correct", "2026-09-30"], ["--reason", "Because"], ["--correct", "2026-09-30", "--reason", " "]]
)
def test_a_correction_needs_a_quarter_and_a_reason(home_copy: TinyHome, words: list[str]) -> None:
    assert main(["release", *words, "--home", str(home_copy.home)]) == 2


def test_a_quarter_that_was_never_released_cannot_be_corrected(home_copy: TinyHome) -> None:
    with pytest.raises(DisclosureError, match="released before") as fault:
        publish(home_copy.settings, correct=[date(2019, 3, 31)], reason="Why not")
    assert "2019-03-31" in fault.value.where


def test_a_changed_register_stops_the_release(home_copy: TinyHome) -> None:
    before = home_copy.settings.release.read_bytes()
    place = home_copy.settings.register / "0001" / "result.parquet"
    rows = pl.read_parquet(place)
    rows.with_columns(pl.col("numerator") + 1).write_parquet(place)
    with pytest.raises(DisclosureError, match="register") as fault:
        publish(home_copy.settings)
    assert "0001" in fault.value.where
    assert home_copy.settings.release.read_bytes() == before


def test_a_register_without_its_newest_entry_stops_the_release(corrected: tuple[TinyHome, str], tmp_path: Path) -> None:
    home = copy_of(corrected[0], tmp_path)
    for path in (newest := home.settings.register / "0002").iterdir():
        path.unlink()
    newest.rmdir()
    with pytest.raises(DisclosureError, match="lacks the release in place"):
        publish(home.settings)


def test_a_release_from_before_there_was_a_register_is_taken_into_it(home_copy: TinyHome) -> None:
    before = result(home_copy)
    for path in sorted(home_copy.settings.register.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    one_person_more(home_copy)
    assert len(publish(home_copy.settings).closed_periods) == 2
    assert result(home_copy).equals(before)


def test_a_change_of_key_leaves_the_register_readable(home_copy: TinyHome) -> None:
    assert main(["keys", "rotate", "--home", str(home_copy.home)]) == 0
    assert main(["compute", "--quarters", "2", "--home", str(home_copy.home)]) == 0
    assert len(publish(home_copy.settings).closed_periods) == 2
