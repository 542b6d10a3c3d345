"""Invent everything that is recorded about people's health, in the order in which one thing leads to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic import hospital_care, municipal_care, other_people, pregnancies
from synthetic.blood_samples import make_blood_samples
from synthetic.chance import NEVER, Chance, Days, Ints, Window
from synthetic.complications import at_risk, draw_complications
from synthetic.contact_book import ContactBook, Hospital
from synthetic.country import Country, Municipality
from synthetic.drugs import make_purchases, make_treatment, product_table
from synthetic.eye_screening import make_eye_screening
from synthetic.illness import Illness
from synthetic.patients import Patients
from synthetic.population import Newcomers
from synthetic.practice_record import make_practice_record
from synthetic.pregnancies import Pregnancies
from synthetic.services import make_services
from synthetic.visits import Visits, make_visits


@dataclass(frozen=True)
class Scene:
    """What is settled before care begins: who lives where and when, and who falls ill.

    Attributes:
        chance: Seed and part.
        country: Country data.
        municipalities: Municipalities, by index.
        window: Days covered.
        people: Everybody.
        illness: Who has diabetes.
        patients: People with diabetes.
        first_day: By person: first recordable day.
        last_day: By person: last recordable day.
    """

    chance: Chance
    country: Country
    municipalities: Sequence[Municipality]
    window: Window
    people: Newcomers
    illness: Illness
    patients: Patients
    first_day: Days
    last_day: Days

    @property
    def observed_from(self) -> Days:
        """By patient: first day on which anything can be recorded, also before the diabetes."""
        days: Days = np.minimum(self.first_day[self.patients.person], self.patients.last)
        return days


@dataclass(frozen=True)
class Care:
    """What is recorded. Frames refer to people by index (`person`) and hold days since 1970-01-01.

    Attributes:
        results: Laboratory results: person, day, analyte, value, at_hospital.
        purchases: person, day, product, packages.
        hospital: Contacts, diagnoses and procedures.
        services: Health-insurance services: person, day, specialty, service, quantity.
        record: What practices write: diagnoses, measurements, examinations.
        eyes: Eye screenings.
        municipal: Courses, encounters and measurements.
    """

    results: pl.DataFrame
    purchases: pl.DataFrame
    hospital: Hospital
    services: pl.DataFrame
    record: dict[str, pl.DataFrame]
    eyes: pl.DataFrame
    municipal: dict[str, pl.DataFrame]


def invent_care(scene: Scene) -> Care:
    """Invent complications, treatment, visits, and from them contacts, results, purchases and examinations."""
    chance, levels, patients, window = scene.chance, scene.country.levels, scene.patients, scene.window
    data, drugs = scene.country.complications, scene.country.drugs
    onset = draw_complications(chance, data, patients, scene.observed_from)
    treatment = make_treatment(chance, drugs, patients, at_risk(onset, patients), window)
    visits = make_visits(chance, levels, data["rates"], patients)
    bearing = pregnancies.make_pregnancies(
        chance, levels, scene.country.population, scene.people, scene.illness, scene.last_day, window
    )
    hospital, discharges = _hospital(scene, visits, onset, bearing)
    products = product_table(drugs)
    insulin = next(index for index, row in enumerate(products) if row["class"] == "gestational_insulin")
    courses = municipal_care.make_courses(chance, patients, window)
    results = [
        make_blood_samples(chance, levels, patients, visits, treatment.statin_from, window),
        other_people.make_other_tests(chance, scene.people, scene.illness, scene.last_day, window),
        pregnancies.make_pregnancy_tests(chance, bearing, scene.first_day, scene.last_day),
    ]
    purchases = [
        make_purchases(chance, drugs, patients, treatment, window),
        other_people.make_other_purchases(chance, drugs, scene.people, scene.illness, scene.last_day, products, window),
        pregnancies.make_pregnancy_purchases(chance, bearing, insulin, scene.first_day, scene.last_day),
    ]
    measured = municipal_care.make_municipal_measurements(chance, levels, courses["courses"], courses["encounters"])
    clinics = len(scene.country.region["clinics"]["eye"])
    return Care(
        results=pl.concat(results).unique(["person", "day", "analyte"], keep="first", maintain_order=True),
        purchases=pl.concat(purchases),
        hospital=hospital,
        services=make_services(chance, levels, patients, visits, discharges),
        record=make_practice_record(chance, levels, patients, visits, onset["nephropathy"] < NEVER),
        eyes=make_eye_screening(chance, levels, patients, onset["retinopathy"], clinics, window),
        municipal=courses | {"measurements": measured},
    )


def _hospital(
    scene: Scene, visits: Visits, onset: dict[str, Ints], bearing: Pregnancies
) -> tuple[Hospital, tuple[Ints, Ints]]:
    """Fill the book of hospital contacts; also return who was discharged and when."""
    draw = scene.chance.about("hospital")
    data, people, patients = scene.country.complications, scene.people, scene.patients
    codes = [hospital["code"] for hospital in scene.country.region["hospitals"]]
    home = np.array([codes.index(place.hospital) for place in scene.municipalities])
    elsewhere = draw.random(len(people)) < 0.06
    hospital_of = np.where(elsewhere, draw.integers(0, len(codes), len(people)), home[people.municipality])
    book = ContactBook(
        tuple(scene.country.region["specialties"]), len(codes), hospital_of, scene.last_day, draw,
        scene.chance.about("admitted elsewhere"),
    )  # fmt: skip
    hospital_care.add_clinic_contacts(book, patients, visits, draw)
    hospital_care.add_complication_contacts(book, data, patients, onset, scene.observed_from, draw)
    discharges = hospital_care.add_ordinary_contacts(book, data, patients, scene.observed_from, draw)
    other_people.add_other_contacts(book, data, people, scene.illness, scene.window, draw)
    pregnancies.add_pregnancy_contacts(book, bearing, draw)
    return book.finish(data["rates"]), discharges
