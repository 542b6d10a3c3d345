"""Complementary suppression: which further cells must be hidden so that no hidden cell can be worked out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.audit import Findings, audit, subtract
from indicators.disclosure.insiders import InsiderFindings, audit_insiders
from indicators.disclosure.one_equation import OneEquation
from indicators.disclosure.repair import Repair
from indicators.disclosure.system import EXACT, System
from indicators.disclosure.taking_back import take_back

MOST_ROUNDS = 400


class CannotBeProtectedError(Exception):
    """Hiding cells one by one leaves counts that can be worked out.

    Attributes:
        counts: The counts, as numbers of variables.
    """

    def __init__(self, counts: NDArray[np.int64]) -> None:
        super().__init__(f"{counts.size} counts")
        self.counts = counts


@dataclass(frozen=True)
class Protected:
    """Which cells of a period are hidden so that nothing can be worked out.

    Attributes:
        cells: The hidden cells.
        findings: What the audit found with an outsider's eyes.
        insiders: What it found with the eyes of each unit that knows its own numbers.
    """

    cells: NDArray[np.bool_]
    findings: Findings
    insiders: InsiderFindings


def hide_enough(system: System, primary: NDArray[np.bool_], width: int, knows: NDArray[np.bool_]) -> Protected:
    """Return which cells are hidden so that neither an outsider nor an insider can work anything out.

    Cells are given up greedily, cheapest first and in a fixed order, so the same input hides the same cells. First
    every equation that tells somebody too much gets one more unknown, and cells that have become needless are shown
    again. What the audit's stronger attacks still find is then let move by hiding the cheapest cells that allow it.
    When outsiders find nothing, the same is done with each insider's own counts held still.

    Args:
        system: The period's counts and equations.
        primary: Cells that a primary rule hides.
        width: Smallest allowed distance between the lowest and highest possible value of a small count.
        knows: By unit (the last row is nobody) and insider, whether the insider knows the unit's counts.

    Raises:
        CannotBeProtectedError: Hiding everything around a count did not protect it, or no end was found.
    """
    hidden = primary.copy()
    one = OneEquation(system, width, knows)
    earlier: NDArray[np.float64] | None = None
    repair = Repair(system)
    safe: NDArray[np.bool_] | None = None
    found = np.zeros(0, dtype=np.int64)
    is_first_audit = True
    for _ in range(MOST_ROUNDS):
        before = int(hidden.sum())
        known, told_by = subtract(system, system.visible(hidden))
        found = np.flatnonzero(system.protected(hidden) & known)
        is_told = bool(found.size)
        if not is_told:
            bound, equation = one.binds(known)
            told_by[bound[::-1]] = equation[::-1]
            found = np.unique(bound)
        if found.size:
            _give_up(system, hidden, found, known, told_by)
            if int(hidden.sum()) > before:
                continue
            if is_told:
                break
        if is_first_audit:
            take_back(system, hidden, primary, known, one)
            before, is_first_audit = int(hidden.sum()), False
        findings = audit(system, hidden, width, earlier=earlier)
        earlier = findings.width
        if findings.is_safe:
            learnt = audit_insiders(system, hidden, width, knows, safe)
            if learnt.is_safe:
                return Protected(hidden, findings, learnt)
            safe = _hide_from_insiders(system, hidden, learnt, knows, width, repair)
            found = learnt.small[~safe.all(axis=1)]
            if int(hidden.sum()) == before and found.size:
                break
            continue
        found = np.flatnonzero(findings.exact | findings.narrow)
        upwards = np.where(findings.exact, 1.0, width - findings.below)[found]
        moved = repair.let_move(hidden, dict(zip(found.tolist(), upwards.tolist(), strict=True)))
        if moved is None:
            _give_up(system, hidden, found, known, told_by)
        else:
            earlier[findings.narrow & (moved >= width - findings.below - EXACT)] = width
        if int(hidden.sum()) == before:
            break
    raise CannotBeProtectedError(found)


def _hide_from_insiders(
    system: System,
    hidden: NDArray[np.bool_],
    learnt: InsiderFindings,
    knows: NDArray[np.bool_],
    width: int,
    repair: Repair,
) -> NDArray[np.bool_]:
    """Hide the cheapest cells so that counts can move while the insider's own counts stay, and return what is safe.

    Where nothing lets a count move, not even a release without numbers would: the unit's own numbers tell it alone.
    """
    safe = learnt.safe.copy()
    made: list[NDArray[np.float64]] = []
    for place in np.flatnonzero(~learnt.safe.all(axis=0)):
        still = knows[system.holder, place]
        told, _ = subtract(system, still)
        safe[told[learnt.small], place] = True
        for at in np.flatnonzero(~safe[:, place]):
            count, lacks = int(learnt.small[at]), width - float(learnt.below[at, place])
            if any(move[count] > lacks - EXACT and not move[still].any() for move in made):
                safe[at, place] = True
                continue
            moves = repair.let_move_beside(hidden, count, width - lacks, width, still)
            safe[at, place] = all(system.allows(move, hidden, still) for move in moves)
            made += moves
    return safe


def _give_up(
    system: System,
    hidden: NDArray[np.bool_],
    found: NDArray[np.int64],
    known: NDArray[np.bool_],
    told_by: NDArray[np.int64],
) -> None:
    """Hide, for each variable found, the cheapest cells of the equation that tells it, or binds it most.

    Small equations are answered first, and variables near an answered one wait for the next round: the same cells may
    protect both.
    """
    unknown_in = np.asarray(system.pattern @ (~known).astype(np.int64))
    parts = np.diff(system.pattern.indptr)
    equation_of = told_by[found]
    for place in np.flatnonzero(equation_of < 0):
        around = _around(system.by_variable, found[place])
        equation_of[place] = around[np.lexsort((parts[around], unknown_in[around]))[0]]
    touched = np.zeros(known.size, dtype=bool)
    for place in np.lexsort((found, parts[equation_of])):
        near = _around(system.pattern, equation_of[place])
        if touched[near].any():
            continue
        chosen = _cheapest(system, hidden, equation_of[place], told_by)
        hidden[chosen] = True
        touched[near] = True
        for cell in chosen:
            touched[_around(system.shows, cell)] = True


def _cheapest(
    system: System, hidden: NDArray[np.bool_], equation: int, told_by: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the cells whose hiding makes one more variable of an equation unknown, at the lowest cost.

    Where no cell of the equation is shown, those of the equations that told its variables are taken, and so on. There
    are none where everything around the equation is hidden already.
    """
    done: set[int] = set()
    beside: set[int] = set()
    ring = {int(equation)}
    while ring:
        done |= ring
        near = np.unique(np.concatenate([_around(system.pattern, each) for each in sorted(ring)]))
        offers = []
        for variable in near[~system.told[near]] if system.told.size else near:
            cells = _around(system.shown_by, variable)
            cells = cells[~hidden[cells]]
            if cells.size:
                offers.append((float(system.cost[cells].sum()), int(variable), cells))
        if offers:
            return min(offers, key=lambda offer: offer[:2])[2]
        told = {int(each) for each in told_by[near] if each >= 0}
        beside |= {int(each) for variable in near for each in _around(system.by_variable, variable)}
        ring = (told - done) or (beside - done)
    return np.zeros(0, dtype=np.int64)


def _around(matrix: sparse.csr_matrix | sparse.csc_matrix, line: int) -> NDArray[np.int64]:
    """Return the other ends of a row's (or, when stored by column, a column's) entries."""
    return matrix.indices[matrix.indptr[line] : matrix.indptr[line + 1]]
