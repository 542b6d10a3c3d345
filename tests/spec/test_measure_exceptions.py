"""An exception takes out only those who would not meet the measure, and never those who are excluded already."""

from dataclasses import replace

from indicators.definitions.definition import Clause
from tests.lib.drawn_measures import drawn_bundles
from tests.lib.measured import found_of, measures

DRAWING = """
observation
patient | code                  | at         | value
1       | hba1c_laboratory_test | 2026-05-01 | 7
2       | hba1c_laboratory_test | 2026-05-01 | 10
3       | hba1c_laboratory_test | 2026-05-01 | 7
4       | hba1c_laboratory_test | 2026-05-01 | 7

encounter
patient | code              | at
3       | hospice_encounter | 2026-05-01..2026-05-01

bare
patient | lacks
4       | diagnosis
"""


def test_an_exception_counts_for_those_in_the_denominator_who_do_not_meet_the_measure(tmp_path):
    (sound,) = [each for each in measures().measures if each.reports == "CMS122"]
    exception = Clause.model_validate({"who": "Had a visit", "when": "adult_visit"})
    excepted = sound.model_copy(update={"exceptions": (exception,)})
    known = replace(measures(), measures=(excepted,))
    found = found_of(drawn_bundles("CMS122", DRAWING, [1, 2, 3, 4]), tmp_path, known)
    told = {subject: [name for name, count in counts.items() if count] for (subject, _), counts in found.items()}
    inside = ["initial-population", "denominator"]
    assert told == {
        "p1": [*inside, "denominator-exception"],
        "p2": [*inside, "numerator"],
        "p3": [*inside, "denominator-exclusion"],
        "p4": [],
    }
