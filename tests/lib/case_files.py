"""Boundary cases in text files that a clinician can read: drawn tables, then what must become of each drawn patient.

A file holds one or more blocks:

    reporting date 2025-12-31

    measurement
    patient | taken_on   | value
    1       | 2025-12-31 | 53

    expected
    patient | outcome | case
    1       | not met | a latest HbA1c of exactly 53 is not below 53

The case is the sentence that the indicator's definition quotes under `examples`. Several patients may draw one case.
"""

from dataclasses import dataclass
from pathlib import Path

SPEC_FOLDER = Path(__file__).parents[1] / "spec"
DATE_LINE = "reporting date "
EXPECTED_LINE = "expected"


@dataclass(frozen=True)
class DrawnCase:
    """What must become of one drawn patient.

    Attributes:
        subject: The indicator or classifier that the file is named after.
        reporting_date: As written; empty in files about a classifier.
        drawing: The tables of the case's block.
        outcome: The expected words, or columns and their values.
    """

    subject: str
    reporting_date: str
    drawing: str
    patient: int
    outcome: str
    title: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.title} (patient {self.patient})"


def read_case_file(path: Path) -> list[DrawnCase]:
    """Return the cases of a file, in order.

    Raises:
        ValueError: A line under `expected` does not have the three columns, or a block expects nothing.
    """
    text = path.read_text(encoding="utf-8")
    starts = text.split(f"\n{DATE_LINE}") if DATE_LINE in text else [text]
    return [
        case for block in starts for case in read_block(path.stem, block.removeprefix(DATE_LINE), DATE_LINE in text)
    ]


def read_block(subject: str, block: str, is_dated: bool) -> list[DrawnCase]:
    """Return the cases of one block."""
    reporting_date, _, rest = block.partition("\n") if is_dated else ("", "", block)
    drawing, _, expected = rest.partition(f"\n{EXPECTED_LINE}\n")
    lines = [[cell.strip() for cell in line.split("|")] for line in expected.splitlines() if line.strip()]
    if not lines or lines[0] != ["patient", "outcome", "case"]:
        raise ValueError(f"{subject}: a block must end with the table `expected`: patient | outcome | case")
    if broken := [line for line in lines if len(line) != 3]:
        raise ValueError(f"{subject}: not three columns: {broken[0]}")
    return [
        DrawnCase(subject, reporting_date.strip(), drawing, int(patient), outcome, title)
        for patient, outcome, title in lines[1:]
    ]


def folder_of(country: str) -> str:
    """Return the folder of tests/spec with the cases of a country's definitions.

    A definition of many countries is drawn with the first country's numbers, and again with another's.
    """
    return "type_2_diabetes" if country == "denmark" else f"countries/{country}"


def case_files(folder: str) -> list[Path]:
    """Return the case files below a folder of tests/spec, in order."""
    return sorted((SPEC_FOLDER / folder).rglob("*.txt"))
