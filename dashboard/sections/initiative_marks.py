"""The starts of a unit's initiatives, for whoever may read of initiatives."""

from dashboard.frame import View
from dashboard.initiatives import store
from dashboard.presenters.breaks import Mark
from dashboard.presenters.initiatives import marks


def found(view: View) -> list[Mark]:
    """Return the starts of the chosen unit's initiatives for the chosen indicator, as marks on its course."""
    place = store.place()
    if place is None or not view.visitor.is_admitted_to("initiatives"):
        return []
    try:
        initiatives = store.read(place)
    except store.InitiativesError:
        # Their own page says that they cannot be read; the numbers of this one stand without them.
        return []
    return marks(initiatives, view.unit, view.definition.indicator_id, view.words)
