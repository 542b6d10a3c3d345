"""How the dashboard's process is started: its command, and an environment that holds the release's path and no more."""

import os
import sys
from pathlib import Path

from dashboard import colours
from dashboard.access.login_file import FILE

ADDRESS = "127.0.0.1"
_KEPT = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG", "LC_ALL", "TZ")
_OPTIONS = {
    "server.address": ADDRESS,
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "server.trustedUserHeaders": "{}",
    "server.enableAgentApi": "false",
    "server.enableStaticServing": "false",
    "browser.gatherUsageStats": "false",
    # A search of the whole memory after each click took two thirds of the processor with fifty readers; Python looks
    # for what can go by itself often enough (benchmarks/dashboard_load.py holds that memory does not grow).
    "runner.postScriptGC": "false",
    "runner.magicEnabled": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "global.developmentMode": "false",
    "theme.baseRadius": "6px",
}

_LOOKS = {
    "primaryColor": colours.ACCENT,
    "backgroundColor": colours.PAPER,
    "secondaryBackgroundColor": colours.WASH,
    "textColor": colours.INK,
    "linkColor": colours.ACCENT,
    "borderColor": colours.LINE,
}
# The reader's browser chooses between the two.
_THEMES = {f"theme.light.{part}": colour for part, colour in _LOOKS.items()} | {
    f"theme.dark.{part}": colours.DARK[colour] for part, colour in _LOOKS.items()
}


def command(release: Path, port: int, access: Path | None = None) -> list[str]:
    """Return the command that serves the dashboard on this machine only.

    Args:
        release: The release file; its path travels in the environment, not in the command.
        port: TCP port on 127.0.0.1.
        access: The folder with the roles and the login; None to serve invented people to whoever comes.

    Raises:
        ValueError: A path is not absolute, so the started process might not find the file.
    """
    if not release.is_absolute() or (access and not access.is_absolute()):
        raise ValueError("The path of the release must be absolute, and that of the folder of who is let in.")
    app = Path(__file__).parent / "app.py"
    told = {**_OPTIONS, **_THEMES, "server.port": str(port)} | ({"secrets.files": str(access / FILE)} if access else {})
    options = [f"--{name}={value}" for name, value in told.items()]
    return [sys.executable, "-m", "streamlit", "run", str(app), *options]


def environment(release: Path, access: Path | None = None, initiatives: Path | None = None) -> dict[str, str]:
    """Return the environment of the dashboard's process: nothing of the warehouse, no key, no other setting."""
    named = {"TVAERS_RELEASE": release, "TVAERS_ACCESS": access, "TVAERS_INITIATIVES": initiatives}
    told = {name: str(path) for name, path in named.items() if path}
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | told
