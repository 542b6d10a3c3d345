"""`tvaers keys`: look at the secret key without seeing it, check it, and replace it."""

from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from tvaers.commands.options import HomeOption, JsonOption
from tvaers.errors import SecretKeyError, TvaersError

if TYPE_CHECKING:
    from tvaers.commands.doctor import Finding
    from tvaers.settings import Settings

app = typer.Typer(help="Show, check and replace the secret key.", no_args_is_help=True)


@app.command(short_help="Say which key is in force, never the key")
def show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say which key is in force, since when, which keys were before it, and which deliveries came under which."""
    from tvaers import screen
    from tvaers.keys import load_master_key
    from tvaers.settings import load_settings

    settings = load_settings(home)
    key = load_master_key(settings)
    delivered = _deliveries(settings)
    begun: date | None = None
    rows = []
    for key_id, until in [*((each.key_id, each.until) for each in key.earlier), (key.key_id, None)]:
        loaded = delivered.get(key_id, [])
        rows.append({"key_id": key_id, "since": begun or _first_day(loaded), "until": until, "deliveries": loaded})
        begun = until
    if as_json:
        screen.write_json({"key_file": settings.key_file, "key_id": key.key_id, "keys": rows})
        return
    screen.say(f"Key file  {settings.key_file}")
    screen.say(f"Key id    {key.key_id}")
    screen.show_table(
        "",
        ("key id", "since", "until", "files loaded under it", "from", "to"),
        [_told(row) for row in rows],
        numbers=("files loaded under it",),
    )
    if key.earlier:
        screen.say("All rows carry pseudonyms of the key in force; later deliveries go through all these keys.")
    screen.next_step(f"tvaers keys check --home {settings.home}")


@app.command(short_help="Check the key, its place and whether it fits the warehouse")
def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check who can read the key, its length, its place, and whether it fits the warehouse; exit code 16 when not."""
    from tvaers import screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import next_command

    settings = load_settings(home)
    findings, advice = _examined(settings)
    is_well = not advice
    following = next_command(settings) if is_well else advice
    if as_json:
        screen.write_json({"well": is_well, "findings": findings, "next_step": following})
    else:
        screen.show_table("", ("point", "state", "what was seen"), [(f.point, f.state, f.detail) for f in findings])
        screen.say("The key is safe and fits." if is_well else "The key is not as it should be.")
        screen.next_step(following)
    if not is_well:
        raise typer.Exit(SecretKeyError.exit_code)


@app.command(short_help="Replace the key, and every pseudonym with it")
def rotate(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Replace the key: new pseudonyms and record keys in the whole warehouse, encrypted anew, swapped in at once.

    Indicators stay as they are, and people who are delivered again are known. Backups and exports made before keep the
    old pseudonyms, and old backups open only with the copy of the old key file.
    """
    from ingest.change_key import change_key
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    with audit_log.recorded(settings, "change key", "warehouse"):
        done = change_key(settings)
    following = f"tvaers keys check --home {settings.home}"
    if as_json:
        screen.write_json({"change": done, "key_file": settings.key_file, "next_step": following})
        return
    screen.say(f"Key       {done.new_key_id} instead of {done.old_key_id}, in {settings.key_file}")
    screen.say(f"Rewritten {done.tables} tables, {done.deliveries} deliveries")
    screen.say("Put a copy of the key file in the sealed place now; mark the old copy with its key id, and keep it as")
    screen.say("long as backups of before. Make the databases of research projects anew: their pseudonyms are others.")
    screen.next_step(following)


def _deliveries(settings: "Settings") -> dict[str, list[dict[str, Any]]]:
    """Return the files in use by the id of the key that was in force when they were loaded."""
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    if not settings.warehouse.exists():
        return {}
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        rows = con.execute(
            "SELECT coalesce(run.key_id, batch.key_id), batch_id, file_name, CAST(batch.started_at AS DATE) "
            "FROM meta.batch AS batch LEFT JOIN meta.run AS run USING (run_id) "
            "WHERE state = 'loaded' ORDER BY batch_id"
        ).fetchall()
    found: dict[str, list[dict[str, Any]]] = {}
    for key_id, batch_id, file_name, day in rows:
        found.setdefault(key_id, []).append({"batch_id": batch_id, "file_name": file_name, "loaded_on": day})
    return found


def _first_day(loaded: list[dict[str, Any]]) -> date | None:
    return min((each["loaded_on"] for each in loaded), default=None)


def _told(row: dict[str, Any]) -> tuple[object, ...]:
    days = [each["loaded_on"] for each in row["deliveries"]]
    last = row["until"] or "in force"
    return row["key_id"], row["since"], last, len(days), min(days, default=None), max(days, default=None)


def _examined(settings: "Settings") -> tuple[list["Finding"], str]:
    """Return what was seen of the key, and what to do first; empty when all is well."""
    from tvaers.commands.doctor import Finding
    from tvaers.keys import announced_key, load_master_key
    from warehouse.connection import open_read_only
    from warehouse.run_log import refuse_other_key

    try:
        key = load_master_key(settings)
        is_announced = announced_key(settings)
    except SecretKeyError as fault:
        return [Finding("key file", "bad", _seen(fault))], fault.what_to_do
    findings = [
        Finding("key file", "good", f"{settings.key_file}: 32 bytes, outside the home, only its owner can read it"),
        _folder(settings),
        Finding("key id", "good", key.key_id),
        Finding("generations", "good", f"{1 + len(key.earlier)}" + "".join(f", {e.key_id}" for e in key.earlier)),
    ]
    if is_announced:
        said = "a change of key was cut off before the warehouse was replaced; the key before it is in force"
        findings.append(Finding("change of key", "note", said))
    advice = ""
    if not settings.warehouse.exists():
        findings.append(Finding("warehouse", "note", "not made yet"))
    else:
        try:
            with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
                refuse_other_key(con, key.key_id)
            findings.append(Finding("warehouse", "good", "opens with this key, and all its deliveries are under it"))
        except TvaersError as fault:
            findings.append(Finding("warehouse", "bad", _seen(fault)))
            advice = fault.what_to_do
    return findings, advice


def _folder(settings: "Settings") -> "Finding":
    """Say whether others could put another file in the key's place."""
    from tvaers.commands.doctor import Finding

    folder = settings.key_file.resolve().parent
    if folder.stat().st_mode & 0o022:
        return Finding("key folder", "note", f"others can write to {folder}; better: chmod 700 {folder}")
    return Finding("key folder", "good", f"only its owner can write to {folder}")


def _seen(fault: TvaersError) -> str:
    return " ".join(part for part in (fault.what, fault.where, fault.how_much) if part)
