"""`tvaers dashboard` serves the release on this machine only, and ends when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

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


@pytest.mark.parametrize("told_to_end", [signal.SIGINT, signal.SIGTERM])
def test_the_dashboard_is_served_and_ends_with_its_parent(told_to_end, tiny_home):
    port = free_port()
    words = [sys.executable, "-m", "tvaers", "dashboard", "--home", str(tiny_home.home), "--port", str(port)]
    parent = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ))
    try:
        assert wait_until(lambda: answers(port))
        parent.send_signal(told_to_end)
        assert parent.wait(timeout=PATIENCE_SECONDS) == 0
        assert f"http://127.0.0.1:{port}" in parent.stdout.read()
        assert not answers(port)
    finally:
        parent.kill()
        parent.wait()
