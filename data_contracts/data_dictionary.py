"""Contracts as documentation: the data dictionary of the warehouse, and one page per delivered file type."""

from collections.abc import Iterable, Sequence

from data_contracts.contract import Column, Contract, load_contracts
from data_contracts.warehouse_tables import Table, load_tables

NOTE = "<!-- Generated from data_contracts/ by `python -m data_contracts.generate`. Do not edit. -->"
_ACCEPTED = {
    "%Y": "YYYY",
    "%m": "MM",
    "%d": "DD",
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
    "%n": "fraction",
}


def render_data_dictionary() -> str:
    """Return the data dictionary of the warehouse as Markdown."""
    tables = load_tables()
    parts = [
        NOTE,
        "# Data dictionary of the warehouse",
        "Schema `core` holds the facts, one row per fact, under pseudonyms. Schema `parked` holds the same tables with "
        "rows that told a fact another delivery had told already; they come back if that delivery is replaced. Schema "
        "`meta` tells which delivery every row came with. All intervals include both ends; an empty end means still.",
        _listing(
            f"[{table.schema}.{table.name}](#{table.schema}{table.name}): {table.description}" for table in tables
        ),
        *(_table_page(table) for table in tables),
    ]
    return "\n\n".join(parts) + "\n"


def render_contract_pages() -> dict[str, str]:
    """Return the steward's page of every delivered file type as Markdown, by file type."""
    return {name: _contract_page(contract) for name, contract in load_contracts().items()}


def render_contract_index() -> str:
    """Return the list of all file types as Markdown."""
    rows = [
        (contract.sector, f"[`{name}`]({name}.md)", contract.version, contract.description)
        for name, contract in sorted(load_contracts().items(), key=lambda item: (item[1].sector, item[0]))
    ]
    parts = [
        NOTE,
        "# File types that are accepted",
        "The sector and type of a file are found from its header; the file name need not follow a rule. Column names "
        "may be in upper or lower case, in any order. Separators, decimal comma or point, and the character encoding "
        "are found too. A file whose required columns are not all there, or of which more than the agreed share of "
        "rows break a rule, is refused whole.",
        _grid(("sector", "file type", "version", "holds"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def _table_page(table: Table) -> str:
    rows = [
        (
            f"`{each.name}`",
            each.physical_type,
            "yes" if each.required else "",
            each.description + _meanings(each.allowed),
        )
        for each in table.columns
    ]
    parts = [f"## {table.schema}.{table.name}", table.description]
    if table.limitations:
        parts.append(f"Mind: {table.limitations}")
    sorted_by = ", ".join(f"`{name}`" for name in table.sorted_by)
    key = ", ".join(f"`{name}`" for name in table.key)
    parts.append(f"{table.grain.capitalize()}. Key: {key}. Stored in the order of {sorted_by}.")
    parts.append(_grid(("column", "type", "never empty", "holds"), rows))
    return "\n\n".join(parts)


def _contract_page(contract: Contract) -> str:
    columns = [
        (
            f"`{each.name}`" + "".join(f" or `{other}`" for other in each.synonyms),
            each.type.replace("_", " "),
            _duty(each),
            each.description + _meanings(tuple(zip(each.allowed, each.meanings, strict=True))),
            _limits(each),
            ", ".join(f"`{example}`" for example in each.examples if example) or "",
        )
        for each in contract.columns
    ]
    rules = [
        (f"`{rule.id}`", f"`{rule.column}`" if rule.column else "", rule.description, _consequence(rule.severity))
        for rule in contract.rules
    ]
    parts = [
        NOTE,
        f"# {contract.file_type}",
        contract.description,
        *([f"Mind: {contract.limitations}"] if contract.limitations else []),
        _listing(_terms(contract)),
        "## Columns",
        "The examples are invented.",
        _grid(("column", "read as", "must be there", "holds", "limits", "examples"), columns),
        "## Rules",
        "A row that breaks a rule is held back or counted; the report names the rule and the row number, never a "
        f"value. Besides these, {_not_whole(contract)} is held back as `row_malformed`, and one with an identity "
        "number in a text as `identifier_in_text`.",
        _grid(("rule", "column", "promise", "otherwise"), rules),
        "## Sources",
        _listing(
            f"{source}: {', '.join(f'`{name}`' for name in names)}" for source, names in _sources(contract).items()
        ),
    ]
    if contract.format == "fhir":
        paths = [
            (f"`{each.name}`", "; ".join(f"{owner}: `{path}`" for owner, path in each.paths))
            for each in contract.columns
        ]
        parts += ["## Where the columns come from in a bundle", _grid(("column", "path"), paths)]
    return "\n\n".join(parts) + "\n"


def _not_whole(contract: Contract) -> str:
    return "a row with the wrong number of fields" if contract.format == "csv" else "a line that is no whole bundle"


def _terms(contract: Contract) -> list[str]:
    terms = [f"Sector: {contract.sector}. Contract version {contract.version}."]
    terms.append(f"Key: {', '.join(f'`{name}`' for name in contract.key)}.")
    terms.append(f"Refused whole when more than {contract.max_error_share:.0%} of the rows are held back.")
    terms.append(f"A delivery counts as old after {contract.fresh_within_days} days.")
    if contract.depends_on:
        terms.append(f"Needs the contacts of {' or '.join(f'`{name}`' for name in contract.depends_on)} first.")
    if contract.resource_types:
        terms.append(f"A row is one resource of a bundle: {', '.join(contract.resource_types)}.")
    return terms


def _duty(column: Column) -> str:
    if column.may_be_absent:
        return "no"
    return "filled on every row" if column.required else "may be blank"


def _limits(column: Column) -> str:
    limits = []
    if column.privacy == "identifier":
        limits.append("replaced by a pseudonym")
    elif column.privacy == "record_key":
        limits.append("stored as a keyed hash")
    elif column.is_dropped:
        limits.append("dropped unread")
    if column.unit:
        limits.append(f"unit: {column.unit}")
    if column.minimum is not None:
        limits.append(f"from {column.minimum}")
    if column.maximum is not None:
        limits.append(f"to {column.maximum}")
    if column.pattern:
        limits.append(f"pattern `{column.pattern}`")
    if column.code_list:
        limits.append(f"code list `{column.code_list}`")
    if column.formats:
        limits.append("written " + ", ".join(f"`{_format_in_words(each)}`" for each in column.formats))
    return "; ".join(limits)


def _format_in_words(written: str) -> str:
    for directive, word in _ACCEPTED.items():
        written = written.replace(directive, word)
    return written


def _consequence(severity: str) -> str:
    return "the row is held back" if severity == "quarantine" else "the row is loaded and counted"


def _meanings(allowed: Sequence[tuple[str, str]]) -> str:
    if not allowed:
        return ""
    words = [f"`{value}` {meaning}".strip() for value, meaning in allowed]
    return " Values: " + "; ".join(words) + "."


def _sources(contract: Contract) -> dict[str, list[str]]:
    sources: dict[str, list[str]] = {}
    for each in contract.columns:
        sources.setdefault(each.source.rstrip("."), []).append(each.name)
    return sources


def _listing(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
