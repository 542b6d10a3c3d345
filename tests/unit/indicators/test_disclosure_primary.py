import pytest

from indicators.disclosure.policy import load_policy
from indicators.disclosure.primary import too_small
from tests.lib.drawn_cells import cell, cells
from tests.lib.tiny_release import POLICY

POLICY_IN_FORCE = load_policy(POLICY)
RATE = {"kind": "rate_per_1000_patient_years", "patient_years": 90.0}


def is_hidden(drawn: dict[str, object]) -> bool:
    return bool(too_small(cells(drawn), POLICY_IN_FORCE)[0])


@pytest.mark.parametrize(
    ("numerator", "denominator", "hidden"),
    [
        (0, 40, False),
        (1, 40, True),
        (4, 40, True),
        (5, 40, False),
        (35, 40, False),
        (36, 40, True),
        (39, 40, True),
        (40, 40, False),
        (5, 10, False),
        (0, 10, False),
        (0, 9, True),
        (9, 9, True),
        (0, 4, True),
        (0, 0, False),
    ],
)
def test_a_share_is_hidden_by_its_numerator_its_complement_or_its_denominator(
    numerator: int, denominator: int, hidden: bool
) -> None:
    assert is_hidden(cell("municipality/0791", numerator, denominator)) is hidden


@pytest.mark.parametrize(("eligible", "hidden"), [(40, False), (41, True), (44, True), (45, False)])
def test_one_to_four_people_without_a_value_hide_the_cell(eligible: int, hidden: bool) -> None:
    assert is_hidden(cell("municipality/0791", 20, 40, eligible=eligible)) is hidden


@pytest.mark.parametrize(("people", "hidden"), [(1, True), (4, True), (5, False)])
def test_many_events_of_few_people_are_hidden(people: int, hidden: bool) -> None:
    assert is_hidden(cell("hospital/6630", 12, 40, patients=30, numerator_patients=people)) is hidden
    assert is_hidden(cell("hospital/6630", 12, 90, numerator_patients=people, **RATE)) is hidden


@pytest.mark.parametrize(("people", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_many_events_that_are_not_met_of_few_people_are_hidden(people: int, hidden: bool) -> None:
    assert is_hidden(cell("hospital/6630", 28, 40, patients=30, complement_patients=people)) is hidden


@pytest.mark.parametrize(("people", "hidden"), [(9, True), (10, False)])
def test_many_events_in_a_group_of_fewer_than_ten_people_are_hidden(people: int, hidden: bool) -> None:
    assert is_hidden(cell("hospital/6630", 12, 40, patients=people)) is hidden
    assert is_hidden(cell("hospital/6630", 12, people, **RATE)) is hidden


@pytest.mark.parametrize(("people", "hidden"), [(9, True), (10, False)])
def test_a_median_of_fewer_than_ten_people_is_hidden(people: int, hidden: bool) -> None:
    median = cell("municipality/0791", None, people, kind="median", numerator_patients=None, value=49.0)
    assert is_hidden(median) is hidden


@pytest.mark.parametrize(("people", "hidden"), [(19, True), (20, False)])
def test_a_practice_with_fewer_than_twenty_patients_is_not_shown_by_itself(people: int, hidden: bool) -> None:
    assert is_hidden(cell("practice/057000", 8, people)) is hidden


def test_a_practice_is_measured_by_all_its_patients_not_by_one_indicators_group() -> None:
    of_some = cell("practice/057000", 6, 12, indicator_id="treated")
    of_all = cell("practice/057000", 15, 40)
    assert too_small(cells(of_some, of_all), POLICY_IN_FORCE).to_list() == [False, False]


def test_a_cell_that_was_not_computed_has_nothing_to_hide() -> None:
    assert not is_hidden(cell("practice/057000", None, 0, state="no_data", patients=None, eligible=None))
