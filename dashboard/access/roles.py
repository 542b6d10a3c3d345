"""The roles: which pages each is shown, and how much of the release each may read."""

from dataclasses import dataclass
from enum import StrEnum

from dashboard.access.logins import Login
from dashboard.release_reader import WHOLE, Extent


class Role(StrEnum):
    """What somebody is to the database; nobody has two."""

    QUALITY_MANAGER = "quality_manager"
    UNIT = "unit"
    RESEARCHER = "researcher"
    STEWARD = "steward"
    PUBLIC = "public"


_CARE = frozenset({Role.QUALITY_MANAGER, Role.UNIT})
_READERS = _CARE | {Role.RESEARCHER, Role.PUBLIC}
ADMITTED: dict[str, frozenset[Role]] = {
    "overview": _READERS,
    "map": _READERS,
    "municipality": _READERS,
    "practice": _CARE,
    "indicator": _READERS,
    "follow_up": _READERS,
    "complications": _READERS,
    "initiatives": _CARE,
    "data_quality": frozenset({Role.QUALITY_MANAGER, Role.STEWARD}),
    "catalogue": frozenset(Role),
    "about": frozenset(Role),
}
"""Who is let into which page, in the order of the navigation. A page that is not named here lets nobody in."""

_AREAS = frozenset({"all", "municipality"})
EXTENT: dict[Role, Extent] = {
    Role.QUALITY_MANAGER: WHOLE,
    # One file is safe against everybody who reads the whole of it. More for a unit than for its neighbours would be a
    # second file, and only both judged together would be safe.
    Role.UNIT: Extent(levels=None, has_deliveries=False),
    Role.RESEARCHER: Extent(_AREAS, has_deliveries=False),
    Role.PUBLIC: Extent(_AREAS, has_deliveries=False),
    Role.STEWARD: Extent(frozenset({"all"}), has_deliveries=True),
}
"""What a role may read, enforced where the release is opened."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who was let in.

    Attributes:
        unit: The key of the visitor's own unit, such as `practice-057000`; empty for every role but `unit`.
        login: The login by which the visitor came in; None for the public and where nobody is asked.
        only_invented: Whether nobody was asked, so that only a release of invented people may be shown.
    """

    role: Role
    unit: str = ""
    login: Login | None = None
    only_invented: bool = False

    @property
    def extent(self) -> Extent:
        """What of the release the visitor may read."""
        return EXTENT[self.role]

    def is_admitted_to(self, page: str) -> bool:
        """Return whether the visitor may see a page."""
        return self.role in ADMITTED.get(page, frozenset())

    @property
    def pages(self) -> list[str]:
        """The pages the visitor may see, the one to begin with first."""
        return [page for page in ADMITTED if self.is_admitted_to(page)]


ANYBODY = Visitor(Role.QUALITY_MANAGER, only_invented=True)
"""Whoever looks at a release of invented people where nobody is asked to log in."""
