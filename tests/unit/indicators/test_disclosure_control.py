import polars as pl
import pytest

from indicators.disclosure.control import PUBLISHED, protect
from indicators.disclosure.nested import Count, Nested
from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import Related
from tests.lib.drawn_cells import cell, cells, clusters
from tests.lib.tiny_release import POLICY
from tvaers.errors import DisclosureError

AGAINST_OUTSIDERS = load_policy(POLICY).model_copy(update={"insiders": ()})
MUNICIPALITIES_ONE_SMALL = (
    cell("all/all", 140, 200),
    cell("municipality/A", 60, 80),
    cell("municipality/B", 77, 100),
    cell("municipality/C", 3, 20),
)


def states(*drawn: dict[str, object], **cluster_of: str) -> dict[str, str]:
    protected = protect(cells(*drawn), AGAINST_OUTSIDERS, clusters(**cluster_of)).cells
    name = pl.concat_str("indicator_id", "level", "unit_id", "sex", "age_band", separator="/")
    short = name.str.replace("eye_examined/", "").str.replace("/all/all$", "")
    return dict(protected.select(short, "state").iter_rows())


def test_one_small_municipality_takes_a_second_with_it_because_the_total_tells_the_rest() -> None:
    found = states(*MUNICIPALITIES_ONE_SMALL)
    assert found["all/all"] == "shown"
    assert found["municipality/C"] == "suppressed"
    assert sorted(found.values()) == ["shown", "shown", "suppressed", "suppressed"]


@pytest.mark.parametrize("few", ["numerator_patients", "complement_patients"])
def test_events_of_one_person_are_not_told_by_the_total_either(few: str) -> None:
    def drawn(people: int) -> dict[str, str]:
        return states(
            cell("all/all", 110, 200),
            cell("municipality/A", 50, 80),
            cell("municipality/B", 50, 100),
            cell("municipality/C", 10, 20, **{few: people}),
        )

    assert set(drawn(5).values()) == {"shown"}
    assert drawn(1)["municipality/C"] == "suppressed"
    assert sorted(drawn(1).values()) == ["shown", "shown", "suppressed", "suppressed"]


def test_a_hidden_sex_hides_the_other_and_the_same_sexes_elsewhere() -> None:
    found = states(
        cell("all/all", 120, 200), cell("all/all/female/all", 53, 90), cell("all/all/male/all", 67, 110),
        cell("municipality/A", 60, 100), cell("municipality/B", 60, 100),
        cell("municipality/A/female/all", 3, 20), cell("municipality/A/male/all", 57, 80),
        cell("municipality/B/female/all", 50, 70), cell("municipality/B/male/all", 10, 30),
    )  # fmt: skip
    splits = {place: state for place, state in found.items() if "municipality" in place and place.count("/") > 1}
    assert set(splits.values()) == {"suppressed"}
    assert found["all/all"] == found["municipality/A"] == found["municipality/B"] == "shown"


def test_practices_are_given_up_before_clusters_and_clusters_before_the_whole() -> None:
    practices = {f"practice/{name}": (8 + 3 * place, 30) for place, name in enumerate("abcdef")}
    practices["practice/a"] = (2, 30)
    found = states(
        cell("all/all", 87, 180), cell("cluster/K1", 27, 90), cell("cluster/K2", 60, 90),
        *(cell(place, *counts) for place, counts in practices.items()),
        a="K1", b="K1", c="K1", d="K2", e="K2", f="K2",
    )  # fmt: skip
    assert [found[place] for place in ("all/all", "cluster/K1", "cluster/K2")] == ["shown"] * 3
    assert found["practice/a"] == "suppressed"
    assert "suppressed" in (found["practice/b"], found["practice/c"])
    assert {found[f"practice/{name}"] for name in "def"} == {"shown"}


def test_a_cluster_of_one_practice_is_hidden_with_its_practice() -> None:
    found = states(
        cell("all/all", 63, 120), cell("cluster/K1", 3, 40), cell("cluster/K2", 60, 80),
        cell("practice/a", 3, 40), cell("practice/b", 30, 40), cell("practice/c", 30, 40),
        a="K1", b="K2", c="K2",
    )  # fmt: skip
    assert found["cluster/K1"] == found["practice/a"] == "suppressed"
    assert "suppressed" in (found["all/all"], found["cluster/K2"])


def test_people_outside_every_municipality_are_a_group_that_can_be_too_small() -> None:
    found = states(cell("all/all", 120, 203), cell("municipality/A", 60, 100), cell("municipality/B", 60, 100))
    assert "suppressed" in found.values()


def test_what_one_indicator_shows_is_not_hidden_by_another_about_the_same_people() -> None:
    measured = [
        cell("all/all", 150, 200, indicator_id="measured"),
        cell("municipality/A", 78, 80, indicator_id="measured"),
    ]
    measured.append(cell("municipality/B", 72, 120, indicator_id="measured"))
    below = [cell("all/all", 90, 150, indicator_id="below", eligible=200)]
    below.append(cell("municipality/A", 50, 78, indicator_id="below", eligible=80))
    below.append(cell("municipality/B", 40, 72, indicator_id="below", eligible=120))
    found = states(*measured, *below)
    assert found["measured/municipality/A"] == "suppressed"
    assert found["below/municipality/A"] == "suppressed"
    assert found["below/municipality/B"] == "suppressed"


def test_the_people_between_two_nested_limits_are_a_group_too() -> None:
    drawn = cells(
        cell("all/all", 60, 100, indicator_id="below_53"), cell("all/all", 62, 100, indicator_id="below_59"),
    )  # fmt: skip
    nested = [Nested(Count("below_53", "numerator"), Count("below_59", "numerator"))]
    linked = protect(drawn, AGAINST_OUTSIDERS, clusters(), nested).cells
    alone = protect(drawn, AGAINST_OUTSIDERS, clusters()).cells
    assert alone["state"].to_list() == ["shown", "shown"]
    assert "suppressed" in linked["state"].to_list()


