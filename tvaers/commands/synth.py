"""`tvaers synth`: write extracts of an invented region, as they really come."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import (
    HomeOption,
    InhabitantsOption,
    JsonOption,
    MessyOption,
    NationalOption,
    SeedOption,
    YearsOption,
)


def synth(
    home: HomeOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to. Default: the home's extracts/.")
    ] = None,
    seed: SeedOption = 1,
    inhabitants: InhabitantsOption = None,
    years: YearsOption = 10,
    ends_on: Annotated[
        datetime, typer.Option("--ends-on", formats=["%Y-%m-%d"], help="Last day of history.")
    ] = datetime(2026, 9, 30),  # noqa: DTZ001 - a day; the option's type has a time that is never looked at
    messy: MessyOption = False,
    national: NationalOption = False,
    indicator_values: Annotated[
        bool | None,
        typer.Option(
            "--indicator-values/--no-indicator-values",
            help="Also work out every indicator one person at a time. Default: for at most 20,000 inhabitants.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write extracts of an invented region: every sector, in the files' real shapes, and the answers they must give."""
    from synthetic.region import write_region
    from tvaers import invented, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    folder = out or load_settings(home).extracts
    invented.mark(folder)
    summary = write_region(
        folder,
        seed=seed,
        inhabitants=inhabitants,
        years=years,
        ends_on=ends_on.date(),
        messy=messy,
        national=national,
        indicator_values=indicator_values,
    )
    following = command("ingest", folder, home=home)
    if as_json:
        screen.write_json({"folder": folder, "summary": summary, "next_step": following})
        return
    screen.say(f"{summary.files} files with {summary.rows:,} rows about {summary.people:,} invented people: {folder}")
    if summary.without_values:
        screen.say(summary.without_values)
    screen.next_step(following)
