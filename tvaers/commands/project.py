"""`tvaers project`: what a research project may see, who approved it, and until when."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

app = typer.Typer(help="Create, approve, list, close and export research projects.", no_args_is_help=True)

ProjectArgument = Annotated[str, typer.Argument(help="Id of the project: small letters, digits and hyphens.")]


@app.command(short_help="Write the page of a new project")
def create(
    project: ProjectArgument,
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it: name and organisation.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What the data are used for.")],
    expires: Annotated[
        datetime, typer.Option("--expires", formats=["%Y-%m-%d"], help="Last day on which it can be opened.")
    ],
    table: Annotated[
        list[str] | None,
        typer.Option("--table", help="A table of the warehouse, for example measurement. Once per table."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the page of a new project, for the data controller to read. Nothing is copied before it is approved."""
    from ingest.typed_words import refuse_identifiers
    from research.lifecycle import create as created
    from tvaers import screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    settings = load_settings(home)
    refuse_identifiers(settings, {"PROJECT": project, "--owner": owner, "--purpose": purpose})
    place = created(
        settings, project=project, owner=owner, purpose=purpose, expires_on=expires.date(), tables=table or []
    )
    following = command("project", "approve", project, "--by", "NAME", home=home)
    if as_json:
        screen.write_json({"project": project, "page": place.page_file, "state": place.state(), "next": following})
        return
    screen.say(f"The page of {project} is in {place.page_file}")
    screen.say("It says what the project would see, and how it is changed on the way. Read it, and correct it.")
    screen.next_step(following)


@app.command(short_help="Approve a project's page and write its database")
def approve(
    project: ProjectArgument,
    by: Annotated[str, typer.Option("--by", help="Name and role of the data controller who approves it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve the page as it is now, and write the project's own database from the warehouse as it is now.

    Approve again after new deliveries, or after a change of the page: the database is written anew.
    """
    from ingest.typed_words import refuse_identifiers
    from research.lifecycle import approve as approved
    from research.shelf import shelved
    from tvaers import screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    settings = load_settings(home)
    refuse_identifiers(settings, {"PROJECT": project, "--by": by})
    built = approved(settings, project, by=by)
    place = shelved(settings, project)
    following = command("query", "--project", project, "SELECT * FROM dictionary", home=home)
    if as_json:
        screen.write_json({"project": project, "people": built.people, "rows": built.rows, "folder": place.folder})
        return
    screen.show_table("", ("table", "rows"), list(built.rows.items()), numbers=("rows",))
    screen.say(f"{built.people:,} people. Beside the database: dictionary.md, queries/, first_look.ipynb")
    screen.say(str(place.folder))
    screen.next_step(following)


@app.command(name="list", short_help="List all projects and their state")
def list_projects(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every project: its state, who answers for it, who approved it, and until when it can be opened."""
    from research.lifecycle import listed
    from tvaers import screen
    from tvaers.settings import load_settings

    found = listed(load_settings(home))
    if as_json:
        screen.write_json({"projects": found})
        return
    rows = [(each.id, each.state, each.expires_on, each.tables, each.owner, each.approved_by) for each in found]
    screen.show_table("", ("project", "state", "until", "tables", "owner", "approved by"), rows, numbers=("tables",))


@app.command(short_help="Close a project for good")
def close(
    project: ProjectArgument,
    why: Annotated[str, typer.Option("--why", help="Why it is closed.")] = "finished",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroy the key and the database of a project, so that no copy of it can be read again, in backups neither."""
    from ingest.typed_words import refuse_identifiers
    from research.lifecycle import close as closed
    from tvaers import screen
    from tvaers.settings import load_settings

    settings = load_settings(home)
    refuse_identifiers(settings, {"PROJECT": project, "--why": why})
    closed(settings, project, why=why)
    if as_json:
        screen.write_json({"project": project, "state": "closed"})
        return
    screen.say(f"{project} is closed: its database and the key to it are destroyed. Its page and journal stay.")


@app.command(short_help="Let rows of people leave a project, when nobody stands out")
def export(
    project: ProjectArgument,
    sql: Annotated[str, typer.Argument(help="One SELECT over the project's tables.")],
    out: Annotated[Path, typer.Option("--out", help="The CSV or Parquet file to write.")],
    sensitive: Annotated[
        list[str] | None,
        typer.Option("--sensitive", help="A column that nobody outside knows of a person. Once per column."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write rows of people to a file that may leave, or refuse: measured on the very rows.

    Everybody looks like at least 9 others in all columns that are not named sensitive, and among those who look alike
    each sensitive column has at least 2 values. Who stands out is left out, 5 % of the people at most; when it would be
    more, nothing is written and the exit code is 15. Tables of numbers go through: tvaers export check
    """
    from research.door import open_project
    from research.exports.check import export_rows
    from tvaers import screen

    outcome = export_rows(open_project(project, home), sql, sensitive or [], out)
    decision = outcome.decision
    if as_json:
        screen.write_json({"decision": decision, "recorded": outcome.recorded, "out": out})
        return
    screen.say(
        f"{decision.rows:,} rows in {out} {decision.verdict}: {decision.why}; {decision.hidden:,} rows left out."
    )
    screen.say("Beside it lies what the receiver must know: project, key id, columns, what was measured, expiry.")
    screen.say(f"The decision is recorded in {outcome.recorded}")
