"""What the catalogue tells of an indicator besides its words, as plain data that a release carries.

Clauses as they are computed, every number with its days and sources, drawn cases, versions, users, and the definitions
of other countries that answer the same question.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator
from indicators.definitions.parameters import Parameter
from indicators.definitions.parts import LANGUAGES, Text
from indicators.explain.definition import clauses_in_order
from indicators.explain.history import history_of
from indicators.explain.mechanics import mechanics_of
from indicators.explain.neighbours import MEASURES, Neighbour, others_of, users_of
from indicators.explain.words import WORDS
from packs.pack import load_pack


def entry_of(catalogue: Catalogue, indicator: Indicator, pack: str, day: date) -> dict[str, Any]:
    """Return what stands in the catalogue of an indicator beside its page; texts by language.

    Args:
        catalogue: The country's definitions.
        indicator: One of them.
        pack: Name of the country's pack.
        day: The day on which limits and targets hold.
    """
    names = sorted(catalogue.parameters_of([indicator]) & catalogue.parameters.keys())
    users = users_of(catalogue.disease, pack, indicator.id)
    own = [each for each in users if each.pack == pack]
    others = others_of(catalogue.disease, pack, indicator, pack)
    return {
        "clauses": [
            {
                "part": {code: WORDS[code][clause.part] for code in LANGUAGES},
                "who": _told(clause.who),
                "exact": clause.computed,
            }
            for clause in clauses_in_order(catalogue, indicator)
        ],
        "variables": [each.as_dict() for each in mechanics_of(catalogue, indicator, load_pack(pack).folder)],
        "numbers": [_number(name, catalogue.parameters[name]) for name in names],
        "history": [{"version": version, "why": why} for version, why in history_of(indicator, pack)],
        "used_by": [{"country": dict(each.country), "confirmed": each.definition.verified} for each in users],
        "beside": [_beside(each, day) for each in [*own, *others]] if others else [],
    }


def _number(name: str, parameter: Parameter) -> dict[str, Any]:
    """Return a number with each of its values; the day is left out where a value has held as long as anybody asks."""
    return {
        "name": name,
        "description": _told(parameter.description),
        "unit": parameter.unit,
        "values": [
            {
                "value": dated.value,
                "from_on": None if place == 0 and parameter.also_before else str(dated.from_on),
                "source": dated.source.model_dump(mode="json", exclude_none=True),
            }
            for place, dated in enumerate(parameter.values)
        ],
    }


def _beside(each: Neighbour, day: date) -> dict[str, Any]:
    definition = each.definition
    confirmed = "confirmed" if definition.verified else "not_confirmed"
    return {
        "country": dict(each.country),
        "id": definition.id,
        "title": _told(definition.title),
        "about": _in_all(lambda language: each.population.who.in_language(language).partition(",")[0]),
        "limit": _in_all(lambda language: each.limit(day, language)),
        "target": _in_all(lambda language: each.target(day, language)),
        "months": definition.period,
        "ends_on": definition.ends_on or "",
        "state": "published_logic" if each.page == MEASURES else confirmed,
    }


def _told(text: Text) -> dict[str, str]:
    """Return a text by language on one line; a language into which it is not translated is left out."""
    return {language: " ".join(said.split()) for language, said in text.model_dump(exclude_none=True).items()}


def _in_all(say: Callable[[str], str]) -> dict[str, str]:
    return {language: " ".join(say(language).split()) for language in LANGUAGES}
