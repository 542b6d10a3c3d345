"""Blinding keeps the published protocol, tells the key holder nothing, and ends clearly in every case."""

import io
import json
import os
import secrets
import sys
from datetime import date
from types import ModuleType

import polars as pl
import pytest
from voprf import ristretto

from ingest.blinded import written
from ingest.blinded.blinding import Blinding
from ingest.blinded.key_holder import answer, evaluator_of, public_key_of
from ingest.blinded.messages import ELEMENTS_AT_ONCE, PROTOCOL, SUITE, packed
from ingest.blinded.quota import QUOTA_FILE, Quota
from ingest.identifier import examine, normalise, read_scheme
from packs.pack import load_pack
from tests.lib.deliveries import identifiers
from tvaers.errors import ExtractError, SecretKeyError
from tvaers.master_key import MasterKey

KEY = MasterKey(bytes(range(32)))
SCHEME = read_scheme(load_pack("denmark").folder)
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module", autouse=True)
def _no_page_of_another_test_as_main_program():
    """Keep a page that another test has run from being started again in the process that blinds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield


@pytest.fixture(scope="module")
def blinding():
    with Blinding(bytes.fromhex(public_key_of(KEY))) as found:
        yield found


# RFC 9497, appendix A.1.2: ristretto255-SHA512, verifiable mode.
def test_the_library_gives_the_outputs_that_the_standard_prints():
    evaluator = ristretto.Evaluator.from_seed(bytes([0xA3]) * 32, b"test key")
    assert evaluator.public_key.serialize().hex() == "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
    assert evaluator.evaluate_known_input(b"\0").hex() == (
        "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
        "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"
    )
    assert evaluator.evaluate_known_input(b"\x5a" * 17).hex() == (
        "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
        "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"
    )


def test_what_comes_out_blind_is_what_the_key_makes_of_it_in_clear(blinding):
    inputs = [each.encode() for each in identifiers(20)]
    elements = [ristretto.BlindedInput.deserialize(each) for each in blinding.blind(inputs)]
    evaluator = evaluator_of(KEY)
    outputs = blinding.unblind(evaluator.evaluate_batch(elements).serialize())
    assert outputs == [evaluator.evaluate_known_input(each) for each in inputs]
    assert len(set(outputs)) == 20


def test_a_change_of_key_changes_no_blinded_identifier_and_another_key_changes_all():
    changed = KEY.followed_by(secrets.token_bytes(32), TODAY).followed_by(secrets.token_bytes(32), TODAY)
    assert public_key_of(changed) == public_key_of(KEY)
    assert public_key_of(MasterKey(secrets.token_bytes(32))) != public_key_of(KEY)


def test_the_same_identifier_looks_different_at_every_request(blinding):
    assert len({blinding.blind([b"0101011234"])[0] for _ in range(5)}) == 5


@pytest.mark.parametrize("spoil", ["other key", "one bit", "too short", "nothing", "too few"])
def test_an_answer_that_is_not_proved_is_refused(blinding, spoil):
    elements = [ristretto.BlindedInput.deserialize(each) for each in blinding.blind([b"a", b"b"])]
    evaluator = evaluator_of(MasterKey(bytes(32))) if spoil == "other key" else evaluator_of(KEY)
    told = evaluator.evaluate_batch(elements[: 1 if spoil == "too few" else 2]).serialize()
    spoiled = {"one bit": bytes([told[0] ^ 1]) + told[1:], "too short": told[:-1], "nothing": b""}.get(spoil, told)
    with pytest.raises(SecretKeyError) as refused:
        blinding.unblind(spoiled)
    assert refused.value.reason == "wrong_proof"


def test_a_process_that_ends_in_the_middle_is_a_clear_refusal():
    with Blinding(bytes.fromhex(public_key_of(KEY))) as own:
        own.blind([b"a"])
        with pytest.raises(SecretKeyError):
            own._run(os._exit, 3)


def told(quota: Quota, *messages: object) -> list[dict]:
    lines = "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in messages)
    heard = io.StringIO()
    answer(io.StringIO(lines), heard, KEY, quota)
    return [json.loads(line) for line in heard.getvalue().splitlines()]


OPENING = {"protocol": PROTOCOL, "suite": SUITE}


def request(number: int) -> dict:
    return {"elements": packed([ristretto.Client.blind(b"x")[1].serialize()] * number)}


def test_the_key_holder_answers_until_the_days_limit_and_counts_each_site_apart(tmp_path):
    first, second = Quota(tmp_path, "viborg", 5), Quota(tmp_path, "skive", 5)
    opening, one, two, three = told(first, OPENING, request(3), request(2), request(1))
    assert opening == {"public_key": public_key_of(KEY), "left_today": 5}
    assert "evaluated" in one
    assert "evaluated" in two
    assert three == {"refused": "quota", "left_today": 0}
    assert second.left() == 5
    kept = [json.loads(line) for line in (tmp_path / QUOTA_FILE).read_text().splitlines()]
    assert [(each["site"], each["number"]) for each in kept] == [("viborg", 3), ("viborg", 2)]
    yesterday = json.dumps({"day": "2026-01-01", "site": "skive", "number": 5}) + "\n"
    (tmp_path / QUOTA_FILE).write_text(yesterday)
    assert second.left() == 5


@pytest.mark.parametrize(
    "message",
    [
        "no message",
        "[]",
        {},
        {"elements": 5},
        {"elements": "%%"},
        {"elements": ""},
        {"elements": packed([bytes(31)])},
        {"elements": packed([b"\xff" * 32])},
        {"elements": packed([bytes(32)])},
        {"elements": packed([b"x" * 32] * (ELEMENTS_AT_ONCE + 1))},
    ],
)
def test_the_key_holder_refuses_what_is_no_request_and_counts_nothing(tmp_path, message):
    assert told(Quota(tmp_path, "viborg", 9), OPENING, message)[1:] == [{"refused": "request"}]
    assert not (tmp_path / QUOTA_FILE).exists()


@pytest.mark.parametrize(
    "opening", [{}, {"protocol": "another", "suite": SUITE}, {"protocol": PROTOCOL, "suite": "P-384"}]
)
def test_the_key_holder_speaks_one_protocol(tmp_path, opening):
    assert told(Quota(tmp_path, "viborg", 9), opening) == [{"refused": "protocol"}]


def test_what_is_written_of_an_identifier_is_read_again():
    states = ["ok", "ok", "zero_lost", "missing", "broken", "replacement"]
    hashes = pl.Series("id", ["0a" * 32, "0b" * 32, "0c" * 32, None, None, None])
    found = written.read(
        written.written(hashes, pl.Series(states), pl.Series([True, False, True, False, False, False]))
    )
    assert found["state"].to_list() == states
    assert found["hash"].to_list() == hashes.to_list()
    assert found["has_check_digit"].to_list()[:3] == [True, False, True]


@pytest.mark.parametrize(
    "text", ["0a" * 32, "tvb1-", f"tvb1-{'0A' * 32}c", f"tvb1-{'0a' * 31}c", f"tvb1-{'0a' * 32}x", "?"]
)
def test_nothing_else_is_read_as_a_blinded_identifier(text):
    assert written.read(pl.Series([text])).row(0)[:2] == (None, "broken")


@pytest.mark.parametrize("write", [str, lambda one: f"{one[:6]}-{one[6:]}", lambda one: f" {one} "])
def test_an_identifier_in_clear_is_refused_where_blinded_ones_are_agreed(write):
    (person,) = identifiers(1)
    assert examine(normalise(pl.Series([write(person)]), SCHEME), SCHEME, TODAY)["state"][0] == "ok"
    with pytest.raises(ExtractError) as refused:
        written.refuse_other_kind(pl.Series([None, write(person)]), SCHEME, TODAY, is_blinded=True)
    assert person not in str(refused.value)
    assert refused.value.reason == "identifier_in_clear"


def test_a_blinded_identifier_is_refused_where_they_come_in_clear():
    with pytest.raises(ExtractError) as refused:
        written.refuse_other_kind(pl.Series([f"tvb1-{'0a' * 32}c"]), SCHEME, TODAY, is_blinded=False)
    assert refused.value.reason == "identifier_blinded"
