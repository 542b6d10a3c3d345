"""The file with the login's secrets: begun with a secret made at random, and refused when it would not protect."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tvaers.errors import SettingsError

FILE = "login.toml"
PLACEHOLDER = "REPLACE-ME"
SHORTEST_COOKIE_SECRET = 32
_PLACE_OF_COOKIE_SECRET = "{cookie_secret}"  # noqa: S105 - where it is put, not what it is
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def begin(folder: Path) -> list[Path]:
    """Write the files of a folder that are missing, readable by their owner only, and return them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for name in ("roles.yaml", FILE):
        text = (files("dashboard") / "access" / "starter" / name).read_text(encoding="utf-8")
        path = folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text.replace(_PLACE_OF_COOKIE_SECRET, secrets.token_hex(32)))
        written.append(path)
    return written


def check_login(path: Path) -> str:
    """Return the address that people log in from.

    Raises:
        SettingsError: The file is missing, others can read it, it is not filled in, or what it says would not protect.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise _fault(path, "Others can read the login's secrets.", f"chmod 600 {path}")
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _fault(path, "The login file is missing or cannot be read.", "tvaers access init") from None
    shared = _section(told, "auth")
    provider = _section(shared, "default")
    if len(str(shared.get("cookie_secret", ""))) < SHORTEST_COOKIE_SECRET:
        raise _fault(path, "The cookie's secret is short enough to be guessed.", "Put 64 random hexadecimal digits.")
    for name in ("client_id", "client_secret", "server_metadata_url"):
        if str(provider.get(name, PLACEHOLDER)) in {"", PLACEHOLDER}:
            raise _fault(path, f"{name} is not filled in.", "Ask whoever runs the login provider.")
    if shared.get("expose_tokens") or provider.get("expose_tokens"):
        raise _fault(path, "The file hands tokens to the pages, which need none.", "Take out expose_tokens.")
    address = str(shared.get("redirect_uri", ""))
    for name, url in (("redirect_uri", address), ("server_metadata_url", str(provider["server_metadata_url"]))):
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
            raise _fault(path, f"{name} is not encrypted on its way.", "Give an address that begins with https://")
    if urlsplit(address).path != "/oauth2callback":
        raise _fault(path, "redirect_uri is not the address that a login comes back to.", "End it in /oauth2callback")
    return address.removesuffix("/oauth2callback")


def _section(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _fault(path: Path, what: str, what_to_do: str) -> SettingsError:
    return SettingsError(what, where=str(path), what_to_do=what_to_do)
