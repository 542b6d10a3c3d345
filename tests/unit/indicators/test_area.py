"""Whose inhabitants are counted: those of the area, though an address register also tells where people move to."""

from dataclasses import replace
from datetime import date

import pytest

from indicators.area import area_of
from indicators.compute import compute_on
from packs.pack import load_pack
from tests.lib.computed import DELIVERED, catalogue_of, cell
from tests.lib.drawn_tables import warehouse_of
from tvaers.errors import SettingsError
from tvaers.settings import Settings, load_settings

DRAWING = """
    residence
    patient | municipality_code | starts_on  | ends_on
    1       | 0791              | 2015-01-01 |
    2       | 0791              | 2015-01-01 | 2025-10-31
    2       | 0751              | 2025-11-01 |
    3       | 0751              | 2015-01-01 |
    4       | 0751              | 2015-01-01 | 2025-12-31
    4       | 0791              | 2026-01-01 |

    measurement
    patient | taken_on   | value
    1       | 2025-05-01 | 50
    2       | 2025-05-01 | 50
    3       | 2025-05-01 | 50
    4       | 2025-05-01 | 50
"""


def computed(area, day="2025-12-31"):
    con = warehouse_of(DRAWING + DELIVERED)
    catalogue = replace(catalogue_of("hba1c_measured"), area=area)
    summary = compute_on(con, catalogue, [date.fromisoformat(day)], diabetes_definition="drawn")
    return con.execute("SELECT * FROM indicator.result").pl(), summary


def test_who_has_moved_out_of_the_area_is_no_longer_counted():
    frame, _ = computed(frozenset({"0791"}))
    assert cell(frame)["denominator"] == 1
    assert cell(computed(frozenset({"0791"}), "2025-10-31")[0])["denominator"] == 2


def test_who_moves_into_the_area_is_counted_from_that_day():
    assert cell(computed(frozenset({"0791"}), "2026-01-01")[0])["denominator"] == 2


def test_a_municipality_outside_the_area_is_no_unit():
    frame, summary = computed(frozenset({"0791"}))
    assert set(frame.filter(frame["level"] == "municipality")["unit_id"]) == {"0791"}
    assert (summary.municipalities, summary.outside) == (1, 1)


def test_without_an_area_everybody_with_an_address_is_counted():
    frame, summary = computed(None)
    assert cell(frame)["denominator"] == 4
    assert cell(frame, "municipality", "0751")["denominator"] == 3
    assert (summary.municipalities, summary.outside) == (2, 0)


ACROSS = """
    registration
    patient | practice_id | starts_on  | ends_on
    1       | 100001      | 2015-01-01 |
    2       | 200001      | 2015-01-01 |
    3       | 300001      | 2015-01-01 |
    4       | 400001      | 2015-01-01 |

    practice
    practice_id | municipality_code | cluster_id | starts_on
    200001      | 0751              | K9         | 2010-01-01
    400001      | 0751              | K1         | 2010-01-01
    400001      | 0791              | K1         | 2024-01-01

    measurement
    patient | taken_on   | value
    1       | 2025-05-01 | 50
    2       | 2025-05-01 | 50
    3       | 2025-05-01 | 50
    4       | 2025-05-01 | 50
"""


def across(area, day="2025-12-31"):
    con = warehouse_of(ACROSS + DELIVERED)
    catalogue = replace(catalogue_of("hba1c_measured"), area=area)
    compute_on(con, catalogue, [date.fromisoformat(day)], diabetes_definition="drawn")
    return con.execute("SELECT * FROM indicator.result").pl()


def units(frame, level):
    return set(frame.filter(frame["level"] == level)["unit_id"])


def test_a_practice_across_the_border_is_no_unit_and_its_patients_of_the_area_are_counted():
    """Only some of its list lives in the area, so its number would be compared with those of whole lists."""
    frame = across(frozenset({"0791"}))
    assert units(frame, "practice") == {"100001", "300001", "400001", "none"}
    assert "K9" not in units(frame, "cluster")
    assert cell(frame)["denominator"] == cell(frame, "municipality", "0791")["denominator"] == 4
    assert cell(frame, "practice", "none")["denominator"] == 1
    assert cell(frame, "cluster", "none")["denominator"] == 2  # and the practice that no register tells


def test_a_practice_is_a_unit_from_the_day_it_lies_in_the_area():
    assert "400001" not in units(across(frozenset({"0791"}), "2023-12-31"), "practice")
    assert "400001" in units(across(frozenset({"0791"}), "2024-01-01"), "practice")


def test_without_an_area_every_practice_is_a_unit():
    assert units(across(None), "practice") == {"100001", "200001", "300001", "400001"}


def settings(tmp_path, **changes) -> Settings:
    return Settings(home=tmp_path, key_file=tmp_path / "key", **changes)


def test_the_area_is_what_the_pack_marks_unless_the_home_says_otherwise(tmp_path):
    pack = load_pack("denmark")
    assert area_of(settings(tmp_path), pack) == {"0740", "0779", "0791"}
    assert area_of(settings(tmp_path, area=("0791", "0615")), pack) == {"0615", "0791"}
    assert area_of(settings(tmp_path, area="everywhere"), pack) is None


def test_a_municipality_that_the_pack_does_not_know_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="0000"):
        area_of(settings(tmp_path, area=("0791", "0000")), load_pack("denmark"))


@pytest.mark.parametrize("area", ["pack", "everywhere", ("0740", "0791")])
def test_the_area_is_kept_in_the_settings_file(tmp_path, area):
    settings(tmp_path, area=area).save()
    assert load_settings(tmp_path).area == area
