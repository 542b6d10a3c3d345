"""The boundaries at which care data go wrong are drawn for every definition to which they apply.

Days and thresholds are not asked here: `tests/proof` moves each by its smallest unit and wants a case to notice.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pytest

from indicators.definitions.codelists import named_in
from indicators.definitions.definition import Indicator
from tests.lib.case_files import DrawnCase, case_files, folder_of, read_case_file
from tests.lib.drawn_tables import Row, complete, parse
from tests.lib.evaluate import catalogue, neighbours


@dataclass(frozen=True)
class Drawn:
    """A definition of a country with the cases that are drawn with that country's numbers."""

    country: str
    indicator: Indicator
    cases: Sequence[DrawnCase]

    def __str__(self) -> str:
        return f"{self.country}-{self.indicator.id}"


def drawn_in(country: str) -> list[Drawn]:
    paths = [path for path in case_files(folder_of(country)) if "classifier" not in path.parts]
    cases = {path.stem: read_case_file(path) for path in paths}
    return [Drawn(country, each, cases[each.id]) for each in catalogue(country=country).indicators if each.id in cases]


# A definition of many countries is asked once for what does not depend on numbers: where the first country draws it.
DRAWN = drawn_in("denmark")
DRAWN += [
    each
    for country in neighbours()
    for each in drawn_in(country)
    if each.indicator.id not in {first.indicator.id for first in DRAWN}
]
SIGNS = {"<", ">"}
WITH_LONGER_CODES = {"sks", "icd10", "icpc2"}
"""Systems in which a longer code is a kind of the shorter; a number of SNOMED CT has no such meaning."""
Applies = Callable[[Drawn], bool]
IsDrawn = Callable[[Drawn], bool]


def reads_diagnoses(drawn: Drawn, *, in_words: str, systems: Container[str] = WITH_LONGER_CODES) -> bool:
    """Return whether a variable of a definition has some words, and its country lists codes for it in some systems."""
    known = catalogue(country=drawn.country)
    for variable in known.variables_of(drawn.indicator):
        if in_words in variable.sql:
            listed = named_in(known.codelists, [variable.sql])["system"].to_list()
            if any(system in systems for system in listed):
                return True
    return False


def is_about_who_lives_there(drawn: Drawn) -> bool:
    """Return whether people are counted who live in the area on the reporting date."""
    return drawn.indicator.population == "adults_with_type_2_diabetes"


def rows_of(drawn: Drawn, table: str) -> Iterator[tuple[DrawnCase, Row]]:
    for case in drawn.cases:
        for row in complete(parse(case.drawing)).get(table, []):
            if row.get("patient") == str(case.patient):
                yield case, row


def has_drawn(table: str, column: str, *values: str) -> IsDrawn:
    """Return whether a case draws one of some values; any value when none is named."""
    return lambda drawn: any(
        row.get(column) in values if values else row.get(column) for _, row in rows_of(drawn, table)
    )


def has_two_on_one_day(drawn: Drawn) -> bool:
    seen = [(str(case), row["patient"], row["analyte"], row["taken_on"]) for case, row in rows_of(drawn, "measurement")]
    return len(set(seen)) < len(seen)


def has_longer_code(drawn: Drawn) -> bool:
    listed = set(catalogue(country=drawn.country).codelists["code"])
    codes = [row["code"] or "" for table in ("diagnosis", "procedure") for _, row in rows_of(drawn, table)]
    codes += [row["atc_code"] or "" for _, row in rows_of(drawn, "dispensing")]
    return any(code not in listed and any(code.startswith(one) for one in listed) for code in codes)


def has_no_result(drawn: Drawn) -> bool:
    return any(case.outcome.startswith(("missing", "not", "0 ", "excluded")) for case in drawn.cases)


def compares_a_result(drawn: Drawn) -> bool:
    written = drawn.indicator.expressions()
    expressions = " ".join(written[key] for key in written if "evidence" not in key)
    return any(f"latest_{name}_m" in expressions and "$" in expressions for name in ("hba1c", "ldl", "egfr", "uacr"))


BOUNDARIES: dict[str, tuple[Applies, IsDrawn]] = {
    "died": (lambda each: True, has_drawn("person", "died_on")),
    "moved out of the area": (is_about_who_lives_there, has_drawn("residence", "ends_on")),
    "without a result": (lambda each: True, has_no_result),
    "two results on one day": (compares_a_result, has_two_on_one_day),
    "a result with a sign": (compares_a_result, has_drawn("measurement", "comparator", *SIGNS)),
    "a retracted diagnosis": (
        partial(reads_diagnoses, in_words="retraction <> 'yes'", systems={*WITH_LONGER_CODES, "snomed"}),
        has_drawn("diagnosis", "retraction", "yes"),
    ),
    "a code by its prefix": (partial(reads_diagnoses, in_words="codelist.code = diagnosis.code"), has_longer_code),
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("drawn", DRAWN, ids=str)
def test_a_boundary_is_drawn_where_it_applies(drawn: Drawn, boundary: str):
    applies, is_drawn = BOUNDARIES[boundary]
    assert is_drawn(drawn) or not applies(drawn)


def test_the_definitions_of_every_country_are_asked():
    assert {each.country for each in DRAWN} == {"denmark", *neighbours()}
