"""`tvaers explain`: an indicator in words, where a number of the release comes from, or why one pseudonym counts so."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from indicators.catalogue import Catalogue


def explain(
    indicator: Annotated[str, typer.Argument(help="Indicator id, for example hba1c_measured.")],
    home: HomeOption = None,
    pseudonym: Annotated[
        str | None, typer.Option("--pseudonym", help="Show how this person was counted, and on which evidence.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Reporting date. Default: today, or the latest computed."),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the words: en, da or nb.")] = "en",
    country: Annotated[
        str | None,
        typer.Option("--country", help="Pack whose numbers are told. Default: the home's, or the first that has it."),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", help="Say where the published number of this unit comes from: name, id or key."),
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="The quarter of that number, such as 2026-Q3. Default: the newest.")
    ] = None,
    sex: Annotated[str, typer.Option("--sex", help="Of whom that number tells: all, female or male.")] = "all",
    age: Annotated[str, typer.Option("--age", help="Age band of that number, such as 65-79.")] = "all",
    as_json: JsonOption = False,
) -> None:
    """Explain an indicator in words and exact clauses; with --pseudonym, why one person counts as they do.

    With --unit or --period: where a published number comes from, back to the delivered files. What the release hides
    stays hidden.

    Definitions of every pack that comes along can be read, also before a home has been set up.
    """
    from datetime import UTC

    from indicators.definitions.reading import unknown
    from indicators.explain import person as explanations
    from indicators.explain.beside import told_beside
    from indicators.explain.definition import explain_definition
    from tvaers import audit_log, screen
    from tvaers.settings import load_settings

    if language not in explanations.WORDS:
        raise unknown("language", language, explanations.WORDS, where="--language")
    day = on.date() if on else None
    if (unit or period) is not None or (sex, age) != ("all", "all"):
        if pseudonym is not None:
            raise typer.BadParameter("A number has no person behind it: name a unit, or a pseudonym.")
        _explain_number(home, indicator, unit, period, (sex, age), as_json=as_json)
        return
    if pseudonym is not None:
        settings = load_settings(home)
        with audit_log.recorded(settings, "explain", "how one person counts"):
            reasons = explanations.explain(settings, indicator, pseudonym, day, language)
        if as_json:
            screen.write_json(reasons.as_dict())
        else:
            screen.say(str(reasons))
        return
    today = day or datetime.now(tz=UTC).date()
    catalogue, pack = _catalogue_with(indicator, home, country)
    text = explain_definition(catalogue, indicator, today, language)
    beside = told_beside(catalogue, catalogue.indicator(indicator), pack, today, language)
    text = "\n".join([text, *beside])
    if as_json:
        screen.write_json({"text": text, "pack": pack, "definition": catalogue.indicator(indicator)})
    else:
        screen.say(text)


def _explain_number(
    home: Path | None, indicator: str, unit: str | None, period: str | None, split: tuple[str, str], *, as_json: bool
) -> None:
    from tvaers import audit_log, number_origin, screen
    from tvaers.settings import load_settings

    settings = load_settings(home)
    if settings.key_file.is_file():
        with audit_log.recorded(settings, "explain", "where a number comes from"):
            found = number_origin.find(settings, indicator, unit, period, split)
    else:
        found = number_origin.find(settings, indicator, unit, period, split)
    following = found.next_step(settings)
    if as_json:
        screen.write_json({"number": found, "next_step": following})
        return
    number_origin.show(found)
    screen.next_step(following)


def _catalogue_with(indicator: str, home: Path | None, country: str | None) -> "tuple[Catalogue, str]":
    """Return the catalogue to read an indicator in, and its pack: the one asked for, the home's, or the first with it.

    Raises:
        DefinitionError: No pack has the indicator, or that of the country has not.
    """
    from indicators.definitions.reading import unknown
    from indicators.explain.neighbours import catalogue_to_read, packs_with_sets
    from indicators.measures.definition import all_measures
    from packs.pack import load_pack
    from tvaers.errors import DefinitionError
    from tvaers.settings import SETTINGS_FILE, Settings, default_home, load_settings

    is_set_up = home is not None or (default_home() / SETTINGS_FILE).is_file()
    own, disease = (Settings.model_fields[name].default for name in ("pack", "disease"))
    if is_set_up:
        settings = load_settings(home)
        own, disease = settings.pack, settings.disease
    packs = [load_pack(country)] if country else [load_pack(own), *packs_with_sets()]
    known: dict[str, None] = {}
    for pack in packs:
        catalogue = catalogue_to_read(disease, pack)
        if any(each.id == indicator for each in catalogue.indicators):
            return catalogue, pack.name
        known |= dict.fromkeys(each.id for each in catalogue.indicators)
    if any(each.id == indicator for measures in all_measures() for each in measures.measures):
        raise DefinitionError(
            f"'{indicator}' is a published measure, which is computed on test patients only.",
            what_to_do="Read it in docs/reference/measures.md; prove it: tvaers measure check FOLDER",
        )
    raise unknown("indicator", indicator, known, where=f"in {', '.join(dict.fromkeys(pack.name for pack in packs))}")
