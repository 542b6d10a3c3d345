"""General practices of uneven size, their clusters, and how their care differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic.chance import NEVER, Chance, Days, Floats, Ints, Window
from synthetic.country import Municipality
from synthetic.names import NamePools

Text = npt.NDArray[np.str_]
QUALITIES = ("control", "process", "lipids", "pressure", "feet", "eyes", "kidneys", "drugs", "referral")
FIRST_PRACTICE_NUMBER = 10_001


@dataclass(frozen=True)
class Practices:
    """All practices of the invented region, one array element each.

    Attributes:
        code: Practice id: six digits with leading zeros.
        name: Invented name.
        municipality: Index of the municipality.
        size: Relative list size.
        cluster: Cluster id.
        cluster_name: Cluster name.
        starts_on: First day.
        ends_on: Last day, or NEVER.
        successor: Practice that takes over the list when this one closes; itself otherwise.
        quality: How far each practice lies from the average (standard deviations), one array per quality.
    """

    code: Text
    name: Text
    municipality: Ints
    size: Floats
    cluster: Text
    cluster_name: Text
    starts_on: Days
    ends_on: Days
    successor: Ints
    quality: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.code)


def make_practices(
    chance: Chance,
    municipalities: Sequence[Municipality],
    names: NamePools,
    window: Window,
    *,
    count: int,
    closures: int,
    fewest: int,
    patterns: Mapping[str, str],
) -> Practices:
    """Invent practices: sizes log-normal, some closing during the window.

    Args:
        chance: Seed and part.
        municipalities: Where they lie.
        names: Streets for their names.
        window: Days covered.
        count: How many, about.
        closures: How many close, at most.
        fewest: At least so many in every municipality.
        patterns: How a `practice` and a `cluster` are called; no clusters where the latter is empty.
    """
    draw = chance.about("practices")
    shares = np.array([place.inhabitants for place in municipalities], dtype=np.float64)
    per_place = np.maximum(fewest, np.round(count * shares / shares.sum()).astype(np.int64))
    municipality = np.repeat(np.arange(len(municipalities)), per_place)
    total = len(municipality)
    numbers = FIRST_PRACTICE_NUMBER + chance.part * 400 + draw.permutation(min(400, max(total, 100)))[:total]
    size = np.exp(draw.normal(0.0, 0.55, total))
    within = np.concatenate([np.arange(many) for many in per_place])
    clusters = np.array([place.clusters for place in municipalities])[municipality]
    order_in_cluster = within % clusters
    places = [municipalities[index] for index in municipality.tolist()]
    numbered = list(zip(places, order_in_cluster.tolist(), strict=True))
    called = patterns["cluster"]
    cluster_names = [called and f"{called.format(place.name)} {number + 1}" for place, number in numbered]
    cluster_ids = [called and f"K{place.code}{number + 1}" for place, number in numbered]
    ends_on = np.full(total, NEVER, dtype=np.int32)
    successor = np.arange(total)
    closing = draw.permutation(total)[: min(closures, total // 12)]
    for practice in closing:
        neighbours = np.flatnonzero((municipality == municipality[practice]) & ~np.isin(np.arange(total), closing))
        if len(neighbours):
            ends_on[practice] = window.first + round(window.length * draw.uniform(0.15, 0.85))
            successor[practice] = neighbours[draw.integers(0, len(neighbours))]
    return Practices(
        code=np.char.zfill(numbers.astype(str), 6),
        name=names.practices(draw, total, patterns["practice"]),
        municipality=municipality,
        size=size,
        cluster=np.array(cluster_ids),
        cluster_name=np.array(cluster_names),
        starts_on=(window.first - draw.integers(400, 9000, total)).astype(np.int32),
        ends_on=ends_on,
        successor=successor,
        quality=_qualities(draw, municipalities, municipality),
    )


def _qualities(
    draw: np.random.Generator, municipalities: Sequence[Municipality], municipality: Ints
) -> dict[str, Floats]:
    """Draw correlated qualities: a good practice tends to be good at most things, with exceptions."""
    overall = draw.normal(0.0, 1.0, len(municipality))
    quality = {name: 0.55 * overall + 0.835 * draw.normal(0.0, 1.0, len(municipality)) for name in QUALITIES}
    place_process = np.array([place.process for place in municipalities])[municipality]
    for name in QUALITIES:
        if name != "control":
            quality[name] = quality[name] + place_process
    return quality
