"""Invent a whole region in memory: the truth from which every sector's extracts are written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic import complications as complication_course
from synthetic import drugs as drug_course
from synthetic import hospital_care, municipal_care, other_people, pregnancies, primary_care
from synthetic.blood_samples import make_blood_samples
from synthetic.chance import NEVER, Chance, Days, Ints, Window
from synthetic.contact_book import ContactBook, Hospital
from synthetic.country import Country, Municipality
from synthetic.identifiers import Text, changed_identifiers, make_identifiers
from synthetic.illness import Illness, make_illness
from synthetic.moves import make_registrations, make_residences
from synthetic.names import name_pools
from synthetic.patients import Patients, make_patients
from synthetic.population import Departures, Newcomers, make_departures, make_newcomers
from synthetic.practices import Practices, make_practices
from synthetic.visits import make_visits


@dataclass(frozen=True)
class Region:
    """The invented truth. Frames refer to people by index (`person`) and hold days since 1970-01-01.

    Attributes:
        country: The country data it was made from.
        window: Days covered.
        municipalities: Municipalities, by index.
        practices: Practices, by index.
        people: Everybody who ever lived in the region in the window.
        departures: Deaths and departures.
        illness: Who has diabetes.
        patients: People with diabetes and their traits.
        identifier: National identifier by person.
        earlier_identifier: Identifier before a change; empty for nearly all.
        changed_on: Day of the change (NEVER for nearly all).
        residences: person, municipality, starts_on, ends_on.
        registrations: person, practice, starts_on, ends_on.
        results: Laboratory results: person, day, analyte, value, at_hospital.
        purchases: person, day, product, packages.
        hospital: Contacts, diagnoses and procedures.
        services: Health-insurance services: person, day, specialty, service, quantity.
        record: What practices write: diagnoses, measurements, examinations.
        eyes: Eye screenings.
        municipal: Courses, encounters and measurements.
    """

    country: Country
    window: Window
    municipalities: Sequence[Municipality]
    practices: Practices
    people: Newcomers
    departures: Departures
    illness: Illness
    patients: Patients
    identifier: Text
    earlier_identifier: Text
    changed_on: Days
    residences: pl.DataFrame
    registrations: pl.DataFrame
    results: pl.DataFrame
    purchases: pl.DataFrame
    hospital: Hospital
    services: pl.DataFrame
    record: dict[str, pl.DataFrame]
    eyes: pl.DataFrame
    municipal: dict[str, pl.DataFrame]


def make_region(
    chance: Chance,
    country: Country,
    municipalities: Sequence[Municipality],
    window: Window,
    *,
    inhabitants: int,
    practices: int,
    parts: int = 1,
) -> Region:
    """Invent people, illness, care and contacts; the same arguments always give the same region."""
    rates, levels = country.population, country.levels
    people = make_newcomers(chance, rates, municipalities, window, inhabitants)
    illness = make_illness(chance, levels, rates, people, municipalities, window)
    departures = make_departures(chance, rates, people, illness.kind > 0, window)
    last_day = departures.last_day(window)
    surgeries = make_practices(
        chance, municipalities, name_pools(country.region["locale"]), window,
        count=practices, closures=rates["practice_closures"],
    )  # fmt: skip
    sizes = np.array([place.inhabitants for place in municipalities], dtype=np.float64)
    leaves_on = np.minimum(departures.died, departures.left)
    residences = make_residences(chance, rates, people, leaves_on, sizes, window)
    registrations = make_registrations(chance, rates, residences, people, surgeries, window)
    identifier = make_identifiers(chance, people.born, people.sex, parts=parts)
    earlier, changed_on = _changes(chance, rates["changed_identifier"], people, last_day, identifier, window)
    latest = registrations.group_by("person", maintain_order=True).agg(pl.col("practice").last())
    practice_of = np.full(len(people), -1, dtype=np.int64)
    practice_of[latest["person"].to_numpy()] = latest["practice"].to_numpy()
    place_control = np.array([place.control for place in municipalities])
    patients = make_patients(chance, levels, people, illness, last_day, practice_of, surgeries, place_control, window)
    care = _care(chance, country, municipalities, people, illness, patients, last_day, window)
    return Region(
        country=country,
        window=window,
        municipalities=municipalities,
        practices=surgeries,
        people=people,
        departures=departures,
        illness=illness,
        patients=patients,
        identifier=identifier,
        earlier_identifier=earlier,
        changed_on=changed_on,
        residences=residences,
        registrations=registrations,
        **care,
    )


def _care(
    chance: Chance,
    country: Country,
    municipalities: Sequence[Municipality],
    people: Newcomers,
    illness: Illness,
    patients: Patients,
    last_day: Days,
    window: Window,
) -> dict[str, object]:
    """Invent everything that is recorded about people, in the order in which one thing leads to the next."""
    levels, data, drugs = country.levels, country.complications, country.drugs
    first_day = np.maximum(people.entered, window.first).astype(np.int32)
    observed_from = np.minimum(first_day[patients.person], patients.last)
    onset = complication_course.draw_complications(chance, data, patients, observed_from)
    treatment = drug_course.make_treatment(
        chance, drugs, patients, complication_course.at_risk(onset, patients), window
    )
    visits = make_visits(chance, levels, data["rates"], patients, window)
    bearing = pregnancies.make_pregnancies(chance, levels, country.population, people, illness, last_day, window)
    hospital, discharges = _hospital(
        chance,
        country,
        municipalities,
        people,
        illness,
        patients,
        visits,
        onset,
        observed_from,
        bearing,
        last_day,
        window,
    )
    products = drug_course.product_table(drugs)
    insulin = next(index for index, row in enumerate(products) if row["class"] == "gestational_insulin")
    courses = municipal_care.make_courses(chance, patients, window)
    egfr_low = onset["nephropathy"] < NEVER
    return {
        "results": pl.concat(
            [
                make_blood_samples(chance, levels, patients, visits, treatment.statin_from, window),
                other_people.make_other_tests(chance, people, illness, last_day, window),
                pregnancies.make_pregnancy_tests(chance, bearing, first_day, last_day),
            ]
        ).unique(["person", "day", "analyte"], keep="first", maintain_order=True),
        "purchases": pl.concat(
            [
                drug_course.make_purchases(chance, drugs, patients, treatment, window),
                other_people.make_other_purchases(chance, drugs, people, illness, last_day, products, window),
                pregnancies.make_pregnancy_purchases(chance, bearing, insulin, first_day, last_day),
            ]
        ),
        "hospital": hospital,
        "services": primary_care.make_services(chance, levels, patients, visits, discharges),
        "record": primary_care.make_practice_record(chance, levels, patients, visits, egfr_low),
        "eyes": primary_care.make_eye_screening(
            chance, levels, patients, onset["retinopathy"], len(country.region["clinics"]["eye"]), window
        ),
        "municipal": courses
        | {
            "measurements": municipal_care.make_municipal_measurements(
                chance, levels, courses["courses"], courses["encounters"]
            )
        },
    }


def _hospital(
    chance: Chance,
    country: Country,
    municipalities: Sequence[Municipality],
    people: Newcomers,
    illness: Illness,
    patients: Patients,
    visits: "object",
    onset: dict[str, Ints],
    observed_from: Days,
    bearing: pregnancies.Pregnancies,
    last_day: Days,
    window: Window,
) -> tuple[Hospital, tuple[Ints, Ints]]:
    """Fill the book of hospital contacts."""
    draw = chance.about("hospital")
    data = country.complications
    codes = [hospital["code"] for hospital in country.region["hospitals"]]
    home = np.array([codes.index(place.hospital) if place.hospital in codes else 0 for place in municipalities])
    hospital_of = np.where(
        draw.random(len(people)) < 0.06, draw.integers(0, len(codes), len(people)), home[people.municipality]
    )
    book = ContactBook(tuple(country.region["specialties"]), hospital_of, last_day, draw)
    hospital_care.add_clinic_contacts(book, patients, visits, draw)
    hospital_care.add_complication_contacts(book, data, patients, onset, observed_from, draw)
    discharges = hospital_care.add_ordinary_contacts(book, data, patients, observed_from, draw)
    other_people.add_other_contacts(book, data, people, illness, window, draw)
    pregnancies.add_pregnancy_contacts(book, bearing, draw)
    return book.finish(data["rates"]), discharges


def _changes(
    chance: Chance, share: float, people: Newcomers, last_day: Days, identifier: Text, window: Window
) -> tuple[Text, Days]:
    """Let a few people change their identifier on a day in the window."""
    draw = chance.about("changed identifiers")
    rows = np.flatnonzero(
        (draw.random(len(people)) < share) & (people.entered < window.last - 800) & (last_day > window.first + 700)
    )
    earlier = np.full(len(people), "", dtype="<U10")
    proposed = changed_identifiers(chance, people.born[rows], people.sex[rows], identifier[rows])
    taken = np.isin(proposed, identifier)
    _, first = np.unique(proposed, return_index=True)
    is_first = np.zeros(len(rows), dtype=bool)
    is_first[first] = True
    earlier[rows] = np.where(taken | ~is_first, "", proposed)
    changed_on = np.full(len(people), NEVER, dtype=np.int32)
    begin = np.maximum(people.entered[rows], window.first) + 60
    span = np.maximum(last_day[rows] - begin, 1)
    day = begin + np.floor(draw.random(len(rows)) * span).astype(np.int64)
    changed_on[rows] = np.where(earlier[rows] == "", NEVER, np.minimum(day, last_day[rows]))
    return earlier, changed_on
