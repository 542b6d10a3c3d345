"""Which columns of an extract may be called sensitive: those that nobody outside could know a person by.

Whatever is called sensitive is not counted among the columns by which somebody could be known. So only results, codes
and kinds of care may be, under the very name that the project's dictionary gives them: a query that names an area
`value` would call anything sensitive. And two extracts that share sensitive columns could be joined by their values,
so that both together must not tell more of a person than one of them did.
"""

import json
from collections.abc import Sequence

import sqlglot
from sqlglot import exp

from research.columns import PERSON, all_columns
from research.page import ProjectPage
from research.shelf import Shelved
from tvaers.errors import DisclosureError

NATURES = frozenset({"plain", "number", "code"})
ALWAYS_KNOWN = frozenset({"sex"})


def refuse_what_is_not_sensitive(page: ProjectPage, sql: str, sensitive: Sequence[str]) -> None:
    """Refuse columns that may not be called sensitive, and people who are not the project's.

    Args:
        page: The project's page.
        sql: The question, which has been found allowed.
        sensitive: The columns.

    Raises:
        DisclosureError: A column is one by which people are known, or is renamed or computed by the question.
    """
    may_be = {
        column.called(page.dates)
        for table, names in page.tables.items()
        for name, column in all_columns()[table].items()
        if name in names and column.nature in NATURES and name not in ALWAYS_KNOWN
    }
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    made = {alias.alias.lower() for alias in tree.find_all(exp.Alias)}
    made |= {each.name.lower() for alias in tree.find_all(exp.TableAlias) for each in alias.args.get("columns") or ()}
    if PERSON in made:
        raise DisclosureError(
            "The rows may not leave: the question calls something else person.",
            what_to_do="Let person be the project's own pseudonym; it is numbered anew in the file.",
        )
    for name in sensitive:
        if name not in may_be or name.lower() in made:
            raise DisclosureError(
                f"The column {name} cannot be called sensitive.",
                how_much="The question renames or computes it." if name in may_be else "People could be known by it.",
                what_to_do=f"Let people be known by it. Sensitive can be: {', '.join(sorted(may_be))}",
            )


def refuse_what_joins_with_earlier(project: Shelved, known_by: Sequence[str], sensitive: Sequence[str]) -> None:
    """Refuse an extract that, joined by its sensitive values with one that left before, would tell more of people.

    Raises:
        DisclosureError: An earlier extract shares a sensitive column and has other columns by which people are known.
    """
    for path in sorted(project.exports.glob("*-rows.json")):
        before = json.loads(path.read_text(encoding="utf-8"))["measured"]
        if not set(sensitive) & set(before.get("sensitive", ())):
            continue
        new = sorted(set(known_by) - set(before["known_by"]))
        if new:
            raise DisclosureError(
                "The rows may not leave: joined with an extract that left before they would tell more of people.",
                where=f"{path.name} has the same sensitive columns, and not: {', '.join(new)}",
                what_to_do=f"Ask for no other columns than: {', '.join([*before['known_by'], *before['sensitive']])}",
            )
