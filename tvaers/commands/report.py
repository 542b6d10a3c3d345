"""`tvaers report`: what a unit takes along, as PDF, web page or slide; made from the release alone."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption
from tvaers.errors import SettingsError


class Language(StrEnum):
    """The languages of the dashboard."""

    DA = "da"
    NB = "nb"
    EN = "en"


class Form(StrEnum):
    """What a report is written as."""

    PDF = "pdf"
    HTML = "html"
    PNG = "png"


def report(
    home: HomeOption = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Whose report: a name, an id, or a key such as municipality-0791.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="One for every municipality, cluster and practice.")] = False,
    language: Annotated[
        Language | None, typer.Option("--language", help="Default: the first language of the release's country.")
    ] = None,
    form: Annotated[
        list[Form] | None,
        typer.Option("--form", help="pdf, html or png (a slide); may be repeated. Default: pdf and html."),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Reporting date. Default: the newest.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the files. Default: the home's reports/units/.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report of a unit, or of all, to take along to a meeting.

    A practice or cluster gets one page; a municipality and the whole area also get all indicators on further pages.
    What is hidden in the release is hidden in the reports.
    """
    from dashboard.content import content
    from dashboard.release_reader import open_release
    from dashboard.report.folder import find_date, find_unit, with_report, write_report
    from dashboard.wording import LANGUAGES, wording
    from tvaers import progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    if (unit is None) != every:
        raise SettingsError(
            "It must be said whose report is wanted, and once.", what_to_do="tvaers report --unit NAME, or --all"
        )
    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    found = content(open_release(settings.release.resolve()))
    spoken = [each.strip() for each in found.meta.get("country_languages", "").split(",")]
    first = next((each for each in spoken if each in LANGUAGES), "en")
    words = wording(language or first, found.smallest_group)
    day = find_date(found, on.date() if on else None)
    units = with_report(found) if unit is None else [find_unit(found, unit, words)]
    folder = to or settings.reports / "units" / day.isoformat()
    forms = [each.value for each in form or [Form.PDF, Form.HTML]]
    written = []
    with progress.track("Writing reports", total=len(units)) as advance:
        for each in units:
            written.append(write_report(found, each, day, words, forms, folder))
            advance(1)
    following = command("dashboard", home=settings.home)
    if as_json:
        screen.write_json({"reporting_date": day, "folder": folder, "reports": written, "next_step": following})
        return
    if len(written) == 1:
        for path in written[0].files:
            screen.say(str(path))
    else:
        screen.say(f"{len(written)} reports, {sum(len(each.files) for each in written)} files: {folder}")
    screen.next_step(following)
