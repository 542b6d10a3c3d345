"""Write an invented region's extracts, as they really come, and the answers they must give."""

import shutil
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from synthetic.chance import Chance, Window, day_number
from synthetic.country import load_country
from synthetic.extracts.delivery import Delivery
from synthetic.extracts.hospital_files import write_hospital
from synthetic.extracts.laboratory_files import result_texts, write_laboratory
from synthetic.extracts.municipal_files import write_municipality
from synthetic.extracts.population_files import write_population
from synthetic.extracts.primary_care_files import (
    purchase_rows,
    service_rows,
    write_eye_screening,
    write_practice_record,
    write_prescriptions,
    write_services,
)
from synthetic.histories import Told
from synthetic.known_answers import FOLDER, KnownAnswers
from synthetic.known_indicators.values import without_values
from synthetic.nation import Part, national_parts, region_part
from synthetic.odd_files import SENT_AGAIN, OddFile, sent_again, spoil_all
from synthetic.truth import Region, make_region
from tvaers.progress import track

SECTORS = (
    "population",
    "hospital",
    "laboratory",
    "pharmacy",
    "insurance",
    "general_practice",
    "municipality",
    "eye_screening",
)


@dataclass(frozen=True)
class SynthSummary:
    """What was written.

    Attributes:
        files: Number of extract files.
        rows: Rows in all of them.
        people: People who ever lived in the region in the window.
        people_with_diabetes: Those of them with type 1 or type 2 diabetes observed in the window.
        seconds: Time taken.
        without_values: Why the known answers hold no indicator values; None when they do or when no known answers were
            asked for.
    """

    files: int
    rows: int
    people: int
    people_with_diabetes: int
    seconds: float
    without_values: str | None = None


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
    only_views: bool = False,
    indicator_values: bool | None = None,
) -> SynthSummary:
    """Write the extracts of an invented region.

    Args:
        folder: Where the sectors' folders are made; files of an earlier call are replaced.
        seed: The same seed and arguments always give the same files.
        inhabitants: Number of inhabitants on the last day. With `national`, the region's own size means the country's.
        messy: Also write every known fault of real deliveries, at known rates.
        national: The whole country instead of the region, part by part.
        ends_on: Last day covered.
        years: Years covered, ending on that day.
        known_answers: Also write what ingesting the files must give.
        indicator_values: Also write what computing must give on the last twenty quarter ends: the number of every cell.
            Unless told, for at most 20,000 inhabitants; it takes about 12 ms for each person with diabetes.
        only_views: The hospitals deliver the region's own views of all years, and no extract of the national register.

    Returns:
        Counts and time.
    """
    started = time.monotonic()
    country = load_country()
    window = Window(day_number(_years_before(ends_on, years)), day_number(ends_on))
    if national and inhabitants == country.region["inhabitants"]:
        inhabitants = country.region["nation"]["inhabitants"]
    parts = national_parts(country, inhabitants, seed) if national else [region_part(country, inhabitants)]
    _empty(folder)
    without = without_values(inhabitants, asked=indicator_values)
    answers = KnownAnswers(window, with_values=without is None)
    totals = np.zeros(4, dtype=np.int64)
    for part in parts:
        chance = Chance(seed, part.number)
        place = f", part {part.number + 1} of {len(parts)}" if len(parts) > 1 else ""
        with track(f"Inventing people and their care{place}"):
            region = make_region(
                chance, country, part.municipalities, window,
                inhabitants=part.inhabitants, practices=part.practices, parts=len(parts),
            )  # fmt: skip
            told = told_facts(region, chance, messy=messy)
        with track(f"Writing extracts{place}"):
            every = deliveries(region, chance, told, only_views=only_views)
            written, odd = _write_files(folder, part, chance, every, messy=messy)
        if known_answers:
            answers.add(region, chance, told, written, odd, place)
        delivered = sum(delivery.rows.height for delivery in written)
        totals += (len(written) + len(odd), delivered, len(region.people), len(region.patients))
    if known_answers:
        answers.write(folder)
    files, rows, people, patients = totals.tolist()
    seconds = round(time.monotonic() - started, 1)
    return SynthSummary(files, rows, people, patients, seconds, without if known_answers else None)


def _write_files(
    folder: Path, part: Part, chance: Chance, files: Iterable[Delivery], *, messy: bool
) -> tuple[list[Delivery], list[OddFile]]:
    """Write all files of a part; return what is known about each."""
    written: list[Delivery] = []
    odd: list[OddFile] = []

    def finish(delivery: Delivery, file: Future[Path]) -> None:
        path = file.result()
        if messy and not part.number and delivery.file_type == SENT_AGAIN and not any(one.is_copy for one in odd):
            odd.append(sent_again(path, delivery.sector))
        delivery.forget_texts()
        written.append(delivery)

    clean = (replace(delivery, part=part.label) for delivery in files)
    # One file is written while the rows of the next one are made.
    with ThreadPoolExecutor(1) as pool:
        begun: tuple[Delivery, Future[Path]] | None = None
        for delivery in spoil_all(clean, chance, odd) if messy else clean:
            if begun:
                finish(*begun)
            begun = delivery, pool.submit(delivery.write, folder)
        if begun:
            finish(*begun)
    for one in odd:
        one.write(folder)
    return written, odd


def told_facts(region: Region, chance: Chance, *, messy: bool = False) -> Told:
    """Return the numbered facts that several files may tell."""
    return Told(result_texts(region, chance, messy=messy), purchase_rows(region), service_rows(region, chance))


def deliveries(region: Region, chance: Chance, told: Told, *, only_views: bool = False) -> Iterator[Delivery]:
    """Yield all files of a region, in no particular order; of the hospitals on request the region's own views only."""
    yield from write_population(region, chance)
    yield from write_hospital(region, chance, only_views=only_views)
    yield from write_laboratory(region, told.results)
    yield from write_prescriptions(region, told.purchases)
    yield from write_services(region, told.services)
    yield from write_practice_record(region, chance)
    yield from write_eye_screening(region)
    yield from write_municipality(region, chance)


def _years_before(ends_on: date, years: int) -> date:
    """Return the day after the same date some years before."""
    start = ends_on + timedelta(days=1)
    return start.replace(year=start.year - years)


def _empty(folder: Path) -> None:
    """Remove what an earlier call wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*SECTORS, FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
