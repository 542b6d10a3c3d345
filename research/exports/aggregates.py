"""Read a table of numbers as a researcher hands it in: which columns make groups, which count people, and which do not.

The names tell: `n` counts people and `n_…` some of them; `mean_…` and `median_…` are figures of the n people. Words,
years, months and bands make groups; `all` stands where a column is summed up. Any other number is refused, since nobody
could say how many people are behind it.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tvaers.errors import DisclosureError, ExtractError

ALL = "all"
COUNT = "n"
PART = "n_"
FIGURES = ("mean_", "median_")
OF_ONE_PERSON = ("person", "contact_id", "course_id", "encounter_id", "patient_id")
GROUP_NUMBERS = ("year", "month", "quarter")
MOST_ROWS = 5_000
RULES = (
    "Name the people of a row n and some of them n_…; means and medians mean_… and median_…. Leave out shares, sums, "
    "highest and lowest values: a reader computes shares from the counts."
)


@dataclass(frozen=True)
class Aggregates:
    """A table of numbers about groups of people.

    Attributes:
        frame: The table; groups are texts.
        groups: Columns that make groups.
        parts: Columns that count some of the people of a row.
        figures: Columns with a mean or a median of the people of a row.
    """

    frame: pl.DataFrame
    groups: tuple[str, ...]
    parts: tuple[str, ...]
    figures: tuple[str, ...]


def read_table(path: Path) -> pl.DataFrame:
    """Return a CSV or Parquet file as a frame.

    Raises:
        ExtractError: The file is missing, is neither, or cannot be read.
    """
    what_to_do = "Hand in a CSV file with a header line, or a Parquet file."
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        if path.suffix.lower() == ".csv":
            return pl.read_csv(path, infer_schema_length=None)
    except FileNotFoundError:
        raise ExtractError("There is no such file.", where=str(path), what_to_do=what_to_do) from None
    except (OSError, pl.exceptions.PolarsError):
        pass
    raise ExtractError("The file cannot be read as a table.", where=str(path), what_to_do=what_to_do)


def understand(frame: pl.DataFrame) -> Aggregates:
    """Return a table with the meaning of its columns.

    Raises:
        DisclosureError: A column's meaning is not told, rows are of single people, or counts contradict each other.
    """
    names = frame.columns
    if of_person := [name for name in names if name in OF_ONE_PERSON or frame.schema[name] == pl.Binary]:
        raise _unclear(f"{of_person[0]} tells single people apart, so this is no table of numbers.", ROWS)
    if COUNT not in names:
        raise _unclear("There is no column n that says how many people are in each row.", RULES)
    parts = tuple(name for name in names if name.startswith(PART))
    figures = tuple(name for name in names if name.startswith(FIGURES))
    groups = tuple(name for name in names if name not in (COUNT, *parts, *figures))
    for name in groups:
        is_number = frame.schema[name].is_numeric() and not name.endswith(GROUP_NUMBERS)
        if is_number or frame.schema[name].is_nested():
            raise _unclear(f"The column {name} holds numbers, and its name does not say of how many people.", RULES)
    for name in (COUNT, *parts):
        if not frame.schema[name].is_integer() or frame[name].null_count() or (frame[name] < 0).any():
            raise _unclear(f"The column {name} is to hold whole numbers of people, in every row.", RULES)
    for name in parts:
        if (frame[name] > frame[COUNT]).any():
            raise _unclear(f"The column {name} counts more people than n.", "Count people, not events, in both.")
    if frame.height > MOST_ROWS:
        raise _unclear(f"{frame.height:,} rows are more than a table has.", f"{MOST_ROWS:,} are the most.")
    plain = frame.with_columns(pl.col(name).cast(pl.String).fill_null("") for name in groups)
    if groups and plain.select(groups).is_duplicated().any():
        raise _unclear("Two rows are of the same group.", "Let every row be a group of its own.")
    if not groups and frame.height > 1:
        raise _unclear("Nothing tells the rows apart.", RULES)
    return Aggregates(plain, groups, parts, figures)


ROWS = "Rows of single people leave with: tvaers project export PROJECT"


def _unclear(what: str, what_to_do: str) -> DisclosureError:
    return DisclosureError("The file may not leave: it cannot be checked.", where=what, what_to_do=what_to_do)
