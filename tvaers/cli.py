"""The front door: one command, `tvaers`, whose verbs are the steps of the data flow.

Every verb is a module below `tvaers/commands`; heavy libraries are imported when a verb runs, so that help is instant.
"""

import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tvaers import __version__
from tvaers.commands import (
    access,
    attack,
    audit,
    backup,
    blind,
    catalogue,
    check,
    compute,
    dashboard,
    demo,
    doctor,
    explain,
    export,
    ingest,
    init,
    keys,
    life,
    measure,
    pack,
    project,
    query,
    release,
    report,
    resolve,
    retention,
    shell,
    synth,
    unit,
)
from tvaers.errors import TvaersError

UNEXPECTED = 70
"""Exit code of a fault nobody foresaw; the expected families have 10 to 17, wrong usage has 2."""


class InOrder(TyperGroup):
    """A group that lists its verbs in the order of the data flow."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002, D102 - inherited
        return list(VERBS)


VERBS: dict[str, tuple[Callable[..., None] | typer.Typer, str]] = {
    "init": (init.init, "Make a home folder and a secret key"),
    "synth": (synth.synth, "Write extracts of an invented region"),
    "check": (check.check, "Check delivered files, load nothing"),
    "ingest": (ingest.ingest, "Load delivered files"),
    "compute": (compute.compute, "Compute the indicators"),
    "release": (release.release, "Protect and publish the indicators"),
    "attack": (attack.attack, "Attack releases as a stranger would"),
    "access": (access.app, "Say who is let into the dashboard"),
    "dashboard": (dashboard.dashboard, "Show the release in a browser"),
    "report": (report.report, "Write what a unit takes along, on paper"),
    "query": (query.query, "Ask the warehouse, read-only"),
    "project": (project.app, "Create, approve and close research projects"),
    "shell": (shell.shell, "Ask a project question after question"),
    "export": (export.app, "Say what may leave a project"),
    "explain": (explain.explain, "Explain an indicator, or a person's count"),
    "catalogue": (catalogue.catalogue, "Write all definitions as a document"),
    "pack": (pack.app, "List, check and begin country packs"),
    "measure": (measure.app, "Prove measures on test patients"),
    "blind": (blind.app, "Blind identifiers between a site and a key holder"),
    "unit": (unit.app, "Make lists that only a treating unit can read"),
    "resolve": (resolve.resolve, "Find the rows of a list in a unit's own patients"),
    "keys": (keys.app, "Show, check and replace the secret key"),
    "audit": (audit.app, "Read and verify the account of what was done"),
    "object": (life.note_objection, "Note who objects to being here"),
    "erase": (life.erase, "Write the warehouse anew without who objected"),
    "retention": (retention.retention, "Let go of what is kept no longer"),
    "backup": (backup.app, "Make, check and restore backups"),
    "doctor": (doctor.doctor, "Look for what is wrong"),
    "demo": (demo.demo, "All steps on an invented region"),
}

app = typer.Typer(
    cls=InOrder,
    help="Tværs: one anonymous view of care across hospital, general practice and municipality.",
    epilog="A new home goes through the verbs from top to bottom; `tvaers demo` does so with invented people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, (_verb, _line) in VERBS.items():
    if isinstance(_verb, typer.Typer):
        app.add_typer(_verb, name=_name, short_help=_line)
    else:
        app.command(_name, short_help=_line)(_verb)


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
    _write_any_letter()
    # Read when numpy is loaded: on the short vectors of disclosure control several threads only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Whatever a verb writes (databases, reports, logs, answers) is its owner's alone.
    umask = os.umask(0o077)
    try:
        app(args=words, prog_name="tvaers")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except TvaersError as fault:
        return _report(fault, as_json="--json" in words)
    except Exception as fault:
        return _record(fault, words)
    finally:
        os.umask(umask)
    return 0


def _write_any_letter() -> None:
    """Let a letter that the terminal's encoding lacks be written as its escape instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


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
