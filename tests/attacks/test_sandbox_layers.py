"""Three layers stand between a question and everything it must not reach; each of them holds without the others."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from research.sandbox.allow_list import refuse_by_engine, refuse_by_sqlglot, refuse_what_is_not_allowed
from research.sandbox.ask import Limits, ask, run_in_child
from tests.lib.checkout import ROOT
from tests.lib.hostile import KEY, TABLES, aimed, project_file, statements, try_alone
from tvaers.errors import DefinitionError, WarehouseError

TODAY = date(2026, 11, 23)
HARMLESS = {
    *("search_path", "enable_progress_bar", "enable_logging", "logging_level"),
    *("enable_profiling", "profiling_mode"),
}
"""What a locked engine still lets a connection change: where it looks for names, and what it keeps in its memory."""

ORDINARY = [
    "SELECT sex, count(*) AS n FROM person GROUP BY sex",
    "FROM person SELECT sex",
    "SELECT * EXCLUDE (person) FROM person",
    "WITH latest AS (SELECT person, value, row_number() OVER (PARTITION BY person ORDER BY value DESC) AS place "
    "FROM measurement) SELECT sex, median(value), quantile_cont(value, 0.9), count(*) FILTER (WHERE value < 53) "
    "FROM latest JOIN person USING (person) WHERE place = 1 GROUP BY ALL ORDER BY ALL LIMIT 10",
    "SELECT coalesce(sex, 'all') AS sex, birth_band, count(*) FROM person GROUP BY CUBE (sex, birth_band)",
    "SELECT extract(year FROM DATE '2026-11-23'), date_trunc('month', DATE '2026-11-23'), year(DATE '2026-11-23')",
    "SELECT CASE WHEN value >= 58 THEN 'high' ELSE 'ok' END AS level, 100.0 * count(*) / sum(count(*)) OVER () "
    "FROM measurement GROUP BY level",
    "SELECT p.sex FROM person AS p WHERE EXISTS (SELECT 1 FROM measurement AS m WHERE m.person = p.person)",
    "SELECT corr(value, value), stddev(value), arg_max(person, value), mode(value) FROM measurement",
    "SELECT lag(value) OVER w FROM measurement WINDOW w AS (ORDER BY value ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
    "SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3",
    "SELECT sex FROM person WHERE (sex, birth_band) IN (SELECT sex, birth_band FROM person) ORDER BY 1",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return project_file(tmp_path_factory.mktemp("hostile"))


def files_below(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def is_refused(reader, sql: str) -> bool:
    try:
        reader(sql, TABLES)
    except DefinitionError:
        return True
    return False


def test_the_lists_are_as_long_as_they_should_be():
    assert len(statements("statements")) + len(statements("statements", resource=True)) >= 300
    assert len(statements("settings")) >= 220


def test_the_allow_list_alone_refuses_every_hostile_statement(path):
    every = [*statements("statements"), *statements("statements", resource=True), *statements("settings")]
    passed = [each for each in every if not is_refused(refuse_what_is_not_allowed, aimed(each, path))]
    assert passed == []


def test_each_reader_of_the_allow_list_refuses_nearly_all_without_the_other(path):
    every = [*statements("statements"), *statements("statements", resource=True), *statements("settings")]
    by_sqlglot = {each for each in every if not is_refused(refuse_by_sqlglot, aimed(each, path))}
    by_engine = {each for each in every if not is_refused(refuse_by_engine, aimed(each, path))}
    assert by_sqlglot == set()
    # The engine's parser takes these for columns; nothing of another's is in them.
    assert {each.split()[1] for each in by_engine} <= {"current_user", "session_user", "columns(*)", "min(columns(*))"}


@pytest.mark.parametrize("sql", ORDINARY)
def test_the_allow_list_lets_ordinary_research_pass(sql):
    refuse_what_is_not_allowed(sql, TABLES)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 9_000 + "1" + ")" * 9_000,
        "SELECT 1" + " + 1" * 4_990,
        "SELECT 1 " + "-- " * 7_000,
        "SELECT\u20081",
        "",
    ],
)
def test_what_is_too_long_too_deep_or_invisible_is_refused_and_ends_nothing(sql):
    assert is_refused(refuse_what_is_not_allowed, sql) or sql.count("+") > 4_000


@pytest.mark.slow
def test_the_locked_engine_alone_leaks_nothing_and_keeps_every_setting(path):
    before = files_below(path.parent)
    tried = try_alone("engine", [*statements("statements"), *statements("settings")], path)
    assert tried.leaks == []
    assert {name for names in tried.changed.values() for name in names} <= HARMLESS
    assert files_below(path.parent) == before
    assert tried.ran + len(tried.died) == len(statements("statements")) + len(statements("settings"))
    assert len(tried.died) <= 2


@pytest.mark.slow
def test_the_limited_process_alone_leaks_nothing_whatever_the_engine_would_do(path):
    before = files_below(path.parent)
    # First every setting is opened as far as it goes, then everything is tried.
    tried = try_alone("process", [*statements("settings"), *statements("statements")], path)
    assert tried.leaks == []
    assert files_below(path.parent) == before


@pytest.mark.slow
def test_an_engine_in_no_layer_at_all_does_leak(path, tmp_path):
    import duckdb

    con = duckdb.connect()
    secret = path.parent / "secret.csv"
    assert "CANARY" in str(con.execute(f"SELECT content FROM read_text('{secret}')").fetchall())


def test_a_limited_process_can_open_nothing_and_where_the_kernel_helps_make_and_remove_nothing(tmp_path):
    (tmp_path / "kept").touch()
    tries = """
