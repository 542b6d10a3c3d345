"""No definition changes its meaning without a higher version and a line in the changelog."""

from dataclasses import replace

import pytest

from indicators.definitions.definition_files import definition_paths
from tests.lib.evaluate import ROOT, catalogue, neighbours
from tests.lib.measured import measures
from tests.proof.definition_lock import meaning_of, present, read_lock, unexplained
from tests.proof.measure_meaning import meaning_of_measure

OF_MANY = {path.stem for path in definition_paths("type_2_diabetes")}


def later_versions() -> dict[str, int]:
    """Return the version of each definition and measure past its first, by the name that the changelog gives it."""
    found = {each.id: each.version for each in catalogue().indicators}
    for country in neighbours():
        for each in catalogue(country=country).indicators:
            found[each.id if each.id in OF_MANY else f"{country}/{each.id}"] = each.version
    found |= {each.id: each.version for each in measures().measures}
    return {name: version for name, version in found.items() if version > 1}


def numbers_that_change() -> str:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.partition("## Numbers that change")[2].partition("## Versions")[0]


def test_every_definition_means_what_the_lock_says():
    locked, found = read_lock(), present(catalogue())
    for part in ("classifiers", "definitions", "measures"):
        differs = {name for name in {*locked[part], *found[part]} if locked[part].get(name) != found[part].get(name)}
        assert not differs, (
            "the meaning changed; raise `version`, say it in CHANGELOG.md under Numbers that change, and run "
            "`make definition-lock`"
        )


@pytest.mark.parametrize(("name", "version"), later_versions().items())
def test_the_changelog_says_why_a_later_version_gives_other_numbers(name, version):
    lines = [" ".join(line.split()) for line in numbers_that_change().split("\n- ")]
    assert [line for line in lines if f"`{name}` version {version}" in line and ": " in line]


def test_a_neighbours_later_version_is_asked_for_too():
    assert any("/" in name for name in later_versions())


def test_words_and_layout_do_not_count_but_an_expression_a_value_or_a_code_does():
    known = catalogue()
    before = known.indicator("hba1c_below_59")
    was = meaning_of(known, before)
    clause = before.numerator
    laid_out = before.model_copy(
        update={"numerator": clause.model_copy(update={"when": f"\n  {clause.when.lower()}  "})}
    )
    renamed = before.model_copy(update={"title": before.question, "examples": ("another",)})
    other = before.model_copy(update={"numerator": clause.model_copy(update={"when": clause.when.replace("<", "<=")})})
    assert meaning_of(known, laid_out) == meaning_of(known, renamed) == was
    assert meaning_of(known, other) != was
    parameter = known.parameters["hba1c_common_limit_mmol_mol"]
    raised = parameter.model_copy(
        update={"values": tuple(v.model_copy(update={"value": 60}) for v in parameter.values)}
    )
    assert (
        meaning_of(replace(known, parameters={**known.parameters, "hba1c_common_limit_mmol_mol": raised}), before)
        != was
    )
    stroke = known.indicator("stroke")
    fewer = replace(known, codelists=known.codelists.filter(known.codelists["code"] != "DI63"))
    assert meaning_of(fewer, stroke) != meaning_of(known, stroke)
    assert meaning_of(fewer, before) == was


def test_a_measure_means_what_its_criteria_statuses_and_variables_say():
    known = measures()
    (measure,) = [each for each in known.measures if each.reports == "CMS951"]
    was = meaning_of_measure(known, measure)

    def with_criterion(name: str, **parts) -> dict:
        changed = known.criteria.criteria[name].model_copy(update=parts)
        criteria = known.criteria.model_copy(update={"criteria": known.criteria.criteria | {name: changed}})
        return meaning_of_measure(replace(known, criteria=criteria), measure)

    assert with_criterion("hospice_order", who=measure.title) == was
    assert with_criterion("hospice_order", timing="overlaps") != was
    assert with_criterion("frailty_sign", timing="within") == was
    fewer = known.criteria.model_copy(update={"counted_intent": ("order",)})
    assert meaning_of_measure(replace(known, criteria=fewer), measure) != was
    variable = known.variables["urine_albumin_and_creatinine"]
    changed = {variable.name: replace(variable, sql=variable.sql.replace("<=", "<"))}
    assert meaning_of_measure(replace(known, variables={**known.variables, **changed}), measure) != was


def test_a_changed_meaning_needs_a_higher_version():
    old = {"classifiers": {"osdc": "a"}, "definitions": {"stroke": {"version": 1, "meaning": "a"}}}

    def changed(meaning: str, version: int) -> dict:
        return old | {"definitions": {"stroke": {"version": version, "meaning": meaning}}}

    assert unexplained(old, old) == []
    assert unexplained(old, changed("b", 1)) == ["stroke"]
    assert unexplained(old, changed("b", 2)) == []
    assert unexplained(old, old | {"classifiers": {"osdc": "b"}}) == ["classifier osdc"]
