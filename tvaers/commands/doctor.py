"""`tvaers doctor`: look at everything the other verbs rely on, and say what is wrong."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from tvaers.commands.options import HomeOption, JsonOption
from tvaers.errors import SettingsError, TvaersError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tvaers.settings import Settings

OUR_PACKAGES = ("data_contracts", "ingest", "warehouse", "indicators", "dashboard", "synthetic", "packs", "tvaers")
LIBRARIES = ("duckdb", "duckdb-extension-httpfs", "polars", "polars-hash", "great-expectations", "streamlit", "plotly")


@dataclass(frozen=True)
class Finding:
    """What the doctor saw at one point."""

    point: str
    state: Literal["good", "note", "bad"]
    detail: str


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Look at settings, key, encryption, databases, versions and packages; exit code 10 when something is wrong."""
    from tvaers import screen
    from tvaers.settings import default_home, load_settings
    from tvaers.whats_next import after_faults, next_command

    findings = examine(home)
    is_well = all(finding.state != "bad" for finding in findings)
    following = next_command(load_settings(home)) if is_well else after_faults(home or default_home())
    if as_json:
        screen.write_json({"well": is_well, "findings": findings, "next_step": following})
    else:
        screen.show_table("", ("point", "state", "what was seen"), [(f.point, f.state, f.detail) for f in findings])
        screen.next_step(following)
    if not is_well:
        raise typer.Exit(SettingsError.exit_code)


def examine(home: Path | None) -> list[Finding]:
    """Return one finding per point, bad ones included; nothing is changed."""
    from tvaers.settings import load_settings

    findings = [_versions(), _libraries(), _shadowed_packages(), _seen("encryption", _probe_encryption)]
    try:
        settings = load_settings(home)
    except TvaersError as fault:
        return [*findings, Finding("settings", "bad", f"{fault.what} {fault.where}")]
    findings.append(Finding("settings", "good", f"{settings.home} (pack {settings.pack}, {settings.disease})"))
    findings.append(_seen("pack", lambda: _load_pack(settings)))
    findings.append(_seen("definitions", lambda: _load_definitions(settings)))
    findings.append(_seen("key", lambda: _load_key(settings)))
    findings.append(_database("warehouse", settings.warehouse, lambda: _open_warehouse(settings)))
    if settings.warehouse.exists():
        findings += [_specialties(settings), _people(settings)]
    findings.append(_release(settings))
    findings.append(_people_let_in(settings))
    findings.append(_home_access(settings.home))
    return findings


def _seen(point: str, look: "Callable[[], str]") -> Finding:
    try:
        return Finding(point, "good", look())
    except TvaersError as fault:
        return Finding(point, "bad", " ".join(part for part in (fault.what, fault.where, fault.how_much) if part))


def _database(point: str, path: Path, look: "Callable[[], str]") -> Finding:
    return _seen(point, look) if path.exists() else Finding(point, "note", "not made yet")


def _versions() -> Finding:
    from tvaers import __version__

    return Finding("version", "good", f"tvaers {__version__} on Python {sys.version.split()[0]}")


def _libraries() -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    seen = []
    for name in LIBRARIES:
        try:
            seen.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Finding("libraries", "bad", f"{name} is not installed")
    return Finding("libraries", "good", ", ".join(seen))


def _shadowed_packages() -> Finding:
    """Say whether another distribution or a folder on the path hides one of our packages, whose names are common."""
    from importlib.util import find_spec

    root = Path(__file__).resolve().parents[2]
    strays = []
    for name in OUR_PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != root:
            strays.append(f"{name} from {spec.origin if spec else 'nowhere'}")
    if strays:
        return Finding("packages", "bad", "hidden by another of the same name: " + "; ".join(strays))
    return Finding("packages", "good", f"all {len(OUR_PACKAGES)} from {root}")


def _probe_encryption() -> str:
    from warehouse.encryption import probe_encryption

    probe_encryption()
    return "the OpenSSL-backed module loads; nothing is downloaded"


def _load_pack(settings: "Settings") -> str:
    from packs.pack import load_pack

    pack = load_pack(settings.pack)
    return f"{pack.name} version {pack.version}"


def _load_definitions(settings: "Settings") -> str:
    from indicators.definitions.definition_files import load_definitions
    from packs.pack import load_pack

    return f"{len(load_definitions(settings.disease, load_pack(settings.pack)))} indicators for {settings.disease}"


def _load_key(settings: "Settings") -> str:
    from tvaers.keys import load_master_key

    return f"{settings.key_file} (key id {load_master_key(settings).key_id}), readable by its owner only"


def _open_warehouse(settings: "Settings") -> str:
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as connection:
        row = connection.execute("SELECT count(*) FROM meta.batch WHERE state = 'loaded'").fetchone()
    return f"{settings.warehouse}, {row[0] if row else 0} files loaded"


def _specialties(settings: "Settings") -> Finding:
    """Say whether hospital contacts lack the specialty by which type 1 diabetes is told from type 2."""
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    try:
        with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as connection:
            row = connection.execute(
                "SELECT count_if(specialty IS NULL), count(*) FROM core.hospital_contact"
            ).fetchone()
    except TvaersError:
        return Finding("specialties", "note", "not seen: the warehouse cannot be opened")
    without, contacts = row or (0, 0)
    if not without:
        return Finding("specialties", "good", f"all {contacts} hospital contacts have one")
    return Finding(
        "specialties",
        "note",
        f"{without} of {contacts} hospital contacts have none, so people with type 1 may be counted as type 2; "
        "where contacts are told by unit, deliver the list of units too (docs/how-to/load_a_delivery.md)",
    )


def _people(settings: "Settings") -> Finding:
    """Say whether anybody lives in two places at once, or is two people who were joined by mistake."""
    from ingest.at_once import say_what_lasts_twice, say_who_is_two_people
    from packs.pack import load_pack
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    try:
        pack = load_pack(settings.pack)
        with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as connection:
            said = [say_what_lasts_twice(connection, pack), say_who_is_two_people(connection)]
    except TvaersError:
        return Finding("people", "note", "not seen: the warehouse cannot be opened")
    seen = " ".join(filter(None, said))
    return Finding("people", "note" if seen else "good", seen or "nobody has two homes at once or is two people")


def _release(settings: "Settings") -> Finding:
    """Say whether the release still is that of what the warehouse and the settings hold now."""
    from tvaers.whats_next import command, next_command

    found = _database("release", settings.release, lambda: f"{settings.release}")
    if found.state != "good" or not settings.warehouse.exists():
        return found
    try:
        following = next_command(settings)
    except TvaersError:
        return Finding("release", "note", f"{found.detail}, not compared: the warehouse cannot be read")
    if following == command("dashboard", home=settings.home):
        return found
    return Finding("release", "note", f"{found.detail} is not of what the warehouse and the settings hold now")


def _people_let_in(settings: "Settings") -> Finding:
    """Say whether the dashboard asks people to log in, which it must once the release is of real ones."""
    from tvaers.commands.access import signed

    if settings.access.exists():
        return _seen("login", lambda: f"people log in at {signed(settings.access)[1]}")
    if settings.is_synthetic or not settings.release.exists():
        return Finding("login", "good", "nobody is asked: only invented people are shown without")
    return Finding("login", "bad", "real people, and nobody would be asked to log in: tvaers access init")


def _home_access(home: Path) -> Finding:
    mode = home.stat().st_mode & 0o077
    if mode:
        return Finding("home access", "note", f"others can look into {home}; better: chmod 700 {home}")
    return Finding("home access", "good", "only the owner can look into the home folder")
