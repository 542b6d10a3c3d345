"""Named sets of indicators, and the profile that decides which of them a release shows: pages of a country pack.

A set is content: `packs/<country>/sets/<id>.yaml` names definitions of one disease, says where the set comes from, in
which version, and whether that is confirmed. `packs/<country>/profile.yaml` names the sets whose indicators are
published. What no set of the profile names is computed and can be asked for in the warehouse, but is not released.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from indicators.definitions.definition import NAME, Indicator
from indicators.definitions.of_country import brought_pages, pages_of_country
from indicators.definitions.parts import PARAMETER_NAME, Part, Source, Text, TranslatedText
from indicators.definitions.reading import describe_fault, disease_name, read_yaml, unknown
from tvaers.errors import DefinitionError


class Awaited(Part):
    """An indicator of a set that nothing in the warehouse can tell yet: asked, but not computed.

    Attributes:
        lacks: What would have to be delivered, or be known, to compute it.
        target: The parameter of the pack that holds the level a unit should reach.
    """

    id: str = Field(pattern=NAME)
    title: TranslatedText
    question: TranslatedText
    lacks: TranslatedText
    target: str | None = Field(default=None, pattern=PARAMETER_NAME)
    source: tuple[Source, ...] = Field(min_length=1)


class IndicatorSet(Part):
    """One set.

    Attributes:
        country: Two-letter code of the country whose set it is; a pack may also hold its neighbours' sets.
        version: As the publisher names it, or the day on which the project wrote it down.
        verified: Whether the publisher's document was read and says the same.
        not_confirmed: Which of its indicators no document of this country was found to say, though another's does.
        indicators: Ids of the definitions, in the order in which the publisher has them.
        awaited: Indicators of the publisher's set for which there are no facts yet.
        not_computable: What the publisher's set has besides and why it is not here.
    """

    id: str = Field(pattern=NAME)
    title: TranslatedText
    disease: str = Field(pattern=NAME)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    version: str = Field(min_length=1)
    verified: bool
    indicators: tuple[str, ...] = ()
    not_confirmed: tuple[str, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    not_computable: tuple[Text, ...] = ()
    source: tuple[Source, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> "IndicatorSet":
        if not self.indicators and not self.awaited:
            raise ValueError("a set names `indicators`, or says under `awaited` what cannot be computed yet")
        return self


class Profile(Part):
    """Which sets a release shows, by disease."""

    shows: dict[str, tuple[str, ...]]


def load_sets(pack_folder: Path, disease: str, indicators: Collection[str]) -> tuple[IndicatorSet, ...]:
    """Return a pack's sets of a disease, in order of their ids.

    Args:
        pack_folder: The country pack.
        disease: A name below `indicators/`, or a path.
        indicators: Ids of its definitions.

    Raises:
        DefinitionError: A page is written wrongly, or names a definition that does not exist.
    """
    found = []
    for path in pages_of_country(pack_folder, disease, "sets"):
        try:
            each = IndicatorSet.model_validate(read_yaml(path))
        except ValidationError as fault:
            raise describe_fault(path, fault, IndicatorSet) from None
        if each.id != path.stem:
            raise DefinitionError(
                "A set's id must be the name of its file.", where=path.name, what_to_do="Rename one of them."
            )
        if each.disease == disease_name(disease):
            for name in each.indicators:
                if name not in indicators:
                    raise unknown("indicator", name, indicators, where=f"sets/{path.name}")
            found.append(each)
    return tuple(found)


def load_shown(pack_folder: Path, disease: str, sets: Sequence[IndicatorSet]) -> frozenset[str] | None:
    """Return the ids of the indicators that a release shows, None when the pack has no profile and shows all.

    Of a disease that the profile does not name, the sets are shown that the disease brings itself.

    Raises:
        DefinitionError: The profile is written wrongly, names a set that does not exist, or shows none of the disease.
    """
    path = pack_folder / "profile.yaml"
    if not path.is_file():
        return None
    try:
        profile = Profile.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Profile) from None
    by_id = {each.id: each for each in sets}
    brought = tuple(page.stem for page in brought_pages(pack_folder, disease, "sets"))
    names = profile.shows.get(disease_name(disease), brought)
    if sets and not names:
        raise DefinitionError(
            f"The profile shows no set of {disease_name(disease)}.",
            where=path.name,
            what_to_do="Name at least one set under `shows`.",
        )
    for name in names:
        if name not in by_id:
            raise unknown("set", name, by_id, where=path.name)
    return frozenset(indicator for name in names for indicator in by_id[name].indicators)


def shown_of(definitions: Sequence[Indicator], pack_folder: Path, disease: str) -> tuple[Indicator, ...]:
    """Return those definitions that a release shows, in their order."""
    sets = load_sets(pack_folder, disease, [each.id for each in definitions])
    shown = load_shown(pack_folder, disease, sets)
    return tuple(each for each in definitions if shown is None or each.id in shown)
