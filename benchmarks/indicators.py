"""How long all indicators take, beside one bare scan-and-group of the fact table in the same run.

    python -m benchmarks.indicators --people 300000

Building the invented warehouse is not part of the measured time. The goal for 300,000 people, 75 million measurements,
20 quarters and all levels is 60 seconds and 6 GB on two cores.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

from benchmarks.invented_warehouse import Size, build
from indicators.catalogue import load_catalogue
from indicators.compute import compute_on
from indicators.members import MEMBERS_PER_CHUNK
from tvaers.settings import Settings
from warehouse.connection import open_for_build

ROOT = Path(__file__).parents[1]
BARE = """
    SELECT patient_id, analyte, year(taken_on), max_by(value, taken_on), max(taken_on)
    FROM core.measurement GROUP BY ALL
"""


def quarter_ends(last: date, number: int) -> list[date]:
    """Return so many quarter ends up to the last, which must be one itself."""
    ends = [last]
    while len(ends) < number:
        month = (ends[-1] + timedelta(days=1)).month - 3
        year = (ends[-1] + timedelta(days=1)).year - (month < 1)
        ends.append(date(year, month + 12 * (month < 1), 1) - timedelta(days=1))
    return sorted(ends)


def measure(
    size: Size, *, quarters: int, threads: int, memory: str, chunk: int, pack: str, folder: Path
) -> dict[str, object]:
    """Return the times, sizes and the ratio of one run."""
    path, key = folder / "benchmark.duckdb", os.urandom(32)
    catalogue = load_catalogue("type_2_diabetes", SimpleNamespace(folder=ROOT / "packs" / pack))
    with open_for_build(path, key, memory_limit=memory) as con:
        started = time.monotonic()
        build(con, size)
        built = time.monotonic() - started
    with open_for_build(path, key, memory_limit=memory) as con:
        con.execute(f"SET threads = {threads}")
        rows = con.execute("SELECT count(*) FROM core.measurement").fetchone()
        started = time.monotonic()
        con.execute(f"CREATE TEMP TABLE bare AS {BARE}")
        bare = time.monotonic() - started
        con.execute("DROP TABLE bare")
        before = peak_gigabytes()
        started = time.monotonic()
        summary = compute_on(con, catalogue, quarter_ends(date(2026, 9, 30), quarters), members_per_chunk=chunk)
        computed = time.monotonic() - started
    return {
        "people": size.people,
        "measurements": rows[0] if rows else 0,
        "indicators": summary.indicators,
        "quarters": quarters,
        "results": summary.results,
        "build_seconds": round(built, 1),
        "bare_scan_and_group_seconds": round(bare, 2),
        "compute_seconds": round(computed, 1),
        "ratio_to_bare": round(computed / bare, 1),
        "peak_gigabytes_before": before,
        "peak_gigabytes": peak_gigabytes(),
        "file_megabytes": round(path.stat().st_size / 1e6),
    }


def peak_gigabytes() -> float:
    """Return the largest memory this process ever had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--measurements-per-person", type=int, default=250)
    parser.add_argument("--municipalities", type=int, default=98)
    parser.add_argument("--practices", type=int, default=1_600)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="5GB")
    parser.add_argument("--chunk", type=int, default=MEMBERS_PER_CHUNK)
    parser.add_argument("--pack", default=Settings.model_fields["pack"].default)
    parser.add_argument("--folder", type=Path, help="Where the warehouse is built; a temporary folder when not given.")
    chosen = parser.parse_args(arguments)
    size = Size(chosen.people, chosen.measurements_per_person, chosen.municipalities, chosen.practices)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = measure(
            size,
            quarters=chosen.quarters,
            threads=chosen.threads,
            memory=chosen.memory,
            chunk=chosen.chunk,
            pack=chosen.pack,
            folder=Path(folder),
        )
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
