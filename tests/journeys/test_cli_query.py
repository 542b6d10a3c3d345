"""The researcher's door: it answers in every format, and nothing else can be done through it."""

import io
import json

import pyarrow.parquet
import pytest

from tests.journeys.test_cli_bad_input import state_of
from tvaers.audit_log import entries
from tvaers.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture
def ask(tiny_home, capfdbinary):
    def _ask(*words: str) -> tuple[int, bytes, str]:
        capfdbinary.readouterr()
        code = main(["query", *words, "--home", str(tiny_home.home)])
        said = capfdbinary.readouterr()
        return code, said.out, said.err.decode()

    return _ask


def test_a_table_shows_some_rows_and_says_of_how_many(ask):
    code, out, err = ask("SELECT patient_id FROM core.person", "--limit", "3")
    assert code == 0
    assert "3 of " in out.decode()
    assert "--format csv" in err


def test_csv_json_and_parquet_say_the_same(ask):
    sql = "SELECT analyte, count(*) AS measurements FROM core.measurement GROUP BY analyte ORDER BY analyte"
    table = pyarrow.parquet.read_table(io.BytesIO(ask(sql, "--format", "parquet")[1])).to_pylist()
    assert table
    assert json.loads(ask(sql, "--format", "json")[1]) == table
    assert json.loads(ask(sql, "--json")[1]) == table
    lines = ask(sql, "--format", "csv")[1].decode().splitlines()
    assert lines[0].replace('"', "") == "analyte,measurements"
    assert len(lines) == len(table) + 1


def test_an_answer_with_dates_and_pseudonyms_can_be_json(ask):
    code, out, _ = ask("SELECT patient_id, born_on FROM core.person LIMIT 1", "--format", "json")
    assert code == 0
    (row,) = json.loads(out)
    assert len(row["patient_id"]) == 36
    assert row["born_on"].endswith("-01")


def test_an_answer_can_be_a_file(ask, tmp_path):
    out = tmp_path / "answer.parquet"
    assert ask("SELECT 1 AS one", "--format", "parquet", "--out", str(out))[0] == 0
    assert pyarrow.parquet.read_table(out).to_pylist() == [{"one": 1}]


def test_the_question_can_be_a_file(ask, tmp_path):
    file = tmp_path / "question.sql"
    file.write_text("-- one\nSELECT 1 AS one;\n")
    assert json.loads(ask(str(file), "--format", "json")[1]) == [{"one": 1}]
    assert ask(str(tmp_path / "missing.sql"))[0] == 11


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM core.person",
        "DROP TABLE core.person",
        "UPDATE core.person SET sex = 'female'",
        "CREATE TABLE core.mine AS SELECT 1",
        "COPY core.person TO 'people.csv'",
        "ATTACH 'other.duckdb'",
        "INSTALL spatial",
        "SET enable_external_access = true",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname.csv'",
        "SELECT content FROM read_text('settings.toml')",
        "EXPORT DATABASE 'everything'",
        "SELECT 1; SELECT 2",
        "",
        "SELEC 1",
        "SELECT * FROM core.persons",
    ],
)
def test_nothing_but_reading_the_warehouse_is_possible(sql, ask, tiny_home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before, asked = state_of(tiny_home.home), len(entries(tiny_home.settings))
    code, out, err = ask(sql)
    assert code == 13
    assert out == b""
    assert err.startswith("DefinitionError: ")
    assert "Traceback" not in err
    assert state_of(tiny_home.home) == before
    # The attempt itself is written down, without its words.
    assert len(entries(tiny_home.settings)) > asked
    assert list(tmp_path.iterdir()) == []


def test_a_fault_while_running_does_not_quote_a_row(ask):
    code, _, err = ask("SELECT CAST(practice_id || 'secret' AS INTEGER) FROM core.practice")
    assert code == 13
    assert "secret" not in err


def test_no_system_table_tells_the_encryption_key(ask, tiny_home):
    from tvaers.keys import load_master_key

    key = load_master_key(tiny_home.settings).subkey("encryption")
    for sql in (
        "SELECT * FROM duckdb_databases()",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "PRAGMA database_list",
    ):
        out = ask(sql, "--format", "json")[1].lower()
        assert key.hex().encode() not in out
        assert key not in out
