"""`tvaers dashboard`: show the release in a browser, from a process that knows neither warehouse nor key."""

import signal
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.access import FolderOption, signed
from tvaers.commands.options import HomeOption
from tvaers.errors import SettingsError

PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")]


def dashboard(
    home: HomeOption = None,
    port: PortOption = 8501,
    release: Annotated[
        Path | None, typer.Option("--release", help="The release file. Default: that of the home folder.")
    ] = None,
    access: FolderOption = None,
    initiatives: Annotated[
        Path | None,
        typer.Option("--initiatives", help="Where units write down their initiatives. Default: in the home folder."),
    ] = None,
) -> None:
    """Serve the dashboard on 127.0.0.1 until Ctrl-C.

    The server is a process of its own. Of this process's environment it is given only what it needs to run, the path
    of the release, the folder that says who is let in, and the file of the units' initiatives, which is the only one
    it writes; it cannot find the warehouse or the key. With the paths named it needs no home folder. A release of real
    people is served only to those who log in.
    """
    from tvaers.settings import load_settings

    if release is None:
        settings = load_settings(home)
        release = settings.release
        access = access or (settings.access if settings.access.exists() else None)
        initiatives = initiatives or settings.initiatives
    raise typer.Exit(serve(release, port, access, initiatives))


def serve(release: Path, port: int, access: Path | None = None, initiatives: Path | None = None) -> int:
    """Serve a release until the server ends, Ctrl-C or SIGTERM; return its exit code, 0 when it was told to end.

    Raises:
        ReleaseError: The release is missing or was written by another version.
        SettingsError: The release is of real people and nobody would be asked to log in, or not safely.
    """
    from dashboard import launch
    from dashboard.release_reader import open_release
    from tvaers import screen

    release, access = release.resolve(), access.resolve() if access else None
    initiatives = initiatives.resolve() if initiatives else None
    is_synthetic = open_release(release).meta().get("is_synthetic") == "true"
    address = f"http://{launch.ADDRESS}:{port}"
    if access is not None:
        rules, named = signed(access)
        screen.say(f"Roles version {rules.version}, approved by {rules.approved_by} on {rules.approved_on}")
        screen.say(f"People log in at {named}")
    elif not is_synthetic:
        raise SettingsError(
            "This release is of real people, and nobody would be asked to log in.",
            where=str(release),
            what_to_do="tvaers access init, then follow docs/how-to/let_people_in.md",
        )
    screen.say(f"The dashboard is at {address} (Ctrl-C ends it)")
    for told_to_end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_end, signal.default_int_handler)
    server = subprocess.Popen(  # noqa: S603
        launch.command(release, port, access),
        env=launch.environment(release, access, initiatives),
        stdin=subprocess.DEVNULL,
    )
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()
