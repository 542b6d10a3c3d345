"""The equations that are enough say what all of them say, and are fewer."""

import numpy as np
import polars as pl

from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import Related
from indicators.disclosure.system import System, build_system
from tests.lib.invented_cells import NESTED, invented_cells
from tests.lib.tiny_release import POLICY


def small_system() -> System:
    cells = invented_cells(patients=300, practices=4, clusters=2, quarters=1)
    nested = pl.col("indicator_id").str.starts_with("hba1c") & (pl.col("age_band") == "all")
    by_sex = (pl.col("sex") == "all") | (pl.col("level") == "all")
    results = cells.results.filter(nested & by_sex & (pl.col("level") != "hospital"))
    return build_system(results, cells.parents, load_policy(POLICY), NESTED, Related())


def test_all_equations_follow_from_those_that_are_enough() -> None:
    system = small_system()
    enough, everything = system.enough.toarray(), system.equations.toarray()
    rank = np.linalg.matrix_rank(everything)
    assert np.linalg.matrix_rank(enough) == rank
    assert np.linalg.matrix_rank(np.vstack([enough, everything])) == rank


def test_what_follows_from_others_is_left_out() -> None:
    system = small_system()
    assert rank_needed(system) <= system.enough.shape[0] < 0.8 * system.equations.shape[0]


def rank_needed(system: System) -> int:
    return int(np.linalg.matrix_rank(system.equations.toarray()))
