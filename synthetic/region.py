"""Write an invented region's extracts, as they really come, and the answers they must give."""

import shutil
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from synthetic.chance import Chance, Window, day_number
from synthetic.country import Country, load_country
from synthetic.known_answers import FOLDER, KnownAnswers
from synthetic.known_indicators.values import without_values
from synthetic.nation import national_parts, region_part
from synthetic.shapes import shapes_of
from synthetic.truth import make_region
from synthetic.writing import SECTORS, told_facts, write_files
from tvaers.errors import SettingsError
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
    inhabitants: int | None = None,
    messy: bool = False,
    national: bool = False,
    ends_on: date = date(2026, 9, 30),
    years: int = 10,
    known_answers: bool = True,
    only_views: bool = False,
    indicator_values: bool | None = None,
    country: str | None = None,
) -> SynthSummary:
    """Write the extracts of an invented region.

    Args:
        folder: Where the sectors' folders are made; files of an earlier call are replaced.
        seed: The same seed and arguments always give the same files.
        inhabitants: Number of inhabitants on the last day; None for the region's own size. With `national`, that means
            the country's.
        messy: Also write every known fault of real deliveries, at known rates.
        national: The whole country instead of the region, part by part.
        ends_on: Last day covered.
        years: Years covered, ending on that day.
        known_answers: Also write what ingesting the files must give.
        indicator_values: Also write what computing must give on the last twenty quarter ends: the number of every cell.
            Unless told, for at most 20,000 inhabitants; it takes about 12 ms for each person with diabetes.
        only_views: The hospitals deliver the region's own views of all years, and no extract of the national register.
        country: A folder below `synthetic/countries/`; None for the default one.

    Returns:
        Counts and time.

    Raises:
        DefinitionError: There is no such country.
        SettingsError: The country cannot be written in the way asked for.
    """
    started = time.monotonic()
    invented = load_country(country)
    _refuse_what_is_not_there(invented, messy=messy, national=national, known_answers=known_answers)
    window = Window(day_number(_years_before(ends_on, years)), day_number(ends_on))
    inhabitants = inhabitants or invented.region["inhabitants"]
    if national and inhabitants == invented.region["inhabitants"]:
        inhabitants = invented.region["nation"]["inhabitants"]
    parts = national_parts(invented, inhabitants, seed) if national else [region_part(invented, inhabitants)]
    _empty(folder)
    without = without_values(inhabitants, asked=indicator_values)
    answers = KnownAnswers(window, with_values=without is None)
    totals = np.zeros(4, dtype=np.int64)
    for part in parts:
        chance = Chance(seed, part.number)
        place = f", part {part.number + 1} of {len(parts)}" if len(parts) > 1 else ""
        with track(f"Inventing people and their care{place}"):
            region = make_region(
                chance, invented, part.municipalities, window,
                inhabitants=part.inhabitants, practices=part.practices, parts=len(parts),
            )  # fmt: skip
            told = told_facts(region, chance, messy=messy)
        with track(f"Writing extracts{place}", len(SECTORS)) as advance:
            sectors = shapes_of(invented).sector_files(region, chance, told, only_views=only_views)
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


def _refuse_what_is_not_there(country: Country, **asked: bool) -> None:
    """Refuse what a country's folder has no data for.

    Raises:
        SettingsError: It was asked for.
    """
    needed = {"national": "nation", "messy": "loading_order", "known_answers": "loading_order"}
    lacking = [name for name, is_asked in asked.items() if is_asked and needed[name] not in country.region]
    if lacking:
        raise SettingsError(
            f"The invented country '{country.name}' cannot be written like this yet.",
            where=f"synthetic/countries/{country.name}/region.yaml",
            how_much=", ".join(lacking),
            what_to_do="Leave these options out.",
        )


def _years_before(ends_on: date, years: int) -> date:
    """Return the day after the same date some years before."""
    start = ends_on + timedelta(days=1)
    return start.replace(year=start.year - years)


def _empty(folder: Path) -> None:
    """Remove what an earlier call wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*SECTORS, FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
