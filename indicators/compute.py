"""Compute all indicators of a disease for a series of reporting dates, and put the results into the warehouse."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby

import duckdb
import polars as pl

import tvaers
from indicators.area import area_as_text, area_of
from indicators.catalogue import Catalogue, load_catalogue
from indicators.compute_summary import ComputeSummary, summary_of
from indicators.counting.adding_up import KEYS, NAMES, CellSums, add_up, all_keys
from indicators.counting.cells import Counted
from indicators.counting.expected import EXPECTED_COLUMNS, expected_of
from indicators.counting.groups import GroupSums, results_in_groups
from indicators.counting.medians import medians
from indicators.counting.patient_results import (
    RESULT,
    RESULT_AT_UNIT,
    create_patient_results,
    create_results_at_units,
    patient_table,
)
from indicators.counting.responsible_units import tables_at_units, with_medians_at_units, with_numbers_at_units
from indicators.counting.results import RESULT_COLUMNS, results_of
from indicators.counting.strata import StratumSums
from indicators.counting.times import PERCENTILE_COLUMNS, STEP_COLUMNS, Times, times
from indicators.counting.too_few import with_too_few
from indicators.definitions.definition import Level
from indicators.delivered.coverage import Coverage, coverage_of
from indicators.delivered.delivered_rows import DeliveredRows
from indicators.delivered.growing_history import write_judged_from
from indicators.delivered.reporting_dates import last_covered_quarter, quarter_ends, refuse_dates_without_data
from indicators.delivered.silence import find_silences
from indicators.dialect import (
    add_rows,
    at_once,
    drop,
    enum_of,
    in_alphabetical_order,
    shown_as,
    tables_beginning_with,
)
from indicators.engine import Found, Run, by_length, prepare, run_all
from indicators.fingerprint import definitions_fingerprints, pages_fingerprint
from indicators.patients.members import classify, members_at_a_time
from packs.pack import Pack, load_pack
from tvaers.errors import DefinitionError
from tvaers.keys import load_master_key
from tvaers.progress import Advance, track
from tvaers.settings import Settings
from warehouse.connection import open_for_build, open_read_only
from warehouse.swap import one_builder_at_a_time, replace_atomically


def compute(settings: Settings, reporting_dates: Sequence[date] | None = None, *, quarters: int = 1) -> ComputeSummary:
    """Compute all indicators and swap in a warehouse that holds them; the last good one stays until then.

    Args:
        settings: The home folder, pack and disease.
        reporting_dates: The last days of the periods; None for the last quarter ends that the deliveries cover.
        quarters: How many quarter ends, when no dates are given.

    Raises:
        DefinitionError: A definition, parameter or the pack is wrong.
        WarehouseError: The warehouse is missing, busy or cannot be written, or holds nothing for any of the dates.
    """
    pack = load_pack(settings.pack)
    catalogue = load_catalogue(settings.disease, pack, area=area_of(settings, pack))
    key = load_master_key(settings).subkey("encryption")
    with open_read_only(settings.warehouse, key):
        pass
    with (
        one_builder_at_a_time(settings.warehouse),
        replace_atomically(settings.warehouse, start_from_copy=True) as path,
        open_for_build(path, key) as con,
    ):
        delivered = DeliveredRows(con)
        coverage = coverage_of(con, catalogue.all_sources(), catalogue.deliverers, delivered)
        if reporting_dates is None:
            reporting_dates = quarter_ends(last_covered_quarter(catalogue, coverage), quarters)
        refuse_dates_without_data(catalogue, coverage, reporting_dates)
        summary = compute_on(con, catalogue, reporting_dates, coverage=coverage, delivered=delivered)
        write_configuration(con, catalogue, pack)
        return summary


def compute_on(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    reporting_dates: Sequence[date],
    *,
    members_per_chunk: int | None = None,
    diabetes_definition: str | None = None,
    coverage: Coverage | None = None,
    delivered: DeliveredRows | None = None,
) -> ComputeSummary:
    """Compute a catalogue's indicators into the schema `indicator` of a connection's default catalog.

    Args:
        con: A connection whose default catalog holds the schema `core`.
        catalogue: What to compute.
        reporting_dates: The last days of the periods, in any order.
        members_per_chunk: How many people to work on at a time, fewer the more dates when None; bounds memory, never
            changes a result.
        diabetes_definition: Take the people from this definition in an `indicator.diabetes` that exists, instead of
            running the classifiers.
        coverage: What the deliveries cover; None finds it out.
        delivered: The rows that deliveries brought; None counts them.

    Raises:
        DefinitionError: A definition is wrong, or no reporting date was given.
    """
    started = time.monotonic()
    if not reporting_dates:
        raise DefinitionError("No reporting date was given.", what_to_do="Name at least one quarter end.")
    dates = sorted(set(reporting_dates))
    prepare(con, catalogue, is_classified=diabetes_definition is not None)
    if diabetes_definition is None:
        bound = catalogue.classifier_values_on(dates[-1])
        classify(con, catalogue.classifiers, catalogue.classifier_steps, bound)
    delivered = delivered or DeliveredRows(con)
    coverage = coverage or coverage_of(con, catalogue.all_sources(), catalogue.deliverers, delivered)
    silences = find_silences(con, catalogue, dates, delivered)
    delivered.keep()
    lengths = by_length(catalogue, catalogue.indicators, silences.undelivered)
    remove_rows_of_earlier_runs(con)
    gathered = Gathered(
        {months: CellSums() for months in lengths},
        {months: CellSums() for months in lengths},
        {months: StratumSums(catalogue) for months in lengths},
        {months: GroupSums() for months in lengths},
    )
    classifier = diabetes_definition or catalogue.populations.classifier
    at_a_time = members_per_chunk or members_at_a_time(len(dates))
    for bound, group in by_values(catalogue, dates):
        run = Run(con, catalogue, group, bound, lengths, keeps_latest=dates[-1] in group, silences=silences)
        for found in run_all(run, classifier=classifier, members_per_chunk=at_a_time):
            # A transaction holds every frame that it read until it ends, so each range has one of its own.
            with at_once(con):
                gathered.add(con, found)
        if run.keeps_latest:
            create_patient_results(con, "indicator", lengths, bound)
            create_results_at_units(con, "indicator", tables_at_units(catalogue, lengths), bound)
    with track("Adding up units and intervals", len(catalogue.indicators)) as advance:
        write_results(con, catalogue, lengths, gathered, dates, coverage, advance)
    write_expected(con, catalogue, lengths, gathered, coverage)
    write_judged_from(con, catalogue, coverage)
    write_run(con, catalogue, dates)
    return summary_of(con, catalogue, dates, coverage, time.monotonic() - started)


@dataclass
class Gathered:
    """What was found in all ranges of pseudonyms so far.

    Attributes:
        cells: The cells of each length of period.
        at_units: The cells at responsible organisations, of each length of period.
        strata: The strata of units, of each length of period.
        groups: The groups of stratifiers, of each length of period.
        values: Values of which medians are taken, by the indicator's tag.
        values_at_units: The same at responsible organisations, by tag and level.
    """

    cells: dict[int, CellSums]
    at_units: dict[int, CellSums]
    strata: dict[int, StratumSums]
    groups: dict[int, GroupSums]
    values: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    values_at_units: dict[tuple[str, Level], list[pl.DataFrame]] = field(default_factory=dict)

    def add(self, con: duckdb.DuckDBPyConnection, found: Found) -> None:
        """Add what was found in one range; the patients of the latest date go to their tables at once."""
        for months, cells in found.cells.items():
            self.cells[months].add(cells)
            self.strata[months].add(found.strata[months])
            self.groups[months].add(found.groups[months])
        for tag, values in found.values.items():
            self.values.setdefault(tag, []).append(values)
        for months, there in found.at_units.items():
            self.at_units[months].add(there.cells)
            for tag_and_level, values in there.values.items():
                self.values_at_units.setdefault(tag_and_level, []).append(values)
            for name, patients in there.latest.items():
                add_rows(con, "indicator", patient_table(months, name), patients, pseudonyms=("patient_id",))
        for months, patients in found.latest.items():
            add_rows(con, "indicator", patient_table(months), patients, pseudonyms=("patient_id",))

    def values_of(self, each: Counted) -> dict[Level, pl.DataFrame]:
        """Return the values of which an indicator's medians are taken at responsible organisations, by level."""
        return {level: pl.concat(self.values_at_units[each.tag, level]) for level in each.indicator.attribution}


