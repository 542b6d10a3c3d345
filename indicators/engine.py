"""Run a catalogue over a warehouse: patients in, cells and patient-level rows out, range by range of pseudonyms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.cells import Counted, counted_of
from indicators.counting.columnwise import flags_on
from indicators.counting.counting import cells_of, places_of, values_of
from indicators.counting.groups import InGroups, in_groups
from indicators.counting.patient_results import latest_patients
from indicators.counting.responsible_units import AtUnits, at_units
from indicators.counting.strata import strata_of
from indicators.definitions.codelists import create_codelist, named_in
from indicators.definitions.definition import Indicator
from indicators.definitions.variables import Variable
from indicators.delivered.silence import Silences
from indicators.dialect import (
    Bound,
    create_view,
    fetch,
    ranges,
    show_all_facts,
    store,
)
from indicators.patients.joined import day_column
from indicators.patients.members import create_members, number_of_chunks
from indicators.patients.patient_period import (
    base_of,
    create_area,
    create_base,
    create_period,
    create_reporting,
    is_observed,
    is_same_for_all_lengths,
    patient_sql,
)
from indicators.patients.placement import Grid, Numbers, place_beside
from indicators.patients.shared_steps import SharedSteps, shared_steps
from indicators.workers import Range, work_on
from tvaers.progress import track


@dataclass
class Run:
    """What one run works on.

    Attributes:
        con: The connection that shows the facts of the members.
        dates: Reporting dates, in order.
        bound: Values of the parameters, the same on all these dates.
        lengths: Each length of period in months, with the indicators that use it.
        keeps_latest: Whether the rows of the latest date are kept, patient by patient.
        base: Base columns of the members on each date, for all lengths of period.
        kept: Rows of variables that are the same for all lengths of period.
        latest: Which of those rows are the latest of each patient and period.
        silences: Who delivers nothing when.
        events: Rows of variables that tell organisations apart, of the length of period computed last.
        shared: Steps that several variables have in common.
    """

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    dates: Sequence[date]
    bound: Bound
    lengths: dict[int, list[Counted]]
    keeps_latest: bool = False
    base: pl.DataFrame = field(default_factory=pl.DataFrame)
    kept: dict[str, pl.DataFrame] = field(default_factory=dict)
    latest: dict[str, Numbers] = field(default_factory=dict)
    silences: Silences = field(default_factory=Silences)
    events: dict[str, pl.DataFrame] = field(default_factory=dict)
    shared: SharedSteps = field(default_factory=SharedSteps)

    @property
    def counted(self) -> list[Counted]:
        """The indicators of all lengths of period."""
        return [each for counted in self.lengths.values() for each in counted]


@dataclass
class Found:
    """What was found among the members of one range.

    Attributes:
        cells: Numbers of each finest cell, by length of period.
        values: Values of which medians are taken, by the indicator's tag.
        latest: Rows of the latest date under pseudonyms, by length of period.
        at_units: What counts at responsible organisations, by length of period.
        strata: Numbers of each unit's strata, family by family, by length of period.
        groups: Numbers of the groups of each stratifier, by length of period.
    """

    cells: dict[int, pl.DataFrame] = field(default_factory=dict)
    values: dict[str, pl.DataFrame] = field(default_factory=dict)
    latest: dict[int, pl.DataFrame] = field(default_factory=dict)
    at_units: dict[int, AtUnits] = field(default_factory=dict)
    strata: dict[int, list[pl.DataFrame]] = field(default_factory=dict)
    groups: dict[int, dict[str, InGroups]] = field(default_factory=dict)


def prepare(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, *, is_classified: bool = False) -> None:
    """Create the relations that do not depend on dates or patients.

    Args:
        con: A connection whose default catalog holds the schema `core`.
        catalogue: The definitions; only code lists that they read are looked up.
        is_classified: No classifier will run, so that the lists that only classifiers read are not needed.
    """
    show_all_facts(con)
    statements = [variable.sql for variable in variables_of(catalogue, catalogue.indicators)]
    if not is_classified:
        statements += [*catalogue.classifier_steps.values(), *catalogue.classifiers.values()]
    create_codelist(con, named_in(catalogue.codelists, statements))
    create_area(con, catalogue.area)


def by_length(
    catalogue: Catalogue, indicators: Sequence[Indicator], undelivered: Mapping[str, str] | None = None
) -> dict[int, list[Counted]]:
    """Return the indicators by the length of their period in months, the longest first.

    Args:
        catalogue: The definitions.
        indicators: Which of them.
        undelivered: For some indicators, the truth expression of whose data nobody delivered.
    """
    silent = undelivered or {}
    lengths = sorted({indicator.period for indicator in indicators}, reverse=True)
    return {
        months: counted_of(catalogue, [indicator for indicator in indicators if indicator.period == months], silent)
        for months in lengths
    }


def run_all(run: Run, *, classifier: str, members_per_chunk: int) -> Iterator[Found]:
    """Yield what is found in each range of pseudonyms, on all dates and for all lengths of period."""
    shared = {name: fetch(run.con, f"SELECT * FROM {name}") for name in ("codelist", "area")}
    chunks = ranges(number_of_chunks(run.con, classifier, members_per_chunk))
    shared_by_all = shared_steps(variables_of(run.catalogue, [each.indicator for each in run.counted]))

    def share(con: duckdb.DuckDBPyConnection) -> None:
        for name, frame in shared.items():
            store(con, name, frame)

    def work(con: duckdb.DuckDBPyConnection, part: Range) -> Found:
        return run_range(replace(run, con=con, kept={}, latest={}, events={}, shared=shared_by_all), classifier, part)

    with track("Computing indicators", len(chunks)) as advance:
        for found in work_on(run.con, chunks, share, work):
            yield found
            advance(1)


def run_range(run: Run, classifier: str, part: Range) -> Found:
    """Return what is found among the members of one range."""
    show_members(run, classifier, part)
    found = Found()
    places = places_of(run.base, run.catalogue.breakdowns)
    for months, counted in run.lengths.items():
        rows = run.silences.marked(patient_period(run, months), months)
        flags = flags_on(run.con, run.catalogue, counted, run.bound, rows)
        is_in = run.base.select(is_observed(months)).to_series().to_numpy()
        found.cells[months] = cells_of(places, is_in, flags, counted)
        found.values |= values_of(rows, flags, counted)
        found.strata[months] = strata_of(run.con, run.catalogue, counted, run.bound, rows, flags)
        found.groups[months] = in_groups(run.con, run.catalogue, counted, run.bound, rows, flags)
        last = max(run.dates) if run.keeps_latest else None
        found.at_units[months] = at_units(run.con, run.catalogue, counted, run.bound, rows, run.events, last)
        if run.keeps_latest:
            latest = rows.filter(pl.col("period_end") == last)
            found.latest[months] = latest_patients(run.con, run.catalogue, counted, run.bound, latest)
    return found


def show_members(run: Run, classifier: str, part: Range) -> None:
    """Show a run the members of one range of pseudonyms: their facts, and where they belonged on each date."""
    lengths = list(run.lengths)
    create_reporting(run.con, run.dates, lengths, run.catalogue.breakdowns.attribution.hospital_months)
    create_members(run.con, classifier, *part, further=run.catalogue.populations.further())
    run.shared.take(run.con, run.bound)
    run.base = create_base(run.con, lengths, run.catalogue.breakdowns)


def patient_period(run: Run, months: int) -> pl.DataFrame:
    """Return one row per patient and period of one length: the base columns and those of the variables in use."""
    variables = variables_of(run.catalogue, [each.indicator for each in run.lengths[months]])
    create_period(run.con, run.dates, months)
    create_view(run.con, "patient", patient_sql(months))
    base = base_of(run.base, months)
    frames = {}
    for variable in variables:
        if variable.name not in run.kept:
            frames[variable.name] = fetch(run.con, rows_sql(run, variable), run.bound)
            if variable.responsible:
                run.events[variable.name] = frames[variable.name]
            if is_same_for_all_lengths(variable):
                run.kept[variable.name] = frames[variable.name]
        else:
            frames[variable.name] = run.kept[variable.name]
    people = fetch(run.con, "SELECT coalesce(max(patient_id), 0) AS people FROM member").item()
    return place_beside(Grid(base, run.dates, people), variables, frames, run.catalogue.columns, run.latest)


def rows_sql(run: Run, variable: Variable) -> str:
    """Return the SELECT of those of a variable's rows that any period of a run can take.

    Of rows of a day these are the days from the first of the longest period to the last reporting date; the database
    reads, joins and groups no others.
    """
    select = run.shared.selects.get(variable.name, variable.sql)
    if variable.rows != "patient and day":
        return select
    day = day_column(variable, run.catalogue.columns[variable.name])
    first, last = run.base[f"start_{max(run.lengths)}"].min(), max(run.dates)
    if not isinstance(first, date):
        return select
    return f"SELECT * FROM ({select}) AS history WHERE {day} BETWEEN DATE '{first}' AND DATE '{last}'"


def variables_of(catalogue: Catalogue, indicators: Sequence[Indicator]) -> list[Variable]:
    """Return the variables that some indicators their case mix and their groups need, in order of name."""
    found = {variable.name: variable for indicator in indicators for variable in catalogue.variables_of(indicator)}
    if any(catalogue.is_adjusted(indicator) for indicator in indicators):
        found |= {variable.name: variable for variable in catalogue.case_mix_variables}
    if any(catalogue.is_stratified(indicator) for indicator in indicators):
        found |= {variable.name: variable for variable in catalogue.stratifier_variables}
    return [found[name] for name in sorted(found)]
