"""The words between a definition's own words, by language and key."""

from importlib.resources import files
from pathlib import Path

from indicators.definitions.reading import read_yaml

WORDS: dict[str, dict[str, str]] = read_yaml(Path(str(files("indicators.explain"))) / "words.yaml")
