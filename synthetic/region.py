"""Write an invented region's extracts, as they really come, and the answers they must give."""

import shutil
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from synthetic.chance import Chance, Window, day_number
from synthetic.country import load_country
from synthetic.known_answers import FOLDER, KnownAnswers
from synthetic.known_indicators.values import without_values
from synthetic.nation import national_parts, region_part
from synthetic.truth import make_region
from synthetic.writing import SECTORS, sector_files, told_facts, write_files
from tvaers.progress import track


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
        with track(f"Writing extracts{place}", len(SECTORS)) as advance:
            sectors = sector_files(region, chance, told, only_views=only_views)
            written, odd = write_files(folder, part, chance, sectors, messy=messy, advance=advance)
        if known_answers:
            answers.add(region, chance, told, written, odd, place)
        delivered = sum(delivery.rows.height for delivery in written)
        totals += (len(written) + len(odd), delivered, len(region.people), len(region.patients))
    if known_answers:
        answers.write(folder)
    files, rows, people, patients = totals.tolist()
    seconds = round(time.monotonic() - started, 1)
    return SynthSummary(files, rows, people, patients, seconds, without if known_answers else None)


def _years_before(ends_on: date, years: int) -> date:
    """Return the day after the same date some years before."""
    start = ends_on + timedelta(days=1)
    return start.replace(year=start.year - years)


def _empty(folder: Path) -> None:
    """Remove what an earlier call wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*SECTORS, FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
