"""Short hashes that tell one state of a definition, or of a country's pages, from every other one.

They say word for word what was computed with: also the words of a definition count. Whether a change moves numbers is
told by the definition lock of the tests, which looks at the meaning alone.
"""

import hashlib
import json
import re
from pathlib import Path

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator

_LIST_NAME = re.compile(r"'([a-z][a-z0-9_]+)'")
_CHARACTERS = 16


def definitions_fingerprints(catalogue: Catalogue) -> dict[str, str]:
    """Return a hash of each definition by its id: its page, population, variables, dated parameters and code lists."""
    codes = {
        name: frame.sort("system", "code").write_csv()
        for (name,), frame in catalogue.codelists.partition_by("list", as_dict=True).items()
    }
    return {each.id: _fingerprint(catalogue, each, codes) for each in catalogue.indicators}


def pages_fingerprint(folder: Path) -> str:
    """Return a hash of all files below a folder, a country pack's, by name and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    told = [(path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    return _hash(told)


def _fingerprint(catalogue: Catalogue, indicator: Indicator, codes: dict[str, str]) -> str:
    variables = {each.name: each.sql for each in catalogue.variables_of(indicator)}
    population = catalogue.population_of(indicator)
    named = {name for sql in variables.values() for name in _LIST_NAME.findall(sql)} & codes.keys()
    return _hash(
        {
            "page": indicator.model_dump(mode="json"),
            "population": population,
            "variables": variables,
            "parameters": {
                name: catalogue.parameters[name].model_dump(mode="json")
                for name in sorted(catalogue.parameters_of([indicator]) & catalogue.parameters.keys())
            },
            "codes": {name: codes[name] for name in sorted(named)},
        }
    )


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_CHARACTERS]
