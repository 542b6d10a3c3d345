"""Adds patients up to units and breakdowns: each is asked alone what he or she adds; the sums are made at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from synthetic.known_indicators.contacts import Patient
from synthetic.known_indicators.events import AT_UNITS
from synthetic.known_indicators.indicators import INDICATORS, MONTHS, count, count_at
from synthetic.known_indicators.rules import MISSING
from synthetic.known_indicators.times import TIMES, median_time
from synthetic.known_indicators.who_and_where import Row

Cell = tuple[str, date, str, str, str, str]
Numbers = dict[str, float | None]
Rows = dict[str, list[Row]]
Clusters = Mapping[date, Mapping[str, str]]
"""Cluster of each practice on each reporting date."""
Silent = Mapping[tuple[str, date], Collection[tuple[str, str]]]
"""Level and id of the units that deliver nothing for an indicator in the period of a reporting date."""
MEDIANS = ("hba1c_median", "referral_to_start", *TIMES)
CELL = ("indicator_id", "period_end", "level", "unit_id", "sex", "age_band")
LEVELS = {
    "all": ("total", "sex", "age_band", "sex and age_band"),
    "municipality": ("total", "sex", "age_band"),
    "cluster": ("total",),
    "practice": ("total",),
    "hospital": ("total",),
}
"""How the units of each level are split."""
NO_BAND = "none"
"""The age band of children, for whom there are no results by age."""
_PLACED = {
    "seen": pl.Int32, "sex": pl.String, "age_band": pl.String, "municipality": pl.String, "cluster": pl.String,
    "practice": pl.String, "hospital": pl.String,
}  # fmt: skip
_COUNTED = {
    "seen": pl.Int32, "indicator_id": pl.UInt16, "period_end": pl.Date, "numerator": pl.Int64, "denominator": pl.Int64,
    "days": pl.Int64, "value": pl.Float64, "is_missing": pl.Boolean,
}  # fmt: skip
_COUNTED_AT = _COUNTED | {"unit": pl.String}


def partly_added(
    people: Iterable[Rows], clusters: Clusters, dates: Sequence[date], silent: Silent = MappingProxyType({})
) -> pl.DataFrame:
    """Return what some people add to every cell; of the numbers of which a median is taken, all.

    Args:
        people: Rows of each person with diabetes, by table; `diabetes` holds type and first day.
        clusters: Cluster of each practice on each reporting date.
        dates: Reporting dates, last days of a month.
        silent: Units that deliver nothing; what their people add to an indicator that needs it is unknown.
    """
    placed: dict[str, list[Any]] = {name: [] for name in _PLACED}
    counted: dict[str, list[Any]] = {name: [] for name in _COUNTED}
    counted_at: dict[str, list[Any]] = {name: [] for name in _COUNTED_AT}
    seen = 0
    for rows in people:
        of_person: dict[Any, Any] = {}
        for day in dates:
            for months in sorted({12, *MONTHS.values()}):
                patient = Patient(rows, day, months, of_person)
                if not patient.observed:
                    continue
                seen += 1
                cluster = clusters.get(day, {}).get(patient.practice, "none")
                _append(placed, seen, patient.person["sex"], patient.age_band, patient.municipality, cluster,
                        patient.practice, patient.hospital)  # fmt: skip
                for number, indicator in enumerate(INDICATORS):
                    if MONTHS.get(indicator, 12) == months and (adds := count(patient, indicator)):
                        units = silent.get((indicator, day), ())
                        own = {("practice", patient.practice), ("municipality", patient.municipality)}
                        is_delivered = own.isdisjoint(units)
                        _append(counted, seen, number, day, *(adds if is_delivered else MISSING))
                        for unit, adds_there in count_at(patient, indicator) if indicator in AT_UNITS else ():
                            adds = adds_there if is_delivered else MISSING
                            _append(counted_at, seen, number, day, *adds, unit)
    where = pl.DataFrame(placed, schema=_PLACED)
    frames = (pl.DataFrame(counted, schema=_COUNTED), pl.DataFrame(counted_at, schema=_COUNTED_AT))
    return _by_cell(*(frame.join(where, on="seen") for frame in frames))


def _append(columns: dict[str, list[Any]], *values: Any) -> None:
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)


def _by_cell(frame: pl.DataFrame, at_units: pl.DataFrame) -> pl.DataFrame:
    """Add patients up by level, unit and breakdown; at their levels, what counts at responsible units instead."""
    everywhere, there = _described(frame), _described(at_units)
    parts = []
    for level, splits in LEVELS.items():
        here = [name for name, of_level in AT_UNITS.items() if of_level == level]
        rows = everywhere.filter(~pl.col("indicator_id").is_in(here))
        if here:
            moved = there.filter(pl.col("indicator_id").is_in(here)).with_columns(pl.col("unit").alias(level))
            rows = pl.concat([rows, moved.select(rows.columns)])
        unit = pl.lit("all") if level == "all" else pl.col(level)
        for split in splits:
            sex = pl.col("sex") if "sex" in split else pl.lit("all")
            band = pl.col("age_band") if "age_band" in split else pl.lit("all")
            keys = ("indicator_id", "period_end", pl.lit(level).alias("level"), unit.alias("unit_id"),
                    sex.alias("sex"), band.alias("age_band"))  # fmt: skip
            parts.append(
                rows.filter((band != NO_BAND) | ("age_band" not in split))
                .group_by(*keys)
                .agg(
                    pl.col("numerator", "denominator", "days").filter("inside").sum(),
                    patients=pl.col("inside").sum().cast(pl.Int64),
                    numerator_patients=(pl.col("inside") & (pl.col("numerator") > 0)).sum().cast(pl.Int64),
                    complement_patients=(pl.col("inside") & (pl.col("denominator") > pl.col("numerator")))
                    .sum()
                    .cast(pl.Int64),
                    missing=pl.col("is_missing").sum().cast(pl.Int64),
                    values=pl.col("value").filter(pl.col("inside")).drop_nulls(),
                )
            )
    return pl.concat(parts)


def _described(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the indicator's name, and whether the patient is counted."""
    # Somebody in no event and without a day under observation is no part of a rate's or a share's denominator.
    is_rate = (pl.col("days") > 0).any().over("indicator_id")
    names = dict(enumerate(INDICATORS))
    return frame.with_columns(
        inside=(pl.col("denominator") > 0) & ((pl.col("days") > 0) | ~is_rate),
        indicator_id=pl.col("indicator_id").replace_strict(names, return_dtype=pl.String),
    )


