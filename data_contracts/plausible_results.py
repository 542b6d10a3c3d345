"""Which results are possible for their analysis: one list, from which the predicate and its description are made."""

from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from data_contracts.standard import FOLDER

_LIST = FOLDER / "plausible_results.yaml"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Range(BaseModel):
    """From where to where a number is possible, both ends included, and what the number is in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: float | int = Field(alias="from")
    greatest: float | int = Field(alias="to")
    unit: str


class PlausibleResult(BaseModel):
    """What the results of some codes can be: in one of the ranges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    result: str
    codes: tuple[str, ...]
    possible: tuple[Range, ...]


@cache
def plausible_results() -> tuple[PlausibleResult, ...]:
    """Return what results can be, in the order of the list; no code is there twice."""
    read = yaml.load(_LIST.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, the fast one
    return tuple(map(PlausibleResult.model_validate, read))


def is_plausible(number: str, code: str, sign: str) -> str:
    """Return SQL that is FALSE where a number is impossible for its code, and TRUE beside a relation sign.

    Args:
        number: Expression of the number, in the unit that its code stands for.
        code: Expression of the code in its normal form.
        sign: Expression of the relation sign; `=` or NULL where there is none.
    """
    cases = [f"WHEN NOT ({sign} = '=') THEN TRUE"]
    for each in plausible_results():
        listed = ", ".join(f"'{one}'" for one in each.codes)
        ranges = " OR ".join(f"{number} BETWEEN {one.least} AND {one.greatest}" for one in each.possible)
        cases.append(f"WHEN {code} IN ({listed}) THEN {ranges}")
    return f"CASE {' '.join(cases)} END"


def codes_where_a_sign_may_part_thousands() -> tuple[str, ...]:
    """Return the codes of which a number and its thousandfold are both possible, so that 1.500 can be either."""
    return tuple(
        code
        for each in plausible_results()
        if any(1000 * max(one.least, 1) <= one.greatest for one in each.possible)
        for code in each.codes
    )


def plausible_in_words(column: str) -> str:
    """Return for the supplier what is judged: every range with its unit and codes."""
    told = "; ".join(
        f"{each.result} ({', '.join(each.codes)}) {' or '.join(map(_in_words, each.possible))}"
        for each in plausible_results()
    )
    return f"`{column}` is possible for its analysis: {told}. Results with a relation sign are not judged."


def _in_words(one: Range) -> str:
    return f"{one.least} to {one.greatest} {one.unit}"
