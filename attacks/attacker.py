"""An attacker who has one release file and nothing else.

Shares no code with disclosure control; the tests and `tvaers attack` use the same one. The attacker reads what is
shown, knows from the definitions what kind each indicator is, guesses from equal numbers which indicators count the
same people, and writes down every equation: numerator + complement = denominator, denominator + missing = eligible,
units add up to their cluster and to all, sexes and age bands add up. Then come subtraction, linear algebra and linear
programming.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy import linalg, stats

from attacks.programming import Programme, fixed_in_all

Place = tuple[str, str, str, str]
Variable = tuple[str, Place]
FIELDS = {
    "proportion": ("numerator", "complement", "denominator", "missing", "eligible"),
    "median": ("denominator", "missing", "eligible"),
    "time_to_event": ("denominator", "missing", "eligible"),
    "rate_per_1000_patient_years": ("numerator",),
}
HIDDEN = ("suppressed", "left_out", "withheld")
ENOUGH_EQUAL_CELLS = 12
# A system of more unknowns is not solved by dense algebra, but by random solutions of its equations.
MOST_UNKNOWNS = 2_500


@dataclass
class Attacker:
    """What the attacker has written down about one period of a release.

    Attributes:
        release: The file.
        period: Which reporting date is attacked.
        nested: Counts of which the definitions say that the first is part of the second.
    """

    release: Path
    period: date
    nested: tuple[tuple[str, str], ...] = ()
    known: dict[Variable, float] = field(default_factory=dict)
    hidden: set[tuple[str, Place]] = field(default_factory=set)
    equations: list[dict[Variable, int]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with duckdb.connect(str(self.release), read_only=True) as con:
            cells = con.execute(
                "SELECT indicator_id, level, unit_id, sex, age_band, state, numerator, denominator, eligible "
                "FROM result WHERE period_end = $day AND state <> 'not_applicable' UNION ALL "
                "SELECT concat(indicator_id, ':', day), level, unit_id, 'all', 'all', state, happened, patients, "
                "patients FROM time_step WHERE period_end = $day ORDER BY ALL",
                {"day": self.period},
            ).fetchall()
            self.cluster_of = dict(
                con.execute("SELECT unit_id, cluster_id FROM unit WHERE level = 'practice'").fetchall()
            )
            pages = con.execute("SELECT indicator_id, definition FROM indicator").fetchall()
        # A step of a curve is a share of those who began.
        self.kinds = {name: "proportion" for name, *_ in cells}
        self.kinds |= {name: json.loads(page)["kind"] for name, page in pages}
        told: dict[str, dict[Place, float]] = defaultdict(dict)
        places: dict[str, set[Place]] = defaultdict(set)
        for name, *place, state, numerator, denominator, eligible in cells:
            where: Place = tuple(place)
            places[name].add(where)
            if state in HIDDEN:
                if state in ("suppressed", "withheld"):
                    self.hidden.add((name, where))
                continue
            for count, value in self._read(name, state, numerator, denominator, eligible).items():
                told[f"{name}.{count}"][where] = value
        self._guess_what_is_the_same(told)
        for quantity, values in told.items():
            for where, value in values.items():
                self.known[self.same_as.get(quantity, quantity), where] = value
        self._write_equations(places)

    def _read(
        self, name: str, state: str, numerator: int | None, denominator: int | None, eligible: int | None
    ) -> dict[str, float]:
        if state == "no_data":
            return {
                count: 0.0 for count in ("numerator", "complement", "denominator") if count in FIELDS[self.kinds[name]]
            }
        found = {"numerator": numerator, "denominator": denominator, "eligible": eligible}
        if numerator is not None and denominator is not None:
            found["complement"] = denominator - numerator
        if eligible is not None and denominator is not None:
            found["missing"] = eligible - denominator
        return {count: float(value) for count, value in found.items() if value is not None}

    def _guess_what_is_the_same(self, told: dict[str, dict[Place, float]]) -> None:
        """Take two counts for the same when they agree wherever both are shown, often enough and with real numbers."""
        names = sorted(told)
        for number, one in enumerate(names):
            for other in names[:number]:
                both = told[one].keys() & told[other].keys()
                agree = all(told[one][where] == told[other][where] for where in both)
                if agree and len({told[one][where] for where in both}) >= ENOUGH_EQUAL_CELLS:
                    self.same_as[one] = self.same_as.get(other, other)
                    break

    def variable(self, name: str, count: str, where: Place) -> Variable:
        """Return the variable of an indicator's count at a place."""
        quantity = f"{name}.{count}"
        return self.same_as.get(quantity, quantity), where

    def _write_equations(self, places: dict[str, set[Place]]) -> None:
        seen: set[tuple[tuple[Variable, ...], Variable]] = set()
        for name, spots in sorted(places.items()):
            counts = FIELDS[self.kinds[name]]
            for where in sorted(spots):
                for parts, total in (
                    (("numerator", "complement"), "denominator"),
                    (("denominator", "missing"), "eligible"),
                ):
                    if {*parts, total} <= set(counts):
                        self._add(
                            seen,
                            [self.variable(name, part, where) for part in parts],
                            self.variable(name, total, where),
                        )
            for (_, of_total), places_of in self.sums(spots).items():
                for count in counts:
                    self._add(
                        seen,
                        [self.variable(name, count, part) for part in places_of],
                        self.variable(name, count, of_total),
                    )
        for inner, outer in self.nested:
            spots = places[inner.split(".")[0]] & places[outer.split(".")[0]]
            for where in sorted(spots):
                within, whole = (self.variable(*_named(count), where) for count in (inner, outer))
                self._add(seen, [within, self.between(inner, outer, where)], whole)
            for (_, of_total), places_of in self.sums(spots).items():
                between = [self.between(inner, outer, part) for part in places_of]
                self._add(seen, between, self.between(inner, outer, of_total))

    def between(self, inner: str, outer: str, where: Place) -> Variable:
        """Return the variable of those whom the outer count has and the inner has not."""
        return f"{outer} less {inner}", where

    def _add(self, seen: set, parts: list[Variable], total: Variable) -> None:
        key = (tuple(sorted(parts)), total)
        if key not in seen and len({*parts, total}) == len(parts) + 1:
            seen.add(key)
            self.equations.append({total: -1} | dict.fromkeys(parts, 1))

    def sums(self, spots: set[Place]) -> dict[tuple[str, Place], list[Place]]:
        """Return which places add up to which others, by what they are parts: units, sexes or age bands."""
        sums: dict[tuple[str, Place], list[Place]] = defaultdict(list)
        for where in sorted(spots):
            level, unit, sex, age = where
            if level != "all":
                sums[level, ("all", "all", sex, age)].append(where)
            if level == "practice":
                sums["cluster", ("cluster", self.cluster_of[unit], sex, age)].append(where)
            if sex != "all":
                sums["sex", (level, unit, "all", age)].append(where)
            if age != "all":
                sums["age", (level, unit, sex, "all")].append(where)
        return {key: parts for key, parts in sums.items() if key[1] in spots}

    def hidden_results(self) -> set[Variable]:
        """Return the numerators and complements of hidden cells that no shown cell tells."""
        own = {
            self.variable(name, count, where)
            for name, where in self.hidden
            for count in ("numerator", "complement")
            if count in FIELDS[self.kinds[name]]
        }
        return own - self.known.keys()

    def numbers_of(self, rows: Iterable[tuple[Any, ...]]) -> dict[Variable, float]:
        """Return what cells tell: indicator, level, unit, sex, age band, numerator, denominator, eligible."""
        found = {}
        for name, level, unit, sex, age, *counts in rows:
            for count, value in self._read(name, "shown", *counts).items():
                if name in self.kinds and count in FIELDS[self.kinds[name]]:
                    found[self.variable(name, count, (level, unit, sex, age))] = value
        return found

    def knowing(self, more: dict[Variable, float]) -> "Attacker":
        """Return an attacker who knows some numbers besides the release."""
        insider = copy(self)
        insider.known = {**self.known, **more}
        return insider

    def by_subtraction(self) -> dict[Variable, float]:
        """Return every count not shown that falls out of an equation with one unknown, again and again."""
        known = dict(self.known)
        waiting = list(self.equations)
        while True:
            left = []
            for equation in waiting:
                unknown = [variable for variable in equation if variable not in known]
                if len(unknown) > 1:
                    left.append(equation)
                elif unknown:
                    rest = sum(sign * known[variable] for variable, sign in equation.items() if variable in known)
                    known[unknown[0]] = -rest * equation[unknown[0]]
            if len(left) == len(waiting):
                return {variable: value for variable, value in known.items() if variable not in self.known}
            waiting = left

    def years_left(self, name: str, step: float) -> dict[tuple[Place, ...], tuple[float, float]]:
        """Return the lowest and highest patient-years of a rate's hidden groups, by subtracting their neighbours.

        Where a total is shown, what its hidden parts leave together is known as far as rounding to a step allows.
        """
        with duckdb.connect(str(self.release), read_only=True) as con:
            rows = con.execute(
                "SELECT level, unit_id, sex, age_band, state, patient_years FROM result "
                "WHERE indicator_id = ? AND period_end = ? AND state IN ('shown', 'suppressed', 'left_out', 'no_data')",
                [name, self.period],
            ).fetchall()
        years = {tuple(place): None if state in HIDDEN else (shown or 0.0) for *place, state, shown in rows}
        found = {}
        for (_, total), parts in self.sums(set(years)).items():
            hidden = [part for part in parts if years[part] is None]
            whole = years[total]
            if hidden and whole is not None:
                known = [value for part in parts if (value := years[part]) is not None]
                ends = [(value - step / 2 if value > step else 0.0, value + step / 2) for value in known]
                low, high = whole - step / 2, whole + step / 2
                found[tuple(hidden)] = (
                    max(0.0, low - sum(most for _, most in ends)),
                    high - sum(least for least, _ in ends),
                )
        return found

    def years_from_intervals(self, name: str) -> dict[Place, float]:
        """Return the patient-years that the upper limit of each shown rate's exact interval was reckoned with."""
        with duckdb.connect(str(self.release), read_only=True) as con:
            rows = con.execute(
                "SELECT level, unit_id, sex, age_band, numerator, ci_high FROM result "
                "WHERE indicator_id = ? AND period_end = ? AND state = 'shown' AND ci_high > 0",
                [name, self.period],
            ).fetchall()
        return {
            (level, unit, sex, age): 1000 * stats.chi2.ppf(0.975, 2 * events + 2) / 2 / high
            for level, unit, sex, age, events, high in rows
        }

    def _groups(self) -> list[tuple[list[Variable], np.ndarray, np.ndarray]]:
        """Return the unknowns in connected groups, each with its equations A x = b."""
        root: dict[Variable, Variable] = {}

        def find(variable: Variable) -> Variable:
            while root.setdefault(variable, variable) != variable:
                variable = root[variable]
            return variable

        unknowns_of = [[v for v in equation if v not in self.known] for equation in self.equations]
        for unknown in unknowns_of:
            for variable in unknown:
                root[find(variable)] = find(unknown[0])
        groups: dict[Variable, list[int]] = defaultdict(list)
        for number, unknown in enumerate(unknowns_of):
            if unknown:
                groups[find(unknown[0])].append(number)
        result = []
        for numbers in groups.values():
            variables = sorted({variable for number in numbers for variable in unknowns_of[number]})
            index = {variable: place for place, variable in enumerate(variables)}
            matrix, right = np.zeros((len(numbers), len(variables))), np.zeros(len(numbers))
            for row, number in enumerate(numbers):
                for variable, sign in self.equations[number].items():
                    if variable in index:
                        matrix[row, index[variable]] = sign
                    else:
                        right[row] -= sign * self.known[variable]
            result.append((variables, matrix, right))
        return result

    def by_linear_algebra(self) -> dict[Variable, float]:
        """Return every count that all equations together fix: its own direction lies wholly in what they span."""
        found: dict[Variable, float] = {}
        for variables, matrix, right in self._groups():
            if len(variables) > MOST_UNKNOWNS:
                found |= {variables[place]: value for place, value in fixed_in_all(matrix, right).items()}
                continue
            spanned, triangle, _ = linalg.qr(matrix.T, mode="economic", pivoting=True)
            rank = int((np.abs(np.diag(triangle)) > 1e-8).sum())
            fixed = (spanned[:, :rank] ** 2).sum(axis=1) > 1 - 1e-9
            if fixed.any():
                solution = np.linalg.lstsq(matrix, right, rcond=None)[0]
                found |= {variables[place]: float(solution[place]) for place in np.flatnonzero(fixed)}
        return found

    def proved_small(
        self, wanted: set[Variable], few: int, *, whole: bool = False
    ) -> tuple[dict[Variable, float], set[Variable]]:
        """Return the counts that can only be 1 to `few` - 1, with their highest value, and those that got no answer.

        There is no answer where the numbers shown contradict each other, as rounded ones do.

        Args:
            wanted: The counts; those of them that are in no equation can be anything.
            few: From how many people a group is not small.
            whole: Whether the attacker uses that people are whole numbers, which can narrow a count further.
        """
        found: dict[Variable, float] = {}
        left: set[Variable] = set()
        for variables, matrix, right in self._groups():
            asked = np.array([place for place, variable in enumerate(variables) if variable in wanted], dtype=np.int64)
            if asked.size:
                proved, unanswered = Programme(matrix, right, few, whole=whole).small(asked)
                found |= {variables[place]: high for place, high in proved.items()}
                left |= {variables[place] for place in unanswered}
        return found, left

    def bounds(self, wanted: set[Variable]) -> dict[Variable, tuple[float, float]]:
        """Return the lowest and highest value of counts, using that no count is below zero.

        Args:
            wanted: The counts.
        """
        found: dict[Variable, tuple[float, float]] = {}
        for variables, matrix, right in self._groups():
            asked = [place for place, variable in enumerate(variables) if variable in wanted]
            programme = Programme(matrix, right, few=1) if asked else None
            found |= {variables[place]: programme.ends(place) for place in asked if programme}
        return found


def _named(count: str) -> tuple[str, str]:
    """Return the indicator and the field of a count."""
    name, field_name = count.split(".")
    return name, field_name
