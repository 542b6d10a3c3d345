"""Results of fewer people than an indicator's own publisher gives a result of.

Some registers name the fewest patients of whom they show an indicator, because a share of fewer says nothing about
care. That is a rule about meaning and not about anonymity: the warehouse keeps the numbers and says `too_few`. A
release hides such a cell as it hides every other, without a word of its own, since that word would tell how few people
the cell has at most; which number the publisher names stands on the page of the indicator.
"""

from collections.abc import Mapping

import polars as pl

from indicators.definitions.definition import Indicator
from indicators.definitions.parameters import Parameter
from tvaers.errors import DefinitionError

TOO_FEW = "too_few"


def with_too_few(results: pl.DataFrame, indicator: Indicator, parameters: Mapping[str, Parameter]) -> pl.DataFrame:
    """Return an indicator's results with the state `too_few` where its own smallest denominator is not reached.

    Args:
        results: Its results, with the columns of `indicator.result`.
        indicator: The definition.
        parameters: Those of the country, by name.

    Raises:
        DefinitionError: The smallest denominator has no whole number on a reporting date.
    """
    if indicator.smallest_denominator is None:
        return results
    name = indicator.smallest_denominator.removeprefix("$")
    fewest = {}
    for day in results["period_end"].unique():
        dated = parameters[name].valid_on(day)
        if dated is None or not isinstance(dated.value, int):
            raise DefinitionError(f"The parameter ${name} is no whole number.", where=f"{indicator.id}.yaml, {day}")
        fewest[day] = dated.value
    limit = pl.col("period_end").replace_strict(fewest, return_dtype=pl.Int64)
    is_too_few = (pl.col("state") == "computed") & (pl.col("denominator") > 0) & (pl.col("denominator") < limit)
    state = pl.when(is_too_few).then(pl.lit(TOO_FEW, results.schema["state"])).otherwise("state")
    return results.with_columns(state.alias("state"))
