"""A unit asks about its patients in tokens, and only it turns an answer into rows of its own list."""

import itertools
import json
import shutil
from datetime import date, timedelta
from types import SimpleNamespace

import polars as pl
import pytest

from ingest.blinded.key_holder import evaluator_of
from ingest.unit_lists.at_unit import ask, resolve
from ingest.unit_lists.letter import LIST, REQUEST, UnitKey, read_letter, read_unit_key, write_letter, write_unit_key
from packs.pack import load_pack
from tests.lib.byte_search import disguises, files_holding
from tests.lib.deliveries import identifiers
from tvaers.errors import ExtractError, SecretKeyError
from tvaers.master_key import MasterKey
from warehouse.keyed_hash import keyed_hash

PACK = load_pack("denmark")
TODAY = date(2026, 11, 23)
KEY = UnitKey("practice-010091", "0a0b0c0d", bytes(range(32)))
PEOPLE = identifiers(12)
HOLDER = evaluator_of(MasterKey(bytes(range(1, 33))))


def blinder(inputs):
    return [HOLDER.evaluate_known_input(each)[:32] for each in inputs]


@pytest.fixture
def unit(tmp_path):
    """A unit with its key and its list of patients, who were asked about."""
    folder = tmp_path / "unit"
    folder.mkdir()
    key_file, patients, request = folder / "unit.key", folder / "patients.txt", tmp_path / "request"
    write_unit_key(key_file, KEY)
    patients.write_text("\n".join(PEOPLE))
    asked = ask(patients, key_file, KEY, PACK, blinder, request, TODAY)
    return SimpleNamespace(folder=folder, key_file=key_file, patients=patients, request=request, asked=asked)


def tokens_of(request):
    """The tokens of a request by whom they stand for, as the key holder's key tells it."""
    content = read_letter(request, REQUEST).opened(KEY)
    told = dict(zip(content["people"], content["tokens"], strict=True))
    blinded = blinder([f"dk-cpr|{each}".encode() for each in PEOPLE])
    return [next(told[each] for each in told if one.hex() in each) for one in blinded], content["mark"]


def answer(unit, about, *, key=KEY, ends_on=TODAY, size=0, mark=None):
    """Write the list that a warehouse makes about some people, by their place in the list of patients."""
    tokens, own_mark = tokens_of(unit.request)
    path = unit.folder.parent / f"answer-{len(list(unit.folder.parent.iterdir()))}"
    head = {
        "what": LIST, "list": unit.asked.list_id, "made_on": "2026-11-23", "ends_on": ends_on.isoformat(),
        "indicator": "foot_examined", "period_end": "2026-09-30",
    }  # fmt: skip
    write_letter(path, key, head, {"tokens": [tokens[each] for each in about], "mark": mark or own_mark}, size)
    return path


def resolved(unit, path, *, patients=None, key=KEY, today=TODAY):
    return resolve(patients or unit.patients, path, unit.key_file, key, PACK, today)


def refused(unit, path, **how):
    with pytest.raises((ExtractError, SecretKeyError)) as fault:
        resolved(unit, path, **how)
    assert not [each for each in PEOPLE if each in str(fault.value)]
    return fault.value


def test_a_unit_finds_the_rows_that_an_answer_is_about(unit):
    found = resolved(unit, answer(unit, [1, 4, 11]))
    assert (found.rows, found.gone, found.indicator) == ((2, 5, 12), 0, "foot_examined")
    assert resolved(unit, answer(unit, [])).rows == ()


def test_rows_are_found_by_who_stands_in_them_when_the_list_has_changed(unit):
    path = answer(unit, [0, 1, 2])
    dashed = f"{PEOPLE[2][:6]}-{PEOPLE[2][6:]}"
    unit.patients.write_text(f"\r\n{PEOPLE[7]}\r\n {dashed} \r\nnobody\r\n{PEOPLE[0]}\r\n{PEOPLE[2]}\r\n")
    found = resolved(unit, path)
    assert (found.rows, found.gone) == ((3, 5, 6), 1)


def test_rows_without_an_identifier_are_named_and_nobody_is_asked_about_twice(unit, tmp_path):
    unit.patients.write_text(f"CPR\n{PEOPLE[0]}\n\n{PEOPLE[0]}\n3113991234\n")
    asked = ask(unit.patients, unit.key_file, KEY, PACK, blinder, tmp_path / "another", TODAY)
    assert (asked.people, asked.rows_without_identifier) == (1, (1, 5))


@pytest.mark.parametrize("content", ["", "name\nanother\n", b"\xff\xfe\x00"])
def test_a_list_without_identifiers_is_refused(unit, tmp_path, content):
    unit.patients.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ExtractError):
        ask(unit.patients, unit.key_file, KEY, PACK, blinder, tmp_path / "another", TODAY)
    assert not (tmp_path / "another").exists()


def test_another_units_list_is_refused_by_both_names(unit):
    other = UnitKey("practice-010037", KEY.key_id, bytes(32))
    fault = refused(unit, answer(unit, [1], key=other))
    assert fault.reason == "other_unit"
    assert "practice-010037" in str(fault)
    assert "practice-010091" in str(fault)


def test_a_list_under_a_key_that_was_replaced_is_refused_by_its_name(unit):
    old = UnitKey(KEY.unit, "ffffffff", bytes(32))
    assert refused(unit, answer(unit, [1], key=old)).reason == "other_key"


