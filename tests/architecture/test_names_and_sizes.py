"""What a reader of the code base may rely on: sizes, names, no leftovers."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import yaml

from tests.lib.checkout import PACKAGES, ROOT, files_below, name_of, tracked_files

LONGEST_FILE = 400
GENERATED = {"warehouse/schema.sql"}
COUNTRIES = re.compile(
    r"\b(denmark|danmark|norway|norge|noreg|sweden|sverige|finland|iceland|germany|england|scotland|wales|"
    r"united[ _]states)\b",
    re.I,
)
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "managers", "processor", "misc", "util", "helper"}
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError|for now)\b")
TEXTS = (".py", ".sql", ".yaml", ".yml", ".toml", ".md", ".css", ".sh", ".txt", ".lock", "")


def test_no_file_of_code_is_longer_than_a_reader_can_hold():
    long = {}
    for path in files_below(*PACKAGES, "tests", "benchmarks", suffixes=(".py", ".sql")):
        length = len(path.read_text(encoding="utf-8").splitlines())
        if length > LONGEST_FILE and name_of(path) not in GENERATED:
            long[name_of(path)] = length
    assert long == {}


def test_no_country_is_named_where_the_code_must_serve_every_country():
    named = []
    for path in files_below(*PACKAGES, suffixes=(".py", ".sql", ".yaml")):
        name = name_of(path)
        if name.startswith(("packs/", "synthetic/countries/", "data_contracts/sectors/")):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if COUNTRIES.search(line):
                named.append(f"{name}:{number}")
    assert named == []


def test_no_module_has_a_name_that_says_nothing():
    assert [name_of(path) for path in files_below(*PACKAGES, "tests") if path.stem in VAGUE_NAMES] == []


def test_nothing_in_the_dashboard_folder_hides_a_package():
    # Streamlit puts dashboard/ first on the import path, so a file there hides any package of the same name.
    taken = set(PACKAGES) | set(packages_distributions()) | set(sys.stdlib_module_names)
    stems = {path.stem for path in (ROOT / "dashboard").iterdir() if not path.name.startswith("_")}
    assert stems & taken == set()


def test_every_folder_of_tests_is_a_package():
    # Without this, pytest would import tests/ingest as `ingest` and hide the real package.
    folders = {path.parent for path in files_below("tests")}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_no_work_was_left_for_later():
    left = []
    for path in files_below(*PACKAGES, "benchmarks", suffixes=(".py", ".sql", ".yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if LEFTOVERS.search(line):
                left.append(f"{name_of(path)}:{number}")
    assert left == []


def test_no_test_can_be_skipped():
    skipping = re.compile(r"pytest\.(skip|importorskip)\(|mark\.(skip|skipif|xfail)\b")
    ourselves = name_of(ROOT / "tests/architecture/test_names_and_sizes.py")
    found = [
        name_of(path)
        for path in files_below("tests")
        if name_of(path) != ourselves and skipping.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_yaml_file_can_be_read():
    files = [path for path in tracked_files() if path.suffix in {".yaml", ".yml"}]
    assert files
    for path in files:
        assert yaml.safe_load(path.read_text(encoding="utf-8")) is not None, name_of(path)


def test_nothing_points_outside_the_checkout():
    # A machine's own paths, and the hosts of package registries, belong into nobody's checkout.
    outside = re.compile(r"/(work|root|opt)/[a-z]|\.\./shared\b|pythonhosted|pypi\.org|registry\.npmjs")
    ourselves = ROOT / "tests/architecture/test_names_and_sizes.py"
    found = []
    for path in tracked_files():
        if path.suffix in TEXTS and path != ourselves:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{name_of(path)}: {match.group()}" for match in outside.finditer(text)]
    assert found == []


def test_every_public_function_says_what_it_does():
    silent = []
    for path in files_below(*PACKAGES):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                silent.append(f"{name_of(path)}: {node.name}")
    assert silent == []
