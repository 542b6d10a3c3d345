"""Keys and databases that are wrong, and jobs that are stopped half-way: a clear fault, and the last good state."""

import shutil
import signal
import subprocess
import sys
from textwrap import dedent

import pytest

from ingest.job import run
from tests.lib.deliveries import (
    LABKA,
    PRACTICE,
    answer,
    contents,
    deliver,
    identifiers,
    measurements,
    new_home,
    results,
    text,
)
from tvaers.cli import main
from tvaers.errors import SecretKeyError, WarehouseError
from tvaers.keys import create_key_file, load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_for_build

PEOPLE = identifiers(60)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A home with one delivery. Read only: `home` is a copy of it."""
    folder = tmp_path_factory.mktemp("loaded")
    settings = new_home(folder)
    deliver(folder / "extracts", "labka_2025.csv", text(LABKA, results(PEOPLE)))
    assert run(settings, folder / "extracts").is_loaded
    return settings


@pytest.fixture
def home(loaded, tmp_path):
    shutil.copytree(loaded.home, tmp_path / "home")
    shutil.copytree(loaded.key_file.parent, tmp_path / "keys")
    settings = Settings(home=tmp_path / "home", key_file=tmp_path / "keys" / loaded.key_file.name)
    settings.save()
    return settings


@pytest.fixture
def coming(tmp_path):
    """A delivery that was not loaded yet."""
    deliver(tmp_path / "coming", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE)))
    return tmp_path / "coming"


def state(settings):
    """Every file of a home and its bytes; the lock file holds nothing."""
    return {
        path.relative_to(settings.home): path.read_bytes()
        for path in settings.home.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def refused(family, settings, folder):
    before = state(settings)
    with pytest.raises(family) as fault:
        run(settings, folder)
    assert state(settings) == before
    assert fault.value.what
    assert fault.value.where
    assert fault.value.what_to_do
    told = str(fault.value)
    assert not any(person in told for person in PEOPLE)
    return told


def spoilt_key(kind, settings):
    """Return the settings of a home after something happened to its key file."""
    key = settings.key_file
    if kind == "missing":
        key.unlink()
    elif kind == "world-readable":
        key.chmod(0o604)
    elif kind == "group-readable":
        key.chmod(0o640)
    elif kind == "too short":
        key.write_text(key.read_text()[:40])
    elif kind == "too long":
        key.write_text(key.read_text().strip() + "00")
    elif kind == "not hexadecimal":
        key.write_text("z" * 64)
    elif kind == "empty":
        key.write_text("")
    elif kind == "inside the data folder":
        key.rename(settings.home / "master.key")
        return settings.model_copy(update={"key_file": settings.home / "master.key"})
    elif kind == "inside by a link":
        key.rename(settings.home / "master.key")
        key.symlink_to(settings.home / "master.key")
    return settings


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("missing", "missing"),
        ("world-readable", "chmod 600"),
        ("group-readable", "chmod 600"),
        ("too short", "too short"),
        ("too long", "wrong length"),
        ("not hexadecimal", "hexadecimal"),
        ("empty", "too short"),
        ("inside the data folder", "inside the home folder"),
        ("inside by a link", "inside the home folder"),
    ],
)
def test_an_unsafe_key_stops_the_job_before_anything_is_read(home, coming, kind, word):
    settings = spoilt_key(kind, home)
    told = refused(SecretKeyError, settings, coming)
    assert word in told
    if kind == "not hexadecimal":
        assert "zzzz" not in told


def test_the_command_ends_with_the_code_of_its_family(home, coming, capsys):
    home.key_file.chmod(0o644)
    assert main(["ingest", str(coming), "--home", str(home.home)]) == SecretKeyError.exit_code
    said = capsys.readouterr().err
    assert "chmod 600" in said
    assert "Traceback" not in said


def test_another_key_cannot_add_to_the_warehouse(home, coming):
    home.key_file.unlink()
    create_key_file(home.key_file)
    assert "another key" in refused(WarehouseError, home, coming)


def test_deliveries_of_another_key_are_refused_even_where_the_file_can_be_opened(home, coming):
    with open_for_build(home.warehouse, load_master_key(home).subkey("encryption")) as con:
        con.execute("UPDATE meta.batch SET key_id = 'abcdabcd'")
    told = refused(WarehouseError, home, coming)
    assert "another key" in told
    assert "abcdabcd" in told


def test_a_missing_warehouse_is_built_anew_from_what_is_delivered(home, coming):
    home.warehouse.unlink()
    assert run(home, coming).is_loaded
    assert answer(home, "SELECT DISTINCT file_type FROM meta.batch") == [("praksis_maalinger",)]


def test_a_warehouse_from_a_newer_version_is_not_touched(home, coming):
    with open_for_build(home.warehouse, load_master_key(home).subkey("encryption")) as con:
        con.execute("UPDATE meta.version SET schema_version = schema_version + 1")
    assert "newer" in refused(WarehouseError, home, coming)


@pytest.mark.parametrize("kind", ["empty", "text", "header flipped", "cut short", "cut in the header", "plain"])
def test_a_corrupt_warehouse_is_not_touched(home, coming, kind):
    import duckdb

    good = home.warehouse.read_bytes()
    if kind == "plain":
        home.warehouse.unlink()
        duckdb.connect(str(home.warehouse)).close()
    else:
        home.warehouse.write_bytes(
            {
                "empty": b"",
                "text": b"not a database at all\n" * 1000,
                "header flipped": bytes(byte ^ 0xFF for byte in good[:4096]) + good[4096:],
                "cut short": good[: len(good) // 2],
                "cut in the header": good[:5000],
            }[kind]
        )
    refused(WarehouseError, home, coming)


def test_a_flipped_byte_in_any_block_is_never_read_as_data(home, coming):
    """Encrypted blocks carry a seal: a changed byte is a fault, or lies in a block that nothing uses."""
    good = home.warehouse.read_bytes()
    before = contents(home)
    faults = 0
    for place in range(12_288 + 4000, len(good), len(good) // 12):
        spoilt = bytearray(good)
        spoilt[place] ^= 0x10
        home.warehouse.write_bytes(spoilt)
        try:
            found = contents(home)
        except WarehouseError:
            faults += 1
        else:
            assert found == before
    assert faults > 0


def test_a_second_ingest_is_turned_away_while_the_first_one_works(home, coming):
    script = """
        import sys, time
        from pathlib import Path
        from warehouse.swap import one_builder_at_a_time
        with one_builder_at_a_time(Path(sys.argv[1])):
            print("held", flush=True)
            time.sleep(60)
    """
    other = subprocess.Popen(
        [sys.executable, "-c", dedent(script), str(home.warehouse)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "held\n"
        assert "Another job" in refused(WarehouseError, home, coming)
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
    assert run(home, coming).is_loaded


# Ingests a folder and stops for ever the first time it comes to a named place in the code.
STOPPING = """
    import importlib, sys, time
    from pathlib import Path
    from tvaers.settings import load_settings
    import ingest.job
    module, name = sys.argv[3].rsplit(".", 1)
    owner = importlib.import_module(module)
    original = getattr(owner, name)
    def stop(*args, **kwargs):
        print("reached", flush=True)
        time.sleep(120)
    def stop_after(*args, **kwargs):
        original(*args, **kwargs)
        stop()
    setattr(owner, name, stop_after if sys.argv[4] == "after" else stop)
    ingest.job.run(load_settings(Path(sys.argv[1])), Path(sys.argv[2]))
