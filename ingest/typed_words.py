"""Words that somebody types at a command and that stay on record: reasons, owners, purposes, projects' names."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from ingest.identifier import holds_identifier, read_scheme
from packs.pack import load_pack
from tvaers.errors import SettingsError
from tvaers.settings import Settings


def refuse_identifiers(settings: Settings, typed: Mapping[str, str]) -> None:
    """Refuse words in which something reads as a person's identifier, before anything of them is written down.

    Args:
        settings: The home, whose pack says how identifiers look.
        typed: The words by the option that they were typed for.

    Raises:
        SettingsError: Names the options; never repeats the words.
    """
    scheme = read_scheme(load_pack(settings.pack).folder)
    words = pl.Series(list(typed.values()), dtype=pl.String)
    held = holds_identifier(words, scheme, datetime.now(tz=UTC).date())
    if telling := [option for option, holds in zip(typed, held, strict=True) if holds]:
        raise SettingsError(
            "What was typed holds something that reads as a person's identifier; it would stay on record.",
            where=", ".join(telling),
            what_to_do="Say it without naming a person.",
        )
