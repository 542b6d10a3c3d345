"""What `publish` writes, what it refuses, and that a refusal leaves the last release as it was."""

import json
from dataclasses import replace
from datetime import date

import duckdb
import pytest

import indicators.release.publish as release_module
from indicators.disclosure import withholding
from indicators.disclosure.complementary import hide_enough
from indicators.release.file import TABLES
from indicators.release.publish import publish
from tests.conftest import TinyHome
from tests.lib.policies import judged_for_outsiders
from tvaers.errors import DisclosureError, WarehouseError
from tvaers.keys import load_master_key
from warehouse.connection import open_for_build

pytestmark = pytest.mark.slow


def only_the_last_quarter(home: TinyHome) -> None:
    """Leave one reporting date in the warehouse, so that publishing it is quick."""
    with open_for_build(home.settings.warehouse, load_master_key(home.settings).subkey("encryption")) as con:
        con.execute("DELETE FROM indicator.result WHERE period_end < (SELECT max(period_end) FROM indicator.result)")


def released_quarters(home: TinyHome) -> list[date]:
    with duckdb.connect(str(home.settings.release), read_only=True) as con:
        return [end for (end,) in con.execute("SELECT DISTINCT period_end FROM result").fetchall()]


@pytest.fixture(scope="module")
def released(tiny_home: TinyHome) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(tiny_home.settings.release), read_only=True)


def test_a_release_has_every_table_with_its_columns(released: duckdb.DuckDBPyConnection) -> None:
    for name, (columns, _) in TABLES.items():
        expected = [column.split()[0] for column in columns.split(", ")]
        assert [column for column, *_ in released.execute(f"DESCRIBE {name}").fetchall()] == expected


def test_a_release_of_invented_people_says_so(released: duckdb.DuckDBPyConnection) -> None:
    meta = dict(released.execute("SELECT key, value FROM meta").fetchall())
    assert meta["is_synthetic"] == "true"
    assert meta["schema_version"] == "3"
    assert date.fromisoformat(meta["reporting_date"])


def test_every_unit_and_group_with_a_result_has_a_name(released: duckdb.DuckDBPyConnection) -> None:
    missing = released.execute(
        "SELECT DISTINCT level, unit_id FROM result ANTI JOIN unit USING (level, unit_id) ORDER BY ALL"
    ).fetchall()
    stated = released.execute("SELECT value FROM meta WHERE key = 'stratifiers'").fetchone()
    groups = [(each["level"], group["id"]) for each in json.loads(stated[0]) for group in each["groups"]]
    assert missing == sorted(groups)
    named = dict(released.execute("SELECT unit_id, name FROM unit WHERE level = 'municipality'").fetchall())
    assert named["0791"] == "Viborg"


def test_every_indicator_comes_with_its_page_and_resolved_limits(released: duckdb.DuckDBPyConnection) -> None:
    pages = {
        name: json.loads(page)
        for name, page in released.execute("SELECT indicator_id, definition FROM indicator").fetchall()
    }
    computed = {name for (name,) in released.execute("SELECT DISTINCT indicator_id FROM result").fetchall()}
    assert pages.keys() == computed
    assert pages["hba1c_below_53"]["threshold"]["value"] == 53
    strict = {name for name, page in pages.items() if (page["target"] or {}).get("is_strict")}
    assert strict == {"hba1c_below_59", "hba1c_75_and_above"}
    assert set(pages["hba1c_below_53"]["title"]) == {"en", "da", "nb"}
    assert set(pages["hba1c_below_53"]["population_who"]) == {"en", "da", "nb"}
    assert set(pages["hba1c_below_53"]["counts_at"]) == {"municipality", "cluster", "practice", "hospital"}
    assert "discharged" in pages["readmission_within_30_days"]["counts_at"]["hospital"]["en"]
    assert pages["hba1c_below_53"]["breaks"] == []
    assert [each["from_on"] for each in pages["heart_failure"]["breaks"]] == ["2019-03-01"]


