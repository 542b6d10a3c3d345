"""Hidden cells that everybody can work out, because a shown total says that nobody is in any of its parts."""

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.audit import subtract
from indicators.disclosure.system import System


def show_what_is_told(system: System, hidden: NDArray[np.bool_], primary: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the hidden cells without those that the shown ones tell in full.

    A count that is nought is no small group, so nothing forbids to show that it is. A cell hidden only for the sake of
    others, of which the reader knows everything because a total of nought has nothing but noughts for parts, is shown:
    it tells nothing that was not told, and no hidden cell can be worked out.

    Args:
        system: The period's counts and equations.
        hidden: The cells that are hidden.
        primary: Of them, those that a primary rule hides whatever others tell.
    """
    known, is_total = system.visible(hidden), system.equations < 0
    nobody = system.truth == 0
    while True:
        known, _ = subtract(system, known)
        empty = np.asarray(is_total.astype(np.int64) @ (known & nobody).astype(np.int64)) > 0
        told = (np.asarray(system.pattern[empty].sum(axis=0)).ravel() > 0) & ~known
        if not told.any():
            break
        known |= told
    is_told = np.asarray(system.shows @ (~known).astype(np.int64)) == 0
    return hidden & ~(is_told & ~primary)
