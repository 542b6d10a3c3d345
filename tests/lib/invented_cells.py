"""Builds indicator results of an invented population: the input of disclosure control, with realistic numbers.

Every patient has a sex, an age, a municipality, a practice and perhaps a hospital; flags are drawn per patient and
quarter and counted at every level, so that all totals add up exactly as they do in `indicator.result`.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy import stats

from indicators.disclosure.nested import Count, Nested

MUNICIPALITIES = {"0791": "Viborg", "0740": "Silkeborg", "0779": "Skive"}
AGE_BANDS = ["18-49", "50-64", "65-79", "80+"]
LEVELS = ["all", "municipality", "cluster", "practice", "hospital"]
SPLIT_LEVELS = {
    "all": [(), ("sex",), ("age_band",), ("sex", "age_band")],
    "municipality": [(), ("sex",), ("age_band",)],
}


GROUPS = {
    "by_diabetes_duration": {"0-4": 0.3, "5-9": 0.3, "10+": 0.4},
    "by_years_in_the_country": {"under_1": 0.01, "1_and_more": 0.99},
}
"""Share of people in each group of a stratifier, by the stratifier's level."""


@dataclass(frozen=True)
class Invented:
    """An invented indicator; `of` names the indicator whose numerator is its denominator."""

    indicator_id: str
    kind: str
    share: float
    group: str
    target: float | None = None
    direction: str = "higher"
    of: str | None = None
    below: float | None = None
    unit: str = "share"
    counts: str = "patients"


INVENTED = (
    Invented("hba1c_measured", "proportion", 0.93, "hba1c", 0.95),
    Invented("hba1c_below_53", "proportion", 0.62, "hba1c", None, of="hba1c_measured", below=53),
    Invented("hba1c_below_59", "proportion", 0.75, "hba1c", 0.40, of="hba1c_measured", below=59),
    Invented("hba1c_75_and_above", "proportion", 0.06, "hba1c", 0.20, "lower", of="hba1c_measured", below=75),
    Invented("hba1c_median", "median", 0, "hba1c", None, "lower", of="hba1c_measured", unit="mmol/mol"),
    Invented("blood_pressure_measured", "proportion", 0.86, "blood_pressure", 0.95),
    Invented("ldl_measured", "proportion", 0.84, "lipids", 0.90),
    Invented("ldl_below_2_6", "proportion", 0.71, "lipids", None, of="ldl_measured"),
    Invented("albuminuria_examined", "proportion", 0.61, "kidneys", 0.95),
    Invented("eye_examined", "proportion", 0.66, "eyes", 0.90),
    Invented("foot_examined", "proportion", 0.55, "feet", 0.95),
    Invented("all_or_none", "proportion", 0.31, "composite"),
    Invented("new_foot_ulcers", "rate_per_1000_patient_years", 0.011, "complications", None, "lower", unit="per 1,000"),
    Invented("readmission_30_days", "proportion", 0.12, "follow_up", None, "lower", counts="discharges"),
)


NESTED = (
    Nested(Count("hba1c_below_53", "numerator"), Count("hba1c_below_59", "numerator")),
    Nested(Count("hba1c_75_and_above", "numerator"), Count("hba1c_below_53", "complement")),
    Nested(Count("hba1c_75_and_above", "numerator"), Count("hba1c_below_59", "complement")),
)


@dataclass(frozen=True)
class Cells:
    """Results of an invented population.

    Attributes:
        results: Rows as in `indicator.result`.
        units: Rows as in the release's `unit` table.
        parents: The cluster of each practice in each period.
    """

    results: pl.DataFrame
    units: pl.DataFrame

    @property
    def parents(self) -> pl.DataFrame:
        practices = self.units.filter(pl.col("level") == "practice").select("unit_id", "cluster_id")
        return self.results.select("period_end").unique(maintain_order=True).join(practices, how="cross")


