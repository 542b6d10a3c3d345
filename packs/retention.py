"""How long rows are kept: the page `retention.yaml` of a country pack, read into frozen rules."""

from datetime import date
from pathlib import Path

from pydantic import Field

from data_contracts.warehouse_tables import load_tables
from packs.definition_file import Part, definition_fault, read_definition, unknown_name

PAGE = "retention.yaml"


class Rule(Part):
    """How long the rows of one core table are kept.

    Attributes:
        table: The table; its parked rows go by the same rule.
        counted_from: Its column of the day from which the years are counted.
        keep_years: Whole years: a row goes when its day is longer ago than that.
        from_on: First day on which the rule holds, included.
        ground: On which law or decision it rests.
        is_verified: Whether somebody who may decide it has said so.
    """

    table: str
    counted_from: str
    keep_years: int = Field(ge=1, le=200)
    from_on: date
    ground: str = Field(min_length=1)
    is_verified: bool

    def keeps_from(self, today: date) -> date:
        """Return the first day whose rows are kept; 29 February counts as the 28th in years that lack it."""
        year = today.year - self.keep_years
        try:
            return today.replace(year=year)
        except ValueError:
            return date(year, 2, 28)


class Retention(Part):
    """The page."""

    rules: tuple[Rule, ...]


def load_retention(folder: Path, today: date) -> tuple[Rule, ...]:
    """Return the rules of a pack that hold on a day; none where the pack has no page.

    Raises:
        DefinitionError: The page is written wrongly, or names a table or day that there is not.
    """
    path = folder / PAGE
    if not path.is_file():
        return ()
    rules = read_definition(path, Retention).rules
    days = {
        table.name: [column.name for column in table.columns if column.physical_type == "DATE"]
        for table in load_tables()
        if table.schema == "core" and any(column.hashed == "pseudonym" for column in table.columns)
    }
    for place, rule in enumerate(rules):
        if rule.table not in days:
            raise unknown_name(path, f"rules.{place}.table", rule.table, sorted(days))
        if rule.counted_from not in days[rule.table]:
            raise unknown_name(path, f"rules.{place}.counted_from", rule.counted_from, days[rule.table])
        if rule.table in {each.table for each in rules[:place]}:
            raise definition_fault(path, f"rules.{place}.table", f"'{rule.table}' has two rules.")
    return tuple(rule for rule in rules if rule.from_on <= today)
