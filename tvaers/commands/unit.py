"""`tvaers unit`: a treating unit asks whose care is open among its own patients, and names nobody."""

from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

app = typer.Typer(help="Make lists for treating units, which only they can read.", no_args_is_help=True)


@app.command(short_help="Warehouse: write the key of a unit")
def key(
    unit: Annotated[str, typer.Argument(help="The unit: practice-010091 or hospital-6007.")],
    out: Annotated[Path, typer.Option("--out", help="A new file for the key; take it to the unit on a safe way.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the key that proves who asks and seals what is answered. With it a unit asks about its own patients only.

    The unit gets a new one after each change of the warehouse's key.
    """
    from ingest.typed_words import refuse_identifiers
    from ingest.unit_lists.letter import write_unit_key
    from tvaers import audit_log, screen
    from tvaers.settings import load_settings
    from tvaers.unit_lists import key_for

    settings = load_settings(home)
    refuse_identifiers(settings, {"UNIT": unit, "--out": str(out)})
    with audit_log.recorded(settings, "unit key", unit):
        write_unit_key(out, key_for(settings, unit))
    following = f"take {out} to the unit, then there: tvaers unit ask"
    if as_json:
        screen.write_json({"unit": unit, "key_file": out, "next_step": following})
        return
    screen.say(f"The key of {unit} is in {out}. Whoever has it can ask as this unit: keep no copy.")
    screen.next_step(following)


@app.command(short_help="Unit: ask about its own patients")
def ask(
    patients: Annotated[Path, typer.Argument(help="The unit's own list: a text file, one national identifier a line.")],
    key: Annotated[Path, typer.Option("--key-file", help="The unit's key file.")],
    out: Annotated[Path, typer.Option("--out", help="A new file for the request.")],
    key_holder: Annotated[
        str, typer.Option("--key-holder", help="Command that reaches the key holder: 'ssh tvaers@key-holder'.")
    ],
    public_key: Annotated[str, typer.Option("--public-key", help="The key holder's public key.")],
    pack: Annotated[str | None, typer.Option("--pack", help="Country pack: name, or path to its folder.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a request about the unit's patients: nobody who gets it can tell who they are.

    Runs at the unit and needs no home folder. The unit's own secret, without which no answer can be read, is made
    beside the key file and stays there.
    """
    from datetime import UTC, datetime
    from functools import partial

    from ingest.blinded.extracts import check_public_key
    from ingest.blinded.site import blinded
    from ingest.file_names import refuse_telling_folder
    from ingest.identifier import read_scheme
    from ingest.unit_lists import at_unit
    from ingest.unit_lists.letter import read_unit_key
    from packs import DEFAULT_PACK
    from packs.pack import load_pack
    from tvaers import progress, screen

    progress.be_quiet(quiet=as_json)
    used = load_pack(pack or DEFAULT_PACK)
    for path in (patients, key, out):
        refuse_telling_folder(path, read_scheme(used.folder))
    asking = partial(blinded, key_holder=key_holder, public_key=check_public_key(public_key))
    done = at_unit.ask(patients, key, read_unit_key(key), used, asking, out, datetime.now(tz=UTC).date())
    following = f"send {out}, and nothing else, then there: tvaers unit list"
    if as_json:
        screen.write_json({"request": out, "asked": done, "next_step": following})
        return
    screen.say(f"{done.people:,} people are asked about in {out} (list {done.list_id}).")
    if done.rows_without_identifier:
        told = ", ".join(map(str, done.rows_without_identifier[:20]))
        more = " and more" if len(done.rows_without_identifier) > len(done.rows_without_identifier[:20]) else ""
        screen.say(f"{len(done.rows_without_identifier):,} rows hold no usable identifier: {told}{more}.")
    screen.next_step(following)


@app.command("list", short_help="Warehouse: answer a unit's request")
def make_list(
    request: Annotated[Path, typer.Argument(help="The file that the unit wrote.")],
    open_in: Annotated[str, typer.Option("--open-in", help="Indicator whose open cases are wanted: foot_examined.")],
    why: Annotated[str, typer.Option("--why", help="What the unit wants it for; this stands in the audit log.")],
    out: Annotated[Path, typer.Option("--out", help="A new file for the list.")],
    days: Annotated[
        int, typer.Option("--days", min=1, max=31, help="For how many days the list can be resolved.")
    ] = 14,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write which of the people that a unit asked about are its patients and open in an indicator.

    Only the unit that asked can tell who they are: `tvaers resolve`.
    """
    from ingest.job import refuse_telling_path
    from ingest.typed_words import refuse_identifiers
    from tvaers import audit_log, screen
    from tvaers.settings import load_settings
    from tvaers.unit_lists import make_list as made_list

    settings = load_settings(home)
    refuse_telling_path(settings, request)
    refuse_identifiers(settings, {"--open-in": open_in, "--why": why, "--out": str(out)})
    # Of how many people the list is, which may be few, is for the unit alone.
    with audit_log.recorded(settings, "list for unit", open_in, purpose=why) as doing:
        done = made_list(settings, request, open_in, out, days=days)
        doing.subject, doing.rows = f"{open_in}, {done.unit}, list {done.list_id}", done.asked
    following = f"send {out} to {done.unit}, then there: tvaers resolve"
    if as_json:
        screen.write_json({"list": out, "made": done, "next_step": following})
        return
    screen.say(f"A list for {done.unit}, of {done.asked:,} people asked about, is in {out} until {done.ends_on}.")
    screen.next_step(following)
