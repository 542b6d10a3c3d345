"""Attack on a series of closed quarters: events over a year, told four times a year, overlap by nine months.

The attacker takes the count of each reporting date for the sum of four quarters, which nobody has published: the
difference of two neighbouring dates is the quarter that came in less the one that went out. That is exact where the
same people are followed all the time, which is the best that an attacker can hope for.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from attacks.attacker import Attacker, Place, Variable

QUARTERS = 4


def over_the_year(number: int, where: Place) -> Variable:
    """Return the variable of the events of the year up to a reporting date, which is counted from 0."""
    return f"year {number}", where


def in_the_quarter(number: int, where: Place) -> Variable:
    """Return the variable of a quarter's events; that of reporting date 0 has the number 3."""
    return f"quarter {number}", where


def series(release: Path, periods: Sequence[date], name: str) -> Attacker:
    """Return the attacker who knows all that is shown of one count of events, and how years are made of quarters.

    Args:
        release: The file.
        periods: Reporting dates a quarter apart, oldest first; each count is that of the year up to its date.
        name: The indicator, whose numerator counts events.
    """
    alone = [Attacker(release, period) for period in periods]
    together = alone[-1].knowing({})
    together.known, together.equations = {}, []
    places = set()
    for number, attacker in enumerate(alone):
        shown = {where: value for (quantity, where), value in attacker.known.items() if quantity == f"{name}.numerator"}
        together.known |= {over_the_year(number, where): value for where, value in shown.items()}
        places |= shown.keys() | {where for hidden, where in attacker.hidden if hidden == name}
    for where in sorted(places):
        for number in range(len(alone)):
            quarters = [in_the_quarter(number + later, where) for later in range(QUARTERS)]
            together.equations.append({over_the_year(number, where): -1} | dict.fromkeys(quarters, 1))
    for (_, of_total), parts in together.sums(places).items():
        for number in range(len(alone) + QUARTERS - 1):
            events = [in_the_quarter(number, part) for part in parts]
            together.equations.append({in_the_quarter(number, of_total): -1} | dict.fromkeys(events, 1))
    return together
