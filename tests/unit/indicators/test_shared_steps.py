"""What several variables have in common is taken once, and means what each of them says."""

import pytest

from indicators.definitions.variables import load_variables, parse_variable
from indicators.patients.shared_steps import shared_steps
from tvaers.errors import DefinitionError

HEADER = "-- label: A\n-- unit: -\n-- rows: patient\n-- sources: measurement\n-- ties: -\n"
STEPS = {
    "seen": "SELECT patient_id, taken_on AS seen_on FROM measurement",
    "last_seen": "SELECT patient_id, max(seen_on) AS seen_on FROM step.seen GROUP BY patient_id",
    "of_result": "SELECT patient_id FROM result",
}


def test_a_step_of_two_variables_becomes_a_table_and_is_read_by_both() -> None:
    one = parse_variable("one", HEADER + "SELECT patient_id FROM step.seen", STEPS)
    other = parse_variable("other", HEADER + "SELECT patient_id, seen_on FROM step.last_seen", STEPS)
    found = shared_steps([one, other])
    assert found.tables == {"step_seen": STEPS["seen"]}
    assert found.selects["one"] == "SELECT patient_id FROM step_seen AS seen"
    assert "FROM step_seen AS seen GROUP BY" in found.selects["other"]


def test_a_step_within_a_step_that_is_shared_is_taken_with_it() -> None:
    variables = [
        parse_variable(name, HEADER + "SELECT patient_id FROM step.last_seen", STEPS) for name in ("one", "other")
    ]
    found = shared_steps(variables)
    assert list(found.tables) == ["step_last_seen"]
    assert STEPS["seen"] in found.tables["step_last_seen"]


def test_a_step_that_reads_what_its_variable_defines_stays_in_place() -> None:
    sql = "WITH result AS (SELECT patient_id FROM measurement) SELECT patient_id FROM step.of_result"
    variables = [parse_variable(name, HEADER + sql, STEPS) for name in ("one", "other")]
    found = shared_steps(variables)
    assert not found.tables
    assert found.selects == {each.name: each.sql for each in variables}


def test_a_variable_in_which_the_step_was_changed_keeps_its_own() -> None:
    variables = [parse_variable(name, HEADER + "SELECT patient_id FROM step.seen", STEPS) for name in ("one", "other")]
    changed = type(variables[0])(**{**vars(variables[0]), "sql": variables[0].sql.replace("taken_on", "taken_at")})
    found = shared_steps([changed, variables[1]])
    assert not found.tables
    assert found.selects["one"] == changed.sql


def test_tables_of_steps_stand_after_those_that_they_read() -> None:
    tables = list(shared_steps(list(load_variables("type_2_diabetes").values())).tables)
    assert tables.index("step_contacts_by_stay") < tables.index("step_stays")


def test_a_step_that_is_a_part_of_itself_is_refused() -> None:
    steps = {"a": "SELECT * FROM step.b", "b": "SELECT * FROM step.a"}
    with pytest.raises(DefinitionError, match="a part of itself"):
        parse_variable("one", HEADER + "SELECT patient_id FROM step.a", steps)


def test_a_step_that_nobody_wrote_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(DefinitionError, match="seeen"):
        parse_variable("one", HEADER + "SELECT patient_id FROM step.seeen", STEPS)
