"""Write every page that is generated from the code, so that words and code cannot disagree: `make docs`.

`tests/docs/test_generated_pages.py` fails when a page in the checkout is not the one that would be written.
"""

import sys
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def command_reference() -> str:
    """Return the page of all commands, from their own help."""
    from tvaers.cli import app

    command = typer.main.get_command(app)
    with typer.Context(command, info_name="tvaers") as context:
        page = get_docs_for_click(obj=command, ctx=context, name="tvaers", title="Commands")
    return page.strip().replace("```console\n$ ", "```text\n") + "\n"


def generated_pages() -> dict[str, str]:
    """Return path (below the checkout) and content of every generated file."""
    from data_contracts.generate import generated_files
    from docs import worked_examples
    from indicators.explain import handbook
    from indicators.measures import handbook as measures

    pages = {"docs/reference/cli.md": command_reference()} | generated_files()
    pages |= handbook.generated_files() | worked_examples.generated_files()
    return pages | measures.generated_files()


def main() -> None:
    """Write the pages into the checkout."""
    for name, content in generated_pages().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
