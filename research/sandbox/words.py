"""The words of which a question may be made, from the page beside this file."""

from pathlib import Path

import yaml

MOST_CHARACTERS = 20_000

_PAGE: dict[str, str] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
_WORDS = {name: frozenset(words.split()) for name, words in _PAGE.items()}

STRUCTURE = _WORDS["sqlglot_structure"]
"""Kinds of nodes in sqlglot's tree, by the name of their class."""
KNOWN = _WORDS["sqlglot_functions"]
"""Functions that sqlglot knows, by the name of their class; all others must stand among FUNCTIONS."""
FUNCTIONS = _WORDS["engine_functions"]
"""Functions and operators by the name that DuckDB gives them."""
QUERIES = _WORDS["engine_queries"]
SOURCES = _WORDS["engine_sources"]
CLASSES = _WORDS["engine_classes"]
"""Kinds of queries, of what they read from, and of expressions in DuckDB's own tree."""
