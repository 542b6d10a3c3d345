"""`tvaers demo`: every step of the data flow on an invented region, then the dashboard."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tvaers.commands.dashboard import PortOption
from tvaers.commands.options import (
    HomeOption,
    InhabitantsOption,
    JsonOption,
    MessyOption,
    NationalOption,
    SeedOption,
    YearsOption,
)
from tvaers.errors import SettingsError

if TYPE_CHECKING:
    from tvaers.settings import Settings

RECEIPT = "demo.json"
"""What the finished demo was made from; written last, so that a demo stopped half-way is taken up again."""


def demo(
    home: HomeOption = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the dashboard when all is done.")] = True,
    port: PortOption = 8501,
    seed: SeedOption = 1,
    country: Annotated[
        str | None,
        typer.Option("--country", help="Country of the region, which is also its pack. Default: the usual one."),
    ] = None,
    inhabitants: InhabitantsOption = None,
    years: YearsOption = 10,
    messy: MessyOption = False,
    national: NationalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Invent a region, run the whole job on it, and open the dashboard.

    A second run finds everything done, changes nothing, and takes seconds.
    """
    from ingest import job
    from synthetic.country import load_country
    from tvaers import audit_log, invented, invented_initiatives, progress, screen, verdicts
    from tvaers.commands.dashboard import serve as serve_dashboard
    from tvaers.commands.init import set_up
    from tvaers.settings import default_home
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    invented_country = load_country(country)
    settings, _ = set_up((home or default_home()).resolve(), pack=country, area="everywhere" if national else None)
    people = inhabitants or invented_country.region["inhabitants"]
    options = {"seed": seed, "inhabitants": people, "years": years, "messy": messy, "national": national}
    if country:
        options["country"] = country
    _refuse_other_options(settings, options)
    _invent(settings, options)
    settings = invented.keep_apart(settings, settings.extracts)
    result = job.run(settings, settings.extracts)
    if not as_json:
        verdicts.show(result)
    changed = _compute_and_release(settings, options)
    invented_initiatives.write(settings.initiatives, settings.release, invented_country.initiatives)
    if changed:
        audit_log.record(settings, "demo", "invented region", rows=sum(each.rows_in for each in result.files))
    following = command("dashboard", home=settings.home)
    if as_json:
        made = {"release": settings.release, "changed": changed, "next_step": following}
        screen.write_json(verdicts.as_document(result) | made)
        return
    screen.say(f"The anonymous release is {settings.release}" + ("" if changed else " (nothing had changed)"))
    if serve:
        raise typer.Exit(serve_dashboard(settings.release, port, initiatives=settings.initiatives))
    screen.next_step(following)


def _refuse_other_options(settings: "Settings", options: dict[str, Any]) -> None:
    """Refuse to mix two invented regions in one home.

    Raises:
        SettingsError: The home was made with other options, or holds something that is not a demo.
    """
    begun = _read(settings.home / RECEIPT)
    if begun and begun["options"] != options:
        raise SettingsError(
            "This home holds a demo made with other options.",
            where=str(settings.home),
            how_much=", ".join(f"{name} {value}" for name, value in begun["options"].items()),
            what_to_do="Name another folder with --home, or remove this one.",
        )
    if not begun and settings.warehouse.exists():
        raise SettingsError(
            "This home has a warehouse that the demo did not make; invented people are never mixed with real ones.",
            where=str(settings.home),
            what_to_do="Name another folder for the demo: tvaers demo --home FOLDER",
        )


def _invent(settings: "Settings", options: dict[str, Any]) -> None:
    """Write the extracts, unless a finished set is there."""
    from synthetic.region import write_region
    from tvaers import invented

    receipt = settings.home / RECEIPT
    if _read(receipt):
        return
    # Inventing keeps one processor busy.
    threading.Thread(target=_load_libraries, daemon=True).start()
    invented.mark(settings.extracts)
    write_region(settings.extracts, known_answers=False, **options)
    _write(receipt, {"options": options})


def _load_libraries() -> None:
    """Load what the later steps need; some of it takes seconds."""
    from ingest import validate

    validate.load()
    import indicators.compute
    import indicators.release.publish  # noqa: F401 - loaded for whoever needs it next


def _compute_and_release(settings: "Settings", options: dict[str, Any]) -> bool:
    """Compute and release, unless this very release was made from this very warehouse; return whether it was needed."""
    from indicators.compute import compute
    from indicators.release.publish import publish
    from tvaers import __version__
    from tvaers.commands.compute import QUARTERS

    receipt = settings.home / RECEIPT
    made = {"options": options, "version": __version__, "warehouse": _trace(settings.warehouse)}
    if _read(receipt) == made | {"release": _trace(settings.release)}:
        return False
    compute(settings, quarters=QUARTERS)
    publish(settings)
    made["warehouse"] = _trace(settings.warehouse)
    _write(receipt, made | {"release": _trace(settings.release)})
    return True


def _trace(path: Path) -> list[int]:
    """Return what tells one version of a file from the next: its size and the moment it was put in place."""
    return [path.stat().st_size, path.stat().st_mtime_ns] if path.exists() else []


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write(path: Path, content: dict[str, Any]) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(content), encoding="utf-8")
    beside.replace(path)
