"""The invented region has the levels of published Danish figures, within stated tolerances.

Sources are those of docs: a register study of Central Denmark Region (levels of 2018-2019), the national registers'
yearly figures, and, where nothing was found, assumptions. The cohort is what the classifier finds, not who was ill.
"""

import numpy as np
import polars as pl
import pytest

from synthetic.chance import NEVER, YEAR
from synthetic.country import load_country
from synthetic.truth import Region
from tests.lib import synthetic_levels as levels

Truth = dict[int, tuple[str, int]]


@pytest.fixture(scope="module")
def cohort(region: Region, truth: Truth) -> levels.Cohort:
    return levels.cohort(region, truth, region.window.last)


def test_each_municipality_has_its_prevalence_of_type_2_diabetes(region: Region, cohort: levels.Cohort) -> None:
    last = region.residences.group_by("person", maintain_order=True).agg(pl.col("municipality").last())
    place = np.full(len(region.people), -1)
    place[last["person"].to_numpy()] = last["municipality"].to_numpy()
    adults = levels.present_adults(region, region.window.last)
    for index, municipality in enumerate(load_country().municipalities):
        share = (place[cohort.person.to_numpy()] == index).sum() / (adults & (place == index)).sum()
        assert share == pytest.approx(municipality.diabetes_prevalence, abs=0.007), municipality.name


@pytest.mark.parametrize(
    ("analyte", "months", "published", "tolerance"),
    [("hba1c", 15, 0.068, 0.03), ("ldl", 15, 0.131, 0.04), ("uacr", 15, 0.436, 0.05)],
)
def test_as_many_go_unmeasured_as_published(
    region: Region, cohort: levels.Cohort, analyte: str, months: int, published: float, tolerance: float
) -> None:
    rows = region.care.results.filter(pl.col("analyte") == analyte)
    assert 1 - levels.share_with(rows, cohort, months) == pytest.approx(published, abs=tolerance)


def test_as_many_eyes_and_feet_go_unexamined_as_published(region: Region, cohort: levels.Cohort) -> None:
    feet = region.care.services.filter(pl.col("specialty") == "54")
    assert 1 - levels.share_with(region.care.eyes, cohort, 27) == pytest.approx(0.432, abs=0.05)
    assert 1 - levels.share_with(feet, cohort, 15) == pytest.approx(0.57, abs=0.07)


@pytest.mark.parametrize(
    ("analyte", "limit", "published", "tolerance"),
    [
        ("hba1c", 53, 0.372, 0.04),
        ("hba1c", 58, 0.22, 0.04),
        ("hba1c", 75, 0.055, 0.02),
        ("ldl", 2.55, 0.283, 0.05),
        ("uacr", 30, 0.21, 0.04),
        ("uacr", 300, 0.04, 0.015),
    ],
)
def test_as_many_lie_at_or_above_a_limit_as_published(
    region: Region, cohort: levels.Cohort, analyte: str, limit: float, published: float, tolerance: float
) -> None:
    value = levels.latest(region, cohort, analyte)["value"]
    shown = value.round(0) if analyte == "hba1c" else value
    assert (shown >= limit).mean() == pytest.approx(published, abs=tolerance)


def test_kidney_function_is_reduced_in_about_one_in_five(region: Region, cohort: levels.Cohort) -> None:
    assert (levels.latest(region, cohort, "egfr")["value"] < 60).mean() == pytest.approx(0.18, abs=0.04)


@pytest.mark.parametrize(
    ("drug", "published", "tolerance"),
    [("metformin", 0.621, 0.07), ("insulin", 0.187, 0.04), ("sulfonylurea", 0.052, 0.03), ("dpp4", 0.133, 0.05)],
)
def test_older_drugs_are_used_as_published(
    region: Region, cohort: levels.Cohort, drug: str, published: float, tolerance: float
) -> None:
    assert len(levels.users(region, cohort)[drug]) / len(cohort.person) == pytest.approx(published, abs=tolerance)


