"""Pools of invented names and addresses, so that Faker is asked a few hundred times and not once per person."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from faker import Faker

from synthetic.chance import Ints

Text = npt.NDArray[np.str_]
POOL = 400


@dataclass(frozen=True)
class NamePools:
    """Invented first names by sex, surnames and streets."""

    men: Text
    women: Text
    surnames: Text
    streets: Text

    def people(self, draw: np.random.Generator, sex: npt.NDArray[np.int8]) -> Text:
        """Return one full name per person."""
        count = len(sex)
        first = np.where(
            sex == 1,
            self.men[draw.integers(0, len(self.men), count)],
            self.women[draw.integers(0, len(self.women), count)],
        )
        surname = self.surnames[draw.integers(0, len(self.surnames), count)]
        return np.char.add(np.char.add(first, " "), surname)

    def addresses(self, draw: np.random.Generator, count: int) -> Text:
        """Return street and house number."""
        numbers: Ints = draw.integers(1, 180, count)
        streets = self.streets[draw.integers(0, len(self.streets), count)]
        return np.char.add(np.char.add(streets, " "), numbers.astype(str))

    def practices(self, draw: np.random.Generator, count: int, pattern: str) -> Text:
        """Return distinct practice names; `{}` in the pattern is a street."""
        streets = self.streets[draw.permutation(len(self.streets))[np.arange(count) % len(self.streets)]]
        turn = np.arange(count) // len(self.streets)
        suffix = np.where(turn > 0, np.char.add(" ", (turn + 1).astype(str)), "")
        before, after = pattern.split("{}")
        return np.char.add(np.char.add(np.char.add(before, streets), after), suffix)


@lru_cache
def name_pools(locale: str) -> NamePools:
    """Return pools of names in a language, always the same ones."""
    faker = Faker(locale)
    faker.seed_instance(1)
    return NamePools(
        men=np.array(sorted({faker.first_name_male() for _ in range(POOL)})),
        women=np.array(sorted({faker.first_name_female() for _ in range(POOL)})),
        surnames=np.array(sorted({faker.last_name() for _ in range(POOL)})),
        streets=np.array(sorted({faker.street_name() for _ in range(POOL)})),
    )
