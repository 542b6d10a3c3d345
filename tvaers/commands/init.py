"""`tvaers init`: make a home folder, its settings and its secret key."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from tvaers.settings import Settings


class Kind(StrEnum):
    """How identifiers are delivered."""

    in_clear = "in_clear"
    blinded = "blinded"


def init(
    home: HomeOption = None,
    pack: Annotated[
        str | None, typer.Option("--pack", help="Country pack: its name, or the path to its folder.")
    ] = None,
    disease: Annotated[
        str | None,
        typer.Option("--disease", help="Disease whose indicators are computed: its name, or the path to its folder."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="Where the secret key lies or shall lie; outside the home folder.")
    ] = None,
    area: Annotated[
        str | None,
        typer.Option(
            "--area",
            help="Whose inhabitants are counted: 'pack' for the municipalities that the pack marks, 'everywhere', or "
            "codes separated by commas.",
        ),
    ] = None,
    identifiers: Annotated[
        Kind | None,
        typer.Option(
            "--identifiers",
            help="How identifiers are delivered: in_clear, or blinded (see `tvaers blind`) and never in clear.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a home folder with its settings, and a secret key outside it.

    A second run keeps the key and every setting that is not named.
    """
    from tvaers import screen
    from tvaers.settings import default_home
    from tvaers.whats_next import next_command

    settings, is_new_key = set_up(
        (home or default_home()).resolve(),
        pack=pack,
        disease=disease,
        key_file=key_file,
        area=area,
        identifiers=identifiers.value if identifiers else None,
    )
    following = next_command(settings)
    if as_json:
        screen.write_json({"settings": settings, "key_created": is_new_key, "next_step": following})
        return
    screen.say(f"Home      {settings.home}")
    screen.say(f"Pack      {settings.pack}, indicators for {settings.disease}")
    screen.say(f"Area      {_area_in_words(settings)}")
    if settings.identifiers == Kind.blinded:
        screen.say("Files     with blinded identifiers only")
    screen.say(f"Key file  {settings.key_file} ({'new' if is_new_key else 'kept'})")
    if is_new_key:
        screen.say("Keep a copy of the key file where only the person responsible can reach it: without it the")
        screen.say("warehouse cannot be opened, and new deliveries cannot be linked to old ones.")
    screen.next_step(following)


def _area_in_words(settings: "Settings") -> str:
    from indicators.area import BY_PACK, EVERYWHERE, area_of
    from packs.pack import load_pack

    if settings.area == EVERYWHERE:
        return "everybody with a delivered address"
    codes = ", ".join(sorted(area_of(settings, load_pack(settings.pack)) or ()))
    return f"{codes} (those that the pack marks)" if settings.area == BY_PACK else codes


def set_up(
    home: Path,
    *,
    pack: str | None = None,
    disease: str | None = None,
    key_file: Path | None = None,
    area: str | None = None,
    identifiers: str | None = None,
) -> tuple["Settings", bool]:
    """Return the settings of a home folder that is ready for use, and whether its key is new.

    Raises:
        DefinitionError: No such pack or indicator set.
        SettingsError: The area has a municipality that the pack does not know, or a warehouse is there whose
            identifiers came in the other way.
        SecretKeyError: The key file is unsafe, or the key of an existing warehouse is gone.
    """
    from indicators.area import BY_PACK, EVERYWHERE, area_of
    from indicators.definitions.reading import disease_folder
    from packs.pack import load_pack
    from tvaers.errors import SecretKeyError, SettingsError
    from tvaers.keys import create_key_file, load_master_key
    from tvaers.settings import SETTINGS_FILE, Settings, default_key_file, load_settings

    kept = load_settings(home) if (home / SETTINGS_FILE).is_file() else None
    settings = kept or Settings(home=home, key_file=default_key_file(home))
    if disease and Path(disease).name != disease:
        disease = str(Path(disease).resolve())  # a path holds wherever the next command is started
    named: dict[str, Any] = {"pack": pack, "disease": disease, "key_file": key_file and key_file.resolve()}
    named["identifiers"] = identifiers
    if area is not None:
        named["area"] = area if area in (BY_PACK, EVERYWHERE) else tuple(code.strip() for code in area.split(","))
    settings = settings.model_copy(update={name: value for name, value in named.items() if value is not None})
    if kept and kept.identifiers != settings.identifiers and settings.warehouse.exists():
        raise SettingsError(
            "The people in this home's warehouse would be others than those of later deliveries.",
            where="--identifiers",
            what_to_do="Make another home folder for identifiers of the other kind.",
        )
    area_of(settings, load_pack(settings.pack))
    disease_folder(settings.disease)
    is_new_key = not settings.key_file.exists()
    if is_new_key and settings.warehouse.exists():
        raise SecretKeyError(
            "The key of this home's warehouse is missing; a new key could not open it.",
            where=str(settings.key_file),
            what_to_do="Put the key file back from your safe copy, or start again with another home folder.",
        )
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    if is_new_key:
        create_key_file(settings.key_file)
    try:
        load_master_key(settings)
    except SecretKeyError:
        if is_new_key:
            settings.key_file.unlink()
        raise
    if settings != kept:
        settings.save()
    return settings, is_new_key
