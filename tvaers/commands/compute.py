"""`tvaers compute`: indicators from rows, for a series of quarter ends."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from tvaers.settings import Settings

QUARTERS = 20
"""Quarter ends computed unless others are asked for: five years."""


def compute(
    home: HomeOption = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Last reporting date. Default: the last quarter delivered."),
    ] = None,
    quarters: Annotated[int, typer.Option("--quarters", min=1, max=80, help="How many quarter ends.")] = QUARTERS,
    as_json: JsonOption = False,
) -> None:
    """Compute every indicator for every level and quarter, into the warehouse."""
    from indicators.compute import compute as compute_indicators
    from tvaers import progress, screen
    from tvaers.settings import load_settings

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    last = until.date() if until else last_delivered_quarter(settings)
    summary = compute_indicators(settings, quarter_ends(last, quarters))
    following = f"tvaers release --home {settings.home}"
    if as_json:
        screen.write_json({"summary": summary, "next_step": following})
        return
    screen.say(f"{summary.indicators} indicators, {quarters} quarters up to {summary.reporting_dates[-1]}")
    screen.say(
        f"The area is {summary.municipalities} {'municipality' if summary.municipalities == 1 else 'municipalities'}"
        + (f"; addresses in {summary.outside} others are not counted" if summary.outside else "")
    )
    screen.show_table("", ("people by classifier", "number"), summary.people.items(), numbers=("number",))
    screen.show_table("", ("results by state", "number"), summary.results.items(), numbers=("number",))
    screen.next_step(following)


def quarter_ends(last: date, count: int) -> list[date]:
    """Return that many quarter ends in order of time, the latest being the last one on or before a date."""
    from datetime import timedelta

    ends: list[date] = []
    first_of_next = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
    tomorrow = last + timedelta(days=1)
    if tomorrow.day == 1 and tomorrow.month % 3 == 1:
        first_of_next = tomorrow
    while len(ends) < count:
        ends.append(first_of_next - timedelta(days=1))
        month = first_of_next.month - 3
        first_of_next = date(first_of_next.year - (month < 1), month + 12 * (month < 1), 1)
    return sorted(ends)


def last_delivered_quarter(settings: "Settings") -> date:
    """Return the latest date on or before which the warehouse has hospital, practice or laboratory rows.

    Raises:
        WarehouseError: The warehouse is missing or empty.
    """
    from tvaers.errors import WarehouseError
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as connection:
        row = connection.execute("SELECT max(delivered_on) FROM meta.batch WHERE state = 'loaded'").fetchone()
    if row is None or row[0] is None:
        raise WarehouseError(
            "The warehouse holds no delivery yet.",
            where=str(settings.warehouse),
            what_to_do=f"tvaers ingest FOLDER --home {settings.home}",
        )
    return row[0]
