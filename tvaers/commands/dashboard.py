"""`tvaers dashboard`: show the release in a browser, from a process that knows neither warehouse nor key."""

from typing import Annotated

import typer

from tvaers.commands.options import HomeOption

PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")]


def dashboard(home: HomeOption = None, port: PortOption = 8501) -> None:
    """Serve the dashboard on 127.0.0.1 until Ctrl-C.

    The server is a process of its own. Of this process's environment it is given only what it needs to run, and the
    path of the release; it cannot find the warehouse or the key.
    """
    from dashboard.launch import serve
    from tvaers.settings import load_settings

    raise typer.Exit(serve(load_settings(home).release, port))