def quarter_ends(number: int, last: date = date(2026, 9, 30)) -> list[date]:
    """Return the last `number` quarter ends up to `last`, oldest first."""
    first = pl.Series([last]).dt.offset_by(f"-{number - 1}q").dt.month_start()[0]
    return pl.date_range(first, last, "1q", eager=True).dt.month_end().to_list()


def wilson(numerator: pl.Series, denominator: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the limits of Wilson's 95 % interval."""
    z = 1.959963984540054
    share = numerator / denominator
    middle = (share + z * z / (2 * denominator)) / (1 + z * z / denominator)
    half = z * ((share * (1 - share) / denominator + z * z / (4 * denominator**2)) ** 0.5) / (1 + z * z / denominator)
    return middle - half, middle + half


def invented_cells(
    *,
    seed: int = 1,
    patients: int = 1_400,
    clusters: int = 4,
    practices: int = 14,
    skew: float = 1.0,
    quarters: int = 8,
    municipalities: tuple[str, ...] = tuple(MUNICIPALITIES),
    unregistered: float = 0.01,
    silent: int = 0,
) -> Cells:
    """Draw a population and count every invented indicator at every level and breakdown.

    Args:
        seed: Seed of the random draws.
        patients: People with the disease.
        clusters: Practice clusters.
        practices: Practices, spread over the clusters in turn.
        skew: Unevenness of practice sizes: 0 makes them equal, 1 is lifelike, 3 is extreme.
        quarters: Quarter ends up to 2026-09-30.
        municipalities: Codes of the municipalities; the first are the largest.
        unregistered: Share of people with no practice.
        silent: Practices that deliver no foot examinations, so that their people are left out of that indicator.
    """
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 0.55 * skew, practices))
    practice = rng.choice(practices, patients, p=size / size.sum())
    home = rng.permuted(np.arange(practices) % len(municipalities))
    moved = rng.random(patients) < 0.1
    municipality = np.where(moved, rng.integers(0, len(municipalities), patients), home[practice])
    out = rng.random(patients) < unregistered
    practice_ids = np.array([f"{57_000 + 13 * index:06d}" for index in range(practices)] + ["none"])
    cluster_ids = np.array([f"K{index + 1:02d}" for index in range(clusters)] + ["none"])
    cluster_of = np.append(np.arange(practices) % clusters, clusters)
    chosen = np.where(out, practices, practice)
    people = pl.DataFrame(
        {
            "sex": np.where(rng.random(patients) < 0.44, "female", "male"),
            "age_band": np.array(AGE_BANDS)[rng.choice(4, patients, p=[0.12, 0.30, 0.42, 0.16])],
            "municipality": np.array(municipalities)[municipality],
            "practice": practice_ids[chosen],
            "cluster": cluster_ids[cluster_of[chosen]],
            "hospital": np.array(["none", "6630", "6650"])[rng.choice(3, patients, p=[0.72, 0.20, 0.08])],
            "delivers_feet": chosen >= silent,
            **_groups(np.random.default_rng([seed, 2]), patients),
        }
    )
    effect = rng.normal(0, 0.25, practices + 1)[chosen]
    elsewhere = np.random.default_rng([seed, 1])
    frames = []
    for number, period_end in enumerate(quarter_ends(quarters)):
        drawn = _draw(rng, people.height, effect + 0.03 * number)
        drawn += _elsewhere(elsewhere, *(each.to_numpy() for each in drawn if each.name in ("stays", "again")))
        present = people.with_columns(*drawn).filter(pl.Series(rng.random(people.height) < 0.97))
        for invented in INVENTED:
            counted = _count(present, invented)
            frames.append(
                counted.with_columns(
                    pl.lit(invented.indicator_id).alias("indicator_id"),
                    pl.lit(invented.kind).alias("kind"),
                    pl.lit(period_end.replace(year=period_end.year - 1)).dt.offset_by("1d").alias("period_start"),
                    pl.lit(period_end).alias("period_end"),
                )
            )
    results = _finish(pl.concat(frames, how="vertical_relaxed"))
    return Cells(results=results, units=_units(municipalities, practice_ids, cluster_ids, cluster_of, home))


