"""A country pack: everything that is true in one country only, read from its folder and checked."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
from pydantic import Field, field_validator

from data_contracts.contract import load_contracts
from data_contracts.warehouse_tables import Table, load_tables
from packs.definition_file import Part, definition_fault, read_definition, unknown_name
from packs.mapping import Mapping, Target
from tvaers.errors import DefinitionError

PACKS = Path(__file__).parent
SCAFFOLD = "scaffold"
"""The smallest pack that passes its check: where a new country begins; not a country."""
CODE_COLUMNS = ("system", "code", "label", "from", "to", "source")
MUNICIPALITY_COLUMNS = ("municipality_code", "name", "is_in_area", "source")
NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"  # with leading zeros it is a code
HOSPITAL_COLUMNS = ("hospital_id", "name", "municipality_code", "source")


class Identifier(Part):
    """The national identifier; both words are part of what is pseudonymised.

    Attributes:
        country: Two-letter country code.
        scheme: Name of the numbering scheme.
    """

    country: str = Field(pattern=r"^[A-Z]{2}$")
    scheme: str

    @property
    def tag(self) -> str:
        """What is hashed together with an identifier, so that two countries' numbers never meet."""
        return f"{self.country}-{self.scheme}".lower()


class PackSettings(Part):
    """The pack's own page, `pack.yaml`.

    Attributes:
        name: Name of the pack, that of its folder.
        version: Version of the pack.
        title: What it covers, per language.
        languages: Languages of the country's users, most used first.
        identifier: The national identifier.
        time_zone: Zone of the country's clocks (IANA name), to which times with an offset are converted; None where no
            file type has any.
        contracts: File types accepted, in the order in which they are loaded; none for a pack that holds measures only.
        sectors: Name of each sector, per language.
        file_types: What each file type is called by people, per language.
    """

    name: str
    version: str
    title: dict[str, str]
    languages: tuple[str, ...] = Field(min_length=1)
    identifier: Identifier
    time_zone: str | None = None
    contracts: tuple[str, ...]
    sectors: dict[str, dict[str, str]]
    file_types: dict[str, dict[str, str]]

    @field_validator("time_zone")
    @classmethod
    def _is_a_known_zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"'{name}' is no time zone of the IANA list, such as Europe/Copenhagen") from None


@dataclass(frozen=True, eq=False)
class Pack:
    """A country pack.

    Attributes:
        folder: Where it lies.
        settings: Its own page.
        mappings: Mapping of every file type it accepts.
    """

    folder: Path
    settings: PackSettings
    mappings: dict[str, Mapping]
    _read: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Name of the pack."""
        return self.settings.name

    @property
    def version(self) -> str:
        """Version of the pack."""
        return self.settings.version

    @property
    def time_zone(self) -> ZoneInfo | None:
        """Zone of the country's clocks."""
        return ZoneInfo(self.settings.time_zone) if self.settings.time_zone else None

    @property
    def contracts(self) -> tuple[str, ...]:
        """File types accepted, in the order in which they are loaded."""
        return self.settings.contracts

    def mapping(self, file_type: str) -> Mapping:
        """Return the mapping of a file type.

        Raises:
            DefinitionError: The pack does not accept it.
        """
        if file_type not in self.mappings:
            raise unknown_name(self.folder / "mappings", file_type, file_type, list(self.mappings))
        return self.mappings[file_type]

    @cached_property
    def codelists(self) -> tuple[str, ...]:
        """Names of all code lists."""
        return tuple(sorted(path.stem for path in (self.folder / "codelists").glob("*.csv")))

    def codelist(self, name: str) -> pl.DataFrame:
        """Return a code list: system, code, label, from, to, source, and its own columns.

        All columns are text, save those of its own that hold numbers only.

        Raises:
            DefinitionError: There is no such list, or it lacks a column.
        """
        if name not in self.codelists:
            raise unknown_name(self.folder / "codelists", name, name, list(self.codelists))
        if name not in self._read:
            self._read[name] = _read_list(self.folder / "codelists" / f"{name}.csv", CODE_COLUMNS)
        return self._read[name]

    @cached_property
    def looked_up(self) -> dict[str, pl.DataFrame]:
        """The code lists in which a mapping looks something up, by name; the others are for definitions."""
        targets = (target for mapping in self.mappings.values() for target in mapping.targets)
        names = {lookup.codelist for target in targets for lookup in target.lookups}
        return {name: self.codelist(name) for name in sorted(names)}

    @cached_property
    def municipalities(self) -> pl.DataFrame:
        """Municipalities: municipality_code, name, is_in_area ('yes' or 'no'), source.

        Raises:
            DefinitionError: The pack has no municipalities, as one of definitions only, or the list is written wrongly.
        """
        if not (self.folder / "geography").is_dir():
            raise DefinitionError(
                f"The pack {self.name} has no municipalities and no deliveries: it holds definitions only.",
                where=str(self.folder),
                what_to_do=f"Choose another pack for a home; see what this one holds: tvaers pack check {self.name}",
            )
        return _read_list(self.folder / "geography" / "municipalities.csv", MUNICIPALITY_COLUMNS)

    @cached_property
    def hospitals(self) -> pl.DataFrame:
        """Hospitals: hospital_id, name, municipality_code, source."""
        return _read_list(self.folder / "geography" / "hospitals.csv", HOSPITAL_COLUMNS)


