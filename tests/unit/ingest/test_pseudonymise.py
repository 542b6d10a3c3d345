"""Pseudonyms are the keyed hash they claim to be, and nothing that names a person passes."""

import hashlib
import hmac
import random
import time
from datetime import date

import polars as pl
import pytest

from data_contracts.contract import load_contracts
from ingest.identifier import read_scheme
from ingest.pseudonymise import Pseudonymiser
from ingest.rows import Block
from packs.pack import load_pack
from tests.lib.deliveries import identifiers
from warehouse import keyed_hash

SCHEME = read_scheme(load_pack("denmark").folder)
KEY = bytes(range(32))
RECORD_KEY = bytes(range(100, 132))
PERSON, OTHER = identifiers(2)
ROWS = 200_000
NONE = pl.Series([], dtype=pl.UInt32)


def made(key: bytes = KEY, tag: str = "dk-cpr") -> Pseudonymiser:
    return Pseudonymiser(tag, SCHEME, (key,), (RECORD_KEY,), date(2026, 10, 1))


def reference(identifier: str, key: bytes = KEY, tag: str = "dk-cpr") -> str:
    return hmac.new(key.hex().encode(), f"{tag}|{identifier}".encode(), hashlib.sha256).hexdigest()[:32]


def apply(file_type: str, **columns: list[str | None]):
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_row_index("row_number", offset=1)
    return made().apply(Block(frame, NONE), load_contracts()[file_type])


def test_ten_thousand_pseudonyms_equal_the_standard_librarys_hmac():
    chance = random.Random(1)
    numbers = [f"{chance.randrange(10**10):010}" for _ in range(10_000)]
    assert made().pseudonyms(pl.Series(numbers)).to_list() == [reference(number) for number in numbers]


def test_hashing_in_threads_gives_the_same(monkeypatch):
    numbers = pl.Series([f"{number:010}" for number in range(1001)])
    plain = made().pseudonyms(numbers)
    monkeypatch.setattr(keyed_hash, "_MIN_ROWS_PER_THREAD", 10)
    assert made().pseudonyms(numbers).to_list() == plain.to_list()


def test_ten_million_identifiers_take_less_than_thirty_seconds_of_one_processor():
    days = pl.date_range(date(1940, 1, 1), date(1999, 12, 31), eager=True).dt.strftime("%d%m%y")
    serials = (pl.int_range(0, ROWS, eager=True) % 4000).cast(pl.String).str.zfill(4)
    people = days.sample(ROWS, with_replacement=True, seed=1) + serials
    assert people.n_unique() > 0.98 * ROWS
    took = []
    for _ in range(3):
        began = time.process_time()
        made().pseudonyms(people)
        took.append(time.process_time() - began)
    # Other work on the machine can only make it longer, so the shortest of three counts.
    assert min(took) * 10_000_000 / ROWS < 30


def test_a_pseudonym_has_128_bits_and_depends_on_number_key_and_country():
    (one,) = made().pseudonyms(pl.Series([PERSON])).to_list()
    assert len(one) == 32
    others = [
        made().pseudonyms(pl.Series([OTHER])).item(),
        made(key=b"\1" * 32).pseudonyms(pl.Series([PERSON])).item(),
        made(tag="no-fnr").pseudonyms(pl.Series([PERSON])).item(),
    ]
    assert len({one, *others}) == 4


def test_two_keys_give_disjoint_pseudonyms():
    people = pl.Series(identifiers(300))
    one, other = made().pseudonyms(people), made(key=b"\2" * 32).pseudonyms(people)
    assert set(one) & set(other) == set()
    assert one.n_unique() == 300


def test_the_same_person_gets_one_pseudonym_however_the_number_is_written():
    block = apply("praksis_maalinger", cpr=[PERSON, f"{PERSON[:6]}-{PERSON[6:]}", f" {PERSON[:6]} {PERSON[6:]}"])
    assert block.frame["cpr"].to_list() == [reference(PERSON)] * 3


def test_an_identifier_without_its_leading_zero_is_read_and_said():
    early = next(number for number in identifiers(60) if number.startswith("0"))
    late = next(number for number in identifiers(60) if not number.startswith("0"))
    block = apply("praksis_maalinger", cpr=[early[1:], late])
    assert block.frame["cpr"].to_list() == [reference(early), reference(late)]
    assert block.frame["cpr__state"].to_list() == ["zero_lost", "ok"]
    block = apply("praksis_maalinger", cpr=[early[1:], early])
    assert block.frame["cpr__state"].to_list() == ["broken", "ok"]


