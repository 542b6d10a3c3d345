"""Reports of many units written into a folder, found again by whose they are."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dashboard.charts.sheet import file_name
from dashboard.content import Content
from dashboard.presenters.units import NOBODY, Unit, label, name
from dashboard.report import pages
from dashboard.report.unit_report import UnitReport, unit_report
from dashboard.wording import Wording
from tvaers.errors import ReleaseError

Form = Callable[[UnitReport, Content], bytes]
FORMS: dict[str, Form] = {
    "pdf": lambda report, content: pages.pdf(report, content.released_on),
    "html": lambda report, _: pages.web_page(report).encode(),
    "png": lambda report, _: pages.picture(report),
}
"""How a report is written, by the ending of its file: on A4 pages, as a web page, as a slide."""


@dataclass(frozen=True)
class Written:
    """The files of one unit's report."""

    unit: str
    files: tuple[Path, ...]


def report_file(content: Content, unit: Unit, reporting_date: date, words: Wording, form: str) -> bytes:
    """Return a unit's report in one of `FORMS`."""
    return FORMS[form](unit_report(content, unit, reporting_date, words), content)


def write_report(
    content: Content, unit: Unit, reporting_date: date, words: Wording, forms: Sequence[str], folder: Path
) -> Written:
    """Write a unit's report in each form asked for; a file of the same unit, date and language is replaced.

    Args:
        content: The release.
        unit: Whose report it is.
        reporting_date: The last day of the periods shown.
        words: The language.
        forms: Of `FORMS`.
        folder: Where the files are put; made when it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = unit_report(content, unit, reporting_date, words)
    stem = file_name(unit.level, unit.unit_id, name(unit, words), reporting_date.isoformat(), words.language)
    written = []
    for form in forms:
        path = folder / f"{stem}.{form}"
        path.write_bytes(FORMS[form](report, content))
        written.append(path)
    return Written(label(unit, content.units, words), tuple(written))


def with_report(content: Content) -> list[Unit]:
    """Return the units that get a report when all are asked for: everybody, municipalities, clusters and practices."""
    return [
        unit
        for unit in content.units.by_key.values()
        if unit.level in {"all", "municipality", "cluster", "practice"} and unit.unit_id != NOBODY
    ]


def find_unit(content: Content, asked: str, words: Wording) -> Unit:
    """Return the unit that is meant by its key (`practice-010091`), its id or its name, in any case of letters.

    Of units of different levels that share a name the larger is meant: the municipality, not its hospital.

    Raises:
        ReleaseError: No unit is meant, or several of one level are.
    """
    wanted = asked.strip().casefold()
    units = list(content.units.by_key.values())
    found = [
        unit for unit in units if wanted in {unit.key.casefold(), unit.unit_id.casefold(), name(unit, words).casefold()}
    ]
    if found and [unit.level for unit in found].count(found[0].level) == 1:
        return found[0]
    if found:
        keys = ", ".join(unit.key for unit in found)
        raise ReleaseError("Several units have this name.", where=asked, what_to_do=f"Name one of {keys}")
    near = difflib.get_close_matches(wanted, [name(unit, words).casefold() for unit in units], n=3)
    names = [name(unit, words) for unit in units if name(unit, words).casefold() in near]
    hint = f"Did you mean {', '.join(names)}? " if names else ""
    raise ReleaseError(
        "The release holds no such unit.",
        where=asked,
        how_much=f"it holds {len(units)} units",
        what_to_do=f"{hint}Name a unit as the dashboard does, or ask for all: tvaers report --all",
    )


def find_date(content: Content, asked: date | None) -> date:
    """Return the reporting date asked for, the newest when none is.

    Raises:
        ReleaseError: The release does not hold that date, or holds none.
    """
    if not content.dates:
        raise ReleaseError("The release holds no numbers.", what_to_do="tvaers compute, then tvaers release")
    if asked is None:
        return content.dates[0]
    if asked not in content.dates:
        held = ", ".join(day.isoformat() for day in content.dates[:4])
        raise ReleaseError(
            "The release does not hold this reporting date.",
            where=asked.isoformat(),
            what_to_do=f"Name one of its dates: {held}",
        )
    return asked
