"""A move along a slice keeps every equation, takes no count below zero, and leaves alone whom it must."""

from functools import cache

import numpy as np
import pytest

from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import Related
from indicators.disclosure.slices import Slices
from indicators.disclosure.system import System, build_system
from tests.lib.invented_cells import NESTED, invented_cells
from tests.lib.tiny_release import POLICY

FAR = 3.0


@cache
def system() -> System:
    cells = invented_cells(patients=700, practices=6, clusters=2, quarters=1)
    return build_system(cells.results, cells.parents, load_policy(POLICY), NESTED, Related())


def first_practice() -> int:
    return next(number for number, (level, _) in enumerate(system().units) if level == "practice")


@cache
def moves_of_small_counts() -> tuple[tuple[int, np.ndarray], ...]:
    of = system()
    assert of.grid
    slices, price = Slices(of.grid, of.truth), np.asarray(of.shows.T @ of.cost)
    others = np.isin(of.holder, [number for number, (level, _) in enumerate(of.units) if level == "practice"])
    small = np.flatnonzero(of.small & others & (of.holder != first_practice()))
    stays = of.holder == first_practice()
    found = [(int(count), slices.cheapest(price, int(count), FAR, stays)) for count in small]
    return tuple((count, moved) for count, moved in found if moved is not None)


def test_moves_are_found_for_small_counts_of_practices() -> None:
    assert len(moves_of_small_counts()) > 5


def test_a_move_keeps_every_total_and_sum_and_no_count_falls_below_zero() -> None:
    for count, moved in moves_of_small_counts():
        assert moved[count] == pytest.approx(FAR)
        assert abs(system().equations @ moved).max() < 1e-9
        assert (system().truth + moved).min() > -1e-9


def test_a_move_leaves_alone_those_who_stay() -> None:
    stays = system().holder == first_practice()
    assert not any(moved[stays].any() for _, moved in moves_of_small_counts())
