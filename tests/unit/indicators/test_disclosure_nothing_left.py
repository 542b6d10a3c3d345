"""Hidden cells that a shown nought tells in full are shown."""

import numpy as np
import pytest

from indicators.disclosure.nothing_left import show_what_is_told
from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import Related
from indicators.disclosure.system import build_system
from tests.lib.drawn_cells import cell, cells, clusters
from tests.lib.tiny_release import POLICY

NAMES = ["all", "A", "B"]


def still_hidden(numerators: tuple[int, int, int], primary: tuple[str, ...] = ()) -> list[str]:
    """Return which of two municipalities stay hidden; the whole is shown, and so is another indicator."""
    places = ["all/all", "municipality/A", "municipality/B"]
    drawn = cells(
        *(cell(place, met, of) for place, met, of in zip(places, numerators, (60, 30, 30), strict=True)),
        *(cell(place, of // 2, of, indicator_id="foot") for place, of in zip(places, (60, 30, 30), strict=True)),
    )
    system = build_system(drawn, clusters(), load_policy(POLICY), (), Related())
    of_first = (drawn["indicator_id"] == "eye_examined").to_numpy()
    unit = drawn["unit_id"].to_numpy()
    hidden = of_first & np.isin(unit, ["A", "B"])
    found = show_what_is_told(system, hidden, of_first & np.isin(unit, primary))
    return sorted(unit[found])


def test_noughts_that_a_total_of_nought_tells_are_shown() -> None:
    assert still_hidden((0, 0, 0)) == []


def test_what_a_primary_rule_hides_stays_hidden() -> None:
    assert still_hidden((0, 0, 0), primary=("A",)) == ["A"]


@pytest.mark.parametrize("numerators", [(6, 0, 6), (20, 10, 10)])
def test_a_nought_that_no_total_tells_stays_hidden(numerators: tuple[int, int, int]) -> None:
    assert still_hidden(numerators) == ["A", "B"]
