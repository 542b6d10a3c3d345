"""Protect a researcher's table as a release is protected: the same policy, the same primary rules, the same auditor.

A cell is a row of the table. Whoever reads it knows how rows add up where a row is summed up (`all`), how counts add up
within a row, and the sum over all rows, whether the table tells it or not: another table may.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.complementary import CannotBeProtectedError, hide_enough
from indicators.disclosure.policy import Policy
from indicators.disclosure.primary import too_small
from indicators.disclosure.system import System
from research.exports.aggregates import ALL, COUNT, Aggregates

LEAVES, SMALL, FOR_OTHERS, DIFFERS = "leaves", "too small", "protects others", "differs by too few"


@dataclass(frozen=True)
class Checked:
    """A table as it may leave.

    Attributes:
        frame: The rows; hidden ones without a number.
        verdicts: Per row: `leaves`, `too small`, `protects others` or `differs by too few`.
    """

    frame: pl.DataFrame
    verdicts: pl.Series

    @property
    def hidden(self) -> int:
        """How many rows are hidden."""
        return int((self.verdicts != LEAVES).sum())


def protect_table(table: Aggregates, policy: Policy, earlier: list[pl.DataFrame]) -> Checked:
    """Return a table as it may leave.

    Args:
        table: The table.
        policy: What may be published.
        earlier: Tables that left the same project before, as they left.
    """
    small = _too_small(table, policy)
    differs = _differs(table, policy, earlier) & ~small
    try:
        system = _system(table, policy)
        nobody = np.zeros((len(system.units) + 1, 0), dtype=bool)
        found = hide_enough(system, small | differs, policy.protection_width, nobody)
        hidden = found.cells
    except CannotBeProtectedError:
        # Nothing short of hiding every row would do.
        hidden = np.ones(table.frame.height, dtype=bool)
    verdicts = np.select([small, differs, hidden], [SMALL, DIFFERS, FOR_OTHERS], LEAVES)
    numbers = [COUNT, *table.parts, *table.figures]
    shown = table.frame.with_columns(
        pl.when(pl.Series(hidden)).then(None).otherwise(pl.col(name)).alias(name) for name in numbers
    )
    return Checked(shown, pl.Series("verdict", verdicts.astype(str)))


def _too_small(table: Aggregates, policy: Policy) -> NDArray[np.bool_]:
    """Return which rows the primary rules of a release hide."""
    frame = table.frame
    counts, _ = _quantities(table)
    few = np.asarray(((counts >= 1) & (counts < policy.smallest_count)).any(axis=0))
    for part in table.parts:
        few |= too_small(_as_cells(frame, part, "proportion"), policy).to_numpy()
    if table.figures:
        few |= too_small(_as_cells(frame, COUNT, "median"), policy).to_numpy()
    return few


def _as_cells(frame: pl.DataFrame, part: str, kind: str) -> pl.DataFrame:
    """Return the rows as cells of an indicator of which some people are the numerator and all the denominator."""
    people, some = pl.col(COUNT), pl.col(part)
    return frame.select(
        kind=pl.lit(kind),
        state=pl.lit("computed"),
        level=pl.lit(ALL),
        unit_id=pl.lit(ALL),
        period_end=pl.lit(0),
        numerator=some,
        denominator=people,
        eligible=people,
        patients=people,
        numerator_patients=some,
        complement_patients=people - some,
    )


def _differs(table: Aggregates, policy: Policy, earlier: list[pl.DataFrame]) -> NDArray[np.bool_]:
    """Return which rows, beside a row that left before, would tell of a group of too few people between the two."""
    found = np.zeros(table.frame.height, dtype=bool)
    for before in earlier:
        if not table.groups or not {*table.groups, COUNT} <= set(before.columns):
            continue
        told = before.select(*table.groups, pl.col(COUNT).alias("told")).drop_nulls("told")
        beside = table.frame.join(told, on=list(table.groups), how="left", maintain_order="left")
        apart = (beside[COUNT] - beside["told"]).abs().fill_null(0)
        found |= ((apart >= 1) & (apart < policy.smallest_count)).to_numpy()
    return found


def _system(table: Aggregates, policy: Policy) -> System:
    """Return all counts of a table, and all the equations between them, as a release's auditor reads them."""
    frame, rows = table.frame, table.frame.height
    counts, sums = _quantities(table)
    totals = _totals(table)
    # What the parts of a total leave, and the sum over all, are places of their own that no row shows.
    extra = sum(rest for _, _, rest in totals)
    places = rows + extra + 1
    values = np.zeros((len(counts), places), dtype=np.int64)
    values[:, :rows] = counts
    equations: list[dict[int, int]] = []
    next_place = rows
    for total, parts, has_rest in totals:
        rest = [next_place] if has_rest else []
        next_place += len(rest)
        for quantity in range(len(counts)):
            left = values[quantity, total] - values[quantity, parts].sum()
            if rest:
                values[quantity, rest[0]] = max(left, 0)
            if left < 0 or (left and not rest):
                continue
            terms = {quantity * places + each: 1 for each in (*parts, *rest)}
            equations.append(terms | {quantity * places + total: -1})
    whole = places - 1
    finest = (
        np.flatnonzero((frame.select(table.groups) != ALL).to_numpy().all(axis=1)) if table.groups else np.arange(rows)
    )
    values[:, whole] = values[:, finest].sum(axis=1)
    for quantity in range(len(counts)):
        terms = {quantity * places + int(each): 1 for each in finest}
        equations.append(terms | {quantity * places + whole: -1})
    for inner, other, outer in sums:
        equations += [
            {inner * places + place: 1, other * places + place: 1, outer * places + place: -1}
            for place in range(places)
        ]
    return _assembled(values, equations, rows, policy, frame[COUNT].to_numpy())


