"""Progress on stderr: a bar where someone watches, a plain line where a log file does."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(stderr=True)
Advance = Callable[[int], None]
_quiet = False


def be_quiet(*, quiet: bool = True) -> None:
    """Switch progress off (or on again) for this process."""
    global _quiet  # noqa: PLW0603 - one switch for one process, set once by the command line
    _quiet = quiet


@contextmanager
def track(description: str, total: int | None = None) -> Iterator[Advance]:
    """Show one step of a long job; the yielded function advances it by a number of units.

    Args:
        description: What is being done, in the user's words.
        total: Units of work (rows, files, quarters), or None when unknown.
    """
    if _quiet:
        yield lambda _: None
        return
    if not console.is_terminal:
        started = time.monotonic()
        yield lambda _: None
        sys.stderr.write(f"{description} ({time.monotonic() - started:.1f} s)\n")
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(description, total=total)
        yield lambda units: bar.advance(task, units)
        bar.update(task, total=total or 1, completed=total or 1)
