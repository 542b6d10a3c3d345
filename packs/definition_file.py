"""Read a pack's YAML file into a model, or say which key of which file is wrong and what was probably meant."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from tvaers.errors import DefinitionError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Part(BaseModel):
    """A part of a pack: frozen, and no key beside those named."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Model = TypeVar("Model", bound=Part)


def read_definition(path: Path, model: type[Model]) -> Model:
    """Read one YAML file of a pack.

    Raises:
        DefinitionError: The file is missing, is no YAML, or does not fit; it names file, key and what is allowed.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, the fast one
        return model.model_validate(raw)
    except FileNotFoundError:
        raise definition_fault(path, "", "The file is missing.") from None
    except ValidationError as fault:
        faults = fault.errors(include_input=False, include_url=False)
        first = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            allowed = _keys_at(model, first["loc"][:-1])
            raise unknown_name(path, key, str(first["loc"][-1]), allowed) from None
        raise definition_fault(path, key, f"The key '{key}' is wrong: {first['msg']}.") from None
    except (yaml.YAMLError, ValueError) as fault:
        # A ValueError: no UTF-8, or what looks like a date and is none.
        raise definition_fault(path, "", f"The file is no YAML: {str(fault).splitlines()[0]}.") from None


def unknown_name(path: Path, key: str, name: str, allowed: list[str]) -> DefinitionError:
    """Return the error for a name that is not known, with the nearest one that is."""
    near = get_close_matches(name, allowed, n=1, cutoff=0.5)
    hint = f" Nearest match: {near[0]}." if near else ""
    return definition_fault(path, key, f"'{name}' is not known here.{hint} Allowed: {', '.join(sorted(allowed))}.")


def definition_fault(path: Path, key: str, what: str) -> DefinitionError:
    """Return the error for a pack file that is written wrongly."""
    where = "/".join(path.parts[-3:]) + (f": {key}" if key else "")
    return DefinitionError(
        what, where=where, what_to_do="Correct the file; docs/reference/packs.md tells what it may hold."
    )


def _keys_at(model: Any, location: tuple[int | str, ...]) -> list[str]:
    """Return the keys a model allows at a place below it."""
    is_name = False  # the step after a mapping's field is a name of its own, not a key of the model
    for step in location:
        if isinstance(step, int) or is_name:
            is_name = False
            continue
        field = next((each for name, each in model.model_fields.items() if step in (name, each.alias)), None)
        is_name = field is not None and get_origin(field.annotation) is dict
        model = _model_in(field.annotation) if field else None
        if model is None:
            return []
    return [each.alias or name for name, each in model.model_fields.items()]


def _model_in(annotation: Any) -> Any:
    """Return the model inside `tuple[Model, ...]`, `dict[str, Model]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each)) is not None), None)
