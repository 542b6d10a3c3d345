"""Keyed hashes equal the standard library's, for one key and for several."""

import hashlib
import hmac

import polars as pl

from warehouse.keyed_hash import hashed_again, keyed_hash, project_pseudonyms

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
VALUES = pl.Series("value", ["0101401234", None, "3112991111", "æ"])


def reference(text: str, key: bytes) -> str:
    return hmac.new(key.hex().encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def test_the_first_key_hashes_the_tagged_text_and_each_later_key_the_hash_before():
    first = [value and reference(f"person|{value}", OLD) for value in VALUES]
    second = [value and reference(f"again|{value}", NEW) for value in first]
    assert keyed_hash(VALUES, "person", [OLD]).to_list() == first
    assert keyed_hash(VALUES, "person", [OLD, NEW]).to_list() == second
    assert hashed_again(pl.Series("value", first), NEW).to_list() == second


def test_a_project_hashes_the_pseudonym_under_its_own_key_and_tag():
    people = keyed_hash(VALUES, "person", [OLD])
    assert project_pseudonyms(people, NEW).to_list() == [one and reference(f"project|{one}", NEW) for one in people]
    assert set(project_pseudonyms(people, OLD).drop_nulls()) & set(hashed_again(people, OLD)) == set()
