"""`tvaers pack new-disease`: begin a disease in a folder of one's own, with one indicator that can be computed."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import JsonOption

STANDS_FOR_THE_NAME = "new_disease"
STANDS_FOR_THE_PACK = "country"
COUNTRY = re.compile(r"^country: XX$", re.MULTILINE)
DAY_OF_WRITING, DAY_OF_REVIEW = "2026-11-22", "2027-11-22"


def new_disease(
    folder: Annotated[Path, typer.Argument(help="Folder to make; its last part is the disease's name.")],
    pack: Annotated[
        str | None,
        typer.Option("--pack", help="The country pack to begin with. Default: the one a new home uses."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a disease: whom it is about, one indicator with its drawn cases, a code list and a set.

    It passes `tvaers pack check` from its first minute and can be computed at once; replace the example room by room.
    What a country says of the disease lies in `countries/` of its folder, so that no pack is changed.
    """
    from indicators.definitions import reading
    from packs import DEFAULT_PACK
    from packs.pack import load_pack
    from tvaers import screen
    from tvaers.errors import SettingsError

    name = folder.name
    if not reading.NAME.fullmatch(name):
        raise SettingsError(
            "A disease's name is small letters, digits and _, the first a letter.",
            where=str(folder),
            what_to_do="Choose another name, for example asthma.",
        )
    if name in reading.diseases():
        raise SettingsError(
            f"A disease '{name}' comes with Tværs.", where=str(folder), what_to_do="Choose another name."
        )
    if folder.exists():
        raise SettingsError(
            "There is something of that name already.", where=str(folder), what_to_do="Choose another, or remove it."
        )
    model = load_pack(pack or DEFAULT_PACK)
    shutil.copytree(str(files("indicators.definitions") / STANDS_FOR_THE_NAME), folder)
    _name_everything(folder, name, model.folder.name, model.settings.identifier.country)
    # A bare name would be taken for an installed disease.
    place = str(folder) if len(folder.parts) > 1 else f"./{folder}"
    following = f"tvaers pack check {pack or DEFAULT_PACK} --disease {place}"
    made = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if as_json:
        screen.write_json({"folder": folder, "pack": model.name, "files": made, "next_step": following})
        return
    screen.say(f"{folder} holds a disease with one example indicator. Replace, file by file:")
    for path in made:
        screen.say(f"  {path}")
    screen.say("Begin with the codes: who has a code of the list has the disease.")
    screen.next_step(following)


def _name_everything(folder: Path, name: str, pack: str, country: str) -> None:
    """Put the names of the disease and the country, and today, where the example leaves room for them."""
    today = datetime.now(tz=UTC).date()
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace(STANDS_FOR_THE_NAME, name)
            text = COUNTRY.sub(f"country: '{country}'", text)
            text = text.replace(DAY_OF_WRITING, str(today)).replace(DAY_OF_REVIEW, str(today + timedelta(days=365)))
            path.write_text(text, encoding="utf-8")
        named = pack if path.name == STANDS_FOR_THE_PACK else path.name.replace(STANDS_FOR_THE_NAME, name)
        path.rename(path.with_name(named))
