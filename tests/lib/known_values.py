"""The values that the known answers hold, those that the pipeline computed, and the cells in which they differ."""

from pathlib import Path

import polars as pl

from synthetic.known_indicators.cells import CELL
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_read_only

COUNTS = ("numerator", "denominator", "patients", "numerator_patients", "complement_patients", "eligible")
NUMBERS = ("patient_years", "value")
SCHEMA = (
    dict.fromkeys(CELL, pl.String) | dict.fromkeys(COUNTS, pl.Int64) | dict.fromkeys(NUMBERS, pl.Float64)
) | {"period_end": pl.Date}  # fmt: skip
CLOSE = 1e-9


def known_values(extracts: Path) -> pl.DataFrame:
    """Return the values worked out apart from the pipeline."""
    return pl.read_csv(extracts / "known_answers" / "indicators.csv", schema=SCHEMA)


def computed_values(settings: Settings) -> pl.DataFrame:
    """Return what the pipeline computed in every cell of a unit in which anybody is counted."""
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        found = con.execute(
            f"SELECT {', '.join((*CELL, *COUNTS, *NUMBERS))} FROM indicator.result "
            "WHERE state IN ('computed', 'too_few') AND greatest(denominator, eligible, patients) > 0 "
            "AND level NOT LIKE 'by!_%' ESCAPE '!'"
        ).pl()
    return found.cast(SCHEMA)


def differences(known: pl.DataFrame, computed: pl.DataFrame) -> pl.DataFrame:
    """Return the cells in which known and computed values differ, or that only one of them has.

    What was not computed at all, because an extract ends early or another date was not asked for, is not compared.
    """
    done = computed.select("indicator_id", "period_end").unique()
    both = known.join(done, on=["indicator_id", "period_end"], how="semi").join(
        computed, on=CELL, how="full", coalesce=True, suffix="_computed"
    )
    same_counts = [pl.col(name).eq_missing(pl.col(f"{name}_computed")) for name in COUNTS]
    same_numbers = [
        ((pl.col(name) - pl.col(f"{name}_computed")).abs() <= CLOSE)
        | (pl.col(name).is_null() & pl.col(f"{name}_computed").is_null())
        for name in NUMBERS
    ]
    return both.filter(~pl.all_horizontal(*same_counts, *same_numbers).fill_null(value=False))
