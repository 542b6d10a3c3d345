"""A set is as confirmed as its members: of a confirmed one, whichever member is not stands named."""

import pytest

from indicators.definitions.sets import load_sets
from packs.pack import load_pack
from tests.lib.evaluate import catalogue, neighbours

SETS = [
    (country, each)
    for country in ("denmark", *neighbours())
    for each in load_sets(
        load_pack(country).folder, "type_2_diabetes", [one.id for one in catalogue(country=country).indicators]
    )
]


@pytest.mark.parametrize(("country", "each"), SETS, ids=lambda part: getattr(part, "id", part))
def test_a_confirmed_set_names_its_members_that_are_not(country, each):
    known = catalogue(country=country)
    doubtful = {name for name in each.indicators if not known.indicator(name).verified}
    assert set(each.not_confirmed) <= set(each.indicators)
    assert not each.verified or doubtful == set(each.not_confirmed)


def test_some_confirmed_set_has_members_of_both_kinds():
    assert any(each.verified and 0 < len(each.not_confirmed) < len(each.indicators) for _, each in SETS)
