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
