"""`tvaers object` and `tvaers erase`: people who do not want their data here, and what is rewritten without them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from tvaers.settings import Settings


def note_objection(
    file: Annotated[
        Path | None,
        typer.Argument(help="Text file with one national identifier a line. Default: type one, unseen."),
    ] = None,
    home: HomeOption = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take them off the list: what is delivered from now on is loaded.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put people on the list of those who object to being here, or take them off it.

    Only pseudonyms are kept. From now on every ingest leaves these people out, under whichever number they come; what
    was loaded before goes with `tvaers erase`.
    """
    from ingest import job
    from ingest.life.erase import note_objections
    from tvaers import audit_log, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    settings = load_settings(home)
    if file:
        job.refuse_telling_path(settings, file)
    given = _lines(file) if file else [typer.prompt("National identifier (not shown)", hide_input=True)]
    # Without a count: how few people objected is nobody's business.
    with audit_log.recorded(settings, "withdraw objection" if withdraw else "object", "list of objections"):
        done = note_objections(settings, given, withdraw=withdraw)
    following = command(*(("ingest", "FOLDER") if withdraw else ("erase",)), home=settings.home)
    if as_json:
        screen.write_json({"noted": done, "next_step": following})
        return
    screen.say(f"{done.given} given, {done.new} {'taken off' if withdraw else 'new on'} the list")
    if file:
        screen.say("The file you named still holds identifiers: remove it where it is no longer needed.")
    screen.next_step(following)


def erase(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Erase people who objected: write the warehouse into a fresh file without them.

    Computed tables and the databases of research projects go as well, and are made again without these people. What
    was published stays: another number in its place would tell who is gone.
    """
    from ingest.life.erase import erase as erase_from_warehouse
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    with audit_log.recorded(settings, "erase", "warehouse and research projects"):
        done = erase_from_warehouse(settings)
        projects = _emptied_projects(settings)
    following = command("compute", home=settings.home)
    if as_json:
        screen.write_json({"erased": done, "projects": projects, "next_step": following})
        return
    screen.say(f"{done.rows:,} rows are gone from the warehouse, which was written into a fresh file.")
    if projects:
        screen.say(f"The databases of {', '.join(projects)} are destroyed; have these projects approved again.")
    screen.say("Backups from before still hold them: tvaers backup prune FOLDER. Other copies are yours to destroy.")
    screen.next_step(following)


def _emptied_projects(settings: "Settings") -> list[str]:
    """Destroy the database of every project that has one, and return their ids."""
    from research.shelf import all_shelved

    emptied = []
    for project in all_shelved(settings):
        if project.database.exists() or project.key_file.exists():
            project.destroy_data()
            emptied.append(project.id)
    return emptied


def _lines(file: Path) -> list[str]:
    from tvaers.errors import ExtractError

    try:
        return [line for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        raise ExtractError("The file cannot be read as text.", what_to_do="Name a text file in UTF-8.") from None
