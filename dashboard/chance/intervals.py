"""Intervals at 95 % of shares and rates that are put together from several published cells.

Wilson's score interval for shares and Garwood's exact one for rates, as the release has them for its own cells.
"""

import math

from scipy.special import chdtri

TAIL = 0.025
# Upper 2.5 % point of the normal distribution.
NORMAL_POINT = 1.9599639845400545


def of_share(met: int, people: int) -> tuple[float, float]:
    """Return Wilson's interval of a share, both ends 0–1; `people` above 0."""
    share, squared = met / people, NORMAL_POINT**2
    centre = share + squared / (2 * people)
    half = NORMAL_POINT * math.sqrt(share * (1 - share) / people + squared / (4 * people**2))
    whole = 1 + squared / people
    low = 0.0 if met == 0 else (centre - half) / whole
    return low, 1.0 if met == people else (centre + half) / whole


def of_count(events: float) -> tuple[float, float]:
    """Return Garwood's interval of the number of events that are expected, given how many there were."""
    low = 0.0 if events == 0 else float(chdtri(2 * events, 1 - TAIL)) / 2
    return low, float(chdtri(2 * (events + 1), TAIL)) / 2
