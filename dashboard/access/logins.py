"""How long a login holds: to the end of its token, at most some hours, and not after a pause or a log-out.

Streamlit keeps who logged in in a signed cookie for thirty days and looks neither at the token's end nor at pauses, and
a copy of the cookie outlives a log-out. So all three are judged here, at every rerun, for the login and not for the
browser's tab. The register lives in the process: after a restart a login older than the pause counts as idle, which
turns away too many rather than too few.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

LONGEST_HOURS = 8.0
LONGEST_PAUSE_MINUTES = 30.0
CLOCKS_MAY_DIFFER_SECONDS = 120.0

Ending = Literal["expired", "idle", "logged_out"]


@dataclass(frozen=True)
class Limits:
    """How long a login holds at most, in seconds."""

    longest: float = LONGEST_HOURS * 3600
    pause: float = LONGEST_PAUSE_MINUTES * 60


@dataclass(frozen=True)
class Login:
    """One login of one person, the same in all tabs of a browser.

    Attributes:
        key: What tells it from every other login.
        began: When the person proved who they are, in seconds since 1970.
        issued: When the token was issued.
        ends: When the token ends.
        limits: How long it holds at most.
    """

    key: tuple[str, ...]
    began: float
    issued: float
    ends: float
    limits: Limits


def login_of(claims: Mapping[str, Any], limits: Limits) -> Login | None:
    """Return the login that a token tells of, or None when the token lacks what its end is judged by."""
    issued, ends = _moment(claims.get("iat")), _moment(claims.get("exp"))
    began = _moment(claims.get("auth_time", issued))
    if issued is None or ends is None or began is None:
        return None
    key = tuple(str(claims.get(name, "")) for name in ("iss", "sub", "sid", "nonce", "iat"))
    return Login(key, began, issued, ends, limits)


def _moment(stated: object) -> float | None:
    return float(stated) if isinstance(stated, int | float) and not isinstance(stated, bool) else None


class Register:
    """When each login was last used, and which were ended by logging out."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], float] = {}
        self._ended: dict[tuple[str, ...], float] = {}
        self._lock = threading.Lock()

    def ending(self, login: Login, now: float | None = None) -> Ending | None:
        """Return why a login no longer holds, or None while it does."""
        now = time.time() if now is None else now
        if login.key in self._ended:
            return "logged_out"
        is_from_the_future = max(login.began, login.issued) > now + CLOCKS_MAY_DIFFER_SECONDS
        if is_from_the_future or now >= min(login.ends, login.began + login.limits.longest):
            return "expired"
        if now - self._seen.get(login.key, login.issued) >= login.limits.pause:
            return "idle"
        return None

    def left(self, login: Login, now: float | None = None) -> float:
        """Return for how many seconds a login still holds if it is not used again; 0 or less when it has ended."""
        now = time.time() if now is None else now
        paused = self._seen.get(login.key, login.issued) + login.limits.pause
        return min(login.ends, login.began + login.limits.longest, paused) - now

    def use(self, login: Login, now: float | None = None) -> None:
        """Note that a login was used just now."""
        now = time.time() if now is None else now
        with self._lock:
            if login.key not in self._seen:
                self._forget(now)
            self._seen[login.key] = now

    def end(self, login: Login, now: float | None = None) -> None:
        """End a login for every tab and every copy of its cookie."""
        with self._lock:
            self._ended[login.key] = time.time() if now is None else now

    def _forget(self, now: float) -> None:
        # Whatever is older than the longest login is turned away without being remembered.
        oldest = now - LONGEST_HOURS * 3600 - CLOCKS_MAY_DIFFER_SECONDS
        self._seen = {key: moment for key, moment in self._seen.items() if moment > oldest}
        self._ended = {key: moment for key, moment in self._ended.items() if moment > oldest}


LOGINS = Register()
"""The logins of this process."""
