"""The doctor names the first step that has not been done with what the step before it made."""

import os
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indicators.area import area_of
from indicators.compute import write_run
from indicators.patients.members import create_diabetes_table
from packs.pack import load_pack
from tests.lib.deliveries import new_home
from tests.lib.evaluate import catalogue
from tvaers.cli import main
from tvaers.commands.doctor import examine
from tvaers.errors import WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from tvaers.whats_next import after_faults, command, next_command
from warehouse.connection import open_for_build


@pytest.fixture
def settings(tmp_path):
    return new_home(tmp_path)


def change(settings, *statements):
    """Build the warehouse, or change it, as loading and computing do."""
    with open_for_build(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        for statement in statements:
            con.execute(statement) if isinstance(statement, str) else statement(con)


def loaded(number, state="loaded"):
    """Return the statement that notes a file as loaded."""
    return (
        "INSERT INTO meta.batch BY NAME SELECT "
        f"{number} AS batch_id, 1 AS run_id, 'labka_{number}.csv' AS file_name, 'hash {number}' AS file_hash, "
        "'labka' AS file_type, "
        "'laboratory' AS sector, '1' AS contract_version, 'denmark' AS pack, '1' AS pack_version, "
        f"'labka:{number}' AS delivery_key, DATE '2026-10-05' AS delivered_on, '00000000' AS key_id, 1 AS rows_in, "
        f"1 AS rows_loaded, 0 AS rows_quarantined, 0 AS rows_duplicate, '{state}' AS state, now() AS started_at, "
        "now() AS ended_at, '0' AS code_version"
    )


def computed(con):
    create_diabetes_table(con)
    of_the_pack = area_of(Settings(home=Path(), key_file=Path()), load_pack("denmark"))
    write_run(con, replace(catalogue(), area=of_the_pack), [date(2026, 9, 30)])


def release(settings, *, seconds_after_warehouse):
    """Put a release in place that is so much younger than the warehouse."""
    settings.release.write_bytes(b"")
    moment = settings.warehouse.stat().st_mtime + seconds_after_warehouse
    os.utime(settings.release, (moment, moment))


def verb(settings):
    words = next_command(settings).split()
    assert words[-2:] == ["--home", str(settings.home)]
    return " ".join(words[1:-2])


def test_a_home_that_nobody_set_up_is_set_up(tmp_path, capfd):
    assert after_faults(tmp_path / "home") == f"tvaers init --home {tmp_path / 'home'}"
    assert main(["doctor", "--home", str(tmp_path / "home")]) == 10
    assert f"Next: tvaers init --home {tmp_path / 'home'}" in capfd.readouterr().err.replace("\n", "")


def test_a_home_that_is_not_well_is_healed(settings, capfd):
    settings.key_file.unlink()
    assert main(["doctor", "--home", str(settings.home)]) == 10
    assert "Next: put right what is marked bad, then: tvaers doctor" in capfd.readouterr().err


def test_a_home_without_a_warehouse_needs_deliveries(settings, capfd):
    assert verb(settings) == "ingest FOLDER"
    assert main(["doctor", "--home", str(settings.home)]) == 0
    assert "Next: tvaers ingest FOLDER --home" in capfd.readouterr().err


@pytest.mark.parametrize("statements", [(), (loaded(1, "replaced"),)])
def test_a_warehouse_that_holds_no_delivery_needs_one(settings, statements):
    change(settings, *statements)
    assert verb(settings) == "ingest FOLDER"


def test_what_is_loaded_is_computed(settings):
    change(settings, loaded(1))
    assert verb(settings) == "compute"


def test_what_was_loaded_after_computing_is_computed_again_even_where_there_is_a_release(settings):
    change(settings, loaded(1), computed)
    change(settings, loaded(2))
    release(settings, seconds_after_warehouse=1)
    assert verb(settings) == "compute"
    change(settings, computed)
    release(settings, seconds_after_warehouse=-1)
    assert verb(settings) == "release"


def test_what_is_computed_is_released(settings):
    change(settings, loaded(1), computed)
    assert verb(settings) == "release"


def test_a_release_made_before_the_last_computation_is_made_again(settings):
    change(settings, loaded(1), computed)
    release(settings, seconds_after_warehouse=-1)
    assert verb(settings) == "release"


def test_a_release_of_what_is_computed_is_looked_at(settings):
    change(settings, loaded(1), computed)
    release(settings, seconds_after_warehouse=1)
    assert verb(settings) == "dashboard"


def test_what_was_computed_for_another_area_is_computed_again(settings, capfd):
    change(settings, loaded(1), computed)
    release(settings, seconds_after_warehouse=1)
    assert main(["init", "--home", str(settings.home), "--area", "0791"]) == 0
    said = capfd.readouterr()
    assert "Area      0791" in said.out
    assert f"Next: tvaers compute --home {settings.home}" in said.err


@pytest.mark.parametrize(
    ("afterwards", "told"),
    [
        ("UPDATE indicator.run SET value = '0740' WHERE key = 'area'", "for another area (0740)"),
        ("UPDATE indicator.run SET value = 'gout' WHERE key = 'disease'", "were computed for gout"),
        (loaded(2), "Files have been loaded since"),
        ("DROP TABLE indicator.run", "of what the warehouse holds now"),
    ],
)
def test_what_was_computed_for_something_else_is_neither_released_nor_called_good(settings, capfd, afterwards, told):
    change(settings, loaded(1), computed)
    change(settings, afterwards)
    release(settings, seconds_after_warehouse=1)
    before = settings.release.stat().st_mtime_ns
    capfd.readouterr()
    assert main(["release", "--home", str(settings.home)]) == WarehouseError.exit_code
    said = " ".join(capfd.readouterr().err.split())
    assert told in said
    assert "What to do: tvaers compute" in said
    assert settings.release.stat().st_mtime_ns == before
    (seen,) = (each for each in examine(settings.home) if each.point == "release")
    assert seen.state == "note"
    assert "is not of what the warehouse and the settings hold now" in seen.detail


def test_a_command_can_be_pasted_where_names_have_blanks():
    assert shlex.split(command("ingest", Path("D1 mappe æøå"), home=Path("/et hjem"))) == [
        "tvaers", "ingest", "D1 mappe æøå", "--home", "/et hjem",
    ]  # fmt: skip
    assert command("ingest", "FOLDER") == "tvaers ingest FOLDER"
