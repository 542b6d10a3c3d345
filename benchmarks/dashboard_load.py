"""How long readers wait when many click at once: real sessions on a real server, at the pace of people.

    python -m benchmarks.dashboard_load --sessions 50 --seconds 300

Each session holds a connection as a browser does, opens a page, thinks, and makes other choices. A wait begins when a
choice is sent and ends when the server has sent the whole page; nothing is drawn, so a browser's own work is not in it.
The goal on two cores: with 50 sessions 95 of 100 waits under 500 ms, no fault, and under 1.5 GB without growing.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.dashboard_rerun import SCREENS, build, clicks
from dashboard.launch import command, environment
from dashboard.wording import wording

GOAL_MS, GOAL_GIGABYTES = 500, 1.5
THINKS_SECONDS = 6.0
STARTS_WITHIN_SECONDS = 120
# One message holds a whole chart.
LARGEST_MESSAGE = 64 << 20


@dataclass
class Seen:
    """What all sessions met.

    Attributes:
        waits: Milliseconds from sending a choice to the end of its page.
        first: The same for the first page of a session.
        faults: Pages that ended with an error.
    """

    waits: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    faults: int = 0


async def page_sent(line: ClientConnection, screen: str, choices: dict[str, str]) -> bool:
    """Ask for a page with its choices and read it to its end; return whether it is that page, whole and in order."""
    title = wording(choices["lang"])(f"page.{screen}")
    asked = BackMsg()
    asked.rerun_script.query_string = urlencode(choices)
    asked.rerun_script.page_name = "start" if screen == SCREENS[0] else screen
    await line.send(asked.SerializeToString())
    is_named = is_whole = False
    is_good = True
    while True:
        told = ForwardMsg.FromString(await line.recv())  # type: ignore[arg-type]
        kind = told.WhichOneof("type")
        if kind == "page_config_changed":
            is_named |= told.page_config_changed.title.startswith(f"{title} ·")
        if kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            is_good &= told.delta.new_element.WhichOneof("type") != "exception"
            is_whole |= "tv-foot" in told.delta.new_element.html.body
        if kind == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return is_named and is_whole and is_good and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


async def session(port: int, number: int, until: float, choices: Iterator[dict[str, str]], seen: Seen) -> None:
    """Be one reader until the time is over."""
    chance = random.Random(number)
    await asyncio.sleep(chance.random() * THINKS_SECONDS)
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=LARGEST_MESSAGE) as line:  # type: ignore[list-item]
        waits, screen = seen.first, SCREENS[0]
        while time.monotonic() < until:
            started = time.monotonic()
            seen.faults += not await page_sent(line, screen, next(choices))
            waits.append(1000 * (time.monotonic() - started))
            waits, screen = seen.waits, chance.choice(SCREENS)
            await asyncio.sleep(chance.expovariate(1 / THINKS_SECONDS))


async def all_sessions(
    port: int, process: int, sessions: int, seconds: float, size: dict[str, int]
) -> dict[str, object]:
    """Let all sessions click for so many seconds, and tell what they waited and what the server took."""
    seen, until = Seen(), time.monotonic() + seconds
    memory: list[float] = []

    async def watch() -> None:
        while time.monotonic() < until:
            await asyncio.sleep(seconds / 20)
            memory.append(gigabytes(process))

    readers = [session(port, each, until, clicks(each, **size), seen) for each in range(sessions)]
    await asyncio.gather(watch(), *readers)
    return {
        "sessions": sessions,
        "seconds": seconds,
        "clicks": len(seen.waits),
        "median_ms": round(float(np.percentile(seen.waits, 50))),
        "p95_ms": round(float(np.percentile(seen.waits, 95))),
        "p99_ms": round(float(np.percentile(seen.waits, 99))),
        "first_page_p95_ms": round(float(np.percentile(seen.first, 95))),
        "faults": seen.faults,
        "gigabytes_after_a_tenth": memory[1],
        "gigabytes_at_the_end": memory[-1],
        "gigabytes_most": max(memory),
    }


def gigabytes(process: int) -> float:
    """Return the memory that a process holds now."""
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (held,) = [line.split()[1] for line in told.splitlines() if line.startswith("VmRSS:")]
    return round(int(held) / 1e6, 2)


async def answers(port: int) -> None:
    """Wait until the server takes connections."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return


def main() -> int:
    """Measure and print one JSON object; end with 1 where the goal is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in {"sessions": 50, "seconds": 300, "indicators": 70, "practices": 95, "quarters": 20}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--port", type=int, default=8599)
    chosen = parser.parse_args()
    size = {name: getattr(chosen, name) for name in ("indicators", "practices", "quarters")}
    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder) / "release.duckdb"
        build(release, **size)
        server = subprocess.Popen(
            command(release, chosen.port),
            env=environment(release, initiatives=release.with_name("initiatives.sqlite")),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(answers(chosen.port))
            found = asyncio.run(all_sessions(chosen.port, server.pid, chosen.sessions, chosen.seconds, size))
        finally:
            server.terminate()
            server.wait()
    is_met = found["p95_ms"] < GOAL_MS and not found["faults"] and found["gigabytes_most"] < GOAL_GIGABYTES  # type: ignore[operator]
    sys.stdout.write(json.dumps(size | found | {"is_met": is_met}, indent=2) + "\n")
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())
