"""Tværs: one anonymous view of type 2 diabetes care across hospital, general practice and municipality."""

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from research.door import open_project

__all__ = ["__version__", "open_project"]


def __getattr__(name: str) -> Any:
    # The researchers' door from Python; imported when it is used, so that `import tvaers` stays light.
    if name == "open_project":
        from research.door import open_project

        return open_project
    raise AttributeError(name)
