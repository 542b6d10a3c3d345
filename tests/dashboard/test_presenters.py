from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from dashboard.catalogue import Definition
from dashboard.comparison import Measure, difference
from dashboard.presenters import about, measures, municipality, overview
from dashboard.presenters.history import histories, year_before
from dashboard.presenters.indicator import units_beside_each_other
from dashboard.presenters.practice import present, spine, without_band
from dashboard.presenters.units import Directory, Unit, label, natural
from dashboard.presenters.verdicts import Verdict, changed, compared, target_text
from dashboard.release_reader import Release
from dashboard.wording import Wording, wording
from tests.dashboard.conftest import LANGUAGES

NOW, BEFORE = date(2026, 9, 30), date(2025, 9, 30)


QUARTERS = [
    date(year, month, day) for year in range(2022, 2027) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
]
COURSE = [day for day in QUARTERS if day <= NOW]


def shown(value: float, half: float = 0.02, **more: Any) -> Measure:
    return Measure("shown", value, value - half, value + half, round(value * 1000), 1000, **more)


def turned(earlier: float, newest: Measure) -> dict[date, Measure]:
    """Return a course that keeps its level, but for ripples, until a year ago and ends with a newest value."""
    kept = {day: shown(earlier + 0.002 * (place % 3 - 1)) for place, day in enumerate(COURSE)}
    return kept | {BEFORE: shown(earlier), NOW: newest}


@pytest.fixture
def share(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["hba1c_measured"], direction="higher_is_better")


def story(share: Definition, own: dict[date, Measure], other: Measure, words: Wording) -> overview.Story:
    peer = overview.Peer("Skive", {"hba1c_measured": {NOW: other}})
    return overview.present({"hba1c_measured": share}, {"hba1c_measured": own}, peer, NOW, words)


def test_worse_and_worsening_comes_before_worse_and_before_worsening(share: Definition, english: Wording) -> None:
    own = {
        "improving": turned(0.5, shown(0.9)),
        "worsening": turned(0.9, shown(0.8)),
        "worse": turned(0.6, shown(0.6)),
        "both": turned(0.8, shown(0.6)),
        "hidden": {NOW: Measure("suppressed")},
    }
    definitions = {key: replace(share, indicator_id=key) for key in own}
    peer = overview.Peer("Skive", {key: {NOW: shown(0.8)} for key in own})
    told = overview.present(definitions, own, peer, NOW, english)
    assert [card.indicator_id for card in told.look_first] == ["both", "worse", "worsening"]
    assert [card.indicator_id for card in told.going_well] == ["improving"]
    assert told.summary[0] == ("2 indicators are worse than the comparison", "worse")
    assert ("1 is not shown", "unknown") in told.summary


def test_a_card_says_everything_in_words(share: Definition, danish: Wording) -> None:
    left_out = replace(share, missing_values="exclude")
    (card,) = story(left_out, turned(0.9, shown(0.8, completeness=0.5)), shown(0.9), danish).look_first
    assert card.value == "80,0\u00a0%"
    assert card.interval == "78,0–82,0\u00a0%"
    assert card.basis == "800 af 1.000 patienter"
    assert card.completeness == "værdi kendt for 50\u00a0%"
    assert card.comparison.text == "Lavere end Skive – dårligere"
    assert card.trend.text == "Faldet siden sep. 2025 – dårligere"
    assert card.target_text == "Mål ≥ 95\u00a0% ikke nået"
    assert card.spark[-5:] == (0.9, 0.898, 0.9, 0.902, 0.8)


def test_days_are_whole_in_a_median_and_in_its_interval(share: Definition, danish: Wording) -> None:
    wait = replace(share, kind="median", unit="days")
    found = Measure("shown", 412.0, 392.0, 1533.0)
    assert measures.amount(412.0, wait, danish) == "412\u00a0dage"
    assert measures.interval(found, wait, danish) == "392–1.533"
    assert measures.interval(replace(found, low=391.5), wait, danish) == "391,5–1.533"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hidden_cell_has_a_reason_and_no_number(share: Definition, language: str) -> None:
    told = story(share, {NOW: Measure("suppressed")}, shown(0.9), wording(language))
    (card,) = told.by_group["hba1c"]
    assert not any(character.isdigit() for character in card.value + card.interval + card.basis)
    assert "5" in card.reason
    assert told.look_first == ()


