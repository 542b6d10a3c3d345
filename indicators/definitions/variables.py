"""Variables: the mechanics behind indicators, one SELECT per file with a header that says what it returns.

A variable is written once, by an analyst, as `indicators/<disease>/variables/<name>.sql`:

    -- label: Latest HbA1c in the period
    -- unit: mmol/mol
    -- rows: patient and day
    -- sources: measurement(analyte=hba1c)
    -- ties: the lowest value of the latest day
    SELECT patient_id, taken_on AS latest_hba1c_on, MIN(value) AS latest_hba1c_mmol_mol FROM measurement WHERE ...

It sees these relations by bare name, all limited to people with the disease:

- the core tables (measurement, diagnosis, dispensing, ...); `patient_id` is a number whose value means nothing
- period(period_start, period_end): one row per reporting date, both ends included
- period_day(day, period_start, period_end): one row per day of each period. Join facts on the day: an equality join
- patient(patient_id, period_start, period_end, sex, age, ...): the base columns of patient_period
- classified(patient_id, diabetes_type, diabetes_since_on): all that the classifiers in use say about the person; whom
  several of them found is a patient once for each, with a number of its own
- birth(patient_id, born_on): the first day of the month of birth, for the age at an event; `patient` has it at the end
- codelist(list, system, code): the codes that occur in the warehouse and match the list by prefix; join by equality
- $name: a dated parameter of the country pack, as valid on the reporting date

What it returns, by its `rows`:

- patient: patient_id and value columns, at most one row per patient
- patient and period: patient_id, period_end and value columns, at most one row per patient and period
- patient, period and hospital (or municipality): the same with hospital_id (municipality_id), the organisation that is
  responsible for the events counted; several rows per patient and period. Beside the patient stands their sum: of
  columns that end in `_count` the total, of others the largest. An indicator that uses it says under `attribution` that
  at that level it counts there instead of where the patient belongs
- patient and sign: patient_id and the day of a sign of something that lasts, `first_<what>_on`, for all of history and
  as often as it was seen. The engine makes three columns of it: `first_<what>_on`, the first day of all;
  `latest_<what>_before_on`, the latest before the first day under observation in the period; and `next_<what>_on`, the
  first from that day on. The last two tell a new case from a known one
- patient and day: patient_id, a day (the first column that ends in `_on`) and value columns, for all of history. The
  engine takes the row of the latest day of each period; with value columns there is at most one row per patient and
  day, without them (when only the day matters) there may be several. Prefer this kind for "latest ...": it is read once
  for all lengths of period, and needs no join to period_day. A further header line `-- within: 12 months` lets only the
  last months of each period count.

What several variables do in the same way stands once, as `variables/steps/<name>.sql`: a SELECT that is put in place of
`step.<name>`, in a variable or another step, and may read the relations that are defined above it there. The engine
takes a step once for all variables when it reads facts and code lists only.

Column names carry their unit; dates end in `_on`; counts in `_count`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from indicators.definitions.definition import PARAMETER, Level
from indicators.definitions.reading import disease_folder, unknown
from tvaers.errors import DefinitionError

Rows = Literal[
    "patient",
    "patient and period",
    "patient and day",
    "patient and sign",
    "patient, period and hospital",
    "patient, period and municipality",
]
ROWS: tuple[Rows, ...] = get_args(Rows)
HEADER = ("label", "unit", "rows", "sources", "ties")
STEP = re.compile(r"\bstep\.([a-z][a-z0-9_]*)\b")
RESPONSIBLE: Mapping[str, Level] = {
    "patient, period and hospital": "hospital",
    "patient, period and municipality": "municipality",
}
WITHIN = re.compile(r"^(\d+) months$")
SOURCE = re.compile(r"^(?P<table>[a-z_]+)(\((?P<column>[a-z_]+)=(?P<value>[a-z0-9_]+)\))?$")
# The day by which a source's rows are placed in time, for judging whether its extracts cover a period.
SOURCE_DAYS = {
    "hospital_contact": "started_on",
    "diagnosis": "diagnosed_on",
    "procedure": "performed_on",
    "measurement": "taken_on",
    "dispensing": "dispensed_on",
    "service": "service_on",
    "examination": "examined_on",
    "municipal_course": "coalesce(granted_on, referred_on)",
    "municipal_encounter": "held_on",
    "message": "sent_on",
}


@dataclass(frozen=True)
class Source:
    """A core table, or the part of it where one column has one value, that a variable needs.

    Written `measurement` or `measurement(analyte=hba1c)`.
    """

    table: str
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        return f"{self.table}({self.column}={self.value})" if self.column else self.table


@dataclass(frozen=True)
class Variable:
    """One variable.

    Attributes:
        name: The file's name.
        label: What it is, in words.
        unit: Unit of its value column, or `-`.
        rows: What one row stands for.
        sources: The tables without whose extracts it cannot be computed.
        ties: What is done when two facts compete (same day, same rank), or `-`.
        sql: The SELECT, with `$parameters`.
        within: Only the last so many months of the period are looked at; None for all of it.
        about: How it is made, in words; empty where the label says all.
        steps: Name and SELECT of each step that stands in its SELECT, those that stand in another step too.
    """

    name: str
    label: str
    unit: str
    rows: Rows
    sources: tuple[Source, ...]
    ties: str
    sql: str
    within: int | None = None
    about: str = ""
    steps: tuple[tuple[str, str], ...] = ()

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the dated parameters in the SELECT."""
        return frozenset(PARAMETER.findall(self.sql))

    @property
    def responsible(self) -> Level | None:
        """The level of the organisations for which it has rows of their own, None where it has one row per patient."""
        return RESPONSIBLE.get(self.rows)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that say what a row stands for, but the day."""
        if self.responsible:
            return ("patient_id", "period_end", f"{self.responsible}_id")
        return ("patient_id", "period_end") if self.rows == "patient and period" else ("patient_id",)


def parse_variable(name: str, text: str, steps: Mapping[str, str] = MappingProxyType({})) -> Variable:
    """Return the variable written in a file's text, with the steps that it names in place.

    Raises:
        DefinitionError: A header line is missing, unknown or has a value that is not allowed, or a step is unknown.
    """
    header: dict[str, str] = {}
    about: list[str] = []
    body: list[str] = []
    for line in text.splitlines():
        found = re.match(r"^-- ([a-z_]+):\s*(.*)$", line)
        if found and not body:
            header[found[1]] = found[2].strip()
        elif line.startswith("-- ") and not body:
            about.append(line.removeprefix("-- ").strip())
        elif not line.lstrip().startswith("--") and (body or line.strip()):
            body.append(line)
    where = f"variables/{name}.sql"
    for key in header.keys() - {*HEADER, "within"}:
        raise unknown("header line", key, (*HEADER, "within"), where=where)
    if missing := [key for key in HEADER if not header.get(key)]:
        raise DefinitionError(
            f"A variable lacks the header lines: {', '.join(missing)}.",
            where=where,
            what_to_do="Add the lines '-- <key>: <text>' at the top; write '-' where nothing applies.",
        )
    if header["rows"] not in ROWS:
        raise unknown("kind of rows", header["rows"], ROWS, where=where)
    written = "\n".join(body).strip().rstrip(";")
    return Variable(
        name=name,
        label=header["label"],
        unit=header["unit"],
        rows=cast("Rows", header["rows"]),
        sources=tuple(parse_source(part, where) for part in split_sources(header["sources"])),
        ties=header["ties"],
        sql=with_steps(written, steps, where),
        within=parse_within(header, where),
        about=" ".join(about),
        steps=tuple((each, with_steps(steps[each], steps, where)) for each in steps_named_in(written, steps, where)),
    )


def steps_named_in(sql: str, steps: Mapping[str, str], where: str, above: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the steps that a SELECT names, and of those that these name, without repetition.

    Raises:
        DefinitionError: There is no such step, or it is a part of itself.
    """
    found: dict[str, None] = {}
    for name in STEP.findall(sql):
        if name not in steps:
            raise unknown("step", name, steps, where=where)
        if name in above:
            raise DefinitionError(
                f"The step '{name}' is a part of itself.", where=where, what_to_do="Let it read facts instead."
            )
        found |= dict.fromkeys((name, *steps_named_in(steps[name], steps, where, (*above, name))))
    return list(found)


