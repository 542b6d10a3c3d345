"""Count patients into the finest cells of units and their breakdowns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.catalogue import Catalogue
from indicators.clauses import Clauses, clauses_of, truth
from indicators.definition import Indicator, Level
from indicators.population import Breakdowns

UNIT_COLUMN: Mapping[Level, str] = {
    "all": "'all'",
    "municipality": "municipality_id",
    "cluster": "cluster_id",
    "practice": "practice_id",
    "hospital": "hospital_id",
}


@dataclass(frozen=True)
class Family:
    """Levels whose units nest, so that one count of the finest units serves them all.

    A practice belongs to one cluster on a reporting date, and everybody to one municipality; hospitals stand alone.
    """

    levels: tuple[Level, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The columns of the family's units, the finest last; they are NULL in other families' cells."""
        return tuple(UNIT_COLUMN[level] for level in self.levels if level != "all")

    def cell(self, breakdowns: Breakdowns) -> tuple[str, ...]:
        """Return the columns of the family's finest cells."""
        splits = {column for level in self.levels for splits in breakdowns.levels[level] for column in splits}
        return ("period_end", *self.units, *sorted(splits))


FAMILIES = (Family(("all", "municipality")), Family(("cluster", "practice")), Family(("hospital",)))
CELL = ("period_end", "municipality_id", "practice_id", "cluster_id", "hospital_id", "sex", "age_band")


@dataclass(frozen=True)
class Counted:
    """One indicator's place in the wide tables: its clauses and the numbers counted for it.

    Attributes:
        tag: Suffix of its columns.
        clauses: Its clauses over `patient_period` with the populations' truth columns.
        counted: Name of the column that says who is in its denominator; indicators with the same denominator share it.
        has_undelivered: Whether somebody's practice or municipality delivers nothing for it.
    """

    indicator: Indicator
    tag: str
    clauses: Clauses
    counted: str
    has_undelivered: bool = False

    @property
    def leaves_some_out(self) -> bool:
        """Whether people are eligible but not counted: a value is missing or not delivered, or an exception applies."""
        is_excluded = self.indicator.measured is not None and self.indicator.missing_values == "exclude"
        return is_excluded or self.has_undelivered or bool(self.indicator.exceptions)

    @property
    def is_met_by_events(self) -> bool:
        """Whether who meets it is seen from the number of their events alone."""
        is_free = self.indicator.measured is None or self.indicator.missing_values == "exclude"
        return self.clauses.events is not None and is_free

    @property
    def flags(self) -> dict[str, str]:
        """SQL of each further column that is counted, one value per patient and period, by the column's name."""
        clauses = clauses_of(self.indicator, self.clauses.in_population, counted=self.counted)
        found = {}
        if self.leaves_some_out:
            found["eligible"] = clauses.is_eligible
        if clauses.events:
            found["events"] = clauses.events
        if clauses.is_met and not self.is_met_by_events:
            found["met"] = clauses.is_met
        if self.indicator.denominator.count:
            found["denominator"] = clauses.denominator
        if clauses.days:
            found["days"] = clauses.days
        return {f"{name}_{self.tag}": expression for name, expression in found.items()}

    @property
    def counts(self) -> dict[str, str]:
        """SQL aggregate of each number that is counted, by the number's name."""
        tag = self.tag
        found = {f"patients_{tag}": f"CAST(count_if({self.counted}) AS INTEGER)"}
        for flag in self.flags:
            kind = flag.removesuffix(f"_{tag}")
            if kind in ("eligible", "met"):
                found[flag.replace("met", "numerator_patients")] = f"CAST(count_if({flag}) AS INTEGER)"
            else:
                found[flag.replace("events", "numerator")] = f"CAST(sum({flag}) AS BIGINT)"
        if self.is_met_by_events:
            found[f"numerator_patients_{tag}"] = f"CAST(count_if(events_{tag} > 0) AS INTEGER)"
        if self.indicator.denominator.count:
            found[f"complement_patients_{tag}"] = f"CAST(count_if(denominator_{tag} > events_{tag}) AS INTEGER)"
        return found


def counted_of(catalogue: Catalogue, indicators: Sequence[Indicator], undelivered: Mapping[str, str]) -> list[Counted]:
    """Return the indicators with their clauses; tags are their places in the catalogue.

    Args:
        catalogue: The definitions.
        indicators: Which of them.
        undelivered: For some indicators, the truth expression of whose data nobody delivered.
    """
    places = {indicator.id: place for place, indicator in enumerate(catalogue.indicators)}
    columns: dict[str, str] = {}
    found = []
    for indicator in indicators:
        tag = str(places[indicator.id])
        clauses = clauses_of(indicator, f"in_{indicator.population}", undelivered.get(indicator.id))
        column = columns.setdefault(clauses.in_denominator, f"counted_{tag}")
        found.append(Counted(indicator, tag, clauses, column, has_undelivered=indicator.id in undelivered))
    return found


def populated_sql(catalogue: Catalogue, indicators: Sequence[Indicator]) -> str:
    """Return the SELECT of `patient_period` with one truth column `in_<population>` per population in use."""
    columns = {f"in_{indicator.population}": truth(catalogue.population_of(indicator)) for indicator in indicators}
    selected = "".join(f", {expression} AS {name}" for name, expression in columns.items())
    return f"SELECT *{selected} FROM patient_period"


def in_any_population(counted: Sequence[Counted]) -> str:
    """Return the condition, over `populated_sql`, that some indicator is about the patient."""
    return " OR ".join(sorted({each.clauses.in_population for each in counted}))


def cells_sql(catalogue: Catalogue, counted: Sequence[Counted]) -> str:
    """Return the SELECT that counts `patient_period` into the finest cells of each family.

    Who is counted is decided first, once for all indicators with the same denominator; then, among them, who meets it.
    """
    denominators = {each.counted: each.clauses.in_denominator for each in counted}
    is_counted = ", ".join(f"{sql} AS {name}" for name, sql in denominators.items())
    flags = ", ".join([*denominators, *(f"{sql} AS {name}" for each in counted for name, sql in each.flags.items())])
    counts = ", ".join(f"{sql} AS {name}" for each in counted for name, sql in each.counts.items())
    cell = ", ".join(CELL)
    sets = ", ".join(f"({', '.join(family.cell(catalogue.breakdowns))})" for family in FAMILIES)
    populated = populated_sql(catalogue, [each.indicator for each in counted])
    return (
        f"SELECT {cell}, {counts} FROM (SELECT {cell}, {flags} FROM (SELECT *, {is_counted} FROM ({populated}) AS "
        f"populated WHERE {in_any_population(counted)}) AS described) AS flagged GROUP BY GROUPING SETS ({sets})"
    )


def values_sql(catalogue: Catalogue, each: Counted) -> str:
    """Return the SELECT of the values of which an indicator takes the median."""
    cell = ", ".join(CELL)
    return (
        f"SELECT {cell}, value FROM (SELECT {cell}, {each.clauses.value} AS value FROM "
        f"({populated_sql(catalogue, [each.indicator])}) AS populated) AS valued WHERE value IS NOT NULL"
    )
