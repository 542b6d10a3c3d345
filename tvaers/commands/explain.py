"""`tvaers explain`: an indicator in words, or why one pseudonym counts as it does."""

from datetime import datetime
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption


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
    as_json: JsonOption = False,
) -> None:
    """Explain an indicator in words; with --pseudonym, why one person counts as they do."""
    from datetime import UTC

    from indicators.catalogue import load_catalogue
    from indicators.definitions.reading import unknown
    from indicators.explain import person as explanations
    from indicators.explain.beside import told_beside
    from indicators.explain.definition import explain_definition
    from packs.pack import load_pack
    from tvaers import screen
    from tvaers.settings import load_settings

    if language not in explanations.WORDS:
        raise unknown("language", language, explanations.WORDS, where="--language")
    settings = load_settings(home)
    day = on.date() if on else None
    if pseudonym is not None:
        reasons = explanations.explain(settings, indicator, pseudonym, day, language)
        if as_json:
            screen.write_json(reasons.as_dict())
        else:
            screen.say(str(reasons))
        return
    pack, today = load_pack(settings.pack), day or datetime.now(tz=UTC).date()
    catalogue = load_catalogue(settings.disease, pack)
    text = explain_definition(catalogue, indicator, today, language)
    beside = told_beside(catalogue, catalogue.indicator(indicator), pack.name, today, language)
    text = "\n".join([text, *beside])
    if as_json:
        screen.write_json({"text": text, "definition": catalogue.indicator(indicator)})
    else:
        screen.say(text)
