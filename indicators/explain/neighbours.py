"""The same question in several countries, side by side: drawn from the packs, so that nobody keeps it by hand.

Which definitions answer the same question is content of the disease (`questions.yaml`). Published measures of a pack
stand beside its neighbours' indicators.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import sqlglot

from indicators.catalogue import Catalogue
from indicators.definitions.codelists import load_codelists
from indicators.definitions.definition import PARAMETER, Indicator
from indicators.definitions.definition_files import definitions_of_pack
from indicators.definitions.limits import Numbers, acceptable_in_words, target_in_words, threshold_in_words
from indicators.definitions.parameters import load_parameters
from indicators.definitions.parts import Clause, Text
from indicators.definitions.population import load_breakdowns, load_populations
from indicators.definitions.questions import Question, load_questions
from indicators.definitions.reading import disease_name
from indicators.definitions.sets import IndicatorSet, load_sets
from indicators.definitions.variables import load_variables
from indicators.measures.definition import load_measures
from indicators.patients.joined import sign_columns
from packs.pack import Pack, available_packs, load_pack

MEASURES = "measures.md"
ACCEPTABLE = {"en": "acceptable", "da": "acceptabelt", "nb": "akseptabelt"}


@dataclass(frozen=True, eq=False)
class Neighbour:
    """One definition as one country has it.

    Attributes:
        country: The country in each language.
        numbers: Parameters of the country and variables, for limits in words.
        population: Whom it is about.
        sets: Titles of the country's sets that hold it.
        page: Page below `docs/reference` that tells all of it.
    """

    pack: str
    country: Mapping[str, str]
    definition: Indicator
    numbers: Numbers
    population: Clause
    sets: tuple[Text, ...]
    page: str

    def limit(self, on: date, language: str) -> str:
        """Return the limit of a patient's value; where it has none, or not one alone, the words of what meets it."""
        numerator = self.definition.numerator
        limits = set(PARAMETER.findall(numerator.when or "")) if numerator else set()
        alone = (
            not limits
            or self.definition.threshold_for
            or {f"${name}" for name in limits} == {self.definition.threshold}
        )
        said = threshold_in_words(self.numbers, self.definition, on, language) if alone else ""
        return said or (" ".join(numerator.who.in_language(language).split()) if numerator else "")

    def target(self, on: date, language: str) -> str:
        """Return the level that a unit should reach, with what is still acceptable; empty where none is set."""
        asked = target_in_words(self.numbers, self.definition, on, language)
        yellow = acceptable_in_words(self.numbers, self.definition, on, language)
        return f"{asked} ({ACCEPTABLE[language]}: {yellow})".strip() if yellow else asked


def catalogue_to_read(disease: str, pack: Pack) -> Catalogue:
    """Return the catalogue of a disease in a country for reading only: its variables are not tried on a database."""
    return Catalogue(
        disease=disease,
        indicators=definitions_of_pack(disease, pack.folder),
        variables=load_variables(disease),
        populations=load_populations(disease),
        breakdowns=load_breakdowns(disease),
        parameters=load_parameters(pack.folder, disease),
        codelists=load_codelists(pack.folder, disease),
        columns=_columns(disease),
    )


@cache
def _columns(disease: str) -> Mapping[str, tuple[str, ...]]:
    """Return the value columns of each variable as its SELECT names them."""
    found: dict[str, tuple[str, ...]] = {}
    for name, variable in load_variables(disease).items():
        select = sqlglot.parse_one(variable.sql, read="duckdb")
        own = tuple(column for column in select.named_selects if column not in variable.keys)  # type: ignore[attr-defined]
        found[name] = sign_columns(variable, own) if variable.rows == "patient and sign" else own
    return found


def packs_with_sets() -> list[Pack]:
    """Return the packs that come along and define indicators, in order of their names."""
    packs = [load_pack(name) for name in available_packs()]
    return [pack for pack in packs if (pack.folder / "sets").is_dir()]


def page_of_pack(pack: str, first: str) -> str:
    """Return the page of a pack's indicators; the pack of a new home has the page without a name."""
    return "indicators.md" if pack == first else f"indicators_{pack}.md"