def added(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return the numbers of every cell in which somebody is counted, from what some people and others add to it."""
    is_median, is_time = pl.col("indicator_id").is_in(MEDIANS), pl.col("indicator_id").is_in(TIMES)
    is_told = pl.any_horizontal(
        (pl.col("indicator_id") == name) & pl.col("level").is_in(levels) for name, levels in TIMES.items()
    )
    is_whole = (pl.col("sex") == "all") & (pl.col("age_band") == "all")
    is_rate = (pl.col("days") > 0).any().over("indicator_id")
    years = pl.when(is_rate).then(pl.col("days") / 365.25)
    of_all = (
        pl.when(pl.col("days") > 0)
        .then(1000 * pl.col("numerator") / years)
        .when(pl.col("denominator") > 0)
        .then(pl.col("numerator") / pl.col("denominator"))
    )
    cells = (
        pl.concat(list(parts))
        .group_by(CELL)
        .agg(
            pl.col("numerator", "denominator", "days", "patients", "numerator_patients").sum(),
            pl.col("complement_patients", "missing").sum(),
            pl.col("values").explode(empty_as_null=False),
        )
        .with_columns(eligible=pl.col("denominator") + pl.col("missing"), median=pl.col("values").list.median())
        .filter(pl.col("eligible") > 0)
        .filter(~is_time | (is_told & is_whole))
    )
    waited = cells.filter(is_time).select("values").to_series().to_list()
    medians = cells.filter(is_time).with_columns(median=pl.Series(map(median_time, waited), dtype=pl.Float64))
    return (
        pl.concat([cells.filter(~is_time), medians])
        .select(
            *CELL,
            pl.when(~is_median).then("numerator").alias("numerator"),
            "denominator",
            "patients",
            pl.when(~is_median).then("numerator_patients").alias("numerator_patients"),
            pl.when(~is_median & ~is_rate).then("complement_patients").alias("complement_patients"),
            "eligible",
            years.alias("patient_years"),
            pl.when(is_median).then("median").otherwise(of_all).alias("value"),
        )
        .sort(CELL)
    )


def cells_of(
    people: Iterable[Rows], clusters: Mapping[str, str], period_end: date, silent: Silent = MappingProxyType({})
) -> dict[Cell, Numbers]:
    """Return the numbers of every cell of one reporting date in which somebody is counted."""
    table = added([partly_added(people, {period_end: clusters}, [period_end], silent)])
    return table.rows_by_key(CELL, named=True, unique=True)
