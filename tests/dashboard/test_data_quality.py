"""What was delivered, what was refused and what was set aside, in the words of the page."""

from datetime import date

import polars as pl
import pytest

from dashboard.parts import rows
from dashboard.presenters import data_quality
from dashboard.release_reader import Release
from dashboard.wording import Wording, wording

NAMES = data_quality.FileTypes(
    {"file_type_names": '{"kontakter": {"da": "Kontakter", "en": "Contacts"}}'}, wording("en")
)


def test_a_late_sector_and_a_refused_file_are_pointed_out(release: Release, english: Wording) -> None:
    found = data_quality.deliveries(release.deliveries(), date(2026, 10, 6), NAMES, english)
    by_type = {each.file_type: each for each in found}
    assert by_type["kl_gateway_119"].freshness == "stale"
    assert by_type["oejenscreening"].freshness_text == "Refused"
    assert by_type["oejenscreening"].rows_in == "Not stated"
    assert by_type["lab_dm_forsker"].freshness_text == "Fresh"
    assert data_quality.stale(found) == ["kl_gateway_119 (27 Jun 2026)"]
    assert data_quality.refused(found) == ["oejenscreening (1)"]


def test_refused_files_are_counted_beside_those_in_use_and_one_of_no_known_type_is_no_alarm(
    release: Release, english: Wording
) -> None:
    refused = (
        release.deliveries()
        .filter(file_type="oejenscreening")
        .with_columns(file_type=pl.lit("lab_dm_forsker"), sector=pl.lit("laboratory"), fresh_within_days=pl.lit(45))
    )
    unknown = refused.with_columns(
        file_type=pl.lit("unknown"), sector=pl.lit("unknown"), fresh_within_days=pl.lit(None, dtype=pl.Int64)
    )
    frame = pl.concat([release.deliveries(), refused, refused, unknown], how="vertical_relaxed")
    found = data_quality.deliveries(frame, date(2026, 10, 6), NAMES, english)
    by_type = {each.file_type: each for each in found}
    assert (by_type["lab_dm_forsker"].files, by_type["lab_dm_forsker"].refused) == ("1", "2")
    assert by_type["lab_dm_forsker"].freshness_text == "Fresh"
    assert (by_type["kontakter"].refused, by_type["oejenscreening"].refused) == ("", "1")
    assert (by_type["unknown"].sector, by_type["unknown"].freshness_text) == ("Not recognised", "Refused")
    assert data_quality.refused(found) == ["oejenscreening (1)", "lab_dm_forsker (2)", "Unknown type (1)"]
    shown = {row[0].text: row[0].note for section in rows.deliveries(found, english) for row in section.rows}
    assert shown["lab_dm_forsker"] == "files: 1 · refused: 2"
    assert shown["Contacts"] == "kontakter · files: 1"
    assert shown["Unknown type"] == "unknown · files: 0 · refused: 1"


def test_a_file_type_is_late_unless_the_one_that_took_its_place_tells_of_later_days(
    release: Release, english: Wording
) -> None:
    retired = (
        release.deliveries()
        .filter(file_type="kontakter")
        .with_columns(file_type=pl.lit("lpr_adm"), covers_until=date(2019, 2, 28), followed_by=pl.lit("x,kontakter"))
    )
    frame = pl.concat([release.deliveries(), retired])
    found = data_quality.deliveries(frame, date(2026, 10, 6), NAMES, english)
    assert {each.file_type: each.freshness for each in found}["lpr_adm"] == "followed"
    alone = frame.filter(pl.col("file_type") != "kontakter")
    found = data_quality.deliveries(alone, date(2026, 10, 6), NAMES, english)
    assert {each.file_type: each.freshness for each in found}["lpr_adm"] == "stale"


def test_a_file_type_that_stopped_is_late_though_others_of_its_sector_are_recent(
    release: Release, english: Wording
) -> None:
    stopped = (
        release.deliveries()
        .filter(file_type="kontakter")
        .with_columns(file_type=pl.lit("procedurer_kirurgi"), covers_until=date(2026, 3, 31))
    )
    frame = pl.concat([release.deliveries(), stopped])
    found = data_quality.deliveries(frame, date(2026, 10, 6), NAMES, english)
    assert {each.file_type: each.freshness for each in found}["kontakter"] == "fresh"
    assert any(each.endswith("(31 Mar 2026)") for each in data_quality.stale(found))


def test_small_quarantine_counts_are_not_shown(release: Release, english: Wording) -> None:
    counts = {each.rule: each.rows for each in data_quality.set_aside(release.quarantine(), NAMES, english)}
    assert counts["identifier_missing"] == "Not shown"
    assert counts["contact_unknown"] == "61"


@pytest.mark.parametrize("files", [1, 2])
def test_a_hidden_number_of_rows_is_not_called_few_since_it_may_be_hidden_for_another(
    release: Release, english: Wording, files: int
) -> None:
    hidden = [
        pl.lit(None, dtype=pl.Int64).alias(name) for name in ("rows_loaded", "rows_quarantined", "rows_duplicate")
    ]
    one = release.deliveries().filter(file_type="lab_dm_forsker").head(1).with_columns(*hidden)
    (found,) = data_quality.deliveries(pl.concat([one] * files), date(2026, 10, 6), NAMES, english)
    assert (found.rows_loaded, found.rows_quarantined, found.rows_duplicate) == ("Not shown", "Not shown", "Not shown")


def test_a_month_without_rows_is_a_gap(release: Release, english: Wording) -> None:
    found = data_quality.received(release.completeness(), 36, english)
    gaps = [
        (sector, month)
        for sector, shares in zip(found.sectors, found.shares, strict=True)
        for month, share in zip(found.months, shares, strict=True)
        if share is None
    ]
    assert gaps == [("Municipality", date(2026, 2, 1))]
