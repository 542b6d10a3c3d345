"""`tvaers audit`: who did what to people's data, and whether that account is whole."""

from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

app = typer.Typer(help="Read and verify the account of what was done.", no_args_is_help=True)

_COLUMNS = ("seq", "at", "actor", "role", "action", "subject", "project", "rows", "outcome")


@app.command(short_help="List what was done")
def show(
    home: HomeOption = None,
    last: Annotated[int, typer.Option("--last", min=1, help="How many entries, the newest.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """List what was done to people's data, the newest last: when, by whom, in which role, and how it ended."""
    from tvaers import audit_log, screen
    from tvaers.settings import load_settings

    settings = load_settings(home)
    found = audit_log.entries(settings)
    if as_json:
        screen.write_json({"entries": found[-last:], "in_all": len(found)})
        return
    rows = [["" if entry.get(name) is None else entry[name] for name in _COLUMNS] for entry in found[-last:]]
    screen.show_table("", _COLUMNS, [tuple(row) for row in rows], numbers=("seq", "rows"))
    screen.say(f"{min(last, len(found)):,} of {len(found):,} entries")
    screen.next_step(f"tvaers audit verify --home {settings.home}")


@app.command(short_help="Prove that nothing was changed or cut off")
def verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Prove that no entry was changed, moved, put in or cut off; exit code 16 with the first that was."""
    from tvaers import audit_log, screen
    from tvaers.errors import SecretKeyError
    from tvaers.settings import load_settings

    settings = load_settings(home)
    broken, number = audit_log.first_broken(settings), len(audit_log.entries(settings))
    if as_json:
        screen.write_json({"entries": number, "whole": broken is None, "first_broken": broken})
    elif broken is None:
        screen.say(f"{number:,} entries, all as they were written.")
        screen.next_step(f"tvaers audit head --home {settings.home}")
    else:
        screen.say(f"Entry {broken.seq:,} is the first that is not as it was written: {broken.why}.")
        screen.next_step("compare with a backup of the home; tell the data controller")
    if broken:
        raise typer.Exit(SecretKeyError.exit_code)


@app.command(short_help="Print what proves the log's length, for a place elsewhere")
def head(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print number and hash of the newest entry: kept elsewhere (paper, mail), they prove the log up to there."""
    from tvaers import audit_log, screen
    from tvaers.settings import load_settings

    settings = load_settings(home)
    found = audit_log.head(settings)
    if as_json:
        screen.write_json({"head": found})
    elif found is None:
        screen.say("Nothing was done yet.")
    else:
        screen.say(f"{found['seq']} {found['hash']}")
