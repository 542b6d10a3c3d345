"""What one more indicator adds to a run, when it uses variables that other indicators use already.

    python -m benchmarks.one_more_indicator --folder DIR

The run over the whole catalogue is measured beside one without some indicators whose variables and lengths of period
others use too, in turn, so that what else the machine does meets both. One indicator is far less than the noise of a
run, so that several are left out at once and the difference is divided by their number. The goal is 2 % of the run.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from benchmarks.indicators import KEY, LAST_DAY, ROOT, built_warehouse, quarter_ends
from benchmarks.invented_warehouse import Size
from indicators.catalogue import Catalogue, load_catalogue
from indicators.compute import compute_on
from indicators.definitions.definition import Indicator
from tvaers.settings import Settings
from warehouse.connection import open_for_build


def needs(catalogue: Catalogue, indicators: Sequence[Indicator]) -> set[tuple[str, int]]:
    """Return what has to be read for some indicators: variables, each for a length of period in months."""
    return {(variable.name, each.period) for each in indicators for variable in catalogue.variables_of(each)}


def dispensable(catalogue: Catalogue, number: int) -> list[Indicator]:
    """Return so many indicators, spread over the catalogue, without which the same has to be read.

    Raises:
        ValueError: There are not so many.
    """
    everything = needs(catalogue, catalogue.indicators)
    step = max(1, len(catalogue.indicators) // (2 * number))
    spread = [each for first in range(step) for each in catalogue.indicators[first::step]]
    chosen: list[Indicator] = []
    for each in spread:
        rest = [other for other in catalogue.indicators if other is not each and other not in chosen]
        if len(chosen) < number and needs(catalogue, rest) == everything:
            chosen.append(each)
    if len(chosen) < number:
        raise ValueError(f"only {len(chosen)} indicators use nothing but what others use")
    return chosen


def worked(path: Path, catalogue: Catalogue, *, quarters: int, memory: str) -> float:
    """Return the seconds of processor time of one run over a catalogue, on one thread."""
    with open_for_build(path, KEY, memory_limit=memory) as con:
        con.execute("SET threads = 1")
        started = time.process_time()
        compute_on(con, catalogue, quarter_ends(LAST_DAY, quarters))
        return time.process_time() - started


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--left-out", type=int, default=10, help="Indicators left out at once.")
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--pack", default=Settings.model_fields["pack"].default)
    parser.add_argument("--folder", type=Path, help="Where the warehouse is kept and found again.")
    chosen = parser.parse_args(arguments)
    whole = load_catalogue("type_2_diabetes", SimpleNamespace(folder=ROOT / "packs" / chosen.pack))
    left_out = dispensable(whole, chosen.left_out)
    smaller = replace(whole, indicators=tuple(each for each in whole.indicators if each not in left_out))
    with tempfile.TemporaryDirectory() as temporary:
        path, _ = built_warehouse(chosen.folder or Path(temporary), Size(chosen.people, 250, 98, 1_600), chosen.memory)
        worked(path, whole, quarters=chosen.quarters, memory=chosen.memory)
        pairs = []
        for _ in range(chosen.pairs):
            without = worked(path, smaller, quarters=chosen.quarters, memory=chosen.memory)
            pairs.append((without, worked(path, whole, quarters=chosen.quarters, memory=chosen.memory)))
    shares = [100 * (everything / without - 1) / len(left_out) for without, everything in pairs]
    told = {
        "people": chosen.people,
        "quarters": chosen.quarters,
        "indicators": len(whole.indicators),
        "left_out": [each.id for each in left_out],
        "processor_seconds_without_and_with": [[round(part, 2) for part in pair] for pair in pairs],
        "one_more_indicator_percent": round(median(shares), 2),
        "lowest_and_highest_percent": [round(min(shares), 2), round(max(shares), 2)],
    }
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