def test_a_list_under_the_right_names_and_a_wrong_key_is_refused(unit):
    assert refused(unit, answer(unit, [1], key=UnitKey(KEY.unit, KEY.key_id, bytes(32)))).reason == "changed"


@pytest.mark.parametrize("changed", ["ends_on", "indicator", "sealed"])
def test_a_list_of_which_anything_was_changed_is_refused(unit, changed):
    path = answer(unit, [1], ends_on=TODAY - timedelta(days=1))
    told = json.loads(path.read_text())
    if changed == "sealed":
        told["sealed"] = ("A" if told["sealed"][0] != "A" else "B") + told["sealed"][1:]
    else:
        told["head"][changed] = {"ends_on": "2030-01-01", "indicator": "eye_examined"}[changed]
    path.write_text(json.dumps(told))
    assert refused(unit, path).reason == "changed"


def test_a_list_ends_after_its_last_day(unit):
    path = answer(unit, [1], ends_on=TODAY)
    assert resolved(unit, path).rows == (2,)
    assert refused(unit, path, today=TODAY + timedelta(days=1)).reason == "ended"


def test_a_list_about_nobody_of_the_patients_named_is_refused(unit, tmp_path):
    (tmp_path / "others.txt").write_text("\n".join(PEOPLE[6:]))
    assert refused(unit, answer(unit, [1, 2]), patients=tmp_path / "others.txt").reason == "other_list"


def test_nothing_is_resolved_without_the_units_own_secret_or_with_another(unit):
    path = answer(unit, [1])
    own = unit.key_file.with_name("unit.key.own")
    kept = own.read_text()
    own.unlink()
    assert refused(unit, path).reason == "no_secret"
    own.write_text("ab" * 32)
    own.chmod(0o600)
    assert refused(unit, path).reason == "other_secret"
    own.write_text(kept)
    own.chmod(0o644)
    with pytest.raises(SecretKeyError):
        resolved(unit, path)


def test_what_is_no_letter_or_no_key_is_refused(unit, tmp_path):
    for content in ("", "[]", '{"head": 5, "sealed": "x"}', unit.request.read_text()):
        (tmp_path / "no_list").write_text(content)
        with pytest.raises(ExtractError):
            resolved(unit, tmp_path / "no_list")
    with pytest.raises(SecretKeyError):
        read_unit_key(unit.patients)
    shutil.copy(unit.key_file, tmp_path / "open.key")
    (tmp_path / "open.key").chmod(0o640)
    with pytest.raises(SecretKeyError):
        read_unit_key(tmp_path / "open.key")


def test_nothing_is_written_over(unit):
    with pytest.raises(ExtractError):
        ask(unit.patients, unit.key_file, KEY, PACK, blinder, unit.request, TODAY)
    with pytest.raises(ExtractError):
        write_unit_key(unit.key_file, KEY)


def test_tokens_are_useless_to_everybody_without_the_units_own_secret(unit):
    # The strongest stranger: has the unit's key, the warehouse's key, the key holder's key and everybody's identifier.
    tokens, _ = tokens_of(unit.request)
    master = MasterKey(bytes(range(1, 33)))
    keys = [KEY.secret, master.secret, master.blinding_seed(), *map(master.subkey, ("warehouse", f"unit:{KEY.unit}"))]
    keys += [MasterKey(each).subkey(f"list:{unit.asked.list_id}") for each in keys]
    blinded = [each.hex() for each in blinder([f"dk-cpr|{each}".encode() for each in PEOPLE])]
    for key, names, tag in itertools.product(keys, (PEOPLE, blinded), ("unit-list|dk-cpr", "dk-cpr", "dk-cpr-blinded")):
        assert not set(keyed_hash(pl.Series(names), tag, [key])) & set(tokens)
    own = MasterKey(bytes.fromhex(unit.key_file.with_name("unit.key.own").read_text().strip()))
    with_it = keyed_hash(pl.Series(PEOPLE), "unit-list|dk-cpr", [own.subkey(f"list:{unit.asked.list_id}")])
    assert with_it.to_list() == tokens, "with the secret they are found, so the search above is a search"


def test_two_lists_about_the_same_people_share_no_token(unit, tmp_path):
    ask(unit.patients, unit.key_file, KEY, PACK, blinder, tmp_path / "second", TODAY)
    first, second = tokens_of(unit.request)[0], tokens_of(tmp_path / "second")[0]
    assert len(set(first)) == len(PEOPLE)
    assert not set(first) & set(second)


def test_a_request_tells_no_identifier_even_when_it_is_opened_and_no_order(unit, tmp_path):
    (tmp_path / "opened").mkdir()
    content = read_letter(unit.request, REQUEST).opened(KEY)
    (tmp_path / "opened" / "request").write_text(json.dumps(content))
    sent = unit.request.read_bytes()
    assert files_holding([tmp_path / "opened"], PEOPLE) == {}
    assert not any(each in sent for one in PEOPLE for each in disguises(one))
    assert content["tokens"] == sorted(content["tokens"])
    secret = unit.key_file.with_name("unit.key.own").read_bytes().strip()
    assert secret not in sent + json.dumps(content).encode()


def test_the_length_of_a_list_does_not_tell_how_many_stand_in_it(unit):
    lengths = {answer(unit, range(number), size=900).stat().st_size for number in (0, 1, 12)}
    assert len(lengths) == 1