def test_newer_drugs_are_used_more_at_the_end_than_at_the_start(
    region: Region, truth: Truth, cohort: levels.Cohort
) -> None:
    start = levels.cohort(region, truth, region.window.first + round(2.25 * YEAR))
    before, after = levels.users(region, start), levels.users(region, cohort)
    for drug in ("sglt2", "glp1"):
        early, late = len(before[drug]) / len(start.person), len(after[drug]) / len(cohort.person)
        assert early == pytest.approx(0.125, abs=0.05)
        assert late > 1.3 * early


def test_as_many_are_untreated_when_treatment_is_indicated_as_published(region: Region, cohort: levels.Cohort) -> None:
    high = set(levels.latest(region, cohort, "hba1c").filter(pl.col("value").round(0) >= 48)["person"])
    vessels = levels.ever_diagnosed(region, cohort, ("DI2[0-5]", "DI6[0-4]", "DG45", "DI50", "DI110", "DI702", "DI739"))
    albuminuria = set(levels.latest(region, cohort, "uacr").filter(pl.col("value") >= 30)["person"])
    kidneys = set(levels.latest(region, cohort, "uacr").filter(pl.col("value") >= 300)["person"])
    lipids = set(levels.latest(region, cohort, "ldl").filter(pl.col("value") > 2.5)["person"])

    def untreated(indicated: set[int], atc: tuple[str, ...]) -> float:
        return len(indicated - levels.bought(region, cohort, atc)) / len(indicated)

    assert untreated(high, ("A10",)) == pytest.approx(0.069, abs=0.03)
    assert untreated(vessels | kidneys | lipids, ("C10",)) == pytest.approx(0.349, abs=0.05)
    assert untreated(albuminuria, ("C09",)) == pytest.approx(0.284, abs=0.06)
    assert untreated(vessels, ("B01AC",)) == pytest.approx(0.348, abs=0.06)


@pytest.mark.parametrize(
    ("codes", "lowest", "highest"),
    [
        (("DE113", "DH360"), 0.10, 0.20),
        (("DE114", "DG590", "DG632"), 0.07, 0.15),
        (("DE115B", "DE115C", "DL97", "DL984"), 0.04, 0.07),
        (("DE112", "DN083", "DN18"), 0.05, 0.12),
        (("DI50", "DI110"), 0.06, 0.11),
    ],
)
def test_complications_are_recorded_as_often_as_expected(
    region: Region, cohort: levels.Cohort, codes: tuple[str, ...], lowest: float, highest: float
) -> None:
    share = len(levels.ever_diagnosed(region, cohort, codes)) / len(cohort.person)
    assert lowest <= share <= highest


def test_nearly_half_have_some_complication(region: Region, cohort: levels.Cohort) -> None:
    codes = ("DE11[2345]", "DH360", "DN083", "DN18", "DG590", "DG632", "DL97", "DI2[0-5]", "DI6[0-4]", "DG45", "DI50")
    assert len(levels.ever_diagnosed(region, cohort, codes)) / len(cohort.person) == pytest.approx(0.458, abs=0.05)


def test_amputations_are_rare(region: Region, cohort: levels.Cohort) -> None:
    operated = region.care.hospital.procedures.filter(pl.col("code").str.contains("^KN[FGH]Q")).join(
        region.care.hospital.contacts, on="contact"
    )
    members = operated.filter(pl.col("person").is_in(cohort.person.implode()))
    assert 0.005 <= members["person"].n_unique() / len(cohort.person) <= 0.02


