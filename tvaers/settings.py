"""Where everything lives, and which pack is in use: one TOML file in the home folder, plus environment variables."""

import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from packs import DEFAULT_PACK
from tvaers.errors import SettingsError
from tvaers.whats_next import command

SETTINGS_FILE = "settings.toml"


def default_home() -> Path:
    """Return the home folder: `TVAERS_HOME` when set, else the user's own data folder."""
    return Path(os.environ.get("TVAERS_HOME") or platformdirs.user_data_dir("tvaers"))


def default_key_file(home: Path) -> Path:
    """Return the key file of a home: `TVAERS_KEY_FILE` when set, else one per home in the user's settings folder.

    The key never lies below the data folder, so that a copy of the data is not also a copy of the key.
    """
    if named := os.environ.get("TVAERS_KEY_FILE"):
        return Path(named)
    tag = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:8]
    return Path(platformdirs.user_config_dir("tvaers")) / "keys" / f"{home.resolve().name}-{tag}.key"


class Settings(BaseModel):
    """The settings of one home folder.

    Attributes:
        home: The folder that holds the databases and reports.
        pack: Country pack in use: a name below `packs/` or a path to a folder.
        key_file: The master key, outside the home folder.
        disease: The disease whose indicators are computed: a name below `indicators/` or a path to a folder.
        area: Whose inhabitants are counted: those of the municipalities that the pack marks as the area (`pack`), of
            those listed by code, or everybody with a delivered address (`everywhere`).
        identifiers: Whether identifiers are delivered in clear (`in_clear`), and replaced in memory, or as a site and a
            key holder have blinded them (`blinded`); files of the other kind are refused.
        is_synthetic: Whether the home holds invented people. They never mix with real ones; every page says it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path
    key_file: Path
    pack: str = DEFAULT_PACK
    disease: str = "type_2_diabetes"
    identifiers: Literal["in_clear", "blinded"] = "in_clear"
    is_synthetic: bool = False
    area: Literal["pack", "everywhere"] | tuple[str, ...] = "pack"

    @property
    def warehouse(self) -> Path:
        """The pseudonymised database, encrypted at rest."""
        return self.home / "warehouse.duckdb"

    @property
    def release(self) -> Path:
        """The anonymous database, the only file the dashboard opens."""
        return self.home / "release.duckdb"

    @property
    def register(self) -> Path:
        """What was ever released, one folder per release; new releases are judged by it."""
        return self.home / "released"

    @property
    def extracts(self) -> Path:
        """Where `tvaers synth` puts invented extracts when no folder is named."""
        return self.home / "extracts"

    @property
    def reports(self) -> Path:
        """Validation reports, one folder per ingest run."""
        return self.home / "reports"

    @property
    def access(self) -> Path:
        """Who is let into the dashboard, and how they log in; there when `tvaers access init` made it."""
        return self.home / "access"

    @property
    def initiatives(self) -> Path:
        """What units do to become better, written down in the dashboard; nothing about patients."""
        return self.home / "initiatives.sqlite"

    @property
    def logs(self) -> Path:
        """Log files; they never hold a value from a patient's row."""
        return self.home / "logs"

    def save(self) -> None:
        """Write the settings file into the home folder, replacing it at once: no reader meets half a file."""
        self.home.mkdir(parents=True, exist_ok=True)
        lines = [f'pack = "{self.pack}"', f'disease = "{self.disease}"', f'key_file = "{self.key_file.as_posix()}"']
        lines += [f'identifiers = "{self.identifiers}"'] if self.identifiers != "in_clear" else []
        lines += ["is_synthetic = true"] if self.is_synthetic else []
        if self.area != "pack":
            lines.append(f"area = {json.dumps(self.area)}")
        beside = self.home / f"{SETTINGS_FILE}.new"
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
        beside.replace(self.home / SETTINGS_FILE)


def load_settings(home: Path | None = None) -> Settings:
    """Return the settings of a home folder.

    Raises:
        SettingsError: The folder was never initialised, or its settings file is not valid.
    """
    home = home or default_home()
    path = home / SETTINGS_FILE
    if not path.is_file():
        raise SettingsError(
            "This home folder has not been set up.",
            where=str(home),
            what_to_do=command("init", home=home),
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        if named := os.environ.get("TVAERS_KEY_FILE"):
            values["key_file"] = named
        return Settings(home=home, **values)
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as fault:
        raise SettingsError(
            "The settings file is not valid.",
            where=f"{path}: {_first_mistake(fault)}",
            what_to_do=f"Correct or remove the file, then: {command('init', home=home)}",
        ) from None


def _first_mistake(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        first = fault.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(fault).splitlines()[0]
