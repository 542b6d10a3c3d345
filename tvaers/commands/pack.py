"""`tvaers pack`: list, check and begin country packs."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.new_disease import new_disease
from tvaers.commands.options import JsonOption

if TYPE_CHECKING:
    from indicators.explain.pack_coverage import Coverage, SetCoverage

app = typer.Typer(help="List, check and begin country packs and diseases.", no_args_is_help=True)


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
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Judge review dates as of this day. Default: today."),
    ] = None,
    disease: Annotated[
        str | None,
        typer.Option("--disease", help="Check with this disease alone: its name, or the path to its folder."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that a pack and the definitions are written right, and list what cannot be computed or needs a look.

    The definitions are those that the pack's sets name, and its own. One for which the pack lacks a parameter, a code
    list or a file type is listed; that is no fault of the pack. Nor is a definition without a published source, or one
    that is due for review. Exit code 13 when a file of the pack, or a definition that it computes, is wrong.
    """
    from indicators.explain.pack_coverage import check_definitions
    from indicators.measures.definition import load_measures
    from packs.pack import load_pack
    from tvaers import screen
    from tvaers.errors import DefinitionError

    loaded = load_pack(pack)
    found = check_definitions(loaded, on.date() if on else datetime.now(tz=UTC).date(), disease)
    measures = load_measures(loaded) if (loaded.folder / "measures").is_dir() else None
    needed = measures.wanted(measures.measures) if measures else {}
    if as_json:
        screen.write_json(
            {
                "pack": loaded.name,
                "version": loaded.version,
                "indicators": found.indicators,
                "sets": found.sets,
                "stratifiers": found.stratifiers,
                "problems": found.problems,
                "measures": [each.reports for each in measures.measures] if measures else [],
                "value_sets_to_supply": needed,
            }
        )
    else:
        accepted = f"{len(loaded.contracts)} file types, all mapped"
        nothing = "it accepts no file types, so its definitions can be read and checked, and not be computed"
        screen.say(f"{loaded.name} version {loaded.version}: {accepted if loaded.contracts else nothing}")
        if found.indicators:
            show_coverage(found.indicators)
            show_sets(found.sets)
            if found.stratifiers:
                screen.say(f"Results are also given by groups of patients: {', '.join(found.stratifiers)}")
        if measures:
            names = ", ".join(each.reports for each in measures.measures)
            screen.say(f"{len(measures.measures)} measures for test patients: {names}")
            screen.say(f"{len(needed)} value sets are licensed and must be supplied: {', '.join(needed)}")
        for problem in found.problems:
            screen.say(f"wrong: {problem}")
    if found.problems:
        raise typer.Exit(DefinitionError.exit_code)


def show_coverage(indicators: "Sequence[Coverage]") -> None:
    """Print which indicators can be computed, and which definitions a person should look at."""
    from tvaers import screen

    lacking = [each for each in indicators if not each.is_complete]
    screen.say(f"{len(indicators) - len(lacking)} of {len(indicators)} indicators can be computed")
    for said, chosen in (
        ("due for review", [each for each in indicators if each.is_overdue]),
        ("without a published source that confirms them", [each for each in indicators if not each.is_verified]),
    ):
        if chosen:
            screen.say(f"{len(chosen)} of {len(indicators)} {said}: {', '.join(each.indicator for each in chosen)}")
    if not lacking:
        return
    columns = {
        "parameters missing": [set(each.missing_parameters) for each in lacking],
        "code lists missing": [set(each.missing_codelists) for each in lacking],
        "no file type brings": [set(each.missing_facts) for each in lacking],
    }
    # What all of them lack is said once, such as what tells who has the disease.
    shared = {what: set.intersection(*names) if len(lacking) > 1 else set() for what, names in columns.items()}
    for what, names in shared.items():
        if names:
            screen.say(f"All {len(lacking)} that cannot be computed: {what}: {', '.join(sorted(names))}")
    rows = [
        (each.indicator, *(", ".join(sorted(names[place] - shared[what])) for what, names in columns.items()))
        for place, each in enumerate(lacking)
    ]
    if rows := [row for row in rows if any(row[1:])]:
        screen.show_table("", ("besides, the indicator" if any(shared.values()) else "indicator", *columns), rows)


def show_sets(sets: "Sequence[SetCoverage]") -> None:
    """Print the pack's named sets: how much of each can be computed, and which a release shows."""
    from tvaers import screen

    if sets:
        rows = [
            (
                each.id,
                each.country,
                each.version,
                f"{each.complete} of {each.indicators}",
                confirmed_part(each),
                "yes" if each.is_shown else "once computed" if each.is_chosen else "no",
            )
            for each in sets
        ]
        screen.show_table("", ("set", "country", "version", "can be computed", "confirmed", "released"), rows)
    if waiting := [(name, each.id, lacks) for each in sets for name, lacks in each.awaited.items()]:
        screen.show_table("", ("asked, but nothing tells it yet", "set", "what is lacking"), waiting)


def confirmed_part(coverage: "SetCoverage") -> str:
    """Return how much of a set its publisher's document confirms: `yes`, `no`, or how many of its indicators."""
    if coverage.is_verified and coverage.not_confirmed:
        return f"{coverage.indicators - coverage.not_confirmed} of {coverage.indicators}"
    return "yes" if coverage.is_verified else "no"


@app.command("new", short_help="Begin a pack as a copy of another")
def new_pack(
    folder: Annotated[Path, typer.Argument(help="Folder to make; its last part is the new pack's name.")],
    like: Annotated[
        str | None, typer.Option("--like", help="The pack to copy. Default: the one a new home uses.")
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="Begin with four indicators and their numbers, and nothing of any country.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Begin a country pack as a copy of another, to be replaced room by room, or bare.

    Either passes `tvaers pack check` from its first minute; check again after each room. A bare pack accepts no file
    types yet: the check tells which facts, code lists and file types its indicators still lack.
    """
    import shutil

    from packs import DEFAULT_PACK
    from packs.pack import SCAFFOLD, load_pack
    from tvaers import screen
    from tvaers.errors import SettingsError

    if bare and like:
        raise SettingsError(
            "A bare pack is like no other.", where="--bare and --like", what_to_do="Leave one of them out."
        )
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
    model = load_pack(SCAFFOLD if bare else like or DEFAULT_PACK)
    shutil.copytree(model.folder, folder)
    page = folder / "pack.yaml"
    text = page.read_text(encoding="utf-8")
    # In quotes: without them YAML takes some countries' short names, such as no, for a yes-or-no.
    text = re.sub(r"^name:.*$", f'name: "{name}"', text, count=1, flags=re.M)
    text = re.sub(r"^version:.*$", "version: 0.1.0", text, count=1, flags=re.M)
    page.write_text(text, encoding="utf-8")
    # A bare name would be taken for an installed pack.
    following = f"tvaers pack check {folder if len(folder.parts) > 1 else f'./{folder}'}"
    rooms = sorted(path.name for path in folder.iterdir())
    if as_json:
        screen.write_json({"folder": folder, "like": model.name, "rooms": rooms, "next_step": following})
        return
    begun = "holds four indicators and their numbers" if bare else f"is a copy of {model.name}"
    screen.say(f"{folder} {begun}. Replace, room by room: {', '.join(rooms)}")
    screen.next_step(following)


app.command("new-disease", short_help="Begin a disease in a folder of your own")(new_disease)
