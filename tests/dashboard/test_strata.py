"""Groups of a stratifier on the page of an indicator: from the release, hidden ones with their reason."""

from datetime import date

import pytest

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.parts import rows
from dashboard.presenters import measures, strata
from dashboard.release_reader import Extent, Release, open_release
from dashboard.wording import Wording, wording
from tests.dashboard.conftest import LANGUAGES

NOW = date(2026, 9, 30)


def shown(met: int, people: int) -> Measure:
    return Measure("shown", met / people, met / people - 0.03, met / people + 0.03, met, people)


@pytest.fixture
def duration(release: Release) -> strata.Stratifier:
    (found,) = strata.stratifiers(release.meta()["stratifiers"])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_group_stands_with_its_number_what_it_rests_on_and_a_verdict(
    duration: strata.Stratifier, definitions: dict[str, Definition], language: str
) -> None:
    words, own = wording(language), {"0-4": shown(150, 200), "5-9": shown(100, 200), "10+": shown(125, 200)}
    found = strata.groups(duration, own, shown(375, 600), definitions["hba1c_measured"], words)
    assert [each.title for each in found] == [words.text(title) for _, title in duration.groups]
    assert [each.judgement for each in found] == ["better", "worse", "similar"]
    assert all(each.interval and each.basis for each in found)
    assert len(strata.told(found, words)) == 2


def test_a_hidden_group_tells_why_and_nothing_else(
    duration: strata.Stratifier, definitions: dict[str, Definition], english: Wording
) -> None:
    own = {"0-4": Measure("suppressed"), "5-9": Measure("suppressed"), "10+": shown(125, 200)}
    found = strata.groups(duration, own, shown(375, 600), definitions["hba1c_measured"], english)
    assert found[0].reason
    assert (found[0].interval, found[0].basis, found[0].verdict) == ("", "", "")
    (section,) = rows.of_strata(found, english)
    assert section.rows[0][1].look == "hidden"


def test_without_any_number_nothing_is_drawn(
    duration: strata.Stratifier, definitions: dict[str, Definition], english: Wording
) -> None:
    assert strata.groups(duration, {}, shown(375, 600), definitions["hba1c_measured"], english) == []
    assert strata.stratifiers("") == ()


def test_the_groups_of_a_release_add_up_to_everybody(release: Release, duration: strata.Stratifier) -> None:
    own = measures.by(release.of_indicator("hba1c_measured", duration.level, NOW), "unit_id")
    whole = release.of_indicator("hba1c_measured", "all", NOW).filter(sex="all", age_band="all")
    assert sum(each.denominator or 0 for each in own.values()) == whole["denominator"].item()


def test_whoever_reads_the_whole_area_reads_its_groups_and_nobody_else(release_path) -> None:
    public = open_release(release_path, Extent(frozenset({"all", "municipality"}), has_deliveries=False))
    nobody = open_release(release_path, Extent(frozenset({"municipality"}), has_deliveries=False))
    assert public.of_indicator("hba1c_measured", "by_diabetes_duration", NOW).height == 3
    assert public.of_indicator("hba1c_measured", "practice", NOW).is_empty()
    assert nobody.of_indicator("hba1c_measured", "by_diabetes_duration", NOW).is_empty()
