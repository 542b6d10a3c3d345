"""The national size: the region's own municipalities and invented ones, cut into parts that fit in memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synthetic.chance import Chance
from synthetic.country import Country, Municipality

FIRST_INVENTED_CODE = 901
"""Official municipality codes end below this."""
LOWEST_PREVALENCE, HIGHEST_PREVALENCE = 0.044, 0.088


@dataclass(frozen=True)
class Part:
    """A group of municipalities that is invented and written in one go.

    Attributes:
        number: From 0.
        label: Added to the file names; empty when there is only one part.
        municipalities: The municipalities.
        inhabitants: Their inhabitants on the last day, together.
        practices: Their practices, together.
    """

    number: int
    label: str
    municipalities: tuple[Municipality, ...]
    inhabitants: int
    practices: int


def region_part(country: Country, inhabitants: int) -> Part:
    """Return the region as one part; the number of practices follows the number of inhabitants."""
    practices = round(country.region["practices"] * inhabitants / country.region["inhabitants"])
    return Part(0, "", country.municipalities, inhabitants, practices)


def national_parts(country: Country, inhabitants: int, seed: int) -> list[Part]:
    """Return all parts of the country.

    Args:
        country: Country data.
        inhabitants: Of the whole country.
        seed: Seed of sizes and prevalences of the invented municipalities.
    """
    nation = country.region["nation"]
    municipalities = [*country.municipalities, *_invented(country, seed)]
    total = sum(place.inhabitants for place in municipalities)
    each = nation["municipalities_per_part"]
    groups = [tuple(municipalities[start : start + each]) for start in range(0, len(municipalities), each)]
    parts = []
    for number, group in enumerate(groups):
        share = sum(place.inhabitants for place in group) / total
        parts.append(
            Part(
                number,
                f"_del{number + 1:02d}",
                group,
                round(inhabitants * share),
                round(nation["practices"] * share),
            )
        )
    return parts


def _invented(country: Country, seed: int) -> Iterator[Municipality]:
    """Yield invented municipalities; their names say that they are."""
    nation = country.region["nation"]
    own = country.municipalities
    count = nation["municipalities"] - len(own)
    draw = Chance(seed).about("invented municipalities")
    size = np.exp(draw.normal(0.0, 0.6, count))
    size *= (nation["inhabitants"] - sum(place.inhabitants for place in own)) / size.sum()
    prevalence = np.clip(draw.normal(0.068, 0.010, count), LOWEST_PREVALENCE, HIGHEST_PREVALENCE)
    hospitals = [hospital["code"] for hospital in country.region["hospitals"]]
    for index in range(count):
        yield Municipality(
            code=f"{FIRST_INVENTED_CODE + index:04d}",
            name=f"{nation['invented_name']} {index + 1}",
            inhabitants=round(size[index]),
            diabetes_prevalence=float(prevalence[index]),
            clusters=max(1, round(size[index] / 50_000)),
            control=float(draw.normal(0.0, 0.12)),
            process=float(draw.normal(0.0, 0.20)),
            hospital=hospitals[index % len(hospitals)],
        )
