"""Count patients into the finest cells of units and their breakdowns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.catalogue import Catalogue
from indicators.definitions.clauses import Clauses, clauses_of, truth
from indicators.definitions.definition import Indicator, Level
from indicators.definitions.population import Breakdowns

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
IS_OF_ANY = "is_of_any_population"


@dataclass(frozen=True)
class Number:
    """How one number of a cell comes from a column that has a value per patient and period.

    Attributes:
        column: A truth column, or whole numbers.
        is_sum: The whole numbers are added; otherwise those patients are counted for whom the column is true.
        more_than: ... or those for whom the column is larger than this other one, or than 0.
    """

    column: str
    is_sum: bool = False
    more_than: str | None = None

    @property
    def sql(self) -> str:
        """The number as an SQL aggregate."""
        if self.is_sum:
            return f"CAST(sum({self.column}) AS BIGINT)"
        counted = f"{self.column} > {self.more_than}" if self.more_than else self.column
        return f"CAST(count_if({counted}) AS INTEGER)"


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
    def values(self) -> dict[str, str]:
        """SQL of the number of which the median is taken, by its column's name; nothing where none is taken."""
        value = clauses_of(self.indicator, self.clauses.in_population, counted=self.counted).value
        return {f"value_{self.tag}": value} if value else {}

    @property
    def counts(self) -> dict[str, Number]:
        """Each number that is counted, by its name."""
        tag = self.tag
        found = {f"patients_{tag}": Number(self.counted)}
        for flag in self.flags:
            kind = flag.removesuffix(f"_{tag}")
            if kind in ("eligible", "met"):
                found[flag.replace("met", "numerator_patients")] = Number(flag)
            else:
                found[flag.replace("events", "numerator")] = Number(flag, is_sum=True)
        if self.is_met_by_events:
            found[f"numerator_patients_{tag}"] = Number(f"events_{tag}", more_than="0")
        if self.indicator.denominator.count:
            found[f"complement_patients_{tag}"] = Number(f"denominator_{tag}", more_than=f"events_{tag}")
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


def populations_of(catalogue: Catalogue, indicators: Sequence[Indicator]) -> dict[str, str]:
    """Return the truth expression `in_<population>` of each population in use, over `patient_period`."""
    return {f"in_{indicator.population}": truth(catalogue.population_of(indicator)) for indicator in indicators}


def populated_sql(catalogue: Catalogue, indicators: Sequence[Indicator]) -> str:
    """Return the SELECT of `patient_period` with one truth column per population in use."""
    columns = populations_of(catalogue, indicators)
    selected = "".join(f", {expression} AS {name}" for name, expression in columns.items())
    return f"SELECT *{selected} FROM patient_period"


def in_any_population(counted: Sequence[Counted]) -> str:
    """Return the condition, over `populated_sql`, that some indicator is about the patient."""
    return " OR ".join(sorted({each.clauses.in_population for each in counted}))


def flags_of(catalogue: Catalogue, counted: Sequence[Counted]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return who is counted, who meets what and the values of medians as three layers of expressions by name.

    Who is in a population is decided first; then, once for all indicators with the same denominator, who is counted;
    then, among them, who meets it. The last layer holds every column that is wanted in the end.
    """
    denominators = {each.counted: each.clauses.in_denominator for each in counted}
    named = {name: sql for each in counted for name, sql in (each.flags | each.values).items()}
    kept = {name: name for name in denominators}
    return (
        populations_of(catalogue, [each.indicator for each in counted]),
        denominators,
        {IS_OF_ANY: in_any_population(counted), **kept, **named},
    )


def flags_sql(catalogue: Catalogue, counted: Sequence[Counted], *others: str) -> str:
    """Return the SELECT of the columns of `flags_of`, a row per row of `patient_period`.

    Args:
        catalogue: The definitions.
        counted: The indicators of one length of period.
        others: Columns of `patient_period` to return beside them.
    """
    _, denominators, named = flags_of(catalogue, counted)
    is_counted = ", ".join(f"{sql} AS {name}" for name, sql in denominators.items())
    flags = ", ".join([*others, *(f"{sql} AS {name}" for name, sql in named.items())])
    populated = populated_sql(catalogue, [each.indicator for each in counted])
    return f"SELECT {flags} FROM (SELECT *, {is_counted} FROM ({populated}) AS populated) AS described"


def cells_sql(catalogue: Catalogue, counted: Sequence[Counted]) -> str:
    """Return the SELECT that counts `patient_period` into the finest cells of each family."""
    counts = ", ".join(f"{number.sql} AS {name}" for each in counted for name, number in each.counts.items())
    sets = ", ".join(f"({', '.join(family.cell(catalogue.breakdowns))})" for family in FAMILIES)
    return (
        f"SELECT {', '.join(CELL)}, {counts} FROM ({flags_sql(catalogue, counted, *CELL)}) AS flagged "
        f"WHERE {IS_OF_ANY} GROUP BY GROUPING SETS ({sets})"
    )
