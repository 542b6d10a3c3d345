"""All drawn cases in one warehouse, so that many readings of many definitions are evaluated on them at once.

Every drawn patient of every block becomes one person of the board. The engine works out `patient_period` once per
setting (reporting date and period); a definition, or a changed copy of it, is then one query over those rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from unittest.mock import patch
from uuid import UUID

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.cells import counted_of
from indicators.definitions.definition import Indicator
from indicators.dialect import FACTS, Bound, create_view, ranges
from indicators.engine import Run, patient_period, prepare
from indicators.patients.members import create_members
from indicators.patients.patient_period import (
    base_of,
    create_base,
    create_period,
    create_reporting,
    first_day,
    patient_sql,
)
from indicators.patients.placement import Grid
from tests.lib.case_files import DrawnCase, case_files, folder_of, read_case_file
from tests.lib.drawn_tables import Row, complete, insert, parse, patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue, in_words, results_of_patients, words_of_units

OUTCOME = (
    "patient_id",
    "excluded_by",
    "in_denominator",
    "is_missing",
    "numerator",
    "denominator",
    "patient_years",
    "value",
)


@dataclass(frozen=True)
class Setting:
    """A period to evaluate cases on: so many months that end on the reporting date, perhaps moved at either end."""

    reporting_date: date
    months: int
    first_day_moved: int = 0
    last_day_moved: int = 0


@dataclass(frozen=True)
class Board:
    """The drawn cases of indicators, and the warehouse that holds their people.

    Attributes:
        cases: By indicator, each case with its person; none for one that is drawn elsewhere.
        frames: `patient_period` of settings that were asked for.
        events: Rows of variables that tell organisations apart, of the same settings, by variable.
    """

    con: duckdb.DuckDBPyConnection
    cases: Mapping[str, Sequence[tuple[DrawnCase, UUID]]]
    numbers: Mapping[UUID, Sequence[int]]
    frames: dict[Setting, pl.DataFrame] = field(default_factory=dict)
    events: dict[Setting, dict[str, pl.DataFrame]] = field(default_factory=dict)

    def dates_of(self, subject: str) -> list[date]:
        """Return the reporting dates on which an indicator has cases, the one with most cases first."""
        days = [date.fromisoformat(case.reporting_date) for case, _ in self.cases[subject]]
        return sorted(set(days), key=lambda day: (-days.count(day), day))

    def cases_on(self, subject: str, day: date) -> list[tuple[DrawnCase, UUID]]:
        """Return an indicator's cases of one reporting date, each with its person."""
        return [(case, person) for case, person in self.cases[subject] if case.reporting_date == day.isoformat()]

    def rows_of(self, subject: str, frame: pl.DataFrame, day: date) -> pl.DataFrame:
        """Return the rows of `patient_period` of an indicator's cases of one reporting date."""
        numbers = {one for _, person in self.cases_on(subject, day) for one in self.numbers.get(person, ())}
        return frame.filter(pl.col("patient_id").is_in(numbers))

    def frame(self, known: Catalogue, setting: Setting) -> pl.DataFrame:
        """Return `patient_period` of a setting with the columns of the indicators looked at, kept for the next call."""
        if setting not in self.frames:
            with self.placed(known, setting, self.looked_at(known, setting)) as run:
                self.frames[setting] = patient_period(run, setting.months)
            self.events[setting] = run.events
        return self.frames[setting]

    def looked_at(self, known: Catalogue, setting: Setting) -> list[Indicator]:
        """Return the indicators with cases on a setting's day whose period is as long, or a mutant's: a month off."""
        return [
            each
            for each in known.indicators
            if abs(each.period - setting.months) <= 1 and setting.reporting_date in self.dates_of(each.id)
        ]

    @contextmanager
    def placed(self, known: Catalogue, setting: Setting, indicators: Sequence[Indicator]) -> Iterator[Run]:
        """Put everybody in time for a setting, and give the run that computes variables there."""
        last = setting.reporting_date + timedelta(days=setting.last_day_moved)

        def moved(end: date, months: int) -> date:
            return first_day(setting.reporting_date, months) + timedelta(days=setting.first_day_moved)

        with patch("indicators.patients.patient_period.first_day", moved):
            create_reporting(self.con, [last], [setting.months], known.breakdowns.attribution.hospital_months)
            base = create_base(self.con, [setting.months], known.breakdowns)
            lengths = {setting.months: counted_of(known, indicators, {})}
            yield Run(self.con, known, [last], all_values_on(known, setting.reporting_date), lengths, base=base)

    @contextmanager
    def based(self, known: Catalogue, setting: Setting) -> Iterator[tuple[Run, Grid]]:
        """Show variables all that they see in a setting: the dates, and the base columns as `patient`."""
        with self.placed(known, setting, []) as run:
            create_period(self.con, run.dates, setting.months)
            create_view(self.con, "patient", patient_sql(setting.months))
            people = max(number for own in self.numbers.values() for number in own)
            yield run, Grid(base_of(run.base, setting.months), run.dates, people)

    def outcomes(
        self,
        known: Catalogue,
        subject: str,
        variants: Sequence[Indicator],
        frame: pl.DataFrame,
        events: Mapping[str, pl.DataFrame],
        day: date,
    ) -> list[dict[DrawnCase, str]]:
        """Return what becomes of an indicator's cases of one reporting date under variants of the indicator.

        Args:
            known: The definitions, which say what the variants' populations are.
            subject: The indicator whose cases these are.
            variants: It, or changed copies of it, which use no other variables.
            frame: `patient_period`.
            events: Rows of the variables that tell organisations apart, by variable.
            day: The reporting date.
        """
        cases = self.cases_on(subject, day)
        used = {each.name for each in known.variables_of(known.indicator(subject))}
        unused = {column for name, columns in known.columns.items() if name not in used for column in columns}
        own = self.rows_of(subject, frame, day).select(pl.exclude(unused))
        numbered = [variant.model_copy(update={"id": f"variant_{place}"}) for place, variant in enumerate(variants)]
        changed = replace(known, indicators=tuple(numbered))
        counted = counted_of(changed, numbered, {})
        bound = all_values_on(known, day)
        rows = results_of_patients(self.con, changed, counted, bound, own)
        elsewhere = words_of_units(self.con, changed, counted, bound, own, events)
        found: list[dict[UUID, str]] = [{} for _ in variants]
        for name, person, *row in rows.select("indicator_id", *OUTCOME).rows():
            place = int(name.removeprefix("variant_"))
            words = in_words(variants[place].kind, variants[place].denominator.count is not None, row)
            found[place][UUID(person)] = words + elsewhere.get((name, person), "")
        return [{case: words.get(person, "not in denominator") for case, person in cases} for words in found]


