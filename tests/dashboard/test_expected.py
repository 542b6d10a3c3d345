"""What a municipality's ages let expect, worked out from published cells only."""

from dataclasses import replace

import pytest

from dashboard.catalogue import Definition
from dashboard.chance.expected import expected
from dashboard.comparison import Measure
from dashboard.presenters import expected as presenter
from dashboard.presenters.units import Unit
from dashboard.wording import wording

YOUNG, OLD = "18-49", "80+"


def share(met: int, of: int, low: float | None = None, high: float | None = None) -> Measure:
    return Measure("shown", met / of, low, high, met, of)


# The whole area: 40 % of the young and 80 % of the old. The unit has 300 young and 100 old people: 120 + 80 of 400.
STANDARD = {YOUNG: share(400, 1000), OLD: share(800, 1000)}
AGES = {YOUNG: share(150, 300), OLD: share(90, 100)}
OWN = share(240, 400, 0.55, 0.65)


def test_each_age_group_is_expected_to_be_like_that_group_of_the_whole_area() -> None:
    found = expected(OWN, AGES, STANDARD)
    assert found is not None
    assert found.value == pytest.approx(200 / 400)
    assert found.ratio == pytest.approx(240 / 200)
    assert found.place == "higher"


def test_the_whole_area_is_what_it_is_expected_to_be() -> None:
    whole = share(1200, 2000, 0.57, 0.63)
    found = expected(whole, STANDARD, STANDARD)
    assert found is not None
    assert (found.value, found.ratio, found.place) == (pytest.approx(0.6), pytest.approx(1.0), "similar")


def test_a_rate_is_weighed_by_years_and_not_by_people() -> None:
    def rate(events: int, years: float) -> Measure:
        return Measure("shown", 1000 * events / years, 0.0, 9.0, events, None, years)

    ages = {YOUNG: rate(9, 900.0), OLD: rate(5, 100.0)}
    found = expected(rate(14, 1000.0), ages, {YOUNG: rate(10, 1000.0), OLD: rate(100, 1000.0)})
    assert found is not None
    assert found.value == pytest.approx((900 * 10 + 100 * 100) / 1000)


def test_an_age_group_without_anybody_counts_nothing() -> None:
    found = expected(OWN, {**AGES, "50-64": Measure("no_data")}, STANDARD)
    assert found is not None
    assert found.value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("own", "ages", "standard"),
    [
        (Measure("suppressed"), AGES, STANDARD),
        (OWN, {**AGES, OLD: Measure("suppressed")}, STANDARD),
        (OWN, AGES, {**STANDARD, OLD: Measure("suppressed")}),
        (OWN, AGES, {YOUNG: STANDARD[YOUNG]}),
        (OWN, {}, STANDARD),
    ],
)
def test_nothing_is_expected_where_a_number_it_needs_is_not_shown(
    own: Measure, ages: dict[str, Measure], standard: dict[str, Measure]
) -> None:
    assert expected(own, ages, standard) is None


@pytest.fixture
def skive() -> Unit:
    return Unit("municipality", "0779", "Skive")


def told(unit: Unit, definition: Definition, language: str = "en") -> list[str]:
    cells = {(unit.unit_id, "all", "all"): OWN, (unit.unit_id, "female", "all"): share(1, 2)}
    cells |= {(unit.unit_id, "all", band): each for band, each in AGES.items()}
    everybody = Unit("all", "all", "")
    standard = {("all", "all", band): each for band, each in STANDARD.items()}
    return presenter.told(unit, cells, everybody, standard, definition, wording(language))


def test_the_sentence_says_what_was_expected_and_how_the_number_compares(skive: Unit, share_of: Definition) -> None:
    (sentence,) = told(skive, share_of)
    assert "in Skive one would expect 50.0%; the number is 60.0%." in sentence
    assert sentence.endswith("Higher than expected – better.")
    assert told(skive, share_of, "da")[0].endswith("Højere end forventet – bedre.")


def test_nothing_is_told_of_a_practice_or_of_a_median(skive: Unit, share_of: Definition) -> None:
    assert told(Unit("practice", "100001", "Hus"), share_of) == []
    assert told(skive, replace(share_of, kind="median")) == []


@pytest.fixture
def share_of(definitions: dict[str, Definition]) -> Definition:
    return definitions["hba1c_below_53"]
