"""`tvaers catalogue`: every definition of a country in one document, made from its pack alone."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption
from tvaers.commands.report import Language
from tvaers.errors import SettingsError


def catalogue(
    out: Annotated[Path, typer.Option("--out", help="File to write; its ending says what: .pdf or .html.")],
    home: HomeOption = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Default: the first language of the country.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Pack whose definitions are told. Default: the home's.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Day on which limits and targets hold. Default: today."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the catalogue: every definition with clauses, numbers, sources, drawn cases, versions and neighbours.

    Made from the pack and the definitions; no release and no home is needed. A file of that name is replaced.
    """
    from datetime import UTC

    from dashboard.catalogue import catalogue as read
    from dashboard.report.catalogue_document import FORMS, document, written
    from dashboard.wording import LANGUAGES, wording
    from indicators.explain.neighbours import catalogue_to_read, packs_with_sets
    from indicators.release.definition_pages import definition_pages
    from packs.pack import load_pack
    from tvaers import progress, screen
    from tvaers.settings import SETTINGS_FILE, Settings, default_home, load_settings

    form = out.suffix.removeprefix(".")
    if form not in FORMS:
        raise SettingsError(
            "The catalogue is written as .pdf or .html.", where=str(out), what_to_do="End the name with one of them."
        )
    progress.be_quiet(quiet=as_json)
    own, disease = (Settings.model_fields[name].default for name in ("pack", "disease"))
    if home is not None or (default_home() / SETTINGS_FILE).is_file():
        settings = load_settings(home)
        own, disease = settings.pack, settings.disease
    pack = load_pack(country or own)
    if not pack.contracts and pack not in packs_with_sets():
        raise SettingsError(
            "The pack names no set of indicators; it holds published measures only.",
            where=pack.name,
            what_to_do="Read them in docs/reference/measures.md; prove them: tvaers measure check FOLDER",
        )
    day = on.date() if on else datetime.now(tz=UTC).date()
    spoken = next((each for each in pack.settings.languages if each in LANGUAGES), "en")
    words = wording(language or spoken)
    known = catalogue_to_read(disease, pack)
    if not known.indicators:
        raise SettingsError("The pack defines no indicators.", where=pack.name, what_to_do="Name another: --country")
    definitions = read(definition_pages(known.indicators, pack, day, known, {}, {}))
    made = document(definitions, words.text(pack.settings.title), day, words)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(written(made, form, day))
    if as_json:
        screen.write_json({"file": out, "indicators": len(definitions), "language": words.language, "pack": pack.name})
        return
    screen.say(f"{len(definitions)} indicators: {out}")
