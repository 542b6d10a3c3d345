"""`tvaers dashboard`: show the release in a browser, from a process that knows neither warehouse nor key."""

import signal
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption

PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")]


def dashboard(home: HomeOption = None, port: PortOption = 8501) -> None:
    """Serve the dashboard on 127.0.0.1 until Ctrl-C.

    The server is a process of its own. Of this process's environment it is given only what it needs to run, and the
    path of the release; it cannot find the warehouse or the key.
    """
    from tvaers.settings import load_settings

    raise typer.Exit(serve(load_settings(home).release, port))


def serve(release: Path, port: int) -> int:
    """Serve a release until the server ends, Ctrl-C or SIGTERM; return its exit code, 0 when it was told to end.

    Raises:
        ReleaseError: The release is missing or was written by another version.
    """
    from dashboard import launch
    from dashboard.release_reader import open_release
    from tvaers import screen

    release = release.resolve()
    open_release(release)
    screen.say(f"The dashboard is at http://{launch.ADDRESS}:{port} (Ctrl-C ends it)")
    for told_to_end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_end, signal.default_int_handler)
    server = subprocess.Popen(launch.command(release, port), env=launch.environment(release), stdin=subprocess.DEVNULL)  # noqa: S603
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()
