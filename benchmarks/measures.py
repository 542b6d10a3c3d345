"""How long published measures take on FHIR test patients, program start, reading and comparing included.

    python -m benchmarks.measures --patients 8000

The patients are random, with invented value sets; what is expected of them comes from the slow implementation in
tests/oracle, so the run is a proof as well: exit code 1 when a patient comes out otherwise, or the limit is missed.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lib.fhir_patients import Json, invented_value_sets, write_lines
from tests.oracle.random_test_patients import names_of, random_patient
from tests.oracle.slow_measures import SLOW, slow_populations

LIMIT_MILLISECONDS = 5.0


def expected_patient(chance: random.Random, number: int) -> Json:
    """Return a random test patient of one of the measures, with what the slow implementation finds."""
    measure = list(SLOW)[number % len(SLOW)]
    made = random_patient(chance, number, measure)
    expected = slow_populations(made, measure, names_of)
    made["entry"][1]["resource"]["group"][0]["population"] = [
        {"code": {"coding": [{"code": population}]}, "count": count} for population, count in expected.items()
    ]
    return made


def main() -> int:
    """Write the patients, check them in a process of its own, and print the processor time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=8_000)
    patients = parser.parse_args().patients
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        sets = Path(folder) / "value_sets.json"
        sets.write_text(json.dumps(invented_value_sets()), encoding="utf-8")
        file = write_lines(Path(folder) / "patients.ndjson", [expected_patient(chance, n) for n in range(patients)])
        size = file.stat().st_size
        words = ["measure", "check", str(file), "--value-sets", str(sets), "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "tvaers", *words], check=False, capture_output=True, text=True, timeout=3_600
        )
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = usage.ru_utime + usage.ru_stime
    each = 1_000 * work / patients
    agrees = done.returncode == 0 and json.loads(done.stdout)["agrees"]
    print(f"{patients:,} patients, {size / 1e6:.0f} MB, {work:.1f} s of work, {each:.2f} ms each, agrees: {agrees}")
    return 0 if agrees and each <= LIMIT_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