@cache
def load_pack(name_or_path: str | Path) -> Pack:
    """Return a country pack by its name below `packs/` or by the path of its folder.

    Raises:
        DefinitionError: There is no such pack, or one of its files is written wrongly.
    """
    folder = PACKS / name_or_path if str(name_or_path).isidentifier() else Path(name_or_path)
    if folder.is_dir() and not (folder / "pack.yaml").is_file():
        raise DefinitionError(
            "The folder holds no pack.yaml, so it is no pack.",
            where=str(folder),
            what_to_do="Name a pack or its folder, or begin one: tvaers pack new FOLDER",
        )
    if not (folder / "pack.yaml").is_file():
        known = available_packs()
        near = get_close_matches(folder.name, known, n=1, cutoff=0.5)
        raise DefinitionError(
            f"There is no country pack '{name_or_path}'.",
            where=f"nearest match: {near[0]}" if near else f"known: {', '.join(known)}",
            what_to_do="tvaers pack list",
        )
    settings = read_definition(folder / "pack.yaml", PackSettings)
    contracts = load_contracts()
    for file_type in settings.contracts:
        if file_type not in contracts:
            raise unknown_name(folder / "pack.yaml", "contracts", file_type, list(contracts))
        if contracts[file_type].sector not in settings.sectors:
            raise definition_fault(folder / "pack.yaml", "sectors", f"{contracts[file_type].sector} has no name.")
        if file_type not in settings.file_types:
            raise definition_fault(folder / "pack.yaml", "file_types", f"{file_type} has no name.")
    paths = {file_type: folder / "mappings" / f"{file_type}.yaml" for file_type in settings.contracts}
    pack = Pack(folder, settings, {name: read_definition(path, Mapping) for name, path in paths.items()})
    for file_type, mapping in pack.mappings.items():
        _check_mapping(pack, paths[file_type], mapping, file_type)
    return pack


def available_packs() -> list[str]:
    """Return the names of the packs that come with the software."""
    return sorted(path.parent.name for path in PACKS.glob("*/pack.yaml") if path.parent.name != SCAFFOLD)


def _read_list(path: Path, needed: tuple[str, ...]) -> pl.DataFrame:
    if not path.is_file():
        raise definition_fault(path, "", "The file is missing.")
    frame = pl.read_csv(path, infer_schema=False)
    if missing := [column for column in needed if column not in frame.columns]:
        raise definition_fault(path, missing[0], f"The column '{missing[0]}' is missing.")
    own = [column for column in frame.columns if column not in needed]
    numbers = [name for name in own if frame[name].drop_nulls().str.contains(NUMBER).all()]
    return frame.with_columns(pl.col(numbers).cast(pl.Float64))


def _check_mapping(pack: Pack, path: Path, mapping: Mapping, file_type: str) -> None:
    if mapping.file_type != file_type:
        raise definition_fault(path, "file_type", f"The file maps '{mapping.file_type}', but is named '{file_type}'.")
    tables = {table.name: table for table in load_tables() if table.schema == "core"}
    for number, target in enumerate(mapping.targets):
        at = f"targets.{number}"
        if target.table not in tables:
            raise unknown_name(path, f"{at}.table", target.table, list(tables))
        _check_columns(path, at, target, tables[target.table])
        if target.rows != "staged" and target.rows not in mapping.relations:
            raise unknown_name(path, f"{at}.rows", target.rows, ["staged", *mapping.relations])
        for lookup in target.lookups:
            if lookup.codelist not in pack.codelists:
                raise unknown_name(path, f"{at}.lookups", lookup.codelist, list(pack.codelists))
        for join in target.joins:
            if join.table not in tables:
                raise unknown_name(path, f"{at}.joins", join.table, list(tables))


def _check_columns(path: Path, at: str, target: Target, table: Table) -> None:
    names = [each.name for each in table.columns if each.name not in ("batch_id", "delivered_as")]
    upsert = target.upsert
    newest = [upsert.newest] if upsert and upsert.newest else []
    moved = upsert.carry_within if upsert else ()
    periods = (*upsert.periods.of, upsert.periods.first, upsert.periods.last) if upsert and upsert.periods else ()
    coarser = target.same_fact.coarser.columns if target.same_fact.coarser else ()
    for used in (*target.columns, *target.same_fact.columns, *coarser, *target.one_per, *newest, *moved, *periods):
        if used not in names:
            raise unknown_name(path, f"{at}.columns", used, names)
    for each in table.columns:
        if each.required and each.name != "batch_id" and each.name not in target.columns:
            raise definition_fault(path, f"{at}.columns", f"The column '{each.name}' of {table.name} has no source.")
