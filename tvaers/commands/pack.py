"""`tvaers pack`: list, check and begin country packs."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import JsonOption

if TYPE_CHECKING:
    from packs.pack import Pack

app = typer.Typer(help="List, check and begin country packs.", no_args_is_help=True)
LISTS = re.compile(r"\blist\s*(?:=|IN)\s*\(?((?:\s*'\w+'\s*,?)+)")
"""How a variable names the code lists it reads: `list = 'a'` or `list IN ('a', 'b')`."""


@dataclass(frozen=True)
class Coverage:
    """Whether a pack has what an indicator needs; lists are empty when it has."""

    disease: str
    indicator: str
    missing_parameters: tuple[str, ...]
    missing_codelists: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Nothing is missing."""
        return not self.missing_parameters and not self.missing_codelists


@app.command("list", short_help="List the packs that come with Tværs")
def list_packs(as_json: JsonOption = False) -> None:
    """List the country packs that come with Tværs."""
    from packs.pack import available_packs, load_pack
    from tvaers import screen

    packs = [load_pack(name) for name in available_packs()]
    if as_json:
        screen.write_json({"packs": [{"name": p.name, "version": p.version, "folder": p.folder} for p in packs]})
        return
    rows = [(p.name, p.version, " ".join(p.settings.languages), len(p.contracts), p.folder) for p in packs]
    screen.show_table("", ("pack", "version", "languages", "file types", "folder"), rows, numbers=("file types",))


@app.command("check", short_help="Check a pack, and list what it cannot compute")
def check_pack(
    pack: Annotated[str, typer.Argument(help="A pack's name, or the path to its folder.")],
    as_json: JsonOption = False,
) -> None:
    """Check that a pack is written right, and list the indicators for which it lacks a code list or a parameter.

    An indicator that cannot be computed is listed and is no fault of the pack. Exit code 13 when a file is wrong.
    """
    from packs.pack import load_pack
    from tvaers import screen

    loaded = load_pack(pack)
    coverage = covered(loaded)
    lacking = [each for each in coverage if not each.is_complete]
    if as_json:
        screen.write_json({"pack": loaded.name, "version": loaded.version, "indicators": coverage})
        return
    screen.say(f"{loaded.name} version {loaded.version}: {len(loaded.contracts)} file types, all mapped")
    screen.say(f"{len(coverage) - len(lacking)} of {len(coverage)} indicators can be computed")
    if lacking:
        rows = [
            (each.disease, each.indicator, ", ".join(each.missing_parameters), ", ".join(each.missing_codelists))
            for each in lacking
        ]
        screen.show_table("", ("disease", "indicator", "parameters missing", "code lists missing"), rows)


@app.command("new", short_help="Begin a pack as a copy of another")
def new_pack(
    folder: Annotated[Path, typer.Argument(help="Folder to make; its last part is the new pack's name.")],
    like: Annotated[
        str | None, typer.Option("--like", help="The pack to copy. Default: the one a new home uses.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a country pack as a copy of another, to be replaced room by room.

    A copy passes `tvaers pack check` from its first minute; check again after each room.
    """
    import shutil

    from packs import DEFAULT_PACK
    from packs.pack import load_pack
    from tvaers import screen
    from tvaers.errors import SettingsError

    name = folder.name
    if not name.isidentifier() or name != name.lower():
        raise SettingsError(
            "A pack's name is one lower-case word, for example a country's.",
            where=str(folder),
            what_to_do="Choose another.",
        )
    if folder.exists():
        raise SettingsError(
            "There is something of that name already.", where=str(folder), what_to_do="Choose another, or remove it."
        )
    model = load_pack(like or DEFAULT_PACK)
    shutil.copytree(model.folder, folder)
    page = folder / "pack.yaml"
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"^name:.*$", f"name: {name}", text, count=1, flags=re.M)
    text = re.sub(r"^version:.*$", "version: 0.1.0", text, count=1, flags=re.M)
    page.write_text(text, encoding="utf-8")
    following = f"tvaers pack check {folder}"
    rooms = sorted(path.name for path in folder.iterdir())
    if as_json:
        screen.write_json({"folder": folder, "like": model.name, "rooms": rooms, "next_step": following})
        return
    screen.say(f"{folder} is a copy of {model.name}. Replace, room by room: {', '.join(rooms)}")
    screen.next_step(following)


def covered(pack: "Pack") -> list[Coverage]:
    """Return for every indicator of every disease what the pack lacks for it.

    Raises:
        DefinitionError: A definition or a file of the pack is written wrongly.
    """
    from indicators.catalogue import load_catalogue
    from indicators.definition import load_definitions

    found = []
    for disease in _diseases():
        catalogue = load_catalogue(disease, pack, load_definitions(disease))
        lists = set(catalogue.codelists["list"].unique())
        for indicator in catalogue.indicators:
            variables = catalogue.variables_of(indicator)
            named = "".join(names for variable in variables for names in LISTS.findall(variable.sql))
            used = set(re.findall(r"\w+", named))
            missing = catalogue.parameters_of([indicator]) - set(catalogue.parameters)
            found.append(Coverage(disease, indicator.id, tuple(sorted(missing)), tuple(sorted(used - lists))))
    return found


def _diseases() -> list[str]:
    """Return the folders of `indicators/` that hold a disease."""
    from importlib.resources import files

    return sorted(path.parent.name for path in Path(str(files("indicators"))).glob("*/populations.yaml"))