def all_values_on(known: Catalogue, day: date) -> Bound:
    """Return the values of all parameters of the pack that have one on a day."""
    dated = {name: parameter.valid_on(day) for name, parameter in known.parameters.items()}
    return {name: value.value for name, value in dated.items() if value}


@cache
def case_board(country: str = "denmark") -> Board:
    """Return the board of all cases drawn for a country's indicators, made once per test process."""
    known = catalogue(country=country)
    by_subject: dict[str, list[tuple[DrawnCase, UUID]]] = defaultdict(list)
    tables: dict[str, list[Row]] = defaultdict(list)
    offsets: dict[tuple[str, str, str], int] = {}
    for path in case_files(folder_of(country)):
        if "classifier" in path.parts:
            continue
        for case in read_case_file(path):
            block = (case.subject, case.reporting_date, case.drawing)
            if block not in offsets:
                offsets[block] = 1_000 * (1 + len(offsets))
                add_block(tables, case.drawing, offsets[block])
            by_subject[case.subject].append((case, patient_uuid(offsets[block] + case.patient)))
    con = warehouse_of("")
    con.execute("DELETE FROM core.practice")
    insert(con, tables)
    prepare(con, known)
    create_members(con, "drawn", *ranges(1)[0])
    keep_facts_at_hand(con)
    numbers = con.execute("SELECT pseudonym, list(patient_id) FROM member GROUP BY pseudonym").fetchall()
    return Board(con, by_subject, dict(numbers))


def keep_facts_at_hand(con: duckdb.DuckDBPyConnection) -> None:
    """Turn the views of members' facts into tables on one thread: thousands of small queries read them."""
    con.execute("SET threads = 1")
    for name in FACTS:
        con.execute(f"CREATE TEMP TABLE kept_fact AS SELECT * FROM {name}")
        con.execute(f"DROP VIEW {name}")
        con.execute(f"ALTER TABLE kept_fact RENAME TO {name}")


def add_block(tables: dict[str, list[Row]], drawing: str, offset: int) -> None:
    """Add a block's completed rows to the board's, its patients numbered from an offset."""
    numbered = {
        name: [
            row | {"patient": str(offset + int(row["patient"]))} if row.get("patient") else row  # type: ignore[arg-type]
            for row in rows
        ]
        for name, rows in parse(drawing).items()
    }
    for name, rows in complete(numbered).items():
        tables[name] += rows if name != "practice" else [row for row in rows if row not in tables[name]]
