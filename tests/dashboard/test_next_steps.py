"""What a unit is advised to do next: only where the statistics say that something is worse, the worst first."""

from dataclasses import replace

import pytest

from dashboard.catalogue import Definition
from dashboard.presenters.next_steps import AT_MOST, next_steps
from dashboard.presenters.overview import Card
from dashboard.presenters.verdicts import Verdict
from dashboard.wording import Wording

REST, NOT_SHOWN = 4, 5


@pytest.fixture
def advising(definitions: dict[str, Definition]) -> dict[str, Definition]:
    """Definitions with advice of their own, one from each group."""
    by_group = {each.group: each for each in definitions.values()}
    assert len(by_group) > AT_MOST + 1
    return {
        each.indicator_id: replace(each, what_to_do={"en": f"What to do about {each.indicator_id}"})
        for each in by_group.values()
    }


def card(definition: Definition, urgency: int) -> Card:
    return Card(
        definition.indicator_id, definition.group, "", definition.indicator_id, "80%", "", "78–82%", "", "", "not_met",
        "said of the target", Verdict("worse", "said of the comparison"), Verdict("worse", "said of the trend"),
        (), (), None, "", urgency, True,
    )  # fmt: skip


def test_what_is_worse_and_worsening_comes_first_and_three_is_enough(
    advising: dict[str, Definition], english: Wording
) -> None:
    first, second, third, fourth, *_ = advising.values()
    cards = [card(first, 3), card(second, 2), card(third, 1), card(fourth, 0)]
    found = next_steps(cards, advising, english)
    assert [step.indicator_id for step in found] == [each.indicator_id for each in (fourth, third, second)]
    assert [step.why for step in found] == ["said of the comparison", "said of the comparison", "said of the trend"]
    assert found[0].what_to_do == f"What to do about {fourth.indicator_id}"


@pytest.mark.parametrize("urgency", [REST, NOT_SHOWN])
def test_nothing_is_advised_where_the_statistics_say_nothing(
    advising: dict[str, Definition], english: Wording, urgency: int
) -> None:
    assert next_steps([card(each, urgency) for each in advising.values()], advising, english) == ()


def test_a_group_takes_one_place_and_an_advice_is_given_once(advising: dict[str, Definition], english: Wording) -> None:
    one, other, third, *_ = advising.values()
    told = advising | {third.indicator_id: replace(third, what_to_do=other.what_to_do)}
    cards = [card(one, 1), replace(card(other, 0), group=one.group), card(third, 1)]
    assert [step.indicator_id for step in next_steps(cards, told, english)] == [other.indicator_id]
