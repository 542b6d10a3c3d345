"""`tvaers explain`: an indicator in words, or why one pseudonym counts as it does."""

from datetime import datetime
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption


def explain(
    indicator: Annotated[str, typer.Argument(help="Indicator id, for example hba1c_below_53.")],
    home: HomeOption = None,
    pseudonym: Annotated[
        str | None, typer.Option("--pseudonym", help="Show how this pseudonym was counted, with the evidence.")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Reporting date. Default: the latest.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the words: en, da or nb.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Explain an indicator in words; with --pseudonym, why one person counts as they do."""