def test_one_in_nine_admissions_is_followed_by_an_acute_one_within_30_days(region: Region) -> None:
    ill = pl.Series(region.patients.person.astype(np.int32))
    stays = region.care.hospital.contacts.filter(pl.col("kind") == "inpatient", pl.col("person").is_in(ill.implode()))
    following = stays.sort("person", "start").with_columns(
        gap=pl.col("start").shift(-1).over("person") - pl.col("end"),
        next_acute=pl.col("acute").shift(-1).over("person"),
    )
    complete = following.filter(pl.col("end") // 1440 < region.window.last - 30)
    back = complete.select(
        (pl.col("gap").is_between(241, 30 * 1440) & pl.col("next_acute")).fill_null(value=False).mean()
    )
    assert back.item() == pytest.approx(0.11, abs=0.02)


def test_mean_age_sex_and_mortality_are_plausible(region: Region, cohort: levels.Cohort) -> None:
    members = cohort.person.to_numpy()
    assert ((region.window.last - region.people.born[members]) / YEAR).mean() == pytest.approx(67.5, abs=2.5)
    assert (region.people.sex[members] == 2).mean() == pytest.approx(0.43, abs=0.04)
    two = region.patients.kind == 2
    years = (region.patients.last - region.patients.first)[two].sum() / YEAR
    deaths = (region.departures.died[region.patients.person[two]] < NEVER).sum()
    assert 1000 * deaths / years == pytest.approx(46, abs=8)


def test_smokers_and_specialist_contacts_are_as_expected(region: Region, cohort: levels.Cohort) -> None:
    habits = region.care.record["examinations"].filter(pl.col("examination") == "rygestatus").sort("day")
    latest = habits.group_by("person").agg(pl.col("result").last())["result"]
    assert (latest == "ryger").mean() == pytest.approx(0.14, abs=0.035)
    clinic = region.care.hospital.contacts.filter(pl.col("specialty") == 0).with_columns(day=pl.col("start") // 1440)
    assert levels.share_with(clinic, cohort, 12) == pytest.approx(0.175, abs=0.035)


def test_practices_differ_by_more_than_chance(region: Region, cohort: levels.Cohort) -> None:
    last = region.registrations.group_by("person", maintain_order=True).agg(pl.col("practice").last())
    value = levels.latest(region, cohort, "hba1c").with_columns(met=(pl.col("value").round(0) < 53).cast(pl.Float64))
    by_practice = value.join(last, on="person").group_by("practice").agg(pl.len(), pl.col("met").mean())
    large = by_practice.filter(pl.col("len") >= 40)
    overall = value["met"].mean()
    deviation = (large["met"] - overall) / (overall * (1 - overall) / large["len"]).sqrt()
    assert large.height >= 10
    assert (deviation**2).mean() > 1.4


def test_the_yearly_review_falls_in_all_months_so_that_no_share_goes_up_and_down_with_the_season(
    region: Region, truth: Truth
) -> None:
    asked = region.care.record["examinations"].filter(pl.col("examination") == "rygestatus")
    quarters = [region.window.last - round(quarter * YEAR / 4) for quarter in range(8)]
    shares = [levels.share_with(asked, levels.cohort(region, truth, day), 12) for day in quarters]
    assert max(shares) - min(shares) < 0.05


def test_all_ten_years_are_as_full_as_the_last_so_that_no_level_moves_only_because_the_history_begins(
    region: Region, truth: Truth
) -> None:
    """Shares within 6 percentage points of those of the last day, also over the spring of 2020; from 2018 on."""
    care = region.care
    sources = {
        analyte: care.results.filter(pl.col("analyte") == analyte) for analyte in ("hba1c", "ldl", "egfr", "uacr")
    }
    sources["blood pressure"] = care.record["measurements"].filter(pl.col("measure") == "systolic")
    sources["smoking"] = care.record["examinations"].filter(pl.col("examination") == "rygestatus")
    sources["practice contact"] = care.services.filter(pl.col("specialty") == "80")

    def levels_on(day: int) -> dict[str, float]:
        here = levels.cohort(region, truth, day)
        examined = {name: levels.share_with(rows, here, 15) for name, rows in sources.items()}
        users = {drug: len(people) / len(here.person) for drug, people in levels.users(region, here).items()}
        reduced = (levels.latest(region, here, "egfr")["value"] < 60).mean()
        return examined | {name: users[name] for name in ("statin", "ace_inhibitor")} | {"eGFR below 60": reduced}

    now = levels_on(region.window.last)
    for years in range(1, 9):
        assert levels_on(region.window.last - round(years * YEAR)) == pytest.approx(now, abs=0.06)
