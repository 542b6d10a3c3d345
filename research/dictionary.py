"""The data dictionary of a project: every table and column it has, what it says, and how it differs from the truth."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from research.columns import Column, all_columns
from research.page import ProjectPage

PERSON = "Pseudonym of the person in this project; the same in all its tables, and unrelated to that of other projects."

CHANGES = {
    "plain": "as in the warehouse",
    "number": "as in the warehouse",
    "register_date": "year only",
    "birth": "five-year band of the year of birth, open at both ends (90 and older, under 18)",
    "unit": "pseudonym of this project",
    "record": "pseudonym of this project",
}
DATES = {
    "shifted": "every day of a person is moved by the same secret 1 to 182 days; intervals are right, seasons are not",
    "month": "the true month",
    "days_since_index": "days since the disease began in this person; negative before",
}


@dataclass(frozen=True)
class Entry:
    """One column of a project.

    Attributes:
        table: Its table.
        column: Its name.
        says: What it says.
        change: How it was changed on the way from the warehouse.
    """

    table: str
    column: str
    says: str
    change: str

    def row(self) -> tuple[str, ...]:
        """Return the entry as a row."""
        return astuple(self)


def describe(page: ProjectPage, comments: Mapping[tuple[str, str], str]) -> list[Entry]:
    """Return an entry per column of a project, in the order of its page.

    Args:
        page: The project's page.
        comments: What the warehouse says of its columns, by table with schema, and column.
    """
    entries = []
    for table, names in page.tables.items():
        columns = all_columns()[table]
        entries.append(Entry(table, "person", PERSON, "pseudonym of this project"))
        for name in names:
            column = columns[name]
            says = comments.get((column.source, name), WITHOUT_COMMENT.get(name, ""))
            entries.append(Entry(table, column.called(page.dates), says, _change(column, page)))
    return entries


def _change(column: Column, page: ProjectPage) -> str:
    if column.nature == "date":
        return DATES[page.dates]
    if column.nature == "area":
        return (
            f"the municipality where {page.smallest_group} or more people share it with sex and birth band and it has "
            f"{page.smallest_municipality:,} or more inhabitants; else its region, or `elsewhere`"
        )
    if column.nature == "code":
        return f"shortened where fewer than {page.smallest_group} people have it; `other` where that is not enough"
    return CHANGES[column.nature]


# The tables that `tvaers compute` writes carry no comments of their own.
WITHOUT_COMMENT = {
    "diabetes_type": "Type of the disease by the definition in use.",
    "diabetes_since_on": "When the definition in use finds that the disease began.",
    "definition": "The definition in use.",
    "is_since_date_stable": "Whether that date is certain; false where the records begin too late to tell.",
}


def as_page(page: ProjectPage, entries: list[Entry], people: int, rows: Mapping[str, int]) -> str:
    """Return the dictionary as a Markdown page for the project's folder."""
    lines = [
        f"# What the project {page.project} can see",
        "",
        f"{people:,} people, until {page.expires_on}. Purpose: {page.purpose}",
    ]
    for table in page.tables:
        lines += ["", f"## {table}", "", f"{rows[table]:,} rows.", "", "| column | says | change |", "|---|---|---|"]
        lines += [f"| `{each.column}` | {each.says} | {each.change} |" for each in entries if each.table == table]
    return "\n".join(lines) + "\n"
