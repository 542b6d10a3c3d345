"""Which indicators are declared to part the people of one denominator: one page of a disease, read into an object."""

from collections.abc import Collection

from pydantic import Field, ValidationError

from indicators.definitions.definition import Part
from indicators.definitions.definition_files import definition_paths
from indicators.definitions.reading import describe_fault, disease_folder, read_yaml, unknown


class Related(Part):
    """The content of related.yaml.

    Attributes:
        partitions: Indicators of one denominator whose numerators share no one; what they leave is a group too.
    """

    partitions: tuple[tuple[str, ...], ...] = Field(default=())

    def names(self) -> set[str]:
        """Return every indicator that is named."""
        return set().union(*self.partitions)


def load_related(disease: str, indicators: Collection[str]) -> Related:
    """Return the declared relations of a disease between indicators that are computed; none when it has no page.

    Args:
        disease: Folder name of the disease.
        indicators: Ids of the indicators that the pack computes.

    Raises:
        DefinitionError: The page is written wrongly or names an indicator that does not exist.
    """
    path = disease_folder(disease) / "related.yaml"
    if not path.is_file():
        return Related()
    try:
        related = Related.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Related) from None
    known = {path.stem for path in definition_paths(disease)} | set(indicators)
    for name in sorted(related.names() - known):
        raise unknown("indicator", name, known, where=f"{disease}/related.yaml")
    return Related(
        partitions=tuple(each for each in related.partitions if set(each) <= set(indicators)),
    )
