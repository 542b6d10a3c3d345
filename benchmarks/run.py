"""Run every benchmark in a process of its own and write what it printed, with its peak memory, into RESULTS.md.

Usage: python benchmarks/run.py [NAME [OPTION ...]]
"""

import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = (
    "ingest_lab",
    "indicators",
    "one_more_indicator",
    "measures",
    "dashboard_rerun",
    "dashboard_load",
    "national_release",
)
LIBRARIES = ("duckdb", "polars", "great-expectations", "streamlit")


@dataclass(frozen=True)
class Measured:
    """One benchmark's own words, and what the operating system says about its process."""

    name: str
    printed: str
    seconds: float
    peak_memory_gb: float
    exit_code: int


def measure(name: str, *options: str) -> Measured:
    """Run one benchmark and wait for it."""
    sys.stderr.write(f"Running {name} …\n")
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{name}", *options], stdout=subprocess.PIPE, text=True, cwd=HERE.parent
    )
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1e9 if sys.platform == "darwin" else 1e6
    return Measured(name, printed, time.monotonic() - started, usage.ru_maxrss / unit, process.returncode)


def written(results: list[Measured]) -> str:
    """Return the results as a page."""
    machine = f"{os.cpu_count()} cores, {_memory_gb():.0f} GB, Python {platform.python_version()}"
    lines = [
        "# Results",
        "",
        "Written by `make bench`; compare the ratios, since absolute times depend on the machine.",
        "",
        f"- {datetime.now(tz=UTC):%Y-%m-%d}, {machine}",
        "- " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    ]
    for result in results:
        lines += ["", f"## {result.name}", "", "```text", result.printed.strip(), "```", ""]
        lines.append(f"Whole process: {result.seconds:.1f} s, peak memory {result.peak_memory_gb:.2f} GB.")
    return "\n".join(lines) + "\n"


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def main() -> int:
    """Run all, or the one that is named; only a full run rewrites the page."""
    named = sys.argv[1:]
    results = [measure(*named)] if named else [measure(name) for name in BENCHMARKS]
    if named:
        print(written(results))
    else:
        (HERE / "RESULTS.md").write_text(written(results), encoding="utf-8")
    return max(result.exit_code for result in results)


if __name__ == "__main__":
    raise SystemExit(main())
