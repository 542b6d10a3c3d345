"""Case mix: the page that declares it, how small strata are pooled, and what is expected of units."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from indicators.counting.expected import pools_of, shares_of
from indicators.definitions import case_mix as page_of
from indicators.definitions.case_mix import load_case_mix
from indicators.definitions.definition import Indicator
from indicators.definitions.factors import Factor
from tests.lib.evaluate import ROOT, catalogue
from tvaers.errors import DefinitionError

PAGE = (ROOT / "indicators" / "type_2_diabetes" / "case_mix.yaml").read_text(encoding="utf-8")
POPULATIONS = tuple(catalogue().populations.populations)


def strata(*rows: tuple[str, int, int]) -> pl.DataFrame:
    """Return strata of a period and two factors, the first kept longest."""
    return pl.DataFrame(rows, schema=["period_end", "insulin", "age"], orient="row").with_columns(
        pl.col("period_end").str.to_date()
    )


def alike(pools: np.ndarray) -> list[list[int]]:
    """Return which strata have a pool together."""
    return sorted([np.flatnonzero(pools == pool).tolist() for pool in np.unique(pools)])


def test_a_stratum_of_enough_people_stands_by_itself_and_small_ones_give_up_the_last_factor_first() -> None:
    found = pools_of(
        strata(*(("2026-09-30", insulin, age) for insulin in (0, 1) for age in range(3))),
        np.array([100, 60, 40, 300, 99, 200]),
        100,
    )
    assert alike(found) == [[0], [1, 2], [3], [4], [5]]


def test_who_is_left_over_in_the_end_makes_a_stratum_however_small_it_is() -> None:
    found = pools_of(strata(("2026-09-30", 0, 0), ("2026-09-30", 0, 1), ("2026-09-30", 1, 0)), np.array([9, 8, 7]), 100)
    assert alike(found) == [[0, 1, 2]]


def test_periods_are_never_pooled() -> None:
    found = pools_of(strata(("2026-06-30", 0, 0), ("2026-09-30", 0, 0)), np.array([9, 8]), 100)
    assert alike(found) == [[0], [1]]


def test_each_stratum_has_the_share_of_its_pool_and_none_where_nobody_is_under_observation() -> None:
    found = shares_of(np.array([0, 1, 1, 2]), np.array([5, 1, 3, 0]), np.array([10, 10, 10, 0]))
    assert found.tolist() == [0.5, 0.2, 0.2, 0.0]


def test_results_that_depend_on_who_patients_are_are_adjusted_and_what_everybody_should_get_is_not() -> None:
    known = catalogue()
    adjusted = {each.id for each in known.indicators if known.is_adjusted(each)}
    assert {"hba1c_below_53", "any_complication", "new_foot_ulcer", "blood_pressure_controlled"} <= adjusted
    not_adjusted = {"hba1c_measured", "foot_examined", "hba1c_median", "smokers", "readmission_within_30_days"}
    assert not not_adjusted & adjusted


def test_an_indicator_opts_out_with_a_reason_in_every_language() -> None:
    known = catalogue()
    assert known.case_mix is not None
    reason = known.case_mix.why_not(known.indicator("smokers"))
    assert reason is not None
    assert reason.da
    assert reason.nb
    assert known.case_mix.why_not(known.indicator("hba1c_below_53")) is None


def test_the_age_groups_of_the_case_mix_are_those_of_the_breakdowns() -> None:
    known = catalogue()
    assert known.case_mix is not None
    (ages,) = [each for each in known.case_mix.factors if each.id == "age_band"]
    assert [each.id for each in ages.values] == [each.id for each in known.breakdowns.age_bands]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[smokers]", "[smoker]", "smoker"),
        ("[adults_with_type_2_diabetes,", "[grown_ups,", "grown_ups"),
        ("smallest_stratum: 100", "smallest_stratum: 3", "smallest_stratum"),
        ("smallest_stratum: 100", "smallest: 100", "smallest"),
        ("        when: sex = 'female'\n", "", "every value but the last"),
        ("  - id: sex\n", "  - id: duration\n", "two factors"),
    ],
)
def test_a_page_written_wrongly_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, told: str
) -> None:
    assert before in PAGE
    (tmp_path / "case_mix.yaml").write_text(PAGE.replace(before, after), encoding="utf-8")
    monkeypatch.setattr(page_of, "disease_folder", lambda disease: tmp_path)
    with pytest.raises(DefinitionError) as fault:
        load_case_mix("type_2_diabetes", POPULATIONS)
    assert told in str(fault.value)
    assert "case_mix.yaml" in str(fault.value)


def test_a_disease_without_the_page_has_crude_results_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of, "disease_folder", lambda disease: tmp_path)
    assert load_case_mix("type_2_diabetes", POPULATIONS) is None


def test_a_factor_puts_everybody_into_the_first_value_that_applies() -> None:
    words = {"en": "a", "da": "b", "nb": "c"}
    values = [{"id": "low", "title": words, "when": "years < 5"}, {"id": "high", "title": words}]
    factor = Factor.model_validate({"id": "years", "title": words, "values": values})
    assert factor.sql == "CASE WHEN years < 5 THEN 0 ELSE 1 END"


def test_medians_times_and_events_of_organisations_have_no_expected_number() -> None:
    known = catalogue()
    assert known.case_mix is not None

    def is_adjusted(each: Indicator) -> bool:
        return known.case_mix is not None and known.case_mix.adjusts(each)

    for each in known.indicators:
        if each.has_values or each.attribution or each.counts != "patients":
            assert not is_adjusted(each), each.id
