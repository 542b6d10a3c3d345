"""An attacker who tries every possible identifier: it undoes an unkeyed hash in seconds, and finds nobody in ours."""

import polars as pl
import polars_hash
import pytest

from tests.lib.deliveries import identifiers
from warehouse.keyed_hash import HASH_CHARACTERS, keyed_hash, project_pseudonyms

TAG = "dk-cpr"
KEY, NEWER = bytes(range(32)), bytes(range(50, 82))
PEOPLE = pl.Series("value", identifiers(12))


@pytest.fixture(scope="module")
def guesses() -> pl.Series:
    """Every number of the days on which these people were born: one day in three thousand of all that there are."""
    days = PEOPLE.str.slice(0, 6).to_frame("day")
    serials = pl.int_range(10_000, eager=True).cast(pl.String).str.zfill(4).to_frame("serial")
    return days.join(serials, how="cross").select(value=pl.col("day") + pl.col("serial")).to_series()


def unkeyed(values: pl.Series, tag: str = TAG) -> pl.Series:
    tagged = polars_hash.concat_str(pl.lit(f"{tag}|"), pl.col("value")).chash.sha2_256()
    return values.to_frame().select(tagged.str.slice(0, HASH_CHARACTERS)).to_series()


def found(guesses: pl.Series, tried: pl.Series, stored: pl.Series) -> set[str]:
    """Return the identifiers whose guessed hash is among the stored ones."""
    return set(guesses.filter(tried.is_in(stored.implode())))


def test_an_unkeyed_hash_gives_everybody_away(guesses):
    assert found(guesses, unkeyed(guesses), unkeyed(PEOPLE)) == set(PEOPLE)


@pytest.mark.parametrize("keys", [(KEY,), (KEY, NEWER)], ids=["one key", "after a change of key"])
def test_nobody_is_found_without_the_key(guesses, keys):
    """The attacker knows the program: tag, steps and length; what is missing is the key, so others are tried."""
    people = keyed_hash(PEOPLE, TAG, keys)
    stored = pl.concat([people, keyed_hash(PEOPLE, "record", keys), project_pseudonyms(people, KEY[::-1])])
    once = unkeyed(guesses)
    tries = [once, unkeyed(once.alias("value"), "again"), keyed_hash(guesses, TAG, [bytes(32)])]
    tries += [keyed_hash(guesses, TAG, [KEY[::-1]]), keyed_hash(guesses, TAG, [key[:31] + b"\0" for key in keys])]
    assert [found(guesses, tried, stored) for tried in tries] == [set()] * len(tries)


def test_a_leaked_old_key_opens_what_was_made_under_it_and_nothing_made_since(guesses):
    leaked = keyed_hash(guesses, TAG, [KEY])
    assert found(guesses, leaked, keyed_hash(PEOPLE, TAG, [KEY])) == set(PEOPLE)
    since = keyed_hash(PEOPLE, TAG, [KEY, NEWER])
    assert found(guesses, leaked, since) == set()
    assert found(guesses, keyed_hash(guesses, TAG, [KEY, bytes(32)]), since) == set()
    assert found(guesses, keyed_hash(guesses, TAG, [KEY, KEY]), since) == set()


def test_the_pseudonyms_of_one_project_do_not_tell_those_of_another():
    """Somebody who takes part in both projects, and holds both lists of 10,000 people, can join nobody."""
    people = keyed_hash(pl.Series(identifiers(10_000 // 20)), TAG, [KEY])
    everybody = pl.concat([keyed_hash(people, str(turn), [KEY]) for turn in range(20)])
    assert everybody.n_unique() == 10_000
    one, other = project_pseudonyms(everybody, KEY), project_pseudonyms(everybody, NEWER)
    assert one.n_unique() == other.n_unique() == 10_000
    assert not set(one) & set(other)
    assert not (set(one) | set(other)) & set(everybody)
    assert list(one) == list(project_pseudonyms(everybody, KEY))
