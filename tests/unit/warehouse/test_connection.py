"""Opening the warehouse: encrypted, locked, and with a clear fault for every file that is not one."""

import os
import tempfile
from contextlib import closing

import duckdb
import pytest

from tvaers.errors import WarehouseError
from warehouse import encryption
from warehouse.connection import (
    open_for_build,
    open_read_only,
    open_working_copy,
    write_result,
)
from warehouse.encryption import probe_encryption
from warehouse.schema import schema_version

KEY, OTHER_KEY = b"\1" * 32, b"\2" * 32
MARK = "a text that would be seen in a plain file"


@pytest.fixture
def built(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with open_for_build(path, KEY) as con:
        con.execute("CREATE TABLE core.note AS SELECT ? || range AS said FROM range(2000)", [MARK])
    return path


def attempt(statement, path, key=KEY):
    with open_read_only(path, key) as con:
        return con.execute(statement).fetchall()


def test_a_new_file_has_the_schema_and_is_the_default_catalog(built):
    with open_read_only(built, KEY) as con:
        assert con.execute("SELECT count(*) FROM core.person").fetchone() == (0,)
        assert con.execute("SELECT schema_version FROM meta.version").fetchone() == (schema_version(),)
        assert con.execute("SELECT current_catalog()").fetchone() == ("warehouse",)


def test_nothing_of_a_row_can_be_read_from_the_file(built):
    assert MARK.encode() not in built.read_bytes()
    assert b"core" not in built.read_bytes()


def test_no_log_stays_beside_a_finished_file(built):
    assert sorted(path.name for path in built.parent.iterdir()) == ["warehouse.duckdb"]


def spilled(con, folder):
    """Make more rows than fit in memory; return what was written for them."""
    con.execute("CREATE TEMP TABLE big AS SELECT ? || sha256(range::VARCHAR) AS said FROM range(400000)", [MARK])
    return b"".join(file.read_bytes() for file in folder.rglob("*.tmp"))


def test_rows_that_spill_to_disk_are_encrypted(tmp_path):
    with duckdb.connect(config={"memory_limit": "40MB", "temp_directory": str(tmp_path / "plain")}) as con:
        assert MARK.encode() in spilled(con, tmp_path / "plain")
    with open_for_build(tmp_path / "sealed" / "w.duckdb", KEY, memory_limit="40MB") as con:
        written = spilled(con, tmp_path / "sealed")
    assert len(written) > 1_000_000
    assert MARK.encode() not in written


def test_a_missing_warehouse_names_the_next_step(tmp_path):
    with pytest.raises(WarehouseError, match="no warehouse yet") as fault:
        attempt("SELECT 1", tmp_path / "warehouse.duckdb")
    assert "tvaers ingest" in fault.value.what_to_do


def test_another_key_is_refused(built):
    with pytest.raises(WarehouseError, match="another key"):
        attempt("SELECT 1", built, OTHER_KEY)


def _damaged(content: bytes) -> dict[str, bytes]:
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    head = bytearray(content)
    head[20] ^= 1
    return {
        "empty": b"",
        "text": b"this is no database\n" * 300,
        "noise": os.urandom(20_000),
        "half": content[: len(content) // 2],
        "first_block_only": content[:5000],
        "one_bit_flipped": bytes(flipped),
        "one_bit_of_the_head_flipped": bytes(head),
    }


@pytest.mark.parametrize("damage", sorted(_damaged(b"x" * 100)))
def test_a_damaged_file_is_refused_in_words(built, damage):
    built.write_bytes(_damaged(built.read_bytes())[damage])
    with pytest.raises(WarehouseError, match=r"corrupt|cut short|not a warehouse") as fault:
        attempt("SELECT count(*), max(said) FROM core.note", built)
    assert "backup" in fault.value.what_to_do


def test_a_plain_database_is_refused(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(WarehouseError, match="not encrypted"):
        attempt("SELECT 1", path)


@pytest.mark.parametrize(("version", "words"), [(99, "newer version"), (0, "older version"), (None, "not a warehouse")])
def test_a_warehouse_of_another_version_is_refused(built, version, words):
    with open_for_build(built, KEY) as con:
        con.execute("DELETE FROM meta.version")
        if version is not None:
            con.execute("INSERT INTO meta.version VALUES (?)", [version])
    with pytest.raises(WarehouseError, match=words):
        attempt("SELECT 1", built)
    with pytest.raises(WarehouseError, match=words), open_for_build(built, KEY):
        pass


def test_an_encrypted_database_without_our_tables_is_refused(built):
    with open_for_build(built, KEY) as con:
        con.execute("DROP TABLE meta.version")
    with pytest.raises(WarehouseError, match="not a warehouse"):
        attempt("SELECT 1", built)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_blob('{path}')",
        "SELECT * FROM read_csv('{path}')",
        "SELECT * FROM glob('/*')",
        "ATTACH '{path}' AS again",
        "ATTACH '{folder}/new.duckdb' AS other",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "INSTALL httpfs",
        "LOAD spatial",
        "SET memory_limit = '1GB'",
        "SET enable_external_access = true",
        "SET disabled_filesystems = ''",
        "SELECT * FROM 'https://example.org/x.csv'",
        "INSERT INTO meta.version VALUES (1)",
        "CREATE TABLE core.new (a INTEGER)",
        "DROP TABLE core.person",
    ],
)
def test_a_reading_connection_reaches_nothing_else_and_changes_nothing(built, statement):
    before = built.read_bytes()
    with pytest.raises((duckdb.Error, WarehouseError)):
        attempt(statement.format(path=built, folder=built.parent), built)
    assert built.read_bytes() == before
    assert sorted(path.name for path in built.parent.iterdir()) == ["warehouse.duckdb"]


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM read_text('/etc/hostname')", "COPY (SELECT 1) TO '{folder}/out.csv'"]
)
def test_a_building_connection_reaches_no_other_file(built, statement):
    with pytest.raises((duckdb.Error, WarehouseError)), open_for_build(built, KEY) as con:
        con.execute(statement.format(folder=tempfile.gettempdir()))


