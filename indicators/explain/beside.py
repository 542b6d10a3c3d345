"""What the catalogue says of an indicator beside its clauses: numbers with day and source, cases, users, neighbours."""

from collections.abc import Iterator
from datetime import date

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator
from indicators.definitions.written_numbers import written
from indicators.explain.history import history_of
from indicators.explain.mechanics import in_lines, mechanics_of
from indicators.explain.neighbours import Neighbour, others_of, users_of
from indicators.explain.words import WORDS
from packs.pack import load_pack


def told_beside(catalogue: Catalogue, indicator: Indicator, pack: str, on: date, language: str) -> Iterator[str]:
    """Yield the lines for `tvaers explain`.

    Args:
        catalogue: The country's definitions.
        indicator: The indicator.
        pack: Name of the country's pack.
        on: The day on which limits and targets of the neighbours hold.
        language: Language of the words.
    """
    words = WORDS[language]
    yield words["confirmed" if indicator.verified else "not_confirmed"]
    yield f"{words['numbers']}:"
    for name in sorted(catalogue.parameters_of([indicator]) & catalogue.parameters.keys()):
        parameter = catalogue.parameters[name]
        for place, dated in enumerate(parameter.values):
            since = "" if place == 0 and parameter.also_before else f" ({words['from_on']} {dated.from_on})"
            amount = _amount(dated.value, parameter.unit, language)
            state = dated.source.href or words["not_confirmed"]
            said = parameter.description.in_language(language)
            yield f"  - ${name}: {amount}{since}; {said}; {dated.source.title}, {state}"
    yield f"{words['computed_from']}:"
    for each in mechanics_of(catalogue, indicator, load_pack(pack).folder):
        first, *further = in_lines(each, language)
        yield f"  - {first}"
        yield from (f"  {line}" for line in further)
    yield f"{words['examples']}:"
    yield from (f"  - {example}" for example in indicator.examples)
    users = users_of(catalogue.disease, pack, indicator.id)
    if users:
        told = {
            each.country[language] + ("" if each.definition.verified else f" ({words['doubted']})") for each in users
        }
        yield f"{words['used_by']}: {', '.join(sorted(told))}"
        own = [title.in_language(language) for each in users if each.pack == pack for title in each.sets]
        yield f"{words['sets']}: {'; '.join(own) or '–'}"
    yield f"{words['owner']}: {' '.join(indicator.owner.in_language(language).split())}"
    yield f"{words['reviewed']}: {indicator.reviewed_on}, {words['next_review']} {indicator.next_review}"
    yield f"{words['history']}:"
    yield f"  - version 1: {words['first_version']}"
    yield from (f"  - version {version}: {why}" for version, why in history_of(indicator, pack))
    if asked := asked_elsewhere(catalogue.disease, indicator, pack, on):
        yield f"{words['elsewhere']}:"
        yield from (f"  - {line[language]}" for line in asked)


def _amount(value: float, unit: str, language: str) -> str:
    """Return a number with its unit as people write it."""
    words = WORDS[language]
    if unit == "yes_no":
        return words["yes" if value else "no"]
    told = "" if unit in ("proportion", "-") else f" {words.get(f'unit_{unit}', unit)}"
    return f"{written(value, unit, language)}{told}"


def asked_elsewhere(disease: str, indicator: Indicator, pack: str, on: date) -> list[dict[str, str]]:
    """Return how other countries ask the same question, a line each in every language; none where none does."""
    return [{language: _line(each, on, language) for language in WORDS} for each in others_of(disease, pack, indicator)]


def _line(each: Neighbour, on: date, language: str) -> str:
    target = each.target(on, language)
    parts = (
        f"{each.definition.title.in_language(language)} ({each.definition.id})",
        each.limit(on, language),
        f"{WORDS[language]['target'].lower()} {target}" if target else "",
        f"{each.definition.period} {WORDS[language]['months']}",
    )
    return f"{each.country[language]}: {'; '.join(filter(None, parts))}"
