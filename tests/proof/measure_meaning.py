"""The meaning of each published measure: all that its populations depend on, for the lock of definitions."""

from typing import Any

from indicators.measures.definition import Measure, MeasureSet, parameters_of


def meaning_of_measure(known: MeasureSet, measure: Measure) -> dict[str, Any]:
    """Return all that a measure's populations depend on; not the words, and not the licensed codes."""
    names, criteria = known.names_of(measure), known.criteria
    read = {part for name in names if name in criteria.criteria for part in (name, *criteria.parts_of(name))}
    variables = [known.variables[name] for name, columns in known.columns.items() if names & set(columns)]
    parameters = parameters_of(known, measure).union(*(variable.parameters for variable in variables))
    lists = known.lists_of(measure)
    own = known.codelists.filter(known.codelists["list"].is_in(sorted(lists))).sort("list", "system", "code")
    return {
        "expressions": {key: " ".join(sql.split()) for key, sql in known.expressions_of(measure).items()},
        "missing_values": measure.missing_values,
        "period": measure.period,
        "criteria": {name: criteria.criteria[name].model_dump(exclude={"who"}) for name in sorted(read)},
        "counted": [criteria.counted_status, criteria.counted_intent],
        "variables": {variable.name: " ".join(variable.sql.split()) for variable in variables},
        "parameters": {
            name: [[dated.from_on, dated.value] for dated in known.parameters[name].values]
            for name in sorted(parameters)
        },
        "codes": [list(row) for row in own.rows()],
        "value_sets": {name: known.value_sets[name].url for name in sorted(lists & set(known.value_sets))},
    }
