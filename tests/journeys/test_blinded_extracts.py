"""A site and a key holder, two processes, blind a messy region; the warehouse counts and links as if in clear."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ingest.job import run
from synthetic.region import write_region
from tests.lib.byte_search import files_holding
from tests.lib.deliveries import LABKA, deliver, identifiers, new_home, opened, results, text
from tvaers.cli import main
from tvaers.settings import Settings

pytestmark = pytest.mark.slow

TABLES = ("person", "registration", "measurement", "diagnosis", "dispensing", "examination", "hospital_contact")


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "tvaers", *map(str, words)]


def ask(folder: Path, site: str = "silkeborg", per_day: int = 100_000) -> str:
    """Return a command that reaches the key holder, and keeps a copy of all that it hears and says."""
    holder = shlex.join(command("blind", "answer", "--site", site, "--per-day", per_day, "--home", folder / "holder"))
    return shlex.join(["sh", "-c", f"tee -a {folder / 'heard'} | {holder} | tee -a {folder / 'said'}"])


def blind(folder: Path, source: Path, out: Path, **how: object) -> subprocess.CompletedProcess[str]:
    public_key = how.pop("public_key", None) or (folder / "public_key").read_text()
    words = command("blind", "extracts", source, "--out", out, "--key-holder", ask(folder, **how), "--json")
    return subprocess.run(
        [*words, "--public-key", public_key], check=False, capture_output=True, text=True, env=os.environ
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A key holder, a warehouse of blinded extracts, one of extracts in clear, and a messy region in both."""
    folder = tmp_path_factory.mktemp("blinded")
    source, out = folder / "extracts", folder / "out"
    write_region(source, seed=5, inhabitants=900, messy=True)
    holder = Settings(home=folder / "holder", key_file=folder / "holder_keys" / "master.key")
    assert main(["init", "--home", str(holder.home), "--key-file", str(holder.key_file)]) == 0
    shown = subprocess.run(
        command("blind", "public-key", "--home", holder.home), check=True, capture_output=True, text=True
    )
    (folder / "public_key").write_text(shown.stdout.strip())
    done = blind(folder, source, out)
    for bundle in source.rglob("kl_gateway*"):
        bundle.unlink()
    clear = new_home(folder / "clear")
    blinded = new_home(folder / "blinded").model_copy(update={"identifiers": "blinded"})
    blinded.save()
    written = {each["path"].rpartition("/")[2] for each in json.loads(done.stdout)["written"]}
    return SimpleNamespace(
        folder=folder,
        source=source,
        out=out,
        done=done,
        written=written,
        clear=clear,
        blinded=blinded,
        in_clear={each.file_name: each for each in run(clear, source).files},
        of_blinded={each.file_name: each for each in run(blinded, out).files},
    )


def test_every_table_is_blinded_and_what_is_not_is_told(place):
    assert place.done.returncode == 12, place.done.stderr
    told = json.loads(place.done.stdout)
    assert len(place.written) > 15
    assert {each["reason"] for each in told["left_out"]} >= {"not_a_table"}


def test_every_row_has_the_same_fate_as_in_clear(place):
    counted = ("state", "rows_in", "loaded", "quarantined", "duplicates")
    for name in sorted(place.written):
        clear = place.in_clear.get(name) or place.in_clear[f"{name}.gz"]
        found = place.of_blinded[name]
        assert [getattr(found, each) for each in counted] == [getattr(clear, each) for each in counted], name
        assert (found.by_rule, found.warnings) == (clear.by_rule, clear.warnings), name
    assert any("identifier_in_text" in each.by_rule for each in place.of_blinded.values())


@pytest.mark.parametrize("table", TABLES)
def test_the_same_rows_belong_together_under_other_names(place, table):
    courses = (
        f"SELECT number, count(*) FROM (SELECT count(*) AS number FROM core.{table} GROUP BY patient_id) GROUP BY 1"
    )
    found = []
    for home in (place.clear, place.blinded):
        with opened(home) as con:
            found.append(dict(con.execute(courses).fetchall()))
    assert found[0] == found[1]
    assert sum(found[0].values()) > 5
    names = [opened_ids(home, table) for home in (place.clear, place.blinded)]
    assert not names[0] & names[1]


def opened_ids(home: Settings, table: str) -> set[object]:
    with opened(home) as con:
        return {row[0] for row in con.execute(f"SELECT DISTINCT patient_id FROM core.{table}").fetchall()}


def test_neither_what_is_sent_nor_what_the_key_holder_hears_tells_an_identifier(place):
    register = b"".join(path.read_bytes() for path in place.source.rglob("bef*.csv"))
    people = sorted({one.decode().replace("-", "") for one in re.findall(rb"\b\d{6}-?\d{4}\b", register)})
    assert len(people) > 500
    (place.folder / "wire").mkdir(exist_ok=True)
    for name in ("heard", "said"):
        (place.folder / "wire" / name).write_bytes((place.folder / name).read_bytes())
    looked_at = [place.out, place.folder / "wire", place.folder / "holder", place.blinded.home]
    assert files_holding(looked_at, people[:400]) == {}
    assert files_holding([place.source], people[:5])


def test_the_site_never_has_the_key_and_the_key_holder_no_extract(place):
    key = (place.folder / "holder_keys" / "master.key").read_text().strip()
    sent = b"".join(path.read_bytes() for path in place.out.rglob("*") if path.is_file())
    for content in (sent, (place.folder / "said").read_bytes()):
        assert key.encode() not in content
        assert bytes.fromhex(key[:64]) not in content


@pytest.mark.parametrize(
    ("how", "reason"),
    [({"per_day": 5, "site": "skive"}, "left are today"), ({"public_key": "ab" * 32}, "another key")],
)
def test_the_site_is_refused_beyond_its_limit_and_by_another_key(place, tmp_path, how, reason):
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(identifiers(20))))
    done = blind(place.folder, tmp_path / "in", tmp_path / "out", **how)
    assert done.returncode == 16
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert ("5 are left today" if "per_day" in how else reason) in done.stdout + done.stderr


def test_a_key_holder_that_cannot_be_reached_is_a_clear_refusal(place, tmp_path):
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(identifiers(3))))
    for holder in ("no-such-command", "true", "cat", "sh -c 'echo {}'"):
        words = ["blind", "extracts", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--key-holder", holder]
        assert main([*words, "--public-key", (place.folder / "public_key").read_text()]) == 16


def test_files_of_the_other_kind_are_refused_whole(place, tmp_path):
    people = identifiers(3)
    deliver(tmp_path / "clear", "labka_2031.csv", text(LABKA, results(people)))
    (refused,) = run(place.blinded, tmp_path / "clear").files
    assert (refused.state, refused.reason) == ("refused", "identifier_in_clear")
    blinded = max(place.out.rglob("lab_dm_forsker*.csv"), key=lambda path: path.stat().st_size)
    deliver(tmp_path / "blinded", "lab_dm_forsker_2032.csv", blinded.read_bytes())
    (refused,) = run(place.clear, tmp_path / "blinded").files
    assert (refused.state, refused.reason) == ("refused", "identifier_blinded")
    assert files_holding([place.blinded.home], people) == {}


def test_a_home_with_people_keeps_the_kind_of_its_identifiers(place):
    assert main(["init", "--home", str(place.blinded.home), "--identifiers", "in_clear"]) == 10
