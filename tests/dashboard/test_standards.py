"""Municipalities with the ages of a named standard population, worked out from published cells only."""

import json

import pytest
from statsmodels.stats.proportion import proportion_confint

from dashboard.catalogue import Definition
from dashboard.chance.standardised import standardised
from dashboard.comparison import Measure, interval_of_difference
from dashboard.presenters import standards
from dashboard.presenters.units import Unit
from dashboard.wording import wording
from tests.dashboard.test_screens import opened, released, text

__all__ = ["released"]

YOUNG, OLD = "18-49", "80+"
HIDDEN = Measure("suppressed")


def share(met: int, of: int) -> Measure:
    low, high = proportion_confint(met, of, method="wilson")
    return Measure("shown", met / of, low, high, met, of)


def rate(events: int, years: float) -> Measure:
    return Measure("shown", 1000 * events / years, 0.0, 99.0, events, None, years)


def test_each_age_group_keeps_its_own_share_and_gets_the_weight_of_the_standard() -> None:
    found = standardised({YOUNG: share(30, 100), OLD: share(80, 100)}, {YOUNG: 300, OLD: 100})
    assert found is not None
    assert found.value == pytest.approx(0.75 * 0.30 + 0.25 * 0.80)
    assert found.low < found.value < found.high


def test_with_the_units_own_ages_the_standardised_share_is_the_crude_one() -> None:
    found = standardised({YOUNG: share(30, 150), OLD: share(40, 50)}, {YOUNG: 150, OLD: 50})
    assert found is not None
    assert found.value == pytest.approx(70 / 200)


def test_two_shares_weighed_alike_have_half_the_interval_of_their_difference() -> None:
    """The sum of a share and another's complement is their difference: the methods must agree."""
    own, other = share(56, 70), share(48, 80)
    found = standardised({YOUNG: own, OLD: share(32, 80)}, {YOUNG: 1, OLD: 1})
    limits = interval_of_difference(own, other)
    assert found is not None
    assert limits is not None
    assert (2 * found.low - 1, 2 * found.high - 1) == pytest.approx(limits)


def test_a_rate_of_one_group_has_the_exact_interval() -> None:
    """Garwood's interval for 10 events is 4.795 to 18.390."""
    found = standardised({YOUNG: rate(10, 1000)}, {YOUNG: 1})
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((10, 4.795, 18.390), abs=1e-3)


def test_the_interval_of_a_rate_is_fays_and_feuers() -> None:
    """Worked out by hand with the chi-square distribution: 5 and 20 events, weights 0.6 and 0.4."""
    found = standardised({YOUNG: rate(5, 1000), OLD: rate(20, 500)}, {YOUNG: 0.6, OLD: 0.4})
    assert found is not None
    value, variance, largest = 0.6 * 5 + 0.8 * 20, 0.36 * 5 + 0.64 * 20, 0.8
    from scipy.stats import chi2

    low = variance / (2 * value) * chi2.ppf(0.025, 2 * value**2 / variance)
    more, spread = value + largest, variance + largest**2
    high = spread / (2 * more) * chi2.ppf(0.975, 2 * more**2 / spread)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))


def test_without_events_the_interval_begins_at_zero_and_still_has_an_end() -> None:
    found = standardised({YOUNG: rate(0, 1000), OLD: rate(0, 500)}, {YOUNG: 1, OLD: 1})
    assert found is not None
    assert (found.value, found.low) == (0, 0)
    assert found.high > 0


@pytest.mark.parametrize("missing", [HIDDEN, Measure("no_data"), Measure("withheld")])
def test_nothing_is_standardised_where_an_age_group_has_no_number(missing: Measure) -> None:
    assert standardised({YOUNG: share(30, 100), OLD: missing}, {YOUNG: 1, OLD: 1}) is None
    assert standardised({YOUNG: share(30, 100)}, {YOUNG: 1, OLD: 1}) is None


NAMED = json.dumps(
    [{"id": "esp", "name": {"en": "Some standard"}, "weights": {YOUNG: 1, OLD: 1}, "source": {"title": "A source"}}]
)


def test_the_areas_own_people_are_the_first_standard_and_those_of_the_pack_follow() -> None:
    own, named = standards.standards({YOUNG: share(30, 100), OLD: share(8, 50)}, NAMED, wording("en")).values()
    assert (own.name, dict(own.weights), own.source) == ("The area's own people", {YOUNG: 100, OLD: 50}, "")
    assert (named.name, named.source) == ("Some standard", "A source")
    only = standards.standards({YOUNG: share(30, 100), OLD: HIDDEN}, NAMED, wording("en"))
    assert list(only) == ["esp"]
    assert standards.standards({YOUNG: HIDDEN}, "", wording("en")) == {}


def test_the_table_shows_the_standardised_number_beside_the_crude_one(definitions: dict[str, Definition]) -> None:
    skive, viborg = Unit("municipality", "0779", "Skive"), Unit("municipality", "0791", "Viborg")
    cells = {("0779", "all", "all"): share(110, 200), ("0779", "all", YOUNG): share(30, 100)}
    cells |= {("0779", "all", OLD): share(80, 100), ("0791", "all", "all"): share(50, 100)}
    chosen = standards.Standard("esp", "", {YOUNG: 3, OLD: 1}, "")
    definition, words = definitions["hba1c_below_53"], wording("en")
    found = standards.rows([skive, viborg], cells, chosen, definition, words)
    assert [row[0] for row in found] == ["Skive", "Viborg"]
    assert found[0][1].startswith("55.0% · ")
    assert found[0][2].startswith("42.5% · ")
    assert found[1][2] == "Not shown"
    assert standards.rows([viborg], cells, chosen, definition, words) == []


def test_the_page_lets_the_reader_choose_whose_ages() -> None:
    at = opened("indicator", lang="nb", indicator="hba1c_below_53", standard="european_2013")
    assert not at.exception
    assert "Europeisk standardbefolkning 2013" in text(at)
    assert wording("nb")("standards.standardised") in text(at)
    assert wording("nb")("standards.title") not in text(opened("indicator", lang="nb", indicator="hba1c_median"))
