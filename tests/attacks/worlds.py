"""Invented worlds to attack, and weak releases of them that an attacker must be able to break."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from attacks.attacker import FIELDS, Attacker, Place, Variable
from indicators.disclosure.control import protect, released
from indicators.disclosure.nested import Count, Nested
from indicators.disclosure.places import PLACE
from indicators.disclosure.policy import Policy, UnitLevel, load_policy
from indicators.disclosure.primary import too_small
from indicators.release.file import write_release
from tests.lib.invented_cells import INVENTED, NESTED, Cells, invented_cells
from tests.lib.tiny_release import META, POLICY, completeness, definition, deliveries, quarantine

# Most hold a handful of people with the disease, some none in an age band, and one town holds half of them all.
TINY_MUNICIPALITIES = tuple(f"{number}" for number in range(4601, 4621))
WORLDS: dict[str, dict[str, float | tuple[str, ...]]] = {
    "a region": {"patients": 2_000, "practices": 18, "clusters": 5},
    "a region with very uneven practices": {"patients": 2_500, "practices": 20, "clusters": 6, "skew": 2.5},
    "three municipalities with one or two practices each": {"patients": 450, "practices": 5, "clusters": 3},
    "clusters of one practice": {"patients": 900, "practices": 6, "clusters": 6, "skew": 1.5},
    "a valley whose practices are left out": {"patients": 170, "practices": 8, "clusters": 3},
    "many tiny municipalities beside a town": {
        "patients": 1_100,
        "practices": 24,
        "clusters": 6,
        "skew": 2.2,
        "municipalities": TINY_MUNICIPALITIES,
    },
    "three municipalities of which one holds nearly all": {"patients": 620, "practices": 5, "clusters": 3, "skew": 2.5},
    "a region with silent practices": {"patients": 1_200, "practices": 10, "clusters": 4, "silent": 2},
}
# Counts that are part of each other by their definitions; two are rates of the same people.
KNOWN_TO_BE_NESTED = (
    ("hba1c_below_53.numerator", "hba1c_below_59.numerator"),
    ("hba1c_75_and_above.numerator", "hba1c_below_59.complement"),
    ("contacts.numerator", "contacts_or_ulcers.numerator"),
)
FOUND_NESTED = (*NESTED, Nested(Count("contacts", "numerator"), Count("contacts_or_ulcers", "numerator")))
OF_OUTSIDERS = load_policy(POLICY).model_copy(update={"insiders": ()})
INSIDERS: tuple[UnitLevel, ...] = ("practice", "cluster", "municipality", "hospital")
ULCERS = next(each for each in INVENTED if each.indicator_id == "new_foot_ulcers")
PAGES = {each.indicator_id: definition(each) for each in INVENTED} | dict.fromkeys(
    ("contacts", "contacts_or_ulcers"), definition(ULCERS)
)


@dataclass(frozen=True)
class World:
    """Cells with their truth, and the policy in force without its insiders, whom a test names itself."""

    cells: Cells
    policy: Policy

    @classmethod
    def of(cls, name: str, seed: int) -> "World":
        """Return one period of a named world."""
        cells = invented_cells(seed=seed, quarters=1, **WORLDS[name])  # type: ignore[arg-type]
        return cls(replace(cells, results=with_two_rates(cells.results)), OF_OUTSIDERS)

    def release(self, folder: Path, results: pl.DataFrame) -> Attacker:
        """Write results as a release file and hand it to an attacker."""
        pages = [(name, 1, number, page) for number, (name, page) in enumerate(PAGES.items())]
        path = folder / "release.duckdb"
        path.unlink(missing_ok=True)
        write_release(
            path,
            {
                "result": results,
                "unit": self.cells.units,
                "indicator": pl.DataFrame(
                    pages, schema=["indicator_id", "definition_version", "position", "definition"], orient="row"
                ),
                "delivery": deliveries(),
                "quarantine": quarantine(),
                "completeness": completeness(),
                "policy": pl.DataFrame(self.policy.rows()),
                "meta": pl.DataFrame({"key": list(META), "value": list(META.values())}),
            },
        )
        return Attacker(path, self.cells.results["period_end"][0], KNOWN_TO_BE_NESTED)

    def ours(self, folder: Path) -> Attacker:
        """Release through disclosure control."""
        protection = protect(self.cells.results, self.policy, self.cells.parents, FOUND_NESTED)
        return self.release(folder, protection.cells)

    def reckoning_with(self, insiders: tuple[UnitLevel, ...], folder: Path) -> Attacker:
        """Release through disclosure control that reckons with units of some levels, who know their own numbers."""
        policy = self.policy.model_copy(update={"insiders": insiders})
        return self.release(folder, protect(self.cells.results, policy, self.cells.parents, FOUND_NESTED).cells)

    def known_to(self, attacker: Attacker, level: str, unit: str) -> dict[Variable, float]:
        """Return every count of a unit's own people."""
        return {variable: value for variable, value in self.truth(attacker).items() if variable[1][:2] == (level, unit)}

    def blind_to_nesting(self, folder: Path) -> Attacker:
        """Release in which nobody thought of the people between two counts that are part of each other."""
        return self.release(folder, protect(self.cells.results, self.policy, self.cells.parents).cells)

    def blind_to_silence(self, folder: Path) -> Attacker:
        """Release in which a cell without data was thought to tell nothing."""
        told = self.cells.results
        is_silent = (pl.col("denominator") == 0) & (pl.col("state") == "computed")
        unseen = told.filter(~is_silent)
        shown = protect(unseen, self.policy, self.cells.parents, FOUND_NESTED).cells
        silent = told.filter(is_silent)
        nothing = pl.Series([False] * silent.height, dtype=pl.Boolean)
        return self.release(folder, pl.concat([shown, released(silent, nothing, self.policy)]))

    def with_primary_rules_only(self, folder: Path) -> Attacker:
        """Release with nothing hidden but the small cells themselves."""
        results = self.cells.results
        return self.release(folder, released(results, too_small(results, self.policy), self.policy))

    def with_small_units_left_out(self, folder: Path) -> Attacker:
        """Release in which each practice of fewer patients than the policy's average is left out, and nothing else."""
        results, few = self.cells.results, self.policy.smallest_average
        is_few = pl.col("patients").max().over("level", "unit_id") < few
        hidden = results.select((pl.col("level") == "practice") & is_few & (pl.col("state") == "computed"))
        return self.release(folder, released(results, hidden.to_series(), self.policy))

    def indicator_by_indicator(self, folder: Path) -> Attacker:
        """Release with every indicator protected alone, blind to the people it shares with the others."""
        parts = [
            protect(part, self.policy, self.cells.parents, NESTED).cells
            for _, part in self.cells.results.group_by("indicator_id", maintain_order=True)
        ]
        return self.release(folder, pl.concat(parts))

    def without_linear_programming(self, folder: Path, insiders: tuple[UnitLevel, ...] = ()) -> Attacker:
        """Release that only makes sure that subtraction finds nothing, for outsiders and units of some levels."""
        loose = self.policy.model_copy(update={"protection_width": 0, "insiders": insiders})
        return self.release(folder, protect(self.cells.results, loose, self.cells.parents, NESTED).cells)

    def blind_to_events_not_met(self, folder: Path) -> Attacker:
        """Release that does not know how few people may stand behind the events that are not met."""
        blind = self.cells.results.with_columns(complement_patients=pl.lit(None, pl.Int64))
        return self.release(folder, protect(blind, self.policy, self.cells.parents, NESTED).cells)

    def with_one_person_behind(self, name: str, place: Place) -> "World":
        """Return the world in which all events of a cell that are not met are one person's."""
        here = (pl.col("indicator_id") == name) & (pl.concat_list(*PLACE) == list(place))
        people = pl.when(here).then(1).otherwise("complement_patients").alias("complement_patients")
        return replace(self, cells=replace(self.cells, results=self.cells.results.with_columns(people)))

    def with_exact_years(self, folder: Path) -> Attacker:
        """Release with nothing hidden but the small cells themselves, and patient-years to the hundredth."""
        exact = self.policy.model_copy(update={"patient_years_step": 0.01})
        results = self.cells.results
        return self.release(folder, released(results, too_small(results, exact), exact))

    def silent(self) -> set[tuple[str, Place]]:
        """Return the cells in which nobody is counted."""
        rows = self.cells.results.filter((pl.col("denominator") == 0) & (pl.col("state") == "computed"))
        return {
            (row[0], row[1:]) for row in rows.select("indicator_id", "level", "unit_id", "sex", "age_band").iter_rows()
        }

    def years(self, name: str) -> dict[Place, float]:
        """Return the true patient-years of a rate by place."""
        rate = self.cells.results.filter(pl.col("indicator_id") == name)
        places = rate.select("level", "unit_id", "sex", "age_band").rows()
        return dict(zip(places, rate["patient_years"], strict=True))

    def truth(self, attacker: Attacker) -> dict[Variable, float]:
        """Return the true value of every count of every cell, under the attacker's names."""
        counted = self.cells.results.with_columns(
            complement=pl.col("denominator") - pl.col("numerator"), missing=pl.col("eligible") - pl.col("denominator")
        )
        truth = {}
        for row in counted.iter_rows(named=True):
            where = (row["level"], row["unit_id"], row["sex"], row["age_band"])
            for count in FIELDS[row["kind"]]:
                truth[attacker.variable(row["indicator_id"], count, where)] = float(row[count])
        for inner, outer in KNOWN_TO_BE_NESTED:
            names = (inner.split("."), outer.split("."))
            for where in {spot for _, spot in truth}:
                within, whole = (truth.get(attacker.variable(*name, where)) for name in names)
                if within is not None and whole is not None:
                    truth[attacker.between(inner, outer, where)] = whole - within
        return truth

    def small(self, attacker: Attacker) -> set[Variable]:
        """Return every count of 1 to 4 people, and every count of events of 1 to 4 people."""
        few = {variable for variable, value in self.truth(attacker).items() if 1 <= value < self.policy.smallest_count}
        return few | self.events_of_few(attacker)

    def events_of_few(self, attacker: Attacker) -> set[Variable]:
        """Return every count of events, met or not, behind which 1 to 4 people stand."""
        return {
            attacker.variable(row["indicator_id"], count, (row["level"], row["unit_id"], row["sex"], row["age_band"]))
            for row in self.cells.results.iter_rows(named=True)
            for count in ("numerator", "complement")
            if 1 <= (row[f"{count}_patients"] or 0) < self.policy.smallest_group_behind_events
        }


def with_two_rates(results: pl.DataFrame) -> pl.DataFrame:
    """Return results with two more rates of the same people: one of frequent events, one of these and of ulcers."""
    place = ["period_end", "level", "unit_id", "sex", "age_band"]
    ulcers = results.filter(pl.col("indicator_id") == ULCERS.indicator_id)
    frequent = results.filter(pl.col("indicator_id") == "ldl_measured").select(*place, events="numerator")
    joined = ulcers.join(frequent, on=place, maintain_order="left")
    both = joined.with_columns(
        pl.col("numerator", "numerator_patients") + pl.col("events"), indicator_id=pl.lit("contacts_or_ulcers")
    )
    alone = joined.with_columns(numerator="events", numerator_patients="events", indicator_id=pl.lit("contacts"))
    return pl.concat([results, *(each.select(results.columns) for each in (alone, both))])


def narrowest(bounds: dict[Variable, tuple[float, float]]) -> float:
    """Return the smallest distance between two bounds."""
    return min((high - low for low, high in bounds.values()), default=float(np.inf))
