"""Texts under small headings."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Paragraph:
    """A heading with one or several texts below it; several are shown as a list.

    Attributes:
        links: Address of a source by the text it belongs to.
    """

    heading: str
    texts: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)
