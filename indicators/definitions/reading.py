"""Reading the files that content stands in, with faults that say where and what to do."""

import difflib
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from tvaers.errors import DefinitionError

NAME = re.compile(r"[a-z][a-z0-9_]*")
POPULATIONS = "populations.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INSTALLED = Path(str(files("indicators")))

A_FEW = 8
"""So many names are told when one is wrong; ninety would hide the one that was meant."""


def disease_folder(disease: str) -> Path:
    """Return the folder of a disease's definitions: the only place that finds one.

    Args:
        disease: A name below `indicators/`, or a path (it has a `/`) to a folder that is kept elsewhere.

    Raises:
        DefinitionError: There is no such folder, or it does not say whom the disease is about.
    """
    if Path(disease).name == disease:
        if disease not in (known := diseases()):
            if (Path(disease) / POPULATIONS).is_file():
                known.append(f"./{disease}")  # a folder beside the reader, to be named by its path
            raise unknown("disease", disease, known, where="indicators/")
        return _INSTALLED / disease
    folder = Path(disease)
    if not (folder / POPULATIONS).is_file() or not NAME.fullmatch(folder.resolve().name):
        raise DefinitionError(
            "This folder holds no disease.",
            where=disease,
            how_much=f"A disease's folder has a name of small letters, digits and _, and holds {POPULATIONS}.",
            what_to_do="Correct the path to the folder.",
        )
    return folder.resolve()


def disease_name(disease: str) -> str:
    """Return the name of a disease that is given by its name or by the path to its folder."""
    return Path(disease).resolve().name


def diseases() -> list[str]:
    """Return the names of the diseases that come with Tværs."""
    return sorted(path.parent.name for path in _INSTALLED.glob(f"*/{POPULATIONS}"))


def unknown(kind: str, name: str, known: Iterable[str], *, where: str) -> DefinitionError:
    """Return the fault for a name that does not exist, with the nearest that does; of many, only those near by."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=A_FEW)
    told = names if len(names) <= A_FEW else near
    how_many = f"{len(names)} are known" if len(told) < len(names) else "Known"
    return DefinitionError(
        f"There is no {kind} '{name}'.",
        where=where,
        how_much=f"{how_many}{': ' if told else ''}{', '.join(told)}." if names else f"No {kind} is defined.",
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