def _quantities(table: Aggregates) -> tuple[NDArray[np.int64], list[tuple[int, int, int]]]:
    """Return every count by row, the complements and people between nested counts, and which two add up to which."""
    frame = table.frame
    counts = [frame[COUNT].to_numpy().astype(np.int64)]
    sums: list[tuple[int, int, int]] = []
    number = {COUNT: 0}
    for part in table.parts:
        number[part] = len(counts)
        counts.append(frame[part].to_numpy().astype(np.int64))
    pairs = [(part, COUNT) for part in table.parts]
    pairs += [(one, other) for one, other in permutations(table.parts, 2) if (frame[one] <= frame[other]).all()]
    for inner, outer in pairs:
        sums.append((number[inner], len(counts), number[outer]))
        counts.append(counts[number[outer]] - counts[number[inner]])
    return np.array(counts), sums


def _totals(table: Aggregates) -> list[tuple[int, list[int], bool]]:
    """Return each row that sums up one column: its place, those of its parts, and whether they leave anybody."""
    found = []
    for column in table.groups:
        beside = [each for each in table.groups if each != column]
        numbered = table.frame.with_row_index("place")
        for total in numbered.filter(pl.col(column) == ALL).iter_rows(named=True):
            same = pl.all_horizontal([pl.lit(value=True), *(pl.col(each) == total[each] for each in beside)])
            parts = numbered.filter(same & (pl.col(column) != ALL))
            if not parts.is_empty():
                found.append((total["place"], parts["place"].to_list(), int(total[COUNT]) > int(parts[COUNT].sum())))
    return found


def _assembled(
    values: NDArray[np.int64], equations: list[dict[int, int]], rows: int, policy: Policy, size: NDArray[np.int64]
) -> System:
    number, places = values.shape
    lines = np.repeat(np.arange(len(equations)), [len(each) for each in equations])
    columns = np.array([variable for each in equations for variable in each])
    signs = np.array([sign for each in equations for sign in each.values()], dtype=np.int8)
    matrix = sparse.csr_matrix((signs, (lines, columns)), shape=(len(equations), values.size))
    shown = (np.arange(number)[:, None] * places + np.arange(rows)).ravel()
    shows = sparse.csr_matrix(
        (np.ones(shown.size, np.int32), (np.tile(np.arange(rows), number), shown)), shape=(rows, values.size)
    )
    truth = values.ravel()
    told = np.zeros(values.size, dtype=bool)
    told[[quantity * places + places - 1 for quantity in range(number)]] = True
    small = (truth >= 1) & (truth < policy.smallest_count) & ~told
    return System(
        truth=truth,
        equations=matrix,
        enough=matrix,
        shows=shows,
        own=shows,
        cost=1.0 + size / (1.0 + size.max(initial=0)),
        small=small,
        holder=np.full(values.size, -1, dtype=np.int64),
        told=told,
    )
