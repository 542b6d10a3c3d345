"""Pregnancies, some with gestational diabetes: births, blood samples and insulin that must not count as diabetes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from synthetic.blood_samples import Analyte
from synthetic.chance import YEAR, Chance, Days, Flags, Ints, Window, choose, repeated_days
from synthetic.contact_book import ContactBook, stays
from synthetic.illness import NONE, Illness
from synthetic.population import Newcomers

YOUNGEST, OLDEST = 17.0, 45.0
BIRTH_CODES = {"DO800": 8, "DO809": 6, "DO820": 3, "DO814": 2}
LOSS_CODES = {"DO039": 3, "DO021": 2}


@dataclass(frozen=True)
class Pregnancies:
    """Pregnancies that end in the window: the woman, the last day, and whether she has gestational diabetes."""

    person: Ints
    ended_on: Days
    is_birth: Flags
    is_gestational: Flags


def make_pregnancies(
    chance: Chance,
    levels: Mapping[str, Any],
    rates: Mapping[str, Any],
    people: Newcomers,
    illness: Illness,
    last_day: Days,
    window: Window,
) -> Pregnancies:
    """Draw pregnancies of women of 17-45 years who are alive and resident."""
    draw = chance.about("pregnancies")
    first = np.maximum(np.maximum(people.entered, window.first), people.born + round(YOUNGEST * YEAR))
    last = np.minimum(last_day, people.born + round(OLDEST * YEAR))
    rows = np.flatnonzero((people.sex == 2) & (first < last))
    pace = np.full(len(rows), YEAR / rates["pregnancies_per_woman_year"])
    who, day = repeated_days(draw, first[rows], last[rows], pace, shape=2.0, at_least=420)
    person = rows[who]
    is_birth = draw.random(len(who)) < 0.87
    healthy = illness.kind[person] == NONE
    gestational = is_birth & healthy & (draw.random(len(who)) < levels["gestational"]["share"])
    return Pregnancies(person=person, ended_on=day, is_birth=is_birth, is_gestational=gestational)


def add_pregnancy_contacts(book: ContactBook, pregnancies: Pregnancies, draw: np.random.Generator) -> None:
    """Add the contact that ends each pregnancy, and the clinic's contacts for gestational diabetes."""
    for flags, codes in ((pregnancies.is_birth, BIRTH_CODES), (~pregnancies.is_birth, LOSS_CODES)):
        rows = np.flatnonzero(flags)
        chosen = np.array(list(codes))[choose(draw, list(codes.values()), len(rows))]
        length = stays(draw, len(rows), 1.6) if codes is BIRTH_CODES else None
        kind = "inpatient" if codes is BIRTH_CODES else "outpatient"
        contact = book.add(pregnancies.person[rows], pregnancies.ended_on[rows], kind, "obstetrics", stay_days=length)
        book.diagnose(contact, chosen)
        gestational = pregnancies.is_gestational[rows]
        book.diagnose(contact[gestational], "DO244", "B")


def make_pregnancy_tests(chance: Chance, pregnancies: Pregnancies, first_day: Days, last_day: Days) -> pl.DataFrame:
    """Return HbA1c results during and after pregnancies with gestational diabetes."""
    draw = chance.about("pregnancy tests")
    rows = np.flatnonzero(pregnancies.is_gestational)
    person, end = pregnancies.person[rows], pregnancies.ended_on[rows]
    before = [end - draw.integers(20, 150, len(rows)), end - draw.integers(1, 19, len(rows))]
    after = end + draw.integers(90, 200, len(rows))
    days = np.concatenate([*before, after]).astype(np.int32)
    who = np.concatenate([person, person, person])
    high = np.concatenate([draw.random(2 * len(rows)) < 0.12, np.zeros(len(rows), bool)])
    value = np.where(high, draw.integers(48, 58, len(days)), np.clip(draw.normal(38.5, 3.0, len(days)), 28.0, 46.4))
    attended = draw.random(len(days)) < np.r_[np.full(2 * len(rows), 0.8), np.full(len(rows), 0.55)]
    kept = attended & (days >= first_day[who]) & (days <= last_day[who])
    return pl.DataFrame(
        {
            "person": who[kept].astype(np.int32),
            "day": days[kept],
            "analyte": pl.repeat("hba1c", int(kept.sum()), dtype=Analyte, eager=True),
            "value": value[kept],
            "at_hospital": np.ones(int(kept.sum()), dtype=bool),
        }
    )


def make_pregnancy_purchases(
    chance: Chance, pregnancies: Pregnancies, product: int, first_day: Days, last_day: Days
) -> pl.DataFrame:
    """Return insulin bought during the last weeks by one in four with gestational diabetes."""
    draw = chance.about("pregnancy purchases")
    rows = np.flatnonzero(pregnancies.is_gestational)
    rows = rows[draw.random(len(rows)) < 0.25]
    person = np.concatenate([pregnancies.person[rows]] * 2)
    end = pregnancies.ended_on[rows]
    day = np.concatenate([end - draw.integers(70, 100, len(rows)), end - draw.integers(10, 60, len(rows))]).astype(
        np.int32
    )
    kept = (day >= first_day[person]) & (day <= last_day[person])
    return pl.DataFrame(
        {
            "person": person[kept].astype(np.int32),
            "day": day[kept],
            "product": np.full(int(kept.sum()), product, dtype=np.int16),
            "packages": np.ones(int(kept.sum()), dtype=np.int16),
        }
    )
