"""Files of FHIR resources, bundled or loose, as one table of resources: what stands in which group of a folder.

A group is what belongs together: the entries of one bundle, or all loose resources that lie in one folder, one to a
file (`.json`) or one to a line (`.ndjson`). Folders named for the kind of resource in them (`Condition/`, `Patient/`)
belong to the folder in which they lie: many published test patients are kept so.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from tvaers.errors import ExtractError
from tvaers.progress import track

SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
BATCH_BYTES = 64 * 1024 * 1024

BAD_BUNDLE = "it says it is a bundle, but its entries are no list of resources"
NOT_JSON = "it is not complete JSON"
NOT_TEXT = "it is not UTF-8 text, as FHIR asks"
NO_RESOURCE = "it is JSON, but no FHIR resource"

# A bundle is a group of its own; loose resources share the group of their folder, or of the one above kinds.
_RESOURCES = """
    WITH document AS (
        SELECT row_number, file, folder, json_extract_string(text, '$.resourceType') AS type, text
        FROM incoming_document
    ), placed AS (
        SELECT file, file || CASE WHEN row_number = 0 THEN '' ELSE '#' || row_number END AS group_name,
            unnest(json_extract(text, '$.entry[*].resource')) AS resource
        FROM document WHERE type = 'Bundle'
        UNION ALL
        SELECT file, CASE
            WHEN folder = type THEN '.'
            WHEN ends_with(folder, '/' || type) THEN left(folder, -1 - length(type))
            ELSE folder END, text
        FROM document WHERE type <> 'Bundle'
    )
    SELECT
        $before + row_number() OVER () AS resource_key, file, group_name,
        json_extract_string(resource, '$.resourceType') AS type, json_extract_string(resource, '$.id') AS id, resource
    FROM placed
"""


@dataclass(frozen=True)
class BadFile:
    """A file, or a line of one, that could not be read.

    Attributes:
        file: Its path below the folder, with the line's number where only one line is wrong.
        reason: What is wrong, as the end of a sentence.
    """

    file: str
    reason: str


def resource_files(folder: Path) -> list[Path]:
    """Return the files below a folder that may hold FHIR resources, in a fixed order; hidden ones are left out.

    Raises:
        ExtractError: The folder does not exist, or holds no such file.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise ExtractError(
            "The folder does not exist.", where=str(folder), what_to_do="Name the folder that holds the bundles."
        )
    found = sorted(path for path in folder.rglob("*") if path.is_file() and _may_hold_resources(folder, path))
    if not found:
        raise ExtractError(
            "The folder holds no FHIR files.",
            where=str(folder),
            what_to_do=f"Name a folder with files that end in {', '.join(SUFFIXES[:2])}; they may be gzipped.",
        )
    return found


def _may_hold_resources(folder: Path, path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.name.lower().endswith(SUFFIXES)


def read_resources(con: duckdb.DuckDBPyConnection, folder: Path) -> list[BadFile]:
    """Create `resource`: every FHIR resource below a folder, as JSON, with the group to which it belongs.

    Columns: resource_key, file, group_name, type, id, resource.

    Args:
        con: A connection; it gets a temporary table.
        folder: A folder, or one file.

    Returns:
        What could not be read; everything else was.

    Raises:
        ExtractError: The folder does not exist, or holds no such file.
    """
    files = resource_files(folder)
    root = folder if folder.is_dir() else folder.parent
    con.execute(
        "CREATE OR REPLACE TEMP TABLE resource (resource_key BIGINT, file VARCHAR, group_name VARCHAR, type VARCHAR, "
        "id VARCHAR, resource JSON)"
    )
    bad: list[BadFile] = []
    with track("Reading FHIR resources", len(files)) as advance:
        for batch in _batches(files):
            bad += _add(con, batch, root)
            advance(len(batch))
    return bad


def _batches(files: list[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    size = 0
    for path in files:
        batch.append(path)
        size += path.stat().st_size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _add(con: duckdb.DuckDBPyConnection, batch: list[Path], root: Path) -> list[BadFile]:
    bad: list[BadFile] = []
    whole: list[tuple[str, str, str]] = []
    for path in batch:
        file, folder = path.relative_to(root).as_posix(), path.parent.relative_to(root).as_posix()
        try:
            content = path.read_bytes()
            text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
        except (OSError, EOFError, UnicodeDecodeError):
            bad.append(BadFile(file, NOT_TEXT))
        else:
            whole.append((file, folder, text))
    documents = pl.DataFrame(whole, schema={"file": pl.String, "folder": pl.String, "text": pl.String}, orient="row")
    con.register("incoming_file", documents)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE incoming_document AS "
        "SELECT file, folder, 0 AS row_number, text FROM incoming_file WHERE json_valid(text) UNION ALL BY NAME "
        "SELECT file, folder, unnest(generate_series(1, len(lines))) AS row_number, unnest(lines) AS text FROM "
        "(SELECT file, folder, string_split(replace(text, chr(13), ''), chr(10)) AS lines FROM incoming_file "
        "WHERE NOT json_valid(text))"
    )
    con.unregister("incoming_file")
    con.execute("DELETE FROM incoming_document WHERE trim(text) = ''")
    bad += _take_out_bad(con)
    before = con.execute("SELECT coalesce(max(resource_key), 0) FROM resource").fetchone() or (0,)
    con.execute(f"INSERT INTO resource {_RESOURCES}", {"before": before[0]})
    return bad


def _take_out_bad(con: duckdb.DuckDBPyConnection) -> list[BadFile]:
    """Remove from `incoming_document` what is no resource, and return it; a file without any good line counts once."""
    rows = con.execute(
        """
        WITH judged AS (
            SELECT file, row_number,
                CASE
                    WHEN NOT json_valid(text) THEN $not_json
                    WHEN json_type(text, '$.resourceType') IS DISTINCT FROM 'VARCHAR' THEN $no_resource
                    WHEN json_extract_string(text, '$.resourceType') = 'Bundle'
                        AND (coalesce(json_type(text, '$.entry'), 'ARRAY') <> 'ARRAY'
                            OR list_contains(list_transform(json_extract(text, '$.entry[*].resource'),
                                lambda each: json_type(each, '$.resourceType') IS DISTINCT FROM 'VARCHAR'), TRUE))
                    THEN $bad_bundle
                END AS reason
            FROM incoming_document
        )
        SELECT file, row_number, reason, bool_and(reason IS NOT NULL) OVER (PARTITION BY file) AS is_all
        FROM judged QUALIFY reason IS NOT NULL ORDER BY file, row_number
        """,
        {"not_json": NOT_JSON, "no_resource": NO_RESOURCE, "bad_bundle": BAD_BUNDLE},
    ).fetchall()
    con.register("bad_place", pl.DataFrame([row[:2] for row in rows], schema=["file", "row_number"], orient="row"))
    if rows:
        con.execute("DELETE FROM incoming_document WHERE (file, row_number) IN (SELECT * FROM bad_place)")
    con.unregister("bad_place")
    found: dict[str, str] = {}
    for file, row_number, reason, is_all in rows:
        found.setdefault(file if is_all or row_number == 0 else f"{file}, line {row_number}", reason)
    return [BadFile(file, reason) for file, reason in found.items()]
