"""Who has diabetes by the known answers of an invented region, and by the warehouse it was loaded into."""

import json
from datetime import date
from pathlib import Path

import polars as pl

from ingest.pseudonymise import Pseudonymiser
from tests.lib.deliveries import answer, country_scheme
from tvaers.keys import load_master_key
from tvaers.settings import Settings

People = dict[str, tuple[str, date]]
"""Pseudonym to type and inclusion date."""


def known_diabetes(extracts: Path, settings: Settings, born_until: date) -> People:
    """Return what was worked out apart, under the pseudonyms of a home."""
    expected = json.loads((extracts / "known_answers" / "diabetes.json").read_text("utf-8"))
    keys = load_master_key(settings).generations("warehouse")
    pseudonymiser = Pseudonymiser("dk-cpr", country_scheme(), keys, record_keys=keys, born_until=born_until)
    pseudonyms = pseudonymiser.pseudonyms(pl.Series(list(expected)))
    return {
        pseudonym: (person["type"], date.fromisoformat(person["since_on"]))
        for pseudonym, person in zip(pseudonyms, expected.values(), strict=True)
    }


def found_diabetes(settings: Settings) -> People:
    """Return what the published classifier found in a home."""
    found = answer(
        settings,
        "SELECT replace(patient_id::VARCHAR, '-', ''), diabetes_type, diabetes_since_on FROM indicator.diabetes "
        "WHERE definition = 'osdc'",
    )
    return {row[0]: (row[1], row[2]) for row in found}