def test_no_difference_is_said_as_no_difference(share: Definition, english: Wording) -> None:
    assert compared(shown(0.80), shown(0.81), "Skive", share, english).text == "No clear difference from Skive"
    assert compared(Measure("suppressed"), shown(0.81), "Skive", share, english).text == ""


def test_a_change_needs_the_same_time_a_year_before(share: Definition, english: Wording) -> None:
    assert changed({NOW: shown(0.9)}, NOW, share, english).text == ""
    assert changed(turned(0.8, shown(0.9)), NOW, share, english) == Verdict("better", "Risen since Sept 2025 – better")


def test_a_change_needs_a_course_long_enough_to_tell_it_from_chance(share: Definition, english: Wording) -> None:
    """The rules of run charts are published for ten points and more."""
    course = turned(0.8, shown(0.9))
    short = {day: course[day] for day in sorted(course)[-9:]}
    assert changed(short, NOW, share, english) == Verdict("unknown", "Too few reporting dates to tell a change")
    long_enough = {day: course[day] for day in sorted(course)[-10:]}
    assert changed(long_enough, NOW, share, english).judgement == "better"


def test_a_difference_from_a_year_before_is_no_change_while_the_course_looks_like_chance(
    share: Definition, english: Wording
) -> None:
    """A year that happened to begin low: the newest value differs from it, and from nothing else."""
    course = {day: shown(0.8 + 0.02 * (-1) ** place + 0.0001 * place) for place, day in enumerate(COURSE)}
    swinging = course | {BEFORE: shown(0.77), NOW: shown(0.815)}
    assert difference(swinging[NOW], swinging[BEFORE]) == "higher"
    assert changed(swinging, NOW, share, english) == Verdict("similar", "No clear change since Sept 2025")


def test_a_long_run_is_no_change_while_the_newest_value_is_that_of_a_year_before(
    share: Definition, english: Wording
) -> None:
    shifted = {day: shown(0.7 if place < 9 else 0.8 + 0.001 * place) for place, day in enumerate(COURSE)}
    assert changed(shifted, NOW, share, english).judgement == "similar"


def test_hidden_quarters_and_later_ones_do_not_count_as_points(share: Definition, english: Wording) -> None:
    course = turned(0.8, shown(0.9))
    hidden = {day: Measure("suppressed") for day in sorted(course)[:9]}
    assert changed(course | hidden, NOW, share, english).judgement == "better"
    hidden[sorted(course)[9]] = Measure("suppressed")
    assert changed(course | hidden, NOW, share, english).judgement == "unknown"
    assert changed(course, sorted(course)[8], share, english).judgement == "unknown"


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        (date(2026, 9, 30), date(2025, 9, 30)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2026, 12, 31), date(2025, 12, 31)),
    ],
)
def test_the_last_day_of_a_month_stays_the_last_day_of_its_month(day: date, earlier: date) -> None:
    assert year_before(day) == earlier


def test_lower_is_better_turns_the_sign_of_the_target(share: Definition, english: Wording) -> None:
    assert target_text("met", replace(share, direction="lower_is_better"), english) == "Target ≤ 95% met"
    assert share.target is not None
    strict = replace(share, target=replace(share.target, is_strict=True))
    assert target_text("met", strict, english) == "Target > 95% met"
    assert target_text("met", replace(strict, direction="lower_is_better"), english) == "Target < 95% met"


@pytest.mark.parametrize(
    ("kind", "measure", "value", "basis"),
    [
        ("proportion", shown(0.5), "50.0%", "500 of 1,000 patients"),
        ("median", Measure("shown", 48.0, 47.0, 49.0, None, 250), "48.0\u00a0mmol/mol", "250 patients"),
        (
            "rate_per_1000_patient_years",
            Measure("shown", 12.5, 10.0, 15.0, 24, 1400, 1920.4),
            "12.5",
            "24 cases in 1,920 patient-years",
        ),
    ],
)
def test_every_kind_of_indicator_is_printed_on_its_own_scale(
    share: Definition, english: Wording, kind: str, measure: Measure, value: str, basis: str
) -> None:
    definition = replace(share, kind=kind, unit="mmol/mol")
    assert measures.value(measure, definition, english) == value
    assert measures.basis(measure, definition, english) == basis


