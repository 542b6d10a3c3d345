"""Why one person was not observed on any day of a period: no disease, died, lived elsewhere, came later."""

from dataclasses import dataclass
from datetime import date

import duckdb


@dataclass(frozen=True)
class Absence:
    """Why somebody has no row of `patient_period`.

    Attributes:
        word: Key of the reason among the words of `tvaers explain`.
        facts: What is on record: since when the disease, death, and the stays in the area.
    """

    word: str
    facts: dict[str, str | None]


def why_absent(con: duckdb.DuckDBPyConnection, person: str, classifier: str, start: date, end: date) -> Absence:
    """Return why a person was not observed in a period, both ends included.

    Args:
        con: A connection with `core`, `indicator.diabetes` and the relation `area`.
        person: The current pseudonym.
        classifier: Who decides who has the disease.
        start: First day of the period.
        end: Last day of the period.
    """
    known = con.execute("SELECT died_on FROM core.person WHERE patient_id = CAST($p AS UUID)", {"p": person}).fetchone()
    if known is None:
        return Absence("not_on_record", {})
    found = con.execute(
        "SELECT diabetes_since_on FROM indicator.diabetes WHERE patient_id = CAST($p AS UUID) AND definition = $c",
        {"p": person, "c": classifier},
    ).fetchone()
    stays = con.execute(
        "SELECT starts_on, ends_on FROM core.residence SEMI JOIN area USING (municipality_code) "
        "WHERE patient_id = CAST($p AS UUID) ORDER BY starts_on",
        {"p": person},
    ).fetchall()
    died_on, since_on = known[0], found[0] if found else None
    facts = {
        "diabetes_since_on": str(since_on) if since_on else None,
        "died_on": str(died_on) if died_on else None,
        "lived_in_the_area": ", ".join(f"{first} – {last or ''}".rstrip() for first, last in stays) or None,
    }
    return Absence(_reason(since_on, died_on, stays, start, end), facts)


def _reason(
    since_on: date | None, died_on: date | None, stays: list[tuple[date, date | None]], start: date, end: date
) -> str:
    """Return the first reason that suffices."""
    if since_on is None:
        return "not_diseased"
    if since_on > end:
        return "diseased_later"
    if died_on is not None and died_on < max(start, since_on):
        return "died_before"
    if not stays:
        return "not_resident"
    if stays[0][0] > end:
        return "moved_in_later"
    if all(last is not None and last < max(start, since_on) for _, last in stays):
        return "moved_away_before"
    return "not_observed"
