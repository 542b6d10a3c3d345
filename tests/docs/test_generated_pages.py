"""Generated pages are what the code would write now."""

import importlib.util

from tests.lib.checkout import ROOT


def generated_pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.generated_pages()


def test_no_generated_page_has_drifted_from_the_code():
    stale = [
        name
        for name, content in generated_pages().items()
        if not (ROOT / name).is_file() or (ROOT / name).read_text(encoding="utf-8") != content
    ]
    assert stale == [], "run: make docs"


def test_the_command_reference_has_every_option_explained():
    page = generated_pages()["docs/reference/cli.md"]
    options = [line for line in page.splitlines() if line.startswith("* `-")]
    assert options
    assert [line for line in options if ": " not in line] == []
