"""The table of what a definition can say: every kind has an indicator that really uses it, and a drawn case of it."""

from collections.abc import Callable

import pytest

from indicators.definitions.definition import PARAMETER, Indicator
from tests.lib.case_files import case_files, folder_of, read_case_file
from tests.lib.evaluate import ROOT, catalogue, neighbours

PAGE = (ROOT / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")
KNOWN = catalogue()
COUNTRIES = ("denmark", *neighbours())
CASES = {
    path.stem: {case.title for case in read_case_file(path)}
    for name in COUNTRIES
    for path in case_files(folder_of(name))
}


def rows() -> list[tuple[str, str, str]]:
    """Return kind, indicator and boundary case of each row of the page."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:2] == "| "]
    return [(row[0], row[2].strip("`"), row[3]) for row in cells[2:]]


def defined(name: str) -> Indicator:
    """Return an indicator of the first country that has it."""
    found = [each for country in COUNTRIES for each in catalogue(country=country).indicators if each.id == name]
    return found[0]


def is_met_by(indicator: Indicator) -> str:
    return indicator.met_when() or ""


def variables(indicator: Indicator) -> str:
    return " ".join(f"{variable.rows} {variable.ties}" for variable in KNOWN.variables_of(indicator))


def is_median(indicator: Indicator) -> bool:
    return indicator.kind == "median"


def months(number: int) -> Callable[[Indicator], bool]:
    return lambda each: each.period == number


def has_several_values(indicator: Indicator) -> bool:
    return any(len(KNOWN.parameters[name].values) > 1 for name in KNOWN.parameters_of([indicator]))


def is_time(indicator: Indicator) -> bool:
    return indicator.kind == "time_to_event"


KINDS: dict[str, Callable[[Indicator], bool]] = {
    **{f"look-back of {number} months": months(number) for number in (12, 15, 24, 27, 60)},
    "guideline interval plus leeway": lambda each: each.leeway is not None,
    "audit or calendar year": lambda each: each.ends_on is not None,
    "latest value in the window": lambda each: "patient and day" in variables(each) and "<" in is_met_by(each),
    "any value in the window": lambda each: is_met_by(each).endswith("IS NOT NULL"),
    "lowest value in the window": lambda each: "patient and period the lowest value" in variables(each),
    "rule for two results of one day": lambda each: "lowest value" in variables(each),
    "missing values left out and reported": lambda each: each.missing_values == "exclude",
    "missing values counted as meeting it": lambda each: each.missing_values == "count_as_numerator",
    "missing values not met": lambda each: each.missing_values == "fail",
    "lower is better": lambda each: each.direction == "lower_is_better",
    "neither way is better": lambda each: each.direction == "neither",
    "target": lambda each: each.target is not None,
    "target of two levels": lambda each: each.acceptable is not None,
    "denominator by age on a date": lambda each: "age >=" in KNOWN.population_of(each),
    "people who reach an age in a calendar year": lambda each: (
        "age IN" in KNOWN.population_of(each) and bool(each.ends_on)
    ),
    "denominator by duration": lambda each: "diabetes_since_on" in (each.denominator.when or ""),
    "denominator by years of disease": lambda each: "diabetes_years" in (each.denominator.when or ""),
    "denominator by type": lambda each: "'type_1'" in KNOWN.population_of(each),
    "people of another classifier": lambda each: bool(KNOWN.populations.populations[each.population].classifier),
    "smallest denominator of its own": lambda each: each.smallest_denominator is not None,
    "denominator by a value above x": lambda each: bool(PARAMETER.search(each.denominator.when or "")),
    "events as denominator": lambda each: each.denominator.count is not None,
    "attribution to the responsible organisation": lambda each: bool(each.attribution) and each.counts != "patients",
    "attribution of a person to the organisation that decides": lambda each: bool(each.attribution) and is_median(each),
    "new cases against a look-back of fixed length": lambda each: each.look_back is not None,
    "exclusions": lambda each: bool(each.exclusions),
    "exceptions": lambda each: bool(each.exceptions),
    "threshold by risk": lambda each: any("first_stroke_on" in one.when for one in each.threshold_for),
    "threshold by frailty": lambda each: any("age" in one.when for one in each.threshold_for),
    "composite, all or none": lambda each: bool(each.numerator and each.numerator.of) and is_all(each),
    "composite, k of n": lambda each: bool(each.numerator and each.numerator.of) and not is_all(each),
    "interval by risk": lambda each: "first_" in is_met_by(each) and "twelve_months_before_on" in is_met_by(each),
    "share within n days, counted once n days have passed": lambda each: "followed" in (each.denominator.count or ""),
    "time from event to event, censored: median, 90th percentile, Kaplan–Meier curve": is_time,
    "time to the first of its kind": lambda each: is_time(each) and each.period == 24,
    "rate per person-time": lambda each: each.denominator.years is not None,
    "median": lambda each: each.kind == "median",
    "distribution in bands": lambda each: each.distribution is not None,
    "dated parameter": has_several_values,
}


def is_all(indicator: Indicator) -> bool:
    return indicator.numerator is not None and indicator.numerator.at_least == "all"


def test_the_page_has_a_row_for_every_kind_and_no_other() -> None:
    assert [kind for kind, _, _ in rows()] == list(KINDS)


@pytest.mark.parametrize(("kind", "name", "case"), rows(), ids=lambda value: value if len(value) < 40 else "")
def test_a_kind_names_an_indicator_that_uses_it_and_a_drawn_case(kind: str, name: str, case: str) -> None:
    assert KINDS[kind](defined(name))
    assert case in CASES[name]
