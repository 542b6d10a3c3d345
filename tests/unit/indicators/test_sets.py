"""Named sets of indicators, and the profile that decides which of them a release shows."""

from pathlib import Path

import pytest
import yaml

from indicators.definitions.sets import load_sets, load_shown, shown_of
from tests.lib.evaluate import ROOT, catalogue
from tvaers.errors import DefinitionError

DISEASE = "type_2_diabetes"
PACK = ROOT / "packs" / "denmark"
IDS = [each.id for each in catalogue().indicators]
WRITTEN = yaml.safe_load((PACK / "sets" / "dvdd_common_2017.yaml").read_text(encoding="utf-8"))


def pack_with(folder: Path, profile: dict[str, list[str]] | None = None, **changes: object) -> Path:
    (folder / "sets").mkdir()
    (folder / "sets" / "dvdd_common_2017.yaml").write_text(yaml.safe_dump(WRITTEN | changes), encoding="utf-8")
    if profile is not None:
        (folder / "profile.yaml").write_text(yaml.safe_dump({"shows": profile}), encoding="utf-8")
    return folder


def test_the_common_set_is_what_its_publisher_says_and_confirmed():
    (common,) = [each for each in load_sets(PACK, DISEASE, IDS) if each.id == "dvdd_common_2017"]
    assert common.verified
    assert {"hba1c_below_59", "hba1c_75_and_above", "eye_examined"} <= set(common.indicators)
    known = {each.id: each for each in catalogue().indicators}
    assert all(known[name].verified for name in common.indicators)


def test_every_indicator_belongs_to_a_set():
    assert {name for each in load_sets(PACK, DISEASE, IDS) for name in each.indicators} == set(IDS)


def test_a_set_names_each_indicator_once():
    for each in load_sets(PACK, DISEASE, IDS):
        assert len(each.indicators) == len(set(each.indicators))


def test_the_profile_decides_which_indicators_a_release_shows(tmp_path):
    pack = pack_with(tmp_path, profile={DISEASE: ["dvdd_common_2017"]})
    shown = shown_of(catalogue().indicators, pack, DISEASE)
    assert sorted(each.id for each in shown) == sorted(WRITTEN["indicators"])


def test_without_a_profile_everything_is_shown(tmp_path):
    assert shown_of(catalogue().indicators, pack_with(tmp_path), DISEASE) == catalogue().indicators


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"indicators": ["hba1c_belov_53"]}, "Did you mean 'hba1c_below_53'"),
        ({"id": "another"}, "must be the name of its file"),
        ({"verified": "left to the reader"}, "verified"),
        ({"profile": {DISEASE: ["dvdd_2017"]}}, "Did you mean 'dvdd_common_2017'"),
        ({"profile": {"asthma": ["dvdd_common_2017"]}}, "shows no set of type_2_diabetes"),
    ],
)
def test_a_set_or_profile_that_does_not_fit_is_refused(tmp_path, changes, told):
    pack = pack_with(tmp_path, **changes)
    with pytest.raises(DefinitionError) as caught:
        load_shown(pack, DISEASE, load_sets(pack, DISEASE, IDS))
    assert told in str(caught.value)
