"""What a unit takes along: one page or several, in every language, and nothing that the release hides."""

import re
from dataclasses import asdict

import pytest

from dashboard.content import Content, content
from dashboard.presenters.next_steps import AT_MOST
from dashboard.presenters.units import Unit
from dashboard.report.folder import find_date, find_unit, report_file, with_report
from dashboard.report.pages import pdf, picture, web_page
from dashboard.report.unit_report import Line, UnitReport, unit_report
from dashboard.wording import wording
from tests.dashboard.conftest import LANGUAGES
from tvaers.errors import ReleaseError

PNG_START, SLIDE = b"\x89PNG\r\n\x1a\n", (1920, 1080)


@pytest.fixture(scope="module")
def held(release) -> Content:
    return content(release)


def of_level(held: Content, level: str) -> list[Unit]:
    return [unit for unit in with_report(held) if unit.level == level]


def report(held: Content, unit: Unit, language: str = "en") -> UnitReport:
    return unit_report(held, unit, held.dates[0], wording(language, held.smallest_group))


def pages(written: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", written))


def lines(found: UnitReport) -> list[Line]:
    return [line for part in (*found.parts, *found.everything) for line in part.lines] + list(found.more)


def words_of(page: str) -> str:
    return re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_practice_has_one_page_whatever_there_is_to_say(held, language):
    found = {
        unit.key: pages(pdf(report(held, unit, language), held.released_on)) for unit in of_level(held, "practice")
    }
    assert set(found.values()) == {1}


def test_a_page_with_no_room_for_all_numbers_still_is_one_and_says_how_many_it_leaves_out(held):
    found = max((report(held, unit) for unit in of_level(held, "practice")), key=lambda each: len(each.more))
    many = asdict(found) | {"more": found.more * 9, "parts": found.parts}
    crowded = UnitReport(**many | {"left_out": tuple(f"{n} left out" for n in range(len(many["more"]) + 1))})
    assert len(crowded.more) > 40
    assert pages(pdf(crowded, held.released_on)) == 1


def test_a_municipality_has_every_indicator_on_further_pages(held):
    unit = of_level(held, "municipality")[0]
    found = report(held, unit)
    assert sum(len(part.lines) for part in found.everything) == len(held.definitions)
    assert pages(pdf(found, held.released_on)) > 1


def test_the_same_report_is_the_same_file_byte_for_byte(held):
    unit = of_level(held, "practice")[0]
    assert pdf(report(held, unit), held.released_on) == pdf(report(held, unit), held.released_on)
    assert picture(report(held, unit)) == picture(report(held, unit))


def test_a_slide_has_the_size_of_a_projector(held):
    made = picture(report(held, held.units.everybody))
    assert made.startswith(PNG_START)
    assert (int.from_bytes(made[16:20]), int.from_bytes(made[20:24])) == SLIDE


def test_what_the_release_hides_has_no_digit_in_the_report_and_a_reason(held):
    hidden = 0
    words = wording("en", held.smallest_group)
    for unit in with_report(held):
        found = unit_report(held, unit, held.dates[0], words, is_whole=True)
        for line in lines(found):
            if line.reason:
                hidden += 1
                assert not re.search(r"\d", line.value + line.interval + line.basis + line.course)
                assert found.reasons[line.reason - 1]
    assert hidden > 50


def test_a_number_is_never_told_without_what_it_rests_on(held):
    for unit in with_report(held):
        assert [line.title for line in lines(report(held, unit)) if not line.reason and not line.basis] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_web_page_asks_nobody_for_anything_and_shows_no_gap(held, language):
    for unit in of_level(held, "municipality") + of_level(held, "practice")[:3]:
        page = web_page(report(held, unit, language))
        assert "<script" not in page
        assert set(re.findall(r"https?://[^\"\s]+", page)) <= {"http://www.w3.org/2000/svg"}
        assert not re.search(r"(?<![\w-])(None|NaN|nan|null|undefined)(?![\w-])", words_of(page))
        assert f'<html lang="{language}">' in page


def test_no_english_is_left_in_a_danish_or_norwegian_report(held):
    unit = of_level(held, "municipality")[0]
    english = report(held, unit, "en")
    for language in ("da", "nb"):
        other = report(held, unit, language)
        assert not set(other.labels.values()) & set(english.labels.values())
        assert not {text for _, text in other.summary} & {text for _, text in english.summary}
        assert not set(other.reasons) & set(english.reasons)
        assert not set(other.notes) & set(english.notes)
        advice = {(each.why, each.what_to_do) for each in english.advice}
        assert not advice & {(each.why, each.what_to_do) for each in other.advice}


def test_at_most_three_things_to_do_each_for_what_needs_it_and_none_said_twice(held):
    advised = 0
    for unit in with_report(held):
        found = report(held, unit)
        advised += len(found.advice)
        assert len(found.advice) <= AT_MOST
        assert len({each.what_to_do for each in found.advice}) == len(found.advice)
        assert all(each.why for each in found.advice)
    assert advised > 0


def test_names_from_a_register_are_not_markup(held):
    named = Unit("practice", "010101", '<script>alert(1)</script> #panic("x") *', None, None)
    found = UnitReport(**asdict(report(held, of_level(held, "practice")[0])) | {"title": named.name})
    assert "<script" not in web_page(found)
    assert pages(pdf(found, held.released_on)) == 1


def test_a_unit_is_found_by_its_key_its_id_or_its_name(held):
    unit = of_level(held, "municipality")[0]
    words = wording("en")
    assert {find_unit(held, asked, words) for asked in (unit.key, unit.unit_id, unit.name.upper())} == {unit}


def test_an_unknown_unit_or_date_is_refused_with_what_there_is(held):
    unit = of_level(held, "municipality")[0]
    with pytest.raises(ReleaseError, match="no such unit") as fault:
        find_unit(held, f"{unit.name}x", wording("en"))
    assert unit.name in fault.value.what_to_do
    with pytest.raises(ReleaseError, match="does not hold this reporting date") as fault:
        find_date(held, held.dates[0].replace(year=1999))
    assert held.dates[0].isoformat() in fault.value.what_to_do


def test_the_dashboard_hands_out_the_same_file_as_the_command(held):
    unit = of_level(held, "practice")[0]
    words = wording("da", held.smallest_group)
    assert report_file(held, unit, held.dates[0], words, "html") == web_page(report(held, unit, "da")).encode()
