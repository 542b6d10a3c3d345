"""`tvaers query`: the read-only door to the warehouse for its steward, and to a project for its researchers."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    import duckdb
    import pyarrow


class Format(StrEnum):
    """How the answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT statement, or the path to a .sql file that holds one.")],
    home: HomeOption = None,
    form: Annotated[Format | None, typer.Option("--format", help="How the answer is written. Default: table.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the answer to this file instead of stdout.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows shown by --format table.")] = 50,
    project: Annotated[
        str | None, typer.Option("--project", help="Ask a research project instead of the whole warehouse.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask one question. Nothing can be changed, and no other file can be read or written.

    With --project a researcher asks the project's own database, in a sandbox; SELECT * FROM dictionary lists its
    tables. Without it a steward asks the whole warehouse, and needs its key; tables are in the schemas core, indicator
    and meta.
    """
    from tvaers import screen

    statement = _statement(sql)
    if as_json and form not in (None, Format.json):
        raise typer.BadParameter("--json writes JSON; name one form only.", param_hint="--format")
    form = form or (Format.json if as_json else Format.table)
    answer = _of_project(project, home, statement) if project else _of_warehouse(home, statement)
    if form is Format.table and out is None:
        shown = answer.slice(0, limit)
        screen.show_table("", answer.column_names, [tuple(row.values()) for row in shown.to_pylist()])
        screen.say(f"{shown.num_rows:,} of {answer.num_rows:,} rows")
        if shown.num_rows < answer.num_rows:
            screen.next_step("add --limit, or --format csv, json or parquet for all rows")
    elif out is not None:
        _write_out(answer, Format.csv if form is Format.table else form, out)
        screen.say(f"{answer.num_rows:,} rows in {out}")
    else:
        _write(answer, form, sys.stdout.buffer)


def _of_project(project: str, home: Path | None, statement: str) -> "pyarrow.Table":
    from research.door import open_project

    return open_project(project, home).arrow(statement)


def _of_warehouse(home: Path | None, statement: str) -> "pyarrow.Table":
    from tvaers import audit_log
    from tvaers.keys import load_master_key
    from tvaers.settings import load_settings
    from warehouse.connection import open_read_only

    settings = load_settings(home)
    key = load_master_key(settings).subkey("encryption")
    with (
        audit_log.recorded(settings, "query", "warehouse") as doing,
        open_read_only(settings.warehouse, key) as connection,
    ):
        answer = _ask(connection, statement)
        doing.rows = answer.num_rows
    return answer


def _statement(given: str) -> str:
    """Return the SQL: the argument itself, or what the named file holds."""
    from tvaers.errors import ExtractError

    if not given.strip().lower().endswith(".sql"):
        return given
    try:
        return Path(given).read_text(encoding="utf-8")
    except OSError as fault:
        raise ExtractError(
            "The SQL file cannot be read.", where=given, how_much=fault.strerror or "", what_to_do="Check the path."
        ) from None


def _ask(connection: "duckdb.DuckDBPyConnection", statement: str) -> "pyarrow.Table":
    """Return the answer to one statement.

    Raises:
        DefinitionError: The statement is wrong, is not one statement, or wants more than to read.
    """
    import duckdb

    from tvaers.errors import DefinitionError

    spoken = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException)
    try:
        statements = connection.extract_statements(statement)
        if len(statements) != 1:
            raise DefinitionError(
                "A query is exactly one statement.",
                how_much=f"{len(statements)} statements were given.",
                what_to_do="Ask one question at a time; a WITH clause can hold the steps before it.",
            )
        if statements[0].type not in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
            raise DefinitionError(
                "The warehouse can be read here, and nothing else.",
                how_much=f"The statement is of the kind {statements[0].type.name}.",
                what_to_do="Write a SELECT; use --format and --out to get the answer into a file.",
            )
        return connection.execute(statements[0]).to_arrow_table()
    except spoken as fault:
        raise DefinitionError("The query cannot be run.", where=str(fault).strip(), what_to_do=HINT) from None
    except duckdb.Error as fault:
        # Other faults of the engine (a failed cast, for example) may quote a value from a row; only their kind is told.
        raise DefinitionError(
            "The query stopped while it ran.",
            where=f"Kind of fault: {type(fault).__name__}",
            what_to_do=CONVERSION if isinstance(fault, duckdb.ConversionException) else HINT,
        ) from None


CONVERSION = (
    "A value does not fit the type it is compared with or turned into; a patient_id, for one, is a pseudonym (a UUID), "
    "never a national identifier. try_cast(… AS …) gives NULL instead."
)
HINT = 'List the tables with: tvaers query "SELECT table_schema, table_name FROM information_schema.tables"'


def _write_out(answer: "pyarrow.Table", form: Format, out: Path) -> None:
    """Write the answer to a file that only its owner can read.

    Raises:
        ExtractError: The file cannot be written.
    """
    from tvaers.errors import ExtractError

    try:
        with out.open("wb") as file:
            if out.is_file():  # not a pipe or a device
                os.fchmod(file.fileno(), 0o600)
            _write(answer, form, file)
    except OSError as fault:
        raise ExtractError(
            f"The answer cannot be written: {fault.strerror}.",
            where=str(out),
            what_to_do="Name a file in a folder that exists and that you may write to.",
        ) from None


def _write(answer: "pyarrow.Table", form: Format, file: BinaryIO) -> None:
    import json

    from tvaers.screen import plain

    if form is Format.csv:
        from pyarrow import csv

        csv.write_csv(answer, file)
    elif form is Format.parquet:
        from pyarrow import parquet

        parquet.write_table(answer, file)
    else:
        file.write(json.dumps(answer.to_pylist(), default=plain, ensure_ascii=False).encode() + b"\n")
    file.flush()
