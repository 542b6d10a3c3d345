"""Ask one question in a process of its own, and give back the answer or why there is none."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow

from research.sandbox.allow_list import refuse_what_is_not_allowed
from tvaers.errors import DefinitionError, WarehouseError

START = "import sys; sys.path.insert(0, sys.argv[1]); from research.sandbox.child import main; main()"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Limits:
    """What one question may use.

    Attributes:
        seconds: Processor time, and twice that on the clock.
        engine_memory: What the engine may use for its work.
        memory_mb: Address space of the process, in MB.
    """

    seconds: int = 60
    engine_memory: str = "2GB"
    memory_mb: int = 6_000


def ask(
    sql: str, path: Path, key: bytes, *, tables: frozenset[str], today: date, limits: Limits | None = None
) -> pyarrow.Table:
    """Return the answer to one question.

    Args:
        sql: The question.
        path: The project's database file.
        key: Its key.
        tables: The tables it has.
        today: The day of the question; a file that expired before is not read.
        limits: What the question may use.

    Raises:
        DefinitionError: The question is not allowed, is wrong, or took too long or too much.
        WarehouseError: The file cannot be read, or has expired.
    """
    refuse_what_is_not_allowed(sql, tables)
    return run_in_child(sql, path, key, today=today, limits=limits or Limits())


def run_in_child(sql: str, path: Path, key: bytes, *, today: date, limits: Limits) -> pyarrow.Table:
    """Return the answer to one statement, without looking at the statement first.

    Raises:
        DefinitionError: The statement is wrong, or took too long or too much.
        WarehouseError: The file cannot be read, or has expired.
    """
    request = {
        "sql": sql,
        "path": str(path.resolve()),
        "key": key.hex(),
        "today": today.isoformat(),
        "seconds": limits.seconds,
        "engine_memory": limits.engine_memory,
        "memory_mb": limits.memory_mb,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own words; the question goes through a pipe
            [sys.executable, "-I", "-c", START, str(ROOT)],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=limits.seconds * 2,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much(limits, "too long") from None
    mark, content = done.stdout[:1], done.stdout[1:]
    if mark == b"A" and done.returncode == 0:
        return pyarrow.ipc.open_stream(content).read_all()
    if mark != b"F":
        is_time = done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        raise _too_much(limits, "too long" if is_time else "too much memory")
    fault = json.loads(content)
    raise _explained(fault["kind"], fault["text"], path, limits)


def _explained(kind: str, text: str, path: Path, limits: Limits) -> DefinitionError | WarehouseError:
    if kind == "unreadable":
        return WarehouseError(
            "The project's database cannot be read.",
            where=f"{path} ({text})",
            what_to_do="Ask the steward to approve the project again, which writes the file anew.",
        )
    if kind == "expired":
        return WarehouseError("The project has expired.", where=str(path), what_to_do=EXPIRED)
    if kind == "memory":
        return _too_much(limits, "too much memory")
    hint = "The tables and columns are in the project's dictionary: SELECT * FROM dictionary"
    if kind == "refused":
        return DefinitionError("The query cannot be run.", where=text, what_to_do=hint)
    return DefinitionError("The query stopped while it ran.", where=f"Kind of fault: {text}", what_to_do=hint)


EXPIRED = "Nobody can open it. For more time: write a later expires_on into its page and have it approved again."


def _too_much(limits: Limits, what: str) -> DefinitionError:
    return DefinitionError(
        f"The query took {what} and was ended.",
        how_much=f"A question may use {limits.seconds} seconds of one processor and {limits.engine_memory}.",
        what_to_do="Count or filter earlier, or ask for fewer columns.",
    )
