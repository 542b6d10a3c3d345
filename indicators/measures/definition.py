"""Published quality measures as a pack holds them: `measures/` with definitions, criteria, variables and value sets.

A measure is an indicator like any other - population, denominator, exclusions, missing values, numerator - with the
name under which it is published. Its expressions read the base columns of a patient and period, the truths of
`criteria.yaml`, and the columns of variables written as SQL over FHIR facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import duckdb
import polars as pl
from pydantic import Field, ValidationError

from indicators.catalogue import columns_in
from indicators.definitions.codelists import load_codelists
from indicators.definitions.definition import PARAMETER, Clause, Indicator, Part
from indicators.definitions.parameters import Parameter, load_parameters
from indicators.definitions.reading import describe_fault, read_yaml, unknown
from indicators.definitions.variables import Variable, parse_variable
from indicators.measures.criteria import Criteria
from indicators.measures.facts import BASE_COLUMNS, columns_of_variables
from packs.pack import PACKS, Pack, available_packs, load_pack
from tvaers.errors import DefinitionError

PAGES = ("criteria", "populations")
Model = TypeVar("Model", bound=Part)


class Measure(Indicator):
    """One published measure.

    Attributes:
        reports: How the last part of a report's `measure` address begins, up to a letter: CMS122.
        published: Name, version and measurement year of the published logic that was followed.
    """

    reports: str = Field(pattern=r"^[A-Z]+[0-9]+$")
    published: str = Field(min_length=10)

    def is_told_by(self, measure: str) -> bool:
        """Return whether a report's measure, the last part of its address, is this one."""
        rest = measure.removeprefix(self.reports)
        return rest != measure and not rest[:1].isdigit()


class InitialPopulations(Part):
    """The content of populations.yaml: clauses by name."""

    populations: dict[str, Clause] = Field(min_length=1)


@dataclass(frozen=True)
class ValueSet:
    """A value set that must be supplied: the name of its code list, its title and its canonical address."""

    name: str
    title: str
    url: str


@dataclass(frozen=True, eq=False)
class MeasureSet:
    """The measures of one pack, and what they lean on.

    Attributes:
        pack: Name of the pack.
        codelists: The pack's own codes: list, system, code.
    """

    pack: str
    measures: tuple[Measure, ...]
    populations: Mapping[str, Clause]
    criteria: Criteria
    variables: Mapping[str, Variable]
    parameters: Mapping[str, Parameter]
    value_sets: Mapping[str, ValueSet]
    codelists: pl.DataFrame

    def reported(self, con: duckdb.DuckDBPyConnection) -> list[Measure]:
        """Return the measures of which the reports of `test_case` tell."""
        told = [row[0] for row in con.execute("SELECT DISTINCT coalesce(measure, '') FROM test_case").fetchall()]
        return [measure for measure in self.measures if any(measure.is_told_by(report) for report in told)]

    def expressions_of(self, measure: Measure) -> dict[str, str]:
        """Return the truth expressions of a measure by population of a report, its clauses in words as keys below."""
        population = self.populations[measure.population].when
        return {"population": population, **measure.expressions()}

    def names_of(self, measure: Measure) -> frozenset[str]:
        """Return the names of all columns that a measure's expressions read."""
        found: set[str] = set()
        for key, expression in self.expressions_of(measure).items():
            found |= columns_in(PARAMETER.sub("0", expression), where=f"measures/{measure.id}.yaml: {key}")
        return frozenset(found)

    def lists_of(self, measure: Measure) -> frozenset[str]:
        """Return the code lists that a measure reads, through its criteria and variables."""
        criteria = self.criteria.criteria
        names = self.names_of(measure)
        plain = {part for name in names if name in criteria for part in self.criteria.parts_of(name)}
        found = {each for name in plain for each in criteria[name].lists}
        for variable, columns in self.columns.items():
            if names & set(columns):
                found |= {name for name in self.known_lists if f"'{name}'" in self.variables[variable].sql}
        return frozenset(found)

    @cached_property
    def known_lists(self) -> frozenset[str]:
        """Names of all code lists: the pack's own and those of the value sets."""
        return frozenset(self.codelists["list"].unique()) | frozenset(self.value_sets)

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """Value columns of each variable, by the variable's name."""
        return columns_of_variables(self.variables, self.parameters)

    def wanted(self, measures: Sequence[Measure]) -> dict[str, tuple[str, ...]]:
        """Return the value sets that some measures need, by name, each with the measures that need it."""
        found: dict[str, tuple[str, ...]] = {}
        for measure in measures:
            for name in sorted(self.lists_of(measure) & set(self.value_sets)):
                found[name] = (*found.get(name, ()), measure.reports)
        return found


def load_measures(pack: Pack) -> MeasureSet:
    """Return the measures of a pack.

    Raises:
        DefinitionError: A file is written wrongly, or names something that does not exist.
    """
    folder = pack.folder / "measures"
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.stem not in PAGES]
    found = MeasureSet(
        pack=pack.name,
        measures=tuple(read_part(path, Measure) for path in paths),
        populations=read_part(folder / "populations.yaml", InitialPopulations, below="populations").populations,
        criteria=read_part(folder / "criteria.yaml", Criteria),
        variables={
            path.stem: parse_variable(path.stem, path.read_text("utf-8"))
            for path in sorted((folder / "variables").glob("*.sql"))
        },
        parameters=load_parameters(pack.folder),
        value_sets={
            name: ValueSet(name, title, url)
            for name, title, url in pl.read_csv(folder / "value_sets.csv", infer_schema=False).rows()
        },
        codelists=load_codelists(pack.folder),
    )
    refuse_unknown_names(found)
    return found


def read_part(path: Path, model: type[Model], *, below: str | None = None) -> Model:
    """Return one page of a pack's measures.

    Raises:
        DefinitionError: The page is missing or written wrongly.
    """
    if not path.is_file():
        raise DefinitionError("A page of the measures is missing.", where=path.name, what_to_do="Restore it.")
    content = read_yaml(path)
    try:
        return model.model_validate({below: content} if below else content)
    except ValidationError as fault:
        raise describe_fault(path, fault, model) from None


def refuse_unknown_names(found: MeasureSet) -> None:
    """Raise when a measure or criterion names a population, parameter, list or column that does not exist.

    Raises:
        DefinitionError: One does.
    """
    for name, criterion in found.criteria.criteria.items():
        for each in sorted(set(criterion.lists) - found.known_lists):
            raise unknown("code list or value set", each, found.known_lists, where=f"criteria.yaml: {name}")
    columns = {*BASE_COLUMNS, *found.criteria.criteria, *(name for each in found.columns.values() for name in each)}
    for measure in found.measures:
        where = f"measures/{measure.id}.yaml"
        if measure.population not in found.populations:
            raise unknown("population", measure.population, found.populations, where=where)
        for name in sorted(found.names_of(measure) - columns):
            raise unknown("column or criterion", name, columns, where=where)
        for name in sorted(parameters_of(found, measure) - set(found.parameters)):
            raise unknown("parameter", name, found.parameters, where=where)


def parameters_of(found: MeasureSet, measure: Measure) -> frozenset[str]:
    """Return the parameters that a measure's expressions lean on."""
    return frozenset(name for each in found.expressions_of(measure).values() for name in PARAMETER.findall(each))


def all_measures() -> tuple[MeasureSet, ...]:
    """Return the measures of every pack that comes with the software and has some."""
    names = [name for name in available_packs() if (PACKS / name / "measures").is_dir()]
    return tuple(load_measures(load_pack(name)) for name in names)
