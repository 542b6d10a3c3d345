"""The median of times of which some were not seen to end, worked out day by day in exact fractions."""

from collections.abc import Iterable
from fractions import Fraction

TIMES = {
    "diabetes_to_eye_examination": ("all", "municipality"),
    "referral_to_first_meeting": ("all", "municipality"),
    "discharge_to_contact": ("all", "municipality", "hospital"),
}
"""Indicators of the days until something came, and the levels of whose whole units they are told."""


def share_left(times: Iterable[float]) -> dict[int, Fraction]:
    """Return after each day on which something came which share would still wait, had nobody been lost.

    Args:
        times: Whole days, or half a day more for somebody who was still waiting when last seen.
    """
    all_times = sorted(times)
    left = Fraction(1)
    shares = {}
    for day in sorted({int(time) for time in all_times if time == int(time)}):
        at_risk = sum(time >= day for time in all_times)
        left *= 1 - Fraction(sum(time == day for time in all_times), at_risk)
        shares[day] = left
    return shares


def median_time(times: Iterable[float]) -> float | None:
    """Return the day after which half wait no longer; the middle of two days when it is half between them."""
    shares = share_left(times)
    half = Fraction(1, 2)
    reached = [day for day, left in shares.items() if left <= half]
    passed = [day for day, left in shares.items() if left < half]
    if not reached:
        return None
    return (reached[0] + passed[0]) / 2 if passed else float(reached[0])
