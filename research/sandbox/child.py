"""The process in which a question runs: it has no environment, no key but that of its one file, and nothing to open.

It reads one request from its standard input and writes one answer to its standard output: `A` and the rows as an
Arrow stream, or `F` and what went wrong as JSON. It imports nothing of the programs that hold other keys.
"""

import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from research.sandbox.limits import close_the_doors, limit_work
from research.sandbox.locked import open_locked

ANSWER, FAULT = b"A", b"F"
SPOKEN = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException)
# Every kind of value once, so that what the libraries load on first use is loaded before the doors close.
WARM_UP = (
    "SELECT 1, 2.5::DECIMAL(4, 1), 'a', true, current_date, now(), uuid(), [1], {'a': 1}, INTERVAL 1 DAY, "
    "strftime(DATE '2026-01-01', '%Y'), regexp_matches('a', 'b')"
)


def main() -> None:
    """Answer the request on standard input."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    limit_work(seconds=request["seconds"], memory_mb=request["memory_mb"])
    try:
        con = open_locked(
            Path(request["path"]), bytes.fromhex(request.pop("key")), memory_limit=request["engine_memory"]
        )
        con.execute(WARM_UP).to_arrow_table()
    except duckdb.Error as fault:
        _fail("unreadable", type(fault).__name__)
        return
    close_the_doors()
    try:
        row = con.execute("SELECT expires_on FROM about").fetchone()
        if row is None or row[0] < date.fromisoformat(request["today"]):
            _fail("expired", "")
            return
        answer = con.execute(request["sql"]).to_arrow_table()
    except SPOKEN as fault:
        _fail("refused", str(fault).strip())
    except duckdb.OutOfMemoryException:
        _fail("memory", "")
    except MemoryError:
        _fail("memory", "")
    except duckdb.Error as fault:
        # Other faults of the engine may quote a value from a row; only their kind is told.
        _fail("stopped", type(fault).__name__)
    else:
        _write(answer)


def _write(answer: pyarrow.Table) -> None:
    out = io.BytesIO()
    with pyarrow.ipc.new_stream(out, answer.schema) as stream:
        stream.write_table(answer)
    _say(ANSWER, out.getbuffer())


def _fail(kind: str, text: str) -> None:
    _say(FAULT, json.dumps({"kind": kind, "text": text}).encode())


def _say(mark: bytes, content: bytes | memoryview) -> None:
    with open(1, "wb", closefd=False) as out:
        out.write(mark)
        out.write(content)


if __name__ == "__main__":
    main()
