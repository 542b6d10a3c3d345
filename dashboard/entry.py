"""What the catalogue tells of an indicator besides its page: clauses, numbers, versions, users, other countries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Clause:
    """One clause, in words and as it is computed; clauses stand in the order in which they are applied."""

    part: Texts
    who: Texts
    exact: str


@dataclass(frozen=True)
class NumberValue:
    """A value of a number and the day from which it holds; None for one that has held as long as anybody asks."""

    value: float
    from_on: date | None
    source: str
    href: str
    read_on: date | None


@dataclass(frozen=True)
class Number:
    """A number that a definition leans on, by the name that its clauses give it."""

    name: str
    description: Texts
    unit: str
    values: tuple[NumberValue, ...]


@dataclass(frozen=True)
class User:
    """A country that uses the definition, and whether a document of that country was found to say the same."""

    country: Texts
    is_confirmed: bool


@dataclass(frozen=True)
class Beside:
    """One country's definition that answers the same question.

    Attributes:
        ends_on: Month and day on which its periods end (`03-31`), empty for every reporting date.
        state: `confirmed`, `not_confirmed` or `published_logic`.
    """

    country: Texts
    indicator_id: str
    title: Texts
    about: Texts
    limit: Texts
    target: Texts
    months: int
    ends_on: str
    state: str


@dataclass(frozen=True)
class Variable:
    """A variable that the clauses name; its words exist in English only.

    Attributes:
        about: How it is made; empty where the label says all.
        ties: What is done when two facts compete; empty where none can.
        codes: The codes that it reads, by list; each stands for all that begin with it.
    """

    name: str
    label: str
    about: str
    ties: str
    codes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Entry:
    """All of it, of one indicator.

    Attributes:
        history: Each version after the first, and why it was made, in English as it was written.
        beside: The country's own definition first; empty where no other country asks.
    """

    clauses: tuple[Clause, ...] = ()
    variables: tuple[Variable, ...] = ()
    numbers: tuple[Number, ...] = ()
    history: tuple[tuple[int, str], ...] = ()
    used_by: tuple[User, ...] = ()
    beside: tuple[Beside, ...] = ()


def entry(stated: Mapping[str, Any]) -> Entry:
    """Return an entry from a release's JSON."""
    return Entry(
        clauses=tuple(Clause(each["part"], each["who"], each["exact"]) for each in stated.get("clauses") or ()),
        variables=tuple(
            Variable(
                each["name"],
                each["label"],
                each["about"],
                each["ties"],
                {one["list"]: tuple(code for code, _ in one["codes"]) for one in each["codes"]},
            )
            for each in stated.get("variables") or ()
        ),
        numbers=tuple(
            Number(each["name"], each["description"], each["unit"], tuple(map(_value, each["values"])))
            for each in stated.get("numbers") or ()
        ),
        history=tuple((each["version"], each["why"]) for each in stated.get("history") or ()),
        used_by=tuple(User(each["country"], each["confirmed"]) for each in stated.get("used_by") or ()),
        beside=tuple(
            Beside(
                each["country"],
                each["id"],
                each["title"],
                each["about"],
                each["limit"],
                each["target"],
                each["months"],
                each["ends_on"],
                each["state"],
            )
            for each in stated.get("beside") or ()
        ),
    )


def _value(stated: Mapping[str, Any]) -> NumberValue:
    source = stated["source"]
    return NumberValue(
        float(stated["value"]),
        _day(stated.get("from_on")),
        source.get("title") or "",
        source.get("href") or "",
        _day(source.get("read_on")),
    )


def _day(stated: str | None) -> date | None:
    return date.fromisoformat(stated) if stated else None
