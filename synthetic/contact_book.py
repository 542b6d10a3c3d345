"""A growing book of hospital contacts with their diagnoses and procedures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic.chance import Days, Flags, Ints

KINDS = ("inpatient", "outpatient", "emergency")
Kind = pl.Enum(KINDS)
MINUTES = 1440
OPENS, CLOSES = 8 * 60, 16 * 60


@dataclass
class ContactBook:
    """Collects contacts in bulk and gives each its number.

    Attributes:
        specialties: Specialty keys; a contact holds the index.
        hospitals: How many hospitals there are.
        hospital_of: By person: index of the hospital that the person uses, but for some admissions and emergencies.
        last_day: By person: last recordable day.
        draw: Random numbers.
        draw_elsewhere: Random numbers of their own for who is admitted elsewhere.
    """

    specialties: Sequence[str]
    hospitals: int
    hospital_of: Ints
    last_day: Days
    draw: np.random.Generator
    draw_elsewhere: np.random.Generator
    _contacts: list[pl.DataFrame] = field(default_factory=list)
    _diagnoses: list[pl.DataFrame] = field(default_factory=list)
    _procedures: list[pl.DataFrame] = field(default_factory=list)
    _ends: dict[int, Ints] = field(default_factory=dict)
    _count: int = 0

    def add(
        self,
        person: Ints,
        day: Days | Ints,
        kind: str,
        specialty: str | Ints,
        *,
        acute: Flags | bool = False,
        stay_days: npt.NDArray[np.float64] | None = None,
    ) -> Ints:
        """Add contacts and return their numbers. A stay never goes beyond the person's last day."""
        count = len(person)
        numbers = np.arange(self._count, self._count + count)
        self._count += count
        acute = np.broadcast_to(np.asarray(acute), count)
        daytime = self.draw.integers(OPENS // 15, CLOSES // 15, count) * 15
        minute = np.where(acute, self.draw.integers(0, MINUTES, count), daytime)
        start = np.asarray(day, dtype=np.int64) * MINUTES + minute
        length = self.draw.integers(2, 10, count) * 10 if stay_days is None else np.round(stay_days * MINUTES)
        last_minute = (self.last_day[person].astype(np.int64) + 1) * MINUTES - 1
        end = np.minimum(start + length.astype(np.int64), last_minute)
        self._ends[int(numbers[0]) if count else -1] = end // MINUTES
        index = np.full(count, self.specialties.index(specialty)) if isinstance(specialty, str) else specialty
        self._contacts.append(
            pl.DataFrame(
                {
                    "contact": numbers,
                    "person": person.astype(np.int32),
                    "start": start,
                    "end": end,
                    "kind": pl.repeat(kind, count, dtype=Kind, eager=True),
                    "acute": acute,
                    "specialty": index.astype(np.int8),
                    "hospital": self.hospital_of[person].astype(np.int8),
                }
            )
        )
        return numbers

    def discharge_days(self, contact: Ints) -> Ints:
        """Return the last day of contacts that were added together."""
        return self._ends[int(contact[0])] if len(contact) else np.empty(0, np.int64)

    def diagnose(self, contact: Ints, code: npt.NDArray[np.str_] | str, diagnosis_type: str = "A") -> None:
        """Add one diagnosis to each contact."""
        codes = np.broadcast_to(np.asarray(code), len(contact))
        self._diagnoses.append(
            pl.DataFrame(
                {"contact": contact, "code": codes, "type": pl.repeat(diagnosis_type, len(contact), eager=True)},
                schema_overrides={"code": pl.String, "contact": pl.Int64},
            )
        )

    def operate(self, contact: Ints, code: str) -> None:
        """Add one procedure, on the contact's first day, to each contact."""
        self._procedures.append(
            pl.DataFrame(
                {"contact": contact, "code": pl.repeat(code, len(contact), eager=True)},
                schema_overrides={"contact": pl.Int64},
            )
        )

    def finish(self, rates: Mapping[str, Any]) -> "Hospital":
        """Return the book's three tables; some diagnoses are retracted or lack the mark.

        A person has at most one contact a day with a specialty. Some are admitted, or come in an emergency, to another
        hospital than the one that they use.
        """
        contacts = (
            pl.concat(self._contacts)
            .with_columns(day=pl.col("start") // MINUTES)
            .unique(["person", "day", "specialty"], keep="first", maintain_order=True)
            .drop("day")
        )
        contacts = contacts.with_columns(hospital=self._where(contacts, rates["admitted_elsewhere"]))
        diagnoses = pl.concat(self._diagnoses).join(contacts.select("contact"), on="contact", maintain_order="left")
        diagnoses = diagnoses.unique(["contact", "code", "type"], keep="first", maintain_order=True)
        luck = self.draw.random(diagnoses.height)
        retraction = np.where(
            luck < rates["retracted"],
            "yes",
            np.where(luck < rates["retracted"] + rates["not_stated"], "not_stated", "no"),
        )
        empty = pl.DataFrame(schema={"contact": pl.Int64, "code": pl.String})
        procedures = pl.concat([empty, *self._procedures]).join(
            contacts.select("contact"), on="contact", maintain_order="left"
        )
        procedures = procedures.unique(["contact", "code"], keep="first", maintain_order=True)
        return Hospital(contacts, diagnoses.with_columns(retraction=pl.Series(retraction)), procedures)

    def _where(self, contacts: pl.DataFrame, share: float) -> pl.Series:
        """Return each contact's hospital: for a share of admissions and emergencies another than the person uses."""
        own = contacts["hospital"].to_numpy().astype(np.int64)
        is_elsewhere = self.draw_elsewhere.random(len(own)) < share
        is_elsewhere &= (contacts["kind"] != "outpatient").to_numpy()
        other = (own + 1 + self.draw_elsewhere.integers(0, max(1, self.hospitals - 1), len(own))) % self.hospitals
        return pl.Series(np.where(is_elsewhere, other, own).astype(np.int8))


@dataclass(frozen=True)
class Hospital:
    """Hospital contacts (minutes since 1970), their diagnoses and procedures, linked by `contact`."""

    contacts: pl.DataFrame
    diagnoses: pl.DataFrame
    procedures: pl.DataFrame


def stays(draw: np.random.Generator, count: int, typical_days: float = 3.2) -> npt.NDArray[np.float64]:
    """Return lengths of stay in days: log-normal, at least 14 hours, at most 60 days."""
    return np.clip(typical_days * np.exp(draw.normal(0.0, 0.8, count)), 0.6, 60.0)
