"""Reading the files that content stands in, with faults that say where and what to do."""

import difflib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from tvaers.errors import DefinitionError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def disease_folder(disease: str) -> Path:
    """Return the folder of a disease's definitions.

    Raises:
        DefinitionError: No such folder below `indicators/`.
    """
    root = Path(str(files("indicators")))
    known = sorted(path.name for path in root.iterdir() if (path / "populations.yaml").is_file())
    if disease not in known:
        raise unknown("disease", disease, known, where="indicators/")
    return root / disease


def unknown(kind: str, name: str, known: Iterable[str], *, where: str) -> DefinitionError:
    """Return the fault for a name that does not exist, with the nearest that does."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return DefinitionError(
        f"There is no {kind} '{name}'.",
        where=where,
        how_much=f"Known: {', '.join(names)}." if names else f"No {kind} is defined.",
        what_to_do=f"Did you mean '{near[0]}'?" if near else f"Choose one of the known names or define the {kind}.",
    )


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises:
        DefinitionError: The file is not valid YAML, or holds a date that does not exist; the message names the file.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, the fast one
    except ValueError as fault:
        # What looks like a date and is none: 2016-13-40.
        raise DefinitionError(
            f"A definition file holds what cannot be: {fault}.", where=path.name, what_to_do="Correct the file."
        ) from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise DefinitionError(
            "A definition file is not valid YAML.",
            where=f"{path.name}, line {mark.line + 1}" if mark else path.name,
            what_to_do="Correct the file; quote texts that contain a colon.",
        ) from None


def describe_fault(path: Path, fault: ValidationError, model: type[BaseModel]) -> DefinitionError:
    """Return a readable fault for a definition file that does not fit its model, one line per key."""
    lines = []
    for error in fault.errors():
        key = ".".join(str(part) for part in error["loc"]) or "definition"
        message = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(error["loc"][-1]), list(model.model_fields), n=1)
            message = "unknown key" + (f"; did you mean '{near[0]}'?" if near else "")
        lines.append(f"{key}: {message}")
    return DefinitionError(
        "A definition is written wrongly.",
        where=f"{path.name}: " + " | ".join(lines),
        what_to_do="Correct the keys named above, then: tvaers pack check",
    )
