"""Two commands on a fresh machine: what they rest on is complete and pinned."""

import os
import re
import subprocess
import tomllib
import zoneinfo

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from packs.pack import available_packs, load_pack
from tests.lib.checkout import PACKAGES, ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = {
    canonicalize_name(found["name"]): found["version"]
    for found in re.finditer(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)", LOCK, re.M)
}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted(group: str) -> list[str]:
    found = []
    for entry in project()["dependency-groups"][group]:
        found += wanted(entry["include-group"]) if isinstance(entry, dict) else [entry]
    return found


def test_everything_the_project_asks_for_is_pinned_to_a_version_that_satisfies_it():
    asked = [Requirement(text) for text in (*project()["project"]["dependencies"], *wanted("dev"))]
    unmet = [
        str(requirement)
        for requirement in asked
        if not requirement.specifier.contains(PINNED.get(canonicalize_name(requirement.name), "0"))
    ]
    assert unmet == [], "run: make lock"


def test_the_clocks_of_every_country_are_known_on_a_machine_without_a_list_of_time_zones():
    zones = {pack.settings.time_zone for pack in map(load_pack, available_packs())} - {None}
    assert zones
    own = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    try:
        assert {zoneinfo.ZoneInfo.no_cache(zone).key for zone in zones} == zones
    finally:
        zoneinfo.reset_tzpath(to=own)
    assert "tzdata" in {Requirement(text).name for text in project()["project"]["dependencies"]}


def test_every_archive_is_checked_against_a_hash():
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", LOCK, flags=re.M)[1:]
    assert len(blocks) == len(PINNED)
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_file_names_no_host_and_no_path():
    assert not re.search(r"https?:|file://|--index|--extra-index|--find-links|--trusted-host|@ ", LOCK)


def test_the_tools_that_install_the_project_are_pinned_too():
    assert {"pip", "setuptools", "hatchling", "editables"} <= set(PINNED)


def test_the_wheel_is_made_of_our_packages_and_nothing_else():
    assert project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == sorted(
        PACKAGES, key=list(PACKAGES).index
    )


def test_continuous_integration_runs_the_same_command_as_a_person():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_the_environment_is_made_anew_only_when_the_lock_file_changes():
    plan = subprocess.run(
        ["make", "-n", "-C", str(ROOT), "VENV=no-such-environment", "install"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "--require-hashes -r requirements.lock" in plan
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "$(INSTALLED): requirements.lock\n" in makefile
    assert [line for line in makefile.splitlines() if "pip install" in line and "--require-hashes" not in line] == [
        "\t$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e ."
    ]


def test_each_invented_region_of_the_readme_has_a_home_of_its_own():
    def home(*data: str) -> str:
        plan = ["make", "-n", "-C", str(ROOT), "VENV=no-such-environment", *data, "demo"]
        (line,) = [
            line
            for line in subprocess.run(plan, check=True, capture_output=True, text=True).stdout.splitlines()
            if "tvaers demo" in line
        ]
        return line.split("--home ")[1].split()[0]

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    other = re.findall(r'`make demo (DATA=)"([^"]+)"`', readme)
    assert other
    homes = [home(), *[home(f"{name}{value}") for name, value in other]]
    assert len(set(homes)) == len(homes)
    ignored = [line.strip("/").replace("*", "") for line in (ROOT / ".gitignore").read_text().splitlines()]
    assert all(
        any(each == entry or (entry.endswith("-") and each.startswith(entry)) for entry in ignored) for each in homes
    )


def test_every_category_of_tests_is_explained_to_developers():
    page = (ROOT / "DEVELOPERS.md").read_text(encoding="utf-8")
    categories = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert {name for name in categories - {"lib"} if f"| `{name}` |" not in page} == set()
