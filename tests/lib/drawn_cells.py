"""Draws cells for disclosure control as one line per cell; what a line leaves out follows from what it says."""

from datetime import date

import polars as pl

PERIOD = {"definition_version": 1, "period_start": date(2025, 10, 1), "period_end": date(2026, 9, 30)}
SCHEMA = {
    "indicator_id": pl.String,
    "kind": pl.String,
    "level": pl.String,
    "unit_id": pl.String,
    "sex": pl.String,
    "age_band": pl.String,
    "state": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "patients": pl.Int64,
    "numerator_patients": pl.Int64,
    "complement_patients": pl.Int64,
    "eligible": pl.Int64,
    "patient_years": pl.Float64,
    "value": pl.Float64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
}


def cell(place: str, numerator: int | None, denominator: int, **more: object) -> dict[str, object]:
    """Return a cell; `place` is 'level', 'level/unit' or 'level/unit/sex/age band'."""
    level, unit, sex, age = [*place.split("/"), *["all"] * 4][:4]
    share = None if numerator is None or not denominator else numerator / denominator
    return {
        "indicator_id": "eye_examined",
        "kind": "proportion",
        "level": level,
        "unit_id": unit,
        "sex": sex,
        "age_band": age,
        "state": "computed",
        "numerator": numerator,
        "denominator": denominator,
        "patients": denominator,
        "numerator_patients": numerator,
        "complement_patients": None if numerator is None else denominator - numerator,
        "eligible": denominator,
        "patient_years": None,
        "value": share,
        "ci_low": share,
        "ci_high": share,
        **more,
    }


def cells(*drawn: dict[str, object]) -> pl.DataFrame:
    """Return drawn cells as the frame that disclosure control takes."""
    return pl.DataFrame(list(drawn), schema=SCHEMA).with_columns(
        pl.lit(value).alias(name) for name, value in PERIOD.items()
    )


def clusters(**cluster_of: str) -> pl.DataFrame:
    """Return the cluster of each practice, for the drawn period."""
    rows = {"unit_id": list(cluster_of), "cluster_id": list(cluster_of.values())}
    schema = {"unit_id": pl.String, "cluster_id": pl.String}
    return pl.DataFrame(rows, schema=schema).with_columns(pl.lit(PERIOD["period_end"]).alias("period_end"))