def _groups(rng: np.random.Generator, people: int) -> dict[str, np.ndarray]:
    """Draw the groups of two stratifiers: one of large groups, and one with a group of so few that it is hidden."""
    return {
        level: np.array(list(shares))[rng.choice(len(shares), people, p=list(shares.values()))]
        for level, shares in GROUPS.items()
    }


def _draw(rng: np.random.Generator, people: int, effect: np.ndarray) -> list[pl.Series]:
    drawn = []
    value = np.round(np.exp(rng.normal(np.log(49.5), 0.23, people) - 0.12 * effect)).clip(30, 150)
    stays = rng.poisson(0.18, people)
    for invented in INVENTED:
        odds = np.log(max(invented.share, 1e-9) / (1 - invented.share)) + effect
        flag = rng.random(people) < 1 / (1 + np.exp(-odds))
        if invented.below:
            flag = value >= invented.below if invented.direction == "lower" else value < invented.below
        drawn.append(pl.Series(f"{invented.indicator_id}__flag", flag))
    readmitted = rng.binomial(stays, 0.12)
    years = np.where(rng.random(people) < 0.05, rng.random(people), 1.0)
    return [
        *drawn,
        pl.Series("hba1c", value),
        pl.Series("stays", stays),
        pl.Series("again", readmitted),
        pl.Series("years", years),
    ]


def _elsewhere(rng: np.random.Generator, stays: np.ndarray, again: np.ndarray) -> list[pl.Series]:
    """Draw how many of each person's stays ended in another hospital than the one that the person attended last."""
    away = rng.binomial(stays, 0.3)
    return [
        pl.Series("stays_elsewhere", away),
        pl.Series("again_elsewhere", rng.hypergeometric(again, stays - again, away)),
        pl.Series("elsewhere", np.array(["6630", "6650"])[rng.integers(0, 2, len(stays))]),
    ]


