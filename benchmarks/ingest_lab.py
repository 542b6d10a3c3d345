"""How long a laboratory file takes from delivery to warehouse, beside bare DuckDB reading, typing and sorting it.

    python -m benchmarks.ingest_lab --rows 10000000

Ingest does everything: hash, recognise, pseudonymise, check, validate with report, conform, find duplicates, load into
an encrypted warehouse and swap it in. Bare DuckDB loads the same text into a plain database file, types it and sorts it
by person and date there. Each runs in a process of its own, one after the other. The goal is at most three times the
bare time, and less than 6 GB of memory. Exit code 1 when it is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

ROWS = 10_000_000
PEOPLE = 300_000
LIMIT_RATIO, LIMIT_GB = 3.0, 6.0
WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
NAME = "lab_dm_forsker_2016_2025.csv"
WRITE = """
    COPY (
        WITH birth AS (
            SELECT number, strftime(DATE '1930-01-01' + CAST(number % 25000 AS INTEGER), '%d%m%y') AS day,
                number // 25000 AS place
            FROM range(getvariable('people')) AS everyone(number)
        ),
        serial AS (SELECT lpad(CAST(number AS VARCHAR), 4, '0') AS text FROM range(4000) AS serials(number)),
        -- Of every birthday's numbers, those with a valid check digit, in order.
        remainder AS (
            SELECT DISTINCT day, ({day_sum}) % 11 AS day_sum FROM birth
        ),
        fitting AS (
            SELECT text, ({serial_sum}) % 11 AS serial_sum,
                row_number() OVER (PARTITION BY ({serial_sum}) % 11 ORDER BY text) - 1 AS place
            FROM serial
        ),
        person AS (
            SELECT birth.number, birth.day || fitting.text AS identifier
            FROM birth JOIN remainder USING (day)
            JOIN fitting ON fitting.serial_sum = (11 - remainder.day_sum) % 11 AND fitting.place = birth.place
        ),
        drawn AS (
            SELECT row, hash(row) % getvariable('people') AS number, hash(row, 1) % 3650 AS day,
                hash(row, 2) % 840 AS minute, CAST(hash(row, 3) % 3 AS BIGINT) AS analysis,
                (hash(row, 4) % 700) / 10 AS size
            FROM range(getvariable('rows')) AS results(row)
        )
        SELECT identifier AS patient_cpr,
            strftime(DATE '2016-01-01' + CAST(day AS INTEGER), '%Y-%m-%d') AS samplingdate,
            lpad(CAST(7 + minute // 60 AS VARCHAR), 2, '0') || ':' || lpad(CAST(minute % 60 AS VARCHAR), 2, '0')
                AS samplingtime,
            ['NPU27300', 'NPU01568', 'NPU18016'][analysis + 1] AS analysiscode,
            replace(CAST(round([30 + size, 1 + size / 14, 40 + size][analysis + 1], 1) AS VARCHAR), '.', ',') AS value,
            ['mmol/mol', 'mmol/L', 'umol/L'][analysis + 1] AS unit
        FROM drawn JOIN person USING (number)
        ORDER BY row
    ) TO '{path}' (HEADER, DELIMITER ';')
"""


class Took(NamedTuple):
    """One step: seconds by the clock, seconds of work by the processors, and peak memory."""

    clock: float
    work: float
    gigabytes: float


def write_extract(path: Path, rows: int) -> None:
    """Write invented results of people with a valid identifier."""
    day_sum = " + ".join(f"{weight} * CAST(day[{place}] AS INTEGER)" for place, weight in enumerate(WEIGHTS[:6], 1))
    serial_sum = " + ".join(f"{weight} * CAST(text[{place}] AS INTEGER)" for place, weight in enumerate(WEIGHTS[6:], 1))
    con = duckdb.connect()
    con.execute(f"SET VARIABLE people = {PEOPLE}; SET VARIABLE rows = {rows}")
    con.execute(WRITE.format(day_sum=day_sum, serial_sum=serial_sum, path=path))


def load_bare(path: Path, folder: Path) -> None:
    """Load, type and sort with DuckDB alone."""
    with duckdb.connect(str(folder / "bare.duckdb")) as con:
        con.execute(
            f"CREATE TABLE delivered AS FROM read_csv('{path}', delim = ';', header = true, all_varchar = true)"
        )
        con.execute(
            "CREATE TABLE typed AS SELECT patient_cpr, CAST(samplingdate AS DATE) AS taken_on, "
            "CAST(samplingtime AS TIME) AS taken_at, analysiscode, "
            "CAST(replace(value, ',', '.') AS DOUBLE) AS value, unit FROM delivered ORDER BY patient_cpr, taken_on"
        )


def load_all(path: Path, folder: Path) -> None:
    """Do what `tvaers ingest` does."""
    from ingest.job import run
    from tvaers.keys import create_key_file
    from tvaers.settings import Settings

    settings = Settings(home=folder / "home", key_file=folder / "master.key")
    settings.save()
    create_key_file(settings.key_file)
    (verdict,) = run(settings, path).files
    if verdict.loaded + verdict.duplicates != verdict.rows_in or not verdict.loaded:
        raise SystemExit(f"The file was not loaded as expected: {verdict}")


def measured(step: str, path: Path, folder: Path) -> Took:
    """Run one step in a process of its own."""
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.ingest_lab", "--step", step, str(path), str(folder)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"The step {step} failed.")
    unit = 1e9 if sys.platform == "darwin" else 1e6
    return Took(time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def main() -> int:
    """Measure both and compare."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--step", nargs=3, metavar=("STEP", "FILE", "FOLDER"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.step:
        step, path, folder = chosen.step
        {"bare": load_bare, "ingest": load_all}[step](Path(path), Path(folder))
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = folder / "extracts" / NAME
        path.parent.mkdir()
        write_extract(path, chosen.rows)
        print(f"{chosen.rows:,} rows of {PEOPLE:,} people, {path.stat().st_size / 1e6:,.0f} MB")
        bare, ours = measured("bare", path, folder), measured("ingest", path, folder)
    for name, took in (("bare DuckDB", bare), ("ingest", ours)):
        print(f"{name:12} {took.clock:6.1f} s by the clock, {took.work:6.1f} s of work, {took.gigabytes:.2f} GB")
    ratio = ours.clock / bare.clock
    print(f"ratio {ratio:.2f} by the clock (limit {LIMIT_RATIO:g}), {ours.work / bare.work:.2f} by work")
    return int(ratio > LIMIT_RATIO or ours.gigabytes >= LIMIT_GB)


if __name__ == "__main__":
    raise SystemExit(main())
