"""Habits that protect people, checked by reading the code itself."""

import ast
import re
from functools import cache

from tests.lib.checkout import PACKAGES, files_below, name_of

DATA_PATH = ("data_contracts", "ingest", "warehouse", "indicators", "synthetic", "research")
ROW_LOOPS = {"iter_rows", "iterrows", "itertuples", "map_elements", "map_rows"}
MAY_LOOP = (
    "indicators/disclosure/",  # works on the cells of a release, which are few, and never on people's rows
    "research/exports/protect.py",  # works on the rows of a table of numbers, each of them a group
    "synthetic/extracts/municipal_files.py",  # writes reports as trees, one file of JSON each
)


def calls(tree: ast.AST):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


@cache
def trees(*folders: str):
    return [(name_of(path), ast.parse(path.read_text(encoding="utf-8"))) for path in files_below(*folders)]


def test_rows_are_never_visited_one_by_one():
    found = [
        f"{name}: {called_name(call)}"
        for name, tree in trees(*DATA_PATH)
        for call in calls(tree)
        if called_name(call) in ROW_LOOPS and not name.startswith(MAY_LOOP)
    ]
    assert found == []


def test_library_code_prints_nothing():
    found = []
    for name, tree in trees(*(set(PACKAGES) - {"tvaers"})):
        found += [
            f"{name}: print" for call in calls(tree) if isinstance(call.func, ast.Name) and call.func.id == "print"
        ]
        found += [
            f"{name}: sys.stdout"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "stdout"
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
        ]
    assert found == []


def test_no_broken_hash_is_used_anywhere():
    # Mappings may: they name a contact after its staged columns, whose identifiers are pseudonyms already.
    pattern = re.compile(r"\b(md5|sha1)\b", re.I)
    files = files_below(*PACKAGES, suffixes=(".py", ".sql"))
    assert [name_of(path) for path in files if pattern.search(path.read_text(encoding="utf-8"))] == []


# Who may hash without a key, and what: nothing of a person.
MAY_HASH = {
    "indicators/fingerprint.py",  # definitions and a country's pages, to tell one state from another
    "indicators/release/file.py",  # the policy in force and the computed numbers
    "ingest/encoding.py",  # nothing: zlib is there for the fault of a damaged archive
    "synthetic/chance.py",  # the names of streams of chance
    "ingest/extract.py",  # a whole delivered file, to know it again
    "ingest/life/backup.py",  # the files of a backup, to know them again
    "research/page.py",  # what a project may see
    "tvaers/audit_log.py",  # lines of the log, and the settings file
    "research/exports/decision.py",  # a file of numbers, to know it again
    "tvaers/keys.py",  # the head of the warehouse file
    "tvaers/settings.py",  # the path of the home
}
HASHES = {"hashlib", "zlib", "xxhash", "mmh3", "blake3"}
KEYED_HASHES = {"hmac", "polars_hash"}


def test_a_pseudonym_is_never_an_unkeyed_hash():
    # Ten digits can be tried through in seconds; only a keyed hash protects them.
    imports = {name: set(imported(tree)) for name, tree in trees(*PACKAGES)}
    assert {name for name, found in imports.items() if found & KEYED_HASHES} == {
        "warehouse/keyed_hash.py",
        "tvaers/master_key.py",
    }
    assert {name for name, found in imports.items() if found & HASHES} - MAY_HASH == {"tvaers/master_key.py"}
    (keyed,) = [path.read_text(encoding="utf-8") for path in files_below("warehouse") if path.stem == "keyed_hash"]
    assert set(re.findall(r"chash\.(\w+)", keyed)) == {"hmac_sha256"}


def imported(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_nothing_is_hashed_by_a_function_that_differs_from_run_to_run_or_in_sql():
    by_python = [
        name
        for name, tree in trees(*PACKAGES)
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id == "hash"
    ]
    in_sql = [
        name_of(path)
        for path in files_below(*PACKAGES, suffixes=(".sql", ".yaml"))
        if re.search(r"\b(sha1|sha256|hash)\(", path.read_text(encoding="utf-8"), re.I)
    ]
    assert by_python + in_sql == []


def test_secrets_are_never_compared_in_a_time_that_tells_how_much_is_right():
    # What compares them has to be hmac.compare_digest.
    secret = re.compile(r"(^|_)(secret|subkey|password|token|signature|mac)s?($|_)")
    found = [
        f"{name}: {ast.unparse(node)}"
        for name, tree in trees(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Name | ast.Attribute | ast.Call)
        and secret.search(
            called_name(side) if isinstance(side, ast.Call) else getattr(side, "attr", getattr(side, "id", ""))
        )
    ]
    assert found == []


def test_the_encryption_key_is_always_a_bound_value():
    literal = re.compile(r"ENCRYPTION_KEY\s*['\"{%]", re.I)
    found = [
        name_of(path)
        for path in files_below(*PACKAGES, "benchmarks")
        if literal.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_secret_key_is_never_an_option_of_a_command():
    for path in files_below("tvaers"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"[\"']--(key|secret|password)[\"']", text), name_of(path)


def test_the_dashboard_knows_neither_warehouse_nor_key():
    for path in files_below("dashboard"):
        text = path.read_text(encoding="utf-8")
        assert "warehouse.duckdb" not in text, name_of(path)
        assert "TVAERS_KEY_FILE" not in text, name_of(path)


def test_only_the_release_reader_and_the_store_of_initiatives_hold_sql_in_the_dashboard():
    select = re.compile(r"\bSELECT\b[\s\S]{0,400}?\bFROM\b")
    found = [name_of(path) for path in files_below("dashboard") if select.search(path.read_text(encoding="utf-8"))]
    # What units write of their initiatives is in a file of its own, which holds no number.
    assert found == ["dashboard/initiatives/store.py", "dashboard/release_reader.py"]


def test_nothing_is_guarded_by_an_assertion_that_an_optimised_run_drops():
    found = [name for name, tree in trees(*PACKAGES) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    assert found == []
