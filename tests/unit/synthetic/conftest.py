from datetime import date

import pytest

from synthetic.chance import Chance, Window, day_number
from synthetic.country import load_country
from synthetic.truth import Region, make_region
from tests.lib.synthetic_levels import found

WINDOW = Window(day_number(date(2016, 10, 1)), day_number(date(2026, 9, 30)))
CHANCE = Chance(11)


def invent(chance: Chance, inhabitants: int) -> Region:
    country = load_country()
    practices = max(1, round(90 * inhabitants / 245_000))
    return make_region(chance, country, country.municipalities, WINDOW, inhabitants=inhabitants, practices=practices)


@pytest.fixture(scope="session")
def small_region() -> Region:
    return invent(CHANCE, 6_000)


@pytest.fixture(scope="session")
def region() -> Region:
    """Large enough for shares to hold within their tolerances."""
    return invent(CHANCE, 60_000)


@pytest.fixture(scope="session")
def truth(region: Region) -> dict[int, tuple[str, int]]:
    return found(region, CHANCE)
