"""What stands behind the names in an indicator's clauses: its variables, how they are made, and the codes they read."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue
from indicators.definitions.codelists import lists_named_in, load_codes
from indicators.definitions.definition import Indicator
from indicators.definitions.variables import Variable
from indicators.explain.words import WORDS

# What stands as a code in the list of conversions is a pair of units.
CONVERSION = "conversion"


@dataclass(frozen=True)
class Codes:
    """A code list of the pack; each code stands for itself and all that begin with it.

    Attributes:
        codes: Code and what it means, in order.
    """

    list: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mechanics:
    """One variable behind an indicator.

    Attributes:
        about: How it is made, as its author wrote it; empty where the label says all.
        ties: What is done when two facts compete; empty where none can.
        needs: The extracts' tables without which there is no data.
    """

    name: str
    label: str
    unit: str
    about: str
    ties: str
    needs: tuple[str, ...]
    codes: tuple[Codes, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def mechanics_of(catalogue: Catalogue, indicator: Indicator, pack_folder: Path) -> list[Mechanics]:
    """Return the variables that an indicator's clauses name, in order of name, with the codes of a country."""
    return [
        Mechanics(
            variable.name,
            variable.label,
            "" if variable.unit == "-" else variable.unit,
            variable.about,
            "" if variable.ties == "-" else variable.ties,
            tuple(str(source) for source in variable.sources),
            tuple(_codes(catalogue.disease, variable, pack_folder)),
        )
        for variable in catalogue.variables_of(indicator)
    ]


def in_lines(found: Mechanics, language: str) -> Iterator[str]:
    """Yield one variable for `tvaers explain`; what its author wrote is in English."""
    words = WORDS[language]
    yield f"{found.name}: {found.label}{f' ({found.unit})' if found.unit else ''}"
    if found.about:
        yield f"  {found.about}"
    if found.ties:
        yield f"  {words['ties']}: {found.ties}"
    if found.needs:
        yield f"  {words['needs']}: {', '.join(found.needs)}"
    yield from (f"  {words['codes']} {each.list}: {', '.join(code for code, _ in each.codes)}" for each in found.codes)


def _codes(disease: str, variable: Variable, pack_folder: Path) -> Iterator[Codes]:
    """Yield the code lists that a variable names, and of those that ingest reads the codes that mean what it needs."""
    known = load_codes_once(pack_folder, disease)
    for name in sorted(lists_named_in(variable.sql) & known.keys()):
        yield Codes(name, _pairs(known[name]))
    for source in variable.sources:
        for name, frame in sorted(known.items()):
            if source.column and source.column in frame.columns:
                meant = frame.filter(pl.col(source.column) == source.value, pl.col("system") != CONVERSION)
                if meant.height:
                    yield Codes(name, _pairs(meant))


def _pairs(frame: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    told = frame.select("code", pl.col("label").fill_null("")).unique(maintain_order=True)
    return tuple(zip(told["code"], told["label"], strict=True))


@cache
def load_codes_once(pack_folder: Path, disease: str) -> dict[str, pl.DataFrame]:
    """Return the pages of all code lists of a pack and disease, by name."""
    return load_codes(pack_folder, disease)
