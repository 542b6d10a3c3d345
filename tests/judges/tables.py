"""Drawn tables of units by met and not met that every judge is asked about, and what we hide of them."""

import numpy as np
import polars as pl

from attacks.programming import Programme, fixed_in_all
from indicators.disclosure.control import protect
from indicators.disclosure.policy import load_policy
from tests.lib.drawn_cells import cell, cells
from tests.lib.tiny_release import POLICY

TABLES, UNITS, FEW = 20, 12, 5
Count = tuple[str, str]
Table = list[tuple[str, int, int]]


def drawn_tables() -> list[Table]:
    """Return tables of units with the people who met an indicator and who did not."""
    rng = np.random.default_rng(20261122)
    return [
        [(f"{unit:04}", int(rng.integers(0, 40)), int(rng.integers(0, 15))) for unit in range(UNITS)]
        for _ in range(TABLES)
    ]


def truth_of(table: Table) -> dict[Count, int]:
    """Return every count of a table, totals included."""
    whole = ("Total", sum(met for _, met, _ in table), sum(not_met for _, _, not_met in table))
    return {
        (unit, side): people
        for unit, met, not_met in [*table, whole]
        for side, people in (("met", met), ("not_met", not_met), ("Total", met + not_met))
    }


def hidden_by_us(table: Table) -> set[Count]:
    """Return the counts that no cell shows which our disclosure control leaves; a cell shows all three or none."""
    policy = load_policy(POLICY).model_copy(
        update={"smallest_denominator": FEW, "smallest_practice": 3, "smallest_average": 1}
    )
    truth = truth_of(table)
    drawn = cells(
        cell("all/all", truth["Total", "met"], truth["Total", "Total"]),
        *(cell(f"municipality/{unit}", met, met + not_met) for unit, met, not_met in table),
    )
    parents = pl.DataFrame(schema={"period_end": pl.Date, "unit_id": pl.String, "cluster_id": pl.String})
    released = protect(drawn, policy, parents).cells
    gone = released.filter(pl.col("state") == "suppressed")["unit_id"].to_list()
    return {("Total" if unit == "all" else unit, side) for unit in gone for side in ("met", "not_met", "Total")}


def given_away(truth: dict[Count, int], hidden: set[Count]) -> tuple[int, int]:
    """Return how many hidden counts a pattern gives away exactly, and how many it proves to be one to four."""
    unknown = sorted(hidden)
    units = sorted({unit for unit, _ in truth} - {"Total"})
    sums = [[(unit, "met"), (unit, "not_met"), (unit, "Total")] for unit in [*units, "Total"]]
    sums += [[*((unit, side) for unit in units), ("Total", side)] for side in ("met", "not_met", "Total")]
    matrix, right = np.zeros((len(sums), len(unknown))), np.zeros(len(sums))
    for row, (*parts, total) in enumerate(sums):
        for count, sign in [*((part, 1) for part in parts), (total, -1)]:
            if count in hidden:
                matrix[row, unknown.index(count)] = sign
            else:
                right[row] -= sign * truth[count]
    if not unknown:
        return 0, 0
    exact = [place for place in fixed_in_all(matrix, right) if truth[unknown[place]]]
    proved, _ = Programme(matrix, right, FEW).small(np.arange(len(unknown)))
    return len(exact), len(proved)
