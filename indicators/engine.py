"""Run a catalogue over a warehouse: patients in, cells and patient-level results out, range by range of pseudonyms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.cells import Counted, collect_values, count_cells, counted_of
from indicators.codelists import create_codelist
from indicators.definition import Indicator
from indicators.dialect import Bound, fetch, ranges, show_all_facts, shown_as
from indicators.members import create_members, number_of_chunks
from indicators.patient_period import (
    create_area,
    create_base,
    create_period,
    create_reporting,
    is_same_for_all_lengths,
    patient_sql,
)
from indicators.patient_results import collect_patient_results
from indicators.placement import Grid, place_beside
from indicators.silence import Silences
from indicators.variables import Variable
from tvaers.progress import Advance, track


@dataclass
class Run:
    """What one run works on.

    Attributes:
        dates: Reporting dates, in order.
        bound: Values of the parameters, the same on all these dates.
        lengths: Each length of period in months, with the indicators that use it.
        patient_results: Table that receives the patient-level results of the latest date, or None.
        begun: Tables of cells that exist already; shared by runs whose results belong together.
        kept: Rows of variables that are the same for all lengths of period.
        silences: Who delivers nothing when.
    """

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    dates: Sequence[date]
    bound: Bound
    lengths: dict[int, list[Counted]]
    patient_results: str | None
    begun: set[str] = field(default_factory=set)
    kept: dict[str, pl.DataFrame] = field(default_factory=dict)
    silences: Silences = field(default_factory=Silences)


def prepare(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Create the relations that do not depend on dates or patients."""
    show_all_facts(con)
    create_codelist(con, catalogue.codelists)
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


def run_all(run: Run, *, classifier: str, members_per_chunk: int) -> None:
    """Fill the cells, the median values and the patient-level results for all members and dates."""
    con = run.con
    lengths = list(run.lengths)
    create_reporting(con, run.dates, lengths, run.catalogue.breakdowns.attribution.hospital_months)
    chunks = ranges(number_of_chunks(con, classifier, members_per_chunk))
    with track("Computing indicators", len(chunks) * len(lengths)) as advance:
        for low, high in chunks:
            create_members(con, classifier, low, high)
            create_base(con, lengths, run.catalogue.breakdowns)
            run.kept.clear()
            for months in lengths:
                run_length(run, months, advance)


def run_length(run: Run, months: int, advance: Advance) -> None:
    """Add the members of one range and one length of period to the results."""
    counted = run.lengths[months]
    rows = run.silences.marked(patient_period(run, months), months)
    with shown_as(run.con, "patient_period", rows):
        count_cells(run.con, months, run.catalogue, counted, bound=run.bound, begun=run.begun)
        for each in counted:
            if each.clauses.value:
                collect_values(run.con, run.catalogue, each, run.bound)
    if run.patient_results:
        with shown_as(run.con, "patient_period", rows.filter(pl.col("period_end") == max(run.dates))):
            collect_patient_results(run.con, run.patient_results, run.catalogue, counted, run.bound)
    advance(1)


def patient_period(run: Run, months: int) -> pl.DataFrame:
    """Return one row per patient and period of one length: the base columns and those of the variables in use."""
    variables = variables_of(run.catalogue, [each.indicator for each in run.lengths[months]])
    create_period(run.con, run.dates, months)
    base = fetch(run.con, patient_sql(months))
    frames = {}
    with shown_as(run.con, "patient", base):
        for variable in variables:
            if variable.name in run.kept:
                frames[variable.name] = run.kept[variable.name]
                continue
            frames[variable.name] = fetch(run.con, variable.sql, run.bound)
            if is_same_for_all_lengths(variable):
                run.kept[variable.name] = frames[variable.name]
    people = fetch(run.con, "SELECT coalesce(max(patient_id), 0) AS people FROM member").item()
    return place_beside(Grid(base, run.dates, people), variables, frames, run.catalogue.columns)


def variables_of(catalogue: Catalogue, indicators: Sequence[Indicator]) -> list[Variable]:
    """Return the variables that some indicators need, in order of name."""
    found = {variable.name: variable for indicator in indicators for variable in catalogue.variables_of(indicator)}
    return [found[name] for name in sorted(found)]
