"""Nobody is recorded before birth, before arrival, after death or after leaving; nothing is impossible."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from synthetic.chance import NEVER, YEAR
from synthetic.truth import Region


def frames(region: Region) -> dict[str, pl.DataFrame]:
    contacts = region.care.hospital.contacts
    return {
        "results": region.care.results,
        "purchases": region.care.purchases,
        "services": region.care.services,
        "eyes": region.care.eyes,
        "contacts": contacts.with_columns(day=(pl.col("start") // 1440).cast(pl.Int32)),
        "discharges": contacts.with_columns(day=(pl.col("end") // 1440).cast(pl.Int32)),
        **{f"record {name}": frame for name, frame in region.care.record.items()},
        "referrals": region.care.municipal["courses"].with_columns(day=pl.col("referred")),
        "meetings": region.care.municipal["encounters"].join(
            region.care.municipal["courses"].select("course", "person"), on="course"
        ),
    }


@pytest.mark.parametrize(
    "name",
    ["results", "purchases", "services", "eyes", "contacts", "discharges", "record diagnoses", "record measurements",
     "record examinations", "referrals", "meetings"],
)  # fmt: skip
def test_everything_happens_while_the_person_lives_in_the_region(small_region: Region, name: str) -> None:
    frame = frames(small_region)[name]
    person, day = frame["person"].to_numpy(), frame["day"].to_numpy()
    people, window = small_region.people, small_region.window
    assert len(day) > 0
    assert (day >= np.maximum(people.born, people.entered)[person]).all()
    assert (day >= window.first).all()
    assert (day <= small_region.departures.last_day(window)[person]).all()


def test_a_contact_ends_after_it_begins(small_region: Region) -> None:
    assert (small_region.care.hospital.contacts["end"] >= small_region.care.hospital.contacts["start"]).all()


def test_only_women_of_childbearing_age_give_birth(small_region: Region) -> None:
    births = small_region.care.hospital.diagnoses.filter(pl.col("code").str.contains("^DO")).join(
        small_region.care.hospital.contacts, on="contact"
    )
    person = births["person"].to_numpy()
    age = (births["start"].to_numpy() // 1440 - small_region.people.born[person]) / YEAR
    assert births.height > 20
    assert (small_region.people.sex[person] == 2).all()
    assert (age >= 16.9).all()
    assert (age <= 45.1).all()


def test_results_are_humanly_possible(small_region: Region) -> None:
    limits = {"hba1c": (20, 180), "ldl": (0.3, 8), "egfr": (4, 130), "creatinine": (20, 1200), "potassium": (2, 7)}
    for analyte, (lowest, highest) in limits.items():
        value = small_region.care.results.filter(pl.col("analyte") == analyte)["value"]
        assert value.is_between(lowest, highest).all(), analyte


def test_diastolic_pressure_is_below_systolic(small_region: Region) -> None:
    pressures = small_region.care.record["measurements"].filter(pl.col("measure").is_in(["systolic", "diastolic"]))
    both = pressures.pivot("measure", index=["person", "day"], values="value").drop_nulls()
    assert (both["diastolic"] < both["systolic"]).all()


def test_residences_and_registrations_of_a_person_do_not_overlap(small_region: Region) -> None:
    for periods in (small_region.residences, small_region.registrations):
        ordered = periods.sort("person", "starts_on").with_columns(
            before=pl.col("ends_on").shift(1).over("person").fill_null(-(10**6))
        )
        assert (ordered["starts_on"] > ordered["before"]).all()
        assert (ordered["ends_on"] >= ordered["starts_on"]).all()


def test_people_move_between_municipalities_and_practices(small_region: Region) -> None:
    places = small_region.residences.group_by("person").agg(pl.col("municipality").n_unique())
    practices = small_region.registrations.group_by("person").agg(pl.col("practice").n_unique())
    assert (places["municipality"] > 1).mean() > 0.02
    assert (practices["practice"] > 1).mean() > 0.05


def test_some_die_some_leave_and_some_change_identifier(small_region: Region) -> None:
    assert 0.05 < (small_region.departures.died < NEVER).mean() < 0.15
    assert 0.03 < (small_region.departures.left < NEVER).mean() < 0.12
    changed = small_region.earlier_identifier != ""
    assert changed.any()
    assert not set(small_region.earlier_identifier[changed]) & set(small_region.identifier)


def test_the_region_ends_with_about_the_inhabitants_asked_for(small_region: Region) -> None:
    present = (small_region.departures.died == NEVER) & (small_region.departures.left == NEVER)
    assert present.sum() == pytest.approx(6_000, rel=0.05)


def test_the_same_seed_gives_the_same_region_and_another_seed_another(small_region: Region) -> None:
    from tests.unit.synthetic.conftest import CHANCE, invent

    again = invent(CHANCE, 6_000)
    assert again.care.results.equals(small_region.care.results)
    assert (again.identifier == small_region.identifier).all()
    other = invent(type(CHANCE)(CHANCE.seed + 1), 6_000)
    assert not other.care.results.equals(small_region.care.results)


def test_birthdays_are_dates_of_the_calendar(small_region: Region) -> None:
    first = date(1900, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    assert (small_region.people.born > first).all()
