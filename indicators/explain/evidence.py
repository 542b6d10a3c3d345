"""What one patient's answer rests on: the value and its day, and the delivered files whose rows tell of that day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from indicators.catalogue import Catalogue, columns_in
from indicators.definitions.definition import PARAMETER, Indicator
from indicators.definitions.variables import SOURCE_DAYS, Source
from indicators.engine import Run
from indicators.patients.patient_period import owner_of


@dataclass(frozen=True)
class Told:
    """A file type whose rows tell of a patient on a day, with the day on which the file was delivered."""

    sector: str
    file_type: str
    delivered_on: date


@dataclass(frozen=True)
class PatientEvidence:
    """What one patient's answer rests on.

    Attributes:
        value: The value as text; None when the definition names none, or nothing is on record.
        on: Its day.
        told_by: Whose rows of that day tell of the patient, among the sources that the variable cannot do without;
            empty where none has exactly this day, as with a day that is reckoned from others.
    """

    value: str | None
    on: date | None
    told_by: tuple[Told, ...]

    def in_words(self, words: Mapping[str, str]) -> str:
        """Return it in one line: 52.9, 2025-09-30 (laboratory: labka, delivered 2026-10-05)."""
        told = "; ".join(
            f"{each.sector}: {each.file_type}, {words['delivered']} {each.delivered_on}" for each in self.told_by
        )
        stated = ", ".join(str(part) for part in (self.value, self.on) if part is not None)
        return f"{stated} ({told})" if told else stated


def evidence_of(run: Run, indicator: Indicator, person: str) -> PatientEvidence | None:
    """Return the evidence of the only row of `patient_period`; None when there is none on record.

    Args:
        run: Whose connection shows the row as `patient_period`.
        indicator: The definition; what it names as `evidence`, or else its value, is looked up.
        person: The patient's pseudonym.
    """
    named = indicator.evidence
    value = (named and named.value) or (indicator.value and indicator.value.of)
    day = named.day if named else None
    names = set(PARAMETER.findall(f"{value} {day}"))
    bound = {name: bound for name, bound in run.bound.items() if name in names}
    found = run.con.execute(
        f"SELECT CAST({value or 'NULL'} AS VARCHAR), CAST({day or 'NULL'} AS DATE) FROM patient_period", bound
    ).fetchone()
    if found is None or found == (None, None):
        return None
    on = found[1]
    told = [] if on is None or day is None else _told_by(run, _behind(run.catalogue, day, indicator), person, on)
    return PatientEvidence(found[0], on, tuple(told))


def _behind(catalogue: Catalogue, expression: str, indicator: Indicator) -> set[Source]:
    where = f"{indicator.group}/{indicator.id}.yaml, evidence.day"
    owners = {owner_of(column, catalogue.columns, where=where) for column in columns_in(expression, where=where)}
    return {source for owner in owners if owner for source in catalogue.variables[owner].sources}


def _told_by(run: Run, sources: set[Source], person: str, on: date) -> list[Told]:
    found: set[tuple[str, str, date]] = set()
    for source in sources:
        if source.table not in SOURCE_DAYS:
            continue
        part = f"AND {source.column} = $part" if source.column else ""
        bound = {"person": person, "day": on} | ({"part": source.value} if source.column else {})
        found |= set(
            run.con.execute(
                f"""SELECT DISTINCT batch.sector, batch.file_type, batch.delivered_on
                FROM core.{source.table} AS told JOIN meta.batch AS batch ON batch.batch_id = told.batch_id
                WHERE told.patient_id = CAST($person AS UUID) AND {SOURCE_DAYS[source.table]} = $day {part}""",
                bound,
            ).fetchall()
        )
    return [Told(*each) for each in sorted(found)]
