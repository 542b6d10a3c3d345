"""People without diabetes who resemble those with it: tested, treated for something else, pregnant, or in hospital."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.blood_samples import Analyte
from synthetic.chance import YEAR, Chance, Days, Flags, Ints, Window, choose, day_number, repeated_days, to_weekday
from synthetic.contact_book import ContactBook, stays
from synthetic.illness import NONE, Illness
from synthetic.population import Newcomers

HBA1C_TESTS_A_YEAR = 0.022


def make_other_tests(
    chance: Chance, people: Newcomers, illness: Illness, last_day: Days, window: Window
) -> pl.DataFrame:
    """Return HbA1c results of adults without diabetes: all below 48 mmol/mol, apart from a rare single one above."""
    draw = chance.about("other tests")
    first = np.maximum(np.maximum(people.entered, window.first), people.born + round(30 * YEAR))
    rows = np.flatnonzero((illness.kind == NONE) & (first < last_day))
    who, day = repeated_days(
        draw, first[rows], last_day[rows], np.full(len(rows), YEAR / HBA1C_TESTS_A_YEAR), shape=1.0, at_least=60
    )
    value = np.clip(draw.normal(37.0, 3.2, len(who)), 26.0, 46.4)
    once = (draw.random(len(who)) < 0.006) & np.r_[True, who[1:] != who[:-1]] & np.r_[who[1:] != who[:-1], True]
    value = np.where(once, draw.integers(48, 51, len(who)), value)
    return pl.DataFrame(
        {
            "person": rows[who].astype(np.int32),
            "day": to_weekday(day, last_day[rows[who]]),
            "analyte": pl.repeat("hba1c", len(who), dtype=Analyte, eager=True),
            "value": value,
            "at_hospital": draw.random(len(who)) < 0.2,
        }
    )


def make_other_purchases(
    chance: Chance,
    drugs: Mapping[str, Any],
    people: Newcomers,
    illness: Illness,
    last_day: Days,
    products: list[dict[str, Any]],
    window: Window,
) -> pl.DataFrame:
    """Return purchases of glucose-lowering drugs for weight loss, heart failure and polycystic ovaries."""
    draw = chance.about("other purchases")
    number_of = {row["class"]: index for index, row in enumerate(products)}
    entered = np.maximum(people.entered, window.first)
    age_at_end = (last_day - people.born) / YEAR
    luck = draw.random(len(people))
    well = illness.kind == NONE
    parts = []

    def buy(chosen: Flags, first: Ints, until: Ints, product: np.ndarray, interval: float) -> None:
        rows = np.flatnonzero(chosen & (first < until))
        begin = first[rows] + np.floor(draw.random(len(rows)) * (until[rows] - first[rows]) * 0.8).astype(np.int64)
        stop = np.minimum(until[rows], begin + np.floor(draw.exponential(2.0, len(rows)) * YEAR).astype(np.int64))
        which, day = repeated_days(draw, begin, stop, np.full(len(rows), interval), shape=10.0, at_least=20)
        parts.append(
            pl.DataFrame(
                {
                    "person": rows[which].astype(np.int32),
                    "day": to_weekday(day, stop[which]),
                    "product": product[rows[which]].astype(np.int16),
                    "packages": 1 + draw.poisson(0.3, len(which)).astype(np.int16),
                }
            )
        )

    last = last_day.astype(np.int64)
    weight_loss, failure, polycystic = drugs["weight_loss"], drugs["heart_failure_sglt2"], drugs["polycystic"]
    first = np.maximum(entered, day_number(weight_loss["from"])).astype(np.int64)
    adult = (age_at_end >= 20) & (age_at_end < 75)
    buy(
        well & adult & (luck < weight_loss["share_of_adults"]),
        first,
        last,
        np.full(len(people), number_of["weight_loss"]),
        60.0,
    )
    first = np.maximum(entered, day_number(failure["from"])).astype(np.int64)
    aged = age_at_end >= 65
    buy(
        well & aged & (luck < failure["share_of_aged"]),
        first,
        last,
        np.full(len(people), number_of["heart_failure_sglt2"]),
        100.0,
    )
    codes = np.array([number_of[f"polycystic_{code}"] for code in polycystic["indications"]])
    woman = (people.sex == 2) & (people.born > window.first - 45 * YEAR)
    first = np.maximum(entered, people.born + round(18 * YEAR)).astype(np.int64)
    until = np.minimum(last, people.born + round(45 * YEAR)).astype(np.int64)
    product = codes[draw.integers(0, len(codes), len(people))]
    buy(well & woman & (luck < polycystic["share_of_young_women"]), first, until, product, 90.0)
    return pl.concat(parts)


def add_other_contacts(
    book: ContactBook,
    data: Mapping[str, Any],
    people: Newcomers,
    illness: Illness,
    window: Window,
    draw: np.random.Generator,
) -> None:
    """Add a modest number of ordinary hospital contacts of people without diabetes."""
    first = np.maximum(people.entered, window.first)
    rows = np.flatnonzero((illness.kind == NONE) & (first < book.last_day))
    age = (book.last_day[rows] - people.born[rows]) / YEAR
    for kind, rate in data["without_diabetes"].items():
        table_name = "inpatient" if kind == "admission" else kind
        table = data["ordinary"][table_name]
        frailty = np.exp(0.02 * (age - 50))
        who, day = repeated_days(
            draw, first[rows], book.last_day[rows], YEAR / (rate * frailty), shape=1.0, at_least=20
        )
        person = rows[who]
        acute = draw.random(len(who)) < {"admission": 0.75, "outpatient": 0.0, "emergency": 1.0}[kind]
        day = np.where(acute, day, to_weekday(day, book.last_day[person]))
        chosen = choose(draw, [weight for _, weight in table.values()], len(who))
        specialty = np.array([book.specialties.index(key) for key, _ in table.values()])[chosen]
        length = stays(draw, len(who), 2.4) if table_name == "inpatient" else None
        contact = book.add(person, day, table_name, specialty, acute=acute, stay_days=length)
        book.diagnose(contact, np.array(list(table))[chosen])
