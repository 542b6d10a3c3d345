"""A signed roles file, and what the token of somebody who logged in says."""

import json
import time
from itertools import count
from pathlib import Path
from typing import Any

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

ISSUER = "https://login.invalid/realms/health"
ROLES = """
version: 3
approved_by: An invented controller
approved_on: 2026-10-01
issuer: {issuer}
claim: groups
without_login: {without_login}
roles:
  - {{value: managers, role: quality_manager}}
  - {{value: stewards, role: steward}}
  - {{value: "practice-{{unit}}", role: unit, unit: "practice-{{unit}}"}}
  - {{value: "municipality-{{unit}}", role: unit, unit: "municipality-{{unit}}"}}
  - {{value: researchers, role: researcher}}
  - {{value: everybody, role: public}}
"""
COOKIE = "_streamlit_user"
_numbers = count(1)


def forged_cookie(value: dict[str, Any], secret: str, name: str = COOKIE) -> str:
    """Return a cookie as the dashboard's server signs it, or as somebody would who has another secret."""
    return create_signed_value(secret, name, json.dumps(value)).decode()


def access_folder(folder: Path, *, issuer: str = ISSUER, without_login: str = "nothing") -> Path:
    (folder / "roles.yaml").write_text(ROLES.format(issuer=issuer, without_login=without_login), encoding="utf-8")
    return folder


def claims(*groups: str, **told: Any) -> dict[str, Any]:
    """Return what Streamlit hands on of a fresh login; each call is a login of its own."""
    now = int(time.time())
    return {
        "is_logged_in": True,
        "iss": ISSUER,
        "sub": f"person-{next(_numbers)}",
        "nonce": f"nonce-{next(_numbers)}",
        "iat": now,
        "exp": now + 3600,
        "groups": list(groups),
    } | told
