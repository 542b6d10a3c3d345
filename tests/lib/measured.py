"""What measures find of drawn or generated test patients, through the reader as users have it."""

from functools import cache
from pathlib import Path

import duckdb

from indicators.measures.definition import MeasureSet, load_measures
from indicators.measures.evaluate import column_of, compute_measures, populations_of
from ingest.fhir_facts import create_facts
from ingest.measure_reports import create_cases
from ingest.resource_files import read_resources
from ingest.value_sets import Supplied, Wanted, code_lists, plain_url
from packs.pack import load_pack
from tests.lib.fhir_patients import Json, invented_value_set, value_set_urls, write_lines

Found = dict[tuple[str, str], dict[str, int]]


@cache
def measures() -> MeasureSet:
    """The measures of the checkout, loaded once per test process."""
    return load_measures(load_pack("united_states"))


@cache
def invented_lists():
    """The invented value sets as code lists."""
    known = measures().value_sets
    wanted = [Wanted(each.name, each.title, each.url, ()) for each in known.values()]
    documents = {plain_url(url): invented_value_set(name) for name, url in value_set_urls().items()}
    return code_lists(wanted, Supplied(documents))


def found_of(bundles: list[Json], folder: Path, known: MeasureSet | None = None) -> Found:
    """Return what each measure finds: by (patient's id, measure), the population's code and 1 or 0."""
    write_lines(folder / "patients.ndjson", bundles)
    with duckdb.connect() as con:
        read_resources(con, folder / "patients.ndjson")
        create_facts(con)
        create_cases(con)
        known = known or measures()
        compute_measures(con, known, invented_lists())
        found: Found = {}
        for measure in known.measures:
            populations = list(populations_of(known, measure))
            columns = ", ".join(f"CAST({column_of(measure, each)} AS INTEGER)" for each in populations)
            rows = con.execute(
                f"SELECT subject, {columns} FROM patient_period JOIN test_case USING (patient_id) "
                "WHERE starts_with(measure, $reports)",
                {"reports": measure.reports},
            ).fetchall()
            for subject, *counts in rows:
                found[subject, measure.reports] = dict(zip(populations, counts, strict=True))
    return found


def outcome_of(counts: dict[str, int]) -> str:
    """Return what became of a patient, in the words of a boundary case."""
    if not counts["denominator"]:
        return "not in denominator"
    if counts["denominator-exclusion"]:
        return "excluded"
    return "met" if counts["numerator"] else "not met"