@pytest.mark.parametrize(
    ("missing_values", "completeness", "said"),
    [
        ("exclude", 0.74, "value known for 74%"),
        ("exclude", 1.0, "value known for 100%"),
        ("fail", 0.74, "value known for 74%"),  # the others' practice or municipality delivers nothing
        ("fail", 1.0, ""),
        ("count_as_numerator", 1.0, ""),
    ],
)
def test_the_share_with_a_known_value_is_said_only_where_the_others_are_left_out(
    share: Definition, english: Wording, missing_values: str, completeness: float, said: str
) -> None:
    definition = replace(share, missing_values=missing_values)
    assert measures.completeness(shown(0.5, completeness=completeness), definition, english) == said


@pytest.mark.parametrize("state", ["suppressed", "not_applicable", "no_data"])
def test_every_state_of_a_cell_is_worded(share: Definition, english: Wording, state: str) -> None:
    assert measures.in_one_line(Measure(state), share, english) == english(f"state.{state}.reason")


def test_a_target_in_percent_and_one_as_a_share_are_the_same(definitions: dict[str, Definition]) -> None:
    stated = definitions["hba1c_measured"]
    assert stated.target is not None
    in_percent = replace(stated, target=replace(stated.target, value=95, unit="percent"))
    assert in_percent.target_value == stated.target_value == 0.95


def test_the_reader_finds_a_practice_by_name_kind_and_place(danish: Wording) -> None:
    units = Directory(
        [Unit("practice", "1", "Lægerne", "K1", "0779"), Unit("municipality", "0779", "Skive"), Unit("all", "all", "")]
    )
    practice = units.by_key["practice-1"]
    assert label(practice, units, danish) == "Lægerne · praksis · Skive"
    assert [unit.key for unit in units.peers(practice)] == ["municipality-0779", "all-all"]
    assert units.comparators(units.everybody) == []


def test_names_are_sorted_as_people_do() -> None:
    assert sorted(["Hus 10", "hus 2", "Åhuset", "Hus 1"], key=natural) == ["Hus 1", "hus 2", "Hus 10", "Åhuset"]


def test_those_without_a_practice_come_last_and_are_named_in_the_language(danish: Wording) -> None:
    units = Directory([Unit("practice", "none", "No practice"), Unit("practice", "7", "Ørnens læger")])
    assert [label(unit, units, danish) for unit in units.of_level("practice")] == [
        "Ørnens læger · praksis",
        "Uden praksis i området · praksis",
    ]


def test_on_the_spine_better_is_to_the_right_whatever_the_direction(share: Definition) -> None:
    values = [0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.4, 0.4, 0.4, 0.5, 0.5]
    everybody = {"all": shown(0.3)}
    higher = spine(share, shown(0.4), everybody, values)
    lower = spine(replace(share, direction="lower_is_better"), shown(0.4), everybody, values)
    assert higher.position == pytest.approx(0.5)
    assert lower.position == pytest.approx(-0.5)
    assert higher.spread == pytest.approx((-1, -0.5, 0.5, 1))
    assert (lower.low or 0) < (lower.position or 0) < (lower.high or 0)


def test_the_spine_needs_everybodys_value_and_ten_practices_for_its_band(share: Definition) -> None:
    assert spine(share, shown(0.4), {"all": Measure("suppressed")}, [0.1] * 10).position is None
    assert spine(share, shown(0.4), {"all": shown(0.3)}, [0.1] * 9).spread is None
    assert spine(share, shown(0.4), {"all": shown(0.3)}, [0.1] * 10).spread is not None


def test_nothing_of_a_practice_reaches_over_the_edge_of_the_spine(share: Definition) -> None:
    rare = Measure("shown", 0.0, 0.0, 0.046, 0, 80)
    placed = spine(replace(share, direction="lower_is_better"), rare, {"all": shown(0.012), "cluster": shown(0.02)}, [])
    assert -1 <= (placed.low or 0) < 0 < (placed.position or 0) == (placed.high or 0) < 0.5
    assert -1 <= placed.groups["cluster"] < 0
    assert spine(share, Measure("suppressed"), {"all": shown(0.012), "cluster": shown(0.02)}, []).groups == {}


