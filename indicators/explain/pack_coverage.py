"""What a country pack lacks for each indicator, and which definitions a person should look at again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from indicators.catalogue import Catalogue
from indicators.definitions.breaks import load_breaks
from indicators.definitions.codelists import load_codelists
from indicators.definitions.definition import Indicator, Source
from indicators.definitions.definition_files import definitions_of_pack
from indicators.definitions.parameters import DatedValue, Parameter, load_parameters
from indicators.definitions.parts import Text
from indicators.definitions.population import load_breakdowns, load_populations
from indicators.definitions.reading import disease_name, diseases
from indicators.definitions.sets import load_sets, load_shown
from indicators.definitions.standards import load_standards
from indicators.definitions.stratifiers import load_stratifiers
from indicators.definitions.variables import Source as Facts
from indicators.definitions.variables import load_variables
from indicators.explain.definition_check import problems
from indicators.patients.variable_columns import value_columns
from packs.mapping import Mapping as FileMapping
from packs.mapping import Target
from packs.pack import Pack

_STAND_IN = Parameter(
    description=Text(en="Stands where the pack has no such parameter, so that the rest can be checked"),
    unit="-",
    values=(DatedValue(from_on=date.min, value=0, source=Source(title="none", read_on=date.min)),),
)


@dataclass(frozen=True)
class Coverage:
    """Whether a pack has what an indicator needs; everything that is missing is empty when it has.

    Attributes:
        missing_facts: Tables, or parts of them, that no file type of the pack fills: `examination(examination=foot)`.
        is_verified: The definition and its target are confirmed by a published source.
        is_overdue: The day on which the definition should have been reviewed has come.
    """

    disease: str
    indicator: str
    missing_parameters: tuple[str, ...]
    missing_codelists: tuple[str, ...]
    missing_facts: tuple[str, ...]
    is_verified: bool
    is_overdue: bool

    @property
    def is_complete(self) -> bool:
        """Nothing is missing."""
        return not (self.missing_parameters or self.missing_codelists or self.missing_facts)


@dataclass(frozen=True)
class SetCoverage:
    """How much of a named set a pack can compute.

    Attributes:
        indicators: How many definitions it names.
        complete: How many of them the pack has everything for.
        is_verified: The publisher's document was read and says the same.
        not_confirmed: Of how many of its indicators it does not.
        is_shown: A release shows it.
        is_chosen: The profile names it, though it may show nothing until something of it can be computed.
        awaited: What its publisher has besides and nothing in the warehouse can tell yet, with what is lacking for it.
    """

    id: str
    country: str
    version: str
    indicators: int
    complete: int
    is_verified: bool
    is_shown: bool
    is_chosen: bool = False
    not_confirmed: int = 0
    awaited: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """What was found about a pack.

    Attributes:
        indicators: One per indicator of every disease.
        sets: One per named set of the pack.
        problems: What is wrong with the definitions that can be computed, one sentence each.
        stratifiers: Ids of those by whose groups results are given.
    """

    indicators: tuple[Coverage, ...]
    sets: tuple[SetCoverage, ...]
    problems: tuple[str, ...]
    stratifiers: tuple[str, ...] = ()


def check_definitions(pack: Pack, today: date, disease: str | None = None) -> Checked:
    """Check the definitions that a pack names with it; one without file types and sets has none.

    Args:
        pack: The pack.
        today: The day on which reviews are judged.
        disease: Only this one, by name or path; all that come with Tværs when None.

    Raises:
        DefinitionError: A file is written so wrongly that nothing can be said about it.
    """
    found: list[Coverage] = []
    sets: list[SetCoverage] = []
    wrong: list[str] = []
    groups: list[str] = []
    load_breaks(pack.folder)
    has_any = disease or pack.contracts or (pack.folder / "sets").is_dir()
    for name in ([disease] if disease else diseases()) if has_any else []:
        catalogue = _catalogue_with_stand_ins(name, pack)
        if catalogue.stratifiers and catalogue.stratifier_variables:  # looked up, so that a wrong column is found
            groups += [each.id for each in catalogue.stratifiers.stratifiers]
        load_standards(pack.folder, [band.id for band in catalogue.breakdowns.age_bands])
        coverage = [_coverage(catalogue, indicator, pack, today) for indicator in catalogue.indicators]
        complete = [
            indicator
            for indicator, each in zip(catalogue.indicators, coverage, strict=True)
            if not each.missing_parameters
        ]
        wrong += problems(replace(catalogue, indicators=tuple(complete)), today)
        sets += sets_of(pack, name, coverage)
        found += coverage
    return Checked(tuple(found), tuple(sets), tuple(wrong), tuple(groups))


def sets_of(pack: Pack, disease: str, coverage: Sequence[Coverage]) -> list[SetCoverage]:
    """Return how much of each set of a disease a pack can compute.

    Raises:
        DefinitionError: A set or the profile is written wrongly.
    """
    complete = {each.indicator for each in coverage if each.is_complete}
    sets = load_sets(pack.folder, disease, [each.indicator for each in coverage])
    shown = load_shown(pack.folder, disease, sets)
    return [
        SetCoverage(
            id=each.id,
            country=each.country,
            version=each.version,
            indicators=len(each.indicators),
            complete=sum(name in complete for name in each.indicators),
            is_verified=each.verified,
            is_shown=any(name in complete for name in each.indicators)
            and (shown is None or shown.issuperset(each.indicators)),
            is_chosen=shown is not None and shown.issuperset(each.indicators),
            not_confirmed=len(each.not_confirmed),
            awaited={one.id: one.lacks.en for one in each.awaited},
        )
        for each in sets
    ]


def _catalogue_with_stand_ins(disease: str, pack: Pack) -> Catalogue:
    """Return a disease's catalogue also where a variable's parameter is missing, which `load_catalogue` refuses."""
    variables, breakdowns, parameters = (
        load_variables(disease),
        load_breakdowns(disease),
        load_parameters(pack.folder, disease),
    )
    needed = {name for variable in variables.values() for name in variable.parameters}
    stand_ins = dict.fromkeys(needed - set(parameters), _STAND_IN)
    return Catalogue(
        disease=disease,
        indicators=definitions_of_pack(disease, pack.folder),
        variables=variables,
        populations=load_populations(disease),
        breakdowns=breakdowns,
        parameters=parameters | stand_ins,
        codelists=load_codelists(pack.folder, disease),
        columns=value_columns(variables, parameters | stand_ins, breakdowns),
        stratifiers=load_stratifiers(pack.folder, disease),
    )


def _coverage(catalogue: Catalogue, indicator: Indicator, pack: Pack, today: date) -> Coverage:
    variables = catalogue.variables_of(indicator)
    known = {name for name, each in catalogue.parameters.items() if each is not _STAND_IN}
    facts = {str(source) for each in variables for source in each.sources if not is_filled(pack, source)}
    return Coverage(
        disease=disease_name(catalogue.disease),
        indicator=indicator.id,
        missing_parameters=tuple(sorted(catalogue.parameters_of([indicator]) - known)),
        missing_codelists=tuple(sorted(catalogue.missing_codelists_of(indicator))),
        missing_facts=tuple(sorted(facts)),
        is_verified=indicator.verified,
        is_overdue=indicator.next_review <= today,
    )


def is_filled(pack: Pack, source: Facts) -> bool:
    """Return whether any file type of a pack fills a source: its table, or the part where a column has one value."""
    for target in _targets_of(pack.mappings, source.table):
        if source.column is None:
            return True
        origin = target.columns.get(source.column)
        if origin is None:
            continue
        codelists = {lookup.as_: lookup.codelist for lookup in target.lookups}
        lookup, _, column = (origin.from_ or "").partition(".")
        if origin.value is not None:
            if origin.value == source.value:
                return True
        elif lookup in codelists and column:
            listed = pack.codelist(codelists[lookup])
            if column in listed.columns and source.value in listed[column].cast(str).to_list():
                return True
        else:
            return True  # an expression or a delivered column: what it may hold is not known beforehand
    return False


def _targets_of(mappings: Mapping[str, FileMapping], table: str) -> list[Target]:
    return [target for mapping in mappings.values() for target in mapping.targets if target.table == table]
