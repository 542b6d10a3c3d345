"""The way of a folder of test patients through reader, measures and comparison, and how its result is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from indicators.measures.agreement import (
    Agreement,
    Disagreement,
    agreements,
    disagreements,
    unknown_measures,
)
from indicators.measures.definition import MeasureSet, all_measures
from indicators.measures.evaluate import compute_measures
from ingest.fhir_facts import create_facts
from ingest.measure_reports import Oddity, create_cases
from ingest.resource_files import BadFile, read_resources
from ingest.value_sets import Supplied, Wanted, code_lists, read_value_sets
from tvaers import screen
from tvaers.errors import DefinitionError, ExtractError
from tvaers.progress import track

NUMBERS = ("patients", "expected in", "found in", "agree")


@dataclass(frozen=True)
class Checked:
    """What a folder of test patients shows.

    Attributes:
        agreements: One per measure and population.
        bad_files: What could not be read.
        left_out: What was read and not compared, and why.
    """

    agreements: tuple[Agreement, ...]
    disagreements: tuple[Disagreement, ...]
    bad_files: tuple[BadFile, ...]
    left_out: tuple[Oddity, ...]

    @property
    def agrees(self) -> bool:
        """Whether every expected result was compared, and found."""
        is_unproved = any(each.is_unproved for each in self.left_out)
        return not (self.disagreements or self.bad_files or is_unproved)


def check_folder(folder: Path, value_sets: Path | None) -> Checked:
    """Compute measures on a folder of test patients and compare.

    Args:
        folder: FHIR R4 bundles, or folders of loose resources, with patients and expected measure reports.
        value_sets: File or folder of ValueSet resources; None for those in `folder`.

    Raises:
        ExtractError: The folder holds no test patient that can be read, or a value set's codes cannot be told.
        DefinitionError: No pack has the measures, or value sets are missing.
    """
    with duckdb.connect() as con:
        bad = read_resources(con, folder)
        if con.execute("SELECT count(*) FROM resource").fetchone() == (0,):
            raise ExtractError(
                "None of the files holds FHIR resources.",
                where="; ".join(f"{each.file}: {each.reason}" for each in bad[:5]),
                how_much=f"{len(bad)} cannot be read",
                what_to_do="Name a folder of FHIR R4 bundles as JSON or NDJSON.",
            )
        create_facts(con)
        left_out = [*create_cases(con)]
        every = all_measures()
        left_out += [
            Oddity(f"reports of {name}, which no pack has", count, is_unproved=True)
            for name, count in unknown_measures(con, every)
        ]
        supplied = read_value_sets(value_sets, con)
        agreeing: list[Agreement] = []
        differing: list[Disagreement] = []
        for measures in every:
            agreeing, differing = _added(con, measures, supplied, agreeing, differing)
    if not agreeing:
        raise DefinitionError(
            "No measure of the packs is expected of these test patients.",
            where="; ".join(f"{each.how_many} {each.what}" for each in left_out),
            what_to_do="Measures that can be checked: "
            + ", ".join(measure.reports for each in every for measure in each.measures),
        )
    return Checked(tuple(agreeing), tuple(differing), tuple(bad), tuple(left_out))


def _added(
    con: duckdb.DuckDBPyConnection,
    measures: MeasureSet,
    supplied: Supplied,
    agreeing: list[Agreement],
    differing: list[Disagreement],
) -> tuple[list[Agreement], list[Disagreement]]:
    reported = measures.reported(con)
    if not reported:
        return agreeing, differing
    wanted = [
        Wanted(name, measures.value_sets[name].title, measures.value_sets[name].url, needed_by)
        for name, needed_by in measures.wanted(reported).items()
    ]
    lists = code_lists(wanted, supplied)
    with track("Computing measures", len(reported)) as advance:
        compute_measures(con, measures, lists)
        for measure in reported:
            agreeing = [*agreeing, *agreements(con, measures, measure)]
            differing = [*differing, *disagreements(con, measures, measure)]
            advance(1)
    return agreeing, differing


def show(checked: Checked) -> None:
    """Print the agreement on each measure and population, each disagreement, and what was not compared."""
    rows = [
        (each.measure, each.population, each.cases, each.expected, each.found, each.agreeing)
        for each in checked.agreements
    ]
    screen.show_table("", ("measure", "population", *NUMBERS), rows, numbers=NUMBERS)
    for measure, cases, agreeing in by_measure(checked):
        screen.say(f"{measure}: {agreeing} of {cases} test patients agree in every population")
    for each in checked.disagreements:
        said = f" «{each.description}»" if each.description else ""
        screen.say(f"{each.measure} {each.case}{said}: {each.population} expected {each.expected}, found {each.found}")
        screen.say(f"    {each.reason}")
    for oddity in checked.left_out:
        example = f", for example {oddity.example}" if oddity.example else ""
        screen.say(f"Left out: {oddity.how_many} {oddity.what}{example}")
    for bad in checked.bad_files:
        screen.say(f"Not read: {bad.file}: {bad.reason}")


def by_measure(checked: Checked) -> Sequence[tuple[str, int, int]]:
    """Return, for each measure, how many test patients there are and how many agree in every population."""
    found = {}
    for each in checked.agreements:
        differing = {other.case for other in checked.disagreements if other.measure == each.measure}
        found[each.measure] = (each.measure, each.cases, each.cases - len(differing))
    return list(found.values())
