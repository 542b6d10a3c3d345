"""How the numbers are made and protected, and the catalogue of definitions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.catalogue import Definition
from dashboard.presenters.prose import Paragraph
from dashboard.wording import SMALLEST_GROUP, Wording

SMALLEST_GROUP_KEY = "smallest_count"
NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Rule:
    """One line of the disclosure policy in force: what it is called, its value, and why it has that value."""

    name: str
    value: str
    explanation: str


@dataclass(frozen=True)
class Listed:
    """One definition in the catalogue."""

    indicator_id: str
    group: str
    title: str
    question: str
    version: str
    is_verified: bool


def smallest_group(policy: pl.DataFrame) -> int:
    """Return the smallest number of people that may be shown under the policy in force."""
    stated = dict(policy.select("key", "value").iter_rows())
    value = str(stated.get(SMALLEST_GROUP_KEY, ""))
    return int(value) if value.isdigit() else SMALLEST_GROUP


def policy(frame: pl.DataFrame, words: Wording) -> list[Rule]:
    """Return the disclosure policy; a setting the dashboard has no name for keeps its own."""
    return [
        Rule(
            name=words(f"policy.{row['key']}") if words.has(f"policy.{row['key']}") else row["key"].replace("_", " "),
            value=_value(str(row["value"]), words),
            explanation=_explanation(row["explanation"], words),
        )
        for row in frame.iter_rows(named=True)
    ]


def definitions(known: Mapping[str, Definition], words: Wording) -> list[Listed]:
    """Return the catalogue in the order of display."""
    return [
        Listed(
            indicator_id=key,
            group=words.text(definition.group_title),
            title=words.text(definition.title),
            question=words.text(definition.question),
            version=str(definition.version),
            is_verified=definition.is_verified,
        )
        for key, definition in known.items()
    ]


def method(words: Wording) -> list[Paragraph]:
    """Return how the numbers are made, in words."""
    topics = (
        "data",
        "population",
        "interval",
        "comparison",
        "funnel",
        "trend",
        "chance",
        "target",
        "expected",
        "completeness",
        "hidden",
        "not",
    )
    return [Paragraph(words(f"about.method_{topic}"), (words(f"about.method_{topic}_text"),)) for topic in topics]


def release(meta: Mapping[str, str], words: Wording) -> list[Paragraph]:
    """Return what identifies the release."""
    stated = {key: meta.get(key, "") for key in ("release_id", "created_on", "reporting_date", "code_version", "pack")}
    for key in ("created_on", "reporting_date"):
        stated[key] = words.date(date.fromisoformat(stated[key][:10])) if stated[key] else ""
    return [Paragraph(words(f"about.meta_{key}"), (value,)) for key, value in stated.items() if value]


def _value(stated: str, words: Wording) -> str:
    if NUMBER.fullmatch(stated):
        return words.trimmed(float(stated))
    parts = [part.strip() for part in stated.split(",")]
    return ", ".join(words(f"policy_value.{part}") if words.has(f"policy_value.{part}") else part for part in parts)


def _explanation(stated: str | None, words: Wording) -> str:
    text = stated or ""
    if not text.startswith("{"):
        return text
    try:
        return words.text(json.loads(text))
    except json.JSONDecodeError:
        return text
