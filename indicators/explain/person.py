"""Say in words why one patient counts as they do."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import duckdb
import polars as pl

from indicators.area import area_of
from indicators.catalogue import Catalogue, columns_in, load_catalogue
from indicators.definitions.clauses import truth
from indicators.definitions.definition import PARAMETER, Indicator, Level
from indicators.delivered.silence import find_silences
from indicators.dialect import fetch, shown_as
from indicators.engine import Run, by_length, patient_period, prepare, show_members
from indicators.explain.absence import why_absent
from indicators.explain.definition import SEVERAL, ToldClause, clauses_in_order
from indicators.explain.evidence import PatientEvidence, evidence_of
from indicators.explain.units import counts_at_units
from indicators.explain.words import WORDS
from indicators.patients.patient_period import first_day
from packs.pack import load_pack
from tvaers.errors import DefinitionError, WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_read_only


@dataclass(frozen=True)
class Reason:
    """One clause, applied to one patient.

    Attributes:
        part: Which part of the definition it is.
        who: The clause in words.
        holds: Whether it is true for the patient; NULL in the data counts as false.
        facts: The columns that the clause looks at, as text, None where nothing is on record.
    """

    part: str
    who: str
    holds: bool
    facts: dict[str, str | None]


@dataclass(frozen=True)
class Explanation:
    """Why one patient counts as they do under one indicator on one reporting date.

    Attributes:
        evidence: The value that the answer rests on, with its day and who delivered it; None when there is none.
        counts_at: By level and unit, how many of the patient's events meet it of those that count at that unit, where
            events count at the organisation that is responsible for them.
    """

    indicator_id: str
    definition_version: int
    title: str
    period_start: date
    period_end: date
    verdict: str
    reasons: tuple[Reason, ...]
    language: str
    evidence: PatientEvidence | None = None
    counts_at: dict[Level, dict[str, str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return the explanation for `--json` output."""
        return asdict(self)

    def __str__(self) -> str:
        words = WORDS[self.language]
        lines = [f"{self.title}, {self.period_start} – {self.period_end}", f"→ {self.verdict}"]
        for reason in self.reasons:
            facts = ", ".join(f"{name} = {value or words['unknown']}" for name, value in reason.facts.items())
            answer = words["yes" if reason.holds else "no"]
            lines.append(f"  {words[reason.part]}: {reason.who}: {answer}" + (f" ({facts})" if facts else ""))
        if self.evidence:
            lines.append(f"  {words['evidence']}: {self.evidence.in_words(words)}")
        for level, units in self.counts_at.items():
            told = ", ".join(f"{unit} ({numbers})" if numbers else unit for unit, numbers in units.items())
            lines.append(f"  {words['counts_at']} ({words[level]}): {told or words['unknown']}")
        return "\n".join(lines)


def explain(
    settings: Settings, indicator_id: str, pseudonym: str, on: date | None = None, language: str = "en"
) -> Explanation:
    """Return why a patient of the warehouse counts as they do.

    Args:
        settings: The home folder, pack and disease.
        indicator_id: The indicator.
        pseudonym: The patient.
        on: The reporting date; the latest one computed when None.
        language: Language of the definition's words.

    Raises:
        DefinitionError: Unknown indicator, or not a pseudonym.
        WarehouseError: The warehouse is missing, or nothing was computed yet.
    """
    pack = load_pack(settings.pack)
    catalogue = load_catalogue(settings.disease, pack, area=area_of(settings, pack))
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        return explain_on(con, catalogue, indicator_id, pseudonym, on or latest_reporting_date(con), language)


def latest_reporting_date(con: duckdb.DuckDBPyConnection) -> date:
    """Return the latest reporting date that was computed.

    Raises:
        WarehouseError: Nothing was computed yet.
    """
    try:
        row = con.execute("SELECT max(period_end) FROM indicator.result").fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None or row[0] is None:
        raise WarehouseError("No indicator has been computed yet.", what_to_do="tvaers compute")
    return row[0]


