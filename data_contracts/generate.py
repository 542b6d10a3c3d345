"""Write every file that is generated from the contracts: `python -m data_contracts.generate`, in a checkout."""

from pathlib import Path

from data_contracts.data_dictionary import render_contract_index, render_contract_pages, render_data_dictionary
from data_contracts.warehouse_schema import render_schema

ROOT = Path(__file__).parents[1]


def generated_files() -> dict[str, str]:
    """Return path (below the checkout) and content of every generated file."""
    return {
        "warehouse/schema.sql": render_schema(),
        "docs/reference/data_dictionary.md": render_data_dictionary(),
        "docs/reference/contracts/README.md": render_contract_index(),
        **{f"docs/reference/contracts/{name}.md": page for name, page in render_contract_pages().items()},
    }


def write_generated_files() -> None:
    """Write the generated files into the checkout."""
    for name, content in generated_files().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write_generated_files()
