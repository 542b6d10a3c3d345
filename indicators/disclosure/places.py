"""Where cells stand: levels, units, sexes and age bands, and which of them add up to which."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tvaers.errors import DisclosureError

PLACE = ["level", "unit_id", "sex", "age_band"]
ABSENT = -1


@dataclass(frozen=True)
class Totals:
    """Equations between places: entry by entry, the equation, the place, and +1 for a part or -1 for the total."""

    equation: NDArray[np.int64]
    place: NDArray[np.int64]
    sign: NDArray[np.int8]
    number: int


def find_totals(
    places: pl.DataFrame, parents: pl.DataFrame, values: NDArray[np.int64]
) -> tuple[Totals, NDArray[np.int64]]:
    """Return the totals, and the values with one more place for each total that its parts do not reach.

    Args:
        places: Distinct level, unit, sex and age band; the row number is the place's number.
        parents: Practices and their cluster: `unit_id`, `cluster_id`.
        values: Quantities by places; -1 where a quantity is not known.

    Raises:
        DisclosureError: The parts of a total over everybody are more than the total.
    """
    groups = _parts(places, parents)
    equation, place, sign = [], [], []
    rests: list[NDArray[np.int64]] = []
    number = 0
    width = values.shape[1]
    for (family, total), parts in sorted(groups.items()):
        known = (values[:, [total, *parts]] != ABSENT).all(axis=1)
        rest = np.where(known, values[:, total] - values[:, parts].sum(axis=1), 0)
        if (rest < 0).any():
            if family == "practices of a cluster":
                continue
            raise DisclosureError(
                "The cells of a level add up to more than their total.",
                where=f"{family}, place {places.row(total)}",
                how_much=f"{int((rest < 0).sum())} counts.",
                what_to_do="Compute the indicators again: tvaers compute",
            )
        entries = [total, *parts]
        if rest.any():
            entries.append(width + len(rests))
            rests.append(np.where(known, rest, ABSENT))
        equation += [number] * len(entries)
        place += entries
        sign += [-1] + [1] * (len(entries) - 1)
        number += 1
    totals = Totals(np.array(equation, np.int64), np.array(place, np.int64), np.array(sign, np.int8), number)
    return totals, np.column_stack([values, *rests]) if rests else values


def largest_left_out(
    places: pl.DataFrame,
    parents: pl.DataFrame,
    values: NDArray[np.int64],
    stays: NDArray[np.bool_],
    insiders: Sequence[str],
) -> NDArray[np.int64]:
    """Return how much of each count one unit knows to be its own, though its table is left out; by quantity and place.

    Args:
        places: Distinct level, unit, sex and age band; the row number is the place's number.
        parents: Practices and their cluster: `unit_id`, `cluster_id`.
        values: Quantities by places; -1 where a quantity is not known.
        stays: Places whose tables are not left out.
        insiders: Levels whose units know their own numbers.
    """
    own = np.zeros_like(values)
    knows = places.select(pl.col("level").is_in(list(insiders)) & (pl.col("unit_id") != "none")).to_series().to_numpy()
    for (_, total), parts in _parts(places, parents).items():
        units = [part for part in parts if knows[part] and not stays[part]]
        if units and stays[total] and places["level"][total] != places["level"][units[0]]:
            own[:, total] = np.maximum(own[:, total], values[:, units].max(axis=1))
    return own


def _parts(places: pl.DataFrame, parents: pl.DataFrame) -> dict[tuple[str, int], list[int]]:
    """Return the parts of each total, by kind of total and the total's place."""
    index = {row: number for number, row in enumerate(places.iter_rows())}
    cluster_of = dict(parents.select("unit_id", "cluster_id").iter_rows())
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for (level, unit, sex, age), number in index.items():
        above = {
            "units of a level": ("all", "all", sex, age) if level != "all" else None,
            "practices of a cluster": ("cluster", cluster_of.get(unit), sex, age) if level == "practice" else None,
            "sexes": (level, unit, "all", age) if sex != "all" else None,
            "age bands": (level, unit, sex, "all") if age != "all" else None,
        }
        for family, total in above.items():
            if total in index:
                name = f"{level}: {family}" if family == "units of a level" else family
                groups[name, index[total]].append(number)
    return groups
