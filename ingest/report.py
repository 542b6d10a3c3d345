"""The report of a run: one page per file that can be sent back to the supplier, and an index of them.

Pages hold counts, rules and line numbers, never a value of a row.
"""

import html
import itertools
import re
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from ingest.stage import PRESENT, StagedTables
from ingest.verdict import FileVerdict
from tvaers.errors import ExtractError

INDEX = "index.html"
MOST_ROWS_LISTED = 200
_LONGEST_NAME = 100
_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")
_NOT_FOUND = "not found out"
_WHOLE_ROW = {
    "csv": "The row has as many fields as the header, and its quotes are closed.",
    "fhir": "The line, or the entry of the list, is a whole FHIR bundle. One that is not counts as one row.",
}
_OWN_RULES = {
    "identifier_in_text": "No text column holds a person's identifier. The text was removed before the row was stored.",
}
_STYLE = """<style>
body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2733;background:#fff}
table{border-collapse:collapse;margin:1rem 0}
th,td{border:1px solid #c8d0d8;padding:.3rem .6rem;text-align:left;vertical-align:top}
th{background:#eef2f5}td.number{text-align:right}.rows{max-width:32rem;overflow-wrap:anywhere}
</style>"""


def list_failures(
    con: duckdb.DuckDBPyConnection, contract: Contract, lines_before: int, tables: StagedTables = PRESENT
) -> str:
    """Return the rules that rows of the staged file broke, with their lines, as an HTML table.

    Args:
        con: The connection with the staged file.
        contract: Its contract.
        lines_before: Lines of the file before its first row.
        tables: Where the staged file lies.
    """
    is_table = contract.format == "csv"
    lines = f"Lines (the header is line {lines_before}; blank lines are not counted)"
    place = lines if is_table else "Resources, from 1"
    own = _OWN_RULES | {"row_malformed": _WHOLE_ROW[contract.format]}
    described = own | {rule.id: rule.description for rule in contract.rules}
    found = con.execute(
        "SELECT rule, string_agg(DISTINCT column_name, ', '), count(DISTINCT row_number), "
        f"list_sort(list(DISTINCT row_number))[:{MOST_ROWS_LISTED}] FROM {tables.failed} GROUP BY rule ORDER BY rule"
    ).fetchall()
    if not found:
        return "<p>Every row keeps every rule.</p>"
    first = lines_before if is_table else 0
    rows = [
        (rule, column or "", described.get(rule, ""), count, _row_list([first + each for each in numbers], count))
        for rule, column, count, numbers in found
    ]
    return _table(("Rule", "Column", "What the contract asks", "Rows", place), rows)


def write_page(folder: Path, verdict: FileVerdict, contract: Contract | None, failures: str, data_docs: str) -> Path:
    """Write the page of one file.

    Raises:
        ExtractError: The page cannot be written.
    """
    facts: list[tuple[str, object]] = [
        ("Verdict", verdict.state.replace("_", " ")),
        ("File type", _file_type(verdict, contract)),
        ("Encoding", verdict.encoding or _NOT_FOUND),
        ("Separator", verdict.separator or ("none" if verdict.encoding else _NOT_FOUND)),
        ("Rows delivered", verdict.rows_in),
        ("Rows loaded", verdict.loaded),
        ("Rows quarantined", verdict.quarantined),
        ("Duplicate rows", verdict.duplicates),
    ]
    warned = [(rule, count) for rule, count in verdict.warnings.items()]
    parts = [
        f"<h1>{html.escape(verdict.file_name)}</h1>",
        f"<p>{html.escape(verdict.message)}</p>",
        _table(("", ""), facts),
        "<h2>Rows held back</h2>" + failures if contract else "",
        "<h2>Loaded with a warning</h2>" + _table(("Rule", "Rows"), warned) if warned else "",
    ]
    path = _free_page(folder, verdict.file_name)
    body = "".join(parts)
    if data_docs:
        page = data_docs.replace("</head>", f"{_STYLE}</head>", 1)
        page = re.sub(r"(<body[^>]*>)", lambda found: found[1] + body + "<h2>Validation in full</h2>", page, count=1)
    else:
        page = _page(verdict.file_name, body)
    return _write(path, page)


def _file_type(verdict: FileVerdict, contract: Contract | None) -> str:
    if contract:
        return f"{contract.file_type}, contract version {contract.version}"
    if verdict.reason == "column_missing":
        return "none: it lacks columns of the type that it looks like"
    return verdict.file_type or "not recognised"


def write_index(folder: Path, run_id: str, verdicts: Iterable[FileVerdict]) -> Path:
    """Write the first page of a run's reports.

    Raises:
        ExtractError: The page cannot be written.
    """
    rows = [
        (
            _link(verdict),
            verdict.file_type or "",
            verdict.state.replace("_", " "),
            verdict.rows_in,
            verdict.loaded,
            verdict.quarantined,
            verdict.duplicates,
            verdict.message,
        )
        for verdict in verdicts
    ]
    header = ("File", "File type", "Verdict", "Rows", "Loaded", "Quarantined", "Duplicates", "")
    return _write(folder / INDEX, _page(f"Ingest run {run_id}", f"<h1>Ingest run {run_id}</h1>" + _table(header, rows)))


def remove_unfinished(reports: Path, loaded: Collection[str]) -> None:
    """Remove the pages that killed runs left: the next run looks into the same files and writes them again.

    Args:
        reports: The folder of all reports; nobody else may be writing into it.
        loaded: Runs whose files are in the warehouse. Their pages stay, also where the run was killed before its end.
    """
    for folder in reports.glob("*"):
        is_of_a_run = _RUN.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink()
        if is_of_a_run and folder.name not in loaded and not (folder / INDEX).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _free_page(folder: Path, file_name: str) -> Path:
    """Return a page of its own for a file: two files may differ only in their folder, or in signs no page name has."""
    stem = re.sub(r"[^A-Za-z0-9_.-]", "_", file_name)[:_LONGEST_NAME]
    names = (
        f"{stem}{ending}.html" for ending in itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    )
    return next(folder / name for name in names if name.lower() != INDEX and not (folder / name).exists())


class _Html(str):
    """Text that is HTML already."""


def _link(verdict: FileVerdict) -> str:
    name = html.escape(verdict.file_name)
    return _Html(f'<a href="{verdict.report.name}">{name}</a>') if verdict.report else verdict.file_name


def _row_list(numbers: Sequence[int], count: int) -> str:
    more = f" and {count - len(numbers)} more" if count > len(numbers) else ""
    return _Html(f'<span class="rows">{", ".join(map(str, numbers))}{more}</span>')


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, _Html):
        return f"<td>{value}</td>"
    return f'<td class="number">{value}</td>' if isinstance(value, int) else f"<td>{html.escape(str(value))}</td>"


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>{_STYLE}</head>'
        f"<body>{body}</body></html>"
    )


def _write(path: Path, page: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as fault:
        raise ExtractError(
            f"The report cannot be written: {fault.strerror}.",
            where=str(path),
            what_to_do="Free some space and run the same command again; the last good warehouse is untouched.",
        ) from None
    return path
