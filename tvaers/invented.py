"""Invented people are marked as such and never share a home with real ones."""

from pathlib import Path
from typing import TYPE_CHECKING

from tvaers.errors import SettingsError

if TYPE_CHECKING:
    from tvaers.settings import Settings

MARKER = "SYNTHETIC.md"
_TEXT = "Every person in these files is invented (tvaers synth). They describe nobody.\n"


def mark(folder: Path) -> None:
    """Say in a file that a folder's extracts are invented."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text(_TEXT, encoding="utf-8")


def is_marked(folder: Path) -> bool:
    """Return whether a folder, or the one it lies in, says that its extracts are invented."""
    return any((place / MARKER).is_file() for place in (folder.resolve(), folder.resolve().parent))


def keep_apart(settings: "Settings", folder: Path) -> "Settings":
    """Return the settings of a home into which a folder may be loaded; a new home takes the folder's kind of people.

    A folder that does not exist brings nobody.

    Raises:
        SettingsError: The home holds real people and the folder invented ones, or the other way round.
    """
    is_invented = is_marked(folder)
    if is_invented == settings.is_synthetic or not folder.exists():
        return settings
    if settings.warehouse.exists():
        held, brought = ("invented", "real") if settings.is_synthetic else ("real", "invented")
        raise SettingsError(
            f"This home holds {held} people and the folder brings {brought} ones; they are never mixed.",
            where=f"home {settings.home}, folder {folder}",
            what_to_do="Name another home with --home.",
        )
    settings = settings.model_copy(update={"is_synthetic": is_invented})
    settings.save()
    return settings
