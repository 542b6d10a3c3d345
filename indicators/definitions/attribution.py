"""Where a definition's events count, and whether its variables can tell.

A person belongs to one municipality, practice and hospital on a reporting date (breakdowns.yaml), and what is counted
of people counts there. What an organisation did counts at that organisation: a discharge at the hospital that
discharged, a referral at the municipality that received it. A definition says so under `attribution`, level by level.
"""

from collections.abc import Sequence

from indicators.definitions.definition import Indicator, Level, Text
from indicators.definitions.population import Breakdowns
from indicators.definitions.variables import Variable
from tvaers.errors import DefinitionError


def refuse_other_attribution(indicator: Indicator, variables: Sequence[Variable]) -> None:
    """Refuse a definition whose variables have rows for other organisations than those it counts at.

    Raises:
        DefinitionError: Some level is told by the variables and not by `attribution`, or the other way round, or by two
            variables.
    """
    told = [variable.responsible for variable in variables if variable.responsible]
    if sorted(told) != sorted(indicator.attribution):
        raise DefinitionError(
            "A definition counts at other organisations than its variables tell.",
            where=f"{indicator.group}/{indicator.id}.yaml, attribution",
            how_much=f"The variables tell of: {', '.join(sorted(told)) or 'none'}.",
            what_to_do="Name under `attribution` each level for which one of its variables has rows of its own.",
        )


def rules_of(indicator: Indicator, breakdowns: Breakdowns) -> dict[Level, Text]:
    """Return, for each level at which an indicator has a meaning, which unit something counts at, in words."""
    rules = breakdowns.attribution.belongs | indicator.attribution
    return {level: rule for level, rule in rules.items() if level in indicator.report_by}


def variable_at(level: Level, variables: Sequence[Variable]) -> Variable:
    """Return the variable that tells at which unit of a level something counts.

    Raises:
        StopIteration: None of them does.
    """
    return next(variable for variable in variables if variable.responsible == level)
