"""A small mistake in a measure, a criterion or a variable makes some drawn test patient come out otherwise."""

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import pytest

from indicators.dialect import create_table, fetch, store
from indicators.measures.criteria import criteria_sql
from indicators.measures.definition import MeasureSet
from indicators.measures.evaluate import joined_sql, populations_of, values_of
from indicators.measures.facts import show_period
from ingest.fhir_facts import create_facts
from ingest.measure_reports import create_cases
from ingest.resource_files import read_resources
from tests.lib.case_files import case_files, read_case_file
from tests.lib.drawn_measures import drawn_bundles
from tests.lib.fhir_patients import write_lines
from tests.lib.measure_mistakes import (
    Mistake,
    mistakes_in_criteria,
    mistakes_in_expressions,
    mistakes_in_variables,
)
from tests.lib.measured import invented_lists, measures, outcome_of

LAST_DAY = date(2026, 12, 31)
EXPLAINED = {
    "latest_blood_pressure: no AND stay.resource = 'Encounter'": "only an encounter has the status finished",
    "latest_blood_pressure: no AND taken_at.resource = 'Encounter'": "only an encounter has a class",
    "latest_blood_pressure: min( in line 1": "of two systolic parts in one reading the published logic knows no answer",
}
"""Mistakes that no test patient can notice, and why."""


class Board:
    """The drawn test patients of one measure, ready to be computed again and again."""

    def __init__(self, path, folder) -> None:
        (self.measure,) = [each for each in measures().measures if each.id == path.stem]
        cases = read_case_file(path)
        self.expected = {f"p{case.patient}": case.outcome for case in cases}
        bundles = drawn_bundles(self.measure.reports, cases[0].drawing, [case.patient for case in cases])
        self.con = duckdb.connect(config={"threads": 1})
        read_resources(self.con, write_lines(folder / f"{path.stem}.ndjson", bundles))
        create_facts(self.con)
        create_cases(self.con)
        own = measures().codelists.select("list", "system", "code")
        store(self.con, "codelist", own.vstack(invented_lists()).unique())
        show_period(self.con, LAST_DAY)
        self.bound = values_of(measures(), LAST_DAY)
        self.held: dict[str, str] = {}
        self.compute(measures())

    def compute(self, known: MeasureSet) -> None:
        """Compute what differs from what was computed last."""
        wanted = {"criterion": criteria_sql(known.criteria)}
        wanted |= {f"variable_{name}": variable.sql for name, variable in known.variables.items()}
        changed = {name: sql for name, sql in wanted.items() if self.held.get(name) != sql}
        self.held.update(dict.fromkeys(changed, ""))
        for name, sql in changed.items():
            create_table(self.con, name, sql, self.bound)
            self.held[name] = sql
        if changed:
            create_table(self.con, "patient_period", joined_sql(known))

    def notices(self, known: MeasureSet) -> bool:
        """Return whether some drawn test patient comes out otherwise, or nothing can be computed at all."""
        (measure,) = [each for each in known.measures if each.id == self.measure.id]
        populations = populations_of(known, measure)
        columns = ", ".join(f"CAST({sql} AS INTEGER)" for sql in populations.values())
        select = f"SELECT subject, {columns} FROM patient_period JOIN test_case USING (patient_id)"
        try:
            self.compute(known)
            rows = fetch(self.con, select, self.bound).rows()
        except duckdb.Error:
            return True
        return any(
            outcome_of(dict(zip(populations, counts, strict=True))) != self.expected[subject]
            for subject, *counts in rows
        )


@pytest.fixture(scope="module")
def boards(tmp_path_factory) -> dict[str, Board]:
    folder = tmp_path_factory.mktemp("mistakes")
    return {path.stem: Board(path, folder) for path in case_files("measures")}


@pytest.mark.parametrize(
    ("mistakes", "at_least"),
    [(mistakes_in_expressions, 90), (mistakes_in_criteria, 150), (mistakes_in_variables, 60)],
    ids=["expressions", "criteria", "variables"],
)
def test_every_small_mistake_is_noticed_or_explained(
    boards, mistakes: Callable[[MeasureSet], Iterator[Mistake]], at_least: int
):
    every = list(mistakes(measures()))
    assert not any(board.notices(measures()) for board in boards.values())
    unnoticed = {what for what, wrong, users in every if not any(boards[user].notices(wrong) for user in sorted(users))}
    explained = {what for what, _, _ in every} & EXPLAINED.keys()
    assert unnoticed - explained == set()
    assert explained - unnoticed == set(), "no longer needs an explanation"
    assert len(every) >= at_least
