"""A supplier who gives every month's file the same name loses nothing, and corrections are still corrections."""

from datetime import date, timedelta

import pytest

from ingest.job import run
from tests.lib.deliveries import LABKA, answer, deliver, identifiers, new_home, text

PEOPLE = identifiers(30)
VALUES = "SELECT month(taken_on), value, count(*) FROM core.measurement GROUP BY ALL ORDER BY ALL"
KEYS = "SELECT delivery_key, state FROM meta.batch ORDER BY batch_id"


def results(first: date, days: int, value: str) -> str:
    """Return results of everybody, spread over some days."""
    rows = [
        (person, f"{first + timedelta(days=place % days)} 08:30:00", "NPU27300", "=", value, "Y012345")
        for place, person in enumerate(PEOPLE)
    ]
    return text(LABKA, rows)


JANUARY = results(date(2025, 1, 1), 31, "51")
FEBRUARY = results(date(2025, 2, 1), 28, "52")


@pytest.fixture
def send(tmp_path):
    """Return what delivers one file in a folder of its own, and returns its verdict."""
    home = new_home(tmp_path)

    def deliver_to(name, content):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        deliver(folder, name, content)
        return run(home, folder).files[0]

    deliver_to.home = home
    return deliver_to


def test_the_next_month_under_the_same_name_is_loaded_beside_the_last(send):
    send("labka.csv", JANUARY)
    verdict = send("labka.csv", FEBRUARY)
    assert (verdict.state, verdict.replaces, verdict.loaded) == ("accepted", False, 30)
    assert "beside it and replaces nothing" in verdict.message
    assert answer(send.home, VALUES) == [(1, 51.0, 30), (2, 52.0, 30)]
    assert answer(send.home, KEYS) == [("labka:labka", "loaded"), ("labka:labka@2025-02-01", "loaded")]


def test_of_two_deliveries_of_one_name_a_correction_replaces_the_one_of_its_days(send):
    send("labka.csv", JANUARY)
    send("labka.csv", FEBRUARY)
    verdict = send("labka_v2.csv", results(date(2025, 2, 1), 28, "60"))
    assert verdict.replaces
    assert answer(send.home, VALUES) == [(1, 51.0, 30), (2, 60.0, 30)]
    assert answer(send.home, KEYS)[1:] == [("labka:labka@2025-02-01", "replaced"), ("labka:labka@2025-02-01", "loaded")]


def test_a_file_that_holds_all_days_so_far_replaces_all_deliveries_of_its_name(send):
    send("labka.csv", JANUARY)
    send("labka.csv", FEBRUARY)
    both = results(date(2025, 1, 1), 31, "60") + "\n".join(results(date(2025, 2, 1), 28, "61").splitlines()[1:]) + "\n"
    assert send("labka.csv", both).replaces
    assert answer(send.home, VALUES) == [(1, 60.0, 30), (2, 61.0, 30)]


def test_a_file_that_tells_only_some_of_the_days_anew_is_refused_until_it_is_marked(send):
    send("labka.csv", JANUARY)
    half = results(date(2025, 1, 16), 31, "60")
    verdict = send("labka.csv", half)
    assert (verdict.state, verdict.reason) == ("refused", "same_name_other_days")
    assert "_v2" in verdict.message
    assert answer(send.home, VALUES) == [(1, 51.0, 30)]
    assert send("labka_v2.csv", half).replaces
    assert {row[1] for row in answer(send.home, VALUES)} == {60.0}


def test_a_marked_correction_of_days_that_nobody_told_of_is_refused_where_several_have_its_name(send):
    send("labka.csv", JANUARY)
    send("labka.csv", FEBRUARY)
    verdict = send("labka_v2.csv", results(date(2025, 6, 1), 30, "60"))
    assert (verdict.state, verdict.reason) == ("refused", "same_name_other_days")
    assert answer(send.home, VALUES) == [(1, 51.0, 30), (2, 52.0, 30)]
