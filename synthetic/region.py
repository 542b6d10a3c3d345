"""Write an invented region's extracts, as they really come, and the answers they must give."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from synthetic.chance import Chance, Window, day_number
from synthetic.country import load_country
from synthetic.extracts.delivery import Delivery
from synthetic.extracts.hospital_files import write_hospital
from synthetic.extracts.laboratory_files import write_laboratory
from synthetic.extracts.municipal_files import write_municipality
from synthetic.extracts.population_files import write_population
from synthetic.extracts.primary_care_files import (
    write_eye_screening,
    write_practice_record,
    write_prescriptions,
    write_services,
)
from synthetic.truth import Region, make_region
from tvaers.progress import track

DELIVERED_AFTER_DAYS = 5
Writer = Callable[[Region, Chance], Iterator[Delivery]]


@dataclass(frozen=True)
class SynthSummary:
    """What was written.

    Attributes:
        files: Number of extract files.
        rows: Rows in all of them.
        people: People who ever lived in the region in the window.
        people_with_diabetes: Those of them with type 1 or type 2 diabetes observed in the window.
        seconds: Time taken.
    """

    files: int
    rows: int
    people: int
    people_with_diabetes: int
    seconds: float


def write_region(
    folder: Path,
    *,
    seed: int = 1,
    inhabitants: int = 245_000,
    messy: bool = False,
    national: bool = False,
    ends_on: date = date(2026, 9, 30),
    years: int = 10,
    known_answers: bool = True,
) -> SynthSummary:
    """Write the extracts of an invented region.

    Args:
        folder: Where the sectors' folders are made; files of an earlier call are replaced.
        seed: The same seed and arguments always give the same files.
        inhabitants: Number of inhabitants on the last day.
        messy: Also write every known fault of real deliveries, at known rates.
        national: The whole country instead of the region, part by part.
        ends_on: Last day covered.
        years: Years covered, ending on that day.
        known_answers: Also write what ingesting the files must give.

    Returns:
        Counts and time.
    """
    started = time.monotonic()
    country = load_country()
    window = Window(day_number(_years_before(ends_on, years)), day_number(ends_on))
    _empty(folder)
    files = rows = 0
    with track("Inventing people and their care"):
        chance = Chance(seed)
        share = inhabitants / country.region["inhabitants"]
        region = make_region(
            chance, country, country.municipalities, window,
            inhabitants=inhabitants, practices=round(country.region["practices"] * share),
        )  # fmt: skip
    with track("Writing extracts"):
        for delivery in _deliveries(region, chance):
            path = delivery.write(folder)
            _stamp(path, ends_on + timedelta(days=DELIVERED_AFTER_DAYS))
            files, rows = files + 1, rows + delivery.rows.height
    return SynthSummary(files, rows, len(region.people), len(region.patients), round(time.monotonic() - started, 1))


def _deliveries(region: Region, chance: Chance) -> Iterator[Delivery]:
    yield from write_population(region, chance)
    yield from write_hospital(region, chance)
    yield from write_laboratory(region, chance)
    yield from write_prescriptions(region)
    yield from write_services(region, chance)
    yield from write_practice_record(region, chance)
    yield from write_eye_screening(region)
    yield from write_municipality(region, chance)


def _years_before(ends_on: date, years: int) -> date:
    """Return the day after the same date some years before."""
    start = ends_on + timedelta(days=1)
    return start.replace(year=start.year - years)


def _stamp(path: Path, delivered_on: date) -> None:
    """Give a file its day of delivery; ingest takes it from the file's time."""
    moment = (delivered_on - date(1970, 1, 1)).days * 86_400 + 43_200
    os.utime(path, (moment, moment))


def _empty(folder: Path) -> None:
    """Remove what an earlier call wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*SECTORS, "known_answers"):
        shutil.rmtree(folder / name, ignore_errors=True)


SECTORS = (
    "population", "hospital", "laboratory", "pharmacy", "insurance", "general_practice", "municipality", "eye_screening",
)  # fmt: skip