def _at_hospitals(present: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each hospital that a person's stays ended in: discharges count where they happened."""
    away = present.with_columns(
        pl.col("stays_elsewhere").alias("stays"),
        pl.col("again_elsewhere").alias("again"),
        pl.col("elsewhere").alias("hospital"),
    )
    here = present.with_columns(
        pl.col("stays") - pl.col("stays_elsewhere"), pl.col("again") - pl.col("again_elsewhere")
    )
    person = pl.int_range(pl.len()).alias("person")
    both = pl.concat([here.with_columns(person), away.with_columns(person)])
    others = pl.exclude("person", "hospital", "stays", "again").first()
    return both.group_by("person", "hospital").agg(pl.col("stays", "again").sum(), others)


def _count(present: pl.DataFrame, invented: Invented) -> pl.DataFrame:
    flag = pl.col(f"{invented.indicator_id}__flag")
    inside = pl.col(f"{invented.of}__flag") if invented.of else pl.lit(value=True)
    inside = pl.col("delivers_feet") if invented.group == "feet" else inside
    is_part = bool(invented.of) or invented.group == "feet"
    counted = {
        "numerator": (flag & inside).sum(),
        "denominator": inside.sum() if is_part else pl.len(),
        "patients": inside.sum() if is_part else pl.len(),
        "numerator_patients": (flag & inside).sum(),
        "complement_patients": (inside.sum() if invented.of else pl.len()) - (flag & inside).sum(),
        "patient_years": pl.lit(None, pl.Float64),
        "eligible": pl.len(),
        "median": pl.lit(None, pl.Float64),
        "low": pl.lit(None, pl.Float64),
        "high": pl.lit(None, pl.Float64),
    }
    if invented.kind == "median":
        measured = pl.col("hba1c").filter(inside)
        counted |= dict.fromkeys(("numerator", "numerator_patients", "complement_patients"), pl.lit(None, pl.Int64))
        counted |= {"median": measured.median(), "low": measured.quantile(0.35), "high": measured.quantile(0.65)}
    elif invented.kind != "proportion":
        counted |= {"patient_years": pl.col("years").sum(), "complement_patients": pl.lit(None, pl.Int64)}
    elif invented.counts == "discharges":
        stayed = pl.col("stays") > 0
        counted |= {"numerator": pl.col("again").sum(), "denominator": pl.col("stays").sum(), "patients": stayed.sum()}
        counted |= {"numerator_patients": (pl.col("again") > 0).sum(), "eligible": pl.col("stays").sum()}
        counted |= {"complement_patients": (pl.col("stays") > pl.col("again")).sum()}
    frames = []
    for level in (*LEVELS, *GROUPS):
        for split in SPLIT_LEVELS.get(level, [()]):
            unit = pl.lit("all") if level == "all" else pl.col(level)
            of_events = level == "hospital" and invented.counts == "discharges"
            keyed = (_at_hospitals(present) if of_events else present).with_columns(
                unit.alias("unit_id"),
                *(pl.lit("all").alias(name) for name in ("sex", "age_band") if name not in split),
            )
            grouped = keyed.group_by("unit_id", "sex", "age_band").agg(**counted)
            frames.append(grouped.with_columns(pl.lit(level).alias("level")))
    return pl.concat(frames, how="vertical_relaxed")


def _finish(cells: pl.DataFrame) -> pl.DataFrame:
    counts = ["numerator", "denominator", "patients", "numerator_patients", "complement_patients", "eligible"]
    cells = cells.with_columns(pl.col(counts).cast(pl.Int64))
    low, high = wilson(cells["numerator"].cast(pl.Float64), cells["denominator"].cast(pl.Float64))
    events, years = cells["numerator"].cast(pl.Float64), cells["patient_years"]
    rate_low = pl.Series(stats.chi2.ppf(0.025, 2 * events.to_numpy()) / 2).fill_nan(0) / years * 1000
    rate_high = pl.Series(stats.chi2.ppf(0.975, 2 * events.to_numpy() + 2) / 2) / years * 1000

    def by_kind(share: pl.Series, rate: pl.Series, median: str) -> pl.Expr:
        kind = pl.col("kind")
        return (
            pl.when(kind == "proportion").then(share).when(kind == "median").then(median).otherwise(rate).fill_nan(None)
        )

    share = (cells["numerator"] / cells["denominator"]).fill_nan(None)
    filled = cells.with_columns(
        by_kind(share, events / years * 1000, "median").alias("value"),
        by_kind(low, rate_low, "low").alias("ci_low"),
        by_kind(high, rate_high, "high").alias("ci_high"),
        pl.lit(1).alias("definition_version"),
        pl.lit("computed").alias("state"),
    )
    order = ["indicator_id", "period_end", "level", "unit_id", "sex", "age_band"]
    return filled.drop("median", "low", "high").sort(order)


def _units(
    municipalities: tuple[str, ...],
    practice_ids: np.ndarray,
    cluster_ids: np.ndarray,
    cluster_of: np.ndarray,
    home: np.ndarray,
) -> pl.DataFrame:
    rows = [("all", "all", "Midtjylland", None, None), ("practice", "none", "No practice", "none", None)]
    rows += [("municipality", code, MUNICIPALITIES.get(code, code), None, None) for code in municipalities]
    rows += [
        ("cluster", unit, f"Klynge {unit[1:]}" if unit != "none" else "No cluster", None, None) for unit in cluster_ids
    ]
    rows += [
        ("hospital", unit, name, None, None)
        for unit, name in (("6630", "Viborg"), ("6650", "Silkeborg"), ("none", "No hospital"))
    ]
    for number, unit in enumerate(practice_ids[:-1]):
        rows.append(
            (
                "practice",
                unit,
                f"Lægerne i {number + 1}",
                str(cluster_ids[cluster_of[number]]),
                municipalities[home[number]],
            )
        )
    schema = ["level", "unit_id", "name", "cluster_id", "municipality_id"]
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row").sort("level", "unit_id")