def explain_on(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    indicator_id: str,
    pseudonym: str,
    on: date,
    language: str = "en",
    *,
    diabetes_definition: str | None = None,
) -> Explanation:
    """Return why a patient counts as they do, by running the engine on this one patient.

    Args:
        con: A connection whose default catalog holds `core` and `indicator.diabetes`; nothing is written to it.
        catalogue: The definitions.
        indicator_id: The indicator.
        pseudonym: The patient; an old pseudonym of somebody whose identifier changed leads to the new one.
        on: The reporting date.
        language: Language of the definition's words.
        diabetes_definition: Classifier that decides who has the disease; the disease's own when None.
    """
    indicator = catalogue.indicator(indicator_id)
    person = current_pseudonym(con, pseudonym)
    prepare(con, catalogue)
    run = Run(con, catalogue, [on], catalogue.values_on([indicator], on), by_length(catalogue, [indicator]))
    own = catalogue.populations.populations[indicator.population].classifier
    classifier = diabetes_definition or own or catalogue.populations.classifier
    show_members(run, classifier, (person, person))
    words = WORDS[language]
    start = first_day(on, indicator.period)
    silences = find_silences(con, replace(catalogue, indicators=(indicator,)), [on])
    frame = silences.marked(row_in_population(run, patient_period(run, indicator.period)), indicator.period)
    evidence = None
    counts_at: dict[Level, dict[str, str]] = {}
    if frame.height:
        (counted,) = run.lengths[indicator.period]
        counts_at = counts_at_units(con, catalogue, counted, run.bound, frame, run.events)
        with shown_as(con, "patient_period", frame):
            reasons = [apply(run, clause, language) for clause in clauses_in_order(catalogue, indicator)]
            unheard = con.execute(f"SELECT {silences.undelivered.get(indicator.id, 'FALSE')} FROM patient_period")
            is_undelivered = unheard.fetchone() == (True,)
            evidence = evidence_of(run, indicator, person)
        verdict = verdict_of(indicator, reasons, words, is_undelivered=is_undelivered)
        if not reasons[0].holds and not frame["is_present"][0]:
            died_on = frame["died_on"][0]
            verdict += f" ({words['died_in_period' if died_on and died_on <= on else 'moved_away_in_period']})"
    else:
        absence = why_absent(con, person, classifier, start, on)
        reasons = [Reason("observed", words["observed_who"], holds=False, facts=absence.facts)] if absence.facts else []
        verdict = words[absence.word]
    title = indicator.title.in_language(language)
    return Explanation(
        indicator.id, indicator.version, title, start, on, verdict, tuple(reasons), language, evidence, counts_at
    )


def row_in_population(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the row of the one patient; of several, since several classifiers found them, that in the population."""
    (months,) = run.lengths
    (counted,) = run.lengths[months]
    in_population = truth(run.catalogue.population_of(counted.indicator))
    with shown_as(run.con, "patient_period", rows):
        return fetch(run.con, f"SELECT * FROM patient_period ORDER BY NOT {in_population} LIMIT 1", run.bound)


def current_pseudonym(con: duckdb.DuckDBPyConnection, pseudonym: str) -> str:
    """Return a pseudonym in the form in which it is stored, following a change of identifier.

    Raises:
        DefinitionError: It is not a pseudonym; the message does not repeat it.
    """
    try:
        person = str(uuid.UUID(pseudonym.strip()))
    except ValueError:
        raise DefinitionError(
            "That is not a pseudonym.",
            where="--pseudonym",
            what_to_do="Give a patient_id of the warehouse: 32 hexadecimal digits, with or without hyphens.",
        ) from None
    row = con.execute(
        "SELECT CAST(patient_id AS VARCHAR) FROM core.person_alias WHERE old_patient_id = CAST($person AS UUID)",
        {"person": person},
    ).fetchone()
    return row[0] if row else person


def apply(run: Run, clause: ToldClause, language: str) -> Reason:
    """Return one clause applied to the only row of `patient_period`."""
    expression = clause.when
    columns = sorted(columns_in(expression, where=clause.part))
    facts = "".join(f", CAST({column} AS VARCHAR)" for column in columns)
    names = set(PARAMETER.findall(expression))
    bound = {name: value for name, value in run.bound.items() if name in names}
    row = run.con.execute(f"SELECT {truth(expression)}{facts} FROM patient_period", bound).fetchone() or (False,)
    return Reason(
        clause.part, clause.who.in_language(language), bool(row[0]), dict(zip(columns, row[1:], strict=False))
    )


def verdict_of(
    indicator: Indicator, reasons: Sequence[Reason], words: dict[str, str], *, is_undelivered: bool = False
) -> str:
    """Return the outcome in words, from the clauses in their order."""
    holds = {reason.part: reason.holds for reason in reasons if reason.part not in SEVERAL}
    if not holds["population"]:
        return words["not_in_population"]
    if not holds["denominator"]:
        return words["not_described"]
    for reason in reasons:
        if reason.part == "excluded" and reason.holds:
            return f"{words['is_excluded']}: {reason.who}"
    if is_undelivered:
        return words["is_undelivered"]
    is_known = holds.get("measured", True)
    if not is_known and indicator.missing_values == "exclude":
        return words["is_missing"]
    if indicator.has_values:
        return words["is_counted"]
    is_met = holds["numerator"]
    if indicator.measured and indicator.missing_values == "fail":
        is_met = is_met and is_known
    if indicator.missing_values == "count_as_numerator":
        is_met = is_met or not is_known
    for reason in reasons:
        if reason.part == "excepted" and reason.holds and not is_met:
            return f"{words['is_excepted']}: {reason.who}"
    return words["is_met" if is_met else "is_not_met"]
