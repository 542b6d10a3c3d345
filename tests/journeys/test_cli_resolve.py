"""A unit asks whose care is open, the warehouse answers, and only the unit finds its patients; no byte tells one."""

import json
import re
import shlex
import sys
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import polars as pl
import pytest

from data_contracts.contract import load_contracts
from ingest.blinded.extracts import blind_extracts
from ingest.blinded.key_holder import evaluator_of, public_key_of
from ingest.identifier import read_scheme
from ingest.pseudonymise import pseudonymiser_of
from ingest.unit_lists.at_unit import ask
from ingest.unit_lists.at_warehouse import REQUEST_DAYS
from ingest.unit_lists.letter import LIST, REQUEST, read_letter, read_unit_key
from packs.pack import load_pack
from synthetic.region import write_region
from tests.lib.byte_search import files_holding
from tests.lib.deliveries import new_home, opened
from tvaers import audit_log
from tvaers.cli import main
from tvaers.keys import load_master_key
from tvaers.unit_lists import QUOTA_FILE

pytestmark = pytest.mark.slow

PACK = load_pack("denmark")
INDICATOR = "foot_examined"
# Tables that cannot be blinded, or that the indicator does not look at, would only take time.
LEFT_OUT = ("municipality", "eye_screening", "known_answers")
# Whoever had another number before is known under both.
OPEN_THERE = """
    WITH is_open AS (
        SELECT result.patient_id
        FROM indicator.patient_result AS result
        JOIN core.registration AS registered
            ON registered.patient_id = result.patient_id
            AND result.period_end BETWEEN registered.starts_on AND coalesce(registered.ends_on, DATE '9999-12-31')
        WHERE indicator_id = ? AND in_denominator AND numerator = 0 AND practice_id = ?
    )
    SELECT replace(CAST(patient_id AS VARCHAR), '-', '') FROM is_open
    UNION
    SELECT replace(CAST(old_patient_id AS VARCHAR), '-', '') FROM core.person_alias SEMI JOIN is_open USING (patient_id)
"""
LARGEST = "SELECT practice_id FROM core.registration GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A blinded warehouse, a key holder, two practices with keys, and a list of everybody as patient list of both."""
    folder = tmp_path_factory.mktemp("resolve")
    source, settings = folder / "extracts", new_home(folder / "warehouse").model_copy(update={"identifiers": "blinded"})
    settings.save()
    write_region(source, seed=3, inhabitants=700, messy=False)
    register = b"".join(path.read_bytes() for path in source.rglob("bef*.csv"))
    for path in [path for path in source.rglob("*") if path.is_file() and path.parent.name in LEFT_OUT]:
        path.unlink()
    holder = new_home(folder / "holder")
    evaluator = evaluator_of(load_master_key(holder))

    def blinder(inputs):
        return [evaluator.evaluate_known_input(each)[:32] for each in inputs]

    blind_extracts(source, folder / "sent", PACK, load_contracts(PACK.contracts), read_scheme(PACK.folder), blinder)
    home = ["--home", str(settings.home)]
    assert main(["ingest", str(folder / "sent"), *home]) == 0
    assert main(["compute", "--quarters", "1", *home]) == 0
    people = sorted({each.decode().replace("-", "") for each in re.findall(rb"^\d{6}-?\d{4}\b", register, re.M)})
    with opened(settings) as con:
        practices = [f"practice-{each}" for (each,) in con.execute(LARGEST).fetchall()]
    units = folder / "units"
    units.mkdir()
    (units / "patients.txt").write_text("\n".join(reversed(people)))
    for unit in practices:
        assert main(["unit", "key", unit, "--out", str(units / f"{unit}.key"), *home]) == 0
    found = SimpleNamespace(
        folder=folder, settings=settings, home=home, people=people, practices=practices, units=units,
        patients=units / "patients.txt", blinder=blinder, holder=holder,
        public_key=public_key_of(load_master_key(holder)),
    )  # fmt: skip
    for unit in practices:
        request(found, unit)
    return found


def key_of(place, unit):
    return place.units / f"{unit}.key"


def request(place, unit, *, patients=None, on=None, out="request"):
    """Ask as a unit, with a key holder in the same process."""
    path, key = place.units / f"{unit}.{out}", key_of(place, unit)
    today = on or datetime.now(tz=UTC).date()
    ask(patients or place.patients, key, read_unit_key(key), PACK, place.blinder, path, today)
    return path


def make(place, unit, out, *, indicator=INDICATOR, request="request", why="recall"):
    path = request if "/" in str(request) else place.units / f"{unit}.{request}"
    words = ["unit", "list", str(path), "--open-in", indicator, "--why", why, "--out", str(out)]
    return main([*words, *place.home])