def test_a_reading_connection_can_make_temporary_tables(built):
    with open_read_only(built, KEY) as con:
        con.execute("CREATE TEMP TABLE own AS SELECT count(*) AS notes FROM core.note")
        assert con.execute("SELECT notes FROM own").fetchone() == (2000,)


def test_python_variables_are_out_of_reach(built):
    secret = duckdb.sql("SELECT 1 AS a").arrow()
    assert secret is not None
    with pytest.raises(duckdb.CatalogException):
        attempt("SELECT * FROM secret", built)


def test_a_statement_written_wrongly_stays_a_programming_fault(built):
    with pytest.raises(duckdb.BinderException):
        attempt("SELECT no_such_column FROM core.note", built)


def test_a_fault_in_the_data_does_not_show_the_data(built):
    with pytest.raises(WarehouseError) as fault:
        attempt("SELECT CAST(said AS INTEGER) FROM core.note", built)
    assert MARK not in str(fault.value)


def test_a_result_is_written_from_a_working_copy_that_leaves_nothing_behind(built, tmp_path):
    result = tmp_path / "new.duckdb"
    before = built.read_bytes()
    with open_working_copy(built, KEY, result=result) as con:
        con.execute("INSERT INTO core.note VALUES ('one more')")
        with write_result(con, result, KEY):
            con.execute("CREATE TABLE result.core.note AS FROM warehouse.core.note")
        assert attempt("SELECT count(*) FROM core.note", result) == [(2001,)]
    assert built.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.duckdb", "warehouse.duckdb"]
    assert MARK.encode() not in result.read_bytes()


def test_a_new_warehouse_can_be_filled_without_a_file_and_spills_only_what_is_encrypted(tmp_path):
    work, result = tmp_path / "new.work", tmp_path / "new.duckdb"
    with open_working_copy(work, KEY, result=result, memory_limit="60MB", in_memory=True) as con:
        con.execute("SET threads = 1")
        con.execute("CREATE TABLE core.note AS SELECT ? || range AS said FROM range(2_000_000)", [MARK])
        spilled = [path for path in (tmp_path / "new.work.spill").iterdir() if path.stat().st_size]
        assert spilled
        assert not any(MARK.encode() in path.read_bytes() for path in spilled)
        with write_result(con, result, KEY):
            con.execute("CREATE TABLE result.core.note AS FROM warehouse.core.note LIMIT 2000")
    assert not work.exists()
    assert attempt("SELECT count(*) FROM core.note", result) == [(2000,)]


def test_a_working_copy_reaches_no_file_but_its_result(built, tmp_path):
    with (
        pytest.raises(WarehouseError),
        open_working_copy(built, KEY, result=tmp_path / "new.duckdb") as con,
        write_result(con, tmp_path / "another.duckdb", KEY),
    ):
        pass
    assert not (tmp_path / "another.duckdb").exists()


def test_without_the_safe_encryption_module_nothing_is_opened(tmp_path, monkeypatch):
    def missing():
        raise FileNotFoundError

    monkeypatch.setattr(encryption, "_encryption_module", missing)
    with pytest.raises(WarehouseError, match="unsafe encryption module") as fault:
        probe_encryption()
    assert f"duckdb-extension-httpfs=={duckdb.__version__}" in fault.value.what_to_do
    with pytest.raises(WarehouseError), open_for_build(tmp_path / "warehouse.duckdb", KEY):
        pass
    assert not list(tmp_path.iterdir())


def test_an_encryption_module_that_does_not_load_is_refused(tmp_path, monkeypatch):
    broken = tmp_path / "httpfs.duckdb_extension"
    broken.write_bytes(b"not an extension")
    monkeypatch.setattr(encryption, "_encryption_module", lambda: broken)
    with pytest.raises(WarehouseError, match="unsafe encryption module"):
        probe_encryption()


def test_a_forged_encryption_module_is_refused_even_where_a_good_one_was_loaded_before(tmp_path, monkeypatch):
    module = tmp_path / "httpfs.duckdb_extension"
    content = encryption._encryption_module().read_bytes()
    module.write_bytes(content)
    monkeypatch.setattr(encryption, "_encryption_module", lambda: module)
    probe_encryption()
    # The signature stands at the end. A file that is in use is not written into but replaced.
    forged = tmp_path / "forged"
    forged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    forged.replace(module)
    with pytest.raises(WarehouseError, match="unsafe encryption module"):
        probe_encryption()


def test_no_other_module_without_a_signature_can_be_loaded_into_an_open_database():
    with closing(encryption.connect(None)) as con:
        assert con.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone() == (False,)
        with pytest.raises(duckdb.InvalidInputException, match="while database is running"):
            con.execute("SET allow_unsigned_extensions = true")


def test_the_module_that_comes_with_the_installation_is_good():
    probe_encryption()
