"""Results of fewer people, or of a smaller part of them, than an indicator's own publisher gives a result of.

Some registers name the fewest patients of whom they show an indicator, because a share of fewer says nothing about
care; some show none where the value is known of too small a part of the patients, because the others may be otherwise.
These are rules about meaning and not about anonymity: the warehouse keeps the numbers and says `too_few`. A release
hides such a cell as it hides every other, without a word of its own, since that word would tell how few people the cell
has at most; which number the publisher names stands on the page of the indicator.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from indicators.definitions.definition import Indicator
from indicators.definitions.parameters import Parameter
from tvaers.errors import DefinitionError

TOO_FEW = "too_few"


def with_too_few(results: pl.DataFrame, indicator: Indicator, parameters: Mapping[str, Parameter]) -> pl.DataFrame:
    """Return an indicator's results with the state `too_few` where its own smallest numbers are not reached.

    Args:
        results: Its results, with the columns of `indicator.result`.
        indicator: The definition.
        parameters: Those of the country, by name.

    Raises:
        DefinitionError: A smallest number has no value on a reporting date.
    """
    is_too_few = pl.lit(value=False)
    if indicator.smallest_denominator:
        fewest = _on_each_day(indicator.smallest_denominator, results, indicator, parameters)
        is_too_few |= pl.col("denominator") < fewest
    if indicator.smallest_completeness:
        smallest = _on_each_day(indicator.smallest_completeness, results, indicator, parameters)
        is_too_few |= pl.col("denominator") < smallest * pl.col("eligible")
    is_told = (pl.col("state") == "computed") & (pl.col("denominator") > 0)
    state = pl.when(is_told & is_too_few).then(pl.lit(TOO_FEW, results.schema["state"])).otherwise("state")
    return results.with_columns(state.alias("state"))


def _on_each_day(
    name: str, results: pl.DataFrame, indicator: Indicator, parameters: Mapping[str, Parameter]
) -> pl.Expr:
    """Return the value that a parameter has on each result's reporting date.

    Raises:
        DefinitionError: It has no number on one of them.
    """
    held: dict[date, int | float] = {}
    for day in results["period_end"].unique():
        dated = parameters[name.removeprefix("$")].valid_on(day)
        if dated is None or not isinstance(dated.value, int | float):
            raise DefinitionError(f"The parameter {name} has no number.", where=f"{indicator.id}.yaml, {day}")
        held[day] = dated.value
    return pl.col("period_end").replace_strict(held, return_dtype=pl.Float64)
