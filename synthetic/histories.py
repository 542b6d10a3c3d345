"""Gather the loaded facts of everybody who could have diabetes into plain lists, for `known_diabetes`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from synthetic.extracts.hospital_files import LAST_OLD
from synthetic.known_counts import Ledger
from synthetic.known_diabetes import (
    PREGNANCY_ENDING,
    Diagnosis,
    FootTherapy,
    HbA1c,
    History,
    Purchase,
    Verdict,
    classify,
)
from synthetic.truth import Region

EPOCH = date(1970, 1, 1)
RELEVANT_DIAGNOSIS = "^(DE1[0-4]|249|250|DO0[0-6]|DO8[0-4]|DZ3[37])"
OTHER_MEDICAL = ("internal", "cardiology", "neurology", "nephrology", "ophthalmology", "emergency")
DECIDES_MORE = ("DE10", "249", *PREGNANCY_ENDING)
EARLIEST = 8
VIEWS = ("for_lpr3kontakter", "for_indlaeggelser", "for_besoeg", "for_akutambulantekontakter")


@dataclass(frozen=True)
class Told:
    """The delivered facts that bear on who has diabetes, each numbered as in the ledger (column `fact`).

    Attributes:
        results: person, day, number (text as delivered), code, cancelled.
        purchases: person, day, atc, doses, packages, indication.
        services: person, monday, specialty, service, child.
    """

    results: pl.DataFrame
    purchases: pl.DataFrame
    services: pl.DataFrame


def known_diabetes(region: Region, told: Told, ledger: Ledger) -> Iterator[tuple[int, Verdict]]:
    """Yield (person, verdict) of everybody whom the loaded facts show to have diabetes, in order of person."""
    diagnoses, purchases, results, feet = (defaultdict(list) for _ in range(4))
    for person, diagnosis in _diagnoses(region, ledger):
        diagnoses[person].append(diagnosis)
    whole = {person for person, told in diagnoses.items() if any(one.code.startswith(DECIDES_MORE) for one in told)}
    women = set(np.flatnonzero(region.people.sex == 2).tolist())
    drugs = ledger.told(told.purchases, "purchase").filter(pl.col("atc").str.starts_with("A10"))
    drugs = _earliest(drugs.filter(~pl.col("atc").str.contains("^A10(BJ|BK01|BK03)")), "day", whole | women)
    for person, day, *rest in _rows(drugs, "person", "day", "atc", "doses", "packages", "indication"):
        purchases[person].append(Purchase(_day(day), *rest))
    raised = _earliest(_raised(ledger.told(told.results, "result")), "day", whole)
    for person, day, value, from_percent in _rows(raised, "person", "day", "value", "from_percent"):
        results[person].append(HbA1c(_day(day), value, from_percent))
    therapy = ledger.told(told.services, "service").filter(pl.col("specialty") == "54", pl.col("child") == 0)
    for person, day, service in _rows(_earliest(therapy, "monday", whole), "person", "monday", "service"):
        feet[person].append(FootTherapy(_day(day), service))
    months = region.people.born.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(int)
    for person in sorted({*diagnoses, *purchases, *results, *feet}):
        born_on = _day(int(months[person]))
        history = History(
            bool(region.people.sex[person] == 2), born_on,
            diagnoses[person], purchases[person], results[person], feet[person],
        )  # fmt: skip
        if verdict := classify(history):
            yield person, verdict


def _earliest(frame: pl.DataFrame, day: str, whole: set[int]) -> pl.DataFrame:
    """Keep the earliest events of most people, and all events of the people in `whole`: the others cannot matter.

    The inclusion date is that of the second event. Later ones matter only where a pregnancy or the metformin rules take
    events away, or where doses are added up because the type is in doubt.
    """
    is_early = pl.col(day).rank("ordinal").over("person") <= EARLIEST
    everything = pl.col("person").is_in(pl.Series(sorted(whole), dtype=frame.schema["person"]).implode())
    return frame.filter(is_early | everything)


def _rows(frame: pl.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(frame[column].to_list() for column in columns), strict=True)


@cache
def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _raised(results: pl.DataFrame) -> pl.DataFrame:
    """Return laboratory HbA1c near or above the limit, in mmol/mol, from the national codes; say which was percent."""
    percent = pl.col("code") == "NPU03835"
    number = pl.col("number").cast(pl.Float64)
    return (
        results.filter((pl.col("code") == "NPU27300") | percent, ~pl.col("cancelled"))
        .with_columns(value=pl.when(percent).then((number - 2.15) * 10.929).otherwise(number), from_percent=percent)
        .filter(pl.col("value") >= 47.5)
    )


def _diagnoses(region: Region, ledger: Ledger) -> Iterator[tuple[int, Diagnosis]]:
    """Yield relevant hospital diagnoses that are loaded, directly or through a regional view of their contact."""
    keys = list(region.country.region["specialties"])
    rows = (
        region.care.hospital.diagnoses.with_row_index("fact")
        .filter(pl.col("code").str.contains(RELEVANT_DIAGNOSIS))
        .join(region.care.hospital.contacts.select("contact", "person", "start", "specialty"), on="contact")
        .with_columns(day=pl.col("start") // 1440)
        .sort("fact")
    )
    own = ledger.loaded_through("diagnosis", rows["fact"].cast(pl.Int64).to_numpy())
    contact = ledger.loaded_through("contact", rows["contact"].to_numpy())
    for row, through, contact_through in zip(rows.to_dicts(), own, contact, strict=True):
        in_view = contact_through in VIEWS and row["retraction"] != "yes"
        if not through and not in_view:
            continue
        key = keys[row["specialty"]]
        group = "endocrinology" if key == "endocrinology" else "other_medical" if key in OTHER_MEDICAL else "other"
        yield (
            row["person"],
            Diagnosis(
                _day(row["day"]),
                row["code"],
                row["type"],
                "old" if row["day"] <= LAST_OLD else "new",
                group,
                row["retraction"] if through else "no",
            ),
        )
