"""The drawn people stand on every row of the published table that decides between type 1 and type 2."""

from functools import cache

import pytest

from indicators.definitions.codelists import create_codelist
from indicators.dialect import bound_in, create_table, show_all_facts
from tests.lib.case_files import case_files, read_case_file
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue

FLAGS = (
    "has_only_insulin",
    "has_any_type_1_diagnosis",
    "has_majority_type_1",
    "has_two_thirds_insulin",
    "has_insulin_early",
)
EITHER = None
# Only insulin | any type 1 diagnosis | majority type 1 | two thirds insulin | insulin early | type
TABLE = [
    (True, True, True, EITHER, EITHER, "type_1"),
    (True, True, False, EITHER, EITHER, "type_1"),
    (True, False, EITHER, EITHER, EITHER, "type_2"),
    (False, EITHER, True, True, True, "type_1"),
    (False, EITHER, False, True, True, "type_2"),
    (False, EITHER, True, False, True, "type_2"),
    (False, EITHER, True, True, False, "type_2"),
    (False, EITHER, False, False, False, "type_2"),
]


@cache
def evidence(classifier: str) -> list[tuple]:
    """Return the five flags and the expected type of every drawn person whom a classifier includes."""
    known = catalogue()
    select = known.classifiers[classifier]
    flags = f"{select[: select.rindex('SELECT')]} SELECT patient_id, {', '.join(FLAGS)} FROM evidence"
    bound = bound_in(flags, known.classifier_values_on(known.indicators[0].reviewed_on))
    found = []
    for path in case_files(f"type_2_diabetes/classifier/{classifier}"):
        cases = read_case_file(path)
        with warehouse_of(cases[0].drawing) as con:
            show_all_facts(con)
            create_codelist(con, known.codelists)
            for name, step in known.classifier_steps.items():
                create_table(con, name, step)
            rows = {row[0]: row[1:] for row in con.execute(flags, bound).fetchall()}
        types = {patient_uuid(case.patient): case.outcome.split(" ")[0] for case in cases}
        found += [(*rows[person], types[person]) for person in rows]
    return found


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_row_of_the_table_has_a_drawn_person_who_gets_its_type(row: tuple):
    *flags, diabetes_type = row
    on_the_row = [
        person
        for person in evidence("osdc")
        if all(flag is EITHER or flag == own for flag, own in zip(flags, person[:5], strict=True))
    ]
    assert on_the_row
    assert {person[5] for person in on_the_row} == {diabetes_type}


def test_the_table_has_a_row_for_everybody():
    for person in evidence("osdc"):
        only, any_type_1, majority, two_thirds, early, diabetes_type = person
        is_type_1 = (only and any_type_1) or (not only and majority and two_thirds and early)
        assert diabetes_type == ("type_1" if is_type_1 else "type_2")
