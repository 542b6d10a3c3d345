"""The indicator values that a region's extracts must give."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery
from synthetic.histories import EPOCH, Told
from synthetic.known_counts import Ledger
from synthetic.known_diabetes import Verdict
from synthetic.known_indicators import told_by_hospitals, told_elsewhere
from synthetic.known_indicators.cells import CELL, INDICATORS, LEVELS, Rows, added, partly_added
from synthetic.known_indicators.indicators import LOOK_BACK, MONTHS
from synthetic.known_indicators.who_and_where import Row, first_day, is_on
from synthetic.truth import Region

MOST_INHABITANTS = 20_000
"""Above this number of inhabitants going through people one at a time takes minutes, and is done when asked for."""
QUARTERS = 20
AT_ONCE = 3_000
"""People whose rows are held in memory at the same time."""
PREGNANCY = "DO244"
"""The code with which invented hospitals record gestational diabetes."""
LEFT_OUT = {
    "periods that begin, or look back, before the first day of the extracts": "what happened before that is not told",
    "indicators said to have no data": "told by when the first rows of a file type come, not by anybody's rows",
    "people of practices said to deliver nothing": "every invented practice delivers, but a few people visit seldom",
}
"""What the pipeline decides from the deliveries as a whole; the values here are those of complete deliveries."""
TABLES = (
    "person", "diabetes", "other_diabetes", "residence", "registration", "hospital_contact", "diagnosis", "procedure",
    "measurement", "dispensing", "service", "examination", "municipal_course", "municipal_encounter", "message",
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """One region, and what of it is loaded.

    Attributes:
        region: The invented truth.
        chance: Its chance.
        told: The numbered facts that several files may tell.
        deliveries: Its files.
        ledger: Which facts the files have told, through which file type.
        diabetes: Who has diabetes.
    """

    region: Region
    chance: Chance
    told: Told
    deliveries: Sequence[Delivery]
    ledger: Ledger
    diabetes: Mapping[int, Verdict]


def without_values(inhabitants: int, *, asked: bool | None) -> str | None:
    """Return why no indicator values are worked out for a region, or None when they are.

    Args:
        inhabitants: Size of the region.
        asked: True or False when the caller said so; None leaves it to the size.
    """
    if asked is False:
        return "Indicator values were not wanted."
    if asked is None and inhabitants > MOST_INHABITANTS:
        return (
            f"Known indicator values are worked out for at most {MOST_INHABITANTS:,} inhabitants unless asked for "
            "with --indicator-values: about 12 seconds for each thousand people with diabetes."
        )
    return None


def quarter_ends(last: date, number: int = QUARTERS) -> list[date]:
    """Return the last reporting dates, ascending: quarter ends that are not after a day."""
    found: list[date] = []
    day = last + timedelta(days=1)
    while len(found) < number:
        day = day.replace(day=1) - timedelta(days=1)
        if day.month % 3 == 0:
            found.append(day)
    return sorted(found)


def partial_values(loaded: Loaded, dates: Sequence[date]) -> Iterator[pl.DataFrame]:
    """Yield what some people after others add to the cells."""
    everybody = sorted(loaded.diabetes.keys() | told_by_hospitals.with_code(loaded.region, loaded.chance, PREGNANCY))
    clusters = {day: _clusters(loaded.region, (day - EPOCH).days) for day in dates}
    for begin in range(0, len(everybody), AT_ONCE):
        yield partly_added(_rows_of(loaded, everybody[begin : begin + AT_ONCE]), clusters, dates)


def known_values(parts: Iterable[pl.DataFrame], begin: date) -> pl.DataFrame:
    """Return the value of every cell whose period and look-back the extracts cover.

    Args:
        parts: What people add to the cells.
        begin: First day of the extracts.
    """
    values = added(parts)
    looked_back = pl.DataFrame(
        [
            {"indicator_id": name, "period_end": day, "needed_from": first_day(day, months_needed(name))}
            for name in INDICATORS
            for day in values["period_end"].unique()
        ],
        schema={"indicator_id": pl.String, "period_end": pl.Date, "needed_from": pl.Date},
    )
    covered = looked_back.filter(pl.col("needed_from") >= begin)
    return values.join(covered.drop("needed_from"), on=["indicator_id", "period_end"], how="semi").sort(CELL)


def months_needed(indicator: str) -> int:
    """Return how many months of extracts an indicator needs until a reporting date."""
    return MONTHS.get(indicator, 12) + LOOK_BACK.get(indicator, 0)


def said_of_values(dates: Sequence[date]) -> dict[str, object]:
    """Return what a reader must know of the values."""
    return {
        "reporting_dates": [day.isoformat() for day in dates],
        "levels": {level: list(splits) for level, splits in LEVELS.items()},
        "left_out": LEFT_OUT,
    }


def _clusters(region: Region, day: int) -> dict[str, str]:
    """Return the cluster of each practice that had opened by a day."""
    practices = region.practices
    rows = zip(practices.code.tolist(), practices.cluster.tolist(), practices.starts_on.tolist(), strict=True)
    return {code: cluster or "none" for code, cluster, starts_on in rows if starts_on <= day}


def _rows_of(loaded: Loaded, numbers: Sequence[int]) -> list[Rows]:
    """Return all that is told about some people, by person and table, once however often it was told."""
    people = pl.Series(numbers, dtype=pl.Int64)
    region, told, ledger = loaded.region, loaded.told, loaded.ledger
    found: dict[int, dict[str, list[Row]]] = {person: {table: [] for table in TABLES} for person in numbers}
    for person in numbers:
        if person in loaded.diabetes:
            kind, since, _ = loaded.diabetes[person]
            found[person]["diabetes"].append({"diabetes_type": kind, "diabetes_since_on": since})
    for person, table, row in chain(
        told_by_hospitals.registers(region, ledger, people),
        told_by_hospitals.hospitals(region, loaded.chance, ledger, people),
        told_elsewhere.results(told, ledger, people),
        told_elsewhere.purchases(told, ledger, people),
        told_elsewhere.services(told, ledger, people),
        told_elsewhere.practice_record(region, ledger, people),
        told_elsewhere.eye_screening(region, ledger, people),
        told_elsewhere.messages(region, loaded.chance, ledger, people),
        told_elsewhere.municipality(region, ledger, loaded.deliveries, people),
    ):
        found[person][table].append(row)
    return [rows for everything in found.values() for rows in as_members(everything)]


def as_members(rows: Rows) -> Iterator[Rows]:
    """Yield a person's rows once as one with diabetes, and once as a woman who has had gestational diabetes."""
    if rows["diabetes"]:
        yield rows
    days = [
        row["diagnosed_on"]
        for row in rows["diagnosis"]
        if is_on("gestational_diabetes", row["code_system"], row["code"])
        and row["retraction"] != "yes"
        and row["diagnosis_type"] in ("A", "B", None)
    ]
    if days and rows["person"] and rows["person"][0]["sex"] == "female":
        gestational = {"diabetes_type": "gestational", "diabetes_since_on": min(days)}
        yield rows | {"diabetes": [gestational], "other_diabetes": rows["diabetes"]}
