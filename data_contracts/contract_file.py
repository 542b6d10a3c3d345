"""From a contract file to a `Contract`: where in the standard each of our promises is written.

A column's type is its `physicalType`, its privacy class its `classification`, its codes its `enum`, its plausible range
and pattern its `logicalTypeOptions`, its link to another delivery its `relationships`; what the standard has no place
for stands in `customProperties`. A named rule is a `quality` entry of type `custom` whose engine is `duckdb`.
"""

from collections import Counter
from pathlib import Path
from typing import Any, get_args

from open_data_contract_standard.model import DataQuality, SchemaProperty

from data_contracts.contract import DEFAULT_FORMATS, Column, ColumnType, Contract, Judged, Privacy, ResultReading, Rule
from data_contracts.rules import generated_rules
from data_contracts.standard import StandardContract, contract_fault, custom_values, read_standard

LOGICAL_TYPES = {
    "text": "string",
    "code": "string",
    "date": "date",
    "datetime": "timestamp",
    "time": "time",
    "number": "number",
    "integer": "integer",
    "lab_value": "string",
    "identifier": "string",
    "iso_week": "string",
}
COLUMN_KEYS = frozenset(
    {"unit", "source", "formats", "mayBeAbsent", "mayBeFuture", "codeList", "paths", "result", "plausibleResults"}
)
RESULT_KEYS = frozenset({"analysis", "unit", "words", "units", "conversions", "mostUnknownWords"})
JUDGED_KEYS = frozenset({"analysis", "sign"})
CONTRACT_KEYS = frozenset({"format", "maxErrorShare", "resourceTypes", "followedBy", "toldWhole"})
OWN_SOURCES = {
    "own": "Defined by this project: no public format exists.",
    "unverified": "General knowledge of the format, not verified in a public file.",
}


def read_contract(path: Path) -> Contract:
    """Read one contract file.

    Raises:
        ContractError: The file is written wrongly; the error names the file and the key.
    """
    standard = read_standard(path)
    document, table = standard.document, standard.table
    custom = _known_keys(path, "customProperties", custom_values(document.customProperties), CONTRACT_KEYS)
    sources = OWN_SOURCES | {
        str(each.id): f"{each.description} ({each.url})" for each in document.authoritativeDefinitions or []
    }
    columns = tuple(_column(standard, each, sources) for each in table.properties or [])
    rules = (*generated_rules(columns), *(_rule(path, each) for each in table.quality or []))
    if repeated := [name for name, times in Counter(rule.id for rule in rules).items() if times > 1]:
        raise contract_fault(path, repeated[0], "is the id of two rules")
    keys = sorted((each.primaryKeyPosition or 0, str(each.name)) for each in table.properties or [] if each.primaryKey)
    terms = {each.property: each.value for each in document.slaProperties or []}
    for needed, given in (("maxErrorShare", custom), ("freshness", terms)):
        if needed not in given:
            raise contract_fault(path, needed, "is missing")
    description = document.description
    return Contract(
        file_type=str(document.name),
        version=str(document.version),
        sector=path.parent.name,
        format=custom.get("format", "csv"),
        description=str(description.purpose if description else ""),
        limitations=(description and description.limitations) or "",
        columns=columns,
        key=tuple(name for _, name in keys),
        rules=rules,
        max_error_share=float(custom["maxErrorShare"]),
        fresh_within_days=int(terms["freshness"]),  # type: ignore[arg-type]
        depends_on=tuple(dict.fromkeys(one.partition(".")[0] for each in columns for one in each.refers_to)),
        resource_types=tuple(custom.get("resourceTypes", ())),
        followed_by=tuple(custom.get("followedBy", ())),
        is_told_whole=bool(custom.get("toldWhole", False)),
    )


