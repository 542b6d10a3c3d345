"""What somebody types and what stays on record names no person."""

import pytest

from ingest.typed_words import refuse_identifiers
from tests.lib.deliveries import new_home
from tvaers.errors import SettingsError

TELLING = ("asked by 0101011234", "010101-1234 wants it", "of 010101 1234")


@pytest.mark.parametrize("words", TELLING)
def test_words_that_hold_an_identifier_are_refused_and_not_repeated(tmp_path, words):
    with pytest.raises(SettingsError, match="person's identifier") as refused:
        refuse_identifiers(new_home(tmp_path), {"--why": words, "--owner": "A. Researcher"})
    assert "0101" not in str(refused.value)
    assert refused.value.where == "--why"


@pytest.mark.parametrize("words", ["", "finished", "Decision 2026-11-23, case 12345678", "4,320 of 4,445 cells"])
def test_other_words_are_let_through(tmp_path, words):
    refuse_identifiers(new_home(tmp_path), {"--why": words})
