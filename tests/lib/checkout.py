"""The files of the checkout as the architecture and document tests see them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "data_contracts",
    "ingest",
    "warehouse",
    "indicators",
    "dashboard",
    "synthetic",
    "packs",
    "attacks",
    "research",
    "tvaers",
)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git tracks or would track, in the order of their names."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in sorted(set(listing.split("\0"))) if name and (path := ROOT / name).is_file())


def files_below(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Tracked files below some folders of the checkout that have one of the suffixes."""
    return [path for path in tracked_files() if path.suffix in suffixes and name_of(path).split("/")[0] in folders]


def name_of(path: Path) -> str:
    """A file's name from the checkout's root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
