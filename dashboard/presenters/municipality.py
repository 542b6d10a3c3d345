"""The municipalities side by side: all indicators in one table, one indicator by sex and age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.catalogue import Definition
from dashboard.comparison import Judgement, Measure
from dashboard.presenters import case_mix, measures
from dashboard.presenters.drawn import Panel, panel
from dashboard.presenters.units import Unit, name, spoken
from dashboard.presenters.verdicts import compared
from dashboard.wording import Wording

SEXES = ("female", "male")


@dataclass(frozen=True)
class Entry:
    """One cell of the table: the value, what it rests on, and how it compares with everybody."""

    value: str
    interval: str
    basis: str
    judgement: Judgement
    text: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One indicator across the units of the table's columns."""

    indicator_id: str
    group: str
    title: str
    entries: tuple[Entry, ...]


def side_by_side(
    definitions: Mapping[str, Definition],
    columns: Sequence[tuple[Unit, Mapping[str, Measure]]],
    words: Wording,
    expected: Mapping[tuple[str, str], case_mix.Expected] | None = None,
) -> list[Row]:
    """Return one row per indicator; the first column is everybody, with whom the others are compared.

    Args:
        definitions: By indicator id, in the order of display.
        columns: The units and their measures by indicator id.
        words: The reader's language.
        expected: What the case mix of units lets expect, by unit and indicator id.
    """
    everybody, reference = columns[0]
    rows = []
    for key, definition in definitions.items():
        entries = []
        for unit, found in columns:
            shown = found.get(key, measures.ABSENT)
            verdict = compared(
                shown, None if unit == everybody else reference.get(key), spoken(everybody, words), definition, words
            )
            entries.append(
                Entry(
                    value=measures.value(shown, definition, words),
                    interval=measures.interval(shown, definition, words),
                    basis=words.joined(
                        measures.basis(shown, definition, words),
                        case_mix.beside(shown, (expected or {}).get((unit.unit_id, key)), definition, words),
                    ),
                    judgement=verdict.judgement,
                    text=verdict.text,
                    reason=measures.reason(shown, words),
                )
            )
        rows.append(Row(key, words.text(definition.group_title), words.text(definition.title), tuple(entries)))
    return rows


def by_sex_and_age(
    units: Sequence[Unit],
    cells: Mapping[tuple[str, str, str], Measure],
    definition: Definition,
    words: Wording,
) -> list[Panel]:
    """Return one panel per unit: everybody in it, women and men, then the age bands from young to old.

    Args:
        units: In the order of display.
        cells: By unit id, sex and age band.
        definition: The indicator drawn.
        words: The reader's language.
    """
    bands = sorted({age_band for _, _, age_band in cells if age_band != "all"})
    panels = []
    for unit in units:
        labelled = {words("group.all"): cells.get((unit.unit_id, "all", "all"), measures.ABSENT)}
        for sex in SEXES:
            labelled[words(f"group.{sex}")] = cells.get((unit.unit_id, sex, "all"), measures.ABSENT)
        for band in bands:
            labelled[age(band, words)] = cells.get((unit.unit_id, "all", band), measures.ABSENT)
        panels.append(panel(name(unit, words), labelled, definition, words))
    return panels


def age(band: str, words: Wording) -> str:
    """Return an age band in words: 18–49 years, 80 years and over."""
    if band.endswith("+"):
        return words("group.age_and_over", age=band[:-1])
    return words("group.age", band=band.replace("-", "–"))