def _column(standard: StandardContract, each: SchemaProperty, sources: dict[str, str]) -> Column:
    path, name = standard.path, str(each.name)
    custom = _known_keys(path, name, custom_values(each.customProperties), COLUMN_KEYS)
    options = _known_keys(path, name, each.logicalTypeOptions or {}, frozenset({"minimum", "maximum", "pattern"}))
    kind: Any = each.physicalType
    privacy: Any = each.classification
    if kind not in get_args(ColumnType):
        raise contract_fault(path, f"{name}.physicalType", f"must be one of {', '.join(get_args(ColumnType))}")
    if each.logicalType != LOGICAL_TYPES[kind]:
        raise contract_fault(path, f"{name}.logicalType", f"must be {LOGICAL_TYPES[kind]} for the type {kind}")
    if privacy not in get_args(Privacy):
        raise contract_fault(path, f"{name}.classification", f"must be one of {', '.join(get_args(Privacy))}")
    if (privacy == "identifier") != (kind == "identifier"):
        raise contract_fault(path, f"{name}.classification", "and physicalType must both be identifier, or neither")
    if custom.get("source") not in sources:
        raise contract_fault(path, f"{name}.source", f"must be one of {', '.join(sources)}")
    if not each.examples and privacy not in ("direct_identifier", "free_text"):
        raise contract_fault(path, f"{name}.examples", "must hold an invented value")
    enum = each.enum or []
    return Column(
        name=name,
        type=kind,
        required=bool(each.required),
        allowed=tuple(str(one.value) for one in enum),
        minimum=_bound(options.get("minimum")),
        maximum=_bound(options.get("maximum")),
        unit=str(custom.get("unit", "")),
        formats=tuple(custom.get("formats", DEFAULT_FORMATS.get(kind, ()))),
        description=str(each.description),
        source=sources[custom["source"]],
        privacy=privacy,
        examples=tuple("" if one is None else str(one) for one in each.examples or []),
        pattern=str(options.get("pattern", "")),
        meanings=tuple(one.description or "" for one in enum),
        may_be_absent=bool(custom.get("mayBeAbsent", False)),
        may_be_future=bool(custom.get("mayBeFuture", False)),
        refers_to=tuple(str(one.to) for one in each.relationships or []),
        code_list=str(custom.get("codeList", "")),
        synonyms=tuple(str(one.synonym) for one in each.synonyms or []),
        paths=tuple((resource, one) for resource, one in custom.get("paths", {}).items()),
        reading=_reading(path, f"{name}.result", custom["result"]) if "result" in custom else None,
        judged=_judged(path, f"{name}.plausibleResults", custom.get("plausibleResults")),
    )


def _reading(path: Path, where: str, given: dict[str, Any]) -> ResultReading:
    told = _known_keys(path, where, given, RESULT_KEYS)
    if missing := sorted(RESULT_KEYS - {"unit"} - set(told)):
        raise contract_fault(path, f"{where}.{missing[0]}", "is missing")
    return ResultReading(
        analysis=str(told["analysis"]),
        words=str(told["words"]),
        units=str(told["units"]),
        conversions=str(told["conversions"]),
        most_unknown_words=float(told["mostUnknownWords"]),
        unit=str(told.get("unit", "")),
    )


def _judged(path: Path, where: str, given: dict[str, Any] | None) -> Judged | None:
    if given is None:
        return None
    told = _known_keys(path, where, given, JUDGED_KEYS)
    if "analysis" not in told:
        raise contract_fault(path, f"{where}.analysis", "is missing")
    return Judged(str(told["analysis"]), str(told.get("sign", "")))


def _bound(value: object) -> float | str | None:
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _rule(path: Path, quality: DataQuality) -> Rule:
    name = str(quality.name)
    if quality.type != "custom" or quality.engine != "duckdb" or not isinstance(quality.implementation, str):
        raise contract_fault(path, name, "must be of type custom with engine duckdb and a predicate as implementation")
    if quality.severity not in ("quarantine", "warn"):
        raise contract_fault(path, f"{name}.severity", "must be quarantine or warn")
    column = _known_keys(path, name, custom_values(quality.customProperties), frozenset({"column"})).get("column")
    return Rule(name, column, " ".join(quality.implementation.split()), quality.severity, str(quality.description))  # type: ignore[arg-type]


def _known_keys(path: Path, where: str, given: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    if unknown := sorted(set(given) - known):
        raise contract_fault(path, f"{where}.{unknown[0]}", f"is not known; allowed: {', '.join(sorted(known))}")
    return given
