"""Invented units with patients of known case mix, and what a release would expect of them."""

from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np
import polars as pl

END = date(2026, 9, 30)
START = date(2025, 10, 1)
# Insulin, age, years with diabetes, sex: how many values each has.
SIZES = (2, 4, 3, 2)
STRATA = tuple(product(*(range(size) for size in SIZES)))
FACTORS = [
    {"en": "insulin treatment", "da": "insulinbehandling", "nb": "insulinbehandling"},
    {"en": "age", "da": "alder", "nb": "alder"},
]
NO_CLUSTERS = pl.DataFrame(schema={"period_end": pl.Date, "unit_id": pl.String, "cluster_id": pl.String})


@dataclass(frozen=True)
class Mixed:
    """Units of one level, and the share of each stratum that meets each indicator.

    Attributes:
        people: Patients by unit and stratum.
        shares: By indicator and stratum, as they are in the whole area.
    """

    people: dict[str, np.ndarray]
    shares: dict[str, np.ndarray]
    level: str = "municipality"

    def groups(self, unit: str) -> list[int]:
        """Return the people of a unit by factor and value."""
        return groups(self.people[unit])

    def expected(self) -> pl.DataFrame:
        """Return the rows of `indicator.expected`."""
        rows = [
            {
                "indicator_id": indicator,
                "definition_version": 1,
                "period_start": START,
                "period_end": END,
                "level": self.level,
                "unit_id": unit,
                "expected": float(self.people[unit] @ shares),
                "people": self.groups(unit),
            }
            for indicator, shares in self.shares.items()
            for unit in self.people
        ]
        types = {"definition_version": pl.Int32, "people": pl.List(pl.Int32)}
        return pl.DataFrame(rows, schema_overrides=types)

    def cells(self, hidden: tuple[str, ...] = ()) -> pl.DataFrame:
        """Return the cells of a release in which every unit but some is shown, and the whole area."""
        everybody = {**self.people, "all": sum(self.people.values())}
        rows = [
            {
                "indicator_id": indicator,
                "definition_version": 1,
                "period_start": START,
                "period_end": END,
                "level": "all" if unit == "all" else self.level,
                "unit_id": unit,
                "sex": "all",
                "age_band": "all",
                "state": "suppressed" if unit in hidden else "shown",
                "numerator": round(float(people @ shares)),
                "denominator": int(people.sum()),
                "patient_years": None,
                "value": float(people @ shares) / int(people.sum()),
                "ci_low": 0.4,
                "ci_high": 0.8,
            }
            for indicator, shares in self.shares.items()
            for unit, people in everybody.items()
        ]
        return pl.DataFrame(rows, schema_overrides={"definition_version": pl.Int32, "patient_years": pl.Float64})


def invented_expected(results: pl.DataFrame, indicators: list[str]) -> pl.DataFrame:
    """Return rows of `indicator.expected` for invented results: the area's share, a little more or less by unit."""
    whole = results.filter(pl.col("indicator_id").is_in(indicators), sex="all", age_band="all")
    area = whole.filter(level="all").select("indicator_id", "period_end", area="value")
    lean = 1 + (pl.col("unit_id").rank("dense") % 5 - 2) / 50
    size = pl.coalesce(pl.col("patient_years") / 1000, "denominator")
    treated = (pl.col("patients") // 5).cast(pl.Int32)
    return (
        whole.filter(pl.col("level") != "all", pl.col("patients") > 0)
        .join(area, on=("indicator_id", "period_end"))
        .select(
            "indicator_id",
            pl.col("definition_version").cast(pl.Int32),
            "period_start",
            "period_end",
            "level",
            "unit_id",
            expected=size * pl.col("area") * lean,
            people=pl.concat_list(treated, (pl.col("patients") - treated).cast(pl.Int32)),
        )
    )


def groups(people: np.ndarray) -> list[int]:
    """Return the people of some strata by factor and value."""
    return [
        int(sum(people[place] for place, stratum in enumerate(STRATA) if stratum[factor] == value))
        for factor, size in enumerate(SIZES)
        for value in range(size)
    ]


def on_insulin(people: np.ndarray) -> int:
    """Return how many are on insulin."""
    return groups(people)[0]


def drawn_people(rng: np.random.Generator, patients: int, *, insulin: int | None = None) -> np.ndarray:
    """Draw patients; so many of them on insulin, or one in five."""
    weights = np.array([1.0 + 2 * (1 <= age <= 2) + years for _, age, years, _ in STRATA])
    treated = np.array([place == 0 for place, *_ in STRATA])
    number = patients // 5 if insulin is None else insulin
    return rng.multinomial(number, weights * treated / (weights * treated).sum()) + rng.multinomial(
        patients - number, weights * ~treated / (weights * ~treated).sum()
    )