"""
MOMENTS = [
    ("ingest.file_job.write_batch", "after"),
    ("ingest.job.write_sorted", "after"),
    ("warehouse.swap._sync", "after"),
]


@pytest.mark.parametrize(("place", "when"), MOMENTS)
def test_a_job_killed_at_any_moment_leaves_the_last_good_warehouse(home, coming, place, when):
    before = home.warehouse.read_bytes()
    job = subprocess.Popen(
        [sys.executable, "-c", dedent(STOPPING), str(home.home), str(coming), place, when],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert job.stdout.readline() == "reached\n"
    job.send_signal(signal.SIGKILL)
    job.wait()
    job.stdout.close()
    assert home.warehouse.read_bytes() == before
    assert answer(home, "SELECT count(*) FROM core.measurement") == [(len(PEOPLE),)]
    result = run(home, coming)
    assert [verdict.state for verdict in result.files] == ["accepted"]
    assert answer(home, "SELECT count(*) FROM core.measurement") == [(2 * len(PEOPLE),)]
    beside = [path.name for path in home.home.glob("warehouse.duckdb?*") if path.suffix != ".lock"]
    assert beside == []


# Ingests a folder in a process that cannot make a file longer than some bytes: what a full disk looks like.
FULL = """
    import resource, signal, sys
    from tvaers.cli import main
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    sys.exit(main(["ingest", sys.argv[2], "--home", sys.argv[1]]))
"""


def _size_with(settings, coming, tmp_path):
    """Return how long the warehouse is once a delivery is loaded, which is tried out on a copy."""
    other = settings.model_copy(update={"home": tmp_path / "other"})
    shutil.copytree(settings.home, other.home)
    assert run(other, coming).is_loaded
    return other.warehouse.stat().st_size


@pytest.mark.parametrize("room", [0, 300_000, "nearly enough"])
def test_a_disk_that_fills_up_is_a_clear_fault_and_the_warehouse_stays(home, coming, room, tmp_path):
    before = home.warehouse.read_bytes()
    bytes_left = room if isinstance(room, int) else max(len(before), _size_with(home, coming, tmp_path)) - 1
    job = subprocess.run(
        [sys.executable, "-c", dedent(FULL), str(home.home), str(coming), str(bytes_left)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert job.returncode in (11, 14), job.stderr
    assert "Traceback" not in job.stderr
    assert "What to do: " in job.stderr
    assert "space" in job.stderr
    assert home.warehouse.read_bytes() == before
