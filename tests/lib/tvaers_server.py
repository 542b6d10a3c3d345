"""`tvaers` for a script of many commands: one process loads the libraries once and runs one command after the other.

Each command gets the folder, the environment and the three streams of the script, so that pipes and redirections work
as they do with the command itself. What a process of its own brings besides is tested in tests/journeys.
"""

import array
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STREAMS = (0, 1, 2)
CLIENT = f"""
import array, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(os.environ["TVAERS_SERVER"])
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    streams = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", {STREAMS!r}))
    server.sendmsg([len(told).to_bytes(4, "big")], [streams])
    server.sendall(told)
    sys.exit(server.recv(1)[0])
"""


@contextmanager
def tvaers_server(folder: Path) -> Iterator[str]:
    """Run a server for as long as the block lasts; give the shell function that asks it in place of the command."""
    (folder / "client.py").write_text(CLIENT)
    place = folder / "server"
    server = subprocess.Popen([sys.executable, "-m", "tests.lib.tvaers_server", str(place)], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield f'asked_tvaers() {{ TVAERS_SERVER="{place}" "{sys.executable}" -I -S "{folder}/client.py" "$@"; }}'
    finally:
        server.kill()
        server.wait()


def serve(place: str) -> None:
    """Run each command that comes in, until the process is killed."""
    from tvaers.cli import main

    own = [os.dup(stream) for stream in STREAMS]
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            asker, _ = door.accept()
            with asker:
                words = _take(asker)
                code = main(words)
                for written in (sys.stdout, sys.stderr):
                    written.flush()
                for stream, mine in zip(STREAMS, own, strict=True):
                    os.dup2(mine, stream)
                asker.sendall(bytes([code]))


def _take(asker: socket.socket) -> list[str]:
    """Take over the folder, the environment and the streams of who asks; return the words of the command."""
    length, streams = asker.recvmsg(4, socket.CMSG_SPACE(len(STREAMS) * array.array("i").itemsize))[:2]
    for stream, theirs in zip(STREAMS, array.array("i", streams[0][2]), strict=True):
        os.dup2(theirs, stream)
        os.close(theirs)
    # Fresh ones, as a process of its own has: where the old ones led to could be written to in another way.
    sys.stdin, sys.stdout, sys.stderr = (
        open(stream, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - a stream, and it stays open
        for stream, mode in zip(STREAMS, "rww", strict=True)
    )
    told = b""
    while len(told) < int.from_bytes(length, "big"):
        told += asker.recv(65536)
    words, folder, environment = json.loads(told)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return words


if __name__ == "__main__":
    serve(sys.argv[1])
