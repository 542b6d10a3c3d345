"""Another judge: tau-Argus on tables that it can handle, beside our own disclosure control.

Its package needs a pandas that ours must not have, so it is installed into an environment of its own, with pinned
versions, and asked by a process. On tables of units by met and not met, with all totals:

- what is small by its frequency rule must be what is small by ours;
- our pattern of hidden counts, and its pattern, are both attacked by `attacks/programming.py`.

Run `python -m tests.judges.tau_argus FOLDER`; the folder keeps the environment. It needs the package index once.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import polars as pl

from attacks.programming import Programme, fixed_in_all
from indicators.disclosure.control import protect
from indicators.disclosure.policy import load_policy
from tests.lib.drawn_cells import cell, cells
from tests.lib.tiny_release import POLICY

PINNED = ("pytauargus==0.6.0", "pandas==2.3.3", "numpy==2.4.6")
TABLES, UNITS, FEW = 20, 12, 5
# Its own table of people: one row per person; the answer is the status of every cell (U small, M hidden for others).
ASKED_THERE = f"""
import json, sys, pandas, pytauargus
answers = []
for table in json.load(sys.stdin):
    people = [(unit, side) for unit, met, not_met in table for side in ["met"] * met + ["not_met"] * not_met]
    frame = pandas.DataFrame(people, columns=["unit", "side"]).assign(one=1)
    found = pytauargus.protect(frame, ["unit", "side"], "one", "FREQ({FEW},20)", "OPT(1)").tables[0].dataframe()
    answers.append(found[["unit", "side", "status"]].values.tolist())
json.dump(answers, open(sys.argv[1], "w"))
"""
Count = tuple[str, str]
Table = list[tuple[str, int, int]]


def main(folder: Path) -> int:
    """Compare both on drawn tables, print one line per table, and return 0 where they agree."""
    rng = np.random.default_rng(20261122)
    tables: list[Table] = [
        [(f"{unit:04}", int(rng.integers(0, 40)), int(rng.integers(0, 15))) for unit in range(UNITS)]
        for _ in range(TABLES)
    ]
    faults = 0
    for number, (table, theirs) in enumerate(zip(tables, _asked(folder, tables), strict=True), start=1):
        truth = _truth(table)
        small = {count for count, people in truth.items() if 1 <= people < FEW}
        primary = {count for count, status in theirs.items() if status == "U"}
        their_pattern = {count for count, status in theirs.items() if status in "UM"}
        our_pattern = _ours(table)
        found = {name: _found(truth, hidden) for name, hidden in (("ours", our_pattern), ("theirs", their_pattern))}
        faults += small != primary or any(found["ours"]) or not small <= our_pattern
        print(  # noqa: T201 - a script that reports
            f"table {number}: small {len(small)}, the same there {small == primary}; hidden by us {len(our_pattern)}, "
            f"exact {found['ours'][0]}, proved small {found['ours'][1]}; by tau-Argus {len(their_pattern)}, exact "
            f"{found['theirs'][0]}, proved small {found['theirs'][1]}"
        )
    return int(faults > 0)


def _asked(folder: Path, tables: list[Table]) -> list[dict[Count, str]]:
    """Return what tau-Argus says of each count, asked in its own environment."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PINNED], check=True)
    answer = folder / "answer.json"
    # It leaves logs where it runs, and pads codes with spaces.
    subprocess.run(
        [python.absolute(), "-c", ASKED_THERE, answer.name],
        input=json.dumps(tables),
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    return [
        {(unit.strip(), side.strip()): status for unit, side, status in rows}
        for rows in json.loads(answer.read_text(encoding="utf-8"))
    ]


def _truth(table: Table) -> dict[Count, int]:
    """Return every count of a table, totals included."""
    whole = ("Total", sum(met for _, met, _ in table), sum(not_met for _, _, not_met in table))
    return {
        (unit, side): people
        for unit, met, not_met in [*table, whole]
        for side, people in (("met", met), ("not_met", not_met), ("Total", met + not_met))
    }


def _ours(table: Table) -> set[Count]:
    """Return the counts that no cell shows which our disclosure control leaves; a cell shows all three or none."""
    policy = load_policy(POLICY).model_copy(
        update={"smallest_denominator": FEW, "smallest_practice": 3, "smallest_average": 1}
    )
    truth = _truth(table)
    drawn = cells(
        cell("all/all", truth["Total", "met"], truth["Total", "Total"]),
        *(cell(f"municipality/{unit}", met, met + not_met) for unit, met, not_met in table),
    )
    parents = pl.DataFrame(schema={"period_end": pl.Date, "unit_id": pl.String, "cluster_id": pl.String})
    released = protect(drawn, policy, parents).cells
    gone = released.filter(pl.col("state") == "suppressed")["unit_id"].to_list()
    return {("Total" if unit == "all" else unit, side) for unit in gone for side in ("met", "not_met", "Total")}


def _found(truth: dict[Count, int], hidden: set[Count]) -> tuple[int, int]:
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


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
