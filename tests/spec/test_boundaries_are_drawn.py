"""The boundaries at which care data go wrong are drawn for every definition to which they apply.

Days and thresholds are not asked here: `tests/proof` moves each by its smallest unit and wants a case to notice.
"""

from collections.abc import Callable, Iterator

import pytest

from indicators.definitions.definition import Indicator
from tests.lib.case_files import DrawnCase, case_files, read_case_file
from tests.lib.drawn_tables import Row, complete, parse
from tests.lib.evaluate import catalogue

KNOWN = catalogue()
CASES = {path.stem: read_case_file(path) for path in case_files("type_2_diabetes") if "classifier" not in path.parts}
ON_THE_DAY = "adults_with_type_2_diabetes"
SIGNS = {"<", ">"}
Applies = Callable[[Indicator], bool]
IsDrawn = Callable[[Indicator], bool]


def sql_of(indicator: Indicator) -> str:
    return " ".join(variable.sql for variable in KNOWN.variables_of(indicator))


def rows_of(indicator: Indicator, table: str) -> Iterator[tuple[DrawnCase, Row]]:
    for case in CASES[indicator.id]:
        for row in complete(parse(case.drawing)).get(table, []):
            if row.get("patient") == str(case.patient):
                yield case, row


def has_drawn(table: str, column: str, *values: str) -> IsDrawn:
    """Return whether a case draws one of some values; any value when none is named."""
    return lambda indicator: any(
        row.get(column) in values if values else row.get(column) for _, row in rows_of(indicator, table)
    )


def has_two_on_one_day(indicator: Indicator) -> bool:
    seen = [
        (str(case), row["patient"], row["analyte"], row["taken_on"]) for case, row in rows_of(indicator, "measurement")
    ]
    return len(set(seen)) < len(seen)


def has_longer_code(indicator: Indicator) -> bool:
    listed = set(KNOWN.codelists["code"])
    codes = [row["code"] or "" for table in ("diagnosis", "procedure") for _, row in rows_of(indicator, table)]
    codes += [row["atc_code"] or "" for _, row in rows_of(indicator, "dispensing")]
    return any(code not in listed and any(code.startswith(one) for one in listed) for code in codes)


def has_no_result(indicator: Indicator) -> bool:
    return any(case.outcome.startswith(("missing", "not", "0 ", "excluded")) for case in CASES[indicator.id])


def compares_a_result(indicator: Indicator) -> bool:
    expressions = " ".join(indicator.expressions()[key] for key in indicator.expressions() if "evidence" not in key)
    return any(f"latest_{name}_m" in expressions and "$" in expressions for name in ("hba1c", "ldl", "egfr", "uacr"))


BOUNDARIES: dict[str, tuple[Applies, IsDrawn]] = {
    "died": (lambda each: True, has_drawn("person", "died_on")),
    "moved out of the area": (lambda each: each.population == ON_THE_DAY, has_drawn("residence", "ends_on")),
    "without a result": (lambda each: True, has_no_result),
    "two results on one day": (compares_a_result, has_two_on_one_day),
    "a result with a sign": (compares_a_result, has_drawn("measurement", "comparator", *SIGNS)),
    "a retracted diagnosis": (
        lambda each: "retraction <> 'yes'" in sql_of(each),
        has_drawn("diagnosis", "retraction", "yes"),
    ),
    "a code by its prefix": (lambda each: "codelist.code = diagnosis.code" in sql_of(each), has_longer_code),
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("indicator", KNOWN.indicators, ids=lambda indicator: indicator.id)
def test_a_boundary_is_drawn_where_it_applies(indicator: Indicator, boundary: str):
    applies, is_drawn = BOUNDARIES[boundary]
    assert is_drawn(indicator) or not applies(indicator)
