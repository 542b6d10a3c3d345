"""Everything that defines a disease's indicators in one country, loaded once and checked against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

import polars as pl
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from indicators.definitions.attribution import refuse_other_attribution
from indicators.definitions.case_mix import CaseMix, load_case_mix
from indicators.definitions.codelists import lists_named_in, load_codelists
from indicators.definitions.definition import PARAMETER, Indicator
from indicators.definitions.definition_files import load_definitions
from indicators.definitions.deliverers import Deliverers, load_deliverers
from indicators.definitions.parameters import Parameter, load_parameters, values_on
from indicators.definitions.population import (
    Breakdowns,
    Populations,
    load_breakdowns,
    load_classifier,
    load_classifier_steps,
    load_populations,
)
from indicators.definitions.reading import unknown
from indicators.definitions.stratifiers import PAGE, Stratifiers, load_stratifiers, refuse_attributes_of_units
from indicators.definitions.variables import Source, Variable, load_variables
from indicators.patients.patient_period import (
    first_day,
    owner_of,
    refuse_shared_columns,
)
from indicators.patients.variable_columns import value_columns
from tvaers.errors import DefinitionError

NO_LIST = "codelist"


class CountryPack(Protocol):
    """What the engine needs of a country pack: its folder with `parameters/` and `codelists/`."""

    @property
    def folder(self) -> Path:
        """The pack's folder."""