def resolved(place, unit, made, capsys):
    capsys.readouterr()
    words = ["resolve", str(place.patients), "--list", str(made), "--key-file", str(key_of(place, unit)), "--json"]
    assert main(words) == 0
    return json.loads(capsys.readouterr().out)["resolved"]


def open_there(place, unit):
    """Whose care is open, found another way: from each identifier over its pseudonym, with the register's own days."""
    key = load_master_key(place.settings)
    blinded = [f"tvb1-{each.hex()}c" for each in place.blinder([f"dk-cpr|{one}".encode() for one in place.people])]
    named = pseudonymiser_of(place.settings, PACK, key, born_until=date(2026, 11, 23)).people(pl.Series(blinded))
    by_pseudonym = dict(zip(named, place.people, strict=True))
    with opened(place.settings) as con:
        rows = con.execute(OPEN_THERE, [INDICATOR, unit.removeprefix("practice-")]).fetchall()
    return {by_pseudonym[each] for (each,) in rows if each in by_pseudonym}


def test_a_unit_finds_its_own_open_patients_and_nobody_elses(place, tmp_path, capsys):
    lines = place.patients.read_text().split("\n")
    found = []
    for unit in place.practices:
        assert make(place, unit, tmp_path / unit) == 0
        told = resolved(place, unit, tmp_path / unit, capsys)
        found.append({lines[row - 1] for row in told["rows"]})
        assert found[-1] == open_there(place, unit)
        assert len(found[-1]) >= 2
        assert told["gone"] == 0
    assert not found[0] & found[1]


def test_another_units_list_is_refused_by_name_and_opens_for_nobody_else(place, tmp_path, capsys):
    first, second = place.practices
    assert make(place, first, tmp_path / "list") == 0
    words = ["resolve", str(place.patients), "--list", str(tmp_path / "list"), "--key-file", str(key_of(place, second))]
    assert main(words) == 16
    told = capsys.readouterr()
    assert first in told.err
    assert "Open in" not in told.out


def test_a_request_of_another_unit_or_under_another_name_is_refused(place, tmp_path):
    first, second = place.practices
    told = json.loads((place.units / f"{first}.request").read_text())
    told["head"]["unit"] = second
    (tmp_path / "forged").write_text(json.dumps(told))
    assert make(place, first, tmp_path / "list", request=tmp_path / "forged") == 16
    told["head"]["unit"] = "practice-999999"
    (tmp_path / "forged").write_text(json.dumps(told))
    assert make(place, first, tmp_path / "list", request=tmp_path / "forged") == 13
    assert not (tmp_path / "list").exists()


def test_an_old_request_and_what_asks_for_nothing_are_refused(place, tmp_path):
    unit = place.practices[0]
    before = datetime.now(tz=UTC).date() - timedelta(days=REQUEST_DAYS + 1)
    old = request(place, unit, on=before, out="old")
    assert make(place, unit, tmp_path / "list", request=old) == 11
    for indicator in ("hba1c_median", "no_such_indicator", "hypoglycaemia_admissions_rate", "stratum_red"):
        assert make(place, unit, tmp_path / "list", indicator=indicator) == 13, indicator
    assert make(place, unit, place.patients) == 11
    assert not (tmp_path / "list").exists()


def test_a_unit_is_made_so_many_lists_a_day_and_no_more(place, tmp_path, monkeypatch, capsys):
    first, second = place.practices
    (place.settings.home / QUOTA_FILE).unlink(missing_ok=True)
    monkeypatch.setattr("ingest.unit_lists.at_warehouse.LISTS_A_DAY", 1)
    assert make(place, first, tmp_path / "list") == 0
    assert make(place, first, tmp_path / "one more") == 11
    assert "as many as it may be" in capsys.readouterr().err
    assert not (tmp_path / "one more").exists()
    assert make(place, second, tmp_path / "of another unit") == 0
    (place.settings.home / QUOTA_FILE).unlink()


def test_who_objected_is_on_no_list_even_before_the_erasure(place, tmp_path, capsys):
    unit = place.practices[0]
    (one, *_) = sorted(open_there(place, unit))
    objecting = tmp_path / "objecting.txt"
    objecting.write_text(f"tvb1-{place.blinder([f'dk-cpr|{one}'.encode()])[0].hex()}c\n")
    assert main(["object", str(objecting), *place.home]) == 0
    assert make(place, unit, tmp_path / "list") == 0
    lines = place.patients.read_text().split("\n")
    told = {lines[row - 1] for row in resolved(place, unit, tmp_path / "list", capsys)["rows"]}
    assert main(["object", str(objecting), "--withdraw", *place.home]) == 0
    assert told == open_there(place, unit) - {one}


