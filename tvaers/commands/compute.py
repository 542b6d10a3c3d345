"""`tvaers compute`: indicators from rows, for a series of quarter ends."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from indicators.compute_summary import ComputeSummary

QUARTERS = 20
"""Quarter ends computed unless others are asked for: five years."""


def compute(
    home: HomeOption = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Last reporting date. Default: the last quarter covered."),
    ] = None,
    quarters: Annotated[int, typer.Option("--quarters", min=1, max=80, help="How many quarter ends.")] = QUARTERS,
    as_json: JsonOption = False,
) -> None:
    """Compute every indicator for every level and quarter, into the warehouse."""
    from indicators.compute import compute as compute_indicators
    from indicators.delivered.reporting_dates import quarter_ends
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    dates = quarter_ends(until.date(), quarters) if until else None
    with audit_log.recorded(settings, "compute", f"{quarters} quarters"):
        summary = compute_indicators(settings, dates, quarters=quarters)
    following = command("release", home=settings.home)
    if as_json:
        screen.write_json({"summary": summary, "next_step": following})
        return
    screen.say(f"{summary.indicators} indicators, {quarters} quarters up to {summary.reporting_dates[-1]}")
    if until and until.date() != summary.reporting_dates[-1]:
        screen.say(f"{until.date()} ends no quarter: the last one that ends before it is taken.")
    screen.say(
        f"The area is {summary.municipalities} {'municipality' if summary.municipalities == 1 else 'municipalities'}"
        + (f"; addresses in {summary.outside} others are not counted" if summary.outside else "")
    )
    screen.show_table("", ("people by classifier", "number"), summary.people.items(), numbers=("number",))
    screen.show_table("", ("results by state", "number"), summary.results.items(), numbers=("number",))
    for warning in warnings_of(summary):
        screen.say(warning)
    screen.next_step(following)


def warnings_of(summary: "ComputeSummary") -> list[str]:
    """Return what a reader of the numbers has to be told: which dates and indicators have no data."""
    warnings = []
    if empty := summary.dates_without_data:
        warnings.append(
            f"No indicator has data on {len(empty)} of {len(summary.reporting_dates)} reporting dates "
            f"({empty[0]} to {empty[-1]}): the deliveries do not cover the periods that end then."
        )
    if lacking := summary.without_data:
        ends: dict[str, int] = {}
        for day in sorted(lacking.values(), key=str):
            said = f"covered until {day}" if day else "a source was never delivered"
            ends[said] = ends.get(said, 0) + 1
        listed = ", ".join(f"{number}: {said}" for said, number in ends.items())
        warnings.append(
            f"{len(lacking)} of {summary.indicators} indicators have no data on {summary.reporting_dates[-1]} "
            f"({listed}). They are released as no data, never as zero."
        )
    return warnings
