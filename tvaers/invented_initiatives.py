"""Initiatives of invented units, written into a demo's home as if the units had done it in the dashboard."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboard.content import Content


def write(path: Path, release: Path, initiatives: Sequence[Mapping[str, Any]]) -> int:
    """Give each invented initiative a unit of a release and write it down; return how many were written.

    Args:
        path: The database of initiatives; left as it is when it is there.
        release: A release of invented people.
        initiatives: What units of the invented country have written down.
    """
    from pydantic import TypeAdapter

    from dashboard.access.roles import ANYBODY
    from dashboard.content import content
    from dashboard.initiatives import initiative, store
    from dashboard.release_reader import open_release

    if path.exists():
        return 0
    held, taken = content(open_release(release)), set[str]()
    read_content: TypeAdapter[initiative.Content] = TypeAdapter(initiative.Content)
    for each in initiatives:
        start = _months_later(held.dates[0], -each["months_ago"])
        unit = _unit(held, each["level"], each["plan"]["indicator_id"], start, taken)
        if not unit:
            continue
        taken.add(unit)
        begun = store.begin(path, ANYBODY, unit, initiative.Plan(start=start, **each["plan"]))
        for told in each.get("later", ()):
            day = _months_later(start, told["months"])
            later = {name: value for name, value in told.items() if name != "months"} | {"day": day}
            begun = store.go_on(path, ANYBODY, begun, read_content.validate_python(later))
    return len(taken)


def _unit(held: "Content", level: str, indicator_id: str, start: date, taken: set[str]) -> str:
    """Return the first unit whose numbers became better since a day, else the one with most numbers; empty for none."""
    from dashboard.presenters.initiatives import effect
    from dashboard.wording import wording

    told = {
        unit.key: held.histories(unit).get(indicator_id, {})
        for unit in held.units.of_level(level)
        if unit.key not in taken
    }
    definition = held.definitions.get(indicator_id)
    for key, history in told.items():
        if effect(start, definition, history, held.dates[0], wording("en")).judgement == "better":
            return key
    numbers = {key: sum(cell.is_shown for cell in history.values()) for key, history in told.items()}
    return max(numbers, key=lambda key: numbers[key], default="") if definition else ""


def _months_later(day: date, months: int) -> date:
    """Return the first day of the month so many months later, earlier when negative."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)