def test_a_home_of_identifiers_in_clear_makes_no_keys_and_no_lists(place, tmp_path, capsys):
    home = ["--home", str(new_home(tmp_path / "in clear").home)]
    assert main(["unit", "key", place.practices[0], "--out", str(tmp_path / "key"), *home]) == 10
    words = ["unit", "list", str(place.units / f"{place.practices[0]}.request"), "--open-in", INDICATOR, "--why", "x"]
    assert main([*words, "--out", str(tmp_path / "list"), *home]) == 10
    assert "name its patients" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["in clear"]


def test_the_command_asks_the_key_holder_and_sends_it_no_identifier(place, tmp_path, capsys):
    unit = place.practices[0]
    words = [sys.executable, "-m", "tvaers", "blind", "answer", "--site", "unit", "--per-day", "9999"]
    answering = shlex.join([*words, "--home", str(place.holder.home)])
    holder = shlex.join(["sh", "-c", f"tee {tmp_path / 'heard'} | {answering}"])
    asking = [
        "unit",
        "ask",
        str(place.patients),
        "--key-file",
        str(key_of(place, unit)),
        "--out",
        str(tmp_path / "asked"),
    ]
    assert main([*asking, "--key-holder", holder, "--public-key", place.public_key]) == 0
    assert make(place, unit, tmp_path / "list", request=tmp_path / "asked") == 0
    lines = place.patients.read_text().split("\n")
    told = {lines[row - 1] for row in resolved(place, unit, tmp_path / "list", capsys)["rows"]}
    assert told == open_there(place, unit)
    assert (tmp_path / "heard").stat().st_size > 1_000
    assert files_holding([tmp_path], place.people[:300]) == {}


def test_typed_identifiers_are_refused_and_not_repeated(place, tmp_path, capfd):
    one = place.people[5]
    asked = str(place.units / f"{place.practices[0]}.request")
    calls = [
        ["unit", "key", one, "--out", str(tmp_path / "key"), *place.home],
        ["unit", "key", place.practices[0], "--out", str(tmp_path / f"{one}.key"), *place.home],
        ["unit", "list", asked, "--open-in", one, "--why", "x", "--out", str(tmp_path / "list"), *place.home],
        ["unit", "list", asked, "--open-in", INDICATOR, "--why", one, "--out", str(tmp_path / "list"), *place.home],
        ["unit", "list", f"{tmp_path}/{one}", "--open-in", INDICATOR, "--why", "x", "--out", "list", *place.home],
        ["resolve", f"{tmp_path}/{one}.txt", "--list", asked, "--key-file", str(key_of(place, place.practices[0]))],
    ]
    assert {main(call) for call in calls} == {10, 11}
    told = capfd.readouterr()
    assert one not in told.out + told.err
    assert list(tmp_path.iterdir()) == []


def test_the_log_tells_unit_list_and_purpose_and_no_token_and_no_byte_tells_an_identifier(place, tmp_path):
    unit = place.practices[0]
    assert make(place, unit, tmp_path / "list", why="foot recall") == 0
    written = audit_log.entries(place.settings)
    (last,) = [each for each in written if each["purpose"] == "foot recall"]
    asked = read_letter(place.units / f"{unit}.request", REQUEST)
    assert last["subject"] == f"{INDICATOR}, {unit}, list {asked.head['list']}"
    assert last["rows"] == len(place.people)
    assert audit_log.first_broken(place.settings) is None
    key = read_unit_key(key_of(place, unit))
    kept = b"".join(path.read_bytes() for path in place.settings.home.rglob("*") if path.is_file())
    content = read_letter(tmp_path / "list", LIST).opened(key)
    assert len(content["tokens"]) >= 2
    assert not [each for each in (*asked.opened(key)["tokens"], *content["tokens"]) if each.encode() in kept]
    sent = tmp_path / "sent"
    sent.mkdir()
    for path in (*place.units.glob("*.request"), *place.units.glob("*.key*"), tmp_path / "list"):
        (sent / path.name).write_bytes(path.read_bytes())
    assert files_holding([place.settings.home, place.holder.home, sent], place.people[:300]) == {}


def test_after_a_change_of_key_a_unit_needs_a_new_one(place, tmp_path, capsys):
    # The last test: it changes the warehouse that the others ask.
    unit = place.practices[0]
    assert main(["keys", "rotate", *place.home]) == 0
    assert main(["compute", "--quarters", "1", *place.home]) == 0
    assert make(place, unit, tmp_path / "list") == 16
    assert "new key" in capsys.readouterr().err
    key_of(place, unit).unlink()
    assert main(["unit", "key", unit, "--out", str(key_of(place, unit)), *place.home]) == 0
    assert make(place, unit, tmp_path / "list", request=request(place, unit, out="anew")) == 0
    lines = place.patients.read_text().split("\n")
    told = {lines[row - 1] for row in resolved(place, unit, tmp_path / "list", capsys)["rows"]}
    assert told == open_there(place, unit)
