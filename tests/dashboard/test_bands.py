"""A distribution in bands, made of the published numbers of indicators that cut one scale."""

from dataclasses import replace

import pytest

from dashboard.catalogue import DatedValue, Definition
from dashboard.comparison import Measure
from dashboard.presenters.bands import Band, bands, rows
from dashboard.wording import wording


def cut(limit: float, relation: str, definitions: dict[str, Definition]) -> Definition:
    return replace(
        definitions["hba1c_below_53"],
        indicator_id=f"{relation}_{limit:g}",
        distribution="hba1c",
        threshold=DatedValue(limit, "mmol/mol", None, ""),
        threshold_relation=relation,
    )


@pytest.fixture
def cuts(definitions: dict[str, Definition]) -> dict[str, Definition]:
    made = [cut(53, "below", definitions), cut(48, "below", definitions), cut(75, "at_least", definitions)]
    return {each.indicator_id: each for each in made}


def share(met: int, of: int) -> Measure:
    return Measure("shown", met / of, None, None, met, of)


CELLS = {"below_48": share(30, 100), "below_53": share(55, 100), "at_least_75": share(8, 100)}


def test_the_people_between_two_limits_are_the_difference_of_two_numbers(cuts: dict[str, Definition]) -> None:
    found = bands(cuts["below_53"], cuts, CELLS)
    assert found == [
        Band("< 48 mmol/mol", 30, 0.30),
        Band("48–53 mmol/mol", 25, 0.25),
        Band("53–75 mmol/mol", 37, 0.37),
        Band("≥ 75 mmol/mol", 8, 0.08),
    ]
    assert sum(band.number for band in found) == 100


def test_where_a_number_is_hidden_two_bands_are_one(cuts: dict[str, Definition]) -> None:
    found = bands(cuts["below_53"], cuts, CELLS | {"below_53": Measure("suppressed")})
    assert [(band.label, band.number) for band in found] == [
        ("< 48 mmol/mol", 30),
        ("48–75 mmol/mol", 62),
        ("≥ 75 mmol/mol", 8),
    ]


def test_indicators_of_other_people_make_no_bands(cuts: dict[str, Definition]) -> None:
    assert bands(cuts["below_53"], cuts, CELLS | {"below_48": share(30, 99)}) == []


def test_an_indicator_of_no_distribution_and_one_limit_alone_make_no_bands(cuts: dict[str, Definition]) -> None:
    assert bands(replace(cuts["below_53"], distribution=""), cuts, CELLS) == []
    assert bands(cuts["below_53"], cuts, {"below_53": CELLS["below_53"]}) == []


def test_a_row_has_the_unit_beside_the_whole_area(cuts: dict[str, Definition]) -> None:
    own = bands(cuts["below_53"], cuts, CELLS)
    whole = bands(cuts["below_53"], cuts, {name: share(4 * (cell.numerator or 0), 400) for name, cell in CELLS.items()})
    assert rows(own, whole, wording("en"))[0] == ("< 48 mmol/mol", "30", "30.0%", "30.0%")
    assert rows(own, [], wording("da"))[1] == ("48–53 mmol/mol", "25", "25,0\u00a0%", "")


def test_the_whole_area_has_nothing_beside_it(cuts: dict[str, Definition]) -> None:
    own = bands(cuts["below_53"], cuts, CELLS)
    assert rows(own, None, wording("en"))[0] == ("< 48 mmol/mol", "30", "30.0%")
