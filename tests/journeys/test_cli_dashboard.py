"""`tvaers dashboard` serves the release on this machine only, without the key, and ends when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(condition) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def servers_of(parent: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    own = [int(one) for each in Path(f"/proc/{parent}/task").glob("*/children") for one in each.read_text().split()]
    return [*own, *(further for one in own for further in servers_of(one))]


def told_of(process: int) -> str:
    """What a process was given: its words, its environment, and the files that it holds open."""
    folder = Path(f"/proc/{process}")
    given = b" ".join((folder / name).read_bytes() for name in ("cmdline", "environ")).decode()
    return " ".join([given, *(str(each.readlink()) for each in (folder / "fd").iterdir() if each.is_symlink())])


@pytest.mark.parametrize("told_to_end", [signal.SIGINT, signal.SIGTERM])
def test_the_dashboard_is_served_by_a_process_without_the_key_and_ends_with_its_parent(told_to_end, tiny_home):
    port = free_port()
    words = [sys.executable, "-m", "tvaers", "dashboard", "--home", str(tiny_home.home), "--port", str(port)]
    given = os.environ | {"TVAERS_KEY_FILE": str(tiny_home.key_file)}
    parent = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=given)
    try:
        assert wait_until(lambda: answers(port))
        servers = servers_of(parent.pid)
        assert servers
        secret = tiny_home.key_file.read_text().split()[0]
        never = (str(tiny_home.key_file), "TVAERS_KEY_FILE", str(tiny_home.settings.warehouse), secret)
        assert "TVAERS_KEY_FILE" in told_of(parent.pid), "who starts it has the key, so the search is a search"
        assert [each for server in servers for each in never if each in told_of(server)] == []
        assert any(str(tiny_home.settings.release) in told_of(server) for server in servers)
        parent.send_signal(told_to_end)
        assert parent.wait(timeout=PATIENCE_SECONDS) == 0
        assert f"http://127.0.0.1:{port}" in parent.stdout.read()
        assert not answers(port)
    finally:
        parent.kill()
        parent.wait()
