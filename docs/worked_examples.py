"""The boundary cases of every definition as pages that a clinician can read: what the records hold, what must follow.

The drawn tables below `tests/spec` are the source. `make docs` writes the pages again; the tests hold the engine to
the same tables, so that no page can promise what is not computed.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from indicators.explain.neighbours import catalogue_to_read, packs_with_sets, page_of_pack
from tests.lib.case_files import DrawnCase, case_files, folder_of, read_case_file
from tests.lib.drawn_tables import Row, parse
from tvaers.settings import Settings

FOLDER = "docs/reference/worked_examples"
INTRODUCTION = (
    "Written from the drawn tables below `tests/spec` by `make docs`. Do not edit. Each line is a person who does not "
    "exist: what the records hold of them, and what the indicator must say on the reporting date. What is not drawn is "
    "ordinary: a woman born on 1960-01-01 with type 2 diabetes since 2010-01-01, who has always lived in the same "
    "municipality and been registered with the same practice. A test computes every line."
)


def generated_files() -> dict[str, str]:
    """Return path (below the checkout) and content of the pages: one per country and subject, and a list of them."""
    disease, first = (Settings.model_fields[name].default for name in ("disease", "pack"))
    contents = ["# Worked examples", "", INTRODUCTION]
    pages = {}
    for pack in packs_with_sets():
        contents += ["", f"## {pack.settings.title['en']}", ""]
        catalogue = catalogue_to_read(disease, pack)
        titles = {indicator.id: indicator.title.en for indicator in catalogue.indicators}
        drawn = [path for path in case_files(folder_of(pack.name)) if path.stem in titles]
        for subject, paths in groupby(drawn, lambda path: path.parent.name):
            name, own = f"{pack.name}_{subject}.md", list(paths)
            pages[f"{FOLDER}/{name}"] = render(own, titles, f"../{page_of_pack(pack.name, first)}")
            links = (f"[{titles[path.stem]}]({name}#{path.stem})" for path in own)
            contents.append(f"- {subject.replace('_', ' ')}: {', '.join(links)}")
    return {f"{FOLDER}/README.md": "\n".join(contents) + "\n"} | pages


def render(paths: Sequence[Path], titles: Mapping[str, str], definitions: str) -> str:
    """Return the page of one country's definitions of one subject.

    Args:
        paths: Their case files.
        titles: The title of each definition by its id.
        definitions: Where the page of the definitions themselves stands, seen from this one.
    """
    lines = ["# Worked examples", "", "How to read them: see [the list](README.md)."]
    for path in paths:
        lines += ["", f'## <a id="{path.stem}"></a>{titles[path.stem]}', ""]
        lines += [f"Definition: [`{path.stem}`]({definitions}#{path.stem})"]
        lines += examples_in(path)
    return "\n".join(lines) + "\n"


def examples_in(path: Path) -> Iterator[str]:
    """Yield the tables of a case file, one for each of its blocks."""
    for (on, drawing), cases in groupby(read_case_file(path), lambda case: (case.reporting_date, case.drawing)):
        tables = parse(drawing)
        of_nobody = [in_words(name, row) for name, rows in tables.items() for row in rows if "patient" not in row]
        yield from ("", f"Reporting date {on}." + "".join(f" {said}." for said in of_nobody))
        yield from ("", "| what the records hold | the indicator says | because |", "| --- | --- | --- |")
        yield from (row_of(case, tables) for case in cases)


def row_of(case: DrawnCase, tables: dict[str, list[Row]]) -> str:
    """Return one drawn patient as a row of a table."""
    own = [
        in_words(name, row) for name, rows in tables.items() for row in rows if row.get("patient") == str(case.patient)
    ]
    return f"| {'<br>'.join(own) or 'nothing else'} | {case.outcome} | {case.title} |"


def in_words(table: str, row: Row) -> str:
    """Return a drawn row: the table's name, then each cell that is not blank under its column's name."""
    cells = [f"{name.replace('_', ' ')} {value}" for name, value in row.items() if value and name != "patient"]
    return f"{table.replace('_', ' ')}: {', '.join(cells) or 'without a value'}"
