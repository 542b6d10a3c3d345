"""Reads the definitions that a country computes, with the country's own numbers in their words.

A definition that holds for many countries lies in `indicators/<disease>/<group>/`; one that is a country's alone in the
same folders below its pack (`packs/<country>/indicators/<disease>/`). A pack computes its own, and those of all
countries that one of its sets names. Where a definition's words say `{hba1c_goal_mmol_mol}`, they tell the newest value
of that parameter of the pack, written as the language writes numbers. A target that the country has not set is left
out, as long as the definition is not its own.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from indicators.definitions.definition import Indicator
from indicators.definitions.groups import NO_GROUPS, PAGE, load_groups
from indicators.definitions.of_country import pages_of_country
from indicators.definitions.parts import LANGUAGES
from indicators.definitions.reading import describe_fault, disease_folder, disease_name, read_yaml, unknown
from indicators.definitions.written_numbers import written
from tvaers.errors import DefinitionError

IN_WORDS = re.compile(r"\{([a-z][a-z0-9_]*)\}")
Values = Mapping[str, tuple[int | float, str]]
"""Newest value and unit of each parameter of a pack."""


def load_indicator(path: Path, values: Values | None = None) -> Indicator:
    """Return the indicator of one file.

    Args:
        path: The file.
        values: Values and units for the words; None leaves the words as they stand.

    Raises:
        DefinitionError: A key is unknown, missing or not allowed, or the id is not the file's name.
    """
    try:
        found = Indicator.model_validate(_filled(read_yaml(path), values or {}))
    except ValidationError as fault:
        raise describe_fault(path, fault, Indicator) from None
    if found.id != path.stem or found.group != path.parent.name:
        raise DefinitionError(
            "An indicator's id and group must be the names of its file and folder.",
            where=f"{path.parent.name}/{path.name}: id {found.id}, group {found.group}",
            what_to_do="Rename the file, or correct the keys.",
        )
    return found


def load_definitions(disease: str, pack: Any = None) -> tuple[Indicator, ...]:
    """Return the indicators of a disease, in the order in which they are shown (group, then id).

    Args:
        disease: A name below `indicators/`, or a path.
        pack: A country pack, whose indicators these are; every `$parameter` must exist in it. None for those that lie
            in the disease's folder, their words as they stand.

    Raises:
        DefinitionError: A file is written wrongly, or a parameter is unknown to the pack.
    """
    if pack is None:
        return tuple(load_indicator(path) for path in _in_order(disease, definition_paths(disease)))
    found = definitions_of_pack(disease, Path(pack.folder))
    if not found:
        raise DefinitionError(
            f"The pack '{Path(pack.folder).name}' computes nothing of {disease_name(disease)}.",
            where=f"{Path(pack.folder).name}/sets",
            what_to_do="Name its indicators in a set, in the pack or in `countries/` of the disease's folder.",
        )
    known = {path.stem for path in pages_of_country(Path(pack.folder), disease, "parameters")}
    for indicator in found:
        for name in sorted(indicator.parameters() - known):
            raise unknown("parameter", name, known, where=f"{indicator.group}/{indicator.id}.yaml")
    return found


def definitions_of_pack(disease: str, folder: Path) -> tuple[Indicator, ...]:
    """Return the indicators that a pack names or has of its own, also those whose parameters it lacks.

    Raises:
        DefinitionError: A file is written wrongly, or two definitions have one id.
    """
    named, doubted = named_in_sets(folder, disease), named_in_sets(folder, disease, "not_confirmed") or frozenset()
    shared = [path for path in definition_paths(disease) if named is None or path.stem in named]
    own = definition_paths(disease, folder / "indicators")
    if twice := sorted({path.stem for path in own} & {path.stem for path in definition_paths(disease)}):
        raise DefinitionError(
            f"There are two definitions '{twice[0]}'.",
            where=f"{folder.name}/indicators/{disease_name(disease)}",
            what_to_do="Name the pack's own otherwise, or use the one that holds for many countries.",
        )
    values = _values(folder, disease)
    found = (load_indicator(path, values) for path in _in_order(disease, [*shared, *own]))
    names = {path.stem for path in own}
    of_country = (each if each.id in names else _with_targets_of(each, values) for each in found)
    return tuple(each.model_copy(update={"verified": False}) if each.id in doubted else each for each in of_country)


def _with_targets_of(indicator: Indicator, values: Values) -> Indicator:
    """Return a definition of many countries without the target or acceptable level that this one has not set."""
    unset = {
        name for name in ("target", "acceptable") if (getattr(indicator, name) or "$").removeprefix("$") not in values
    }
    without_target = indicator.target is not None and "target" in unset
    return indicator.model_copy(update=dict.fromkeys(unset | ({"acceptable"} if without_target else set())))


def definition_paths(disease: str, root: Path | None = None) -> list[Path]:
    """Return the files of a disease's definitions.

    Args:
        disease: The disease.
        root: Folder of a pack's own definitions; None for those that hold for many countries.

    Raises:
        DefinitionError: A definition lies in a folder that is no group of the disease.
    """
    below = disease_folder(disease) if root is None else root / disease_name(disease)
    groups = load_groups(disease)
    found = [path for path in below.glob("*/*.yaml") if path.parent.name not in NO_GROUPS]
    for path in found:
        if path.parent.name not in groups:
            raise unknown("group", path.parent.name, groups, where=f"{disease_name(disease)}/{PAGE}")
    return found


def named_in_sets(folder: Path, disease: str, key: str = "indicators") -> frozenset[str] | None:
    """Return the ids that a pack's sets of a disease name; None when it has no sets and so leaves nothing out.

    Args:
        folder: The pack.
        disease: The disease.
        key: Under which key of the sets they stand.
    """
    paths = pages_of_country(folder, disease, "sets")
    pages = [
        page
        for path in paths
        if isinstance(page := read_yaml(path), dict) and page.get("disease") == disease_name(disease)
    ]
    return frozenset(str(name) for page in pages for name in page.get(key) or ()) if paths else None


def _in_order(disease: str, paths: Sequence[Path]) -> list[Path]:
    groups = list(load_groups(disease))
    return sorted(paths, key=lambda path: (groups.index(path.parent.name), path.stem))


def _values(folder: Path, disease: str) -> Values:
    pages = {path.stem: read_yaml(path) for path in pages_of_country(folder, disease, "parameters")}
    return {
        name: (page["values"][-1]["value"], page.get("unit", ""))
        for name, page in pages.items()
        if isinstance(page, dict) and isinstance(page.get("values"), list) and "value" in (page["values"] or [{}])[-1]
    }


def _filled(page: Any, values: Values, language: str = "") -> Any:
    """Return what a file holds, its texts with numbers in place of the names of parameters."""
    if isinstance(page, dict):
        return {key: _filled(part, values, key if key in LANGUAGES else language) for key, part in page.items()}
    if isinstance(page, list):
        return [_filled(part, values, language) for part in page]
    if not isinstance(page, str) or not language:
        return page
    return IN_WORDS.sub(lambda name: written(*values[name[1]], language) if name[1] in values else name[0], page)
