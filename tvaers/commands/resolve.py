"""`tvaers resolve`: at the treating unit, which rows of its own patient list a list of the warehouse is about."""

from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import JsonOption


def resolve(
    patients: Annotated[Path, typer.Argument(help="The unit's own list: a text file, one national identifier a line.")],
    answer: Annotated[Path, typer.Option("--list", help="The list that the warehouse made for this unit.")],
    key: Annotated[Path, typer.Option("--key-file", help="The unit's key file; the unit's own secret lies beside it.")],
    pack: Annotated[str | None, typer.Option("--pack", help="Country pack: name, or path to its folder.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which rows of the unit's own patient list a list is about. Only row numbers are shown.

    Runs at the unit and needs no home folder and no key holder. Another unit, another patient list or a list that has
    ended is refused.
    """
    from datetime import UTC, datetime

    from ingest.file_names import refuse_telling_folder
    from ingest.identifier import read_scheme
    from ingest.unit_lists import at_unit
    from ingest.unit_lists.letter import read_unit_key
    from packs import DEFAULT_PACK
    from packs.pack import load_pack
    from tvaers import screen

    used = load_pack(pack or DEFAULT_PACK)
    for path in (patients, answer, key):
        refuse_telling_folder(path, read_scheme(used.folder))
    found = at_unit.resolve(patients, answer, key, read_unit_key(key), used, datetime.now(tz=UTC).date())
    following = f"look these patients up in {patients}; after {found.ends_on} ask anew: tvaers unit ask"
    if as_json:
        screen.write_json({"resolved": found, "next_step": following})
        return
    screen.say(f"Open in {found.indicator} on {found.period_end}: {len(found.rows):,} rows of {patients}.")
    if found.rows:
        screen.say(", ".join(map(str, found.rows)))
    if found.gone:
        screen.say(f"{found.gone:,} people of the list do not stand in this file any more.")
    screen.next_step(following)
