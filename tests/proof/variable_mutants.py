"""Small mistakes in a variable's SQL: noticed when a drawn case of an indicator that uses it comes out otherwise."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator
from indicators.definitions.variables import Variable
from indicators.dialect import fetch
from indicators.engine import Run
from indicators.patients.placement import Grid, place_beside
from tests.lib.case_board import Board, Setting
from tests.proof.definition_mutants import Proof, steps_of
from tests.proof.sql_mutants import SqlMutant, mutants_of, parse, text_of
from tvaers.errors import DefinitionError


def prove_variable(board: Board, known: Catalogue, variable: Variable) -> Proof:
    """Return which mutants of a variable the drawn cases of the indicators that use it notice.

    Mutants that the database or the engine refuses are left out: nobody could make those mistakes.
    """
    users = [each for each in known.indicators if variable in known.variables_of(each)]
    alive = mutants_of(variable.sql, steps_of(known))
    mutants, refused = len(alive), 0
    for day, months, here in settings_of(board, users):
        noticed: list[SqlMutant] = []
        frame = board.frame(known, Setting(day, months))
        with board.based(known, Setting(day, months)) as (run, grid):
            before, told = columns_of(run, grid, variable, parse_again(variable.sql))
            for mutant in alive:
                try:
                    after, tells = columns_of(run, grid, variable, mutant.sql)
                except (duckdb.Error, DefinitionError):
                    refused += 1
                    noticed.append(mutant)
                    continue
                if after.equals(before) and tells.equals(told):
                    continue
                events = board.events[Setting(day, months)] | {variable.name: tells}
                moved = {row[0] for row in set(told.rows()) ^ set(tells.rows())}
                if is_noticed(board, known, here, frame, after, events, moved, day):
                    noticed.append(mutant)
        alive = [mutant for mutant in alive if mutant not in noticed]
    return Proof(f"variables/{variable.name}", mutants - refused, tuple(mutant.change for mutant in alive))


def settings_of(board: Board, users: Sequence[Indicator]) -> Iterator[tuple[date, int, list[Indicator]]]:
    """Yield each reporting date and length of period on which indicators have cases, with those indicators."""
    found: dict[tuple[date, int], list[Indicator]] = {}
    for user in users:
        for day in board.dates_of(user.id):
            found.setdefault((day, user.period), []).append(user)
    for (day, months), here in sorted(found.items(), key=lambda item: -len(item[1])):
        yield day, months, here


def parse_again(sql: str) -> str:
    """Return a text as mutants are written, without a change."""
    return text_of(parse(sql))


def columns_of(run: Run, grid: Grid, variable: Variable, sql: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the columns of a variable for each base row, with another SELECT in its place, and its rows by unit."""
    found = fetch(run.con, sql, run.bound)
    rows = place_beside(grid, [variable], {variable.name: found}, run.catalogue.columns)
    by_unit = found.select(*variable.keys, *run.catalogue.columns[variable.name]) if variable.responsible else found[:0]
    return rows.select(run.catalogue.columns[variable.name]), by_unit.sort(pl.all())


def is_noticed(
    board: Board,
    known: Catalogue,
    users: Sequence[Indicator],
    frame: pl.DataFrame,
    columns: pl.DataFrame,
    events: Mapping[str, pl.DataFrame],
    moved: Set[int],
    day: date,
) -> bool:
    """Return whether a drawn case comes out otherwise when a variable's columns are others.

    Args:
        board: The drawn cases.
        known: The definitions.
        users: The indicators that use the variable.
        frame: `patient_period`.
        columns: The variable's columns, row by row as the frame.
        events: Rows of the variables that tell organisations apart, by variable.
        moved: Patients of whom the variable's rows are others.
        day: The reporting date.
    """
    changed = frame.with_columns(columns)
    touched = set(frame["patient_id"].filter(frame.select(columns.columns).hash_rows() != columns.hash_rows()))
    touched |= moved
    for user in users:
        if touched & set(board.rows_of(user.id, frame, day)["patient_id"]):
            (found,) = board.outcomes(known, user.id, [user], changed, events, day)
            if any(words != case.outcome for case, words in found.items()):
                return True
    return False
