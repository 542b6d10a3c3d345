"""Measure the levels of an invented region straight from its truth, for comparison with published Danish levels."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.chance import YEAR, Chance
from synthetic.drugs import product_table
from synthetic.histories import known_diabetes
from synthetic.known_counts import Ledger, in_loading_order
from synthetic.truth import Region
from synthetic.writing import deliveries, told_facts


@dataclass(frozen=True)
class Cohort:
    """Adults whom the registers show to have type 2 diabetes, alive and resident on a day."""

    person: pl.Series
    day: int


def found(region: Region, chance: Chance) -> dict[int, tuple[str, int]]:
    """Return type and inclusion day by person, from all delivered facts."""
    told = told_facts(region, chance)
    ledger = Ledger()
    for delivery in in_loading_order(list(deliveries(region, chance, told)), region.country.region["loading_order"]):
        ledger.enter(delivery)
    epoch = np.datetime64("1970-01-01", "D")
    return {
        person: (verdict.diabetes_type, int((np.datetime64(verdict.since_on, "D") - epoch).astype(int)))
        for person, verdict in known_diabetes(region, told, ledger)
    }


def cohort(region: Region, truth: dict[int, tuple[str, int]], day: int) -> Cohort:
    """Return the adults with type 2 diabetes on a day."""
    present = present_adults(region, day)
    chosen = [
        person for person, (kind, since) in truth.items() if kind == "type_2" and since <= day and present[person]
    ]
    return Cohort(pl.Series("person", chosen, dtype=pl.Int32), day)


def present_adults(region: Region, day: int) -> np.ndarray:
    """Return who is an adult, alive and resident on a day."""
    people = region.people
    lives = (people.entered <= day) & (region.departures.died > day) & (region.departures.left > day)
    return lives & ((day - people.born) / YEAR >= 18)


def _of(frame: pl.DataFrame, group: Cohort, months: float) -> pl.DataFrame:
    first = group.day - round(months * 30.4375)
    return frame.filter(pl.col("day").is_between(first, group.day), pl.col("person").is_in(group.person.implode()))


def share_with(frame: pl.DataFrame, group: Cohort, months: float) -> float:
    """Return the share of the cohort with at least one row in so many months up to the day."""
    return _of(frame, group, months)["person"].n_unique() / len(group.person)


def latest(region: Region, group: Cohort, analyte: str, months: float = 15) -> pl.DataFrame:
    """Return the latest result of each person of the cohort."""
    rows = _of(region.care.results.filter(pl.col("analyte") == analyte), group, months)
    return rows.sort("day").group_by("person").agg(pl.col("value").last())


def users(region: Region, group: Cohort) -> dict[str, set[int]]:
    """Return users of each drug class: at least two purchases in the year, one of them in the last six months."""
    names = {index: row["class"].split("_with_")[0] for index, row in enumerate(product_table(region.country.drugs))}
    rows = _of(region.care.purchases, group, 12).with_columns(
        cls=pl.col("product").cast(pl.Int64).replace_strict(names), late=pl.col("day") > group.day - 183
    )
    counted = (
        rows.group_by("cls", "person").agg(pl.len(), pl.col("late").any()).filter((pl.col("len") >= 2) & pl.col("late"))
    )
    return {name: set(part["person"]) for (name,), part in counted.group_by("cls")}


def bought(region: Region, group: Cohort, atc: tuple[str, ...], months: float = 12) -> set[int]:
    """Return who bought a drug of the ATC groups in so many months."""
    products = [index for index, row in enumerate(product_table(region.country.drugs)) if row["atc"].startswith(atc)]
    return set(_of(region.care.purchases.filter(pl.col("product").is_in(products)), group, months)["person"])


def ever_diagnosed(region: Region, group: Cohort, codes: tuple[str, ...]) -> set[int]:
    """Return who has a hospital diagnosis of the codes (prefixes) up to the day."""
    pattern = "^(" + "|".join(codes) + ")"
    rows = region.care.hospital.diagnoses.filter(
        pl.col("code").str.contains(pattern), pl.col("retraction") != "yes"
    ).join(region.care.hospital.contacts.with_columns(day=pl.col("start") // 1440), on="contact")
    return set(_of(rows, group, 12 * 60)["person"])