@pytest.mark.parametrize(("level", "size", "has_band"), [(0.01, 120, False), (0.3, 120, True)])
def test_a_band_is_of_practices_whose_numbers_are_never_small_and_not_of_those_that_happen_to_be_shown(
    share: Definition, english: Wording, level: float, size: int, *, has_band: bool
) -> None:
    met = [0] * 15 + [round(level * size) + 5] * 5
    practices = pl.DataFrame(
        {
            "indicator_id": share.indicator_id,
            "unit_id": [str(number) for number in range(20)],
            "state": "shown",
            "value": [number / size for number in met],
            "denominator": size,
            "patient_years": None,
        }
    )
    everybody = {share.indicator_id: shown(level)}
    (found,) = present(
        {share.indicator_id: share}, {share.indicator_id: shown(level)}, [("all", "x", everybody)], practices, english
    )
    assert (found.spine.spread is not None) == has_band
    assert without_band([found]) == (not has_band)


def test_a_practice_stands_beside_its_cluster_municipality_and_everybody(
    release: Release, definitions: dict[str, Definition], english: Wording
) -> None:
    practices = release.of_level("practice", NOW)
    own = measures.by(practices.filter(unit_id="057000"), "indicator_id")
    others = [
        ("cluster", "Klynge 01", measures.by(release.of_level("cluster", NOW).filter(unit_id="K01"), "indicator_id")),
        ("all", "The whole area", measures.by(release.of_level("all", NOW), "indicator_id")),
    ]
    rows = present(definitions, own, others, practices, english)
    assert [row.indicator_id for row in rows] == list(definitions)
    for row in rows:
        assert (row.spine.position is None) == bool(row.reason)
        assert len(row.others) == 2


def test_the_first_column_is_everybody_and_is_not_compared_with_itself(share: Definition, english: Wording) -> None:
    everybody, skive = Unit("all", "all", ""), Unit("municipality", "0779", "Skive")
    (row,) = municipality.side_by_side(
        {"hba1c_measured": share},
        [(everybody, {"hba1c_measured": shown(0.9)}), (skive, {"hba1c_measured": shown(0.8)})],
        english,
    )
    assert [entry.judgement for entry in row.entries] == ["unknown", "worse"]


def test_sexes_and_ages_come_in_a_fixed_order_and_missing_cells_say_so(share: Definition, english: Wording) -> None:
    skive = Unit("municipality", "0779", "Skive")
    cells = {("0779", "all", "all"): shown(0.9), ("0779", "all", "80+"): shown(0.8), ("0779", "all", "18-49"): shown(1)}
    (panel,) = municipality.by_sex_and_age([skive], cells, share, english)
    assert [dot.label for dot in panel.dots] == ["Everybody", "Women", "Men", "18–49 years", "80 years and over"]
    assert panel.dots[1].text == english("state.no_data.reason")


def test_units_are_sorted_by_name_and_hidden_ones_stay(share: Definition, english: Wording) -> None:
    units = Directory([Unit("practice", str(place), f"Hus {place}") for place in (10, 2, 1)]).of_level("practice")
    found = {"10": shown(0.9), "1": Measure("suppressed"), "2": shown(0.5)}
    dots = units_beside_each_other(units, found, shown(0.9), share, english, own_key="practice-2")
    assert [dot.label for dot in dots] == ["Hus 1", "Hus 2", "Hus 10"]
    assert [dot.value for dot in dots] == [None, 50.0, 90.0]
    assert [dot.judgement for dot in dots] == ["unknown", "worse", "similar"]
    assert [dot.is_own for dot in dots] == [False, True, False]


def test_history_keeps_each_indicator_apart(release: Release) -> None:
    found = histories(release.of_unit("all", "all"), release.shown_on())
    assert len(found["hba1c_measured"]) == 8
    assert found["hba1c_measured"][NOW].is_shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_the_policy_has_a_name_and_a_reason_in_the_language(release: Release, language: str) -> None:
    words = wording(language)
    for rule in about.policy(release.policy(), words):
        assert "_" not in rule.name
        assert rule.explanation or rule.name == words("policy.version")
    assert about.smallest_group(release.policy()) == 5