@dataclass(frozen=True)
class Catalogue:
    """The definitions of a disease, with the parameters and code lists of a country.

    Attributes:
        columns: Value columns of each variable, by the variable's name.
        deliverers: Who delivers which file type.
        area: Codes of the municipalities whose inhabitants are counted; None for all that were delivered.
        case_mix: Which differences between patients are taken account of; None where the disease declares none.
        stratifiers: By which groups of patients results are given; None where the country declares none.
    """

    disease: str
    indicators: tuple[Indicator, ...]
    variables: Mapping[str, Variable]
    populations: Populations
    breakdowns: Breakdowns
    parameters: Mapping[str, Parameter]
    codelists: pl.DataFrame
    columns: Mapping[str, tuple[str, ...]]
    deliverers: Deliverers = field(default_factory=Deliverers)
    area: frozenset[str] | None = None
    case_mix: CaseMix | None = None
    stratifiers: Stratifiers | None = None

    def indicator(self, name: str) -> Indicator:
        """Return an indicator by its id.

        Raises:
            DefinitionError: There is none; names the nearest.
        """
        for indicator in self.indicators:
            if indicator.id == name:
                return indicator
        raise unknown("indicator", name, (indicator.id for indicator in self.indicators), where=self.disease)

    def population_of(self, indicator: Indicator) -> str:
        """Return the truth expression of an indicator's population.

        Raises:
            DefinitionError: There is no such population.
        """
        known = self.populations.populations
        if indicator.population not in known:
            raise unknown("population", indicator.population, known, where=f"{indicator.group}/{indicator.id}.yaml")
        return known[indicator.population].when

    def variables_of(self, indicator: Indicator) -> tuple[Variable, ...]:
        """Return the variables whose columns an indicator uses, in order of name.

        Raises:
            DefinitionError: An expression uses a column that no variable returns, or the events of its variables stand
                at other organisations than those that it names.
        """
        known = self._variables_found.get(indicator.id)
        if known is not None and known[0] is indicator:
            return known[1]
        found = set()
        expressions = indicator.expressions() | {"population": self.population_of(indicator)}
        for key, expression in expressions.items():
            where = f"{indicator.group}/{indicator.id}.yaml, {key}"
            for column in columns_in(expression, where=where):
                if name := owner_of(column, self.columns, where=where):
                    found.add(name)
        variables = tuple(self.variables[name] for name in sorted(found))
        refuse_other_attribution(indicator, variables)
        self._variables_found[indicator.id] = (indicator, variables)
        return variables

    def is_adjusted(self, indicator: Indicator) -> bool:
        """Return whether the number that one would expect of a unit is worked out for an indicator."""
        return self.case_mix is not None and self.case_mix.adjusts(indicator)

    @cached_property
    def case_mix_variables(self) -> tuple[Variable, ...]:
        """The variables whose columns tell the case mix, in order of name.

        Raises:
            DefinitionError: A factor uses a column that no variable returns.
        """
        where = f"{self.disease}/case_mix.yaml"
        factors = self.case_mix.factors if self.case_mix else ()
        columns = {column for each in factors for column in columns_in(each.sql, where=where)}
        owners = {owner_of(column, self.columns, where=where) for column in columns}
        return tuple(self.variables[name] for name in sorted(name for name in owners if name))

    def is_stratified(self, indicator: Indicator) -> bool:
        """Return whether results are given by the groups of the country's stratifiers."""
        return self.stratifiers is not None and self.stratifiers.splits(indicator)

    @cached_property
    def stratifier_variables(self) -> tuple[Variable, ...]:
        """The variables whose columns tell the groups of the stratifiers, in order of name.

        Raises:
            DefinitionError: A group uses a column that no variable returns, or what a unit is.
        """
        factors = self.stratifiers.stratifiers if self.stratifiers else ()
        columns = {column for each in factors for column in columns_in(each.sql, where=PAGE)}
        refuse_attributes_of_units(columns, {name for own in self.columns.values() for name in own})
        owners = {owner_of(column, self.columns, where=PAGE) for column in columns}
        return tuple(self.variables[name] for name in sorted(name for name in owners if name))

    def sources_of_groups(self, indicator: Indicator) -> frozenset[Source]:
        """Return the tables without whose extracts an indicator cannot be given by group."""
        return self.sources_of(indicator).union(*(each.sources for each in self.stratifier_variables))

    def sources_of_expected(self, indicator: Indicator) -> frozenset[Source]:
        """Return the tables without whose extracts nothing can be expected of a unit."""
        lists = (lists_named_in(each.sql) for each in self.case_mix_variables)
        lacking = frozenset[str]().union(*lists) - self._lists
        also = frozenset(Source(NO_LIST, "list", name) for name in lacking)
        return self.sources_of(indicator).union(also, *(each.sources for each in self.case_mix_variables))

    def sources_of(self, indicator: Indicator) -> frozenset[Source]:
        """Return the tables without whose extracts an indicator cannot be computed.

        A code list that the pack lacks is among them: nothing fills it, so that there is no data instead of nobody.
        """
        lacking = frozenset(Source(NO_LIST, "list", name) for name in self.missing_codelists_of(indicator))
        return lacking.union(*(variable.sources for variable in self.variables_of(indicator)))

    def missing_codelists_of(self, indicator: Indicator) -> frozenset[str]:
        """Return the code lists that an indicator's variables, or who has the disease, read and the pack lacks."""
        who = (self.classifiers[self.populations.classifier], *self.classifier_steps.values())
        statements = (*who, *(each.sql for each in self.variables_of(indicator)))
        named = frozenset[str]().union(*(lists_named_in(each) for each in statements))
        return named - self._lists

    def needed_from(self, indicator: Indicator, period_end: date) -> date:
        """Return the first day on which an indicator's sources must be there: its period, and before it its look-back.

        Raises:
            DefinitionError: The pack does not know how long the look-back is.
        """
        months = indicator.period
        if indicator.look_back:
            name = indicator.look_back.removeprefix("$")
            (held,) = values_on(
                self.parameters, [name], period_end, where=f"{indicator.group}/{indicator.id}.yaml"
            ).values()
            months += int(held)
        return first_day(period_end, months)

    def grows_with_history(self, indicator: Indicator) -> bool:
        """Return whether an indicator looks at all that was ever recorded, so that it changes as the history grows."""
        ever = ("patient", "patient and sign")
        variables = self.variables_of(indicator)
        return indicator.look_back is None and any(each.rows in ever and each.sources for each in variables)

    def all_sources(self) -> frozenset[Source]:
        """Return the tables without whose extracts an indicator, or what is expected of units, cannot be computed."""
        found = frozenset(source for indicator in self.indicators for source in self.sources_of(indicator))
        return found.union(*(self.sources_of_expected(each) for each in self.indicators if self.is_adjusted(each)))

    def parameters_of(self, indicators: Sequence[Indicator]) -> frozenset[str]:
        """Return the names of all parameters that some indicators, their populations and variables lean on."""
        return self.sql_parameters_of(indicators).union(*(indicator.parameters() for indicator in indicators))

    def sql_parameters_of(self, indicators: Sequence[Indicator]) -> frozenset[str]:
        """Return the names of those parameters that a result depends on; a target is not one of them."""
        names: set[str] = set()
        for indicator in indicators:
            expressions = (*indicator.expressions().values(), self.population_of(indicator))
            names |= {name for expression in expressions for name in PARAMETER.findall(expression)}
            for variable in self.variables_of(indicator):
                names |= variable.parameters
        return frozenset(names)

    def values_on(self, indicators: Sequence[Indicator], day: date) -> dict[str, int | float]:
        """Return the values of the parameters that results depend on, on a day.

        Raises:
            DefinitionError: One of them is unknown to the pack or has no value yet.
        """
        return values_on(self.parameters, self.sql_parameters_of(indicators), day, where=f"{self.disease} definitions")

    def classifier_values_on(self, day: date) -> dict[str, int | float]:
        """Return the values of the classifiers' parameters on a day; the same for all reporting dates of a run."""
        selects = (*self.classifier_steps.values(), *self.classifiers.values())
        names = {name for select in selects for name in PARAMETER.findall(select)}
        return values_on(self.parameters, names, day, where=f"{self.disease}/classifier/")

    @cached_property
    def _variables_found(self) -> dict[str, tuple[Indicator, tuple[Variable, ...]]]:
        """What `variables_of` found before, by the indicator's id: it is asked many times and reads much SQL."""
        return {}

    @cached_property
    def _lists(self) -> frozenset[str]:
        """The names of the code lists that the pack has."""
        return frozenset(self.codelists["list"].unique())

    @cached_property
    def classifiers(self) -> dict[str, str]:
        """The SELECT of each classifier by its name, the one that decides first."""
        names = (self.populations.classifier, *self.populations.also)
        return {name: load_classifier(self.disease, name) for name in names}

    @cached_property
    def classifier_steps(self) -> dict[str, str]:
        """The SELECT of each step that the classifiers share, by its name."""
        return load_classifier_steps(self.disease)


