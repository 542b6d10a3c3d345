"""The pages in a real Chromium: what readers see, in each language, on a desktop and on a phone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Route

from dashboard import colours
from dashboard.access.roles import ANYBODY
from dashboard.initiatives.initiative import Plan
from dashboard.initiatives.store import begin
from dashboard.wording import wording
from tests.dashboard.browser import DESKTOP, PHONE, Watched, chromium, picture_size, served, settings_of
from tests.dashboard.conftest import LANGUAGES
from tests.dashboard.stored_pictures import (
    FOLDER,
    MAY_DIFFER,
    PAGES,
    WIDTHS,
    difference,
    seen,
    small,
    spots,
    stored,
)

pytestmark = pytest.mark.browser
UNIT = "practice-057000"
# The languages share their markup: each width and each theme is looked at in one of them.
LOOKED_AT_BY_AXE = {"da": DESKTOP, "nb": PHONE, "en": DESKTOP}
THEMES = {"da": "light", "nb": "light", "en": "dark"}
# What page and charts lie on, as the browser has drawn it.
GROUNDS = """() => ['[data-testid=stApp]', '.main-svg:first-child']
  .flatMap(each => [...document.querySelectorAll(each)])
  .map(each => getComputedStyle(each).backgroundColor)"""


@pytest.fixture(scope="module")
def address(release_path: Path) -> Iterator[str]:
    plan = Plan(aim="Sko af", indicator_id="foot_examined", target=0.8, owner="sygeplejerske", start=date(2025, 3, 1))
    begin(release_path.with_name("initiatives.sqlite"), ANYBODY, UNIT, plan)
    with served(release_path) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def headings(language: str) -> dict[str, str]:
    words = wording(language)
    return {
        "overview": words("overview.title", unit="").strip(),
        "map": words("map.title", indicator={"en": "HbA1c measured"}.get(language, "HbA1c målt")),
        "municipality": words("municipality.title"),
        "practice": "Lægerne i 1",
        "indicator": {"da": "HbA1c målt", "nb": "HbA1c målt", "en": "HbA1c measured"}[language],
        "follow_up": words("care.title", unit="").strip(),
        "complications": words("complication.title", unit="").strip(),
        "initiatives": words("initiative.title", unit="").strip(),
        "data_quality": words("data_quality.title"),
        "catalogue": {"da": "HbA1c målt", "nb": "HbA1c målt", "en": "HbA1c measured"}[language],
        "about": words("about.title"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_on_desktop_and_phone(address: str, browser: Browser, language: str) -> None:
    watched, words = Watched(browser, DESKTOP, color_scheme=THEMES[language]), wording(language)
    watched.go(f"{address}/?lang={language}&unit={UNIT}")
    paper = colours.DARK[colours.PAPER] if THEMES[language] == "dark" else colours.PAPER
    wrong: dict[tuple[str, object], list[str]] = {}
    for screen, heading in headings(language).items():
        title = words(f"page.{screen}")
        if screen != "overview":
            watched.turn_to(title, heading)
        assert watched.page.title() == f"{title} · {words('frame.name')}"
        assert watched.page.evaluate("document.documentElement.lang") == language
        assert words("frame.invented") in watched.page.inner_text("body")
        assert set(watched.page.evaluate(GROUNDS)) == {
            f"rgb({', '.join(str(part) for part in bytes.fromhex(paper[1:]))})"
        }
        for size in (DESKTOP, PHONE):
            watched.page.set_viewport_size(size)  # type: ignore[arg-type]
            watched.page.wait_for_timeout(400)
            wrong[screen, size["width"]] = watched.complain(language)
            if LOOKED_AT_BY_AXE[language] == size:
                wrong[screen, "axe"] = watched.barriers()
        watched.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    watched.page.close()
    assert {where: found for where, found in wrong.items() if found} == {}


def test_key_pages_look_as_they_did_when_they_were_last_found_right(address: str, browser: Browser) -> None:
    """After a change that was meant: python -m tests.dashboard.stored_pictures, and look at what it draws."""
    found = {name: spots(small(picture)) for name, picture in seen(browser, address)}
    moved = {name: difference(picture, stored(name)) for name, picture in found.items()}
    assert {name: share for name, share in moved.items() if share > MAY_DIFFER} == {}


def test_a_page_that_looks_otherwise_is_noticed() -> None:
    pictures = {path.stem: stored(path.stem) for path in FOLDER.glob("*.png")}
    assert len(pictures) == len(PAGES) * len(WIDTHS)
    for name, picture in pictures.items():
        without_its_lower_half = picture.copy()
        without_its_lower_half[len(picture) // 2 :] = 255
        slipped = np.roll(picture, 6, axis=0)
        others = [other for each, other in pictures.items() if each != name]
        for wrong in (without_its_lower_half, slipped, *others):
            assert difference(picture, wrong) > MAY_DIFFER, name


def test_a_shared_link_opens_the_same_page_on_a_phone_and_its_menu_leads_on(address: str, browser: Browser) -> None:
    watched = Watched(browser, PHONE)
    watched.go(f"{address}/indicator?lang=nb&unit={UNIT}&indicator=eye_examined&level=practice")
    assert "Øyne undersøkt" in watched.page.inner_text("h1")
    assert watched.complain("nb") == []
    watched.page.locator("[data-testid=stExpandSidebarButton]").click()
    watched.page.locator("[data-testid=stSidebarNavLink]", has_text="Datakvalitet").click()
    watched.page.wait_for_function("() => document.querySelector('h1')?.innerText.includes('Hvor gode er dataene?')")
    assert f"unit={UNIT}" in watched.page.url
    watched.page.close()


def test_the_overview_opens_by_its_own_name_with_the_choices_of_the_link(address: str, browser: Browser) -> None:
    watched = Watched(browser, PHONE)
    watched.go(f"{address}/overview?lang=da&unit={UNIT}")
    assert "Lægerne i 1" in watched.page.inner_text("h1")
    assert watched.complain("da") == []
    assert {"lang=da", f"unit={UNIT}"} <= set(watched.page.url.split("?")[1].split("&"))
    watched.page.close()


def test_the_reader_searches_for_a_unit_and_switches_language(address: str, browser: Browser) -> None:
    watched = Watched(browser, DESKTOP)
    watched.go(f"{address}/?lang=da")
    unit = watched.page.get_by_role("combobox", name="Enhed")
    unit.click()
    unit.fill("Lægerne i 3")
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_function("() => document.querySelector('h1').innerText.includes('Lægerne i 3')")
    watched.page.get_by_role("combobox", name="Sprog").click()
    watched.page.get_by_role("option", name="Norsk").click()
    watched.page.wait_for_function("() => document.querySelector('h1').innerText.includes('Hvor står vi')")
    watched.page.wait_for_function("() => document.body.innerText.includes('Oppdiktede data')")
    watched.settle()
    assert "lang=nb" in watched.page.url
    assert "unit=practice-057026" in watched.page.url
    assert watched.complain("nb") == []
    watched.page.close()


def test_a_card_leads_to_its_indicator_with_the_same_unit(address: str, browser: Browser) -> None:
    watched = Watched(browser, DESKTOP)
    watched.go(f"{address}/?lang=en&unit={UNIT}")
    watched.page.locator(".tv-card a", has_text="Feet examined").first.click()
    watched.page.wait_for_function("() => document.querySelector('h1')?.innerText === 'Feet examined'")
    watched.settle()
    assert f"unit={UNIT}" in watched.page.url
    assert watched.page.get_by_role("combobox", name="Unit").input_value().startswith("Lægerne i 1")
    watched.page.close()


def test_each_of_several_charts_is_saved_by_its_own_button(address: str, browser: Browser) -> None:
    watched = Watched(browser, DESKTOP)
    watched.go(f"{address}/indicator?lang=en&unit={UNIT}&indicator=hba1c_measured")
    buttons = watched.page.get_by_role("button", name="Download chart (SVG)")
    names = []
    for place in range(buttons.count()):
        with watched.page.expect_download() as drawing:
            buttons.nth(place).click()
        names.append(drawing.value.suggested_filename)
    assert len(names) > 2
    assert len(set(names)) == len(names) == watched.page.locator(".js-plotly-plot").count()
    watched.page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_is_no_page_is_told_in_the_readers_language(
    address: str, browser: Browser, language: str
) -> None:
    watched, words = Watched(browser, DESKTOP), wording(language)
    watched.go(f"{address}/no_such_page?lang={language}")
    told = watched.page.get_by_role("dialog")
    assert told.locator("h2").inner_text() == words("frame.not_found")
    assert words("frame.shown_instead") in told.inner_text()
    # Streamlit also tells the browser's console, which no reader sees.
    assert [each for each in watched.complain(language) if not each.startswith("The page that you have")] == []
    told.get_by_role("button", name=words("frame.close")).click()
    assert not watched.page.get_by_role("dialog").count()
    watched.page.close()


def test_a_picture_asked_for_before_its_chart_is_drawn_is_saved_when_it_is(address: str, browser: Browser) -> None:
    watched = Watched(browser, DESKTOP)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    watched.page.route("**/PlotlyChart.*.js", hold)
    with watched.page.expect_request("**/PlotlyChart.*.js"):
        watched.page.goto(f"{address}/map?lang=en&indicator=hba1c_measured")
    with watched.page.expect_download() as drawing:
        watched.page.locator(".tv-picture").click()
        assert not watched.page.locator(".js-plotly-plot").count()
        for route in held:
            route.continue_()
    assert drawing.value.suggested_filename.startswith("tvaers-map-hba1c-measured")
    assert watched.complaints == []
    watched.page.close()


def test_tables_and_pictures_can_be_taken_away(address: str, browser: Browser, tmp_path: Path) -> None:
    watched = Watched(browser, DESKTOP)
    watched.go(f"{address}/practice?lang=da&unit={UNIT}")
    with watched.page.expect_download() as table:
        watched.page.get_by_role("button", name="Hent tabel (CSV)").click()
    assert table.value.suggested_filename == "tvaers-practice-laegerne-i-1-2026-09-30.csv"
    rows = Path(table.value.path()).read_text(encoding="utf-8-sig")
    assert "Kilde;Kilde: Tværs, udgivelse" in rows
    assert "HbA1c målt" in rows

    with watched.page.expect_download() as picture:
        watched.page.locator(".modebar-btn").first.click()
    assert picture.value.suggested_filename == "tvaers-practice-spine-laegerne-i-1-2026-09-30.png"
    width, height = picture_size(Path(picture.value.path()).read_bytes())
    assert width == 2200
    assert height > 800

    with watched.page.expect_download() as drawing:
        watched.page.get_by_role("button", name="Hent figur (SVG)").first.press("Enter")
    assert drawing.value.suggested_filename == "tvaers-practice-spine-laegerne-i-1-2026-09-30.svg"
    svg = Path(drawing.value.path()).read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "HbA1c målt" in svg
    assert watched.page.get_by_text("Billedet er gemt").count()
    assert watched.complain("da") == []

    with watched.page.expect_download() as chart:
        watched.page.get_by_role("button", name="Hent figur som webside").first.click()
    page_file = Path(chart.value.path()).read_text(encoding="utf-8")
    assert settings_of(page_file)["format"] == "svg"
    assert "https://cdn" not in page_file.split("<body>")[-1][:2_000]
    assert watched.complain("da") == []
    watched.page.close()