def test_what_a_partition_leaves_is_a_group_too() -> None:
    drawn = cells(
        *(cell("all/all", each, 100, indicator_id=name) for name, each in zip("abc", (30, 37, 30), strict=True))
    )
    related = Related(partitions=(("a", "b", "c"),))
    assert protect(drawn, AGAINST_OUTSIDERS, clusters()).cells["state"].to_list() == ["shown"] * 3
    assert "suppressed" in protect(drawn, AGAINST_OUTSIDERS, clusters(), (), related).cells["state"].to_list()


def test_the_people_between_nested_counts_of_different_denominators_are_a_group_too() -> None:
    drawn = cells(cell("all/all", 12, 80, indicator_id="lost_24"), cell("all/all", 14, 100, indicator_id="lost_15"))
    nested = [Nested(Count("lost_24", "numerator"), Count("lost_15", "numerator"))]
    assert protect(drawn, AGAINST_OUTSIDERS, clusters()).cells["state"].to_list() == ["shown", "shown"]
    assert "suppressed" in protect(drawn, AGAINST_OUTSIDERS, clusters(), nested).cells["state"].to_list()


@pytest.mark.parametrize(("had_it_before", "hidden"), [(0, 0), (1, 1), (4, 1), (5, 0)])
def test_two_rates_do_not_tell_of_the_few_people_whom_only_one_of_them_follows(had_it_before: int, hidden: int) -> None:
    rate = {"kind": "rate_per_1000_patient_years", "patient_years": 95.5}
    left = 100 - had_it_before
    drawn = cells(
        cell("all/all", 10, 100, indicator_id="admissions", **rate),
        cell("all/all", 6, left, indicator_id="new_stroke", **rate),
    )
    found = protect(drawn, AGAINST_OUTSIDERS, clusters()).cells
    assert found["state"].to_list().count("suppressed") == hidden


def test_the_few_whom_two_rates_differ_by_are_found_though_rates_of_other_people_are_broader_and_narrower() -> None:
    rate = {"kind": "rate_per_1000_patient_years", "patient_years": 95.5}
    people = {"admissions": (60, 60), "new_stroke": (58, 60), "others": (20, 300), "few_others": (70, 20)}
    drawn = cells(
        *(
            cell(f"municipality/{place}", 10, number, indicator_id=name, **rate)
            for name, numbers in people.items()
            for place, number in zip("AB", numbers, strict=True)
        )
    )
    found = protect(drawn, AGAINST_OUTSIDERS, clusters()).cells.filter(pl.col("state") == "suppressed")
    assert found.height == 1
    assert found["unit_id"].to_list() == ["A"]
    assert found["indicator_id"].to_list()[0] in ("admissions", "new_stroke")


def test_a_rate_is_published_on_coarse_patient_years_and_computed_from_them() -> None:
    drawn = cells(cell("all/all", 10, 100, kind="rate_per_1000_patient_years", patient_years=97.123, value=102.96))
    row = protect(drawn, AGAINST_OUTSIDERS, clusters()).cells.row(0, named=True)
    assert (row["patient_years"], row["value"]) == (100.0, 100.0)
    assert row["ci_low"] < 100.0 < row["ci_high"]


def test_small_and_complementary_cells_look_the_same_and_hold_nothing() -> None:
    drawn = cells(*MUNICIPALITIES_ONE_SMALL)
    hidden = protect(drawn, AGAINST_OUTSIDERS, clusters()).cells.filter(pl.col("state") == "suppressed")
    assert hidden.height == 2
    assert all(hidden[name].null_count() == 2 for name in PUBLISHED)


def test_a_median_of_few_people_comes_without_the_interval_that_is_two_peoples_values() -> None:
    median = {"kind": "median", "numerator_patients": None, "value": 49.0, "ci_low": 44.0, "ci_high": 55.0}
    drawn = cells(cell("all/all", None, 19, **median), cell("all/all", None, 20, indicator_id="of_more", **median))
    few, more = protect(drawn, AGAINST_OUTSIDERS, clusters()).cells.to_dicts()
    assert (few["value"], few["ci_low"], few["ci_high"]) == (49.0, None, None)
    assert (more["value"], more["ci_low"], more["ci_high"]) == (49.0, 44.0, 55.0)


def test_a_cell_with_nobody_in_it_has_no_data_and_one_that_was_not_computed_keeps_its_state() -> None:
    found = states(
        cell("all/all", 0, 0), cell("all/all", None, 0, indicator_id="later", state="not_applicable", patients=None),
    )  # fmt: skip
    assert found == {"all/all": "no_data", "later/all/all": "not_applicable"}


def test_cells_that_add_up_to_more_than_their_total_are_refused() -> None:
    with pytest.raises(DisclosureError, match="add up to more") as fault:
        states(cell("all/all", 20, 100), cell("municipality/A", 30, 60), cell("municipality/B", 10, 40))
    assert fault.value.where.startswith("period ending 2")


def test_the_report_counts_what_is_small_what_is_hidden_and_what_is_shown() -> None:
    drawn = cells(*MUNICIPALITIES_ONE_SMALL)
    protection = protect(drawn, AGAINST_OUTSIDERS, clusters())
    municipality = protection.report.filter(pl.col("level") == "municipality").to_dicts()[0]
    assert (municipality["cells"], municipality["small"], municipality["hidden"]) == (3, 1, 2)
    assert municipality["shown"] == pytest.approx(1 / 3)
    assert protection.narrowest is not None
    assert protection.narrowest >= AGAINST_OUTSIDERS.protection_width
