"""Drugs of people with diabetes: who uses which class in which year, and the purchases that show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic.chance import (
    NEVER,
    YEAR,
    Chance,
    Flags,
    Floats,
    Ints,
    Window,
    cutoff,
    repeated_days,
    to_weekday,
)
from synthetic.illness import TYPE_1
from synthetic.patients import Patients

INSULIN, METFORMIN = 1, 0


@dataclass(frozen=True)
class Treatment:
    """Who is treated with what.

    Attributes:
        uses: Patient x year x glucose-lowering class.
        first_day: By patient: first day on any glucose-lowering drug.
        statin_from: By patient: first day on a lipid-lowering drug (infinity without).
        other_from: Patient x other drug: first day (NEVER without).
    """

    uses: npt.NDArray[np.bool_]
    first_day: Ints
    statin_from: Floats
    other_from: Ints


def make_treatment(
    chance: Chance,
    drugs: Mapping[str, Any],
    patients: Patients,
    at_risk: dict[str, Flags],
    window: Window,
) -> Treatment:
    """Decide who uses which drug class in which year of the window.

    Args:
        chance: Seed.
        drugs: Products, shares and weights.
        patients: People with diabetes.
        at_risk: By patient: `cardiovascular` disease, `albuminuria`.
        window: Days covered.
    """
    draw = chance.about("treatment")
    count, years = len(patients), window.length // 365 + 1
    first_day = np.where(
        patients.is_new, patients.onset + 5 + np.floor(draw.exponential(28.0, count)).astype(np.int64), patients.first
    )
    uses = _classes(draw, drugs, patients, years)
    others = list(drugs["other"])
    share, wanted = drugs["other_use"], np.zeros((count, len(others)), dtype=bool)
    young = patients.age_on(np.arange(count), patients.last) <= 40
    tendency = 0.28 * patients.quality["drugs"] + 0.15 * patients.adherence

    def takes(probability: Floats | float) -> Flags:
        chances = np.asarray(probability, dtype=np.float64)
        odds = np.log(chances / (1 - chances)) + tendency
        flags: Flags = (draw.random(count) < 1 / (1 + np.exp(-odds))) & ~patients.is_quiet
        return flags

    names = [row["class"] for row in others]
    lipid = np.where(young, share["lipid_if_young"], share["lipid_otherwise"])
    lipid = np.where(at_risk["cardiovascular"], share["lipid_if_cardiovascular"], lipid)
    wanted[:, names.index("statin")] = takes(lipid)
    wanted[:, names.index("ezetimibe")] = takes(share["ezetimibe"]) & wanted[:, names.index("statin")]
    ras = takes(np.where(at_risk["albuminuria"], share["ras_if_albuminuria"], share["ras_otherwise"]))
    is_inhibitor = draw.random(count) < 0.5
    wanted[:, names.index("ace_inhibitor")] = ras & is_inhibitor
    wanted[:, names.index("angiotensin_blocker")] = ras & ~is_inhibitor
    for name in ("calcium_blocker", "thiazide", "beta_blocker"):
        wanted[:, names.index(name)] = takes(share[name])
    wanted[:, names.index("antiplatelet")] = takes(
        np.where(at_risk["cardiovascular"], share["antiplatelet_if_cardiovascular"], share["antiplatelet_otherwise"])
    )
    delay = np.floor(draw.exponential(160.0, (count, len(others)))).astype(np.int64)
    other_from = np.where(
        wanted, np.where(patients.is_new[:, None], patients.onset[:, None] + 10 + delay, patients.first[:, None]), NEVER
    )
    statin = other_from[:, names.index("statin")]
    return Treatment(
        uses=uses,
        first_day=first_day,
        statin_from=np.where(statin < NEVER, statin.astype(np.float64), np.inf),
        other_from=other_from,
    )


def _classes(
    draw: np.random.Generator, drugs: Mapping[str, Any], patients: Patients, years: int
) -> npt.NDArray[np.bool_]:
    """Choose glucose-lowering classes per patient and year: how many (severity, time), then which (weights, time)."""
    classes, numbers = drugs["glucose_lowering"], drugs["number_of_classes"]
    count = len(patients)
    latent = 0.55 * patients.control + 0.35 * patients.severity + draw.normal(0.0, 0.75, count)
    two = patients.kind != TYPE_1
    limits = [cutoff(latent[two], numbers[name]) for name in ("at_least_two", "at_least_three", "at_least_four")]
    treated = draw.random(count) < np.where(
        patients.control + draw.normal(0.0, 0.25, count) > -0.45, drugs["treated_if_high"], drugs["treated_if_low"]
    )
    luck = draw.gumbel(size=(count, len(classes)))
    luck[:, INSULIN] += 0.9 * latent + 0.3 * patients.severity
    uses = np.zeros((count, years, len(classes)), dtype=bool)
    one = ~two
    with_metformin = draw.random(count) < 0.07
    for year in range(years):
        share = year / max(years - 1, 1)
        weights = np.array([(1 - share) * row["weight_first"] + share * row["weight_last"] for row in classes])
        many = 1 + sum((latent + numbers["rise_per_year"] * (year - 3) > limit).astype(np.int64) for limit in limits)
        rank = np.argsort(np.argsort(-(np.log(weights)[None, :] + luck), axis=1), axis=1)
        uses[:, year, :] = (rank < many[:, None]) & (treated & two)[:, None]
        uses[:, year, INSULIN] |= one
        uses[:, year, METFORMIN] |= one & with_metformin
    return uses & ~patients.is_quiet[:, None, None]


def make_purchases(
    chance: Chance, drugs: Mapping[str, Any], patients: Patients, treatment: Treatment, window: Window
) -> pl.DataFrame:
    """Return purchases: person, day, product (row of `product_table`), packages."""
    draw = chance.about("purchases")
    parts: list[pl.DataFrame] = []
    catalogue = product_table(drugs)
    number_of = {(row["class"], row["vnr"]): index for index, row in enumerate(catalogue)}

    def buy(rows: Ints, first: Ints, interval: float, product: Ints, active_year: npt.NDArray[np.bool_] | None) -> None:
        pace = interval * np.exp(draw.normal(0.0, 0.18, len(rows)))
        begins = np.minimum(first, patients.last[rows])
        which, day = repeated_days(draw, begins, patients.last[rows], pace, shape=14.0, at_least=20)
        if active_year is not None:
            year = np.clip((day - window.first) // YEAR, 0, active_year.shape[1] - 1).astype(np.int64)
            active = active_year[which, year]
            which, day = which[active], day[active]
        parts.append(
            pl.DataFrame(
                {
                    "person": patients.person[rows[which]].astype(np.int32),
                    "day": to_weekday(day, patients.last[rows[which]]),
                    "product": product[which].astype(np.int16),
                    "packages": 1 + draw.poisson(0.6, len(which)).astype(np.int16),
                }
            )
        )

    for index, row in enumerate(drugs["glucose_lowering"]):
        rows = np.flatnonzero(treatment.uses[:, :, index].any(axis=1))
        products = np.array([number_of[row["class"], vnr] for vnr in row["vnr"]])
        product = products[draw.integers(0, len(products), len(rows))]
        for name, other in drugs["alternatives"].items():
            if name == row["class"] or name.startswith(row["class"] + "_with"):
                product = np.where(draw.random(len(rows)) < other["share"], number_of[name, other["vnr"]], product)
        if index == INSULIN:  # fixed insulin and GLP-1 combinations are for type 2 only
            product = np.where(patients.kind[rows] == TYPE_1, products[0], product)
        buy(rows, treatment.first_day[rows], drugs["purchase_interval_days"], product, treatment.uses[rows, :, index])
    for index, row in enumerate(drugs["other"]):
        rows = np.flatnonzero(treatment.other_from[:, index] < NEVER)
        product = np.full(len(rows), number_of[row["class"], row["vnr"]])
        buy(rows, treatment.other_from[rows, index], drugs["other_purchase_interval_days"], product, None)
    return pl.concat(parts).unique(["person", "day", "product"], keep="first", maintain_order=True)


def product_table(drugs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every product once: class, atc, vnr, doses per package, indication code."""
    rows: list[dict[str, Any]] = []
    for row in drugs["glucose_lowering"]:
        rows += [
            {
                "class": row["class"],
                "atc": row["atc"],
                "vnr": vnr,
                "doses": row["doses"],
                "indication": row["indication"],
            }
            for vnr in row["vnr"]
        ]
    for name, row in drugs["alternatives"].items():
        rows.append(
            {"class": name, "atc": row["atc"], "vnr": row["vnr"], "doses": row["doses"], "indication": "0000170"}
        )
    for row in drugs["other"]:
        rows.append({key: row[key] for key in ("class", "atc", "vnr", "doses", "indication")})
    for name in ("weight_loss", "heart_failure_sglt2"):
        row = drugs[name]
        rows.append(
            {
                "class": name,
                "atc": row["atc"],
                "vnr": row["vnr"],
                "doses": row["doses"],
                "indication": row["indication"],
            }
        )
    row = drugs["polycystic"]
    for code in row["indications"]:
        rows.append(
            {
                "class": f"polycystic_{code}",
                "atc": row["atc"],
                "vnr": row["vnr"],
                "doses": row["doses"],
                "indication": code,
            }
        )
    rows.append(
        {"class": "gestational_insulin", "atc": "A10AB05", "vnr": "900205", "doses": 37.5, "indication": "0000170"}
    )
    return rows
