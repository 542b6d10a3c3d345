"""Logging in at a real provider, in a real Chromium, through the dashboard as `tvaers dashboard` starts it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser

from dashboard.access.login_file import begin
from dashboard.wording import wording
from tests.dashboard.browser import DESKTOP, PHONE, Watched, chromium, free_port, wait_for
from tests.dashboard.conftest import LANGUAGES
from tests.lib.logins import COOKIE, access_folder, claims, forged_cookie

pytestmark = pytest.mark.browser

PEOPLE = {
    "mona": ["managers"],
    "pia": ["practice-057013"],
    "stig": ["stewards"],
    "rikke": ["researchers"],
    "ulla": ["some-other-group"],
}
NUMBERS = ("HbA1c", "Lægerne", "Skive")


@dataclass(frozen=True)
class Site:
    """A dashboard of real people's numbers with its login.

    Attributes:
        server: The process that people reach.
    """

    address: str
    access: Path
    secret: str
    issuer: str
    server: int


@pytest.fixture(scope="module")
def site(release_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    release = Path(shutil.copy(release_path, folder / "release.duckdb"))
    with duckdb.connect(str(release)) as connection:
        connection.execute("UPDATE meta SET value = 'false' WHERE key = 'is_synthetic'")
    (folder / "home").mkdir()
    (folder / "home" / "warehouse.duckdb").write_text("a warehouse")
    (folder / "master.key").write_text("ab" * 32)
    people = [User(sub=sub, claims={"groups": groups}) for sub, groups in PEOPLE.items()]
    with run_server_in_thread(user_claims=people, require_nonce=True) as provider:
        issuer, port = f"http://localhost:{provider.server_port}", free_port()
        begin(folder / "access")
        access_folder(folder / "access", issuer=issuer)
        login = folder / "access" / "login.toml"
        told = login.read_text().replace("REPLACE-ME", "from the provider")
        told = told.replace("https://login.example.org/realms/health", issuer)
        login.write_text(told.replace("https://tvaers.example.org", f"http://127.0.0.1:{port}"))
        words = ["dashboard", "--release", str(release), "--access", str(login.parent), "--port", str(port)]
        inherited = os.environ | {"TVAERS_KEY_FILE": str(folder / "master.key"), "TVAERS_HOME": str(folder / "home")}
        log = folder / "dashboard.log"
        with log.open("w") as written:
            parent = subprocess.Popen(
                [sys.executable, "-m", "tvaers", *words], env=inherited, stdout=written, stderr=written
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", parent, log)
            (child,) = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
            secret = told.split('cookie_secret = "')[1].split('"')[0]
            yield Site(f"http://127.0.0.1:{port}", login.parent, secret, issuer, int(child))
        finally:
            parent.send_signal(signal.SIGTERM)
            parent.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def signed_roles(site: Site) -> Iterator[Path]:
    path = site.access / "roles.yaml"
    kept = path.read_text()
    yield path
    path.write_text(kept)


def before(browser: Browser, site: Site, page: str = "", language: str = "da") -> Watched:
    """Come to a page as nobody: the login stands before it."""
    watched = Watched(browser, DESKTOP)
    own = (site.address, site.issuer)
    watched.page.route(lambda url: not url.startswith((*own, "data:", "blob:")), lambda route: route.abort())
    watched.page.goto(f"{site.address}/{page}{'&' if '?' in page else '?'}lang={language}")
    watched.heading(wording(language)("door.log_in.title"))
    assert shows_nothing(watched)
    return watched


def log_in(watched: Watched, who: str, heading: str, language: str = "da") -> None:
    watched.page.get_by_role("button", name=wording(language)("access.log_in"), exact=True).click()
    watched.page.locator(f"button[name=sub][value={who}]").click()
    watched.heading(heading)
    watched.complaints.clear()  # the provider's own page asks for a style sheet from elsewhere


def shows_nothing(watched: Watched) -> bool:
    seen = watched.page.content()
    return not any(word in seen for word in NUMBERS) and not watched.page.locator(".js-plotly-plot").count()


def carry(watched: Watched, site: Site, cookie: str) -> None:
    """Give the browser this cookie and no other."""
    watched.page.context.clear_cookies()
    watched.page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": site.address}])


def test_a_unit_logs_in_comes_to_the_page_it_asked_for_and_finds_other_roles_pages_closed(
    site: Site, browser: Browser
) -> None:
    words = wording("da")
    watched = before(browser, site, "practice")
    log_in(watched, "pia", "Lægerne i 2")
    assert "/practice" in watched.page.url
    assert words("access.as.unit", unit="Lægerne i 2") in watched.page.inner_text("body")
    shown = watched.page.locator("[data-testid=stTopNavLink]").all_inner_texts()
    assert words("page.practice") in shown
    assert words("page.data_quality") not in shown
    watched.page.goto(f"{site.address}/data_quality?lang=da")
    watched.heading(words("door.not_this_page.title"))
    assert shows_nothing(watched)
    watched.page.get_by_role("button", name=words("access.to_page", page=words("page.overview"))).click()
    watched.heading(words("overview.title", unit="Lægerne i 2"))


def test_logging_out_ends_the_login_in_every_window_and_in_every_copy_of_its_cookie(
    site: Site, browser: Browser
) -> None:
    words = wording("da")
    watched = before(browser, site)
    log_in(watched, "mona", words("overview.title", unit="").strip())
    copied = watched.page.context.cookies()
    assert {each["httpOnly"] for each in copied if each["name"].startswith(COOKIE)} == {True}
    other = watched.page.context.new_page()
    other.goto(f"{site.address}/map?lang=da")
    other.wait_for_selector(".js-plotly-plot", timeout=60_000)

    watched.page.get_by_role("button", name=words("access.log_out")).click()
    watched.page.get_by_role("button", name="End session").click()
    watched.heading(words("door.log_in.title"))
    other.get_by_text(words("page.about")).first.click()
    other.get_by_role("heading", name=words("door.logged_out.title")).wait_for(timeout=60_000)
    assert not other.locator(".js-plotly-plot").count()

    thief = Watched(browser, DESKTOP)
    thief.page.context.add_cookies(copied)
    thief.page.goto(f"{site.address}/?lang=da")
    thief.heading(words("door.logged_out.title"))
    assert shows_nothing(thief)


def test_whoever_logs_in_without_a_group_that_is_named_sees_nothing(site: Site, browser: Browser) -> None:
    words = wording("da")
    watched = before(browser, site, "indicator")
    log_in(watched, "ulla", words("door.no_role.title"))
    assert shows_nothing(watched)
    for page in ("data_quality", "about"):
        watched.page.goto(f"{site.address}/{page}?lang=da")
        watched.heading(words("door.no_role.title"))
        assert shows_nothing(watched)
    assert not watched.page.locator("[data-testid=stTopNavLink]").count()


def test_a_steward_begins_with_the_quality_of_the_data_and_sees_no_indicator(site: Site, browser: Browser) -> None:
    words = wording("da")
    watched = before(browser, site)
    log_in(watched, "stig", words("data_quality.title"))
    watched.page.goto(f"{site.address}/overview?lang=da")
    watched.heading(words("door.not_this_page.title"))
    assert shows_nothing(watched)


@pytest.mark.parametrize(("ending", "limit"), [("expired", "hours: 0.0025"), ("idle", "idle_minutes: 0.15")])
def test_a_screen_that_is_left_open_empties_itself_when_the_login_ends(
    site: Site, browser: Browser, signed_roles: Path, ending: str, limit: str
) -> None:
    words = wording("da")
    watched = before(browser, site)
    signed_roles.write_text(f"{signed_roles.read_text()}\n{limit}\n")
    log_in(watched, "mona", words("overview.title", unit="").strip())
    watched.heading(words(f"door.{ending}.title"))
    assert shows_nothing(watched)


def test_a_cookie_that_we_did_not_sign_or_that_has_ended_lets_nobody_in(site: Site, browser: Browser) -> None:
    words = wording("da")
    now = int(time.time())
    told = claims("managers", iss=site.issuer) | {"origin": site.address, "provider": "default"}
    month_old = {"iat": now - 30 * 86_400, "exp": now + 86_400}
    honest = forged_cookie(told, site.secret)
    cookies = {
        "signed by somebody else": (forged_cookie(told, "f" * 64), "log_in"),
        "signed with an empty secret": (forged_cookie(told, ""), "log_in"),
        "signed for another purpose": (forged_cookie(told, site.secret, "_streamlit_xsrf"), "log_in"),
        "not signed": (json.dumps(told).replace('"', "'").replace(" ", "").replace(",", "_"), "log_in"),
        "changed": (honest[:-3] + ("abc" if not honest.endswith("abc") else "cba"), "log_in"),
        "of another site": (forged_cookie(told | {"origin": "https://evil.invalid"}, site.secret), "log_in"),
        "of another provider": (forged_cookie(told | {"iss": "https://evil.invalid"}, site.secret), "no_role"),
        "ended": (forged_cookie(told | {"exp": now - 1}, site.secret), "expired"),
        "without an end": (forged_cookie({k: v for k, v in told.items() if k != "exp"}, site.secret), "expired"),
        "thirty days old": (forged_cookie(told | month_old, site.secret), "expired"),
    }
    found = {}
    watched = Watched(browser, DESKTOP)
    for what, (cookie, door) in cookies.items():
        carry(watched, site, cookie)
        watched.page.goto(f"{site.address}/practice?lang=da")
        watched.page.wait_for_selector(".tv-foot", timeout=60_000)
        found[what] = (watched.page.inner_text("h1") == words(f"door.{door}.title")) and shows_nothing(watched)
    assert found == dict.fromkeys(cookies, True)
    carry(watched, site, honest)
    watched.page.goto(f"{site.address}/practice?lang=da")
    watched.heading("Lægerne")


def test_every_door_is_whole_and_in_the_readers_language_on_desktop_and_phone(
    site: Site, browser: Browser, signed_roles: Path
) -> None:
    told = claims("managers", iss=site.issuer) | {"origin": site.address, "provider": "default"}
    wrong: dict[tuple[str, str, object], list[str]] = {}
    doors: dict[str, dict[str, object] | None] = {
        "log_in": None,
        "expired": told | {"exp": 1},
        "idle": told | {"iat": told["iat"] - 3_000},
        "no_role": told | {"groups": []},
        "not_this_page": told | {"groups": ["stewards"]},
        "closed": told,
    }
    watched = Watched(browser, DESKTOP)
    for door, language in ((door, language) for door in doors for language in LANGUAGES):
        if door == "closed":
            signed_roles.write_text("version: 0")
        if (value := doors[door]) is not None:
            carry(watched, site, forged_cookie(value, site.secret))
        watched.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        watched.page.goto(f"{site.address}/indicator?lang={language}")
        watched.heading(wording(language)(f"door.{door}.title"))
        for size in (DESKTOP, PHONE):
            watched.page.set_viewport_size(size)  # type: ignore[arg-type]
            watched.page.wait_for_timeout(200)
            if pictures := os.environ.get("TVAERS_TEST_PICTURES"):
                watched.page.screenshot(path=f"{pictures}/{door}-{language}-{size['width']}.png")
            wrong[door, language, size["width"]] = watched.complain(language)
        if language == "da":
            wrong[door, "da", "axe"] = watched.barriers()
    assert {place: found for place, found in wrong.items() if found} == {}


def test_the_process_that_people_reach_holds_no_key_and_has_no_warehouse_open(site: Site) -> None:
    environment = Path(f"/proc/{site.server}/environ").read_bytes().decode()
    names = {each.split("=")[0] for each in environment.split("\0") if each}
    assert names >= {"TVAERS_RELEASE", "TVAERS_ACCESS"}
    assert not [name for name in names if "KEY" in name or name == "TVAERS_HOME"]
    assert "master.key" not in environment
    opened = []
    for each in Path(f"/proc/{site.server}/fd").iterdir():
        try:
            opened.append(str(each.readlink()))
        except FileNotFoundError:
            continue
    assert any(path.endswith("release.duckdb") for path in opened)
    assert not [path for path in opened if "warehouse" in path or path.endswith(".key")]
    command = Path(f"/proc/{site.server}/cmdline").read_text()
    assert site.secret not in command + environment
