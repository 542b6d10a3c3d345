"""FHIR value sets that a user supplies, read as code lists.

Value sets of quality measures are licensed, so Tværs contains none. A file or folder of ValueSet resources, bundled or
one by one, is read: an expansion as it stands, otherwise the codes that the composition lists.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.resource_files import read_resources
from tvaers.errors import DefinitionError, ExtractError

Json = Mapping[str, Any]
Codes = frozenset[tuple[str, str]]
CODELIST = {"list": pl.String, "system": pl.String, "code": pl.String}


@dataclass(frozen=True)
class Wanted:
    """A value set that definitions need.

    Attributes:
        name: Name of the code list that definitions read.
        title: Its published title.
        url: Its canonical address, without a version.
        measures: The measures that need it.
    """

    name: str
    title: str
    url: str
    measures: tuple[str, ...]


@dataclass
class Supplied:
    """Value sets as they were supplied, by canonical address; of several versions the highest.

    Attributes:
        documents: The resources.
        opening: The addresses whose codes are being read, so that a circle is noticed.
    """

    documents: dict[str, Json]
    opening: list[str] = field(default_factory=list)

    def codes(self, url: str) -> Codes:
        """Return the (system, code) pairs of a value set.

        Raises:
            ExtractError: Its codes cannot be told: cut short, given by a rule, or by a value set that is not there.
        """
        document = self.documents.get(url)
        if document is None or url in self.opening:
            raise unreadable(self.opening[0] if self.opening else url, f"it leans on {url}, which is not supplied")
        expansion = document.get("expansion")
        if isinstance(expansion, dict) and expansion.get("contains"):
            return expanded(url, expansion)
        self.opening.append(url)
        try:
            return self._composed(url, document.get("compose") or {})
        finally:
            self.opening.pop()

    def _composed(self, url: str, compose: Json) -> Codes:
        included = [self._included(url, part) for part in compose.get("include") or []]
        excluded = [self._included(url, part) for part in compose.get("exclude") or []]
        found = frozenset[tuple[str, str]]().union(*included) - frozenset[tuple[str, str]]().union(*excluded)
        if not found:
            raise unreadable(url, "it lists no codes")
        return found

    def _included(self, url: str, part: Json) -> Codes:
        """Return the codes of one part: those it lists, limited to those of all value sets it names."""
        named = [self.codes(plain_url(each)) for each in part.get("valueSet") or []]
        if part.get("filter"):
            raise unreadable(url, "it describes its codes by a rule instead of listing them")
        if "concept" in part:
            system = str(part.get("system"))
            named.append(frozenset((system, str(each["code"])) for each in part["concept"] if "code" in each))
        elif part.get("system") and not named:
            raise unreadable(url, f"it stands for all of {part['system']} without listing the codes")
        return frozenset.intersection(*named) if named else frozenset()


def plain_url(url: str) -> str:
    """Return a canonical address without its version, and the same for http and https."""
    return url.partition("|")[0].strip().replace("https://", "http://")


def expanded(url: str, expansion: Json) -> Codes:
    """Return the codes of an expansion.

    Raises:
        ExtractError: It holds fewer codes than it says there are: a page of a longer list.
    """
    held = list(entries(expansion.get("contains") or []))
    total = expansion.get("total")
    if isinstance(total, int) and total > len(held):
        raise unreadable(url, f"it holds {len(held)} of {total} codes: the expansion was cut short")
    return frozenset((str(each["system"]), str(each["code"])) for each in held if not each.get("abstract"))


def entries(contains: Sequence[Json]) -> Iterator[Json]:
    """Yield the coded entries of an expansion, also those below others."""
    for each in contains:
        if each.get("code") and each.get("system"):
            yield each
        yield from entries(each.get("contains") or [])


def unreadable(url: str, reason: str) -> ExtractError:
    """Return the fault for a value set whose codes cannot be told."""
    return ExtractError(
        "The codes of a value set cannot be told.",
        where=f"{url}: {reason}",
        what_to_do="Supply it with its whole expansion; the value set authority offers it under Expansion.",
    )


def read_value_sets(source: Path | None, con: duckdb.DuckDBPyConnection) -> Supplied:
    """Return the value sets of a file or folder, or those that lie among the resources already read.

    Args:
        source: File or folder of ValueSet resources; None for the table `resource` of the connection.
        con: A connection; with `source` None it has the table of `read_resources`.

    Raises:
        ExtractError: The file or folder does not exist or cannot be read.
    """
    if source is not None:
        with duckdb.connect() as own:
            if bad := read_resources(own, source):
                raise ExtractError(
                    "A file of value sets cannot be read.",
                    where=f"{bad[0].file}: {bad[0].reason}",
                    how_much=f"{len(bad)} in all" if len(bad) > 1 else "",
                    what_to_do="Correct it, or supply it anew.",
                )
            return read_value_sets(None, own)
    rows = con.execute(
        "SELECT resource FROM resource WHERE type = 'ValueSet' "
        "ORDER BY json_extract_string(resource, '$.version') NULLS FIRST, resource_key"
    ).fetchall()
    documents = [json.loads(text) for (text,) in rows]
    return Supplied({plain_url(str(each.get("url") or each.get("id"))): each for each in documents})


def code_lists(wanted: Sequence[Wanted], supplied: Supplied) -> pl.DataFrame:
    """Return the wanted value sets as code lists: list, system, code.

    Raises:
        DefinitionError: Some are not supplied; names them, and the measures that need them.
        ExtractError: The codes of one cannot be told.
    """
    missing = [each for each in wanted if plain_url(each.url) not in supplied.documents]
    if missing:
        told = [f"{each.title} ({each.url}), for {', '.join(each.measures)}" for each in missing]
        raise DefinitionError(
            "Value sets that the measures need were not supplied.",
            where="\n  ".join(told),
            how_much=f"{len(missing)} of {len(wanted)} are missing",
            what_to_do="Value sets are licensed and do not come with Tværs: download them from the value set authority "
            "and name the file or folder with --value-sets.",
        )
    rows = [(each.name, *code) for each in wanted for code in sorted(supplied.codes(plain_url(each.url)))]
    return pl.DataFrame(rows, schema=CODELIST, orient="row")