import os, sys
from research.sandbox.limits import close_the_doors, limit_work
limit_work(seconds=5, memory_mb=2000)
has_no_files = close_the_doors()
folder, done = sys.argv[1], []
wanted = [lambda: open(folder + "/kept"), lambda: open(folder + "/new", "w"), os.pipe, lambda: os.dup(1)]
if has_no_files:
    wanted += [lambda: os.mkdir(folder + "/made"), lambda: os.unlink(folder + "/kept")]
    wanted += [lambda: os.rename(folder + "/kept", folder + "/other"), lambda: os.symlink("a", folder + "/link")]
for each in wanted:
    try:
        each()
        done.append(each)
    except OSError:
        pass
print(len(done), "of", len(wanted))
"""
    done = subprocess.run(
        [sys.executable, "-c", tries, str(tmp_path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split()[0] == "0"
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


@pytest.mark.slow
@pytest.mark.parametrize("sql", statements("statements", resource=True))
def test_the_limited_process_alone_ends_what_uses_up_the_machine(sql, path):
    limits = Limits(seconds=1, engine_memory="100MB", memory_mb=2_000)
    try:
        answer = run_in_child(sql, path, KEY, today=TODAY, limits=limits)
    except DefinitionError:
        return
    assert answer.nbytes < 10_000_000


def test_a_file_that_has_expired_is_not_read_even_if_the_register_says_otherwise(path):
    with pytest.raises(WarehouseError, match="expired"):
        ask("SELECT 1 AS one", path, KEY, tables=TABLES, today=date(2099, 1, 2))


def test_a_wrong_key_reads_nothing(path):
    with pytest.raises(WarehouseError, match="cannot be read"):
        ask("SELECT 1 AS one", path, bytes(32), tables=TABLES, today=TODAY)


def test_the_process_of_a_question_has_no_environment_and_tells_no_value_of_a_row(path, monkeypatch):
    monkeypatch.setenv("TVAERS_KEY_FILE", "/secret/of/the/steward")
    answer = ask("SELECT sex FROM person LIMIT 1", path, KEY, tables=TABLES, today=TODAY)
    assert answer.to_pylist() == [{"sex": "female"}]
    with pytest.raises(DefinitionError) as fault:
        ask("SELECT CAST(birth_band AS INTEGER) FROM person", path, KEY, tables=TABLES, today=TODAY)
    assert "1950" not in str(fault.value)