@cache
def columns_in(expression: str, *, where: str) -> frozenset[str]:
    """Return the names of the columns in a SQL expression.

    Raises:
        DefinitionError: It is not a valid expression.
    """
    try:
        tree = sqlglot.parse_one(expression, read="duckdb")
    except ParseError:
        raise DefinitionError(
            "An expression is not valid SQL.", where=where, what_to_do="Correct the expression."
        ) from None
    return frozenset(column.name for column in tree.find_all(exp.Column))


def load_catalogue(
    disease: str,
    pack: CountryPack,
    indicators: Sequence[Indicator] | None = None,
    *,
    area: frozenset[str] | None = None,
) -> Catalogue:
    """Return the catalogue of a disease in a country.

    Args:
        disease: A folder below `indicators/`.
        pack: The country pack.
        indicators: Only these, or all when None.
        area: Codes of the municipalities whose inhabitants are counted; None for all that were delivered.

    Raises:
        DefinitionError: A file is written wrongly, or two of them do not fit together.
    """
    variables = load_variables(disease)
    parameters = load_parameters(pack.folder, disease)
    breakdowns = load_breakdowns(disease)
    populations = load_populations(disease)
    catalogue = Catalogue(
        disease=disease,
        indicators=tuple(indicators) if indicators is not None else load_definitions(disease, pack),
        variables=variables,
        populations=populations,
        breakdowns=breakdowns,
        parameters=parameters,
        codelists=load_codelists(pack.folder, disease),
        columns=value_columns(variables, parameters, breakdowns),
        deliverers=load_deliverers(pack.folder),
        area=area,
        case_mix=load_case_mix(disease, populations.populations),
        stratifiers=load_stratifiers(pack.folder, disease),
    )
    refuse_shared_columns(catalogue.columns)
    return catalogue