def with_steps(sql: str, steps: Mapping[str, str], where: str) -> str:
    """Return a SELECT with each `step.<name>` replaced by the step's own SELECT.

    Raises:
        DefinitionError: There is no such step, or it is a part of itself.
    """
    steps_named_in(sql, steps, where)
    return STEP.sub(lambda found: in_place(found[1], with_steps(steps[found[1]], steps, where)), sql)


def in_place(name: str, select: str) -> str:
    """Return the relation that a step is where it is named."""
    return f"(\n{select}\n) AS {name}"


def parse_within(header: Mapping[str, str], where: str) -> int | None:
    """Return the months of the line `within`, or None when there is no such line.

    Raises:
        DefinitionError: Not of the form `12 months`, or the variable's rows are not those of a patient and day.
    """
    if "within" not in header:
        return None
    found = WITHIN.match(header["within"])
    if not found or header["rows"] != "patient and day":
        raise DefinitionError(
            f"The line 'within' is written wrongly: '{header['within']}'.",
            where=where,
            what_to_do="Write `within: 12 months`, in a variable with `rows: patient and day`.",
        )
    return int(found[1])


def split_sources(text: str) -> list[str]:
    """Return the parts of a `sources` line; `-` alone means that the variable needs no extract."""
    return [] if text == "-" else [part.strip() for part in text.split(",")]


def parse_source(text: str, where: str) -> Source:
    """Return one source; tables without a day (person, residence, registration, practice) are always there.

    Raises:
        DefinitionError: Not of the form `table` or `table(column=value)`, or an unknown table.
    """
    found = SOURCE.match(text)
    if not found:
        raise DefinitionError(
            f"A source is written wrongly: '{text}'.",
            where=where,
            what_to_do="Write `measurement` or `measurement(analyte=hba1c)`, separated by commas.",
        )
    if found["table"] not in SOURCE_DAYS:
        raise unknown("source table", found["table"], SOURCE_DAYS, where=where)
    return Source(found["table"], found["column"], found["value"])


def load_variables(disease: str) -> dict[str, Variable]:
    """Return all variables of a disease by name.

    Raises:
        DefinitionError: A file is written wrongly.
    """
    folder: Path = disease_folder(disease) / "variables"
    steps = {path.stem: without_comments(path.read_text("utf-8")) for path in sorted(folder.glob("steps/*.sql"))}
    return {
        path.stem: parse_variable(path.stem, path.read_text("utf-8"), steps) for path in sorted(folder.glob("*.sql"))
    }


def without_comments(sql: str) -> str:
    """Return a SELECT without its lines of comment."""
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--")).strip().rstrip(";")
