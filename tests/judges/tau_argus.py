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

from tests.judges.tables import FEW, Count, Table, drawn_tables, given_away, hidden_by_us, truth_of

PINNED = ("pytauargus==0.6.0", "pandas==2.3.3", "numpy==2.4.6")
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


def main(folder: Path) -> int:
    """Compare both on drawn tables, print one line per table, and return 0 where they agree."""
    tables = drawn_tables()
    faults = 0
    for number, (table, theirs) in enumerate(zip(tables, _asked(folder, tables), strict=True), start=1):
        truth = truth_of(table)
        small = {count for count, people in truth.items() if 1 <= people < FEW}
        primary = {count for count, status in theirs.items() if status == "U"}
        their_pattern = {count for count, status in theirs.items() if status in "UM"}
        our_pattern = hidden_by_us(table)
        found = {name: given_away(truth, hidden) for name, hidden in (("ours", our_pattern), ("theirs", their_pattern))}
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


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