@cache
def neighbours(disease: str, first: str) -> tuple[Neighbour, ...]:
    """Return every definition of a disease as each country has it, country by country.

    Args:
        disease: The disease.
        first: The pack that comes first, usually the own one.
    """
    names = sorted(available_packs(), key=lambda name: (name != first, name))
    found = [sorted(_of_pack(disease, load_pack(name), first), key=lambda each: each.country["en"]) for name in names]
    return tuple(each for of_pack in found for each in of_pack)


def _of_pack(disease: str, pack: Pack, first: str) -> Iterator[Neighbour]:
    if (pack.folder / "sets").is_dir():
        known = catalogue_to_read(disease, pack)
        sets = load_sets(pack.folder, disease, [each.id for each in known.indicators])
        for each in known.indicators:
            own = tuple(one.title for one in sets if each.id in one.indicators)
            about: Clause = known.populations.populations[each.population]
            page = page_of_pack(pack.name, first)
            yield Neighbour(pack.name, _country(pack, sets, each.id), each, known, about, own, page)
    if (pack.folder / "measures").is_dir():
        measures = load_measures(pack)
        for measure in measures.measures:
            about, title = measures.populations[measure.population], Text(en=measure.reports)
            yield Neighbour(pack.name, _country(pack, (), ""), measure, measures, about, (title,), MEASURES)


def _country(pack: Pack, sets: tuple[IndicatorSet, ...], name: str) -> Mapping[str, str]:
    """Return the country whose definition it is: a pack may hold a set of another country."""
    codes = {each.country for each in sets if name in each.indicators}
    own = pack.settings.identifier.country
    here = {language: said.partition(" (")[0] for language, said in pack.settings.title.items()}
    if own in codes or not codes:
        return here
    code = min(codes)
    packs = map(load_pack, available_packs())
    titles = [one.settings.title for one in packs if one.settings.identifier.country == code]
    theirs = {language: said.partition(" (")[0] for language, said in (titles[0] if titles else {}).items()}
    return {language: f"{theirs.get(language, code)} ({said})" for language, said in here.items()}


def side_by_side(disease: str, first: str) -> dict[Question, list[Neighbour]]:
    """Return what several packs ask, by question, in the order of the disease's questions."""
    everybody = neighbours(disease, first)
    found = {}
    for question in load_questions(disease):
        order = {name: place for place, name in enumerate(question.answered_by)}
        rows = [each for each in everybody if each.definition.id in order]
        packs = list(dict.fromkeys(each.pack for each in everybody))
        rows.sort(key=lambda each: (packs.index(each.pack), each.country["en"], order[each.definition.id]))
        if len({row.pack for row in rows}) > 1:
            found[question] = rows
    return found


def users_of(disease: str, first: str, name: str) -> list[Neighbour]:
    """Return the countries that use one definition."""
    return [each for each in neighbours(disease, first) if each.definition.id == name]


def others_of(disease: str, first: str, indicator: Indicator, own: str | None = None) -> list[Neighbour]:
    """Return how other countries ask the same question as an indicator; the very same definition is left out.

    Args:
        disease: The disease.
        first: The pack that comes first.
        indicator: The indicator.
        own: The pack whose indicator it is; the first when None.
    """
    own = own or first
    rows = next((rows for rows in side_by_side(disease, first).values() if _holds(rows, indicator, own)), [])
    asked = [each for each in rows if each.pack == own and each.definition.id == indicator.id]
    same = {_numbers(each) for each in asked}
    return [each for each in rows if each.pack != own and _numbers(each) not in same]


def _holds(rows: Sequence[Neighbour], indicator: Indicator, pack: str) -> bool:
    return any(row.pack == pack and row.definition.id == indicator.id for row in rows)


def _numbers(each: Neighbour) -> tuple[str, ...]:
    """Return what tells one country's definition from another's of the same name: limits and targets in words."""
    words = (each.limit(date.max, "en"), each.target(date.max, "en"))
    return (each.definition.id, each.definition.ends_on or "", *words)


def case_file(definition: Indicator, disease: str, pack: str, root: Path) -> Path | None:
    """Return the file with a definition's drawn cases in a checkout, None where there is none."""
    below = root / "tests" / "spec"
    own = below / "countries" / pack / definition.group / f"{definition.id}.txt"
    shared = below / disease_name(disease) / definition.group / f"{definition.id}.txt"
    return next((path for path in (own, shared) if path.is_file()), None)
