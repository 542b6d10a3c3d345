"""Cells that were hidden early and are needless now, because later ones protect the same counts.

Cells are hidden equation by equation, and what is hidden for one often protects the next as well. So when every
equation is answered, each cell is tried once: shown again, does subtraction or one equation tell anything? Only the
equations nearby change, so that a trial costs a fraction of a millisecond.
"""

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.one_equation import OneEquation, entries
from indicators.disclosure.system import System


def take_back(
    system: System, hidden: NDArray[np.bool_], primary: NDArray[np.bool_], known: NDArray[np.bool_], one: OneEquation
) -> None:
    """Show cells again that need not be hidden, the most costly first.

    Args:
        system: The period's counts and equations.
        hidden: Which cells are hidden, so that subtraction tells nothing protected; fewer are afterwards.
        primary: Cells that a primary rule hides; they stay hidden.
        known: What the shown cells tell, by subtraction too.
        one: The equations, looked at one by one.
    """
    cells = np.flatnonzero(hidden & ~primary)
    unknown_in = np.asarray(system.pattern @ (~known).astype(np.int64))
    owners = system.own.tocsc()
    known = known.copy()
    for cell in cells[np.lexsort((cells, -system.cost[cells]))]:
        hidden[cell] = False
        news = system.shows.indices[system.shows.indptr[cell] : system.shows.indptr[cell + 1]].astype(np.int64)
        news = news[~known[news]]
        is_safe = not system.small[news].any()
        learnt, near = [news], [np.zeros(0, dtype=np.int64)]
        known[news] = True
        while is_safe and news.size:
            equation = system.by_variable.indices[entries(system.by_variable, news)[1]].astype(np.int64)
            np.subtract.at(unknown_in, equation, 1)
            near.append(equation)
            concerned = np.unique(equation)
            solvable = concerned[unknown_in[concerned] == 1]
            solved = system.pattern.indices[entries(system.pattern, solvable)[1]]
            news = np.unique(solved[~known[solved]]).astype(np.int64)
            known[news] = True
            learnt.append(news)
            is_owned = hidden[owners.indices[entries(owners, news)[1]]].any()
            is_safe = not (is_owned or system.small[news].any())
        if not is_safe or one.binds(known, np.unique(np.concatenate(near)))[0].size:
            # Undone entry by entry: a period of a whole country has a million counts, and a trial concerns a few.
            hidden[cell] = True
            known[np.concatenate(learnt)] = False
            np.add.at(unknown_in, np.concatenate(near), 1)
