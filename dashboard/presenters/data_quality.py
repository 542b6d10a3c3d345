"""What was delivered, how fresh and how complete it is, and what was set aside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import polars as pl

from dashboard.wording import Wording

Freshness = Literal["fresh", "stale", "followed", "unknown"]


class FileTypes:
    """What people call the file types: told by the release, in all its languages."""

    def __init__(self, meta: Mapping[str, str], words: Wording) -> None:
        self._named: Mapping[str, Mapping[str, str]] = json.loads(meta.get("file_type_names", "{}"))
        self._words = words

    def of(self, file_type: str) -> str:
        """Return a file type's name; one that the release has no name for keeps its own."""
        words = self._words
        if file_type in self._named:
            return words.text(self._named[file_type])
        if words.has(f"data_quality.file_type.{file_type}"):
            return words(f"data_quality.file_type.{file_type}")
        return file_type


@dataclass(frozen=True)
class Delivery:
    """The newest delivery of one file type, in words.

    Attributes:
        name: What people call the file type.
        refused: How many files of the type were refused and never came whole; empty when none.
        is_loaded: Whether any file of the type is in use.
        freshness: Whether it covers as recent a day as its contract promises, seen from the day of the release:
            `followed` when it does not, but a file type that took its place tells of later days.
    """

    sector: str
    file_type: str
    name: str
    files: str
    refused: str
    is_loaded: bool
    delivered: str
    covers: str
    promise: str
    rows_in: str
    rows_loaded: str
    rows_quarantined: str
    rows_duplicate: str
    freshness: Freshness
    freshness_text: str


@dataclass(frozen=True)
class SetAside:
    """Rows of a file type set aside under one rule."""

    sector: str
    name: str
    rule: str
    description: str
    rows: str


@dataclass(frozen=True)
class Received:
    """Rows received per sector (one list each) and month.

    Attributes:
        shares: Rows of the month over the sector's median month; None when the count is not shown or nothing came.
        counts: The number of rows, in words.
        texts: A sentence for each month.
    """

    sectors: tuple[str, ...]
    months: tuple[date, ...]
    shares: tuple[tuple[float | None, ...], ...]
    counts: tuple[tuple[str, ...], ...]
    texts: tuple[tuple[str, ...], ...]


def deliveries(frame: pl.DataFrame, released_on: date | None, names: FileTypes, words: Wording) -> list[Delivery]:
    """Return one line per file type: its newest delivery, with the number of files and the sums of their rows.

    Refused files are counted beside them; they have a line of their own only where nothing of their type was loaded.
    """
    loaded = frame.filter(pl.col("state") != "refused")
    all_refused = frame.filter(pl.col("state") == "refused")
    refused = all_refused.join(loaded, on=["sector", "file_type"], how="anti")
    number = dict(all_refused.group_by("file_type").len().iter_rows())
    reaches: dict[str, date | None] = dict(loaded.group_by("file_type").agg(pl.col("covers_until").max()).iter_rows())
    found = [_delivery(row, released_on, reaches, names, words) for row in _summed(loaded).iter_rows(named=True)]
    found += [
        _delivery(row, released_on, reaches, names, words, is_refused=True)
        for row in _summed(refused).iter_rows(named=True)
    ]
    found = [
        replace(each, refused=words.whole(number[each.file_type])) if each.file_type in number else each
        for each in found
    ]
    return sorted(found, key=lambda each: (each.sector, each.file_type))


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("sector", "file_type", maintain_order=True).agg(
        pl.len().alias("files"),
        pl.col("delivered_on").max(),
        pl.col("covers_until").max(),
        pl.col("fresh_within_days").max(),
        pl.col("followed_by").max(),
        *[
            pl.when(pl.col(column).null_count() == 0).then(pl.col(column).sum()).alias(column)
            for column in ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate")
        ],
    )


def stale(found: Sequence[Delivery]) -> list[str]:
    """Return the file types that reach less far than their contract promises and that no other one has followed."""
    return [f"{each.name} ({each.covers})" for each in found if each.freshness == "stale" and each.is_loaded]


def refused(found: Sequence[Delivery]) -> list[str]:
    """Return the file types of which files were refused and never came whole, with how many."""
    return [f"{each.name} ({each.refused})" for each in found if each.refused]


