"""Every command that a document tells the reader to run does run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lib.checkout import ROOT
from tests.lib.documents import as_script, documents, documents_with_commands, examples, place
from tests.lib.tvaers_server import tvaers_server

# A server would not end by itself, and make would build a second environment: the first is only asked for its help
# (tests/journeys start it), the second only for its plan. Blinding starts processes, which would keep the server's
# streams. One quarter and a few sectors are enough to see that a document's commands run; tests/journeys run the rest.
SECTORS = ("population", "laboratory", "pharmacy")
STAND_INS = """
only_some_sectors() {
  for sector in "$1"/*/; do
    case "$(basename "$sector")" in SECTORS) ;; *) rm -r "$sector" ;; esac
  done
}
tvaers() {
  case "$1" in
    dashboard) asked_tvaers dashboard --help > /dev/null ;;
    compute) asked_tvaers "$@" --quarters 1 ;;
    blind | unit) command tvaers "$@" ;;
    synth) asked_tvaers "$@" --no-indicator-values && only_some_sectors "$3" ;;
    *) asked_tvaers "$@" ;;
  esac
}
make() { command make --no-print-directory -n -C "$CHECKOUT" "$@"; }
""".replace("SECTORS", "|".join(SECTORS))


@pytest.fixture(scope="module")
def asking(tmp_path_factory) -> Iterator[str]:
    """The shell function that runs a command in a process which has loaded all libraries already."""
    with tvaers_server(tmp_path_factory.mktemp("server")) as function:
        yield function


def run(page: Path, folder: Path, asking: str, **environment: str) -> subprocess.CompletedProcess[str]:
    script = asking + STAND_INS + as_script(page)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        check=False,
        cwd=folder,
        env=os.environ | {"PATH": path, "CHECKOUT": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", documents_with_commands())
def test_every_command_of_a_document_runs(name, asking, tmp_path, request):
    page = ROOT / name
    environment = {"TVAERS_HOME": str(tmp_path / "home"), "TVAERS_KEY_FILE": str(tmp_path / "keys" / "some.key")}
    match place(page):
        case "an empty home with deliveries" | "homes of their own with deliveries" as kind:
            for sector in SECTORS:
                shutil.copytree(request.getfixturevalue("tiny_region") / sector, tmp_path / "deliveries" / sector)
            if kind.startswith("homes"):
                environment = {}
        case "an empty home with hospital deliveries":
            for sector in ("population", "hospital"):
                shutil.copytree(request.getfixturevalue("tiny_region") / sector, tmp_path / "deliveries" / sector)
        case "a finished home":
            finished = request.getfixturevalue("home_copy")
            environment = {"TVAERS_HOME": str(finished.home)}
        case "an empty home" | "the checkout":
            pass
        case other:
            pytest.fail(f"{name} names a place that this test does not know: {other}")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    done = run(page, tmp_path, asking, **environment)
    assert done.returncode == 0, f"{name}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


def test_every_fenced_block_is_of_a_kind_that_is_run_or_only_read():
    kinds = {(page.name, example.language) for page in documents() for example in examples(page)}
    assert {kind for _, kind in kinds} <= {"sh", "python", "text", "yaml", "sql", "console"}


def test_no_fenced_block_escapes_by_naming_no_language():
    for page in documents():
        fences = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("```")]
        assert all(line != "```" for line in fences[::2]), page.name