def test_deliveries_and_months_of_every_sector_are_told(released: duckdb.DuckDBPyConnection) -> None:
    sectors = {sector for (sector,) in released.execute("SELECT DISTINCT sector FROM delivery").fetchall()}
    assert {"population", "hospital", "laboratory", "general_practice", "municipality"} <= sectors
    assert released.execute("SELECT count(*) FROM completeness WHERE rows BETWEEN 1 AND 4").fetchone() == (0,)
    assert released.execute("SELECT count(*) FROM quarantine WHERE rows BETWEEN 1 AND 4").fetchone() == (0,)


def test_the_same_warehouse_gives_the_same_release(home_copy: TinyHome) -> None:
    only_the_last_quarter(home_copy)
    first, second = publish(home_copy.settings), publish(home_copy.settings)
    assert first.release_id == second.release_id
    assert first.narrowest is None or first.narrowest >= 5


def test_a_refused_release_leaves_the_last_one_as_it_was(home_copy: TinyHome, monkeypatch: pytest.MonkeyPatch) -> None:
    only_the_last_quarter(home_copy)
    (last,) = (each for each in released_quarters(home_copy) if each > date(2026, 9, 1))
    before = home_copy.settings.release.read_bytes()

    def shows_small_cells(system, primary, width, knows):
        hidden = hide_enough(system, primary, width, knows)
        cells = hidden.cells.copy()
        cells[primary.nonzero()[0][:20]] = False
        return replace(hidden, cells=cells)

    monkeypatch.setattr(withholding, "hide_enough", shows_small_cells)
    with judged_for_outsiders(home_copy), pytest.raises(DisclosureError, match="refused") as fault:
        publish(home_copy.settings, correct=[last], reason="Judged anew")
    assert "period ending" in fault.value.where
    assert "more cells" in fault.value.where
    assert home_copy.settings.release.read_bytes() == before


def test_indicators_computed_with_another_definition_are_not_released(
    home_copy: TinyHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = release_module.load_definitions
    changed = lambda *given: tuple(each.model_copy(update={"version": 99}) for each in load(*given))  # noqa: E731
    monkeypatch.setattr(release_module, "load_definitions", changed)
    with pytest.raises(WarehouseError, match="other definitions"):
        publish(home_copy.settings)


def test_nothing_is_released_before_anything_was_computed(home_copy: TinyHome) -> None:
    with open_for_build(home_copy.settings.warehouse, load_master_key(home_copy.settings).subkey("encryption")) as con:
        con.execute("DROP TABLE indicator.result")
    with pytest.raises(WarehouseError, match="No indicators"):
        publish(home_copy.settings)


def test_indicators_computed_before_a_number_was_counted_are_not_released(home_copy: TinyHome) -> None:
    with open_for_build(home_copy.settings.warehouse, load_master_key(home_copy.settings).subkey("encryption")) as con:
        con.execute("ALTER TABLE indicator.result DROP COLUMN complement_patients")
    with pytest.raises(WarehouseError, match="another version of the program"):
        publish(home_copy.settings)


def test_only_what_the_profile_shows_is_released(home_copy: TinyHome, monkeypatch: pytest.MonkeyPatch) -> None:
    only_the_last_quarter(home_copy)
    shown = {"hba1c_measured", "hba1c_below_53"}
    few = lambda definitions, *_: tuple(each for each in definitions if each.id in shown)  # noqa: E731
    monkeypatch.setattr(release_module, "shown_of", few)
    assert publish(home_copy.settings).indicators == len(shown)
    with duckdb.connect(str(home_copy.settings.release), read_only=True) as con:
        assert {name for (name,) in con.execute("SELECT indicator_id FROM result").fetchall()} == shown
        assert {name for (name,) in con.execute("SELECT indicator_id FROM indicator").fetchall()} == shown
