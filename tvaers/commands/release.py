"""`tvaers release`: disclosure control, then the anonymous file that the dashboard reads."""

from typing import TYPE_CHECKING

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from indicators.release import ReleaseSummary


def release(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Protect the computed indicators and publish them as the anonymous release.

    The old release stays in place until the new one is complete and has passed disclosure control.
    """
    from indicators.release import publish
    from tvaers import progress, screen
    from tvaers.settings import load_settings

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    summary = publish(settings)
    following = f"tvaers dashboard --home {settings.home}"
    if as_json:
        screen.write_json({"release": settings.release, "summary": summary, "next_step": following})
        return
    show(summary)
    screen.say(f"Released to {settings.release}")
    screen.next_step(following)


def show(summary: "ReleaseSummary") -> None:
    """Print what disclosure control did at each level: how many cells there are, how many are hidden, and why."""
    from tvaers import screen

    screen.say(f"{summary.indicators} indicators, {summary.periods} quarters up to {summary.reporting_date}")
    if summary.levels:
        columns = list(summary.levels[0])
        rows = [
            [f"{cell:.0%}" if isinstance(cell, float) else cell for cell in level.values()] for level in summary.levels
        ]
        screen.show_table("", columns, rows, numbers=columns[1:])
