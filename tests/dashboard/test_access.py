"""Who is let in, as what, for how long: every page asks before it reads, and whoever is not named sees nothing."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import streamlit as st
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from dashboard.access.entrance import LoginEndedError, TurnedAway, judge, while_admitted
from dashboard.access.logins import LOGINS, Limits, Register, login_of
from dashboard.access.roles import ADMITTED, ANYBODY, EXTENT, Role, Visitor
from dashboard.access.roles_file import RolesFile, read_roles
from dashboard.release_reader import WHOLE, open_release
from dashboard.wording import wording
from tests.lib.logins import ISSUER, access_folder, claims
from tvaers.errors import SettingsError

DASHBOARD = Path(__file__).parents[2] / "dashboard"
HOUR, MINUTE = 3600, 60
WORDS_OF_NUMBERS = ("HbA1c", "Lægerne", "Skive", "Viborg")


@pytest.fixture
def rules(tmp_path: Path) -> RolesFile:
    return read_roles(access_folder(tmp_path) / "roles.yaml")


@pytest.fixture
def guarded(tmp_path: Path, release_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TVAERS_RELEASE", str(release_path))
    monkeypatch.setenv("TVAERS_ACCESS", str(access_folder(tmp_path)))
    return tmp_path


def visit(page: str, user: dict[str, Any]) -> AppTest:
    """Run a page by itself: not even the navigation stands before it."""
    at = AppTest.from_file(str(DASHBOARD / "screens" / f"{page}.py"), default_timeout=60)
    at.user, at.query_params["lang"] = user, "en"
    return at.run()


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def door(at: AppTest) -> str:
    """Return which door somebody stands before; empty inside."""
    words = wording("en")
    reasons = ("log_in", "expired", "idle", "logged_out", "no_role", "not_this_page", "closed")
    found = [reason for reason in reasons if f"<h1>{words(f'door.{reason}.title')}</h1>" in html(at)]
    if found:
        sent = html(at) + str([getattr(element, "proto", "") for element in at.main])
        assert not [word for word in WORDS_OF_NUMBERS if word in sent]
        assert not at.get("plotly_chart")
        assert not at.get("download_button")
    assert not at.error
    assert not at.exception
    return found[0] if found else ""


@pytest.mark.parametrize("page", ADMITTED)
def test_each_page_is_shown_to_its_roles_and_to_no_other_by_its_address(guarded: Path, page: str) -> None:
    groups = {
        Role.QUALITY_MANAGER: "managers",
        Role.UNIT: "practice-057000",
        Role.RESEARCHER: "researchers",
        Role.STEWARD: "stewards",
        Role.PUBLIC: "everybody",
    }
    seen = {role: door(visit(page, claims(group))) for role, group in groups.items()}
    assert seen == {role: "" if role in ADMITTED[page] else "not_this_page" for role in Role}


@pytest.mark.parametrize("page", ["overview", "practice", "about"])
@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (lambda: {"email": "a@b.invalid"}, "log_in"),
        (lambda: {"is_logged_in": "true", "groups": ["managers"]}, "log_in"),
        (lambda: claims("no-such-group"), "no_role"),
        (claims, "no_role"),
        (lambda: claims("managers", iss="https://elsewhere.invalid"), "no_role"),
        (lambda: claims("managers", exp=time.time() - 1), "expired"),
        (lambda: claims("managers", auth_time=time.time() - 8 * HOUR), "expired"),
        (lambda: claims("managers", iat=time.time() - 31 * MINUTE), "idle"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_who_is_not_let_in_is_told_why_on_every_page(
    guarded: Path, page: str, user: Callable[[], dict[str, Any]], reason: str
) -> None:
    # A token is made when its test runs: one made when the tests were collected may be idle by then.
    assert door(visit(page, user())) == reason


def test_who_was_inside_is_put_out_at_the_next_rerun_and_in_every_other_window(guarded: Path) -> None:
    user = claims("managers")
    here, there = visit("overview", user), visit("practice", user)
    assert (door(here), door(there)) == ("", "")
    here.button(key="log_out").click().run()
    assert door(there.run()) == "logged_out"
    assert door(visit("overview", user)) == "logged_out", "a copy of the cookie outlives the log-out"
    assert door(visit("overview", claims("managers"))) == ""


def test_a_change_of_the_roles_file_holds_at_the_next_rerun(guarded: Path) -> None:
    at = visit("overview", claims("managers"))
    assert door(at) == ""
    path = guarded / "roles.yaml"
    path.write_text(path.read_text().replace("managers", "others"))
    assert door(at.run()) == "no_role"
    path.write_text(path.read_text().replace("approved_by: An invented controller", "approved_by: ' '"))
    assert door(at.run()) == "closed"
    path.write_text("version: [")
    assert door(at.run()) == "closed"
    path.unlink()
    assert door(at.run()) == "closed"


def test_the_public_is_let_in_without_a_login_only_where_the_file_says_so(guarded: Path) -> None:
    access_folder(guarded, without_login="public")
    nobody = {"is_logged_in": False}
    assert door(visit("overview", nobody)) == ""
    assert door(visit("practice", nobody)) == "not_this_page"
    assert door(visit("overview", claims("no-such-group"))) == "no_role"
    assert door(visit("overview", claims("managers", exp=time.time() - 1))) == "expired"


def test_a_unit_begins_with_its_own_and_sees_the_others_as_they_are_published(guarded: Path) -> None:
    at = visit("overview", claims("practice-057013"))
    assert at.selectbox(key="choose.unit").value == "practice-057013"
    at.selectbox(key="choose.unit").select("practice-057000").run()
    assert "Lægerne i 1" in html(at)
    assert not at.error


def test_a_unit_that_the_release_does_not_hold_is_not_let_in(guarded: Path) -> None:
    at = visit("overview", claims("practice-999999"))
    assert [each.value for each in at.info] == [wording("en")("fault.unit_unknown")]
    assert not at.get("plotly_chart")
    assert "HbA1c" not in html(at)


def test_real_people_are_shown_to_nobody_where_nobody_is_asked(
    release_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = (Path(shutil.copy(release_path, tmp_path / f"{name}.duckdb")) for name in ("release", "real"))
    with duckdb.connect(str(real)) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'is_synthetic'")
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    inside = visit("overview", {})
    assert "HbA1c" in html(inside)
    real.replace(path)
    for at in (inside.run(), *(visit(page, claims("managers")) for page in ADMITTED)):
        assert [each.value for each in at.info] == [wording("en")("fault.unguarded")]
        assert not any(word in html(at) for word in WORDS_OF_NUMBERS)
        assert not at.get("download_button")


def area(level: str) -> str:
    """Return the level of units that a level of results belongs to: groups of patients are those of the whole area."""
    return "all" if level.startswith("by_") else level


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.PUBLIC, Role.STEWARD, Role.UNIT])
def test_what_a_role_may_not_read_is_not_there_for_any_query(release_path: Path, role: Role) -> None:
    whole, part = open_release(release_path), open_release(release_path, EXTENT[role])
    levels = EXTENT[role].levels
    with part._connection.cursor() as cursor:
        cut = "SELECT table_name FROM duckdb_columns() WHERE database_name = 'whole' AND column_name = 'level'"
        tables = [name for (name,) in cursor.execute(cut).fetchall()]
        assert set(tables) >= {"result", "unit", "case_mix", "time_step", "time_percentile"}
        for table in tables:
            found = {level for (level,) in cursor.execute(f"SELECT DISTINCT level FROM release.{table}").fetchall()}
            held = {level for (level,) in cursor.execute(f"SELECT DISTINCT level FROM whole.{table}").fetchall()}
            assert found == {level for level in held if levels is None or area(level) in levels}, table
    assert part.deliveries().is_empty() is not EXTENT[role].has_deliveries
    assert not whole.deliveries().is_empty()
    assert part.meta() == whole.meta()


def test_nothing_is_remembered_for_another_role(release_path: Path) -> None:
    opened = {extent: open_release(release_path, extent) for extent in {WHOLE, *EXTENT.values()}}
    assert len({id(each._remembered) for each in opened.values()}) == len(opened)
    assert all(open_release(release_path, extent) is each for extent, each in opened.items())


def test_a_login_ends_with_its_token_after_eight_hours_and_after_a_pause() -> None:
    register, began = Register(), 1_000_000.0
    told = {"iss": "i", "sub": "s", "iat": began, "exp": began + 24 * HOUR}
    login = login_of(told, Limits())
    assert login
    for moment in range(0, 8 * HOUR, 29 * MINUTE):
        assert register.ending(login, began + moment) is None
        register.use(login, began + moment)
    assert register.ending(login, began + 8 * HOUR - 1) is None
    assert register.ending(login, began + 8 * HOUR) == "expired"

    other = login_of(told | {"sub": "t", "exp": began + 5 * MINUTE}, Limits())
    assert other
    assert register.ending(other, began + 5 * MINUTE - 1) is None
    assert register.ending(other, began + 5 * MINUTE) == "expired"

    paused = login_of(told | {"sub": "u"}, Limits())
    assert paused
    register.use(paused, began + MINUTE)
    assert register.ending(paused, began + 31 * MINUTE - 1) is None
    assert register.ending(paused, began + 31 * MINUTE) == "idle"


def test_a_restarted_process_and_a_wrong_clock_turn_away_rather_than_let_in() -> None:
    now = time.time()
    told = {"iss": "i", "sub": "s", "iat": now - HOUR, "exp": now + HOUR}
    login = login_of(told, Limits())
    assert login
    assert Register().ending(login, now) == "idle"
    ahead = login_of(told | {"iat": now + HOUR}, Limits())
    assert ahead
    assert Register().ending(ahead, now) == "expired"


@pytest.mark.parametrize("missing", [{"exp": None}, {"iat": None}, {"exp": "9999999999"}, {"exp": True}])
def test_a_token_whose_end_is_not_known_lets_nobody_in(rules: RolesFile, missing: dict[str, Any]) -> None:
    assert judge(claims("managers") | missing, rules) == TurnedAway("expired")


def test_two_windows_that_nobody_uses_do_not_keep_each_other_awake(
    guarded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, clock = claims("managers"), time.time()
    moments = {"now": clock}
    monkeypatch.setattr("dashboard.access.logins.time.time", lambda: moments["now"])
    here, there = visit("about", user), visit("about", user)
    for minute in (0, 15):
        moments["now"] = clock + minute * MINUTE
        assert door((here if minute == 0 else there).run()) == ""
    for minute in (30, 44):
        moments["now"] = clock + minute * MINUTE
        here.query_params["left_alone"] = "1"
        assert door(here.run()) == ""
    moments["now"] = clock + 45 * MINUTE
    here.query_params["left_alone"] = "1"
    assert (door(here.run()), door(there.run())) == ("idle", "idle")


def test_a_roles_file_that_others_can_change_lets_nobody_in(guarded: Path) -> None:
    (guarded / "roles.yaml").chmod(0o664)
    assert door(visit("about", claims("managers"))) == "closed"


def test_a_table_that_nobody_declared_open_is_empty_for_whoever_does_not_read_all(
    release_path: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(release_path, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE something_new AS SELECT 'practice-057000' AS unit, 3 AS number")
    for role in (Role.UNIT, Role.PUBLIC, Role.STEWARD):
        part = open_release(path, EXTENT[role])
        assert part._rows("SELECT * FROM release.something_new").is_empty()


def test_the_register_forgets_what_could_not_come_in_anyway() -> None:
    register = Register()
    for hour in range(100):
        told = {"iss": "i", "sub": str(hour), "iat": hour * HOUR, "exp": (hour + 1) * HOUR}
        login = login_of(told, Limits())
        assert login
        register.use(login, hour * HOUR)
        register.end(login, hour * HOUR)
    assert len(register._seen) < 12
    assert len(register._ended) < 12


@pytest.mark.parametrize(
    ("groups", "given"),
    [
        (["managers"], (Role.QUALITY_MANAGER, "")),
        (["practice-057000", "researchers"], (Role.UNIT, "practice-057000")),
        (["researchers", "managers"], (Role.QUALITY_MANAGER, "")),
        (["Managers"], None),
        (["managers "], None),
        (["xmanagers"], None),
        (["practice-"], None),
        (["practice-057000 OR 1=1"], None),
        (["practice-057000\n"], None),
        (["practice-../../x"], None),
        ([7, None, {"managers": 1}], None),
        ("managers", (Role.QUALITY_MANAGER, "")),
        ("managers,stewards", None),
        ({"managers": True}, None),
        (None, None),
    ],
)
def test_a_group_gives_the_role_of_the_first_line_that_fits_it_whole(
    rules: RolesFile, groups: Any, given: tuple[Role, str] | None
) -> None:
    assert rules.role_of({"iss": ISSUER, "groups": groups}) == given


def test_groups_may_stand_further_in_and_a_name_with_dots_is_one_name(rules: RolesFile) -> None:
    nested = rules.model_copy(update={"claim": ("realm_access", "roles")})
    assert nested.role_of({"iss": ISSUER, "realm_access": {"roles": ["stewards"]}}) == (Role.STEWARD, "")
    assert nested.role_of({"iss": ISSUER, "realm_access": ["stewards"], "roles": ["stewards"]}) is None
    dotted = rules.model_copy(update={"claim": "https://x.invalid/roles"})
    assert dotted.role_of({"iss": ISSUER, "https://x.invalid/roles": ["stewards"]}) == (Role.STEWARD, "")


@pytest.mark.parametrize(
    "changed",
    [
        {"hours": 9},
        {"idle_minutes": 31},
        {"idle_minutes": 0},
        {"without_login": "everything"},
        {"unknown": 1},
        {"roles": [{"value": "a", "role": "administrator"}]},
        {"roles": [{"value": "a", "role": "unit"}]},
        {"roles": [{"value": "a", "role": "steward", "unit": "practice-1"}]},
        {"roles": [{"value": "a", "role": "unit", "unit": "practice-{unit}"}]},
        {"roles": [{"value": "a-{unit}", "role": "unit", "unit": "practice-1"}]},
        {"roles": [{"value": "{unit}{unit}", "role": "unit", "unit": "practice-{unit}"}]},
        {"roles": [{"value": "", "role": "steward"}]},
    ],
)
def test_a_roles_file_that_says_too_much_is_refused(rules: RolesFile, changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RolesFile.model_validate(rules.model_dump() | changed)


def test_a_file_is_made_only_while_the_login_holds(rules: RolesFile) -> None:
    visitor = judge(claims("managers"), rules)
    assert isinstance(visitor, Visitor)
    assert visitor.login
    make = while_admitted(visitor, lambda: b"numbers")
    assert make() == b"numbers"
    LOGINS.end(visitor.login)
    with pytest.raises(LoginEndedError):
        make()
    assert while_admitted(ANYBODY, lambda: b"invented")() == b"invented"


def test_the_file_to_begin_with_is_valid_lets_nobody_in_and_keeps_its_secret(tmp_path: Path) -> None:
    from dashboard.access.login_file import begin, check_login

    folder = tmp_path / "access"
    one = begin(folder)
    assert [path.name for path in one] == ["roles.yaml", "login.toml"]
    assert begin(folder) == []
    assert {path.stat().st_mode & 0o777 for path in one} == {0o600}
    starter = read_roles(folder / "roles.yaml")
    assert not starter.is_signed
    secret = (folder / "login.toml").read_text()
    begin(tmp_path / "other")
    assert secret != (tmp_path / "other" / "login.toml").read_text()
    with pytest.raises(SettingsError, match="client_secret is not filled in"):
        check_login(folder / "login.toml")
    good = secret.replace("REPLACE-ME", "from the provider")
    faults = {
        "Others can read": (good, 0o640),
        "short enough to be guessed": (good.replace('cookie_secret = "', 'cookie_secret = "short" #'), 0o600),
        "needs? none|need none": (good.replace("[auth.default]", 'expose_tokens = "id"\n[auth.default]'), 0o600),
        "redirect_uri is not encrypted": (good.replace("https://tvaers", "http://tvaers"), 0o600),
        "comes back to": (good.replace('/oauth2callback"', '/callback"'), 0o600),
        "missing or cannot be read": ("[auth", 0o600),
    }
    for what, (written, mode) in faults.items():
        (folder / "login.toml").write_text(written)
        (folder / "login.toml").chmod(mode)
        with pytest.raises(SettingsError, match=what):
            check_login(folder / "login.toml")
    (folder / "login.toml").chmod(0o600)
    (folder / "login.toml").write_text(good)
    assert check_login(folder / "login.toml") == "https://tvaers.example.org"


def test_being_asked_costs_microseconds(guarded: Path, rules: RolesFile, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.access import entrance

    told = claims("managers")
    monkeypatch.setattr(type(st.user), "to_dict", lambda _: told)
    entrance.require("overview")
    began = time.process_time()
    for _ in range(1_000):
        entrance.require("overview")
    assert (time.process_time() - began) / 1_000 < 0.0005