def test_unusable_identifiers_are_never_hashed():
    block = apply("praksis_maalinger", cpr=[None, "123", "0101401AB2", PERSON])
    assert block.frame["cpr"].to_list() == [None, None, None, reference(PERSON)]
    assert block.frame["cpr__state"].to_list() == ["missing", "broken", "replacement", "ok"]


def test_each_row_keeps_the_pseudonym_of_its_own_identifier_among_repeated_and_missing_ones():
    delivered = [OTHER, None, PERSON, OTHER, "12", PERSON, f"{PERSON[:6]}-{PERSON[6:]}", None]
    frame = apply("bef", pnr=delivered).frame
    person, other = reference(PERSON), reference(OTHER)
    assert frame["pnr"].to_list() == [other, None, person, other, None, person, person, None]
    states = ["ok", "missing", "ok", "ok", "broken", "ok", "ok", "missing"]
    assert frame["pnr__state"].to_list() == states
    assert frame["row_number"].to_list() == list(range(1, 9))


def test_names_addresses_free_text_and_unknown_columns_do_not_pass():
    register = apply("bef", pnr=[PERSON], navn=["Anna"], adresse=["Algade 1"], kom=["791"], hemmelig=["x"])
    assert set(register.frame.columns) == {"row_number", "pnr", "pnr__state", "pnr__has_check_digit", "kom"}
    record = apply("praksis_undersoegelser", cpr=[PERSON], bemaerkning=["Anna was here"])
    assert not any("bemaerkning" in name for name in record.frame.columns)


def test_a_text_that_holds_an_identifier_is_emptied_and_its_row_named():
    block = apply(
        "praksis_maalinger", cpr=[PERSON] * 3, enhed=["mmol/mol", f"see {OTHER}", None], vaerdi=["5", "6", OTHER]
    )
    assert block.frame["enhed"].to_list() == ["mmol/mol", None, None]
    assert block.frame["vaerdi"].to_list() == ["5", "6", None]
    assert {name: rows.to_list() for name, rows in block.identifier_in_text.items()} == {"enhed": [2], "vaerdi": [3]}


RECORD_KEYS = [
    (contract.file_type, column.name)
    for contract in load_contracts().values()
    for column in contract.columns
    if column.privacy == "record_key"
]


@pytest.mark.parametrize(("file_type", "column"), RECORD_KEYS)
def test_the_key_of_a_record_is_hashed_and_still_joins(file_type, column):
    """A supplier may build it from a person's number: neither that nor the person's pseudonym may come out."""
    built = [PERSON, f"{OTHER}-17", PERSON, None]
    block = apply(file_type, **{column: built})
    assert block.identifier_in_text == {}
    first, second, again, none = block.frame[column].to_list()
    assert (first, none) == (again, None)
    assert first == reference(PERSON, RECORD_KEY, "record")
    assert second == reference(f"{OTHER}-17", RECORD_KEY, "record")
    assert first != reference(PERSON)


def test_what_refers_to_another_delivery_is_the_key_of_a_record():
    told = {(each.file_type, one.name) for each in load_contracts().values() for one in each.columns if one.refers_to}
    assert told
    assert told <= set(RECORD_KEYS)


@pytest.mark.parametrize("written", ["{0}", "{1}-{2}", "d. {0}", "{1} {2}", "CPR {0}"])
def test_an_identifier_in_a_column_of_dates_or_codes_is_removed_too(written):
    told = written.format(OTHER, OTHER[:6], OTHER[6:])
    days = ["2025-03-02", told, "02-03-2025 08:30", "02032025", None]
    block = apply("lpr_adm", pnr=[PERSON] * 5, d_inddto=days, c_sgh=["6630", told, None, None, None])
    assert block.frame["d_inddto"].to_list() == [days[0], None, *days[2:]]
    assert block.frame["c_sgh"].to_list() == ["6630", None, None, None, None]
    assert {name: rows.to_list() for name, rows in block.identifier_in_text.items()} == {"d_inddto": [2], "c_sgh": [2]}


def test_the_pseudonymiser_does_not_show_its_key():
    assert KEY.hex() not in repr(made())
    assert "\\x01" not in repr(made())
