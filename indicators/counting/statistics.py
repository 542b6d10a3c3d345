"""Intervals at 95 %: Wilson for proportions, exact for rates, order statistics for medians; all on whole columns.

The libraries of statistics take longer to load than one indicator to compute, so the intervals are written with the
functions that those use themselves, and loaded where a rate or median needs them. Tests hold all three equal to the
libraries'.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
ALPHA = 0.05
# Upper 2.5 % point of the normal distribution.
NORMAL_POINT = 1.9599639845400545
PATIENT_YEARS = 1000


def proportion(numerator: Numbers, denominator: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return each proportion (0–1) and its Wilson score interval; NaN where the denominator is 0."""
    value, low, high = (np.full(len(numerator), np.nan) for _ in range(3))
    counted = denominator > 0
    if counted.any():
        hits, cases = numerator[counted], denominator[counted]
        value[counted] = hits / cases
        share, squared = hits / cases, NORMAL_POINT**2
        centre = (share + squared / (2 * cases)) / (1 + squared / cases)
        half = NORMAL_POINT * np.sqrt(share * (1.0 - share) / cases + squared / (4.0 * cases**2))
        half /= 1 + squared / cases
        low[counted], high[counted] = centre - half, centre + half
        # The score interval ends exactly at 0 and 1 where all or none meet; floating point leaves a trace beyond.
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
        low[counted & (numerator == 0)] = 0.0
        high[counted & (numerator == denominator)] = 1.0
    return value, low, high


def rate(events: Numbers, patient_years: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return events per 1,000 patient-years and the exact (Garwood) Poisson interval; NaN without patient-years."""
    from scipy.special import gammainccinv, gammaincinv

    value, low, high = (np.full(len(events), np.nan) for _ in range(3))
    counted = patient_years > 0
    if counted.any():
        thousands = patient_years[counted] / PATIENT_YEARS
        value[counted] = events[counted] / thousands
        distinct, place = np.unique(events[counted], return_inverse=True)
        count_low = np.where(distinct > 0, gammaincinv(np.maximum(distinct, 1), ALPHA / 2), 0.0)
        low[counted] = count_low[place] / thousands
        high[counted] = gammainccinv(distinct + 1, ALPHA / 2)[place] / thousands
    return value, low, high


def median_ranks(numbers: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Return which ranks (from 1) of so many sorted values are the median and the ends of its interval.

    The median is the mean of the values at `lower` and `upper`. The interval between the values at `low` and `high`
    holds the median with at least 95 % for any distribution; `low` is 0 where there are too few values (below six).
    """
    from scipy.special import bdtr, bdtrik

    # The smallest number that a binomial one is at most with the given chance; the inverse may be off by one.
    found = np.ceil(bdtrik(ALPHA / 2, numbers, 0.5))
    before = np.maximum(found - 1, 0)
    low = np.where(bdtr(before, numbers, 0.5) >= ALPHA / 2, before, found).astype(np.int64)
    return {
        "values": numbers,
        "low": low,
        "lower": (numbers + 1) // 2,
        "upper": numbers // 2 + 1,
        "high": np.where(low > 0, numbers + 1 - low, 0),
    }
