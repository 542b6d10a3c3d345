"""The catalogue as a document to take along: every definition of a release or a pack, as PDF or web page.

Everything is told as on the dashboard, so that paper and screen cannot disagree.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.catalogue import Definition
from dashboard.content import Content
from dashboard.presenters import entry
from dashboard.presenters.entry import Told
from dashboard.wording import Wording

TEMPLATES = Path(__file__).parent
FORMS = ("pdf", "html")
LABELS = (
    "contents",
    "confirmed_what",
    "exact",
    "exact_note",
    "variables",
    "variables_note",
    "numbers",
    "numbers_note",
    "beside",
    "beside_note",
    "beside_none",
    "cases",
    "cases_note",
    "versions",
    *dict.fromkeys((*entry.CLAUSES, *entry.VARIABLES, *entry.NUMBERS, *entry.BESIDE)),
)


@dataclass(frozen=True)
class Document:
    """The catalogue in one language.

    Attributes:
        groups: Indicators by the title of their group.
        labels: The words of the layout itself, by key.
    """

    language: str
    title: str
    subtitle: str
    groups: Mapping[str, list[Told]]
    labels: Mapping[str, str]


def document(definitions: Mapping[str, Definition], country: str, on: date, words: Wording) -> Document:
    """Return the catalogue of some definitions.

    Args:
        definitions: By id, in the order in which they are shown.
        country: The country whose numbers are in them, in the reader's language.
        on: The day on which limits and targets hold.
        words: The reader's language.
    """
    found = [entry.told(each, words, definitions) for each in definitions.values()]
    subtitle = words("catalogue.subtitle", number=words.whole(len(found)), country=country, date=words.date(on))
    labels = {name: words(f"catalogue.{name}") for name in LABELS}
    return Document(words.language, words("catalogue.title"), subtitle, entry.by_group(found), labels)


def catalogue_file(content: Content, words: Wording, form: str) -> bytes:
    """Return the catalogue of a release in one of `FORMS`; its pack stands for the country."""
    country = content.meta.get("pack", "").partition(" ")[0].capitalize()
    made = document(content.definitions, country, content.dates[0], words)
    return written(made, form, content.released_on)


def written(made: Document, form: str, made_on: date | None) -> bytes:
    """Return a document in one of `FORMS`; the same document gives the same bytes.

    Args:
        made: The document.
        form: `pdf`, tagged for screen readers (PDF/UA-1), or `html`, which works offline and asks nobody for anything.
        made_on: The day that a PDF states as its day of making.
    """
    if form == "html":
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        return environment.get_template("catalogue.html").render(made=made).encode()
    return typst.compile(
        str(TEMPLATES / "catalogue.typ"),
        root=str(TEMPLATES),
        ignore_system_fonts=True,
        sys_inputs={"catalogue": json.dumps(asdict(made), ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=datetime.combine(made_on, time(), UTC) if made_on else None,
    )
