import json
from pathlib import Path

import pytest
import yaml

from indicators.disclosure.policy import load_policy
from tests.lib.tiny_release import LANGUAGES, POLICY
from tvaers.errors import DisclosureError


def changed(tmp_path: Path, **changes: object) -> Path:
    page = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    for name, value in changes.items():
        page["settings"].setdefault(name, {"reason": {"en": "why"}})["value"] = value
    path = tmp_path / "disclosure.yaml"
    path.write_text(yaml.safe_dump(page), encoding="utf-8")
    return path


def test_the_danish_policy_hides_groups_below_five_and_shares_of_fewer_than_ten() -> None:
    policy = load_policy(POLICY)
    assert (policy.smallest_count, policy.smallest_denominator, policy.protection_width) == (5, 10, 5)


def test_the_danish_policy_reckons_with_practices_and_municipalities_that_know_their_own_patients() -> None:
    policy = load_policy(POLICY)
    assert {"practice", "municipality"} <= set(policy.insiders)
    assert policy.insider_pairs > 0


def test_every_setting_says_why_in_every_language() -> None:
    for row in load_policy(POLICY).rows():
        if row["key"] != "version":
            assert set(json.loads(row["explanation"])) == set(LANGUAGES), row["key"]


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"smallest_count": 2}, "smallest_count"),
        ({"smallest_denominator": 1}, "smallest_denominator"),
        ({"protection_width": 0}, "protection_width"),
        ({"rounding": 5}, "rounding"),
        ({"smallest_cuont": 5}, "smallest_cuont"),
        ({"hidden_first": ["all", "practice"]}, "hidden_first"),
        ({"smallest_count": 12}, "smallest_denominator"),
        ({"withheld_first": ["breakdowns", "practices"]}, "withheld_first"),
        ({"withheld_first": ["period", "breakdowns"]}, "withheld_first"),
    ],
)
def test_a_setting_below_its_floor_misspelt_or_contradictory_is_refused_by_name(
    changes: dict[str, object], setting: str, tmp_path: Path
) -> None:
    with pytest.raises(DisclosureError) as fault:
        load_policy(changed(tmp_path, **changes))
    assert setting in fault.value.where
    assert fault.value.what_to_do


def test_a_missing_setting_is_refused_by_name(tmp_path: Path) -> None:
    page = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    del page["settings"]["smallest_practice"]
    path = tmp_path / "disclosure.yaml"
    path.write_text(yaml.safe_dump(page), encoding="utf-8")
    with pytest.raises(DisclosureError, match="not valid") as fault:
        load_policy(path)
    assert "smallest_practice" in fault.value.where


@pytest.mark.parametrize("text", ["", "settings: [", "version: 1", "settings: {smallest_count: 5}"])
def test_a_page_that_is_no_policy_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "disclosure.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DisclosureError):
        load_policy(path)


def test_a_pack_without_a_policy_cannot_release(tmp_path: Path) -> None:
    with pytest.raises(DisclosureError, match="no disclosure policy"):
        load_policy(tmp_path / "disclosure.yaml")
