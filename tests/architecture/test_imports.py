"""The folders are the data flow: who may import whom."""

import ast
from pathlib import Path

import pytest

from tests.lib.checkout import PACKAGES, files_below, name_of

EVERYBODY_MAY = {
    "tvaers.settings",
    "tvaers.errors",
    "tvaers.progress",
    "tvaers.keys",
    "tvaers.master_key",
    "tvaers.audit_log",
    "tvaers.__version__",
}
MAY_IMPORT = {
    "data_contracts": EVERYBODY_MAY,
    "packs": EVERYBODY_MAY | {"data_contracts"},
    "warehouse": EVERYBODY_MAY | {"data_contracts"},
    "ingest": EVERYBODY_MAY | {"data_contracts", "packs", "warehouse"},
    "indicators": EVERYBODY_MAY | {"data_contracts", "packs", "warehouse"},
    "dashboard": {"tvaers.errors", "indicators.definitions.definition"},
    # An attacker has the release and his wits: no code of those he attacks.
    "attacks": {"tvaers.errors"},
    # Researchers get copies out of the warehouse, and take out what the release's own disclosure control lets out.
    "research": EVERYBODY_MAY | {"packs", "warehouse", "indicators.disclosure"},
    "synthetic": EVERYBODY_MAY | {"data_contracts", "packs"},
}


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: a relative import hides where a name comes from"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {module for module in modules if module.split(".")[0] in PACKAGES}


def is_allowed(module: str, allowed: set[str]) -> bool:
    # `import tvaers` alone brings the version and nothing else.
    return module == "tvaers" or any(module == name or module.startswith(f"{name}.") for name in allowed)


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_from_upstream(package):
    strays = []
    for path in files_below(package):
        allowed = MAY_IMPORT[package] | {package}
        if path.name.startswith("known_answers") or "known_answers" in path.parts:
            allowed = allowed | {"indicators.definitions.definition"}
        strays += [f"{name_of(path)}: {module}" for module in imported_modules(path) if not is_allowed(module, allowed)]
    assert strays == []


def test_nobody_imports_the_command_line():
    front_door = ("tvaers.cli", "tvaers.commands", "tvaers.screen", "tvaers.verdicts", "tvaers.invented")
    outside = [path for path in files_below(*PACKAGES) if name_of(path).split("/")[0] != "tvaers"]
    assert [name_of(path) for path in outside if any(m.startswith(front_door) for m in imported_modules(path))] == []


def test_the_front_doors_shared_modules_import_no_step_of_the_data_flow():
    for name in ("errors", "progress", "settings", "keys", "key_text", "master_key"):
        (path,) = [path for path in files_below("tvaers") if name_of(path) == f"tvaers/{name}.py"]
        assert {module.split(".")[0] for module in imported_modules(path)} <= {"tvaers", "packs"}


def test_the_command_modules_import_their_verbs_work_only_when_it_runs():
    for path in files_below("tvaers"):
        if "commands" not in path.parts:
            continue
        at_once = [
            f"{node.module}"
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ImportFrom) and node.module
        ]
        heavy = [module for module in at_once if module.split(".")[0] in set(PACKAGES) - {"tvaers"}]
        assert heavy == [], name_of(path)


STEPS_OF_A_NUMBER = ("definitions", "patients", "delivered", "counting", "disclosure", "explain", "release")


def test_a_number_is_made_in_one_direction_inside_the_indicators():
    backwards = []
    for path in files_below("indicators"):
        step = path.parent.name
        if step in STEPS_OF_A_NUMBER:
            later = tuple(f"indicators.{each}." for each in STEPS_OF_A_NUMBER[STEPS_OF_A_NUMBER.index(step) + 1 :])
            backwards += [f"{name_of(path)}: {m}" for m in sorted(imported_modules(path)) if m.startswith(later)]
    assert backwards == []
