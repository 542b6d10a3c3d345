"""How the dashboard's process is started: its command, and an environment that holds the release's path and no more."""

import os
import sys
from pathlib import Path

from dashboard import colours

ADDRESS = "127.0.0.1"
_KEPT = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG", "LC_ALL", "TZ")
_OPTIONS = {
    "server.address": ADDRESS,
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "global.developmentMode": "false",
    "theme.base": "light",
    "theme.primaryColor": colours.ACCENT,
    "theme.backgroundColor": colours.PAPER,
    "theme.secondaryBackgroundColor": colours.WASH,
    "theme.textColor": colours.INK,
    "theme.linkColor": colours.ACCENT,
    "theme.borderColor": colours.LINE,
    "theme.baseRadius": "6px",
}


def command(release: Path, port: int) -> list[str]:
    """Return the command that serves the dashboard on this machine only.

    Args:
        release: The release file; its path travels in the environment, not in the command.
        port: TCP port on 127.0.0.1.

    Raises:
        ValueError: The release's path is not absolute, so the started process might not find it.
    """
    if not release.is_absolute():
        raise ValueError("The path of the release must be absolute.")
    app = Path(__file__).parent / "app.py"
    options = [f"--{name}={value}" for name, value in {**_OPTIONS, "server.port": str(port)}.items()]
    return [sys.executable, "-m", "streamlit", "run", str(app), *options]


def environment(release: Path) -> dict[str, str]:
    """Return the environment of the dashboard's process: nothing of the warehouse, no key, no other setting."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"TVAERS_RELEASE": str(release)}