def remove_rows_of_earlier_runs(con: duckdb.DuckDBPyConnection) -> None:
    """Remove the tables to which a run adds rows."""
    for view in (RESULT, RESULT_AT_UNIT):
        drop(con, "indicator", view)
    for name in tables_beginning_with(con, "patient_"):
        drop(con, "indicator", name)


def by_values(catalogue: Catalogue, dates: Sequence[date]) -> list[tuple[dict[str, int | float], list[date]]]:
    """Return the reporting dates in groups on which every parameter has the same value, with those values."""
    values = [(catalogue.values_on(catalogue.indicators, day), day) for day in dates]
    return [(bound, [day for _, day in group]) for bound, group in groupby(values, key=lambda pair: pair[0])]


def write_results(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    lengths: dict[int, list[Counted]],
    gathered: Gathered,
    dates: Sequence[date],
    coverage: Coverage,
    advance: Advance,
) -> None:
    """Write `indicator.result` and the tables of times from the cells and values of a run."""
    sources = {indicator.id: catalogue.sources_of(indicator) for indicator in catalogue.indicators}

    def is_covered(each: Counted, period_end: date) -> bool:
        needed_from = catalogue.needed_from(each.indicator, period_end)
        return coverage.covers(sources[each.indicator.id], needed_from, period_end)

    def covers_groups(each: Counted, period_end: date) -> bool:
        needed_from = catalogue.needed_from(each.indicator, period_end)
        return coverage.covers(catalogue.sources_of_groups(each.indicator), needed_from, period_end)

    cells = {months: gathered.cells[months].total() for months in lengths}
    there = {months: gathered.at_units[months].total() for months in lengths}
    keys = all_keys([*cells.values(), *there.values()], dates, catalogue.breakdowns)
    names = keys.with_columns(pl.col(NAMES).cast(pl.Categorical))
    frames = {}
    found_times: list[Times] = []
    for months, counted in lengths.items():
        found = add_up(cells[months], counted, catalogue.breakdowns)
        numbers = keys.join(found, on=KEYS, how="left", maintain_order="left").drop(KEYS)
        numbers = with_numbers_at_units(keys, numbers, there[months], counted, catalogue.breakdowns)
        for each in counted:
            own = None
            if each.tag in gathered.values:
                values = pl.concat(gathered.values[each.tag])
                if each.indicator.kind == "time_to_event":
                    found_times.append(times(values, each.indicator, gathered.values_of(each)))
                    middle = found_times[-1].medians
                else:
                    middle = medians(values, catalogue.breakdowns)
                    middle = with_medians_at_units(middle, gathered.values_of(each), catalogue.breakdowns)
                own = keys.join(middle, on=KEYS, how="left", maintain_order="left").drop(KEYS)
            found_results = results_of(each, names, numbers, own, is_covered)
            frames[each.indicator.id] = with_too_few(found_results, each.indicator, catalogue.parameters)
            advance(1)
        for each, by_group in results_in_groups(gathered.groups[months], catalogue, counted, dates, covers_groups):
            enough = with_too_few(by_group, each.indicator, catalogue.parameters)
            frames[each.indicator.id] = pl.concat([frames[each.indicator.id], enough])
    ordered = pl.concat([frames[indicator.id] for indicator in catalogue.indicators])
    write_table(con, "result", RESULT_COLUMNS, [ordered])
    write_table(con, "time_step", STEP_COLUMNS, [each.steps for each in found_times])
    write_table(con, "time_percentile", PERCENTILE_COLUMNS, [each.percentiles for each in found_times])


