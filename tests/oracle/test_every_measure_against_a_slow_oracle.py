"""The measures agree, patient by patient, with an independent slow implementation."""

import random

from tests.lib.measured import found_of, outcome_of
from tests.oracle.random_test_patients import names_of, random_patient
from tests.oracle.slow_measures import SLOW, slow_populations

PATIENTS_OF_EACH = 200


def test_the_measures_find_what_the_slow_implementation_finds(tmp_path):
    chance = random.Random(2026)
    bundles, slow = [], {}
    for place, measure in enumerate(SLOW):
        for number in range(PATIENTS_OF_EACH):
            drawn = random_patient(chance, place * PATIENTS_OF_EACH + number, measure)
            bundles.append(drawn)
            slow[drawn["entry"][0]["resource"]["id"], measure] = slow_populations(drawn, measure, names_of)
    found = found_of(bundles, tmp_path)
    differing = {key: (slow[key], found[key]) for key in slow if found.get(key) != slow[key]}
    assert differing == {}
    for measure in SLOW:
        outcomes = [outcome_of(counts) for (_, own), counts in found.items() if own == measure]
        assert min(outcomes.count(each) for each in ("met", "not met", "excluded")) >= 5, measure
