"""Another judge: ACRO, which checks what researchers want to take out, beside our own disclosure control.

Its package needs a pandas that ours must not have, so it is installed into an environment of its own, with pinned
versions, and asked by a process. On tables of units by met and not met, with all totals, each group that it flags as
smaller than five people must be one that is small by ours, and hidden. It flags groups of nobody too, which ours shows:
what a nought tells is that nobody is there. It hides nothing for the sake of other cells, so no pattern is compared.

Run `python -m tests.judges.acro FOLDER`; the folder keeps the environment. It needs the package index once.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path

from tests.judges.tables import FEW, Count, Table, drawn_tables, hidden_by_us, truth_of

PINNED = ("acro==1.0.2", "pandas==2.3.3", "numpy==2.4.6")
# Its own table of people: one row per person; the answer is what it flags of every cell.
ASKED_THERE = f"""
import json, logging, sys, pandas, acro
logging.disable(logging.CRITICAL)
answers = []
for table in json.load(sys.stdin):
    people = [(unit, side) for unit, met, not_met in table for side in ["met"] * met + ["not_met"] * not_met]
    frame = pandas.DataFrame(people, columns=["unit", "side"])
    judge = acro.ACRO(suppress=False)
    judge.config.update(safe_threshold={FEW}, zeros_are_disclosive=False)
    judge.crosstab(frame.unit, frame.side, margins=True, margins_name="Total")
    outcome = judge.results.get_index(0).outcome
    answers.append([(unit, side, outcome.loc[unit, side]) for unit in outcome.index for side in outcome.columns])
json.dump(answers, open(sys.argv[1], "w"))
"""


def main(folder: Path) -> int:
    """Compare both on drawn tables, print one line per table, and return 0 where they agree."""
    faults = 0
    tables = drawn_tables()
    for number, (table, theirs) in enumerate(zip(tables, _asked(folder, tables), strict=True), start=1):
        truth = truth_of(table)
        somebody = {count for count, people in truth.items() if people}
        small = {count for count in somebody if truth[count] < FEW}
        flagged = {count for count, outcome in theirs.items() if "MinimumThresholdCheck" in outcome}
        is_same = theirs.keys() >= somebody and flagged & somebody == small
        is_hidden = flagged & somebody <= hidden_by_us(table)
        faults += not (is_same and is_hidden)
        print(  # noqa: T201 - a script that reports
            f"table {number}: small {len(small)}, the same there {is_same}, all hidden by us {is_hidden}; nobody "
            f"flagged there {len(flagged - somebody)}"
        )
    return int(faults > 0)


def _asked(folder: Path, tables: list[Table]) -> list[dict[Count, str]]:
    """Return what ACRO says of each count, asked in its own environment."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PINNED], check=True)
    answer = folder / "answer.json"
    # It leaves records where it runs.
    subprocess.run(
        [python.absolute(), "-c", ASKED_THERE, answer.name],
        input=json.dumps(tables),
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    return [
        {(unit, side): outcome for unit, side, outcome in rows}
        for rows in json.loads(answer.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
