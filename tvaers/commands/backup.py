"""`tvaers backup`: copies of a home that can be proved whole, put back, and destroyed when they hold what is gone."""

from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

app = typer.Typer(help="Make, check and restore backups of a home.", no_args_is_help=True)

_PlaceArgument = Annotated[Path, typer.Argument(help="Folder that holds the backups, outside the home.")]
_BackupArgument = Annotated[Path, typer.Argument(help="One backup: a folder that `tvaers backup create` made.")]
_COLUMNS = ("backup", "made at (UTC)", "files", "MB", "whole", "holds what is gone")


@app.command(short_help="Copy the home, its keys never")
def create(place: _PlaceArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Copy what a home cannot make again into a new folder: databases, register, lists, log and settings, no key."""
    from ingest.life.backup import create_backup
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    with audit_log.recorded(settings, "back up", "home"):
        made = create_backup(settings, place)
    following = command("backup", "check", made, home=settings.home)
    if as_json:
        screen.write_json({"backup": made, "next_step": following})
        return
    screen.say(f"Backed up into {made}. Its key is not in it: keep the key's copy elsewhere.")
    screen.next_step(following)


@app.command("list", short_help="List backups, and which hold what is gone")
def list_backups(place: _PlaceArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check every backup in a folder and list them, oldest first; those that hold what is gone since are marked."""
    from ingest.life.backup import backups_in, check_backup
    from tvaers import progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    found = [check_backup(settings, each) for each in backups_in(place)]
    outdated = any(each.holds_gone for each in found)
    following = command("backup", "prune" if outdated else "create", place, home=settings.home)
    if as_json:
        screen.write_json({"backups": found, "next_step": following})
        return
    rows = [
        (each.name, each.made_at[:19], each.files, each.bytes // 1_000_000, not each.faults, each.holds_gone)
        for each in found
    ]
    screen.show_table("", _COLUMNS, rows, numbers=("files", "MB"))
    screen.say(f"{len(found)} backups, {sum(not each.faults for each in found)} whole")
    screen.next_step(following)


@app.command(short_help="Prove that a backup is whole and opens")
def check(backup: _BackupArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Compare every file of a backup with its sealed list, and open its warehouse; exit code 14 where it is not so."""
    from ingest.life.backup import check_backup
    from tvaers import progress, screen
    from tvaers.errors import WarehouseError
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    if not backup.is_dir():
        raise WarehouseError("There is no such backup.", where=str(backup), what_to_do="tvaers backup list FOLDER")
    found = check_backup(settings, backup)
    if as_json:
        screen.write_json({"checked": found})
    elif found.faults:
        for fault in found.faults:
            screen.say(f"Not whole: {fault}.")
        screen.next_step(command("backup", "create", backup.parent, home=settings.home))
    else:
        screen.say(f"Whole: {found.files:,} files as they were copied at {found.made_at[:19]} UTC, and it opens.")
        if found.holds_gone:
            screen.say("It may hold people who were erased, or rows that were let go, since.")
            screen.next_step(command("backup", "prune", backup.parent, home=settings.home))
    if found.faults:
        raise typer.Exit(WarehouseError.exit_code)


@app.command(short_help="Put a backup back as a new home")
def restore(
    backup: _BackupArgument,
    home: HomeOption = None,
    objections: Annotated[
        Path | None,
        typer.Option("--objections", help="The newest objections.json, where the backup's is an older one."),
    ] = None,
    only_try: Annotated[
        bool, typer.Option("--try", help="Do all of it beside the home, and remove it again: the home may be in use.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back as the home, which must be empty; whoever is on the newest list of objections stays out.

    The master key is not in a backup: it must lie where it lay, or TVAERS_KEY_FILE names it.
    """
    from ingest.life.restore import restore_backup
    from tvaers import progress, screen
    from tvaers.settings import default_home
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    into = home or default_home()
    done = restore_backup(backup, into, objections, only_try=only_try)
    following = command("backup", "list", backup.parent, home=into) if only_try else command("doctor", home=into)
    if as_json:
        screen.write_json({"restored": done, "next_step": following})
        return
    if only_try:
        screen.say(
            f"It can be restored: {done.files:,} files of {done.made_at[:19]} UTC were put back and removed again."
        )
        screen.next_step(following)
        return
    screen.say(f"Restored into {into}: {done.files:,} files of {done.made_at[:19]} UTC.")
    if done.is_rewritten:
        screen.say("Whoever is on the list of objections was left out; the computed tables are to be made again.")
        following = command("compute", home=into)
    screen.say("Deliveries, project approvals and releases from after that time are missing: load and make them again.")
    screen.next_step(following)


@app.command(short_help="Destroy backups that hold erased people")
def prune(
    place: _PlaceArgument,
    home: HomeOption = None,
    apply: Annotated[bool, typer.Option("--apply", help="Destroy them. Without it, only say which.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Destroy the backups that hold people or rows gone since, as long as a whole one stays."""
    from ingest.life.restore import destroy_backups_with_what_is_gone
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    if apply:
        with audit_log.recorded(settings, "prune backups", "backups that hold what is gone"):
            gone, stay = destroy_backups_with_what_is_gone(settings, place, apply=True)
    else:
        gone, stay = destroy_backups_with_what_is_gone(settings, place, apply=False)
    more = ("--apply",) if gone and not apply else ()
    following = command("backup", "prune" if more else "list", place, *more, home=settings.home)
    if as_json:
        screen.write_json({"destroyed" if apply else "would_go": gone, "stay": stay, "next_step": following})
        return
    for name in gone:
        screen.say(f"{name}: {'destroyed' if apply else 'would go'}")
    screen.say(f"{len(gone)} {'destroyed' if apply else 'would go'}, {len(stay)} stay")
    screen.next_step(following)
