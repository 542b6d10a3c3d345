"""The front door: one command, `tvaers`, whose verbs are the steps of the data flow.

Every verb is a module below `tvaers/commands`; heavy libraries are imported when a verb runs, so that help is instant.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tvaers import __version__
from tvaers.commands import (
    check,
    compute,
    dashboard,
    demo,
    doctor,
    explain,
    ingest,
    init,
    pack,
    query,
    release,
    synth,
)
from tvaers.errors import TvaersError

UNEXPECTED = 70
"""Exit code of a fault nobody foresaw; the expected families have 10 to 17, wrong usage has 2."""

app = typer.Typer(
    help="Tværs: one anonymous view of care across hospital, general practice and municipality.",
    epilog="A new home goes through the verbs from top to bottom; `tvaers demo` does so with invented people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _verb in (
    ("init", init.init),
    ("synth", synth.synth),
    ("check", check.check),
    ("ingest", ingest.ingest),
    ("compute", compute.compute),
    ("release", release.release),
    ("dashboard", dashboard.dashboard),
    ("query", query.query),
    ("explain", explain.explain),
):
    app.command(_name)(_verb)
app.add_typer(pack.app, name="pack")
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tvaers {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code.

    Args:
        arguments: The words after `tvaers`; those of the process when None.

    Returns:
        0 when all went well, 2 for wrong usage, the family's code (`tvaers.errors`) for an expected
            fault, 70 otherwise.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=words, prog_name="tvaers")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except TvaersError as fault:
        return _report(fault, as_json="--json" in words)
    except Exception as fault:
        return _record(fault, words)
    return 0


def _report(fault: TvaersError, *, as_json: bool) -> int:
    if as_json:
        from tvaers import screen

        screen.write_json(fault.as_dict())
    sys.stderr.write(f"{fault}\n")
    return fault.exit_code


def _record(fault: Exception, words: Sequence[str]) -> int:
    """Write the traceback to a log file and say one line; the line has no detail, since a detail could be a value."""
    from tvaers.settings import default_home

    home = _named_home(words) or default_home()
    moment = datetime.now(tz=UTC)
    log = home / "logs" / f"fault-{moment:%Y%m%dT%H%M%S}-{os.getpid()}.log"
    where = f"the traceback is in {log}"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        frames = "".join(traceback.format_tb(fault.__traceback__))
        # The text of the fault is left out: a library may have put a value from a row into it.
        log.write_text(f"tvaers {__version__} {words[:1]} {moment.isoformat()}\n{frames}{type(fault).__name__}\n")
    except OSError:
        where = f"no log could be written below {home}"
    sys.stderr.write(f"Unexpected fault ({type(fault).__name__}); {where}\n")
    return UNEXPECTED


def _named_home(words: Sequence[str]) -> Path | None:
    for position, word in enumerate(words):
        if word == "--home" and position + 1 < len(words):
            return Path(words[position + 1])
        if word.startswith("--home="):
            return Path(word.removeprefix("--home="))
    return None
