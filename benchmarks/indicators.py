"""How long all indicators take, beside one bare scan-and-group of the fact table in the same run.

    python -m benchmarks.indicators --people 300000
    python -m benchmarks.indicators --people 100000 --only hba1c_below_53

Building the invented warehouse is not part of the measured time; with `--folder` it is built there once and used again.
The goal for 300,000 people, 75 million measurements, 20 quarters and all levels is 90 seconds and 6 GB on two cores.
With `--only` one indicator is computed for each of five years in a process of its own, for people who are classified
already and without what is told beside it (case mix, groups of patients); the goal for 100,000 people is 3 seconds by
the clock with the process's start, and 1 second of computing.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

from benchmarks.invented_warehouse import Size, build
from indicators.catalogue import load_catalogue
from indicators.compute import compute_on
from indicators.definitions.definition_files import definition_paths, load_indicator
from tvaers.settings import Settings
from warehouse.connection import open_for_build
from warehouse.schema import schema_version

ROOT = Path(__file__).parents[1]
LAST_DAY = date(2026, 9, 30)
# Nobody in the warehouse exists, so its key is no secret, and the file can be used again.
KEY = bytes(32)
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


def built_warehouse(folder: Path, size: Size, memory: str) -> tuple[Path, float]:
    """Return an invented warehouse of a size in a folder, and the seconds it took to build; 0 when it was there."""
    shape = f"{size.people}_{size.measurements_per_person}_{size.municipalities}_{size.practices}"
    path = folder / f"invented_{shape}_v{schema_version()}.duckdb"
    if path.exists():
        return path, 0.0
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    started = time.monotonic()
    with open_for_build(unfinished, KEY, memory_limit=memory) as con:
        build(con, size)
    unfinished.rename(path)
    return path, time.monotonic() - started


def measure(path: Path, *, quarters: int, threads: int, memory: str, chunk: int | None, pack: str) -> dict[str, object]:
    """Return the times, sizes and the ratio of one run over all indicators."""
    catalogue = load_catalogue("type_2_diabetes", SimpleNamespace(folder=ROOT / "packs" / pack))
    with open_for_build(path, KEY, memory_limit=memory) as con:
        con.execute(f"SET threads = {threads}")
        rows = con.execute("SELECT count(*) FROM core.measurement").fetchone()
        started = time.monotonic()
        con.execute(f"CREATE TEMP TABLE bare AS {BARE}")
        bare = time.monotonic() - started
        con.execute("DROP TABLE bare")
        before = peak_gigabytes()
        started, worked = time.monotonic(), time.process_time()
        summary = compute_on(con, catalogue, quarter_ends(LAST_DAY, quarters), members_per_chunk=chunk)
        computed, worked = time.monotonic() - started, time.process_time() - worked
    return {
        "measurements": rows[0] if rows else 0,
        "indicators": summary.indicators,
        "quarters": quarters,
        "results": summary.results,
        "bare_scan_and_group_seconds": round(bare, 2),
        "compute_seconds": round(computed, 1),
        "compute_processor_seconds": round(worked, 1),
        "ratio_to_bare": round(computed / bare, 1),
        "peak_gigabytes_before": before,
        "peak_gigabytes": peak_gigabytes(),
        "file_megabytes": round(path.stat().st_size / 1e6),
    }


def classify_once(path: Path, *, memory: str, pack: str) -> None:
    """Classify everybody in a warehouse, unless that was done."""
    with open_for_build(path, KEY, memory_limit=memory) as con:
        if not con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'indicator'").fetchall():
            catalogue = load_catalogue("type_2_diabetes", SimpleNamespace(folder=ROOT / "packs" / pack))
            compute_on(con, catalogue, [LAST_DAY])


def measure_one(path: Path, indicator: str, *, memory: str, pack: str) -> dict[str, object]:
    """Return the times of one indicator in a process of its own, its start included."""
    classify_once(path, memory=memory, pack=pack)
    command = [sys.executable, "-m", "benchmarks.indicators", "--computing", str(path), "--only", indicator]
    started = time.monotonic()
    told = subprocess.run([*command, "--memory", memory, "--pack", pack], check=True, capture_output=True, cwd=ROOT)
    return {"seconds_with_start": round(time.monotonic() - started, 2), **json.loads(told.stdout)}


def compute_one(path: Path, indicator: str, *, memory: str, pack: str) -> dict[str, object]:
    """Compute one indicator for each of five years, for the people whom the warehouse has classified already."""
    started, worked = time.monotonic(), time.process_time()
    chosen = [load_indicator(path) for path in definition_paths("type_2_diabetes") if path.stem == indicator]
    known = load_catalogue("type_2_diabetes", SimpleNamespace(folder=ROOT / "packs" / pack), chosen)
    catalogue = replace(known, case_mix=None, stratifiers=None)
    loaded = time.monotonic()
    with open_for_build(path, KEY, memory_limit=memory) as con:
        opened = time.monotonic()
        years = quarter_ends(LAST_DAY, 20)[3::4]
        summary = compute_on(con, catalogue, years, diabetes_definition=catalogue.populations.classifier)
        computed = time.monotonic()
    return {
        "indicator": indicator,
        "years": len(years),
        "results": summary.results,
        "loading_definitions_seconds": round(loaded - started, 2),
        "compute_seconds": round(computed - opened, 2),
        "processor_seconds": round(time.process_time() - worked, 2),
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
    parser.add_argument("--chunk", type=int, help="People at a time; the engine's choice when not given.")
    parser.add_argument("--pack", default=Settings.model_fields["pack"].default)
    parser.add_argument("--only", help="Compute only this indicator, by year, in a process of its own.")
    parser.add_argument("--computing", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--folder", type=Path, help="Where the warehouse is kept and found again; a temporary folder when not given."
    )
    chosen = parser.parse_args(arguments)
    if chosen.computing:
        told = compute_one(chosen.computing, chosen.only, memory=chosen.memory, pack=chosen.pack)
        sys.stdout.write(json.dumps(told) + "\n")
        return
    size = Size(chosen.people, chosen.measurements_per_person, chosen.municipalities, chosen.practices)
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        path, built = built_warehouse(folder, size, chosen.memory)
        found: dict[str, object] = {"people": size.people, "build_seconds": round(built, 1)}
        if chosen.only:
            found |= measure_one(path, chosen.only, memory=chosen.memory, pack=chosen.pack)
        else:
            found |= measure(
                path,
                quarters=chosen.quarters,
                threads=chosen.threads,
                memory=chosen.memory,
                chunk=chosen.chunk,
                pack=chosen.pack,
            )
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
