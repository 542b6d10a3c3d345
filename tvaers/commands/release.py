"""`tvaers release`: disclosure control, then the anonymous file that the dashboard reads."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from indicators.release.publish import ReleaseSummary


def release(
    home: HomeOption = None,
    correct: Annotated[
        list[datetime] | None,
        typer.Option(
            "--correct",
            formats=["%Y-%m-%d"],
            help="Last day of a quarter that was released before and is to be released again; may be repeated.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it is corrected; this stands in the release.")] = "",
    geometry: Annotated[
        Path | None,
        typer.Option(
            "--geometry",
            help="GeoJSON file with the outlines of the municipalities, to draw on the map instead of hexagons.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Protect the computed indicators and publish them as the anonymous release.

    A quarter that was released before stays as it was. The old release stays in place until the new one is complete and
    has passed disclosure control.
    """
    from indicators.release.publish import publish
    from ingest.typed_words import refuse_identifiers
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    if bool(correct) != bool(reason.strip()):
        raise typer.BadParameter("A correction needs both a quarter and a reason.", param_hint="--correct, --reason")
    refuse_identifiers(settings, {"--reason": reason})
    corrected = [each.date() for each in correct or ()]
    subject = f"corrected: {', '.join(map(str, corrected))}" if corrected else "release"
    with audit_log.recorded(settings, "release", subject, purpose=reason.strip() or None):
        summary = publish(settings, correct=corrected, reason=reason.strip(), geometry=geometry)
    following = command("dashboard", home=settings.home)
    if as_json:
        screen.write_json({"release": settings.release, "summary": summary, "next_step": following})
        return
    show(summary)
    screen.say(f"Released to {settings.release}")
    screen.next_step(following)


def show(summary: "ReleaseSummary") -> None:
    """Print what disclosure control did: at each level how much is hidden and shown, and in words what it comes to."""
    from tvaers import screen

    screen.say(f"{summary.indicators} indicators, {summary.periods} quarters up to {summary.reporting_date}")
    if summary.levels:
        columns = [name.replace("_", " ") for name in summary.levels[0]]
        rows = [
            [f"{cell:.0%}" if isinstance(cell, float) else cell for cell in level.values()] for level in summary.levels
        ]
        screen.show_table("", columns, rows, numbers=columns[1:])
    for sentence in [*verdict(summary), *over_time(summary)]:
        screen.say(sentence)


def over_time(summary: "ReleaseSummary") -> list[str]:
    """Return in words which quarters are new, corrected, as they were, and not yet released."""
    sentences = []
    if summary.closed_periods:
        sentences.append(f"{len(summary.closed_periods)} quarters were released before and stay as they were.")
    if summary.corrected_periods:
        ends = ", ".join(str(day) for day in summary.corrected_periods)
        sentences.append(
            f"Released again, judged together with every time they were released before: quarters ending {ends}."
        )
    if summary.waiting_periods:
        ends = ", ".join(str(day) for day in summary.waiting_periods)
        sentences.append(f"Too young to be released: quarters ending {ends}.")
    return sentences


def verdict(summary: "ReleaseSummary") -> list[str]:
    """Return in words what is hidden, what could be worked out (nothing, or there is no release), what is withheld."""
    if not summary.levels:
        return ["No number is new, so there is nothing to hide."]
    cells, small, hidden = (sum(level[name] for level in summary.levels) for name in ("cells", "small", "hidden"))
    closest = f": none closer than to {summary.narrowest:g} steps" if summary.narrowest is not None else ""
    left_out = sum(level["left_out"] for level in summary.levels)
    reason = "would give one away or stand in a table left out" if left_out else "would give one away"
    sentences = [
        f"{hidden:,} of {cells:,} numbers are hidden: {small:,} are small, {hidden - small:,} {reason}.",
        f"0 small numbers can be worked out exactly, 0 too narrowly{closest}.",
    ]
    practices = next((level for level in summary.levels if level["level"] == "practice"), None)
    if practices and practices["shown_of_not_small"] is not None:
        share = practices["shown_of_not_small"]
        sentences.append(f"Of the practices' numbers that are not small, {share:.1%} are shown.")
    if left_out:
        sentences.append(
            f"{left_out:,} of the hidden numbers stand in tables that are left out, since their units or groups would "
            "have too few patients on average."
        )
    if summary.withheld_periods:
        periods = ", ".join(str(day) for day in summary.withheld_periods)
        withheld = sum(level["withheld"] for level in summary.levels)
        sentences.append(
            f"{withheld:,} of the hidden numbers are withheld with their whole table, since they could not be "
            f"protected one by one. Periods ending: {periods}."
        )
    return sentences