def set_aside(frame: pl.DataFrame, names: FileTypes, words: Wording) -> list[SetAside]:
    """Return the quarantine by rule, most rows first within a sector."""
    found = frame.sort(["sector", "rows"], descending=[False, True], nulls_last=True)
    return [
        SetAside(
            sector=sector(row["sector"], words),
            name=names.of(row["file_type"]),
            rule=row["rule"],
            description=rule_in_words(row["rule"], row.get("description") or "", words),
            rows=_rows(row["rows"], words),
        )
        for row in found.iter_rows(named=True)
    ]


def received(frame: pl.DataFrame, months: int, words: Wording) -> Received:
    """Return the rows received per sector in each of the last months, compared with the sector's median month."""
    days = sorted(frame["month"].unique().to_list())[-months:]
    sectors, shares, counted, texts = [], [], [], []
    for (code,), rows in frame.group_by("sector", maintain_order=True):
        by_month: Mapping[date, int | None] = dict(rows.select("month", "rows").iter_rows())
        median = float(rows["rows"].median() or 0)  # type: ignore[arg-type]
        named = sector(str(code), words)
        sectors.append(named)
        counts = [by_month.get(day, 0) for day in days]
        shares.append(tuple(None if not count or not median else count / median for count in counts))
        counted.append(tuple(_rows(count, words) for count in counts))
        texts.append(
            tuple(
                words("data_quality.received", sector=named, month=words.month(day), rows=_rows(count, words))
                for day, count in zip(days, counts, strict=True)
            )
        )
    return Received(tuple(sectors), tuple(days), tuple(shares), tuple(counted), tuple(texts))


def sector(code: str, words: Wording) -> str:
    """Return a sector's name in words."""
    return words(f"sector.{code}") if words.has(f"sector.{code}") else code.replace("_", " ")


def rule_in_words(rule: str, description: str, words: Wording) -> str:
    """Return what a quarantine rule means: by its name, by the ending it shares with others, or by its contract."""
    if words.has(f"rule.{rule}"):
        return words(f"rule.{rule}")
    for ending in ("missing", "unreadable", "not_allowed", "implausible", "in_future"):
        if rule.endswith(f"_{ending}"):
            return words(f"rule.any_{ending}", column=rule.removesuffix(f"_{ending}"))
    return description or rule


def _delivery(
    row: Mapping[str, Any],
    released_on: date | None,
    reaches: Mapping[str, date | None],
    names: FileTypes,
    words: Wording,
    *,
    is_refused: bool = False,
) -> Delivery:
    covers, promised = row["covers_until"], row["fresh_within_days"]
    # Of a file of no known type nobody can say that it is late.
    freshness: Freshness = "stale" if is_refused and promised is not None else "unknown"
    if covers is not None and promised is not None and released_on is not None:
        freshness = "fresh" if (released_on - covers).days <= promised else "stale"
    later = [
        name for name in (row["followed_by"] or "").split(",") if (day := reaches.get(name)) and covers and day > covers
    ]
    if freshness == "stale" and later:
        freshness = "followed"

    def count(rows: int | None) -> str:
        return words("data_quality.not_stated") if is_refused and rows is None else _rows(rows, words)

    return Delivery(
        sector=sector(row["sector"], words),
        file_type=row["file_type"],
        name=names.of(row["file_type"]),
        files=words.whole(0 if is_refused else row["files"]),
        refused="",
        is_loaded=not is_refused,
        delivered=words.short_date(row["delivered_on"]) if row["delivered_on"] else words("data_quality.not_stated"),
        covers=words.short_date(covers) if covers else words("data_quality.not_stated"),
        promise=words.count("data_quality.days", promised)
        if promised is not None
        else words("data_quality.not_stated"),
        rows_in=count(row["rows_in"]),
        rows_loaded=count(row["rows_loaded"]),
        rows_quarantined=count(row["rows_quarantined"]),
        rows_duplicate=count(row["rows_duplicate"]),
        freshness=freshness,
        freshness_text=words("data_quality.refused" if is_refused else f"data_quality.freshness.{freshness}"),
    )


def _rows(count: int | None, words: Wording) -> str:
    """A count can be hidden because it is small, or because it would give away one that is."""
    return words("data_quality.not_shown") if count is None else words.whole(count)