def write_expected(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    lengths: dict[int, list[Counted]],
    gathered: Gathered,
    coverage: Coverage,
) -> None:
    """Write `indicator.expected`: what the case mix of each unit lets expect, where the factors were delivered."""

    def is_covered(each: Counted, period_end: date) -> bool:
        needed_from = catalogue.needed_from(each.indicator, period_end)
        return coverage.covers(catalogue.sources_of_expected(each.indicator), needed_from, period_end)

    frames = [
        frame
        for months, counted in lengths.items()
        for frame in expected_of(gathered.strata[months].totals(), catalogue, counted, is_covered)
    ]
    # In one go: a statement for each indicator and level costs more than all that was counted.
    write_table(con, "expected", EXPECTED_COLUMNS, [pl.concat(frames)] if frames else [])


def write_table(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], frames: Sequence[pl.DataFrame]
) -> None:
    """Write a table of the schema `indicator` anew, from frames with its columns in order.

    Categories of a single frame are kept as such, in alphabetical order: writing texts would take four times as long.
    """
    kinds = dict(columns)
    if len(frames) == 1:
        frames = [in_alphabetical_order(frames[0])]
        kinds |= {
            column.name: kinds[column.name].replace("VARCHAR", enum_of(column.dtype.categories))
            for column in frames[0]
            if isinstance(column.dtype, pl.Enum) and len(column.dtype.categories)
        }
    stated = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
    con.execute(f"CREATE OR REPLACE TABLE indicator.{name} ({stated})")
    for frame in frames:
        with shown_as(con, "incoming_rows", frame):
            con.execute(f"INSERT INTO indicator.{name} SELECT * FROM incoming_rows")


def write_run(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, dates: Sequence[date]) -> None:
    """Write `indicator.run`: what was computed, with which version of the program."""
    con.execute("CREATE OR REPLACE TABLE indicator.run (key VARCHAR NOT NULL, value VARCHAR NOT NULL)")
    facts = {
        "disease": catalogue.disease,
        "area": area_as_text(catalogue.area),
        "classifier": catalogue.populations.classifier,
        "reporting_date": str(dates[-1]),
        "reporting_dates": str(len(dates)),
        "indicators": str(len(catalogue.indicators)),
        "code_version": tvaers.__version__,
    }
    con.executemany("INSERT INTO indicator.run VALUES (?, ?)", list(facts.items()))
    con.execute(
        "INSERT INTO indicator.run SELECT 'latest_batch', CAST(coalesce(max(batch_id), 0) AS VARCHAR) FROM meta.batch"
    )


def write_configuration(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, pack: Pack) -> None:
    """Note what results were computed with: pack and day (UTC) in `indicator.run`, and a hash of each definition."""
    facts = {
        "pack": f"{pack.name} {pack.version}",
        "pack_hash": pages_fingerprint(pack.folder),
        "computed_on": str(datetime.now(tz=UTC).date()),
    }
    con.executemany("INSERT INTO indicator.run VALUES (?, ?)", list(facts.items()))
    hashes = definitions_fingerprints(catalogue)
    con.execute("CREATE OR REPLACE TABLE indicator.definition (indicator_id VARCHAR NOT NULL, hash VARCHAR NOT NULL)")
    con.executemany("INSERT INTO indicator.definition VALUES (?, ?)", list(hashes.items()))
