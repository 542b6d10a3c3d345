"""An improvement initiative and what is written down of it: its plan, Plan-Do-Study-Act notes, and its end."""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

Phase = Literal["plan", "do", "study", "act"]
PHASES: tuple[Phase, ...] = ("plan", "do", "study", "act")
Ending = Literal["adopted", "adapted", "abandoned"]
ENDINGS: tuple[Ending, ...] = ("adopted", "adapted", "abandoned")
LONGEST_LINE, LONGEST_TEXT = 200, 2_000

# Nine digits or more, however they are parted, may be a number by which somebody is known; a date has eight.
_NUMBER = re.compile(r"\d(?:[ .\-/+]?\d){8,}")
# Letters and digits in one long word: the numbers by which some countries know people.
_CODE = re.compile(r"\b(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]{10,}\b")
_MAIL = re.compile(r"\S@\S")


def without_identifiers(text: str) -> str:
    """Return a text that holds nothing that looks like a person's number or address.

    Raises:
        PydanticCustomError: It does; the error tells what kind it is, and never the text.
    """
    if _NUMBER.search(text) or _CODE.search(text) or _MAIL.search(text):
        raise PydanticCustomError("identifier", "The text holds what looks like a person's number or address.")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_LINE),
    AfterValidator(without_identifiers),
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT), AfterValidator(without_identifiers)
]
Told = Annotated[Text, StringConstraints(min_length=1)]


class _Written(BaseModel):
    # Whatever is wrong with a text, its error must not repeat it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Plan(_Written):
    """What a unit wants to reach, and how.

    Attributes:
        target: On the indicator's own scale (shares as 0 to 1); None when the initiative names none.
        owner: The role of whoever is responsible, never a name.
        start: The first day on which care is given differently.
    """

    kind: Literal["plan"] = "plan"
    aim: Line
    indicator_id: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LINE)]
    target: float | None = None
    owner: Line
    start: date
    actions: Text = ""


class Note(_Written):
    """A note of one turn of the Plan-Do-Study-Act circle."""

    kind: Literal["note"] = "note"
    phase: Phase
    day: date
    text: Told


class End(_Written):
    """That an initiative has ended, and what became of it."""

    kind: Literal["end"] = "end"
    ending: Ending
    day: date
    text: Text = ""


Content = Plan | Note | End


class Entry(_Written):
    """Something that was written down, when, and by which role."""

    written_at: datetime
    written_by: str
    content: Content


class Initiative(_Written):
    """All that is written of one initiative, oldest first.

    Attributes:
        unit: The key of the unit it belongs to, such as `practice-057000`.
    """

    initiative_id: str
    unit: str
    entries: tuple[Entry, ...]

    @property
    def plan(self) -> Plan:
        """The plan as it stands now."""
        return next(each.content for each in reversed(self.entries) if isinstance(each.content, Plan))

    @property
    def notes(self) -> list[Note]:
        """The notes, oldest day first."""
        found = [each.content for each in self.entries if isinstance(each.content, Note)]
        return sorted(found, key=lambda note: note.day)

    @property
    def end(self) -> End | None:
        """Its end; None while it goes on."""
        return next((each.content for each in reversed(self.entries) if isinstance(each.content, End)), None)

    def with_entry(self, entry: Entry) -> Self:
        """Return the initiative with one entry more."""
        return self.model_copy(update={"entries": (*self.entries, entry)})
