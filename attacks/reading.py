"""Attacks that only read: numbers that should not be there, and numbers that say more than they seem to."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from attacks.attacker import Place, Variable

HIDDEN = "('suppressed', 'left_out', 'withheld')"
NUMBERS = "numerator, denominator, patient_years, eligible, completeness, value, ci_low, ci_high"
# How far a rounded count may lie from the true one.
ROUNDED_BY = 5
EXACT = 1e-12
Found = tuple[int, dict[Variable, float]]


@dataclass(frozen=True)
class Settings:
    """What a release says of itself: from how many people a group may be shown, and its reporting dates in order."""

    few: int
    periods: tuple[date, ...]


def settings_of(path: Path) -> Settings:
    """Return what a release says of itself; without a policy in it, groups of 1 to 4 are small."""
    with duckdb.connect(str(path), read_only=True) as con:
        row = con.execute("SELECT value FROM policy WHERE key = 'smallest_count'").fetchone()
        periods = con.execute("SELECT DISTINCT period_end FROM result ORDER BY period_end").fetchall()
    return Settings(int(row[0]) if row else 5, tuple(end for (end,) in periods))


def few_people_shown(path: Path, few: int) -> Found:
    """Find shown groups of few people: those who meet an indicator, do not, are missing, or all of them."""
    counts = {
        "numerator": "numerator",
        "complement": "denominator - numerator",
        "missing": "eligible - denominator",
        "denominator": "denominator",
    }
    sides = " UNION ALL ".join(
        f"SELECT indicator_id, '{name}' AS count, level, unit_id, sex, age_band, period_end, {count} AS people "
        "FROM result WHERE state = 'shown'"
        for name, count in counts.items()
    )
    return _rows(path, f"SELECT * FROM ({sides}) WHERE people IS NOT NULL", f"people BETWEEN 1 AND {few - 1}")


def traces(path: Path, few: int) -> Found:  # noqa: ARG001 - every attack that reads is asked the same way
    """Find numbers in cells that are hidden."""
    cells = (
        "SELECT indicator_id, 'any number' AS count, level, unit_id, sex, age_band, period_end, "
        f"coalesce({NUMBERS}) AS people FROM result WHERE state IN {HIDDEN}"
    )
    return _rows(path, cells, "people IS NOT NULL")


def exact_shares(path: Path, few: int) -> Found:
    """Find the counts behind a share that was worked out before the counts beside it were rounded.

    Every pair of whole numbers near the rounded ones is tried; one that gives the share to the last digit is the truth.
    """
    cells = f"""
        WITH rounded AS (
            SELECT * FROM result
            WHERE state = 'shown' AND numerator IS NOT NULL AND denominator > 0 AND patient_years IS NULL
              AND abs(value - numerator / denominator) > {EXACT}
        ), tried AS (
            SELECT *, unnest(range(greatest(denominator - {ROUNDED_BY}, 1), denominator + {ROUNDED_BY} + 1)) AS whole
            FROM rounded
        ), fitting AS (
            SELECT *, round(value * whole) AS met FROM tried
            WHERE abs(round(value * whole) / whole - value) < {EXACT}
              AND abs(round(value * whole) - numerator) <= {ROUNDED_BY}
        )
        SELECT indicator_id, 'numerator or complement' AS count, level, unit_id, sex, age_band, period_end,
            CASE WHEN met BETWEEN 1 AND {few - 1} THEN met ELSE whole - met END AS people
        FROM fitting QUALIFY count(*) OVER (PARTITION BY indicator_id, level, unit_id, sex, age_band, period_end) = 1
    """
    return _rows(path, cells, f"people BETWEEN 1 AND {few - 1}")


def _rows(path: Path, cells: str, is_found: str) -> Found:
    """Return how many cells were looked at, and which were found."""
    with duckdb.connect(str(path), read_only=True) as con:
        number = con.execute(f"SELECT count(*) FROM ({cells})").fetchone()
        rows = con.execute(f"SELECT * FROM ({cells}) WHERE {is_found} ORDER BY ALL").fetchall()
    found: dict[Variable, float] = {}
    for name, count, level, unit, sex, age, period, people in rows:
        where: Place = (level, unit, sex, age)
        found[f"{name}.{count} on {period}", where] = float(people)
    return (number[0] if number else 0), found
