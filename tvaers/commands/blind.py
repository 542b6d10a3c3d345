"""`tvaers blind`: identifiers that nobody outside the site sees, blinded by a key that the site does not see."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

app = typer.Typer(help="Blind identifiers between a site and a key holder.", no_args_is_help=True)


@app.command("public-key", short_help="Key holder: print the public key for the sites")
def public_key(home: HomeOption = None) -> None:
    """Print the public key of this home's key: give it to the sites, which prove every answer by it."""
    from ingest.blinded.key_holder import public_key_of
    from tvaers import screen
    from tvaers.keys import load_master_key
    from tvaers.settings import load_settings

    screen.say(public_key_of(load_master_key(load_settings(home))))


@app.command(short_help="Key holder: answer one site on standard input and output")
def answer(
    site: Annotated[str, typer.Option("--site", help="The site that asks, as the key holder calls it.")],
    per_day: Annotated[
        int, typer.Option("--per-day", min=1, help="Identifiers that the site may have blinded on one day (UTC).")
    ],
    home: HomeOption = None,
) -> None:
    """Evaluate what one site has blinded, until it ends; nothing that comes here tells an identifier.

    Made to be started by a program that proves who asks, such as OpenSSH with a forced command.
    """
    from ingest.blinded import key_holder
    from ingest.blinded.quota import Quota
    from ingest.typed_words import refuse_identifiers
    from tvaers.keys import load_master_key
    from tvaers.settings import load_settings

    settings = load_settings(home)
    refuse_identifiers(settings, {"--site": site})
    key_holder.answer(sys.stdin, sys.stdout, load_master_key(settings), Quota(settings.home, site, per_day))


@app.command(short_help="Site: write extracts with blinded identifiers")
def extracts(
    folder: Annotated[Path, typer.Argument(help="The folder of extracts, as they leave the site's systems.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the blinded extracts.")],
    key_holder: Annotated[
        str, typer.Option("--key-holder", help="Command that reaches the key holder: 'ssh tvaers@key-holder'.")
    ],
    public_key: Annotated[str, typer.Option("--public-key", help="The key holder's public key.")],
    pack: Annotated[str | None, typer.Option("--pack", help="Country pack: name, or path to its folder.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a site's extracts again, ready to be sent: identifiers blinded, names and free text gone.

    Runs at the site and needs no home folder. Exit code 12 when a file was left out.
    """
    from data_contracts.contract import load_contracts
    from ingest.blinded.extracts import blind_extracts, check_public_key
    from ingest.blinded.site import blinded
    from ingest.file_names import refuse_telling_folder
    from ingest.identifier import read_scheme
    from packs import DEFAULT_PACK
    from packs.pack import load_pack
    from tvaers import progress, screen
    from tvaers.errors import ContractError

    progress.be_quiet(quiet=as_json)
    used = load_pack(pack or DEFAULT_PACK)
    scheme = read_scheme(used.folder)
    refuse_telling_folder(folder, scheme)
    ask = partial(blinded, key_holder=key_holder, public_key=check_public_key(public_key))
    done, left_out = blind_extracts(folder, out, used, load_contracts(used.contracts), scheme, ask)
    following = f"send the folder {out}, then there: tvaers ingest FOLDER"
    if as_json:
        screen.write_json({"written": done, "left_out": left_out, "next_step": following})
    else:
        rows = [(each.path.name, each.file_type, f"{each.rows:,}", each.identifiers_in_text) for each in done]
        screen.show_table("", ("file", "type", "rows", "texts that held an identifier"), rows, numbers=("rows",))
        for verdict in left_out:
            screen.say(f"Left out: {verdict.file_name}: {verdict.message}")
        screen.next_step(following)
    if left_out:
        raise typer.Exit(ContractError.exit_code)
