"""The entrance: every page calls `require` before it reads anything, at every rerun.

That a page is not in the navigation lets nobody out of it: whoever knows its address is judged here all the same.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from dashboard.access.logins import LOGINS, Login, login_of
from dashboard.access.roles import ANYBODY, Role, Visitor
from dashboard.access.roles_file import FILE, RolesFile, read_roles
from tvaers.errors import SettingsError

ENVIRONMENT_NAME = "TVAERS_ACCESS"
LEFT_ALONE = "left_alone"
"""In the address of a page that the browser asked for by itself, because nobody did anything."""
PROVIDER = "default"
"""The provider's section in the login file."""

Reason = Literal["log_in", "expired", "idle", "logged_out", "no_role", "not_this_page", "closed"]


@dataclass(frozen=True)
class TurnedAway:
    """Somebody who is not let in, and why.

    Attributes:
        visitor: Who it is, where another page would let them in.
    """

    reason: Reason
    login: Login | None = None
    visitor: Visitor | None = None


class LoginEndedError(Exception):
    """A file was asked for after the login had ended."""


def visitor() -> Visitor | TurnedAway:
    """Return who is there, whatever the page, and without counting as a use of the login."""
    folder = os.environ.get(ENVIRONMENT_NAME)
    if not folder:
        return ANYBODY
    try:
        rules = read_roles(Path(folder) / FILE)
    except SettingsError:
        return TurnedAway("closed")
    return judge(st.user.to_dict(), rules) if rules.is_signed else TurnedAway("closed")


def judge(claims: Mapping[str, Any], rules: RolesFile, now: float | None = None) -> Visitor | TurnedAway:
    """Return as whom the bearer of a token is let in, or why not.

    Args:
        claims: What the token says, as Streamlit took it from its signed cookie; empty without a login.
        rules: The roles file.
        now: Seconds since 1970; the clock's when None.
    """
    if claims.get("is_logged_in") is not True:
        return Visitor(Role.PUBLIC) if rules.without_login == "public" else TurnedAway("log_in")
    login = login_of(claims, rules.limits)
    if login is None:
        return TurnedAway("expired")
    if ending := LOGINS.ending(login, now):
        return TurnedAway(ending, login)
    given = rules.role_of(claims)
    return TurnedAway("no_role", login) if given is None else Visitor(*given, login)


def require(page: str) -> Visitor:
    """Return who is let into a page; whoever is not is told why, and the page ends.

    Args:
        page: The page's key in `roles.ADMITTED`.
    """
    found = visitor()
    if isinstance(found, Visitor) and not found.is_admitted_to(page):
        found = TurnedAway("not_this_page", found.login, found)
    if isinstance(found, TurnedAway):
        from dashboard.access import door

        door.turn_away(found)
    # Two windows that look whether they are to be emptied must not keep each other's login alive.
    if found.login and st.query_params.pop(LEFT_ALONE, None) is None:
        LOGINS.use(found.login)
    return found


def while_admitted(whose: Visitor, produce: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a maker of a file that makes it only while the visitor's login holds.

    A file is made when its button is pressed, which draws no page and so asks nobody.
    """
    login = whose.login
    if login is None:
        return produce

    def made() -> bytes:
        if LOGINS.ending(login):
            raise LoginEndedError
        LOGINS.use(login)
        return produce()

    return made


def log_in() -> None:
    """Send the browser to the provider's login."""
    st.login(PROVIDER)


def log_out(login: Login | None) -> None:
    """End the login here, in this browser, and at the provider where it offers that."""
    if login:
        LOGINS.end(login)
    st.logout()
