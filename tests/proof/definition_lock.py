"""The meaning of every definition as one hash beside its version, so that no number changes unnoticed.

A meaning is all that a result depends on: expressions, population, period, missing-value policy, the dated values of
parameters, the SQL of variables and the codes of their lists; not the words, and not the layout of SQL. Classifiers
have hashes of their own, because every definition stands on them; published measures, because they stand on none.

    make definition-lock                                     after a version was raised
    make definition-lock SAME_NUMBERS="why none changes"     after a change that leaves every number as it was

Writing is refused when a meaning has changed and neither holds; the reason given is kept in the lock.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import yaml

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator
from indicators.definitions.variables import Variable
from tests.lib.evaluate import catalogue, neighbours
from tests.lib.measured import measures
from tests.proof.measure_meaning import meaning_of_measure
from tests.proof.sql_mutants import parse, text_of

LOCK = Path(__file__).parent / "locked_definitions.yaml"
LIST_NAME = re.compile(r"'([a-z][a-z0-9_]+)'")
NOT_A_NUMBER = {"evidence.value", "evidence.day"}
MAY_BE_LEFT_OUT = ("ends_on", "acceptable", "smallest_denominator", "smallest_completeness", "look_back")
HEAD = "# Written by `make definition-lock`; do not edit. What the hashes cover: tests/proof/definition_lock.py\n"
Locked = dict[str, Any]


def hash_of(meaning: object) -> str:
    """Return a short hash of something that JSON can hold."""
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def normal(sql: str) -> str:
    """Return SQL without layout and comments."""
    return text_of(parse(sql))


def codes_named_in(known: Catalogue, sql: str) -> list[list[str]]:
    """Return the rows of the code lists that a statement names."""
    lists = sorted(set(LIST_NAME.findall(sql)))
    rows = known.codelists.filter(known.codelists["list"].is_in(lists)).sort("list", "system", "code")
    return [list(row) for row in rows.rows()]


def values_of(known: Catalogue, names: frozenset[str] | set[str]) -> dict[str, object]:
    """Return the dated values of some parameters."""
    return {
        name: {
            "unit": known.parameters[name].unit,
            "also_before": known.parameters[name].also_before,
            "is_strict": known.parameters[name].is_strict,
            "values": [[dated.from_on, dated.value] for dated in known.parameters[name].values],
        }
        for name in sorted(names & set(known.parameters))
    }


def meaning_of_variable(known: Catalogue, variable: Variable) -> dict[str, object]:
    """Return all that a variable's values depend on."""
    meaning = {"rows": variable.rows, "sql": normal(variable.sql), "codes": codes_named_in(known, variable.sql)}
    return meaning | ({"within": variable.within} if variable.within else {})


def meaning_of(known: Catalogue, indicator: Indicator) -> dict[str, object]:
    """Return all that a definition's results depend on."""
    variables = known.variables_of(indicator)
    return {
        "kind": indicator.kind,
        "counts": indicator.counts,
        "direction": indicator.direction,
        "period": indicator.period,
        "missing_values": indicator.missing_values,
        "threshold": indicator.threshold,
        "target": indicator.target,
        "population": normal(known.population_of(indicator)),
        "expressions": {key: normal(sql) for key, sql in indicator.expressions().items() if key not in NOT_A_NUMBER},
        "variables": {variable.name: meaning_of_variable(known, variable) for variable in variables},
        "parameters": values_of(known, known.parameters_of([indicator])),
    } | {name: value for name in MAY_BE_LEFT_OUT if (value := getattr(indicator, name))}


def locked(known: Catalogue) -> dict[str, dict[str, object]]:
    """Return version and meaning of each of a catalogue's definitions, with the parameters and codes of its country."""
    return {
        indicator.id: {"version": indicator.version, "meaning": hash_of(meaning_of(known, indicator))}
        for indicator in known.indicators
    }


def present(known: Catalogue) -> Locked:
    """Return what the lock should say."""
    steps = {f"steps/{name}": sql for name, sql in known.classifier_steps.items()}
    classifiers = {
        name: hash_of(
            {
                "sql": normal(sql),
                "codes": codes_named_in(known, sql),
                "parameters": values_of(known, set(known.parameters) & set(re.findall(r"\$([a-z_0-9]+)", sql))),
            }
        )
        for name, sql in (known.classifiers | steps).items()
    }
    definitions = locked(known) | {
        f"{country}/{name}": entry
        for country in neighbours()
        for name, entry in locked(catalogue(country=country)).items()
    }
    published = {
        measure.id: {"version": measure.version, "meaning": hash_of(meaning_of_measure(measures(), measure))}
        for measure in measures().measures
    }
    return {"classifiers": classifiers, "definitions": definitions, "measures": published}


def read_lock() -> Locked:
    """Return the lock."""
    return yaml.safe_load(LOCK.read_text(encoding="utf-8"))


def unexplained(old: Locked, new: Locked) -> list[str]:
    """Return what changed its meaning without a higher version."""
    found = [
        name
        for part in ("definitions", "measures")
        for name, entry in new.get(part, {}).items()
        if name in old.get(part, {})
        and entry["meaning"] != old[part][name]["meaning"]
        and entry["version"] <= old[part][name]["version"]
    ]
    changed = [name for name, meaning in new["classifiers"].items() if old["classifiers"].get(name, meaning) != meaning]
    return found + [f"classifier {name}" for name in changed]


def write_lock(same_numbers: str | None) -> None:
    """Write the lock anew.

    Raises:
        SystemExit: A meaning changed without a higher version, and no reason says why no number changes.
    """
    new = present(catalogue())
    old = read_lock() if LOCK.exists() else {"definitions": {}, "classifiers": {}}
    reasons = list(old.get("same_numbers", []))
    if changed := unexplained(old, new):
        if not same_numbers:
            raise SystemExit(
                f"The meaning of {', '.join(changed)} has changed. Raise the version and say in CHANGELOG.md, under "
                '"Numbers that change", which numbers change and why; or give SAME_NUMBERS="why none changes".'
            )
        reasons.append({"why": same_numbers, "of": changed})
    text = yaml.safe_dump(new | {"same_numbers": reasons}, sort_keys=True, allow_unicode=True, width=120)
    LOCK.write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write tests/proof/locked_definitions.yaml anew.")
    parser.add_argument("--same-numbers", help="why no number changes although a meaning did")
    write_lock(parser.parse_args().same_numbers or None)
