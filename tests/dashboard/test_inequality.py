"""Gaps and ratios between a unit's groups, with intervals, in words a manager reads."""

import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from dashboard.catalogue import Definition
from dashboard.chance.inequality import gap, others_than, ratio
from dashboard.charts import gaps
from dashboard.charts.sheet import Caption
from dashboard.comparison import Measure
from dashboard.presenters import inequality
from dashboard.presenters.units import Unit
from dashboard.wording import wording
from tests.dashboard.test_screens import opened, released, text

__all__ = ["released"]

SKIVE = Unit("municipality", "0779", "Skive")


def share(met: int, of: int) -> Measure:
    low, high = proportion_confint(met, of, method="wilson")
    return Measure("shown", met / of, low, high, met, of)


def cells(women: Measure, men: Measure, **ages: Measure) -> dict[tuple[str, str, str], Measure]:
    found = {("0779", "female", "all"): women, ("0779", "male", "all"): men}
    if women.numerator is not None and men.numerator is not None:
        found["0779", "all", "all"] = share(women.numerator + men.numerator, women.denominator + men.denominator)
    return found | {("0779", "all", band.replace("_", "-").replace("over", "80+")): each for band, each in ages.items()}


def test_a_gap_of_two_shares_has_newcombes_interval() -> None:
    """Newcombe 1998, table II, method 10: 56/70 minus 48/80 is 0.2 (0.0524 to 0.3339)."""
    found = gap(share(56, 70), share(48, 80))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_ratio_and_its_reverse_say_the_same() -> None:
    forth, back = ratio(share(56, 70), share(48, 80)), ratio(share(48, 80), share(56, 70))
    assert forth is not None
    assert back is not None
    assert forth.value == pytest.approx((56 / 70) / (48 / 80))
    assert (forth.low, forth.high) == pytest.approx((1 / (back.high or 1), 1 / (back.low or 1)))


@pytest.mark.parametrize(("one", "other"), [((56, 70), (48, 80)), ((30, 70), (48, 80)), ((50, 100), (51, 100))])
def test_gap_and_ratio_agree_on_whether_there_is_a_difference(one: tuple[int, int], other: tuple[int, int]) -> None:
    apart, times = gap(share(*one), share(*other)), ratio(share(*one), share(*other))
    assert apart is not None
    assert times is not None
    assert (apart.low > 0, apart.high < 0) == ((times.low or 0) > 1, (times.high or math.inf) < 1)


def test_a_ratio_to_nothing_is_not_told_and_to_nearly_nothing_has_an_open_end() -> None:
    assert ratio(share(5, 50), share(0, 50)) is None
    assert ratio(share(5, 50), Measure("suppressed")) is None
    assert gap(share(5, 50), Measure("suppressed")) is None


def test_the_others_are_the_unit_without_the_group() -> None:
    found = others_than(share(30, 100), share(70, 250))
    assert found is not None
    assert (found.numerator, found.denominator) == (40, 150)
    assert (found.low, found.high) == pytest.approx(proportion_confint(40, 150, method="wilson"))
    assert others_than(Measure("suppressed"), share(70, 250)) is None
    assert others_than(share(30, 100), Measure("suppressed")) is None
    assert others_than(share(30, 100), share(30, 100)) is None


def test_of_a_rate_the_others_have_their_own_years_and_the_exact_interval() -> None:
    def rate(events: int, years: float) -> Measure:
        return Measure("shown", 1000 * events / years, 0.0, 9.0, events, None, years)

    found = others_than(rate(4, 1000.0), rate(14, 3000.0))
    assert found is not None
    assert found.value == pytest.approx(5.0)
    assert (found.low, found.high) == pytest.approx((4.795 / 2, 18.390 / 2), abs=1e-3)
    assert others_than(rate(4, 1000.0), rate(14, 1000.0)) is None


@pytest.fixture
def below_53(definitions: dict[str, Definition]) -> Definition:
    return definitions["hba1c_below_53"]


def test_women_are_set_against_men_and_each_age_against_the_others(below_53: Definition) -> None:
    words = wording("en")
    shown = cells(share(200, 400), share(300, 400), **{"18_49": share(60, 200), "over": share(440, 600)})
    found = inequality.compared(SKIVE, shown, below_53, words)
    assert [each.label for each in found] == [
        "Women against men",
        "18–49 years against other ages",
        "80 years and over against other ages",
    ]
    sexes = found[0]
    assert (sexes.own, sexes.other, sexes.judgement) == ("50.0%", "75.0%", "worse")
    assert sexes.gap_text.startswith("−25.0 percentage points (95% interval −31.")
    assert sexes.ratio_text.startswith("0.67 · 0.")
    told = inequality.told(found, words)
    assert told[0].startswith("Women against men: Lower – worse, −25.0 percentage points")
    assert len(told) == 3
    assert len(inequality.rows(found)[0]) == 6


def test_what_chance_explains_is_not_called_a_difference(below_53: Definition) -> None:
    found = inequality.compared(SKIVE, cells(share(50, 100), share(55, 100)), below_53, wording("da"))
    assert [each.judgement for each in found] == ["similar"]
    assert inequality.told(found, wording("da")) == [wording("da")("inequality.nothing")]


def test_a_hidden_group_is_compared_with_nobody(below_53: Definition) -> None:
    hidden = Measure("suppressed")
    assert inequality.compared(SKIVE, cells(hidden, share(5, 10)), below_53, wording("en")) == []
    ages = {"18_49": share(30, 80), "50_64": hidden, "over": hidden}
    found = inequality.compared(SKIVE, cells(share(50, 100), share(55, 100), **ages), below_53, wording("en"))
    assert [each.label for each in found] == ["Women against men", "18–49 years against other ages"]
    assert found[1].other == "62.5%"
    assert inequality.told([], wording("en")) == []


def test_medians_are_compared_by_sex_only(definitions: dict[str, Definition]) -> None:
    median = Measure("shown", 52.0, 51.0, 53.0, None, 100)
    found = inequality.compared(
        SKIVE,
        cells(median, Measure("shown", 55.0, 54.5, 56.0, None, 90), over=median),
        definitions["hba1c_median"],
        wording("nb"),
    )
    assert [each.label for each in found] == ["Kvinner mot menn"]
    assert found[0].gap_text.startswith("−3,0 mmol/mol")


def test_the_picture_has_a_dot_per_comparison_around_no_difference(below_53: Definition) -> None:
    words = wording("en")
    found = inequality.compared(SKIVE, cells(share(200, 400), share(300, 400)), below_53, words)
    figure = gaps.figure(found, Caption("", "", ""), words)
    assert list(figure.data[0].x) == pytest.approx([-25.0])
    low, high = figure.layout.xaxis.range
    assert low < found[0].gap.low < 0 < high
    assert figure.layout.shapes[0].x0 == 0


def test_the_page_says_how_far_groups_are_apart() -> None:
    at = opened("indicator", lang="da", indicator="hba1c_below_53", unit="municipality-0791")
    assert not at.exception
    assert wording("da")("inequality.title") in text(at)
    assert "procentpoint" in text(at) or wording("da")("inequality.nothing") in text(at)
